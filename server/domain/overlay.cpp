// The facts as they would be after what a decision has done so far.
#include "domain/overlay.h"

#include <algorithm>

namespace assay {
namespace {

template <class Id>
std::vector<Id> sorted_once(std::vector<Id> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

}  // namespace

RecordView* Overlay::draft(RecordId id) {
  if (const auto found = drafts_.find(id); found != drafts_.end()) return &found->second;
  const RecordView* record = before(id);
  return record ? &drafts_.emplace(id, *record).first->second : nullptr;
}

RecordView& Overlay::create(const Definition& definition, OrganisationId organisation, Instant now) {
  const RecordId id{-++made_};
  RecordView view{id, {}, &definition, organisation, {}, 0, StoredJson(Json::object()), {}, now, now, {}};
  return drafts_.emplace(id, std::move(view)).first->second;
}

void Overlay::seat_people(RecordId id, const std::string& name, std::vector<PersonId> people) {
  seats_[{id, name}] = sorted_once(std::move(people));
}

void Overlay::hand_items(RecordId audit, PersonId from, PersonId to) {
  auto all = items(audit);
  for (ItemView& item : all) {
    if (item.auditor == from && item.result.empty()) item.auditor = to;
  }
  items_[audit] = std::move(all);
}

void Overlay::add_link(RecordId from, const LinkDefinition& link, RecordId to) {
  links_[{from, link.name}].push_back(to);
  links_[{to, link.back}].push_back(from);
}

void Overlay::note_performed(RecordId id, const std::string& command, const Actor& actor, Instant now) {
  performed_at_[{id, command}] = now;
  if (actor.person) performed_[id].emplace_back(command, *actor.person);
}

const RecordView* Overlay::record(RecordId id) const {
  const auto found = drafts_.find(id);
  return found != drafts_.end() ? &found->second : before(id);
}

bool Overlay::number_given(std::string_view type, std::string_view number, OrganisationId organisation) const {
  const bool made = std::any_of(drafts_.begin(), drafts_.end(), [&](const auto& draft) {
    const RecordView& view = draft.second;
    return is_new(draft.first) && view.number == number && view.definition->type == type &&
           view.organisation == organisation;
  });
  return made || below_.number_given(type, number, organisation);
}

std::vector<RecordId> Overlay::linked(RecordId id, std::string_view name) const {
  std::vector<RecordId> ids;
  if (!is_new(id)) ids = below_.linked(id, name);
  const auto added = links_.find({id, std::string(name)});
  if (added == links_.end()) return ids;
  ids.insert(ids.end(), added->second.begin(), added->second.end());
  return sorted_once(std::move(ids));
}

std::vector<PersonId> Overlay::seat(RecordId id, std::string_view name) const {
  const auto found = seats_.find({id, std::string(name)});
  if (found != seats_.end()) return found->second;
  return is_new(id) ? std::vector<PersonId>{} : below_.seat(id, name);
}

std::vector<PersonId> Overlay::held(RecordId id, std::string_view name) const {
  auto people = is_new(id) ? std::vector<PersonId>{} : below_.held(id, name);
  const auto now = seat(id, name);
  people.insert(people.end(), now.begin(), now.end());
  return sorted_once(std::move(people));
}

std::vector<std::string> Overlay::roles(PersonId person, OrganisationId organisation) const {
  return below_.roles(person, organisation);
}

std::optional<PersonId> Overlay::person(std::string_view uuid, OrganisationId organisation) const {
  return below_.person(uuid, organisation);
}

std::string Overlay::person_uuid(PersonId person) const { return below_.person_uuid(person); }

std::optional<RecordId> Overlay::record_named(std::string_view uuid, OrganisationId organisation) const {
  return below_.record_named(uuid, organisation);
}

std::vector<RecordId> Overlay::registered(std::string_view type, std::string_view field, const Json& value,
                                          OrganisationId organisation) const {
  return below_.registered(type, field, value, organisation);
}

std::vector<RecordId> Overlay::engaging(PersonId person, const Definition& type) const {
  std::vector<RecordId> ids = below_.engaging(person, type);
  for (const auto& [id, draft] : drafts_) ids.push_back(id);
  for (const auto& [seat, holders] : seats_) ids.push_back(seat.first);
  ids = sorted_once(std::move(ids));
  std::erase_if(ids, [&](RecordId id) {
    const RecordView* view = record(id);
    if (view->definition->type != type.type || !type.engages->during.contains(view->state)) return true;
    const auto& seats = view->definition->people;
    return std::none_of(seats.begin(), seats.end(), [&](const auto& one) {
      const auto holders = seat(id, one.first);
      return std::find(holders.begin(), holders.end(), person) != holders.end();
    });
  });
  return ids;
}

std::vector<ItemView> Overlay::items(RecordId audit) const {
  if (const auto found = items_.find(audit); found != items_.end()) return found->second;
  return is_new(audit) ? std::vector<ItemView>{} : below_.items(audit);
}

std::vector<std::string> Overlay::responsibilities(PersonId person) const { return below_.responsibilities(person); }

std::vector<PersonId> Overlay::performed(RecordId id, const std::vector<std::string>& commands) const {
  std::vector<PersonId> people;
  if (!is_new(id)) people = below_.performed(id, commands);
  const auto now = performed_.find(id);
  if (now == performed_.end()) return people;
  for (const auto& [command, person] : now->second) {
    if (std::find(commands.begin(), commands.end(), command) != commands.end()) people.push_back(person);
  }
  return sorted_once(std::move(people));
}

std::optional<Instant> Overlay::performed_at(RecordId id, std::string_view command) const {
  if (const auto now = performed_at_.find({id, std::string(command)}); now != performed_at_.end()) return now->second;
  return is_new(id) ? std::nullopt : below_.performed_at(id, command);
}

std::optional<Instant> Overlay::reported_at(RecordId id) const {
  return is_new(id) ? std::nullopt : below_.reported_at(id);
}

std::optional<Instant> Overlay::evidence_at(RecordId id) const {
  return is_new(id) ? std::nullopt : below_.evidence_at(id);
}

bool Overlay::has_file(RecordId id, std::string_view sha256) const {
  return !is_new(id) && below_.has_file(id, sha256);
}

std::vector<EvidencedItem> Overlay::evidenced_items(RecordId id) const {
  return is_new(id) ? std::vector<EvidencedItem>{} : below_.evidenced_items(id);
}

}  // namespace assay
