// Dates, instants, zones and public ids.
#include <catch2/catch_all.hpp>

#include "domain/ids.h"
#include "domain/time.h"

namespace assay::test::time_test {
namespace {

TEST_CASE("dates are read strictly", "[time]") {
  const auto [text, good] = GENERATE(table<std::string, bool>({
      {"2026-11-23", true},
      {"2024-02-29", true},
      {"2025-02-29", false},
      {"2026-13-01", false},
      {"2026-00-10", false},
      {"2026-04-31", false},
      {"2026-1-01", false},
      {"20261123", false},
      {"2026-11-23Z", false},
      {" 2026-11-23", false},
      {"2026/11/23", false},
      {"+026-11-23", false},
      {"", false},
      {"2026-11-2x", false},
  }));
  INFO(text);
  const auto parsed = parse_date(text);
  CHECK(parsed.has_value() == good);
  if (parsed) CHECK(to_text(*parsed) == text);
}

TEST_CASE("instants are read as RFC 3339 and written in UTC with milliseconds", "[time]") {
  const auto [text, utc] = GENERATE(table<std::string, std::string>({
      {"2026-11-23T08:30:00Z", "2026-11-23T08:30:00.000Z"},
      {"2026-11-23t08:30:00z", "2026-11-23T08:30:00.000Z"},
      {"2026-11-23T08:30:00.5Z", "2026-11-23T08:30:00.500Z"},
      {"2026-11-23T08:30:00.123456789Z", "2026-11-23T08:30:00.123Z"},
      {"2026-11-23T10:30:00+02:00", "2026-11-23T08:30:00.000Z"},
      {"2026-11-23T00:15:00-00:30", "2026-11-23T00:45:00.000Z"},
      {"2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000Z"},
      {"2026-11-23 08:30:00Z", ""},
      {"2026-11-23T08:30Z", ""},
      {"2026-11-23T24:00:00Z", ""},
      {"2026-11-23T08:60:00Z", ""},
      {"2026-11-23T08:30:60Z", ""},
      {"2026-11-23T08:30:00.Z", ""},
      {"2026-11-23T08:30:00", ""},
      {"2026-11-23T08:30:00+0200", ""},
      {"2026-11-23T08:30:00+24:00", ""},
      {"2026-02-30T08:30:00Z", ""},
      {"0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"},
      {"0000-01-01T00:00:00+01:00", ""},
      {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
      {"9999-12-31T23:30:00-01:00", ""},
  }));
  INFO(text);
  const auto parsed = parse_instant(text);
  CHECK(parsed.has_value() == !utc.empty());
  if (parsed) CHECK(to_text(*parsed) == utc);
}

TEST_CASE("the local day and its end follow the zone, through changes of daylight saving time", "[time]") {
  const auto [at, zone, day, end] = GENERATE(table<std::string, std::string, std::string, std::string>({
      {"2026-03-02T09:00:00Z", "Europe/Berlin", "2026-03-02", "2026-03-02T23:00:00.000Z"},
      {"2026-03-02T23:30:00Z", "Europe/Berlin", "2026-03-03", "2026-03-03T23:00:00.000Z"},
      {"2026-03-29T12:00:00Z", "Europe/Berlin", "2026-03-29", "2026-03-29T22:00:00.000Z"},  // 23 hours long
      {"2026-10-25T12:00:00Z", "Europe/Berlin", "2026-10-25", "2026-10-25T23:00:00.000Z"},  // 25 hours long
      {"2026-06-30T23:59:59Z", "UTC", "2026-06-30", "2026-07-01T00:00:00.000Z"},
      {"2026-06-30T12:00:00Z", "Pacific/Auckland", "2026-07-01", "2026-07-01T12:00:00.000Z"},
      {"2026-03-08T20:00:00Z", "America/Havana", "2026-03-08", "2026-03-09T04:00:00.000Z"},
      {"2026-03-07T20:00:00Z", "America/Havana", "2026-03-07",
       "2026-03-08T05:00:00.000Z"},  // next midnight does not exist
  }));
  INFO(at << " " << zone);
  const Date local = local_date(*parse_instant(at), zone);
  CHECK(to_text(local) == day);
  CHECK(to_text(end_of(local, zone)) == end);
}

TEST_CASE("a local minute is what the clock there says, also on the days on which it changes", "[time]") {
  const auto [at, zone, told] = GENERATE(table<std::string, std::string, std::string>({
      {"2026-11-23T08:30:59.999Z", "Europe/Berlin", "2026-11-23 09:30"},
      {"2026-07-01T22:30:00Z", "Europe/Berlin", "2026-07-02 00:30"},
      {"2026-03-29T00:59:00Z", "Europe/Berlin", "2026-03-29 01:59"},
      {"2026-03-29T01:00:00Z", "Europe/Berlin", "2026-03-29 03:00"},
      {"2026-10-25T00:30:00Z", "Europe/Berlin", "2026-10-25 02:30"},
      {"2026-10-25T01:30:00Z", "Europe/Berlin", "2026-10-25 02:30"},
      {"2026-10-25T22:30:00Z", "Europe/Berlin", "2026-10-25 23:30"},
      {"2026-06-30T23:59:59Z", "UTC", "2026-06-30 23:59"},
      {"2026-06-30T12:00:00Z", "Asia/Kathmandu", "2026-06-30 17:45"},
  }));
  INFO(at << " " << zone);
  CHECK(local_minute(*parse_instant(at), zone) == told);
}

TEST_CASE("an unknown zone is a broken world", "[time]") {
  CHECK_THROWS_AS(local_date(Instant{}, "Europe/Atlantis"), std::runtime_error);
}

TEST_CASE("public ids are canonical UUIDs", "[ids]") {
  const auto [text, good] = GENERATE(table<std::string, bool>({
      {"0190c1a2-7b3c-7def-8123-456789abcdef", true},
      {"0190C1A2-7B3C-7DEF-8123-456789ABCDEF", false},
      {"0190c1a27b3c7def8123456789abcdef", false},
      {"00000000-0000-0000-0000-000000000000", false},
      {"0190c1a2-7b3c-7def-8123-456789abcdeg", false},
      {"0190c1a2-7b3c-7def-8123-456789abcde", false},
      {"{0190c1a2-7b3c-7def-8123-456789abcdef}", false},
      {"", false},
  }));
  INFO(text);
  CHECK(is_uuid(text) == good);
}

TEST_CASE("a UUIDv7 carries its time, its version and its variant, and sorts by time", "[ids]") {
  const std::string zeros(10, '\0'), ones(10, '\xff');
  CHECK(uuid_v7(0x0190c1a27b3c, zeros) == "0190c1a2-7b3c-7000-8000-000000000000");
  CHECK(uuid_v7(0x0190c1a27b3c, ones) == "0190c1a2-7b3c-7fff-bfff-ffffffffffff");
  CHECK(uuid_v7(1, ones) < uuid_v7(2, zeros));
  CHECK(is_uuid(uuid_v7(1, zeros)));
  CHECK_THROWS_AS(uuid_v7(1, "short"), std::invalid_argument);
}

}  // namespace
}  // namespace assay::test::time_test
