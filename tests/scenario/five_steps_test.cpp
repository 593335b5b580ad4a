// The five steps to certification in one system: scope, risk assessment, controls, internal audit with management
// review, certification audit; and at each of them the overview of plan, do, check and act.
#include <fmt/format.h>

#include <set>

#include "scenario/portfolio.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::five_steps_test {
namespace {

/// The organisation on its way. Its ISMS manager is manager, and represents it towards the body that certifies it.
struct Way {
  Stage& stage;
  std::string reader = "manager";  // of the feed: sees what happens at this step
  std::int64_t seen = 0;

  /// Performs a command; holds the state after it and all that happened, as "EVENT EVENT".
  void then(const std::string& who, const std::string& record, const std::string& command, const Json& input,
            const std::string& state, const std::string& events) {
    INFO(command);
    happened();
    const Json after = stage.act(who, record, command, input.is_null() ? Json::object() : input);
    CHECK(after.at("state") == state);
    CHECK(happened() == events);
  }
  /// Types of the events since the last call.
  std::string happened() {
    stage.events_since();  // on PostgreSQL, what is committed has its position now
    std::string types;
    for (bool more = true; more;) {
      const Json page = stage.must(reader, "GET", "/api/v1/events?limit=200&after=" + std::to_string(seen));
      for (const Json& event : page.at("items"))
        types += (types.empty() ? "" : " ") + event.at("type").get<std::string>();
      seen = page.at("last");
      more = !page.at("next").is_null();
    }
    return types;
  }
  /// A record of the management system, kept under `name`.
  std::string of_system(const std::string& name, const std::string& plural, Json input) {
    input["system"] = stage.names.at("way_system");
    return made(stage, name, "manager", plural, input);
  }
  std::string id(const std::string& name) const { return stage.names.at(name); }
  /// Holds in which of the four phases the overview shows it, and whose turn it is there.
  void phase(const std::string& name, const char* of, const Json& turn) {
    for (const char* phase : {"pdca_plan", "pdca_do", "pdca_check", "pdca_act"}) {
      INFO(name << " in " << phase);
      const Json row = cells(stage, "manager", phase, name);
      CHECK(row.is_object() == (std::string(phase) == of));
      if (row.is_object()) CHECK(row.at("responsible") == turn);
      CHECK(cells(stage, "nobody", phase, name).is_null());
    }
  }
  void evidence(const std::string& who, const std::string& record) {
    stage.must(who, "POST", "/api/v1/" + record + "/evidence",
               R"({"kind":"interview","role":"Clerk","title":"Interview","description":"Shown."})");
  }
};

const Json of_top = {"Top management"}, of_isms = {"ISMS manager"}, leon = {"Leon Fischer"}, petra = {"Petra Sommer"};

/// Step 1.
void state_scope(Way& way) {
  const std::string system = made(way.stage, "way_system", "manager", "management-systems",
                                  {{"title", "Port"},
                                   {"standards", {"ISO/IEC 27001:2022"}},
                                   {"risk_method", "Five steps each"},
                                   {"acceptable_levels", {"low", "medium"}}});
  way.then("top", system, "start", {}, "running", "management-system.started");
  const std::string scope = way.of_system(
      "way_scope", "scope-statements",
      {{"title", "Scope"},
       {"version_label", "1.0"},
       {"scope", "Operation of the port"},
       {"external_issues", "Ransomware"},
       {"internal_issues", "A second pier"},
       {"climate", "Floods"},
       {"interested_parties", Json::array({{{"party", "A"}, {"requirement", "Backups"}, {"addressed", true}}})},
       {"interfaces", Json::array({{{"activity", "Power"}, {"performed_by", "City"}, {"control", "Contract"}}})}});
  way.then("manager", scope, "submit", {}, "review", "scope-statement.submitted");
  way.phase("way_scope", "pdca_plan", of_top);
  way.then("top", scope, "approve", {}, "approved", "scope-statement.approved");
  way.phase("way_scope", "", {});
}

/// Step 2: the risk, with a treatment that its owner approves.
void assess_risk(Way& way) {
  const std::string risk = way.of_system(
      "way_risk", "risks",
      {{"title", "Loss of backups"}, {"asset", "Backups"}, {"threat", "Fire"}, {"owner", seat(way.stage, "owner")}});
  way.phase("way_risk", "pdca_plan", leon);
  way.then("owner", risk, "assess", {{"likelihood", 3}, {"impact", 4}, {"level", "high"}, {"rationale", "Two fires"}},
           "assessed", "risk.assessed");
  way.of_system(
      "way_control", "controls",
      {{"code", "A.8.13"}, {"title", "Backup"}, {"origin", "annex_a"}, {"owner", seat(way.stage, "auditee")}});
  way.then("manager", risk, "propose_modification",
           {{"plan", "A copy at a second site"},
            {"due", day(90)},
            {"residual_likelihood", 1},
            {"residual_impact", 4},
            {"residual_level", "medium"},
            {"controls", {way.id("way_control")}},
            {"action_owner", seat(way.stage, "auditee")}},
           "treatment_proposed", "risk.modification_proposed");
  way.stage.run({{"nobody approves for the owner",
                  "manager",
                  "POST",
                  "/api/v1/" + risk + "/commands/approve_treatment",
                  {"If-Match: {etag}"},
                  "{}",
                  403}});
  way.then("owner", risk, "approve_treatment", {}, "in_treatment", "risk.treatment_approved");
  way.phase("way_risk", "pdca_do", petra);
}

/// The statement's catalogue asks about 93 controls. All but `control`, which is there, and A.8.30, which is forgotten,
/// come by a table and are included.
void enter_controls_of_catalogue(Way& way, const std::string& statement, const std::string& control) {
  Stage& stage = way.stage;
  const std::string catalogue = "/api/v1/" + statement + "/catalogue", codes = "catalogue_controls";
  const std::string shipped = R"({"plugin":"org.assay.iso27001","catalogue":"iso27001-2022","language":"en"})";
  stage.run({{"none chosen", "manager", "GET", catalogue, {}, "", 404, {"no catalogue has been selected"}},
             {"not by top management", "top", "PUT", catalogue, {"If-Match: {etag}"}, shipped, 403},
             {"nothing planned below it", "manager", "GET", "/api/v1/" + statement + "/items", {}, "", 404},
             {"chosen",
              "manager",
              "PUT",
              catalogue,
              {"If-Match: {etag}"},
              shipped,
              200,
              {"\"catalogue_id\":\"iso27001-2022\"", "\"catalogue_controls\":[\"A.5.1\","},
              {"\"4.1\""},
              {"statement-of-applicability.catalogue_selected"}}});
  const std::set<std::string> wanted = stage.must("manager", "GET", "/api/v1/" + statement).at("fields").at(codes);
  CHECK(wanted.size() == 93);

  std::string table = "system,code,title,origin,owner\n";
  const Json pinned = stage.must("manager", "GET", catalogue);
  for (const Json& item : pinned.at("items")) {
    const std::string code = item.at("clause");
    if (!wanted.contains(code) || code == "A.8.13" || code == "A.8.30") continue;
    table += fmt::format("{},{},\"{}\",annex_a,{}\n", way.id("way_system"), code, item.at("title").get<std::string>(),
                         stage.person("auditee").email);
  }
  const Json imported =
      stage.must("manager", "POST", "/api/v1/imports?type=control", table, {"Content-Type: text/csv"});
  CHECK(imported.at("records") == 91);
  for (const Json& made : imported.at("made")) {
    stage.act("manager", "controls/" + made.at("id").get<std::string>(), "include",
              {{"grounds", {"business"}}, {"inclusion_reason", "Common practice"}});
  }
  stage.act("manager", control, "include", {{"grounds", {"risk"}}, {"inclusion_reason", "Loss of backups"}});
}

/// Step 3: the statement of applicability, and the control at work.
void state_controls(Way& way) {
  const std::string statement =
      way.of_system("way_statement", "statements-of-applicability",
                    {{"title", "Port"}, {"version_label", "1.0"}, {"compared_with", {"ISO/IEC 27001:2022 Annex A"}}});
  const std::string control = "controls/" + way.id("way_control");
  way.phase("way_control", "pdca_plan", of_isms);
  enter_controls_of_catalogue(way, statement, control);
  way.stage.run({"one is missing",
                 "manager",
                 "POST",
                 "/api/v1/" + statement + "/commands/submit",
                 {"If-Match: {etag}"},
                 "{}",
                 409,
                 {"\"guard\":\"within\"", "Controls of the catalogue: A.8.30 lies outside of the Controls."},
                 {"A.8.29", "A.8.31"}});
  const std::string forgotten = way.of_system(
      "way_forgotten", "controls", {{"code", "A.8.30"}, {"title", "Outsourced development"}, {"origin", "annex_a"}});
  way.then("manager", forgotten, "exclude", {{"exclusion_reason", "Nothing is developed"}}, "excluded",
           "control.excluded");
  way.then("manager", statement, "submit", {}, "review", "statement-of-applicability.submitted");
  std::string rows;
  for (int control_of_catalogue = 0; control_of_catalogue < 93; ++control_of_catalogue) rows += " control.row_fixed";
  way.then("top", statement, "approve", {}, "approved", "statement-of-applicability.approved" + rows);
  CHECK(way.stage.must("manager", "GET", "/api/v1/" + control).at("fields").at("rows").at(0).at("statement_version") ==
        "1.0");
  way.evidence("auditee", control);
  way.then("auditee", control, "report_implemented", {{"how", "Nightly to the second pier"}}, "included",
           "control.implemented");
  CHECK(cells(way.stage, "manager", "pdca_do", "way_control").at("implementation") == "full");
}

/// Step 4: an internal audit whose nonconformity is closed.
void audit_internally(Way& way) {
  const std::string audit = audit_in(way.stage, "way_audit", "report_draft");
  way.phase("way_audit", "pdca_check", Json{"Anna Lindqvist"});
  const std::string finding = issued_nonconformity(way.stage, "way_finding", audit);
  way.phase("way_finding", "pdca_act", {"Leon Fischer", "Petra Sommer"});
  way.stage.must("lead", "POST", "/api/v1/" + audit + "/reports",
                 R"({"plugin":"org.assay.report-html","format":"html","language":"en"})");
  way.then("lead", audit, "issue_report", {}, "report_issued", "audit.report_issued");
  way.then("owner", finding, "respond",
           {{"correction", "Restored"},
            {"extent", "Nothing else"},
            {"root_cause", "Nobody's duty"},
            {"action", "A test each month"},
            {"action_due", day(20)},
            {"action_owner", seat(way.stage, "owner")}},
           "response_submitted", "nonconformity.response_submitted");
  way.then("lead", finding, "accept_plan", {{"verification_method", "desk"}}, "plan_accepted",
           "nonconformity.plan_accepted");
  way.evidence("owner", finding);
  way.then("owner", finding, "submit_evidence", {{"implementation", "Tested"}, {"done_on", day()}}, "verifying",
           "nonconformity.evidence_submitted");
  way.then("lead", finding, "verify", {{"verification", "Log seen"}, {"effectiveness", "Works"}}, "verified",
           "nonconformity.verified");
  way.then("lead", finding, "close", {}, "closed", "nonconformity.closed");
  way.then("manager", audit, "complete", {}, "complete", "audit.completed");
  way.phase("way_finding", "", {});
  way.phase("way_audit", "", {});
}

void review_by_management(Way& way) {
  Json input = review_input("Review of the year");
  input.update({{"period_to", day()}, {"planned_on", day()}});
  const std::string review = made(way.stage, "way_review", "manager", "management-reviews", input);
  way.phase("way_review", "pdca_check", of_isms);
  Json inputs = Json::object();
  for (const char* name :
       {"prior_actions", "context_changes", "interested_parties", "nonconformity_trend", "measurement_results",
        "audit_results", "objectives_status", "feedback", "risk_status", "improvement_options"})
    inputs[name] = "As reported.";
  way.then("manager", review, "confirm_inputs", inputs, "inputs_ready", "management-review.inputs_confirmed");
  way.then("manager", review, "hold",
           {{"held_on", day()},
            {"chair", seat(way.stage, "top")},
            {"participant", seat(way.stage, "manager")},
            {"minutes", "An hour."},
            {"improvement_decisions", "Certification."},
            {"system_changes", "None."}},
           "held", "management-review.held");
  way.then("top", review, "approve_minutes", {}, "minutes_approved", "management-review.minutes_approved");
  way.then("manager", review, "close", {}, "closed", "management-review.closed");
  way.phase("way_review", "", {});
}

/// The body gets ready: who reviews applications and plans audits for it, and what it is accredited for.
void set_up_body(Way& way) {
  Stage& stage = way.stage;
  set_the_body(stage);
  way.reader = "mover";
  stage.join("applications", "Rita Engel", {"application_reviewer"});
  stage.join("certificates", "Ruth Simon", {"register_administrator"});
  make_competent(stage, "applications", "application_reviewer", "technical");
  make_competent(stage, "planner", "programme_manager", "technical");
  const std::string accreditation = made(stage, "way_accreditation", "mover", "accreditations",
                                         {{"title", "ISMS"},
                                          {"accreditation_body", "National body"},
                                          {"accreditation_number", "D-ZM-1"},
                                          {"standard", "ISO/IEC 27006-1:2024"},
                                          {"scheme", "iso_27001"},
                                          {"areas", {"ports"}},
                                          {"valid_from", day(-100)},
                                          {"valid_until", day(900)}});
  way.then("certificates", accreditation, "confirm", {}, "in_force", "accreditation.confirmed");
}

void apply(Way& way) {
  Stage& stage = way.stage;
  made(stage, "way_client", "applications", "clients",
       {{"name", "Elbwerk"},
        {"address", "Kai 1"},
        {"country", "DE"},
        {"client_representative", seat(stage, "manager")}});
  const std::string application = made(stage, "way_application", "manager", "applications",
                                       {{"client", way.id("way_client")},
                                        {"title", "ISMS of the port"},
                                        {"scheme", "iso_27001"},
                                        {"standards", {"ISO/IEC 27001:2022"}},
                                        {"scope", "Operation of the port"},
                                        {"activities", "Operation"},
                                        {"sites", {"Kiel"}},
                                        {"head_count", 104},
                                        {"outsourced", "None"},
                                        {"legal_duties", "None"},
                                        {"consultancy", "None"},
                                        {"internal_audit_by", "Own staff"},
                                        {"soa_version", "1.0"}});
  way.then("manager", application, "submit", {}, "submitted", "application.submitted");
  way.then("applications", application, "begin_review", {}, "under_review", "application.review_begun");
  way.then("applications", application, "accept",
           {{"areas", {"ports"}},
            {"information_review", "Seen."},
            {"competence_review", "Seen."},
            {"impartiality_review", "Seen."},
            {"resources_review", "Seen."},
            {"auditability", "Given."}},
           "accepted", "application.accepted");
}

void sign_contract(Way& way) {
  const std::string contract = made(way.stage, "way_contract", "applications", "contracts",
                                    {{"client", way.id("way_client")},
                                     {"application", way.id("way_application")},
                                     {"title", "Certification"},
                                     {"terms", "General terms"},
                                     {"obligations", "Access"},
                                     {"confidentiality", "Annex B"},
                                     {"use_of_marks", "Annex C"},
                                     {"valid_from", day()}});
  way.then("applications", contract, "send", {}, "sent", "contract.sent application.contract_sent");
  way.then("manager", contract, "sign_for_client", {{"client_signatory", "Maria Keller"}}, "client_signed",
           "contract.client_signed");
  way.then("mover", contract, "conclude", {}, "in_force",
           "contract.concluded application.contract_signed client.contracted");
}

void plan_certification(Way& way) {
  Stage& stage = way.stage;
  const std::string programme = made(stage, "way_programme", "mover", "certification-programmes",
                                     {{"client", way.id("way_client")},
                                      {"contract", way.id("way_contract")},
                                      {"application", way.id("way_application")},
                                      {"title", "Port"},
                                      {"standard_edition", "ISO/IEC 27001:2022"},
                                      {"criteria", {"ISO/IEC 27001:2022"}},
                                      {"objectives", "Conformity."},
                                      {"programme_manager", seat(stage, "planner")}});
  way.then("planner", programme, "revise",
           {{"auditing_edition", "ISO/IEC 17021-1:2015"}, {"competence_needed", "Ports."}}, "draft",
           "certification-programme.revised");
  way.then("planner", programme, "calculate_time",
           {{"head_count", 104},
            {"time_adjustment", 0},
            {"time_factors",
             {{"sector", 2},
              {"processes", 2},
              {"maturity", 1},
              {"infrastructure", 2},
              {"outsourcing", 2},
              {"development", 1}}}},
           "draft", "certification-programme.time_calculated");
  way.then("planner", programme, "sample_sites",
           {{"sampled_audit", "initial"}, {"system_effective", false}, {"central_function", "Kiel"}}, "draft",
           "certification-programme.sites_sampled");
  way.then("planner", programme, "approve", {{"planned_stage1", day(10)}, {"planned_stage2", day(40)}}, "approved",
           "certification-programme.approved application.programme_approved");
  Json certification = port_scope();
  certification.update({{"client", way.id("way_client")},
                        {"programme", way.id("way_programme")},
                        {"title", "Port"},
                        {"standard", "ISO/IEC 27001:2022"}});
  made(stage, "way_certification", "mover", "certifications", certification);
}

/// Step 5: an audit of the body from its plan to its report.
std::string audit_by_body(Way& way, const std::string& name, const std::string& command, const Json& more,
                          const std::string& report) {
  Stage& stage = way.stage;
  const bool first = command == "plan_stage1";
  const Json outcome = first ? Json{{"stage1_outcome", "ready"}} : Json::object();
  const auto also = [&](Json input) {
    input.update(outcome);
    return input;
  };
  Json input = surveillance_of(stage, "way", "Initial audit");
  input.erase("purpose");
  input["planned_days"] = first ? 3 : 9;  // as the programme has calculated them
  input.update(more);
  made(stage, name, "planner", "certification-audits?command=" + command, input);
  const std::string audit = "certification-audits/" + way.id(name), type = "certification-audit.";
  propose_team(stage, audit);
  agree_on_plan(stage, "manager", audit, {"A.8.13-q1"});
  const Json present = Json::array({{{"name", "Maria Keller"}}});
  way.then("body_lead", audit, "open", {{"opening_on", day()}, {"opening_attendance", present}}, "opened",
           type + "opened");
  way.then("body_lead", audit, "begin_fieldwork", {}, "fieldwork", type + "fieldwork_begun");
  const std::string path = "/api/v1/" + audit;
  const std::string item =
      path + "/items/" + stage.list("body_lead", path + "/items").at(0).at("id").get<std::string>();
  stage.must("body_lead", "PUT", item, R"({"result":"conforms","notes":"Seen."})",
             {"If-Match: " + stage.etag(item, "body_lead")});
  way.then("body_lead", audit, "record_time", time_as_planned(stage, audit), "fieldwork", type + "time_recorded");
  way.then("body_lead", audit, first ? "conclude_stage1" : "conclude", also({{"conclusions", "Conforms."}}),
           "conclusions", type + (first ? "stage1_concluded" : "concluded"));
  way.then("body_lead", audit, "hold_closing_meeting",
           {{"closing_on", day()}, {"closing_attendance", present}, {"time_frame", "30 days"}, {"remedies", "Told."}},
           "closed_meeting", type + "closing_meeting_held");
  Json draft{{"deviations", "None"}};
  if (!first) draft.update({{"effectiveness", "Effective"}, {"recommendation", "recommend"}});
  way.then("body_lead", audit, report, also(draft), "report_draft",
           type + (first ? "stage1_report_drafted" : "report_drafted"));
  stage.must("body_lead", "POST", path + "/reports",
             R"({"plugin":"org.assay.report-html","format":"html","language":"en"})");
  way.then("body_lead", audit, "issue_report", {}, "report_issued", type + "report_issued");
  return audit;
}

void audit_for_certification(Way& way) {
  const std::string first = audit_by_body(way, "way_stage1", "plan_stage1", Json::object(), "draft_stage1_report");
  way.then("planner", first, "review_stage1", {{"report_review", "Complete."}}, "report_issued",
           "certification-audit.stage1_reviewed");
  way.then("planner", first, "complete_stage1", {}, "complete", "certification-audit.stage1_completed");
  const std::string second =
      audit_by_body(way, "way_stage2", "plan_stage2", {{"stage1", way.id("way_stage1")}}, "draft_report");
  way.then("planner", second, "complete", {}, "complete", "certification-audit.completed");
}

void decide(Way& way) {
  Stage& stage = way.stage;
  Json package = port_scope();
  package.update({{"programme", way.id("way_programme")},
                  {"kind", "initial"},
                  {"title", "Initial certification of the port"},
                  {"standard", "ISO/IEC 27001:2022"},
                  {"certification", way.id("way_certification")},
                  {"audits", {way.id("way_stage1"), way.id("way_stage2")}}});
  const std::string decision = made(stage, "way_decision", "planner", "certification-decisions", package);
  way.then("planner", decision, "submit_package",
           {{"nonconformity_comments", "There are none."},
            {"application_confirmed", true},
            {"objectives_confirmed", true},
            {"recommendation", "recommend"}},
           "technical_review", "certification-decision.package_submitted technical-review.opened");
  std::string review;
  for (const Json& one : stage.list("mover", "/api/v1/technical-reviews?limit=200")) {
    if (one.at("fields").value("title", "") == "Initial certification of the port")
      review = "technical-reviews/" + one.at("id").get<std::string>();
  }
  way.then("technical", review, "begin", {}, "in_review", "technical-review.begun");
  Json sound{{"conclusion", "Ready"}};
  for (const char* finding : {"findings_sound", "nonconformities_settled", "internal_audit_effective",
                              "management_review_effective", "risk_sites_audited", "scope_supported", "team_competent"})
    sound[finding] = true;
  way.then("technical", review, "conclude", sound, "ready",
           "technical-review.concluded certification-decision.reviewed");
  way.then("decider", decision, "grant", {{"decision_reason", "As reviewed."}, {"effective_on", day()}}, "decided",
           "certification-decision.granted certification.granted certificate.prepared "
           "certification-programme.cycle_begun");
  const Json granted = stage.must("manager", "GET", "/api/v1/certifications/" + way.id("way_certification"));
  CHECK(granted.at("state") == "active");
  CHECK(granted.at("fields").at("effective_on") == day());
  CHECK(granted.at("fields").at("scope") == "Operation of the port");
  CHECK(stage.must("mover", "GET", "/api/v1/certification-programmes/" + way.id("way_programme")).at("state") ==
        "running");
}

TEST_CASE("an organisation walks the five steps to its certification in one system") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  Way way{stage};
  state_scope(way);
  assess_risk(way);
  state_controls(way);
  audit_internally(way);
  review_by_management(way);
  set_up_body(way);
  apply(way);
  sign_contract(way);
  plan_certification(way);
  audit_for_certification(way);
  decide(way);
}

}  // namespace
}  // namespace assay::test::five_steps_test
