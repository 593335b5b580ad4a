// States that differ in one thing from one in which a command has happened: what is asked of it shows there.
#include <algorithm>
#include <bit>

#include "domain/check_parts.h"
#include "domain/explore_parts.h"

namespace assay {
namespace {

/// Every value that a field which is looked at by value may have; none for lists and texts.
std::vector<Json> values_of(const Json& schema, std::size_t people) {
  if (schema.contains("enum")) return schema.at("enum").get<std::vector<Json>>();
  if (schema.value("type", "") == "boolean") return {true, false};
  std::vector<Json> found;
  for (std::size_t i = 0; schema.contains("x-person") && i < people; ++i)
    found.emplace_back(BoundedFacts::uuid_of(BoundedFacts::person_id(i)));
  return found;
}

}  // namespace

/// The ways to change one record.
class BoundedFacts::Changes {
 public:
  Changes(const BoundedFacts& facts, const Bytes& state, std::size_t slot, std::vector<Nearby>& found)
      : facts_(facts),
        state_(state),
        slot_(facts.slots_[slot]),
        shape_(*slot_.shape),
        name_(facts.name_of(slot)),
        found_(found) {}

  void of(const Shape& matter) {
    states_and_fields(matter);
    const std::size_t people = facts_.people();
    for (std::size_t w = 0; w < shape_.waivers.size(); ++w)
      if (has(matter.waivers, shape_.waivers[w]))
        put(shape_.waiver_cell(), now(shape_.waiver_cell()) ^ 1U << w, "waived");
    for (std::size_t mark = 1; (matter.evidence || matter.report) && mark < 256; mark *= 2)
      put(shape_.mark_cell(), now(shape_.mark_cell()) ^ mark, "evidence or a report");
    sets(shape_.seats, matter.seats, shape_.seat_cell(), people, "");
    sets(shape_.did, matter.did, shape_.did_cell(), people, "who did ");
    sets(shape_.held, matter.held, shape_.held_cell(), people, "who once was ");
    for (std::size_t l = 0; l < shape_.links.size(); ++l) {
      const auto to = facts_.world_.records.find(shape_.definition->links.at(shape_.links[l]).to);
      if (to != facts_.world_.records.end() && has(matter.links, shape_.links[l]))
        set(shape_.link_cell() + l, to->second, shape_.links[l]);
    }
    if (matter.item) items(people);
  }

 private:
  std::uint8_t now(std::size_t offset) const { return static_cast<std::uint8_t>(state_[slot_.base + offset]); }

  void put(std::size_t offset, std::size_t value, const std::string& what) {
    if (now(offset) == value) return;
    Bytes other = state_;
    other[slot_.base + offset] = static_cast<char>(value);
    found_.push_back({std::move(other), name_ + ": " + what});
  }

  /// Every other state, as it is and with each value of a field: guards select by both.
  void states_and_fields(const Shape& matter) {
    const auto& order = shape_.definition->state_order;
    for (std::size_t s = 0; s < order.size(); ++s) put(0, s + 1, order[s]);
    for (std::size_t f = 0; f < shape_.fields.size(); ++f) {
      const Shape::Field& field = shape_.fields[f];
      if (!matter.inputs.contains(field.name)) continue;
      put(1 + f, 0, "without " + field.name);
      if (!field.by_value) {
        put(1 + f, 1, "with " + field.name);
        continue;
      }
      const Json& schema = shape_.definition->fields.at(field.name).schema;
      for (const Json& value : values_of(schema, facts_.people())) {
        const std::size_t code = facts_.code_of(field, value);
        if (now(1 + f) == code) continue;
        put(1 + f, code, field.name + " " + value.dump());
        const bool selects = !schema.contains("x-person");
        for (std::size_t s = 0; selects && s < order.size(); ++s) {
          if (now(0) == s + 1) continue;
          found_.push_back(found_.back());
          found_.back().state = state_;
          found_.back().state[slot_.base] = static_cast<char>(s + 1);
          found_.back().state[slot_.base + 1 + f] = static_cast<char>(code);
          found_.back().change = name_ + ": " + order[s] + ", " + field.name + " " + value.dump();
        }
      }
    }
  }

  void sets(const std::vector<std::string>& names, const std::vector<std::string>& matter, std::size_t first,
            std::size_t members, const std::string& what) {
    for (std::size_t i = 0; i < names.size(); ++i)
      if (has(matter, names[i])) set(first + i, members, what + names[i]);
  }

  void set(std::size_t offset, std::size_t members, const std::string& what) {
    put(offset, 0, "nobody and nothing as " + what);
    for (std::size_t one = 0; one < members; ++one) {
      put(offset, 1U << one, "another " + what);
      if (std::popcount(now(offset)) > 0) put(offset, now(offset) | 1U << one, "one more " + what);
    }
  }

  /// The checklist item: none, planned for nobody or somebody, answered by them.
  void items(std::size_t people) {
    const auto item = [&](std::size_t planned, std::size_t auditor, const char* result) {
      const std::size_t code = *result == '\0' ? 0 : facts_.code_of({"result", true}, result);
      const std::size_t cells[] = {planned, auditor, code, code == 0 ? 0 : auditor};
      found_.push_back({state_, name_ + ": another item"});
      for (std::size_t part = 0; part < 4; ++part)
        found_.back().state[slot_.base + shape_.item_cell() + part] = static_cast<char>(cells[part]);
    };
    item(0, 0, "");
    item(1, 0, "");
    for (std::size_t person = 1; person <= people; ++person)
      for (const char* result : {"", "conforms", "does_not_conform"}) item(1, person, result);
  }

  const BoundedFacts& facts_;
  const Bytes& state_;
  const Slot& slot_;
  const Shape& shape_;
  const std::string name_;
  std::vector<Nearby>& found_;
};

bool BoundedFacts::leads_nowhere(const Bytes& state) const {
  for (const Slot& slot : slots_) {
    if (state[slot.base] == 0) continue;
    for (std::size_t l = 0; l < slot.shape->links.size(); ++l) {
      const auto first = first_.find(slot.shape->definition->links.at(slot.shape->links[l]).to);
      const auto to = static_cast<std::uint8_t>(state[slot.base + slot.shape->link_cell() + l]);
      for (std::size_t place = 0; place < 8; ++place) {
        if (!(to >> place & 1U)) continue;
        if (first == first_.end() || state[slots_[first->second + place].base] == 0) return true;
      }
    }
  }
  return false;
}

std::vector<Nearby> BoundedFacts::around(const Bytes& state, const std::map<std::string, Shape>& matters) const {
  std::vector<Nearby> found;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (state[slots_[i].base] == 0) continue;
    Changes(*this, state, i, found).of(matters.at(slots_[i].shape->definition->type));
  }
  std::erase_if(found, [&](const Nearby& near) { return leads_nowhere(near.state); });
  return found;
}

}  // namespace assay
