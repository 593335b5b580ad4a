// The shipped checklist for ISO/IEC 27001:2022: complete, unique, stable, and the same in both languages.
#include <fmt/format.h>

#include <map>
#include <set>

#include "ledger/digest.h"
#include "plugins/catalogue_tree.h"
#include "plugins/fixture.h"

namespace assay::test::iso27001_test {
namespace {

Json catalogue_in(std::string_view language) {
  const auto plugin = load(shipped_packages / "iso27001");
  const auto catalogues = plugin->catalogues(language, patient());
  INFO((catalogues ? "" : catalogues.error().detail));
  REQUIRE(catalogues);
  REQUIRE(catalogues->size() == 1);
  CHECK(catalogues->front().language == language);
  CHECK(catalogues->front().hash == sha256_hex(canonical(catalogues->front().content)));
  return catalogues->front().content;
}

TEST_CASE("every clause from 4 to 10 and all 93 controls are there, in order") {
  std::vector<std::string> expected = {"4.1",   "4.2",   "4.3",   "4.4",   "5.1",  "5.2", "5.3", "6.1.1",
                                       "6.1.2", "6.1.3", "6.2",   "6.3",   "7.1",  "7.2", "7.3", "7.4",
                                       "7.5.1", "7.5.2", "7.5.3", "8.1",   "8.2",  "8.3", "9.1", "9.2.1",
                                       "9.2.2", "9.3.1", "9.3.2", "9.3.3", "10.1", "10.2"};
  const std::pair<int, int> themes[] = {{5, 37}, {6, 8}, {7, 14}, {8, 34}};
  for (const auto& [theme, controls] : themes) {
    for (int number = 1; number <= controls; ++number) expected.push_back(fmt::format("A.{}.{}", theme, number));
  }
  REQUIRE(expected.size() == 30 + 93);
  std::vector<std::string> found;
  const Json catalogue = catalogue_in("en");
  for (const Json& item : catalogue.at("items")) found.push_back(item.at("id").get<std::string>());
  CHECK(found == expected);
}

TEST_CASE("every question says what to look at and what evidence is typical") {
  for (const std::string_view language : {"en", "de"}) {
    const Json catalogue = catalogue_in(language);
    std::set<std::string> ids, texts;
    for (const Json& item : catalogue.at("items")) {
      for (const Json& question : item.at("questions")) {
        const std::string id = question.at("id");
        INFO(language << " " << id);
        CHECK(ids.insert(id).second);
        CHECK(id.starts_with(item.at("id").get<std::string>() + "-q"));
        CHECK(texts.insert(question.at("question").get<std::string>()).second);
        CHECK_FALSE(question.value("look_at", Json::array()).empty());
        CHECK_FALSE(question.value("evidence", Json::array()).empty());
      }
    }
    CHECK(ids.size() >= 123);
  }
}

TEST_CASE("the scale has four results, and two of them need a reason") {
  const Json catalogue = catalogue_in("en");
  std::map<std::string, std::string> needs;
  for (const Json& result : catalogue.at("results")) needs[result.at("id")] = result.value("needs", "");
  CHECK(needs ==
        std::map<std::string, std::string>{
            {"conforms", ""}, {"does_not_conform", ""}, {"not_applicable", "reason"}, {"not_assessed", "reason"}});
}

TEST_CASE("German has the same tree, and every text is translated") {
  const Json english = catalogue_in("en"), german = catalogue_in("de");
  CHECK(skeleton(english) == skeleton(german));
  const Json& left = english.at("items");
  const Json& right = german.at("items");
  for (std::size_t i = 0; i < left.size(); ++i) {
    INFO(left[i].at("id"));
    CHECK(left[i].at("title") != right[i].at("title"));
    for (std::size_t q = 0; q < left[i].at("questions").size(); ++q) {
      CHECK(left[i].at("questions")[q].at("question") != right[i].at("questions")[q].at("question"));
    }
  }
}

TEST_CASE("a language is chosen by its best match, and the hash is the same every time") {
  const auto plugin = load(shipped_packages / "iso27001");
  const auto austrian = plugin->catalogues("de-AT", patient());
  const auto german = plugin->catalogues("de", patient());
  const auto french = plugin->catalogues("fr", patient());
  const auto english = plugin->catalogues("en", patient());
  REQUIRE((austrian && german && french && english));
  CHECK(austrian->front().hash == german->front().hash);
  CHECK(french->front().hash == english->front().hash);
  CHECK(german->front().hash != english->front().hash);
  CHECK(load(shipped_packages / "iso27001")->catalogues("en", patient())->front().hash == english->front().hash);
}

}  // namespace
}  // namespace assay::test::iso27001_test
