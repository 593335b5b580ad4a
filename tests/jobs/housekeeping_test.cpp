// What housekeeping drops and what it keeps.
#include "jobs/housekeeping.h"

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

#include "commands/evidence.h"
#include "commands/fieldwork.h"
#include "commands/notes.h"
#include "commands/sign_in.h"
#include "jobs/office.h"
#include "storage/erased_list.h"
#include "storage/evidence.h"

namespace assay::test::housekeeping_test {
namespace {

using namespace std::chrono_literals;

StoredFile put_file(Office& office, const std::string& content) {
  auto writer = office.files->create(office.administrator().organisation.uuid, 1'000'000);
  REQUIRE(writer->write(content));
  auto stored = writer->finish();
  REQUIRE(stored);
  return *stored;
}

fs::path place_of(Office& office, const StoredFile& file) {
  const auto path = office.files->locate(office.administrator().organisation.uuid, file.sha256);
  REQUIRE(path);
  return *path;
}

void age(const fs::path& file, std::chrono::hours by) {
  fs::last_write_time(file, fs::file_time_type::clock::now() - by);
}

HousekeepingSettings settings_of(const Office& office) {
  HousekeepingSettings settings;
  settings.blobs = office.blobs();
  return settings;
}

TEST_CASE("files without a reference go after a day, all others stay") {
  Office office;
  const StoredFile attached = put_file(office, "minutes of the review");
  const StoredFile forgotten = put_file(office, "an upload that nobody attached");
  const StoredFile fresh = put_file(office, "an upload that is about to be attached");
  const std::string record = office.review("Spring");
  const Principal who = office.administrator();
  EvidenceWish wish{"file", "Minutes"};
  wish.file_name = "minutes.txt";
  wish.media_type = "text/plain";
  wish.file = attached;
  auto evidence = attach_evidence(*office.context, Call{who}, "management-review", record, wish);
  if (!evidence) FAIL(evidence.error().detail);

  age(place_of(office, attached), 1000h);
  age(place_of(office, forgotten), 25h);
  age(place_of(office, fresh), 23h);
  Housekeeping(*office.context, settings_of(office), Journal{}).clean();
  const std::string organisation = who.organisation.uuid;
  CHECK(office.files->locate(organisation, attached.sha256));
  CHECK_FALSE(office.files->locate(organisation, forgotten.sha256));
  CHECK(office.files->locate(organisation, fresh.sha256));
}

TEST_CASE("a file that is uploaded again counts as fresh") {
  Office office;
  const StoredFile file = put_file(office, "the same bytes");
  age(place_of(office, file), 25h);
  put_file(office, "the same bytes");
  Housekeeping(*office.context, settings_of(office), Journal{}).clean();
  CHECK(office.files->locate(office.administrator().organisation.uuid, file.sha256));
}

TEST_CASE("the list of who was erased and the database are settled in each round") {
  Office office;
  office.context->erased = office.folder.path() / "erased";
  const std::string uuid = office.join("zora@elbwerk.example").person.uuid;
  Housekeeping housekeeping(*office.context, settings_of(office), Journal{});
  housekeeping.clean();
  CHECK(read_erased(office.context->erased).empty());
  add_erased(office.context->erased, {uuid});
  housekeeping.clean();
  {
    Snapshot at = office.store->read();
    CHECK(list_erased(at) == std::vector{uuid});
  }
  fs::remove(office.context->erased);
  housekeeping.clean();
  CHECK(read_erased(office.context->erased) == std::set{uuid});
}

TEST_CASE("working notes go a while after the end of their audit, and one line says how many") {
  Fieldwork office;
  std::ostringstream told;
  const auto log = std::make_shared<spdlog::logger>("notes", std::make_shared<spdlog::sinks::ostream_sink_st>(told));
  log->set_pattern("%v");
  Housekeeping housekeeping(*office.context, settings_of(office), Journal{log});
  for (const char* who : {lead, auditor, auditor}) {
    const Principal author = office.principal(who);
    REQUIRE(write_note(*office.context, Call{author}, "audit", office.audit, {"Nobody's business", {}}, {}));
  }
  const auto left = [&] {
    const RecordId audit = office.find(office.audit).id;
    const PersonId author = office.person(auditor).id;
    Snapshot at = office.store->read();
    return count_notes(at, audit, author);
  };
  office.act(planner, "cancel", {{"reason", "Moved to spring"}});
  office.clock.advance(90 * 24h);
  housekeeping.clean();
  CHECK(left() == 2);
  CHECK(told.str().empty());
  office.clock.advance(24h);
  housekeeping.clean();
  CHECK(left() == 0);
  housekeeping.clean();
  const Json line = Json::parse(told.str());
  CHECK(line.at("what") == "notes_removed");
  CHECK(line.at("notes") == 3);
  CHECK(told.str().find(office.audit) == std::string::npos);
}

TEST_CASE("keys, sessions and deliveries that have served their time go") {
  Office office;
  const Principal who = office.administrator();
  Call call{who};
  call.key = "key-1";
  call.request_hash = "hash";
  REQUIRE(create_record(*office.context, call,
                        {"management-review",
                         {},
                         "schedule",
                         {{"title", "Spring"},
                          {"planned_on", "2026-07-01"},
                          {"period_from", "2025-05-01"},
                          {"period_to", "2026-04-30"}}}));
  const Instant made = office.clock.now();
  REQUIRE(office.store->write(
      [&](Connection& to) { put_delivery(to, {0, 1, 0, "msg_1", 0, "delivered", 1, made, std::nullopt}); }));
  const auto kept = [&] {
    Snapshot at = office.store->read();
    return std::pair(find_idempotent(at, who.person.id, "key-1", made).has_value(),
                     find_delivery(at, 1, "msg_1").has_value());
  };
  Housekeeping housekeeping(*office.context, settings_of(office), Journal{});
  office.clock.advance(23h);
  housekeeping.clean();
  CHECK(kept() == std::pair(true, true));
  office.clock.advance(2h);
  housekeeping.clean();
  CHECK(kept() == std::pair(false, true));
  office.clock.advance(24h * 90);
  housekeeping.clean();
  CHECK(kept() == std::pair(false, false));
}

}  // namespace
}  // namespace assay::test::housekeeping_test
