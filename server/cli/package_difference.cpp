// What differs between two plugin packages.
#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <set>

#include "cli/commands.h"
#include "cli/package_commands.h"
#include "cli/wiring.h"
#include "domain/catalogue_difference.h"
#include "plugins/pack/pack.h"
#include "plugins/sandboxed.h"
#include "plugins/utf8.h"

namespace assay {
namespace {

constexpr std::chrono::seconds catalogue_patience{30};

/// What is on one side only, and what differs; sorted.
Json compare_texts(const std::map<std::string, std::string>& from, const std::map<std::string, std::string>& to) {
  Json difference = {{"added", Json::array()}, {"changed", Json::array()}, {"removed", Json::array()}};
  for (const auto& [name, text] : from) {
    const auto now = to.find(name);
    if (now == to.end()) {
      difference["removed"].push_back(name);
    } else if (now->second != text) {
      difference["changed"].push_back(name);
    }
  }
  for (const auto& [name, text] : to) {
    if (!from.contains(name)) difference["added"].push_back(name);
  }
  return difference;
}

std::map<std::string, std::string> files_of(const Manifest& manifest) {
  std::map<std::string, std::string> all;
  for (const auto& file : manifest.files) all.emplace(file.path, file.sha256);
  return all;
}

std::map<std::string, std::string> members_of(const PackageHead& head) {
  std::map<std::string, std::string> all;
  const Json manifest = Json::parse(head.text);
  for (const auto& [name, value] : manifest.items()) {
    if (name != "files") all.emplace(name, canonical(value));
  }
  return all;
}

/// The catalogues in a language, by id; none of a package that gives none.
std::map<std::string, Json> catalogues_of(const LookedAt& package, const PluginHost& host,
                                          const std::string& language) {
  const Manifest& manifest = package.head().manifest;
  std::map<std::string, Json> all;
  if (manifest.catalogues.empty()) return all;
  auto plugin = manifest.data ? load_data_pack(package.folder(), manifest, host)
                              : load_sandboxed(package.folder(), manifest, host,
                                               std::make_shared<Spawner>(host.program, host.limits.pulse));
  if (!plugin) throw Refused(plugin.error());
  auto given = (*plugin)->catalogues(language, {std::chrono::steady_clock::now() + catalogue_patience});
  if (!given) throw Refused(given.error());
  for (auto& one : *given) all.emplace(one.id, std::move(one.content));
  return all;
}

/// Whether its catalogues are known only by executing its code, which nobody may have vouched for.
bool needs_execution(const LookedAt& package) {
  const Manifest& manifest = package.head().manifest;
  return !manifest.data && !manifest.catalogues.empty();
}

/// By catalogue id: null for one that is on one side only.
Json compare_all_catalogues(const LookedAt& from, const LookedAt& to, const PluginHost& host) {
  const std::string& language = from.head().manifest.languages.front();
  const auto before = catalogues_of(from, host, language), after = catalogues_of(to, host, language);
  Json all = {{"added", Json::array()}, {"removed", Json::array()}, {"both", Json::object()}};
  for (const auto& [id, content] : before) {
    if (const auto now = after.find(id); now == after.end()) {
      all["removed"].push_back(id);
    } else {
      all["both"][id] = to_json(compare_catalogues(content, now->second));
    }
  }
  for (const auto& [id, content] : after) {
    if (!before.contains(id)) all["added"].push_back(id);
  }
  return all;
}

void print_lists(std::string_view what, const Json& difference) {
  for (const char* how : {"added", "changed", "removed"}) {
    if (!difference.contains(how)) continue;
    for (const Json& name : difference.at(how)) fmt::print("{} {} {}\n", what, one_line(name.get<std::string>()), how);
  }
}

void print_difference(const Json& difference) {
  print_lists("file", difference.at("files"));
  print_lists("manifest", difference.at("manifest"));
  if (difference.at("catalogues").is_null()) return;
  print_lists("catalogue", difference.at("catalogues"));
  for (const auto& [id, questions] : difference.at("catalogues").at("both").items()) {
    fmt::print("catalogue {}: {} questions kept, {} changed, {} new, {} removed\n", one_line(id),
               questions.at("kept").size(), questions.at("changed").size(), questions.at("added").size(),
               questions.at("removed").size());
    print_lists("  question", questions);
  }
}

}  // namespace

int compare_packages(const SettingValues& values, const std::filesystem::path& from, const std::filesystem::path& to,
                     bool execute, bool json) {
  const LookedAt before(from, package_limits(values)), after(to, package_limits(values));
  const bool known = execute || (!needs_execution(before) && !needs_execution(after));
  const Json difference = {
      {"from", {{"version", before.head().manifest.version}, {"hash", before.head().manifest.hash}}},
      {"to", {{"version", after.head().manifest.version}, {"hash", after.head().manifest.hash}}},
      {"files", compare_texts(files_of(before.head().manifest), files_of(after.head().manifest))},
      {"manifest", compare_texts(members_of(before.head()), members_of(after.head()))},
      {"catalogues", known ? compare_all_catalogues(before, after, plugin_host(values)) : Json()}};
  if (!known) fmt::print(stderr, "catalogues are compared only with --run, which executes the code of both packages\n");
  if (json) {
    fmt::print("{}\n", difference.dump(2, ' ', true));
  } else {
    print_difference(difference);
  }
  return before.head().manifest.hash == after.head().manifest.hash ? 0 : 1;
}

}  // namespace assay
