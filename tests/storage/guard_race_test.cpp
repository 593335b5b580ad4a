// Every guard of the shipped workflows that looks beyond its own record holds against a change on the other side.
#include <algorithm>
#include <array>
#include <barrier>
#include <functional>
#include <set>
#include <thread>

#include "domain/guards.h"
#include "domain/load.h"
#include "domain/paths.h"
#include "ledger/digest.h"
#include "shipped_workflows.h"
#include "storage/fixture.h"

using namespace assay;
using namespace assay::test;

namespace {

/// A guard where it is used.
struct Use {
  const Definition* definition;
  const CommandDefinition* command;
  const GuardUse* guard;

  bool has(const char* parameter) const { return guard->parameters.contains(parameter); }
  std::string text(const char* parameter) const { return guard->parameters.value(parameter, std::string()); }
  std::string first(const char* parameter) const { return guard->parameters.at(parameter).at(0).get<std::string>(); }
  std::string name() const { return definition->type + "." + command->name + ": " + guard->name; }
};

std::vector<Use> uses() {
  std::vector<Use> all;
  for (const auto& [type, definition] : shipped_workflows()->types) {
    for (const auto& [name, command] : definition.commands) {
      for (const auto& guard : command.guards) all.push_back({&definition, &command, &guard});
    }
  }
  return all;
}

/// A record on which the guard is met, what it is met by, and a change after which it would not be.
class World {
 public:
  World(House& house, const Use& of)
      : use(of), actor(house_person(house, {})), other(house_person(house, {})), house_(house) {}

  const Use use;
  Organisation organisation = {};
  Person actor, other;
  Made target = {}, linked = {};
  std::map<std::string, std::vector<Made>> links = {};  // of the target
  Json body = Json::object();                           // what the command brings
  EventDraft opponent{Subject::record, 0, {}, {}};

  /// Seats, items and the like for the target and what it is linked with.
  void stand(const std::string& link, const std::string& state, const Content& of_linked = {},
             const Content& of_target = {}) {
    const auto [type, forward] = across(link);
    if (forward) {
      linked = add(*type, state, of_linked);
      Content both = of_target;
      both.links[forward->name] = {linked};
      links = both.links;
      target = add(*use.definition, own_state(), both);
      return;
    }
    target = add(*use.definition, own_state(), of_target);
    linked = add(*type, state, to_target(link, of_linked));
  }
  void stand_alone(const Content& content = {}) { target = add(*use.definition, own_state(), content); }

  /// The type at the other end, and the link when it is the target's own.
  std::pair<const Definition*, const LinkDefinition*> across(const std::string& link) const {
    if (const auto own = use.definition->links.find(link); own != use.definition->links.end())
      return {shipped_workflows()->find(own->second.to), &own->second};
    const Definition* from = nullptr;
    REQUIRE(shipped_workflows()->back_link(use.definition->type, link, &from) != nullptr);
    return {from, nullptr};
  }
  /// What a record at the other end of a back link says to point at the target.
  Content to_target(const std::string& link, Content content = {}) const {
    const Definition* from = nullptr;
    content.links[shipped_workflows()->back_link(use.definition->type, link, &from)->name] = {target};
    return content;
  }
  /// A state of the type that is, or is not, among those of the guard.
  std::string state_of(const Definition& type, bool inside) const {
    for (const auto& name : type.state_order) {
      const RecordView view{RecordId{1}, {}, &type, {}, name, 1, StoredJson(Json::object()), {}, {}, {}, {}};
      if (!use.has("in") || in_states(view, use.guard->parameters.at("in")) == inside) return name;
    }
    FAIL(use.name() << ": no state of " << type.type << (inside ? " is" : " is not") << " one of those");
    return {};
  }
  std::string own_state() const {
    return use.command->creates() ? use.definition->state_order.front() : *use.command->from.begin();
  }

  EventDraft step(const Made& record, const std::string& state, const Content& content = {}) {
    EventDraft event = house_.step(record, state, content);
    event.workflow_set = shipped_workflows()->hash;
    return event;
  }
  EventDraft creation(const Definition& type, const std::string& state, Content content, Made& made) {
    made = {RecordId{house_.store->new_id(Subject::record)}, house_.uuid(), type.type, actor.organisation, 0, {}};
    content.set["title"] = "T";
    EventDraft event = step(made, state, content);
    event.facts["created"] = true;
    for (const auto& [name, targets] : content.links) {
      if (type.links.at(name).parent) event.facts["parent"] = targets.front().uuid;
    }
    return event;
  }
  Made add(const Definition& type, const std::string& state, const Content& content = {}) {
    Made made;
    house_.commit_or_fail({creation(type, state, content, made)});
    made.version = 1;
    return made;
  }

  EventDraft attached(Subject subject, const Made& to, Json facts) {
    EventDraft event{subject, house_.store->new_id(subject), house_.uuid(), to.organisation};
    event.record = to.id;
    event.version = 1;
    event.at = house_.tick();
    event.facts = std::move(facts);
    event.facts[subject == Subject::item ? "audit" : "record"] = to.uuid;
    return event;
  }
  Json item(const std::string& question, const std::string& auditor, const std::string& result) const {
    return {{"catalogue", "hash"},
            {"catalogue_id", "small"},
            {"question", question},
            {"item", "A.1"},
            {"subject", "whole"},
            {"auditor", auditor.empty() ? Json() : Json(auditor)},
            {"status", result.empty() ? "planned" : "answered"},
            {"result", result}};
  }
  EventDraft commit(EventDraft event) {
    house_.commit_or_fail({event});
    return event;
  }
  /// The next event of the same subject.
  EventDraft next(EventDraft event, const Json& facts) {
    ++event.version;
    event.at = house_.tick();
    event.facts.update(facts);
    return event;
  }
  EventDraft person_event(const Person& person, const std::vector<std::string>& roles,
                          const std::vector<std::string>& responsibilities, std::int64_t version) {
    EventDraft event{Subject::person, static_cast<std::int64_t>(person.id), person.uuid, person.organisation};
    event.type = "person.changed";
    event.command = "change";
    event.version = version;
    event.at = house_.tick();
    event.facts = {{"name", "N"},       {"email", person.uuid}, {"language", "en"},
                   {"state", "active"}, {"roles", roles},       {"responsibilities", responsibilities}};
    return event;
  }

  bool met(const StoredFacts& facts, Instant now) const {
    RecordView record = *facts.record(target.id);
    record.body.edit().update(body);
    const Actor who{actor.id, actor.id, false};
    const Now moment{now, "UTC"};
    const GuardContext context{*shipped_workflows(), facts, record, *use.command, who, moment, &body,
                               use.guard->parameters};
    return find_guard(use.guard->name)->unmet(context).empty();
  }

 private:
  Person house_person(House& house, std::vector<std::string> roles) {
    if (organisation.uuid.empty()) organisation = house.found("Hallmark");
    return house.invite(organisation, std::move(roles));
  }

  House& house_;
};

/// How each kind of guard is met, and how it is not met any more: one way or two.
using Setup = std::function<void(World&)>;

void move_linked(World& world, bool inside_is_met) {
  const std::string link = world.use.text("link");
  const Definition& type = *world.across(link).first;
  world.stand(link, world.state_of(type, inside_is_met));
  world.opponent = world.step(world.linked, world.state_of(type, !inside_is_met));
}

void join_linked(World& world, bool inside_is_met) {
  const std::string link = world.use.text("link");
  const Definition& type = *world.across(link).first;
  world.stand(link, world.state_of(type, inside_is_met));
  Made joined;
  world.opponent = world.creation(type, world.state_of(type, !inside_is_met), world.to_target(link), joined);
}

/// The linked or, without `of`, the own record takes a step with this content.
void step_of(World& world, const Content& change, const Content& target = {}, const std::string& command = {}) {
  const std::string of = world.use.text("of");
  if (of.empty()) {
    world.stand_alone(target);
    world.opponent = world.step(world.target, world.own_state(), change);
  } else {
    const Definition& type = *world.across(of).first;
    world.stand(of, type.state_order.front(), {}, target);
    world.opponent = world.step(world.linked, type.state_order.front(), change);
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

/// Another item comes, with an auditor or an answer or neither.
Setup add_item(bool first_too) {
  return [first_too](World& world) {
    world.stand_alone();
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
  world.stand(of, world.across(of).first->state_order.front());
  const std::string result = world.use.has("results") ? world.use.first("results") : "";
  const auto planned = world.commit(world.attached(Subject::item, world.linked, world.item("q1", {}, result)));
  Json named = planned.facts;
  named["catalogue"] = "small";
  world.body[world.use.text("field")] = Json::array({named});
  world.opponent = world.next(planned, {{"removed", true}});
}

void withdraw_evidence(World& world) {
  world.stand_alone();
  const auto attached = world.commit(
      world.attached(Subject::evidence, world.target, {{"kind", "interview"}, {"title", "E"}, {"withdrawn", false}}));
  world.opponent = world.next(attached, {{"withdrawn", true}});
}

void outdate_report(World& world) {
  const std::string link = world.use.text("link");
  const Definition& type = *world.across(link).first;
  world.stand(link, type.state_order.front());
  world.commit(world.attached(Subject::report, world.target, {{"plugin", "p"}, {"format", "html"}}));
  world.opponent = world.step(world.linked, type.state_order.front());
  world.opponent.command = world.use.first("linked_since");
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
    const bool many = !use.definition->links.contains(use.text("link"));
    if (many && guard != "linked_some")
      all["joins"] = [inside_is_met](World& world) { join_linked(world, inside_is_met); };
    return all;
  };
  if (guard == "linked_all" || guard == "linked_some") return links(true);
  if (guard == "linked_none") return links(false);
  if (guard == "actor_not" && of) return {{"takes a seat", seat_actor}};
  if (guard == "actor_not_did" && of) return {{"has acted", actor_did}};
  if (guard == "people_differ") return {{"takes a seat", share_seat}};
  if (guard == "role_present") return {{"loses the role", lose_role}};
  if (guard == "items_planned") return {{"is removed", remove_item}};
  if (guard == "no_item_planned") return {{"is planned", add_item(false)}};
  if (guard == "items_assigned" || guard == "items_answered") return {{"is planned", add_item(true)}};
  if (guard == "not_own_area") return {{"answers for it", own_area}};
  if (guard == "items_of") return {{"is removed", unplan_item}};
  if (guard == "has_evidence") return {{"is withdrawn", withdraw_evidence}};
  if (guard == "has_report" && use.has("linked_since")) return {{"is outdated", outdate_report}};
  static const std::set<std::string> own = {"actor_is_not", "actor_not",  "actor_not_did", "after",
                                            "filled",       "is",         "is_not",        "no_clash",
                                            "not_after",    "not_before", "has_report",    "seated"};
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

}  // namespace

TEST_CASE("no decision of a shipped workflow rests on what has changed meanwhile elsewhere") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  House house(database);
  house.store->add_workflow_set(shipped_workflows());
  int stale = 0, races = 0;
  std::set<std::string> seen;
  for (const Use& use : uses()) {
    for (const auto& [how, setup] : races_of(use)) {
      INFO(use.name() << " " << use.guard->parameters.dump() << ", and one " << how);
      seen.insert(use.name() + " " + use.text("link") + use.text("of") + ", " + how);
      race(house, use, setup, 4, stale);
      ++races;
    }
  }
  CHECK(races > 40);
  CHECK(stale > 0);
  // Those that auditors would ask about first.
  for (const char* pair :
       {"audit.complete: linked_all nonconformities, joins", "audit.complete: linked_all nonconformities, moves",
        "audit-programme.close: linked_all audits, joins", "management-review.close: linked_all actions, joins",
        "nonconformity.close: linked_all corrective_actions, moves", "audit.conclude: items_answered , is planned",
        ": people_differ , takes a seat"}) {
    INFO(pair);
    std::string all;
    for (const auto& one : seen) all += one + "\n";
    CHECK_THAT(all, Catch::Matchers::ContainsSubstring(pair));
  }
  check_replay(*house.store);
}
