// Calculations: what a person or a program wants to know beforehand. Nothing is stored.
#include "domain/calculation_input.h"
#include "domain/calculation_schemas.h"
#include "domain/schema.h"
#include "domain/security_levels.h"
#include "domain/working_days.h"
#include "http/handlers/handlers.h"
#include "http/json_body.h"

namespace assay::handlers {
namespace {

Result<Json> calculation_input(const Request& request, std::string_view name) {
  auto body = json_body(request);
  if (!body) return body.error();
  auto wrong = violations(calculation_schema(name), *body, "");
  if (!wrong.empty()) return Refusal{Reason::invalid, "some fields are not valid", {}, std::move(wrong), {}};
  return body;
}

Json derivation_json(const Derivation& steps) {
  Json all = Json::array();
  for (const DerivationStep& step : steps) {
    all.push_back({{"rule", step.rule},
                   {"policy", step.policy},
                   {"source", step.source},
                   {"edition", step.edition},
                   {"value", step.value},
                   {"result", step.result}});
  }
  return all;
}

std::optional<Date> day_member(const Json& json, const char* name) {
  return json.contains(name) ? parse_date(json.at(name).get_ref<const std::string&>()) : std::nullopt;
}

Json day_json(const std::optional<Date>& day) { return day ? Json(to_text(*day)) : Json(); }

const char* class_name(int number) {
  constexpr std::array names{"low", "medium", "high"};
  return names.at(static_cast<std::size_t>(number - 1));
}

}  // namespace

Result<Response> calculate_audit_time(Api& api, const Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  const auto input = audit_time_input(*body);
  if (!input) return input.error();
  const auto time = audit_time(PolicyValues(*api.context().workflows), *input);
  if (!time) return time.error();
  return json_response({{"persons_counted", time->persons_counted},
                        {"table_days", time->table_days.number()},
                        {"business", class_name(time->business)},
                        {"it", class_name(time->it)},
                        {"adjustment_from", time->least},
                        {"adjustment_to", time->most},
                        {"days", time->days.number()},
                        {"on_site_days_at_least", time->on_site_at_least.number()},
                        {"stage_1_days", time->stage_1 ? Json(time->stage_1->number()) : Json()},
                        {"stage_2_days", time->stage_2 ? Json(time->stage_2->number()) : Json()},
                        {"derivation", derivation_json(time->derivation)}});
}

Result<Response> calculate_site_sampling(Api& api, const Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  const auto input = site_sampling_input(*body);
  if (!input) return input.error();
  const auto sample = site_sampling(PolicyValues(*api.context().workflows), *input);
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
  return json_response({{"central_function", input->central_function},
                        {"seed", input->seed},
                        {"groups", std::move(groups)},
                        {"derivation", derivation_json(sample->derivation)}});
}

Result<Response> calculate_integrated_time(Api& api, const Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  const auto input = integrated_time_input(*body);
  if (!input) return input.error();
  const auto time =
      integrated_time(PolicyValues(*api.context().workflows), input->times, input->reduction, input->reason);
  if (!time) return time.error();
  return json_response({{"sum_days", time->sum.number()},
                        {"days", time->days.number()},
                        {"total_reduction", time->total_reduction.number()},
                        {"derivation", derivation_json(time->derivation)}});
}

Result<Response> calculate_certificate_dates(Api& api, const Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  const auto input = certificate_dates_input(*body);
  if (!input) return input.error();
  const auto dates = certificate_dates(PolicyValues(*api.context().workflows), *input);
  if (!dates) return dates.error();
  Json surveillances = Json::array();
  for (const Date day : dates->surveillances) surveillances.push_back(to_text(day));
  return json_response({{"effective", to_text(dates->effective)},
                        {"expiry", to_text(dates->expiry)},
                        {"surveillances_until", std::move(surveillances)},
                        {"recertification_from", to_text(dates->recertification_from)},
                        {"restorable_until", to_text(dates->restorable_until)},
                        {"majors_verified_by", day_json(dates->majors_verified_by)},
                        {"suspension_until", day_json(dates->suspension_until)},
                        {"derivation", derivation_json(dates->derivation)}});
}

Result<Response> calculate_due_day(Api& api, const Request& request) {
  auto body = calculation_input(request, "due-day");
  if (!body) return body.error();
  std::vector<Date> holidays;
  if (!body->contains("holidays")) holidays = api.who().organisation.holidays;
  for (const Json& day : body->value("holidays", Json::array()))
    holidays.push_back(*parse_date(day.get_ref<const std::string&>()));
  auto due = policy_due_day(*api.context().workflows, *day_member(*body, "from"), body->at("policy"), holidays);
  if (!due) return due.error();
  Json passed_over = Json::array();
  for (const Date day : due->passed_over) passed_over.push_back(to_text(day));
  return json_response({{"due", to_text(due->due)},
                        {"holidays_passed_over", std::move(passed_over)},
                        {"derivation", derivation_json(due->derivation)}});
}

Result<Response> calculate_security_levels(Api& api, const Request& request) {
  auto body = calculation_input(request, "security-levels");
  if (!body) return body.error();
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
  Response response = json_response({{"target", std::move(target)},
                                     {"achieved", achieved_json(*levels)},
                                     {"reached", levels->reached()},
                                     {"applicable", std::move(applicable)},
                                     {"gaps", std::move(gaps)},
                                     {"derivation", derivation_json(levels->derivation)}});
  response.headers.add("Content-Language", language);
  return response;
}

}  // namespace assay::handlers
