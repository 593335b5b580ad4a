// The days that people may enter.
#pragma once

#include "domain/time.h"

namespace assay {

/// 1900-01-01 to 9000-12-31: so far from the ends of four-digit years that no deadline, period or zone leads beyond.
constexpr bool is_in_range(Date day) {
  return day.year() >= std::chrono::year{1900} && day.year() <= std::chrono::year{9000};
}

inline constexpr std::string_view date_range_fault = "must be a day from 1900-01-01 to 9000-12-31";

}  // namespace assay
