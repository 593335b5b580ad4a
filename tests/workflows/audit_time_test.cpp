// Audit time that was calculated holds what is planned, and what was planned holds what is recorded.
#include <catch2/catch_all.hpp>

#include "domain/guards.h"
#include "workflows/certification_body.h"

namespace assay::test::audit_time_test {
namespace {

Json visit(const char* purpose, double days, double least) {
  return {{"visit", "Visit"}, {"purpose", purpose}, {"days", days}, {"least_days", least}, {"derivation", "Table"}};
}

/// The programme has calculated its visits; one was stated without a purpose, and bears none.
void calculate(CertificationBody& body) {
  body.facts.at(body.programme).body.edit()["audit_times"] = {
      visit("stage1", 2, 1.5),        visit("stage2", 7, 6),
      visit("surveillance", 4, 3.5),  visit("surveillance", 5, 4.5),
      visit("recertification", 6, 5), {{"visit", "Other"}, {"days", 20}, {"derivation", "Elsewhere"}}};
}

Json planned(CertificationBody& body, double days, const Json& more) {
  Json input = body.planning({{"planned_days", days}});
  input.update(more);
  return input;
}

Json session(const CertificationBody& body, PersonId who, const char* from, const char* to) {
  return {{"auditor", body.name(who)}, {"topics", "All"}, {"starts", from},   {"ends", to},
          {"zone", "Europe/Berlin"},   {"site", "Kiel"},  {"mode", "on_site"}};
}
Json worked(const CertificationBody& body, PersonId who, const char* on, double hours) {
  return {{"auditor", body.name(who)}, {"on", on}, {"hours", hours}, {"mode", "on_site"}};
}
Json deviating(const CertificationBody& body, PersonId who, const char* on, double hours_planned, double hours) {
  Json row = worked(body, who, on, hours);
  row.update({{"hours_planned", hours_planned}, {"reason", "The train was late."}});
  return row;
}

/// A surveillance about to be reported: the lead auditor was to work from nine to five on 2 March, and late into the
/// night of 3 March; the auditor for two hours on 2 March.
RecordId reported(CertificationBody& body) {
  const RecordId audit = body.audit_in("report_draft");
  body.facts.at(audit).body.edit().update(
      {{"sessions",
        {session(body, body.lead, "2026-03-02T08:00:00Z", "2026-03-02T12:00:00Z"),
         session(body, body.lead, "2026-03-02T12:00:00Z", "2026-03-02T16:00:00Z"),
         session(body, body.lead, "2026-03-03T21:00:00Z", "2026-03-04T00:00:00Z"),
         session(body, body.auditor, "2026-03-02T09:00:00Z", "2026-03-02T11:00:00Z")}},
       {"actual_time",
        {worked(body, body.lead, "2026-03-02", 8), worked(body, body.lead, "2026-03-03", 3),
         worked(body, body.auditor, "2026-03-02", 2)}}});
  return audit;
}

TEST_CASE("fewer days than were calculated for a visit are planned with a justification",
          "[certification][audit_time]") {
  struct Row {
    const char* what;
    const char* command;
    double days;
    Json more;
    const char* expected;
  };
  const std::string why = "unmet enough_days.unexplained";
  const Json surveillance{{"purpose", "surveillance"}};
  for (const Row& row :
       {Row{"as calculated, by the smaller of two", "plan", 4, surveillance, "-> planned"},
        Row{"less", "plan", 3.5, surveillance, "unmet enough_days.unexplained"},
        Row{"less, with a reason",
            "plan",
            0.5,
            {{"purpose", "surveillance"}, {"time_justification", "One process."}},
            "-> planned"},
        Row{"a blank reason",
            "plan",
            3,
            {{"purpose", "surveillance"}, {"time_justification", " "}},
            "unmet enough_days.unexplained"},
        Row{"a purpose that nothing was calculated for", "plan", 0.5, {{"purpose", "transition"}}, "-> planned"},
        Row{"a further purpose",
            "plan",
            3.5,
            {{"purpose", "transition"}, {"further_purposes", {"surveillance"}}},
            "unmet enough_days.unexplained"},
        Row{"the longer of two purposes",
            "plan",
            4,
            {{"purpose", "surveillance"}, {"further_purposes", {"recertification"}}},
            "unmet enough_days.unexplained"},
        Row{"stage 1", "plan_stage1", 2, Json::object(), "-> planned"},
        Row{"less for stage 1", "plan_stage1", 1, Json::object(), "unmet enough_days.unexplained"},
        Row{"at short notice",
            "plan_short_notice",
            1,
            {{"short_notice_ground", "complaint"}, {"conditions_published", "Rules, 4"}},
            "-> planned"},
        Row{"at short notice in place of a surveillance",
            "plan_short_notice",
            1,
            {{"short_notice_ground", "complaint"},
             {"conditions_published", "Rules, 4"},
             {"further_purposes", {"surveillance"}}},
            "unmet enough_days.unexplained"}}) {
    CertificationBody body;
    calculate(body);
    INFO(row.what);
    CHECK(answer(body.ask_new(Actor{body.planner}, "certification-audit", row.command,
                              planned(body, row.days, row.more))) == row.expected);
  }

  CertificationBody body;
  calculate(body);
  const RecordId stage1 = body.audit_in("report_issued", "stage1");
  const Json resting{{"stage1", body.name(stage1)}};
  CHECK(answer(body.ask_new(Actor{body.planner}, "certification-audit", "plan_stage2", planned(body, 6.5, resting))) ==
        why);
  CHECK(answer(body.make(body.planner, "certification-audit", "plan_stage2", planned(body, 7, resting))) ==
        "-> planned");
  const RecordId audit = body.last;
  CHECK(answer(body.ask(body.planner, audit, "revise", {{"planned_days", 6}})) == why);
  const auto refused = body.ask(body.planner, audit, "revise", {{"planned_days", 0.5}});
  REQUIRE_FALSE(refused.has_value());
  CHECK(text_of(refused.error())
            .find("\"Justification of the audit time\" is missing: Planned audit days is 0.5, and "
                  "7.0 were calculated for this visit.") != std::string::npos);
  // Without figures of the programme there is nothing to compare with.
  body.facts.at(body.programme).body.edit().erase("audit_times");
  CHECK(answer(body.ask(body.planner, audit, "revise", {{"planned_days", 0.5}})) == "-> planned");
}

TEST_CASE("below the largest reduction a plan is issued when two people allow it", "[certification][audit_time]") {
  CertificationBody body;
  calculate(body);
  const RecordId audit = body.audit_in("team_confirmed");
  const Json plan{{"sessions",
                   {session(body, body.lead, "2026-03-02T08:00:00Z", "2026-03-02T16:00:00Z"),
                    session(body, body.lead, "2026-03-03T08:00:00Z", "2026-03-03T16:00:00Z"),
                    session(body, body.lead, "2026-03-04T08:00:00Z", "2026-03-04T16:00:00Z")}}};
  const auto with_days = [&](double days) {
    body.facts.at(audit).body.edit()["planned_days"] = days;
    return answer(body.ask(body.lead, audit, "issue_plan", plan));
  };
  CHECK(with_days(4) == "-> plan_issued");
  CHECK(with_days(3.5) == "unmet enough_days.unexplained");
  body.facts.at(audit).body.edit()["time_justification"] = "One process.";
  CHECK(with_days(3.5) == "-> plan_issued");
  CHECK(with_days(3) == "unmet enough_days.below");

  const Json allowed{
      {"days_allowed", 3}, {"reason", "Stage 1 took more."}, {"compensating_measure", "A second reviewer"}};
  CHECK(answer(body.ask(body.planner, audit, "allow_less_time", allowed)) == "second");
  CHECK(answer(body.ask(Actor{body.lead, body.manager}, audit, "allow_less_time", allowed)) == "not_permitted");
  take(body, audit, {body.planner, "allow_less_time", allowed, "team_confirmed", body.manager});
  CHECK(with_days(3) == "-> plan_issued");
  CHECK(with_days(2.5) == "unmet enough_days.below");

  // Whoever revises the planning begins anew: what was allowed, and the justification, were for what was planned then.
  CHECK(answer(body.ask(body.planner, audit, "revise", {{"planned_days", 3}})) == "unmet enough_days.unexplained");
  take(body, audit,
       {body.planner, "revise", {{"planned_days", 3}, {"time_justification", "One process."}}, "team_confirmed"});
  CHECK(with_days(3) == "unmet enough_days.below");
}

TEST_CASE("the sessions of a plan have the hours of its days", "[certification][audit_time]") {
  struct Row {
    const char* what;
    double days;
    const char* ends;  // of the session that begins at eight
    int share;         // of the programme; 0: as published
    std::string expected;
  };
  for (const Row& row : {
           Row{"seven tenths of a day are the audit itself", 1, "2026-03-02T13:36:00Z", 0, "-> plan_issued"},
           Row{"a minute is missing", 1, "2026-03-02T13:35:00Z", 0, "unmet hours_planned.too_few"},
           Row{"where the programme asks for more", 1, "2026-03-02T13:36:00Z", 80, "unmet hours_planned.too_few"},
           Row{"and has it", 1, "2026-03-02T14:24:00Z", 80, "-> plan_issued"},
           Row{"half a day", 0.5, "2026-03-02T10:48:00Z", 0, "-> plan_issued"},
           Row{"a long day is one day", 2, "2026-03-02T20:00:00Z", 0, "unmet hours_planned.too_few"},
           Row{"a night, too", 2, "2026-03-04T08:00:00Z", 0, "unmet hours_planned.too_few"},
       }) {
    CertificationBody body;
    const RecordId audit = body.audit_in("team_confirmed");
    body.facts.at(audit).body.edit()["planned_days"] = row.days;
    if (row.share > 0) {
      body.facts.at(body.programme).body.edit()["policies_set"] = {
          {{"policy", "audit_time_on_site_share"}, {"policy_value", row.share}, {"policy_reason", "IAF MD 5"}}};
    }
    const Json plan{{"sessions", {session(body, body.lead, "2026-03-02T08:00:00Z", row.ends)}}};
    INFO(row.what);
    CHECK(answer(body.ask(body.lead, audit, "issue_plan", plan)) == row.expected);
  }
  // The time of a second person counts, and a plan that is revised keeps its hours.
  CertificationBody body;
  const RecordId audit = body.audit_in("plan_issued");
  body.facts.at(audit).body.edit()["planned_days"] = 2;
  const Json half = session(body, body.lead, "2026-03-02T08:00:00Z", "2026-03-02T14:00:00Z");
  Json other = half;
  other["auditor"] = body.name(body.auditor);
  const auto revised = [&](Json sessions) {
    return answer(body.ask(body.lead, audit, "revise_plan", {{"reason", "Ill"}, {"sessions", std::move(sessions)}}));
  };
  CHECK(revised({half, other}) == "-> plan_issued");
  CHECK(revised(Json::array({half})) == "unmet hours_planned.too_few");
  // Once it has begun, it is shortened with a justification that stays.
  const Json shorter{{"hours_justification", "The auditor fell ill."}, {"sessions", Json::array({half})}};
  CHECK(answer(body.ask(body.lead, audit, "shorten_plan", shorter)) == "wrong_state");
  body.facts.at(audit).state = "fieldwork";
  CHECK(answer(body.ask(body.lead, audit, "shorten_plan", {{"sessions", Json::array({half})}})) ==
        "invalid /hours_justification");
  take(body, audit, {body.lead, "shorten_plan", shorter, "fieldwork"});
  CHECK(body.facts.at(audit).body->at("hours_justification") == "The auditor fell ill.");
}

TEST_CASE("the sessions of a plan lie on the days and at the sites of its audit", "[certification]") {
  struct Row {
    const char* what;
    const char *starts, *ends, *site;
    std::string expected;
  };
  for (const Row& row : {
           Row{"on the last day", "2026-03-04T08:00:00Z", "2026-03-04T16:00:00Z", "Kiel", "-> plan_issued"},
           Row{"until midnight there", "2026-03-04T16:00:00Z", "2026-03-04T23:00:00Z", "Kiel", "-> plan_issued"},
           Row{"into the night", "2026-03-04T18:00:00Z", "2026-03-05T02:00:00Z", "Kiel", "-> plan_issued"},
           Row{"beyond it", "2026-03-04T23:00:00Z", "2026-03-05T06:00:00Z", "Kiel", "unmet sessions_within.other_day"},
           Row{"the day before", "2026-03-01T08:00:00Z", "2026-03-01T16:00:00Z", "Kiel",
               "unmet sessions_within.other_day"},
           Row{"elsewhere", "2026-03-02T08:00:00Z", "2026-03-02T16:00:00Z", "Oslo",
               "unmet sessions_within.other_site sites_visited.no_session"},
       }) {
    CertificationBody body;
    const RecordId audit = body.audit_in("team_confirmed");
    body.facts.at(audit).body.edit()["planned_days"] = 1;
    Json one = session(body, body.lead, row.starts, row.ends);
    one["site"] = row.site;
    INFO(row.what);
    CHECK(answer(body.ask(body.lead, audit, "issue_plan", {{"sessions", Json::array({one})}})) == row.expected);
  }
  // Each site has a session, and each item somebody of the team.
  CertificationBody wide;
  const RecordId two_sites = wide.audit_in("team_confirmed");
  wide.facts.at(two_sites).body.edit().update({{"planned_days", 1}, {"sites", {"Kiel", "Lübeck"}}});
  Json at_kiel = session(wide, wide.lead, "2026-03-02T08:00:00Z", "2026-03-02T16:00:00Z"), at_luebeck = at_kiel;
  at_luebeck.update({{"site", "Lübeck"}, {"auditor", wide.name(wide.auditor)}});
  const auto issued = [&](Json sessions) {
    return answer(wide.ask(wide.lead, two_sites, "issue_plan", {{"sessions", std::move(sessions)}}));
  };
  CHECK(issued({at_kiel, at_luebeck}) == "-> plan_issued");
  CHECK(issued(Json::array({at_kiel})) == "unmet sites_visited.no_session");
  wide.facts.items_of(two_sites)[0].auditor = wide.customer;
  CHECK(issued({at_kiel, at_luebeck}) == "unmet items_assigned.not_in_team");

  // The days move with the timetable once the plan is issued, and the audit does not begin on a timetable of others.
  CertificationBody body;
  const RecordId audit = body.audit_in("plan_issued");
  body.facts.at(audit).body.edit().update(
      {{"planned_days", 1},
       {"sessions", Json::array({session(body, body.lead, "2026-03-02T08:00:00Z", "2026-03-02T16:00:00Z")})}});
  const Json later{
      {"reason", "Strike"},
      {"sessions", Json::array({session(body, body.lead, "2026-03-05T08:00:00Z", "2026-03-05T16:00:00Z")})}};
  CHECK(answer(body.ask(body.lead, audit, "revise_plan", later)) == "unmet sessions_within.other_day");
  Json moved = later;
  moved["planned_to"] = "2026-03-01";
  CHECK(answer(body.ask(body.lead, audit, "revise_plan", moved)) ==
        "unmet not_before.before sessions_within.other_day");
  moved["planned_to"] = "2026-03-06";
  CHECK(answer(body.ask(body.lead, audit, "revise_plan", moved)) == "-> plan_issued");
  take(body, audit,
       {body.planner,
        "reschedule",
        {{"planned_from", "2026-03-09"}, {"planned_to", "2026-03-10"}, {"reason", "Strike"}},
        "plan_issued"});
  const Json opening{{"opening_on", "2026-03-02"}, {"opening_attendance", {{{"name", "I. Peters"}}}}};
  CHECK(answer(body.ask(body.lead, audit, "open", opening)) == "unmet not_before.before sessions_within.other_day");
  CHECK(answer(body.ask(body.lead, audit, "revise_plan", {{"reason", "Strike"}, {"sites", nullptr}})) ==
        "unmet filled.empty sessions_within.other_day");
}

TEST_CASE("a plan that lacks something says what brings it", "[certification]") {
  CertificationBody body;
  const RecordId audit = body.audit_in("team_confirmed");
  body.facts.at(audit).body.edit().update({{"planned_days", 1}, {"catalogue_hash", nullptr}, {"methods", nullptr}});
  const Json one = session(body, body.lead, "2026-03-02T08:00:00Z", "2026-03-02T16:00:00Z");
  const auto refused = body.ask(body.lead, audit, "issue_plan", {{"sessions", Json::array({one})}});
  REQUIRE_FALSE(refused.has_value());
  std::string told, german;
  for (const UnmetGuard& unmet : refused.error().unmet) {
    told += unmet.detail + "\n";
    german += explain(body.set, unmet, "de") + "\n";
  }
  CHECK(
      told ==
      "Methods is not filled in. It is filled in by: Revise the planning.\n"
      "Hash of the catalogue is not filled in. It is filled in by: Choose the catalogue, Move to a newer catalogue.\n");
  CHECK(german.starts_with("„Methoden“ ist nicht ausgefüllt. Ausgefüllt wird es mit: Planung überarbeiten.\n"));
}

TEST_CASE("a new calculation or sample of the programme takes back what was allowed and justified",
          "[certification][audit_time]") {
  const auto after = [](const char* command, const Json& input, const char* state) {
    CertificationBody body;
    calculate(body);
    const RecordId audit = body.audit_in(state);
    const Json reasons{
        {"days_allowed", 3}, {"time_justification", "One process."}, {"sampling_reason", "Not drawn yet"}};
    body.facts.at(audit).body.edit().update(reasons);
    take(body, body.programme, {body.planner, command, input, "running", body.manager});
    std::string left;
    for (const auto& [name, value] : reasons.items())
      left += body.facts.at(audit).body->contains(name) ? name + " " : "";
    return left;
  };
  const Json sample{{"sampled_audit", "surveillance"},
                    {"system_effective", true},
                    {"central_function", "Kiel"},
                    {"grouped_sites", {{{"site", "Lübeck"}, {"group", "Offices"}}}},
                    {"justification", "Each year"}};
  const Json times{{"justification", "Measured"},
                   {"audit_times", {{{"visit", "Second"}, {"days", 6}, {"derivation", "x"}}}}};
  CHECK(after("resample_sites", sample, "team_confirmed").empty());
  CHECK(after("state_times", times, "planned").empty());
  CHECK(after("state_times", times, "plan_issued") == "days_allowed sampling_reason time_justification ");
}

TEST_CASE("a report on sessions from afar says how far they went and whether they worked", "[certification]") {
  CertificationBody body;
  const RecordId audit = reported(body);
  body.facts.at(audit).body.edit()["sessions"][1]["mode"] = "remote";
  CHECK(answer(body.ask(body.lead, audit, "issue_report")) == "unmet filled_where.empty");
  body.facts.at(audit).body.edit()["remote_work"] = "Four hours by video call, without a fault";
  CHECK(answer(body.ask(body.lead, audit, "issue_report")) == "-> report_issued");
}

TEST_CASE("hours that differ from the plan are explained before the report", "[certification][audit_time]") {
  struct Row {
    const char* what;
    void (*bend)(CertificationBody&, Json& said);
    std::string expected;  // person and day of each that is told
  };
  const CertificationBody who;
  const std::string lead = who.name(who.lead), auditor = who.name(who.auditor);
  using C = CertificationBody;
  for (const Row& row : {
           Row{"as planned", [](C&, Json&) {}, ""},
           Row{"half an hour less", [](C&, Json& said) { said["actual_time"][0]["hours"] = 7.5; }, ""},
           Row{"half an hour more", [](C&, Json& said) { said["actual_time"][2]["hours"] = 2.5; }, ""},
           Row{"an hour less", [](C&, Json& said) { said["actual_time"][0]["hours"] = 7; },
               "unexplained " + lead + " 2026-03-02 8:00 7:00\n"},
           Row{"in two places of a day",
               [](C& b, Json& said) {
                 said["actual_time"][0]["hours"] = 3;
                 said["actual_time"].push_back(worked(b, b.lead, "2026-03-02", 5));
               },
               ""},
           Row{"a day that is not recorded", [](C&, Json& said) { said["actual_time"].erase(1); },
               "unexplained " + lead + " 2026-03-03 3:00 0:00\n"},
           Row{"a day that was not planned",
               [](C& b, Json& said) { said["actual_time"].push_back(worked(b, b.auditor, "2026-03-05", 4)); },
               "unexplained " + auditor + " 2026-03-05 0:00 4:00\n"},
           Row{"somebody else's time",
               [](C&, Json& said) { said["actual_time"][2]["auditor"] = said["actual_time"][0]["auditor"]; },
               "unexplained " + lead + " 2026-03-02 8:00 10:00\nunexplained " + auditor + " 2026-03-02 2:00 0:00\n"},
           Row{"explained",
               [](C& b, Json& said) {
                 said["actual_time"].erase(1);
                 said["time_deviations"] = {deviating(b, b.lead, "2026-03-03", 3, 1)};
               },
               ""},
           Row{"the afternoon explained, the morning as planned",
               [](C& b, Json& said) {
                 said["actual_time"][0]["hours"] = 4;
                 said["time_deviations"] = {deviating(b, b.lead, "2026-03-02", 4, 1)};
               },
               ""},
           Row{"explained for another day",
               [](C& b, Json& said) {
                 said["actual_time"][0]["hours"] = 4;
                 said["time_deviations"] = {deviating(b, b.lead, "2026-03-03", 3, 1)};
               },
               "unexplained " + lead + " 2026-03-02 8:00 4:00\n"},
           Row{"by another plan",
               [](C& b, Json& said) {
                 said["actual_time"].erase(0);
                 said["time_deviations"] = {deviating(b, b.lead, "2026-03-02", 6, 6)};
               },
               "other_plan " + lead + " 2026-03-02 8:00 6:00\n"},
           Row{"an adopted audit, whose plan is elsewhere", [](C&, Json& said) { said.erase("sessions"); }, ""},
           Row{"where the programme lets nothing pass",
               [](C& b, Json& said) {
                 said["actual_time"][0]["hours"] = 7.75;
                 b.facts.at(b.programme).body.edit()["policies_set"] = {
                     {{"policy", "time_deviation"}, {"policy_value", 0}, {"policy_reason", "Asked for"}}};
               },
               "unexplained " + lead + " 2026-03-02 8:00 7:45\n"},
       }) {
    CertificationBody body;
    const RecordId audit = reported(body);
    row.bend(body, body.facts.at(audit).body.edit());
    const auto decided = body.ask(body.lead, audit, "issue_report");
    std::string told;
    for (const UnmetGuard& one : decided ? std::vector<UnmetGuard>{} : decided.error().unmet) {
      told += fmt::format("{} {} {} {} {}\n", one.code, one.values.at("person").get<std::string>(),
                          one.values.at("date").get<std::string>(), one.values.at("planned").get<std::string>(),
                          one.values.at("count").get<std::string>());
    }
    INFO(row.what);
    CHECK(told == row.expected);
    CHECK(decided.has_value() == row.expected.empty());
  }
}

}  // namespace
}  // namespace assay::test::audit_time_test
