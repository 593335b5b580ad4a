// What may be disposed of, and when; who proposes it, and who carries it out.
#include "domain/disposal.h"

#include "domain/check.h"
#include "domain/load.h"
#include "workflows/company.h"

namespace assay::test::disposal_test {
namespace {

using C = Company;

/// When it must have ended to be disposed of today, 2026-03-02: three years ago yesterday.
const Instant long_ago = parse_instant("2023-03-01T12:00:00Z").value();

RecordId ended(Company& company, const std::string& type, const std::string& state, Instant when = long_ago) {
  const RecordId id = company.facts.add(type, state, {{"title", "Old"}});
  company.facts.at(id).state_since = when;
  return id;
}
RecordId disposal_of(Company& company, const std::string& state, const char* link, RecordId record,
                     const std::string& concerns = "organisation") {
  company.facts.give_role(company.planner, "data_protection_officer");
  company.facts.give_role(company.lead, "certification_manager");
  company.facts.give_role(company.auditor, "certification_manager");
  company.facts.give_role(company.verifier, "decision_maker");
  const RecordId id =
      company.facts.add("disposal", state, {{"subject", "Old"}, {"grounds", "Nobody"}, {"concerns", concerns}});
  company.facts.link(id, link, record);
  return id;
}
RecordId of_an_audit(Company& company, const std::string& state) {
  return disposal_of(company, state, "audits", ended(company, "audit", "cancelled"));
}
RecordId of_a_client(Company& company, const std::string& state) {
  return disposal_of(company, state, "clients", ended(company, "client", "closed"), "certification");
}
/// Bends the audit that is named.
template <class Bend>
auto audit_is(Bend bend) {
  return [=](Company& company, RecordId id) { bend(company, company.facts.linked(id, "audits").front()); };
}
RecordId held(Company& company, const char* link, RecordId record, const std::string& state = "in_force") {
  const RecordId hold = company.facts.add("legal-hold", state, {{"matter", "A v. B"}, {"concerns", "organisation"}});
  company.facts.link(hold, link, record);
  return hold;
}
RecordId finding_below(Company& company, RecordId audit, const std::string& state, Instant when = long_ago) {
  const RecordId id = ended(company, "nonconformity", state, when);
  company.facts.link(id, "audit", audit);
  return id;
}
const Json done{{"elsewhere", "Two binders, shredded"}};

TEST_CASE("what has come to its end, need not be kept and is not held is disposed of by two") {
  const auto since = [](const char* when) {
    return audit_is([=](Company& c, RecordId a) { c.facts.at(a).state_since = parse_instant(when).value(); });
  };
  try_rows(
      {
          {"by one", "proposed", &C::isms, "carry_out_organisation", done, "second"},
          {"by two", "proposed", &C::isms, "carry_out_organisation", done, "-> carried_out", {}, &C::boss},
          {"by the officer and another",
           "proposed",
           &C::planner,
           "carry_out_organisation",
           done,
           "-> carried_out",
           {},
           &C::isms2},
          {"by one alone", "proposed", &C::isms, "carry_out_organisation", done, "not_permitted", {}, &C::isms},
          {"confirmed by an auditor",
           "proposed",
           &C::isms,
           "carry_out_organisation",
           done,
           "not_permitted",
           {},
           &C::internal},
          {"by management", "proposed", &C::boss, "carry_out_organisation", done, "not_permitted", {}, &C::boss2},
          {"without what else was destroyed", "proposed", &C::isms, "carry_out_organisation", {}, "invalid /elsewhere"},
          {"by the body", "proposed", &C::lead, "carry_out_certification", done,
           "unmet disposable.none is.other_value"},
          {"a day too early", "proposed", &C::isms, "carry_out_organisation", done, "unmet disposable.too_early",
           since("2023-03-02T12:00:00Z")},
          {"not ended", "proposed", &C::isms, "carry_out_organisation", done, "unmet disposable.open",
           audit_is([](Company& c, RecordId a) { c.facts.at(a).state = "fieldwork"; })},
          {"disposed of before", "proposed", &C::isms, "carry_out_organisation", done, "unmet disposable.disposed",
           audit_is([](Company& c, RecordId a) {
             c.facts.at(a).body.edit() = {{"disposed", {{"at", "2025-01-01T00:00:00.000Z"}}}};
           })},
          {"on hold", "proposed", &C::isms, "carry_out_organisation", done, "unmet disposable.held",
           audit_is([](Company& c, RecordId a) { held(c, "audits", a); })},
          {"a hold was released", "proposed", &C::isms, "carry_out_organisation", done, "second",
           audit_is([](Company& c, RecordId a) { held(c, "audits", a, "released"); })},
          {"a hold above", "proposed", &C::isms, "carry_out_organisation", done, "unmet disposable.held",
           audit_is([](Company& c, RecordId a) {
             c.facts.link(a, "programme", c.programme);
             held(c, "audit_programmes", c.programme);
           })},
          {"a hold below", "proposed", &C::isms, "carry_out_organisation", done, "unmet disposable.held",
           audit_is([](Company& c, RecordId a) { held(c, "nonconformities", finding_below(c, a, "closed")); })},
          {"what is below goes on", "proposed", &C::isms, "carry_out_organisation", done, "unmet disposable.open",
           audit_is([](Company& c, RecordId a) { finding_below(c, a, "issued"); })},
          {"what is below ended later", "proposed", &C::isms, "carry_out_organisation", done,
           "unmet disposable.too_early", audit_is([](Company& c, RecordId a) {
             finding_below(c, a, "closed", parse_instant("2024-01-01T00:00:00Z").value());
           })},
          {"withdrawn",
           "proposed",
           &C::planner,
           "withdraw_organisation",
           {{"reason", "Needed after all"}},
           "-> withdrawn"},
          {"withdrawn by the body",
           "proposed",
           &C::lead,
           "withdraw_certification",
           {{"reason", "x"}},
           "unmet is.other_value"},
          {"once", "carried_out", &C::isms, "carry_out_organisation", done, "wrong_state"},
      },
      of_an_audit);
  try_rows(
      {
          {"by one", "proposed", &C::lead, "carry_out_certification", done, "second"},
          {"by two managers", "proposed", &C::lead, "carry_out_certification", done, "-> carried_out", {}, &C::auditor},
          {"with a decision maker",
           "proposed",
           &C::lead,
           "carry_out_certification",
           done,
           "-> carried_out",
           {},
           &C::verifier},
          {"by the organisation's side", "proposed", &C::isms, "carry_out_organisation", done,
           "unmet disposable.none is.other_value"},
      },
      of_a_client);
}

/// A programme of certification that ended then (nothing: that still runs), with an audit of long ago below it.
struct Cycle {
  explicit Cycle(Company& company, const char* programme_ended = nullptr)
      : programme(company.facts.add("certification-programme", "running", {{"title", "Port"}})),
        audit(ended(company, "certification-audit", "complete")) {
    company.facts.link(audit, "programme", programme);
    if (!programme_ended) return;
    company.facts.at(programme).state = "closed";
    company.facts.at(programme).state_since = parse_instant(programme_ended).value();
  }
  RecordId programme, audit;
};

TEST_CASE("what ended inside a cycle of certification is kept from the end of its programme on") {
  const auto audit_of = [](const char* programme_ended) {
    return [=](Company& company, const std::string& state) {
      return disposal_of(company, state, "certification_audits", Cycle(company, programme_ended).audit,
                         "certification");
    };
  };
  const auto carry_out = [](const char* what, const char* expected) {
    return Row{what, "proposed", &C::lead, "carry_out_certification", done, expected};
  };
  try_rows({carry_out("its programme still runs", "unmet disposable.goes_on")}, audit_of(nullptr));
  try_rows({carry_out("its programme ended a day too late", "unmet disposable.too_early")},
           audit_of("2023-03-02T12:00:00Z"));
  try_rows({carry_out("its programme ended long ago", "second")}, audit_of("2023-03-01T12:00:00Z"));
  try_rows({carry_out("it hangs below none", "second")}, [](Company& company, const std::string& state) {
    return disposal_of(company, state, "certification_audits", ended(company, "certification-audit", "complete"),
                       "certification");
  });
}

/// A record of long ago that belongs to a cycle by these links.
struct Kept {
  const char* type;
  const char* state;
  std::function<void(Company&, RecordId, const Cycle&)> belongs;
};

TEST_CASE("every record of a cycle is kept as long as its programme runs, and counts from its end") {
  const auto by = [](const char* link) {
    return [=](Company& c, RecordId id, const Cycle& of) { c.facts.link(id, link, of.programme); };
  };
  const auto by_audit = [](const char* link) {
    return [=](Company& c, RecordId id, const Cycle& of) { c.facts.link(id, link, of.audit); };
  };
  /// By a record of this type between it and the programme.
  const auto through = [](const char* link, const char* type, const char* state) {
    return [=](Company& c, RecordId id, const Cycle& of) {
      const RecordId between = ended(c, type, state);
      c.facts.link(between, "programme", of.programme);
      c.facts.link(id, link, between);
    };
  };
  /// By a link of the programme or of another record there that leads to it.
  const auto named = [](const char* link) {
    return [=](Company& c, RecordId id, const Cycle& of) { c.facts.link(of.programme, link, id); };
  };
  const std::vector<Kept> rows = {
      {"application", "programme_approved", named("application")},
      {"contract", "ended", named("contract")},
      {"certification-decision", "closed", by("programme")},
      {"evaluation", "decided", by("programme")},
      {"area-of-concern", "resolved", by_audit("audit")},
      {"client-nonconformity", "closed", by_audit("audit")},
      {"complaint", "closed", by_audit("audit")},
      {"complaint", "closed", through("decision", "certification-decision", "closed")},
      {"complaint", "closed",
       [](Company& c, RecordId id, const Cycle& of) {
         const RecordId client = c.facts.add("client", "contracted");
         c.facts.link(of.programme, "client", client);
         c.facts.link(id, "about", client);
       }},
      {"appeal", "closed", through("decision", "certification-decision", "closed")},
      {"technical-review", "closed", through("decision", "certification-decision", "closed")},
      {"change-notification", "done", through("certifications", "certification", "withdrawn")},
      {"transfer", "transferred", by_audit("visits")},
      {"transfer", "transferred",
       [](Company& c, RecordId id, const Cycle& of) {
         const RecordId decision = ended(c, "certification-decision", "closed");
         c.facts.link(decision, "programme", of.programme);
         c.facts.link(decision, "transfer", id);
       }},
      {"conformity-certificate", "expired", through("evaluation", "evaluation", "decided")},
  };
  for (const Kept& row : rows) {
    INFO(row.type);
    const auto keeping_of = [&](const char* programme_ended) {
      Company company;
      const Cycle cycle(company, programme_ended);
      const RecordId id = ended(company, row.type, row.state);
      row.belongs(company, id, cycle);
      const Keeping kept = keeping(company.set, company.facts, company.facts.at(id), "UTC");
      if (kept.going_on) CHECK(*kept.going_on == cycle.programme);
      return kept.until ? to_text(*kept.until) : std::string(kept.going_on ? "goes on" : "for ever");
    };
    CHECK(keeping_of(nullptr) == "goes on");
    CHECK(keeping_of("2025-05-31T12:00:00Z") == "2028-05-31");
    CHECK(keeping_of("2020-05-31T12:00:00Z") == "2026-03-01");
  }
}

TEST_CASE("a certificate that was replaced is kept from the end of its certification on") {
  Company company;
  const RecordId certification = company.facts.add("certification", "active", {{"title", "Port"}});
  const RecordId certificate = ended(company, "certificate", "superseded");
  company.facts.link(certificate, "certification", certification);
  const auto kept = [&] { return keeping(company.set, company.facts, company.facts.at(certificate), "UTC"); };
  CHECK(kept().going_on == certification);
  company.facts.at(certification).state = "surrendered";
  company.facts.at(certification).state_since = parse_instant("2025-05-31T12:00:00Z").value();
  CHECK(kept().until == parse_date("2028-05-31"));
  CHECK(keeping(company.set, company.facts, company.facts.at(certification), "UTC").until == parse_date("2028-05-31"));
}

TEST_CASE("which records of certification count from their own end alone is decided by name") {
  std::vector<std::string> alone;
  for (const auto& [name, type] : shipped().types)
    if (type.retention == "kept_certification" && type.retention_from.empty()) alone.push_back(name);
  CHECK(alone == std::vector<std::string>{"accreditation", "certification", "certification-programme", "client",
                                          "committee-meeting", "competence", "impartiality-risk",
                                          "interest-declaration"});
}

TEST_CASE("a decision to dispose names all that hangs below, those above first, and nothing else") {
  Company company;
  const RecordId audit = ended(company, "audit", "cancelled"), other = ended(company, "audit", "cancelled");
  const RecordId finding = finding_below(company, audit, "closed"),
                 action = ended(company, "corrective-action", "closed");
  company.facts.link(action, "nonconformity", finding);
  (void)finding_below(company, other, "closed");
  const RecordId disposal = disposal_of(company, "proposed", "audits", audit);
  const auto decided = company.act({company.isms, company.boss}, disposal, "carry_out_organisation", done);
  REQUIRE(decided.has_value());
  CHECK(decided->changes.front().disposed == std::vector{audit, finding, action});
}

TEST_CASE("nothing happens to what was disposed of") {
  Company company;
  const RecordId id = ended(company, "nonconformity", "closed");
  company.facts.at(id).body.edit() = {{"disposed", {{"at", "2026-01-01T00:00:00.000Z"}}}};
  CHECK(is_disposed(company.facts.at(id)));
  for (const Offer& offer : offers(company.set, company.facts, id, {company.isms}, company.now, "en"))
    CHECK_FALSE(offer.allowed);
}

TEST_CASE("every shipped type says how long its records are kept") {
  for (const auto& [name, type] : shipped().types) {
    INFO(name);
    CHECK(shipped().policies.contains(type.retention));
    CHECK_FALSE(kept_until(shipped(), name, long_ago, "UTC") == std::nullopt);
  }
  CHECK(kept_until(shipped(), "audit", parse_instant("2024-02-29T23:30:00Z").value(), "UTC") ==
        parse_date("2027-02-28"));
  CHECK(kept_until(shipped(), "audit", parse_instant("2024-02-28T23:30:00Z").value(), "Europe/Berlin") ==
        parse_date("2027-02-28"));
  CHECK(kept_until(shipped(), "unknown", long_ago, "UTC") == std::nullopt);
}

}  // namespace
}  // namespace assay::test::disposal_test
