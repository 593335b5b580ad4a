// Semantic versions in their order.
#include "plugins/semantic_version.h"

#include <algorithm>

namespace assay {
namespace {

/// Cuts the part up to `separator` off.
std::string_view cut_part(std::string_view& from, char separator) {
  const auto end = std::min(from.find(separator), from.size());
  const std::string_view part = from.substr(0, end);
  from.remove_prefix(std::min(end + 1, from.size()));
  return part;
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Numbers without leading zeros in their order, whatever their length.
std::strong_ordering compare_numbers(std::string_view left, std::string_view right) {
  while (left.size() > 1 && left.front() == '0') left.remove_prefix(1);
  while (right.size() > 1 && right.front() == '0') right.remove_prefix(1);
  if (left.size() != right.size()) return left.size() <=> right.size();
  return left.compare(right) <=> 0;
}

/// Numbers come before words.
std::strong_ordering compare_identifiers(std::string_view left, std::string_view right) {
  const bool left_counts = is_number(left), right_counts = is_number(right);
  if (left_counts && right_counts) return compare_numbers(left, right);
  if (left_counts != right_counts) return left_counts ? std::strong_ordering::less : std::strong_ordering::greater;
  return left.compare(right) <=> 0;
}

}  // namespace

std::strong_ordering compare_versions(std::string_view left, std::string_view right) {
  std::string_view left_core = cut_part(left, '-'), right_core = cut_part(right, '-');
  for (int i = 0; i < 3; ++i) {
    const auto order = compare_numbers(cut_part(left_core, '.'), cut_part(right_core, '.'));
    if (order != 0) return order;
  }
  if (left.empty() != right.empty()) return left.empty() ? std::strong_ordering::greater : std::strong_ordering::less;
  while (!left.empty() && !right.empty()) {
    const auto order = compare_identifiers(cut_part(left, '.'), cut_part(right, '.'));
    if (order != 0) return order;
  }
  return left.size() <=> right.size();
}

}  // namespace assay
