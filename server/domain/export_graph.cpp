// A definition as an input of other people's tools.
#include "domain/export_graph.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "domain/json.h"

namespace assay {
namespace {

constexpr std::string_view unmade = "unmade";

/// For Graphviz: between quotes only these have a meaning.
std::string in_quotes(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c == '\n' || c == '\r' ? ' ' : c;
  }
  return quoted + '"';
}

/// "Issue [lead_auditor] + [top_management] if has_report"
std::string edge_label(const Definition& definition, const CommandDefinition& command, std::string_view language) {
  std::string text = label_of(definition, "commands." + command.name, language);
  text += fmt::format(" [{}]", fmt::join(command.by, ", "));
  if (!command.second.empty()) text += fmt::format(" + [{}]", fmt::join(command.second, ", "));
  std::vector<std::string> guards;
  for (const GuardUse& use : command.guards) guards.push_back(use.name);
  if (!guards.empty()) text += fmt::format(" if {}", fmt::join(guards, ", "));
  return text;
}

/// The commands that a state accepts, as written; those that make a record for `unmade`.
std::vector<const CommandDefinition*> accepted(const Definition& definition, std::string_view state) {
  std::vector<const CommandDefinition*> found;
  for (const std::string& name : definition.command_order) {
    const CommandDefinition& command = definition.commands.at(name);
    if (state == unmade ? command.creates() : command.from.contains(std::string(state))) found.push_back(&command);
  }
  return found;
}

Json guard_json(const GuardUse& use) {
  Json guard = use.parameters;
  guard["guard"] = use.name;
  if (use.waiver) guard["waiver"] = *use.waiver;
  return guard;
}

/// A way by which a command leads on: the event that it is in a machine, and the state after it, if it is another one.
/// A command that adopts has one for each state that its input may name: "adopt.running".
struct MachineEvent {
  std::string name;
  std::optional<std::string> to;
};

std::vector<MachineEvent> machine_events(const CommandDefinition& command) {
  if (!command.adopts) return {{command.name, command.to}};
  std::vector<MachineEvent> events;
  for (const auto& [state, needs] : command.adopts->states) events.push_back({command.name + "." + state, state});
  return events;
}

/// To XState a transition without target and actions is none: so what stays has its own state as target.
Json transition_json(const CommandDefinition& command, const MachineEvent& event, const std::string& from) {
  Json transition{{"target", event.to.value_or(from)}};
  Json parameters{{"by", command.by}};
  if (!command.second.empty()) parameters["second"] = command.second;
  for (const GuardUse& use : command.guards) parameters["guards"].push_back(guard_json(use));
  transition["guard"] = {{"type", command.name}, {"params", std::move(parameters)}};
  for (const EffectUse& use : command.effects)
    transition["actions"].push_back({{"type", use.kind}, {"params", use.parameters}});
  return transition;
}

Json state_json(const Definition& definition, const std::string& name) {
  Json state = Json::object();
  for (const CommandDefinition* command : accepted(definition, name))
    for (const MachineEvent& event : machine_events(*command))
      state["on"][event.name] = transition_json(*command, event, name);
  const auto known = definition.states.find(name);
  if (known == definition.states.end()) return state;
  if (!known->second.groups.empty()) state["tags"] = known->second.groups;
  state["meta"]["label"] = known->second.label;
  if (known->second.end) state["type"] = "final";
  return state;
}

/// A value of an attribute, in quotes.
std::string attribute(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    switch (c) {
      case '&':
        quoted += "&amp;";
        break;
      case '<':
        quoted += "&lt;";
        break;
      case '>':
        quoted += "&gt;";
        break;
      case '"':
        quoted += "&quot;";
        break;
      default:
        quoted += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
  }
  return quoted + '"';
}

std::string transition_text(const CommandDefinition& command, const MachineEvent& event) {
  std::string text =
      fmt::format("    <transition event={} cond={}", attribute(event.name), attribute("!unmet." + command.name));
  if (event.to) text += fmt::format(" target={}", attribute(*event.to));
  text += fmt::format(" assay:by={}", attribute(fmt::format("{}", fmt::join(command.by, " "))));
  if (!command.second.empty())
    text += fmt::format(" assay:second={}", attribute(fmt::format("{}", fmt::join(command.second, " "))));
  Json guards = Json::array();
  for (const GuardUse& use : command.guards) guards.push_back(guard_json(use));
  if (!guards.empty()) text += fmt::format(" assay:guards={}", attribute(guards.dump()));
  return text + "/>\n";
}

}  // namespace

std::string export_dot(const Definition& definition, std::string_view language) {
  std::string text = fmt::format("digraph {} {{\n  label={};\n  rankdir=LR;\n  node [shape=box, style=rounded];\n",
                                 in_quotes(definition.type),
                                 in_quotes(fmt::format("{} version {}", definition.workflow, definition.version)));
  text += fmt::format("  {} [label=\"\", shape=point];\n", unmade);
  for (const std::string& state : definition.state_order)
    text += fmt::format("  {} [label={}{}];\n", in_quotes(state),
                        in_quotes(label_of(definition, "states." + state, language)),
                        definition.states.at(state).end ? ", peripheries=2" : "");
  std::vector<std::string> states{std::string(unmade)};
  states.insert(states.end(), definition.state_order.begin(), definition.state_order.end());
  for (const std::string& state : states) {
    for (const CommandDefinition* command : accepted(definition, state))
      for (const MachineEvent& event : machine_events(*command))
        text += fmt::format("  {} -> {} [label={}];\n", in_quotes(state), in_quotes(event.to.value_or(state)),
                            in_quotes(edge_label(definition, *command, language)));
  }
  return text + "}\n";
}

std::string export_xstate(const Definition& definition) {
  Json machine{{"id", definition.type},
               {"version", std::to_string(definition.version)},
               {"initial", unmade},
               {"states", {{unmade, state_json(definition, std::string(unmade))}}}};
  for (const std::string& state : definition.state_order) machine["states"][state] = state_json(definition, state);
  return machine.dump(2) + "\n";
}

std::string export_scxml(const Definition& definition) {
  std::string identifier = definition.type;  // as SCION makes a name of JavaScript of it
  std::ranges::replace(identifier, '-', '_');
  std::string text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<scxml xmlns=\"http://www.w3.org/2005/07/scxml\" xmlns:assay=\"urn:assay:workflow\" version=\"1.0\" name={} "
      "datamodel=\"ecmascript\" initial=\"{}\" assay:workflow={} assay:version=\"{}\">\n"
      "  <datamodel>\n    <data id=\"unmet\" expr=\"{{}}\"/>\n  </datamodel>\n",
      attribute(identifier), unmade, attribute(definition.workflow), definition.version);
  const auto state = [&](std::string_view name, bool end, const std::string& more) {
    const char* element = end ? "final" : "state";
    text += fmt::format("  <{} id=\"{}\"{}", element, name, more);
    const auto commands = accepted(definition, name);
    if (commands.empty()) {
      text += "/>\n";
      return;
    }
    text += ">\n";
    for (const CommandDefinition* command : commands)
      for (const MachineEvent& event : machine_events(*command)) text += transition_text(*command, event);
    text += fmt::format("  </{}>\n", element);
  };
  state(unmade, false, "");
  for (const std::string& name : definition.state_order) {
    const StateDefinition& known = definition.states.at(name);
    std::string more = fmt::format(" assay:label={}", attribute(known.label));
    if (!known.groups.empty())
      more += fmt::format(" assay:groups={}", attribute(fmt::format("{}", fmt::join(known.groups, " "))));
    state(name, known.end, more);
  }
  return text + "</scxml>\n";
}

}  // namespace assay
