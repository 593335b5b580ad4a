// What `assay doctor` finds and says, one damage after the other; and verify and doctor beside a running server.
#include "cli/doctor.h"

#include <algorithm>
#include <fstream>

#include "cli/office.h"
#include "cli/run.h"
#include "ledger/keyfile.h"
#include "storage/connection.h"
#include "storage/fixture.h"
#include "storage/store_base.h"

namespace assay::test::doctor_test {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;

/// A folder that its server has left.
struct Left {
  explicit Left(const std::string& data) : folder{data} {
    Office office(settings_of(data));
    file = office.file;
    Snapshot at = office.context().store.read();
    organisation = office.administrator().organisation.uuid;
  }
  fs::path blob() const { return folder.blobs() / organisation / file.substr(0, 2) / file.substr(2); }
  /// SQL behind the back of everything.
  void run_sql(const std::string& sql) const {
    auto connection = Connection::sqlite(sqlite_file(folder.root.string()), Connection::Access::write, 1000);
    connection->script("PRAGMA foreign_keys=OFF");
    connection->script(sql);
  }
  /// One letter of the first place where the file has this text.
  void alter(const std::string& text) const {
    const fs::path database = folder.root / "assay.db";
    std::string bytes = read(database);
    const auto at = bytes.find(text);
    REQUIRE(at != std::string::npos);
    bytes[at + 1] = bytes[at + 1] == 'f' ? 'e' : 'f';
    std::ofstream(database, std::ios::binary | std::ios::trunc) << bytes;
  }

  DataFolder folder;
  std::string file, organisation;
};

struct Row {
  const char* name;
  std::function<void(const Left&)> damage;
  std::vector<std::string> lines;  // each in one line of the answer
};

void in_an_hour(const Left& left) {
  Workspace workspace(settings_of(left.folder.root.string()));
  Store& store = workspace.context().store;
  EventDraft event{Subject::organisation, store.new_id(Subject::organisation), workspace.context().new_uuid(), {}};
  event.organisation = OrganisationId{event.id};
  event.version = 1;
  event.at = system_now() + std::chrono::hours(1);
  event.facts = {{"name", "N"}, {"zone", "UTC"}, {"language", "en"}};
  REQUIRE(store.commit({{}, {event}, {}, {}}).has_value());
}

const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
      {"the folder is open to others",
       [](const Left& left) { fs::permissions(left.folder.root, fs::perms(0755)); },
       {"wrong  permissions", "has mode 0755", "chmod 0700 "}},
      {"the key file is open to others",
       [](const Left& left) { fs::permissions(left.folder.keys(), fs::perms(0644)); },
       {"wrong  permissions", "keys has mode 0644", "chmod 0600 "}},
      {"the key file is gone",
       [](const Left& left) { fs::remove(left.folder.keys()); },
       {"wrong  keys", "is missing", "put it back"}},
      {"the key file is another one",
       [](const Left& left) {
         fs::remove(left.folder.keys());
         Keyfile::create(left.folder.keys());
       },
       {"wrong  keys", "put back the key file that belongs"}},
      {"an index disagrees with its table",
       [](const Left& left) { left.alter(left.organisation); },
       {"wrong  structure", "missing from index", "restore the last backup"}},
      {"a reference leads nowhere",
       [](const Left& left) { left.run_sql("INSERT INTO person_role (person, role) VALUES (999, 'x')"); },
       {"wrong  structure", "person_role refers to a row of person that is not there"}},
      {"the database is not one",
       [](const Left& left) { std::ofstream(left.folder.root / "assay.db") << std::string(9000, 'x'); },
       {"wrong  database", "Do: restore the last backup"}},
      {"the database is gone",
       [](const Left& left) { fs::remove(left.folder.root / "assay.db"); },
       {"wrong  database", "there is no database"}},
      {"a restore was cut off",
       [](const Left& left) { std::ofstream(left.folder.root / "restoring") << ""; },
       {"wrong  database", "was not finished"}},
      {"the last event is of later", in_an_hour, {"wrong  clock", " seconds later", "timedatectl"}},
      {"a row is not what the log says",
       [](const Left& left) { left.run_sql("UPDATE record SET state = 'closed'"); },
       {"wrong  log", "state is `closed`, the log says", "assay verify"}},
      {"an event is of nothing",
       [](const Left& left) { left.run_sql("DELETE FROM event WHERE type = 'management-review.scheduled'"); },
       {"wrong  log", "a position before it is missing", "more)"}},
      {"a file is gone",
       [](const Left& left) { fs::remove(left.blob()); },
       {"wrong  files", "is missing", "copy it back"}},
      {"a file was altered",
       [](const Left& left) { std::ofstream(left.blob(), std::ios::app) << "x"; },
       {"wrong  files", "does not have the content of its name"}},
  };
  return all;
}

/// A folder of plugins that is there, and empty.
std::string plugins_of(const Place& place) {
  fs::create_directories(place.path / "plugins");
  return place / "plugins";
}

std::vector<std::string> words(const std::string& command, const Place& place, std::vector<std::string> more = {}) {
  std::vector<std::string> all = {command, "--data", place / "data", "--scratch", place.path.string()};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

/// Everything in the folder but the lock, with its content.
std::map<std::string, std::string> content_of(const fs::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().lexically_relative(folder).string();
    // The log is empty and its index is memory: both come with looking.
    if (entry.is_regular_file() && !name.ends_with("-shm") && !name.ends_with("-wal")) all[name] = read(entry.path());
  }
  return all;
}

TEST_CASE("doctor: all is well in a folder that is well, and nothing is changed by looking") {
  const Place place;
  const Left left(place / "data");
  const auto before = content_of(left.folder.root);
  const Ran looked = run(words("doctor", place, {"--plugins", plugins_of(place)}));
  INFO(looked.out << looked.err);
  CHECK(looked.status == 0);
  CHECK(looked.err.empty());
  for (const char* what : {"folder", "permissions", "space", "database", "structure", "clock", "log", "keys", "files",
                           "plugins", "packages"}) {
    CHECK(has_line(looked.out, {"ok     " + std::string(what)}));
  }
  CHECK(has(looked.out, "1 file has the content of its name"));
  CHECK(has(looked.out, "(1 secrets of webhooks)"));
  CHECK(has(looked.out, "All is well."));
  CHECK(run(words("verify", place)).status == 0);
  CHECK(content_of(left.folder.root) == before);
}

TEST_CASE("doctor: each thing that is wrong is told in a line of its own, with what to do") {
  const auto& row = rows()[GENERATE(range(std::size_t{0}, std::size_t{14}))];
  REQUIRE(rows().size() == 14);
  INFO(row.name);
  const Place place;
  const Left left(place / "data");
  row.damage(left);
  const Ran looked = run(words("doctor", place, {"--plugins", plugins_of(place)}));
  INFO(looked.out << looked.err);
  CHECK(looked.status == 1);
  CHECK(looked.err.empty());
  CHECK(has_line(looked.out, row.lines));
  CHECK(std::count(looked.out.begin(), looked.out.end(), '\n') >= 6);
  CHECK(has(looked.out, "Something is wrong."));
}

TEST_CASE("doctor: too little room, a plugin that was altered, no folder at all") {
  const Place place;
  const Ran nowhere = run(words("doctor", place));
  CHECK(nowhere.status == 1);
  CHECK(has_line(nowhere.out, {"wrong  folder", "there is no folder", "--data"}));
  const Left left(place / "data");
  const Ran narrow =
      run(words("doctor", place, {"--plugins", plugins_of(place), "--upload-limit", "9000000000000000"}));
  CHECK(narrow.status == 1);
  CHECK(has_line(narrow.out, {"wrong  space", "MiB are free", "make room"}));
  const fs::path source = fs::path(ASSAY_BINARY_DIR) / "plugins" / "iso27001";
  REQUIRE(fs::exists(source / "manifest.json"));
  fs::create_directories(place.path / "plugins");
  fs::copy(source, place.path / "plugins" / "iso27001", fs::copy_options::recursive);
  const auto look = [&] { return run(words("doctor", place, {"--plugins", plugins_of(place)})); };
  CHECK(has_line(look().out, {"ok     plugins", "1 packages"}));
  std::ofstream(place.path / "plugins" / "iso27001" / "more") << "x";
  const Ran altered = look();
  CHECK(altered.status == 1);
  CHECK(has_line(altered.out, {"wrong  plugins", "more", "install the package"}));
}

TEST_CASE("verify and doctor work beside a running server, and it goes on") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  const Place place;
  Office server(settings_of(place / "data", database.settings.database));
  std::vector<std::string> more = {"--plugins", plugins_of(place)};
  std::vector<std::string> where;
  if (engine == "postgresql") where = {"--database", database.settings.database};
  more.insert(more.end(), where.begin(), where.end());
  // An upload is on its way: what looks into the folder must not take it for a leftover.
  const auto upload = server.context().files.create(server.administrator().organisation.uuid, 1000);
  REQUIRE(upload->write(std::string_view("half of")).has_value());
  const Ran verified = run(words("verify", place, where));
  INFO(verified.out << verified.err);
  CHECK(verified.status == 0);
  CHECK(has(verified.out, "1 file hashed: all as the log says"));
  const Ran looked = run(words("doctor", place, more));
  INFO(looked.out << looked.err);
  CHECK(looked.status == 0);
  CHECK(has_line(looked.out, {"ok     database", engine, engine == "sqlite" ? "as a copy" : "in use by a server"}));
  REQUIRE(upload->write(std::string_view(" a file")).has_value());
  const auto stored = upload->finish();
  REQUIRE(stored.has_value());
  CHECK(server.context().store.commit({{}, {server.attachment(stored->sha256)}, {}, {}}).has_value());
  CHECK(has(run(words("verify", place, where)).out, "2 files hashed: all as the log says"));
  CHECK(fs::is_empty(fs::path(place / "data") / "blobs" / "incoming"));
  std::size_t left_over = 0;
  for (const auto& entry : fs::directory_iterator(place.path))
    left_over += entry.path().filename() == "data" || entry.path().filename() == "plugins" ? 0 : 1;
  CHECK(left_over == 0);
}

TEST_CASE("the secret of a webhook is nowhere in the data folder, nor in a row, but sealed") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  const Place place;
  Office office(settings_of(place / "data", database.settings.database));
  REQUIRE(office.secret.starts_with("whsec_"));
  const std::string core = office.secret.substr(6);
  std::string stored;
  {
    Snapshot at = office.context().store.read();
    const auto row = find_webhook(at, office.webhook, office.administrator().reader);
    REQUIRE(row.has_value());
    CHECK(signing_secrets(office.context(), *row, system_now()) == std::vector<std::string>{office.secret});
    for (const auto& [id, secret, old_secret] :
         at.connection().all<std::int64_t, std::string, std::string>("SELECT id, secret, old_secret FROM webhook")) {
      stored += secret + old_secret;
    }
    for (const auto& [facts] : at.connection().all<std::string>("SELECT facts FROM event_payload")) stored += facts;
  }
  CHECK(has(stored, "v1."));
  CHECK_FALSE(has(stored, core));
  // The files as they lie there, log included.
  std::string files;
  for (const auto& entry : fs::recursive_directory_iterator(place / "data")) {
    if (entry.is_regular_file() && entry.path().filename() != "keys") files += read(entry.path());
  }
  if (engine == "sqlite") CHECK(has(files, office.webhook));
  CHECK_FALSE(has(files, core));
}

}  // namespace
}  // namespace assay::test::doctor_test
