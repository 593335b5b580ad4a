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

bool Standing::has(const std::string& role) {
  if (role == "anyone") return belongs();
  if (std::find(roles_.begin(), roles_.end(), role) != roles_.end()) return true;
  return sits(role) && belongs();
}

bool Standing::has_one_of(const std::vector<std::string>& roles) {
  return std::any_of(roles.begin(), roles.end(), [&](const std::string& role) { return has(role); });
}

bool Standing::belongs() {
  if (!belongs_) belongs_ = !roles_.empty() || facts_.person(facts_.person_uuid(person_), organisation_).has_value();
  return *belongs_;
}

bool Standing::sits(const std::string& seat) {
  if (const auto known = sits_.find(seat); known != sits_.end()) return known->second;
  bool found = false;
  for (const RecordId id : line()) {
    if (!record_at(facts_, id).definition->people.contains(seat)) continue;
    const auto holders = facts_.seat(id, seat);
    found = found || std::find(holders.begin(), holders.end(), person_) != holders.end();
  }
  sits_.emplace(seat, found);
  return found;
}

const std::vector<RecordId>& Standing::line() {
  if (line_) return *line_;
  line_.emplace();
  for (auto at = nearest_; at && std::find(line_->begin(), line_->end(), *at) == line_->end();) {
    line_->push_back(*at);
    const LinkDefinition* parent = record_at(facts_, *at).definition->parent();
    const auto above = parent ? facts_.linked(*at, parent->name) : std::vector<RecordId>{};
    at = above.empty() ? std::nullopt : std::optional(above.front());
  }
  return *line_;
}

}  // namespace assay
