// `assay workflow diff`: what a new folder of definitions changes for whom.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/workflow_files.h"
#include "domain/difference.h"

namespace assay {

int compare_workflows(const std::filesystem::path& from, const std::filesystem::path& to, bool json) {
  const auto found = difference(*checked_workflows(read_workflows(from)), *checked_workflows(read_workflows(to)));
  fmt::print("{}", json ? to_json(found).dump(2) + "\n" : to_text(found));
  return needs_map(found) ? 3 : 0;
}

}  // namespace assay
