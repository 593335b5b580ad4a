// What a certification body keeps on record about people and itself: competence, interests, accreditation, risks to
// impartiality, and the meetings of its committees.
#include "workflows/certifier.h"

namespace assay::test::registers_test {
namespace {

using B = Certifier;

RecordId competence(Certifier& body, const std::string& state) {
  const RecordId id = body.facts.add("competence", state,
                                     {{"title", "Auditor"},
                                      {"person", body.name(body.holder)},
                                      {"function", "auditor"},
                                      {"scheme", "iso_27001"},
                                      {"areas", body.areas},
                                      {"valid_from", "2026-01-01"},
                                      {"valid_until", "2028-12-31"}},
                                     {}, {{"holder", {body.holder}}, {"evaluator", {body.evaluator}}});
  body.facts.add_evidence(id, body.now.at);
  return id;
}
void observed(Certifier& body, RecordId id) {
  body.facts.at(id).body.edit()["observations"] = Json::array({{{"observation", "Asks openly"}}});
}
/// An audit in which the holder of the competence is in training.
RecordId trained_in(Certifier& body, const char* purpose, const char* state = "complete") {
  const RecordId id = body.audit_of(purpose, state);
  body.facts.take_seats(id, "auditor_in_training", {body.holder});
  return id;
}
/// An auditor who has worked under an evaluator, in an initial and a surveillance audit.
void evaluated(Certifier& body, RecordId id) {
  body.facts.link(id, "evaluated_initial", trained_in(body, "stage2"));
  body.facts.link(id, "evaluated_surveillance", trained_in(body, "surveillance"));
  observed(body, id);
}
/// The same, with these audits in place of an initial one and a surveillance.
auto evaluated_in(RecordId (*initial)(Certifier&), RecordId (*surveillance)(Certifier&)) {
  return [=](Certifier& body, RecordId id) {
    body.facts.link(id, "evaluated_initial", initial(body));
    body.facts.link(id, "evaluated_surveillance", surveillance(body));
    observed(body, id);
  };
}
RecordId initial_audit(Certifier& body) { return trained_in(body, "stage2"); }
RecordId recertification(Certifier& body) { return trained_in(body, "recertification"); }
RecordId surveillance(Certifier& body) { return trained_in(body, "surveillance"); }
RecordId surveillance_of_others(Certifier& body) { return body.audit_of("surveillance"); }
RecordId surveillance_under_way(Certifier& body) { return trained_in(body, "surveillance", "fieldwork"); }
RecordId surveillance_besides(Certifier& body) {
  const RecordId id = trained_in(body, "scope_change");
  body.facts.at(id).body.edit()["further_purposes"] = {"surveillance"};
  return id;
}
RecordId surveillance_once_proposed_for(Certifier& body) {
  const RecordId id = surveillance(body);
  body.facts.take_seats(id, "auditor_in_training", {body.member});
  return id;
}
auto field(const char* name, Json value) {
  return [=](Certifier& body, RecordId id) { body.facts.at(id).body.edit()[name] = value; };
}
auto person(PersonId B::* who) {
  return [=](Certifier& body, RecordId id) { body.facts.at(id).body.edit()["person"] = body.name(body.*who); };
}
auto did(PersonId B::* who, const char* command) {
  return [=](Certifier& body, RecordId id) { body.facts.did(body.*who, id, command); };
}
RecordId declaration(Certifier& body, const std::string& state) {
  const RecordId id = body.interest(body.holder, "consultancy");
  body.facts.at(id).state = state;
  body.facts.at(id).body.edit()["since"] = "2020-01-01";
  body.facts.take_seats(id, "declarant", {body.holder});
  return id;
}
RecordId risk(Certifier& body, const std::string& state) {
  return body.facts.add("impartiality-risk", state, {{"title", "Training"}, {"treatment", "Other trainers"}}, {},
                        {{"risk_treater", {body.holder}}});
}
RecordId meeting(Certifier& body, const std::string& state) {
  return body.facts.add("committee-meeting", state, {{"title", "Spring"}, {"agenda", "Risks"}}, {},
                        {{"chair", {body.committee}}, {"member", {body.member}}});
}
const Json reason{{"reason", "It changed"}};

// Tables: a row each, however long.
// clang-format off
TEST_CASE("G10: a new auditor works under an evaluator before the competence is in force") {
  const Json ten{{"evaluated_days_in_all", 10}};
  const Certifier people;
  try_cases({
      {"after both kinds of audits and ten days", "under_evaluation", &B::manager, "qualify", ten, "-> in_force", evaluated},
      {"after nine days", "under_evaluation", &B::manager, "qualify", {{"evaluated_days_in_all", 9}}, "unmet at_least.below", evaluated},
      {"after fewer than no days", "under_evaluation", &B::manager, "qualify", {{"evaluated_days_in_all", -1}}, "invalid /evaluated_days_in_all", evaluated},
      {"after a recertification and a surveillance beside a change of scope", "under_evaluation", &B::manager, "qualify", ten, "-> in_force", evaluated_in(recertification, surveillance_besides)},
      {"without an audit", "under_evaluation", &B::manager, "qualify", ten, "unmet took_part.none", observed},
      {"without an initial audit", "under_evaluation", &B::manager, "qualify", ten, "unmet took_part.none",
       [](Certifier& body, RecordId id) { body.facts.link(id, "evaluated_surveillance", surveillance(body)); observed(body, id); }},
      {"without a surveillance audit", "under_evaluation", &B::manager, "qualify", ten, "unmet took_part.none",
       [](Certifier& body, RecordId id) { body.facts.link(id, "evaluated_initial", initial_audit(body)); observed(body, id); }},
      {"with a surveillance for both", "under_evaluation", &B::manager, "qualify", ten, "unmet took_part.none", evaluated_in(surveillance, surveillance)},
      {"with an initial audit for both", "under_evaluation", &B::manager, "qualify", ten, "unmet took_part.none", evaluated_in(initial_audit, initial_audit)},
      {"in a surveillance where others were in training", "under_evaluation", &B::manager, "qualify", ten, "unmet took_part.none", evaluated_in(initial_audit, surveillance_of_others)},
      {"in one for which they were proposed once", "under_evaluation", &B::manager, "qualify", ten, "unmet took_part.none", evaluated_in(initial_audit, surveillance_once_proposed_for)},
      {"in one that is not reported", "under_evaluation", &B::manager, "qualify", ten, "unmet took_part.none", evaluated_in(initial_audit, surveillance_under_way)},
      {"without an observation", "under_evaluation", &B::manager, "qualify", ten, "unmet filled.empty", [](Certifier& body, RecordId id) { evaluated(body, id); field("observations", Json::array())(body, id); }},
      {"by who recorded the audits", "under_evaluation", &B::manager, "qualify", ten, "unmet actor_not_did.did", [](Certifier& body, RecordId id) { evaluated(body, id); body.facts.did(body.manager, id, "record_supervised"); }},
      {"of oneself", "under_evaluation", &B::manager, "qualify", ten, "unmet actor_is_not.is_named", [](Certifier& body, RecordId id) { evaluated(body, id); person(&B::manager)(body, id); }},
      {"by the evaluator", "under_evaluation", &B::evaluator, "qualify", ten, "not_permitted", evaluated},
      {"an evaluation begins", "proposed", &B::manager, "begin_evaluation", {{"evaluator", {people.name(people.lead)}}}, "-> under_evaluation"},
      {"under oneself", "proposed", &B::manager, "begin_evaluation", {{"evaluator", {people.name(people.holder)}}}, "unmet people_differ.overlap"},
      {"of a decision maker", "proposed", &B::manager, "begin_evaluation", {{"evaluator", {people.name(people.lead)}}}, "unmet is.other_value", field("function", "decision_maker")},
      {"recorded by the evaluator", "under_evaluation", &B::evaluator, "record_supervised", {{"evaluated_days", 4}, {"observed_on", "2026-02-13"}, {"observation", "Good"}}, "-> under_evaluation"},
      {"recorded by the auditor", "under_evaluation", &B::holder, "record_supervised", {{"evaluated_days", 4}, {"observed_on", "2026-02-13"}, {"observation", "Good"}}, "not_permitted"},
  }, competence);
}

TEST_CASE("G10: how many days are enough is a policy") {
  Certifier body;
  const RecordId id = competence(body, "under_evaluation");
  evaluated(body, id);
  for (const auto& [asked, expected] : {std::pair{8, "-> in_force"}, {10, "-> in_force"}, {11, "unmet at_least.below"}}) {
    WorkflowSet set = body.set;
    set.policies.at("evaluated_days").value = asked;
    CHECK(answer(decide(set, body.facts, {id}, {"qualify", {{"evaluated_days_in_all", 10}}}, {body.manager}, body.now)) == expected);
  }
}

TEST_CASE("a competence is approved by two others, that of an auditor with the work that shows it") {
  const auto worked = [](Json change = Json::object()) {
    Json work{{"body", "Certifier South"}, {"from_year", 2018}, {"to_year", 2025}, {"audits", "Twelve initial audits and thirty surveillances"}};
    work.update(change);
    return Json{{"earlier_work", Json::array({work})}};
  };
  const auto reviewer = field("function", "technical_reviewer");
  const auto and_then = [&](auto then) { return [=](Certifier& body, RecordId id) { reviewer(body, id); then(body, id); }; };
  try_cases({
      {"approved by one", "proposed", &B::manager, "approve", {}, "second", reviewer},
      {"approved by two", "proposed", &B::manager, "approve", {}, "-> in_force", reviewer, &B::technical},
      {"approved by who proposed it", "proposed", &B::manager, "approve", {}, "unmet actor_not_did.did", and_then(did(&B::manager, "propose")), &B::technical},
      {"confirmed by the person concerned", "proposed", &B::manager, "approve", {}, "unmet actor_is_not.second_is_named", and_then(person(&B::technical)), &B::technical},
      {"for a time that is over", "proposed", &B::manager, "approve", {}, "unmet after.not_after", and_then(field("valid_until", "2026-03-02")), &B::technical},
      {"an auditor without earlier work", "proposed", &B::manager, "approve", {}, "unmet is_not.excluded_value", {}, &B::technical},
      {"a lead auditor without earlier work", "proposed", &B::manager, "approve", {}, "unmet is_not.excluded_value", field("function", "lead_auditor"), &B::technical},
      {"an auditor on earlier work, by one", "proposed", &B::manager, "approve_auditor", worked(), "second"},
      {"an auditor on earlier work, by two", "proposed", &B::manager, "approve_auditor", worked(), "-> in_force", {}, &B::technical},
      {"a lead auditor on earlier work", "proposed", &B::manager, "approve_auditor", worked(), "-> in_force", field("function", "lead_auditor"), &B::technical},
      {"on no earlier work", "proposed", &B::manager, "approve_auditor", {}, "invalid /earlier_work", {}, &B::technical},
      {"on an empty list of it", "proposed", &B::manager, "approve_auditor", {{"earlier_work", Json::array()}}, "invalid /earlier_work", {}, &B::technical},
      {"on that of no body", "proposed", &B::manager, "approve_auditor", worked({{"body", ""}}), "invalid /earlier_work/0/body", {}, &B::technical},
      {"of a decision maker", "proposed", &B::manager, "approve_auditor", worked(), "unmet is.other_value", field("function", "decision_maker"), &B::technical},
      {"by who proposed it", "proposed", &B::manager, "approve_auditor", worked(), "unmet actor_not_did.did", did(&B::manager, "propose"), &B::technical},
      {"of oneself", "proposed", &B::manager, "approve_auditor", worked(), "unmet actor_is_not.is_named", person(&B::manager), &B::technical},
      {"confirmed by oneself", "proposed", &B::manager, "approve_auditor", worked(), "unmet actor_is_not.second_is_named", person(&B::technical), &B::technical},
      {"valid until yesterday", "proposed", &B::manager, "approve_auditor", worked(), "unmet after.not_after", field("valid_until", "2026-03-01"), &B::technical},
      {"without evidence", "proposed", &B::manager, "approve_auditor", worked(), "unmet has_evidence.no_evidence", [](Certifier& body, RecordId id) { body.facts.withdraw_evidence(id); }, &B::technical},
  }, competence);
  const Definition& type = shipped().types.at("competence");
  const std::set<std::string> approving{"certification_manager"};
  CHECK(turn_in(type, "proposed", {{"function", "auditor"}}) == approving);
  CHECK(turn_in(type, "proposed", {{"function", "decision_maker"}}) == approving);
  Certifier body;
  const RecordId id = competence(body, "proposed");
  steps(body, {body.manager, body.technical}, id, "approve_auditor", worked(), "in_force");
  CHECK(body.facts.at(id).body->at("earlier_work").at(0).at("body") == "Certifier South");
}

TEST_CASE("a competence is kept valid and withdrawn") {
  try_cases({
      {"renewed without an observation", "in_force", &B::manager, "renew", {{"valid_from", "2026-03-01"}, {"valid_until", "2029-02-28"}, {"basis", "Witnessed"}}, "unmet filled.empty"},
      {"renewed", "in_force", &B::manager, "renew", {{"valid_from", "2026-03-01"}, {"valid_until", "2029-02-28"}, {"basis", "Witnessed"}}, "-> in_force", evaluated},
      {"suspended", "in_force", &B::manager, "suspend", reason, "-> suspended"},
      {"restored by one", "suspended", &B::manager, "restore", reason, "second"},
      {"withdrawn by the holder", "in_force", &B::holder, "withdraw", reason, "not_permitted"},
      {"withdrawn", "in_force", &B::manager, "withdraw", reason, "-> withdrawn"},
  }, competence);
}

TEST_CASE("an auditor is observed at work, in audits that are named") {
  const Certifier people;
  const std::string command = "record_observation";
  const Json seen{{"observed_on", "2026-02-13"}, {"observation", "Asks openly"}};
  const auto also = [&](const char* name, Json value) { Json all = seen; all[name] = std::move(value); return all; };
  const Json audit = {people.name(people.audit)};
  try_cases({
      {"by the manager", "in_force", &B::manager, command, also("witnessed", audit), "-> in_force"},
      {"by the evaluator", "in_force", &B::evaluator, command, also("witnessed", audit), "-> in_force"},
      {"of who is suspended", "suspended", &B::manager, command, also("witnessed", audit), "-> suspended"},
      {"without an audit", "in_force", &B::manager, command, seen, "-> in_force"},
      {"today", "in_force", &B::manager, command, also("observed_on", "2026-03-02"), "-> in_force"},
      {"tomorrow", "in_force", &B::manager, command, also("observed_on", "2026-03-03"), "unmet not_after.after"},
      {"of oneself", "in_force", &B::manager, command, also("witnessed", audit), "unmet actor_is_not.is_named", person(&B::manager)},
      {"of oneself as evaluator", "in_force", &B::evaluator, command, seen, "unmet actor_is_not.is_named", person(&B::evaluator)},
      {"by the person concerned", "in_force", &B::holder, command, also("witnessed", audit), "not_permitted"},
      {"by the lead auditor of the audit", "in_force", &B::lead, command, also("witnessed", audit), "not_permitted"},
      {"by a technical reviewer", "in_force", &B::technical, command, also("witnessed", audit), "not_permitted"},
      {"by the client", "in_force", &B::customer, command, also("witnessed", audit), "not_permitted"},
      {"an audit alone", "in_force", &B::manager, command, {{"witnessed", audit}}, "invalid /observation /observed_on"},
      {"an audit that is none", "in_force", &B::manager, command, also("witnessed", {people.name(people.programme)}), "invalid /witnessed/0"},
      {"an audit that nobody knows", "in_force", &B::manager, command, also("witnessed", {people.name(RecordId{999})}), "invalid /witnessed/0"},
      {"one audit twice", "in_force", &B::manager, command, also("witnessed", {audit[0], audit[0]}), "-> in_force"},
      {"no list of audits", "in_force", &B::manager, command, also("witnessed", audit[0]), "invalid /witnessed"},
      {"before the competence is in force", "proposed", &B::manager, command, also("witnessed", audit), "wrong_state"},
      {"under an evaluator, who records that otherwise", "under_evaluation", &B::evaluator, command, also("witnessed", audit), "wrong_state"},
      {"with the audits under an evaluator", "under_evaluation", &B::evaluator, "record_supervised", [&] { Json all = also("witnessed", audit); all["evaluated_days"] = 2; return all; }(), "invalid /witnessed"},
      {"after it was withdrawn", "withdrawn", &B::manager, command, also("witnessed", audit), "wrong_state"},
      {"on renewal", "in_force", &B::manager, "renew", {{"valid_from", "2026-03-01"}, {"valid_until", "2029-02-28"}, {"basis", "Witnessed"}, {"witnessed", audit}}, "invalid /witnessed"},
  }, competence);
}

TEST_CASE("all audits in which somebody was witnessed are kept, and each tells whom it showed") {
  Certifier body;
  using Records = std::vector<RecordId>;
  const RecordId id = competence(body, "in_force"), other = competence(body, "suspended");
  const RecordId first = body.audit, second = body.audit_of("surveillance"), third = body.audit_of("recertification");
  const auto observed_in = [&](PersonId who, RecordId whom, const Records& audits, const char* observation) {
    Json named = Json::array();
    for (const RecordId audit : audits) named.push_back(body.name(audit));
    const Json input{{"observed_on", "2026-02-13"}, {"observation", observation}, {"witnessed", named}};
    steps(body, {who}, whom, "record_observation", input, body.state(whom));
  };
  observed_in(body.manager, id, {first}, "Asks openly");
  observed_in(body.evaluator, id, {second, third, second}, "Samples well");
  observed_in(body.manager, id, {first}, "Again");
  observed_in(body.manager, other, {third}, "In a team of two");
  const Json& said = body.facts.at(id).body->at("observations");
  REQUIRE(said.size() == 3);
  CHECK(said.at(0).at("observation") == "Asks openly");
  CHECK(said.at(1).at("observation") == "Samples well");
  CHECK(body.facts.linked(id, "witnessed") == Records{first, second, third});
  CHECK(body.facts.linked(first, "witnessed_competences") == Records{id});
  CHECK(body.facts.linked(second, "witnessed_competences") == Records{id});
  CHECK(body.facts.linked(third, "witnessed_competences") == Records{id, other});
  CHECK(body.facts.linked(body.audit_of("stage1"), "witnessed_competences").empty());
  // These are no audits under an evaluator.
  CHECK(body.facts.linked(id, "evaluated_surveillance").empty());
  CHECK(body.facts.linked(second, "surveillance_evaluations").empty());
}

TEST_CASE("everybody declares own interests, the body those of others") {
  const auto input = [](const char* relation) {
    return [relation](Certifier& body) { return Json{{"title", "Consulted"}, {"relation", relation}, {"details", "ISMS"}, {"since", "2024-01-01"}, {"client", body.name(body.client)}}; };
  };
  const auto of = [&](PersonId B::* who) { return [=](Certifier& body) { Json all = input("consultancy")(body); all["person"] = body.name(body.*who); return all; }; };
  try_new_cases("interest-declaration", {
      {"one's own", &B::auditor, "declare", input("consultancy"), "-> declared"},
      {"somebody else's", &B::auditor, "declare", of(&B::lead), "invalid /person"},
      {"for the body, as one's own", &B::auditor, "declare", input("related_consultancy"), "unmet is.other_value"},
      {"somebody else's, by the certification manager", &B::manager, "record", of(&B::lead), "-> declared"},
      {"somebody else's, by an auditor", &B::auditor, "record", of(&B::lead), "not_permitted"},
      {"the body's", &B::committee, "record_for_body", input("related_consultancy"), "-> declared"},
      {"the body's, as a personal one", &B::committee, "record_for_body", input("consultancy"), "unmet is.other_value"},
  });
  Certifier body;
  REQUIRE(answer(body.make(body.auditor, "interest-declaration", "declare", input("consultancy")(body))) == "-> declared");
  CHECK(body.facts.at(body.last).body->at("person") == body.name(body.auditor));
  CHECK(body.facts.timers(body.last).empty());
  steps(body, {body.auditor}, body.last, "end_relation", {{"until", "2026-03-02"}}, "declared");
  CHECK(to_text(body.facts.timers(body.last).at("consultancy_block").day) == "2028-03-02");
  steps(body, {body.auditor, body.manager}, body.last, "date_back", {{"until", "2026-02-28"}, {"reason", "The contract ended"}}, "declared");
  CHECK(to_text(body.facts.timers(body.last).at("consultancy_block").day) == "2028-02-28");
  CHECK(body.facts.timers(body.last).size() == 1);
  steps(body, body.by_timer(), body.last, "note_over", {}, "over");
  for (const auto& [relation, block] : {std::pair{"internal_audit", "internal_audit_block"}, {"related_consultancy", "related_body_block"}}) {
    INFO(block);
    const RecordId id = body.interest(body.auditor, relation);
    body.facts.at(id).body.edit()["since"] = "2024-01-01";
    steps(body, {body.manager, body.deputy}, id, "date_back", {{"until", "2026-02-28"}, {"reason", "The contract ended"}}, "declared");
    REQUIRE(body.facts.timers(id).size() == 1);
    CHECK(to_text(body.facts.timers(id).at(block).day) == "2028-02-28");
    steps(body, body.by_timer(), id, "note_over", {}, "over");
  }
  const auto back = [](const char* until) { return Json{{"until", until}, {"reason", "The contract ended"}}; };
  try_cases({
      {"assessed", "declared", &B::manager, "assess", {{"assessment", "Blocks"}, {"measure", "Not in the team"}}, "-> assessed"},
      {"assessed by oneself", "declared", &B::manager, "assess", {{"assessment", "Blocks"}, {"measure", "None"}}, "unmet actor_is_not.is_named", person(&B::manager)},
      {"corrected by one", "declared", &B::manager, "correct", reason, "second"},
      {"corrected by two", "declared", &B::manager, "correct", reason, "-> corrected", {}, &B::committee},
      {"ended today", "declared", &B::holder, "end_relation", {{"until", "2026-03-02"}}, "-> declared"},
      {"to be ended", "assessed", &B::manager, "end_relation", {{"until", "2026-12-31"}}, "-> assessed"},
      {"ended yesterday by oneself", "declared", &B::holder, "end_relation", {{"until", "2026-03-01"}}, "unmet not_before.before"},
      {"ended yesterday by the manager alone", "declared", &B::manager, "end_relation", {{"until", "2026-03-01"}}, "unmet not_before.before"},
      {"to end before it begins", "declared", &B::holder, "end_relation", {{"until", "2026-03-31"}}, "unmet not_before.before", field("since", "2026-04-01")},
      {"dated back by oneself alone", "declared", &B::holder, "date_back", back("2024-03-01"), "second"},
      {"dated back with the manager", "declared", &B::holder, "date_back", back("2024-03-01"), "-> declared", {}, &B::manager},
      {"dated back by two managers", "assessed", &B::manager, "date_back", back("2024-03-01"), "-> assessed", {}, &B::deputy},
      {"dated back with the own confirmation", "declared", &B::deputy, "date_back", back("2024-03-01"), "unmet actor_is_not.second_is_named", person(&B::manager), &B::manager},
      {"dated back before it began", "declared", &B::holder, "date_back", back("2019-12-31"), "unmet not_before.before", {}, &B::manager},
      {"dated ahead", "declared", &B::holder, "date_back", back("2026-03-03"), "unmet not_after.after", {}, &B::manager},
      {"dated back for no reason", "declared", &B::holder, "date_back", {{"until", "2024-03-01"}}, "invalid /reason", {}, &B::manager},
      {"dated back by somebody else", "declared", &B::auditor, "date_back", back("2024-03-01"), "not_permitted", {}, &B::manager},
  }, declaration);
}

TEST_CASE("G2: an interest in an organisation counts once the client is named") {
  const Json input{{"title", "Consulted"}, {"relation", "consultancy"}, {"details", "ISMS"}, {"since", "2024-01-01"}, {"organisation", "Nordwerk"}};
  for (const auto who : {&B::auditor, &B::manager}) {
    Certifier body;
    REQUIRE(answer(body.make(body.auditor, "interest-declaration", "declare", input)) == "-> declared");
    const RecordId id = body.last;
    const Json client{{"client", body.name(body.client)}};
    CHECK(body.facts.at(id).body->at("client_named") == false);
    CHECK(answer(body.ask(body.lead, id, "relate", client)) == "not_permitted");
    CHECK(answer(body.ask(body.*who, id, "relate", Json::object())) == "invalid /client");
    CHECK(answer(body.ask(body.*who, id, "relate", {{"client", body.name(body.programme)}})) == "invalid /client");
    steps(body, {body.*who}, id, "relate", client, "declared");
    CHECK(body.facts.linked(id, "client") == std::vector{body.client});
    CHECK(body.facts.at(id).body->at("client_named") == true);
    CHECK(answer(body.ask(body.*who, id, "relate", client)) == "unmet is_not.excluded_value");
    const RecordId other = body.facts.add("client", "prospect", {{"name", "Werft Süd"}});
    CHECK(answer(body.ask(body.*who, id, "relate", {{"client", body.name(other)}})) == "invalid /client");
  }
  Certifier body;
  Json named = input;
  named["client"] = body.name(body.client);
  REQUIRE(answer(body.make(body.auditor, "interest-declaration", "declare", named)) == "-> declared");
  CHECK(body.facts.at(body.last).body->at("client_named") == true);
  CHECK(answer(body.ask(body.auditor, body.last, "relate", {{"client", body.name(body.client)}})) == "unmet is_not.excluded_value");
}

TEST_CASE("G2: who is named with an organisation is kept out from when that is a client") {
  Certifier body;
  const RecordId contract = body.facts.add("contract", "client_signed", {{"title", "Certification"}}, {{"client", body.client}});
  REQUIRE(answer(body.make(body.registrar, "interest-declaration", "record",
                           {{"title", "Consulted"}, {"person", body.name(body.manager)}, {"relation", "consultancy"}, {"details", "ISMS"},
                            {"since", "2024-01-01"}, {"organisation", "Nordwerk"}})) == "-> declared");
  const RecordId interest = body.last;
  const auto concluded = [&] { return answer(body.ask(body.manager, contract, "conclude", Json::object())); };
  CHECK(concluded() == "-> in_force");
  steps(body, {body.deputy}, interest, "relate", {{"client", body.name(body.client)}}, "declared");
  CHECK(concluded() == "unmet none_registered.actor_present");
}

TEST_CASE("an accreditation is recorded by two and expires by itself") {
  const auto input = [](const char* until) {
    return [until](Certifier& body) {
      return Json{{"title", "27001"}, {"accreditation_body", "National body"}, {"accreditation_number", "D-1"}, {"standard", "ISO/IEC 27006-1:2024"}, {"scheme", "iso_27001"},
                  {"areas", body.areas}, {"valid_from", "2024-01-01"}, {"valid_until", until}};
    };
  };
  try_new_cases("accreditation", {
      {"by one", &B::manager, "record", input("2028-12-31"), "-> recorded"},
      {"by the register alone", &B::registrar, "record", input("2028-12-31"), "not_permitted"},
      {"one that is over", &B::manager, "record", input("2026-03-01"), "unmet not_before.before"},
      {"one that ends before it begins", &B::manager, "record", input("2023-12-31"), "unmet after.not_after not_before.before"},
  });
  try_cases({
      {"by the register", "recorded", &B::registrar, "confirm", {}, "-> in_force"},
      {"by who recorded it", "recorded", &B::decider, "confirm", {}, "unmet actor_not_did.did",
       [](Certifier& body, RecordId id) { body.facts.did(body.decider, id, "record"); }},
      {"by the manager", "recorded", &B::manager, "confirm", {}, "not_permitted"},
  }, [](Certifier& body, const std::string& state) {
    body.facts.at(body.accreditation).state = state;
    return body.accreditation;
  });
  CHECK(turn_in(shipped().types.at("accreditation"), "recorded", Json::object()) == std::set<std::string>{"decision_maker", "register_administrator"});
  Certifier body;
  steps(body, body.by_timer(), body.accreditation, "expire", {}, "expired");
  CHECK(answer(body.ask(body.manager, body.accreditation, "renew", {{"valid_from", "2026-03-01"}, {"valid_until", "2031-02-28"}})) == "unmet has_evidence.no_evidence");
  body.facts.add_evidence(body.accreditation, body.now.at);
  steps(body, {body.manager}, body.accreditation, "renew", {{"valid_from", "2026-03-01"}, {"valid_until", "2031-02-28"}}, "in_force");
  CHECK(to_text(body.facts.timers(body.accreditation).at("validity").day) == "2031-02-28");
}

TEST_CASE("a risk to impartiality is accepted with the committee, or stands against every decision") {
  const Json low{{"residual", "low"}, {"residual_reason", "Nobody trains clients"}, {"next_review_on", "2027-03-02"}};
  const Certifier people;
  try_cases({
      {"assessed", "identified", &B::manager, "assess", {{"likelihood", "low"}, {"impact", "high"}, {"treatment", "x"}, {"treatment_due", "2026-04-01"}, {"risk_treater", {people.name(people.holder)}}}, "-> assessed"},
      {"accepted by one", "assessed", &B::manager, "accept", low, "second"},
      {"accepted with the committee", "assessed", &B::manager, "accept", low, "-> controlled", {}, &B::committee},
      {"accepted by the committee", "assessed", &B::committee, "accept", low, "not_permitted"},
      {"a high one", "assessed", &B::manager, "accept", [&] { Json high = low; high["residual"] = "high"; return high; }(), "unmet is.other_value", {}, &B::committee},
      {"confirmed by who treats it", "assessed", &B::manager, "accept", low, "unmet actor_not.second_holds_seat",
       [](Certifier& body, RecordId id) { body.facts.take_seats(id, "risk_treater", {body.committee}); }, &B::committee},
      {"found unacceptable by the committee", "controlled", &B::committee, "find_unacceptable", {{"residual_reason", "Shared owners"}}, "-> unacceptable"},
      {"closed by one", "controlled", &B::manager, "close", reason, "second"},
      {"closed by two", "controlled", &B::manager, "close", reason, "-> closed", {}, &B::committee},
  }, risk);
}

TEST_CASE("a committee meets with a quorum, and others approve its minutes") {
  const Json held{{"held_on", "2026-03-02"}, {"present", {{{"name", "A"}}}}, {"quorum", true}, {"minutes", "All"}, {"resolutions", "None"}};
  const auto changed = [&](const char* name, Json value) { Json all = held; all[name] = value; return all; };
  try_cases({
      {"held", "scheduled", &B::committee, "hold", held, "-> held"},
      {"held by a member", "scheduled", &B::member, "hold", held, "not_permitted"},
      {"held tomorrow", "scheduled", &B::committee, "hold", changed("held_on", "2026-03-03"), "unmet not_after.after"},
      {"held without a quorum", "scheduled", &B::committee, "hold", changed("quorum", false), "invalid /quorum"},
      {"held without an agenda", "scheduled", &B::committee, "hold", held, "unmet filled.empty", field("agenda", "")},
      {"approved", "held", &B::member, "approve_minutes", {}, "-> minutes_approved"},
      {"approved by who wrote them", "held", &B::committee, "approve_minutes", {}, "unmet actor_not_did.did", did(&B::committee, "hold")},
      {"cancelled", "scheduled", &B::manager, "cancel", reason, "-> cancelled"},
  }, meeting);
}

}  // namespace
}  // namespace assay::test::registers_test
