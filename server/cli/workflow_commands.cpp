// Commands on workflow definitions.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <fstream>

#include "cli/commands.h"
#include "cli/plugin_packages.h"
#include "cli/side_by_side.h"
#include "cli/workflow_files.h"
#include "cli/workspace.h"
#include "domain/explore.h"
#include "domain/export_graph.h"
#include "domain/export_mermaid.h"
#include "plugins/guard_answers.h"
#include "plugins/manifest.h"

namespace assay {
namespace {

using Seconds = std::chrono::duration<double>;

/// All worlds of a proof, as many at a time as there are processors; and how long each took.
std::vector<std::pair<Exploration, Seconds>> explore_all(const WorkflowSet& set, const Proof& proof) {
  std::vector<std::pair<Exploration, Seconds>> found(proof.worlds.size());
  side_by_side(found.size(), [&](std::size_t i) {
    const auto begun = std::chrono::steady_clock::now();
    found[i].first = explore(set, proof, proof.worlds[i]);
    found[i].second = std::chrono::steady_clock::now() - begun;
  });
  return found;
}

void print(const std::string& where, const std::vector<Violation>& violations) {
  for (const Violation& violation : violations) {
    fmt::print(stderr, "{}: {} does not hold: {}\n", where, violation.claim, violation.reason);
    for (std::size_t i = 0; i < violation.steps.size(); ++i)
      fmt::print(stderr, "  {}. {}\n", i + 1, violation.steps[i]);
  }
}

/// Explores the worlds and prints what was found; true when everything is proved.
bool prove(const WorkflowSet& set, const Proof& proof) {
  const auto all = explore_all(set, proof);
  std::vector<Exploration> found;
  bool proved = true;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& [one, seconds] = all[i];
    const ProofWorld& world = proof.worlds[i];
    std::string bounds;
    for (const auto& [type, count] : world.records) bounds += fmt::format(", {} {}", count, type);
    fmt::print("{}/{}: {} states, {} transitions, {:.1f} s; {} people{}\n", proof.pack, world.name, one.states,
               one.transitions, seconds.count(), world.people.size(), bounds);
    if (one.cut_off)
      fmt::print(stderr, "{}: {} has more than {} states: nothing is proved\n", proof.source, world.name, world.bound);
    print(fmt::format("{}: {}", proof.source, world.name), one.violations);
    proved = proved && !one.cut_off && one.violations.empty();
    found.push_back(one);
  }
  const auto open = left_open(set, proof, found);
  print(proof.source, open);
  return proved && open.empty();
}

/// Manifests of the packages that the settings lead to, whether or not they would be loaded.
std::vector<Manifest> manifests_at(const SettingValues& values) {
  std::vector<Manifest> found;
  for (const PackageFolder& from : plugin_packages(values)) {
    if (!std::filesystem::exists(from.path)) continue;
    for (const auto& package : std::filesystem::directory_iterator(from.path)) {
      if (!std::filesystem::exists(package.path() / "manifest.json")) continue;
      if (auto manifest = read_manifest(package.path())) found.push_back(std::move(*manifest));
    }
  }
  return found;
}

/// The definitions may be for another machine: it is told, and no flaw.
void print_missing_guards(const SettingValues& values, const WorkflowSet& set) {
  const std::vector<Manifest> nobody;
  if (missing_guards(set, nobody).empty()) return;  // none is asked for
  for (const MissingGuard& one : missing_guards(set, manifests_at(values)))
    fmt::print(stderr, "{}: {}, so that it cannot be asked\n", one.place, one.reason);
}

/// The type in the format. Throws SettingError for a language or a format that there is not.
std::string exported(const Definition& definition, const std::string& format, const std::string& language) {
  if (language != "en" && !definition.labels.contains(language)) {
    std::string known = "en";
    for (const auto& [one, labels] : definition.labels) known += ", " + one;
    throw SettingError(
        fmt::format("--language {}: {} has no texts in it; there are {}", language, definition.type, known));
  }
  if (format == "mermaid") return export_mermaid(definition, language);
  if (format == "dot") return export_dot(definition, language);
  if (format == "xstate") return export_xstate(definition);
  if (format == "scxml") return export_scxml(definition);
  throw SettingError("--format must be mermaid, dot, xstate or scxml");
}

}  // namespace

int check_workflows(const SettingValues& values, const std::optional<std::filesystem::path>& folder, bool only_static) {
  const WorkflowFiles files = folder ? read_workflows(*folder) : embedded_workflows();
  std::vector<Proof> proofs;
  WorkflowSetPtr set;
  try {
    set = checked_workflows(files);
    proofs = checked_proofs(files, *set);
  } catch (const WorkflowsFlawed& flawed) {
    fmt::print(stderr, "{}", flawed.what());
    return 2;
  }
  fmt::print("{} record types, {} roles, {} policies: no flaw. Set {}\n", set->types.size(), set->roles.size(),
             set->policies.size(), set->hash);
  print_missing_guards(values, *set);
  bool proved = true;
  if (!only_static) {
    if (proofs.empty()) fmt::print("There is no proof.json: nothing was explored.\n");
    for (const Proof& proof : proofs) proved = prove(*set, proof) && proved;
  }
  return proved ? 0 : 1;
}

int export_workflow(const SettingValues& values, const std::string& type, const std::string& format,
                    const std::string& language) {
  const auto set = workflows_of(values);
  const Definition* definition = set->find(type);
  if (definition == nullptr) {
    std::string known;
    for (const auto& [name, one] : set->types) known += (known.empty() ? "" : ", ") + name;
    throw SettingError("there is no record type " + type + "; there are " + known);
  }
  fmt::print("{}", exported(*definition, format, language));
  return 0;
}

int export_workflows(const SettingValues& values, const std::filesystem::path& folder, const std::string& format,
                     const std::string& language) {
  const auto set = workflows_of(values);
  std::filesystem::create_directories(folder);
  for (const auto& [name, definition] : set->types) {
    const std::string text = exported(definition, format, language);
    const std::filesystem::path path = folder / (name + "." + format);
    std::ofstream file(path, std::ios::binary);
    if (!(file << text).flush()) throw SettingError("cannot write " + path.string());
  }
  return 0;
}

}  // namespace assay
