// Guards about who acts, holds a seat or has held it, audits an item or visits a site: each met, and each reason.
#include "domain/guard_scene.h"

namespace assay::test::guards_people_test {
namespace {

void owner_has_left(GuardScene& scene) {
  scene.facts.take_seats(scene.self, "owner", {scene.worker});
  scene.actor = {scene.owner};
}
void lead_has_become_owner(GuardScene& scene) {
  scene.facts.take_seats(scene.project, "lead", {scene.chief});
  scene.facts.take_seats(scene.self, "owner", {scene.lead});
}

void checked_by(GuardScene& scene, PersonId auditor) {
  scene.facts.add_item(scene.self, {"cat", "q1", "A.1", "whole", auditor, ""});
}
/// An audit of two sites, with sessions at these.
void visits(GuardScene& scene, const std::vector<const char*>& sites) {
  scene.input["places"] = {"Kiel", "Oslo"};
  for (const char* site : sites) scene.input["sessions"].push_back({{"site", site}});
}

constexpr const char* follow_up =
    R"({"seats":["owner"],"from":["checker"],"of":"follows","any":["grade"],"one_of":["minor"],"in":["finished"]})";
constexpr const char* took_no_part =
    "none: Somebody on the seat Owner holds Checkers of none of the Tasks that are finished and have one of these as "
    "\"Grade\": Minor.\n";
void owner_checked_other(GuardScene& scene) {
  scene.facts.link(scene.self, "follows", scene.other);
  scene.facts.take_seats(scene.other, "checker", {scene.owner, scene.worker});
}

TEST_CASE("guards about people", "[guards]") {
  const auto row = GENERATE(values<GuardRow>({
      {"items_assigned", R"({"seats":["owner"]})", unbent, ""},
      {"items_assigned", R"({"seats":["owner"]})", [](GuardScene& s) { checked_by(s, s.owner); }, ""},
      {"items_assigned", R"({"seats":["owner","checker"]})", [](GuardScene& s) { checked_by(s, s.chief); },
       "not_in_team: 1 of 1 planned checklist items have an auditor without such a seat in the team, for example "
       "q1.\n"},
      {"sites_visited", R"({"field":"sessions","sites":"places"})", unbent, ""},
      {"sites_visited", R"({"field":"sessions","sites":"places"})", [](GuardScene& s) { visits(s, {"Kiel", "Oslo"}); },
       ""},
      {"sites_visited", R"({"field":"sessions","sites":"places"})", [](GuardScene& s) { visits(s, {"Oslo"}); },
       "no_session: sessions: there is no session for Kiel, which is in \"places\".\n"},
      {"actor_not", R"({"seats":["owner"]})", unbent, ""},
      {"actor_not", R"({"seats":["owner"]})", [](GuardScene& s) { s.actor = {s.owner}; },
       "holds_seat: You hold the seat Owner of Task T-2026-0001.\n"},
      {"actor_not", R"({"seats":["lead"],"of":"project"})", [](GuardScene& s) { s.actor = {s.lead}; },
       "holds_seat: You hold the seat Lead of Project P-2026-001.\n"},
      {"actor_not", R"({"seats":["owner"],"who":"second"})", [](GuardScene& s) { s.actor = {s.owner}; }, ""},
      {"actor_not", R"({"seats":["owner"],"who":"second"})", [](GuardScene& s) { s.actor = {s.chief, s.owner}; },
       "second_holds_seat: The second person holds the seat Owner of Task T-2026-0001.\n"},
      {"actor_not", R"({"seats":["owner"]})", [](GuardScene& s) { s.actor = Actor{{}, {}, true}; }, ""},
      {"actor_not", R"({"seats":["owner"]})", owner_has_left, ""},
      {"actor_not", R"({"seats":["owner"],"ever":false})", owner_has_left, ""},
      {"actor_not", R"({"seats":["owner"],"ever":true})", owner_has_left,
       "held_seat: You have held the seat Owner of Task T-2026-0001.\n"},
      {"actor_not", R"({"seats":["owner"],"ever":true})", unbent, ""},
      {"actor_not", R"({"seats":["owner"],"ever":true})", [](GuardScene& s) { s.actor = {s.owner}; },
       "holds_seat: You hold the seat Owner of Task T-2026-0001.\n"},
      {"actor_not", R"({"seats":["owner"],"who":"second","ever":true})",
       [](GuardScene& s) {
         owner_has_left(s);
         s.actor = {s.chief, s.owner};
       },
       "second_held_seat: The second person has held the seat Owner of Task T-2026-0001.\n"},
      {"actor_is_not", R"({"field":"approver"})", unbent, ""},
      {"actor_is_not", R"({"field":"approver"})",
       [](GuardScene& s) { s.facts.at(s.self).body.edit()["approver"] = uuid_of(s.chief); },
       "is_named: You are named in Approver.\n"},
      {"actor_is_not", R"({"field":"approver"})",
       [](GuardScene& s) { s.facts.at(s.self).body.edit()["approver"] = uuid_of(s.worker); }, ""},
      {"actor_is_not", R"({"field":"exempt_auditor","who":"second"})",
       [](GuardScene& s) {
         s.actor.second = s.board;
         s.input["exempt_auditor"] = uuid_of(s.board);
       },
       "second_is_named: The second person is named in Exempt.\n"},
      {"actor_not_did", R"({"commands":["open","finish"]})",
       [](GuardScene& s) { s.facts.did(s.worker, s.self, "open"); }, ""},
      {"actor_not_did", R"({"commands":["open","finish"]})",
       [](GuardScene& s) { s.facts.did(s.chief, s.self, "open"); },
       "did: You have performed Open on Task T-2026-0001.\n"},
      {"actor_not_did", R"({"commands":["start"],"of":"project"})",
       [](GuardScene& s) { s.facts.did(s.chief, s.project, "start"); },
       "did: You have performed Start on Project P-2026-001.\n"},
      {"people_differ", R"({"seats":["owner"],"from":["checker"]})", unbent, ""},
      {"people_differ", R"({"seats":["owner"],"from":["checker"]})",
       [](GuardScene& s) { s.facts.take_seats(s.self, "checker", {s.worker, s.owner}); },
       "overlap: The same person holds Owner of Task T-2026-0001 and Checkers of Task T-2026-0001.\n"},
      {"people_differ", R"({"seats":["owner"],"from":["lead"],"of":"project"})",
       [](GuardScene& s) { s.facts.take_seats(s.self, "owner", {s.lead}); },
       "overlap: The same person holds Owner of Task T-2026-0001 and Lead of Project P-2026-001.\n"},
      {"people_differ", R"({"seats":["owner"],"from":["lead"],"of":"project"})", lead_has_become_owner, ""},
      {"people_differ", R"({"seats":["owner"],"from":["lead"],"of":"project","ever":true})", lead_has_become_owner,
       "held: Somebody on the seat Owner of Task T-2026-0001 has held Lead of Project P-2026-001.\n"},
      {"people_differ", R"({"seats":["owner"],"from":["lead"],"of":"project","ever":true})",
       [](GuardScene& s) { s.facts.take_seats(s.self, "owner", {s.lead}); },
       "overlap: The same person holds Owner of Task T-2026-0001 and Lead of Project P-2026-001.\n"},
      {"people_differ", R"({"seats":["owner"],"from":["lead"],"of":"project","in":["closed"],"ever":true})",
       lead_has_become_owner, ""},
      {"people_differ", R"({"seats":["owner"],"from":["lead"],"of":"project","in":["#active"],"ever":true})",
       lead_has_become_owner,
       "held: Somebody on the seat Owner of Task T-2026-0001 has held Lead of Project P-2026-001.\n"},
      {"took_part", follow_up, unbent, took_no_part},
      {"took_part", follow_up, owner_checked_other, ""},
      {"took_part", follow_up,
       [](GuardScene& s) {
         owner_checked_other(s);
         s.facts.at(s.other).body.edit()["grade"] = "major";
       },
       took_no_part},
      {"took_part", follow_up,
       [](GuardScene& s) {
         owner_checked_other(s);
         s.facts.at(s.other).state = "open";
       },
       took_no_part},
      {"took_part", follow_up,
       [](GuardScene& s) {
         owner_checked_other(s);
         s.facts.take_seats(s.other, "checker", {s.worker});
       },
       took_no_part},
      {"seated", R"({"seats":["owner","checker"]})", unbent, ""},
      {"seated", R"({"seats":["owner","checker"]})",
       [](GuardScene& s) {
         s.facts.take_seats(s.self, "owner", {});
         s.facts.take_seats(s.self, "checker", {});
       },
       "vacant: Nobody holds the seat Owner.\nvacant: Nobody holds the seat Checkers.\n"},
      {"have_left", R"({"seats":["owner"]})", unbent,
       "here: Somebody on the seat Owner has not left the organisation.\n"},
      {"have_left", R"({"seats":["owner"]})", [](GuardScene& s) { s.facts.leave(s.owner); }, ""},
      {"have_left", R"({"seats":["owner"]})", [](GuardScene& s) { s.facts.take_seats(s.self, "owner", {}); }, ""},
      {"nothing_awaits", R"({"seats":["owner"]})", unbent,
       "awaited: Seats, checklist items or proposals still await somebody on the seat Owner: hand them over first.\n"},
      {"nothing_awaits", R"({"seats":["owner"]})",
       [](GuardScene& s) { s.facts.at(s.self).state = s.facts.at(s.other).state = "closed"; }, ""},
      {"role_present", R"({"roles":["worker","board"],"seats":["checker"]})",
       [](GuardScene& s) { s.facts.take_seats(s.self, "checker", {s.owner, s.board}); }, ""},
      {"role_present", R"({"roles":["worker","board"],"seats":["checker"]})", unbent,
       "absent: Nobody among those named has one of the roles: Worker, Board.\n"},
  }));
  GuardScene scene;
  row.bend(scene);
  INFO(row.guard << " " << row.parameters);
  CHECK(guard_unmet(scene, row, &scene.input) == row.expected);
}

}  // namespace
}  // namespace assay::test::guards_people_test
