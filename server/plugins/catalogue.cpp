// What checklist/1 gives, checked before anybody sees it.
#include "plugins/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "ledger/digest.h"
#include "plugins/json_schema.h"

namespace assay {
namespace {

/// The first id of `list` that repeats one of `seen`; all are added to it.
std::optional<std::string> repeated(const Json& list, std::set<std::string>& seen) {
  for (const Json& entry : list) {
    if (!seen.insert(entry.at("id")).second) return entry.at("id").get<std::string>();
  }
  return {};
}

std::optional<std::string> fault_of(const Json& catalogue, const Manifest& manifest) {
  const std::string language = catalogue.at("language");
  if (std::find(manifest.languages.begin(), manifest.languages.end(), language) == manifest.languages.end()) {
    return fmt::format("the language {} is not in the manifest", language);
  }
  std::set<std::string> results, groups, items, questions;
  if (const auto id = repeated(catalogue.at("results"), results)) return "the result " + *id + " is there twice";
  if (const auto id = repeated(catalogue.at("groups"), groups)) return "the group " + *id + " is there twice";
  if (const auto id = repeated(catalogue.at("items"), items)) return "the item " + *id + " is there twice";
  for (const Json& item : catalogue.at("items")) {
    const std::string id = item.at("id"), group = item.at("group");
    if (!groups.contains(group)) return fmt::format("the item {} names the group {}, which is not there", id, group);
    if (const auto question = repeated(item.at("questions"), questions)) {
      return "the question " + *question + " is there twice";
    }
  }
  return {};
}

}  // namespace

std::variant<std::vector<Catalogue>, std::string> read_catalogues(std::string_view text, const Manifest& manifest) {
  const auto parsed = parse_strict(text);
  if (const auto* fault = std::get_if<JsonFault>(&parsed)) {
    return fmt::format("its output is not acceptable at \"{}\": {}", fault->pointer, fault->reason);
  }
  const Json& json = std::get<Json>(parsed);
  if (const auto invalid = checklist_schema().violations(json); !invalid.empty()) {
    return fmt::format("its output is not valid at \"{}\": {}", invalid.front().pointer, invalid.front().detail);
  }
  const Json& given = json.at("catalogues");
  if (given.size() != manifest.catalogues.size()) return "it gives other catalogues than its manifest says";
  std::vector<Catalogue> catalogues;
  for (const std::string& id : manifest.catalogues) {
    const auto found =
        std::find_if(given.begin(), given.end(), [&](const Json& candidate) { return candidate.at("id") == id; });
    if (found == given.end()) return "it does not give the catalogue " + id + " of its manifest";
    if (const auto fault = fault_of(*found, manifest)) return fmt::format("catalogue {}: {}", id, *fault);
    catalogues.push_back({id, found->at("version"), found->at("language"), sha256_hex(canonical(*found)), *found});
  }
  return catalogues;
}

}  // namespace assay
