// Instants and local dates, and their text forms.
#include "domain/time.h"

#include <date/tz.h>

#include <array>
#include <charconv>
#include <string>

namespace assay {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::sys_days;

/// Reads exactly `length` digits at `at`, or nothing.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t length) {
  if (at + length > text.size()) return {};
  int value = 0;
  for (std::size_t i = at; i < at + length; ++i) {
    if (text[i] < '0' || text[i] > '9') return {};
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

/// The offset at the end of an RFC 3339 text ("Z", "+02:00"), or nothing.
std::optional<std::chrono::minutes> offset(std::string_view text) {
  if (text == "Z" || text == "z") return std::chrono::minutes{0};
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return {};
  const auto hours = digits(text, 1, 2), minutes = digits(text, 4, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return {};
  const std::chrono::minutes size{*hours * 60 + *minutes};
  return text[0] == '-' ? -size : size;
}

/// Writes `value` with leading zeros and returns the end: an answer holds hundreds of times, and formatting them took a
/// sixth of its time.
template <int Width>
char* put(char* at, unsigned value) {
  for (int i = Width - 1; i >= 0; --i, value /= 10) at[i] = static_cast<char>('0' + value % 10);
  return at + Width;
}

char* put_day(char* at, Date day) {
  const int year = static_cast<int>(day.year());
  if (year >= 0 && year <= 9999) {
    at = put<4>(at, static_cast<unsigned>(year));
  } else {
    at = std::to_chars(at, at + 8, year).ptr;
  }
  *at++ = '-';
  at = put<2>(at, static_cast<unsigned>(day.month()));
  *at++ = '-';
  return put<2>(at, static_cast<unsigned>(day.day()));
}

const date::time_zone* zone_named(std::string_view name) { return date::locate_zone(std::string(name)); }

}  // namespace

InstantText::InstantText(Instant at) {
  const auto midnight = std::chrono::floor<days>(at);
  const std::chrono::hh_mm_ss<milliseconds> clock{at - midnight};
  char* end = put_day(text_.data(), Date{midnight});
  *end++ = 'T';
  end = put<2>(end, static_cast<unsigned>(clock.hours().count()));
  *end++ = ':';
  end = put<2>(end, static_cast<unsigned>(clock.minutes().count()));
  *end++ = ':';
  end = put<2>(end, static_cast<unsigned>(clock.seconds().count()));
  *end++ = '.';
  end = put<3>(end, static_cast<unsigned>(clock.subseconds().count()));
  *end++ = 'Z';
  size_ = static_cast<std::size_t>(end - text_.data());
}

std::string to_text(Instant at) { return std::string(InstantText(at).view()); }

std::string to_text(Date day) {
  std::array<char, InstantText::longest> text;
  return {text.data(), put_day(text.data(), day)};
}

std::optional<Date> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
  const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  if (!year || !month || !day) return {};
  const Date date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                  std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return {};
  return date;
}

std::optional<Instant> parse_instant(std::string_view text) {
  if (text.size() < 20 || (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':') return {};
  const auto day = parse_date(text.substr(0, 10));
  const auto hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (!day || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) return {};
  std::size_t at = 19;
  int fraction = 0, scale = 100;
  if (text[at] == '.') {
    const std::size_t first = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10) {
      fraction += (text[at] - '0') * scale;
    }
    if (at == first) return {};
  }
  const auto shift = offset(text.substr(at));
  if (!shift) return {};
  const Instant instant = Instant{sys_days{*day}} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
                          std::chrono::seconds{*second} + milliseconds{fraction} - *shift;
  const int year = static_cast<int>(Date{std::chrono::floor<days>(instant)}.year());
  if (year < 0 || year > 9999) return {};  // to_text() has four digits for it
  return instant;
}

bool is_time_zone(std::string_view name) {
  try {
    zone_named(name);
    return true;
  } catch (const std::runtime_error&) {
    return false;  // the library says so by an exception only
  }
}

Date local_date(Instant at, std::string_view zone) {
  const auto local = zone_named(zone)->to_local(at);
  const auto day = date::floor<date::days>(local);
  return Date{sys_days{days{day.time_since_epoch().count()}}};
}

std::string local_minute(Instant at, std::string_view zone) {
  return date::format("%F %R", date::floor<std::chrono::minutes>(zone_named(zone)->to_local(at)));
}

Instant start_of(Date day, std::string_view zone) {
  const date::local_time<milliseconds> midnight{sys_days{day}.time_since_epoch()};
  return Instant{zone_named(zone)->to_sys(midnight, date::choose::earliest).time_since_epoch()};
}

Instant end_of(Date day, std::string_view zone) { return start_of(Date{sys_days{day} + days{1}}, zone); }

}  // namespace assay
