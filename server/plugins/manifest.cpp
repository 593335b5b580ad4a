// The manifest of a plugin package.
#include "plugins/manifest.h"

#include <assay/ext/checklist.h>
#include <assay/ext/guard.h>
#include <assay/ext/report.h>
#include <assay/ext/scoring.h>
#include <assay/plugin.h>
#include <embedded.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <set>

#include "ledger/digest.h"
#include "plugins/json_schema.h"
#include "plugins/settings.h"
#include "plugins/utf8.h"

namespace assay {
namespace {

constexpr std::uintmax_t max_manifest_bytes = 1 << 20;

Refusal refuse_manifest(const std::filesystem::path& file, const std::vector<InvalidField>& invalid) {
  const InvalidField& first = invalid.front();
  // Both may quote names of a file that a stranger has written.
  Refusal refusal = refuse(Reason::invalid, fmt::format("{}: {}{}{}", file.string(), one_line(first.pointer),
                                                        first.pointer.empty() ? "" : ": ", one_line(first.detail)));
  refusal.invalid = invalid;
  return refusal;
}

std::optional<InvalidField> contradiction_of_extensions(const Manifest& manifest) {
  if (const auto scoring = manifest.declared.find(ASSAY_SCORING_1); scoring != manifest.declared.end()) {
    if (!(scoring->at("minimum").get<double>() < scoring->at("maximum").get<double>()))
      return InvalidField{"/extensions/scoring~11/maximum", "must be more than the minimum"};
  }
  if (const auto guard = manifest.declared.find(ASSAY_GUARD_1); guard != manifest.declared.end()) {
    std::set<std::string> guards;
    for (std::size_t i = 0; i < guard->at("guards").size(); ++i) {
      if (!guards.insert(guard->at("guards").at(i).at("id")).second)
        return InvalidField{fmt::format("/extensions/guard~11/guards/{}/id", i), "the guard is listed twice"};
    }
  }
  if (!manifest.data && manifest.implements("record-types/1"))
    return InvalidField{"/extensions/record-types~11", "a data pack brings record types, and no library does"};
  return settings_contradiction(manifest);
}

/// What the schema cannot say.
std::optional<InvalidField> contradiction(const Manifest& manifest) {
  if (manifest.abi_major != ASSAY_ABI_MAJOR)
    return InvalidField{"/abi/major", fmt::format("must be {}", ASSAY_ABI_MAJOR)};
  if (manifest.abi_minor > ASSAY_ABI_MINOR)
    return InvalidField{"/abi/minor", fmt::format("is newer than the host's, {}", ASSAY_ABI_MINOR)};
  std::set<std::string> seen;
  for (std::size_t i = 0; i < manifest.files.size(); ++i) {
    const std::string pointer = fmt::format("/files/{}/path", i);
    if (manifest.files[i].path == "manifest.json") return InvalidField{pointer, "the manifest cannot list itself"};
    if (manifest.files[i].path == "manifest.sig")
      return InvalidField{pointer, "the manifest cannot list its signature"};
    if (!seen.insert(manifest.files[i].path).second) return InvalidField{pointer, "the file is listed twice"};
  }
  if (manifest.library.empty() != manifest.data.has_value())
    return InvalidField{"/library", "a package has either a library or data"};
  if (!manifest.data && !seen.contains(manifest.library)) return InvalidField{"/library", "is not one of the files"};
  std::set<std::string> formats;
  for (std::size_t i = 0; i < manifest.report_formats.size(); ++i) {
    if (!formats.insert(manifest.report_formats[i].id).second) {
      return InvalidField{fmt::format("/extensions/report~11/formats/{}/id", i), "the format is listed twice"};
    }
  }
  return contradiction_of_extensions(manifest);
}

void take_extensions(const Json& from, Manifest& to) {
  for (const auto& [id, details] : from.items()) {
    to.extensions.push_back(id);
    if (id == ASSAY_CHECKLIST_1) details.at("catalogues").get_to(to.catalogues);
    if (id != ASSAY_REPORT_1) continue;
    for (const Json& format : details.at("formats")) {
      to.report_formats.push_back({format.at("id"), format.at("media_type"), format.at("file_extension"),
                                   format.at("title"), format.value("of", "audit")});
    }
  }
}

Manifest manifest_from(const Json& json) {
  Manifest manifest;
  json.at("id").get_to(manifest.id);
  json.at("version").get_to(manifest.version);
  json.at("title").get_to(manifest.title);
  if (json.contains("description")) json.at("description").get_to(manifest.description);
  json.at("publisher").get_to(manifest.publisher);
  json.at("licence").get_to(manifest.licence);
  json.at("abi").at("major").get_to(manifest.abi_major);
  json.at("abi").at("minor").get_to(manifest.abi_minor);
  if (json.contains("library")) json.at("library").get_to(manifest.library);
  if (json.contains("data")) manifest.data = json.at("data");
  manifest.declared = json.at("extensions");
  take_extensions(manifest.declared, manifest);
  if (json.contains("host")) json.at("host").get_to(manifest.host_extensions);
  json.at("languages").get_to(manifest.languages);
  for (const Json& file : json.at("files")) {
    manifest.files.push_back({file.at("path"), file.at("sha256"), file.at("size")});
  }
  return manifest;
}

}  // namespace

bool Manifest::implements(std::string_view extension) const {
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

bool Manifest::names(std::string_view extension, std::string_view list, std::string_view value) const {
  const auto details = declared.find(extension);
  if (details == declared.end() || !details->contains(list)) return false;
  const Json& all = details->at(list);
  return std::any_of(all.begin(), all.end(),
                     [&](const Json& one) { return (one.is_object() ? one.at("id") : one) == value; });
}

const ReportFormat* Manifest::find_format(std::string_view format) const {
  const auto found = std::find_if(report_formats.begin(), report_formats.end(),
                                  [&](const ReportFormat& candidate) { return candidate.id == format; });
  return found == report_formats.end() ? nullptr : &*found;
}

Result<Manifest> parse_manifest(std::string_view text, const std::filesystem::path& file) {
  const auto parsed = parse_strict(text);
  if (const auto* fault = std::get_if<JsonFault>(&parsed)) {
    return refuse_manifest(file, {{fault->pointer, fault->reason}});
  }
  const Json& json = std::get<Json>(parsed);
  if (const auto invalid = manifest_schema().violations(json); !invalid.empty()) return refuse_manifest(file, invalid);
  Manifest manifest = manifest_from(json);
  if (const auto wrong = contradiction(manifest)) return refuse_manifest(file, {*wrong});
  manifest.hash = sha256_hex(text);
  return manifest;
}

const std::vector<std::string>& known_extensions() {
  static const std::vector<std::string> known = [] {
    std::vector<std::string> ids;
    const Json schema = Json::parse(manifest_schema_text);
    for (const auto& [id, declared] : schema.at("properties").at("extensions").at("properties").items())
      ids.push_back(id);
    return ids;
  }();
  return known;
}

Result<std::string> read_manifest_text(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "manifest.json";
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  if (error) return refuse_manifest(file, {{"", "cannot be read: " + error.message()}});
  if (size > max_manifest_bytes) return refuse_manifest(file, {{"", "is larger than 1 MiB"}});
  std::ifstream in(file, std::ios::binary);
  std::string text(size, '\0');
  if (!in.read(text.data(), static_cast<std::streamsize>(size)) || in.peek() != std::ifstream::traits_type::eof()) {
    return refuse_manifest(file, {{"", "cannot be read whole"}});
  }
  return text;
}

Result<Manifest> read_manifest(const std::filesystem::path& folder) {
  const auto text = read_manifest_text(folder);
  if (!text) return text.error();
  return parse_manifest(*text, folder / "manifest.json");
}

}  // namespace assay
