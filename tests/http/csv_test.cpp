// Files of views: cells that no spreadsheet runs, and calendars of whole days.
#include "http/csv.h"

#include <catch2/catch_all.hpp>

#include "http/calendar_file.h"

namespace assay::test::csv_test {
namespace {

TEST_CASE("a cell is quoted where it must be and never a formula") {
  const auto [text, cell] = GENERATE(table<std::string, std::string>({{"", ""},
                                                                      {"plain", "plain"},
                                                                      {"one, two", "\"one, two\""},
                                                                      {"say \"no\"", "\"say \"\"no\"\"\""},
                                                                      {"two\nlines", "\"two\nlines\""},
                                                                      {"=1+1", "'=1+1"},
                                                                      {"+49 40", "'+49 40"},
                                                                      {"-1", "'-1"},
                                                                      {"@SUM(A1)", "'@SUM(A1)"},
                                                                      {"\t=1", "\"\t'=1\""},
                                                                      {"  =1,2", "\"  '=1,2\""},
                                                                      {"x;=1+cmd", "\"x;'=1+cmd\""},
                                                                      {"x\n=1", "\"x\n'=1\""},
                                                                      {"a=b", "a=b"}}));
  std::string to;
  append_csv_cell(to, text);
  CHECK(to == cell);
}

TEST_CASE("a calendar entry ends the day after its last day, escaped and folded") {
  std::string to;
  CalendarEntry entry{"1@assay", *parse_instant("2026-11-27T10:00:00Z"), *parse_date("2026-12-31"),
                      *parse_date("2026-12-31"), "Audit; \xC3\xBC" + std::string(80, 'x') + ", end\nEND:VEVENT"};
  append_entry(to, entry);
  CHECK(to.find("DTSTAMP:20261127T100000Z\r\n") != std::string::npos);
  CHECK(to.find("DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n") != std::string::npos);
  CHECK(to.find("Audit\\; ") != std::string::npos);
  CHECK(to.find("\nEND:VEVENT\r\n", to.find("\nEND:VEVENT\r\n") + 1) == std::string::npos);
  for (std::size_t at = 0; at < to.size();) {
    const std::size_t end = to.find("\r\n", at);
    REQUIRE(end != std::string::npos);
    CHECK(end - at <= 75);
    at = end + 2;
  }
}

}  // namespace
}  // namespace assay::test::csv_test
