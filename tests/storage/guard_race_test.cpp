// Every guard of the shipped workflows that looks beyond its own record holds against a change on the other side.
#include <algorithm>
#include <array>
#include <barrier>
#include <functional>
#include <set>
#include <thread>

#include "storage/guard_race_planning.h"
#include "storage/guard_race_register.h"

namespace assay::test::guard_race_test {
namespace {

/// How each kind of guard is met, and how it is not met any more: one way or two.
using Setup = std::function<void(World&)>;

void move_linked(World& world, bool inside_is_met) {
  const std::string link = world.use.text("link");
  const Definition& type = world.type_there(link);
  world.stand(link, world.state_of(type, inside_is_met), described(world, type));
  world.opponent = world.step(world.linked, world.state_of(type, !inside_is_met));
}

void join_linked(World& world, bool inside_is_met) {
  const std::string link = world.use.text("link");
  const Definition& type = world.type_there(link);
  world.stand(link, world.state_of(type, inside_is_met), described(world, type));
  Made joined;
  world.opponent =
      world.creation(type, world.state_of(type, !inside_is_met), world.to_there(link, described(world, type)), joined);
}

/// The linked or, without `of`, the own record takes a step with this content.
void step_of(World& world, const Content& change, const Content& target = {}, const std::string& command = {}) {
  const std::string of = world.use.text("of");
  if (of.empty()) {
    world.stand_alone(target);
    world.opponent = world.step(world.target, world.own_state(), change);
  } else {
    const Definition& type = world.type_there(of);
    const std::string& guard = world.use.guard->name;
    const std::string state =
        guard == "people_differ" || guard == "actor_not" ? world.state_of(type, true) : type.state_order.front();
    world.stand(of, state, {}, target);
    world.opponent = world.step(world.linked, state, change);
  }
  if (command.empty()) return;
  world.opponent.command = command;
  world.opponent.actor = world.actor.id;
}

void seat_actor(World& world) {
  Content change;
  change.seated[world.use.first("seats")] = {world.actor};
  step_of(world, change);
}

void share_seat(World& world) {
  Content seated, change;
  seated.seated[world.use.first("seats")] = {world.actor};
  change.seated[world.use.first("from")] = {world.actor};
  step_of(world, change, seated);
}

/// The record there, with the same person, comes to a state that is asked for.
void share_state(World& world) {
  const std::string of = world.use.text("of");
  const Definition& type = world.type_there(of);
  const bool shared = world.use.has("from");
  Content seated, there;
  if (shared) seated.seated[world.use.first("seats")] = {world.actor};
  there.seated[world.use.first(shared ? "from" : "seats")] = {world.actor};
  world.stand(of, world.state_of(type, false), there, seated);
  world.opponent = world.step(world.linked, world.state_of(type, true));
}

void lose_role(World& world) {
  world.commit(world.person_event(world.other, {world.use.first("roles")}, {}, 2));
  Content content;
  content.seated[world.use.first("seats")] = {world.other};
  world.stand_alone(content);
  world.opponent = world.person_event(world.other, {}, {}, 3);
}

void remove_item(World& world) {
  world.stand_alone();
  const auto planned = world.commit(world.attached(Subject::item, world.target, world.item("q1", {}, {})));
  world.opponent = world.next(planned, {{"removed", true}});
}

/// Another item comes, with an auditor or an answer or neither; who has the first one is in the team, if that counts.
Setup add_item(bool first_too) {
  return [first_too](World& world) {
    Content team;
    if (world.use.has("seats")) team.seated[world.use.first("seats")] = {world.other};
    world.stand_alone(team);
    if (first_too)
      world.commit(world.attached(Subject::item, world.target, world.item("q1", world.other.uuid, "conforms")));
    world.opponent = world.attached(Subject::item, world.target, world.item("q2", {}, {}));
  };
}

void own_area(World& world) {
  world.stand_alone();
  const Json item = world.item("q1", world.other.uuid, {});
  if (world.use.has("field")) {
    world.body[world.use.text("field")] = Json::array({item});
  } else {
    world.commit(world.attached(Subject::item, world.target, item));
  }
  world.opponent = world.person_event(world.other, {}, {"item:A.1"}, 2);
}

void unplan_item(World& world) {
  const std::string of = world.use.text("of");
  world.stand(of, world.type_there(of).state_order.front());
  const std::string result = world.use.has("results") ? world.use.first("results") : "";
  const auto planned = world.commit(world.attached(Subject::item, world.linked, world.item("q1", {}, result)));
  Json named = planned.facts;
  named["catalogue"] = "small";
  world.body[world.use.text("field")] = Json::array({named});
  world.opponent = world.next(planned, {{"removed", true}});
}

void withdraw_evidence(World& world) {
  Json evidence{{"kind", "interview"}, {"title", "E"}, {"withdrawn", false}};
  Content content;
  if (world.use.has("file")) {
    const std::string hash(64, 'a');
    content.set[world.use.text("file")] = hash;
    evidence.update({{"kind", "file"}, {"sha256", hash}});
  }
  world.stand_alone(content);
  const auto attached = world.commit(world.attached(Subject::evidence, world.target, evidence));
  world.opponent = world.next(attached, {{"withdrawn", true}});
}

void outdate_report(World& world) {
  const std::string link = world.use.text("link");
  const Definition& type = world.type_there(link);
  world.stand(link, type.state_order.front());
  world.commit(world.attached(Subject::report, world.target, {{"plugin", "p"}, {"format", "html"}}));
  world.opponent = world.step(world.linked, type.state_order.front());
  world.opponent.command = world.use.first("linked_since");
}

/// Evidence of the very requirement that an answer claims.
void withdraw_evidence_of_item(World& world) {
  const std::string of = world.use.text("of");
  world.stand(of, world.type_there(of).state_order.front());
  const auto planned = world.commit(world.attached(Subject::item, world.linked, world.item("q1", {}, {})));
  EventDraft evidence =
      world.attached(Subject::evidence, world.linked,
                     {{"kind", "interview"}, {"title", "E"}, {"withdrawn", false}, {"item", planned.uuid}});
  evidence.ids.emplace(planned.uuid, planned.id);
  world.commit(evidence);
  world.body[world.use.text("field")] = Json::array({{{"requirement", "A.1"}, {"result", world.use.first("results")}}});
  world.opponent = world.next(evidence, {{"withdrawn", true}});
}

/// Too low a level is let through by a record there, until it moves.
void lose_exception(World& world) {
  const std::string path = world.use.text("except");
  const Definition& type = world.type_there(path);
  Content tolerated, ours;
  tolerated.set[world.use.text("their")] = {{"rdf", 0}};
  ours.set[world.use.text("field")] = {{"rdf", 0}};
  ours.set[world.use.text("than")] = {{"rdf", 1}};
  world.stand(path, world.state_of(type, true), tolerated, ours);
  world.opponent = world.step(world.linked, world.state_of(type, false));
}

void narrow_list(World& world) {
  const std::string of = world.use.text("of"), field = world.use.text("field");
  Content theirs = described(world, world.type_there(of)), ours, none;
  ours.set[field] = some_value(world.use.definition->fields.at(field).schema);
  theirs.set[world.use.text("their")] = ours.set[field].is_array() ? ours.set[field] : Json::array({ours.set[field]});
  none.set[world.use.text("their")] = Json::array();
  if (world.use.has("held")) theirs.set[world.use.text("held")] = "2026-03-02";
  const std::string& state = world.type_there(of).state_order.front();
  world.stand(of, state, theirs, ours);
  world.opponent = world.step(world.linked, state, none);
}

/// What is said there comes to be something else.
void unsay(World& world) {
  const std::string of = world.use.text("of");
  const std::string& state = world.type_there(of).state_order.front();
  Content theirs, none;
  theirs.set[world.use.first("any")] = world.use.guard->parameters.at("one_of").front();
  none.set[world.use.first("any")] = "another";
  if (world.use.has("held")) theirs.set[world.use.text("held")] = none.set[world.use.text("held")] = "2026-03-02";
  world.stand(of, state, theirs);
  world.opponent = world.step(world.linked, state, none);
}

/// Theirs comes to have what ours has not.
void outgrow_list(World& world) {
  const std::string of = world.use.text("of"), field = world.use.text("field");
  const Definition& type = world.type_there(of);
  const std::string state = world.state_of(type, true);
  Content theirs;
  theirs.set[world.use.text("their")] = some_value(world.use.definition->fields.at(field).schema);
  world.stand(of, state);
  world.opponent = world.step(world.linked, state, theirs);
}

/// What is told here comes to be excluded there.
void widen_list(World& world) {
  const std::string of = world.use.text("of"), field = world.use.text("field");
  const Definition& type = world.type_there(of);
  const std::string state = world.state_of(type, true);
  world.body[field] = some_value(world.use.definition->fields.at(field).schema);
  Content theirs;
  theirs.set[world.use.text("their")] = world.body[field];
  world.stand(of, state);
  world.opponent = world.step(world.linked, state, theirs);
}

/// Whose session is planned is engaged at that time by a record that they sit on already or, of another type, by one
/// that comes.
Setup engage(bool sits_there) {
  return [sits_there](World& world) {
    const std::string field = world.use.text("field");
    const Json sessions = Json::array(
        {{{"auditor", world.actor.uuid}, {"starts", "2026-03-02T09:00:00Z"}, {"ends", "2026-03-02T10:00:00Z"}}});
    Content seated;
    seated.seated[world.use.first("seats")] = {world.actor};
    world.stand_alone(seated);
    world.body[field] = sessions;

    const bool internal = world.use.definition->type == "audit";
    const char* const name = sits_there == internal ? "audit" : "certification-audit";
    const Definition& type = *shipped_workflows()->find(name);
    const std::string& engaging = *type.engages->during.begin();
    Content engaged;
    engaged.set[type.engages->field] = sessions;
    if (sits_there) {
      world.linked = world.add(type, type.state_order.front(), seated);
      world.opponent = world.step(world.linked, engaging, engaged);
    } else {
      engaged.seated = seated.seated;
      Made joined;
      world.opponent = world.creation(type, engaging, engaged, joined);
    }
  };
}

/// A date elsewhere moves beyond what is compared with it: far ahead or far back.
Setup move_date(bool ahead_is_met) {
  return [ahead_is_met](World& world) {
    const std::string of = world.use.text("of"), than = world.use.text("than"), field = world.use.text("field");
    Content met, unmet, ours;
    met.set[than] = ahead_is_met ? "2900-01-01" : "1900-01-01";
    unmet.set[than] = ahead_is_met ? "1900-01-01" : "2900-01-01";
    if (field != "today") ours.set[field] = "2026-03-02";
    const std::string& state = world.type_there(of).state_order.front();
    world.stand(of, state, met, ours);
    world.opponent = world.step(world.linked, state, unmet);
  };
}

void change_dossier(World& world) {
  const auto& paths = world.use.definition->fields.at(world.use.text("dossier")).dossier;
  const std::string& state = world.type_there(paths.front()).state_order.front();
  world.stand(paths.front(), state);
  world.body[world.use.text("dossier")] = world.dossier(paths);
  Content change;
  change.set["title"] = "another";
  world.opponent = world.step(world.linked, state, change);
}

/// What can go wrong for a guard; none: what it looks at is its own record, whose version is that of the event, or can
/// only come and never go.
std::map<std::string, Setup> races_of(const Use& use) {
  const std::string& guard = use.guard->name;
  const bool of = use.has("of");
  const auto actor_did = [](World& world) { step_of(world, {}, {}, world.use.first("commands")); };
  const auto links = [&](bool inside_is_met) {
    std::map<std::string, Setup> all;
    if (!use.has("in")) return all;  // links stay
    all["moves"] = [inside_is_met](World& world) { move_linked(world, inside_is_met); };
    if (guard != "linked_some" && grows(*use.definition, use.text("link")))
      all["joins"] = [inside_is_met](World& world) { join_linked(world, inside_is_met); };
    return all;
  };
  if (guard == "linked_all" || guard == "linked_some") return links(true);
  if (guard == "linked_none") return links(false);
  if (guard == "actor_not" && use.has("in")) return {{"takes a seat", seat_actor}, {"moves", share_state}};
  if (guard == "actor_not" && of) return {{"takes a seat", seat_actor}};
  if (guard == "actor_not_did" && of) return {{"has acted", actor_did}};
  if (guard == "people_differ" && use.has("in")) return {{"takes a seat", share_seat}, {"moves", share_state}};
  if (guard == "people_differ") return {{"takes a seat", share_seat}};
  if (guard == "role_present") return {{"loses the role", lose_role}};
  if (guard == "items_planned") return {{"is removed", remove_item}};
  if (guard == "no_item_planned") return {{"is planned", add_item(false)}};
  if (guard == "items_assigned" || guard == "items_answered") return {{"is planned", add_item(true)}};
  if (guard == "not_own_area") return {{"answers for it", own_area}};
  if (guard == "items_of") return {{"is removed", unplan_item}};
  if (guard == "has_evidence") return {{"is withdrawn", withdraw_evidence}};
  if (guard == "has_report" && use.has("linked_since")) return {{"is outdated", outdate_report}};
  if (guard == "none_registered" || guard == "not_registered") return {{"comes", gain_entry}};
  if (guard == "above") return {{"comes", number_higher}};
  if (guard == "enough_days") return {{"is raised", raise_days}};
  if (guard == "sample_planned") return {{"is drawn", draw_for_plan}};
  if (guard == "sites_audited") return {{"is narrowed", narrow_list}, {"is drawn", draw_for_decision}};
  if (guard == "registered" || guard == "each_registered" || guard == "some_registered") {
    return use.has("in") ? std::map<std::string, Setup>{{"goes", lose_entry}} : std::map<std::string, Setup>{};
  }
  if (guard == "requirements_evidenced") return {{"is withdrawn", withdraw_evidence_of_item}};
  if (guard == "each_at_least" && use.has("except")) return {{"goes", lose_exception}};
  if (guard == "within") return {{"is narrowed", narrow_list}};
  if (guard == "covers_all") return {{"is widened", outgrow_list}};
  if (guard == "says" && of) return {{"says something else", unsay}};
  if (guard == "took_part") return {{"leaves the team", leave_team}};
  if (guard == "none_within" && of) return {{"is widened", widen_list}};
  if (guard == "no_clash") return {{"is planned elsewhere", engage(true)}, {"comes elsewhere", engage(false)}};
  if (guard == "dossier_unchanged") return {{"changes", change_dossier}};
  if (guard == "not_after" && of) return {{"moves", move_date(true)}};
  if ((guard == "not_before" || guard == "after") && of) return {{"moves", move_date(false)}};
  if (guard == "disposable") return {};  // takes years: raced in commands/disposal_test.cpp
  // What they have found stays so: nobody comes back, and who has left is given nothing more.
  if (guard == "have_left" || guard == "nothing_awaits") return {};
  static const std::set<std::string> own = {
      "actor_is_not",  "actor_not",      "carried",         "says",         "at_least",
      "each_at_least", "actor_not_did",  "after",           "filled",       "is",
      "is_not",        "linked_among",   "hours_planned",   "filled_where", "none_within",
      "not_after",     "not_before",     "has_report",      "rated",        "seated",
      "time_of_team",  "time_explained", "sessions_within", "sites_visited"};
  INFO(use.name() << " looks at something that this test does not know: say how it is raced");
  CHECK(own.contains(guard));
  return {};
}

/// A decision that rests on the guard, made now and committed by whoever calls it.
Commit guarded(House& house, World& world) {
  Commit commit;
  Snapshot at = house.store->read();
  const StoredFacts facts(*house.store, at);
  REQUIRE(world.met(facts, house.now));
  commit.read = facts.dependencies();
  commit.roots = facts.roots();
  commit.trees = facts.trees();
  if (world.use.command->creates()) {
    Content content;
    content.links = world.links;
    Made made;
    commit.events = {world.creation(*world.use.definition, world.own_state(), content, made)};
  } else {
    commit.events = {world.step(world.target, world.own_state())};
  }
  return commit;
}

bool still_met(House& house, const World& world) {
  Snapshot at = house.store->read();
  const StoredFacts facts(*house.store, at);
  return world.met(facts, house.now);
}

std::int64_t sequence_of(House& house, const EventDraft& event) {
  Snapshot at = house.store->read();
  return at.connection().value<std::int64_t>(
      "SELECT MAX(sequence) FROM event WHERE subject = :subject AND subject_id = :id",
      with("subject", name_of(event.subject)), with("id", event.id));
}

/// The change comes between the decision and its commit; then both commits at once.
void race(House& house, const Use& use, const Setup& setup, int rounds, int& stale) {
  {
    World world(house, use);
    setup(world);
    const Commit commit = guarded(house, world);
    house.commit_or_fail({world.opponent});
    CHECK_FALSE(still_met(house, world));
    const auto late = house.store->commit(commit);
    REQUIRE_FALSE(late.has_value());
    CHECK(late.error().reason == Reason::stale);
  }
  for (int round = 0; round < rounds; ++round) {
    World world(house, use);
    setup(world);
    const Commit commit = guarded(house, world), against{{}, {world.opponent}, {}, {}};
    std::array<bool, 2> done{};
    std::barrier start(2);
    std::thread other([&] {
      start.arrive_and_wait();
      done[1] = house.store->commit(against).has_value();
    });
    start.arrive_and_wait();
    done[0] = house.store->commit(commit).has_value();
    other.join();
    CHECK((done[0] || done[1]));
    stale += done[0] ? 0 : 1;
    // A role may be lost while a decision that saw it is being written: it was decided before, and nothing rests on it.
    const bool ordered = world.opponent.subject != Subject::person;
    if (done[0] && done[1] && ordered)
      CHECK(sequence_of(house, commit.events.front()) < sequence_of(house, world.opponent));
  }
}

TEST_CASE("no decision of a shipped workflow rests on what has changed meanwhile elsewhere") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  House house(database);
  house.store->add_workflow_set(shipped_workflows());
  int stale = 0, races = 0;
  std::set<std::string> seen;
  std::set<std::string> raced;
  for (const Use& use : uses()) {
    // The same question at another command of a type looks at the same rows.
    const bool internal = use.definition->workflow.starts_with("internal/");
    const std::string question = use.definition->type + use.guard->name + use.guard->parameters.dump();
    if (!raced.insert(internal ? question + use.command->name : question).second) continue;
    for (const auto& [how, setup] : races_of(use)) {
      INFO(use.name() << " " << use.guard->parameters.dump() << ", and one " << how);
      seen.insert(use.name() + " " + use.text("link") + use.text("of") + ", " + how);
      race(house, use, setup, 2, stale);
      ++races;
    }
  }
  CHECK(races > 40);
  CHECK(stale > 0);
  // Those that auditors would ask about first.
  for (const char* pair :
       {"audit.complete: linked_all nonconformities, joins", "audit.complete: linked_all nonconformities, moves",
        "audit-programme.close: linked_all audits, joins", "management-review.close: linked_all actions, joins",
        "nonconformity.close: linked_all corrective_actions, moves", "audit.issue_plan: no_clash , comes elsewhere",
        "audit.conclude: items_answered , is planned", ": people_differ , takes a seat"}) {
    INFO(pair);
    std::string all;
    for (const auto& one : seen) all += one + "\n";
    CHECK_THAT(all, Catch::Matchers::ContainsSubstring(pair));
  }
  check_replay(*house.store);
}

}  // namespace
}  // namespace assay::test::guard_race_test
