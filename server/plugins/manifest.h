// The manifest of a plugin package: what a plugin is, read without loading it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/json.h"
#include "domain/refusal.h"

namespace assay {

/// By language (BCP 47); English is always there.
using LocalisedText = std::map<std::string, std::string>;

struct PackageFile {
  std::string path;  // a plain name in the package folder
  std::string sha256;
  std::uint64_t size;  // bytes
};

struct ReportFormat {
  std::string id;
  std::string media_type;
  std::string file_extension;  // without the dot
  LocalisedText title;
  std::string of = "audit";  // or "response": which input it is made of
};

/// See sdk/schema/manifest.json for the meaning of each member.
struct Manifest {
  std::string id;
  std::string version;
  LocalisedText title;
  LocalisedText description;
  std::string publisher;
  std::string licence;
  std::uint32_t abi_major = 0;
  std::uint32_t abi_minor = 0;
  std::string library;                       // empty: a data pack
  std::optional<Json> data;                  // of a data pack: its files by what they are for
  std::vector<std::string> extensions;       // ids, sorted
  std::vector<std::string> catalogues;       // of checklist/1
  std::vector<ReportFormat> report_formats;  // of report/1
  Json declared = Json::object();            // the member `extensions` as it stands
  std::vector<std::string> host_extensions;
  std::vector<std::string> languages;  // never empty
  std::vector<PackageFile> files;
  std::string hash;  // SHA-256 of manifest.json: it stands for the whole package, since it holds the hash of every file

  bool implements(std::string_view extension) const;
  const ReportFormat* find_format(std::string_view id) const;
  /// Whether `extension` declares `value` in its list `list`, e.g. scoring/1, catalogues, iso27001-2022.
  bool names(std::string_view extension, std::string_view list, std::string_view value) const;
};

/// The manifest from the text of `file`, which only serves to name it. Refused as invalid, with file, JSON pointer and
/// reason: what is not strict JSON, does not match the schema, asks for another ABI, or contradicts itself.
Result<Manifest> parse_manifest(std::string_view text, const std::filesystem::path& file);

/// The ids of all extensions that a manifest can declare, sorted.
const std::vector<std::string>& known_extensions();

/// The bytes of `folder`/manifest.json, which may have up to 1 MiB. Refused as invalid when they cannot be read.
Result<std::string> read_manifest_text(const std::filesystem::path& folder);
/// As parse_manifest, of `folder`/manifest.json.
Result<Manifest> read_manifest(const std::filesystem::path& folder);

}  // namespace assay
