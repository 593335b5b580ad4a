// Writes and verifies the manifest of a backup.
#include "storage/manifest.h"

#include <fcntl.h>

#include <array>
#include <stdexcept>

#include "ledger/digest.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr int format = 1;
constexpr std::string_view file_name = "manifest.json";

[[noreturn]] void damaged(const std::string& what) { throw std::runtime_error("the backup cannot be used: " + what); }

std::string read_text(const fs::path& path) {
  File file(path, O_RDONLY);
  std::string text;
  std::array<char, 65536> buffer;
  for (auto count = file.read(buffer); count > 0; count = file.read(buffer)) text.append(buffer.data(), count);
  return text;
}

/// A path of our own making: relative, without steps upwards.
bool is_plain(const fs::path& path) {
  if (path.empty() || path.is_absolute()) return false;
  for (const auto& part : path) {
    if (part == ".." || part == ".") return false;
  }
  return true;
}

Json read_manifest(const fs::path& folder) {
  std::error_code wrong;
  if (!fs::is_regular_file(folder / file_name, wrong)) damaged("it has no manifest.json, so it was never finished");
  auto parsed = parse_strict(read_text(folder / file_name));
  if (const auto* fault = std::get_if<JsonFault>(&parsed)) damaged("manifest.json is no JSON: " + fault->reason);
  Json manifest = std::get<Json>(std::move(parsed));
  if (!manifest.is_object() || !manifest.contains("sha256")) damaged("manifest.json has no hash of itself");
  const Json hash = manifest["sha256"];
  manifest.erase("sha256");
  if (hash != sha256_hex(canonical(manifest))) damaged("manifest.json was altered");
  if (manifest.at("format") != format) damaged("its format is not the one of this release");
  return manifest;
}

void verify_file(const fs::path& folder, const std::string& path, const FileDigest& expected) {
  std::error_code wrong;
  if (!is_plain(path)) damaged("it names a file outside of itself: " + path);
  if (!fs::is_regular_file(fs::symlink_status(folder / path, wrong))) damaged(path + " is missing");
  const auto found = digest_of(folder / path);
  if (found.size != expected.size)
    damaged(path + " has " + std::to_string(found.size) + " bytes instead of " + std::to_string(expected.size));
  if (found.sha256 != expected.sha256) damaged(path + " was altered: its hash differs");
}

}  // namespace

void write_manifest(const fs::path& folder, const BackupManifest& manifest) {
  Json files = Json::object();
  for (const auto& [path, digest] : manifest.files) files[path] = {{"sha256", digest.sha256}, {"size", digest.size}};
  Json json = {{"format", format},
               {"engine", manifest.engine},
               {"schema", manifest.schema},
               {"epoch", manifest.epoch},
               {"position", manifest.position},
               {"files", files},
               {"sequences", manifest.sequences}};
  json["sha256"] = sha256_hex(canonical(json));
  const std::string text = json.dump(1) + "\n";
  {
    File file(folder / file_name, O_WRONLY | O_CREAT | O_EXCL);
    file.write(text);
    file.sync();
  }
  sync_folder(folder);
}

BackupManifest verified_manifest(const fs::path& folder) {
  const Json json = read_manifest(folder);
  BackupManifest manifest{json.at("engine"),   json.at("schema"), json.at("epoch"), json.at("position"), {},
                          json.at("sequences")};
  for (const auto& [path, file] : json.at("files").items()) {
    manifest.files.emplace(path, FileDigest{file.at("sha256"), file.at("size")});
  }
  for (const auto& [path, expected] : manifest.files) verify_file(folder, path, expected);
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_directory()) continue;
    const std::string path = entry.path().lexically_relative(folder).string();
    if (path != file_name && !manifest.files.contains(path)) damaged(path + " is not named by the manifest");
  }
  return manifest;
}

}  // namespace assay
