// Commands on workflow definitions.
#include <fmt/format.h>

#include <cstdio>

#include "cli/commands.h"
#include "cli/workflow_files.h"
#include "cli/workspace.h"
#include "domain/export_mermaid.h"

namespace assay {

int check_workflows(const std::optional<std::filesystem::path>& folder) {
  try {
    const auto set = checked_workflows(folder ? read_workflows(*folder) : embedded_workflows());
    fmt::print("{} record types, {} roles, {} policies: no flaw. Set {}\n", set->types.size(), set->roles.size(),
               set->policies.size(), set->hash);
    return 0;
  } catch (const WorkflowsFlawed& flawed) {
    fmt::print(stderr, "{}", flawed.what());
    return 2;
  }
}

int export_workflow(const SettingValues& values, const std::string& type, const std::string& format,
                    const std::string& language) {
  if (format != "mermaid") throw SettingError("--format must be mermaid");
  const auto set = workflows_of(values);
  const Definition* definition = set->find(type);
  if (definition == nullptr) {
    std::string known;
    for (const auto& [name, one] : set->types) known += (known.empty() ? "" : ", ") + name;
    throw SettingError("there is no record type " + type + "; there are " + known);
  }
  fmt::print("{}", export_mermaid(*definition, language));
  return 0;
}

}  // namespace assay
