// The facts of a state in bytes, and the state after a step.
#include <algorithm>
#include <stdexcept>

#include "domain/check_parts.h"
#include "domain/explore_parts.h"
#include "domain/paths.h"

namespace assay {
namespace {

const Json the_item = "x";  // as sample() names catalogue, question and subject
constexpr std::size_t most_values = 200;
constexpr std::string_view record_prefix = "00000000-0000-7000-8000-0000000000";
constexpr std::string_view person_prefix = "00000000-0000-7000-9000-0000000000";
constexpr std::string_view hex_digits = "0123456789abcdef";

std::string numbered(std::string_view prefix, std::int64_t number) {
  std::string uuid(prefix);
  uuid += hex_digits[static_cast<std::size_t>(number >> 4 & 15)];
  uuid += hex_digits[static_cast<std::size_t>(number & 15)];
  return uuid;
}

std::optional<std::size_t> number_in(std::string_view uuid, std::string_view prefix) {
  if (uuid.size() != prefix.size() + 2 || !uuid.starts_with(prefix)) return {};
  const auto high = hex_digits.find(uuid[prefix.size()]), low = hex_digits.find(uuid[prefix.size() + 1]);
  if (high == std::string_view::npos || low == std::string_view::npos || high * 16 + low == 0) return {};
  return high * 16 + low - 1;
}

std::uint8_t bit(std::size_t place) { return static_cast<std::uint8_t>(1U << place); }

void add(Bytes& state, std::size_t at, std::uint8_t bits) {
  state[at] = static_cast<char>(static_cast<std::uint8_t>(state[at]) | bits);
}
void take(Bytes& state, std::size_t at, std::uint8_t bits) {
  state[at] = static_cast<char>(static_cast<std::uint8_t>(state[at]) & ~bits);
}

std::size_t place_of(const std::vector<std::string>& names, std::string_view name) {
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

template <class Id, class Make>
std::vector<Id> members(std::uint8_t set, Make make) {
  std::vector<Id> found;
  for (std::size_t i = 0; i < 8; ++i)
    if (set & bit(i)) found.push_back(make(i));
  return found;
}

}  // namespace

std::string BoundedFacts::uuid_of(PersonId person) {
  return numbered(person_prefix, static_cast<std::int64_t>(person));
}
std::string BoundedFacts::uuid_of(RecordId record) {
  return numbered(record_prefix, static_cast<std::int64_t>(record));
}

std::optional<std::size_t> BoundedFacts::slot_named(std::string_view uuid) { return number_in(uuid, record_prefix); }

std::string BoundedFacts::name_of(std::size_t slot) const {
  return slots_[slot].shape->definition->type + " " + std::to_string(slots_[slot].place + 1);
}

BoundedFacts::BoundedFacts(const WorkflowSet& explored, const ProofWorld& world)
    : set_(explored), world_(world), shapes_(shapes_of(explored, world)) {
  for (const auto& [type, count] : world.records) {
    const Shape& shape = shapes_.at(type);
    first_[type] = slots_.size();
    for (std::size_t place = 0; place < count; ++place) {
      slots_.push_back({&shape, size_, place});
      size_ += shape.size();
    }
  }
  views_.resize(slots_.size());
  now_.resize(slots_.size());
  add_renamings();
}

Bytes BoundedFacts::beginning() const {
  Bytes state(size_, '\0');
  std::map<std::string, std::size_t> used;
  std::map<std::string, const Slot*> named;
  for (const GivenRecord& record : world_.given)
    named[record.name] = &slots_[first_.at(record.type) + used[record.type]++];
  const auto people = [&](const std::vector<std::string>& names) {
    std::uint8_t set = 0;
    for (std::size_t i = 0; i < world_.people.size(); ++i)
      if (has(names, world_.people[i].name)) set |= bit(i);
    return set;
  };
  for (const GivenRecord& record : world_.given) {
    const Slot& slot = *named.at(record.name);
    const Shape& shape = *slot.shape;
    state[slot.base] = static_cast<char>(place_of(shape.definition->state_order, record.state) + 1);
    for (std::size_t i = 0; i < shape.fields.size(); ++i)
      state[slot.base + 1 + i] =
          static_cast<char>(code_of(shape.fields[i], record.fields.value(shape.fields[i].name, Json())));
    if (record.evidence && shape.evidence) add(state, slot.base + shape.mark_cell(), Shape::has_evidence);
    if (record.report && shape.report) add(state, slot.base + shape.mark_cell(), Shape::has_report);
    if (record.planned && shape.item) state[slot.base + shape.item_cell()] = 1;
    for (std::size_t i = 0; i < shape.seats.size(); ++i) {
      const auto who = record.seats.find(shape.seats[i]);
      if (who != record.seats.end()) add(state, slot.base + shape.seat_cell() + i, people(who->second));
    }
    for (std::size_t i = 0; i < shape.held.size(); ++i) {
      for (const auto* seats : {&record.seats, &record.held}) {
        const auto who = seats->find(shape.held[i]);
        if (who != seats->end()) add(state, slot.base + shape.held_cell() + i, people(who->second));
      }
    }
    for (std::size_t i = 0; i < shape.did.size(); ++i) {
      const auto who = record.did.find(shape.did[i]);
      if (who != record.did.end()) add(state, slot.base + shape.did_cell() + i, people(who->second));
    }
    for (std::size_t i = 0; i < shape.links.size(); ++i) {
      const auto to = record.links.find(shape.links[i]);
      if (to == record.links.end()) continue;
      for (const std::string& name : to->second)
        add(state, slot.base + shape.link_cell() + i, bit(named.at(name)->place));
    }
  }
  return state;
}

const std::string& BoundedFacts::state_of(std::size_t slot) const {
  return slots_[slot].shape->definition->state_order[cell(slots_[slot], 0) - 1U];
}

std::uint8_t BoundedFacts::existing(const std::string& type) const {
  const auto first = first_.find(type);
  std::uint8_t set = 0;
  if (first == first_.end()) return set;
  for (std::size_t i = first->second; i < slots_.size() && slots_[i].shape->definition->type == type; ++i)
    if (exists(i)) set |= bit(slots_[i].place);
  return set;
}

/// 0: nothing; 1: filled, where no more matters; else the number of a known value.
std::uint8_t BoundedFacts::code_of(const Shape::Field& field, const Json& value) const {
  if (!is_filled(value)) return 0;
  if (!field.by_value) return 1;
  const auto [known, fresh] = codes_.emplace(value.dump(), static_cast<std::uint8_t>(values_.size() + 1));
  if (fresh) values_.push_back(value);
  if (values_.size() > most_values) throw std::invalid_argument("too many values of fields, as of " + field.name);
  return known->second;
}

Json BoundedFacts::value_of(const Slot& slot, std::size_t field) const {
  const Shape::Field& about = slot.shape->fields[field];
  const std::uint8_t code = cell(slot, 1 + field);
  if (code == 0) return {};
  if (about.by_value) return values_[code - 1U];
  const FieldDefinition& definition = slot.shape->definition->fields.at(about.name);
  if (definition.keep == Keep::list) return Json::array({Json::object()});
  return sample(definition.schema, uuid_of(person_id(0)));
}

const RecordView* BoundedFacts::record(RecordId id) const {
  const auto number = static_cast<std::size_t>(id) - 1;
  if (number >= slots_.size() || !exists(number)) return nullptr;
  const Slot& slot = slots_[number];
  const Shape& shape = *slot.shape;
  if (const RecordView* known = now_[number]) return known;
  const auto [view, fresh] =
      views_[number].try_emplace(state_->substr(slot.base, shape.mark_cell()), RecordView{id,
                                                                                          uuid_of(id),
                                                                                          shape.definition,
                                                                                          the_organisation,
                                                                                          state_of(number),
                                                                                          1,
                                                                                          StoredJson(Json()),
                                                                                          "",
                                                                                          {},
                                                                                          {},
                                                                                          {}});
  now_[number] = &view->second;
  if (!fresh) return &view->second;
  Json body = shape.body;
  for (std::size_t i = 0; i < shape.fields.size(); ++i)
    if (Json value = value_of(slot, i); !value.is_null()) body[shape.fields[i].name] = std::move(value);
  for (std::size_t i = 0; i < shape.waivers.size(); ++i)
    if (cell(slot, shape.waiver_cell()) & bit(i)) body["waived"].push_back(shape.waivers[i]);
  view->second.body = StoredJson(std::move(body));
  return &view->second;
}

std::vector<RecordId> BoundedFacts::linked(RecordId id, std::string_view name) const {
  const Slot& slot = slot_of(id);
  const Definition& definition = *slot.shape->definition;
  const auto own = definition.links.find(std::string(name));
  if (own != definition.links.end()) {
    const std::size_t place = place_of(slot.shape->links, name);
    const auto first = first_.find(own->second.to);
    if (place == slot.shape->links.size() || first == first_.end()) return {};
    return members<RecordId>(cell(slot, slot.shape->link_cell() + place),
                             [&](std::size_t i) { return record_id(first->second + i); });
  }
  const Definition* from = nullptr;
  const LinkDefinition* link = set_.back_link(definition.type, name, &from);
  const auto first = link ? first_.find(from->type) : first_.end();
  if (first == first_.end()) return {};
  std::vector<RecordId> found;
  for (std::size_t i = first->second; i < slots_.size() && slots_[i].shape->definition == from; ++i) {
    const std::size_t place = place_of(slots_[i].shape->links, link->name);
    if (exists(i) && place < slots_[i].shape->links.size() &&
        (cell(slots_[i], slots_[i].shape->link_cell() + place) & bit(slot.place)))
      found.push_back(record_id(i));
  }
  return found;
}

std::vector<PersonId> BoundedFacts::seat(RecordId id, std::string_view name) const {
  const Slot& slot = slot_of(id);
  const std::size_t place = place_of(slot.shape->seats, name);
  if (place == slot.shape->seats.size()) return {};
  return members<PersonId>(cell(slot, slot.shape->seat_cell() + place), person_id);
}

std::vector<PersonId> BoundedFacts::held(RecordId id, std::string_view name) const {
  const Slot& slot = slot_of(id);
  const std::size_t place = place_of(slot.shape->held, name);
  if (place == slot.shape->held.size()) return seat(id, name);
  return members<PersonId>(cell(slot, slot.shape->held_cell() + place), person_id);
}

std::vector<std::string> BoundedFacts::roles(PersonId person, OrganisationId) const {
  return world_.people[static_cast<std::size_t>(person) - 1].roles;
}

std::optional<PersonId> BoundedFacts::person(std::string_view uuid, OrganisationId) const {
  const auto number = number_in(uuid, person_prefix);
  return number && *number < world_.people.size() ? std::optional(person_id(*number)) : std::nullopt;
}

/// In a world every record has another number.
bool BoundedFacts::number_given(std::string_view, std::string_view, OrganisationId) const { return false; }

std::optional<RecordId> BoundedFacts::record_named(std::string_view uuid, OrganisationId) const {
  const auto number = number_in(uuid, record_prefix);
  return number && *number < slots_.size() && exists(*number) ? std::optional(record_id(*number)) : std::nullopt;
}

std::vector<RecordId> BoundedFacts::registered(std::string_view type, std::string_view field, const Json& value,
                                               OrganisationId) const {
  std::vector<RecordId> found;
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
    if (!exists(slot) || slots_[slot].shape->definition->type != type) continue;
    const Json theirs = record(record_id(slot))->body->value(std::string(field), Json());
    const bool among = theirs.is_array() && std::find(theirs.begin(), theirs.end(), value) != theirs.end();
    if (theirs == value || among) found.push_back(record_id(slot));
  }
  return found;
}

std::vector<ItemView> BoundedFacts::items(RecordId audit) const {
  const Slot& slot = slot_of(audit);
  if (!slot.shape->item || cell(slot, slot.shape->item_cell()) == 0) return {};
  const auto at = [&](std::size_t part) { return cell(slot, slot.shape->item_cell() + part); };
  const auto someone = [](std::uint8_t number) {
    return number == 0 ? std::nullopt : std::optional(person_id(number - 1U));
  };
  const std::string result = at(2) == 0 ? "" : values_[at(2) - 1U].get<std::string>();
  return {{the_item, the_item, the_item, the_item, someone(at(1)), result, someone(at(3))}};
}

std::vector<std::string> BoundedFacts::responsibilities(PersonId person) const {
  if (!world_.people[static_cast<std::size_t>(person) - 1].own_area) return {};
  return {"item:" + the_item.get<std::string>()};
}

std::vector<PersonId> BoundedFacts::performed(RecordId id, const std::vector<std::string>& commands) const {
  const Slot& slot = slot_of(id);
  std::uint8_t people = 0;
  for (const std::string& command : commands) {
    const std::size_t place = place_of(slot.shape->did, command);
    if (place < slot.shape->did.size()) people |= cell(slot, slot.shape->did_cell() + place);
  }
  return members<PersonId>(people, person_id);
}

/// Before what is attached now it is of no interest, so that it may as well not have been.
std::optional<Instant> BoundedFacts::performed_at(RecordId id, std::string_view command) const {
  const Slot& slot = slot_of(id);
  const auto mark = slot.shape->since.find(std::string(command));
  if (mark == slot.shape->since.end() || !(cell(slot, slot.shape->mark_cell()) & mark->second)) return {};
  return Instant(std::chrono::seconds(2));
}

std::optional<Instant> BoundedFacts::reported_at(RecordId id) const {
  const Slot& slot = slot_of(id);
  if (!(cell(slot, slot.shape->mark_cell()) & Shape::has_report)) return {};
  return Instant(std::chrono::seconds(1));
}

std::optional<Instant> BoundedFacts::evidence_at(RecordId id) const {
  const Slot& slot = slot_of(id);
  if (!(cell(slot, slot.shape->mark_cell()) & Shape::has_evidence)) return {};
  return Instant(std::chrono::seconds(1));
}

/// Which file it is no world can tell.
bool BoundedFacts::has_file(RecordId id, std::string_view) const { return evidence_at(id).has_value(); }

std::vector<EvidencedItem> BoundedFacts::evidenced_items(RecordId) const { return {}; }  // no world has such guards

std::optional<PluginAnswer> BoundedFacts::judged(const PluginQuestion&) const {
  plugin_asked_ = true;
  return PluginAnswer{plugins_allow_ ? PluginAnswer::Verdict::allow : PluginAnswer::Verdict::deny};
}

std::optional<Bytes> BoundedFacts::after(const Try& what, const Decision& decision) {
  Bytes next = *state_;
  std::map<RecordId, RecordId> made;
  for (const Change& change : decision.changes) {
    if (!change.created) continue;
    const auto first = first_.find(change.definition->type);
    if (first == first_.end()) return {};
    std::size_t slot = first->second;
    while (slot < slots_.size() && slots_[slot].shape->definition == change.definition && next[slots_[slot].base] != 0)
      ++slot;
    if (slot == slots_.size() || slots_[slot].shape->definition != change.definition) return {};
    next[slots_[slot].base] = 1;
    made[change.record] = record_id(slot);
  }
  for (const Change& one : decision.changes) {
    const Slot& slot = slot_of(one.created ? made.at(one.record) : one.record);
    change(next, slot, one, made);
    perform(next, slot, one.command, what.actor);
  }
  if (!what.command->endpoint.empty() && what.slot) beside(next, slots_[*what.slot], what);
  return next;
}

void BoundedFacts::change(Bytes& state, const Slot& slot, const Change& change,
                          const std::map<RecordId, RecordId>& made) const {
  const Shape& shape = *slot.shape;
  state[slot.base] = static_cast<char>(place_of(shape.definition->state_order, change.state) + 1);
  for (std::size_t i = 0; i < shape.fields.size(); ++i) {
    const Shape::Field& field = shape.fields[i];
    char& at = state[slot.base + 1 + i];
    if (const auto set = change.set.find(field.name); set != change.set.end())
      at = static_cast<char>(code_of(field, *set));
    const auto added = change.append.find(field.name);
    if (added == change.append.end()) continue;
    Json list = at == 0 || !field.by_value ? Json::array() : values_[static_cast<std::uint8_t>(at) - 1U];
    Json element = *added;
    for (const char* name : {"by", "at", "second"}) element.erase(name);
    if (std::find(list.begin(), list.end(), element) == list.end()) list.push_back(std::move(element));
    std::sort(list.begin(), list.end());
    at = static_cast<char>(code_of(field, list));
  }
  for (const std::string& waiver : change.waived) {
    const std::size_t place = place_of(shape.waivers, waiver);
    if (place < shape.waivers.size()) add(state, slot.base + shape.waiver_cell(), bit(place));
  }
  for (std::size_t i = 0; i < shape.seats.size(); ++i) {
    const std::size_t at = slot.base + shape.seat_cell() + i;
    if (const auto left = change.unseated.find(shape.seats[i]); left != change.unseated.end())
      for (const PersonId person : left->second) take(state, at, bit(static_cast<std::size_t>(person) - 1));
    if (const auto came = change.seated.find(shape.seats[i]); came != change.seated.end())
      for (const PersonId person : came->second) add(state, at, bit(static_cast<std::size_t>(person) - 1));
  }
  for (std::size_t i = 0; i < shape.held.size(); ++i) {
    if (const auto came = change.seated.find(shape.held[i]); came != change.seated.end())
      for (const PersonId person : came->second)
        add(state, slot.base + shape.held_cell() + i, bit(static_cast<std::size_t>(person) - 1));
  }
  for (std::size_t i = 0; i < shape.links.size(); ++i) {
    const auto links = change.links.find(shape.links[i]);
    if (links == change.links.end()) continue;
    for (const RecordId to : links->second)
      add(state, slot.base + shape.link_cell() + i, bit(slot_of(made.contains(to) ? made.at(to) : to).place));
  }
}

void BoundedFacts::perform(Bytes& state, const Slot& slot, const std::string& command, const Actor& actor) const {
  const Shape& shape = *slot.shape;
  const std::size_t place = place_of(shape.did, command);
  for (const auto& who : {actor.person, actor.second}) {  // who confirms takes part
    if (who && place < shape.did.size())
      add(state, slot.base + shape.did_cell() + place, bit(static_cast<std::size_t>(*who) - 1));
  }
  const auto mark = shape.since.find(command);
  if (mark == shape.since.end()) return;
  const std::size_t at = slot.base + shape.mark_cell();
  const bool waits = (mark->second & shape.evidence_ends && !(state[at] & Shape::has_evidence)) ||
                     (mark->second & shape.report_ends && !(state[at] & Shape::has_report));
  if (!waits) add(state, at, mark->second);  // else there is nothing yet that it could outdate
}

/// What the sub-resources of the API write beside the record.
void BoundedFacts::beside(Bytes& state, const Slot& slot, const Try& what) const {
  const Shape& shape = *slot.shape;
  const std::string& command = what.command->name;
  const std::size_t marks = slot.base + shape.mark_cell(), item = slot.base + shape.item_cell();
  if (command == "attach_evidence" && shape.evidence) {
    take(state, marks, shape.evidence_ends);
    add(state, marks, Shape::has_evidence);
  } else if (command == "withdraw_evidence" && shape.evidence) {
    take(state, marks, static_cast<std::uint8_t>(shape.evidence_ends | Shape::has_evidence));
  } else if (command == "attach_report" && shape.report) {
    take(state, marks, shape.report_ends);
    add(state, marks, Shape::has_report);
    end_marks(state, slot);
  }
  if (!shape.item) return;
  const Json items = what.input.value("items", Json::array());
  const auto someone =
      items.empty() ? std::nullopt : number_in(items[0].value("auditor", std::string{}), person_prefix);
  const char number = someone ? static_cast<char>(*someone + 1) : '\0';
  if (command == "plan_items") {
    state[item] = 1;
    state[item + 1] = number;
  } else if ((command == "drop_items" || command == "strike_items") && state[item + 2] == 0) {
    state[item] = state[item + 1] = 0;
  } else if (command == "answer_items" && state[item] != 0 && !items.empty()) {
    state[item + 2] = static_cast<char>(code_of({"result", true}, items[0].value("result", Json())));
    state[item + 3] = number;
  }
}

void BoundedFacts::end_marks(Bytes& state, const Slot& slot) const {
  for (const auto& [path, commands] : slot.shape->report_ends_at) {
    for (const RecordId id : walk(*this, record_id(static_cast<std::size_t>(&slot - slots_.data())), path)) {
      const Slot& there = slot_of(id);
      for (const std::string& command : commands)
        take(state, there.base + there.shape->mark_cell(), there.shape->since.at(command));
    }
  }
}

}  // namespace assay
