// What successors take over from somebody who leaves, on the shipped types: seats, items, sessions, proposals.
#include "domain/hand_over.h"
#include "workflows/company.h"

namespace assay::test::hand_over_test {
namespace {

struct Case {
  const char* what;
  std::function<std::vector<Succession>(Company&)> wish;
  PersonId Company::* leaver;
  std::string expected;  // "granted", or as answer() tells
};

Result<Decision> decided(Company& company, PersonId leaver, const std::vector<Succession>& wish) {
  return hand_over(company.facts, leaver, wish, company.now,
                   [](const RecordView&) -> const WorkflowSet& { return shipped(); });
}

std::string told(const Result<Decision>& decision) { return decision ? "granted" : answer(decision); }

Json session(const Company& company, PersonId auditor, int hour) {
  return {{"auditor", company.name(auditor)},
          {"topics", "Backup"},
          {"starts", fmt::format("2026-03-02T{:02}:00:00Z", hour)},
          {"ends", fmt::format("2026-03-02T{:02}:00:00Z", hour + 2)},
          {"zone", "UTC"},
          {"mode", "on_site"}};
}

/// A planned audit with a session each of the lead auditor (at 9) and the auditor.
RecordId planned(Company& company, int auditor_at) {
  const RecordId id = company.audit_in("plan_issued");
  company.facts.at(id).body.edit()["sessions"] =
      Json::array({session(company, company.lead, 9), session(company, company.auditor, auditor_at)});
  return id;
}

/// The same with an item of the auditor that nobody has answered.
RecordId with_open_item(Company& company) {
  const RecordId id = company.audit_in("fieldwork");
  company.facts.add_item(id, {"iso27001-2022", "A.8.14-q1", "A.8.14", "whole", company.auditor, ""});
  company.facts.answers_for(company.colleague, "item:A.8.14");
  return id;
}

Succession::Proposal lowering(PersonId to) {
  return {{"lower_grade", {{"reason", "One system only."}, {"regrade_evidence", "Logs"}}}, to};
}

const std::vector<Case> cases = {
    {"an owner's successor",
     [](Company& c) {
       return std::vector<Succession>{{c.nonconformity_in("issued"), {{"action_owner", c.colleague}}}};
     },
     &Company::owner, "granted"},
    {"nobody owns the action that they verify",
     [](Company& c) { return std::vector<Succession>{{c.nonconformity_in("issued"), {{"action_owner", c.verifier}}}}; },
     &Company::owner, "unmet people_differ.overlap"},
    {"nor verifies the one that they own",
     [](Company& c) { return std::vector<Succession>{{c.nonconformity_in("verifying"), {{"verifier", c.owner}}}}; },
     &Company::verifier, "unmet people_differ.overlap"},
    {"both seats of one person to one person",
     [](Company& c) {
       const RecordId id = c.nonconformity_in("issued");
       c.facts.take_seats(id, "verifier", {c.owner});
       return std::vector<Succession>{{id, {{"action_owner", c.colleague}, {"verifier", c.colleague}}}};
     },
     &Company::owner, "unmet people_differ.overlap"},
    {"both to two",
     [](Company& c) {
       const RecordId id = c.nonconformity_in("issued");
       c.facts.take_seats(id, "verifier", {c.owner});
       return std::vector<Succession>{{id, {{"action_owner", c.colleague}, {"verifier", c.verifier}}}};
     },
     &Company::owner, "granted"},
    {"what was unmet for another reason stays no obstacle",
     [](Company& c) {
       const RecordId id = c.audit_in("fieldwork");
       c.facts.take_seats(id, "auditee", {c.auditee, c.trainee});
       return std::vector<Succession>{{id, {{"auditor", c.colleague}}}};
     },
     &Company::auditor, "granted"},
    {"no auditee in the team",
     [](Company& c) { return std::vector<Succession>{{c.audit_in("fieldwork"), {{"auditor", c.auditee}}}}; },
     &Company::auditor, "unmet people_differ.overlap"},
    {"unless that was waived",
     [](Company& c) {
       const RecordId id = c.audit_in("fieldwork");
       c.facts.at(id).body.edit()["waived"] = {"mixed_team"};
       return std::vector<Succession>{{id, {{"auditor", c.auditee}}}};
     },
     &Company::auditor, "granted"},
    {"an item to who answers for it",
     [](Company& c) { return std::vector<Succession>{{with_open_item(c), {}, c.colleague}}; }, &Company::auditor,
     "unmet not_own_area.own_area"},
    {"an item to somebody else", [](Company& c) { return std::vector<Succession>{{with_open_item(c), {}, c.lead}}; },
     &Company::auditor, "granted"},
    {"sessions that overlap",
     [](Company& c) { return std::vector<Succession>{{planned(c, 10), {{"auditor", c.lead}}}}; }, &Company::auditor,
     "unmet no_clash.overlap"},
    {"sessions one after the other",
     [](Company& c) {
       const RecordId id = planned(c, 14);
       c.facts.take_seats(id, "auditor", {c.auditor, c.colleague});
       return std::vector<Succession>{{id, {{"auditor", c.colleague}}}};
     },
     &Company::auditor, "granted"},
    {"sessions while the successor is engaged elsewhere",
     [](Company& c) {
       const RecordId elsewhere = planned(c, 15);
       c.facts.take_seats(elsewhere, "auditor", {c.colleague});
       c.facts.at(elsewhere).body.edit()["sessions"][1]["auditor"] = c.name(c.colleague);
       return std::vector<Succession>{{planned(c, 14), {{"auditor", c.colleague}}}};
     },
     &Company::auditor, "unmet no_clash.engaged"},
    {"sessions of two audits that do not overlap",
     [](Company& c) {
       return std::vector<Succession>{{planned(c, 12), {{"auditor", c.colleague}}},
                                      {planned(c, 14), {{"auditor", c.colleague}}}};
     },
     &Company::auditor, "granted"},
    {"sessions of two audits that were of two people at a time",
     [](Company& c) {
       const RecordId other = planned(c, 15);
       c.facts.at(other).body.edit()["sessions"][1]["auditor"] = c.name(c.trainee);
       c.facts.take_seats(other, "auditor", {c.auditor});
       return std::vector<Succession>{{planned(c, 14), {{"auditor", c.trainee}}}, {other, {{"auditor", c.trainee}}}};
     },
     &Company::auditor, "unmet no_clash.engaged"},
    {"who reported remains who reported",
     [](Company& c) {
       const RecordId id = c.nonconformity_in("issued");
       c.facts.take_seats(id, "reporter", {c.owner});
       return std::vector<Succession>{{id, {{"reporter", c.colleague}}}};
     },
     &Company::owner, "invalid "},
    {"a seat of somebody else",
     [](Company& c) { return std::vector<Succession>{{c.nonconformity_in("issued"), {{"verifier", c.colleague}}}}; },
     &Company::owner, "invalid "},
    {"no such seat",
     [](Company& c) { return std::vector<Succession>{{c.nonconformity_in("issued"), {{"chair", c.colleague}}}}; },
     &Company::owner, "invalid "},
    {"what has come to its end awaits nobody",
     [](Company& c) {
       return std::vector<Succession>{{c.nonconformity_in("closed"), {{"action_owner", c.colleague}}}};
     },
     &Company::owner, "wrong_state"},
    {"no such record", [](Company&) { return std::vector<Succession>{{RecordId{999}}}; }, &Company::owner, "not_found"},
    {"a proposal to who may make it",
     [](Company& c) { return std::vector<Succession>{{c.nonconformity_in("issued"), {}, {}, {lowering(c.isms2)}}}; },
     &Company::isms, "granted"},
    {"a proposal to who may not",
     [](Company& c) { return std::vector<Succession>{{c.nonconformity_in("issued"), {}, {}, {lowering(c.boss)}}}; },
     &Company::isms, "not_permitted"},
    {"nor to who owns the action",
     [](Company& c) {
       const RecordId id = c.nonconformity_in("issued");
       c.facts.take_seats(id, "action_owner", {c.isms2});
       return std::vector<Succession>{{id, {}, {}, {lowering(c.isms2)}}};
     },
     &Company::isms, "unmet actor_not.holds_seat"},
    {"a seat that brings the right to propose",
     [](Company& c) {
       const RecordId audit = c.audit_in("report_issued");
       return std::vector<Succession>{{audit, {{"lead_auditor", c.colleague}}},
                                      {c.nonconformity_in("issued", audit), {}, {}, {lowering(c.colleague)}}};
     },
     &Company::lead, "granted"},
    {"one refusal refuses all",
     [](Company& c) {
       return std::vector<Succession>{{c.nonconformity_in("issued"), {{"action_owner", c.colleague}}},
                                      {c.nonconformity_in("issued"), {{"action_owner", c.verifier}}}};
     },
     &Company::owner, "unmet people_differ.overlap"},
};

TEST_CASE("a successor meets what the type asks of the holders of a seat", "[hand-over]") {
  for (const Case& row : cases) {
    Company company;
    INFO(row.what);
    const auto wish = row.wish(company);
    const auto decision = decided(company, company.*row.leaver, wish);
    INFO((decision ? std::string("granted") : text_of(decision.error())));
    CHECK(told(decision) == row.expected);
    if (decision.has_error()) {
      for (const UnmetGuard& unmet : decision.error().unmet)
        CHECK((unmet.guard == "actor_not" || unmet.values.contains("handed")));
    }
  }
}

TEST_CASE("a hand-over changes seats and plan alone, and names the successor in both", "[hand-over]") {
  Company company;
  const RecordId id = planned(company, 14);
  const auto decision = decided(company, company.auditor, {{id, {{"auditor", company.colleague}}}});
  REQUIRE(decision.has_value());
  REQUIRE(decision->changes.size() == 1);
  const Change& change = decision->changes.front();
  CHECK(change.event == "handed_over");
  CHECK(change.state == "plan_issued");
  CHECK(change.unseated == Seats{{"auditor", {company.auditor}}});
  CHECK(change.seated == Seats{{"auditor", {company.colleague}}});
  CHECK(change.told == std::vector<std::string>{"auditor"});
  CHECK(change.set.size() == 1);
  CHECK(change.set.at("sessions").at(0).at("auditor") == company.name(company.lead));
  CHECK(change.set.at("sessions").at(1).at("auditor") == company.name(company.colleague));
  CHECK(change.timers.empty());

  company.facts.take_seats(id, "auditor", {company.auditor, company.colleague});
  const auto merged = decided(company, company.auditor, {{id, {{"auditor", company.colleague}}}});
  REQUIRE(merged.has_value());
  CHECK(merged->changes.front().seated.empty());
}

}  // namespace
}  // namespace assay::test::hand_over_test
