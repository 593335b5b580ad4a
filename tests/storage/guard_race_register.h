// How guards about registers come to be unmet by an entry that comes or goes.
#pragma once

#include <map>
#include <string>

#include "storage/guard_race_world.h"

namespace assay::test {

/// The values that `where` and `have` ask of a linked record.
inline Content described(const World& world, const Definition& type) {
  Content content;
  if (world.use.has("where")) {
    for (const auto& [field, values] : world.use.guard->parameters.at("where").items())
      content.set[field] = values.at(0);
  }
  if (world.use.has("have")) {
    for (const Json& field : world.use.guard->parameters.at("have")) {
      if (!content.set.contains(field.get<std::string>()))
        content.set[field.get<std::string>()] = some_value(type.fields.at(field.get<std::string>()).schema);
    }
  }
  return content;
}

/// What the parameters pair: their names with ours.
inline std::map<std::string, std::string> pairs(const World& world, const char* parameter) {
  return world.use.has(parameter) ? world.use.guard->parameters.at(parameter).get<std::map<std::string, std::string>>()
                                  : std::map<std::string, std::string>{};
}

/// The target, what it leads to, and an entry that the register is to get: it fits ours, and names the other person,
/// who holds the seat. Which of the two people acts is said by `who`.
inline Content stand_before_register(World& world) {
  const Definition& type = *shipped_workflows()->find(world.use.text("type"));
  const std::string ours = world.use.text("ours"), of = world.use.text("of");
  Content entry = described(world, type);
  std::map<std::string, Content> contents;
  const auto our_value = [&](const std::string& field) {
    return some_value(world.type_there(ours).fields.at(field).schema);
  };
  for (const auto& [theirs, field] : pairs(world, "same")) {
    entry.set[theirs] = our_value(field);
    contents[ours].set[field] = our_value(field);
  }
  if (world.use.has("among")) {
    for (const auto& [theirs, fields] : world.use.guard->parameters.at("among").items()) {
      const auto field = fields.front().get<std::string>();
      entry.set[theirs] = our_value(field);
      contents[ours].set[field] = our_value(field);
    }
  }
  if (world.use.has("each")) {
    contents[ours].set[world.use.text("each")] = our_value(world.use.text("each"));
    entry.set[world.use.text("as")] = our_value(world.use.text("each")).front();
  }
  for (const auto& [theirs, field] : pairs(world, "covers")) {
    const Json value = our_value(field);
    entry.set[theirs] = value.is_array() ? value : Json::array({value});
    contents[ours].set[field] = value;
  }
  if (world.use.has("by")) {
    const Json uuid = world.use.has("who") ? world.actor.uuid : world.other.uuid;
    const Json& schema = type.fields.at(world.use.text("by")).schema;
    entry.set[world.use.text("by")] = schema.value("type", "") == "array" ? Json::array({uuid}) : uuid;
  }
  if (world.use.has("seats")) contents[of].seated[world.use.first("seats")] = {world.other};
  std::string longest = of.size() > ours.size() ? of : ours;
  for (const auto& [link, path] : pairs(world, "linked")) longest = path.size() > longest.size() ? path : longest;
  if (longest.empty()) {
    world.stand_alone(contents[""]);
  } else {
    world.stand_all(longest, world.type_there(longest).state_order.front(), contents);
  }
  for (const auto& [link, path] : pairs(world, "linked")) entry.links[link] = {world.at.at(path)};
  return entry;
}

inline void lose_entry(World& world) {
  const Definition& type = *shipped_workflows()->find(world.use.text("type"));
  const Content entry = stand_before_register(world);
  Made made = world.add(type, world.state_of(type, true), entry);
  world.opponent = world.step(made, world.state_of(type, false));
}

inline void gain_entry(World& world) {
  const Definition& type = *shipped_workflows()->find(world.use.text("type"));
  const Content entry = stand_before_register(world);
  Made made;
  world.opponent = world.creation(type, world.state_of(type, true), entry, made);
}

}  // namespace assay::test
