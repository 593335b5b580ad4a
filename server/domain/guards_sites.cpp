// Guards about samples of sites: what was drawn for an audit is planned and visited, and no other site goes unaudited.
#include <algorithm>

#include "domain/guard_rows.h"
#include "domain/paths.h"

namespace assay::guard {
namespace {

/// When the record's cycle began; given when the audits ended, the cycle in which they were held: a decision on them
/// may have begun the next one since, for another certification. None before the first.
std::optional<Date> cycle_began(const GuardContext& context, const RecordView& record, std::optional<Date> ended) {
  const std::string cycle(text_parameter(context, "cycle"));
  if (!ended) return date_there(record, cycle);
  std::optional<Date> began;
  for (const Json& row : values_in(record, std::string(text_parameter(context, "cycles")))) {
    const Json from = row.value(cycle, Json());
    if (const auto day = date_in(&from); day && *day < *ended) began = std::max(began, day);
  }
  return began;
}

/// The sampling that counts for this kind of audit: the last one of the cycle; null when there is none.
Json last_sampling(const GuardContext& context, const RecordView& record, const Json& audit,
                   std::optional<Date> ended = {}) {
  const auto begun =
      std::max(cycle_began(context, record, ended), date_there(record, std::string(text_parameter(context, "after"))));
  Json last;
  for (const Json& one : values_in(record, std::string(text_parameter(context, "list")))) {
    if (one.value("sampled_audit", Json()) != audit) continue;
    const auto drawn = parse_instant(one.value("at", std::string{}));
    if (begun && drawn && local_date(*drawn, context.now.zone) < *begun) continue;
    last = one;
  }
  return last;
}

/// True when the site stands in a group that was sampled and may itself be left to the sample.
bool is_left_to_sample(const Json& sampling, const Json& site) {
  const Json barred = sampling.value("no_sampling", Json::array());
  const Json rows = sampling.value("grouped_sites", Json::array());
  return std::any_of(rows.begin(), rows.end(), [&](const Json& row) {
    return row.at("site") == site && row.value("eligible", true) && !is_in(barred, row.at("group"));
  });
}

/// The kinds of audit for which sites are sampled, by the purposes that the parameters name and those in our fields.
Json audits_meant(const GuardContext& context) {
  const Json& audits = context.parameters.at("audits");
  Json meant = Json::array();
  for (const std::string& purpose : named_purposes(context)) {
    if (const auto audit = audits.find(purpose); audit != audits.end()) meant.push_back(*audit);
  }
  return meant;
}

}  // namespace

Unmet sample_planned(const GuardContext& context) {
  const std::string field(text_parameter(context, "field")), unless(text_parameter(context, "unless"));
  const auto of = text_parameter(context, "of");
  if (context.awaits(field) || context.awaits(unless) || awaits_path(context, of) || awaits_purposes(context))
    return {};
  if (const Json* reason = value_of(context, unless); reason && is_filled(*reason)) return {};
  const Json* planned = value_of(context, field);
  Unmet found;
  const auto add = [&](const char* code, Json site) {
    Json values{{"field", field}, {"other_type", context.record.definition->type}, {"other_field", unless}};
    if (!site.is_null()) values["value"] = std::move(site);
    found.push_back(unmet(context, "sample_planned", code, std::move(values)));
  };
  for (const RecordId id : walk(context.facts, context.record.id, of)) {
    const RecordView& record = record_at(context.facts, id);
    const bool samples = !values_in(record, std::string(text_parameter(context, "list"))).empty();
    for (const Json& audit : audits_meant(context)) {
      const Json sampling = last_sampling(context, record, audit);
      if (sampling.is_null()) {
        if (samples) add("not_drawn", {});
        continue;
      }
      for (const Json& site : sampling.value("sampled_sites", Json::array()))
        if (!planned || !is_in(*planned, site)) add("left_out", site);
    }
  }
  return found;
}

Unmet sites_audited(const GuardContext& context) {
  const std::string field(text_parameter(context, "field")), their(text_parameter(context, "their"));
  const auto of = text_parameter(context, "of"), sampled = text_parameter(context, "sampled");
  if (context.awaits(field) || awaits_path(context, of) || awaits_path(context, sampled)) return {};
  Json audited = Json::array();
  std::optional<Date> ended;
  for (const RecordId id : walk(context.facts, context.record.id, of)) {
    const RecordView& audit = record_at(context.facts, id);
    if (!selected(audit, context.parameters) || !is_recent(context, audit)) continue;
    // What follows up may come after the next cycle has begun.
    const auto day = date_there(audit, std::string(text_parameter(context, "ended")));
    if (day && (!ended || *day < *ended)) ended = day;
    const Json sites = values_in(audit, their);
    audited.insert(audited.end(), sites.begin(), sites.end());
  }
  Unmet found;
  Json drawn = Json::array(), samplings = Json::array();
  const auto add = [&](const char* code, const Json& site) {
    found.push_back(unmet(context, "sites_audited", code, {{"field", field}, {"value", site}}));
  };
  for (const RecordId id : walk(context.facts, context.record.id, sampled)) {
    Json sampling = last_sampling(context, record_at(context.facts, id), context.parameters.at("audit"), ended);
    if (sampling.is_null()) continue;
    for (const Json& site : sampling.value("sampled_sites", Json::array())) {
      if (!is_in(audited, site)) add("sample_missed", site);
      drawn.push_back(site);
    }
    samplings.push_back(std::move(sampling));
  }
  const Json* ours = value_of(context, field);
  for (const Json& site : ours ? *ours : Json::array()) {
    if (is_in(audited, site) || is_in(drawn, site)) continue;
    const bool left = std::any_of(samplings.begin(), samplings.end(),
                                  [&](const Json& sampling) { return is_left_to_sample(sampling, site); });
    if (!left) add("not_audited", site);
  }
  return found;
}

}  // namespace assay::guard
