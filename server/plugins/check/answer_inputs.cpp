// Sound inputs of the methods that take JSON and give JSON.
#include "plugins/check/answer_inputs.h"

#include <assay/ext/applicability.h>
#include <assay/ext/guard.h>
#include <assay/ext/migrate.h>
#include <assay/ext/sampling.h>
#include <assay/ext/scoring.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "plugins/check/document.h"
#include "plugins/settings.h"

namespace assay {
namespace {

using sandbox::Method;

constexpr std::size_t sample_hash_length = 64;
constexpr std::size_t great_deal = 1000;
constexpr const char* sample_person = "0197a0c0-0000-7000-8000-000000000002";

std::vector<std::string> short_hostile_texts() {
  constexpr std::size_t most = 100;  // what has to be a line must not become too long
  std::vector<std::string> texts = hostile_texts();
  std::erase_if(texts, [](const std::string& text) { return text.size() > most; });
  return texts;
}

/// One after the other, so that a place that people type into has each of them.
std::string all_hostile_texts() {
  std::string all;
  for (const std::string& text : short_hostile_texts()) all += text + " ";
  return all;
}

/// How an input is filled.
struct Filling {
  const Manifest& manifest;
  std::string_view language;
  std::string named;     // what of the manifest it is about
  std::size_t size = 3;  // of its lists
  Chance& chance;
  bool hostile = false;  // whether texts are

  std::string text(std::string_view plain) const {
    static const std::vector<std::string> texts = short_hostile_texts();
    return hostile ? texts[chance.below(texts.size())] : std::string(plain);
  }
  bool some() const { return chance.below(3) == 0; }
};

Json versioned(const Filling& filling, const char* version, Json items) {
  return {{"id", filling.named},
          {"version", version},
          {"hash", std::string(sample_hash_length, 'a')},
          {"items", std::move(items)}};
}

Json scoring_input(const Filling& filling) {
  static constexpr std::array results = {"conforms", "nonconformity", "unheard-of", ""};
  Json items = Json::array(), all = Json::array(), partial = Json::array();
  for (std::size_t i = 0; i < filling.size; ++i) {
    const std::string group = std::to_string(1 + i % 2), item = fmt::format("{}.{}", group, i + 1);
    items.push_back({{"id", item}, {"group", group}, {"questions", {item + "-q1", item + "-q2"}}});
    for (const char* question : {"-q1", "-q2"}) {
      Json answer = {{"question", item + question}, {"item", item}, {"subject", "whole"}};
      const std::string result = results[i < results.size() ? i : filling.chance.below(results.size())];
      if (!result.empty()) answer["result"] = result;
      if (filling.some()) answer["maturity"] = filling.chance.below(6);
      if (i % 2 == 0) partial.push_back(answer);
      all.push_back(std::move(answer));
    }
  }
  Json catalogue = versioned(filling, "1.0.0", std::move(items));
  catalogue["results"] = {"conforms", "nonconformity"};
  catalogue["groups"] = {"1", "2"};
  return {{"scoring_input", 1},
          {"language", filling.language},
          {"catalogue", std::move(catalogue)},
          {"sets", Json::array({{{"id", "audit"}, {"answers", std::move(all)}},
                                {{"id", "site:\"A\" <b>"}, {"answers", std::move(partial)}},
                                {{"id", "site:B"}, {"answers", Json::array()}}})}};
}

/// Something of any simple kind.
Json any_value(const Filling& filling, std::size_t which) {
  switch (which % 5) {
    case 0:
      return filling.text("Dresden");
    case 1:
      return filling.hostile ? Json(-1.5e300) : Json(42);
    case 2:
      return filling.chance.below(2) == 0;
    case 3:
      return Json::array({filling.text("Leipzig"), filling.text("Chemnitz")});
    default:
      return filling.hostile ? Json(std::string(20'000, 'x')) : Json("2026-11-27");
  }
}

Json applicability_input(const Filling& filling) {
  Json items = Json::array(), facts = Json::object();
  for (std::size_t i = 0; i < std::max<std::size_t>(filling.size, 1); ++i) {
    const std::string group = std::to_string(1 + i % 2), item = fmt::format("{}.{}", group, i);
    items.push_back({{"id", item}, {"group", group}, {"clause", filling.text(item)}});
    if (facts.size() < 100) facts[fmt::format("fact_{}", i)] = any_value(filling, i);
  }
  facts["audit.sites"] = Json::array({filling.text("Dresden")});
  return {{"applicability_input", 1},
          {"language", filling.language},
          {"catalogue", versioned(filling, "1.0.0", std::move(items))},
          {"facts", std::move(facts)}};
}

Json sampling_input(const Filling& filling) {
  const std::size_t size = std::max<std::size_t>(filling.size, 1);
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < size; ++i) ids.push_back(fmt::format("{} {}", filling.text("Site"), i));
  std::ranges::sort(ids);
  Json population = Json::array();
  for (const std::string& id : ids) {
    Json one = {{"id", id}};
    if (filling.some()) one["stratum"] = filling.text("office");
    if (filling.some()) one["weight"] = filling.chance.below(1000);
    if (filling.some())
      one["last_on"] = fmt::format("202{}-0{}-01", filling.chance.below(6), 1 + filling.chance.below(9));
    population.push_back(std::move(one));
  }
  const std::size_t least = size <= 3 ? 1 : filling.chance.below(size + 1);
  const std::size_t most = std::max<std::size_t>(1, least + filling.chance.below(size - least + 1));
  return {{"sampling_input", 1},   {"language", filling.language},
          {"kind", filling.named}, {"population", population},
          {"at_least", least},     {"at_most", most}};
}

Json guard_input(const Filling& filling) {
  Json fields = Json::object(), given = Json::object();
  for (std::size_t i = 0; i < std::min(filling.size, great_deal); ++i) {
    fields[fmt::format("field_{}", i)] = any_value(filling, i);
    given[fmt::format("input_{}", i)] = any_value(filling, i + 1);
  }
  const bool least = filling.size == 0;  // a deadline gives the command that makes a record
  const Json record = {{"id", least ? "" : "0197a0c0-0000-7000-8000-000000000001"},
                       {"type", "nonconformity"},
                       {"number", least ? "" : "NC-2026-001"},
                       {"state", "verifying"},
                       {"fields", std::move(fields)},
                       {"seats", least ? Json::object() : Json{{"verifier", {sample_person}}}}};
  Json input = {{"guard_input", 1},         {"language", filling.language}, {"guard", filling.named},
                {"command", "close"},       {"today", "2026-11-27"},        {"record", record},
                {"given", std::move(given)}};
  if (least) return input;
  const Json person = {{"id", sample_person}, {"roles", {"internal_auditor"}}};
  input["person"] = person;
  if (filling.some()) input["second"] = person;
  if (filling.some()) input["with"] = {{"most", any_value(filling, 1)}, {"text", any_value(filling, 0)}};
  if (filling.some()) input["linked"] = {{"audit", Json::array({record})}, {"audit.programme", Json::array()}};
  return input;
}

Json ticket_input(const Filling& filling) {
  static constexpr std::array types = {"nonconformity.raised", "webhook.test", "record.unheard_of"};
  static constexpr std::array urls = {"https://tracker.example/", "https://tracker.example:8443/base/path?x=1",
                                      "https://[2001:db8::1]/", ""};
  const bool usual = filling.size == 3 && !filling.hostile;
  Json data = {{"type", "nonconformity"},
               {"number", "NC-2026-001"},
               {"title", filling.hostile ? all_hostile_texts() : "A door stood open"}};
  for (std::size_t i = 0; i < filling.size; ++i) data[fmt::format("field_{}", i)] = any_value(filling, i);
  Json event = {{"type", types[usual ? 0 : filling.chance.below(types.size())]},
                {"timestamp", "2026-11-23T08:30:00.000Z"},
                {"data", std::move(data)}};
  if (filling.size == 0) event["data"] = Json::object();
  return {{"ticket_input", 1},
          {"event", std::move(event)},
          {"endpoint", {{"url", urls[usual ? 0 : filling.chance.below(urls.size())]}}}};
}

Json some_setting(const Filling& filling, const Json& setting) {
  const std::string type = setting.at("type");
  if (setting.value("x-secret", false)) return filling.some() ? "" : "set";
  if (const auto choice = setting.find("enum"); choice != setting.end())
    return choice->at(filling.chance.below(choice->size()));
  if (type == "boolean") return filling.chance.below(2) == 0;
  if (type == "array") return Json::array({filling.text("one"), filling.text("two")});
  if (type == "string")
    return filling.some() ? std::string(setting.value("maxLength", 20'000u), 'x') : filling.text("a text");
  const Json& bound = setting.value(filling.some() ? "minimum" : "maximum", Json(7));
  return filling.some() ? bound : Json(filling.chance.below(100));
}

/// As without_secrets() gives them: each as it may be, or else its default.
Json settings_input(const Filling& filling) {
  Json settings = without_secrets(filling.manifest, with_defaults(filling.manifest, Json::object()));
  if (filling.size == 0) return settings;
  for (const auto& [name, setting] : settings_schema_of(filling.manifest)->at("properties").items()) {
    Json changed = settings;
    changed[name] = some_setting(filling, setting);
    if (invalid_masked_settings(filling.manifest, changed).empty()) settings = std::move(changed);
  }
  return settings;
}

Json migrate_input(const Filling& filling) {
  Json from = Json::array(), to = Json::array();
  for (std::size_t i = 0; i < filling.size; ++i) {
    const std::string id = fmt::format("1.{}", i);
    const auto item = [&](std::string text) {
      return Json{{"id", id},
                  {"clause", id},
                  {"title", filling.text("An item")},
                  {"questions", Json::array({{{"id", id + "-q1"}, {"question", std::move(text)}}})}};
    };
    // One that stays, one that changes, one that goes and one that comes.
    if (i % 4 != 3) from.push_back(item("How?"));
    if (i % 4 != 2) to.push_back(item(i % 4 == 1 ? filling.text("How often?") : "How?"));
  }
  return {{"migrate_input", 1},
          {"language", filling.language},
          {"from", versioned(filling, "1.0.0", std::move(from))},
          {"to", versioned(filling, "2.0.0", std::move(to))}};
}

std::vector<std::string> catalogues_of(const Manifest& manifest, const char* extension) {
  return manifest.declared.at(extension).at("catalogues").get<std::vector<std::string>>();
}

struct InputRow {
  Method method;
  Json (*input)(const Filling& filling);
  std::vector<std::string> (*named)(const Manifest& manifest);
};
const InputRow input_rows[] = {
    {Method::score, &scoring_input, [](const Manifest& manifest) { return catalogues_of(manifest, ASSAY_SCORING_1); }},
    {Method::applicable, &applicability_input,
     [](const Manifest& manifest) { return catalogues_of(manifest, ASSAY_APPLICABILITY_1); }},
    {Method::sample, &sampling_input,
     [](const Manifest& manifest) {
       return manifest.declared.at(ASSAY_SAMPLING_1).at("kinds").get<std::vector<std::string>>();
     }},
    {Method::judge, &guard_input,
     [](const Manifest& manifest) {
       std::vector<std::string> guards;
       for (const Json& guard : manifest.declared.at(ASSAY_GUARD_1).at("guards")) guards.push_back(guard.at("id"));
       return guards;
     }},
    {Method::requests, &ticket_input, [](const Manifest&) { return std::vector<std::string>{""}; }},
    {Method::check_settings, &settings_input, [](const Manifest&) { return std::vector<std::string>{""}; }},
    {Method::map, &migrate_input, [](const Manifest& manifest) { return catalogues_of(manifest, ASSAY_MIGRATE_1); }},
};

const InputRow& row_of(Method method) { return *std::ranges::find(input_rows, method, &InputRow::method); }

}  // namespace

Json usual_input(const Manifest& manifest, Method method, std::string_view language) {
  Chance chance(1);
  const InputRow& row = row_of(method);
  return row.input({manifest, language, row.named(manifest).front(), 3, chance});
}

Json large_input(const Manifest& manifest, Method method, std::string_view language) {
  Chance chance(1);
  const InputRow& row = row_of(method);
  return row.input({manifest, language, row.named(manifest).front(), great_deal, chance});
}

std::vector<NamedInput> edge_inputs(const Manifest& manifest, Method method, std::string_view language) {
  struct Edge {
    std::string_view name, language;
    std::size_t size;
    bool hostile;
  };
  const Edge edges[] = {{"the usual", language, 3, false},
                        {"as little as there may be", language, 0, false},
                        {"a great deal", language, great_deal, false},
                        {"a language that it has not", "tlh-Latn-x-far", 3, false},
                        {"texts that are commands elsewhere", language, 40, true}};
  const InputRow& row = row_of(method);
  std::vector<NamedInput> inputs;
  for (const std::string& named : row.named(manifest)) {
    for (const Edge& edge : edges) {
      Chance chance(edge.size + 1);
      const std::string about = named.empty() ? std::string() : fmt::format(" for {}", named);
      inputs.push_back({fmt::format("{}{}", edge.name, about),
                        row.input({manifest, edge.language, named, edge.size, chance, edge.hostile})});
    }
  }
  return inputs;
}

Json varied_input(const Manifest& manifest, Method method, std::string_view language, Chance& chance) {
  const InputRow& row = row_of(method);
  const auto named = row.named(manifest);
  const std::string& one = named[chance.below(named.size())];
  const std::size_t size = chance.below(60);
  return row.input({manifest, language, one, size, chance, chance.below(2) == 0});
}

std::string default_settings(const Manifest& manifest) {
  const Json settings = with_defaults(manifest, Json::object());
  return settings.is_null() ? std::string() : canonical(settings);
}

}  // namespace assay
