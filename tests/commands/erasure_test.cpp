// Erasing a person by a privacy request: what refuses it, what goes from rows, log and files, and what stays.
#include <array>
#include <iterator>
#include <thread>

#include "commands/archive.h"
#include "commands/erasures.h"
#include "commands/hand_over.h"
#include "commands/machine.h"
#include "commands/sign_in.h"
#include "commands/tokens.h"
#include "jobs/office.h"
#include "storage/awaiting.h"
#include "storage/backup.h"
#include "storage/compaction.h"
#include "storage/erased_list.h"
#include "storage/notes.h"
#include "storage/tasks.h"

namespace assay::test::erasure_test {
namespace {

TEST_CASE("nobody is erased who is here, awaited, on hold or their own judge") {
  ASSAY_EACH_ENGINE(engine);
  Archive archive(engine);
  const std::string asked = archive.request("erasure");
  CHECK(refused(archive.erase(asked)) == "have_left.here nothing_awaits.awaited");
  archive.leave(true);
  CHECK(refused(archive.erase(asked)) == "nothing_awaits.awaited");
  archive.hand_everything_over();
  const auto hold = granted(create_record(*archive.context, Call{archive.principal(officer)},
                                          {"legal-hold",
                                           {},
                                           "place",
                                           {{"matter", "Elbwerk v. Supplier"},
                                            {"ordered_by", "District court"},
                                            {"grounds", "Witness"},
                                            {"since", "2026-05-01"},
                                            {"covers", "The reviews of 2026"},
                                            {"review_on", "2027-05-01"},
                                            {"custodians", {archive.leaver_uuid}}}}))
                        .uuid;
  CHECK(refused(archive.erase(asked)) == "none_registered.present");
  CHECK(granted(archive.act(officer, "legal-hold", hold, "release", {{"release_reason", "Settled"}})).status == 202);
  CHECK(refused(archive.erase(asked)) == "none_registered.present");  // it takes two
  {
    const RecordRow of = archive.row("legal-hold", hold);
    std::string proposal;
    {
      Snapshot at = archive.store->read();
      proposal = open_proposals(at, of.id).at(0).uuid;
    }
    granted(
        confirm_proposal(*archive.context, Call{archive.principal(boss), of.version}, "legal-hold", hold, proposal));
  }
  CHECK(granted(archive.erase(asked)).status == 202);
  CHECK_FALSE(archive.confirm(officer, asked));
  CHECK_FALSE(archive.confirm(heir, asked));
  CHECK(archive.leaver_row().name == "Zacharias Quintenzweig-Meier");
  granted(archive.confirm(boss, asked));
  CHECK(archive.leaver_row().state == "erased");
  CHECK(archive.row("privacy-request", asked).state == "erased");
  // Once more changes nothing about the person.
  const auto version = archive.leaver_row().version;
  const std::string again = archive.request("erasure");
  granted(archive.erase(again));
  granted(archive.confirm(boss, again));
  CHECK(archive.leaver_row().version == version);
  check_replay(*archive.store);
}

TEST_CASE("what an erasure leaves is a pseudonym with its acts, in rows, log and replay alike") {
  ASSAY_EACH_ENGINE(engine);
  Archive archive(engine);
  const PersonId id = archive.leaver_row().id;
  const auto hook = archive.hook({.url = "https://receiver.example/"});
  std::int64_t token_id = 0;
  {
    Snapshot at = archive.store->read();
    token_id = list_tokens(at, id).at(0).id;
  }
  const std::array<std::int64_t, 3> sent = {archive.told(id), archive.told(archive.person(boss).id),
                                            archive.told(Subject::token, token_id)};
  REQUIRE(archive.store->write([&](Connection& to) {
    for (const std::int64_t position : sent) {
      const auto delivery = put_delivery(
          to, {0, hook.id, position, "m" + std::to_string(position), 0, "delivered", 1, archive.clock.now(), {}});
      put_attempt(to,
                  {0, delivery, 1, archive.clock.now(), 200, "delivered", 5, their_name, their_name, their_name, "ok"});
    }
  }));
  archive.erase_for_good();
  for (const DeliveryRow& delivery : archive.deliveries(hook)) {
    const auto attempts = archive.attempts(delivery);
    const std::string kept = delivery.position == sent[1] ? their_name : "";
    CHECK(attempts.at(0).request_headers == kept);
    CHECK(attempts.at(0).request_body == kept);
    CHECK(attempts.at(0).response_headers == kept);
    CHECK(attempts.at(0).response_body.empty() == kept.empty());
    CHECK(attempts.at(0).status == 200);
  }
  const PersonRow person = archive.leaver_row();
  CHECK(person.name == pseudonym_of(archive.leaver_uuid));
  CHECK(person.name.starts_with("Person "));
  CHECK(person.email.empty());
  CHECK(person.responsibilities.empty());
  CHECK(person.state == "erased");
  bool acted = false, had_roles = false, told = false;
  for (const Event& event : archive.log()) {
    const std::string text = canonical(event.draft.facts);
    INFO(event.draft.type << " " << text);
    CHECK(text.find("Quintenzweig") == std::string::npos);
    CHECK(text.find("zacharias") == std::string::npos);
    acted = acted || (event.draft.type == "management-review.scheduled" && event.draft.actor == id);
    if (event.draft.subject == Subject::person && event.draft.id == static_cast<std::int64_t>(id)) {
      CHECK(event.draft.facts.at("name") == person.name);
      had_roles = had_roles || event.draft.facts.at("roles").size() == 2;
      told = told || event.draft.type == "person.erased";
    }
  }
  CHECK(acted);
  CHECK(had_roles);
  CHECK(told);
  {
    Snapshot at = archive.store->read();
    for (const TokenRow& token : list_tokens(at, id)) CHECK(token.name.empty());
    CHECK_FALSE(password_hash(at, id));
    CHECK_FALSE(find_person_by_email(at, leaver));
    CHECK(list_erased(at) == std::vector{archive.leaver_uuid});
    const auto of_officer = archive.principal(officer).reader, of_heir = archive.principal(heir).reader;
    CHECK(list_people(at, of_officer, 0, 100).size() == list_people(at, of_heir, 0, 100).size() + 1);
  }
  check_replay(*archive.store);
  // The address is free for somebody else, who is somebody else.
  const Principal fresh = archive.join(leaver);
  CHECK(fresh.person.uuid != archive.leaver_uuid);
  check_replay(*archive.store);
}

TEST_CASE("working notes go when their author leaves, and those of that very moment with the erasure") {
  ASSAY_EACH_ENGINE(engine);
  Archive archive(engine);
  const PersonId id = archive.leaver_row().id, other = archive.person(heir).id;
  const RecordId record = archive.find(archive.review_of_theirs).id;
  const auto jot = [&](PersonId author) {
    const NoteRow note{0, archive.context->new_uuid(), record, author, {}, {}, "Between us", {}, {}, 0};
    REQUIRE(archive.store->write([&](Connection& to) { put_note(to, note, 10); }));
  };
  const auto notes = [&] {
    Snapshot at = archive.store->read();
    return std::pair(count_notes(at, record, id), count_notes(at, record, other));
  };
  for (const PersonId author : {id, other}) jot(author);
  archive.hand_everything_over();
  archive.leave(false);
  CHECK(notes() == std::pair<std::int64_t, std::int64_t>(0, 1));
  jot(id);
  const std::string asked = archive.request("erasure");
  granted(archive.erase(asked));
  granted(archive.confirm(boss, asked));
  CHECK(notes() == std::pair<std::int64_t, std::int64_t>(0, 1));
  check_replay(*archive.store);
}

TEST_CASE("verify finds a payload that was taken away or changed without an erasure") {
  Archive archive("sqlite");
  archive.erase_for_good();
  check_replay(*archive.store);
  SECTION("what an erasure has left is committed to") {
    REQUIRE(archive.store->write([&](Connection& to) {
      to.run(
          "UPDATE event_payload SET facts = REPLACE(facts, '\"language\":\"de\"', '\"language\":\"en\"')"
          " WHERE redacted <> ''");
    }));
    const auto report = verify_log(*archive.store);
    REQUIRE_FALSE(report.differences.empty());
    CHECK(report.differences.front().find("not the one that was committed to") != std::string::npos);
  }
  SECTION("nor is it believed without its key") {
    REQUIRE(archive.store->write([&](Connection& to) {
      to.run("UPDATE event_payload SET facts = REPLACE(facts, 'Elbwerk', 'Albwerk')");
      to.run("DELETE FROM subject_key WHERE subject = 'organisation'");
    }));
    const auto report = verify_log(*archive.store);
    CHECK(std::any_of(report.differences.begin(), report.differences.end(), [](const std::string& one) {
      return one.find("the key of what was committed to is missing") != std::string::npos;
    }));
  }
  SECTION("only an erasure explains it") {
    REQUIRE(archive.store->write([&](Connection& to) {
      to.run(
          "UPDATE event_payload SET redacted = (SELECT e.commitment FROM event e"
          " WHERE e.sequence = event_payload.sequence) WHERE sequence = 2");
    }));
    const auto report = verify_log(*archive.store);
    REQUIRE(report.differences.size() == 1);
    CHECK(report.differences.front().find("nothing erased or disposed of its subject") != std::string::npos);
  }
}

TEST_CASE("no byte of who was erased is left in the files of the database") {
  Archive archive("sqlite");
  const fs::path folder = archive.database.settings.data;
  archive.store->wait_for_events(archive.store->last_position(), 0ms);
  REQUIRE((bytes_in(folder / "assay.db") + bytes_in(folder / "assay.db-wal")).find("Quintenzweig") !=
          std::string::npos);
  {
    const std::jthread reading([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        Snapshot at = archive.store->read();
        last_sealed(at);
      }
    });
    archive.erase_for_good();
    // The log is cut by a thread of its own, which waits for readers.
    for (int i = 0; fs::file_size(folder / "assay.db-wal") > 0; ++i) {
      REQUIRE(i < 200);
      archive.store->wait_for_events(archive.store->last_position(), 50ms);
    }
  }
  const auto left = [&] {
    const std::string bytes = bytes_in(folder / "assay.db") + bytes_in(folder / "assay.db-wal");
    return bytes.find("Quintenzweig") != std::string::npos || bytes.find("quintenzweig") != std::string::npos ||
           bytes.find("leaver.example") != std::string::npos;
  };
  CHECK_FALSE(left());
  archive.gather(archive.review_of_theirs, "Goes on");
  archive.close();
  const Compaction done = compact_database(archive.database.settings);
  CHECK(done.before > 0);
  CHECK(done.after == static_cast<std::int64_t>(fs::file_size(folder / "assay.db")));
  CHECK_FALSE(left());
  archive.open();
  check_replay(*archive.store);
}

TEST_CASE("the log is cut once a reader lets go of it that was there before an erasure") {
  Archive archive("sqlite");
  const fs::path log = archive.database.settings.data + "/assay.db-wal";
  archive.hand_everything_over();
  archive.leave(false);
  const std::string asked = archive.request("erasure");
  granted(archive.erase(asked));
  {
    Snapshot reader = archive.store->read();
    REQUIRE(find_person_anywhere(reader, archive.leaver_uuid)->state == "left");
    granted(archive.confirm(boss, asked));
    archive.store->wait_for_events(archive.store->last_position() + 1, 300ms);
    CHECK(fs::file_size(log) > 0);
    CHECK(find_person_anywhere(reader, archive.leaver_uuid)->state == "left");
  }
  for (int i = 0; fs::file_size(log) > 0; ++i) {
    REQUIRE(i < 200);
    archive.store->wait_for_events(archive.store->last_position(), 50ms);
  }
}

TEST_CASE("a restored backup is brought up to the erasures since") {
  ASSAY_EACH_ENGINE(engine);
  Archive archive(engine);
  const fs::path list = archive.folder.path() / "erased", backup = archive.folder.path() / "backup";
  archive.context->erased = list;
  archive.hand_everything_over();
  make_backup(archive.database.settings, backup);
  archive.leave(false);
  const std::string asked = archive.request("erasure");
  granted(archive.erase(asked));
  granted(archive.confirm(boss, asked));
  CHECK(read_erased(list) == std::set{archive.leaver_uuid});
  CHECK(settle_erasures(*archive.context) == 0);

  const std::string uuid = archive.leaver_uuid;
  const Database other(engine);
  restore_backup(backup, other.settings);
  const auto store = other.open();
  Context context{*store, *archive.files, archive.keys, shipped_workflows(), [&] { return archive.clock.now(); }};
  {
    Snapshot at = store->read();
    CHECK(find_person_anywhere(at, uuid)->name == "Zacharias Quintenzweig-Meier");
  }
  context.erased = list;
  CHECK(settle_erasures(context) == 1);
  CHECK(settle_erasures(context) == 0);
  {
    Snapshot at = store->read();
    const auto person = find_person_anywhere(at, uuid).value();
    CHECK(person.state == "erased");
    CHECK(person.name == pseudonym_of(uuid));
    CHECK(person.roles.empty());
  }
  check_replay(*store);
  std::ofstream(list, std::ios::app) << "Zacharias\n";
  CHECK_THROWS_WITH(settle_erasures(context), Catch::Matchers::ContainsSubstring("no id of a person"));
}

TEST_CASE("an organisation that lost its administrators to the list gets another one at the machine, and only then") {
  ASSAY_EACH_ENGINE(engine);
  Archive archive(engine);
  archive.context->erased = archive.folder.path() / "erased";
  const std::string organisation = archive.administrator().organisation.uuid;
  const Invitation wish{"Nora Neu", "nora@elbwerk.example", "de", {"administrator"}, {}};
  const auto early = invite_administrator_at_machine(*archive.context, organisation, wish);
  REQUIRE_FALSE(early);
  CHECK(early.error().reason == Reason::wrong_state);
  add_erased(archive.context->erased, {archive.person(boss).uuid});
  CHECK(settle_erasures(*archive.context) == 1);
  CHECK_FALSE(administrator_at_machine(*archive.context, organisation, ""));
  for (const auto& [name, email] : {std::pair{"", "nora@elbwerk.example"}, std::pair{"Nora", officer}}) {
    const auto refused = invite_administrator_at_machine(*archive.context, organisation, {name, email, "de", {}, {}});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == Reason::invalid);
  }
  const auto invited = granted(invite_administrator_at_machine(*archive.context, organisation, wish));
  REQUIRE(accept_invitation(*archive.context, invited.token, Office::password));
  CHECK(granted(administrator_at_machine(*archive.context, organisation, "")).person.email == wish.email);
  CHECK_FALSE(invite_administrator_at_machine(*archive.context, organisation, wish));
  check_replay(*archive.store);
}

TEST_CASE("what is open about somebody is found by who is awaited and whom registers name") {
  ASSAY_EACH_ENGINE(engine);
  Archive archive(engine);
  const PersonRow person = archive.leaver_row();
  const std::string asked = archive.request("access");
  const auto named = [&] {
    Snapshot at = archive.store->read();
    return open_records_naming(*archive.store, at, person.organisation, person.uuid);
  };
  REQUIRE(named().size() == 1);
  CHECK(named().front().uuid == asked);
  granted(archive.act(officer, "privacy-request", asked, "fulfil", {{"measures", "Sent"}, {"answer", "Here it is"}}));
  CHECK(named().empty());
}

TEST_CASE("somebody restricted is found by administrators and the officer alone, until the restriction is lifted") {
  ASSAY_EACH_ENGINE(engine);
  Archive archive(engine);
  const std::string asked = archive.request("restriction");
  granted(
      archive.act(officer, "privacy-request", asked, "restrict", {{"measures", "Hidden"}, {"answer", "It is done"}}));
  const auto found_by = [&](const char* who) {
    const Principal principal = archive.principal(who);
    Snapshot at = archive.store->read();
    const auto people = list_people(at, principal.reader, 0, 100);
    return std::any_of(people.begin(), people.end(),
                       [&](const PersonRow& one) { return one.uuid == archive.leaver_uuid; });
  };
  CHECK(archive.leaver_row().restricted);
  CHECK(archive.leaver_row().state == "active");
  CHECK_FALSE(found_by(heir));
  CHECK(found_by(officer));
  CHECK(found_by(boss));
  CHECK(found_by(leaver));
  const auto chair_for = [&](const char* who) {
    const Principal principal = archive.principal(who);
    const RecordRow review = archive.row("management-review", archive.review_of_theirs);
    Snapshot at = archive.store->read();
    const auto seats = seats_in_line(at, {review.id}).at(review.id);
    const auto chair = std::find_if(seats.begin(), seats.end(), [](const SeatRow& one) { return one.seat == "chair"; });
    REQUIRE(chair != seats.end());
    return name_for(principal.reader, chair->person, chair->person_uuid, chair->name, chair->restricted);
  };
  CHECK(chair_for(heir) == pseudonym_of(archive.leaver_uuid));
  CHECK(chair_for(leaver) == "Zacharias Quintenzweig-Meier");
  CHECK(chair_for(officer) == "Zacharias Quintenzweig-Meier");
  granted(
      archive.act(officer, "privacy-request", asked, "lift", {{"reason", "Corrected"}, {"informed_on", "2026-05-28"}}));
  CHECK(found_by(heir));
  CHECK_FALSE(archive.leaver_row().restricted);
  CHECK(chair_for(heir) == "Zacharias Quintenzweig-Meier");
  check_replay(*archive.store);
}

}  // namespace
}  // namespace assay::test::erasure_test
