// The table of guards: each is named as the true sentence that it requires, and returns what is not met.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/decide.h"

namespace assay {

/// What a guard may look at. `input` is null while offers are computed.
struct GuardContext {
  const WorkflowSet& set;
  const Facts& facts;
  const RecordView& record;  // as it would be after the input is stored, still in the state before the command
  const CommandDefinition& command;
  const Actor& actor;
  const Now& now;
  const Json* input;
  const Json& parameters;

  /// True while offers are computed and the input of the command could still bring the field, link or seat `name`.
  bool awaits(std::string_view name) const;
};

using Unmet = std::vector<UnmetGuard>;

/// One of the reasons that a guard gives, as an English sentence with placeholders (workflows/README.md, "Reasons").
struct GuardReason {
  std::string_view code;
  std::string_view text;
};

/// How far the worlds of proofs tell whether a guard is met. What they leave free lets everything happen there, and is
/// proved only where the command itself has the guard: a claim holds it `at` commands.
enum class InWorlds {
  told,    // as in production
  partly,  // what has to be there counts; dates, what lists cover and answers of plugins are free
  free,
};

struct Guard {
  std::string_view name;        // "linked_all"; a changed meaning is a new row "linked_all/2"
  std::string_view parameters;  // names it takes: "link where? in? have?"; the loader refuses others
  std::string_view says;        // the sentence that it requires
  std::span<const GuardReason> reasons;
  Unmet (*unmet)(const GuardContext&);
  InWorlds in_worlds;
};

/// All guards, by name. A row is never removed while a stored workflow set names it.
std::span<const Guard> guards();
const Guard* find_guard(std::string_view name);

/// The sentence of an unmet guard in `language`: from the set's guard_texts, else English.
std::string explain(const WorkflowSet& set, const UnmetGuard& unmet, std::string_view language);

}  // namespace assay
