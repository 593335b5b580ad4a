// Looks at everything that an operator has to be able to trust: says of each thing that it is well, or what to do.
#include "cli/doctor.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cstdio>
#include <functional>

#include "cli/commands.h"
#include "cli/finding.h"
#include "cli/inspection.h"
#include "cli/plugin_health.h"
#include "cli/workspace.h"
#include "ledger/keyfile.h"
#include "plugins/package_archive.h"
#include "plugins/utf8.h"
#include "storage/events.h"
#include "storage/people.h"
#include "storage/webhooks.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr double mebibyte = 1 << 20;

/// The first of many, for a line is one line.
Finding first_of(const std::vector<std::string>& faults, std::int64_t more, const std::string& advice) {
  const std::int64_t others = static_cast<std::int64_t>(faults.size()) - 1 + more;
  return wrong(faults.front() + (others > 0 ? fmt::format(" (and {} more)", others) : std::string()), advice);
}

Finding check_mode(const fs::path& path, mode_t wanted, uid_t owner) {
  struct stat state{};
  if (::stat(path.c_str(), &state) != 0) {
    return wrong(path.string() + " cannot be seen: " + std::generic_category().message(errno),
                 "run this as the user of the server");
  }
  if (state.st_uid != owner) {
    return wrong(fmt::format("{} belongs to another user than the folder", path.string()),
                 fmt::format("chown --reference={} {}", path.parent_path().string(), path.string()));
  }
  const mode_t mode = state.st_mode & 07777;
  if ((mode & ~wanted) != 0) {
    return wrong(fmt::format("{} has mode {:04o}, which lets in others", path.string(), mode),
                 fmt::format("chmod {:04o} {}", wanted, path.string()));
  }
  return well({});
}

Findings check_permissions(const DataFolder& folder) {
  struct stat root{};
  if (::stat(folder.root.c_str(), &root) != 0) throw std::system_error(errno, std::generic_category(), folder.root);
  Findings findings = {check_mode(folder.root, 0700, root.st_uid)};
  for (const char* name : {"keys", "assay.db", "assay.db-wal", "lock", "checked"}) {
    if (fs::exists(folder.root / name)) findings.push_back(check_mode(folder.root / name, 0600, root.st_uid));
  }
  if (fs::exists(folder.blobs())) findings.push_back(check_mode(folder.blobs(), 0700, root.st_uid));
  std::erase_if(findings, [](const Finding& finding) { return finding.well; });
  if (findings.empty()) findings.push_back(well("only the server's user can read the folder"));
  return findings;
}

Findings check_space(const DataFolder& folder, const SettingValues& values) {
  struct statvfs state{};
  if (::statvfs(folder.root.c_str(), &state) != 0) {
    throw std::system_error(errno, std::generic_category(), folder.root.string());
  }
  const double free = static_cast<double>(state.f_bavail) * static_cast<double>(state.f_frsize);
  // What one upload and a log that waits for its copy may need at once.
  const double needed = static_cast<double>(values.number("upload-limit") + values.number("store-wal-limit"));
  const std::string text = fmt::format("{:.0f} MiB are free", free / mebibyte);
  if (free < needed) {
    return {wrong(text + fmt::format("; an upload and the write-ahead log may take {:.0f}", needed / mebibyte),
                  "make room on the file system of " + folder.root.string())};
  }
  if (state.f_files > 0 && state.f_favail < 1000) {
    return {wrong(fmt::format("{} files more can be made", state.f_favail),
                  "remove files from the file system of " + folder.root.string())};
  }
  return {well(text)};
}

Findings check_keys(const DataFolder& folder, Store& store) {
  Snapshot at = store.read();
  if (!fs::exists(folder.keys())) {
    if (list_organisations(at).empty()) return {well("there is no key file yet: it is made on the first start")};
    return {wrong(folder.keys().string() + " is missing", "put it back from where you keep it, with mode 0600")};
  }
  try {
    const Keyfile keys = Keyfile::open(folder.keys());
    std::int64_t opened = 0;
    for (const WebhookRow& webhook : active_webhooks(at)) {
      keys.open(webhook.secret, "webhook " + webhook.uuid);  // as commands/webhooks.cpp seals it
      ++opened;
    }
    return {well(fmt::format("key {} opens what it has sealed ({} secrets of webhooks)", keys.newest_id(), opened))};
  } catch (const KeyfileError& error) {
    return {wrong(error.what(), "do what it says, or put back the key file that belongs to this database")};
  }
}

Findings check_clock(Store& store) {
  const Instant now = system_now();
  Snapshot at = store.read();
  const auto last = event_at(at, store.last_position());
  if (!last) return {well(to_text(now) + ", and the log is empty")};
  const auto ahead = std::chrono::duration_cast<std::chrono::seconds>(last->draft.at - now);
  if (ahead > std::chrono::seconds(1)) {
    return {wrong(fmt::format("it is {}, but the last event is of {}, {} seconds later", to_text(now),
                              to_text(last->draft.at), ahead.count()),
                  "set the clock of this machine (timedatectl), or find out what set it forward")};
  }
  return {well(to_text(now) + ", after the last event")};
}

Findings check_structure(Store& store) {
  Snapshot at = store.read();
  const auto faults = structural_faults(at);
  if (!faults.empty()) return {first_of(faults, 0, "stop the server and restore the last backup into a new folder")};
  return {well(store.engine() == "sqlite" ? "every page, index and reference holds"
                                          : "the database can be read; its structure is PostgreSQL's to check")};
}

Findings check_log(Store& store) {
  check_stored_sets(store);
  const ReplayReport report = verify_log(store);
  if (!report.differences.empty()) {
    return {first_of(report.differences, report.untold,
                     "`assay verify` names all; keep a copy of the folder and restore the last backup")};
  }
  return {well(fmt::format("{} events replayed, every row is as the log says", report.events))};
}

Findings check_blobs(const DataFolder& folder, Store& store) {
  const FileCheck files = check_files(folder, store);
  if (!files.wrong.empty()) {
    return {first_of(files.wrong, 0, "copy it back from a backup, where it lies under the same name")};
  }
  return {well(files.files == 1 ? "1 file has the content of its name"
                                : fmt::format("{} files have the content of their names", files.files))};
}

/// Prints as it goes, for some of it takes a while.
class Report {
 public:
  /// What `look` finds, or what kept it from looking. True when all is well.
  bool run(const char* name, const std::string& advice, const std::function<Findings()>& look) {
    Findings findings;
    try {
      findings = look();
    } catch (const std::exception& error) {
      findings = {wrong(error.what(), advice)};
    }
    bool all_well = true;
    for (const Finding& finding : findings) {
      all_well = all_well && finding.well;
      const std::string line =
          one_line(finding.text) + (finding.advice.empty() ? "" : ". Do: " + one_line(finding.advice));
      fmt::print("{:<6} {:<12} {}\n", finding.well ? "ok" : "wrong", name, line);
    }
    std::fflush(stdout);
    wrong_ = wrong_ || !all_well;
    return all_well;
  }
  bool found_wrong() const { return wrong_; }

 private:
  bool wrong_ = false;
};

}  // namespace

int doctor(const SettingValues& values, const fs::path& scratch_parent) {
  const DataFolder folder = data_folder(values);
  Report report;
  std::optional<Inspection> inspection;
  const bool there = report.run("folder", "name the folder of the server with --data", [&]() -> Findings {
    if (!fs::is_directory(folder.root)) throw std::runtime_error("there is no folder " + folder.root.string());
    return {well(folder.root.string())};
  });
  if (!there) return 1;
  report.run("permissions", "run this as the user of the server", [&] { return check_permissions(folder); });
  report.run("space", "look at the file system of the folder", [&] { return check_space(folder, values); });
  const std::string repair = values.text("database").empty()
                                 ? "restore the last backup into a new folder, or start the right release"
                                 : "see to it that PostgreSQL answers there, has the right release's tables, and that "
                                   "libpq (package libpq5) is installed here";
  const bool opened = report.run("database", repair, [&]() -> Findings {
    inspection.emplace(values, scratch_parent);
    const std::string_view engine = inspection->store().engine();
    return {well(fmt::format("{} of this release{}", engine,
                             inspection->copied()   ? ", looked at as a copy, for a server uses it"
                             : inspection->in_use() ? ", in use by a server"
                                                    : ", not in use"))};
  });
  if (opened) {
    Store& store = inspection->store();
    const std::string restore = "keep a copy of the folder and restore the last backup";
    report.run("structure", restore, [&] { return check_structure(store); });
    report.run("clock", "look at the clock of this machine", [&] { return check_clock(store); });
    report.run("log", restore, [&] { return check_log(store); });
    report.run("keys", "run this as the user of the server", [&] { return check_keys(folder, store); });
    report.run("files", restore, [&] { return check_blobs(folder, store); });
  }
  report.run("plugins", "look at the folders of --plugins", [&] { return check_plugins(values); });
  report.run("packages", "install libarchive (package libarchive13, or libarchive13t64)", []() -> Findings {
    prepare_packages();
    return {well("packages of plugins can be read and written")};
  });
  fmt::print("{}\n", report.found_wrong() ? "Something is wrong." : "All is well.");
  return report.found_wrong() ? 1 : 0;
}

}  // namespace assay
