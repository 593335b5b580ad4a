// An opened data folder.
#include "cli/workspace.h"

#include <sys/stat.h>

#include <algorithm>
#include <thread>

#include "cli/checked_sets.h"
#include "cli/pack_types.h"
#include "cli/workflow_files.h"
#include "storage/folder_lock.h"
#include "storage/people.h"
#include "storage/stored_sets.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

/// The key file is made on the first start only: another one could not open what the lost one has sealed.
std::unique_ptr<Keyfile> open_keys(const DataFolder& folder, Store& store) {
  if (fs::exists(folder.keys())) return std::make_unique<Keyfile>(Keyfile::open(folder.keys()));
  Snapshot at = store.read();
  if (!list_organisations(at).empty()) {
    throw std::runtime_error("the key file " + folder.keys().string() +
                             " is missing: put it back, it is not part of a backup");
  }
  return std::make_unique<Keyfile>(Keyfile::create(folder.keys()));
}

/// More connections than that only compete for the processors of the database, where it runs on a machine like this.
int twice_the_processors(int at_least) {
  return std::max(2 * static_cast<int>(std::thread::hardware_concurrency()), at_least);
}

/// A setting of which 0 stands for `otherwise`.
std::int64_t number_or(const SettingValues& values, const char* name, std::int64_t otherwise) {
  const std::int64_t set = values.number(name);
  return set == 0 ? otherwise : set;
}

}  // namespace

StoreSettings store_settings(const SettingValues& values) {
  StoreSettings settings;
  settings.data = data_folder(values).root.string();
  settings.database = values.text("database");
  const bool shared = !settings.database.empty();
  settings.readers = static_cast<int>(number_or(values, "store-readers", shared ? twice_the_processors(6) : 8));
  settings.writers = static_cast<int>(number_or(values, "store-writers", twice_the_processors(4)));
  settings.batch_limit = static_cast<int>(values.number("store-batch"));
  settings.queue_limit = static_cast<int>(values.number("store-queue"));
  settings.wal_limit = values.number("store-wal-limit");
  settings.checkpoint_pages = static_cast<int>(values.number("store-checkpoint"));
  settings.cache_kib = static_cast<int>(values.number("store-cache"));
  settings.writer_cache_kib = static_cast<int>(values.number("store-writer-cache"));
  return settings;
}

DataFolder data_folder(const SettingValues& values) {
  const std::string& path = values.text("data");
  if (path.empty()) throw SettingError("--data names the data folder, and is missing");
  return DataFolder{fs::absolute(path)};
}

DataFolder existing_data_folder(const SettingValues& values) {
  DataFolder folder = data_folder(values);
  if (!fs::is_directory(folder.root))
    throw SettingError("--data: there is no folder " + folder.root.string() +
                       "; `assay init` or the first `assay serve` makes one");
  return folder;
}

WorkflowSetPtr workflows_of(const SettingValues& values) { return checked_workflows(workflow_files(values)); }

Workspace::Workspace(const SettingValues& values)
    : folder_(data_folder(values)), workflows_(loaded_workflows(workflow_files(values))) {
  CheckedSets checked(folder_.checked());
  if (!checked.contains(workflows_->hash)) demand_flawless(*workflows_);
  const mode_t before = ::umask(077);  // nobody else reads what lies in the folder
  fs::create_directories(folder_.root);
  ::umask(before);
  StoreSettings settings = store_settings(values);
  settings.loaded = workflows_;
  store_ = Store::open(settings);
  keys_ = open_keys(folder_, *store_);
  files_ = open_blob_folder(folder_.blobs());
  if (!store_->workflow_set(workflows_->hash)) store_->add_workflow_set(workflows_);
  checked.keep(check_stored_sets(
      *store_, [&](const std::string& hash) { return hash == workflows_->hash || checked.contains(hash); }));
  demand_types_of_records(*store_, *workflows_);
  context_ = std::make_unique<Context>(*store_, *files_, *keys_, workflows_, system_now);
  context_->erased = folder_.erased();
}

std::set<std::string> check_stored_sets(Store& store, const std::function<bool(const std::string&)>& checked) {
  Snapshot at = store.read();
  std::set<std::string> stored;
  for (const std::string& hash : stored_workflow_sets(at)) {
    stored.insert(hash);
    if (checked && checked(hash)) continue;
    const auto set = store.workflow_set(hash);
    if (!set) throw std::runtime_error("workflow set " + hash + " is stored and was not loaded");
    if (auto flaws = check(*set); !flaws.empty()) {
      for (Flaw& flaw : flaws) flaw.file = "stored set " + hash.substr(0, 12) + ": " + flaw.file;
      throw WorkflowsFlawed(std::move(flaws));
    }
  }
  return stored;
}

void need_erased_list(const SettingValues& values, const DataFolder& folder, Store& store) {
  if (!store.held() || values.flag("no-erased-list") || std::filesystem::exists(folder.erased())) return;
  throw std::runtime_error(
      "this folder was restored, and " + folder.erased().string() +
      " is missing: put the list there from the folder that was backed up, so that who was erased since is erased "
      "again, or say --no-erased-list when there is none");
}

Instant system_now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

bool in_use(const DataFolder& folder) {
  if (!fs::exists(folder.root)) return false;
  try {
    const FolderLock lock(folder.root);
    return false;
  } catch (const std::runtime_error&) {
    return true;
  }
}

std::string public_url(const SettingValues& values) {
  std::string url = values.text("public-url");
  if (url.empty()) url = (values.text("tls-certificate").empty() ? "http://" : "https://") + values.text("listen");
  while (url.ends_with('/')) url.pop_back();
  return url;
}

std::string invitation_link(const SettingValues& values, std::string_view token) {
  return public_url(values) + "/invitation#" + std::string(token);
}

}  // namespace assay
