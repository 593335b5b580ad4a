// Tasks: whose turn it is follows states, seats, deadlines and what clients see; a page is one reach into an index.
// What waits for a second person is found by who sees it, in the order of tasks.
#include "storage/tasks.h"

#include "storage/fixture.h"

namespace assay::test::tasks_test {
namespace {

struct Scene {
  explicit Scene(const std::string& engine) : database(engine), house(database) {
    organisation = house.found("Hallmark");
    owner = house.invite(organisation);
    other = house.invite(organisation);
    audit = house.create("audit", organisation, house.create("programme", organisation));
    add("A", "2026-06-01", owner);
    add("B", "2026-05-01", owner);
    add("C", nullptr, owner);
    add("D", "2026-05-01", other);
  }

  void add(const std::string& title, const char* due, const Person& by) {
    Content content;
    content.set = {{"title", title}};
    if (due != nullptr)
      content.more["timers"]["response"] = {{"day", due}, {"at", std::string(due) + "T22:00:00.000Z"}};
    content.seated["owner"] = {by};
    made.push_back(house.create("finding", organisation, audit, content));
    titles[made.back().uuid] = title;
  }

  std::string tasks(const Person& of, const std::vector<std::string>& roles = {}, int limit = 50) {
    Snapshot at = house.store->read();
    std::string text;
    TaskPage page;
    page.limit = limit;
    Reader reader = house.reader(of);
    if (!roles.empty()) reader.whole = {"finding"};  // the type names the role in `read`
    for (auto rows = list_tasks(at, reader, roles, page); !rows.empty(); rows = list_tasks(at, reader, roles, page)) {
      for (const auto& row : rows) text += titles.contains(row.uuid) ? titles.at(row.uuid) : "?";
      page.after_due = rows.back().due ? to_text(*rows.back().due) : std::string(no_deadline);
      page.after_id = static_cast<std::int64_t>(rows.back().id);
    }
    return text;
  }

  /// Says of a closed finding, by a command that leaves its state, whether it is overdue.
  void doubt(Made& on, bool overdue) {
    Content content;
    content.set = {{"overdue", overdue}};
    EventDraft event = house.step(on, "closed", content);
    event.command = "doubt";
    house.commit_or_fail({event});
    ++on.version;
  }

  /// The proposal's public id.
  std::string propose(Made& on, const Person& by) {
    const std::string uuid = house.uuid();
    more(on, by, "proposed", {{"uuid", uuid}, {"command", "close"}, {"input", Json::object()}});
    return uuid;
  }

  /// An event that leaves the record as it is but for one member of the facts.
  void more(Made& on, const Person& by, const char* member, Json value) {
    Content content;
    content.more[member] = std::move(value);
    EventDraft event = house.step(on, "issued", content);
    event.actor = by.id;
    event.ids.emplace(other.uuid, static_cast<std::int64_t>(other.id));
    house.commit_or_fail({event});
    ++on.version;
  }

  /// The titles of the records on which proposals wait that the person did not make, behind a position.
  std::string waiting(const Person& of, std::set<std::string> whole = {}, const TaskPage& page = {}) {
    Snapshot at = house.store->read();
    std::string text;
    for (const WaitingProposal& one : waiting_proposals(at, house.reader(of, std::move(whole)), page)) {
      CHECK(one.type == "finding");
      CHECK(one.command == "close");
      text += titles.at(find_record(at, one.record)->uuid);
    }
    return text;
  }

  Database database;
  House house;
  Organisation organisation;
  Person owner, other;
  Made audit;
  std::vector<Made> made;
  std::map<std::string, std::string> titles;
};

TEST_CASE("tasks are those of the seat or the role whose turn it is, by deadline, in pages without loss") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  CHECK(scene.tasks(scene.owner) == "BAC");
  CHECK(scene.tasks(scene.other) == "D");
  CHECK(scene.tasks(scene.other, {"manager"}) == "D");
  for (const int limit : {1, 2, 3}) CHECK(scene.tasks(scene.owner, {}, limit) == "BAC");

  scene.house.change(scene.made[0], "answered");
  scene.house.change(scene.made[1], "answered");
  CHECK(scene.tasks(scene.owner) == "C");
  CHECK(scene.tasks(scene.other, {"manager"}) == "BDA");
  for (const int limit : {1, 2}) CHECK(scene.tasks(scene.other, {"manager"}, limit) == "BDA");
  const Organisation stranger = scene.house.found("Stranger");
  CHECK(scene.tasks(scene.house.invite(stranger), {"manager"}) == "");

  scene.house.change(scene.made[0], "closed");
  CHECK(scene.tasks(scene.other, {"manager"}) == "BD");
  check_replay(*scene.house.store);
}

TEST_CASE("tasks move with seats above the record, and with deadlines") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  Content seated;
  seated.seated["owner"] = {scene.other};
  scene.house.change(scene.audit, "running", seated);
  CHECK(scene.tasks(scene.other) == "BDAC");
  Content left;
  left.unseated["owner"] = {scene.other};
  scene.house.change(scene.audit, "running", left);
  CHECK(scene.tasks(scene.other) == "D");
  left.unseated["owner"] = {scene.owner};
  scene.house.change(scene.made[0], "issued", left);
  CHECK(scene.tasks(scene.owner) == "BC");
  Content later;
  later.more["timers"]["response"] = {{"day", "2026-07-01"}, {"at", "2026-07-01T22:00:00.000Z"}};
  later.seated["owner"] = {scene.owner};
  scene.house.change(scene.made[3], "issued", later);
  CHECK(scene.tasks(scene.owner) == "BDC");
  check_replay(*scene.house.store);
}

TEST_CASE(
    "what waits for a second person is told whoever sees it and did not propose it, by the deadline of its record") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  const Person reader = scene.house.invite(scene.organisation);
  const Person stranger = scene.house.invite(scene.house.found("Stranger"));
  std::vector<std::string> ids;
  for (const int i : {2, 0, 3}) ids.push_back(scene.propose(scene.made[static_cast<std::size_t>(i)], scene.owner));
  ids.push_back(scene.propose(scene.made[0], scene.other));
  CHECK(scene.waiting(reader, {"finding"}) == "DAAC");
  CHECK(scene.waiting(reader) == "");
  CHECK(scene.waiting(reader, {"audit"}) == "");
  CHECK(scene.waiting(stranger, {"finding"}) == "");
  CHECK(scene.waiting(scene.owner) == "A");
  CHECK(scene.waiting(scene.owner, {"finding"}) == "A");
  CHECK(scene.waiting(scene.other) == "D");
  CHECK(scene.waiting(scene.other, {"finding"}) == "DAC");

  const auto behind = [&](std::size_t record, const char* due) {
    return scene.waiting(reader, {"finding"}, {due, static_cast<std::int64_t>(scene.made[record].id), 1});
  };
  CHECK(behind(1, "2026-05-01") == "DAAC");
  CHECK(behind(3, "2026-05-01") == "AAC");
  CHECK(behind(0, "2026-06-01") == "C");
  CHECK(behind(2, "9999-12-31") == "");

  scene.more(scene.made[3], reader, "settled", {{"uuid", ids[2]}, {"outcome", "declined"}});
  scene.more(scene.made[2], reader, "settled", {{"uuid", ids[0]}, {"outcome", "confirmed"}});
  CHECK(scene.waiting(reader, {"finding"}) == "AA");
  scene.more(scene.made[0], reader, "proposes", {{ids[1], scene.other.uuid}});
  CHECK(scene.waiting(scene.owner) == "AA");
  CHECK(scene.waiting(scene.other, {"finding"}) == "");
  check_replay(*scene.house.store);
}

TEST_CASE("whose turn it is may be said by fields") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  for (const std::size_t i : {0U, 3U}) scene.house.change(scene.made[i], "closed");
  CHECK(scene.tasks(scene.owner) == "BC");
  CHECK(scene.tasks(scene.other, {"manager"}) == "");
  scene.doubt(scene.made[0], true);
  CHECK(scene.tasks(scene.owner) == "BAC");
  CHECK(scene.tasks(scene.other, {"manager"}) == "A");
  Content lead;
  lead.seated["owner"] = {scene.other};
  scene.house.change(scene.audit, "running", lead);
  CHECK(scene.tasks(scene.other) == "BAC");
  scene.doubt(scene.made[3], true);
  scene.doubt(scene.made[0], false);
  CHECK(scene.tasks(scene.owner) == "BC");
  CHECK(scene.tasks(scene.other) == "BDC");
  CHECK(scene.tasks(scene.owner, {"manager"}) == "BDC");
  check_replay(*scene.house.store);
}

TEST_CASE("somebody holds the seats of a record and of what is above it") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  Content lead;
  lead.seated["lead"] = {scene.owner};
  scene.house.change(scene.audit, "running", lead);
  Snapshot at = scene.house.store->read();
  using Seats = std::map<RecordId, std::set<std::string>>;
  const RecordId theirs = scene.made[0].id, others = scene.made[3].id;
  CHECK(seats_held(at, scene.owner.id, {theirs, others}) == Seats{{theirs, {"lead", "owner"}}, {others, {"lead"}}});
  CHECK(seats_held(at, scene.other.id, {theirs, others}) == Seats{{others, {"owner"}}});
  CHECK(seats_held(at, scene.owner.id, {}).empty());
}

TEST_CASE("a page of tasks and the sweep of timers read their index and nothing else") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  Snapshot at = scene.house.store->read();
  auto& connection = at.connection();
  struct Row {
    const char *sql, *index;
  };
  const Row rows[] = {
      {"SELECT r.body FROM task t JOIN record r ON r.id = t.record WHERE t.person = 2 AND r.organisation = 1"
       " AND (t.due, t.record) > ('2026-01-01', 0) ORDER BY t.due, t.record LIMIT 51",
       "task_person"},
      {"SELECT r.body FROM record r WHERE r.organisation = 1 AND r.type = 'finding' AND r.waits = 'manager'"
       " AND r.waits <> '' AND r.due IS NOT NULL AND (r.due, r.id) > ('2026-01-01', 0) ORDER BY r.due, r.id LIMIT 51",
       "record_due"},
      {"SELECT r.body FROM record r WHERE r.organisation = 1 AND r.type = 'finding' AND r.waits = 'manager'"
       " AND r.waits <> '' AND r.due IS NULL AND r.id > 0 ORDER BY r.id LIMIT 51",
       "record_due"},
      {"SELECT record, name, next FROM timer WHERE fired = 0 AND next <= 1 ORDER BY next, record, name LIMIT 100",
       "timer_next"},
  };
  if (engine == "postgresql") connection.run("SET enable_seqscan = off");  // the tables of the test are tiny
  for (const Row& row : rows) {
    std::string plan;
    if (engine == "sqlite") {
      for (auto& [id, parent, unused, detail] : connection.all<std::int64_t, std::int64_t, std::int64_t, std::string>(
               std::string("EXPLAIN QUERY PLAN ") + row.sql)) {
        plan += detail + "\n";
      }
    } else {
      for (auto& [line] : connection.all<std::string>(std::string("EXPLAIN ") + row.sql)) plan += line + "\n";
    }
    INFO(plan);
    CHECK(plan.find(row.index) != std::string::npos);
    CHECK(plan.find("SCAN t\n") == std::string::npos);
    CHECK(plan.find("Seq Scan") == std::string::npos);
    CHECK(plan.find("TEMP B-TREE") == std::string::npos);
    if (engine == "sqlite") CHECK(plan.find("SCAN record") == std::string::npos);
  }
  if (engine == "postgresql") connection.run("SET enable_seqscan = on");
}

}  // namespace
}  // namespace assay::test::tasks_test
