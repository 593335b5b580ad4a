// An office in which an audit of three questions is under way.
#pragma once

#include "commands/chosen_catalogues.h"
#include "commands/evidence.h"
#include "commands/items.h"
#include "commands/report_input.h"
#include "commands/reports.h"
#include "jobs/office.h"

namespace assay::test {

inline constexpr const char *lead = "anna@elbwerk.example", *auditor = "david@elbwerk.example",
                            *auditee = "petra@elbwerk.example", *planner = "jonas@elbwerk.example";

inline OfferedCatalogue small_catalogue(const std::string& language = "en") {
  const auto question = [](const char* id) { return Json{{"id", id}, {"question", "Is it so?"}}; };
  const auto item = [&](const char* id, Json questions) {
    return Json{{"id", id}, {"group", "a"}, {"clause", id}, {"title", id}, {"questions", std::move(questions)}};
  };
  const Json content = {
      {"id", "small"},
      {"version", "1.0.0"},
      {"title", "Three questions"},
      {"standard", "Small"},
      {"language", language},
      {"results", {{{"id", "conforms"}, {"title", "Conforms"}}, {{"id", "does_not_conform"}, {"title", "Does not"}}}},
      {"groups", {{{"id", "a"}, {"title", "A"}}}},
      {"items",
       {item("A.5.1", {question("A.5.1-q1")}), item("A.8.13", {question("A.8.13-q1"), question("A.8.13-q2")})}}};
  const std::string text = canonical(content);
  return {"small", "1.0.0", std::string(64, 'a'), "small", "1.0.0", "Three questions", sha256_hex(text), text};
}

/// The administrator runs the programme; the audit has its team. Steps go through the commands, as the API's do.
struct Fieldwork : Office {
  explicit Fieldwork(std::string_view engine = "sqlite") : Office(engine) {
    for (const char* email : {lead, auditor, auditee}) names[email] = join(email, roles_of(email)).person.uuid;
    names[planner] = person(planner).uuid;
    begin();
  }

  /// A further audit with the same team, to which steps go from then on.
  void begin() {
    audit = granted(create_record(*context, Call{principal(planner)},
                                  {"audit",
                                   {},
                                   "plan_single",
                                   {{"title", "Operations"},
                                    {"purposes", {"internal"}},
                                    {"objectives", "Conformity"},
                                    {"scope", "Operations"},
                                    {"criteria", {"Small"}},
                                    {"methods", {"on_site"}},
                                    {"language", "en"},
                                    {"planned_from", "2026-05-28"},
                                    {"planned_to", "2026-05-29"},
                                    {"reason", "no programme yet"}}}));
    act(planner, "propose_team",
        {{"lead_auditor", {names.at(lead)}}, {"auditor", {names.at(auditor)}}, {"auditee", {names.at(auditee)}}});
    act(auditee, "accept_team");
    REQUIRE(select(small_catalogue()));
  }

  static std::vector<std::string> roles_of(std::string_view email) {
    return email == auditee ? std::vector<std::string>{} : std::vector<std::string>{"internal_auditor"};
  }
  static std::string granted(Result<Performed> performed) {
    if (!performed) FAIL(performed.error().detail << to_json(performed.error()).dump());
    return performed->uuid;
  }
  void act(const char* who, const std::string& command, Json input = Json::object()) {
    const Principal principal = this->principal(who);
    INFO(command);
    granted(command_record(*context, Call{principal, version(audit)}, {"audit", audit, command, std::move(input)}));
  }
  Result<Performed> select(const OfferedCatalogue& catalogue) {
    const Principal who = principal(lead);
    return select_catalogue(*context, Call{who, version(audit)}, audit, catalogue);
  }
  Result<Performed> plan(const char* question, const char* assigned = nullptr) {
    const Principal who = principal(lead);
    ItemPlan one{question};
    if (assigned) one.auditor = names.at(assigned);
    return plan_items(*context, catalogues, Call{who, version(audit)}, audit, {one});
  }
  ItemRow item(const char* question) {
    Snapshot at = store->read();
    const auto row = find_item(at, find(audit).id, "small", question, "whole");
    REQUIRE(row);
    return *row;
  }
  Result<Performed> answer(const char* who, const char* question, const char* result = "conforms") {
    const Principal principal = this->principal(who);
    const ItemRow row = item(question);
    ItemAnswer given;
    given.result = result;
    return answer_item(*context, catalogues, Call{principal, row.version}, audit, row.uuid, given);
  }
  Result<Performed> drop(const char* who, const char* question, const char* reason = "") {
    const Principal principal = this->principal(who);
    const ItemRow row = item(question);
    return drop_item(*context, Call{principal, row.version}, audit, row.uuid, reason);
  }
  Result<Performed> attach(const char* who, std::optional<std::string> to_item = {}) {
    const Principal principal = this->principal(who);
    EvidenceWish wish{"interview", "Interview"};
    wish.description = "Said so";
    wish.details = {{"role", "Administrator"}};
    wish.item = std::move(to_item);
    return attach_evidence(*context, Call{principal}, "audit", audit, wish);
  }
  Result<Performed> withdraw(const char* who, const std::string& evidence) {
    const Principal principal = this->principal(who);
    std::int64_t version = 0;
    {
      Snapshot at = store->read();
      version = find_evidence(at, find(audit).id, evidence)->version;
    }
    return withdraw_evidence(*context, Call{principal, version}, "audit", audit, evidence, "was of another system");
  }
  /// The plan has one session.
  void issue_plan(const char* topics = "All") {
    act(lead, "issue_plan",
        {{"sessions", Json::array({{{"auditor", names.at(lead)},
                                    {"topics", topics},
                                    {"starts", "2026-05-28T08:00:00Z"},
                                    {"ends", "2026-05-28T09:00:00Z"},
                                    {"zone", "Europe/Berlin"},
                                    {"mode", "on_site"}}})}});
  }
  /// From the confirmed team into the field.
  void into_the_field() {
    issue_plan();
    act(lead, "open", {{"opening_on", "2026-05-28"}, {"opening_attendance", Json::array({{{"name", "Petra"}}})}});
    act(lead, "begin_fieldwork");
  }
  void answers_for(const char* email, std::vector<std::string> what) {
    const Principal who = administrator();
    const PersonRow row = person(email);
    PersonChange change;
    change.responsibilities = std::move(what);
    REQUIRE(change_person(*context, Call{who, row.version}, row.uuid, change));
  }
  Json report() {
    const Principal who = principal(lead);
    const RecordRow row = find(audit);
    Snapshot at = store->read();
    return report_input(*context, catalogues, at, who, row, "en");
  }
  /// The last event of the kind, by what it says.
  Json last_event(const std::string& type) {
    const Principal who = principal(planner);
    Snapshot at = store->read();
    EventQuery query;
    query.limit = 200;
    query.types = {type};
    const auto events = list_events(at, query, who.reader);
    REQUIRE(!events.empty());
    return events.back().draft.facts;
  }

  Catalogues catalogues;
  std::map<std::string, std::string> names = {};
  std::string audit = {};
};

/// "granted", or the codes of the unmet guards, or the detail.
inline std::string said(const Result<Performed>& result) {
  if (result) return "granted";
  std::string text;
  for (const auto& unmet : result.error().unmet) text += (text.empty() ? "" : " ") + unmet.guard + "." + unmet.code;
  return text.empty() ? result.error().detail : text;
}

}  // namespace assay::test
