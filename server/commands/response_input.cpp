// What a report of a response is made of: a nonconformity with all that was answered to it.
#include "commands/response_input.h"

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <vector>

#include "commands/report_input.h"

namespace assay {
namespace {

std::string day_of(ReportSource& source, const std::string& instant) {
  const auto at = parse_instant(instant);
  return at ? to_text(local_date(*at, source.zone())) : std::string();
}

/// Fields of an element that a list has kept, with who put it there and when.
Json kept(ReportSource& source, const Json& element, std::initializer_list<const char*> fields) {
  Json json = Json::object();
  for (const char* field : fields) copy_filled(json, field, element, field);
  if (const std::string by = text_in(element, "by"); !by.empty()) json["by"] = source.name(by);
  if (std::string day = day_of(source, text_in(element, "at")); !day.empty()) json["on"] = std::move(day);
  return json;
}

Json response_of(ReportSource& source, const Json& element) {
  Json json = kept(source, element, {"correction", "extent", "root_cause", "action", "action_due"});
  json["accepted"] = false;
  return json;
}

struct Answers {
  Json responses = Json::array();
  Json implementations = Json::array();  // rejected ones, too
};

/// A verdict is of what was submitted last before it: the lists tell nothing else of what it was about.
Answers answers_of(ReportSource& source, const Json& body) {
  enum class List : std::uint8_t { responses, implementations, verifications, rejections };
  constexpr std::pair<const char*, List> lists[] = {{"responses", List::responses},
                                                    {"implementations", List::implementations},
                                                    {"verifications", List::verifications},
                                                    {"rejections", List::rejections}};
  struct Step {
    std::string at;
    List list;
    Json element;
  };
  std::vector<Step> steps;
  for (const auto& [name, list] : lists) {
    const Json elements = body.value(name, Json());
    if (!elements.is_array()) continue;  // a type of a package may mean something else by the name
    for (const Json& element : elements)
      if (element.is_object()) steps.push_back({text_in(element, "at"), list, element});
  }
  std::stable_sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) { return a.at < b.at; });
  Answers all;
  Json* submitted = nullptr;
  for (const auto& [at, list, element] : steps) {
    if (list == List::responses) {
      all.responses.push_back(response_of(source, element));
      submitted = &all.responses.back();
    } else if (list == List::implementations) {
      all.implementations.push_back(kept(source, element, {"implementation", "done_on"}));
      submitted = &all.implementations.back();
    } else if (submitted != nullptr && list == List::verifications) {
      (*submitted)["verification"] = kept(source, element, {"verification", "effectiveness"});
    } else if (submitted != nullptr) {
      (*submitted)["rejection"] = kept(source, element, {"rejection"});
    }
  }
  // One that was adopted with its plan has the plan, and no response that was submitted here.
  if (Json adopted = response_of(source, body); all.responses.empty() && adopted.contains("action"))
    all.responses.push_back(std::move(adopted));
  return all;
}

Json issuer_json(const Json& body) {
  constexpr std::pair<const char*, const char*> members[] = {{"name", "issuer"},
                                                             {"number", "issuer_number"},
                                                             {"grade", "issuer_grade"},
                                                             {"response_due", "issuer_response_due"},
                                                             {"verification_due", "issuer_verification_due"}};
  Json json = Json::object();
  for (const auto& [member, field] : members) copy_filled(json, member, body, field);
  return json;
}

Json nonconformity_json(ReportSource& source, const Json& body) {
  const RecordRow& record = source.record();
  Json json = {
      {"number", record.number}, {"title", text_in(body, "title", record.number)}, {"state", source.state(record)}};
  for (const char* field :
       {"grade", "clause", "requirement", "finding", "objective_evidence", "issued_on", "verified_on", "closed_on"}) {
    copy_filled(json, field, body, field);
  }
  for (const auto& [extended, issuers] :
       {std::pair{"respond_until", "issuer_response_due"}, std::pair{"verify_until", "issuer_verification_due"}}) {
    if (text_in(body, extended) != text_in(body, issuers)) copy_filled(json, extended, body, extended);
  }
  for (const auto& [member, field] : {std::pair{"source", "source"}, std::pair{"grade_name", "grade"},
                                      std::pair{"verification_method", "verification_method"}}) {
    if (const std::string value = text_in(body, field); !value.empty())
      json[member] = source.label(record, field, value);
  }
  for (const SeatRow& seat : seats_of(source.at(), record.id)) {
    if (seat.seat == "action_owner") json["owner"] = seat.name;
    if (seat.seat == "verifier") json["verifier"] = seat.name;
  }
  return json;
}

/// What was withdrawn supports nothing any more and goes to nobody.
Json standing_evidence(ReportSource& source) {
  const Json all = report_evidence(source);
  Json standing = Json::array();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& [record, row] = source.evidence()[i];
    if (row.withdrawn) continue;
    Json one = all[i];
    one.update({{"id", "E-" + std::to_string(standing.size() + 1)},
                {"of", record.number},
                {"collected_on", to_text(local_date(row.collected_at, source.zone()))}});
    standing.push_back(std::move(one));
  }
  return standing;
}

/// Takes out of `all` what was rejected.
Json take_rejected(Json& all) {
  Json rejected = Json::array(), rest = Json::array();
  for (Json& one : all) (one.contains("rejection") ? rejected : rest).push_back(std::move(one));
  all = std::move(rest);
  return rejected;
}

}  // namespace

std::string_view reported_of(const Definition& type) {
  const auto list = type.fields.find("responses");
  return list != type.fields.end() && list->second.keep == Keep::list ? "response" : "audit";
}

Json response_input(Context& context, Snapshot& at, const Principal& who, const RecordRow& record,
                    const std::string& language) {
  ReportSource source(context, at, who, record, language);
  const Json body = Json::parse(record.body);
  const Instant now = context.clock();
  source.collect_evidence(record);
  Json actions = Json::array();
  for (const RecordRow& action : source.linked(record, "corrective_actions")) {
    source.collect_evidence(action);
    actions.push_back(report_action(source, action, record.number));
  }
  Answers answers = answers_of(source, body);
  Json rejected = take_rejected(answers.implementations);
  Json input = {{"response_input", 1},
                {"language", language},
                {"generated_at", to_text(now)},
                {"generated_on", to_text(local_date(now, source.zone()))},
                {"zone", source.zone()},
                {"organisation", {{"name", who.organisation.name}}},
                {"issuer", issuer_json(body)},
                {"nonconformity", nonconformity_json(source, body)},
                {"implementations", std::move(answers.implementations)},
                {"rejected_implementations", std::move(rejected)},
                {"corrective_actions", std::move(actions)},
                {"evidence", standing_evidence(source)},
                {"hashes", Json::array({{{"name", "Workflow set"}, {"sha256", record.workflow_set}}})}};
  if (!answers.responses.empty()) {
    Json& last = answers.responses.back();
    last["accepted"] =
        !last.contains("rejection") && source.definition(record).states.at(record.state).groups.contains("planned");
    input["response"] = std::move(last);
    answers.responses.erase(answers.responses.size() - 1);
  }
  input["earlier_responses"] = std::move(answers.responses);
  return input;
}

}  // namespace assay
