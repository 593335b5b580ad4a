// The guard about votes of a committee.
#include <map>
#include <set>

#include "domain/guard_rows.h"
#include "domain/policies.h"

namespace assay::guard {
namespace {

/// What each of these people voted last on `value`, by their public id. Who cast a vote before the dossier was frozen
/// has not seen what is decided on.
std::map<std::string, Json> last_votes(const GuardContext& context, const Json& value) {
  const std::string on(text_parameter(context, "on")), vote(text_parameter(context, "vote"));
  const Json dossier = context.record.body->value(std::string(text_parameter(context, "dossier")), Json::object());
  const auto frozen = parse_instant(dossier.value("at", std::string{}));
  std::map<std::string, Json> votes;
  for (const Json& row : values_in(context.record, std::string(text_parameter(context, "list")))) {
    const auto cast = parse_instant(row.value("at", std::string{}));
    if (row.value(on, Json()) != value || !cast || (frozen && *cast < *frozen)) continue;
    votes[row.value("by", std::string{})] = row.value(vote, Json());
  }
  return votes;
}

}  // namespace

Unmet carried(const GuardContext& context) {
  std::set<PersonId> members;
  for (const std::string& seat : context.parameters.at("seats").get<std::vector<std::string>>())
    for (const PersonId person : context.facts.seat(context.record.id, seat)) members.insert(person);
  if (members.empty()) return {};  // one person decides
  const Json& value = context.parameters.at("value");
  const auto votes = last_votes(context, value);
  std::size_t in_favour = 0, against = 0;
  for (const PersonId member : members) {
    const auto vote = votes.find(context.facts.person_uuid(member));
    if (vote == votes.end()) continue;
    if (vote->second == context.parameters.at("for")) ++in_favour;
    if (vote->second == context.parameters.at("against")) ++against;
  }
  const auto percent = static_cast<std::size_t>(PolicyValues(context.set, context.facts, context.record.id)
                                                    .number(std::string(text_parameter(context, "policy"))));
  const std::size_t voted = in_favour + against, quorum = (members.size() * percent + 99) / 100;
  Json told{{"field", std::string(text_parameter(context, "on"))}, {"value", value}};
  if (voted < quorum) {
    told.update({{"count", voted}, {"planned", members.size()}, {"limit", quorum}});
    return {unmet(context, "carried", "no_quorum", std::move(told))};
  }
  if (in_favour > against) return {};
  told.update({{"count", in_favour}, {"limit", against}});
  return {unmet(context, "carried", "rejected", std::move(told))};
}

}  // namespace assay::guard
