// Where workflow definitions come from, and that only sets without a flaw are used.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "domain/check.h"
#include "domain/definition.h"
#include "domain/load.h"
#include "domain/proof.h"

namespace assay {

/// The definitions that this release was built with.
WorkflowFiles embedded_workflows();
/// Every .json below `folder` but those of schema/. Throws std::runtime_error when the folder cannot be read.
WorkflowFiles read_workflows(const std::filesystem::path& folder);

/// The definitions do not hold: every flaw, as file, pointer and reason.
struct WorkflowsFlawed : std::runtime_error {
  explicit WorkflowsFlawed(std::vector<Flaw> all);
  std::vector<Flaw> flaws;
};

/// Loaded, with its hash; what only check() finds is still to be looked for. Throws WorkflowsFlawed.
WorkflowSetPtr loaded_workflows(const WorkflowFiles& files);
/// Throws WorkflowsFlawed for what check() finds.
void demand_flawless(const WorkflowSet& set);
/// Loaded and checked, with its hash. Throws WorkflowsFlawed.
WorkflowSetPtr checked_workflows(const WorkflowFiles& files);

/// What the files say is to be proved of the set. Throws WorkflowsFlawed.
std::vector<Proof> checked_proofs(const WorkflowFiles& files, const WorkflowSet& set);

/// "internal/audit.json/commands/plan: reason", a line for each.
std::string text_of(const std::vector<Flaw>& flaws);

}  // namespace assay
