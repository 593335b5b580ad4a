// The day from which the deadlines of nonconformities count, and the days in which they are counted, as a programme
// chooses them: day by day, for findings of an organisation's own audits and of a certification body's.
#include <map>

#include "workflows/certification_body.h"

namespace assay::test::deadline_start_test {
namespace {

const Json closing{
    {"closing_on", "2026-03-02"}, {"closing_attendance", {{{"name", "I. Peters"}}}}, {"time_frame", "30 days"}};
const Json reason{{"reason", "No access"}};

/// The due days of the running timers of a record, by name.
std::map<std::string, std::string> due_days(World& world, RecordId id) {
  std::map<std::string, std::string> found;
  for (const auto& [name, due] : world.facts.timers(id)) found[name] = to_text(due.day);
  return found;
}

void move_to(World& world, const char* day) { world.now.at = *parse_instant(std::string(day) + "T09:00:00Z"); }

void choose(World& world, const Actor& both, RecordId programme, const char* choice, const char* option) {
  const Json input{{"choice", choice}, {"choice_value", option}, {"policy_reason", "As agreed with the client"}};
  const auto decided = world.act(both, programme, "choose_policy", input);
  INFO((decided ? std::string() : text_of(decided.error())));
  REQUIRE(decided.has_value());
}

void step(World& world, PersonId who, RecordId id, const char* command, const Json& input = Json::object()) {
  INFO(command);
  const auto decided = world.act(who, id, command, input);
  INFO((decided ? std::string() : text_of(decided.error())));
  REQUIRE(decided.has_value());
}

using Days = std::map<std::string, std::string>;

/// Holds the closing meeting of an audit today.
void close_audit(World& world, PersonId lead, RecordId audit, Json input = closing) {
  world.facts.at(audit).state = "conclusions";
  input["closing_on"] = to_text(local_date(world.now.at, world.now.zone));
  step(world, lead, audit, "hold_closing_meeting", input);
}

/// Issues a report of it today.
void report_audit(World& world, PersonId lead, RecordId audit) {
  world.facts.at(audit).state = "report_draft";
  world.facts.add_report(audit, world.now.at);
  step(world, lead, audit, "issue_report");
}

struct OwnAudit : Company {
  RecordId audit = audit_in("fieldwork");
  RecordId found() {
    const RecordId id = nonconformity_in("draft", audit);
    facts.at(id).body.edit().erase("deadlines_from");
    facts.at(id).body.edit().erase("issued_on");
    return id;
  }
  void choose(const char* choice, const char* option) {
    deadline_start_test::choose(*this, Actor{planner, boss}, programme, choice, option);
  }
  void close() { close_audit(*this, lead, audit); }
  void report() { report_audit(*this, lead, audit); }
};

TEST_CASE("the deadlines of an own audit's finding count from the day that the programme chooses") {
  const auto [option, issued, closed, reported] = GENERATE(table<std::string, Days, Days, Days>({
      {"issue",
       {{"response_due", "2026-04-01"}, {"major_verification_due", "2026-05-31"}},
       {{"response_due", "2026-04-01"}, {"major_verification_due", "2026-05-31"}},
       {{"response_due", "2026-04-01"}, {"major_verification_due", "2026-05-31"}}},
      {"last_audit_day",
       {},
       {{"response_due", "2026-04-05"}, {"major_verification_due", "2026-06-04"}},
       {{"response_due", "2026-04-05"}, {"major_verification_due", "2026-06-04"}}},
      {"report", {}, {}, {{"response_due", "2026-04-19"}, {"major_verification_due", "2026-06-18"}}},
  }));
  INFO(option);
  OwnAudit company;
  company.choose("deadline_start", option.c_str());
  const RecordId id = company.found();
  step(company, company.lead, id, "issue");
  CHECK(due_days(company, id) == issued);
  move_to(company, "2026-03-06");
  company.close();
  CHECK(due_days(company, id) == closed);
  move_to(company, "2026-03-20");
  company.report();
  CHECK(due_days(company, id) == reported);
  // A report that is revised later moves nothing that people were told.
  move_to(company, "2026-03-27");
  company.report();
  CHECK(due_days(company, id) == reported);
}

TEST_CASE("what an audit that is terminated has found is due from that day at the latest") {
  const auto [option, before, after] = GENERATE(table<std::string, std::string, std::string>({
      {"issue", "2026-04-01", "2026-04-04"},
      {"last_audit_day", "2026-04-03", "2026-04-03"},
      {"report", "2026-04-03", "2026-04-03"},
  }));
  INFO(option);
  OwnAudit company;
  company.choose("deadline_start", option.c_str());
  const RecordId id = company.found(), later = company.found();
  step(company, company.lead, id, "issue");
  move_to(company, "2026-03-04");
  step(company, company.lead, company.audit, "terminate", reason);
  CHECK(due_days(company, id).at("response_due") == before);
  move_to(company, "2026-03-05");
  step(company, company.lead, later, "issue");
  CHECK(due_days(company, later).at("response_due") == after);
}

TEST_CASE("another choice leaves deadlines that run, and begins none that nobody would begin") {
  OwnAudit company;
  const RecordId before = company.found(), waiting = company.found();
  step(company, company.lead, before, "issue");
  company.choose("deadline_start", "report");
  step(company, company.lead, waiting, "issue");
  CHECK(due_days(company, waiting).empty());
  company.choose("deadline_start", "issue");
  move_to(company, "2026-03-06");
  company.close();
  CHECK(due_days(company, before).at("response_due") == "2026-04-01");
  CHECK(due_days(company, waiting).at("response_due") == "2026-04-05");
}

TEST_CASE("what is reported or received outside of an audit counts from the day on which it was taken up") {
  Company company;
  choose(company, Actor{company.planner, company.boss}, company.programme, "deadline_start", "report");
  REQUIRE(company
              .make(company.isms, "nonconformity", "report",
                    {{"title", "Lost laptop"}, {"source", "incident"}, {"finding", "Not encrypted"}})
              .has_value());
  const RecordId id = company.last;
  step(company, company.isms, id, "accept_report",
       {{"grade", "minor"},
        {"clause", "A.8.1"},
        {"requirement", "Devices are encrypted"},
        {"objective_evidence", "Inventory"},
        {"action_owner", {company.name(company.owner)}}});
  CHECK(due_days(company, id) == Days{{"response_due", "2026-04-01"}, {"minor_verification_due", "2027-03-02"}});
}

TEST_CASE("responses are due in calendar or in working days, as the programme chooses") {
  OwnAudit company;
  company.now.calendar = Calendar({*parse_date("2026-04-03"), *parse_date("2026-04-06")});
  company.choose("response_days", "working_days");
  const RecordId id = company.found();
  step(company, company.lead, id, "issue");
  CHECK(due_days(company, id) == Days{{"response_due", "2026-04-15"}, {"major_verification_due", "2026-05-31"}});
  const Json ten{{"policy", "response_due"}, {"policy_value", 10}, {"policy_reason", "As agreed"}};
  REQUIRE(company.act(Actor{company.planner, company.boss}, company.programme, "set_policy", ten).has_value());
  const RecordId next = company.found();
  step(company, company.lead, next, "issue");
  CHECK(due_days(company, next).at("response_due") == "2026-03-16");
}

struct ClientAudit : CertificationBody {
  RecordId audit = audit_in("fieldwork", "stage2");
  RecordId found(const char* grade) {
    const RecordId id = nonconformity_in("draft", audit);
    for (const char* field : {"deadlines_from", "issued_on"}) facts.at(id).body.edit().erase(field);
    facts.at(id).body.edit()["grade"] = grade;
    return id;
  }
  ClientAudit() { facts.at(audit).body.edit().erase("last_audit_day"); }
  void choose(const char* choice, const char* option) {
    deadline_start_test::choose(*this, Actor{planner, manager}, programme, choice, option);
  }
  void close() {
    Json input = closing;
    input["remedies"] = "Complaints and appeals";
    close_audit(*this, lead, audit, input);
  }
  void report() { report_audit(*this, lead, audit); }
};

TEST_CASE("the deadlines of a client count from the day that its programme chooses", "[certification]") {
  const auto [option, issued, closed, reported] = GENERATE(table<std::string, Days, Days, Days>({
      {"issue",
       {{"major_response_due", "2026-04-01"}, {"major_verification_due", "2026-05-31"}},
       {{"major_response_due", "2026-04-01"}, {"major_verification_due", "2026-05-31"}, {"stage2_limit", "2026-09-06"}},
       {{"major_response_due", "2026-04-01"},
        {"major_verification_due", "2026-05-31"},
        {"stage2_limit", "2026-09-06"}}},
      {"last_audit_day",
       {},
       {{"major_response_due", "2026-04-05"}, {"major_verification_due", "2026-06-04"}, {"stage2_limit", "2026-09-06"}},
       {{"major_response_due", "2026-04-05"},
        {"major_verification_due", "2026-06-04"},
        {"stage2_limit", "2026-09-06"}}},
      {"report",
       {},
       {{"stage2_limit", "2026-09-06"}},
       {{"major_response_due", "2026-04-19"},
        {"major_verification_due", "2026-06-18"},
        {"stage2_limit", "2026-09-06"}}},
  }));
  INFO(option);
  ClientAudit body;
  body.choose("client_deadline_start", option.c_str());
  const RecordId id = body.found("major"), minor = body.found("minor");
  step(body, body.lead, id, "issue");
  CHECK(due_days(body, id) == issued);
  move_to(body, "2026-03-06");
  body.close();
  step(body, body.lead, minor, "issue");
  CHECK(due_days(body, id) == closed);
  move_to(body, "2026-03-20");
  body.report();
  CHECK(due_days(body, id) == reported);
  const Json after = *body.facts.at(id).body;
  CHECK(after["verification_due_major"] == reported.at("major_verification_due"));
  const Json late = *body.facts.at(minor).body;
  CHECK(late["deadlines_from"] == (option == "report" ? "2026-03-20" : "2026-03-06"));
  CHECK(due_days(body, minor).at("minor_verification_due") == (option == "report" ? "2027-03-20" : "2027-03-06"));
  move_to(body, "2026-04-10");
  body.report();
  CHECK(due_days(body, id) == reported);
}

TEST_CASE("ten and twenty-one working days from the report, as some bodies set them", "[certification]") {
  ClientAudit body;
  const auto set = [&](const char* policy, int days) {
    const Json input{{"policy", policy}, {"policy_value", days}, {"policy_reason", "10/21"}};
    REQUIRE(body.act(Actor{body.planner, body.manager}, body.programme, "set_policy", input).has_value());
  };
  body.choose("client_deadline_start", "report");
  body.choose("client_response_days", "working_days");
  for (const auto& [policy, preset] : {std::pair{"client_response_major", 10}, {"client_response_minor", 21}}) {
    CHECK(shipped().policies.at(policy).presets.at("10/21") == preset);
    set(policy, preset);
  }
  const RecordId major = body.found("major"), minor = body.found("minor");
  for (const RecordId id : {major, minor}) step(body, body.lead, id, "issue");
  move_to(body, "2026-03-06");
  body.close();
  body.report();
  CHECK(due_days(body, major).at("major_response_due") == "2026-03-20");
  CHECK(due_days(body, minor).at("minor_response_due") == "2026-04-06");
}

TEST_CASE("what bodies publish as presets is due on their days where a programme takes it", "[certification]") {
  const auto [preset, response, major_verified, minor_verified] =
      GENERATE(table<std::string, std::string, std::string, std::string>({
          {"30/90", "2026-04-01", "2026-05-31", "2027-03-02"},
          {"7-day-plan", "2026-03-09", "2026-05-31", "2027-03-02"},
          {"90-evidence", "2026-05-31", "2026-05-31", "2027-03-02"},
          {"all-closed", "2026-04-01", "2026-05-31", "2026-06-02"},
          {"show-cause", "2026-04-01", "2026-08-31", "2027-03-02"},
      }));
  INFO(preset);
  ClientAudit body;
  for (const auto& [name, policy] : shipped().policies) {
    const auto found = policy.presets.find(preset);
    if (found == policy.presets.end() || !(name.starts_with("client_") || name == "show_cause")) continue;
    if (found->second.is_string()) {
      body.choose(name.c_str(), found->second.get_ref<const std::string&>().c_str());
    } else {
      const Json input{{"policy", name}, {"policy_value", found->second}, {"policy_reason", preset}};
      REQUIRE(body.act(Actor{body.planner, body.manager}, body.programme, "set_policy", input).has_value());
    }
  }
  const RecordId major = body.found("major"), minor = body.found("minor");
  for (const RecordId id : {major, minor}) step(body, body.lead, id, "issue");
  CHECK(due_days(body, major) == Days{{"major_response_due", response}, {"major_verification_due", major_verified}});
  CHECK(due_days(body, minor) == Days{{"minor_response_due", response}, {"minor_verification_due", minor_verified}});
  if (preset != "show-cause") return;
  move_to(body, "2026-09-01");
  fire(body, major, "note_major_overdue");
  step(body, body.manager, major, "issue_show_cause", {{"show_cause", "The major is late"}});
  CHECK(due_days(body, major).at("show_cause_due") == "2026-09-15");
}

TEST_CASE("where all is to be closed before a certificate, nonconformities say so from their issue",
          "[certification]") {
  ClientAudit body;
  const RecordId before = body.found("minor");
  step(body, body.lead, before, "issue");
  body.choose("client_minors", "closed");
  const RecordId after = body.found("minor");
  step(body, body.lead, after, "issue");
  CHECK((*body.facts.at(before).body)["close_before_certificate"] == false);
  CHECK((*body.facts.at(after).body)["close_before_certificate"] == true);
  CHECK(shipped().policies.at("client_minors").presets.at("all-closed") == "closed");
}

TEST_CASE("who chooses how deadlines count in a programme, and what") {
  const auto choice = [](const Json& which, const Json& option) {
    return Json{{"choice", which}, {"choice_value", option}, {"policy_reason", "Agreed"}};
  };
  struct Try {
    const char* what;
    PersonId Company::* who;
    PersonId Company::* second;
    Json input;
    const char* expected;
  };
  const std::vector<Try> rows{
      {"proposed", &Company::planner, nullptr, choice("deadline_start", "report"), "second"},
      {"confirmed", &Company::planner, &Company::boss, choice("deadline_start", "report"), "-> running"},
      {"confirmed by the ISMS manager", &Company::planner, &Company::isms2, choice("deadline_start", "report"),
       "not_permitted"},
      {"by an auditor", &Company::auditor, nullptr, choice("deadline_start", "report"), "not_permitted"},
      {"an option of the other choice", &Company::planner, nullptr, choice("deadline_start", "working_days"),
       "invalid /choice_value"},
      {"an option that there is not", &Company::planner, nullptr, choice("deadline_start", "never"),
       "invalid /choice_value"},
      {"a policy that is no choice", &Company::planner, nullptr, choice("response_due", "report"), "invalid /choice"},
      {"without a reason",
       &Company::planner,
       nullptr,
       {{"choice", "deadline_start"}, {"choice_value", "report"}},
       "invalid /policy_reason"},
  };
  for (const Try& row : rows) {
    INFO(row.what);
    Company company;
    Actor actor{company.*row.who};
    if (row.second) actor.second = company.*row.second;
    CHECK(answer(company.ask(actor, company.programme, "choose_policy", row.input)) == row.expected);
  }
}

}  // namespace
}  // namespace assay::test::deadline_start_test
