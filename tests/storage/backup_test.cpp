// Backups made under load, restored and compared; and every kind of damage refused.
#include "storage/backup.h"

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "ledger/digest.h"
#include "storage/blob_store.h"
#include "storage/evidence.h"
#include "storage/fixture.h"
#include "storage/trace.h"

namespace assay::test::backup_test {
namespace {

using Catch::Matchers::ContainsSubstring;

namespace fs = std::filesystem;

/// A store with files, of which every second is referred to.
struct Scene {
  explicit Scene(const std::string& engine)
      : database(engine), house(database), blobs(open_blob_folder(fs::path(database.settings.data) / "blobs")) {
    organisation = house.found("Hallmark");
    audit = house.create("audit", organisation, house.create("programme", organisation));
    attach("evidence one");
    attach("evidence two");
    store("an upload that was given up");
  }
  StoredFile store(const std::string& text) {
    const auto writer = blobs->create(organisation.uuid, 1 << 20);
    writer->write(text).value();
    return writer->finish().value();
  }
  EventDraft attachment(const std::string& text) {
    EventDraft event{Subject::evidence, house.store->new_id(Subject::evidence), house.uuid(), organisation.id};
    event.record = audit.id;
    event.version = 1;
    event.at = house.tick();
    event.facts = {{"record", audit.uuid}, {"kind", "file"}, {"title", "Log"}, {"sha256", store(text).sha256}};
    return event;
  }
  void attach(const std::string& text) { house.commit_or_fail({attachment(text)}); }

  Database database;
  House house;
  std::unique_ptr<BlobStore> blobs;
  Organisation organisation;
  Made audit;
};

/// Every referenced file is there and whole.
void check_files(Store& store, const StoreSettings& settings) {
  const auto blobs = open_blob_folder(fs::path(settings.data) / "blobs");
  Snapshot at = store.read();
  const auto files = referenced_files(at);
  CHECK(files.size() >= 2);
  for (const auto& [organisation, sha256] : files) {
    const auto place = blobs->locate(organisation, sha256);
    REQUIRE(place.has_value());
    std::ifstream file(*place, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    CHECK(sha256_hex(text) == sha256);
  }
}

TEST_CASE("a backup that is made under load is whole, and its restore begins a new epoch and waits") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  House& house = scene.house;
  const TemporaryFolder folder;
  const fs::path backup = folder.path() / "backup";
  std::atomic<bool> done = false;
  std::atomic<int> written = 0;
  std::thread load([&] {
    for (int i = 0; !done; ++i) {
      if (house.commit({scene.attachment("load " + std::to_string(i))}).has_value()) ++written;
    }
  });
  while (written < 5) std::this_thread::yield();
  const int before = written;
  const auto made = make_backup(scene.database.settings, backup);
  const int after = written;
  while (written < after + 5) std::this_thread::yield();  // nobody was stopped by it
  done = true;
  load.join();
  CHECK(made.files > 3);
  CHECK(made.bytes > 0);
  CHECK_FALSE(fs::exists(backup / "key"));

  const Database target(engine);
  const auto restored = restore_backup(backup, target.settings);
  CHECK(restored.files == made.files);
  CHECK(restored.position == made.position);
  const auto store = target.open();
  CHECK(store->held());
  CHECK(store->epoch() != house.store->epoch());
  while (store->wait_for_events(made.position - 1, std::chrono::seconds(10)) < made.position) {
  }
  check_replay(*store);
  check_files(*store, target.settings);
  {
    Snapshot at = store->read();
    const auto evidence = list_evidence(at, scene.audit.id, 0, 100000).size();
    CHECK(evidence >= static_cast<std::size_t>(before) + 2);
    CHECK(evidence <= static_cast<std::size_t>(after) + 3);
    CHECK(referenced_files(at).size() + (engine == "sqlite" ? 1U : 0U) <= static_cast<std::size_t>(made.files));
  }
  // The restored store goes on where the backup ended.
  CHECK(store->new_id(Subject::evidence) > 0);
  EventDraft next = scene.attachment("after the restore");
  next.id = store->new_id(Subject::evidence);
  REQUIRE(store->commit({{}, {next}, {}, {}}).has_value());
  REQUIRE(store->release().has_value());
  CHECK_FALSE(store->held());
}

TEST_CASE("a restored SQLite database has no leftovers beside it and no files that nothing refers to") {
  Scene scene("sqlite");
  const TemporaryFolder folder;
  make_backup(scene.database.settings, folder.path() / "backup");
  const Database target("sqlite");
  restore_backup(folder.path() / "backup", target.settings);
  CHECK_FALSE(fs::exists(target.settings.data + "/assay.db-wal"));
  CHECK_FALSE(fs::exists(target.settings.data + "/assay.db-shm"));
  CHECK_FALSE(fs::exists(fs::path(target.settings.data) / "blobs" / scene.organisation.uuid /
                         sha256_hex("an upload that was given up").substr(0, 2) /
                         sha256_hex("an upload that was given up").substr(2)));
}

TEST_CASE("a damaged backup is refused before anything is written") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  const TemporaryFolder folder;
  const fs::path backup = folder.path() / "backup";
  make_backup(scene.database.settings, backup);
  const std::string hash = sha256_hex("evidence one");
  const fs::path file = backup / "blobs" / scene.organisation.uuid / hash.substr(0, 2) / hash.substr(2);
  const fs::path data = engine == "sqlite" ? backup / "assay.db" : backup / "database" / "record.copy";
  const auto manifest = [&](const std::function<void(Json&)>& edit) {
    std::ifstream in(backup / "manifest.json");
    Json json = Json::parse(in);
    edit(json);
    std::ofstream(backup / "manifest.json") << json.dump();
  };
  const auto flip = [](const fs::path& path) {
    std::fstream change(path, std::ios::in | std::ios::out | std::ios::binary);
    char byte = 0;
    change.get(byte);
    change.seekp(0);
    change.put(static_cast<char>(byte ^ 1));
  };
  struct Row {
    const char* name;
    std::function<void()> damage;
    std::string message;
  };
  const std::vector<Row> rows = {
      {"no manifest", [&] { fs::remove(backup / "manifest.json"); }, "never finished"},
      {"manifest is no JSON", [&] { std::ofstream(backup / "manifest.json") << "{"; }, "no JSON"},
      {"manifest without its hash", [&] { manifest([](Json& json) { json.erase("sha256"); }); }, "no hash of itself"},
      {"manifest with another position", [&] { manifest([](Json& json) { json["position"] = 1; }); }, "was altered"},
      {"manifest of a later format", [&] { manifest([](Json& json) { json["format"] = 2; }); }, "was altered"},
      {"a byte of a file", [&] { flip(file); }, "hash differs"},
      {"a byte of the database", [&] { flip(data); }, "hash differs"},
      {"a file is longer", [&] { std::ofstream(file, std::ios::app) << "x"; }, "bytes instead of"},
      {"the database is cut", [&] { fs::resize_file(data, fs::file_size(data) / 2); }, "bytes instead of"},
      {"a file is missing", [&] { fs::remove(file); }, "is missing"},
      {"a file is a link",
       [&] {
         fs::rename(file, folder.path() / "x");
         fs::create_symlink(folder.path() / "x", file);
       },
       "is missing"},
      {"a file too many", [&] { std::ofstream(backup / "blobs" / "more") << "x"; }, "not named by the manifest"},
      {"not a backup at all", [&] { fs::remove_all(backup); }, "never finished"},
  };
  const auto& row = rows[GENERATE(range(std::size_t{0}, std::size_t{13}))];
  INFO(row.name);
  row.damage();
  const Database target(engine);
  CHECK_THROWS_WITH(restore_backup(backup, target.settings), ContainsSubstring(row.message));
  CHECK_FALSE(fs::exists(target.settings.data));
}

TEST_CASE("a restore needs an empty place of the same kind") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  const TemporaryFolder folder;
  const fs::path backup = folder.path() / "backup";
  make_backup(scene.database.settings, backup);
  CHECK_THROWS_WITH(restore_backup(backup, scene.database.settings), ContainsSubstring("in use by another server"));
  const Database used(engine);
  used.open();
  CHECK_THROWS_WITH(restore_backup(backup, used.settings), ContainsSubstring("not empty"));
  CHECK_NOTHROW(used.open());
  CHECK_THROWS_WITH(make_backup(scene.database.settings, backup), ContainsSubstring("there already"));
  StoreSettings nowhere = scene.database.settings;
  nowhere.data += "-nowhere";
  if (engine == "sqlite")
    CHECK_THROWS_WITH(make_backup(nowhere, folder.path() / "b2"), ContainsSubstring("no database"));
  CHECK_FALSE(fs::exists(folder.path() / "b2"));
}

TEST_CASE("a backup with a damaged stored file is none") {
  Scene scene("sqlite");
  const TemporaryFolder folder;
  const auto place = scene.blobs->locate(scene.organisation.uuid, sha256_hex("evidence one")).value();
  std::ofstream(place, std::ios::app) << "x";
  CHECK_THROWS_WITH(make_backup(scene.database.settings, folder.path() / "backup"), ContainsSubstring("is damaged"));
  CHECK_FALSE(fs::exists(folder.path() / "backup"));
}

// Run by the test below under strace.
TEST_CASE("restore a backup", "[.traced]") {
  const char* folder = std::getenv("ASSAY_TRACED_DATA");
  REQUIRE(folder != nullptr);
  StoreSettings settings;
  settings.data = (fs::path(folder) / "data").string();
  CHECK_NOTHROW(restore_backup(fs::path(folder) / "backup", settings));
}

TEST_CASE("a restore that is cut off anywhere leaves nothing that could be mistaken for a server's folder") {
  ASSAY_NEEDS_TRACING;
  Scene scene("sqlite");
  const std::string epoch = scene.house.store->epoch();
  const TemporaryFolder folder;
  setenv("ASSAY_TRACED_DATA", folder.path().c_str(), 1);
  make_backup(scene.database.settings, folder.path() / "backup");
  StoreSettings settings;
  settings.data = (folder.path() / "data").string();
  const std::string steps = "fsync,fdatasync,rename,unlink,unlinkat";
  int refused = 0, complete = 0;
  for (int step = 1; complete == 0 || step < 10; ++step) {
    REQUIRE(step < 200);
    INFO("killed at step " << step);
    fs::remove_all(settings.data);
    const bool whole = run_traced("restore a backup", steps, folder.path() / "trace",
                                  steps + ":signal=KILL:when=" + std::to_string(step));
    std::unique_ptr<Store> store;
    try {
      store = Store::open(settings);
    } catch (const std::runtime_error& error) {
      CHECK_THAT(error.what(), ContainsSubstring("was not finished"));
      CHECK_FALSE(whole);
      ++refused;
      continue;
    }
    // Only the folder of somebody who never began, or everything, under its own epoch and held.
    if (store->epoch() != epoch && store->last_position() == 0) {
      CHECK(step == 1);
      CHECK_FALSE(whole);
      continue;
    }
    CHECK(store->held());
    CHECK(store->epoch() != epoch);
    check_files(*store, settings);
    complete += whole ? 1 : 0;
  }
  CHECK(refused > 10);
}

}  // namespace
}  // namespace assay::test::backup_test
