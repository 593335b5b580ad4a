// One visit for two schemes of certification: the programme has both, the team knows both, the plan keeps to the audit,
// one report shows both, and each scheme has its decision.
#include "scenario/portfolio.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::combined_certification_test {
namespace {

const std::string english = "Accept-Language: en", german = "Accept-Language: de";
const Json further = {"iec_62443"};  // beside ISO/IEC 27001
const Json present = Json::array({{{"name", "Hanna Werk"}, {"function", "Plant manager"}}});

/// The headers of a command that somebody gives on the record as it is now.
std::vector<std::string> as_it_is(Stage& stage, const std::string& record, const std::string& who,
                                  const std::string& language = english) {
  return {"If-Match: " + stage.etag("/api/v1/" + record, who), language};
}

/// Two people of the body calculate the time of a surveillance of offices and plants: two days.
void calculate_time(Stage& stage) {
  const std::string programme = "certification-programmes/" + stage.names.at("plants_programme");
  stage.act("planner", programme, "calculate_integrated_time",
            {{"integrated_for", "surveillance"},
             {"single_times",
              {{{"standard", "ISO/IEC 27001"}, {"days", 1.5}}, {{"standard", "IEC 62443-3-3"}, {"days", 0.5}}}},
             {"integration_reduction", 0}});
  confirm_proposal(stage, "approver", programme);
}

/// Two clients, one with a programme of both schemes; two auditors, of whom each knows one scheme.
void set_up(Stage& stage) {
  if (stage.people.contains("plant_auditor")) return;
  set_the_body(stage);
  move_in(stage, {"plants", "Hafenwerk", "911", "Hanna Werk"}, {{"further_schemes", further}});
  calculate_time(stage);
  move_in(stage, {"offices", "Hafenamt", "912", "Otto Amt"});
  stage.join("office_auditor", "Olga Büro", {"certification_auditor"});
  stage.join("plant_auditor", "Pia Anlage", {"certification_auditor"});
  make_competent(stage, "office_auditor", "auditor", "technical");
  make_competent(stage, "plant_auditor", "auditor", "technical", "iec_62443");
}

Json visit(const Stage& stage) {
  Json input = surveillance_of(stage, "plants", "Surveillance of the plants");
  input.update({{"further_schemes", further}, {"criteria", {"ISO/IEC 27001:2022", "IEC 62443-3-3:2013"}}});
  return input;
}

Json team(const Stage& stage, const char* auditor) {
  return {{"lead_auditor", seat(stage, "body_lead")},
          {"auditor", seat(stage, auditor)},
          {"team_competence", "One knows the offices, one the plants."}};
}

/// Questions of both catalogues, each to who knows its scheme.
std::string questions(const Stage& stage) {
  Json items = Json::array();
  for (const char* question : {"4.1-q1", "A.8.22-q1"})
    items.push_back({{"question", question}, {"auditor", stage.names.at("body_lead")}});
  for (const char* question : {"SR5.1-q1", "SR5.1-RE1"})
    items.push_back({{"question", question}, {"auditor", stage.names.at("plant_auditor")}});
  return Json{{"items", items}}.dump();
}

/// A visit of both schemes, kept under `name`, whose team is agreed and whose questions are planned.
std::string agreed_visit(Stage& stage, const std::string& name) {
  const std::string audit = made(stage, name, "planner", "certification-audits", visit(stage)),
                    path = "/api/v1/" + audit;
  stage.act("planner", audit, "propose_team", team(stage, "plant_auditor"));
  stage.act("plants_customer", audit, "accept_team");
  const auto lead_sends = [&](const char* method, const char* part, const std::string& body) {
    stage.must("body_lead", method, path + part, body, as_it_is(stage, audit, "body_lead"));
  };
  lead_sends("PUT", "/catalogue", R"({"plugin":"org.assay.iso27001","catalogue":"iso27001-2022","language":"en"})");
  lead_sends("POST", "/catalogues",
             R"({"plugin":"org.assay.iec62443","catalogue":"iec62443-3-3-2013","language":"en"})");
  lead_sends("POST", "/items", questions(stage));
  return audit;
}

/// A day of each of the two auditors.
Json plan_of_both(const Stage& stage) {
  Json plan = plan_of(stage, 2);
  plan.at("sessions").at(1)["auditor"] = stage.names.at("plant_auditor");
  return plan;
}

void answer_all(Stage& stage, const std::string& audit) {
  for (const Json& item : stage.list("body_lead", "/api/v1/" + audit + "/items")) {
    const bool of_plants = item.at("catalogue") == "iec62443-3-3-2013";
    const std::string who = of_plants ? "plant_auditor" : "body_lead";
    const std::string path = "/api/v1/" + audit + "/items/" + item.at("id").get<std::string>();
    const Json answer{{"result", "conforms"},
                      {"notes", of_plants ? "Conveyors have a network of their own." : "Networks are drawn."}};
    stage.must(who, "PUT", path, answer.dump(), {"If-Match: " + stage.etag(path, who)});
  }
}

Json decision_of(const Stage& stage, const std::string& key, const Json& audits) {
  Json input{{"programme", stage.names.at(key + "_programme")},
             {"kind", "scope_change"},
             {"title", "IEC 62443 of the plants"},
             {"scheme", "iec_62443"},
             {"standard", "IEC 62443-3-3:2013"},
             {"areas", {"ports"}}};
  if (!audits.empty()) input["audits"] = audits;
  return input;
}

TEST_CASE("a visit is of schemes of its programme, by a team that knows each of them") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  BodyFeed feed(stage);
  Json elsewhere = visit(stage);
  elsewhere["programme"] = stage.names.at("offices_programme");
  Json renewal = visit(stage);
  renewal["purpose"] = "recertification";
  const std::string audits = "/api/v1/certification-audits";
  stage.run({{"a visit of both whose time was not calculated",
              "planner",
              "POST",
              audits,
              {english},
              renewal.dump(),
              409,
              {R"("code":"not_calculated")",
               R"(\"Justification of the audit time\" is missing: no time was calculated for this visit.)"}},
             {"nor in German",
              "planner",
              "POST",
              audits,
              {german},
              renewal.dump(),
              409,
              {"„Begründung der Auditzeit“ fehlt: Für diesen Besuch ist keine Zeit berechnet."}},
             {"a scheme that the programme has not",
              "planner",
              "POST",
              audits,
              {english},
              elsewhere.dump(),
              409,
              {R"("guard":"within")", "Further schemes: IEC 62443 lies outside of the Certification programmes."}},
             {"nor in German",
              "planner",
              "POST",
              audits,
              {german},
              elsewhere.dump(),
              409,
              {"„Weitere Zertifizierungsprogramme“: IEC 62443 liegt außerhalb dessen, was diese umfassen: "
               "Zertifizierungsprogramme der Kunden."}}});
  CHECK(feed.happened().empty());
  const std::string audit = made(stage, "plants_team", "planner", "certification-audits", visit(stage));
  CHECK(feed.happened() == "certification-audit.planned");
  const std::string propose = "/api/v1/" + audit + "/commands/propose_team",
                    offices_only = team(stage, "office_auditor").dump();
  stage.run({{"nobody knows plants",
              "planner",
              "POST",
              propose,
              as_it_is(stage, audit, "planner"),
              offices_only,
              409,
              {R"("guard":"some_registered")", R"("code":"nobody")",
               "Further schemes: nobody in the team has Competences in force that fit this: IEC 62443."}},
             {"nor in German",
              "planner",
              "POST",
              propose,
              as_it_is(stage, audit, "planner", german),
              offices_only,
              409,
              {"„Weitere Zertifizierungsprogramme“: Für niemanden im Team gibt es gültige Kompetenzen, die hierzu "
               "passen: IEC 62443."}},
             {"nor has somebody the lead who knows plants alone",
              "planner",
              "POST",
              propose,
              as_it_is(stage, audit, "planner"),
              Json{{"lead_auditor", seat(stage, "plant_auditor")}, {"team_competence", "Plants."}}.dump(),
              409,
              {R"("guard":"each_registered")"},
              {R"("guard":"some_registered")"}}});
  CHECK(feed.happened().empty());
  stage.act("planner", audit, "propose_team", team(stage, "plant_auditor"));
  CHECK(stage.act("plants_customer", audit, "accept_team").at("state") == "team_confirmed");
  CHECK(feed.happened() == "certification-audit.team_proposed certification-audit.team_accepted");
  stage.act("planner", audit, "cancel", {{"reason", "Held with the next one."}});
}

TEST_CASE("the plan of a visit lies on its days and at its sites") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  const std::string audit = agreed_visit(stage, "plants_plan"), issue = "/api/v1/" + audit + "/commands/issue_plan";
  const Json plan = plan_of_both(stage);
  const auto second_session = [&](const Json& change) {
    Json other = plan;
    other.at("sessions").at(1).update(change);
    return other.dump();
  };
  const auto on = [&](int from_today) {
    return second_session({{"starts", day(from_today) + "T08:00:00Z"}, {"ends", day(from_today) + "T14:00:00Z"}});
  };
  const std::string late = "(" + day(201) + "T08:00:00Z)", days = day() + " to " + day(200),
                    as_planned = "(" + plan.at("sessions").at(1).at("starts").get<std::string>() + ")";
  const auto version = as_it_is(stage, audit, "body_lead"), in_german = as_it_is(stage, audit, "body_lead", german);
  BodyFeed feed(stage);
  const auto refused = [&](const char* what, const std::vector<std::string>& headers, const std::string& body,
                           const std::vector<std::string>& has) {
    stage.run({what, "body_lead", "POST", issue, headers, body, 409, has});
  };
  const std::string guard = R"("guard":"sessions_within")";
  refused("after the last day", version, on(201),
          {guard, R"("code":"other_day")", "Session 2 " + late + " lies outside of the planned days, " + days + "."});
  refused("in German", in_german, on(201),
          {"Termin 2 " + late + " liegt außerhalb der geplanten Tage, " + day() + " bis " + day(200) + "."});
  refused("before the first one", version, on(-1), {guard, R"("code":"other_day")"});
  refused("at another site", version, second_session({{"site", "Lübeck"}}),
          {guard, R"("code":"other_site")",
           "Session 2 " + as_planned + R"( is held elsewhere: Lübeck is not in \"Sites\".)"});
  refused("at another site, in German", in_german, second_session({{"site", "Lübeck"}}),
          {"Termin 2 " + as_planned + " findet anderswo statt: Lübeck steht nicht unter „Standorte“."});
  CHECK(feed.happened().empty());
  CHECK(stage.act("body_lead", audit, "issue_plan", plan).at("state") == "plan_issued");
  CHECK(feed.happened() == "certification-audit.plan_issued");
  stage.act("planner", audit, "cancel", {{"reason", "Held with the next one."}});
}

/// From the plan to the conclusions: each asks what is of the own scheme.
void hold(Stage& stage, BodyFeed& feed, const std::string& audit) {
  const std::string type = "certification-audit.";
  const auto then = [&](const char* command, const Json& input, const char* state, const std::string& events) {
    INFO(command);
    CHECK(stage.act("body_lead", audit, command, input).at("state") == state);
    CHECK(feed.happened() == type + events);
  };
  then("issue_plan", plan_of_both(stage), "plan_issued", "plan_issued");
  then("open", {{"opening_on", day()}, {"opening_attendance", present}}, "opened", "opened");
  then("begin_fieldwork", Json::object(), "fieldwork", "fieldwork_begun");
  answer_all(stage, audit);
  CHECK(feed.happened() ==
        type + "item_answered " + type + "item_answered " + type + "item_answered " + type + "item_answered");
  then("record_time", time_as_planned(stage, audit), "fieldwork", "time_recorded");
  then("conclude", {{"conclusions", "Offices and plants conform."}}, "conclusions", "concluded");
  then("hold_closing_meeting",
       {{"closing_on", day()}, {"closing_attendance", present}, {"time_frame", "30 days"}, {"remedies", "Told."}},
       "closed_meeting", "closing_meeting_held");
  then("draft_surveillance_report",
       {{"effectiveness", "Effective."},
        {"recommendation", "recommend"},
        {"deviations", "None."},
        {"surveillance_topics",
         {"internal_audit_and_review", "earlier_nonconformities", "complaints", "objectives", "improvement",
          "operational_control", "changes", "marks"}}},
       "report_draft", "surveillance_report_drafted");
}

/// A surveillance as body_lead held it elsewhere, of ISO/IEC 27001 alone, kept under `name`.
std::string earlier_visit(Stage& stage, const std::string& name, const std::string& number) {
  Json input = surveillance_of(stage, "plants", "Surveillance of the offices", -300);
  input.update({{"state", "follow_up"},
                {"number", number},
                {"entered_on", day(-280)},
                {"lead_auditor", seat(stage, "body_lead")},
                {"opening_on", day(-300)},
                {"closing_on", day(-299)},
                {"last_audit_day", day(-299)},
                {"report_issued_on", day(-290)},
                {"conclusions", "Conforms."},
                {"effectiveness", "Effective."},
                {"recommendation", "recommend"},
                {"deviations", "None."}});
  return adopted(stage, name, "certification-audits", "adopt", input);
}

TEST_CASE("one report shows both schemes, and each of them is decided on where it was audited") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  const std::string audit = agreed_visit(stage, "plants_audit"), path = "/api/v1/" + audit;
  BodyFeed feed(stage);
  hold(stage, feed, audit);
  for (const auto& [language, purpose] :
       {std::pair<std::string, const char*>{"en", "Surveillance</bdi>"}, {"de", "Überwachung</bdi>"}}) {
    const Json body{{"plugin", "org.assay.report-html"}, {"format", "html"}, {"language", language}};
    const Json report = stage.must("body_lead", "POST", path + "/reports", body.dump());
    stage.run({"the report in " + language,
               "plant_auditor",
               "GET",
               report.at("file").at("href"),
               {},
               "",
               200,
               {"Surveillance of the plants", "Checklist for ISO/IEC 27001:2022", "Checklist for IEC 62443-3-3:2013",
                "ISO/IEC 27001:2022", "IEC 62443-3-3:2013", "A.8.22", "SR 5.1", "Networks are drawn.",
                "Conveyors have a network of their own.", "org.assay.iso27001", "org.assay.iec62443", "Lars Lotse",
                "Pia Anlage", "Hafenwerk", purpose}});
  }
  CHECK(feed.happened() == "certification-audit.report_attached certification-audit.report_attached");
  CHECK(stage.act("body_lead", audit, "issue_report").at("state") == "report_issued");
  CHECK(feed.happened() == "certification-audit.report_issued");

  earlier_visit(stage, "plants_earlier", "A-911");
  feed.happened();
  const std::string decisions = "/api/v1/certification-decisions", earlier = stage.names.at("plants_earlier");
  const auto row = [&](const char* what, const std::string& language, const Json& input, const std::string& sentence) {
    return Row{what, "planner", "POST", decisions, {language}, input.dump(), 409, {R"("guard":"within")", sentence}};
  };
  const Json of_offices = decision_of(stage, "offices", Json::array()),
             on_earlier = decision_of(stage, "plants", {earlier});
  stage.run({row("of a programme that has not the scheme", english, of_offices,
                 "Scheme: IEC 62443 lies outside of the Certification programmes."),
             row("in German", german, of_offices,
                 "„Programm“: IEC 62443 liegt außerhalb dessen, was diese umfassen: Zertifizierungsprogramme der "
                 "Kunden."),
             row("on an audit that did not cover it", english, on_earlier,
                 "Scheme: IEC 62443 lies outside of the Certification audits."),
             row("in German", german, on_earlier,
                 "„Programm“: IEC 62443 liegt außerhalb dessen, was diese umfassen: Zertifizierungsaudits.")});
  CHECK(feed.happened().empty());
  const std::string decision = made(stage, "plants_decision", "planner", "certification-decisions",
                                    decision_of(stage, "plants", {stage.names.at("plants_audit")}));
  CHECK(stage.must("planner", "GET", "/api/v1/" + decision).at("state") == "awaiting_package");
  CHECK(feed.happened() == "certification-decision.opened");
}

TEST_CASE("a visit tells the body who was witnessed in it, and the client nothing of that") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  const std::string links = "/api/v1/" + earlier_visit(stage, "plants_seen", "A-912") + "/links?limit=200";
  BodyFeed feed(stage);
  const std::string competence = "competences/" + stage.names.at("body_lead_competence");
  const std::string observe = "/api/v1/" + competence + "/commands/record_observation";
  const std::string seen =
      Json{{"observed_on", day(-299)}, {"observation", "Asks openly."}, {"witnessed", {stage.names.at("plants_seen")}}}
          .dump();
  stage.run(
      {{"by the person concerned", "body_lead", "POST", observe, as_it_is(stage, competence, "body_lead"), seen, 403},
       {"by a colleague, who does not see it", "plant_auditor", "POST", observe, as_it_is(stage, competence, "mover"),
        seen, 404},
       {"by the manager", "mover", "POST", observe, as_it_is(stage, competence, "mover"), seen, 200}});
  CHECK(feed.happened() == "competence.observation_recorded");
  const std::string shown = R"("witnessed_competences")", which = "{body_lead_competence}";
  stage.run({{"to the body", "mover", "GET", links, {}, "", 200, {shown, which}},
             {"to the person concerned", "body_lead", "GET", links, {}, "", 200, {shown, which}},
             {"not to the client", "plants_customer", "GET", links, {}, "", 200, {}, {shown, which}},
             {"nor to another one", "offices_customer", "GET", links, {}, "", 404}});
}

}  // namespace
}  // namespace assay::test::combined_certification_test
