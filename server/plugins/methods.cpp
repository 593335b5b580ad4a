// The methods of plugins that take JSON and give JSON.
#include "plugins/methods.h"

#include <assay/ext/applicability.h>
#include <assay/ext/guard.h>
#include <assay/ext/migrate.h>
#include <assay/ext/sampling.h>
#include <assay/ext/scoring.h>
#include <assay/ext/settings.h>
#include <assay/ext/ticket.h>
#include <embedded.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <stdexcept>

#include "plugins/ticket_requests.h"

namespace assay {
namespace {

using sandbox::Method;
using Fault = std::optional<std::string>;
using Names = std::set<std::string>;

template <const std::string_view& Text>
const JsonSchema& compiled() {
  static const JsonSchema schema(Text);
  return schema;
}

Names names_in(const Json& list, const char* member) {
  Names names;
  for (const Json& one : list) names.insert(one.at(member).get<std::string>());
  return names;
}

template <const char* const& Extension>
Fault unnamed_catalogue(const Manifest& manifest, const Json& input) {
  const std::string id = input.at("catalogue").at("id");
  if (manifest.names(Extension, "catalogues", id)) return {};
  return fmt::format("the catalogue {}", id);
}

constexpr const char* scoring = ASSAY_SCORING_1;
constexpr const char* applicability = ASSAY_APPLICABILITY_1;

Fault unnamed_kind(const Manifest& manifest, const Json& input) {
  const std::string kind = input.at("kind");
  if (manifest.names(ASSAY_SAMPLING_1, "kinds", kind)) return {};
  return fmt::format("samples of {}", kind);
}

Fault unnamed_guard(const Manifest& manifest, const Json& input) {
  const std::string guard = input.at("guard");
  if (manifest.names(ASSAY_GUARD_1, "guards", guard)) return {};
  return fmt::format("the guard {}", guard);
}

Fault unnamed_versions(const Manifest& manifest, const Json& input) {
  for (const char* side : {"from", "to"}) {
    const std::string id = input.at(side).at("id");
    if (!manifest.names(ASSAY_MIGRATE_1, "catalogues", id)) return fmt::format("the catalogue {}", id);
  }
  return {};
}

Fault nothing_unnamed(const Manifest&, const Json&) { return {}; }
Fault no_fault(const Manifest&, const Json&, const Json&) { return {}; }

Fault bad_value(const Json& bounds, const Json& value, std::string_view of) {
  const double number = value.get<double>();
  const auto least = bounds.at("minimum").get<double>(), most = bounds.at("maximum").get<double>();
  if (std::isfinite(number) && number >= least && number <= most) return {};
  return fmt::format("the score of {} is not within {} and {}", of, least, most);
}

Fault bad_scores(const Manifest& manifest, const Json& input, const Json& output) {
  const Json& bounds = manifest.declared.at(ASSAY_SCORING_1);
  Names sets = names_in(input.at("sets"), "id");
  Names groups;
  for (const Json& group : input.at("catalogue").at("groups")) groups.insert(group.get<std::string>());
  for (const Json& score : output.at("scores")) {
    const std::string set = score.at("set");
    if (sets.erase(set) == 0) return fmt::format("the set {} is scored twice, or is not there", set);
    if (score.contains("value")) {
      if (auto fault = bad_value(bounds, score.at("value"), set)) return fault;
    }
    Names left = groups;
    for (const Json& group : score.value("groups", Json::array())) {
      const std::string id = group.at("group");
      if (left.erase(id) == 0) return fmt::format("the group {} of {} is scored twice, or is not there", id, set);
      if (auto fault = bad_value(bounds, group.at("value"), id)) return fault;
    }
  }
  if (!sets.empty()) return fmt::format("the set {} has no score", *sets.begin());
  return {};
}

Fault bad_applicability(const Manifest&, const Json& input, const Json& output) {
  Names items = names_in(input.at("catalogue").at("items"), "id");
  for (const Json& one : output.at("items")) {
    const std::string item = one.at("item");
    if (items.erase(item) == 0) return fmt::format("the item {} is there twice, or is none of the catalogue", item);
    if (!one.at("applies").get<bool>() && !one.contains("reason"))
      return fmt::format("the item {} does not apply, without a reason", item);
  }
  if (!items.empty()) return fmt::format("the item {} is missing", *items.begin());
  return {};
}

Fault bad_sample(const Manifest&, const Json& input, const Json& output) {
  Names population = names_in(input.at("population"), "id");
  const Json& chosen = output.at("chosen");
  for (const Json& one : chosen) {
    const std::string id = one.at("id");
    if (population.erase(id) == 0) return fmt::format("{} is chosen twice, or is none of the population", id);
  }
  const auto least = input.at("at_least").get<std::size_t>(), most = input.at("at_most").get<std::size_t>();
  if (chosen.size() >= least && chosen.size() <= most) return {};
  return fmt::format("it chose {} where {} to {} were asked for", chosen.size(), least, most);
}

Fault bad_verdict(const Manifest&, const Json&, const Json& output) {
  if (output.at("verdict") == "allow" || output.contains("reason")) return {};
  return "its verdict has no reason";
}

Names questions_of(const Json& catalogue) {
  Names all;
  for (const Json& item : catalogue.at("items")) all.merge(names_in(item.at("questions"), "id"));
  return all;
}

Fault bad_mapping(const Manifest&, const Json& input, const Json& output) {
  Names from = questions_of(input.at("from")), to = questions_of(input.at("to"));
  for (const Json& one : output.at("mapping")) {
    const std::string old = one.at("from"), kind = one.at("kind");
    if (from.erase(old) == 0) return fmt::format("the question {} is mapped twice, or is none of the old version", old);
    if ((kind == "removed") == one.contains("to"))
      return fmt::format("the question {} is {} and {}", old, kind,
                         one.contains("to") ? "goes somewhere" : "goes nowhere");
    if (!one.contains("to")) continue;
    const std::string target = one.at("to");
    if (to.erase(target) == 0) return fmt::format("two questions go to {}, or it is none of the new version", target);
  }
  for (const Json& fresh : output.at("new")) {
    const std::string id = fresh;
    if (to.erase(id) == 0) return fmt::format("the question {} is not new, or none of the new version", id);
  }
  if (!from.empty()) return fmt::format("the question {} of the old version is missing", *from.begin());
  if (!to.empty()) return fmt::format("the question {} of the new version is missing", *to.begin());
  return {};
}

constexpr std::array methods = {
    JsonMethod{Method::score, "score", ASSAY_SCORING_1, &compiled<scoring_input_schema_text>,
               &compiled<scores_schema_text>, &unnamed_catalogue<scoring>, &bad_scores},
    JsonMethod{Method::applicable, "applicable", ASSAY_APPLICABILITY_1, &compiled<applicability_input_schema_text>,
               &compiled<applicability_schema_text>, &unnamed_catalogue<applicability>, &bad_applicability},
    JsonMethod{Method::sample, "sample", ASSAY_SAMPLING_1, &compiled<sampling_input_schema_text>,
               &compiled<sample_schema_text>, &unnamed_kind, &bad_sample},
    JsonMethod{Method::judge, "judge", ASSAY_GUARD_1, &compiled<guard_input_schema_text>,
               &compiled<verdict_schema_text>, &unnamed_guard, &bad_verdict},
    JsonMethod{Method::requests, "requests", ASSAY_TICKET_1, &compiled<ticket_input_schema_text>,
               &compiled<ticket_requests_schema_text>, &nothing_unnamed, &bad_ticket_requests},
    JsonMethod{Method::check_settings, "settings", ASSAY_SETTINGS_1, nullptr, &compiled<settings_check_schema_text>,
               &nothing_unnamed, &no_fault},
    JsonMethod{Method::map, "migrate", ASSAY_MIGRATE_1, &compiled<migrate_input_schema_text>,
               &compiled<mapping_schema_text>, &unnamed_versions, &bad_mapping},
};

}  // namespace

const JsonMethod& json_method(Method method) {
  const auto found =
      std::find_if(methods.begin(), methods.end(), [&](const JsonMethod& one) { return one.method == method; });
  if (found == methods.end()) throw std::out_of_range("no method that takes JSON and gives JSON");
  return *found;
}

}  // namespace assay
