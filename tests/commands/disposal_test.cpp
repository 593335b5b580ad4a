// Disposing of records: what stands in the way, what goes from rows, log, searches and files, and what stays.
#include <algorithm>

#include "commands/fieldwork.h"
#include "domain/decide.h"
#include "storage/search.h"

namespace assay::test::disposal_test {
namespace {

using namespace std::chrono_literals;

constexpr const char *boss = "maria@elbwerk.example", *officer = "dora@elbwerk.example";
constexpr auto three_years = 24h * (3 * 365 + 2);  // and a day, from 2026 on

/// What stands in the way, as "guard.code", each once, or the detail of the refusal.
std::string refused(const Result<Performed>& result) {
  if (result) return "granted";
  std::set<std::string> codes;
  for (const UnmetGuard& unmet : result.error().unmet) codes.insert(unmet.guard + "." + unmet.code);
  std::string text;
  for (const auto& code : codes) text += (text.empty() ? "" : " ") + code;
  return text.empty() ? result.error().detail : text;
}

/// An audit that was cancelled after it had been answered in part, and a programme with another one below it.
struct Archive : Fieldwork {
  explicit Archive(std::string_view engine) : Fieldwork(engine) {
    join(boss, {"top_management"});
    join(officer, {"data_protection_officer"});
    REQUIRE(plan("A.5.1-q1", lead));
    issue_plan("Xylander");
    REQUIRE(answer(lead, "A.5.1-q1"));
    evidence = granted(attach(lead, item("A.5.1-q1").uuid));
    note(lead, "Xylander was not there");
  }

  void note(const char* who, const std::string& reason) {
    act(who, "reschedule", {{"planned_from", "2026-06-28"}, {"planned_to", "2026-06-29"}, {"reason", reason}});
  }
  void cancel() { act(planner, "cancel", {{"reason", "The site of Xylander is closed"}}); }

  Result<Performed> run(const char* who, const std::string& type, const std::string& record, const std::string& command,
                        Json input) {
    const Principal principal = this->principal(who);
    return command_record(*context, Call{principal, version(record)}, {type, record, command, std::move(input)});
  }
  std::string make(const char* who, const std::string& type, const std::string& command, Json input) {
    return granted(create_record(*context, Call{principal(who)}, {type, {}, command, std::move(input)}));
  }
  std::string propose(const char* link, const std::string& record) {
    return make(planner, "disposal", "propose_organisation",
                {{"subject", "What is old"}, {"grounds", "Nobody needs it"}, {link, {record}}});
  }
  Result<Performed> carry_out(const std::string& disposal) {
    return run(planner, "disposal", disposal, "carry_out_organisation", {{"elsewhere", "Nothing"}});
  }
  Result<Performed> confirm(const char* who, const std::string& type, const std::string& record) {
    const RecordRow of = find(record);
    std::string proposal;
    {
      Snapshot at = store->read();
      proposal = open_proposals(at, of.id).at(0).uuid;
    }
    return confirm_proposal(*context, Call{principal(who), of.version}, type, record, proposal);
  }
  std::string hold(const char* link, const std::string& record) {
    return make(officer, "legal-hold", "place",
                {{"matter", "A v. B"},
                 {"ordered_by", "District court"},
                 {"grounds", "Evidence"},
                 {"since", "2026-05-01"},
                 {"covers", "The audit"},
                 {"review_on", "2029-12-31"},
                 {link, {record}}});
  }
  std::size_t found(const std::string& words) {
    REQUIRE(build_search(*store));
    const Principal who = principal(planner);
    Snapshot at = store->read();
    return search(at, {.query = search_query(words).value()}, who.reader).size();
  }
  std::int64_t rows(const std::string& table, const std::string& column = "record") {
    Snapshot at = store->read();
    return at.connection().value<std::int64_t>("SELECT COUNT(*) FROM " + table + " WHERE " + column + " = :id",
                                               with("id", find(audit).id));
  }
  /// Payloads of the whole log that say the word.
  std::int64_t told_of(const std::string& word) {
    Snapshot at = store->read();
    return at.connection().value<std::int64_t>("SELECT COUNT(*) FROM event_payload WHERE facts LIKE :word",
                                               with("word", "%" + word + "%"));
  }

  std::string evidence;
};

TEST_CASE("nothing is disposed of that goes on, has to be kept or is held") {
  ASSAY_EACH_ENGINE(engine);
  Archive archive(engine);
  CHECK(refused(archive.carry_out(archive.make(planner, "disposal", "propose_organisation",
                                               {{"subject", "Nothing"}, {"grounds", "None"}}))) == "disposable.none");
  const std::string disposal = archive.propose("audits", archive.audit);
  CHECK(refused(archive.carry_out(disposal)) == "disposable.open");
  archive.cancel();
  CHECK(refused(archive.carry_out(disposal)) == "disposable.too_early");
  archive.clock.advance(three_years - 24h);
  CHECK(refused(archive.carry_out(disposal)) == "disposable.too_early");
  archive.clock.advance(24h);
  const std::string hold = archive.hold("audits", archive.audit);
  CHECK(refused(archive.carry_out(disposal)) == "disposable.held");
  REQUIRE(archive.run(officer, "legal-hold", hold, "release", {{"release_reason", "Settled"}}));
  CHECK(refused(archive.carry_out(disposal)) == "disposable.held");  // it takes two
  REQUIRE(archive.confirm(boss, "legal-hold", hold));

  CHECK(archive.carry_out(disposal)->status == 202);
  CHECK_FALSE(archive.confirm(planner, "disposal", disposal));
  CHECK_FALSE(archive.confirm(lead, "disposal", disposal));
  CHECK(archive.rows("item", "audit") == 1);
  REQUIRE(archive.confirm(boss, "disposal", disposal));
  CHECK(archive.find(disposal).state == "carried_out");
  CHECK(refused(archive.carry_out(archive.propose("audits", archive.audit))) == "disposable.disposed");
  check_replay(*archive.store);
}

TEST_CASE("a disposal leaves what a record was and who acted on it, in rows, log and replay alike") {
  ASSAY_EACH_ENGINE(engine);
  Archive archive(engine);
  archive.cancel();
  const RecordRow before = archive.find(archive.audit);
  CHECK(archive.found("Xylander") == 1);
  CHECK(archive.told_of("Xylander") > 0);
  archive.clock.advance(three_years);
  const std::string disposal = archive.propose("audits", archive.audit);
  REQUIRE(archive.carry_out(disposal));
  REQUIRE(archive.confirm(boss, "disposal", disposal));

  const RecordRow after = archive.find(archive.audit);
  CHECK(after.number == before.number);
  CHECK(after.state == "cancelled");
  CHECK(after.state_since == before.state_since);
  CHECK(after.created == before.created);
  CHECK(after.version == before.version + 1);
  CHECK(after.body == canonical({{"disposed", {{"at", to_text(archive.clock.now())}}}}));
  for (const char* table : {"evidence", "report", "timer", "proposal", "task", "record_filter"}) {
    INFO(table);
    CHECK(archive.rows(table) == 0);
  }
  CHECK(archive.rows("item", "audit") == 0);
  CHECK(archive.rows("assignment") == 3);
  CHECK(archive.told_of("Xylander") == 0);
  CHECK(archive.told_of("Said so") == 0);
  CHECK(archive.found("Xylander") == 0);
  // Who did what and when is told as before.
  {
    const Principal who = archive.principal(planner);
    Snapshot at = archive.store->read();
    EventQuery query;
    query.limit = 200;
    query.types = {"audit.plan_issued", "audit.disposed", "audit.item_answered", "audit.evidence_attached"};
    const auto events = list_events(at, query, who.reader);
    REQUIRE(events.size() == 4);
    for (const Event& event : events) {
      CHECK(event.draft.actor.has_value());
      CHECK_FALSE(event.draft.facts.contains("set"));
    }
    CHECK(events.back().draft.facts.contains("disposed"));
  }
  // Nothing happens to it any more.
  CHECK(refused(archive.run(planner, "audit", archive.audit, "cancel", {{"reason", "again"}})).find("state") !=
        std::string::npos);
  CHECK_FALSE(archive.attach(lead));
  check_replay(*archive.store);
}

TEST_CASE("a record goes with all that hangs below it, and a hold below or above keeps all of it") {
  ASSAY_EACH_ENGINE(engine);
  Archive archive(engine);
  const std::string programme = archive.make(planner, "audit-programme", "draft",
                                             {{"title", "Programme"},
                                              {"objectives", "Xylander"},
                                              {"scope", "All"},
                                              {"criteria", {"Small"}},
                                              {"cycle_from", "2026-01-01"},
                                              {"cycle_to", "2028-12-31"},
                                              {"edition", "2022"},
                                              {"programme_manager", {archive.names.at(lead)}},
                                              {"risks_and_opportunities", "None"},
                                              {"frequency", "Yearly"},
                                              {"methods", "On site"},
                                              {"responsibilities", "The lead"}});
  REQUIRE(archive.run(boss, "audit-programme", programme, "approve", {{"next_review_on", "2027-01-01"}}));
  const std::string below = archive.make(planner, "audit", "plan",
                                         {{"programme", programme},
                                          {"title", "Xylander"},
                                          {"purposes", {"internal"}},
                                          {"objectives", "Conformity"},
                                          {"scope", "Operations"},
                                          {"criteria", {"Small"}},
                                          {"methods", {"on_site"}},
                                          {"language", "en"},
                                          {"planned_from", "2026-06-28"},
                                          {"planned_to", "2026-06-29"}});
  REQUIRE(archive.run(planner, "audit", below, "cancel", {{"reason", "No time"}}));
  REQUIRE(archive.run(planner, "audit-programme", programme, "withdraw", {{"reason", "No time"}}));
  archive.clock.advance(three_years);
  const std::string whole = archive.propose("audit_programmes", programme), part = archive.propose("audits", below);
  const std::string low = archive.hold("audits", below), high = archive.hold("audit_programmes", programme);
  const auto release = [&](const std::string& hold) {
    REQUIRE(archive.run(officer, "legal-hold", hold, "release", {{"release_reason", "Settled"}}));
    REQUIRE(archive.confirm(boss, "legal-hold", hold));
  };
  CHECK(refused(archive.carry_out(part)) == "disposable.held");
  release(low);
  CHECK(refused(archive.carry_out(part)) == "disposable.held");
  CHECK(refused(archive.carry_out(whole)) == "disposable.held");
  release(high);
  REQUIRE(archive.carry_out(whole));
  REQUIRE(archive.confirm(boss, "disposal", whole));
  for (const std::string& record : {programme, below}) {
    const RecordRow row = archive.find(record);
    CHECK(parse_stored(row.body).size() == 1);
    CHECK(parse_stored(row.body).contains("disposed"));
  }
  CHECK_FALSE(archive.find(archive.audit).body.find("disposed") != std::string::npos);
  CHECK(refused(archive.carry_out(part)) == "disposable.disposed");
  check_replay(*archive.store);
}

TEST_CASE("a disposal that was decided before a hold was placed is not committed after it") {
  ASSAY_EACH_ENGINE(engine);
  Archive archive(engine);
  archive.cancel();
  archive.clock.advance(three_years);
  const std::string disposal = archive.propose("audits", archive.audit);
  const auto decided_then = [&](const std::function<void()>& meanwhile) {
    Commit commit;
    const RecordRow row = archive.find(disposal);
    const Actor actor{archive.person(planner).id, archive.person(boss).id};
    {
      Snapshot at = archive.store->read();
      const StoredFacts facts(*archive.store, at);
      const auto decided =
          decide(*shipped_workflows(), facts, {row.id}, {"carry_out_organisation", {{"elsewhere", "Nothing"}}}, actor,
                 {archive.clock.now(), "UTC"});
      REQUIRE(decided.has_value());
      CHECK(decided->changes.front().disposed == std::vector{archive.find(archive.audit).id});
      commit.read = facts.dependencies();
      commit.roots = facts.roots();
      commit.trees = facts.trees();
    }
    meanwhile();
    commit.beside = [](Connection&) {};
    const auto done = archive.store->commit(commit);
    return done ? std::string("committed") : done.error().detail;
  };
  CHECK(decided_then([] {}) == "committed");
  CHECK(decided_then([&] { archive.hold("audits", archive.audit); }) != "committed");
}

TEST_CASE("only a disposal accounts for a payload of a record that was taken away") {
  Archive archive("sqlite");
  archive.cancel();
  archive.clock.advance(three_years);
  const std::string disposal = archive.propose("audits", archive.audit);
  REQUIRE(archive.carry_out(disposal));
  REQUIRE(archive.confirm(boss, "disposal", disposal));
  check_replay(*archive.store);
  SECTION("of another record") {
    REQUIRE(archive.store->write([&](Connection& to) {
      to.run(
          "UPDATE event_payload SET redacted = (SELECT e.commitment FROM event e WHERE e.sequence ="
          " event_payload.sequence) WHERE sequence = (SELECT MIN(sequence) FROM event WHERE record = :record)",
          with("record", archive.find(disposal).id));
    }));
    const auto report = verify_log(*archive.store);
    REQUIRE(report.differences.size() == 1);
    CHECK(report.differences.front().find("nothing erased or disposed of its subject") != std::string::npos);
  }
  SECTION("what is left is committed to") {
    REQUIRE(archive.store->write([&](Connection& to) {
      to.run("UPDATE event_payload SET facts = REPLACE(facts, '\"cancelled\"', '\"complete\"') WHERE redacted <> ''");
    }));
    const auto report = verify_log(*archive.store);
    REQUIRE_FALSE(report.differences.empty());
    CHECK(report.differences.front().find("not the one that was committed to") != std::string::npos);
  }
}

}  // namespace
}  // namespace assay::test::disposal_test
