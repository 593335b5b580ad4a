// What plugins say about an audit's checklist: scores, what applies, samples. None of it is stored.
#include <algorithm>
#include <chrono>
#include <set>
#include <stdexcept>

#include "commands/checklist_inputs.h"
#include "commands/chosen_catalogues.h"
#include "http/checklist_record.h"
#include "http/handlers/handlers.h"
#include "http/json_body.h"
#include "http/offered_catalogues.h"
#include "http/plugin_calls.h"
#include "http/representation.h"

namespace assay::handlers {
namespace {

using sandbox::Method;

constexpr std::chrono::seconds answer_patience{10};

CallLimits answer_limits() { return {std::chrono::steady_clock::now() + answer_patience}; }

Json signed_by(const Plugin& plugin) {
  return {{"plugin", plugin.manifest().id}, {"plugin_version", plugin.manifest().version}};
}

/// A member that is an object; empty when it is absent.
Result<Json> object_member(const Json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end()) return Result<Json>(boost::system::in_place_value, Json::object());
  if (!found->is_object()) return invalid_field("/" + std::string(name), "must be an object");
  return Result<Json>(boost::system::in_place_value, *found);
}

/// Sorted by id, so that the order in which somebody lists it does not choose the sample.
Result<Json> population_of(const Json& body) {
  const auto found = body.find("population");
  if (found == body.end() || !found->is_array()) return invalid_field("/population", "must be a list");
  Json sorted = *found;
  std::set<std::string> ids;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const std::string pointer = "/population/" + std::to_string(i);
    auto id = sorted[i].is_object() ? need_text(sorted[i], "id") : invalid_field("", "must be an object");
    if (!id) return invalid_field(pointer + id.error().invalid.front().pointer, id.error().invalid.front().detail);
    if (!ids.insert(*id).second) return invalid_field(pointer + "/id", "is there twice");
  }
  std::sort(sorted.begin(), sorted.end(), [](const Json& a, const Json& b) { return a.at("id") < b.at("id"); });
  return Result<Json>(boost::system::in_place_value, std::move(sorted));
}

/// What is no whole number, and an empty population, is told by the schema.
Result<void> possible_size(const Json& body, std::size_t population) {
  const auto least = body.find("at_least"), most = body.find("at_most");
  if (population == 0 || least == body.end() || !least->is_number_integer()) return {};
  if (*least > population) return invalid_field("/at_least", "must not be more than the population has");
  if (most != body.end() && most->is_number_integer() && *least > *most)
    return invalid_field("/at_least", "must not be more than at_most");
  return {};
}

}  // namespace

Result<Response> get_scores(Api& api, const Request& request) {
  const std::string language = language_of(api, request);
  std::vector<Json> inputs;
  {
    Snapshot at = api.context().store.read();
    auto audit = checklist_record(api, request, at);
    if (!audit) return audit.error();
    inputs = scoring_inputs(api.service().catalogues, at, *audit, language);
  }
  auto scores = scores_of(api, inputs, language);
  if (!scores) return scores.error();
  Json all = Json::array();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Json& catalogue = inputs[i].at("catalogue");
    all.push_back({{"catalogue", catalogue.at("id")},
                   {"catalogue_hash", catalogue.at("hash")},
                   {"scored_by", std::move((*scores)[i].scored)},
                   {"not_scored_by", std::move((*scores)[i].not_scored)}});
  }
  return json_response({{"catalogues", std::move(all)}});
}

Result<Response> find_applicable(Api& api, const Request& request) {
  Json input;
  auto body = json_body(request);
  {
    Snapshot at = api.context().store.read();
    auto audit = checklist_record(api, request, at);
    if (!audit) return audit.error();
    if (!body) return body.error();
    if (auto known = only_members(*body, {"plugin", "catalogue", "facts"}); !known) return known.error();
    auto catalogue = text_member(*body, "catalogue");
    if (!catalogue) return catalogue.error();
    auto facts = object_member(*body, "facts");
    if (!facts) return facts.error();
    auto made = applicability_input(api.service().catalogues, at, *audit, catalogue->value_or(""), *facts,
                                    language_of(api, request));
    if (!made) return made.error();
    input = std::move(*made);
  }
  auto id = need_text(*body, "plugin");
  if (!id) return id.error();
  auto plugin = plugin_for(api, *id, "applicability/1");
  if (!plugin) return plugin.error();
  auto services = services_of(api, **plugin);
  if (!services) return services.error();
  auto answer = (*plugin)->answer(Method::applicable, input, language_of(api, request), answer_limits(), *services);
  if (!answer) return answer.error();
  Json json = signed_by(**plugin);
  json["catalogue_hash"] = input.at("catalogue").at("hash");
  json["items"] = std::move(answer->at("items"));
  return json_response(json);
}

Result<Response> draw_sample(Api& api, const Request& request) {
  std::uint64_t seed = 0;
  {
    Snapshot at = api.context().store.read();
    auto audit = checklist_record(api, request, at);
    if (!audit) return audit.error();
    seed = seed_of(api, *audit);
  }
  auto body = json_body(request);
  if (!body) return body.error();
  if (auto known = only_members(*body, {"plugin", "kind", "population", "at_least", "at_most"}); !known)
    return known.error();
  auto id = need_text(*body, "plugin");
  if (!id) return id.error();
  auto plugin = plugin_for(api, *id, "sampling/1");
  if (!plugin) return plugin.error();
  auto population = population_of(*body);
  if (!population) return population.error();
  if (auto fine = possible_size(*body, population->size()); !fine) return fine.error();
  const std::string language = language_of(api, request);
  Json input = *body;
  input.erase("plugin");
  input.update({{"sampling_input", 1}, {"language", language}, {"population", std::move(*population)}});
  auto services = services_of(api, **plugin);
  if (!services) return services.error();
  services->seed = seed;
  services->now_ms.reset();  // the same seed gives the same sample tomorrow
  auto answer = (*plugin)->answer(Method::sample, input, language, answer_limits(), *services);
  if (!answer) return answer.error();
  Json json = signed_by(**plugin);
  json["seed"] = std::to_string(seed);  // more than a number of JSON can hold
  json.update(*answer);
  return json_response(json);
}

Result<Response> map_catalogue(Api& api, const Request& request) {
  CataloguePtr from;
  auto body = json_body(request);
  {
    Snapshot at = api.context().store.read();
    auto audit = checklist_record(api, request, at);
    if (!audit) return audit.error();
    if (!body) return body.error();
    if (auto known = only_members(*body, {"plugin", "catalogue", "from"}); !known) return known.error();
    auto id = text_member(*body, "from");
    if (!id) return id.error();
    const auto chosen = chosen_catalogue(Json::parse(audit->body), id->value_or(""));
    if (!chosen && chosen.error().reason == Reason::invalid)
      return invalid_field("/from", chosen.error().invalid.front().detail);
    if (!chosen) return chosen.error();
    from = api.service().catalogues.find(at, chosen->hash);
    if (!from) throw std::runtime_error("catalogue " + chosen->hash + " is missing");
  }
  auto plugin = need_text(*body, "plugin");
  if (!plugin) return plugin.error();
  auto catalogue = need_text(*body, "catalogue");
  if (!catalogue) return catalogue.error();
  auto to = api.service().offered.find(*plugin, *catalogue, from->content.value("language", language_of(api, request)));
  if (!to) return to.error();
  auto mapping = propose_mapping(api, *from, *to, language_of(api, request));
  if (!mapping) return mapping.error();
  return json_response(*mapping);
}

}  // namespace assay::handlers
