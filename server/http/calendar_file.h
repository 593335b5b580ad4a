// A calendar of whole days (iCalendar, RFC 5545).
#pragma once

#include <string>
#include <string_view>

#include "domain/time.h"

namespace assay {

/// What lasts from one day to another, both included.
struct CalendarEntry {
  std::string uid;  // the same for as long as it is the same thing
  Instant changed;
  Date from, to;
  std::string summary;
  std::string description = {};
  bool cancelled = false;
};

/// Writes the parts of a calendar: its beginning, entries, its end. Texts are escaped and lines folded at 75 bytes.
void begin_calendar(std::string& to, std::string_view name);
void append_entry(std::string& to, const CalendarEntry& entry);
void end_calendar(std::string& to);

}  // namespace assay
