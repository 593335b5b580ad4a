// The page of a case file: times of the organisation's zone, and who acted.
#include "http/case_file_page.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <string>
#include <variant>

namespace assay::test::case_file_page_test {
namespace {

using Catch::Matchers::ContainsSubstring;

Json disposed_certificate() {
  const Json nobody = nullptr, mara = {{"id", "m"}, {"name", "Mara <Voss>"}};
  return {
      {"type_label", "Certificate"},
      {"number", "CERT-1"},
      {"state_label", "Void"},
      {"depth", 0},
      {"told", true},
      {"fields",
       {{{"name", "disposed"},
         {"label", "Contents disposed of"},
         {"value", {{"at", "2036-07-01T22:30:00.092Z"}}},
         {"text", "2036-07-02 00:30"}}}},
      {"people", Json::array()},
      {"history",
       {{{"at", "2036-01-02T09:00:00.000Z"}, {"label", "Expired"}, {"actor", nobody}, {"second", nobody}},
        {{"at", "2036-07-01T22:30:00.092Z"}, {"label", "Contents disposed of"}, {"actor", mara}, {"second", nobody}},
        {{"at", "2036-07-02T09:00:00.000Z"}, {"label", "Read"}, {"actor", {{"id", "x"}}}, {"second", nobody}}}}};
}

TEST_CASE("the page of a case file tells times in the organisation's zone, and what nobody did") {
  const Json file = {{"language", "en"},
                     {"organisation", "Nordcert"},
                     {"made_at", "2036-07-02T09:00:00.000Z"},
                     {"made_by", {{"id", "m"}, {"name", "Mara <Voss>"}}},
                     {"complete", true},
                     {"records", Json::array({disposed_certificate()})}};
  const Response answer = case_file_page(file, "Europe/Berlin");
  const auto& page = std::get<std::string>(answer.body);
  CHECK_THAT(page, ContainsSubstring("<dt>Contents disposed of</dt><dd>2036-07-02 00:30</dd>"));
  CHECK_THAT(page, ContainsSubstring("2036-01-02 10:00</td><td>Expired</td><td></td><td>Assay</td>"));
  CHECK_THAT(page, ContainsSubstring("<td>Contents disposed of</td><td></td><td>Mara &lt;Voss&gt;</td>"));
  CHECK_THAT(page, ContainsSubstring("<td>Read</td><td></td><td><span class=\"untold\">name not told</span></td>"));
}

}  // namespace
}  // namespace assay::test::case_file_page_test
