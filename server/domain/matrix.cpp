// A definition as a text table for reviews.
#include "domain/matrix.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace assay {
namespace {

using Row = std::array<std::string, 5>;

/// Columns as wide as their widest cell, two spaces apart, nothing after the last word.
std::string table_text(const std::vector<Row>& rows) {
  std::array<std::size_t, std::tuple_size_v<Row>> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string joined(const std::vector<std::string>& names) { return fmt::format("{}", fmt::join(names, ", ")); }

Row row_of(const std::string& state, const CommandDefinition& command) {
  std::string next = command.to.value_or("(stays)");
  if (command.adopts) next = "(as adopted)";
  return {state, command.name, std::move(next), joined(command.by), joined(command.second)};
}

/// "link=audit in=[\"#open\"]"
std::string parameters_text(const Json& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters.items()) {
    text += fmt::format(" {}={}", name, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return text;
}

std::string matrix_rows(const Definition& definition) {
  std::vector<Row> rows{{"state", "command", "next", "by", "second"}};
  for (const std::string& name : definition.command_order) {
    const CommandDefinition& command = definition.commands.at(name);
    if (command.creates()) rows.push_back(row_of("(new)", command));
  }
  for (const std::string& state : definition.state_order) {
    bool first = true;
    for (const std::string& name : definition.command_order) {
      const CommandDefinition& command = definition.commands.at(name);
      if (!command.from.contains(state)) continue;
      rows.push_back(row_of(first ? state : "", command));
      first = false;
    }
    if (first) rows.push_back({state, definition.states.at(state).end ? "(end)" : "(nothing)", "", "", ""});
  }
  return table_text(rows);
}

std::string command_text(const CommandDefinition& command) {
  std::string text = fmt::format("{} -> {}  {}\n", command.name, command.event, command.why);
  if (!command.endpoint.empty()) text += fmt::format("  only   through {}\n", command.endpoint);
  if (command.adopts) {
    const std::string& until = command.adopts->until;
    text += fmt::format("  under  {} (keeps {}){}\n", command.adopts->under, joined(command.adopts->keep),
                        until.empty() ? "" : ", until its " + until);
    for (const auto& [state, needs] : command.adopts->states)
      text += fmt::format("  adopts {}{}{}\n", state, needs.empty() ? "" : ": ", joined(needs));
  }
  if (!command.must.empty()) text += fmt::format("  must   {}\n", joined(command.must));
  if (!command.may.empty()) text += fmt::format("  may    {}\n", joined(command.may));
  if (!command.anew.empty()) text += fmt::format("  anew   {}\n", joined(command.anew));
  for (const GuardUse& use : command.guards) {
    const std::string waiver = use.waiver ? fmt::format(" (waiver {})", *use.waiver) : "";
    text += fmt::format("  guard  {}{}{}\n", use.name, parameters_text(use.parameters), waiver);
  }
  for (const EffectUse& use : command.effects) {
    text += fmt::format("  effect {}{}\n", use.kind, parameters_text(use.parameters));
  }
  return text;
}

std::string timer_text(const TimerDefinition& timer) {
  std::string text = fmt::format("{}\n  while  {}\n", timer.name, fmt::join(timer.during, ", "));
  if (!timer.when.empty()) text += fmt::format("  when  {}\n", parameters_text(timer.when));
  text += fmt::format("  due    {} + {}", timer.from, timer.after);
  if (!timer.extended.empty()) text += fmt::format(", or {}", timer.extended);
  text += "\n";
  if (!timer.remind.empty()) text += fmt::format("  remind {}\n", timer.remind);
  if (!timer.tell.empty()) text += fmt::format("  tell   {}\n", joined(timer.tell));
  if (!timer.fires.empty()) text += fmt::format("  fires  {} (missed: {})\n", timer.fires, timer.misfire);
  if (!timer.instead.empty()) text += fmt::format("  from   {} on {}\n", timer.overtaken_by, timer.instead);
  return text;
}

}  // namespace

std::string grants_text(const Definition& definition) {
  if (!definition.grants) return {};
  const GrantsDefinition& grants = *definition.grants;
  std::string text =
      fmt::format("to {} over {} while {}", grants.to, joined(grants.over), fmt::join(grants.during, ", "));
  if (!grants.until.empty()) text += " until " + grants.until;
  if (!grants.role.empty()) text += fmt::format(", who works as {} with{}", grants.role, parameters_text(grants.work));
  return text;
}

std::string engages_text(const Definition& definition) {
  if (!definition.engages) return {};
  return fmt::format("by {} while {}", definition.engages->field, fmt::join(definition.engages->during, ", "));
}

std::string matrix(const Definition& definition) {
  std::string text = fmt::format("{} version {}\nread by {}\n\n", definition.workflow, definition.version,
                                 definition.read.empty() ? "people with a seat" : joined(definition.read));
  for (const auto& [name, link] : definition.links) {
    text += fmt::format("link {} to {}{}{}, seen from there as {}\n", name, link.to, link.parent ? ", parent" : "",
                        link.many ? ", many" : "", link.back);
  }
  for (const auto& [name, seat] : definition.people) {
    text += seat.max > 0 ? fmt::format("seat {} (at most {})\n", name, seat.max) : fmt::format("seat {}\n", name);
  }
  if (definition.grants) text += "grants sight " + grants_text(definition) + "\n";
  if (definition.engages) text += "engages people " + engages_text(definition) + "\n";
  text += "\n";
  for (const std::string& state : definition.state_order) {
    const StateDefinition& known = definition.states.at(state);
    text += fmt::format("state {}{}{}{}\n", state, known.groups.empty() ? "" : " is ", fmt::join(known.groups, ", "),
                        known.end ? " (end)" : "");
  }
  text += "\n" + matrix_rows(definition) + "\n";
  for (const std::string& name : definition.command_order) text += command_text(definition.commands.at(name));
  if (!definition.timers.empty()) text += "\n";
  for (const auto& [name, timer] : definition.timers) text += "timer " + timer_text(timer);
  return text;
}

}  // namespace assay
