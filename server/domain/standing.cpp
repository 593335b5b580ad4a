// What a person is to a record.
#include "domain/standing.h"

#include <algorithm>

#include "domain/paths.h"

namespace assay {

bool lasts(const GrantsDefinition& grants, const Json& body, const Date& today) {
  if (grants.until.empty()) return true;
  const Json until = body.value(grants.until, Json());
  if (until.is_null()) return true;
  const auto last = until.is_string() ? parse_date(until.get_ref<const std::string&>()) : std::nullopt;
  return last && today <= *last;
}

Standing::Standing(const WorkflowSet& set, const Facts& facts, PersonId person, OrganisationId organisation,
                   std::optional<RecordId> nearest, std::optional<Date> today)
    : set_(set),
      facts_(facts),
      person_(person),
      organisation_(organisation),
      nearest_(nearest),
      today_(today),
      roles_(facts.roles(person, organisation)) {}

bool Standing::has(const std::string& role) { return has_one_of({role}); }

bool Standing::has_one_of(const std::vector<std::string>& roles) {
  const auto is_role = [this](const auto& name) {
    if (std::find(roles_.begin(), roles_.end(), name) == roles_.end()) return false;
    return !set_.counts_by_grant(name) || works_as(name);
  };
  if (std::any_of(roles.begin(), roles.end(), is_role)) return true;
  const bool anyone = std::find(roles.begin(), roles.end(), "anyone") != roles.end();
  return ((anyone && !comes_from_outside()) || sits_in_one_of(roles)) && belongs();
}

bool Standing::comes_from_outside() const {
  return !roles_.empty() &&
         std::all_of(roles_.begin(), roles_.end(), [this](const auto& role) { return set_.counts_by_grant(role); });
}

/// Grants are looked for from the covered records: those that point at the record or at an ancestor.
bool Standing::works_as(const std::string& role) {
  for (std::size_t place = 0;; ++place) {
    const auto id = in_line(place);
    if (!id) return false;
    for (const auto& [type, definition] : set_.types) {
      if (definition.grants && is_granted(definition, *id, role)) return true;
    }
  }
}

bool Standing::is_granted(const Definition& grants, RecordId covered, const std::string& role) const {
  const GrantsDefinition& what = *grants.grants;
  const auto gives = [&](RecordId id) {
    const RecordView& grant = record_at(facts_, id);
    const auto says = [&grant](const std::string& field) { return grant.body->value(field, Json()); };
    if (today_ && !lasts(what, *grant.body, *today_)) return false;
    if (!what.during.contains(grant.state) || what.role.empty() || says(what.role) != role) return false;
    for (const auto& [field, values] : what.work.items()) {
      if (std::find(values.begin(), values.end(), says(field)) == values.end()) return false;
    }
    const auto holders = facts_.seat(id, what.to);
    return std::find(holders.begin(), holders.end(), person_) != holders.end();
  };
  const std::string& type = record_at(facts_, covered).definition->type;
  return std::any_of(what.over.begin(), what.over.end(), [&](const std::string& name) {
    const LinkDefinition& link = grants.links.at(name);
    if (link.to != type) return false;
    const auto found = facts_.naming(covered, grants, link);
    return std::any_of(found.begin(), found.end(), gives);
  });
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
