// Appeals and complaints: G9, nobody handles what they were involved in, and everybody is told how it ends.
#include "workflows/certifier.h"

namespace assay::test::appeal_test {
namespace {

using B = Certifier;

RecordId appeal(Certifier& body, const std::string& state) {
  body.decision_in("notified");
  body.facts.at(body.decision).body.edit()["appeal_until"] = "2026-03-20";
  body.facts.take_seats(body.decision, "decision_maker", {body.decider});
  return body.facts.add(
      "appeal", state,
      {{"title", "Refused"}, {"investigation", "The record is complete"}, {"received_on", "2026-03-01"}},
      {{"client", body.client}, {"decision", body.decision}}, {{"investigator", {body.investigator}}});
}
/// About an audit and the decision on it, by somebody outside.
RecordId complaint(Certifier& body, const std::string& state) {
  appeal(body, "received");
  return body.facts.add("complaint", state,
                        {{"title", "Late"}, {"investigation", "It was late"}, {"received_on", "2026-03-01"}},
                        {{"about", body.client}, {"audit", body.audit}, {"decision", body.decision}},
                        {{"investigator", {body.investigator}}});
}
auto seated(PersonId B::* who, const char* seat) {
  return [=](Certifier& body, RecordId) { body.facts.take_seats(body.audit, seat, {body.*who}); };
}
auto decided_by(PersonId B::* who, const char* seat) {
  return [=](Certifier& body, RecordId) { body.facts.take_seats(body.decision, seat, {body.*who}); };
}
auto reviewed_by(PersonId B::* who) {
  return [=](Certifier& body, RecordId) { body.facts.take_seats(body.review, "technical_reviewer", {body.*who}); };
}
auto did(PersonId B::* who, const char* command) {
  return [=](Certifier& body, RecordId) { body.facts.did(body.*who, body.decision, command); };
}
auto interested(PersonId B::* who) {
  return [=](Certifier& body, RecordId) { body.interest(body.*who, "employment"); };
}
const Json result{{"result", "dismissed"}, {"result_reason", "The decision stands"}};
const Json dismissal{{"result_reason", "The decision stands"}};
const Json success{{"result", "partly_upheld"}, {"result_reason", "The finding was of another site"}};
Json to(PersonId who) { return {{"investigator", {uuid_of(who)}}}; }

struct Handling {
  const char* state;
  PersonId B::* who;
  const char* command;
  Json input;
  const char* next;
};
/// What only somebody uninvolved may do.
const std::vector<Handling> handled{
    {"acknowledged", &B::manager, "validate", {{"validity", "In time"}}, "-> validated"},
    {"acknowledged", &B::manager, "find_invalid", {{"validity", "No decision"}}, "-> decided"},
    {"validated", &B::investigator, "investigate", {}, "-> investigating"},
    {"investigating", &B::investigator, "record_finding", {{"investigation", "More"}}, "-> investigating"}};
struct Handled {
  RecordId (*make)(Certifier&, const std::string&);
  std::vector<Handling> decisions;
};
const std::vector<Handled> matters{{appeal,
                                    {{"investigating", &B::manager, "dismiss", dismissal, "-> decided"},
                                     {"investigating", &B::manager, "uphold", success, "-> decided"}}},
                                   {complaint, {{"investigating", &B::manager, "decide", result, "-> decided"}}}};

// Tables: a row each, however long.
// clang-format off
TEST_CASE("G9: who was involved in the matter handles no appeal and no complaint about it") {
  for (const auto& [make, decisions] : matters) {
    std::vector<Handling> all = handled;
    all.insert(all.end(), decisions.begin(), decisions.end());
    for (const Handling& step : all) {
      const auto& who = step.who;
      try_cases({
          {"somebody uninvolved", step.state, who, step.command, step.input, step.next},
          {"the lead auditor", step.state, who, step.command, step.input, "unmet actor_not.holds_seat", seated(who, "lead_auditor")},
          {"the technical expert", step.state, who, step.command, step.input, "unmet actor_not.holds_seat", seated(who, "technical_expert")},
          {"who decided", step.state, who, step.command, step.input, "unmet actor_not.holds_seat", decided_by(who, "decision_maker")},
          {"a member of the committee", step.state, who, step.command, step.input, "unmet actor_not.holds_seat", decided_by(who, "committee_member")},
          {"the technical reviewer", step.state, who, step.command, step.input, "unmet actor_not.holds_seat", reviewed_by(who)},
          {"who submitted the package", step.state, who, step.command, step.input, "unmet actor_not_did.did", did(who, "submit_package")},
          {"who notified the decision", step.state, who, step.command, step.input, "unmet actor_not_did.did", did(who, "notify")},
          {"a former employee of the client", step.state, who, step.command, step.input, "unmet none_registered.actor_present", interested(who)},
      }, make);
    }
    const Certifier people;
    const Handling& decision = decisions.front();
    try_cases({
        {"an investigator is appointed", "acknowledged", &B::manager, "appoint_investigator", to(people.investigator), "-> acknowledged"},
        {"who decided", "acknowledged", &B::manager, "appoint_investigator", to(people.decider), "unmet people_differ.overlap role_present.absent"},
        {"the technical reviewer", "acknowledged", &B::manager, "appoint_investigator", to(people.technical), "unmet people_differ.overlap role_present.absent"},
        {"the lead auditor", "acknowledged", &B::manager, "appoint_investigator", to(people.lead), "unmet people_differ.overlap role_present.absent"},
        {"decided by who investigated", "investigating", &B::manager, decision.command, decision.input, "unmet actor_not_did.did",
         [](Certifier& body, RecordId id) { body.facts.did(body.manager, id, "record_finding"); }},
        {"decided by the investigator", "investigating", &B::investigator, decision.command, decision.input, "not_permitted"},
        {"extended by one", "investigating", &B::manager, "extend_decision", {{"decide_until", "2026-06-01"}, {"reason", "Holidays"}}, "second"},
        {"extended by two", "investigating", &B::manager, "extend_decision", {{"decide_until", "2026-06-01"}, {"reason", "Holidays"}}, "-> investigating", {}, &B::committee},
        {"notified", "decided", &B::manager, "notify", {{"notification", "Dismissed"}}, "-> notified"},
        {"closed", "notified", &B::manager, "close", {{"closing", "Letter of today"}}, "-> closed"},
        {"closed before the notification", "decided", &B::manager, "close", {{"closing", "x"}}, "wrong_state"},
    }, make);
  }
  try_cases({
      {"somebody named in the complaint", "investigating", &B::manager, "decide", result, "unmet actor_is_not.is_named",
       [](Certifier& body, RecordId id) { body.facts.at(id).body.edit()["people_concerned"] = {body.name(body.manager)}; }},
  }, complaint);
}

/// What is made from now on is in a programme of another client.
void go_elsewhere(Certifier& body) {
  const RecordId stranger = body.facts.add("client", "contracted", {{"name", "Other"}});
  body.programme = body.facts.add("certification-programme", "running", *body.facts.at(body.programme).body, {{"client", stranger}});
}

TEST_CASE("an appeal is filed against a decision that was notified, in time") {
  const auto input = [](const char* state, const char* until) {
    return [=](Certifier& body) {
      body.decision_in(state);
      body.facts.at(body.decision).body.edit()["appeal_until"] = until;
      return Json{{"client", body.name(body.client)}, {"decision", body.name(body.decision)}, {"title", "Refused"}, {"grounds", "The finding is wrong"}};
    };
  };
  try_new_cases("appeal", {
      {"by the client on the last day", &B::customer, "file", input("notified", "2026-03-02"), "-> received"},
      {"too late", &B::customer, "file", input("notified", "2026-03-01"), "unmet not_after.too_late"},
      {"against a decision on somebody else", &B::customer, "file", [&](Certifier& body) { go_elsewhere(body); return input("notified", "2026-03-20")(body); }, "unmet linked_among.elsewhere"},
      {"before the notification", &B::customer, "file", input("decided", "2026-03-20"), "unmet linked_some.none_in_state"},
      {"by the body in the client's name", &B::manager, "file", input("notified", "2026-03-20"), "not_permitted"},
      {"a letter that came in time", &B::manager, "record", [&](Certifier& body) { Json all = input("notified", "2026-03-01")(body); all["received_on"] = "2026-02-27"; return all; }, "-> received"},
      {"a letter that came too late", &B::manager, "record", [&](Certifier& body) { Json all = input("notified", "2026-02-26")(body); all["received_on"] = "2026-02-27"; return all; }, "unmet not_after.after"},
  });
  Certifier body;
  REQUIRE(answer(body.make(body.customer, "appeal", "file", input("notified", "2026-03-20")(body))) == "-> received");
  const RecordId id = body.last;
  CHECK(body.facts.at(body.decision).body->at("appealed") == true);
  CHECK(to_text(body.facts.timers(id).at("acknowledgement_due").day) == "2026-03-09");
  CHECK(to_text(body.facts.timers(id).at("decision_due").day) == "2026-05-01");
  steps(body, {body.investigator}, id, "acknowledge", {}, "acknowledged");
  steps(body, {body.manager}, id, "validate", {{"validity", "In time"}}, "validated");
  steps(body, {body.investigator}, id, "investigate", {}, "investigating");
  CHECK(to_text(body.facts.timers(id).at("progress_due").day) == "2026-04-01");
  steps(body, body.by_timer(), id, "note_progress_overdue", {}, "investigating");
  CHECK(body.facts.at(id).body->at("progress_overdue") == true);
  steps(body, {body.investigator}, id, "report_progress", {{"progress", "Files were read"}}, "investigating");
  CHECK(body.facts.at(id).body->at("progress_overdue") == false);
}

TEST_CASE("an upheld appeal opens a decision, which goes through review like any other; a dismissed one opens none") {
  try_cases({
      {"dismissed, called upheld", "investigating", &B::manager, "uphold", result, "unmet is.other_value"},
      {"in part", "investigating", &B::manager, "uphold", success, "-> decided"},
  }, appeal);
  for (const bool upheld : {false, true}) {
    Certifier body;
    const RecordId id = appeal(body, "investigating");
    steps(body, {body.manager}, id, upheld ? "uphold" : "dismiss", upheld ? success : dismissal, "decided");
    const auto opened = body.facts.linked(id, "new_decisions");
    REQUIRE(opened.size() == (upheld ? 1 : 0));
    if (!upheld) continue;
    CHECK(body.state(opened.front()) == "awaiting_package");
    CHECK(body.facts.at(opened.front()).body->at("kind") == body.facts.at(body.decision).body->at("kind"));
    CHECK(body.facts.linked(opened.front(), "programme") == std::vector{body.programme});
  }
}

TEST_CASE("a complaint comes from a client or from anybody else") {
  try_new_cases("complaint", {
      {"of a client", &B::customer, "file", [](Certifier& body) { return Json{{"client", body.name(body.client)}, {"title", "Late"}, {"subject", "body"}, {"description", "The report is late"}}; }, "-> received"},
      {"about an own audit", &B::customer, "file", [](Certifier& body) { return Json{{"client", body.name(body.client)}, {"audit", body.name(body.audit)}, {"title", "Late"}, {"subject", "audit"}, {"description", "The report is late"}}; }, "-> received"},
      {"about somebody else's audit", &B::customer, "file", [](Certifier& body) { go_elsewhere(body); return Json{{"client", body.name(body.client)}, {"audit", body.name(body.audit_of("stage2"))}, {"title", "Late"}, {"subject", "audit"}, {"description", "x"}}; }, "unmet linked_among.elsewhere"},
      {"about somebody else's decision", &B::customer, "file", [](Certifier& body) { go_elsewhere(body); return Json{{"client", body.name(body.client)}, {"decision", body.name(body.decision_in("notified"))}, {"title", "Late"}, {"subject", "other"}, {"description", "x"}}; }, "unmet linked_among.elsewhere"},
      {"of somebody outside", &B::registrar, "record", [](Certifier& body) { return Json{{"about", body.name(body.client)}, {"complainant", "A customer"}, {"title", "Mark"}, {"subject", "use_of_mark"}, {"description", "On a product"}, {"received_on", "2026-03-01"}}; }, "-> received"},
      {"tomorrow", &B::registrar, "record", [](Certifier&) { return Json{{"complainant", "A customer"}, {"title", "Mark"}, {"subject", "other"}, {"description", "x"}, {"received_on", "2026-03-03"}}; }, "unmet not_after.after"},
  });
}

}  // namespace
}  // namespace assay::test::appeal_test
