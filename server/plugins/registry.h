// All plugins of the server: loaded at its start from package folders, and found by id or by what they give.
#pragma once

#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "domain/json.h"
#include "plugins/package_archive.h"
#include "plugins/plugin.h"

namespace assay {

/// What is known of a package that may be loaded.
struct Admission {
  std::string origin;      // program: comes with it; folder: a setting names where it lies; installed
  std::string signer;      // owner of the key that vouches for it; empty: none is asked for
  std::string key;         // id of that key
  bool in_process = true;  // may it run in the server itself, if the administrator says so?
  bool retired = false;    // no new audit begins with it
};

/// Packages in a folder, and who of them is loaded.
struct PackageFolder {
  std::filesystem::path path;
  /// Refuses a package that is not to be loaded.
  std::function<Result<Admission>(const std::filesystem::path& folder, const PackageHead& package)> admit;
};

/// Admits every package.
PackageFolder open_folder(std::filesystem::path path, std::string origin);

/// A package that was found, whether or not it works.
struct PluginStatus {
  std::filesystem::path folder;
  std::string id;  // of the folder when the manifest cannot be read
  std::string version;
  LocalisedText title;
  LocalisedText description;
  std::string publisher;
  std::string licence;
  std::vector<std::string> extensions;
  std::vector<std::string> languages;
  std::string hash;  // of the package: SHA-256 of its manifest
  Admission admission = {};
  std::string error;                            // why it does not work; empty when it is ready
  PluginHealth health = {};                     // of one that was loaded
  std::vector<std::string> host_services = {};  // host extensions that it is granted
  std::vector<ReportFormat> report_formats = {};

  bool retired() const { return admission.retired; }
  bool quarantined() const { return !health.quarantine.empty(); }
  bool ready() const { return error.empty(); }
};

/// Thread-safe; owns the plugins. They run in processes of their own, but for those that host.in_process names. Several
/// versions of a plugin are loaded side by side; where a version is not named, the newest that is not retired is meant.
class PluginRegistry {
 public:
  /// Begins to load every package below `folders`, on a thread of its own: a package is a folder with a manifest.json.
  /// Whoever asks for plugins waits until all are loaded. One that does not work is listed with its error and stops
  /// nothing. Packages load in the order of `folders`, then of names; of two with the same id and version the second is
  /// refused. Throws std::filesystem::filesystem_error for a folder that cannot be read; an absent one is empty.
  PluginRegistry(const std::vector<PackageFolder>& folders, const PluginHost& host);
  /// Of folders that admit every package.
  PluginRegistry(const std::vector<std::filesystem::path>& folders, const PluginHost& host);

  /// Whether all are loaded, so that nobody waits. What broke meanwhile is thrown by the other calls.
  bool loaded() const;
  void await() const { loading_.wait(); }
  /// All packages, with what has become of them by now.
  std::vector<PluginStatus> list() const;
  /// The plugin of that id, or null when there is none that works.
  Plugin* find(std::string_view id) const;
  /// The plugin of that package, retired or not, or null when it does not work.
  Plugin* find_package(std::string_view hash) const;
  /// The plugin that gives the catalogue, or null. Of several the one whose id sorts first.
  Plugin* find_by_catalogue(std::string_view catalogue) const;
  /// Plugins that implement an extension, e.g. "report/1", by id: the newest of each.
  std::vector<Plugin*> implementing(std::string_view extension) const;

 private:
  struct Packages;
  const Packages& packages() const { return *loading_.get(); }

  std::shared_future<std::unique_ptr<Packages>> loading_;
};

/// The text in `language`, else in the language without its region, else in English.
std::string text_in(const LocalisedText& text, std::string_view language);

/// For GET /api/v1/plugins, to an administrator or (without reasons, which tell of the machine) to others: {id,
/// version, title, description, publisher, licence, extensions, report_formats? [{id, of, media_type, title}],
/// host_services, languages, hash, origin ("program" | "folder" | "installed"), signed_by? {owner, key_id}, state
/// ("ready" | "retired" | "failed" | "quarantined"), error?, isolation? ("process" | "in-process" | "data"), sandbox?
/// {level, parts}}. `title` and `description` in `language`, else English.
Json to_json(const PluginStatus& status, std::string_view language, bool administrator = false);

}  // namespace assay
