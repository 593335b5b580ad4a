// What the calculations take.
#include "domain/calculation_schemas.h"

#include <map>
#include <string>

namespace assay {
namespace {

Json words(unsigned longest) { return {{"type", "string"}, {"minLength", 1U}, {"maxLength", longest}}; }
Json whole(std::int64_t least, std::int64_t most) {
  return {{"type", "integer"}, {"minimum", least}, {"maximum", most}};
}
Json date() { return {{"type", "string"}, {"format", "date"}}; }
Json flag() { return {{"type", "boolean"}}; }
Json told(Json schema, const char* description) {
  schema["description"] = description;
  return schema;
}
Json kinds(Json values) { return {{"type", "string"}, {"enum", std::move(values)}}; }
Json rows(Json items, unsigned most) { return {{"type", "array"}, {"items", std::move(items)}, {"maxItems", most}}; }
Json closed(Json properties, Json required) {
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(required)},
          {"additionalProperties", false}};
}

Json audits() { return kinds({"initial", "surveillance", "recertification"}); }

Json audit_time_schema() {
  constexpr std::int64_t most = 10'000'000;
  Json factors = Json::object(), names = Json::array();
  for (const char* name : {"sector", "processes", "maturity", "infrastructure", "outsourcing", "development"}) {
    factors[name] = whole(1, 3);
    names.push_back(name);
  }
  Json work = closed({{"activity", words(200)},
                      {"persons", whole(1, most)},
                      {"counted_as", told(whole(1, most), "The square root of persons, rounded up, if not given")},
                      {"justification", told(words(2000), "Why the risk allows it")}},
                     {"activity", "persons", "justification"});
  Json site = closed({{"reduction", told(whole(0, 100), "Percent")}, {"reason", words(2000)}}, {"reduction", "reason"});
  return closed({{"audit", audits()},
                 {"persons", told(whole(1, most), "Under control of the organisation, with those of identical_work")},
                 {"identical_work", rows(std::move(work), 100)},
                 {"factors", told(closed(std::move(factors), std::move(names)), "1 simple to 3 demanding")},
                 {"adjustment", told(whole(-100, 1000), "Percent; negative reduces")},
                 {"site", told(std::move(site), "For one site of several")}},
                {"audit", "persons", "factors", "adjustment"});
}

Json site_sampling_schema() {
  Json site = closed({{"id", words(200)},
                      {"eligible", told(flag(), "true if not given")},
                      {"chosen", told(flag(), "By a person; false if not given")},
                      {"last_audited", date()}},
                     {"id"});
  Json group = closed({{"name", words(200)},
                       {"sites", rows(std::move(site), 10'000)},
                       {"sampling", told(flag(), "false where sampling is not allowed; true if not given")}},
                      {"name", "sites"});
  return closed({{"audit", audits()},
                 {"effective", told(flag(), "The system proved effective; false if not given")},
                 {"central_function", words(200)},
                 {"groups", told(rows(std::move(group), 100), "Sites with similar processes")},
                 {"seed", told(whole(0, 9'007'199'254'740'991), "Repeats the draw: keep it with the result")}},
                {"audit", "central_function", "groups", "seed"});
}

Json integrated_time_schema() {
  Json half_days = told({{"type", "number"}, {"minimum", 0.5}, {"maximum", 10'000}}, "Whole or half days");
  Json single = closed({{"standard", words(200)},
                        {"days", std::move(half_days)},
                        {"adjustment", told(whole(-100, 1000), "Percent; 0 if not given")}},
                       {"standard", "days"});
  return closed({{"single_times", rows(std::move(single), 20)},
                 {"reduction", told(whole(0, 100), "Percent, because the systems are integrated")},
                 {"reason", words(2000)}},
                {"single_times", "reduction"});
}

Json certificate_dates_schema() {
  return closed({{"step", kinds({"grant", "renew", "restore"})},
                 {"decision", date()},
                 {"effective", told(date(), "The day of the decision if not given")},
                 {"old_expiry", told(date(), "Needed to renew and to restore")},
                 {"stage_2_last_day", date()},
                 {"suspended_on", date()}},
                {"step", "decision"});
}

Json due_day_schema() {
  return closed({{"from", date()},
                 {"policy", told(words(100), "Name of a policy with days, months or years")},
                 {"holidays", told(rows(date(), 10'000), "Those of the organisation if not given")}},
                {"from", "policy"});
}

/// The groups of IEC 62443; those of another list are refused where the calculation knows them.
Json security_levels_schema() {
  Json levels = Json::object();
  for (const char* group : {"iac", "uc", "si", "dc", "rdf", "tre", "ra"}) levels[group] = whole(0, 4);
  Json answer = closed({{"requirement", told(words(50), "SR 1.1, or SR 1.1 RE 2 for an enhancement")},
                        {"result", kinds({"met", "partly_met", "not_met", "not_applicable", "compensated"})},
                        {"reason", told(words(4000), "Needed for not_applicable and compensated")}},
                       {"requirement", "result"});
  return closed(
      {{"requirements", told(words(100), "Name of a list of requirements: iec62443_3_3")},
       {"target", told(closed(std::move(levels), Json::array()), "By foundational requirement; 0 if not given")},
       {"answers", rows(std::move(answer), 1000)}},
      {"requirements", "target"});
}

}  // namespace

const Json& calculation_schema(std::string_view name) {
  static const std::map<std::string, Json, std::less<>> all{{"audit-time", audit_time_schema()},
                                                            {"site-sampling", site_sampling_schema()},
                                                            {"integrated-time", integrated_time_schema()},
                                                            {"certificate-dates", certificate_dates_schema()},
                                                            {"due-day", due_day_schema()},
                                                            {"security-levels", security_levels_schema()}};
  static const Json none;
  const auto found = all.find(name);
  return found == all.end() ? none : found->second;
}

}  // namespace assay
