// Days counted by a calendar.
#include "domain/calendar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace assay {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year;

constexpr sys_days first_monday{days{4}};  // 1970-01-05: weekdays are numbered from it, beginning with 1
constexpr std::int64_t first_month = 0, last_month = 9999 * 12 + 11;
constexpr sys_days first_day{year{0} / 1 / 1}, last_day{year{9999} / 12 / 31};

/// How often 7 or 5 goes into a number, rounded down also below zero.
constexpr std::int64_t floor_quotient(std::int64_t number, std::int64_t divisor) {
  return number / divisor - (number % divisor < 0 ? 1 : 0);
}

/// The number of the last day from Monday to Friday up to and including `day`.
constexpr std::int64_t weekdays_up_to(sys_days day) {
  const std::int64_t since = (day - first_monday).count();
  const std::int64_t weeks = floor_quotient(since, 7);
  return weeks * 5 + std::min<std::int64_t>(since - weeks * 7 + 1, 5);
}

constexpr sys_days weekday_numbered(std::int64_t nth) {
  const std::int64_t weeks = floor_quotient(nth - 1, 5);
  return first_monday + days{weeks * 7 + (nth - 1 - weeks * 5)};
}

bool is_weekend(sys_days day) {
  const std::chrono::weekday weekday{day};
  return weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
}

std::optional<Date> in_range(sys_days day) {
  if (day < first_day || day > last_day) return {};
  return Date{day};
}

std::optional<Date> months_from(Date day, std::int64_t count) {
  const int month = static_cast<int>(static_cast<unsigned>(day.month()));
  const std::int64_t at = static_cast<int>(day.year()) * 12 + month - 1;
  if (count < first_month - at || count > last_month - at) return {};
  const year to_year{static_cast<int>((at + count) / 12)};
  const std::chrono::month to_month{static_cast<unsigned>((at + count) % 12 + 1)};
  return Date{to_year, to_month, std::min(day.day(), (to_year / to_month / std::chrono::last).day())};
}

}  // namespace

Calendar::Calendar(const std::vector<Date>& holidays) {
  for (const Date holiday : holidays) {
    if (!is_weekend(sys_days{holiday})) holidays_.emplace_back(holiday);
  }
  std::sort(holidays_.begin(), holidays_.end());
  holidays_.erase(std::unique(holidays_.begin(), holidays_.end()), holidays_.end());
}

bool Calendar::is_working(Date day) const {
  return !is_weekend(sys_days{day}) && !std::binary_search(holidays_.begin(), holidays_.end(), sys_days{day});
}

std::int64_t Calendar::nth_up_to(sys_days day) const {
  return weekdays_up_to(day) - (std::upper_bound(holidays_.begin(), holidays_.end(), day) - holidays_.begin());
}

sys_days Calendar::working_day(std::int64_t nth) const {
  // The day lies after exactly those holidays up to which there are fewer working days.
  const auto before = std::partition_point(holidays_.begin(), holidays_.end(),
                                           [&](const sys_days& holiday) { return nth_up_to(holiday) < nth; });
  return weekday_numbered(nth + (before - holidays_.begin()));
}

bool is_day_unit(std::string_view unit) {
  constexpr std::array<std::string_view, 4> units{"calendar_days", "working_days", "calendar_months", "calendar_years"};
  return std::find(units.begin(), units.end(), unit) != units.end();
}

std::optional<Date> counted_from(Date day, std::int64_t count, std::string_view unit, const Calendar& calendar) {
  if (!is_day_unit(unit)) throw std::invalid_argument(fmt::format("days are not counted in {}", unit));
  constexpr std::int64_t longest = (last_day - first_day).count();  // no unit is shorter than a day
  if (count > longest || count < -longest) return {};
  if (unit == "calendar_years") return months_from(day, count * 12);
  if (unit == "calendar_months") return months_from(day, count);
  const sys_days from{day};
  if (unit == "calendar_days") return in_range(from + days{count});
  if (count == 0) return in_range(from);
  if (count > 0) return in_range(calendar.working_day(calendar.nth_up_to(from) + count));
  return in_range(calendar.working_day(calendar.nth_up_to(from - days{1}) + count + 1));
}

Date add_days(Date day, int count, std::string_view unit, const Calendar& calendar) {
  if (const auto found = counted_from(day, count, unit, calendar)) return *found;
  throw std::out_of_range(fmt::format("{} and {} {} lead out of the years 0 to 9999", to_text(day), count, unit));
}

}  // namespace assay
