// What a certification programme accepts and refuses, and the dates of its cycles: T1, T2 and T3.
#include "workflows/certification_body.h"

namespace assay::test::certification_programme_test {
namespace {

RecordId the_programme(CertificationBody& body, const std::string& state) {
  body.facts.at(body.programme).state = state;
  return body.programme;
}
/// Decided on 2026-01-15: the first year that needs a surveillance is 2027.
Json the_cycle(const char* first = "2027-01-10", const char* second = "2028-01-12", const char* year = "2027-12-31") {
  return {{"surveillance_year_end", year},
          {"planned_surveillance_1", first},
          {"planned_surveillance_2", second},
          {"planned_recertification", "2028-10-16"}};
}
const Before later_cycle = body_says("first_cycle", false);

Json the_people(int persons = 100, int adjustment = 0) {
  return {{"head_count", persons},
          {"time_adjustment", adjustment},
          {"time_factors",
           {{"sector", 2},
            {"processes", 2},
            {"maturity", 1},
            {"infrastructure", 2},
            {"outsourcing", 2},
            {"development", 1}}}};
}
Json the_sites(const char* central = "Kiel", const char* other = "Hamburg") {
  return {{"sampled_audit", "surveillance"},
          {"system_effective", false},
          {"central_function", central},
          {"grouped_sites", {{{"site", other}, {"group", "Shops"}}}}};
}
Json policy_set(const char* policy, int value) {
  return {{"policy", policy}, {"policy_value", value}, {"policy_reason", "Agreed"}};
}
Json with(Json input, const char* name, Json value) {
  input[name] = std::move(value);
  return input;
}
Json sector(int score) {
  Json input = the_people();
  input["time_factors"]["sector"] = score;
  return input;
}
const Before two_sites = body_says("sites", {"Hamburg", "Kiel"});

TEST_CASE("a programme is approved by its manager, competent and free, within the contract") {
  const Json dates{{"planned_stage1", "2026-05-04"}, {"planned_stage2", "2026-06-15"}};
  const Before complete = [](CertificationBody& body, RecordId id) {
    for (const char* field : {"auditing_edition", "criteria", "objectives", "audit_times", "time_calculation",
                              "sampling_plan", "competence_needed"}) {
      body.facts.at(id).body.edit()[field] = "stated";
    }
  };
  try_body({{"approved", "draft", &B::planner, "approve", dates, "-> approved", complete},
            {"without the calculation of time", "draft", &B::planner, "approve", dates, "unmet filled.empty"},
            {"not by the certification manager", "draft", &B::manager, "approve", dates, "not_permitted", complete},
            {"not by who consulted", "draft", &B::planner, "approve", dates, "unmet none_registered.actor_present",
             both(complete, consulted(&B::planner))},
            {"not without competence", "draft", &B::planner, "approve", dates, "unmet each_registered.actor_none",
             both(complete, loses_competence(&B::planner))},
            {"stage 2 is not before stage 1",
             "draft",
             &B::planner,
             "approve",
             {{"planned_stage1", "2026-07-04"}, {"planned_stage2", "2026-06-15"}},
             "unmet not_before.before",
             complete},
            {"no site outside of the contract",
             "draft",
             &B::planner,
             "revise",
             {{"sites", {"Kiel", "Oslo"}}},
             "unmet within.beyond"},
            {"an amendment takes a second person",
             "running",
             &B::planner,
             "amend",
             {{"justification", "New head-count"}},
             "second"},
            {"who manages certification",
             "running",
             &B::planner,
             "amend",
             {{"justification", "New head-count"}},
             "-> running",
             {},
             &B::manager},
            {"not by who has consulted since",
             "running",
             &B::planner,
             "amend",
             {{"justification", "New head-count"}},
             "unmet none_registered.actor_present",
             consulted(&B::planner),
             &B::manager},
            {"who plans no cycle either", "running", &B::planner, "schedule_first_cycle", the_cycle(),
             "unmet none_registered.actor_present", consulted(&B::planner)},
            {"nor sets a policy", "running", &B::planner, "set_policy", policy_set("client_report_due", 10),
             "unmet none_registered.actor_present", consulted(&B::planner), &B::manager},
            {"two years and a day later they may", "running", &B::planner, "schedule_first_cycle", the_cycle(),
             "-> running", consulted(&B::planner, "consultancy", "2024-03-01")},
            {"not closed over a running audit",
             "running",
             &B::manager,
             "close",
             {{"closing_statement", "Notice"}},
             "unmet linked_all.open",
             [](CertificationBody& body, RecordId) { body.audit_in("fieldwork"); }}},
           the_programme);
}

TEST_CASE("the visits of a cycle are planned within the law") {
  try_body({{"planned", "running", &B::planner, "schedule_first_cycle", the_cycle(), "-> running"},
            {"the first surveillance twelve months after the decision", "running", &B::planner, "schedule_first_cycle",
             the_cycle("2027-01-15"), "-> running"},
            {"and not a day later (T1)", "running", &B::planner, "schedule_first_cycle", the_cycle("2027-01-16"),
             "unmet not_after.after"},
            {"later cycles have until the end of the year", "running", &B::planner, "schedule_cycle",
             the_cycle("2027-12-31"), "-> running", later_cycle},
            {"and not longer (T2)", "running", &B::planner, "schedule_cycle", the_cycle("2028-01-02"),
             "unmet not_after.after", later_cycle},
            {"the second not in the same year", "running", &B::planner, "schedule_cycle",
             the_cycle("2027-03-01", "2027-12-01"), "unmet after.not_after", later_cycle},
            {"nor after the next", "running", &B::planner, "schedule_cycle", the_cycle("2027-03-01", "2029-01-02"),
             "unmet not_after.after", later_cycle},
            {"the first year is that after the decision", "running", &B::planner, "schedule_first_cycle",
             the_cycle("2026-12-01", "2027-12-01", "2026-12-31"), "unmet not_before.before"},
            {"a year ends in December", "running", &B::planner, "schedule_first_cycle",
             the_cycle("2027-01-10", "2028-01-12", "2027-11-30"), "invalid /surveillance_year_end"},
            {"planned once", "running", &B::planner, "schedule_first_cycle", the_cycle(), "unmet is.other_value",
             body_says("scheduled", true)},
            {"the first cycle is planned as such", "running", &B::planner, "schedule_cycle", the_cycle(),
             "unmet is.other_value"}},
           the_programme);
}

TEST_CASE("surveillances are counted by calendar year, and each deadline is a timer") {
  CertificationBody body;
  const RecordId programme = the_programme(body, "running");
  body.facts.at(programme).body.edit()["first_surveillance_done"] = false;
  body.facts.at(programme).body.edit()["surveillance_due"] = "2027-01-15";
  take(body, programme, {body.planner, "schedule_first_cycle", the_cycle(), "running"});
  CHECK(body.deadlines(programme) ==
        "first_surveillance_due 2027-01-15, recertification_due 2029-01-14, surveillance_due 2027-12-31");

  body.now.at = *parse_instant("2027-01-11T09:00:00Z");
  const RecordId audit = body.audit_in("report_issued");
  body.facts.at(audit).body.edit()["last_audit_day"] = "2027-01-11";
  CHECK(answer(body.ask(body.planner, audit, "count_surveillance")) == "unmet filled.empty");
  body.facts.at(audit).state = "closed_meeting";
  take(body, audit,
       {body.lead,
        "draft_surveillance_report",
        {{"effectiveness", "Effective"},
         {"recommendation", "recommend"},
         {"deviations", "None"},
         {"surveillance_topics",
          {"internal_audit_and_review", "earlier_nonconformities", "complaints", "objectives", "improvement",
           "operational_control", "changes", "marks"}}},
        "report_draft"});
  body.facts.at(audit).state = "report_issued";
  take(body, audit, {body.planner, "count_surveillance", {}, "report_issued"});
  CHECK(body.deadlines(programme) == "recertification_due 2029-01-14, surveillance_due 2027-12-31");
  CHECK(body.facts.at(programme).body->value("surveillance_due", Json()).is_null());
  CHECK(answer(body.ask(body.planner, programme, "confirm_last_year")) == "unmet not_after.after");
  take(body, programme, {body.planner, "confirm_year", {}, "running"});
  CHECK(body.deadlines(programme) == "recertification_due 2029-01-14, surveillance_due 2028-12-31");
  CHECK(answer(body.ask(body.planner, programme, "confirm_last_year")) == "unmet after.not_after");

  fire(body, programme, "note_surveillance_missed");
  CHECK((*body.facts.at(programme).body)["surveillance_overdue"] == true);
  const Json onwards{{"justification", "Suspended meanwhile"}, {"next_due", "recertification"}};
  CHECK(answer(body.ask(body.planner, programme, "pass_missed_year", onwards)) == "second");
  take(body, programme, {body.planner, "pass_missed_year", onwards, "running", body.manager});
  CHECK(body.deadlines(programme) == "recertification_due 2029-01-14");
  fire(body, programme, "note_recertification_late");
  CHECK((*body.facts.at(programme).body)["recertification_overdue"] == true);
  CHECK(body.state(programme) == "running");
}

TEST_CASE("the audit time of a programme is calculated where it is kept", "[certification][audit_time]") {
  const Json why{{"justification", "Forty people more"}};
  Json anew = the_people(140);
  anew.update(why);
  try_body({{"calculated", "draft", &B::planner, "calculate_time", the_people(), "-> draft"},
            {"by the certification manager", "draft", &B::manager, "calculate_time", the_people(), "-> draft"},
            {"not by the client", "draft", &B::customer, "calculate_time", the_people(), "not_permitted"},
            {"not without factors",
             "draft",
             &B::planner,
             "calculate_time",
             {{"head_count", 5}, {"time_adjustment", 0}},
             "invalid /time_factors"},
            {"a factor is 1 to 3", "draft", &B::planner, "calculate_time", sector(4), "invalid /time_factors/sector"},
            {"an adjustment beyond the class", "draft", &B::planner, "calculate_time", the_people(100, 5),
             "invalid /time_adjustment"},
            {"identical work of more people than there are", "draft", &B::planner, "calculate_time",
             with(the_people(10), "identical_work",
                  {{{"activity", "Packing"}, {"persons", 49}, {"justification", "One task"}}}),
             "invalid /head_count"},
            {"an approved one is calculated anew by two", "approved", &B::planner, "calculate_time", the_people(),
             "wrong_state"},
            {"alone not", "running", &B::planner, "recalculate_time", anew, "second"},
            {"with a reason", "running", &B::planner, "recalculate_time", the_people(), "invalid /justification"},
            {"and the certification manager",
             "running",
             &B::planner,
             "recalculate_time",
             anew,
             "-> running",
             {},
             &B::manager}},
           the_programme);

  CertificationBody body;
  const RecordId programme = the_programme(body, "draft");
  take(body, programme, {body.planner, "calculate_time", the_people(), "draft"});
  const Json said = *body.facts.at(programme).body;
  CHECK(said["audit_times"].size() == 5);
  CHECK(said["audit_times"][1]["visit"] == "Stage 2");
  CHECK(said["audit_times"][1]["days"] == 9);
  CHECK(said["time_calculation"].get<std::string>().starts_with("Initial audit: 12 days"));
  CHECK(said["time_calculations"].size() == 1);
  CHECK(said["time_calculations"][0]["head_count"] == 100);

  body.now.language = "de";
  const RecordId german = the_programme(body, "draft");
  take(body, german, {body.planner, "calculate_time", the_people(), "draft"});
  const Json told = *body.facts.at(german).body;
  CHECK(told["audit_times"][1]["visit"] == "Stufe 2");
  CHECK(told["audit_times"][1]["derivation"].get<std::string>().starts_with("9 Tage des Erstaudits: 100 Personen"));
  CHECK(told["time_calculation"].get<std::string>().starts_with("Erstaudit: 12 Tage"));
}

TEST_CASE("sites are sampled by a draw that the programme keeps", "[certification][sampling]") {
  try_body(
      {{"sampled", "draft", &B::planner, "sample_sites", the_sites(), "-> draft", two_sites},
       {"by another method, by two",
        "draft",
        &B::planner,
        "state_times",
        {{"sampling_plan", "Both sites"}, {"justification", "Two sites"}},
        "-> draft",
        {},
        &B::manager},
       {"not by one", "draft", &B::planner, "state_times", {{"justification", "Two sites"}}, "second"},
       {"nor in a revision", "draft", &B::planner, "revise", {{"sampling_plan", "Both"}}, "invalid /sampling_plan"},
       {"of an approved one by two", "running", &B::planner, "resample_sites",
        with(the_sites(), "justification", "Next audit"), "second", two_sites},
       {"of an approved one with a reason", "running", &B::planner, "resample_sites", the_sites(),
        "invalid /justification", two_sites},
       {"and not as in a draft", "running", &B::planner, "sample_sites", the_sites(), "wrong_state", two_sites},
       {"not by the client", "draft", &B::customer, "sample_sites", the_sites(), "not_permitted", two_sites},
       {"a central function elsewhere", "draft", &B::planner, "sample_sites", the_sites("Oslo"),
        "invalid /central_function", two_sites},
       {"a site elsewhere", "draft", &B::planner, "sample_sites", the_sites("Kiel", "Oslo"),
        "invalid /grouped_sites/0/site", two_sites},
       {"a site is left out", "draft", &B::planner, "sample_sites", with(the_sites(), "grouped_sites", Json()),
        "invalid /grouped_sites", two_sites},
       {"not when all is over", "closed", &B::planner, "sample_sites", the_sites(), "wrong_state", two_sites}},
      the_programme);

  CertificationBody body;
  const RecordId programme = the_programme(body, "draft");
  two_sites(body, programme);
  take(body, programme, {body.planner, "sample_sites", the_sites(), "draft"});
  body.facts.at(programme).state = "running";
  take(body, programme,
       {body.planner, "resample_sites", with(the_sites(), "justification", "Next audit"), "running", body.manager});
  const Json said = *body.facts.at(programme).body;
  CHECK(said["sampled_sites"] == Json{"Kiel", "Hamburg"});
  CHECK(said["sampling_draws"] == 2);
  REQUIRE(said["samplings"].size() == 2);
  CHECK(said["samplings"][1]["sampling_seed"] == said["sampling_seed"]);
  CHECK(said["samplings"][0]["sampling_seed"] != said["sampling_seed"]);
  CHECK(said["samplings"][0]["sampling_plan"].get<std::string>().starts_with("Seed "));
  CHECK(said["amendments"].back()["justification"] == "Next audit");

  // What nobody outside can calculate beforehand decides.
  CertificationBody other;
  other.now.chance = [](std::string_view) { return std::uint64_t{1} << 60; };
  const RecordId same = the_programme(other, "draft");
  two_sites(other, same);
  take(other, same, {other.planner, "sample_sites", the_sites(), "draft"});
  CHECK((*other.facts.at(same).body)["sampling_seed"] != said["samplings"][0]["sampling_seed"]);
}

TEST_CASE("the time of single sites is calculated by two for the audit that was sampled",
          "[certification][audit_time]") {
  const Json rows{{"site_reductions",
                   {{{"site", "Hamburg"}, {"persons", 60}, {"reduction", 50}, {"reason", "Kiel plans for it"}}}}};
  const auto ready = [](CertificationBody& body, RecordId id) {
    two_sites(body, id);
    body.facts.at(id).body.edit().update({{"sampled_audit", "initial"},
                                          {"time_adjustment", 0},
                                          {"time_factors",
                                           {{"sector", 2},
                                            {"processes", 2},
                                            {"maturity", 1},
                                            {"infrastructure", 2},
                                            {"outsourcing", 2},
                                            {"development", 1}}}});
  };
  const auto lacking = [&](const char* field) {
    return [=](CertificationBody& body, RecordId id) {
      ready(body, id);
      body.facts.at(id).body.edit().erase(field);
    };
  };
  Json too_much = rows, elsewhere = rows;
  too_much["site_reductions"][0]["reduction"] = 51;
  elsewhere["site_reductions"][0]["site"] = "Oslo";
  const auto by_two = [&](const char* what, Json input, const char* expected, Before first) {
    return BodyRow{what,     "running",        &B::planner, "calculate_site_times", std::move(input),
                   expected, std::move(first), &B::manager};
  };
  try_body({by_two("calculated", rows, "-> running", ready),
            {"not by one", "running", &B::planner, "calculate_site_times", rows, "second", ready},
            by_two("beyond the cap", too_much, "invalid /site_reductions/0/reduction", ready),
            by_two("a site elsewhere", elsewhere, "invalid /site_reductions/0/site", ready),
            by_two("without the factors", rows, "invalid /time_factors", lacking("time_factors")),
            by_two("before any sampling", rows, "invalid /sampled_audit", lacking("sampled_audit"))},
           the_programme);
  CertificationBody body;
  const RecordId programme = the_programme(body, "running");
  ready(body, programme);
  take(body, programme, {body.planner, "calculate_site_times", rows, "running", body.manager});
  const Json said = *body.facts.at(programme).body;
  CHECK(said["site_times"][0]["days"] == 5.0);  // half of the ten days for 46 to 65 persons
  CHECK(said["site_calculations"].size() == 1);
  CHECK(said["site_calculations"][0]["site_reductions"] == rows["site_reductions"]);
}

TEST_CASE("the time of an integrated audit is calculated where it is kept", "[certification][audit_time]") {
  const Json times{{"integrated_for", "surveillance"},
                   {"single_times", {{{"standard", "27001"}, {"days", 10}}, {{"standard", "9001"}, {"days", 8}}}},
                   {"integration_reduction", 20},
                   {"integration_reason", "One system"}};
  try_body({{"calculated", "running", &B::planner, "calculate_integrated_time", times, "-> running", {}, &B::manager},
            {"not by one", "running", &B::planner, "calculate_integrated_time", times, "second"},
            {"not by the client",
             "running",
             &B::customer,
             "calculate_integrated_time",
             times,
             "not_permitted",
             {},
             &B::manager},
            {"beyond the cap",
             "running",
             &B::planner,
             "calculate_integrated_time",
             with(times, "integration_reduction", 21),
             "invalid /integration_reduction",
             {},
             &B::manager},
            {"not in thirds of a day",
             "running",
             &B::planner,
             "calculate_integrated_time",
             with(times, "single_times", {{{"standard", "27001"}, {"days", 3.3}}}),
             "invalid /single_times/0/days",
             {},
             &B::manager}},
           the_programme);
  CertificationBody body;
  const RecordId programme = the_programme(body, "running");
  take(body, programme, {body.planner, "calculate_integrated_time", times, "running", body.manager});
  const Json said = *body.facts.at(programme).body;
  CHECK(said["integrated_days"] == 14.5);  // 18 less a fifth is 14.4
  CHECK(said["integration_derivation"].get<std::string>().find("integrated_reduction_cap") != std::string::npos);
  CHECK(said["integrated_times"].size() == 1);
}

TEST_CASE("deadlines, limits and caps are set for a programme by two, with a reason", "[certification]") {
  try_body(
      {{"T1 is shortened",
        "running",
        &B::planner,
        "set_policy",
        policy_set("first_surveillance", 9),
        "-> running",
        {},
        &B::manager},
       {"and never lengthened",
        "running",
        &B::planner,
        "set_policy",
        policy_set("first_surveillance", 13),
        "invalid /policy_value",
        {},
        &B::manager},
       {"T4 neither", "running", &B::planner, "set_policy", policy_set("restore_limit", 7), "invalid /policy_value"},
       {"nor T5", "running", &B::planner, "set_policy", policy_set("major_verification_limit", 7),
        "invalid /policy_value"},
       {"not by one", "running", &B::planner, "set_policy", policy_set("major_verification_limit", 5), "second"},
       {"no reduction above the cap", "running", &B::planner, "set_policy", policy_set("audit_time_reduction_cap", 31),
        "invalid /policy_value"},
       {"no smaller random share", "running", &B::planner, "set_policy", policy_set("sampling_random", 24),
        "invalid /policy_value"}},
      the_programme);

  CertificationBody body;
  const RecordId programme = the_programme(body, "running");
  const auto set = [&](const char* policy, int value) {
    REQUIRE(
        body.act(Actor{body.planner, body.manager}, programme, "set_policy", policy_set(policy, value)).has_value());
  };
  set("first_surveillance", 9);
  body.facts.at(programme).body.edit()["first_surveillance_done"] = false;
  CHECK(answer(body.ask(body.planner, programme, "schedule_first_cycle", the_cycle("2026-10-16"))) ==
        "unmet not_after.after");
  take(body, programme, {body.planner, "schedule_first_cycle", the_cycle("2026-10-15"), "running"});
  CHECK(body.deadlines(programme).find("first_surveillance_due 2026-10-15") != std::string::npos);

  // A certification hangs below its client; for policies its programme stands above it.
  set("suspension_limit", 2);
  const RecordId certification =
      body.facts.add("certification", "suspended", {{"suspended_on", "2026-03-02"}, {"expires_on", "2029-01-14"}},
                     {{"client", body.client}, {"programme", programme}});
  CHECK(body.deadlines(certification).find("2026-05-02") != std::string::npos);

  // Simple business and IT may be reduced by 10 to 30 percent, here by 15 at most.
  set("audit_time_reduction_cap", 15);
  Json simple = the_people(100, -20);
  for (auto& factor : simple["time_factors"]) factor = 1;
  simple["justification"] = "Simpler";
  CHECK(answer(body.ask(Actor{body.planner, body.manager}, programme, "recalculate_time", simple)) ==
        "invalid /time_adjustment");
  simple["time_adjustment"] = -15;
  CHECK(answer(body.ask(Actor{body.planner, body.manager}, programme, "recalculate_time", simple)) == "-> running");
}

TEST_CASE("T4, T5 and T8 of a programme hold for what it certifies and audits", "[certification]") {
  CertificationBody body;
  const RecordId programme = the_programme(body, "running");
  const RecordId certification =
      body.facts.add("certification", "expired", {{"expired_on", "2026-03-02"}, {"expires_on", "2026-03-01"}},
                     {{"client", body.client}, {"programme", programme}});
  const RecordId finding = body.nonconformity_in("issued", body.audit_in("report_issued", "stage2"));
  body.facts.at(finding).body.edit()["last_audit_day"] = "2026-02-20";
  const RecordId stage2 = body.audit_in("plan_issued", "stage2");
  body.facts.at(stage2).body.edit()["stage1_last_day"] = "2025-12-20";
  struct Limit {
    const char* policy;
    RecordId record;
    const char *published, *set;
  };
  for (const Limit& limit :
       {Limit{"restore_limit", certification, "restore_limit 2026-09-02", "restore_limit 2026-05-02"},
        {"major_verification_limit", finding, "stage2_limit 2026-08-20", "stage2_limit 2026-04-20"},
        {"stage1_validity", stage2, "stage1_validity 2026-06-20", "stage1_validity 2026-02-20"}}) {
    INFO(limit.policy);
    CHECK(body.deadlines(limit.record).find(limit.published) != std::string::npos);
    REQUIRE(
        body.act(Actor{body.planner, body.manager}, programme, "set_policy", policy_set(limit.policy, 2)).has_value());
    CHECK(body.deadlines(limit.record).find(limit.set) != std::string::npos);
  }
}

}  // namespace
}  // namespace assay::test::certification_programme_test
