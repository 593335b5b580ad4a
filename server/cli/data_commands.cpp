// Commands on a whole data folder.
#include <fmt/format.h>

#include <cstdio>

#include "cli/commands.h"
#include "cli/inspection.h"
#include "cli/workspace.h"
#include "storage/backup.h"
#include "storage/compaction.h"
#include "storage/events.h"
#include "storage/search.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

std::string sentence(const Refusal& refusal) {
  std::string text = refusal.detail;
  for (const auto& unmet : refusal.unmet) text += "\n  " + unmet.detail;
  for (const auto& field : refusal.invalid) text += "\n  " + field.pointer + " " + field.detail;
  return text;
}

}  // namespace

Refused::Refused(const Refusal& refusal) : std::runtime_error(sentence(refusal)) {}

int init_folder(const SettingValues& values, const Founding& founding) {
  Workspace workspace(values);
  {
    Snapshot at = workspace.context().store.read();
    if (!list_organisations(at).empty()) throw std::runtime_error("the data folder has an organisation already");
  }
  auto founded = found_organisation(workspace.context(), founding);
  if (!founded) throw Refused(founded.error());
  fmt::print("{} is founded. {} sets a password within {} hours, once, under\n{}\n", founding.organisation,
             founding.name, invitation_lifetime.count(), invitation_link(values, founded->invitation));
  return 0;
}

int back_up(const SettingValues& values, const fs::path& to) {
  const BackupReport report = make_backup(store_settings(values), to);
  fmt::print("{}: {} file{}, {} bytes, up to event {}. The key file {} is not part of it: keep a copy elsewhere.\n",
             to.string(), report.files, report.files == 1 ? "" : "s", report.bytes, report.position,
             data_folder(values).keys().string());
  return 0;
}

int restore(const SettingValues& values, const fs::path& from) {
  const DataFolder folder = data_folder(values);
  const BackupReport report = restore_backup(from, store_settings(values));
  fmt::print(
      "{}: {} file{}, {} bytes, up to event {}; every hash is right. Put the key file back as {},\n"
      "and the list of who was erased since then, from the folder before, as {}: the next start erases them again.\n"
      "Webhooks and timers are held: `assay release` lets them go on.\n",
      folder.root.string(), report.files, report.files == 1 ? "" : "s", report.bytes, report.position,
      folder.keys().string(), folder.erased().string());
  return 0;
}

int verify(const SettingValues& values, const fs::path& scratch_parent) {
  Inspection inspection(values, scratch_parent);
  if (inspection.copied()) fmt::print("A server uses the folder: its database is verified as a copy.\n");
  check_stored_sets(inspection.store());
  const ReplayReport log = verify_log(inspection.store());
  const FileCheck files = check_files(inspection.folder(), inspection.store());
  for (const std::string& difference : log.differences) fmt::print("{}\n", difference);
  if (log.untold > 0) fmt::print("and {} differences more\n", log.untold);
  for (const std::string& wrong : files.wrong) fmt::print("{}\n", wrong);
  const bool fine = log.differences.empty() && files.wrong.empty();
  fmt::print("{} events replayed, {} file{} hashed: {}\n", log.events, files.files, files.files == 1 ? "" : "s",
             fine ? "all as the log says" : "there are differences");
  return fine ? 0 : 1;
}

int reindex(const SettingValues& values) {
  Workspace workspace(values);
  Store& store = workspace.context().store;
  if (auto done = store.write(reset_search); !done) throw Refused(done.error());
  if (auto done = build_search(store); !done) throw Refused(done.error());
  fmt::print("The search index is built.\n");
  return 0;
}

int compact(const SettingValues& values) {
  const DataFolder folder = existing_data_folder(values);
  const Compaction done = compact_database(store_settings(values));
  fmt::print("{}: the database had {} bytes and has {}.\n", folder.root.string(), done.before, done.after);
  return 0;
}

int release(const SettingValues& values) {
  Workspace workspace(values);
  Store& store = workspace.context().store;
  if (!store.held()) {
    fmt::print("Nothing is held.\n");
    return 0;
  }
  need_erased_list(values, workspace.folder(), store);
  if (auto released = store.release(); !released) throw Refused(released.error());
  fmt::print("Webhooks and timers go on with the next start of the server.\n");
  return 0;
}

}  // namespace assay
