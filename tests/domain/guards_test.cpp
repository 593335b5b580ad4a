// Every guard: a world in which it is met, and one for each of its reasons.
#include "domain/guard_scene.h"

namespace assay::test::guards_test {
namespace {

void follow(GuardScene& scene) { scene.facts.link(scene.self, "follows", scene.other); }
void item(GuardScene& scene, const char* name, const char* subject, std::optional<PersonId> auditor,
          const char* result) {
  scene.facts.add_item(scene.self, {"cat", std::string(name) + "-q1", name, subject, auditor, result});
}
void own_item(GuardScene& scene) {
  item(scene, "A.8.13", "whole", scene.worker, "");
  scene.facts.answers_for(scene.worker, "item:A.8");
}
/// The item of `worker` that somebody else has answered.
void answered_by_chief(GuardScene& scene) {
  item(scene, "A.8.13", "whole", scene.worker, "conforms");
  scene.facts.items_of(scene.self)[0].answered_by = scene.chief;
}
constexpr Instant at_noon{std::chrono::hours{12}}, at_one{std::chrono::hours{13}};
void reported_at_noon(GuardScene& scene) { scene.facts.add_report(scene.self, at_noon); }
void evidence_at_noon(GuardScene& scene) { scene.facts.add_evidence(scene.self, at_noon); }
/// The finding of `self` names questions of `other`.
void finding(GuardScene& scene, const char* question, const char* result) {
  scene.facts.link(scene.self, "follows", scene.other);
  scene.facts.add_item(scene.other, {"cat", "A.8-q1", "A.8", "whole", {}, result});
  scene.input["items"] = {{{"catalogue", "cat"}, {"question", question}, {"subject", "whole"}}};
}
Json session(PersonId auditor, const char* starts, const char* ends) {
  return {{"auditor", uuid_of(auditor)}, {"starts", starts}, {"ends", ends}};
}
constexpr const char *nine = "2026-03-02T09:00:00+01:00", *ten = "2026-03-02T10:00:00+01:00",
                     *eleven = "2026-03-02T11:00:00+01:00", *half_past_nine_utc = "2026-03-02T09:30:00Z";
constexpr const char* on_the_days = R"({"field":"sessions","first":"due","last":"done_on","sites":"places",
    "member":"mode","one_of":["on_site"]})";
/// Sessions of an hour each, which begin then, in an audit of two days in Kiel.
void held(GuardScene& scene, const std::vector<const char*>& begins, const Json& site) {
  scene.input.update({{"done_on", "2026-03-11"}, {"places", {"Kiel"}}});
  for (const char* at : begins) {
    Json one = session(scene.owner, at, "");
    one["ends"] = to_text(*parse_instant(at) + std::chrono::hours(1));
    one.update({{"zone", "Europe/Berlin"}, {"mode", scene.input.value("mode", "on_site")}});
    if (!site.is_null()) one["site"] = site;
    scene.input["sessions"].push_back(std::move(one));
  }
}
Json exception_for(GuardScene& scene, const char* what) {
  return {{"exempt_auditor", uuid_of(scene.worker)}, {"exempt_items", {what}}};
}
void propose(GuardScene& scene) {
  scene.facts.answers_for(scene.worker, "item:A.5");
  scene.input["items"] = {{{"question", "A.5-q1"}, {"subject", "whole"}, {"auditor", uuid_of(scene.worker)}},
                          {{"question", "A.51-q1"}, {"subject", "whole"}, {"auditor", uuid_of(scene.worker)}}};
}

TEST_CASE("guards about the record itself", "[guards]") {
  const auto row = GENERATE(values<GuardRow>({
      {"filled", R"({"fields":["grade","due"]})", unbent, ""},
      {"filled", R"({"fields":["cause"]})", unbent, "empty: Cause is not filled in.\n"},
      {"filled", R"({"fields":["cause","done_on"]})", unbent,
       "empty: Cause is not filled in.\nempty: Done on is not filled in.\n"},
      {"filled", R"({"fields":["cause"]})", [](GuardScene& s) { s.facts.at(s.self).body.edit()["cause"] = " \n"; },
       "empty: Cause is not filled in.\n"},
      {"filled", R"({"fields":["reason"]})", [](GuardScene& s) { s.input["reason"] = "said only here"; }, ""},
      {"is", R"({"field":"grade","one_of":["major"]})", unbent, ""},
      {"is", R"({"field":"grade","one_of":["minor"]})", unbent, "other_value: Grade must be Minor; it is Major.\n"},
      {"is", R"({"field":"grade","one_of":["minor"]})",
       [](GuardScene& s) { s.facts.at(s.self).body.edit().erase("grade"); },
       "empty: Grade is not filled in; it must be Minor.\n"},
      {"is", R"({"field":"overdue","one_of":[true]})",
       [](GuardScene& s) { s.facts.at(s.self).body.edit()["overdue"] = false; },
       "other_value: Overdue must be true; it is false.\n"},
      {"is_not", R"({"field":"grade","one_of":["minor"]})", unbent, ""},
      {"is_not", R"({"field":"cause","one_of":["x"]})", unbent, ""},
      {"is_not", R"({"field":"grade","one_of":["major"]})", unbent, "excluded_value: Grade must not be Major.\n"},
      {"after", R"({"field":"due","than":"today"})", unbent, ""},
      {"after", R"({"field":"due","than":"today"})",
       [](GuardScene& s) { s.facts.at(s.self).body.edit()["due"] = "2026-03-02"; },
       "not_after: Due must be after 2026-03-02.\n"},
      {"after", R"({"field":"done_on","than":"today"})", unbent, "empty: Done on is not filled in.\n"},
      {"after", R"({"field":"done_on","than":"today","or_empty":true})", unbent, ""},
      {"after", R"({"field":"due","than":"due","or_empty":true})", unbent,
       "not_after: Due must be after 2026-03-10.\n"},
      {"not_before", R"({"field":"due","than":"due"})", unbent, ""},
      {"not_before", R"({"field":"due","than":"extended_to"})",
       [](GuardScene& s) { s.facts.at(s.self).body.edit()["extended_to"] = "2026-03-11"; },
       "before: Due must not be before 2026-03-11.\n"},
      {"not_before", R"({"field":"due","than":"done_on"})", unbent, "empty: Done on is not filled in.\n"},
      {"not_before", R"({"field":"due","than":"done_on","or_empty":true})", unbent, ""},
      {"at_least", R"({"field":"effort","policy":"five_days"})", unbent, "empty: Effort is not filled in.\n"},
      {"at_least", R"({"field":"effort","policy":"five_days"})",
       [](GuardScene& s) { s.facts.at(s.self).body.edit()["effort"] = 5; }, ""},
      {"at_least", R"({"field":"effort","policy":"five_days"})",
       [](GuardScene& s) { s.facts.at(s.self).body.edit()["effort"] = 4.5; },
       "below: Effort is 4.5, which is below 5.\n"},
      {"at_least", R"({"field":"effort","policy":"five_days"})",
       [](GuardScene& s) {
         s.facts.at(s.self).body.edit()["effort"] = 5;
         s.input["effort"] = 4;
       },
       "below: Effort is 4, which is below 5.\n"},
      {"not_after", R"({"field":"due","than":"due"})", unbent, ""},
      {"not_after", R"({"field":"due","than":"today"})", unbent, "after: Due must not be after 2026-03-02.\n"},
      {"not_after", R"({"field":"done_on","than":"today"})", unbent, "empty: Done on is not filled in.\n"},
      {"not_after", R"({"field":"done_on","than":"today","or_empty":true})", unbent, ""},
      {"not_after", R"({"field":"due","than":"today","or_empty":true})", unbent,
       "after: Due must not be after 2026-03-02.\n"},
      {"not_after", R"({"field":"due","than":"today"})",
       [](GuardScene& s) { s.now = {*parse_instant("2026-03-09T22:59:00Z"), "Europe/Berlin"}; },
       "after: Due must not be after 2026-03-09.\n"},
      {"not_after", R"({"field":"due","than":"today"})",
       [](GuardScene& s) { s.now = {*parse_instant("2026-03-09T23:00:00Z"), "Europe/Berlin"}; }, ""},
  }));
  GuardScene scene;
  row.bend(scene);
  INFO(row.guard << " " << row.parameters);
  CHECK(guard_unmet(scene, row, &scene.input) == row.expected);
}

TEST_CASE("guards about reports and evidence", "[guards]") {
  const auto row = GENERATE(values<GuardRow>({
      {"has_report", R"({})", [](GuardScene& s) { s.facts.add_report(s.self); }, ""},
      {"has_report", R"({})", unbent, "no_report: Task T-2026-0001 has no report.\n"},
      {"has_report", R"({"of":"project"})", unbent, "no_report: Project P-2026-001 has no report.\n"},
      {"has_report", R"({"since":["open"]})", reported_at_noon, ""},
      {"has_report", R"({"since":["open","edit"]})",
       [](GuardScene& s) {
         reported_at_noon(s);
         s.facts.did(s.worker, s.self, "open", at_noon);
         s.facts.did(s.worker, s.self, "finish", at_one);
       },
       ""},
      {"has_report", R"({"since":["open","edit"]})",
       [](GuardScene& s) {
         reported_at_noon(s);
         s.facts.did(s.worker, s.self, "edit", at_one);
       },
       "outdated: The newest report was made before this: Edit on Task T-2026-0001.\n"},
      {"has_report", R"({"since":["edit"],"link":"follows","linked_since":["open"]})",
       [](GuardScene& s) {
         reported_at_noon(s);
         follow(s);
         s.facts.did(s.worker, s.other, "open", at_one);
       },
       "outdated: The newest report was made before this: Open on Task T-2026-0002.\n"},
      {"has_evidence", R"({"since":["open"]})",
       [](GuardScene& s) {
         evidence_at_noon(s);
         s.facts.did(s.worker, s.self, "open", at_noon);
       },
       ""},
      {"has_evidence", R"({"since":["open"]})",
       [](GuardScene& s) {
         evidence_at_noon(s);
         s.facts.did(s.worker, s.self, "open", at_one);
       },
       "outdated: The newest evidence was attached before this: Open on Task T-2026-0001.\n"},
      {"has_evidence", R"({})", [](GuardScene& s) { s.facts.add_evidence(s.self); }, ""},
      {"has_evidence", R"({})", unbent, "no_evidence: Task T-2026-0001 has no evidence.\n"},
      {"has_evidence", R"({"file":"title"})", [](GuardScene& s) { s.facts.add_evidence(s.self); },
       "other_file: Task T-2026-0001 has no evidence that is the file of this: Title.\n"},
      {"has_evidence", R"({"file":"title"})",
       [](GuardScene& s) { s.facts.add_file(s.self, s.facts.at(s.self).body->at("title").get<std::string>()); }, ""},
      {"has_evidence", R"({"file":"title"})", unbent, "no_evidence: Task T-2026-0001 has no evidence.\n"},
      {"has_evidence", R"({"of":"follows"})", follow, "no_evidence: Task T-2026-0002 has no evidence.\n"},
  }));
  GuardScene scene;
  row.bend(scene);
  INFO(row.guard << " " << row.parameters);
  CHECK(guard_unmet(scene, row, &scene.input) == row.expected);
}

TEST_CASE("guards about linked records", "[guards]") {
  const auto row = GENERATE(values<GuardRow>({
      {"linked_all", R"({"link":"follows","in":["closed"]})", unbent, ""},
      {"linked_all", R"({"link":"follows","in":["#done"],"have":["cause"]})", follow, ""},
      {"linked_all", R"({"link":"follows","in":["closed"]})", follow, "open: Task T-2026-0002 is still finished.\n"},
      {"linked_all", R"({"link":"follows","have":["due"]})", follow,
       "not_filled: Due of Task T-2026-0002 is not filled in.\n"},
      {"linked_all", R"({"link":"follows","where":{"grade":["major"]},"in":["closed"]})", follow, ""},
      {"linked_all", R"({"link":"project.tasks","in":["closed"]})", unbent,
       "open: Task T-2026-0001 is still open.\nopen: Task T-2026-0002 is still finished.\n"},
      {"linked_some", R"({"link":"project.tasks","in":["#done"]})", unbent, ""},
      {"linked_some",
       R"({"link":"project.tasks","in":["closed","#live"],"where":{"grade":["major"]},"have":["cause"]})", unbent,
       "none_in_state: There are no Tasks that are closed, open, finished.\n"},
      {"linked_some", R"({"link":"follows"})", unbent, "none: There are no Tasks as required here.\n"},
      {"linked_none", R"({"link":"follows"})", unbent, ""},
      {"linked_none", R"({"link":"follows","in":["closed"]})", follow, ""},
      {"linked_none", R"({"link":"follows","in":["#done"]})", follow, "present: Task T-2026-0002 is finished.\n"},
      {"linked_none", R"({"link":"project.tasks","where":{"grade":["major"]}})", unbent,
       "present: Task T-2026-0001 is open.\n"},
      {"linked_among", R"({"link":"follows","of":"project.tasks"})", unbent, ""},
      {"linked_among", R"({"link":"follows","of":"project.tasks"})", follow, ""},
      {"linked_among", R"({"link":"follows","of":"project.tasks"})",
       [](GuardScene& s) {
         const RecordId elsewhere = s.facts.add("project", "running");
         s.facts.link(s.self, "follows", s.facts.add("task", "open", {}, {{"project", {elsewhere}}}));
       },
       "elsewhere: Task T-2026-0003 is none of the Tasks here.\n"},
      {"linked_among", R"({"link":"follows","of":"followed_by"})", follow,
       "elsewhere: Task T-2026-0002 is none of the Tasks here.\n"},
      {"linked_at_most", R"({"link":"project.tasks","count":2})", unbent, ""},
      {"linked_at_most", R"({"link":"project.tasks","in":["#live"],"count":1})", unbent,
       "too_many: There are 2 Tasks; at most 1 are allowed.\n"},
      {"linked_at_most", R"({"link":"project.tasks","in":["open"],"count":1})", unbent, ""},
  }));
  GuardScene scene;
  row.bend(scene);
  INFO(row.guard << " " << row.parameters);
  CHECK(guard_unmet(scene, row, &scene.input) == row.expected);
}

TEST_CASE("guards about the checklist", "[guards]") {
  const auto row = GENERATE(values<GuardRow>({
      {"items_planned", "{}", unbent, "none: No checklist item is planned.\n"},
      {"items_planned", "{}", own_item, ""},
      {"no_item_planned", "{}", unbent, ""},
      {"no_item_planned", "{}", own_item,
       "planned: 1 checklist items are planned, for example A.8.13-q1; take them out of the plan first.\n"},
      {"items_assigned", "{}", own_item, ""},
      {"items_assigned", "{}",
       [](GuardScene& s) {
         own_item(s);
         item(s, "A.5.1", "whole", {}, "conforms");
       },
       "unassigned: 1 of 2 planned checklist items have no auditor, for example A.5.1-q1.\n"},
      {"items_of", R"({"field":"items","of":"follows"})", unbent, ""},
      {"items_of", R"({"field":"items","of":"follows"})", [](GuardScene& s) { finding(s, "A.8-q1", ""); }, ""},
      {"items_of", R"({"field":"items","of":"follows"})", [](GuardScene& s) { finding(s, "A.8-q2", ""); },
       "not_planned: A.8-q2 (whole) is no checklist item of Task T-2026-0002.\n"},
      {"items_of", R"({"field":"items","of":"follows","results":["bad"]})",
       [](GuardScene& s) { finding(s, "A.8-q1", "bad"); }, ""},
      {"items_of", R"({"field":"items","of":"follows","results":["bad"]})",
       [](GuardScene& s) { finding(s, "A.8-q1", "conforms"); },
       "other_result: A.8-q1 (whole) of Task T-2026-0002 has no result that bears this finding.\n"},
      {"items_answered", "{}", unbent, ""},
      {"items_answered", "{}", own_item,
       "unanswered: 1 of 1 planned checklist items have no result, for example A.8.13-q1.\n"},
      {"items_answered", "{}", [](GuardScene& s) { item(s, "A.5.1", "whole", {}, "conforms"); }, ""},
  }));
  GuardScene scene;
  row.bend(scene);
  INFO(row.guard << " " << row.parameters);
  CHECK(guard_unmet(scene, row, &scene.input) == row.expected);
}

TEST_CASE("guards about the sessions of a plan", "[guards]") {
  const auto row = GENERATE(values<GuardRow>({
      {"no_clash", R"({"field":"sessions","seats":["owner"]})", unbent, ""},
      {"no_clash", R"({"field":"sessions","seats":["owner"]})",
       [](GuardScene& s) { s.input["sessions"] = {session(s.owner, nine, ten), session(s.owner, ten, eleven)}; }, ""},
      {"no_clash", R"({"field":"sessions","seats":["owner"]})",
       [](GuardScene& s) {
         s.input["sessions"] = {session(s.owner, nine, ten), session(s.owner, eleven, half_past_nine_utc)};
       },
       "ends_before_start: Session 2 (2026-03-02T11:00:00+01:00) does not end after it starts.\n"},
      {"no_clash", R"({"field":"sessions","seats":["owner","checker"]})",
       [](GuardScene& s) {
         s.input["sessions"] = {session(s.owner, ten, eleven), session(s.checker, nine, eleven),
                                session(s.owner, nine, eleven)};
       },
       "overlap: Sessions 1 (2026-03-02T10:00:00+01:00) and 3 (2026-03-02T09:00:00+01:00) of the same auditor "
       "overlap.\n"},
      {"no_clash", R"({"field":"sessions","seats":["owner"]})",
       [](GuardScene& s) { s.input["sessions"] = {session(s.checker, nine, ten)}; },
       "not_in_team: The auditor of session 1 (2026-03-02T09:00:00+01:00) has no such seat in the team.\n"},
      {"sessions_within", on_the_days, unbent, ""},
      {"sessions_within", on_the_days, [](GuardScene& s) { held(s, {"2026-03-10T00:00:00+01:00", nine}, "Kiel"); },
       "other_day: Session 2 (2026-03-02T09:00:00+01:00) lies outside of the planned days, 2026-03-10 to "
       "2026-03-11.\n"},
      {"sessions_within", on_the_days, [](GuardScene& s) { held(s, {"2026-03-11T23:30:00+01:00"}, "Kiel"); }, ""},
      {"sessions_within", on_the_days, [](GuardScene& s) { held(s, {"2026-03-12T00:00:00+01:00"}, "Kiel"); },
       "other_day: Session 1 (2026-03-12T00:00:00+01:00) lies outside of the planned days, 2026-03-10 to "
       "2026-03-11.\n"},
      {"sessions_within", on_the_days, [](GuardScene& s) { held(s, {"2026-03-09T23:00:00Z"}, "Kiel"); }, ""},
      {"sessions_within", on_the_days, [](GuardScene& s) { held(s, {"2026-03-09T22:59:00Z"}, "Kiel"); },
       "other_day: Session 1 (2026-03-09T22:59:00Z) lies outside of the planned days, 2026-03-10 to 2026-03-11.\n"},
      {"sessions_within", on_the_days, [](GuardScene& s) { held(s, {"2026-03-10T09:00:00Z"}, "Oslo"); },
       "other_site: Session 1 (2026-03-10T09:00:00Z) is held elsewhere: Oslo is not in \"places\".\n"},
      {"sessions_within", on_the_days, [](GuardScene& s) { held(s, {"2026-03-10T09:00:00Z"}, nullptr); }, ""},
      {"sessions_within", on_the_days,
       [](GuardScene& s) {
         s.input["mode"] = "remote";
         held(s, {"2026-03-10T09:00:00Z"}, "Oslo");
       },
       ""},
      {"sessions_within", on_the_days,
       [](GuardScene& s) {
         held(s, {"2026-03-10T09:00:00Z"}, "Oslo");
         s.input.erase("places");
       },
       ""},
      {"time_of_team", R"({"field":"sessions","seats":["owner"]})", unbent, ""},
      {"time_of_team", R"({"field":"sessions","seats":["owner","checker"]})",
       [](GuardScene& s) { s.input["sessions"] = {session(s.owner, nine, ten), session(s.checker, nine, ten)}; }, ""},
      {"time_of_team", R"({"field":"sessions","seats":["owner"]})",
       [](GuardScene& s) { s.input["sessions"] = {session(s.owner, nine, ten), session(s.checker, nine, ten)}; },
       "not_in_team: sessions, row 2: whose time counts has, or has had, such a seat in the team.\n"},
  }));
  GuardScene scene;
  row.bend(scene);
  INFO(row.guard << " " << row.parameters);
  CHECK(guard_unmet(scene, row, &scene.input) == row.expected);
}

TEST_CASE("sessions that all overlap are told by examples", "[guards]") {
  GuardScene scene;
  for (int i = 0; i < 500; ++i) scene.input["sessions"].push_back(session(scene.owner, nine, ten));
  const GuardRow row{"no_clash", R"({"field":"sessions","seats":["owner"]})", unbent, ""};
  const std::string told = guard_unmet(scene, row, &scene.input);
  CHECK(std::count(told.begin(), told.end(), '\n') == 20);
  CHECK(told.starts_with("overlap: Sessions 1 (2026-03-02T09:00:00+01:00) and 2 ("));
}

TEST_CASE("nobody audits what they answer for", "[guards]") {
  const auto row = GENERATE(values<GuardRow>({
      {"not_own_area", "{}", unbent, ""},
      {"not_own_area", "{}", own_item, "own_area: A.8.13 (whole) is audited by somebody who answers for it.\n"},
      {"not_own_area", "{}",
       [](GuardScene& s) {
         item(s, "A.81", "whole", s.worker, "");
         s.facts.answers_for(s.worker, "item:A.8");
       },
       ""},
      {"not_own_area", "{}",
       [](GuardScene& s) {
         item(s, "A.5.1", "site:Hamburg", s.worker, "");
         s.facts.answers_for(s.worker, "site:Hamburg");
       },
       "own_area: A.5.1 (site:Hamburg) is audited by somebody who answers for it.\n"},
      {"not_own_area", "{}",
       [](GuardScene& s) {
         own_item(s);
         s.facts.items_of(s.self)[0].auditor = s.chief;
       },
       ""},
      {"not_own_area", "{}",
       [](GuardScene& s) {
         own_item(s);
         s.facts.at(s.self).body.edit()["exceptions"] = {exception_for(s, "A.8.13")};
       },
       ""},
      {"not_own_area", "{}",
       [](GuardScene& s) {
         own_item(s);
         s.facts.at(s.self).body.edit()["exceptions"] = {exception_for(s, "A.8.13-q1")};
       },
       ""},
      {"not_own_area", "{}",
       [](GuardScene& s) {
         own_item(s);
         s.facts.at(s.self).body.edit()["exceptions"] = {exception_for(s, "A.8.14")};
       },
       "own_area: A.8.13 (whole) is audited by somebody who answers for it.\n"},
      {"not_own_area", "{}",
       [](GuardScene& s) {
         own_item(s);
         Json e = exception_for(s, "A.8.13");
         e["exempt_subject"] = "site:X";
         s.facts.at(s.self).body.edit()["exceptions"] = {e};
       },
       "own_area: A.8.13 (whole) is audited by somebody who answers for it.\n"},
      {"not_own_area", "{}",
       [](GuardScene& s) {
         own_item(s);
         Json e = exception_for(s, "A.8.13");
         e["exempt_auditor"] = uuid_of(s.chief);
         s.facts.at(s.self).body.edit()["exceptions"] = {e};
       },
       "own_area: A.8.13 (whole) is audited by somebody who answers for it.\n"},
      {"not_own_area", R"({"field":"items"})", own_item, ""},
      {"not_own_area", R"({"field":"items"})", propose,
       "own_area: A.5-q1 (whole) is audited by somebody who answers for it.\n"},
  }));
  GuardScene scene;
  row.bend(scene);
  INFO(row.guard << " " << row.parameters);
  CHECK(guard_unmet(scene, row, &scene.input) == row.expected);
}

TEST_CASE("who answered is compared as who is assigned is, and questions as items are", "[guards]") {
  const auto row = GENERATE(values<GuardRow>({
      {"not_own_area", "{}", answered_by_chief, ""},
      {"not_own_area", "{}",
       [](GuardScene& s) {
         answered_by_chief(s);
         s.facts.answers_for(s.chief, "item:A.8.13");
       },
       "own_area: A.8.13 (whole) is audited by somebody who answers for it.\n"},
      {"not_own_area", "{}",
       [](GuardScene& s) {
         item(s, "A.8.13", "whole", s.worker, "");
         s.facts.answers_for(s.worker, "item:A.8.13-q1");
       },
       "own_area: A.8.13 (whole) is audited by somebody who answers for it.\n"},
      {"not_own_area", "{}",
       [](GuardScene& s) {
         item(s, "A.8.13", "whole", s.worker, "");
         s.facts.answers_for(s.worker, "item:A.8.13-q2");
       },
       ""},
  }));
  GuardScene scene;
  row.bend(scene);
  INFO(row.guard << " " << row.parameters);
  CHECK(guard_unmet(scene, row, &scene.input) == row.expected);
}

TEST_CASE("while offers are computed, what the input may still bring is taken as met", "[guards]") {
  const auto row = GENERATE(values<GuardRow>({
      {"filled", R"({"fields":["cause"]})", unbent, ""},
      {"filled", R"({"fields":["overdue"]})", unbent, "empty: Overdue is not filled in.\n"},
      {"is", R"({"field":"grade","one_of":["minor"]})", unbent, ""},
      {"is_not", R"({"field":"grade","one_of":["major"]})", unbent, ""},
      {"after", R"({"field":"done_on","than":"today"})", unbent, ""},
      {"seated", R"({"seats":["owner"]})", [](GuardScene& s) { s.facts.take_seats(s.self, "owner", {}); }, ""},
      {"linked_some", R"({"link":"follows"})", unbent, ""},
      {"linked_some", R"({"link":"followed_by"})", unbent, "none: There are no Tasks as required here.\n"},
      {"people_differ", R"({"seats":["owner"],"from":["lead"],"of":"project"})",
       [](GuardScene& s) { s.facts.take_seats(s.self, "owner", {s.lead}); }, ""},
      {"actor_is_not", R"({"field":"approver"})",
       [](GuardScene& s) { s.facts.at(s.self).body.edit()["approver"] = uuid_of(s.chief); }, ""},
      {"not_own_area", R"({"field":"items"})", propose, ""},
      {"at_least", R"({"field":"effort","policy":"five_days"})", unbent, ""},
  }));
  GuardScene scene;
  row.bend(scene);
  INFO(row.guard << " " << row.parameters);
  CHECK(guard_unmet(scene, row, nullptr) == row.expected);
}

TEST_CASE("at_least goes by the policy as it holds for the record", "[guards]") {
  const char *project = "small/project.json", *task = "small/task.json";
  SmallWorld world(
      {{"policies/days.json", "/policies/five_days/between", {1, 9}},
       {project, "/overrides", {{"list", "set"}, {"policy", "policy"}, {"value", "days"}}},
       {project, "/fields/policy",
        Ordered::parse(R"({"title": "P", "type": "string", "enum": ["five_days"], "keep": "event",
                                        "x-labels": {"five_days": "F"}})")},
       {project, "/fields/days", {{"title", "D"}, {"type", "integer"}, {"minimum", 0}, {"maximum", 99}}},
       {project, "/fields/set", {{"title", "S"}, {"list", {"policy", "days"}}}},
       {project, "/commands/set",
        Ordered::parse(R"({"label": "Set", "event": "set", "from": ["running"], "by": ["manager"],
                                        "second": ["board"], "must": ["policy", "days"], "why": "1",
                                        "effects": [{"do": "append", "list": "set"}]})")},
       {task, "/commands/open/guards/0", {{"guard", "at_least"}, {"field", "effort"}, {"policy", "five_days"}}}});
  const auto open_with = [&](int effort) {
    const auto opened = world.act(world.worker, world.task("draft", {{"effort", effort}}), "open");
    return opened ? std::string() : text_of(opened.error());
  };
  CHECK(open_with(5).empty());
  CHECK(open_with(4).find("Effort is 4, which is below 5.") != std::string::npos);
  const Json seven{{"policy", "five_days"}, {"days", 7}};
  REQUIRE(world.act(Actor{world.chief, world.board}, world.project, "set", seven).has_value());
  CHECK(open_with(6).find("Effort is 6, which is below 7.") != std::string::npos);
  CHECK(open_with(7).empty());
}

TEST_CASE("every guard of the table is tried above, and every reason of it is a sentence", "[guards]") {
  std::string previous;
  for (const Guard& guard : guards()) {
    CHECK(std::string(guard.name) > previous);
    previous = guard.name;
    CHECK(find_guard(guard.name) == &guard);
    CHECK_FALSE(guard.says.empty());
    for (const GuardReason& reason : guard.reasons) {
      INFO(guard.name << "." << reason.code);
      CHECK(reason.text.ends_with('.'));
    }
  }
  CHECK(find_guard("linked") == nullptr);
  CHECK(guards().size() == 56);
}

TEST_CASE("reasons are explained in the languages that the set speaks, values name no person but by id", "[guards]") {
  WorkflowFiles files = small_files();
  files["guards.de.json"] = R"({"guards":{"linked_all":{"open":"{record} ist noch {state}."}}})";
  files["small/task.de.json"] = R"({"label":"Aufgabe","states":{"finished":"fertig"}})";
  World world(files);
  const RecordId self = world.facts.add("task", "open"), other = world.facts.add("task", "finished");
  world.facts.link(self, "follows", other);
  const Json parameters = Json::parse(R"({"link":"follows","in":["closed"]})");
  const RecordView& record = world.facts.at(self);
  const Actor actor{};
  const Json input = Json::object();
  const GuardContext context{world.set, world.facts, record, record.definition->commands.at("edit"),
                             actor,     world.now,   &input, parameters};
  const Unmet unmet = find_guard("linked_all")->unmet(context);
  REQUIRE(unmet.size() == 1);
  CHECK(unmet[0].values ==
        Json{{"type", "task"}, {"number", "T-2026-0002"}, {"state", "finished"}, {"record", uuid_of(other)}});
  CHECK(unmet[0].detail == "Task T-2026-0002 is still finished.");
  CHECK(explain(world.set, unmet[0], "de") == "Aufgabe T-2026-0002 ist noch fertig.");
  CHECK(explain(world.set, unmet[0], "fr") == unmet[0].detail);
}

}  // namespace
}  // namespace assay::test::guards_test
