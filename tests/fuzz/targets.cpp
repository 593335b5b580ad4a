// The table of targets, and what they share.
#include "fuzz/targets.h"

#include <algorithm>

namespace assay::fuzz {
namespace {

constexpr Target all[] = {
    {"definitions", run_definitions}, {"bodies", run_bodies}, {"requests", run_requests},
    {"webhooks", run_webhooks},       {"tables", run_tables}, {"packages", run_packages},
};

bool leads_somewhere(const std::string& pointer, const Json& input) {
  const Json::json_pointer place(pointer);
  if (place.empty() || input.contains(place)) return true;
  return input.contains(place.parent_pointer()) && input.at(place.parent_pointer()).is_object();
}

}  // namespace

void require(bool holds, std::string_view property, std::string_view seen) {
  if (!holds) throw Broken(std::string(property) + (seen.empty() ? "" : ": ") + std::string(seen));
}

std::span<const Target> targets() { return all; }

const Target* find_target(std::string_view name) {
  const auto found = std::find_if(std::begin(all), std::end(all), [&](const Target& row) { return row.name == name; });
  return found == std::end(all) ? nullptr : found;
}

bool is_pointer(std::string_view text) {
  if (!text.empty() && text.front() != '/') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1'))) return false;
  }
  return true;
}

void require_places(const std::vector<InvalidField>& fields, const Json& input) {
  for (const InvalidField& field : fields) {
    require(!field.detail.empty(), "a field that is wrong comes with a reason", field.pointer);
    require(is_pointer(field.pointer), "a field that is wrong is named by a JSON pointer", field.pointer);
    require(leads_somewhere(field.pointer, input), "the pointer leads to a place in the body", field.pointer);
  }
}

}  // namespace assay::fuzz
