// Scoring and applicability as data.
#include "plugins/pack/rules.h"

#include <assay/ext/scoring.h>
#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <stdexcept>

namespace assay {
namespace {

constexpr std::size_t most_rules = 2000, most_conditions = 8;
constexpr std::int64_t most_weight = 1000;

/// Says what is wrong with rules, and where.
struct RuleFault : std::runtime_error {
  RuleFault(const std::string& pointer, std::string_view reason)
      : std::runtime_error(fmt::format("\"{}\" {}", pointer, reason)) {}
};

/// Requires an object of these members and no others.
void require_object(const Json& value, const std::string& at, std::initializer_list<std::string_view> known) {
  if (!value.is_object()) throw RuleFault(at, "must be an object");
  for (const auto& [name, member] : value.items()) {
    if (std::ranges::find(known, name) == known.end()) throw RuleFault(pointer_to(at, name), "is not known");
  }
}

const Json& member_of(const Json& object, const std::string& at, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) throw RuleFault(pointer_to(at, name), "is missing");
  return *found;
}

std::map<std::string, std::int64_t> integers_of(const Json& value, const std::string& at, std::int64_t least,
                                                std::int64_t most) {
  if (!value.is_object()) throw RuleFault(at, "must be an object");
  std::map<std::string, std::int64_t> integers;
  for (const auto& [name, number] : value.items()) {
    if (!number.is_number_integer() || number < least || number > most)
      throw RuleFault(pointer_to(at, name), fmt::format("must be an integer from {} to {}", least, most));
    integers[name] = number.get<std::int64_t>();
  }
  return integers;
}

LocalisedText texts_of(const Json& value, const std::string& at) {
  if (!value.is_object() || !value.contains("en"))
    throw RuleFault(at, "must be an object of texts by language, with en");
  LocalisedText texts;
  for (const auto& [language, text] : value.items()) {
    if (!text.is_string() || text.get_ref<const std::string&>().empty() ||
        text.get_ref<const std::string&>().size() > 500)
      throw RuleFault(pointer_to(at, language), "must be a text of up to 500 bytes");
    texts[language] = text.get<std::string>();
  }
  return texts;
}

std::string text_for(const LocalisedText& texts, std::string_view language) {
  const auto found = texts.find(std::string(language));
  return found == texts.end() ? texts.at("en") : found->second;
}

/// A weighted mean, in hundredths, rounded half away from zero.
struct Mean {
  std::int64_t sum = 0, weight = 0;
  void add(std::int64_t value, std::int64_t by) {
    sum += value * by;
    weight += by;
  }
  double value() const {
    const std::int64_t twice = 200 * sum, hundredths = (twice + (twice < 0 ? -weight : weight)) / (2 * weight);
    return static_cast<double>(hundredths) / 100;
  }
};

void require_condition(const Json& value, const std::string& at, std::size_t depth) {
  if (depth > most_conditions) throw RuleFault(at, "is more than 8 levels deep");
  require_object(value, at, {"all", "any", "not", "fact", "is", "has", "at_least", "at_most"});
  for (const char* list : {"all", "any"}) {
    if (!value.contains(list)) continue;
    const Json& parts = value.at(list);
    if (value.size() != 1 || !parts.is_array() || parts.empty() || parts.size() > 100)
      throw RuleFault(pointer_to(at, list), "must be a list of up to 100 conditions, and stand alone");
    for (std::size_t i = 0; i < parts.size(); ++i)
      require_condition(parts[i], pointer_to(pointer_to(at, list), std::to_string(i)), depth + 1);
    return;
  }
  if (value.contains("not")) {
    if (value.size() != 1) throw RuleFault(at, "\"not\" must stand alone");
    return require_condition(value.at("not"), pointer_to(at, "not"), depth + 1);
  }
  if (!member_of(value, at, "fact").is_string()) throw RuleFault(pointer_to(at, "fact"), "must be a text");
  if (value.size() != 2) throw RuleFault(at, "must have one of is, has, at_least, at_most beside the fact");
  for (const char* bound : {"at_least", "at_most"}) {
    if (value.contains(bound) && !value.at(bound).is_number())
      throw RuleFault(pointer_to(at, bound), "must be a number");
  }
  if (value.contains("is") && value.at("is").is_structured()) throw RuleFault(pointer_to(at, "is"), "must be no list");
}

template <class Value>
std::optional<std::string> unknown_key(const std::map<std::string, Value>& named, const std::set<std::string>& known,
                                       const std::string& at) {
  for (const auto& [name, value] : named) {
    if (!known.contains(name)) return pointer_to(at, name);
  }
  return {};
}

/// Nothing: unknown.
using Truth = std::optional<bool>;

Truth holds(const Json& condition, const Json& facts, Effort& effort) {
  effort.spend();
  if (condition.contains("not")) {
    const Truth inner = holds(condition.at("not"), facts, effort);
    return inner ? Truth(!*inner) : Truth();
  }
  for (const bool any : {true, false}) {
    const auto parts = condition.find(any ? "any" : "all");
    if (parts == condition.end()) continue;
    Truth all = !any;
    for (const Json& part : *parts) {
      const Truth one = holds(part, facts, effort);
      if (one == Truth(any)) return any;
      if (!one) all.reset();
    }
    return all;
  }
  const auto fact = facts.find(condition.at("fact").get_ref<const std::string&>());
  if (fact == facts.end()) return {};
  if (condition.contains("is")) return *fact == condition.at("is");
  if (condition.contains("has")) {
    const Json& wanted = condition.at("has");
    if (!fact->is_array()) return *fact == wanted;
    return std::ranges::any_of(*fact, [&](const Json& one) {
      effort.spend();
      return one == wanted;
    });
  }
  if (!fact->is_number()) return {};
  if (condition.contains("at_least")) return *fact >= condition.at("at_least");
  return *fact <= condition.at("at_most");
}

std::vector<std::string> ids_of(const Json& rule, const std::string& at, const char* name) {
  if (!rule.contains(name)) return {};
  const Json& list = rule.at(name);
  const bool ids = list.is_array() && list.size() <= 2000 &&
                   std::ranges::all_of(list, [](const Json& id) { return id.is_string(); });
  if (!ids) throw RuleFault(pointer_to(at, name), "must be a list of up to 2,000 ids");
  return list.get<std::vector<std::string>>();
}

}  // namespace

std::variant<ScoringRules, std::string> ScoringRules::read(const Json& json, const Manifest& manifest) {
  try {
    const Json& declared = manifest.declared.at(ASSAY_SCORING_1);
    const auto least = static_cast<std::int64_t>(declared.at("minimum").get<double>());
    const auto most = static_cast<std::int64_t>(declared.at("maximum").get<double>());
    require_object(json, "", {"values", "weights", "bands"});
    ScoringRules rules;
    rules.values_ = integers_of(member_of(json, "", "values"), "/values", least, most);
    if (json.contains("weights")) {
      const Json& weights = json.at("weights");
      require_object(weights, "/weights", {"groups", "items"});
      if (weights.contains("groups"))
        rules.groups_ = integers_of(weights.at("groups"), "/weights/groups", 0, most_weight);
      if (weights.contains("items")) rules.items_ = integers_of(weights.at("items"), "/weights/items", 0, most_weight);
    }
    const Json none = Json::array();
    const Json& bands = json.contains("bands") ? json.at("bands") : none;
    if (!bands.is_array() || bands.size() > 20) throw RuleFault("/bands", "must be a list of up to 20 bands");
    for (std::size_t i = 0; i < bands.size(); ++i) {
      const std::string at = fmt::format("/bands/{}", i);
      require_object(bands[i], at, {"from", "label"});
      const Json& from = member_of(bands[i], at, "from");
      if (!from.is_number_integer()) throw RuleFault(at + "/from", "must be an integer");
      if (!rules.bands_.empty() && from <= rules.bands_.back().from)
        throw RuleFault(at + "/from", "must be more than that of the band before");
      rules.bands_.push_back({from.get<std::int64_t>(), texts_of(member_of(bands[i], at, "label"), at + "/label")});
    }
    return rules;
  } catch (const RuleFault& fault) {
    return std::string(fault.what());
  }
}

std::optional<std::string> ScoringRules::unknown_name(const CatalogueNames& known) const {
  if (auto at = unknown_key(values_, known.results, "/values")) return at;
  if (auto at = unknown_key(groups_, known.groups, "/weights/groups")) return at;
  return unknown_key(items_, known.items, "/weights/items");
}

std::int64_t ScoringRules::weight_of(const std::string& item, const std::string& group) const {
  if (const auto own = items_.find(item); own != items_.end()) return own->second;
  const auto common = groups_.find(group);
  return common == groups_.end() ? 1 : common->second;
}

Json ScoringRules::evaluate(const Json& input, std::string_view language, Effort& effort) const {
  std::map<std::string, std::string> group_of;
  for (const Json& item : input.at("catalogue").at("items")) group_of[item.at("id")] = item.at("group");
  Json scores = Json::array();
  for (const Json& set : input.at("sets")) {
    Mean all;
    std::map<std::string, Mean> means;
    effort.spend();
    for (const Json& answer : set.at("answers")) {
      effort.spend();
      if (!answer.contains("result")) continue;
      const auto value = values_.find(answer.at("result").get_ref<const std::string&>());
      const auto group = group_of.find(answer.at("item").get_ref<const std::string&>());
      if (value == values_.end() || group == group_of.end()) continue;
      const std::int64_t weight = weight_of(group->first, group->second);
      all.add(value->second, weight);
      means[group->second].add(value->second, weight);
    }
    Json score = {{"set", set.at("id")}};
    if (all.weight > 0) {
      score["value"] = all.value();
      for (const Band& band : bands_) {
        if (static_cast<double>(band.from) <= all.value()) score["label"] = text_for(band.label, language);
      }
      Json groups = Json::array();
      for (const Json& group : input.at("catalogue").at("groups")) {
        effort.spend();
        const auto mean = means.find(group.get_ref<const std::string&>());
        if (mean != means.end() && mean->second.weight > 0)
          groups.push_back({{"group", group}, {"value", mean->second.value()}});
      }
      score["groups"] = std::move(groups);
    }
    scores.push_back(std::move(score));
  }
  return {{"scores", std::move(scores)}};
}

std::variant<ApplicabilityRules, std::string> ApplicabilityRules::read(const Json& json) {
  try {
    require_object(json, "", {"rules"});
    const Json& list = member_of(json, "", "rules");
    if (!list.is_array() || list.size() > most_rules) throw RuleFault("/rules", "must be a list of up to 2,000 rules");
    ApplicabilityRules rules;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string at = fmt::format("/rules/{}", i);
      require_object(list[i], at, {"items", "groups", "when", "reason"});
      const auto items = ids_of(list[i], at, "items"), groups = ids_of(list[i], at, "groups");
      Rule rule{member_of(list[i], at, "when"), texts_of(member_of(list[i], at, "reason"), at + "/reason")};
      if (items.empty() && groups.empty()) throw RuleFault(at, "names neither items nor groups");
      require_condition(rule.when, at + "/when", 1);
      for (const std::string& id : items) rules.by_item_[id].push_back(i);
      for (const std::string& id : groups) rules.by_group_[id].push_back(i);
      rules.rules_.push_back(std::move(rule));
    }
    return rules;
  } catch (const RuleFault& fault) {
    return std::string(fault.what());
  }
}

std::optional<std::string> ApplicabilityRules::unknown_name(const CatalogueNames& known) const {
  if (auto at = unknown_key(by_item_, known.items, "/rules/.../items")) return at;
  return unknown_key(by_group_, known.groups, "/rules/.../groups");
}

Json ApplicabilityRules::evaluate(const Json& input, std::string_view language, Effort& effort) const {
  constexpr std::size_t none = most_rules;
  std::vector<bool> against(rules_.size());
  for (std::size_t i = 0; i < rules_.size(); ++i)
    against[i] = holds(rules_[i].when, input.at("facts"), effort) == Truth(false);
  // By id, the first of its rules that says no.
  const auto first_of = [&](const auto& rules_by_id) {
    std::map<std::string_view, std::size_t> first;
    for (const auto& [id, rules] : rules_by_id) {
      for (const std::size_t rule : rules) {
        effort.spend();
        if (!against[rule]) continue;
        first.emplace(id, rule);
        break;
      }
    }
    return first;
  };
  const auto by_item = first_of(by_item_), by_group = first_of(by_group_);
  const auto rule_for = [&](const auto& first, const Json& id) {
    const auto found = first.find(std::string_view(id.get_ref<const std::string&>()));
    return found == first.end() ? none : found->second;
  };
  Json items = Json::array();
  for (const Json& item : input.at("catalogue").at("items")) {
    effort.spend();
    const std::size_t rule = std::min(rule_for(by_item, item.at("id")), rule_for(by_group, item.at("group")));
    Json told = {{"item", item.at("id")}, {"applies", rule == none}};
    if (rule != none) told["reason"] = text_for(rules_[rule].reason, language);
    items.push_back(std::move(told));
  }
  return {{"items", std::move(items)}};
}

}  // namespace assay
