// Guards that are asked of plugins: which they are, what of a command leads to them, and what their refusals mean.
#pragma once

#include <cstddef>
#include <functional>

#include "domain/definition.h"
#include "domain/refusal.h"

namespace assay {

/// True when the guard asks a plugin: its parameters name it (`plugin`), and a guard of its manifest (`rule`).
bool asks_plugin(const GuardUse& use);

/// True when the command has a guard that asks a plugin and for which `counts` holds, or when a command has one that
/// its effects send or create, and so on.
bool reaches_plugin(const WorkflowSet& set, const Definition& definition, const CommandDefinition& command,
                    const std::function<bool(const GuardUse&)>& counts);

/// True for a refusal of which nothing is left but plugins that may answer later.
bool may_pass_later(const Refusal& refusal);

/// The reason against a command about which plugins would have to be asked more than `limit` questions.
UnmetGuard too_many_questions(const WorkflowSet& set, std::size_t count, std::size_t limit);

}  // namespace assay
