// Instants and local dates, and their text forms.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using Date = std::chrono::year_month_day;

/// RFC 3339 in UTC with milliseconds: 2026-11-23T08:30:00.000Z.
std::string to_text(Instant at);
/// The same where it need not be kept.
class InstantText {
 public:
  static constexpr std::size_t longest = 32;  // also beyond the year 9999
  explicit InstantText(Instant at);
  std::string_view view() const { return {text_.data(), size_}; }

 private:
  std::array<char, longest> text_;
  std::size_t size_;
};
/// ISO 8601 calendar date: 2026-11-23.
std::string to_text(Date day);
/// Accepts RFC 3339 with any offset, as far as the year in UTC is 0 to 9999; nothing else.
std::optional<Instant> parse_instant(std::string_view text);
/// Accepts YYYY-MM-DD of an existing day; nothing else.
std::optional<Date> parse_date(std::string_view text);

/// True for the name of an IANA time zone.
bool is_time_zone(std::string_view name);

/// The local date of `at` in the IANA zone `zone`. Throws std::runtime_error for an unknown zone.
Date local_date(Instant at, std::string_view zone);
/// When it is there, for people: 2026-11-23 08:30. Throws as local_date() does.
std::string local_minute(Instant at, std::string_view zone);
/// The first instant of the local date `day` in `zone`.
Instant start_of(Date day, std::string_view zone);
/// The first instant after the local date `day` has ended in `zone`: what is due on `day` is late from then on.
Instant end_of(Date day, std::string_view zone);

}  // namespace assay
