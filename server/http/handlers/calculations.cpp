// Calculations: what a person or a program wants to know beforehand. Nothing is stored.
#include "domain/calculation_input.h"
#include "domain/calculation_schemas.h"
#include "domain/ids.h"
#include "domain/schema.h"
#include "domain/security_levels.h"
#include "domain/working_days.h"
#include "http/handlers/handlers.h"
#include "http/json_body.h"
#include "http/listing.h"
#include "storage/facts.h"

namespace assay::handlers {
namespace {

Result<void> fits(std::string_view schema, const Json& body) {
  auto wrong = violations(calculation_schema(schema), body, "");
  if (wrong.empty()) return {};
  return Refusal{Reason::invalid, "some fields are not valid", {}, std::move(wrong), {}};
}

/// Calculates with the body and the policies: as published, or as they hold for the record that the body names in
/// `policies_of`, with the set that it is pinned to. Clients are not told through a result what is kept from them
/// there.
template <class Calculate>
Result<Response> under_policies(Api& api, const Request& request, Calculate calculate) {
  auto body = json_body(request);
  if (!body) return body.error();
  if (!body->is_object() || !body->contains("policies_of"))
    return calculate(*body, PolicyValues(*api.context().workflows));
  const Json id = std::exchange((*body)["policies_of"], Json());
  body->erase("policies_of");
  if (!id.is_string() || !is_uuid(id.get_ref<const std::string&>()))
    return invalid_field("/policies_of", "must be a lower-case UUID");
  Store& store = api.context().store;
  Snapshot at = store.read();
  const auto record = find_record(at, id.get_ref<const std::string&>(), api.who().reader);
  if (!record) return refuse(Reason::not_found, "there is no such record");
  const WorkflowSetPtr set = store.workflow_set(record->workflow_set);
  if (!set) throw std::runtime_error("workflow set " + record->workflow_set + " of a record is missing");
  StoredFacts facts(store, at);
  facts.know(*record);
  const PolicyValues policies(*set, facts, record->id);
  if (api.who().reader.client && !policies.told_to_clients())
    return refuse(Reason::not_permitted, "the policies of this record are not told to clients");
  return calculate(*body, policies);
}

/// The steps as people read them, and for programs what each says without a language.
Json derivation_json(const WorkflowSet& set, const Derivation& steps, std::string_view language) {
  Json all = Json::array();
  for (const DerivationStep& step : steps) {
    all.push_back({{"rule", told(step.rule, language)},
                   {"policy", step.policy},
                   {"source", source_of(set, step, language)},
                   {"edition", step.edition},
                   {"value", told(step.value, language)},
                   {"result", told(step.result, language)},
                   {"wordings",
                    {{"rule", to_json(step.rule)}, {"value", to_json(step.value)}, {"result", to_json(step.result)}}}});
  }
  return all;
}

/// The answer of a calculation: what it came to, and how, in the language of the request.
Response derived(const Api& api, const Request& request, const WorkflowSet& set, Json result,
                 const Derivation& derivation) {
  const std::string language = language_of(api, request);
  result["derivation"] = derivation_json(set, derivation, language);
  Response response = json_response(result);
  response.headers.add("Content-Language", language);
  return response;
}

Json day_json(const std::optional<Date>& day) { return day ? Json(to_text(*day)) : Json(); }

const char* class_name(int number) {
  constexpr std::array names{"low", "medium", "high"};
  return names.at(static_cast<std::size_t>(number - 1));
}

}  // namespace

Result<Response> list_calculations(Api& api, const Request& request) {
  auto page = key_page(request);
  if (!page) return page.error();
  const std::string language = language_of(api, request);
  std::vector<CalculationName> rows(calculation_names().begin(), calculation_names().end());
  const auto next = cut(rows, *page, [](const CalculationName& one) { return std::string(one.name); });
  Json all = Json::array();
  for (const CalculationName& one : rows) {
    all.push_back({{"name", one.name},
                   {"label", language == "de" ? one.german : one.english},
                   {"input", calculation_schema(one.name, language)},
                   {"href", fmt::format("/api/v1/calculations/{}", one.name)}});
  }
  Response response = list_answer(request, {{"items", std::move(all)}}, next);
  response.headers.add("Content-Language", language);
  return response;
}

Result<Response> calculate_audit_time(Api& api, const Request& request) {
  return under_policies(api, request, [&](const Json& body, const PolicyValues& policies) -> Result<Response> {
    const auto input = audit_time_input(body);
    if (!input) return input.error();
    const auto time = audit_time(policies, *input);
    if (!time) return time.error();
    Json result{{"persons_counted", time->persons_counted},
                {"table_days", time->table_days.number()},
                {"business", class_name(time->business)},
                {"it", class_name(time->it)},
                {"adjustment_from", time->least},
                {"adjustment_to", time->most},
                {"days", time->days.number()},
                {"on_site_days_at_least", time->on_site_at_least.number()},
                {"stage_1_days", time->stage_1 ? Json(time->stage_1->number()) : Json()},
                {"stage_2_days", time->stage_2 ? Json(time->stage_2->number()) : Json()}};
    return derived(api, request, policies.set(), std::move(result), time->derivation);
  });
}

Result<Response> calculate_site_sampling(Api& api, const Request& request) {
  return under_policies(api, request, [&](const Json& body, const PolicyValues& policies) -> Result<Response> {
    const auto input = site_sampling_input(body);
    if (!input) return input.error();
    const auto sample = site_sampling(policies, *input);
    if (!sample) return sample.error();
    Json groups = Json::array();
    for (const GroupSample& group : sample->groups) {
      groups.push_back({{"name", group.name},
                        {"eligible", group.eligible},
                        {"size", group.size},
                        {"chosen", group.chosen},
                        {"random", group.random},
                        {"by_last_audit", group.by_last_audit},
                        {"not_eligible", group.not_eligible}});
    }
    Json result{{"central_function", input->central_function}, {"seed", input->seed}, {"groups", std::move(groups)}};
    return derived(api, request, policies.set(), std::move(result), sample->derivation);
  });
}

Result<Response> calculate_integrated_time(Api& api, const Request& request) {
  return under_policies(api, request, [&](const Json& body, const PolicyValues& policies) -> Result<Response> {
    const auto input = integrated_time_input(body);
    if (!input) return input.error();
    const auto time = integrated_time(policies, input->times, input->reduction, input->reason);
    if (!time) return time.error();
    Json result{{"sum_days", time->sum.number()},
                {"days", time->days.number()},
                {"total_reduction", time->total_reduction.number()}};
    return derived(api, request, policies.set(), std::move(result), time->derivation);
  });
}

Result<Response> calculate_certificate_dates(Api& api, const Request& request) {
  return under_policies(api, request, [&](const Json& body, const PolicyValues& policies) -> Result<Response> {
    const auto input = certificate_dates_input(body);
    if (!input) return input.error();
    const auto dates = certificate_dates(policies, *input);
    if (!dates) return dates.error();
    Json surveillances = Json::array();
    for (const Date day : dates->surveillances) surveillances.push_back(to_text(day));
    Json result{{"effective", to_text(dates->effective)},
                {"expiry", to_text(dates->expiry)},
                {"surveillances_until", std::move(surveillances)},
                {"recertification_from", to_text(dates->recertification_from)},
                {"restorable_until", to_text(dates->restorable_until)},
                {"majors_verified_by", day_json(dates->majors_verified_by)},
                {"suspension_until", day_json(dates->suspension_until)}};
    return derived(api, request, policies.set(), std::move(result), dates->derivation);
  });
}

Result<Response> calculate_due_day(Api& api, const Request& request) {
  return under_policies(api, request, [&](const Json& body, const PolicyValues& policies) -> Result<Response> {
    if (auto done = fits("due-day", body); !done) return done.error();
    std::vector<Date> holidays;
    if (!body.contains("holidays")) holidays = api.who().organisation.holidays;
    for (const Json& day : body.value("holidays", Json::array()))
      holidays.push_back(*parse_date(day.get_ref<const std::string&>()));
    const Date from = *parse_date(body.at("from").get_ref<const std::string&>());
    const auto due = policy_due_day(policies, from, body.at("policy"), holidays);
    if (!due) return due.error();
    Json passed_over = Json::array();
    for (const Date day : due->passed_over) passed_over.push_back(to_text(day));
    Json result{{"due", to_text(due->due)}, {"holidays_passed_over", std::move(passed_over)}};
    return derived(api, request, policies.set(), std::move(result), due->derivation);
  });
}

Result<Response> calculate_security_levels(Api& api, const Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  if (auto done = fits("security-levels", *body); !done) return done.error();
  const WorkflowSet& set = *api.context().workflows;
  const auto& name = body->at("requirements").get_ref<const std::string&>();
  const auto input = security_levels_input(set, name, *body);
  if (!input) return input.error();
  const auto levels = security_levels(set, name, *input);
  if (!levels) return levels.error();
  const std::string language = language_of(api, request);
  Json target = Json::object(), gaps = Json::object(), applicable = Json::array();
  for (std::size_t i = 0; i < levels->groups.size(); ++i) {
    target[levels->list->groups[i].id] = levels->groups[i].target;
    gaps[levels->list->groups[i].id] = Json::array();
  }
  for (const AppliedRequirement& one : levels->applicable) {
    const std::string& group = levels->list->groups[one.requirement->group].id;
    applicable.push_back({{"requirement", one.requirement->id},
                          {"title", title_of(*levels->list, *one.requirement, language)},
                          {"group", group},
                          {"level", one.requirement->level},
                          {"result", one.result ? Json(name_of(*one.result)) : Json()},
                          {"open", one.is_open}});
    if (one.is_open) gaps[group].push_back(one.requirement->id);
  }
  Json result{{"target", std::move(target)},
              {"achieved", achieved_json(*levels)},
              {"reached", levels->reached()},
              {"applicable", std::move(applicable)},
              {"gaps", std::move(gaps)}};
  return derived(api, request, set, std::move(result), levels->derivation);
}

}  // namespace assay::handlers
