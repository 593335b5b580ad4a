// What a report says of an audit's findings and of what was done about them.
#include "commands/report_input.h"

#include <utility>
#include <vector>

#include "storage/events.h"

namespace assay {
namespace {

constexpr int history_limit = 1000;

Json response_json(ReportSource& source, const RecordRow& row, const Json& body) {
  Json json = Json::object();
  for (const char* field :
       {"correction", "extent", "root_cause", "action", "action_due", "done_on", "implementation"}) {
    copy_filled(json, field, body, field);
  }
  if (json.empty()) return json;
  for (const SeatRow& seat : seats_of(source.at(), row.id)) {
    if (seat.seat == "action_owner") json["owner"] = seat.name;
  }
  return json;
}

Json verification_json(ReportSource& source, const Json& element, bool accepted) {
  Json json = {{"outcome", accepted ? "accepted" : "rejected"}};
  copy_filled(json, "verification", element, accepted ? "verification" : "rejection");
  copy_filled(json, "effectiveness", element, "effectiveness");
  if (element.contains("by")) json["by"] = source.name(element.at("by").get<std::string>());
  if (const auto at = parse_instant(element.value("at", ""))) json["on"] = to_text(local_date(*at, source.zone()));
  return json;
}

Json verifications_json(ReportSource& source, const Json& body) {
  std::vector<std::pair<std::string, Json>> all;
  for (const auto& [list, accepted] : {std::pair{"verifications", true}, std::pair{"rejections", false}}) {
    for (const Json& element : body.value(list, Json::array())) {
      all.emplace_back(element.value("at", ""), verification_json(source, element, accepted));
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  Json json = Json::array();
  for (auto& [at, one] : all) json.push_back(std::move(one));
  return json;
}

/// Every step, named by the command's label; engine steps such as a declined proposal keep their event's name.
Json history_json(ReportSource& source, const RecordRow& row, const Reader& reader) {
  EventQuery query;
  query.record = row.id;
  query.limit = history_limit;
  const Definition& definition = source.definition(row);
  Json history = Json::array();
  for (const Event& event : list_events(source.at(), query, reader)) {
    if (event.draft.subject != Subject::record || event.draft.command == "remind") continue;
    Json step = {{"at", to_text(event.draft.at)},
                 {"step", label_of(definition, "commands." + event.draft.command, source.language())}};
    if (event.draft.actor) step["by"] = source.name(*event.draft.actor);
    const Json said = event.draft.facts.value("said", Json::object());
    copy_filled(step, "comment", said, "reason");
    copy_filled(step, "comment", said, "comment");
    history.push_back(std::move(step));
  }
  return history;
}

void tie_to_items(const Json& body, const std::string& number, Json& json, ReportFindings& all) {
  for (const Json& item : body.value("items", Json::array())) {
    const std::string question = item.value("question", "");
    const std::string subject = item.value("subject", "whole");
    Json tie = {{"question", question}};
    if (subject != "whole") tie["subject"] = subject;
    json["items"].push_back(std::move(tie));
    all.by_question[item.value("catalogue", "") + " " + question + " " + subject].push_back(number);
  }
}

void collect_names_of_evidence(ReportSource& source, const RecordRow& row, Json& json) {
  const std::size_t before = source.evidence().size();
  source.collect_evidence(row);
  for (std::size_t i = before; i < source.evidence().size(); ++i) {
    json["evidence"].push_back(source.evidence_name(source.evidence()[i].second.uuid));
  }
}

void add_nonconformity(ReportSource& source, const RecordRow& row, const Reader& reader, ReportFindings& all) {
  const Json body = Json::parse(row.body);
  Json json = {{"number", row.number},
               {"grade", body.value("grade", "minor")},
               {"title", body.value("title", row.number)},
               {"state", source.state(row)}};
  for (const char* field : {"clause", "requirement", "finding", "objective_evidence", "issued_on", "respond_until",
                            "verify_until", "closed_on"}) {
    copy_filled(json, field, body, field);
  }
  for (const char* flag : {"response_overdue", "action_overdue", "verification_overdue"}) {
    if (body.value(flag, false)) json["overdue"] = true;
  }
  if (Json response = response_json(source, row, body); !response.empty()) json["response"] = std::move(response);
  json["verifications"] = verifications_json(source, body);
  json["history"] = history_json(source, row, reader);
  tie_to_items(body, row.number, json, all);
  collect_names_of_evidence(source, row, json);
  all.findings.push_back(std::move(json));
  for (const RecordRow& action : source.linked(row, "corrective_actions")) {
    all.corrective_actions.push_back(report_action(source, action, row.number));
  }
}

/// A finding that asks for no response: what it is called, and where its texts stand in the body.
struct PlainFinding {
  const char* link;   // from the audit
  const char* grade;  // unless the body has a kind, which then is what the report calls a grade
  std::vector<std::pair<const char*, const char*>> texts;  // of the report <- of the body
};

const std::vector<PlainFinding>& plain_findings() {
  static const std::vector<PlainFinding> all = {
      // A stage 1 has areas of concern and no nonconformities.
      {"areas_of_concern",
       "observation",
       {{"clause", "clause"}, {"finding", "concern"}, {"objective_evidence", "basis"}}},
      {"opportunities", "opportunity", {{"clause", "clause"}, {"finding", "description"}}},
      {"observations",
       "observation",
       {{"clause", "clause"}, {"requirement", "requirement"}, {"finding", "description"}}},
  };
  return all;
}

void add_plain(ReportSource& source, const RecordRow& row, const PlainFinding& plain, ReportFindings& all) {
  const Json body = Json::parse(row.body);
  Json json = {{"number", row.number},
               {"grade", body.value("kind", plain.grade)},
               {"title", body.value("title", row.number)},
               {"state", source.state(row)}};
  for (const auto& [text, field] : plain.texts) copy_filled(json, text, body, field);
  tie_to_items(body, row.number, json, all);
  all.findings.push_back(std::move(json));
}

}  // namespace

Json report_action(ReportSource& source, const RecordRow& action, const std::string& finding) {
  const Json body = Json::parse(action.body);
  Json json = {{"number", action.number},
               {"finding", finding},
               {"title", body.value("title", action.number)},
               {"state", source.state(action)}};
  for (const char* field :
       {"action", "due", "overdue", "done_on", "implementation", "review_on", "effectiveness", "effective"}) {
    copy_filled(json, field, body, field);
  }
  for (const SeatRow& seat : seats_of(source.at(), action.id)) {
    if (seat.seat == "action_owner") json["owner"] = seat.name;
  }
  return json;
}

bool is_standing_finding(const RecordRow& row) {
  return row.state != "draft" && row.state != "discarded" && row.state != "withdrawn";
}

ReportFindings report_findings(ReportSource& source) {
  ReportFindings all;
  for (const char* link : {"nonconformities", "client_nonconformities"}) {
    for (const RecordRow& row : source.linked(source.record(), link)) {
      if (is_standing_finding(row)) add_nonconformity(source, row, source.reader(), all);
    }
  }
  for (const PlainFinding& plain : plain_findings()) {
    for (const RecordRow& row : source.linked(source.record(), plain.link)) {
      if (is_standing_finding(row)) add_plain(source, row, plain, all);
    }
  }
  return all;
}

}  // namespace assay
