// What an event changes about a record: its row, links, seats, deadlines, proposals, filters, and who sees it.
#include <algorithm>

#include "storage/access.h"
#include "storage/erasure.h"
#include "storage/evidence.h"
#include "storage/grants.h"
#include "storage/items.h"
#include "storage/projection.h"
#include "storage/record_filter.h"
#include "storage/records.h"
#include "storage/tasks.h"

namespace assay {
namespace {

/// One event on its way into the rows of its record.
struct Step {
  Connection& to;
  const Event& event;
  const WorkflowSet& set;
  const Definition& definition;
  RecordId id;
  bool created;

  /// 1 when clients see the record in its new state.
  std::int64_t shown() const {
    const auto state = definition.states.find(text_of(event.draft.facts, "state"));
    return state != definition.states.end() && state->second.client ? 1 : 0;
  }

  const Json& facts(const char* name) const { return member(event.draft.facts, name); }
};

std::vector<std::string> texts(const Json& list) {
  return list.is_null() ? std::vector<std::string>() : list.get<std::vector<std::string>>();
}

/// Refers to `value`, so that it may be iterated over in place.
const Json& object_of(const Json& value) {
  static const Json none = Json::object();
  return value.is_null() ? none : value;
}

std::string stored_body(const Step& step) {
  auto row = step.to.one<std::string>("SELECT body FROM record WHERE id = :id", with("id", step.id));
  require_one(row ? 1 : 0, step.event);
  return std::move(std::get<0>(*row));
}

/// The body after the event; nothing when the event leaves it as it is.
std::optional<std::string> new_body(const Step& step) {
  if (step.event.draft.body) return step.event.draft.body;
  const Json& set = step.facts("set");
  const Json& append = step.facts("append");
  const Json& waived = step.facts("waived");
  if (!step.created && set.empty() && append.empty() && waived.empty()) return {};
  Json before = step.created ? Json::object() : parse_stored(stored_body(step));
  return canonical(body_after(std::move(before), object_of(set), object_of(append), texts(waived)));
}

/// What the step makes of the record.
struct Changed {
  std::optional<std::string> body;  // as new_body() says
  std::set<std::string> turn;       // roles and seats whose turn it is
};

Changed changed_by(const Step& step) {
  auto body = new_body(step);
  const std::string state = text_of(step.event.draft.facts, "state");
  Json fields = Json::object();
  if (waits_by_fields(step.definition, state)) fields = parse_stored(body ? *body : stored_body(step));
  return {std::move(body), turn_in(step.definition, state, fields)};
}

std::optional<std::string> first_due(const Json& timers) {
  std::optional<std::string> first;
  for (const auto& timer : timers) {
    if (timer.is_null()) continue;
    auto day = timer.at("day").get<std::string>();
    if (!first || day < *first) first = std::move(day);
  }
  return first;
}

void insert_record(const Step& step, const Changed& changed) {
  const auto& draft = step.event.draft;
  std::optional<std::int64_t> parent;
  std::int64_t root = static_cast<std::int64_t>(step.id);
  if (const auto uuid = optional_text(draft.facts, "parent")) {
    parent = record_id(step.to, step.event, *uuid);
    if (!step.definition.root) {
      root = step.to.value<std::int64_t>("SELECT root FROM record WHERE id = :id", with("id", *parent));
    }
  }
  step.to.send(
      "INSERT INTO record (id, uuid, type, organisation, root, parent, number, workflow_set, state, version, created, "
      "updated,"
      " state_since, due, body, shown, waits) VALUES (:id, :uuid, :type, :organisation, :root, :parent, :number, "
      ":workflow_set, "
      ":state,"
      " :version, :at, :at, :since, :due, :body, :shown, :waits)",
      with("id", step.id), with("uuid", draft.uuid), with("type", step.definition.type),
      with("organisation", draft.organisation), with("root", root), with("parent", parent),
      with("number", step.event.number), with("workflow_set", draft.workflow_set),
      with("state", text_of(draft.facts, "state")), with("version", draft.version), with("at", draft.at),
      with("since", optional_instant(draft.facts, "since").value_or(draft.at)),
      with("due", first_due(step.facts("timers"))), with("body", changed.body), with("shown", step.shown()),
      with("waits", roles_awaited(step.definition, changed.turn)));
  step.to.send("INSERT INTO record_version (record, tree, items, evidence) VALUES (:record, 0, 0, 0)",
               with("record", step.id));
}

void update_record(const Step& step, const Changed& changed) {
  const auto& draft = step.event.draft;
  try {
    step.to.send_one(
        "UPDATE record SET state_since = CASE WHEN state = :state THEN state_since ELSE :at END, state = :state,"
        " version = :version, updated = :at, workflow_set = :workflow_set, body = COALESCE(:body, body),"
        " shown = :shown, waits = :waits, due = (SELECT MIN(day) FROM timer WHERE record = :id) WHERE id = :id AND "
        "version = :before",
        with("state", text_of(draft.facts, "state")), with("at", draft.at), with("version", draft.version),
        with("workflow_set", draft.workflow_set), with("body", changed.body), with("shown", step.shown()),
        with("waits", roles_awaited(step.definition, changed.turn)), with("id", step.id),
        with("before", draft.version - 1));
  } catch (const DatabaseError& error) {
    if (error.kind != DatabaseError::Kind::unmatched) throw;
    require_one(0, step.event);
  }
}

void move_tree(Connection& to, RecordId record) {
  to.send("UPDATE record_version SET tree = tree + 1 WHERE record = (SELECT root FROM record WHERE id = :id)",
          with("id", record));
}

void project_links(const Step& step) {
  for (const auto& [name, targets] : object_of(step.facts("links")).items()) {
    const auto link = step.definition.links.find(name);
    if (link == step.definition.links.end()) throw std::runtime_error("an event adds an unknown link " + name);
    if (!link->second.many) {
      for (const auto& [old] : step.to.all<RecordId>("SELECT target FROM link WHERE source = :source AND name = :name",
                                                     with("source", step.id), with("name", name))) {
        move_tree(step.to, old);
      }
      step.to.send("DELETE FROM link WHERE source = :source AND name = :name", with("source", step.id),
                   with("name", name));
    }
    for (const auto& uuid : targets) {
      const RecordId target{record_id(step.to, step.event, uuid.get<std::string>())};
      step.to.send("INSERT INTO link (source, name, target) VALUES (:source, :name, :target) ON CONFLICT DO NOTHING",
                   with("source", step.id), with("name", name), with("target", target));
      move_tree(step.to, target);  // a decision that looks from the other end must notice
    }
  }
}

bool is_client_seat(const WorkflowSet& set, const std::string& seat) {
  const auto role = set.roles.find(seat);
  return role != set.roles.end() && role->second.side == "client";
}

void project_seats(const Step& step) {
  for (const auto& [seat, people] : object_of(step.facts("unseated")).items()) {
    for (const auto& uuid : people) {
      const PersonId person{person_id(step.to, step.event, uuid.get<std::string>())};
      step.to.send("DELETE FROM assignment WHERE record = :record AND seat = :seat AND person = :person",
                   with("record", step.id), with("seat", seat), with("person", person));
      if (!step.created) restrict_access(step.to, step.id, person);
    }
  }
  for (const auto& [seat, people] : object_of(step.facts("seated")).items()) {
    const bool client = is_client_seat(step.set, seat);
    for (const auto& uuid : people) {
      const PersonId person{person_id(step.to, step.event, uuid.get<std::string>())};
      step.to.send(
          "INSERT INTO assignment (record, seat, person, client) VALUES (:record, :seat, :person, :client)"
          " ON CONFLICT DO NOTHING",
          with("record", step.id), with("seat", seat), with("person", person), with("client", client ? 1 : 0));
      if (!step.created) extend_access(step.to, step.id, person, client);
    }
  }
}

void project_timers(const Step& step) {
  // First, since what a timer fires may move it to its next day.
  if (const auto fired = optional_text(step.event.draft.facts, "fired")) {
    step.to.send("UPDATE timer SET fired = 1 WHERE record = :record AND name = :name", with("record", step.id),
                 with("name", *fired));
  }
  for (const auto& [name, due] : object_of(step.facts("timers")).items()) {
    if (due.is_null()) {
      step.to.send("DELETE FROM timer WHERE record = :record AND name = :name", with("record", step.id),
                   with("name", name));
      continue;
    }
    step.to.send(
        "INSERT INTO timer (record, name, day, at, fired, next) VALUES (:record, :name, :day, :at, 0, :next)"
        " ON CONFLICT (record, name) DO UPDATE SET day = :day, at = :at, fired = 0, next = :next",
        with("record", step.id), with("name", name), with("day", text_of(due, "day")),
        with("at", optional_instant(due, "at").value()),
        with("next", optional_instant(due, "remind").value_or(optional_instant(due, "at").value())));
  }
  if (const Json& reminded = step.facts("reminded"); !reminded.is_null()) {
    step.to.send("UPDATE timer SET next = COALESCE(:next, at) WHERE record = :record AND name = :name",
                 with("next", optional_instant(reminded, "next")), with("record", step.id),
                 with("name", text_of(reminded, "timer")));
  }
}

void project_proposals(const Step& step) {
  const auto& draft = step.event.draft;
  if (const Json& proposed = step.facts("proposed"); !proposed.is_null()) {
    step.to.send(
        "INSERT INTO proposal (uuid, organisation, record, command, input, proposer, version, at, outcome)"
        " VALUES (:uuid, :organisation, :record, :command, :input, :proposer, :version, :at, '')",
        with("uuid", text_of(proposed, "uuid")), with("organisation", draft.organisation), with("record", step.id),
        with("command", text_of(proposed, "command")), with("input", canonical(member(proposed, "input"))),
        with("proposer", draft.actor.value()), with("version", draft.version), with("at", draft.at));
  }
  for (const auto& [uuid, person] : object_of(step.facts("proposes")).items()) {
    step.to.send("UPDATE proposal SET proposer = :proposer WHERE uuid = :uuid AND record = :record",
                 with("proposer", person_id(step.to, step.event, person.get<std::string>())), with("uuid", uuid),
                 with("record", step.id));
  }
  if (const Json& settled = step.facts("settled"); !settled.is_null()) {
    step.to.send("UPDATE proposal SET outcome = :outcome WHERE uuid = :uuid AND record = :record",
                 with("outcome", text_of(settled, "outcome")), with("uuid", text_of(settled, "uuid")),
                 with("record", step.id));
  }
}

/// False when the step leaves state, deadlines and seats as they are, and the fields that say whose turn it is.
bool moves_tasks(const Step& step) {
  const auto command = step.definition.commands.find(step.event.draft.command);
  const bool stays = !step.created && command != step.definition.commands.end() && !command->second.to;
  const bool by_fields = waits_by_fields(step.definition, text_of(step.event.draft.facts, "state"));
  if (by_fields && !step.facts("set").is_null()) return true;
  return !stays || !step.facts("timers").is_null() || !step.facts("seated").is_null() ||
         !step.facts("unseated").is_null();
}

/// After seats, deadlines and what clients see.
void project_turns(const Step& step, const Changed& changed) {
  if (!moves_tasks(step)) return;
  project_tasks(step.to, step.id, changed.turn, step.event.draft.line);
  if (step.created) return;
  std::set<std::string> seats;
  for (const char* change : {"seated", "unseated"}) {
    for (const auto& [seat, people] : object_of(step.facts(change)).items()) seats.insert(seat);
  }
  if (!seats.empty()) project_tasks_below(step.to, step.id, seats);
}

void move_registers(Connection& to, OrganisationId organisation) {
  to.send("UPDATE register_version SET version = version + 1 WHERE organisation = :organisation",
          with("organisation", organisation));
}

/// Of the record stay what it was, where it hung, its state, number, dates, links and seats.
void dispose(const Step& step) {
  const auto& draft = step.event.draft;
  const std::string body = canonical({{"disposed", step.facts("disposed")}});
  const auto changed = step.to.run(
      "UPDATE record SET version = :version, updated = :at, body = :body, due = NULL, waits = '' WHERE id = :id AND "
      "version = "
      ":before",
      with("version", draft.version), with("at", draft.at), with("body", body), with("id", step.id),
      with("before", draft.version - 1));
  require_one(changed, step.event);
  for (const char* rows : {"timer", "proposal", "task", "record_filter", "evidence", "report"})
    step.to.send(std::string("DELETE FROM ") + rows + " WHERE record = :record", with("record", step.id));
  step.to.send("DELETE FROM item WHERE audit = :record", with("record", step.id));
  move_items(step.to, step.id);
  move_evidence(step.to, step.id);
}

}  // namespace

bool moves_registers(const Definition& definition, const EventDraft& event) {
  return definition.is_register ||
         (definition.engages && definition.engages->during.contains(text_of(event.facts, "state")));
}

void project_record(Connection& to, const Event& event, const WorkflowSet& set) {
  const auto& draft = event.draft;
  const Definition* definition = set.find(text_of(draft.facts, "type"));
  if (definition == nullptr) throw std::runtime_error("event " + draft.type + " is about a record of an unknown type");
  const Step step{to, event, set, *definition, RecordId{draft.id}, draft.version == 1};
  if (disposes(draft)) {
    dispose(step);
    move_tree(to, step.id);
    if (moves_registers(*definition, draft)) move_registers(to, draft.organisation);
    return;
  }
  const Changed changed = changed_by(step);
  if (step.created) {
    insert_record(step, changed);
    project_timers(step);
  } else {
    project_timers(step);  // first: the row's due date follows from them
    update_record(step, changed);
  }
  project_links(step);
  project_seats(step);
  if (step.created) {
    open_access(to, step.id, definition->type, draft.organisation);
  } else if (is_for_clients(*definition)) {
    show_to_clients(to, step.id);
  }
  if (definition->grants) project_grants(to, step.id, *definition, text_of(draft.facts, "state"));
  project_turns(step, changed);
  project_filters(to, step.id, draft.organisation, *definition, object_of(step.facts("set")), step.created);
  project_proposals(step);
  move_tree(to, step.id);
  if (moves_registers(*definition, draft)) move_registers(to, draft.organisation);
}

}  // namespace assay
