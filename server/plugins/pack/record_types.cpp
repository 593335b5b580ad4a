// Record types and policies that a data pack brings.
#include "plugins/pack/record_types.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "ledger/digest.h"
#include "plugins/admission.h"
#include "plugins/semantic_version.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view number_prefix = "X-";
constexpr std::string_view policies_stem = "policies", proof_file = "proof.json";
/// Files that a workflow set has, and that a pack has not: they are about all types.
constexpr std::array<std::string_view, 4> files_of_all = {"roles", "guards", "views", "migrate"};

Refusal bad_types(const fs::path& folder, std::string_view file, std::string_view reason) {
  return refuse(Reason::invalid, fmt::format("{}: {}: {}", folder.string(), file, reason));
}

/// "visit.de.json" is about "visit".
std::string_view stem_of(std::string_view file) { return file.substr(0, file.find('.')); }
bool is_definition(std::string_view file) { return std::ranges::count(file, '.') == 1; }

std::string underscored(std::string id) {
  std::ranges::replace_if(id, [](char c) { return c == '.' || c == '-'; }, '_');
  return id;
}

Result<std::string> text_of_listed(const fs::path& folder, const Manifest& manifest, const std::string& name) {
  const auto listed = std::ranges::find(manifest.files, name, &PackageFile::path);
  if (listed == manifest.files.end()) return bad_types(folder, name, "is not listed in the manifest");
  if (listed->size > most_type_bytes) return bad_types(folder, name, "record types have 1 MiB together");
  std::ifstream in(folder / name, std::ios::binary);
  std::string text(listed->size, '\0');
  if (!in.read(text.data(), static_cast<std::streamsize>(text.size())))
    return bad_types(folder, name, "cannot be read whole");
  if (sha256_hex(text) != listed->sha256)
    return bad_types(folder, name, "has not the SHA-256 that the manifest states");
  return text;
}

/// A policy of somebody else must not be meant by accident, nor taken.
Result<void> own_policies(const fs::path& folder, const std::string& id, const std::string& file,
                          const std::string& text) {
  const auto parsed = parse_strict(text);
  const Json* const json = std::get_if<Json>(&parsed);
  if (json == nullptr || !json->is_object() || !json->contains("policies")) return {};  // the loader says what is wrong
  const std::string prefix = underscored(id) + "_";
  for (const auto& [name, policy] : json->at("policies").items()) {
    if (name.starts_with(prefix) && name.size() > prefix.size()) continue;
    return bad_types(folder, file,
                     fmt::format("\"/policies/{}\": a pack adds policies of its own and changes no other: the name "
                                 "must begin with {}",
                                 name, prefix));
  }
  return {};
}

/// A data folder that has records of a pack must never meet a release that took one of its names meanwhile: neither
/// could give way.
Result<void> own_names(const fs::path& folder, const std::string& id, const std::set<std::string>& types,
                       const std::string& file, const std::string& text) {
  const std::string prefix = type_prefix(id), under = underscored(prefix);
  const auto no = [&](const std::string& pointer, std::string_view what, std::string_view begins) {
    return bad_types(
        folder, file,
        fmt::format("\"{}\": {} of a pack that begins with {} is one that no release takes", pointer, what, begins));
  };
  const auto foreign = [](const Json& name, std::string_view begins) {
    if (!name.is_string()) return false;  // the loader says what is wrong
    const auto& text_of_name = name.get_ref<const std::string&>();
    return !text_of_name.starts_with(begins) || text_of_name.size() == begins.size();
  };
  if (foreign(std::string(stem_of(file)), prefix)) return no("/workflow", "only a type", prefix);
  const auto parsed = parse_strict(text);
  const Json* const json = std::get_if<Json>(&parsed);
  if (json == nullptr || !json->is_object()) return {};
  if (foreign(json->value("plural", Json()), prefix)) return no("/plural", "only a plural", prefix);
  if (foreign(json->value("number", Json()), number_prefix)) return no("/number", "only a number", number_prefix);
  const auto links = json->find("links");
  if (links == json->end() || !links->is_object()) return {};
  for (const auto& [name, link] : links->items()) {
    if (!link.is_object()) continue;
    const Json to = link.value("to", Json());
    if (to.is_string() && types.contains(to.get<std::string>())) continue;
    if (foreign(link.value("back", Json()), under))
      return no(fmt::format("/links/{}/back", name), "at a type of others, only a name", under);
  }
  return {};
}

/// A pack takes nobody's name away and hides nobody: that is for the definitions of the organisation.
Result<void> spares_people(const fs::path& folder, const std::string& file, const std::string& text) {
  const auto parsed = parse_strict(text);
  const Json* const json = std::get_if<Json>(&parsed);
  if (json == nullptr || !json->is_object()) return {};  // the loader says what is wrong
  const auto commands = json->find("commands");
  if (commands == json->end() || !commands->is_object()) return {};
  for (const auto& [name, command] : commands->items()) {
    const Json effects = command.is_object() ? command.value("effects", Json()) : Json();
    for (std::size_t i = 0; effects.is_array() && i < effects.size(); ++i) {
      const Json what = effects[i].is_object() ? effects[i].value("do", Json()) : Json();
      if (what == "dispose" || what == "erase_person" || what == "restrict_person" || what == "lift_restriction")
        return bad_types(
            folder, file,
            fmt::format("\"/commands/{}/effects/{}\": a pack disposes of nothing, and erases and restricts nobody",
                        name, i));
    }
  }
  return {};
}

/// The types that a set of files defines, and the file of each.
std::map<std::string, std::string> types_in(const WorkflowFiles& files) {
  std::map<std::string, std::string> types;
  for (const auto& [path, text] : files) {
    const auto slash = path.find('/');
    if (slash == std::string::npos || !path.ends_with(".json")) continue;
    const std::string_view folder = std::string_view(path).substr(0, slash);
    const std::string_view name = std::string_view(path).substr(slash + 1);
    const bool other = folder == "policies" || folder == "requirements" || folder == "schema" || name == proof_file ||
                       stem_of(name) == "views" || stem_of(name) == "migrate";
    if (!other && is_definition(name)) types.emplace(stem_of(name), path);
  }
  return types;
}

/// Neither it nor its key is revoked, the key is trusted, and the id allowed. What else a key may not sign, its files
/// say.
bool goes_on(const PluginTrust& trust, const InstalledPackage& installed) {
  return trust.keys.contains(installed.key) && !trust.revoked_keys.contains(installed.key) &&
         !trust.revoked_packages.contains(installed.hash) &&
         (!trust.allowed_ids || std::ranges::find(*trust.allowed_ids, installed.id) != trust.allowed_ids->end());
}

}  // namespace

std::string type_prefix(const std::string& id) {
  const auto first = id.find('.') + 1, last = id.rfind('.');
  std::string who = last < first ? id.substr(first) : id.substr(first, last - first);
  std::ranges::replace(who, '.', '-');
  return "x-" + who + "-";
}

std::vector<std::string> declared_types(const Manifest& manifest) {
  if (!manifest.implements(record_types_1)) return {};
  return manifest.declared.at(std::string(record_types_1)).at("types").get<std::vector<std::string>>();
}

Result<WorkflowFiles> record_type_files(const fs::path& folder, const Manifest& manifest) {
  WorkflowFiles files;
  std::set<std::string> defined;
  std::uint64_t bytes = 0;
  for (const Json& entry : manifest.data->at("workflows")) {
    const std::string name = entry;
    const std::string stem(stem_of(name));
    if (std::ranges::find(files_of_all, stem) != files_of_all.end())
      return bad_types(folder, name,
                       "a pack has definitions, policies.json, the labels of both, and proof.json, and no other");
    auto text = text_of_listed(folder, manifest, name);
    if (!text) return text.error();
    bytes += text->size();
    if (bytes > most_type_bytes) return bad_types(folder, name, "record types have 1 MiB together");
    if (stem == policies_stem) {
      if (auto own = own_policies(folder, manifest.id, name, *text); !own) return own.error();
    } else if (name != proof_file && is_definition(name)) {
      defined.insert(stem);
    }
    const std::string path = stem == policies_stem
                                 ? fmt::format("policies/{}{}", underscored(manifest.id), name.substr(stem.size()))
                                 : fmt::format("{}/{}", manifest.id, name);
    files.emplace(path, std::move(*text));
  }
  const auto declared = declared_types(manifest);
  if (defined != std::set<std::string>(declared.begin(), declared.end()))
    return bad_types(folder, "manifest.json",
                     fmt::format("\"/extensions/record-types~11/types\": declares {}, and the files define {}",
                                 fmt::join(declared, ", "), fmt::join(defined, ", ")));
  for (const std::string& type : defined) {
    const std::string name = type + ".json";
    const std::string& text = files.at(manifest.id + "/" + name);
    if (auto own = own_names(folder, manifest.id, defined, name, text); !own) return own.error();
    if (auto spares = spares_people(folder, name, text); !spares) return spares.error();
  }
  return files;
}

std::vector<Flaw> add_record_types(WorkflowFiles& all, const WorkflowFiles& own) {
  std::vector<Flaw> flaws;
  const auto known = types_in(all);
  for (const auto& [type, path] : types_in(own)) {
    if (const auto there = known.find(type); there != known.end())
      flaws.push_back({path, "", fmt::format("there is a record type `{}` already, {}", type, there->second)});
  }
  for (const auto& [path, text] : own) {
    if (all.contains(path)) flaws.push_back({path, "", "another pack has this file"});
  }
  if (flaws.empty()) all.insert(own.begin(), own.end());
  return flaws;
}

std::vector<Flaw> flaws_of_types(const WorkflowFiles& base, const WorkflowFiles& own, WorkflowSet* set) {
  WorkflowFiles all = base;
  if (auto flaws = add_record_types(all, own); !flaws.empty()) return flaws;
  auto loaded = load_workflows(all);
  if (auto* flaws = std::get_if<std::vector<Flaw>>(&loaded)) return std::move(*flaws);
  auto flaws = check(std::get<WorkflowSet>(loaded));
  if (flaws.empty() && set != nullptr) *set = std::get<WorkflowSet>(std::move(loaded));
  return flaws;
}

std::string first_of(const std::vector<Flaw>& flaws) {
  const Flaw& first = flaws.front();
  std::string text = fmt::format("{}: \"{}\": {}", first.file, first.pointer, first.reason);
  if (flaws.size() > 1) text += fmt::format(" (and {} more)", flaws.size() - 1);
  return text;
}

InstalledTypes installed_types(const fs::path& packages, const PluginTrust& trust) {
  const PackageFolder store = installed_packages(packages, trust);
  std::map<std::string, TypesPackage> newest;
  std::vector<std::pair<InstalledPackage, std::string>> damaged;
  for (const auto& [hash, installed] : trust.packages) {
    if (installed.retired || !goes_on(trust, installed)) continue;
    const fs::path folder = packages / hash;
    const auto package = read_package_folder(folder);
    if (!package || package->manifest.hash != hash) {
      damaged.emplace_back(installed, package ? (folder / "manifest.json").string() + " is not what was installed"
                                              : package.error().detail);
      continue;
    }
    const Manifest& manifest = package->manifest;
    if (!manifest.implements(record_types_1)) continue;
    if (const auto admitted = store.admit(folder, *package); !admitted) {
      if (admitted.error().reason == Reason::invalid) damaged.emplace_back(installed, admitted.error().detail);
      continue;
    }
    const auto known = newest.find(manifest.id);
    if (known != newest.end() && compare_versions(known->second.manifest.version, manifest.version) >= 0) continue;
    newest.insert_or_assign(manifest.id, TypesPackage{folder, manifest});
  }
  InstalledTypes found;
  for (const auto& [installed, fault] : damaged) {
    const auto known = newest.find(installed.id);
    if (known != newest.end() && compare_versions(known->second.manifest.version, installed.version) > 0) continue;
    found.damaged.push_back(
        fmt::format("the plugin {} {} is installed, and damaged: {}: install it again, or uninstall it", installed.id,
                    installed.version, fault));
  }
  for (auto& [id, package] : newest) found.packages.push_back(std::move(package));
  return found;
}

}  // namespace assay
