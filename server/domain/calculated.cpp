// The calculations that definitions name.
#include "domain/calculated.h"

#include <algorithm>
#include <array>
#include <sstream>

#include "domain/calculation_input.h"
#include "domain/programme_calculations.h"
#include "domain/security_levels.h"

namespace assay {
namespace {

Result<Json> levels_and_gaps(const PolicyValues& policies, const Json& given, std::string_view) {
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

Result<Json> integrated(const PolicyValues& policies, const Json& given, std::string_view language) {
  const auto input = integrated_time_input(given);
  if (!input) return input.error();
  const auto time = integrated_time(policies, input->times, input->reduction, input->reason);
  if (!time) return time.error();
  Json made{{"days", time->days.number()}, {"derivation", printed(policies.set(), time->derivation, language)}};
  return {boost::system::in_place_value, std::move(made)};
}

Result<Json> dates_of(const char* step, const PolicyValues& policies, Json given, std::string_view language) {
  given["step"] = step;
  const auto input = certificate_dates_input(given);
  if (!input) return input.error();
  const auto dates = certificate_dates(policies, *input);
  if (!dates) return dates.error();
  Json made{{"expiry", to_text(dates->expiry)}, {"derivation", printed(policies.set(), dates->derivation, language)}};
  return {boost::system::in_place_value, std::move(made)};
}
Result<Json> grant_dates(const PolicyValues& policies, const Json& given, std::string_view language) {
  return dates_of("grant", policies, given, language);
}
Result<Json> renewal_dates(const PolicyValues& policies, const Json& given, std::string_view language) {
  return dates_of("renew", policies, given, language);
}
Result<Json> restoration_dates(const PolicyValues& policies, const Json& given, std::string_view language) {
  return dates_of("restore", policies, given, language);
}

constexpr std::array table{
    NamedCalculation{"security_levels", "requirements target? answers?", "achieved gaps", "{}", levels_and_gaps},
    NamedCalculation{"audit_times", "persons factors adjustment identical_work? first_cycle?", "audit_times derivation",
                     R"({"persons": 1, "adjustment": 0, "factors": {"sector": 2, "processes": 2, "maturity": 1,
                         "infrastructure": 2, "outsourcing": 2, "development": 1}})",
                     audit_times},
    NamedCalculation{"integrated_time", "single_times reduction reason?", "days derivation",
                     R"({"single_times": [{"standard": "A", "days": 1}], "reduction": 0})", integrated},
    NamedCalculation{"grant_dates", "decision effective?", "expiry derivation", R"({"decision": "2026-01-01"})",
                     grant_dates},
    NamedCalculation{"renewal_dates", "decision effective? old_expiry", "expiry derivation",
                     R"({"decision": "2026-01-01", "old_expiry": "2026-02-01"})", renewal_dates},
    NamedCalculation{"restoration_dates", "decision effective? old_expiry", "expiry derivation",
                     R"({"decision": "2026-02-02", "old_expiry": "2026-02-01"})", restoration_dates},
    NamedCalculation{"site_times", "audit factors adjustment site_reductions sites", "site_times derivation",
                     R"({"audit": "initial", "adjustment": 0, "sites": ["A"],
                         "site_reductions": [{"site": "A", "persons": 1, "reduction": 0, "reason": "x"}],
                         "factors": {"sector": 2, "processes": 2, "maturity": 1,
                                     "infrastructure": 2, "outsourcing": 2, "development": 1}})",
                     site_times},
    NamedCalculation{"sampled_sites",
                     "audit effective? central_function grouped_sites? no_sampling? sites chance draws?",
                     "sites seed draws derivation",
                     R"({"audit": "initial", "central_function": "A", "sites": ["A"], "chance": 0})", sampled_sites},
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
