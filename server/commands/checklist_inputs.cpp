// What plugins are told of an audit's checklist.
#include "commands/checklist_inputs.h"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

#include "commands/chosen_catalogues.h"
#include "commands/records.h"

namespace assay {
namespace {

constexpr int items_at_once = 200;

CataloguePtr known_catalogue(Catalogues& catalogues, Snapshot& at, const std::string& hash) {
  auto catalogue = catalogues.find(at, hash);
  if (!catalogue) throw std::runtime_error("catalogue " + hash + " is missing");
  return catalogue;
}

Json answer_for_scoring(const ItemRow& item) {
  Json answer = {{"question", item.question}, {"item", item.item}, {"subject", item.subject}};
  if (!item.result.empty()) answer["result"] = item.result;
  if (item.maturity) answer["maturity"] = *item.maturity;
  return answer;
}

bool is_fact(const Json& value) {
  return value.is_string() ||
         (value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& one) { return one.is_string(); }));
}

/// Identifying members of a catalogue, with an empty list of items.
Json catalogue_head(const PinnedCatalogue& catalogue) {
  return {{"id", catalogue.id}, {"version", catalogue.version}, {"hash", catalogue.hash}, {"items", Json::array()}};
}

Json catalogue_for_scoring(const PinnedCatalogue& catalogue) {
  Json json = catalogue_head(catalogue);
  for (const char* list : {"results", "groups"}) {
    json[list] = Json::array();
    for (const Json& one : catalogue.content.at(list)) json[list].push_back(one.at("id"));
  }
  for (const Json& item : catalogue.content.at("items")) {
    Json questions = Json::array();
    for (const Json& question : item.at("questions")) questions.push_back(question.at("id"));
    json["items"].push_back({{"id", item.at("id")}, {"group", item.at("group")}, {"questions", std::move(questions)}});
  }
  return json;
}

}  // namespace

std::vector<ItemRow> all_items(Snapshot& at, RecordId audit) {
  std::vector<ItemRow> all;
  std::int64_t after = 0;
  for (;;) {
    auto rows = list_items(at, audit, after, items_at_once);
    all.insert(all.end(), rows.begin(), rows.end());
    if (rows.size() < items_at_once) return all;
    after = rows.back().id;
  }
}

std::vector<std::string> catalogues_of(const RecordRow& audit, const std::vector<ItemRow>& items) {
  std::vector<std::string> hashes;
  const auto add = [&](const std::string& hash) {
    if (!hash.empty() && std::find(hashes.begin(), hashes.end(), hash) == hashes.end()) hashes.push_back(hash);
  };
  for (const ChosenCatalogue& chosen : chosen_catalogues(Json::parse(audit.body))) add(chosen.hash);
  for (const ItemRow& item : items) add(item.catalogue);
  return hashes;
}

std::vector<Json> scoring_inputs(Catalogues& catalogues, Snapshot& at, const RecordRow& audit,
                                 const std::string& language) {
  std::vector<ItemRow> items = all_items(at, audit.id);
  const std::vector<std::string> hashes = catalogues_of(audit, items);  // in the order that reports have
  std::sort(items.begin(), items.end(), [](const ItemRow& a, const ItemRow& b) {
    return std::pair(a.question, a.subject) < std::pair(b.question, b.subject);
  });
  std::vector<Json> inputs;
  for (const std::string& hash : hashes) {
    std::map<std::string, Json> sets;
    Json whole = Json::array();
    for (const ItemRow& item : items) {
      if (item.catalogue != hash) continue;
      whole.push_back(answer_for_scoring(item));
      if (item.subject != "whole") sets[item.subject].push_back(whole.back());
    }
    Json all = Json::array({{{"id", "audit"}, {"answers", std::move(whole)}}});
    for (auto& [subject, answers] : sets) all.push_back({{"id", subject}, {"answers", std::move(answers)}});
    inputs.push_back({{"scoring_input", 1},
                      {"language", language},
                      {"catalogue", catalogue_for_scoring(*known_catalogue(catalogues, at, hash))},
                      {"sets", std::move(all)}});
  }
  return inputs;
}

Json catalogue_for_mapping(const Json& content, const std::string& hash) {
  Json json = {{"id", content.at("id")}, {"version", content.at("version")}, {"hash", hash}, {"items", Json::array()}};
  for (const Json& item : content.at("items")) {
    Json questions = Json::array();
    for (const Json& question : item.at("questions"))
      questions.push_back({{"id", question.at("id")}, {"question", question.at("question")}});
    json["items"].push_back({{"id", item.at("id")},
                             {"clause", item.at("clause")},
                             {"title", item.at("title")},
                             {"questions", std::move(questions)}});
  }
  return json;
}

Result<Json> applicability_input(Catalogues& catalogues, Snapshot& at, const RecordRow& audit, const std::string& id,
                                 const Json& stated, const std::string& language) {
  const Json body = Json::parse(audit.body);
  const auto chosen = chosen_catalogue(body, id);
  if (!chosen) return chosen.error();
  Json facts = stated;
  for (const auto& [name, value] : stated.items()) {
    if (name.starts_with("audit.")) return invalid_field(pointer_to("/facts", name), "only the audit states it");
  }
  for (const char* field : {"sites", "criteria", "methods", "purposes", "scope"}) {
    const auto found = body.find(field);
    if (found != body.end() && is_fact(*found)) facts["audit." + std::string(field)] = *found;
  }
  const CataloguePtr catalogue = known_catalogue(catalogues, at, chosen->hash);
  Json told = catalogue_head(*catalogue);
  for (const Json& item : catalogue->content.at("items")) {
    Json one = {{"id", item.at("id")}, {"group", item.at("group")}, {"clause", item.at("clause")}};
    if (item.contains("attributes")) one["attributes"] = item.at("attributes");
    told["items"].push_back(std::move(one));
  }
  return Result<Json>(boost::system::in_place_value, Json{{"applicability_input", 1},
                                                          {"language", language},
                                                          {"catalogue", std::move(told)},
                                                          {"facts", std::move(facts)}});
}

}  // namespace assay
