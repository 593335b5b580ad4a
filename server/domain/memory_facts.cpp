// Facts in memory.
#include "domain/memory_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "domain/time.h"

namespace assay {

std::string MemoryFacts::uuid_of(RecordId id) {
  return fmt::format("00000000-0000-7000-8000-{:012x}", static_cast<std::int64_t>(id));
}

std::string MemoryFacts::uuid_of(PersonId id) {
  return fmt::format("00000000-0000-7000-9000-{:012x}", static_cast<std::int64_t>(id));
}

MemoryFacts::MemoryFacts(const WorkflowSet& set) : set_(set) {}
MemoryFacts::~MemoryFacts() = default;

PersonId MemoryFacts::add_person(std::vector<std::string> roles, OrganisationId organisation) {
  const PersonId id{++last_person_};
  people_[id] = {organisation, std::move(roles), {}};
  return id;
}

void MemoryFacts::give_role(PersonId id, std::string role) { people_.at(id).roles.push_back(std::move(role)); }

void MemoryFacts::leave(PersonId id) {
  left_.emplace(id, people_.at(id).organisation);
  people_.erase(id);
}

void MemoryFacts::answers_for(PersonId id, std::string what) {
  people_.at(id).responsibilities.push_back(std::move(what));
}

RecordId MemoryFacts::add(std::string_view type, std::string state, Json body, const Links& links, const Seats& seats,
                          OrganisationId organisation) {
  const Definition* definition = set_.find(type);
  if (!definition) throw std::invalid_argument("no such type: " + std::string(type));
  if (!definition->states.contains(state)) throw std::invalid_argument("no such state: " + state);
  const RecordId id{++last_record_};
  const std::string number = number_of(definition->number, 2026, ++sequences_[std::string(type)]);
  records_.insert_or_assign(id, RecordView{id,
                                           uuid_of(id),
                                           definition,
                                           organisation,
                                           std::move(state),
                                           1,
                                           StoredJson(std::move(body)),
                                           number,
                                           Instant{},
                                           Instant{},
                                           {}});
  for (const auto& [name, to] : links) link(id, name, to);
  for (const auto& [name, people] : seats) take_seats(id, name, people);
  return id;
}

RecordView& MemoryFacts::at(RecordId id) { return records_.at(id); }

void MemoryFacts::link(RecordId from, const std::string& name, RecordId to) {
  if (!at(from).definition->links.contains(name)) throw std::invalid_argument("no such link: " + name);
  links_.insert({from, name, to});
}

void MemoryFacts::take_seats(RecordId id, const std::string& name, std::vector<PersonId> people) {
  if (!at(id).definition->people.contains(name)) throw std::invalid_argument("no such seat: " + name);
  std::sort(people.begin(), people.end());
  held_[{id, name}].insert(people.begin(), people.end());
  seats_[{id, name}] = std::move(people);
}

void MemoryFacts::add_item(RecordId audit, ItemView item) { items_[audit].push_back(std::move(item)); }

std::vector<ItemView>& MemoryFacts::items_of(RecordId audit) { return items_[audit]; }

void MemoryFacts::did(PersonId person, RecordId id, std::string command, Instant at) {
  performed_at_[{id, command}] = at;
  performed_[id].emplace_back(std::move(command), person);
}

void MemoryFacts::add_report(RecordId id, Instant at) { reports_[id] = at; }

void MemoryFacts::add_evidence(RecordId id, Instant at) { evidence_[id] = at; }

void MemoryFacts::add_file(RecordId id, std::string sha256, Instant at) {
  add_evidence(id, at);
  files_[id].insert(std::move(sha256));
}

void MemoryFacts::withdraw_evidence(RecordId id) {
  evidence_.erase(id);
  files_.erase(id);
}

void MemoryFacts::add_evidence_of(RecordId id, std::string item, std::string subject) {
  evidenced_[id].push_back({std::move(item), std::move(subject)});
}

const RecordView* MemoryFacts::record(RecordId id) const {
  const auto found = records_.find(id);
  return found == records_.end() ? nullptr : &found->second;
}

std::vector<RecordId> MemoryFacts::linked(RecordId id, std::string_view name) const {
  std::set<RecordId> found;
  const std::string& type = records_.at(id).definition->type;
  for (const auto& [from, link_name, to] : links_) {
    const LinkDefinition& link = records_.at(from).definition->links.at(link_name);
    if (from == id && link_name == name) found.insert(to);
    if (to == id && link.back == name && link.to == type) found.insert(from);
  }
  return {found.begin(), found.end()};
}

std::vector<PersonId> MemoryFacts::seat(RecordId id, std::string_view name) const {
  const auto found = seats_.find({id, std::string(name)});
  return found == seats_.end() ? std::vector<PersonId>{} : found->second;
}

std::vector<PersonId> MemoryFacts::held(RecordId id, std::string_view name) const {
  const auto found = held_.find({id, std::string(name)});
  return found == held_.end() ? std::vector<PersonId>{} : std::vector(found->second.begin(), found->second.end());
}

std::vector<std::string> MemoryFacts::roles(PersonId person, OrganisationId organisation) const {
  const auto found = people_.find(person);
  if (found == people_.end() || found->second.organisation != organisation) return {};
  return found->second.roles;
}

std::optional<PersonId> MemoryFacts::person(std::string_view uuid, OrganisationId organisation) const {
  for (const auto& [id, known] : people_) {
    if (known.organisation == organisation && uuid_of(id) == uuid) return id;
  }
  return {};
}

std::string MemoryFacts::person_uuid(PersonId person) const { return uuid_of(person); }

std::optional<PersonId> MemoryFacts::anybody(std::string_view uuid, OrganisationId organisation) const {
  for (const auto& [id, theirs] : left_) {
    if (theirs == organisation && uuid_of(id) == uuid) return id;
  }
  return person(uuid, organisation);
}

/// By seats and items alone, as there are no proposals here.
bool MemoryFacts::is_awaited(PersonId person) const {
  const auto is_open = [this](RecordId id) {
    const RecordView& view = records_.at(id);
    return !view.definition->states.at(view.state).end;
  };
  const auto holds = [&](const auto& one) {
    const auto& [id, name] = one.first;
    const auto known = records_.at(id).definition->people.find(name);
    const bool personal = known != records_.at(id).definition->people.end() && known->second.personal;
    return !personal && is_open(id) && std::find(one.second.begin(), one.second.end(), person) != one.second.end();
  };
  const auto answers = [&](const auto& one) {
    return is_open(one.first) && std::any_of(one.second.begin(), one.second.end(), [&](const ItemView& item) {
             return item.auditor == person && item.result.empty();
           });
  };
  return std::any_of(seats_.begin(), seats_.end(), holds) || std::any_of(items_.begin(), items_.end(), answers);
}

bool MemoryFacts::number_given(std::string_view type, std::string_view number, OrganisationId organisation) const {
  return std::any_of(records_.begin(), records_.end(), [&](const auto& one) {
    const RecordView& view = one.second;
    return view.number == number && view.definition->type == type && view.organisation == organisation;
  });
}

std::optional<RecordId> MemoryFacts::record_named(std::string_view uuid, OrganisationId organisation) const {
  for (const auto& [id, known] : records_) {
    if (known.organisation == organisation && known.uuid == uuid) return id;
  }
  return {};
}

std::vector<RecordId> MemoryFacts::registered(std::string_view type, std::string_view field, const Json& value,
                                              OrganisationId organisation) const {
  std::vector<RecordId> found;
  for (const auto& [id, view] : records_) {
    const Json theirs = view.body->value(std::string(field), Json());
    const bool among = theirs.is_array() && std::find(theirs.begin(), theirs.end(), value) != theirs.end();
    if (view.definition->type == type && view.organisation == organisation && (theirs == value || among))
      found.push_back(id);
  }
  return found;
}

std::vector<RecordId> MemoryFacts::engaging(PersonId person, const Definition& type) const {
  std::set<RecordId> found;
  for (const auto& [seat, holders] : seats_) {
    const RecordView& view = records_.at(seat.first);
    const bool engages = view.definition->type == type.type && type.engages->during.contains(view.state);
    if (engages && std::find(holders.begin(), holders.end(), person) != holders.end()) found.insert(seat.first);
  }
  return {found.begin(), found.end()};
}

std::vector<ItemView> MemoryFacts::items(RecordId audit) const {
  const auto found = items_.find(audit);
  return found == items_.end() ? std::vector<ItemView>{} : found->second;
}

std::vector<std::string> MemoryFacts::responsibilities(PersonId person) const {
  const auto found = people_.find(person);
  return found == people_.end() ? std::vector<std::string>{} : found->second.responsibilities;
}

std::vector<PersonId> MemoryFacts::performed(RecordId id, const std::vector<std::string>& commands) const {
  std::set<PersonId> people;
  const auto found = performed_.find(id);
  if (found == performed_.end()) return {};
  for (const auto& [command, person] : found->second) {
    if (std::find(commands.begin(), commands.end(), command) != commands.end()) people.insert(person);
  }
  return {people.begin(), people.end()};
}

std::optional<Instant> MemoryFacts::performed_at(RecordId id, std::string_view command) const {
  return found_in(performed_at_, std::pair(id, std::string(command)));
}

std::optional<Instant> MemoryFacts::reported_at(RecordId id) const { return found_in(reports_, id); }

std::optional<Instant> MemoryFacts::evidence_at(RecordId id) const { return found_in(evidence_, id); }

bool MemoryFacts::has_file(RecordId id, std::string_view sha256) const {
  const auto found = files_.find(id);
  return found != files_.end() && found->second.contains(std::string(sha256));
}

std::vector<EvidencedItem> MemoryFacts::evidenced_items(RecordId id) const {
  const auto found = evidenced_.find(id);
  return found == evidenced_.end() ? std::vector<EvidencedItem>{} : found->second;
}

std::optional<PluginAnswer> MemoryFacts::judged(const PluginQuestion& question) const {
  return plugins_ ? std::optional(plugins_(question)) : std::nullopt;
}

std::vector<RecordId> MemoryFacts::commit(const Decision& decision, const Actor& actor, const Now& now) {
  std::map<RecordId, RecordId> ids;
  for (const Change& change : decision.changes) {
    if (change.created) ids[change.record] = RecordId{++last_record_};
  }
  const auto real = [&](RecordId id) { return ids.contains(id) ? ids.at(id) : id; };
  for (const Change& change : decision.changes) {
    if (change.created) create(real(change.record), change, now);
  }
  std::vector<RecordId> touched;
  for (const Change& change : decision.changes) {
    const RecordId id = real(change.record);
    touched.push_back(id);
    apply(id, change, actor, now);
    for (const auto& [name, targets] : change.links) {
      for (const RecordId to : targets) link(id, name, real(to));
    }
  }
  return touched;
}

const std::map<std::string, Due>& MemoryFacts::timers(RecordId id) { return timers_[id]; }

void MemoryFacts::create(RecordId id, const Change& change, const Now& now) {
  const Definition& definition = *change.definition;
  const std::string number = change.number.empty()
                                 ? number_of(definition.number, static_cast<int>(local_date(now.at, now.zone).year()),
                                             ++sequences_[definition.type])
                                 : change.number;
  records_.insert_or_assign(id, RecordView{id,
                                           uuid_of(id),
                                           &definition,
                                           change.organisation,
                                           change.state,
                                           0,
                                           StoredJson(Json::object()),
                                           number,
                                           now.at,
                                           change.since.value_or(now.at),
                                           {}});
}

void MemoryFacts::apply(RecordId id, const Change& change, const Actor& actor, const Now& now) {
  RecordView& view = at(id);
  if (view.state != change.state) view.state_since = now.at;
  view.state = change.state;
  view.body.edit() = body_after(*view.body, change.set, change.append, change.waived);
  ++view.version;
  for (const auto& [name, people] : change.unseated) {
    auto& holders = seats_[{id, name}];
    for (const PersonId person : people) std::erase(holders, person);
  }
  for (const auto& [name, people] : change.seated) {
    auto& holders = seats_[{id, name}];
    holders.insert(holders.end(), people.begin(), people.end());
    held_[{id, name}].insert(people.begin(), people.end());
    std::sort(holders.begin(), holders.end());
  }
  for (const auto& [name, due] : change.timers) {
    timers_[id].erase(name);
    if (due) timers_[id].emplace(name, *due);
  }
  performed_at_[{id, change.command}] = now.at;
  if (actor.person) performed_[id].emplace_back(change.command, *actor.person);
}

}  // namespace assay
