// Commands on a whole data folder.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>

#include "cli/commands.h"
#include "cli/workspace.h"
#include "ledger/digest.h"
#include "storage/backup.h"
#include "storage/events.h"
#include "storage/evidence.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

std::string sentence(const Refusal& refusal) {
  std::string text = refusal.detail;
  for (const auto& unmet : refusal.unmet) text += "\n  " + unmet.detail;
  for (const auto& field : refusal.invalid) text += "\n  " + field.pointer + " " + field.detail;
  return text;
}

std::string hash_of(const fs::path& file) {
  std::ifstream input(file, std::ios::binary);
  Sha256 hash;
  std::string piece(1 << 16, '\0');
  while (input) {
    input.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    hash.update(std::string_view(piece).substr(0, static_cast<std::size_t>(input.gcount())));
  }
  if (!input.eof()) throw std::runtime_error(file.string() + " cannot be read");
  const Digest digest = hash.finish();
  return to_hex(bytes_of(digest));
}

struct FileCheck {
  std::int64_t files = 0;
  std::vector<std::string> wrong = {};
};

FileCheck check_files(Context& context) {
  std::vector<std::pair<std::string, std::string>> referenced;
  {
    Snapshot at = context.store.read();
    referenced = referenced_files(at);
  }
  FileCheck check;
  for (const auto& [organisation, sha256] : referenced) {
    ++check.files;
    const auto path = context.files.locate(organisation, sha256);
    if (!path) {
      check.wrong.push_back("file " + sha256 + " is missing");
    } else if (hash_of(*path) != sha256) {
      check.wrong.push_back("file " + sha256 + " does not have the content of its name");
    }
  }
  return check;
}

int verify_workspace(const SettingValues& values) {
  Workspace workspace(values);  // checks the stored workflow sets
  const ReplayReport log = verify_log(workspace.context().store);
  const FileCheck files = check_files(workspace.context());
  for (const std::string& difference : log.differences) fmt::print("{}\n", difference);
  for (const std::string& wrong : files.wrong) fmt::print("{}\n", wrong);
  const bool fine = log.differences.empty() && files.wrong.empty();
  fmt::print("{} events replayed, {} files hashed: {}\n", log.events, files.files,
             fine ? "all as the log says" : "there are differences");
  return fine ? 0 : 1;
}

/// Removes a folder that this program made, whatever happens.
struct Scratch {
  explicit Scratch(fs::path in) : path(std::move(in)) {}
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;  // what is left there is a copy
    fs::remove_all(path, ignored);
  }
  fs::path path;
};

fs::path make_scratch(const fs::path& parent) {
  std::string name = (parent / "assay-verify-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder can be made in " + parent.string());
  return name;
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
  fmt::print("{}: {} files, {} bytes, up to event {}. The key file {} is not part of it: keep a copy elsewhere.\n",
             to.string(), report.files, report.bytes, report.position, data_folder(values).keys().string());
  return 0;
}

int restore(const SettingValues& values, const fs::path& from) {
  const DataFolder folder = data_folder(values);
  const BackupReport report = restore_backup(from, store_settings(values));
  fmt::print(
      "{}: {} files, {} bytes, up to event {}; every hash is right. Put the key file back as {}.\n"
      "Webhooks and timers are held: `assay release` lets them go on.\n",
      folder.root.string(), report.files, report.bytes, report.position, folder.keys().string());
  return 0;
}

int verify(const SettingValues& values, const fs::path& scratch_parent) {
  const DataFolder folder = data_folder(values);
  if (!fs::exists(folder.root)) throw std::runtime_error("there is no data folder " + folder.root.string());
  if (!values.text("database").empty() || !in_use(folder)) return verify_workspace(values);
  const Scratch scratch(make_scratch(scratch_parent));
  fmt::print("A server uses the folder: verifying a copy in {}\n", scratch.path.string());
  make_backup(store_settings(values), scratch.path / "backup");
  const fs::path data = scratch.path / "data";
  const SettingValues copy({{"data", data.string()}, {"workflows", values.text("workflows")}},
                           [](const std::string&) { return std::optional<std::string>(); }, {});
  restore_backup(scratch.path / "backup", store_settings(copy));
  fs::copy_file(folder.keys(), DataFolder{data}.keys());
  fs::permissions(DataFolder{data}.keys(), fs::perms::owner_read | fs::perms::owner_write);
  return verify_workspace(copy);
}

int release(const SettingValues& values) {
  Workspace workspace(values);
  Store& store = workspace.context().store;
  if (!store.held()) {
    fmt::print("Nothing is held.\n");
    return 0;
  }
  if (auto released = store.release(); !released) throw Refused(released.error());
  fmt::print("Webhooks and timers go on with the next start of the server.\n");
  return 0;
}

}  // namespace assay
