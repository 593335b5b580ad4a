// Views that tell what a certification body owes and has done: a row in each, its cells, and who sees none of it.
#include <chrono>
#include <thread>

#include "domain/calendar.h"
#include "domain/time.h"
#include "scenario/portfolio.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::view_rows_test {
namespace {

/// Until a timer that was due at once has set the field.
void wait_for(Stage& stage, const std::string& who, const std::string& record, const char* field) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (stage.must(who, "GET", "/api/v1/" + record).at("fields").value(field, false) != true) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::yield();
  }
}

/// A client whose first surveillance and whose transition are late, with a certification and its certificate.
void move_late_client_in(Stage& stage) {
  move_in(stage, {"row", "Hafen Süd", "961", "Carla Süd"},
          {{"first_surveillance_done", false}, {"surveillance_due", day(-235)}, {"transition_until", day(-10)}});
  const std::string running = "certification-programmes/" + stage.names.at("row_programme");
  wait_for(stage, "mover", running, "surveillance_overdue");
  wait_for(stage, "mover", running, "transition_overdue");
  Json certification = port_scope();
  certification.update({{"client", stage.names.at("row_client")},
                        {"programme", stage.names.at("row_programme")},
                        {"state", "active"},
                        {"number", "Z-961"},
                        {"entered_on", day(-600)},
                        {"title", "Port"},
                        {"standard", "ISO/IEC 27001:2022"},
                        {"granted_on", day(-600)},
                        {"decided_on", day(-600)},
                        {"effective_on", day(-600)},
                        {"expires_on", day(495)}});
  adopted(stage, "row_certification", "certifications", "adopt", certification);
  adopted(stage, "row_certificate", "certificates", "adopt",
          {{"certification", stage.names.at("row_certification")},
           {"state", "issued"},
           {"number", "C-961-2"},
           {"entered_on", day(-590)},
           {"holder", "Hafen Süd GmbH"},
           {"standard", "ISO/IEC 27001:2022"},
           {"scope", "Operation of the port"},
           {"sites", {"Kiel"}},
           {"effective_on", day(-600)},
           {"expires_on", day(495)},
           {"certificate_number", "C-961"},
           {"revision", 2},
           {"language", "de"},
           {"address", "Kai 2"},
           {"soa_version", "7"},
           {"body_name", "Body"},
           {"body_address", "Weg 1"},
           {"issued_on", day(-590)}});
}

/// A surveillance that took less time than was planned and was broken off, kept as "row_audit".
void break_off_surveillance(Stage& stage) {
  const std::string audit = made(stage, "row_audit", "planner", "certification-audits",
                                 surveillance_of(stage, "row", "Surveillance of the port"));
  propose_team(stage, audit);
  agree_on_plan(stage, "row_customer", audit);
  stage.act("body_lead", audit, "open",
            {{"opening_on", day()}, {"opening_attendance", Json::array({{{"name", "Carla"}}})}});
  stage.act("body_lead", audit, "begin_fieldwork");
  stage.act("body_lead", audit, "record_time",
            {{"time_deviations", Json::array({{{"auditor", stage.names.at("body_lead")},
                                               {"on", day()},
                                               {"hours_planned", 8},
                                               {"hours", 3},
                                               {"mode", "on_site"},
                                               {"reason", "The pier was closed."}}})}});
  stage.act("body_lead", audit, "terminate",
            {{"reason", "No access."}, {"deviations", "One day of two."}, {"conclusions", "None."}});
}

/// The certification is suspended after a case, kept as "row_decision".
void suspend(Stage& stage) {
  const std::string decision = made(stage, "row_decision", "mover", "certification-decisions",
                                    {{"programme", stage.names.at("row_programme")},
                                     {"certification", stage.names.at("row_certification")},
                                     {"kind", "suspension_case"},
                                     {"title", "Case of the port"},
                                     {"scheme", "iso_27001"},
                                     {"standard", "ISO/IEC 27001:2022"},
                                     {"areas", {"ports"}},
                                     {"case_reason", "No access."}});
  const Json reason{{"case_reason", "No access to the port."}};
  if (const auto audit = stage.names.find("row_audit"); audit != stage.names.end()) {
    stage.act("mover", decision, "submit_case",
              {{"case_reason", reason.at("case_reason")}, {"audits", {audit->second}}});
  } else {
    stage.act("mover", decision, "submit_case_without_audit", reason);  // when the case of that audit was not run
  }
  std::string review;
  for (const Json& one : stage.list("mover", "/api/v1/technical-reviews?limit=200")) {
    if (one.at("fields").value("title", "") == "Case of the port")
      review = "technical-reviews/" + one.at("id").get<std::string>();
  }
  stage.act("mover", review, "assign", {{"technical_reviewer", seat(stage, "technical")}});
  stage.act("technical", review, "begin");
  stage.act("technical", review, "conclude_adverse", {{"conclusion", "The grounds hold."}});
  stage.act("decider", decision, "suspend", {{"decision_reason", "No surveillance."}});
}

void set_up(Stage& stage) {
  if (stage.people.contains("row_customer")) return;
  set_the_body(stage);
  move_late_client_in(stage);
  stage.events_since();
}

void check_no_row(Stage& stage, const std::string& view, const std::string& name,
                  const std::vector<std::string>& people) {
  for (const std::string& who : people) {
    INFO(view << " for " << who);
    CHECK(cells(stage, who, view, name).is_null());
  }
}

Json number_of(Stage& stage, const std::string& who, const std::string& record) {
  return stage.must(who, "GET", "/api/v1/" + record).at("number");
}

TEST_CASE("what is overdue is a row with its days, for those who may see the record") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  Json late = review_input("Review of the late");
  late["planned_on"] = day(-3);
  const std::string review = made(stage, "row_review", "manager", "management-reviews", late);
  wait_for(stage, "manager", review, "overdue");
  stage.events_since();
  Json row = cells(stage, "manager", "overdue", "row_review");
  REQUIRE(row.is_object());
  CHECK(row.at("responsible").is_array());
  row.erase("responsible");
  CHECK(row == Json{{"type", "management-review"},
                    {"number", number_of(stage, "manager", review)},
                    {"title", "Review of the late"},
                    {"state", "scheduled"},
                    {"due", day(-3)},
                    {"days_late", 3}});
  CHECK(cells(stage, "top", "overdue", "row_review").is_object());
  check_no_row(stage, "overdue", "row_review", {"nobody", "lead", "owner", "other", "mover", "row_customer"});

  row = cells(stage, "mover", "overdue", "row_programme");
  REQUIRE(row.is_object());
  CHECK(row.at("number") == "P-961");
  CHECK(row.at("type") == "certification-programme");
  CHECK(row.at("due") < day());
  CHECK(row.at("days_late") > 0);
  check_no_row(stage, "overdue", "row_programme", {"nobody", "manager", "top", "lead", "body_lead", "other"});
  // What is not due yet is none.
  scheduled_review(stage, "row_early");
  check_no_row(stage, "overdue", "row_early", {"manager", "top"});
}

TEST_CASE("a late first surveillance and a late transition are rows of their registers") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  const Json manager = Json::array({"Paula Süd"});
  Json surveillance{{"surveillance_due", day(-235)}, {"days_late", 235},
                    {"client", "Hafen Süd"},         {"number", "P-961"},
                    {"scheme", "iso_27001"},         {"last_surveillance_on", nullptr},
                    {"expires_on", day(495)},        {"programme_manager", manager}};
  Json transition{{"transition_until", day(-10)}, {"overdue", true},
                  {"client", "Hafen Süd"},        {"number", "P-961"},
                  {"expires_on", day(495)},       {"standard_edition", "ISO/IEC 27001:2022"},
                  {"programme_manager", manager}};
  for (const char* who : {"mover", "decider"}) {
    CHECK(cells(stage, who, "overdue_surveillances", "row_programme") == surveillance);
    CHECK(cells(stage, who, "transitions", "row_programme") == transition);
  }
  // The client's own, without names.
  surveillance["programme_manager"] = transition["programme_manager"] = nullptr;
  CHECK(cells(stage, "row_customer", "overdue_surveillances", "row_programme") == surveillance);
  CHECK(cells(stage, "row_customer", "transitions", "row_programme") == transition);
  for (const char* view : {"overdue_surveillances", "transitions"})
    check_no_row(stage, view, "row_programme", {"nobody", "admin", "manager", "lead", "body_lead", "other"});
}

TEST_CASE("the competence matrix has a row for each competence, which no client sees") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  struct Competent {
    const char *who, *name, *function;
  };
  for (const Competent& one :
       {Competent{"body_lead", "Lars Lotse", "lead_auditor"}, Competent{"technical", "Tilo Süd", "technical_reviewer"},
        Competent{"decider", "Dora Süd", "decision_maker"}}) {
    const std::string name = one.who + std::string("_competence");
    const Json row{{"person", one.name},     {"function", one.function},  {"scheme", "iso_27001"},
                   {"areas", {"ports"}},     {"languages", {"de", "en"}}, {"state", "in_force"},
                   {"valid_until", day(300)}};
    CHECK(cells(stage, "mover", "competence_matrix", name) == row);
    CHECK(cells(stage, one.who, "competence_matrix", name) == row);
    check_no_row(stage, "competence_matrix", name, {"nobody", "manager", "lead", "other", "row_customer"});
  }
  check_no_row(stage, "competence_matrix", "decider_competence", {"body_lead"});  // sees the own one
}

TEST_CASE("audit time that deviates is a row, whose reasons the client does not see") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  break_off_surveillance(stage);
  Json row{{"number", number_of(stage, "mover", "certification-audits/" + stage.names.at("row_audit"))},
           {"client", "Hafen Süd"},
           {"purpose", "surveillance"},
           {"planned_from", day()},
           {"planned_days", 2},
           {"actual", nullptr},
           {"deviations", Json::array({{{"auditor", "Lars Lotse"},
                                        {"on", day()},
                                        {"hours_planned", 8},
                                        {"hours", 3},
                                        {"mode", "on_site"},
                                        {"reason", "The pier was closed."}}})},
           {"lead_auditor", Json::array({"Lars Lotse"})},
           {"state", "terminated"}};
  for (const char* who : {"mover", "decider", "technical"})
    CHECK(cells(stage, who, "time_deviations", "row_audit") == row);
  row["deviations"] = row["lead_auditor"] = nullptr;
  CHECK(cells(stage, "row_customer", "time_deviations", "row_audit") == row);
  check_no_row(stage, "time_deviations", "row_audit", {"nobody", "admin", "manager", "lead", "other"});
}

TEST_CASE("the programme board tells the first and the last lawful day of an audit by all its purposes") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  move_in(stage, {"board", "Hafen Nord", "962", "Carla Nord"},
          {{"first_surveillance_done", false}, {"surveillance_due", day(-235)}, {"transition_until", day(-10)}});
  const std::string client = stage.names.at("board_client");
  const auto stage2_on = [&](const std::string& name, const char* purpose, int days) {
    Json audit = surveillance_of(stage, "board", "Audit elsewhere", days);
    audit.update({{"purpose", purpose},
                  {"state", "follow_up"},
                  {"number", "A-" + name},
                  {"entered_on", day(days + 20)},
                  {"lead_auditor", seat(stage, "body_lead")},
                  {"opening_on", day(days)},
                  {"closing_on", day(days)},
                  {"conclusions", "Two majors."},
                  {"effectiveness", "Not yet"},
                  {"recommendation", "conditional_on_visit"},
                  {"deviations", "None"},
                  {"last_audit_day", day(days)},
                  {"report_issued_on", day(days + 10)}});
    adopted(stage, name, "certification-audits", "adopt", audit);
    return stage.names.at(name);
  };
  const std::string initial = stage2_on("board_stage2", "stage2", -30),
                    later = stage2_on("board_before", "surveillance", -20);
  made(stage, "board_transfer", "board_customer", "transfers", [&] {
    Json request = port_scope();
    request.update({{"client", client},
                    {"title", "From another body"},
                    {"issuing_body", "Other Cert"},
                    {"former_number", "OC-17"},
                    {"former_expires_on", day(77)},
                    {"former_status", "valid"},
                    {"transfer_reason", "Nearer"}});
    return request;
  }());
  const Date from = *parse_date(day(-30));
  const std::string year_before = std::to_string(std::stoi(day().substr(0, 4)) - 1) + "-12-31";
  const std::string half_a_year_on = to_text(add_days(from, 6, "calendar_months"));
  struct Row {
    const char *name, *purpose, *command;
    Json more, earliest, latest;
  };
  const Json follows_initial{{"follows", {initial}}}, follows_later{{"follows", {later}}};
  for (const Row& row : {
           Row{"surveillance", "surveillance", "plan", {}, year_before, day(-235)},
           Row{"change", "scope_change", "plan", {}, nullptr, day(495)},
           Row{"change_at_surveillance",
               "scope_change",
               "plan",
               {{"further_purposes", {"surveillance"}}},
               year_before,
               day(-235)},
           Row{"transition", "transition", "plan", {}, nullptr, day(-10)},
           Row{"transition_at_change",
               "scope_change",
               "plan",
               {{"further_purposes", {"transition"}}},
               nullptr,
               day(-10)},
           Row{"stage1", "stage1", "plan_stage1", {}, day(-610), nullptr},
           Row{"short",
               "short_notice",
               "plan_short_notice",
               {{"short_notice_ground", "complaint"}, {"conditions_published", "Rules, 4"}},
               nullptr,
               day(495)},
           Row{"follow_up", "follow_up", "plan", follows_initial, day(-30), half_a_year_on},
           Row{"follow_up_later", "follow_up", "plan", follows_later, day(-20), day(495)},
           Row{"transfer_visit", "transfer_visit", "plan", {}, nullptr, day(77)},
       }) {
    INFO(row.name);
    Json audit = surveillance_of(stage, "board", row.name, 10);
    audit.erase("purpose");
    if (row.command == std::string("plan")) audit["purpose"] = row.purpose;
    audit.update(row.more.is_null() ? Json::object() : row.more);
    const std::string name = std::string("board_") + row.name;
    made(stage, name, "planner", std::string("certification-audits?command=") + row.command, audit);
    const Json cell = cells(stage, "mover", "programme_board", name);
    REQUIRE(cell.is_object());
    CHECK(cell.at("earliest") == row.earliest);
    CHECK(cell.at("latest") == row.latest);
    CHECK(cell.at("planned_days") == 2);
  }
}

TEST_CASE("a decision is a row of the log, and the register of certificates tells what became of the certification") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  Json certificate{{"certificate_number", "C-961"},
                   {"revision", 2},
                   {"client", "Hafen Süd GmbH"},
                   {"scope", "Operation of the port"},
                   {"sites", {"Kiel"}},
                   {"standard", "ISO/IEC 27001:2022"},
                   {"soa_version", "7"},
                   {"valid_from", day(-600)},
                   {"valid_until", day(495)},
                   {"state", "issued"},
                   {"certification", "active"}};
  const auto check_register = [&] {
    for (const char* who : {"mover", "decider", "row_customer"}) {
      INFO(who);
      CHECK(cells(stage, who, "certificates", "row_certificate") == certificate);
    }
    check_no_row(stage, "certificates", "row_certificate",
                 {"nobody", "admin", "manager", "lead", "body_lead", "other"});
  };
  check_register();
  suspend(stage);
  certificate["certification"] = "suspended";
  check_register();

  const std::string decision = "certification-decisions/" + stage.names.at("row_decision");
  const Json row{{"decided_on", day()},   {"number", number_of(stage, "mover", decision)},
                 {"client", "Hafen Süd"}, {"kind", "suspension_case"},
                 {"outcome", "suspend"},  {"effective_on", nullptr},
                 {"expires_on", nullptr}, {"decision_maker", Json::array({"Dora Süd"})},
                 {"state", "decided"},    {"appealed", false}};
  for (const char* who : {"mover", "decider", "technical"})
    CHECK(cells(stage, who, "decision_log", "row_decision") == row);
  check_no_row(stage, "decision_log", "row_decision",
               {"nobody", "admin", "manager", "lead", "body_lead", "other", "row_customer"});
  // The client learns of it when it is notified, and not who decided.
  stage.act("mover", decision, "notify", {{"notification", "Your certification is suspended."}});
  const Json told = cells(stage, "row_customer", "decision_log", "row_decision");
  REQUIRE(told.is_object());
  CHECK(told.at("outcome") == "suspend");
  CHECK(told.at("state") == "notified");
  CHECK(told.at("decision_maker").is_null());
}

}  // namespace
}  // namespace assay::test::view_rows_test
