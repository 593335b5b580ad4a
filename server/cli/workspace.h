// An opened data folder: what the server and every command at the machine work with.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "cli/data_folder.h"
#include "cli/settings.h"
#include "commands/context.h"
#include "ledger/keyfile.h"
#include "storage/blob_store.h"
#include "storage/store.h"

namespace assay {

StoreSettings store_settings(const SettingValues& values);
/// Throws SettingError when `data` is not set.
DataFolder data_folder(const SettingValues& values);
/// The same, for what only works in a folder that is there: throws SettingError also when there is none, so that a
/// mistyped path makes no folder.
DataFolder existing_data_folder(const SettingValues& values);
/// The definitions that the settings name, else the built-in ones, and those of plugin packages, checked. Throws
/// WorkflowsFlawed.
WorkflowSetPtr workflows_of(const SettingValues& values);

/// Opens the store, makes the key file on the first start, and keeps the workflow set. Everything is released in the
/// destructor; what runs in the background must have ended before.
class Workspace {
 public:
  /// Throws std::runtime_error with a sentence for a person: folder in use, newer version, ..., and WorkflowsFlawed
  /// also for a stored set that does not hold any more; for records whose type went with a plugin package.
  explicit Workspace(const SettingValues& values);

  const DataFolder& folder() const { return folder_; }
  Context& context() { return *context_; }

 private:
  DataFolder folder_;
  WorkflowSetPtr workflows_;
  std::unique_ptr<Keyfile> keys_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<BlobStore> files_;
  std::unique_ptr<Context> context_;
};

/// Throws WorkflowsFlawed when a stored set does not hold any more. Looks at all but those whose hash is `checked`
/// already, and returns the hashes of all.
std::set<std::string> check_stored_sets(Store& store, const std::function<bool(const std::string&)>& checked = {});

/// Throws std::runtime_error for a folder that was restored and has no list of who was erased, unless the settings say
/// that there is none.
void need_erased_list(const SettingValues& values, const DataFolder& folder, Store& store);

/// The clock of the machine.
Instant system_now();

/// True when a server or another command holds the data folder.
bool in_use(const DataFolder& folder);

/// The link under which an invited person sets a password.
std::string invitation_link(const SettingValues& values, std::string_view token);
/// "http://127.0.0.1:8080", or what public-url says, without a slash at its end.
std::string public_url(const SettingValues& values);

}  // namespace assay
