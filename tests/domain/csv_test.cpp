// Reading and writing CSV.
#include "domain/csv.h"

#include <catch2/catch_all.hpp>

#include "domain/chance.h"

namespace assay::test::csv_test {
namespace {

using Rows = std::vector<CsvRow>;

TEST_CASE("tables are read as spreadsheets write them") {
  const auto [text, rows] = GENERATE(table<std::string, Rows>({
      {"a,b\r\n1,2\r\n", {{"a", "b"}, {"1", "2"}}},
      {"\xEF\xBB\xBF"
       "a;b\n1,5;2",
       {{"a", "b"}, {"1,5", "2"}}},
      {"\"a;b;c\",d\n", {{"a;b;c", "d"}}},
      {"a\n\"x \"\"y\"\"\r\nz\"\n\n", {{"a"}, {"x \"y\"\r\nz"}, {""}}},
      {" a , b\n", {{" a ", " b"}}},
      {"a,,\n", {{"a", "", ""}}},
      {"", {}},
  }));
  INFO(text);
  const auto read = read_csv(text, 10);
  REQUIRE(read.has_value());
  CHECK(*read == rows);
}

TEST_CASE("a table that is broken is refused by its row") {
  const auto [text, pointer] = GENERATE(table<std::string, std::string>({
      {"a\nb\"c\n", "#row=2"},
      {"a\n\"b\"c\n", "#row=2"},
      {"a\n\nb,\"c", "#row=3"},
      {"a\rb\n", "#row=1"},
      {std::string("a\0b", 3), "#row=1"},
      {"a\n\xC0\xAF\n", "#row=2"},
      {"a\n\xED\xA0\x80\n", "#row=2"},
      {"1\n2\n3\n4\n", "#row=4"},
      {std::string(1000, ','), "#row=1"},
  }));
  INFO(text);
  const auto read = read_csv(text, 3);
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().reason == Reason::malformed);
  CHECK(read.error().invalid.front().pointer == pointer);
}

TEST_CASE("what is written reads the same") {
  test::Chance chance(4180);
  const std::vector<std::string> pieces = {"a", ",", ";", "\"", "\r\n", "\n", " ", "ü", "\xEF\xBB\xBF", "", "\t", "\r"};
  for (int round = 0; round < 3000; ++round) {
    Rows rows(static_cast<std::size_t>(chance.between(1, 5)));
    for (CsvRow& row : rows) {
      row.resize(static_cast<std::size_t>(chance.between(1, 4)));
      for (std::string& cell : row) {
        for (auto i = chance.between(0, 4); i > 0; --i)
          cell += pieces[static_cast<std::size_t>(chance.between(0, static_cast<int>(pieces.size()) - 1))];
      }
    }
    const std::string text = write_csv(rows);
    const auto read = read_csv(text, 10);
    INFO(text);
    REQUIRE(read.has_value());
    REQUIRE(*read == rows);
  }
}

}  // namespace
}  // namespace assay::test::csv_test
