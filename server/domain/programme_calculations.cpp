// What the programme of a certification calculates.
#include "domain/programme_calculations.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "domain/calculation_input.h"
#include "domain/schema.h"

namespace assay {
namespace {

struct Visit {
  const char* name;
  Ratio days;
};

/// What a calculation takes beside the input of the calculator; leaves `given` without it.
Result<Json> own_input(Json& given, const Json& schema) {
  Json own = Json::object();
  for (const auto& [name, rule] : schema.at("properties").items()) {
    if (const auto found = given.find(name); found != given.end()) own[name] = std::move(*found);
    given.erase(name);
  }
  auto wrong = violations(schema, own, "");
  if (!wrong.empty()) return Refusal{Reason::invalid, "some fields are not valid", {}, std::move(wrong), {}};
  return {boost::system::in_place_value, std::move(own)};
}

const Json& cycle_schema() {
  static const Json schema{{"type", "object"}, {"properties", {{"first_cycle", {{"type", "boolean"}}}}}};
  return schema;
}

const Json& draw_schema() {
  constexpr int most = 10'000;
  static const Json name{{"type", "string"}, {"minLength", 1}, {"maxLength", 200}}, flag{{"type", "boolean"}};
  static const Json row{{"type", "object"},
                        {"properties",
                         {{"site", {{"type", "string"}, {"minLength", 1}, {"maxLength", 200}}},
                          {"group", name},
                          {"eligible", flag},
                          {"chosen", flag},
                          {"last_audited", {{"type", "string"}, {"format", "date"}}}}},
                        {"required", {"site", "group"}},
                        {"additionalProperties", false}};
  static const Json schema{{"type", "object"},
                           {"properties",
                            {{"grouped_sites", {{"type", "array"}, {"items", row}, {"maxItems", most}}},
                             {"no_sampling", {{"type", "array"}, {"items", name}, {"maxItems", most}}},
                             {"sites", {{"type", "array"}, {"items", name}, {"maxItems", most}}},
                             {"chance", {{"type", "integer"}, {"minimum", 0}, {"maximum", 9'007'199'254'740'991}}},
                             {"draws", {{"type", "integer"}, {"minimum", 0}, {"maximum", 1'000'000}}}}},
                           {"required", {"sites", "chance"}}};
  return schema;
}

/// How many of the steps both have in common at the beginning: they are told once.
std::size_t in_common(const Derivation& a, const Derivation& b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

/// Of the n-th draw, which stays exact as a number in JSON.
std::uint64_t seed_of(std::uint64_t chance, std::int64_t draws) {
  Draw draw(chance);
  for (std::int64_t i = 0; i < draws; ++i) draw.next();
  constexpr int beyond_a_double = 11;
  return draw.next() >> beyond_a_double;
}

/// Every site of the programme is the central function or in a group, once, and no other site is.
Result<void> sites_hold(const Json& own, const std::string& central_function) {
  std::set<std::string> left = own.at("sites").get<std::set<std::string>>();
  if (left.erase(central_function) == 0) return invalid_field("/central_function", "is no site of the programme");
  std::size_t place = 0;
  for (const Json& row : own.value("grouped_sites", Json::array())) {
    const std::string pointer = fmt::format("/grouped_sites/{}", place++);
    if (left.erase(row.at("site").get<std::string>()) == 0)
      return invalid_field(pointer + "/site", "is no site of the programme, or is named before");
    if (row.value("chosen", false) && !row.value("eligible", true))
      return invalid_field(pointer + "/chosen", "a site that is not eligible is never sampled");
  }
  if (!left.empty()) return invalid_field("/grouped_sites", fmt::format("must name {}, too", *left.begin()));
  return {};
}

/// The groups as the calculator takes them, in the order in which they are first named.
Result<Json> groups_of(const Json& own) {
  Json groups = Json::array();
  const auto group_named = [&groups](const Json& name) {
    return std::find_if(groups.begin(), groups.end(), [&](const Json& group) { return group.at("name") == name; });
  };
  for (const Json& row : own.value("grouped_sites", Json::array())) {
    Json site = row;
    site.erase("group");
    site.erase("site");
    site["id"] = row.at("site");
    auto group = group_named(row.at("group"));
    if (group == groups.end()) {
      groups.push_back({{"name", row.at("group")}, {"sites", Json::array()}});
      group = std::prev(groups.end());
    }
    (*group)["sites"].push_back(std::move(site));
  }
  std::size_t place = 0;
  for (const Json& name : own.value("no_sampling", Json::array())) {
    const auto group = group_named(name);
    if (group == groups.end())
      return invalid_field(fmt::format("/no_sampling/{}", place), "is no group of these sites");
    (*group)["sampling"] = false;
    ++place;
  }
  return {boost::system::in_place_value, std::move(groups)};
}

std::string named(const std::vector<std::string>& sites) {
  return sites.empty() ? "none" : fmt::format("{}", fmt::join(sites, ", "));
}

std::string told(const SamplingInput& input, const SiteSample& sample) {
  std::string text = fmt::format("Seed {}. Central function: {}.\n", input.seed, input.central_function);
  for (const GroupSample& group : sample.groups) {
    text +=
        fmt::format("{}: {} of {} eligible sites. Chosen: {}. Drawn: {}. By their last audit: {}. Not eligible: {}.\n",
                    group.name, group.size, group.eligible, named(group.chosen), named(group.random),
                    named(group.by_last_audit), named(group.not_eligible));
  }
  return text + printed(sample.derivation);
}

}  // namespace

Result<Json> audit_times(const PolicyValues& policies, const Json& given) {
  Json asked = given;
  const auto own = own_input(asked, cycle_schema());
  if (!own) return own.error();
  Json rows = Json::array();
  std::string text;
  Derivation before;
  const auto add = [&](const char* audit, const char* label) -> Result<AuditTime> {
    asked["audit"] = audit;
    const auto input = audit_time_input(asked);
    if (!input) return input.error();
    auto time = audit_time(policies, *input);
    if (!time) return time.error();
    text +=
        fmt::format("{}: {} days, of which the audit itself takes {} at least.\n{}", label, to_text(time->days),
                    to_text(time->on_site_at_least), printed(time->derivation, in_common(time->derivation, before)));
    before = time->derivation;
    return time;
  };
  const auto visits = [&](const AuditTime& time, const char* of, std::initializer_list<Visit> all) {
    for (const Visit& visit : all) {
      rows.push_back(
          {{"visit", visit.name},
           {"days", visit.days.number()},
           {"derivation", fmt::format("{} days of {}: {} persons count, {} days in the table", to_text(visit.days), of,
                                      time.persons_counted, to_text(time.table_days))}});
    }
  };
  if (own->value("first_cycle", true)) {
    const auto time = add("initial", "Initial audit");
    if (!time) return time.error();
    visits(*time, "the initial audit", {{"Stage 1", *time->stage_1}, {"Stage 2", *time->stage_2}});
  }
  const auto yearly = add("surveillance", "Each surveillance audit");
  if (!yearly) return yearly.error();
  visits(*yearly, "a surveillance audit",
         {{"First surveillance", yearly->days}, {"Second surveillance", yearly->days}});
  const auto last = add("recertification", "Recertification audit");
  if (!last) return last.error();
  visits(*last, "the recertification audit", {{"Recertification", last->days}});
  Json made{{"audit_times", std::move(rows)}, {"derivation", std::move(text)}};
  return {boost::system::in_place_value, std::move(made)};
}

Result<Json> sampled_sites(const PolicyValues& policies, const Json& given) {
  Json asked = given;
  const auto own = own_input(asked, draw_schema());
  if (!own) return own.error();
  auto groups = groups_of(*own);
  if (!groups) return groups.error();
  const std::int64_t draws = own->value("draws", std::int64_t{0});
  asked["groups"] = std::move(*groups);
  asked["seed"] = seed_of(own->at("chance").get<std::uint64_t>(), draws);
  const auto input = site_sampling_input(asked);
  if (!input) return input.error();
  if (auto done = sites_hold(*own, input->central_function); !done) return done.error();
  const auto sample = site_sampling(policies, *input);
  if (!sample) return sample.error();
  Json sites = Json::array({input->central_function});
  for (const GroupSample& group : sample->groups) {
    for (const auto* part : {&group.chosen, &group.random, &group.by_last_audit})
      std::copy(part->begin(), part->end(), std::back_inserter(sites));
  }
  Json made{
      {"sites", std::move(sites)}, {"seed", input->seed}, {"draws", draws + 1}, {"derivation", told(*input, *sample)}};
  return {boost::system::in_place_value, std::move(made)};
}

}  // namespace assay
