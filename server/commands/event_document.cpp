// An event as the feed, the stream and webhooks tell it.
#include "commands/event_document.h"

#include "commands/for_clients.h"
#include "storage/events.h"

namespace assay {
namespace {

Json fact(const Event& event, const char* name) {
  const auto found = event.draft.facts.find(name);
  return found == event.draft.facts.end() ? Json(nullptr) : *found;
}

}  // namespace

Json event_json(const EventDocument& document, bool full) {
  Json data = document.data;
  if (full) data.update(document.detail);
  return {{"type", document.type}, {"timestamp", to_text(document.at)}, {"data", std::move(data)}};
}

bool is_administrative(const Event& event) {
  switch (event.draft.subject) {
    case Subject::record:
    case Subject::item:
    case Subject::evidence:
    case Subject::report:
    case Subject::reading:
      return false;
    case Subject::organisation:
    case Subject::person:
    case Subject::token:
    case Subject::webhook:
      return true;
  }
  return true;
}

const RecordRow* EventTeller::record(RecordId id) {
  auto known = records_.find(id);
  if (known == records_.end()) {
    auto found = find_record(at_, id);
    if (found && reader_) found = find_record(at_, found->uuid, *reader_);
    known = records_.emplace(id, std::move(found)).first;
  }
  return known->second ? &*known->second : nullptr;
}

bool EventTeller::sees(const Json& uuid) {
  return !reader_ || find_record(at_, uuid.get_ref<const std::string&>(), *reader_).has_value();
}

bool EventTeller::is_told(const Event& event) {
  if (!reader_ || !reader_->client) return true;
  if (event.draft.subject == Subject::item) return false;
  if (event.draft.subject != Subject::record) return true;
  // "certificate.issued": also where the facts are not there.
  const std::string type = event.draft.type.substr(0, event.draft.type.rfind('.'));
  if (reader_->whole.contains(type)) return true;
  const auto set = store_.workflow_set(event.draft.workflow_set);
  const Definition* definition = set ? set->find(type) : nullptr;
  if (definition == nullptr || !is_for_clients(*definition)) return true;
  const auto state = definition->states.find(event.draft.facts.value("state", std::string()));
  return state != definition->states.end() && state->second.client;
}

/// What a client may know of an event: of a record its state, links, seats and the fields that are not kept from
/// clients.
Json EventTeller::for_client(const Event& event) const {
  if (event.draft.subject != Subject::record) return Json::object();
  const Json& facts = event.draft.facts;
  const auto set = store_.workflow_set(event.draft.workflow_set);
  const Definition* definition = set ? set->find(facts.value("type", std::string())) : nullptr;
  Json told = Json::object();
  if (definition == nullptr) return told;
  for (const char* part :
       {"type", "state", "created", "parent", "links", "seated", "unseated", "set", "append", "said"}) {
    if (facts.contains(part)) told[part] = facts.at(part);
  }
  for (const char* part : {"set", "append", "said"}) {
    if (told.contains(part)) keep_from_clients(told[part], *definition);
  }
  if (told.contains("said")) told["said"].erase("comment");
  return told;
}

/// The facts without what signs or opens something, and without records that the reader does not see.
Json EventTeller::shown(const Event& event) {
  Json facts = reader_ && reader_->client ? for_client(event) : event.draft.facts;
  if (event.draft.subject == Subject::token) facts.erase("hash");
  if (event.draft.subject == Subject::organisation) facts.erase("plugin_settings");
  if (event.draft.subject == Subject::webhook) {
    facts.erase("secret");
    facts.erase("old_secret");
  }
  if (event.draft.subject == Subject::reading && facts.contains("records")) {
    Json seen = Json::array();
    for (const Json& one : facts.at("records"))
      if (sees(one.at("id"))) seen.push_back(one);
    if (seen.size() < facts.at("records").size()) facts.erase("path");
    facts["records"] = std::move(seen);
  }
  if (facts.contains("parent") && !sees(facts.at("parent"))) facts.erase("parent");
  if (!facts.contains("links")) return facts;
  Json links = Json::object();
  for (const auto& [name, targets] : facts.at("links").items()) {
    for (const Json& target : targets) {
      if (sees(target)) links[name].push_back(target);
    }
  }
  facts["links"] = std::move(links);
  return facts;
}

std::string EventTeller::href(const RecordRow& row) const {
  const auto set = store_.workflow_set(row.workflow_set);
  const Definition* definition = set ? set->find(row.type) : nullptr;
  if (definition == nullptr) throw std::runtime_error("the definition of record " + row.uuid + " is missing");
  return "/api/v1/" + definition->plural + "/" + row.uuid;
}

Json EventTeller::reference(const RecordRow& row) const {
  return {{"id", row.uuid}, {"type", row.type}, {"number", row.number}, {"href", href(row)}};
}

Json EventTeller::person(std::optional<PersonId> id) {
  if (!id) return nullptr;
  const auto known = people_.find(*id);
  if (known != people_.end()) return known->second;
  const auto named = name_of_person(at_, *id);
  if (!named) return nullptr;
  return people_.emplace(*id, named->uuid).first->second;
}

void EventTeller::tell_record(const Event& event, Json& data) {
  data["state"] = fact(event, "state");
  const RecordRow* row = record(RecordId{event.draft.id});
  if (row == nullptr) return;
  data.update(reference(*row));
  const RecordRow* parent = row->parent ? record(*row->parent) : nullptr;
  if (parent != nullptr) data["links"]["parent"] = reference(*parent);
}

void EventTeller::tell_part(const Event& event, std::string_view folder, Json& data) {
  if (event.draft.subject == Subject::item) data["state"] = fact(event, "status");
  const RecordRow* owner = event.draft.record ? record(*event.draft.record) : nullptr;
  if (owner == nullptr) return;
  data["href"] = href(*owner) + "/" + std::string(folder) + "/" + event.draft.uuid;
  data["links"]["parent"] = reference(*owner);
}

/// What was read stands in the facts; it belongs to the grant.
void EventTeller::tell_reading(const Event& event, Json& data) {
  const RecordRow* grant = event.draft.record ? record(*event.draft.record) : nullptr;
  if (grant != nullptr) data["links"]["parent"] = reference(*grant);
}

EventDocument EventTeller::tell(const Event& event) {
  EventDocument document{event.draft.type, event.draft.at};
  Json& data = document.data;
  data = {
      {"id", event.draft.uuid},
      {"type", name_of(event.draft.subject)},
      {"number", nullptr},
      {"state", nullptr},
      {"href", nullptr},
      {"links", {{"parent", nullptr}}},
      {"sequence", event.draft.version},
      {"event",
       {{"id", event.uuid}, {"position", event.position}, {"cause", event.cause}, {"command", event.draft.command}}},
      {"actor", person(event.draft.actor)},
      {"second", person(event.draft.second)}};
  switch (event.draft.subject) {
    case Subject::record:
      tell_record(event, data);
      break;
    case Subject::item:
      tell_part(event, "items", data);
      break;
    case Subject::evidence:
      tell_part(event, "evidence", data);
      break;
    case Subject::report:
      tell_part(event, "reports", data);
      break;
    case Subject::reading:
      tell_reading(event, data);
      break;
    case Subject::person:
      data["href"] = "/api/v1/people/" + event.draft.uuid;
      break;
    case Subject::webhook:
      data["href"] = "/api/v1/webhooks/" + event.draft.uuid;
      break;
    case Subject::organisation:
    case Subject::token:
      break;
  }
  document.detail = {{"facts", shown(event)}};
  return document;
}

}  // namespace assay
