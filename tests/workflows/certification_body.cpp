// A certification body at work on a client, as its header says.
#include "workflows/certification_body.h"

namespace assay::test {

CertificationBody::CertificationBody() : World(shipped()) {
  client = facts.add("client", "contracted", {{"name", "Nordlicht"}}, {}, {{"client_representative", {customer}}});
  application = application_in("programme_approved");
  contract = contract_in("in_force");
  programme = facts.add("certification-programme", "running", programme_body(),
                        {{"client", client}, {"contract", contract}, {"application", application}},
                        {{"programme_manager", {planner}}});
  competent(lead, "lead_auditor");
  for (const PersonId person : {lead, auditor, colleague, verifier}) competent(person, "auditor");
  competent(expert, "technical_expert");
  competent(evaluator, "evaluator");
  competent(trainee, "auditor", "under_evaluation");
  competent(reviewer, "application_reviewer");
  competent(planner, "programme_manager");
  facts.add("accreditation", "in_force",
            {{"scheme", "iso_27001"}, {"areas", {"it", "cloud"}}, {"valid_until", "2028-12-31"}});
}

RecordId CertificationBody::competent(PersonId person, const char* function, const char* state) {
  return facts.add("competence", state,
                   {{"person", name(person)},
                    {"function", function},
                    {"scheme", "iso_27001"},
                    {"areas", {"it"}},
                    {"engagement", "employed"},
                    {"valid_until", "2027-12-31"}});
}

RecordId CertificationBody::interested(PersonId person, const char* relation, const char* until) {
  Json body{{"person", name(person)}, {"relation", relation}, {"since", "2020-01-01"}};
  if (*until) body["until"] = until;
  return facts.add("interest-declaration", "declared", std::move(body), {{"client", client}});
}

void CertificationBody::forget(PersonId person) {
  for (std::int64_t id = 1; const RecordView* record = facts.record(RecordId{id}); ++id) {
    if (record->definition->type == "competence" && record->body->value("person", "") == name(person)) {
      facts.at(RecordId{id}).state = "suspended";
    }
  }
}

RecordId CertificationBody::application_in(const std::string& state) {
  return facts.add("application", state,
                   {{"title", "ISO/IEC 27001"},
                    {"standards", {"ISO/IEC 27001:2022"}},
                    {"scheme", "iso_27001"},
                    {"scope", "Hosting"},
                    {"activities", "Hosting"},
                    {"sites", {"Kiel", "Lübeck"}},
                    {"areas", {"it"}},
                    {"head_count", 60},
                    {"outsourced", "None"},
                    {"legal_duties", "None beyond data protection"},
                    {"consultancy", "None"},
                    {"internal_audit_by", "Own staff"}},
                   {{"client", client}});
}

RecordId CertificationBody::contract_in(const std::string& state) { return contract_in(state, application); }

RecordId CertificationBody::contract_in(const std::string& state, RecordId of) {
  return facts.add(
      "contract", state,
      {{"title", "Certification"}, {"scheme", "iso_27001"}, {"areas", {"it"}}, {"sites", {"Kiel", "Lübeck"}}},
      {{"client", client}, {"application", of}});
}

Json CertificationBody::programme_body() {
  return {{"title", "ISO/IEC 27001"},
          {"scheme", "iso_27001"},
          {"standard_edition", "ISO/IEC 27001:2022"},
          {"areas", {"it"}},
          {"sites", {"Kiel", "Lübeck"}},
          {"cycle_from", "2026-01-15"},
          {"expires_on", "2029-01-14"},
          {"first_cycle", true},
          {"scheduled", false},
          {"next_due", "surveillance"}};
}

RecordId CertificationBody::audit_in(const std::string& state, const char* purpose) {
  const RecordId id = facts.add("certification-audit", state,
                                {{"title", "Surveillance 2026"},
                                 {"purpose", purpose},
                                 {"scheme", "iso_27001"},
                                 {"areas", {"it"}},
                                 {"sites", {"Kiel"}},
                                 {"methods", {"on_site"}},
                                 {"planned_from", "2026-03-02"},
                                 {"planned_to", "2026-03-04"},
                                 {"catalogue_hash", std::string(64, 'a')},
                                 {"opening_on", "2026-03-02"},
                                 {"last_audit_day", "2026-03-02"},
                                 {"conclusions", "Effective."},
                                 {"actual_time", {{{"auditor", name(lead)}, {"hours", 8}}}},
                                 {"report_outdated", false},
                                 {"objection_period_over", false}},
                                {{"programme", programme}},
                                {{"lead_auditor", {lead}},
                                 {"auditor", {auditor}},
                                 {"auditor_in_training", {trainee}},
                                 {"technical_expert", {expert}},
                                 {"evaluator", {evaluator}}});
  facts.add_item(id, {"iso27001-2022", "A.8.13-q1", "A.8.13", "whole", auditor, "conforms"});
  facts.add_report(id, now.at);
  return id;
}

Json CertificationBody::planning(const Json& more) const {
  Json input{{"programme", name(programme)},
             {"title", "Surveillance 2026"},
             {"objectives", "Conformity"},
             {"scope", "Hosting"},
             {"areas", {"it"}},
             {"sites", {"Kiel"}},
             {"criteria", {"ISO/IEC 27001:2022"}},
             {"planned_from", "2026-03-02"},
             {"planned_to", "2026-03-04"},
             {"planned_days", 1.5}};
  input.update(more);
  return input;
}

RecordId CertificationBody::concern_in(const std::string& state, RecordId audit) {
  return facts.add("area-of-concern", state, {{"title", "No internal audit yet"}, {"clause", "9.2"}},
                   {{"audit", audit}});
}

RecordId CertificationBody::nonconformity_in(const std::string& state, RecordId audit) {
  const RecordId id = facts.add("client-nonconformity", state,
                                {{"title", "No restore test"},
                                 {"grade", "major"},
                                 {"audit_purpose", "stage2"},
                                 {"issued_on", "2026-02-20"},
                                 {"deadlines_from", "2026-02-20"},
                                 {"correction", "Test held"},
                                 {"extent", "Kiel only"},
                                 {"root_cause", "Nobody was named"},
                                 {"action", "Name somebody"},
                                 {"implementation", "Named"},
                                 {"effectiveness", "Two tests were held"}},
                                {{"audit", audit}}, {{"verifier", {verifier}}});
  facts.add_evidence(id, now.at);
  facts.did(auditor, id, "raise");
  facts.did(lead, id, "issue");
  return id;
}

RecordId CertificationBody::nonconformity_in(const std::string& state) {
  return nonconformity_in(state, audit_in("report_issued"));
}

std::string CertificationBody::name(PersonId person) const { return uuid_of(person); }

std::string CertificationBody::name(RecordId record) const { return uuid_of(record); }

std::string CertificationBody::deadlines(RecordId id) {
  std::vector<std::string> lines;
  const RecordView& record = facts.at(id);
  for (const auto& [name, timer] : record.definition->timers) {
    const auto due =
        due_day(PolicyValues(set, facts, id), timer, record.state, *record.body, local_date(now.at, now.zone));
    if (due) lines.push_back(fmt::format("{} {}", name, to_text(*due)));
  }
  return fmt::format("{}", fmt::join(lines, ", "));
}

Before body_says(const char* field, Json value) {
  return [field, value](CertificationBody& body, RecordId id) { body.facts.at(id).body.edit()[field] = value; };
}

Before body_lacks(const char* field) {
  return [field](CertificationBody& body, RecordId id) { body.facts.at(id).body.edit().erase(field); };
}

Before has_done(PersonId B::* who, const char* command) {
  return [who, command](CertificationBody& body, RecordId id) { body.facts.did(body.*who, id, command); };
}

Before sits(const char* seat, PersonId B::* who) {
  return [seat, who](CertificationBody& body, RecordId id) { body.facts.take_seats(id, seat, {body.*who}); };
}

Before sat(const char* seat, PersonId B::* who) {
  return [seat, who](CertificationBody& body, RecordId id) {
    const auto holders = body.facts.seat(id, seat);
    body.facts.take_seats(id, seat, {body.*who});
    body.facts.take_seats(id, seat, holders);
  };
}

Before consulted(PersonId B::* who, const char* relation, const char* until) {
  return [who, relation, until](CertificationBody& body, RecordId) { body.interested(body.*who, relation, until); };
}

Before loses_competence(PersonId B::* who) {
  return [who](CertificationBody& body, RecordId) { body.forget(body.*who); };
}

Before both(Before one, Before other) {
  return [one, other](CertificationBody& body, RecordId id) {
    one(body, id);
    other(body, id);
  };
}

void try_body(const std::vector<BodyRow>& rows,
              const std::function<RecordId(CertificationBody&, const std::string& state)>& make) {
  for (const BodyRow& row : rows) {
    CertificationBody body;
    const RecordId record = make(body, row.state);
    if (row.first) row.first(body, record);
    Actor actor{body.*row.who};
    if (row.second) actor.second = body.*row.second;
    const auto decided = body.ask(actor, record, row.command, object_of(row.input));
    INFO(row.command << " in " << row.state << ": " << row.what);
    INFO((decided ? std::string("granted") : text_of(decided.error())));
    CHECK(answer(decided) == row.expected);
  }
}

void try_new_of_body(const std::string& type, const std::vector<NewBodyRow>& rows) {
  for (const NewBodyRow& row : rows) {
    CertificationBody body;
    const Json input = row.input(body);
    const auto decided = body.ask_new(Actor{body.*row.who}, type, row.command, input);
    INFO(row.command << ": " << row.what);
    INFO((decided ? std::string("granted") : text_of(decided.error())));
    CHECK(answer(decided) == row.expected);
  }
}

void take(CertificationBody& body, RecordId id, const BodyStep& step) {
  INFO(step.command);
  Actor actor{step.who};
  if (step.second) actor.second = *step.second;
  const auto decided = body.act(actor, id, step.command, object_of(step.input));
  INFO((decided ? std::string("granted") : text_of(decided.error())));
  REQUIRE(answer(decided) == "-> " + step.state);
}

void fire(CertificationBody& body, RecordId id, const std::string& command) {
  INFO(command);
  const auto decided = body.act(Actor{{}, {}, true}, id, command);
  INFO((decided ? std::string("granted") : text_of(decided.error())));
  REQUIRE(decided.has_value());
}

}  // namespace assay::test
