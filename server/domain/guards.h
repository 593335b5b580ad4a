// The table of guards: each is named as the true sentence that it requires, and returns what is not met.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "domain/decide.h"

namespace assay {

/// What a guard may look at. `input` is null while offers are computed.
struct GuardContext {
  const WorkflowSet& set;
  const Facts& facts;
  const RecordView& record;        // as it would be after the input is stored
  const CommandDefinition& command;
  const Actor& actor;
  const Now& now;
  const Json* input;
  const Json& parameters;
};

using Unmet = std::vector<UnmetGuard>;

struct Guard {
  std::string_view name;           // "linked_all"; a changed meaning is a new row "linked_all/2"
  std::string_view parameters;     // names it takes: "link where? in? have?"; the loader refuses others
  std::string_view says;           // the sentence that it requires
  Unmet (*unmet)(const GuardContext&);
};

/// All guards, by name. A row is never removed while a stored workflow set names it.
std::span<const Guard> guards();
const Guard* find_guard(std::string_view name);

}  // namespace assay
