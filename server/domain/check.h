// Static checks of a workflow set: what would be wrong before anything runs.
#pragma once

#include <string>
#include <vector>

#include "domain/definition.h"

namespace assay {

struct Flaw {
  std::string file;
  std::string pointer;  // RFC 6901, into the file
  std::string reason;   // a sentence
};

/// Everything that is wrong with the set; empty when it may run. See workflows/README.md, "Checking".
std::vector<Flaw> check(const WorkflowSet& set);

}  // namespace assay
