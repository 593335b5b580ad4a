// What belongs to a record: its row, seats, deadlines, proposals, items, evidence and reports.
#include "storage/coverage.h"
#include "storage/evidence.h"
#include "storage/fixture.h"

namespace assay::test::record_test {
namespace {

struct Scene {
  explicit Scene(const std::string& engine) : database(engine), house(database) {
    organisation = house.found("Hallmark");
    person = house.invite(organisation);
    second = house.invite(organisation);
    programme = house.create("programme", organisation);
    audit = house.create("audit", organisation, programme);
    finding = house.create("finding", organisation, audit);
  }
  EventDraft attached(Subject subject, const Made& record, std::int64_t id, const std::string& uuid,
                      std::int64_t version, Json facts) {
    EventDraft event{subject, id, uuid, record.organisation};
    event.record = record.id;
    event.type = "audit.something";
    event.command = "something";
    event.version = version;
    event.actor = person.id;
    event.at = house.tick();
    event.facts = std::move(facts);
    return event;
  }
  Database database;
  House house;
  Organisation organisation;
  Person person, second;
  Made programme, audit, finding;
};

Json timer(const char* day, const char* at) { return {{"day", day}, {"at", at}}; }

TEST_CASE("a record is what its events say") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  House& house = scene.house;
  const Instant issued = house.now;
  Content content;
  content.set = {{"cause", "no backup"}, {"grade", "major"}};
  content.more["append"] = {{"plans", {{"cause", "no backup"}}}};
  content.more["said"] = {{"comment", "kept in the event only"}};
  house.change(scene.finding, "answered", content);
  const Instant answered = house.now;
  Content later;
  later.set = {{"cause", nullptr}};
  house.change(scene.finding, "answered", later);

  Snapshot at = house.store->read();
  const auto row = find_record(at, scene.finding.id).value();
  CHECK(row.uuid == scene.finding.uuid);
  CHECK(row.type == "finding");
  CHECK(row.organisation == scene.organisation.id);
  CHECK(row.root == scene.audit.id);
  CHECK(row.parent == scene.audit.id);
  CHECK(row.number == "F-2026-0001");
  CHECK(row.workflow_set == small_set()->hash);
  CHECK(row.state == "answered");
  CHECK(row.version == 3);
  CHECK(row.created == issued);
  CHECK(row.state_since == answered);
  CHECK(row.updated == house.now);
  const Json body = Json::parse(row.body);
  CHECK(row.body == canonical(body));
  CHECK_FALSE(body.contains("cause"));
  CHECK_FALSE(body.contains("comment"));
  CHECK(body.at("grade") == "major");
  CHECK(body.at("plans").size() == 1);
  CHECK(find_record(at, scene.audit.id)->root == scene.audit.id);
  CHECK(find_record(at, scene.programme.id)->parent == std::nullopt);
}

TEST_CASE("a body that was computed ahead is the one that the event gives") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  House& house = scene.house;
  Content content;
  content.set = {{"cause", "no backup"}, {"score", 7}};
  EventDraft event = house.step(scene.finding, "answered", content);
  {
    Snapshot at = house.store->read();
    const Json before = Json::parse(find_record(at, scene.finding.id)->body);
    event.body = canonical(body_after(before, content.set, Json::object(), {}));
  }
  house.commit_or_fail({event});
  Snapshot at = house.store->read();
  CHECK(find_record(at, scene.finding.id)->body == *event.body);
  check_replay(*house.store);
}

TEST_CASE("timers are due once, oldest first, and the nearest day is the record's") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  House& house = scene.house;
  const auto due = [&](const char* now) {
    Snapshot at = house.store->read();
    std::string text;
    for (const auto& one : due_timers(at, *parse_instant(now), 10)) text += one.timer + " ";
    return text;
  };
  const auto day = [&] {
    Snapshot at = house.store->read();
    const auto row = find_record(at, scene.finding.id);
    return row->due ? to_text(*row->due) : std::string("-");
  };
  CHECK(day() == "-");
  Content start;
  start.more["timers"] = {{"response", timer("2026-04-10", "2026-04-10T22:00:00.000Z")},
                          {"verification", timer("2026-04-05", "2026-04-05T22:00:00.000Z")}};
  house.change(scene.finding, "issued", start);
  CHECK(day() == "2026-04-05");
  CHECK(due("2026-04-05T21:59:59.999Z").empty());
  CHECK(due("2026-04-05T22:00:00.000Z") == "verification ");
  CHECK(due("2026-05-01T00:00:00.000Z") == "verification response ");

  Content fire;
  fire.more["fired"] = "verification";
  house.change(scene.finding, "issued", fire);
  CHECK(due("2026-05-01T00:00:00.000Z") == "response ");
  CHECK(day() == "2026-04-05");  // late, not gone
  {
    Snapshot at = house.store->read();
    const auto running = timers_of(at, scene.finding.id);
    REQUIRE(running.size() == 1);
    CHECK(running.front().first == "response");
    CHECK(to_text(running.front().second.day) == "2026-04-10");
  }
  Content move;
  move.more["timers"] = {{"verification", timer("2026-06-01", "2026-06-01T22:00:00.000Z")}, {"response", nullptr}};
  house.change(scene.finding, "issued", move);
  CHECK(day() == "2026-06-01");
  CHECK(due("2026-05-01T00:00:00.000Z").empty());
  CHECK(due("2026-07-01T00:00:00.000Z") == "verification ");
  Content stop;
  stop.more["timers"] = {{"verification", nullptr}};
  house.change(scene.finding, "closed", stop);
  CHECK(day() == "-");
  CHECK(due("2026-07-01T00:00:00.000Z").empty());
  check_replay(*house.store);
}

TEST_CASE("a proposal waits until it is settled") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  House& house = scene.house;
  const std::string uuid = house.uuid();
  Content propose;
  propose.more["proposed"] = {{"uuid", uuid}, {"command", "close"}, {"input", {{"reason", "done"}}}};
  EventDraft event = house.step(scene.finding, "issued", propose);
  event.actor = scene.person.id;
  house.commit_or_fail({event});
  ++scene.finding.version;
  {
    Snapshot at = house.store->read();
    const auto open = open_proposals(at, scene.finding.id);
    REQUIRE(open.size() == 1);
    CHECK(open.front().uuid == uuid);
    CHECK(open.front().command == "close");
    CHECK(open.front().input == Json{{"reason", "done"}});
    CHECK(open.front().proposer == scene.person.id);
    CHECK(open.front().version == scene.finding.version);
    CHECK(find_proposal(at, scene.finding.id, uuid).has_value());
    CHECK_FALSE(find_proposal(at, scene.audit.id, uuid).has_value());
  }
  Content settle;
  settle.more["settled"] = {{"uuid", uuid}, {"outcome", "declined"}};
  house.change(scene.finding, "issued", settle);
  Snapshot at = house.store->read();
  CHECK(open_proposals(at, scene.finding.id).empty());
  CHECK_FALSE(find_proposal(at, scene.finding.id, uuid).has_value());
  check_replay(*house.store);
}

TEST_CASE("seats and links are shown with names") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  House& house = scene.house;
  Content content;
  content.seated["owner"] = {scene.person, scene.second};
  content.links["checked_in"] = {scene.audit};
  house.change(scene.finding, "issued", content);
  Content other;
  other.unseated["owner"] = {scene.person};
  const Made audit2 = house.create("audit", scene.organisation, scene.programme);
  other.links["checked_in"] = {audit2};
  house.change(scene.finding, "issued", other);
  Snapshot at = house.store->read();
  const auto seats = seats_of(at, scene.finding.id);
  REQUIRE(seats.size() == 1);
  CHECK(seats.front().seat == "owner");
  CHECK(seats.front().person_uuid == scene.second.uuid);
  const auto reader = house.reader(scene.person, {"audit", "finding"});
  const auto back = links_of(at, audit2.id, reader, *small_set());
  REQUIRE(back.size() == 1);  // one at a time: the first audit is not checked in any more
  CHECK(back.front().name == "checks");
  CHECK(back.front().number == "F-2026-0001");
  CHECK(back.front().state == "issued");
  CHECK(back.front().title.starts_with("finding"));
  const StoredFacts facts(*house.store, at);
  CHECK(facts.linked(scene.finding.id, "checked_in") == std::vector{audit2.id});
  CHECK(facts.linked(scene.audit.id, "checks").empty());
  CHECK(facts.seat(scene.finding.id, "owner") == std::vector{scene.second.id});
  CHECK(facts.held(scene.finding.id, "owner") == std::vector{scene.person.id, scene.second.id});  // one has left it
  CHECK(facts.held(scene.finding.id, "checker").empty());
  CHECK(facts.held(scene.audit.id, "owner").empty());
  check_replay(*house.store);
}

TEST_CASE("who performed a command, as actor or as second person, is known") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  House& house = scene.house;
  EventDraft event = house.step(scene.finding, "answered");
  event.actor = scene.person.id;
  event.second = scene.second.id;
  house.commit_or_fail({event});
  EventDraft proposal = house.step(scene.finding, "reopened");
  proposal.actor = scene.person.id;
  proposal.type += ".proposed";
  proposal.version = event.version + 1;
  house.commit_or_fail({proposal});
  Snapshot at = house.store->read();
  const StoredFacts facts(*house.store, at);
  CHECK(facts.performed(scene.finding.id, {"answered"}) == std::vector{scene.person.id, scene.second.id});
  CHECK(facts.performed(scene.finding.id, {"reopened"}).empty());
  CHECK(facts.performed(scene.finding.id, {"closed"}).empty());
  CHECK(facts.performed(scene.audit.id, {"answered"}).empty());
}

TEST_CASE("checklist items are planned, answered, counted and removed") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  House& house = scene.house;
  const auto facts = [&](const std::string& question, const std::string& result) {
    return Json{{"audit", scene.audit.uuid},
                {"catalogue", "hash"},
                {"catalogue_id", "small"},
                {"question", question},
                {"item", "A.1"},
                {"subject", "whole"},
                {"auditor", scene.person.uuid},
                {"status", result.empty() ? "planned" : "answered"},
                {"result", result},
                {"reason", ""},
                {"maturity", 3},
                {"notes", "n"},
                {"answered_by", nullptr},
                {"answered_at", nullptr}};
  };
  std::vector<std::pair<std::int64_t, std::string>> ids;
  for (const char* question : {"q2", "q1", "q3"}) {
    ids.emplace_back(house.store->new_id(Subject::item), house.uuid());
    house.commit_or_fail(
        {scene.attached(Subject::item, scene.audit, ids.back().first, ids.back().second, 1, facts(question, ""))});
  }
  Json answered = facts("q1", "conforms");
  answered["answered_by"] = scene.person.uuid;
  answered["answered_at"] = "2026-03-05T10:00:00.000Z";
  house.commit_or_fail({scene.attached(Subject::item, scene.audit, ids[1].first, ids[1].second, 2, answered)});
  Json removed = facts("q3", "");
  removed["removed"] = true;
  house.commit_or_fail({scene.attached(Subject::item, scene.audit, ids[2].first, ids[2].second, 2, removed)});

  Snapshot at = house.store->read();
  const auto first = list_items(at, scene.audit.id, 0, 1);
  REQUIRE(first.size() == 1);
  CHECK(first.front().question == "q2");
  const auto rest = list_items(at, scene.audit.id, first.front().id, 10);
  REQUIRE(rest.size() == 1);
  CHECK(rest.front().result == "conforms");
  CHECK(rest.front().auditor == scene.person.id);
  CHECK(rest.front().auditor_uuid == scene.person.uuid);
  CHECK(rest.front().maturity == 3);
  CHECK(rest.front().answered_by == scene.person.id);
  CHECK(rest.front().answered_at == parse_instant("2026-03-05T10:00:00Z"));
  CHECK(rest.front().version == 2);
  CHECK(find_item(at, scene.audit.id, "small", "q1", "whole")->uuid == ids[1].second);
  CHECK(find_item(at, scene.audit.id, ids[0].second)->question == "q2");
  CHECK_FALSE(find_item(at, scene.finding.id, ids[0].second).has_value());
  const auto counts = count_items(at, scene.audit.id);
  REQUIRE(counts.size() == 2);
  CHECK((counts[0].result.empty() && counts[0].count == 1));
  CHECK((counts[1].result == "conforms" && counts[1].count == 1));
  const StoredFacts stored(*house.store, at);
  const auto views = stored.items(scene.audit.id);
  REQUIRE(views.size() == 2);
  CHECK(views[0].question == "q1");
  CHECK(views[1].question == "q2");
  check_replay(*house.store);
}

TEST_CASE("clauses are counted for many audits at once, and records below and pointing are those that one sees") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  House& house = scene.house;
  const auto add = [&](const char* question, const char* item, const char* result, const char* at) {
    const Json facts{{"audit", scene.audit.uuid},
                     {"catalogue", "hash"},
                     {"catalogue_id", "small"},
                     {"question", question},
                     {"item", item},
                     {"subject", "whole"},
                     {"auditor", nullptr},
                     {"status", "answered"},
                     {"result", result},
                     {"reason", ""},
                     {"maturity", nullptr},
                     {"notes", ""},
                     {"answered_by", nullptr},
                     {"answered_at", at == nullptr ? Json() : Json(at)}};
    house.commit_or_fail(
        {scene.attached(Subject::item, scene.audit, house.store->new_id(Subject::item), house.uuid(), 1, facts)});
  };
  add("q1", "A.1", "conforms", "2026-03-05T10:00:00.000Z");
  add("q2", "A.1", "does_not_conform", "2026-03-04T10:00:00.000Z");
  add("q3", "A.1", "", nullptr);
  add("q4", "A.2", "not_assessed", "2026-03-06T10:00:00.000Z");
  Snapshot at = house.store->read();
  const auto counts = count_clauses(at, {scene.audit.id, scene.finding.id});
  REQUIRE(counts.size() == 2);
  CHECK(counts[0].item == "A.1");
  CHECK(counts[0].planned == 3);
  CHECK(counts[0].examined == 2);
  CHECK(counts[0].nonconforming == 1);
  CHECK(counts[0].until == parse_instant("2026-03-05T10:00:00Z"));
  CHECK(counts[1].examined == 0);
  CHECK_FALSE(counts[1].until.has_value());
  CHECK(count_clauses(at, {}).empty());

  const auto below = [&](const Reader& reader, int limit) {
    std::size_t pointing = 0;
    each_pointing_at(at, scene.finding.type, "audit", {scene.audit.id}, reader, [&](RecordId target, RecordRow&& row) {
      CHECK(target == scene.audit.id);
      CHECK(row.uuid == scene.finding.uuid);
      ++pointing;
    });
    return std::pair{records_below(at, scene.audit.id, {scene.finding.type, "action"}, reader, limit).size(), pointing};
  };
  Reader nobody{PersonId{999}, scene.audit.organisation, {}};
  CHECK(below(nobody, 10) == std::pair{std::size_t{0}, std::size_t{0}});
  nobody.whole = {scene.finding.type};
  CHECK(below(nobody, 10) == std::pair{std::size_t{1}, std::size_t{1}});
  CHECK(below(nobody, 0).first == 0);
  nobody.organisation = OrganisationId{999};
  CHECK(below(nobody, 10) == std::pair{std::size_t{0}, std::size_t{0}});
}

TEST_CASE("an id of a removed subject is not given again") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  std::int64_t id = 0;
  {
    House house(database);
    const auto organisation = house.found("Hallmark");
    const Made audit = house.create("audit", organisation, house.create("programme", organisation));
    id = house.store->new_id(Subject::item);
    for (const bool removed : {false, true}) {
      EventDraft event{Subject::item, id, "0191aaaa-0000-7000-8000-000000000001", organisation.id};
      event.record = audit.id;
      event.version = removed ? 2 : 1;
      event.at = house.tick();
      event.facts = {{"audit", audit.uuid}, {"removed", removed}};
      house.commit_or_fail({event});
    }
  }
  CHECK(database.open()->new_id(Subject::item) > id);
}

TEST_CASE("evidence and reports are listed with their record, and their files are named for the backup") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  House& house = scene.house;
  const std::int64_t id = house.store->new_id(Subject::evidence);
  const std::string uuid = house.uuid(), hash(64, 'a'), report_hash(64, 'b');
  Json facts = {{"record", scene.audit.uuid},
                {"item", nullptr},
                {"kind", "file"},
                {"title", "Log"},
                {"description", "d"},
                {"sha256", hash},
                {"file_name", "log.txt"},
                {"media_type", "text/plain"},
                {"size", 12},
                {"collected_at", "2026-03-04T08:00:00.000Z"},
                {"collected_by", scene.person.uuid},
                {"effective_from", "2026-01-01"},
                {"effective_to", nullptr},
                {"supersedes", ""},
                {"withdrawn", false}};
  house.commit_or_fail({scene.attached(Subject::evidence, scene.audit, id, uuid, 1, facts)});
  const std::int64_t report = house.store->new_id(Subject::report);
  house.commit_or_fail({scene.attached(Subject::report, scene.audit, report, house.uuid(), 1,
                                       {{"record", scene.audit.uuid},
                                        {"plugin", "report-html"},
                                        {"plugin_version", "1"},
                                        {"format", "html"},
                                        {"language", "en"},
                                        {"input_hash", "i"},
                                        {"sha256", report_hash},
                                        {"file_name", "r.html"},
                                        {"media_type", "text/html"},
                                        {"size", 5}})});
  {
    Snapshot at = house.store->read();
    const auto row = find_evidence(at, scene.audit.id, uuid).value();
    CHECK(row.title == "Log");
    CHECK(row.size == 12);
    CHECK(row.collected_by == scene.person.id);
    CHECK(row.collected_by_uuid == scene.person.uuid);
    CHECK(row.effective_from == parse_date("2026-01-01"));
    CHECK_FALSE(row.effective_to.has_value());
    CHECK_FALSE(find_evidence(at, scene.finding.id, uuid).has_value());
    CHECK(list_evidence(at, scene.audit.id, 0, 10).size() == 1);
    REQUIRE(list_reports(at, scene.audit.id, 0, 10).size() == 1);
    CHECK(list_reports(at, scene.audit.id, 0, 10).front().created_by_uuid == scene.person.uuid);
    CHECK(referenced_files(at) == std::vector<std::pair<std::string, std::string>>{
                                      {scene.organisation.uuid, hash}, {scene.organisation.uuid, report_hash}});
    const StoredFacts stored(*house.store, at);
    CHECK(stored.evidence_at(scene.audit.id).has_value());
    CHECK(stored.reported_at(scene.audit.id) == list_reports(at, scene.audit.id, 0, 10).front().created);
    CHECK_FALSE(stored.evidence_at(scene.finding.id).has_value());
  }
  facts["withdrawn"] = true;
  house.commit_or_fail({scene.attached(Subject::evidence, scene.audit, id, uuid, 2, facts)});
  Snapshot at = house.store->read();
  CHECK(find_evidence(at, scene.audit.id, uuid)->withdrawn);
  CHECK(StoredFacts(*house.store, at).evidence_at(scene.audit.id) == std::nullopt);
  check_replay(*house.store);
}

}  // namespace
}  // namespace assay::test::record_test
