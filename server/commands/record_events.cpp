// From a decision to its events: provisional records become real ones, people and links become public ids.
#include <unordered_map>

#include "commands/people.h"
#include "commands/records.h"
#include "domain/paths.h"

namespace assay {
namespace {

struct Identity {
  std::int64_t id;
  std::string uuid;
};

/// Gives every record of a decision its internal and public id.
class Identities {
 public:
  Identities(Moment& moment, const Decision& decision, const std::map<RecordId, std::string>& uuids) : moment_(moment) {
    for (const Change& change : decision.changes) {
      if (static_cast<std::int64_t>(change.record) >= 0 || known_.contains(change.record)) continue;
      const std::int64_t id = moment.context.store.new_id(Subject::record);
      const auto given = uuids.find(change.record);
      known_.emplace(change.record, Identity{id, given == uuids.end() ? moment.context.new_uuid() : given->second});
    }
  }

  const Identity& of(RecordId record) {
    const auto found = known_.find(record);
    if (found != known_.end()) return found->second;
    const RecordView* view = moment_.facts.record(record);
    if (view == nullptr) throw std::logic_error("a decision names a record that does not exist");
    return known_.emplace(record, Identity{static_cast<std::int64_t>(record), view->uuid}).first->second;
  }

 private:
  Moment& moment_;
  std::unordered_map<RecordId, Identity> known_;
};

Json people_of(Moment& moment, EventDraft& event, const std::map<std::string, std::vector<PersonId>>& seats) {
  Json all = Json::object();
  for (const auto& [seat, people] : seats) {
    Json& list = all[seat] = Json::array();
    for (const PersonId person : people) {
      const std::string uuid = moment.facts.person_uuid(person);
      event.ids.emplace(uuid, static_cast<std::int64_t>(person));
      list.push_back(uuid);
    }
  }
  return all;
}

Json links_of_change(EventDraft& event, Identities& identities, const Change& change) {
  Json all = Json::object();
  for (const auto& [link, records] : change.links) {
    Json& list = all[link] = Json::array();
    for (const RecordId record : records) {
      const Identity& identity = identities.of(record);
      event.ids.emplace(identity.uuid, identity.id);
      list.push_back(identity.uuid);
    }
  }
  return all;
}

void keep(Json& facts, const char* name, Json value) {
  if (!value.empty()) facts[name] = std::move(value);
}

Json timers_of_change(const Change& change) {
  Json all = Json::object();
  for (const auto& [name, due] : change.timers) {
    all[name] = due ? Json{{"day", to_text(due->day)}, {"at", to_text(due->at)}} : Json(nullptr);
    if (due && due->remind) all[name]["remind"] = to_text(*due->remind);
  }
  return all;
}

Json facts_of(Moment& moment, EventDraft& event, Identities& identities, const Change& change) {
  Json facts = {{"type", change.definition->type}, {"state", change.state}};
  if (change.created) facts["created"] = true;
  if (!change.number.empty()) facts["number"] = change.number;
  if (change.since) facts["since"] = to_text(*change.since);
  keep(facts, "links", links_of_change(event, identities, change));
  if (const auto* parent = change.definition->parent(); change.created && parent != nullptr) {
    const auto named = change.links.find(parent->name);
    if (named != change.links.end() && !named->second.empty()) {
      facts["parent"] = identities.of(named->second.front()).uuid;
    }
  }
  keep(facts, "set", change.set);
  keep(facts, "append", change.append);
  keep(facts, "said", change.said);
  keep(facts, "seated", people_of(moment, event, change.seated));
  keep(facts, "unseated", people_of(moment, event, change.unseated));
  keep(facts, "timers", timers_of_change(change));
  keep(facts, "told", change.told);
  keep(facts, "waived", change.waived);
  keep(facts, "judged", change.judged);
  return facts;
}

/// The text of the body after the change, of which `before` becomes the value; nothing when it stays as it is. Made
/// here and not by the writer, which works for everybody.
std::optional<std::string> body_of(const Change& change, StoredJson& before) {
  if (!change.created && change.set.empty() && change.append.empty() && change.waived.empty()) return {};
  Json& body = before.edit();
  body = body_after(std::move(body), change.set, change.append, change.waived);
  return canonical(body);
}

/// The events of people whom the change erases or restricts; nobody is erased twice.
void add_people(Moment& moment, const Change& change, const Actor& actor, const std::string& record,
                std::vector<EventDraft>& events) {
  for (const auto& [id, what] : change.people) {
    auto person = find_person(moment.at, id);
    if (!person) throw std::logic_error("a decision names a person who does not exist");
    const bool is_so = what == "erased" ? person->state == "erased" : person->restricted == (what == "restricted");
    if (is_so) continue;
    events.push_back(treated_event(moment.at, std::move(*person), what, moment.now, actor.person, actor.second,
                                   {{"record", record}}));
  }
}

/// The events of records whose contents the change takes away. Each keeps its state.
void add_disposed(Moment& moment, const Change& change, const Actor& actor, std::vector<EventDraft>& events) {
  for (const RecordId id : change.disposed) {
    const RecordView& record = record_at(moment.facts, id);
    EventDraft event{Subject::record, static_cast<std::int64_t>(id), record.uuid, record.organisation};
    event.record = id;
    event.type = record.definition->type + ".disposed";
    event.command = change.command;
    event.version = record.version + 1;
    event.actor = actor.person;
    event.second = actor.second;
    event.at = moment.now;
    event.workflow_set = record.workflow_set;
    event.facts = {
        {"type", record.definition->type}, {"state", record.state}, {"disposed", {{"at", to_text(moment.now)}}}};
    events.push_back(std::move(event));
  }
}

}  // namespace

std::vector<EventDraft> events_of(Moment& moment, const Decision& decision, const Actor& actor, std::string_view set,
                                  const std::map<RecordId, std::string>& uuids) {
  Identities identities(moment, decision, uuids);
  std::unordered_map<RecordId, std::int64_t> versions;
  std::unordered_map<RecordId, StoredJson> bodies;
  std::vector<EventDraft> events;
  for (const Change& change : decision.changes) {
    const Identity identity = identities.of(change.record);
    auto& version = versions[change.record];
    auto& body = bodies.try_emplace(change.record, StoredJson(Json::object())).first->second;
    if (version == 0 && !change.created) {
      version = moment.facts.record(change.record)->version;
      body = moment.facts.record(change.record)->body;
    }
    EventDraft event{Subject::record, identity.id, identity.uuid, change.organisation};
    event.record = RecordId{identity.id};
    event.type = change.definition->type + "." + change.event;
    event.command = change.command;
    event.version = ++version;
    event.actor = actor.person;
    event.second = actor.second;
    event.at = moment.now;
    event.workflow_set = change.created ? std::string(set) : moment.facts.record(change.record)->workflow_set;
    event.facts = facts_of(moment, event, identities, change);
    event.body = body_of(change, body);
    event.line = moment.facts.line(change.record);
    events.push_back(std::move(event));
    add_people(moment, change, actor, identity.uuid, events);
    add_disposed(moment, change, actor, events);
  }
  return events;
}

}  // namespace assay
