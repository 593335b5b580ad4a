// How guards about audit time, samples of sites, teams and numbers come to be unmet by a change elsewhere.
#pragma once

#include <string>

#include "storage/guard_race_world.h"

namespace assay::test {

/// Gives the record the purpose of an audit for which the guard asks, and says which one that is.
inline std::string purpose_of(const World& world, Content& ours) {
  const Json& parameters = world.use.guard->parameters;
  std::string purpose = "surveillance";
  if (parameters.contains("purposes")) return world.use.first("purposes");
  if (parameters.contains("audits")) purpose = parameters.at("audits").begin().key();
  const std::string field = world.use.first("fields");
  const bool many = world.use.definition->fields.at(field).schema.value("type", "") == "array";
  ours.set[field] = many ? Json::array({purpose}) : Json(purpose);
  return purpose;
}

/// More days are calculated for the visit than are planned.
inline void raise_days(World& world) {
  const std::string of = world.use.text("of"), member = world.use.text("member");
  Content ours, few, more;
  const std::string purpose = purpose_of(world, ours);
  ours.set[world.use.text("field")] = 1;
  if (const auto when = world.use.text("when"); !when.empty())
    ours.set[when] = some_value(world.use.definition->fields.at(when).schema);
  const std::string by = world.use.has("by") ? world.use.text("by") : "purpose";
  few.set[world.use.text("their")] = Json::array({{{by, purpose}, {member, 1}}});
  more.set[world.use.text("their")] = Json::array({{{by, purpose}, {member, 9}}});
  const std::string& state = world.type_there(of).state_order.front();
  world.stand(of, state, few, ours);
  world.opponent = world.step(world.linked, state, more);
}

/// A draw of this kind of audit, of one site.
inline Content drawn(const World& world, const std::string& audit) {
  Content content;
  content.set[world.use.text("list")] =
      Json::array({{{"sampled_audit", audit}, {"at", "2026-03-02T09:00:00Z"}, {"sampled_sites", {"Kiel"}}}});
  return content;
}

/// A site is drawn that is not planned.
inline void draw_for_plan(World& world) {
  const std::string of = world.use.text("of");
  Content ours;
  const std::string purpose = purpose_of(world, ours);
  ours.set[world.use.text("field")] = {"Hamburg"};
  const std::string& state = world.type_there(of).state_order.front();
  world.stand(of, state, {}, ours);
  world.opponent = world.step(world.linked, state, drawn(world, world.use.guard->parameters.at("audits").at(purpose)));
}

/// A site is drawn that was not audited.
inline void draw_for_decision(World& world) {
  const std::string of = world.use.text("sampled");
  Content ours;
  ours.set[world.use.text("field")] = Json::array();
  const std::string& state = world.type_there(of).state_order.front();
  world.stand(of, state, {}, ours);
  world.opponent = world.step(world.linked, state, drawn(world, world.use.text("audit")));
}

/// Who took part there gives the seat to somebody else.
inline void leave_team(World& world) {
  const std::string of = world.use.text("of"), state = world.state_of(world.type_there(of), true);
  Content ours, there, left;
  ours.seated[world.use.first("seats")] = {world.actor};
  there.seated[world.use.first("from")] = {world.actor};
  there.set[world.use.first("any")] = world.use.guard->parameters.at("one_of").front();
  left.unseated[world.use.first("from")] = {world.actor};
  world.stand(of, state, there, ours);
  world.opponent = world.step(world.linked, state, left);
}

/// A higher number comes under the same name.
inline void number_higher(World& world) {
  const std::string of = world.use.text("of"), their = world.use.text("their");
  const Definition& type = world.type_there(of);
  Content ours, theirs;
  ours.set[world.use.text("field")] = 2;
  for (const auto& [name, field] : world.use.guard->parameters.at("same").items()) {
    const auto own = field.get<std::string>();
    ours.set[own] = some_value(world.use.definition->fields.at(own).schema);
    theirs.set[name] = ours.set[own];
  }
  theirs.set[their] = 1;
  world.stand(of, world.state_of(type, true), theirs, ours);
  theirs.set[their] = 3;
  Made joined;
  world.opponent = world.creation(type, world.state_of(type, true), world.to_there(of, theirs), joined);
}

}  // namespace assay::test
