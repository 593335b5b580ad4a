// Loads the verbs of a definition: commands with their guards and effects, and timers.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <stdexcept>

#include "domain/guards.h"
#include "domain/load_parts.h"

namespace assay {
namespace {

/// Which parameters an effect takes, "?" for those that may be absent.
struct EffectShape {
  std::string_view kind;
  std::string_view parameters;
};
constexpr EffectShape effect_shapes[] = {
    {"set", "values"},
    {"append", "list"},
    {"assign", "seat to"},
    {"clear", "seat"},
    {"create", "type command link input?"},
    {"send", "to command where? in? input?"},
    {"tell", "roles"},
    {"freeze", "dossier"},
    {"waive", "waiver"},
    {"dispose", "links"},
    {"erase_person", "seat"},
    {"restrict_person", "seat"},
    {"lift_restriction", "seat"},
};

enum class Kind { text, texts, object, names, whole, flag, any };

struct ParameterKind {
  std::string_view name;
  Kind kind;
};
/// What each parameter of guards and effects is, whoever takes it.
constexpr ParameterKind parameter_kinds[] = {
    {"command", Kind::text},  {"commands", Kind::texts}, {"count", Kind::whole},  {"field", Kind::text},
    {"fields", Kind::texts},  {"from", Kind::texts},     {"have", Kind::texts},   {"in", Kind::texts},
    {"input", Kind::object},  {"link", Kind::text},      {"links", Kind::texts},  {"list", Kind::text},
    {"of", Kind::text},       {"one_of", Kind::any},     {"roles", Kind::texts},  {"seat", Kind::text},
    {"seats", Kind::texts},   {"by", Kind::text},        {"same", Kind::names},   {"covers", Kind::names},
    {"linked", Kind::names},  {"until", Kind::text},     {"plus", Kind::any},     {"ours", Kind::text},
    {"their", Kind::text},    {"dossier", Kind::text},   {"since", Kind::texts},  {"linked_since", Kind::texts},
    {"results", Kind::texts}, {"than", Kind::text},      {"to", Kind::any},       {"type", Kind::text},
    {"values", Kind::object}, {"except", Kind::text},    {"subject", Kind::text}, {"waiver", Kind::text},
    {"where", Kind::object},  {"who", Kind::text},       {"ever", Kind::flag},    {"plugin", Kind::text},
    {"rule", Kind::text},     {"with", Kind::object},    {"sees", Kind::texts},   {"on_failure", Kind::text},
    {"file", Kind::text},     {"policy", Kind::text},    {"member", Kind::text},  {"purposes", Kind::texts},
    {"cycle", Kind::text},    {"audit", Kind::text},     {"audits", Kind::names}, {"sampled", Kind::text},
    {"planned", Kind::text},  {"explained", Kind::text}, {"apart", Kind::text},   {"factors", Kind::texts},
    {"unless", Kind::text},   {"or", Kind::text},        {"on", Kind::text},      {"value", Kind::text},
    {"vote", Kind::text},     {"for", Kind::text},       {"against", Kind::text}, {"any", Kind::texts},
    {"allowed", Kind::text},  {"days", Kind::text},      {"hours", Kind::text},   {"share", Kind::text},
    {"held", Kind::text},     {"members", Kind::texts},  {"after", Kind::text},   {"or_empty", Kind::flag},
    {"first", Kind::text},    {"last", Kind::text},      {"sites", Kind::text},   {"each", Kind::text},
    {"as", Kind::text},       {"also", Kind::text},      {"among", Kind::object}, {"ended", Kind::text},
    {"when", Kind::text},     {"cycles", Kind::text},
};

void check_texts(const Place& place) {
  if (!place.is_list() || place.size() == 0) return place.flaw("must be a list of at least one name");
  for (std::size_t i = 0; i < place.size(); ++i) {
    if (!place.at(i).is_text()) place.at(i).flaw("must be a string");
  }
}

/// {field: [values]}
void check_where(const Place& place) {
  for (const auto& [field, values] : place.members()) {
    if (!values.is_list() || values.size() == 0) values.flaw("must be a list of at least one value");
  }
}

/// {name: [names]}
void check_among(const Place& place) {
  for (const auto& [theirs, ours] : place.members()) check_texts(ours);
}

/// {name: name}
void check_names(const Place& place) {
  if (!place.is_object()) return;
  if (place.size() == 0) place.flaw("must name at least one pair");
  for (const auto& [theirs, ours] : place.members()) {
    if (!ours.is_text()) ours.flaw("must be a string");
  }
}

void check_kind(const Place& place, std::string_view name) {
  const auto row = std::find_if(std::begin(parameter_kinds), std::end(parameter_kinds),
                                [&](const ParameterKind& kind) { return kind.name == name; });
  if (row == std::end(parameter_kinds)) throw std::logic_error(fmt::format("`{}` is a parameter of no kind", name));
  switch (row->kind) {
    case Kind::text:
      if (!place.is_text() || place.text().empty()) place.flaw("must be a string that is not empty");
      break;
    case Kind::texts:
      check_texts(place);
      break;
    case Kind::object:
      if (place.is_object() && name == "where") check_where(place);
      if (place.is_object() && name == "among") check_among(place);
      break;
    case Kind::names:
      check_names(place);
      break;
    case Kind::whole:
      if (!place.is_count()) place.flaw("must be a whole number, 0 or more");
      break;
    case Kind::flag:
      if (!place.is_flag()) place.flaw("must be true or false");
      break;
    case Kind::any:
      if (name == "plus" && place.is_list()) check_texts(place);
      if (name == "plus" && !place.is_list() && !place.is_text()) {
        place.flaw("must be the name of a policy, or a list of them");
      }
      if (name == "one_of" && (!place.is_list() || place.size() == 0)) {
        place.flaw("must be a list of at least one value");
      }
  }
}

/// Holds the members of `place` against "a b? c": unknown ones and missing ones are flaws. `head` names the entry
/// itself.
void check_parameters(const Place& place, std::string_view shape, std::string_view head, std::string_view also) {
  std::vector<std::string_view> known{head, also};
  std::size_t found = (place.find(head) ? 1U : 0U) + (place.find(also) ? 1U : 0U);
  while (!shape.empty()) {
    const auto space = shape.find(' ');
    std::string_view name = shape.substr(0, space);
    shape = space == std::string_view::npos ? std::string_view{} : shape.substr(space + 1);
    const bool optional = name.back() == '?';
    if (optional) name.remove_suffix(1);
    if (const auto member = place.find(name)) {
      check_kind(*member, name);
      ++found;
    } else if (!optional) {
      place.flaw(fmt::format("`{}` is missing", name));
    }
    known.push_back(name);
  }
  if (found == place.size()) return;
  for (const std::string& name : place.written()) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      place.at(name).flaw(fmt::format("`{}` is not a parameter of {}", name, place.at(head).text()));
  }
}

std::vector<EffectUse> load_effects(const Place& command) {
  std::vector<EffectUse> uses;
  for (const Place& place : command.elements("effects")) {
    if (!place.is_object()) continue;
    const std::string kind = place.text("do");
    if (kind.empty()) continue;
    const auto shape = std::find_if(std::begin(effect_shapes), std::end(effect_shapes),
                                    [&](const EffectShape& row) { return row.kind == kind; });
    if (shape == std::end(effect_shapes)) {
      place.at("do").flaw(fmt::format("`{}` is not an effect", kind));
      continue;
    }
    check_parameters(place, shape->parameters, "do", "");
    uses.push_back({kind, place.json({"do"})});
  }
  return uses;
}

Adoption load_adoption(const Place& place) {
  Adoption adopts;
  if (!place.is_object()) return adopts;
  place.only({"under", "until", "keep", "states"});
  adopts.under = place.text("under");
  if (place.find("until")) adopts.until = place.text("until");
  adopts.keep = place.names("keep");
  for (const auto& [state, needs] : place.members("states")) adopts.states[state] = place.at("states").names(state);
  if (adopts.states.empty()) place.flaw("`states` is missing: the states in which records are adopted");
  return adopts;
}

CommandDefinition load_command(const std::string& name, const Place& place, const Definition& definition) {
  place.only({"label", "event", "from", "to", "by", "second", "must", "may", "anew", "guards", "effects", "why",
              "endpoint", "adopts"});
  CommandDefinition command;
  command.name = name;
  command.label = place.text("label");
  command.event = place.text("event");
  if (!command.event.empty() && !is_name(command.event)) place.at("event").flaw("must be a name");
  if (!place.find("from"))
    place.flaw("`from` is missing: the states that accept the command, [] when it makes a record");
  command.from = expand_states(place, "from", definition);
  if (place.find("to")) command.to = place.text("to");
  if (place.find("adopts")) command.adopts = load_adoption(place.at("adopts"));
  if (command.creates() && !command.to && !command.adopts)
    place.flaw("`to` is missing: a command that makes a record says its first state");
  command.by = place.names("by");
  if (command.by.empty()) place.flaw("`by` is missing: somebody has to be able to do it");
  command.second = place.names("second");
  if (place.find("second") && command.second.empty()) place.at("second").flaw("must name at least one role");
  command.must = place.names("must");
  command.may = place.names("may");
  command.anew = place.names("anew");
  command.guards = load_guards(place, "guards");
  command.effects = load_effects(place);
  command.why = place.text("why");
  command.endpoint = place.text("endpoint", false);
  constexpr std::array<std::string_view, 6> endpoints{"", "items", "answers", "evidence", "reports", "catalogue"};
  if (std::find(endpoints.begin(), endpoints.end(), command.endpoint) == endpoints.end()) {
    place.at("endpoint").flaw("must be items, answers, evidence, reports or catalogue");
  }
  return command;
}

TimerDefinition load_timer(const std::string& name, const Place& place, const Definition& definition) {
  place.only(
      {"while", "when", "from", "after", "extended", "remind", "tell", "misfire", "fires", "overtaken", "label"});
  TimerDefinition timer;
  timer.name = name;
  timer.during = expand_states(place, "while", definition);
  if (timer.during.empty()) place.flaw("`while` is missing: the states in which the timer runs");
  timer.when = load_when(place);
  timer.from = place.text("from");
  timer.after = place.text("after");
  timer.extended = place.text("extended", false);
  timer.remind = place.text("remind", false);
  timer.tell = place.names("tell");
  timer.fires = place.text("fires", false);
  timer.label = place.text("label");
  if (const auto overtaken = place.find("overtaken"); overtaken && overtaken->is_object()) {
    overtaken->only({"by", "fires"});
    timer.overtaken_by = overtaken->text("by");
    timer.instead = overtaken->text("fires");
  }
  if (place.find("misfire")) timer.misfire = place.text("misfire");
  if (timer.misfire != "all" && timer.misfire != "latest" && timer.misfire != "skip") {
    place.at("misfire").flaw("must be all, latest or skip");
  }
  return timer;
}

bool is_timer_name(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return is_name(lower);
}

}  // namespace

Json load_when(const Place& owner) {
  const auto when = owner.find("when");
  if (!when || !when->is_object()) return Json::object();
  check_where(*when);
  return when->json();
}

std::vector<GuardUse> load_guards(const Place& owner, std::string_view name) {
  std::vector<GuardUse> uses;
  for (const Place& place : owner.elements(name)) {
    if (!place.is_object()) continue;
    GuardUse use;
    use.name = place.text("guard");
    if (use.name.empty()) continue;
    const Guard* guard = find_guard(use.name);
    if (guard) {
      check_parameters(place, guard->parameters, "guard", "waiver");
    } else {
      place.at("guard").flaw(fmt::format("`{}` is not a guard", use.name));
    }
    if (place.find("waiver")) use.waiver = place.text("waiver");
    use.parameters = place.json({"guard", "waiver"});
    uses.push_back(std::move(use));
  }
  return uses;
}

std::set<std::string> expand_states(const Place& owner, std::string_view name, const Definition& definition) {
  std::set<std::string> states;
  for (const std::string& entry : owner.names(name)) {
    bool known = false;
    for (const auto& [state_name, state] : definition.states) {
      if (entry != state_name && !(entry.starts_with('#') && state.groups.contains(entry.substr(1)))) continue;
      states.insert(state_name);
      known = true;
    }
    if (!known) owner.at(name).flaw(fmt::format("`{}` is not a state or group of states", entry));
  }
  return states;
}

std::map<std::string, CommandDefinition> load_commands(const Place& place, const Definition& definition) {
  std::map<std::string, CommandDefinition> commands;
  for (const auto& [name, command] : place.members("commands")) {
    if (good_name(command, name) && command.is_object())
      commands.emplace(name, load_command(name, command, definition));
  }
  return commands;
}

std::optional<GrantsDefinition> load_grants(const Place& place, const Definition& definition) {
  const auto grants = place.find("grants");
  if (!grants || !grants->is_object()) return {};
  grants->only({"to", "over", "while", "role", "work", "until"});
  GrantsDefinition found;
  found.to = grants->text("to");
  found.over = grants->names("over");
  if (found.over.empty()) grants->flaw("`over` names no link: there is nothing to see");
  found.during = expand_states(*grants, "while", definition);
  if (found.during.empty()) grants->flaw("`while` names no state: it never gives anything");
  found.role = grants->text("role", false);
  found.until = grants->text("until", false);
  for (const auto& [name, values] : grants->members("work")) {
    if (values.is_list() && values.size() > 0) {
      found.work[name] = values.json();
    } else {
      values.flaw("must be a list of at least one value");
    }
  }
  if (found.work.empty() != found.role.empty()) grants->flaw("`role` and `work` say together who may act, and when");
  return found;
}

std::optional<EngagesDefinition> load_engages(const Place& place, const Definition& definition) {
  const auto engages = place.find("engages");
  if (!engages || !engages->is_object()) return {};
  engages->only({"field", "while"});
  EngagesDefinition found{engages->text("field"), expand_states(*engages, "while", definition)};
  if (found.during.empty()) engages->flaw("`while` names no state: it never engages anybody");
  return found;
}

std::map<std::string, TimerDefinition> load_timers(const Place& place, const Definition& definition) {
  std::map<std::string, TimerDefinition> timers;
  for (const auto& [name, timer] : place.members("timers")) {
    if (!is_timer_name(name)) {
      timer.flaw("a name begins with a letter and holds letters, digits and _");
    } else if (timer.is_object()) {
      timers.emplace(name, load_timer(name, timer, definition));
    }
  }
  return timers;
}

}  // namespace assay
