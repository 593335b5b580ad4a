// A certification body with its registers, as its header says.
#include "workflows/certifier.h"

namespace assay::test {

Certifier::Certifier() : World(shipped()) {
  client = facts.add("client", "contracted", {{"name", "Nordwerk GmbH"}}, {}, {{"client_representative", {customer}}});
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

Actor Certifier::by_timer() { return {{}, {}, true}; }

std::string Certifier::name(PersonId person) const { return uuid_of(person); }

std::string Certifier::name(RecordId record) const { return uuid_of(record); }

RecordId Certifier::competent(PersonId person, const char* function) {
  return facts.add("competence", "in_force",
                   {{"title", "Competence"},
                    {"person", name(person)},
                    {"function", function},
                    {"scheme", "iso_27001"},
                    {"areas", areas},
                    {"engagement", "employed"},
                    {"valid_until", "2027-06-30"}});
}

RecordId Certifier::interest(PersonId person, const char* relation, const char* until) {
  Json body{{"title", "Interest"}, {"person", name(person)}, {"relation", relation}};
  if (*until) body["until"] = until;
  return facts.add("interest-declaration", "declared", body, {{"client", client}});
}

RecordId Certifier::audit_of(const char* purpose, const std::string& state) {
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

RecordId Certifier::nonconformity(const char* grade, const std::string& state) {
  return facts.add("client-nonconformity", state, {{"title", "Gap"}, {"grade", grade}}, {{"audit", audit}});
}

RecordId Certifier::certification_in(const std::string& state) {
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

RecordId Certifier::decision_in(const std::string& state, const char* kind, const char* certified) {
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

void Certifier::freeze() {
  const auto& paths = facts.at(decision).definition->fields.at("dossier").dossier;
  facts.at(decision).body.edit()["dossier"] = frozen(facts, decision, paths, now.at);
}

std::function<void(Certifier&, RecordId)> asks_for(Json fields) {
  return [fields = std::move(fields)](Certifier& body, RecordId id) { body.facts.at(id).body.edit().update(fields); };
}

void try_cases(const std::vector<Case>& cases,
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

void try_new_cases(const std::string& type, const std::vector<NewCase>& cases) {
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

void steps(Certifier& body, const Actor& actor, RecordId id, const std::string& command, const Json& input,
           const std::string& state) {
  INFO(command);
  const auto decided = body.act(actor, id, command, object_of(input));
  INFO((decided ? std::string("granted") : text_of(decided.error())));
  REQUIRE(answer(decided) == "-> " + state);
}

}  // namespace assay::test
