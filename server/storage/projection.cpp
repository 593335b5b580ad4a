// Dispatches events to the projections of their subjects, and reads facts.
#include "storage/projection.h"

#include "domain/definition.h"
#include "storage/evidence.h"
#include "storage/items.h"
#include "storage/people.h"
#include "storage/records.h"
#include "storage/webhooks.h"
#include "storage/workflow_sets.h"

namespace assay {
namespace {

std::int64_t id_behind(Connection& to, const Event& event, const std::string& uuid, std::string_view sql) {
  if (const auto known = event.draft.ids.find(uuid); known != event.draft.ids.end()) return known->second;
  const auto found = to.one<std::int64_t>(sql, with("uuid", uuid));
  if (!found) throw std::runtime_error("event " + event.uuid + " names " + uuid + ", which does not exist");
  return std::get<0>(*found);
}

bool is_taken(Connection& to, const EventDraft& draft, const Definition& definition, const std::string& number) {
  return to.value<std::int64_t>(
             "SELECT COUNT(*) FROM record WHERE organisation = :organisation AND type = :type AND number = :number"
             " AND number <> ''",
             with("organisation", draft.organisation), with("type", definition.type), with("number", number)) > 0;
}

/// Gives an adopted record the number that it came with. One that the pattern gives moves the sequence on, so that the
/// pattern does not give it again; others stand under a year that does not exist. Both hold the row of their sequence
/// until the commit, so that nobody takes the same number meanwhile.
void take_number(Connection& to, const EventDraft& draft, const Definition& definition, const std::string& number) {
  constexpr int no_year = -1;
  auto parts = parts_of_number(definition.number, number).value_or(NumberParts{no_year, 0});
  if (parts.sequence > most_adopted_sequence(definition.number)) parts = {no_year, 0};
  to.send(
      "INSERT INTO number_sequence (organisation, type, year, last) VALUES (:organisation, :type, :year, :last)"
      " ON CONFLICT (organisation, type, year) DO UPDATE SET"
      " last = CASE WHEN number_sequence.last < :last THEN :last ELSE number_sequence.last END",
      with("organisation", draft.organisation), with("type", definition.type), with("year", parts.year),
      with("last", parts.sequence));
  if (is_taken(to, draft, definition, number)) throw VersionConflict("the number " + number + " was given meanwhile");
}

}  // namespace

void project(Connection& to, const Event& event) {
  switch (event.draft.subject) {
    case Subject::record:
      return project_record(to, event, *to.sets().at(event.draft.workflow_set));
    case Subject::item:
      return project_item(to, event);
    case Subject::evidence:
      return project_evidence(to, event);
    case Subject::report:
      return project_report(to, event);
    case Subject::organisation:
      return project_organisation(to, event);
    case Subject::person:
      return project_person(to, event);
    case Subject::token:
      return project_token(to, event);
    case Subject::webhook:
      return project_webhook(to, event);
    case Subject::reading:
      return;  // that it happened is all there is to know
  }
}

void project_taken(Connection& to, const Event& event) {
  if (event.draft.subject == Subject::item) move_items(to, record_of(event));
  if (event.draft.subject == Subject::evidence || event.draft.subject == Subject::report)
    move_evidence(to, record_of(event));
}

std::string allocate_number(Connection& to, const EventDraft& draft) {
  if (draft.subject != Subject::record || draft.version != 1) return {};
  const auto set = to.sets().at(draft.workflow_set);
  const Definition* definition = set->find(draft.facts.at("type").get<std::string>());
  if (definition == nullptr) throw std::runtime_error("an event is about a record of an unknown type: " + draft.type);
  const std::string& pattern = definition->number;
  if (auto number = optional_text(draft.facts, "number")) {
    take_number(to, draft, *definition, *number);
    return std::move(*number);
  }
  if (pattern.empty()) return {};
  int year = 0;
  if (pattern.find("{year}") != std::string::npos) {
    const auto zone =
        to.value<std::string>("SELECT zone FROM organisation WHERE id = :id", with("id", draft.organisation));
    year = static_cast<int>(local_date(draft.at, zone).year());
  }
  while (true) {
    const auto last = to.value<std::int64_t>(
        "INSERT INTO number_sequence (organisation, type, year, last) VALUES (:organisation, :type, :year, 1)"
        " ON CONFLICT (organisation, type, year) DO UPDATE SET last = number_sequence.last + 1 RETURNING last",
        with("organisation", draft.organisation), with("type", definition->type), with("year", year));
    auto number = number_of(pattern, year, last);
    if (!is_taken(to, draft, *definition, number)) return number;
  }
}

void require_one(std::int64_t changed, const Event& event) {
  if (changed == 1) return;
  throw VersionConflict(std::string(name_of(event.draft.subject)) + " " + event.draft.uuid + " is not at version " +
                        std::to_string(event.draft.version - 1));
}

const Json& member(const Json& facts, const char* name) {
  static const Json none;
  const auto found = facts.find(name);
  return found == facts.end() ? none : *found;
}

std::optional<std::string> optional_text(const Json& facts, const char* name) {
  const Json& value = member(facts, name);
  if (value.is_null()) return {};
  return value.get<std::string>();
}

std::string text_of(const Json& facts, const char* name) { return optional_text(facts, name).value_or(std::string()); }

std::optional<Instant> optional_instant(const Json& facts, const char* name) {
  const auto text = optional_text(facts, name);
  if (!text) return {};
  const auto instant = parse_instant(*text);
  if (!instant) throw std::runtime_error(std::string("an event's ") + name + " is no instant: " + *text);
  return instant;
}

std::optional<std::int64_t> optional_number(const Json& facts, const char* name) {
  const Json& value = member(facts, name);
  if (value.is_null()) return {};
  return value.get<std::int64_t>();
}

bool flag_of(const Json& facts, const char* name) {
  const Json& value = member(facts, name);
  return value.is_boolean() && value.get<bool>();
}

std::int64_t person_id(Connection& to, const Event& event, const std::string& uuid) {
  return id_behind(to, event, uuid, "SELECT id FROM person WHERE uuid = :uuid");
}

std::int64_t record_id(Connection& to, const Event& event, const std::string& uuid) {
  return id_behind(to, event, uuid, "SELECT id FROM record WHERE uuid = :uuid");
}

std::optional<std::int64_t> optional_person(Connection& to, const Event& event, const char* name) {
  const auto uuid = optional_text(event.draft.facts, name);
  if (!uuid || uuid->empty()) return {};
  return person_id(to, event, *uuid);
}

RecordId record_of(const Event& event) {
  if (!event.draft.record) throw std::logic_error("event " + event.draft.type + " names no record");
  return *event.draft.record;
}

}  // namespace assay
