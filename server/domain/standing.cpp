// What a person is to a record.
#include "domain/standing.h"

#include <algorithm>

#include "domain/paths.h"

namespace assay {

Standing::Standing(const Facts& facts, PersonId person, OrganisationId organisation, std::optional<RecordId> nearest)
    : facts_(facts),
      person_(person),
      organisation_(organisation),
      nearest_(nearest),
      roles_(facts.roles(person, organisation)) {}

bool Standing::has(const std::string& role) { return has_one_of({role}); }

bool Standing::has_one_of(const std::vector<std::string>& roles) {
  const auto is_role = [this](const auto& name) {
    return std::find(roles_.begin(), roles_.end(), name) != roles_.end();
  };
  if (std::any_of(roles.begin(), roles.end(), is_role)) return true;
  const bool anyone = std::find(roles.begin(), roles.end(), "anyone") != roles.end();
  return (anyone || sits_in_one_of(roles)) && belongs();
}

bool Standing::belongs() {
  if (!belongs_) belongs_ = !roles_.empty() || facts_.person(facts_.person_uuid(person_), organisation_).has_value();
  return *belongs_;
}

bool Standing::sits_in_one_of(const std::vector<std::string>& seats) {
  for (std::size_t place = 0;; ++place) {
    const auto id = in_line(place);
    if (!id) return false;
    if (std::any_of(seats.begin(), seats.end(), [&](const std::string& seat) { return holds(*id, seat); })) return true;
  }
}

bool Standing::holds(RecordId id, const std::string& seat) {
  const auto [known, fresh] = holds_.try_emplace({id, seat}, false);
  if (fresh && record_at(facts_, id).definition->people.contains(seat)) {
    const auto holders = facts_.seat(id, seat);
    known->second = std::find(holders.begin(), holders.end(), person_) != holders.end();
  }
  return known->second;
}

/// The record (0), its parent (1) and so on; nothing above the last one.
std::optional<RecordId> Standing::in_line(std::size_t place) {
  if (line_.empty() && nearest_) line_.push_back(*nearest_);
  while (place >= line_.size() && !line_.empty()) {
    const LinkDefinition* parent = record_at(facts_, line_.back()).definition->parent();
    const auto above = parent ? facts_.linked(line_.back(), parent->name) : std::vector<RecordId>{};
    if (above.empty() || std::find(line_.begin(), line_.end(), above.front()) != line_.end()) return {};
    line_.push_back(above.front());
  }
  return place < line_.size() ? std::optional(line_[place]) : std::nullopt;
}

}  // namespace assay
