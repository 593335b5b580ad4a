// Dates, times, shares and sizes as people write them.
#include "format.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace report_html {
namespace {

constexpr std::string_view no_break_space = "\u00A0";

bool digits_at(std::string_view text, std::size_t at, std::size_t count) {
  return text.size() >= at + count && std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at),
                                                  text.begin() + static_cast<std::ptrdiff_t>(at + count),
                                                  [](char c) { return c >= '0' && c <= '9'; });
}

bool begins_with_date(std::string_view text) {
  return digits_at(text, 0, 4) && text.size() >= 10 && text[4] == '-' && digits_at(text, 5, 2) && text[7] == '-' &&
         digits_at(text, 8, 2);
}

}  // namespace

std::string day(std::string_view date, const Words& words) {
  if (!begins_with_date(date)) return std::string(date);
  const auto month = static_cast<std::size_t>((date[5] - '0') * 10 + (date[6] - '0'));
  if (month < 1 || month > 12) return std::string(date.substr(0, 10));
  std::string text(date.substr(date[8] == '0' ? 9 : 8, date[8] == '0' ? 1 : 2));
  text += words.day_mark;
  text += no_break_space;
  text += words.months[month - 1];
  text += ' ';
  return text += date.substr(0, 4);
}

std::string days(std::string_view from, std::string_view to, const Words& words) {
  if (from.empty() || from == to) return day(to, words);
  if (to.empty()) return day(from, words);
  if (!begins_with_date(from) || !begins_with_date(to) || from.substr(0, 4) != to.substr(0, 4))
    return day(from, words) + " – " + day(to, words);
  std::string first = day(from, words);
  const std::size_t shared = from.substr(0, 7) == to.substr(0, 7) ? first.find(no_break_space) : first.rfind(' ');
  return first.substr(0, shared) + (first.find(no_break_space) == shared ? "–" : " – ") + day(to, words);
}

std::string moment(std::string_view instant, const Words& words) {
  if (!begins_with_date(instant) || instant.size() < 17) return std::string(instant);
  std::string text = day(instant, words) + ", ";
  text += time_of_day(instant);
  text += no_break_space;
  if (instant.back() == 'Z') return text + "UTC";
  return text += instant.substr(instant.size() - 6);
}

std::string_view time_of_day(std::string_view local) { return local.size() >= 16 ? local.substr(11, 5) : local; }

std::string percent(std::int64_t part, std::int64_t whole, const Words& words) {
  if (whole <= 0) return "–";
  std::int64_t share = (part * 200 + whole) / (2 * whole);
  if (share == 0 && part > 0) share = 1;
  if (share >= 100 && part < whole) share = 99;
  return std::to_string(share) + std::string(words.percent_sign);
}

std::string number(std::int64_t count, const Words& words) {
  std::string text = std::to_string(count);
  const std::size_t first = count < 0 ? 1 : 0;
  for (std::size_t at = text.size(); at > first + 3;) text.insert(at -= 3, words.thousands_mark);
  return text;
}

std::string decimal(double value, const Words& words) {
  std::array<char, 400> buffer;  // no finite number is longer
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, 1).ptr;
  std::string text(buffer.data(), end);
  const auto mark = text.find('.');
  if (text.compare(mark, 2, ".0") == 0) return text.substr(0, mark);
  return text.replace(mark, 1, words.decimal_mark);
}

std::string size(std::uint64_t bytes, const Words& words) {
  constexpr std::array<std::string_view, 4> units = {"kB", "MB", "GB", "TB"};
  if (bytes < 1000) return std::to_string(bytes) + std::string(no_break_space) + "B";
  std::uint64_t tenths = (bytes + 50) / 100;
  std::size_t unit = 0;
  for (; tenths >= 10'000 && unit + 1 < units.size(); ++unit) tenths = (tenths + 500) / 1000;
  std::string text = std::to_string(tenths / 10);
  text += words.decimal_mark;
  text += static_cast<char>('0' + tenths % 10);
  text += no_break_space;
  return text += units[unit];
}

}  // namespace report_html
