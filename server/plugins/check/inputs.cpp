// Inputs of reports that are valid and far from what an honest person types.
#include "plugins/check/inputs.h"

#include <map>

#include "plugins/check/candidate.h"
#include "plugins/check/document.h"
#include "plugins/json_schema.h"

namespace assay {
namespace {

void collect_places(const Json& value, const Json::json_pointer& at, std::vector<Json::json_pointer>& strings,
                    std::vector<Json::json_pointer>& all) {
  if (!at.empty()) all.push_back(at);
  if (value.is_string()) strings.push_back(at);
  if (value.is_object()) {
    for (const auto& [name, member] : value.items()) collect_places(member, at / name, strings, all);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) collect_places(value[i], at / i, strings, all);
  }
}

/// Puts back from `sound` what the schema does not let be otherwise.
void mend(std::string_view of, Json& input, const Json& sound) {
  while (true) {
    const auto wrong = input_schema_of(of).violations(input);
    if (wrong.empty()) return;
    for (const InvalidField& one : wrong) {
      const Json::json_pointer place(one.pointer);
      input[place] = sound.at(place);
    }
  }
}

/// Goes down from `value` for a while, and there changes a text, leaves something out, or puts something in twice.
void change_somewhere(Json& value, Chance& chance, const std::vector<std::string>& texts) {
  Json* at = &value;
  while (at->is_structured() && !at->empty()) {
    const std::size_t index = chance.below(at->size());
    auto child = std::next(at->begin(), static_cast<Json::difference_type>(index));
    if (child->is_string() && chance.below(2) == 0) {
      *child = texts[chance.below(texts.size())];
      return;
    }
    if (!child->is_structured() || child->empty() || chance.below(3) == 0) {
      if (at->is_array() && chance.below(2) == 0) {
        at->insert(child, Json(*child));
      } else if (child->is_array() && chance.below(2) == 0) {
        child->clear();
      } else {
        at->erase(child);
      }
      return;
    }
    at = &*child;
  }
}

}  // namespace

Json smallest_input(std::string_view of, std::string_view language) {
  const Json sample = sample_input(of, language);
  const bool response = of == "response";
  Json input = {{response ? "response_input" : "report_input", 1},
                {"language", language},
                {"generated_at", sample.at("generated_at")},
                {"organisation", {{"name", "Example"}}}};
  const Json begun = {{"number", "IA-1"}, {"title", "Audit"}, {"state", "Planned"}};
  if (!response) {
    input["audit"] = begun;
    for (const char* list :
         {"team", "sessions", "findings", "corrective_actions", "exceptions", "catalogues", "evidence"})
      input[list] = Json::array();
    return input;
  }
  for (const char* same : {"generated_on", "zone"}) input[same] = sample.at(same);
  input["issuer"] = Json::object();
  input["nonconformity"] = begun;
  for (const char* list :
       {"earlier_responses", "implementations", "rejected_implementations", "corrective_actions", "evidence"})
    input[list] = Json::array();
  return input;
}

std::vector<Json> hostile_inputs(std::string_view of, std::string_view language,
                                 const std::vector<std::string>& texts) {
  const Json sound = sample_input(of, language);
  std::vector<Json::json_pointer> strings, all;
  collect_places(sound, Json::json_pointer(), strings, all);
  const auto filled = [&](std::size_t first) {
    Json input = sound;
    for (std::size_t i = 0; i < strings.size(); ++i) input[strings[i]] = texts[(first + i) % texts.size()];
    mend(of, input, sound);
    return input;
  };
  // Where not even the first text may stand, none is tried again.
  const Json first = filled(0);
  std::erase_if(strings, [&](const auto& place) { return first.at(place) == sound.at(place); });
  std::vector<Json> inputs;
  for (std::size_t turn = 0; turn < texts.size(); ++turn) {
    inputs.push_back(filled(turn));
    inputs.back()["language"] = language;
  }
  return inputs;
}

Json huge_input(std::string_view of, std::string_view language) {
  static const std::map<std::string, std::vector<std::string>> longest = {
      {"audit", {"objectives", "scope", "remote_work", "deviations", "unresolved", "time_frame"}},
      {"conclusion", {"conclusions", "effectiveness"}},
      {"nonconformity", {"requirement", "finding", "objective_evidence"}},
      {"response", {"correction", "extent", "root_cause", "action"}}};
  Json input = sample_input(of, language);
  std::string text;
  while (text.size() < 99'000) text += "W\xC3\xB6rter < & > \" ";
  for (const auto& [part, members] : longest) {
    for (const std::string& member : members) {
      if (input.contains(part)) input[part][member] = text;
    }
  }
  for (Json& action : input["corrective_actions"]) action["action"] = text;
  mend(of, input, sample_input(of, language));
  return input;
}

Json changed_input(std::string_view of, std::string_view language, Chance& chance) {
  Json input = sample_input(of, language);
  const auto texts = hostile_texts();
  for (std::uint64_t changes = 1 + chance.below(4); changes > 0; --changes) {
    Json changed = input;
    change_somewhere(changed, chance, texts);
    if (input_schema_of(of).violations(changed).empty()) input = std::move(changed);
  }
  return input;
}

}  // namespace assay
