// A certification body on the shipped record types: its people, its registers and one client in any state, for tables
// of commands and answers.
#pragma once

#include "domain/dossier.h"
#include "workflows/company.h"

namespace assay::test {

/// Everybody holds one role or seat; who decides, reviews or audits is competent, and nobody has an interest.
struct Certifier : World {
  Certifier() : World(shipped()) {
    client =
        facts.add("client", "contracted", {{"name", "Nordwerk GmbH"}}, {}, {{"client_representative", {customer}}});
    programme = facts.add("certification-programme", "approved",
                          {{"title", "Nordwerk 27001"}, {"scheme", "iso_27001"}, {"areas", areas}, {"sites", sites}},
                          {{"client", client}}, {{"programme_manager", {planner}}});
    audit = audit_of("stage2");
    for (const PersonId person : {decider, decider2}) competent(person, "decision_maker");
    for (const PersonId person : {technical, technical2}) competent(person, "technical_reviewer");
    competent(reviewer, "application_reviewer");
    accreditation = facts.add("accreditation", "in_force",
                              {{"scheme", "iso_27001"}, {"areas", areas}, {"valid_until", "2027-12-31"}});
  }

  PersonId manager = facts.add_person({"certification_manager"});
  PersonId deputy = facts.add_person({"certification_manager"});
  PersonId reviewer = facts.add_person({"application_reviewer"});
  PersonId technical = facts.add_person({"technical_reviewer"});
  PersonId technical2 = facts.add_person({"technical_reviewer"});
  PersonId decider = facts.add_person({"decision_maker"});
  PersonId decider2 = facts.add_person({"decision_maker"});
  PersonId committee = facts.add_person({"impartiality_committee"});
  PersonId investigator = facts.add_person({"appeal_investigator"});
  PersonId registrar = facts.add_person({"register_administrator"});
  PersonId planner = facts.add_person({});
  PersonId lead = facts.add_person({});
  PersonId auditor = facts.add_person({});
  PersonId expert = facts.add_person({});
  PersonId evaluator = facts.add_person({});
  PersonId customer = facts.add_person({});
  PersonId holder = facts.add_person({});
  PersonId member = facts.add_person({});
  Json areas = {"software"};
  Json sites = {"Hamburg", "Kiel"};
  RecordId client{}, programme{}, audit{}, accreditation{};

  static Actor by_timer() { return {{}, {}, true}; }
  std::string name(PersonId person) const { return uuid_of(person); }
  std::string name(RecordId record) const { return uuid_of(record); }

  RecordId competent(PersonId person, const char* function) {
    return facts.add("competence", "in_force",
                     {{"title", "Competence"},
                      {"person", name(person)},
                      {"function", function},
                      {"scheme", "iso_27001"},
                      {"areas", areas},
                      {"engagement", "employed"},
                      {"valid_until", "2027-06-30"}});
  }
  /// An interest of somebody in the client; `until` is empty while it lasts.
  RecordId interest(PersonId person, const char* relation, const char* until = "") {
    Json body{{"title", "Interest"}, {"person", name(person)}, {"relation", relation}};
    if (*until) body["until"] = until;
    return facts.add("interest-declaration", "declared", body, {{"client", client}});
  }
  RecordId audit_of(const char* purpose, const std::string& state = "complete") {
    const RecordId id = facts.add(
        "certification-audit", state,
        {{"title", "Audit"},
         {"purpose", purpose},
         {"scheme", "iso_27001"},
         {"areas", areas},
         {"sites", sites},
         {"recommendation", "recommend"},
         {"last_audit_day", "2026-02-13"}},
        {{"programme", programme}},
        {{"lead_auditor", {lead}}, {"auditor", {auditor}}, {"technical_expert", {expert}}, {"evaluator", {evaluator}}});
    facts.add_report(id, now.at);
    return id;
  }
  RecordId nonconformity(const char* grade, const std::string& state) {
    return facts.add("client-nonconformity", state, {{"title", "Gap"}, {"grade", grade}}, {{"audit", audit}});
  }
  RecordId certification_in(const std::string& state) {
    Json body{{"title", "Nordwerk 27001"},
              {"scheme", "iso_27001"},
              {"standard", "ISO/IEC 27001:2022"},
              {"scope", "Software for ports"},
              {"sites", sites},
              {"areas", areas},
              {"programme_id", name(programme)},
              {"suspension_overdue", false},
              {"suspension_case", false}};
    if (state != "pending") body.update({{"effective_on", "2023-05-02"}, {"expires_on", "2026-05-01"}});
    if (state == "suspended") body["suspended_on"] = "2026-01-15";
    if (state == "expired") body.update({{"expires_on", "2026-01-31"}, {"expired_on", "2026-01-31"}});
    return facts.add("certification", state, body, {{"client", client}, {"programme", programme}});
  }
  /// A decision of this kind about a certification in that state, with its package frozen and reviewed.
  RecordId decision_in(const std::string& state, const char* kind = "initial", const char* certified = "pending") {
    certification = certification_in(certified);
    decision = facts.add("certification-decision", state,
                         {{"title", "Nordwerk 27001"},
                          {"programme_id", name(programme)},
                          {"kind", kind},
                          {"scheme", "iso_27001"},
                          {"standard", "ISO/IEC 27001:2022"},
                          {"scope", "Software for ports"},
                          {"sites", sites},
                          {"areas", areas},
                          {"suspension_worthy", false},
                          {"nonconformity_comments", "None are open"},
                          {"application_confirmed", true},
                          {"objectives_confirmed", true},
                          {"recommendation", "recommend"}},
                         {{"programme", programme}, {"audits", audit}, {"certification", certification}});
    freeze();
    review = facts.add("technical-review", "ready", {{"title", "Nordwerk 27001"}}, {{"decision", decision}},
                       {{"technical_reviewer", {technical}}});
    return decision;
  }
  /// Freezes the dossier of the decision as it is now.
  void freeze() {
    const auto& paths = facts.at(decision).definition->fields.at("dossier").dossier;
    facts.at(decision).body.edit()["dossier"] = frozen(facts, decision, paths, now.at);
  }
  RecordId certification{}, decision{}, review{};
};

/// One row of a table about a certification body: somebody tries something, and what comes back.
struct Case {
  const char* what;
  std::string state;
  PersonId Certifier::* who;
  std::string command;
  Json input;
  std::string expected;
  std::function<void(Certifier&, RecordId)> first = {};  // what is different from the usual world
  PersonId Certifier::* second = nullptr;                // who confirms
};

/// Tries each case in a world of its own; `make` puts the record there.
inline void try_cases(const std::vector<Case>& cases,
                      const std::function<RecordId(Certifier&, const std::string& state)>& make) {
  for (const Case& one : cases) {
    Certifier body;
    const RecordId record = make(body, one.state);
    if (one.first) one.first(body, record);
    Actor actor{body.*one.who};
    if (one.second) actor.second = body.*one.second;
    const auto decided = body.ask(actor, record, one.command, object_of(one.input));
    INFO(one.command << " in " << one.state << ": " << one.what);
    INFO((decided ? std::string("granted") : text_of(decided.error())));
    CHECK(answer(decided) == one.expected);
  }
}

/// The same for commands that make a record.
struct NewCase {
  const char* what;
  PersonId Certifier::* who;
  std::string command;
  std::function<Json(Certifier&)> input;
  std::string expected;
  PersonId Certifier::* second = nullptr;
};
inline void try_new_cases(const std::string& type, const std::vector<NewCase>& cases) {
  for (const NewCase& one : cases) {
    Certifier body;
    const Json input = one.input(body);
    Actor actor{body.*one.who};
    if (one.second) actor.second = body.*one.second;
    const auto decided = body.ask_new(actor, type, one.command, input);
    INFO(one.command << ": " << one.what);
    INFO((decided ? std::string("granted") : text_of(decided.error())));
    CHECK(answer(decided) == one.expected);
  }
}

/// What a person does and what comes of it; fails the test unless it is "-> STATE".
inline void steps(Certifier& body, const Actor& actor, RecordId id, const std::string& command, const Json& input,
                  const std::string& state) {
  INFO(command);
  const auto decided = body.act(actor, id, command, object_of(input));
  INFO((decided ? std::string("granted") : text_of(decided.error())));
  REQUIRE(answer(decided) == "-> " + state);
}

}  // namespace assay::test
