// Days counted by a calendar: known vectors, and properties against counting day by day.
#include <catch2/catch_all.hpp>

#include <algorithm>
#include <cstdlib>

#include "domain/calendar.h"
#include "domain/chance.h"

namespace assay::test::calendar_test {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

Date date(const char* text) { return *parse_date(text); }

/// Christmas 2025 in Berlin, New Year, and Easter 2026; one of them on a Saturday, one given twice.
const std::vector<Date> berlin{date("2026-04-06"), date("2025-12-25"), date("2025-12-26"), date("2026-01-01"),
                               date("2026-04-03"), date("2026-08-15"), date("2026-01-01")};

/// A calendar with random holidays and, beside it, which days are worked, asked for day by day.
struct Worked {
  static constexpr int around = 150;
  sys_days middle;
  Calendar calendar;
  std::vector<bool> working;

  explicit Worked(Chance& chance) : middle(sys_days{date("1970-01-01")} + days{chance.between(-30'000, 60'000)}) {
    std::vector<Date> holidays;
    for (std::size_t n = chance.below(12); n > 0; --n) holidays.emplace_back(middle + days{chance.between(-40, 40)});
    calendar = Calendar(holidays);
    for (int i = -around; i <= around; ++i) working.push_back(calendar.is_working(Date{middle + days{i}}));
  }

  bool at(sys_days day) const { return working.at(static_cast<std::size_t>((day - middle).count() + around)); }

  /// Counts day by day, which is slow and plainly right.
  sys_days walked(sys_days from, std::int64_t count) const {
    const int step = count < 0 ? -1 : 1;
    auto index = (from - middle).count() + around;
    for (std::int64_t left = count * step; left > 0;) {
      index += step;
      if (working[static_cast<std::size_t>(index)]) --left;
    }
    return middle + days{index - around};
  }
};

std::string text(const std::optional<Date>& day) { return day ? to_text(*day) : "none"; }

TEST_CASE("days are counted by calendar or from Monday to Friday", "[calendar]") {
  const auto [from, count, unit, expected] = GENERATE(table<const char*, int, const char*, std::string>({
      {"2026-02-27", 1, "calendar_days", "2026-02-28"},
      {"2026-02-28", 1, "calendar_days", "2026-03-01"},
      {"2024-02-28", 1, "calendar_days", "2024-02-29"},
      {"2026-03-02", -2, "calendar_days", "2026-02-28"},
      {"2026-03-06", 1, "working_days", "2026-03-09"},  // Friday to Monday
      {"2026-03-07", 1, "working_days", "2026-03-09"},  // Saturday to Monday
      {"2026-03-02", 5, "working_days", "2026-03-09"},
      {"2026-03-09", -1, "working_days", "2026-03-06"},
      {"2026-03-07", -1, "working_days", "2026-03-06"},
      {"2026-03-08", -6, "working_days", "2026-02-27"},
      {"2026-03-07", 0, "working_days", "2026-03-07"},
      {"1969-12-26", 4, "working_days", "1970-01-01"},  // over the epoch of the clock
      {"1970-01-06", -5, "working_days", "1969-12-30"},
      {"0000-01-07", -4, "working_days", "0000-01-03"},
  }));
  INFO(from << " " << count << " " << unit);
  CHECK(to_text(add_days(date(from), count, unit)) == expected);
}

TEST_CASE("holidays are not worked", "[calendar]") {
  const auto [from, count, unit, expected] = GENERATE(table<const char*, int, const char*, std::string>({
      {"2025-12-24", 1, "working_days", "2025-12-29"},
      {"2025-12-25", 1, "working_days", "2025-12-29"},  // counted from a holiday
      {"2025-12-24", 4, "working_days", "2026-01-02"},
      {"2026-01-02", -4, "working_days", "2025-12-24"},
      {"2026-04-02", 1, "working_days", "2026-04-07"},
      {"2026-04-07", -1, "working_days", "2026-04-02"},
      {"2026-04-06", -1, "working_days", "2026-04-02"},
      {"2026-04-06", 0, "working_days", "2026-04-06"},
      {"2026-08-14", 1, "working_days", "2026-08-17"},  // a holiday on a Saturday
      {"2025-12-24", 1, "calendar_days", "2025-12-25"},
  }));
  INFO(from << " " << count << " " << unit);
  CHECK(to_text(add_days(date(from), count, unit, Calendar(berlin))) == expected);
  CHECK_FALSE(Calendar(berlin).is_working(date("2026-01-01")));
  CHECK_FALSE(Calendar(berlin).is_working(date("2026-01-03")));
  CHECK(Calendar(berlin).is_working(date("2026-01-02")));
}

TEST_CASE("months and years keep the day or take the month's last one", "[calendar]") {
  const auto [from, count, unit, expected] = GENERATE(table<const char*, int, const char*, std::string>({
      {"2026-01-31", 1, "calendar_months", "2026-02-28"},
      {"2024-01-31", 1, "calendar_months", "2024-02-29"},
      {"2026-01-31", 2, "calendar_months", "2026-03-31"},
      {"2026-01-31", 3, "calendar_months", "2026-04-30"},
      {"2026-03-31", -1, "calendar_months", "2026-02-28"},
      {"2026-03-15", -3, "calendar_months", "2025-12-15"},
      {"2026-11-30", 3, "calendar_months", "2027-02-28"},
      {"2026-12-31", 12, "calendar_months", "2027-12-31"},
      {"2026-05-05", 0, "calendar_months", "2026-05-05"},
      {"2024-02-29", 1, "calendar_years", "2025-02-28"},
      {"2024-02-29", 4, "calendar_years", "2028-02-29"},
      {"2024-02-29", -1, "calendar_years", "2023-02-28"},
      {"2026-07-01", 3, "calendar_years", "2029-07-01"},
  }));
  INFO(from << " " << count << " " << unit);
  CHECK(to_text(add_days(date(from), count, unit)) == expected);
}

TEST_CASE("what leads out of the years 0 to 9999 is an error", "[calendar]") {
  const auto [from, count, unit, expected] = GENERATE(table<const char*, std::int64_t, const char*, std::string>({
      {"9999-12-30", 1, "calendar_days", "9999-12-31"},
      {"9999-12-31", 1, "calendar_days", "none"},
      {"0000-01-02", -1, "calendar_days", "0000-01-01"},
      {"0000-01-01", -1, "calendar_days", "none"},
      {"9999-12-30", 1, "working_days", "9999-12-31"},
      {"9999-12-31", 1, "working_days", "none"},
      {"0000-01-03", -1, "working_days", "none"},  // a Monday
      {"9999-11-30", 1, "calendar_months", "9999-12-30"},
      {"9999-12-01", 1, "calendar_months", "none"},
      {"0000-01-31", -1, "calendar_months", "none"},
      {"9998-12-31", 1, "calendar_years", "9999-12-31"},
      {"9999-01-01", 1, "calendar_years", "none"},
      {"0000-12-31", -1, "calendar_years", "none"},
      {"2026-01-01", 400'000, "calendar_days", "3121-03-02"},
      {"2026-01-01", 400'000, "working_days", "3559-03-26"},
      {"0000-01-01", 3'652'424, "calendar_days", "9999-12-31"},
      {"2026-01-01", 2'147'483'647, "working_days", "none"},
      {"2026-01-01", -2'147'483'648, "calendar_days", "none"},
      {"2026-01-01", INT64_MAX, "calendar_years", "none"},
      {"2026-01-01", INT64_MIN, "calendar_months", "none"},
      {"2026-01-01", INT64_MAX, "working_days", "none"},
      {"2026-01-01", INT64_MIN, "calendar_days", "none"},
  }));
  INFO(from << " " << count << " " << unit);
  CHECK(text(counted_from(date(from), count, unit)) == expected);
  if (expected == "none" && count >= -1 && count <= 1) {
    CHECK_THROWS_AS(add_days(date(from), static_cast<int>(count), unit), std::out_of_range);
  }
}

TEST_CASE("days are counted in nothing else", "[calendar]") {
  CHECK_THROWS_AS(counted_from(date("2026-01-01"), 1, "percent"), std::invalid_argument);
  CHECK_FALSE(is_day_unit("percent"));
}

TEST_CASE("working days are those of counting day by day, there and back", "[calendar][property]") {
  const unsigned seed = chosen_seed();
  INFO("ASSAY_SEED=" << seed);
  Chance chance(seed);
  std::optional<Worked> worked;
  for (int i = 0; i < property_cases; ++i) {
    if (i % 100 == 0) worked.emplace(chance);
    const Calendar& calendar = worked->calendar;
    const sys_days from = worked->middle + days{chance.between(-50, 50)};
    const std::int64_t count = chance.between(-25, 25);
    const sys_days to{*counted_from(Date{from}, count, "working_days", calendar)};
    const char* wrong = nullptr;
    if (to != worked->walked(from, count)) wrong = "not the day that is reached by walking";
    if (count != 0 && !worked->at(to)) wrong = "not a working day";
    if (worked->at(from) && counted_from(Date{to}, -count, "working_days", calendar) != Date{from})
      wrong = "the way back ends elsewhere";
    if (worked->at(to) && calendar.working_day(calendar.nth_up_to(to)) != to) wrong = "another number";
    if (wrong) FAIL(to_text(Date{from}) << " and " << count << " is " << to_text(Date{to}) << ": " << wrong);
  }
}

TEST_CASE("months: the day stays or is the month's last, and never passes into the next", "[calendar][property]") {
  const unsigned seed = chosen_seed();
  INFO("ASSAY_SEED=" << seed);
  Chance chance(seed);
  for (int i = 0; i < property_cases; ++i) {
    const Date from{sys_days{date("1900-01-01")} + days{chance.between(0, 200'000)}};
    const std::int64_t count = chance.between(-1200, 1200);
    const Date to = *counted_from(from, count, "calendar_months");
    const auto month = std::chrono::year_month{from.year(), from.month()} + std::chrono::months{count};
    const char* wrong = nullptr;
    if (to.year() != month.year() || to.month() != month.month() || !to.ok()) wrong = "another month";
    if (to.day() != from.day() && (to.day() > from.day() || to != Date{month / std::chrono::last}))
      wrong = "another day";
    if (count % 12 == 0 && to != counted_from(from, count / 12, "calendar_years")) wrong = "12 months are no year";
    if (wrong) FAIL(to_text(from) << " and " << count << " months is " << to_text(to) << ": " << wrong);
  }
}

}  // namespace
}  // namespace assay::test::calendar_test
