// The calculations that definitions name.
#include "domain/calculated.h"

#include <algorithm>
#include <array>
#include <sstream>

#include "domain/programme_calculations.h"
#include "domain/security_levels.h"

namespace assay {
namespace {

Result<Json> levels_and_gaps(const PolicyValues& policies, const Json& given) {
  const WorkflowSet& set = policies.set();
  const Json name = given.value("requirements", Json());
  const std::string requirements = name.is_string() ? name.get<std::string>() : std::string{};
  const auto input = security_levels_input(set, requirements, given);
  if (!input) return input.error();
  const auto levels = security_levels(set, requirements, *input);
  if (!levels) return levels.error();
  Json made = Json::object();
  made["achieved"] = achieved_json(*levels);
  made["gaps"] = gaps_json(*levels);
  return {boost::system::in_place_value, std::move(made)};
}

constexpr std::array table{
    NamedCalculation{"security_levels", "requirements target? answers?", "achieved gaps", "{}", levels_and_gaps},
    NamedCalculation{"audit_times", "persons factors adjustment identical_work? first_cycle?", "audit_times derivation",
                     R"({"persons": 1, "adjustment": 0, "factors": {"sector": 2, "processes": 2, "maturity": 1,
                         "infrastructure": 2, "outsourcing": 2, "development": 1}})",
                     audit_times},
    NamedCalculation{"sampled_sites",
                     "audit effective? central_function grouped_sites? no_sampling? sites record draws?",
                     "sites seed draws derivation",
                     R"({"audit": "initial", "central_function": "A", "sites": ["A"],
                         "record": "00000000-0000-7000-8000-000000000001"})",
                     sampled_sites},
};

}  // namespace

bool is_first(const Json& value) { return value.is_object() && value.contains("first"); }

const NamedCalculation* find_calculation(std::string_view name) {
  const auto* found = std::find_if(table.begin(), table.end(), [&](const auto& one) { return one.name == name; });
  return found == table.end() ? nullptr : found;
}

std::string missing_parameters(const NamedCalculation& calculation, const Json& given) {
  std::istringstream names{std::string(calculation.parameters)};
  std::string missing;
  for (std::string name; names >> name;) {
    if (!name.ends_with('?') && !given.contains(name)) missing += (missing.empty() ? "" : ", ") + name;
  }
  return missing;
}

bool is_among(std::string_view names, std::string_view name) {
  while (!names.empty()) {
    const auto space = names.find(' ');
    std::string_view one = names.substr(0, space);
    if (one.ends_with('?')) one.remove_suffix(1);
    if (one == name) return true;
    names = space == std::string_view::npos ? std::string_view{} : names.substr(space + 1);
  }
  return false;
}

}  // namespace assay
