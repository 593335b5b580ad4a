// What calculations take.
#include "domain/calculation_input.h"

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

SiteGroup group_input(const Json& json) {
  SiteGroup group{json.at("name"), {}, json.value("sampling", true)};
  for (const Json& one : json.at("sites")) {
    Site site{one.at("id"), one.value("eligible", true), one.value("chosen", false)};
    if (one.contains("last_audited")) site.last_audited = parse_date(one["last_audited"].get_ref<const std::string&>());
    group.sites.push_back(std::move(site));
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

}  // namespace assay
