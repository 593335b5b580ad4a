// Guards of plugins: how they are asked for a command, and which of them are not there.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "domain/definition.h"
#include "domain/facts.h"
#include "domain/time.h"
#include "plugins/registry.h"
#include "storage/people.h"

namespace assay {

/// Asks the plugin that the question names, with what the organisation has set for it. Whatever keeps it from answering
/// is the answer. Any thread.
PluginAnswer ask_guard(const PluginRegistry& plugins, Instant now, const PluginQuestion& question,
                       const OrganisationRow& organisation, std::string_view language,
                       std::chrono::steady_clock::time_point deadline);

/// A guard of a record type that names a plugin or a rule that is not there.
struct MissingGuard {
  std::string place;  // file of the definition, and JSON pointer
  std::string reason;
};
std::vector<MissingGuard> missing_guards(const WorkflowSet& set, const PluginRegistry& plugins);
/// Of packages that are not loaded, by their manifests.
std::vector<MissingGuard> missing_guards(const WorkflowSet& set, const std::vector<Manifest>& packages);

}  // namespace assay
