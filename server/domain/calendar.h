// Days counted by a calendar: working days around weekends and holidays, and months and years.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "domain/time.h"

namespace assay {

/// Which days are worked: Monday to Friday without the holidays. Immutable.
class Calendar {
 public:
  /// No holidays.
  Calendar() = default;
  /// Holidays are days that exist, in any order; those on a weekend and repeated ones change nothing.
  explicit Calendar(const std::vector<Date>& holidays);

  bool is_working(Date day) const;
  /// The `nth` working day, counted up to and including it from a day that is the same for all calculations of this
  /// calendar. The inverse of `nth_up_to` for working days.
  std::chrono::sys_days working_day(std::int64_t nth) const;
  /// The number of the last working day up to and including `day`.
  std::int64_t nth_up_to(std::chrono::sys_days day) const;

 private:
  std::vector<std::chrono::sys_days> holidays_;  // sorted, different, none on a weekend
};

/// True for what days are counted in: calendar_days, working_days, calendar_months or calendar_years.
bool is_day_unit(std::string_view unit);

/// `day` moved by `count` (may be negative) of `unit`. Working days are counted from the next one in that direction,
/// and 0 of them stay where they are. Months and years keep the day of the month, or take the month's last day when it
/// has no such day. Nothing when that leads out of the years 0 to 9999. Takes the logarithm of the number of holidays.
/// Throws std::invalid_argument for another unit.
std::optional<Date> counted_from(Date day, std::int64_t count, std::string_view unit, const Calendar& calendar = {});

/// The same where it cannot lead out of these years: std::out_of_range when it does.
Date add_days(Date day, int count, std::string_view unit, const Calendar& calendar = {});

}  // namespace assay
