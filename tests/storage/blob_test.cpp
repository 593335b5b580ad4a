// Files by their hash: stored once, never half, never too large, collected only when nothing needs them.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "ledger/digest.h"
#include "storage/blob_collection.h"
#include "storage/blob_store.h"
#include "storage/fixture.h"
#include "storage/trace.h"

namespace assay::test::blob_test {
namespace {

namespace fs = std::filesystem;

constexpr const char* organisation = "0191aaaa-0000-7000-8000-000000000001";
constexpr const char* other = "0191aaaa-0000-7000-8000-000000000002";

Result<StoredFile> store(BlobStore& blobs, const std::string& text, std::string_view who = organisation,
                         std::int64_t limit = 1000) {
  const auto writer = blobs.create(who, limit);
  for (std::size_t at = 0; at < text.size(); at += 7) {
    if (auto fine = writer->write(std::string_view(text).substr(at, 7)); !fine) return fine.error();
  }
  return writer->finish();
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::size_t count_files(const fs::path& folder) {
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) count += entry.is_regular_file() ? 1 : 0;
  return count;
}

TEST_CASE("a file comes back under its hash, within its organisation") {
  const TemporaryFolder folder;
  const auto blobs = open_blob_folder(folder.path() / "blobs");
  const std::string text = GENERATE(as<std::string>(), "", "x", "evidence of an audit");
  const auto stored = store(*blobs, text).value();
  CHECK(stored.sha256 == sha256_hex(text));
  CHECK(stored.size == static_cast<std::int64_t>(text.size()));
  const auto place = blobs->locate(organisation, stored.sha256);
  REQUIRE(place.has_value());
  CHECK(read(*place) == text);
  CHECK(*place == folder.path() / "blobs" / organisation / stored.sha256.substr(0, 2) / stored.sha256.substr(2));
  CHECK_FALSE(blobs->locate(other, stored.sha256).has_value());
}

TEST_CASE("the same bytes are stored once per organisation") {
  const TemporaryFolder folder;
  const auto blobs = open_blob_folder(folder.path());
  for (int i = 0; i < 3; ++i) CHECK(store(*blobs, "same").value().sha256 == sha256_hex("same"));
  CHECK(count_files(folder.path()) == 1);
  CHECK(store(*blobs, "same", other).has_value());
  CHECK(count_files(folder.path()) == 2);
}

TEST_CASE("a file that is too large is refused and leaves nothing") {
  const TemporaryFolder folder;
  const auto blobs = open_blob_folder(folder.path());
  const auto [size, fits] = GENERATE(table<std::size_t, bool>({{99, true}, {100, true}, {101, false}, {5000, false}}));
  const auto stored = store(*blobs, std::string(size, 'x'), organisation, 100);
  REQUIRE(stored.has_value() == fits);
  if (!fits) CHECK(stored.error().reason == Reason::too_large);
  CHECK(count_files(folder.path()) == (fits ? 1 : 0));
}

TEST_CASE("a large upload passes through and does not stay in memory") {
  const TemporaryFolder folder;
  const auto blobs = open_blob_folder(folder.path());
  const auto anonymous_kib = [] {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("RssAnon:")) return std::stol(line.substr(8));
    }
    return -1L;
  };
  constexpr std::int64_t size = 256 << 20;
  const std::string piece(64 << 10, 'x');
  const long before = anonymous_kib();
  REQUIRE(before > 0);
  long most = before;
  const auto writer = blobs->create(organisation, size);
  for (std::int64_t written = 0; written < size; written += static_cast<std::int64_t>(piece.size())) {
    if (!writer->write(piece)) FAIL("refused after " << written << " bytes");
    if (written % (8 << 20) == 0) most = std::max(most, anonymous_kib());
  }
  const auto stored = writer->finish();
  most = std::max(most, anonymous_kib());
  REQUIRE(stored.has_value());
  CHECK(stored->size == size);
  CHECK(most - before < 8 << 10);
  // Not one byte more.
  const auto longer = blobs->create(organisation, size);
  bool refused = false;
  for (std::int64_t written = 0; written <= size && !refused; written += static_cast<std::int64_t>(piece.size()))
    refused = !longer->write(piece);
  CHECK(refused);
}

TEST_CASE("an upload that is given up leaves nothing, and neither does one that a crash cut off") {
  const TemporaryFolder folder;
  {
    const auto blobs = open_blob_folder(folder.path());
    const auto writer = blobs->create(organisation, 100);
    CHECK(writer->write(std::string_view("half")).has_value());
    CHECK(count_files(folder.path()) == 1);
  }
  CHECK(count_files(folder.path()) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const auto blobs = open_blob_folder(folder.path());
    const auto writer = blobs->create(organisation, 100);
    _exit(writer->write(std::string_view("half")).has_value() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(status == 0);
  CHECK(count_files(folder.path()) == 1);
  open_blob_folder(folder.path());
  CHECK(count_files(folder.path()) == 0);
}

TEST_CASE("a name that would lead out of the folder is a mistake of the program") {
  const TemporaryFolder folder;
  const auto blobs = open_blob_folder(folder.path());
  const auto name = GENERATE(as<std::string>(), "..", "../x", "/etc/passwd", "", "a/b", "A");
  CHECK_THROWS_AS(blobs->locate(organisation, name), std::logic_error);
  CHECK_THROWS_AS(blobs->locate(name, sha256_hex("x")), std::logic_error);
  CHECK_THROWS_AS(blobs->create(name, 10), std::logic_error);
}

TEST_CASE("only what nothing refers to is removed, and only when it is old") {
  using std::chrono::hours;
  const TemporaryFolder folder;
  const auto blobs = open_blob_folder(folder.path());
  const auto kept = store(*blobs, "kept").value(), loose = store(*blobs, "loose").value(),
             again = store(*blobs, "again").value();
  const std::set<std::pair<std::string, std::string>> referenced = {{organisation, kept.sha256}};
  const auto uploading = blobs->create(organisation, 100);
  CHECK(uploading->write(std::string_view("on its way")).has_value());
  const auto before = std::chrono::file_clock::now() - hours(24);
  CHECK(remove_unreferenced(folder.path(), referenced, before, {}).files == 0);
  // Long ago, but one of them is stored once more today.
  for (const auto* file : {&kept, &loose, &again}) {
    fs::last_write_time(*blobs->locate(organisation, file->sha256), before - hours(24));
  }
  CHECK(store(*blobs, "again").has_value());
  CHECK(remove_unreferenced(folder.path(), referenced, before, {}).files == 1);
  CHECK(blobs->locate(organisation, kept.sha256).has_value());
  CHECK_FALSE(blobs->locate(organisation, loose.sha256).has_value());
  CHECK(blobs->locate(organisation, again.sha256).has_value());
  CHECK(uploading->finish().has_value());
}

// Run by the test below under strace: stores a file and then commits an event that refers to it.
TEST_CASE("store a file and refer to it", "[.traced]") {
  Database database("sqlite");
  const char* data = std::getenv("ASSAY_TRACED_DATA");
  REQUIRE(data != nullptr);
  database.settings.data = data;
  House house(database);
  const auto in = house.found("Hallmark");
  const Made audit = house.create("audit", in, house.create("programme", in));
  const auto blobs = open_blob_folder(fs::path(data) / "blobs");
  const auto stored = store(*blobs, "traced evidence", in.uuid).value();
  EventDraft event{Subject::evidence, house.store->new_id(Subject::evidence), house.uuid(), in.id};
  event.record = audit.id;
  event.version = 1;
  event.at = house.tick();
  event.facts = {{"record", audit.uuid}, {"kind", "file"}, {"title", "Log"}, {"sha256", stored.sha256}};
  house.commit_or_fail({event});
}

TEST_CASE("a file is durable and named before anything refers to it") {
  ASSAY_NEEDS_TRACING;
  const TemporaryFolder folder;
  const std::string hash = sha256_hex("traced evidence"), shard = hash.substr(0, 2), rest = hash.substr(2);
  setenv("ASSAY_TRACED_DATA", (folder.path() / "data").c_str(), 1);
  const fs::path log = folder.path() / "trace";
  REQUIRE(run_traced("store a file and refer to it", "openat,write,pwrite64,fsync,fdatasync,rename", log));
  const std::string incoming = "/blobs/incoming/";
  CHECK(missing_step(log, {{"openat(", incoming, "O_CREAT"},
                           {"write(", incoming, "traced"},
                           {"fsync(", incoming},
                           {"rename", incoming, "/" + rest},
                           {"fsync(", "/" + shard + ">"},
                           {"pwrite64(", "assay.db-wal"},
                           {"fdatasync(", "assay.db-wal"}}) == "");
}

// Run by the test below under strace: stores what a crash may have left without its folders being synced.
TEST_CASE("store a file again", "[.traced]") {
  const char* data = std::getenv("ASSAY_TRACED_DATA");
  REQUIRE(data != nullptr);
  CHECK(store(*open_blob_folder(fs::path(data) / "blobs"), "traced evidence", organisation).has_value());
}

TEST_CASE("what a crash left unsynced, file or folder, is made durable before it counts as stored") {
  ASSAY_NEEDS_TRACING;
  const bool file_too = GENERATE(false, true);
  const TemporaryFolder folder;
  const std::string hash = sha256_hex("traced evidence"), shard = hash.substr(0, 2), rest = hash.substr(2);
  const fs::path place = folder.path() / "data" / "blobs" / organisation / shard;
  fs::create_directories(place);
  if (file_too) std::ofstream(place / rest) << "traced evidence";
  setenv("ASSAY_TRACED_DATA", (folder.path() / "data").c_str(), 1);
  const fs::path log = folder.path() / "trace";
  REQUIRE(run_traced("store a file again", "fsync,rename,utimensat", log));
  std::vector<std::vector<std::string>> steps = {{"fsync(", "/data>"},
                                                 {"fsync(", "/blobs>"},
                                                 {"fsync(", std::string(organisation) + ">"},
                                                 {"utimensat(", rest},
                                                 {"fsync(", "/" + shard + ">"}};
  if (!file_too) steps.insert(steps.begin() + 4, {"rename(", rest});
  CHECK(missing_step(log, steps) == "");
}

// Run by the test below under strace.
TEST_CASE("remove what nothing refers to", "[.traced]") {
  const char* data = std::getenv("ASSAY_TRACED_DATA");
  REQUIRE(data != nullptr);
  CHECK(remove_unreferenced(fs::path(data) / "blobs", {}, std::chrono::file_clock::now()).files == 1);
}

TEST_CASE("a file that is to be removed keeps its name until it is gone, whatever happens") {
  ASSAY_NEEDS_TRACING;
  const TemporaryFolder folder;
  const auto blobs = open_blob_folder(folder.path() / "data" / "blobs");
  const auto stored = store(*blobs, "evidence").value();
  setenv("ASSAY_TRACED_DATA", (folder.path() / "data").c_str(), 1);
  const auto run = [&](const std::string& inject) {
    return run_traced("remove what nothing refers to", "unlink,unlinkat,rename", folder.path() / "trace", inject);
  };
  // A server that dies at this moment may have been about to be told that the file is in use again.
  CHECK_FALSE(run("unlink,unlinkat:signal=KILL"));
  CHECK(blobs->locate(organisation, stored.sha256).has_value());
  CHECK(count_files(folder.path() / "data") == 1);
  CHECK(run(""));
  CHECK_FALSE(blobs->locate(organisation, stored.sha256).has_value());
}

TEST_CASE("a file that is stored again and again is never removed") {
  const TemporaryFolder folder;
  const auto blobs = open_blob_folder(folder.path());
  const auto stored = store(*blobs, "evidence").value();
  const auto place = blobs->locate(organisation, stored.sha256).value();
  std::atomic<bool> done = false;
  std::thread collector([&] {
    while (!done) remove_unreferenced(folder.path(), {}, std::chrono::file_clock::now() - std::chrono::hours(1));
  });
  int missing = 0;
  for (int i = 0; i < 300; ++i) {
    std::error_code gone;  // it may just have been removed, rightly
    fs::last_write_time(place, std::chrono::file_clock::now() - std::chrono::hours(2), gone);
    CHECK(store(*blobs, "evidence").has_value());
    for (int k = 0; k < 20; ++k) missing += fs::exists(place) ? 0 : 1;
  }
  done = true;
  collector.join();
  CHECK(missing == 0);
}

}  // namespace
}  // namespace assay::test::blob_test
