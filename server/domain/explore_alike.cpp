// Which states of a world are alike: equal people and records of a type may change names.
#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "domain/check_parts.h"
#include "domain/explore_parts.h"

namespace assay {
namespace {

constexpr std::size_t most_renamings = 720;

/// Every way to rename within the groups; each is a list of where the members go.
std::vector<std::vector<std::size_t>> renamings_of(std::size_t count,
                                                   const std::vector<std::vector<std::size_t>>& groups) {
  std::vector<std::size_t> same(count);
  std::iota(same.begin(), same.end(), 0);
  std::vector<std::vector<std::size_t>> all{same};
  for (const auto& group : groups) {
    const auto before = std::exchange(all, {});
    auto order = group;
    do {
      for (auto one : before) {
        for (std::size_t i = 0; i < group.size(); ++i) one[group[i]] = order[i];
        all.push_back(std::move(one));
      }
      if (all.size() > most_renamings) throw std::invalid_argument("too many people or records are alike");
    } while (std::next_permutation(order.begin(), order.end()));
  }
  return all;
}

/// Sets of eight, by where their members go.
std::array<std::uint8_t, 256> sets_of(const std::vector<std::size_t>& to) {
  std::array<std::uint8_t, 256> sets{};
  for (std::size_t set = 0; set < sets.size(); ++set)
    for (std::size_t i = 0; i < to.size(); ++i)
      if (set >> i & 1U) sets[set] |= static_cast<std::uint8_t>(1U << to[i]);
  return sets;
}

}  // namespace

bool BoundedFacts::alike(std::size_t one, std::size_t other) const {
  const ProofPerson &a = world_.people[one], &b = world_.people[other];
  if (std::set(a.roles.begin(), a.roles.end()) != std::set(b.roles.begin(), b.roles.end()) || a.own_area != b.own_area)
    return false;
  for (const auto& [type, seats] : world_.seats)
    for (const auto& [seat, who] : seats)
      if (has(who, a.name) != has(who, b.name)) return false;
  return true;
}

void BoundedFacts::add_renamings() {
  std::vector<std::vector<std::size_t>> people, records;
  for (std::size_t i = 0; i < world_.people.size(); ++i) {
    const auto group = std::find_if(people.begin(), people.end(), [&](const auto& one) { return alike(one[0], i); });
    if (group == people.end()) {
      people.push_back({i});
    } else {
      group->push_back(i);
    }
  }
  for (const auto& [type, first] : first_) {
    records.emplace_back(world_.records.at(type));
    std::iota(records.back().begin(), records.back().end(), first);
  }
  const auto of_people = renamings_of(world_.people.size(), people), of_records = renamings_of(slots_.size(), records);
  if (of_people.size() * of_records.size() > most_renamings)
    throw std::invalid_argument("too many people or records are alike");
  for (const auto& slots : of_records) {
    for (const auto& who : of_people) {
      Renaming renaming{slots, who, sets_of(who), {}, {}};
      for (const auto& [type, first] : first_) {
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < world_.records.at(type); ++i) places.push_back(slots[first + i] - first);
        renaming.record_set[type] = sets_of(places);
      }
      renamings_.push_back(std::move(renaming));
    }
  }
}

/// A value that names a person or a record names another one.
std::uint8_t BoundedFacts::renamed_value(Renaming& renaming, std::uint8_t code) const {
  if (code == 0) return 0;
  if (renaming.values.size() <= code) renaming.values.resize(code + 1U);
  if (renaming.values[code] != 0) return renaming.values[code];
  std::string text = values_[code - 1U].dump(), renamed;
  for (std::size_t at = 0; at < text.size();) {
    const auto uuid = std::string_view(text).substr(at, uuid_of(PersonId{1}).size());
    const auto who = person(uuid, the_organisation);
    if (const auto slot = slot_named(uuid); slot && *slot < slots_.size()) {
      renamed += uuid_of(record_id(renaming.slots[*slot]));
      at += uuid.size();
    } else if (who) {
      renamed += uuid_of(person_id(renaming.people[static_cast<std::size_t>(*who) - 1]));
      at += uuid_of(*who).size();
    } else {
      renamed += text[at++];
    }
  }
  Json value = Json::parse(renamed);
  if (value.is_array()) std::sort(value.begin(), value.end());
  return renaming.values[code] = code_of({"a person", true}, value);
}

Bytes BoundedFacts::renamed(const Bytes& state, Renaming& renaming) const {
  Bytes other(state.size(), '\0');
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    const Shape& shape = *slot.shape;
    if (state[slot.base] == 0) continue;
    const std::size_t to = slots_[renaming.slots[i]].base;
    const auto from = [&](std::size_t offset) { return static_cast<std::uint8_t>(state[slot.base + offset]); };
    const auto put = [&](std::size_t offset, std::size_t value) { other[to + offset] = static_cast<char>(value); };
    put(0, from(0));
    for (std::size_t f = 0; f < shape.fields.size(); ++f)
      put(1 + f, shape.fields[f].by_value ? renamed_value(renaming, from(1 + f)) : from(1 + f));
    put(shape.waiver_cell(), from(shape.waiver_cell()));
    put(shape.mark_cell(), from(shape.mark_cell()));
    for (std::size_t part = 0; shape.item && part < 4; ++part) {
      const std::uint8_t value = from(shape.item_cell() + part);
      const bool person = part % 2 == 1 && value != 0;
      put(shape.item_cell() + part, person ? renaming.people[value - 1U] + 1 : value);
    }
    for (std::size_t s = shape.seat_cell(); s < shape.link_cell(); ++s) put(s, renaming.person_set[from(s)]);
    for (std::size_t l = 0; l < shape.links.size(); ++l) {
      const auto& to_type = shape.definition->links.at(shape.links[l]).to;
      const auto sets = renaming.record_set.find(to_type);
      if (sets != renaming.record_set.end()) put(shape.link_cell() + l, sets->second[from(shape.link_cell() + l)]);
    }
    for (std::size_t d = shape.did_cell(); d < shape.size(); ++d) put(d, renaming.person_set[from(d)]);
  }
  return other;
}

Bytes BoundedFacts::least(const Bytes& state, std::size_t& which) {
  Bytes least = state;
  which = 0;
  for (std::size_t i = 1; i < renamings_.size(); ++i) {
    Bytes other = renamed(state, renamings_[i]);
    if (other >= least) continue;
    least = std::move(other);
    which = i;
  }
  return least;
}

}  // namespace assay
