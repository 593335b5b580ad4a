// The set as it is explored: without the calendar and what texts say, and with the claims as commands.
#include "domain/explore_parts.h"

namespace assay {
namespace {

/// The guard as far as it is not of the calendar: whether dates meet it is free, but they have to be there.
std::optional<GuardUse> without_calendar(const GuardUse& use) {
  if (use.name == "no_clash") return {};
  if (use.name != "after" && use.name != "not_before" && use.name != "not_after") return use;
  GuardUse filled{"filled", {{"fields", {use.parameters.at("field")}}}, use.waiver};
  if (use.parameters.at("than") != "today") filled.parameters["fields"].push_back(use.parameters.at("than"));
  return filled;
}

/// Texts without patterns; a checklist item may say its result, which is given to the sub-resource beside the input.
void forget_patterns(Json& schema) {
  schema.erase("pattern");
  if (schema.contains("properties") && schema["properties"].contains("question"))
    schema["properties"]["result"] = {{"type", "string"}, {"maxLength", 50}};
  if (const auto items = schema.find("items"); items != schema.end()) forget_patterns(*items);
  if (const auto members = schema.find("properties"); members != schema.end())
    for (auto& member : *members) forget_patterns(member);
}

/// What a world would answer otherwise than production does is refused, not explored.
void require_known(const std::string& type, const CommandDefinition& command) {
  static const std::set<std::string, std::less<>> unknown{
      "dossier_unchanged", "each_at_least",          "each_registered", "none_registered",
      "registered",        "requirements_evidenced", "within"};
  const auto refuse_it = [&](const std::string& what) {
    throw std::invalid_argument(type + "." + command.name + ": worlds do not know " + what);
  };
  for (const GuardUse& use : command.guards) {
    if (unknown.contains(use.name)) refuse_it(use.name);
    const bool dates = use.name == "after" || use.name == "not_before" || use.name == "not_after";
    if (dates && (use.parameters.contains("of") || use.parameters.at("field") == "today"))
      refuse_it(use.name + " with `of` or today");
  }
  for (const EffectUse& effect : command.effects) {
    if (effect.kind == "freeze") refuse_it(effect.kind);
    for (const char* part : {"values", "input"}) {
      for (const Json& value : effect.parameters.value(part, Json::object())) {
        if (is_day(value) || is_elsewhere(value) || is_calculated(value))
          refuse_it("values of an effect that are reckoned, looked up or calculated");
      }
    }
  }
}

}  // namespace

std::string probe_of(const Claim& claim, const std::string& command) { return command + "/" + claim.id; }

WorkflowSet explored(const WorkflowSet& set, const Proof& proof, const ProofWorld& world) {
  WorkflowSet made;
  made.roles = set.roles;
  made.policies = set.policies;
  made.types = set.types;
  for (auto& [type, definition] : made.types) {
    definition.labels.clear();
    for (auto& [name, field] : definition.fields) forget_patterns(field.schema);
    for (auto& [name, command] : definition.commands) {
      if (world.records.contains(type)) require_known(type, command);
      command.schemas.clear();
      std::vector<GuardUse> guards;
      for (const GuardUse& use : command.guards) {
        if (auto kept = without_calendar(use)) guards.push_back(std::move(*kept));
      }
      command.guards = std::move(guards);
    }
  }
  for (const Claim& claim : proof.claims) {
    if (claim.holds.empty()) continue;
    for (const CommandName& name : claim.commands) {
      if (!world.records.contains(name.type)) continue;
      Definition& definition = made.types.at(name.type);
      CommandDefinition probe = definition.commands.at(name.command);
      probe.name = probe_of(claim, name.command);
      probe.guards = claim.holds;
      probe.effects.clear();
      definition.commands.emplace(probe.name, std::move(probe));
    }
    if (claim.kind != Claim::Kind::always || !world.records.contains(claim.type)) continue;
    CommandDefinition probe{probe_of(claim, "")};
    probe.from = claim.states;
    probe.by = {"via:" + claim.type};  // nobody gives it; what it looks at matters all the same
    probe.guards = claim.holds;
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
  if (schema.value("x-person", false)) return person;
  if (const auto format = formats.find(schema.value("format", "")); format != formats.end()) return format->second;
  return std::string(schema.value("minLength", std::size_t{1}), 'x');
}

}  // namespace assay
