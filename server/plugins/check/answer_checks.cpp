// Checks of what the methods answer that take JSON: as the host demands, the same each time, and true to their purpose.
#include <fmt/format.h>

#include <algorithm>

#include "plugins/check/answer_inputs.h"
#include "plugins/check/candidate.h"
#include "plugins/settings.h"

namespace assay {
namespace {

using sandbox::Method;

sandbox::ProbeRequest answer_request(const Candidate& subject, Method method, const Json& input) {
  sandbox::ProbeRequest request = subject.request(sandbox::Step::call);
  request.method = method;
  request.input = canonical(input);
  request.settings = default_settings(subject.manifest());
  return request;
}

/// The answer to `input`, which the host would take.
Json answer_to(const Candidate& subject, CallTarget& probe, Method method, const Json& input, std::string_view what) {
  const Tried tried = probe.take(answer_request(subject, method, input), step_patience);
  return demand_answer(subject.manifest(), probe, method, input, tried, what);
}

std::string_view first_language(const Candidate& subject) { return subject.manifest().languages.front(); }

struct Answered {
  std::string name;
  Json input, answer;
};

/// What it answers to all edge inputs; the same when it is asked again, and by another process.
std::vector<Answered> answers_to_edges(Candidate& subject, CallTarget& probe, Method method, std::string_view what) {
  const auto other = subject.loaded();
  std::vector<Answered> all;
  for (NamedInput& one : edge_inputs(subject.manifest(), method, first_language(subject))) {
    const std::string name = fmt::format("{}, {}", what, one.name);
    Json answer = answer_to(subject, probe, method, one.input, name);
    if (answer != answer_to(subject, probe, method, one.input, name))
      throw Unmet(name + ": a second call with the same seed answers otherwise");
    if (answer != answer_to(subject, *other, method, one.input, name))
      throw Unmet(name + ": another process answers otherwise");
    all.push_back({name, std::move(one.input), std::move(answer)});
  }
  return all;
}

bool calls_itself_json(const Json& request) {
  const Json headers = request.value("headers", Json::object());
  for (const auto& [header, value] : headers.items()) {
    std::string name = header;
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    if (name == "content-type") return value.get_ref<const std::string&>().find("json") != std::string::npos;
  }
  return false;
}

std::string told_of(const std::vector<Answered>& answers) { return fmt::format("{} inputs", answers.size()); }

}  // namespace

std::string check_scores(Candidate& subject) {
  const auto probe = subject.loaded();
  const auto answers = answers_to_edges(subject, *probe, Method::score, "scores");
  Json input = usual_input(subject.manifest(), Method::score, first_language(subject));
  const Json first = answer_to(subject, *probe, Method::score, input, "scores");
  for (Json& set : input["sets"]) std::reverse(set["answers"].begin(), set["answers"].end());
  if (first != answer_to(subject, *probe, Method::score, input, "scores of answers in another order"))
    throw Unmet("the order of answers changes the scores");
  for (Json& set : input["sets"]) set["answers"] = Json::array();
  const Json none = answer_to(subject, *probe, Method::score, input, "scores of nothing");
  for (const Json& score : none.at("scores")) {
    if (score.contains("value")) throw Unmet("a set without answers has a score");
  }
  return told_of(answers);
}

std::string check_applicability(Candidate& subject) {
  const auto probe = subject.loaded();
  const auto answers = answers_to_edges(subject, *probe, Method::applicable, "what applies");
  Json input = usual_input(subject.manifest(), Method::applicable, first_language(subject));
  input["facts"] = Json::object();
  const Json all = answer_to(subject, *probe, Method::applicable, input, "what applies when nothing is known");
  for (const Json& item : all.at("items")) {
    if (item.at("applies") == false) throw Unmet("an item does not apply though no fact is known");
  }
  return told_of(answers);
}

/// The same sample for the same seed; with another one, another sample at most.
std::string check_samples(Candidate& subject) {
  const auto probe = subject.loaded();
  const auto answers = answers_to_edges(subject, *probe, Method::sample, "a sample");
  for (const Answered& one : answers) {
    for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{7}, UINT64_MAX}) {
      sandbox::ProbeRequest request = answer_request(subject, Method::sample, one.input);
      request.seed = seed;
      demand_answer(subject.manifest(), *probe, Method::sample, one.input, probe->take(request, step_patience),
                    fmt::format("{}, with seed {}", one.name, seed));
    }
    if (one.answer != answer_to(subject, *probe, Method::sample, one.input, one.name))
      throw Unmet(one.name + ": after samples with other seeds, the first seed gives another sample");
  }
  return told_of(answers);
}

std::string check_verdicts(Candidate& subject) {
  const auto probe = subject.loaded();
  return told_of(answers_to_edges(subject, *probe, Method::judge, "a verdict"));
}

/// A body that calls itself JSON is JSON, whatever people typed.
std::string check_ticket_requests(Candidate& subject) {
  const auto probe = subject.loaded();
  const auto answers = answers_to_edges(subject, *probe, Method::requests, "the requests");
  for (const Answered& one : answers) {
    for (const Json& request : one.answer.at("requests")) {
      if (!calls_itself_json(request)) continue;
      const auto parsed = parse_strict(request.value("body", ""));
      if (const auto* fault = std::get_if<JsonFault>(&parsed))
        throw Unmet(fmt::format("{}: its body is no JSON: {}", one.name, fault->reason));
    }
  }
  return told_of(answers);
}

/// What is wrong names a setting; the defaults, with nothing set, are well.
std::string check_settings(Candidate& subject) {
  const auto probe = subject.loaded();
  const auto answers = answers_to_edges(subject, *probe, Method::check_settings, "settings");
  const Json& known = settings_schema_of(subject.manifest())->at("properties");
  const Json defaults = without_secrets(subject.manifest(), with_defaults(subject.manifest(), Json::object()));
  for (const Answered& one : answers) {
    for (const Json& invalid : one.answer.at("invalid")) {
      const std::string pointer = invalid.at("pointer");
      const std::string name = pointer.substr(0, pointer.find('/', 1));
      if (!name.starts_with('/') || !known.contains(name.substr(1)))
        throw Unmet(fmt::format("{}: \"{}\" is no pointer to a setting", one.name, pointer));
      if (one.input == defaults)
        throw Unmet(fmt::format("the defaults of the manifest are refused: \"{}\": {}", pointer,
                                invalid.at("message").get<std::string>()));
    }
  }
  return told_of(answers);
}

/// Every question of both versions has its place, which the host demands; and nothing changes between equal ones.
std::string check_mapping(Candidate& subject) {
  const auto probe = subject.loaded();
  const auto answers = answers_to_edges(subject, *probe, Method::map, "a mapping");
  Json input = usual_input(subject.manifest(), Method::map, first_language(subject));
  input["to"] = input["from"];
  const Json same = answer_to(subject, *probe, Method::map, input, "a mapping of a version to itself");
  for (const Json& one : same.at("mapping")) {
    if (one.at("kind") != "kept") throw Unmet("a question is not kept between two equal versions");
  }
  return told_of(answers);
}

}  // namespace assay
