// Dates, times, shares and sizes as people write them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "words.h"

namespace report_html {

/// 2026-11-23 as "23 November 2026"; anything that is no date as it stands. Never needs escaping when it was a date.
std::string day(std::string_view date, const Words& words);

/// The days from and to without saying a month or year twice, "28 September – 8 October 2026"; as one day when they are
/// the same or one is absent.
std::string days(std::string_view from, std::string_view to, const Words& words);

/// 2026-11-23T08:30:00.000Z as "23 November 2026, 08:30 UTC", or with its offset.
std::string moment(std::string_view instant, const Words& words);

/// The time of day of 2026-11-23T08:30...: "08:30".
std::string_view time_of_day(std::string_view local);

/// `part` of `whole` in percent, rounded to a whole number; but never 0 or 100 for what is not none or all.
std::string percent(std::int64_t part, std::int64_t whole, const Words& words);

/// A count with marks between the thousands: "12,345".
std::string number(std::int64_t count, const Words& words);

/// A score with one decimal at most: "83.5", "100".
std::string decimal(double value, const Words& words);

/// Bytes with a unit and one decimal: "1.2 MB".
std::string size(std::uint64_t bytes, const Words& words);

}  // namespace report_html
