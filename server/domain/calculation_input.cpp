// What calculations take.
#include "domain/calculation_input.h"

#include <cmath>

#include "domain/calculation_schemas.h"
#include "domain/schema.h"

namespace assay {
namespace {

Result<void> fits(std::string_view schema, const Json& json) {
  auto wrong = violations(calculation_schema(schema), json, "");
  if (wrong.empty()) return {};
  return Refusal{Reason::invalid, "some fields are not valid", {}, std::move(wrong), {}};
}

AuditKind audit_kind(const Json& json) {
  const auto& name = json.at("audit").get_ref<const std::string&>();
  if (name == "initial") return AuditKind::initial;
  return name == "surveillance" ? AuditKind::surveillance : AuditKind::recertification;
}

std::optional<Date> day_in(const Json& json, const char* name) {
  return json.contains(name) ? parse_date(json.at(name).get_ref<const std::string&>()) : std::nullopt;
}

SiteGroup group_input(const Json& json) {
  SiteGroup group{json.at("name"), {}, json.value("sampling", true)};
  for (const Json& one : json.at("sites")) {
    group.sites.push_back(
        {one.at("id"), one.value("eligible", true), one.value("chosen", false), day_in(one, "last_audited")});
  }
  return group;
}

}  // namespace

Result<AuditTimeInput> audit_time_input(const Json& json) {
  if (auto done = fits("audit-time", json); !done) return done.error();
  const auto score = [&](const char* name) { return json.at("factors").at(name).get<int>(); };
  AuditTimeInput input;
  input.audit = audit_kind(json);
  input.persons = json.at("persons");
  input.adjustment = json.at("adjustment");
  input.factors = {score("sector"),         score("processes"),   score("maturity"),
                   score("infrastructure"), score("outsourcing"), score("development")};
  for (const Json& work : json.value("identical_work", Json::array())) {
    IdenticalWork same{work.at("activity"), work.at("persons"), work.at("justification")};
    if (work.contains("counted_as")) same.counted_as = work.at("counted_as").get<std::int64_t>();
    input.identical_work.push_back(std::move(same));
  }
  if (json.contains("site")) input.site = SiteReduction{json["site"].at("reduction"), json["site"].at("reason")};
  return input;
}

Result<SamplingInput> site_sampling_input(const Json& json) {
  if (auto done = fits("site-sampling", json); !done) return done.error();
  SamplingInput input{
      audit_kind(json), json.value("effective", false), json.at("central_function"), {}, json.at("seed")};
  for (const Json& group : json.at("groups")) input.groups.push_back(group_input(group));
  return input;
}

Result<IntegratedTimeInput> integrated_time_input(const Json& json) {
  if (auto done = fits("integrated-time", json); !done) return done.error();
  IntegratedTimeInput input{{}, json.at("reduction"), json.value("reason", std::string())};
  for (const Json& time : json.at("single_times")) {
    const double halves = time.at("days").get<double>() * 2;
    if (halves != std::floor(halves))
      return invalid_field(fmt::format("/single_times/{}/days", input.times.size()), Wording{"no_half_days"});
    input.times.push_back({time.at("standard"), Ratio(std::llround(halves), 2), time.value("adjustment", 0)});
  }
  return input;
}

Result<CertificateInput> certificate_dates_input(const Json& json) {
  if (auto done = fits("certificate-dates", json); !done) return done.error();
  const auto& step = json.at("step").get_ref<const std::string&>();
  CertificateInput input;
  input.step = step == "grant"   ? CertificateStep::grant
               : step == "renew" ? CertificateStep::renew
                                 : CertificateStep::restore;
  input.decision = *day_in(json, "decision");
  input.effective = day_in(json, "effective");
  input.old_expiry = day_in(json, "old_expiry");
  input.stage_2_last_day = day_in(json, "stage_2_last_day");
  input.suspended_on = day_in(json, "suspended_on");
  return input;
}

}  // namespace assay
