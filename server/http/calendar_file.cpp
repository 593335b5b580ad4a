// A calendar of whole days (iCalendar, RFC 5545).
#include "http/calendar_file.h"

#include <algorithm>

namespace assay {
namespace {

/// A content line, folded (3.1) between the characters of UTF-8.
void line(std::string& to, std::string_view text) {
  constexpr std::size_t width = 75;
  std::size_t room = width;
  while (text.size() > room) {
    std::size_t cut = room;
    while (cut > 1 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
    to.append(text.substr(0, cut)).append("\r\n ");
    text.remove_prefix(cut);
    room = width - 1;
  }
  to.append(text).append("\r\n");
}

/// TEXT of 3.3.11; control characters have no place in it.
std::string calendar_text(std::string_view text) {
  std::string all;
  for (const char c : text) {
    if (c == '\n') {
      all += "\\n";
    } else if (c == '\\' || c == ';' || c == ',') {
      all.append(1, '\\').append(1, c);
    } else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) {
      all += c;
    }
  }
  return all;
}

std::string digits(std::string text) {
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

std::string calendar_date(Date day) { return digits(to_text(day)); }

}  // namespace

void begin_calendar(std::string& to, std::string_view name) {
  line(to, "BEGIN:VCALENDAR");
  line(to, "VERSION:2.0");
  line(to, "PRODID:-//Assay//Assay//EN");
  line(to, "X-WR-CALNAME:" + calendar_text(name));
}

void append_entry(std::string& to, const CalendarEntry& entry) {
  const Date after = std::chrono::sys_days(std::max(entry.from, entry.to)) + std::chrono::days{1};  // not included
  line(to, "BEGIN:VEVENT");
  line(to, "UID:" + calendar_text(entry.uid));
  line(to, "DTSTAMP:" + digits(to_text(entry.changed).substr(0, 19)) + "Z");
  line(to, "DTSTART;VALUE=DATE:" + calendar_date(entry.from));
  line(to, "DTEND;VALUE=DATE:" + calendar_date(after));
  line(to, "SUMMARY:" + calendar_text(entry.summary));
  if (!entry.description.empty()) line(to, "DESCRIPTION:" + calendar_text(entry.description));
  line(to, entry.cancelled ? "STATUS:CANCELLED" : "STATUS:CONFIRMED");
  line(to, "END:VEVENT");
}

void end_calendar(std::string& to) { line(to, "END:VCALENDAR"); }

}  // namespace assay
