// Working notes: who writes them where, that nothing tells of them, and when they go.
#include "commands/notes.h"

#include "commands/fieldwork.h"
#include "storage/connection.h"

namespace assay::test::notes_test {
namespace {

using namespace std::chrono_literals;

struct Notebook : Fieldwork {
  using Fieldwork::Fieldwork;

  Result<Performed> jot(const char* who, const NoteWish& wish, const std::optional<std::string>& key = {}) {
    const Principal principal = this->principal(who);
    Call call{principal};
    call.key = key;
    call.request_hash = "hash of " + wish.text.value_or("");
    return write_note(*context, call, "audit", audit, wish, limits);
  }
  Result<Performed> jot(const char* who, const std::string& text) { return jot(who, NoteWish{text, {}}); }
  Result<Performed> rewrite(const char* who, const std::string& note, const NoteWish& wish,
                            std::optional<std::int64_t> seen) {
    const Principal principal = this->principal(who);
    return change_note(*context, Call{principal, seen}, "audit", audit, note, wish, limits);
  }
  Result<Performed> tear_out(const char* who, const std::string& note, std::optional<std::int64_t> seen = 1) {
    const Principal principal = this->principal(who);
    return drop_note(*context, Call{principal, seen}, "audit", audit, note);
  }
  std::vector<NoteRow> notes(const char* who) {
    const RecordId id = find(audit).id;
    const PersonId author = person(who).id;
    Snapshot at = store->read();
    return list_notes(at, id, author, 0, 1000);
  }
  std::string reads(const char* who) {
    const RecordRow row = find(audit);
    const Principal principal = this->principal(who);
    Snapshot at = store->read();
    const auto may = may_read_notes(*context, at, principal, row);
    return may ? "granted" : may.error().detail;
  }
  std::optional<NotesKept> kept() {
    const RecordRow row = find(audit);
    Snapshot at = store->read();
    return notes_kept(*context, at, row);
  }
  std::int64_t forget() { return forget_old_notes(*context, {}); }

  NoteLimits limits = {100, 3};
};

Reason reason_of(const Result<Performed>& result) {
  REQUIRE_FALSE(result);
  return result.error().reason;
}

TEST_CASE("whoever sits in an audit keeps notes of their own, and nobody else knows of them") {
  ASSAY_EACH_ENGINE(engine);
  Notebook book(engine);
  REQUIRE(book.plan("A.8.13-q1", auditor));
  const std::string item = book.item("A.8.13-q1").uuid;
  std::int64_t before = 0;
  {
    Snapshot at = book.store->read();
    before = at.connection().value<std::int64_t>("SELECT COUNT(*) FROM event");
  }
  const std::int64_t version = book.version(book.audit);
  const auto mine = book.jot(auditor, NoteWish{"Ask who has the keys", item});
  REQUIRE(mine);
  CHECK(mine->status == 201);
  REQUIRE(book.jot(lead, "Quick tempers here"));
  REQUIRE(book.jot(auditee, "They look at backups"));
  REQUIRE(book.notes(auditor).size() == 1);
  CHECK(book.notes(auditor).front().item_uuid == item);
  CHECK(book.notes(lead).front().text == "Quick tempers here");
  // The administrator, who is ISMS manager and sees every audit, has no seat: neither notes nor a look at others'.
  CHECK(reason_of(book.jot(planner, "Mine too")) == Reason::not_permitted);
  CHECK(book.reads(planner).starts_with("notes are taken by those who hold a seat"));
  CHECK(book.reads(lead) == "granted");
  for (const char* other : {lead, auditee}) {
    CHECK(reason_of(book.rewrite(other, mine->uuid, {"x", {}}, 1)) == Reason::not_found);
    CHECK(reason_of(book.tear_out(other, mine->uuid)) == Reason::not_found);
  }
  CHECK(reason_of(book.tear_out(planner, mine->uuid)) == Reason::not_permitted);
  CHECK(book.version(book.audit) == version);
  {
    Snapshot at = book.store->read();
    CHECK(at.connection().value<std::int64_t>("SELECT COUNT(*) FROM event") == before);
  }
  const std::string report = book.report().dump();
  CHECK(report.find("Quick tempers") == std::string::npos);
  CHECK(report.find("who has the keys") == std::string::npos);
  // A note keeps no item in the plan, and forgets the one that left it.
  REQUIRE(book.drop(lead, "A.8.13-q1"));
  CHECK(book.notes(auditor).front().item_uuid.empty());
  check_replay(*book.store);
}

TEST_CASE("a note is written and changed within limits, in the version that was seen") {
  ASSAY_EACH_ENGINE(engine);
  Notebook book(engine);
  const auto invalid = [](const Result<Performed>& result) {
    REQUIRE(reason_of(result) == Reason::invalid);
    return result.error().invalid.front().pointer;
  };
  CHECK(invalid(book.jot(lead, NoteWish{})) == "/text");
  CHECK(invalid(book.jot(lead, "")) == "/text");
  CHECK(invalid(book.jot(lead, std::string(101, 'x'))) == "/text");
  CHECK(invalid(book.jot(lead, std::string("a\0b", 3))) == "/text");
  CHECK(invalid(book.jot(lead, NoteWish{"x", "0197-no-item"})) == "/item");
  const std::string note = Notebook::granted(book.jot(lead, std::string(100, 'x')));
  CHECK(reason_of(book.rewrite(lead, note, {"y", {}}, std::nullopt)) == Reason::precondition_required);
  CHECK(reason_of(book.rewrite(lead, note, {"y", {}}, 2)) == Reason::precondition_failed);
  CHECK(invalid(book.rewrite(lead, note, {"", {}}, 1)) == "/text");
  REQUIRE(book.plan("A.5.1-q1", lead));
  const std::string item = book.item("A.5.1-q1").uuid;
  REQUIRE(book.rewrite(lead, note, {"y", item}, 1));
  CHECK(book.notes(lead).front().text == "y");
  CHECK(book.notes(lead).front().item_uuid == item);
  REQUIRE(book.rewrite(lead, note, {"z", {}}, 2));
  CHECK(book.notes(lead).front().item_uuid == item);
  REQUIRE(book.rewrite(lead, note, {{}, ""}, 3));
  CHECK(book.notes(lead).front().item_uuid.empty());
  CHECK(book.notes(lead).front().text == "z");
  REQUIRE(book.jot(lead, "two"));
  REQUIRE(book.jot(lead, "three"));
  const auto fourth = book.jot(lead, "four");
  CHECK(reason_of(fourth) == Reason::wrong_state);
  CHECK(fourth.error().detail.find("3 notes") != std::string::npos);
  REQUIRE(book.jot(auditor, "of somebody else"));
  CHECK(reason_of(book.tear_out(lead, note)) == Reason::precondition_failed);
  REQUIRE(book.tear_out(lead, note, 4));
  REQUIRE(book.jot(lead, "four"));
  CHECK(reason_of(book.tear_out(lead, note, 4)) == Reason::not_found);
}

TEST_CASE("a note is written once under its key, by the clock of the server") {
  ASSAY_EACH_ENGINE(engine);
  Notebook book(engine);
  const auto first = book.jot(lead, {"once", {}}, "key");
  REQUIRE(first);
  const auto again = book.jot(lead, {"once", {}}, "key");
  REQUIRE(again);
  CHECK(again->repeated);
  CHECK(again->uuid == first->uuid);
  CHECK(again->status == 201);
  CHECK(reason_of(book.jot(lead, {"other", {}}, "key")) == Reason::idempotency_mismatch);
  book.clock.advance(23h);
  CHECK(book.jot(lead, {"once", {}}, "key")->repeated);
  book.clock.advance(2h);
  CHECK_FALSE(book.jot(lead, {"once", {}}, "key")->repeated);
  CHECK(book.notes(lead).size() == 2);
}

TEST_CASE("after the end of the audit notes are read and deleted, until their time is over") {
  ASSAY_EACH_ENGINE(engine);
  Notebook book(engine);
  const std::string first = Notebook::granted(book.jot(lead, "one"));
  Notebook::granted(book.jot(lead, "two"));
  Notebook::granted(book.jot(auditor, "three"));
  REQUIRE(book.kept());
  CHECK(book.kept()->count == 90);
  CHECK(book.kept()->unit == "calendar_days");
  CHECK_FALSE(book.kept()->until);
  book.clock.advance(24h * 400);
  CHECK(book.forget() == 0);  // the audit is still open
  book.act(planner, "cancel", {{"reason", "Moved to spring"}});
  CHECK(reason_of(book.jot(lead, "late")) == Reason::wrong_state);
  CHECK(reason_of(book.rewrite(lead, first, {"late", {}}, 1)) == Reason::wrong_state);
  CHECK(book.reads(lead) == "granted");
  REQUIRE(book.tear_out(lead, first));
  CHECK(to_text(*book.kept()->until) == "2027-09-30");  // 90 days after 2027-07-02
  book.clock.advance(24h * 90);
  CHECK(book.forget() == 0);  // the last day
  CHECK(book.notes(lead).size() == 1);
  book.clock.advance(24h);
  CHECK(book.forget() == 2);
  CHECK(book.notes(lead).empty());
  CHECK(book.notes(auditor).empty());
  CHECK(book.forget() == 0);
  check_replay(*book.store);
}

TEST_CASE("notes stay readable to an author who has lost the seat, and go when they leave") {
  ASSAY_EACH_ENGINE(engine);
  Notebook book(engine);
  const std::string note = Notebook::granted(book.jot(auditor, "mine"));
  Notebook::granted(book.jot(lead, "theirs"));
  const std::string heir = book.join("noah@elbwerk.example", {"internal_auditor"}).person.uuid;
  book.act(planner, "change_team", {{"reason", "Illness"}, {"auditor", {heir}}});
  CHECK(book.reads(auditor) == "granted");
  CHECK(reason_of(book.jot(auditor, "more")) == Reason::not_permitted);
  REQUIRE(book.tear_out(auditor, note));
  CHECK(book.reads(auditor) != "granted");
  const PersonRow leaver = book.person(lead);
  const Principal boss = book.administrator();
  REQUIRE(remove_person(*book.context, Call{boss, leaver.version}, leaver.uuid, true));
  const RecordId audit = book.find(book.audit).id;
  Snapshot at = book.store->read();
  CHECK(count_notes(at, audit, leaver.id) == 0);
}

TEST_CASE("records that hold no answers take no notes") {
  Notebook book;
  const std::string review = book.review("Spring");
  const Principal who = book.administrator();
  const auto written = write_note(*book.context, Call{who}, "management-review", review, {"x", {}}, {});
  CHECK(reason_of(written) == Reason::not_found);
  const auto hidden = write_note(*book.context, Call{who}, "audit", review, {"x", {}}, {});
  CHECK(reason_of(hidden) == Reason::not_found);
}

}  // namespace
}  // namespace assay::test::notes_test
