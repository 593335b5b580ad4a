// What a new workflow set changes: for whom, and what running records need.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "domain/definition.h"

namespace assay {

/// What has changed of one record type.
struct TypeDifference {
  std::string type;
  std::map<std::string, std::vector<std::string>> gained, lost;  // role or seat -> commands that it may give or confirm
  std::vector<std::string> other;     // sentences about commands, guards, fields, states, links, seats and timers
  std::vector<std::string> unmapped;  // states that are gone: running records in them need another one
};

/// Types that differ, by name; types that are new or gone are told in `other`. Labels are not compared.
std::vector<TypeDifference> difference(const WorkflowSet& from, const WorkflowSet& to);

/// True when running records cannot go on without a map.
bool needs_map(const std::vector<TypeDifference>& differences);

/// {TYPE: {gained, lost, changes, map: {STATE: null}}}: the map is what somebody has to fill in.
Json to_json(const std::vector<TypeDifference>& differences);
/// The same for people.
std::string to_text(const std::vector<TypeDifference>& differences);

}  // namespace assay
