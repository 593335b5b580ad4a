// One turn of plan, do, check and act in one company: scope, risk, statement of applicability, objective, internal
// audit, corrective action, and the next version of the statement.
#include "workflows/management_system.h"

namespace assay::test::plan_do_check_act_test {
namespace {

/// The company with the records that its steps make.
struct Turn : Company {
  RecordId system{}, scope{}, loss{}, backup{}, outsourcing{}, first{}, objective{}, audit{}, finding{}, action{};

  RecordId made(PersonId who, const char* type, const char* command, Json input) {
    INFO(type << " " << command);
    if (std::string_view(type) != "management-system" && system != RecordId{}) input["system"] = name(system);
    const auto decided = make(who, type, command, input);
    INFO((decided ? std::string() : text_of(decided.error())));
    REQUIRE(decided.has_value());
    return last;
  }
  void then(RecordId id, PersonId who, const char* command, const Json& input, const char* state) {
    take(*this, id, {who, command, input, state});
  }
  void confirmed(RecordId id, PersonId who, PersonId second, const char* command, const Json& input,
                 const char* state) {
    INFO(command);
    CHECK(answer(act(who, id, command, input)) == "second");
    REQUIRE(answer(act(Actor{who, second}, id, command, input)) == std::string("-> ") + state);
  }
  const Json& body(RecordId id) { return *facts.at(id).body; }
};

void set_scope(Turn& turn) {
  turn.system = turn.made(turn.isms, "management-system", "set_up",
                          {{"title", "Operations"},
                           {"standards", {"ISO/IEC 27001:2022"}},
                           {"risk_method", "Five steps each"},
                           {"acceptable_levels", {"low", "medium"}}});
  turn.then(turn.system, turn.boss, "start", {}, "running");
  turn.scope = turn.made(
      turn.isms, "scope-statement", "draft",
      {{"title", "Scope"},
       {"version_label", "1.0"},
       {"scope", "Hosting in Hamburg"},
       {"external_issues", "Ransomware"},
       {"internal_issues", "A second site"},
       {"climate", "Floods"},
       {"interested_parties", Json::array({{{"party", "A"}, {"requirement", "Backups"}, {"addressed", true}}})},
       {"interfaces", Json::array({{{"activity", "Power"}, {"performed_by", "City"}, {"control", "Contract"}}})}});
  turn.then(turn.scope, turn.isms, "submit", {}, "review");
  turn.then(turn.scope, turn.boss, "approve", {}, "approved");
}

void treat_risk(Turn& turn) {
  turn.loss = turn.made(
      turn.isms, "risk", "identify",
      {{"title", "Loss of backups"}, {"asset", "Backups"}, {"threat", "Fire"}, {"owner", {turn.name(turn.owner)}}});
  turn.then(turn.loss, turn.owner, "assess",
            {{"likelihood", 3}, {"impact", 4}, {"level", "high"}, {"rationale", "Two fires"}}, "assessed");
  const auto control = [&](const char* code, const char* title) {
    return turn.made(turn.isms, "control", "enter",
                     {{"code", code}, {"title", title}, {"origin", "annex_a"}, {"owner", {turn.name(turn.auditee)}}});
  };
  turn.backup = control("A.8.13", "Backup");
  turn.outsourcing = control("A.8.30", "Outsourced development");
  const Json plan{{"plan", "A copy at a second site"},
                  {"due", "2026-06-30"},
                  {"residual_likelihood", 1},
                  {"residual_impact", 4},
                  {"residual_level", "medium"}};
  CHECK(answer(turn.ask(turn.isms, turn.loss, "propose_modification", plan)) ==
        "unmet linked_some.none_in_state seated.vacant");
  Json complete = plan;
  complete["controls"] = {turn.name(turn.backup)};
  complete["action_owner"] = {turn.name(turn.verifier)};
  turn.then(turn.loss, turn.isms, "propose_modification", complete, "treatment_proposed");
}

/// The ISMS manager compares the statement with a catalogue of two controls.
void compare(Turn& turn, RecordId statement) {
  turn.then(statement, turn.isms, "select_catalogue",
            {{"plugin", "org.assay.iso27001"},
             {"plugin_version", "1.0.0"},
             {"package_hash", std::string(64, 'b')},
             {"catalogue_id", "iso27001-2022"},
             {"catalogue_version", "1.0.0"},
             {"catalogue_hash", std::string(64, 'c')},
             {"catalogue_title", "ISO/IEC 27001:2022"},
             {"catalogue_controls", {"A.8.13", "A.8.30"}}},
            "draft");
}

void state_applicability(Turn& turn) {
  const Json draft{
      {"title", "Operations"}, {"version_label", "1.0"}, {"compared_with", {"ISO/IEC 27001:2022 Annex A"}}};
  turn.first = turn.made(turn.isms, "statement-of-applicability", "draft", draft);
  compare(turn, turn.first);
  CHECK(answer(turn.ask(turn.isms, turn.first, "submit")) == "unmet linked_none.present linked_some.none_in_state");
  const Json exclusion{{"exclusion_reason", "Nothing is developed"}};
  CHECK(answer(turn.ask(turn.isms, turn.backup, "exclude", exclusion)) == "unmet linked_none.present");
  turn.then(turn.outsourcing, turn.isms, "exclude", exclusion, "excluded");
  turn.then(turn.backup, turn.isms, "include", {{"grounds", {"risk"}}, {"inclusion_reason", "Loss of backups"}},
            "included");
  turn.then(turn.loss, turn.owner, "approve_treatment", {}, "in_treatment");
  turn.then(turn.first, turn.isms, "submit", {}, "review");
  turn.then(turn.first, turn.boss, "approve", {}, "approved");
  CHECK(turn.body(turn.backup)["rows"][0]["statement_version"] == "1.0");
  CHECK(turn.body(turn.outsourcing)["rows"][0]["exclusion_reason"] == "Nothing is developed");
}

void operate(Turn& turn) {
  Json report{{"implementation", "Copy at Kiel"},
              {"acceptance_reason", "Both sites at once are unlikely"},
              {"residual_likelihood", 1},
              {"residual_impact", 4},
              {"residual_level", "medium"}};
  CHECK(answer(turn.ask(turn.verifier, turn.loss, "report_implemented", report)) == "unmet linked_none.present");
  turn.facts.add_evidence(turn.backup, turn.now.at);
  turn.then(turn.backup, turn.auditee, "report_implemented", {{"how", "Nightly to Kiel"}}, "included");
  turn.then(turn.loss, turn.verifier, "report_implemented", report, "residual_proposed");
  turn.then(turn.loss, turn.owner, "accept", {}, "accepted");
  turn.objective = turn.made(turn.isms, "objective", "draft",
                             {{"title", "Restores"},
                              {"description", "Restores work"},
                              {"risks", {turn.name(turn.loss)}},
                              {"owner", {turn.name(turn.auditee)}},
                              {"measure", "Restores that worked"},
                              {"unit", "%"},
                              {"direction", "at_least"},
                              {"target", 100},
                              {"method", "A test each month"},
                              {"resources", "One day a month"},
                              {"evaluation_method", "All tests of the year"},
                              {"due", "2026-12-31"},
                              {"next_measurement_on", "2026-04-01"}});
  turn.then(turn.objective, turn.boss, "agree", {}, "agreed");
  turn.then(turn.objective, turn.auditee, "measure",
            {{"measured_on", "2026-03-02"}, {"value", 80}, {"next_measurement_on", "2026-04-01"}}, "agreed");
}

/// The audit of the control finds that it does not work; the finding becomes a corrective action.
void check(Turn& turn) {
  turn.audit = turn.audit_in("fieldwork");
  turn.facts.items_of(turn.audit)[0].result = "does_not_conform";
  REQUIRE(answer(turn.make(
              turn.auditor, "nonconformity", "raise",
              {{"audit", turn.name(turn.audit)},
               {"title", "Restore failed"},
               {"grade", "minor"},
               {"clause", "A.8.13"},
               {"requirement", "Backups are tried out"},
               {"finding", "One restore of five failed"},
               {"objective_evidence", "Log of February"},
               {"items",
                Json::array({{{"catalogue", "iso27001-2022"}, {"question", "A.8.13-q1"}, {"subject", "whole"}}})}})) ==
          "-> draft");
  turn.finding = turn.last;
  turn.then(turn.finding, turn.lead, "issue", {}, "issued");
  turn.then(turn.backup, turn.internal, "find_not_working", {{"reason", "One restore of five failed"}}, "included");
  CHECK(turn.body(turn.backup)["implementation"] == "partial");
  CHECK(turn.body(turn.loss)["control_failed"] == true);
  CHECK(answer(turn.ask(turn.owner, turn.loss, "confirm", {{"rationale", "As before"}})) ==
        "unmet is_not.excluded_value");
  REQUIRE(answer(turn.make(turn.isms, "corrective-action", "open",
                           {{"nonconformity", turn.name(turn.finding)},
                            {"title", "Restores"},
                            {"nature", "A restore failed"},
                            {"action_owner", {turn.name(turn.auditee)}}})) == "-> opened");
  turn.action = turn.last;
}

/// What was learned: the risk is assessed anew and retained with top management, and version 2 supersedes version 1.
void improve(Turn& turn) {
  turn.then(turn.loss, turn.owner, "assess",
            {{"likelihood", 2}, {"impact", 4}, {"level", "high"}, {"rationale", "Restores fail"}}, "assessed");
  turn.then(turn.loss, turn.isms, "propose_retention", {{"acceptance_reason", "Until the new tool is there"}},
            "residual_proposed");
  CHECK(turn.body(turn.loss)["control_failed"] == false);
  CHECK(answer(turn.ask(turn.owner, turn.loss, "accept")) == "unmet within.beyond");
  turn.confirmed(turn.loss, turn.owner, turn.boss, "accept_above",
                 {{"acceptance_reason", "Until the new tool is there"}}, "accepted");
  const RecordId second =
      turn.made(turn.isms, "statement-of-applicability", "draft",
                {{"title", "Operations"}, {"version_label", "2.0"}, {"compared_with", {"ISO/IEC 27001:2022 Annex A"}}});
  turn.then(turn.backup, turn.isms, "include",
            {{"grounds", {"risk", "contract"}}, {"inclusion_reason", "Loss of backups; customer A"}}, "included");
  compare(turn, second);
  turn.then(second, turn.isms, "submit", {}, "review");
  turn.then(second, turn.boss, "approve", {}, "approved");
  CHECK(turn.state(turn.first) == "superseded");
  const Json& rows = turn.body(turn.backup)["rows"];
  REQUIRE(rows.size() == 2);
  CHECK(rows[0]["implementation"] == "none");
  CHECK(rows[1]["implementation"] == "partial");
  CHECK(rows[1]["grounds"] == Json::array({"risk", "contract"}));
}

TEST_CASE("a company plans, does, checks and acts in one management system") {
  Turn turn;
  set_scope(turn);
  treat_risk(turn);
  state_applicability(turn);
  operate(turn);
  check(turn);
  improve(turn);
  CHECK(turn.facts.linked(turn.system, "risks") == std::vector{turn.loss});
  CHECK(turn.facts.linked(turn.system, "controls") == std::vector{turn.backup, turn.outsourcing});
  CHECK(turn.facts.linked(turn.system, "statements").size() == 2);
  CHECK(turn.facts.linked(turn.backup, "risks") == std::vector{turn.loss});
  CHECK(turn.facts.linked(turn.finding, "corrective_actions") == std::vector{turn.action});
  const Json why{{"reason", "sold"}};
  CHECK(answer(turn.ask(Actor{turn.isms, turn.boss}, turn.system, "end", why)) == "unmet linked_none.present");
}

}  // namespace
}  // namespace assay::test::plan_do_check_act_test
