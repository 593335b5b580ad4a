// What the sandbox of a plugin's process consists of.
#include "sandbox/parts.h"

#include <array>

namespace assay::sandbox {
namespace {

constexpr std::array<std::string_view, 4> level_names = {"open", "filtered", "confined", "isolated"};
constexpr std::array<std::string_view, 9> part_names = {
    "no-new-privileges", "limits", "user", "network", "processes", "ipc", "mounts", "landlock", "system-calls"};

bool has(Parts parts, Parts wanted) { return (parts & wanted) == wanted; }

}  // namespace

Level level_of(Parts parts) {
  if (!has(parts, part_no_new_privileges | part_limits | part_system_calls)) return Level::open;
  if ((parts & (part_landlock | part_mounts)) == 0) return Level::filtered;
  const bool all = has(parts, part_landlock | part_mounts | part_user | part_network | part_processes | part_ipc);
  return all ? Level::isolated : Level::confined;
}

std::string_view to_text(Level level) { return level_names.at(static_cast<std::size_t>(level)); }

std::optional<Level> level_named(std::string_view name) {
  for (std::size_t i = 0; i < level_names.size(); ++i) {
    if (level_names[i] == name) return static_cast<Level>(i);
  }
  return {};
}

std::vector<std::string> names_of(Parts parts) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < part_names.size(); ++i) {
    if ((parts & (1u << i)) != 0) names.emplace_back(part_names[i]);
  }
  return names;
}

}  // namespace assay::sandbox
