// A definition as a Mermaid state diagram.
#include "domain/export_mermaid.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace assay {
namespace {

/// Mermaid ends a label at a line break, and reads : ; # " as its own.
std::string plain(std::string text) {
  for (char& c : text) {
    if (std::string_view(":;#\"\n\r{}").find(c) != std::string_view::npos) c = ' ';
  }
  return text;
}

/// "issue [lead_auditor] (2 guards)"
std::string arrow_label(const Definition& definition, const CommandDefinition& command, std::string_view language) {
  std::string text = plain(label_of(definition, "commands." + command.name, language));
  std::string who;
  for (const std::string& by : command.by) who += (who.empty() ? "" : ", ") + plain(by);
  text += fmt::format(" [{}]", who);
  if (!command.second.empty()) text += fmt::format(" + [{}]", fmt::join(command.second, ", "));
  std::string guards;
  for (const GuardUse& use : command.guards) guards += (guards.empty() ? "" : ", ") + use.name;
  if (!guards.empty()) text += fmt::format(" if {}", guards);
  return text;
}

}  // namespace

std::string export_mermaid(const Definition& definition, std::string_view language) {
  std::string text = fmt::format("stateDiagram-v2\n  %% {} version {}\n", definition.workflow, definition.version);
  for (const std::string& state : definition.state_order) {
    text += fmt::format("  state \"{}\" as {}\n", plain(label_of(definition, "states." + state, language)), state);
  }
  for (const std::string& name : definition.command_order) {
    const CommandDefinition& command = definition.commands.at(name);
    if (!command.to && !command.adopts) continue;
    const std::string label = arrow_label(definition, command, language);
    if (command.adopts) {
      for (const auto& [state, needs] : command.adopts->states)
        text += fmt::format("  [*] --> {} : {}\n", state, label);
      continue;
    }
    if (command.creates()) text += fmt::format("  [*] --> {} : {}\n", *command.to, label);
    for (const std::string& state : definition.state_order) {
      if (command.from.contains(state)) text += fmt::format("  {} --> {} : {}\n", state, *command.to, label);
    }
  }
  for (const std::string& state : definition.state_order) {
    std::string staying;
    for (const std::string& name : definition.command_order) {
      const CommandDefinition& command = definition.commands.at(name);
      if (command.to || !command.from.contains(state)) continue;
      staying += fmt::format("    {}\n", arrow_label(definition, command, language));
    }
    if (!staying.empty()) text += fmt::format("  note right of {}\n{}  end note\n", state, staying);
    if (definition.states.at(state).end) text += fmt::format("  {} --> [*]\n", state);
  }
  return text;
}

}  // namespace assay
