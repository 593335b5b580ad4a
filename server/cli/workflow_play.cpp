// `assay workflow simulate`: steps from a file or standard input, played against definitions in memory.
#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "cli/commands.h"
#include "cli/workspace.h"
#include "domain/simulate.h"

namespace assay {

int simulate_workflows(const SettingValues& values, const std::filesystem::path& steps, const std::string& begin) {
  const auto day = parse_date(begin);
  if (!day) throw SettingError("--begin must be a date such as 2026-01-01");
  const auto set = workflows_of(values);
  std::ifstream file;
  if (!steps.empty()) {
    file.open(steps);
    if (!file) throw SettingError(steps.string() + " cannot be read");
  }
  std::istream& input = steps.empty() ? std::cin : file;
  Simulation simulation(*set, *day);
  std::size_t number = 0;
  for (std::string line; std::getline(input, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    auto parsed = parse_strict(line);
    if (const auto* fault = std::get_if<JsonFault>(&parsed))
      throw SettingError(
          fmt::format("line {}: {}{}{}", number, fault->pointer, fault->pointer.empty() ? "" : " ", fault->reason));
    try {
      fmt::print("{}", simulation.play(std::get<Json>(parsed)));
    } catch (const std::invalid_argument& error) {
      throw SettingError(fmt::format("line {}: {}", number, error.what()));
    }
  }
  return 0;
}

}  // namespace assay
