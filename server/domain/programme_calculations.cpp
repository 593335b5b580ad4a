// What the programme of a certification calculates.
#include "domain/programme_calculations.h"

#include <algorithm>
#include <set>

#include "domain/calculation_input.h"
#include "domain/schema.h"

namespace assay {
namespace {

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

const Json& sites_schema() {
  constexpr int most = 10'000;
  static const Json name{{"type", "string"}, {"minLength", 1}, {"maxLength", 200}};
  static const Json row{{"type", "object"},
                        {"properties",
                         {{"site", name},
                          {"persons", {{"type", "integer"}, {"minimum", 1}}},
                          {"reduction", {{"type", "integer"}, {"minimum", 0}, {"maximum", 100}}},
                          {"reason", {{"type", "string"}, {"minLength", 1}, {"maxLength", 2000}}}}},
                        {"required", {"site", "persons", "reduction", "reason"}},
                        {"additionalProperties", false}};
  static const Json schema{{"type", "object"},
                           {"properties",
                            {{"site_reductions", {{"type", "array"}, {"items", row}, {"maxItems", most}}},
                             {"sites", {{"type", "array"}, {"items", name}, {"maxItems", most}}}}},
                           {"required", {"site_reductions", "sites"}}};
  return schema;
}

/// The calculator's refusal of a site: what it says of the site stands in its row.
Refusal of_site(Refusal refusal, std::size_t row) {
  for (InvalidField& wrong : refusal.invalid) {
    if (wrong.pointer.starts_with("/site/")) {
      wrong.pointer = fmt::format("/site_reductions/{}{}", row, wrong.pointer.substr(5));
    } else if (wrong.pointer.starts_with("/persons")) {
      wrong.pointer = fmt::format("/site_reductions/{}{}", row, wrong.pointer);
    }
  }
  return refusal;
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
  if (left.erase(central_function) == 0) return invalid_field("/central_function", Wording{"no_site"});
  std::size_t place = 0;
  for (const Json& row : own.value("grouped_sites", Json::array())) {
    const std::string pointer = fmt::format("/grouped_sites/{}", place++);
    if (left.erase(row.at("site").get<std::string>()) == 0)
      return invalid_field(pointer + "/site", Wording{"no_site_or_before"});
    if (row.value("chosen", false) && !row.value("eligible", true))
      return invalid_field(pointer + "/chosen", Wording{"chosen_not_eligible"});
  }
  if (!left.empty()) return invalid_field("/grouped_sites", Wording{"site_missing", {{"site", *left.begin()}}});
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
    if (group == groups.end()) return invalid_field(fmt::format("/no_sampling/{}", place), Wording{"no_group"});
    (*group)["sampling"] = false;
    ++place;
  }
  return {boost::system::in_place_value, std::move(groups)};
}

std::string told_sample(const WorkflowSet& set, const SamplingInput& input, const SiteSample& sample,
                        std::string_view language) {
  std::string text =
      told({"draw", {{"seed", input.seed}, {"central_function", input.central_function}}}, language) + "\n";
  for (const GroupSample& group : sample.groups) {
    text += told({"sample_of_group",
                  {{"group", group.name},
                   {"size", group.size},
                   {"eligible", group.eligible},
                   {"chosen", group.chosen},
                   {"random", group.random},
                   {"by_last_audit", group.by_last_audit},
                   {"not_eligible", group.not_eligible}}},
                 language) +
            "\n";
  }
  return text + printed(set, sample.derivation, language);
}

/// The audit times of a cycle as they are worked out one after the other.
class Cycle {
 public:
  Cycle(const PolicyValues& policies, Json asked, std::string_view language)
      : policies_(policies), asked_(std::move(asked)), language_(language) {}

  Result<AuditTime> add(const char* audit, const char* label) {
    asked_["audit"] = audit;
    const auto input = audit_time_input(asked_);
    if (!input) return input.error();
    auto time = audit_time(policies_, *input);
    if (!time) return time.error();
    text_ += told({"time_of_audit",
                   {{"audit", to_json(Wording{label})},
                    {"days", figure(time->days)},
                    {"on_site", figure(time->on_site_at_least)}}},
                  language_) +
             "\n" + printed(policies_.set(), time->derivation, language_, in_common(time->derivation, before_));
    before_ = time->derivation;
    return time;
  }

  /// A visit that takes `days` of the audit, and its part of what the caps leave of that.
  void visit(const char* name, const char* purpose, const AuditTime& time, Ratio days, const char* of) {
    const Wording derivation{"time_of_visit",
                             {{"days", figure(days)},
                              {"audit", to_json(Wording{of})},
                              {"persons", time.persons_counted},
                              {"table", figure(time.table_days)}}};
    const Ratio least = time.least_days * days * Ratio(time.days.denominator(), time.days.numerator());
    rows_.push_back({{"visit", told({name}, language_)},
                     {"purpose", purpose},
                     {"days", days.number()},
                     {"least_days", least.number()},
                     {"derivation", told(derivation, language_)}});
  }

  Json result() && { return {{"audit_times", std::move(rows_)}, {"derivation", std::move(text_)}}; }

 private:
  const PolicyValues& policies_;
  Json asked_;
  std::string_view language_;
  Json rows_ = Json::array();
  std::string text_;
  Derivation before_;
};

}  // namespace

Result<Json> audit_times(const PolicyValues& policies, const Json& given, std::string_view language) {
  Json asked = given;
  const auto own = own_input(asked, cycle_schema());
  if (!own) return own.error();
  Cycle cycle(policies, std::move(asked), language);
  if (own->value("first_cycle", true)) {
    const auto time = cycle.add("initial", "initial_audit");
    if (!time) return time.error();
    cycle.visit("stage_1", "stage1", *time, *time->stage_1, "of_initial");
    cycle.visit("stage_2", "stage2", *time, *time->stage_2, "of_initial");
  }
  const auto yearly = cycle.add("surveillance", "each_surveillance");
  if (!yearly) return yearly.error();
  cycle.visit("first_surveillance", "surveillance", *yearly, yearly->days, "of_surveillance");
  cycle.visit("second_surveillance", "surveillance", *yearly, yearly->days, "of_surveillance");
  const auto last = cycle.add("recertification", "recertification_audit");
  if (!last) return last.error();
  cycle.visit("recertification", "recertification", *last, last->days, "of_recertification");
  return {boost::system::in_place_value, std::move(cycle).result()};
}

Result<Json> site_times(const PolicyValues& policies, const Json& given, std::string_view language) {
  Json asked = given;
  const auto own = own_input(asked, sites_schema());
  if (!own) return own.error();
  auto left = own->at("sites").get<std::set<std::string>>();
  Json rows = Json::array();
  std::string text;
  for (const Json& site : own->at("site_reductions")) {
    const std::size_t row = rows.size();
    const auto name = site.at("site").get<std::string>();
    if (left.erase(name) == 0)
      return invalid_field(fmt::format("/site_reductions/{}/site", row), Wording{"no_site_or_before"});
    asked["persons"] = site.at("persons");
    asked["site"] = {{"reduction", site.at("reduction")}, {"reason", site.at("reason")}};
    const auto input = audit_time_input(asked);
    if (!input) return of_site(input.error(), row);
    const auto time = audit_time(policies, *input);
    if (!time) return of_site(time.error(), row);
    const std::string head = told(
        {"time_of_audit", {{"audit", name}, {"days", figure(time->days)}, {"on_site", figure(time->on_site_at_least)}}},
        language);
    text += head + "\n" + printed(policies.set(), time->derivation, language);
    rows.push_back({{"site", name}, {"days", time->days.number()}, {"derivation", head}});
  }
  Json made{{"site_times", std::move(rows)}, {"derivation", std::move(text)}};
  return {boost::system::in_place_value, std::move(made)};
}

Result<Json> sampled_sites(const PolicyValues& policies, const Json& given, std::string_view language) {
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
  Json made{{"sites", std::move(sites)},
            {"seed", input->seed},
            {"draws", draws + 1},
            {"derivation", told_sample(policies.set(), *input, *sample, language)}};
  return {boost::system::in_place_value, std::move(made)};
}

}  // namespace assay
