// Checks of what scoring/1 and applicability/1 answer: whole, within their bounds, and the same whatever the order.
#include <assay/ext/applicability.h>
#include <assay/ext/scoring.h>
#include <fmt/format.h>

#include <algorithm>

#include "plugins/check/candidate.h"
#include "plugins/methods.h"

namespace assay {
namespace {

constexpr std::size_t sample_hash_length = 64;

/// The answer to `input`, which the host would take.
Json answer_to(Candidate& subject, CallTarget& probe, sandbox::Method method, const Json& input,
               std::string_view what) {
  sandbox::ProbeRequest request = subject.request(sandbox::Step::call);
  request.method = method;
  request.input = canonical(input);
  const Tried tried = probe.take(request, step_patience);
  demand_well(probe, tried, what);
  auto parsed = parse_strict(tried.output);
  if (const auto* fault = std::get_if<JsonFault>(&parsed)) throw Unmet(fmt::format("{}: {}", what, fault->reason));
  Json output = std::get<Json>(std::move(parsed));
  const JsonMethod& known = json_method(method);
  if (const auto wrong = known.output().violations(output); !wrong.empty())
    throw Unmet(fmt::format("{}: \"{}\": {}", what, wrong.front().pointer, wrong.front().detail));
  if (const auto fault = known.fault(subject.manifest(), input, output))
    throw Unmet(fmt::format("{}: {}", what, *fault));
  return output;
}

Json answered(const char* question, const char* item, const char* result) {
  Json answer = {{"question", question}, {"item", item}, {"subject", "whole"}};
  if (result != nullptr) answer["result"] = result;
  return answer;
}

}  // namespace

Json scoring_sample(const Manifest& manifest, std::string_view language) {
  const Json full = Json::array({answered("1.1-q1", "1.1", "conforms"), answered("1.2-q1", "1.2", "nonconformity"),
                                 answered("1.2-q2", "1.2", "conforms"), answered("2.1-q1", "2.1", "unheard-of")});
  const Json partial = Json::array({answered("1.1-q1", "1.1", "conforms"), answered("2.1-q1", "2.1", nullptr)});
  const Json items = Json::array({{{"id", "1.1"}, {"group", "1"}, {"questions", {"1.1-q1"}}},
                                  {{"id", "1.2"}, {"group", "1"}, {"questions", {"1.2-q1", "1.2-q2"}}},
                                  {{"id", "2.1"}, {"group", "2"}, {"questions", {"2.1-q1"}}}});
  return {{"scoring_input", 1},
          {"language", language},
          {"catalogue",
           {{"id", manifest.declared.at(ASSAY_SCORING_1).at("catalogues").front()},
            {"version", "1.0.0"},
            {"hash", std::string(sample_hash_length, 'a')},
            {"results", {"conforms", "nonconformity"}},
            {"groups", {"1", "2"}},
            {"items", items}}},
          {"sets", Json::array({{{"id", "audit"}, {"answers", full}},
                                {{"id", "site:\"A\" <b>"}, {"answers", partial}},
                                {{"id", "site:B"}, {"answers", Json::array()}}})}};
}

Json applicability_sample(const Manifest& manifest, std::string_view language) {
  return {{"applicability_input", 1},
          {"language", language},
          {"catalogue",
           {{"id", manifest.declared.at(ASSAY_APPLICABILITY_1).at("catalogues").front()},
            {"version", "1.0.0"},
            {"hash", std::string(sample_hash_length, 'a')},
            {"items", Json::array({{{"id", "1.1"}, {"group", "1"}, {"clause", "1.1"}},
                                   {{"id", "2.1"}, {"group", "2"}, {"clause", "2.1"}}})}}},
          {"facts", Json::object()}};
}

std::string check_scores(Candidate& subject) {
  const auto probe = subject.loaded();
  Json input = scoring_sample(subject.manifest(), subject.manifest().languages.front());
  const Json first = answer_to(subject, *probe, sandbox::Method::score, input, "scores");
  for (Json& set : input["sets"]) std::reverse(set["answers"].begin(), set["answers"].end());
  if (first != answer_to(subject, *probe, sandbox::Method::score, input, "scores of answers in another order"))
    throw Unmet("the order of answers changes the scores");
  for (Json& set : input["sets"]) set["answers"] = Json::array();
  const Json none = answer_to(subject, *probe, sandbox::Method::score, input, "scores of nothing");
  for (const Json& score : none.at("scores")) {
    if (score.contains("value")) throw Unmet("a set without answers has a score");
  }
  return {};
}

std::string check_applicability(Candidate& subject) {
  const auto probe = subject.loaded();
  Json input = applicability_sample(subject.manifest(), subject.manifest().languages.front());
  const Json all = answer_to(subject, *probe, sandbox::Method::applicable, input, "what applies when nothing is known");
  for (const Json& item : all.at("items")) {
    if (item.at("applies") == false) throw Unmet("an item does not apply though no fact is known");
  }
  input["facts"] = {{"something", true}, {"audit.sites", {"Dresden"}}, {"employees", -1}};
  answer_to(subject, *probe, sandbox::Method::applicable, input, "what applies by facts that it does not know");
  return {};
}

}  // namespace assay
