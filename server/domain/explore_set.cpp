// The set as it is explored: without what worlds leave free, and with the claims as commands.
#include <algorithm>

#include "domain/calculated.h"
#include "domain/explore_parts.h"
#include "domain/guards.h"
#include "domain/paths.h"
#include "domain/policies.h"

namespace assay {
namespace {

/// Why this is sound: what a world cannot tell is left free, so that it lets at least everything happen that production
/// lets happen; an invariant that holds in all of it holds in what production does. What is dropped here from a guard
/// is not proved by exploring: a claim with such a guard asks that the command itself has the same one (unguarded()).
class Freed {
 public:
  Freed(const WorkflowSet& set, const ProofWorld& world) : set_(set), world_(world) {}

  /// The guard as far as the world can tell: none when all of it is free.
  std::vector<GuardUse> guard(const Definition& type, const GuardUse& use) const {
    const std::string& name = use.name;
    if (find_guard(name)->in_worlds == InWorlds::free) return {};
    if (name == "plugin_allows") {  // what it says is free; what it would be shown has no say in that
      GuardUse kept = use;
      kept.parameters.erase("sees");
      return {std::move(kept)};
    }
    if (name == "after" || name == "not_before" || name == "not_after") return dates(type, use);
    if (name == "registered" || name == "each_registered" || name == "none_registered") return looked_up(type, use);
    if (name == "has_report" && leaves(type, use, "link")) {
      GuardUse kept = use;
      kept.parameters.erase("link");
      kept.parameters.erase("linked_since");
      return {std::move(kept)};
    }
    if (leaves(type, use, "of") || leaves(type, use, "link")) return {};  // records that the world has no room for
    return {use};
  }

  void effects(const Definition& type, CommandDefinition& command) const {
    std::erase_if(command.effects, [&](const EffectUse& use) {
      const Json& parameters = use.parameters;
      if (use.kind == "dispose") return true;
      if (use.kind == "create") return !world_.records.contains(parameters.at("type").get<std::string>());
      if (use.kind == "send") return leaves(type, parameters.at("to").get<std::string>());
      const Json to = use.kind == "assign" ? parameters.at("to") : Json();
      return to.is_object() && leaves(type, to.value("of", std::string{}));
    });
    for (EffectUse& use : command.effects) {
      if (use.kind == "freeze") {
        Json values{{use.parameters.at("dossier").get<std::string>(), "x"}};
        use = {"set", {{"values", std::move(values)}}};
      }
      for (const char* part : {"values", "input"}) {
        const auto values = use.parameters.find(part);
        if (values == use.parameters.end()) continue;
        Json kept = Json::object();
        for (const auto& [name, value] : values->items()) {
          if (!is_elsewhere(value) || value.contains("field") || !leaves(type, value.at("at").get<std::string>()))
            kept[name] = reckoned(type, name, value);
        }
        *values = std::move(kept);
      }
    }
  }

  /// Links to records that the world has no room for are not named.
  void links(const Definition& type, std::vector<std::string>& names) const {
    std::erase_if(names, [&](const std::string& name) {
      const auto link = type.links.find(name);
      return link != type.links.end() && !world_.records.contains(link->second.to);
    });
  }

 private:
  bool leaves(const Definition& type, std::string_view path) const {
    for (std::size_t end = 0; end != std::string_view::npos && !path.empty();) {
      end = path.find('.', end == 0 ? 0 : end + 1);
      const Definition* there = type_at(set_, type, path.substr(0, end));
      if (!there || !world_.records.contains(there->type)) return true;
    }
    return false;
  }
  bool leaves(const Definition& type, const GuardUse& use, const char* parameter) const {
    const auto path = use.parameters.find(parameter);
    return path != use.parameters.end() && leaves(type, path->get_ref<const std::string&>());
  }

  /// Dates have to be there, unless the guard takes empty ones; whether they meet the guard is free.
  std::vector<GuardUse> dates(const Definition& type, const GuardUse& use) const {
    if (use.parameters.value("or_empty", false)) return {};
    const Json &field = use.parameters.at("field"), &than = use.parameters.at("than");
    std::vector<GuardUse> kept;
    Json filled = Json::array();
    if (field != "today") filled.push_back(field);
    if (use.parameters.contains("of")) {
      if (!leaves(type, use, "of"))
        kept.push_back({"linked_all", {{"link", use.parameters.at("of")}, {"have", {than}}}, use.waiver});
    } else if (than != "today") {
      filled.push_back(than);
    }
    if (!filled.empty()) kept.push_back({"filled", {{"fields", std::move(filled)}}, use.waiver});
    return kept;
  }

  /// A register that the world has no records of is free. Of another one it is free what lists cover and until when its
  /// records are in force: those with a last day count for what must be there, and not for what must not be there (all
  /// days of a world have long gone by at `the_moment`).
  std::vector<GuardUse> looked_up(const Definition& type, const GuardUse& use) const {
    if (!world_.records.contains(use.parameters.at("type").get<std::string>()) || leaves(type, use, "of") ||
        leaves(type, use, "ours"))
      return {};
    const Json linked = use.parameters.value("linked", Json::object());
    if (std::any_of(linked.begin(), linked.end(),
                    [&](const Json& path) { return leaves(type, path.get_ref<const std::string&>()); }))
      return {};
    GuardUse kept = use;
    for (const char* free : {"covers", "among", "plus"}) kept.parameters.erase(free);
    if (use.name != "none_registered") kept.parameters.erase("until");
    return {std::move(kept)};
  }

  /// Of a choice the option counts that holds in the world; a calculated value is any; a reckoned date is there when
  /// what it is reckoned from is; what stands on records that the world has no room for is there, too; links to them
  /// are not, and there are none of them.
  Json reckoned(const Definition& type, const std::string& name, Json value) const {
    if (is_choice(value)) {
      const auto policy = value.at("choose").get<std::string>();
      const auto chosen = world_.choices.find(policy);
      const PolicyValues published(set_);
      return reckoned(type, name,
                      value.at("of").at(chosen == world_.choices.end() ? published.choice(policy) : chosen->second));
    }
    if (is_first(value)) {
      for (Json& one : value["first"]) one = reckoned(type, name, std::move(one));
      return value;
    }
    if (is_day(value)) return value.at("day");
    if (is_calculated(value)) {
      const auto field = type.fields.find(name);
      return field == type.fields.end() ? Json("x") : sample(field->second.schema, "");
    }
    if (is_some(value) && leaves(type, value.at("some").get<std::string>())) return false;
    if (!is_elsewhere(value)) return value;
    const auto path = value.at("at").get<std::string>();
    if (!leaves(type, path)) return value;
    const Definition* there = type_at(set_, type, path);
    const auto field = value.at("field").get<std::string>();
    return there ? sample(there->fields.at(field).schema, "") : Json();
  }

  const WorkflowSet& set_;
  const ProofWorld& world_;
};

/// Texts without patterns; a checklist item may say its result, which is given to the sub-resource beside the input.
void forget_patterns(Json& schema) {
  schema.erase("pattern");
  if (schema.contains("properties") && schema["properties"].contains("question"))
    schema["properties"]["result"] = {{"type", "string"}, {"maxLength", 50}};
  if (const auto items = schema.find("items"); items != schema.end()) forget_patterns(*items);
  if (const auto members = schema.find("properties"); members != schema.end())
    for (auto& member : *members) forget_patterns(member);
}

/// True when the effect gives the command to records of the type.
bool gives(const WorkflowSet& set, const Definition& sender, const EffectUse& use, const std::string& type,
           const std::string& command) {
  if ((use.kind != "send" && use.kind != "create") || use.parameters.at("command") != command) return false;
  const Definition* to = use.kind == "create" ? set.find(use.parameters.at("type").get<std::string>())
                                              : type_at(set, sender, use.parameters.at("to").get<std::string>());
  return to && to->type == type;
}

/// Commands whose effects give the command of the claim to a record, and those that give them: copies that give the
/// claim's command in its place, so that its guards are held when and with what production runs them.
void add_senders(WorkflowSet& made, const ProofWorld& world, const Claim& claim, const std::string& type,
                 const std::string& command, const std::string& probe) {
  for (const auto& [name, count] : world.records) {
    Definition& sender = made.types.at(name);
    for (const std::string& sending : sender.command_order) {
      const auto copy_name = sender_of(claim, sending);
      const auto found = sender.commands.find(copy_name);
      const CommandDefinition& given = found == sender.commands.end() ? sender.commands.at(sending) : found->second;
      const auto does = [&](const EffectUse& use) { return gives(made, sender, use, type, command); };
      if (std::none_of(given.effects.begin(), given.effects.end(), does)) continue;
      CommandDefinition copy = given;
      for (EffectUse& use : copy.effects)
        if (does(use)) use.parameters["command"] = probe;
      copy.name = copy_name;
      sender.commands[copy_name] = std::move(copy);
      add_senders(made, world, claim, name, sending, copy_name);
    }
  }
}

void add_probe(WorkflowSet& made, const ProofWorld& world, const Freed& freed, const Claim& claim,
               const CommandName& name) {
  Definition& definition = made.types.at(name.type);
  CommandDefinition probe = definition.commands.at(name.command);
  probe.name = probe_of(claim, name.command);
  probe.guards.clear();
  for (const GuardUse& use : claim.holds) {
    for (GuardUse& kept : freed.guard(definition, use)) probe.guards.push_back(std::move(kept));
  }
  probe.effects.clear();
  const std::string probe_name = probe.name;
  definition.commands.emplace(probe_name, std::move(probe));
  if (claim.kind == Claim::Kind::at) add_senders(made, world, claim, name.type, name.command, probe_name);
}

}  // namespace

std::string probe_of(const Claim& claim, const std::string& command) { return command + "/" + claim.id; }
std::string sender_of(const Claim& claim, const std::string& command) { return command + "//" + claim.id; }

std::optional<std::string> unguarded(const WorkflowSet& set, const ProofWorld& world, const Claim& claim,
                                     const CommandName& name) {
  const Freed freed(set, world);
  const Definition& type = set.types.at(name.type);
  const auto same = [](const GuardUse& one, const GuardUse& other) {
    return one.name == other.name && one.parameters == other.parameters && one.waiver == other.waiver;
  };
  for (const GuardUse& use : claim.holds) {
    const auto kept = freed.guard(type, use);
    if (kept.size() == 1 && same(kept.front(), use) && use.name != "plugin_allows") continue;
    const auto& guards = type.commands.at(name.command).guards;
    if (std::any_of(guards.begin(), guards.end(), [&](const GuardUse& one) { return same(one, use); })) continue;
    return use.name + " " + use.parameters.dump();
  }
  return {};
}

WorkflowSet explored(const WorkflowSet& set, const Proof& proof, const ProofWorld& world) {
  WorkflowSet made;
  made.roles = set.roles;
  made.policies = set.policies;
  const Freed freed(set, world);
  for (const auto& [type, full] : set.types) {
    Definition& definition = made.types[type];
    if (!world.records.contains(type)) {  // paths may lead there
      definition.workflow = full.workflow;
      definition.type = type;
      definition.links = full.links;
      continue;
    }
    definition = full;
    definition.labels.clear();
    for (auto& [name, field] : definition.fields) forget_patterns(field.schema);
    for (auto& [name, command] : definition.commands) {
      command.schemas.clear();
      std::vector<GuardUse> guards;
      for (const GuardUse& use : command.guards) {
        for (GuardUse& kept : freed.guard(definition, use)) guards.push_back(std::move(kept));
      }
      command.guards = std::move(guards);
      freed.effects(definition, command);
      freed.links(definition, command.must);
      freed.links(definition, command.may);
    }
  }
  for (const Claim& claim : proof.claims) {
    if (claim.holds.empty()) continue;
    for (const CommandName& name : claim.commands) {
      const Definition& type = set.types.at(name.type);
      if (world.records.contains(name.type) && tries(world, type, type.commands.at(name.command)))
        add_probe(made, world, freed, claim, name);
    }
    if (claim.kind != Claim::Kind::always || !world.records.contains(claim.type)) continue;
    CommandDefinition probe{probe_of(claim, "")};
    probe.from = claim.states;
    probe.by = {"via:" + claim.type};  // nobody gives it; what it looks at matters all the same
    for (const GuardUse& use : claim.holds) {
      for (GuardUse& kept : freed.guard(set.types.at(claim.type), use)) probe.guards.push_back(std::move(kept));
    }
    made.types.at(claim.type).commands.emplace(probe.name, probe);
  }
  return made;
}

Json sample(const Json& schema, const std::string& person) {
  if (const auto constant = schema.find("const"); constant != schema.end()) return *constant;
  if (const auto values = schema.find("enum"); values != schema.end()) return values->front();
  const std::string type = schema.value("type", "string");
  if (type == "boolean") return true;
  if (type == "integer" || type == "number") return schema.value("minimum", Json(0));
  if (type == "array") {
    Json list = Json::array();
    list.push_back(sample(schema.at("items"), person));
    return list;
  }
  if (type == "object") {
    Json object = Json::object();
    for (const Json& name : schema.value("required", Json::array())) {
      const auto& member = name.get_ref<const std::string&>();
      object[member] = sample(schema.at("properties").at(member), person);
    }
    return object;
  }
  static const std::map<std::string, const char*> formats{
      {"date", "2026-01-01"}, {"date-time", "2026-01-01T00:00:00Z"},
      {"uri", "https://x"},   {"time-zone", "Etc/UTC"},
      {"email", "x@x.x"},     {"uuid", "00000000-0000-7000-8000-0000000000ff"}};
  if (schema.contains("x-person")) return person;
  if (const auto format = formats.find(schema.value("format", "")); format != formats.end()) return format->second;
  return std::string(schema.value("minLength", std::size_t{1}), 'x');
}

}  // namespace assay
