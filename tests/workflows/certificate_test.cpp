// A certificate: numbered revisions that say no more than the certification, and what replaces or voids them.
#include "workflows/certifier.h"

namespace assay::test::certificate_test {
namespace {

using B = Certifier;

RecordId draft_of(Certifier& body, RecordId certification, const std::string& state) {
  const RecordId id = body.facts.add("certificate", state,
                                     {{"holder", "Nordwerk GmbH"},
                                      {"certificate_number", "27-0815"},
                                      {"revision", 2},
                                      {"language", "de"},
                                      {"address", "Kai 1, Hamburg"},
                                      {"soa_version", "4.1"},
                                      {"body_name", "Certifier"},
                                      {"body_address", "Weg 2, Bonn"},
                                      {"standard", "ISO/IEC 27001:2022"},
                                      {"scope", "Software for ports"},
                                      {"sites", {"Kiel"}},
                                      {"effective_on", "2023-05-02"},
                                      {"expires_on", "2026-05-01"}},
                                     {{"certification", certification}});
  body.facts.add_evidence(id, body.now.at);
  return id;
}
RecordId certificate(Certifier& body, const std::string& state) {
  body.certification = body.certification_in("active");
  return draft_of(body, body.certification, state);
}
auto field(const char* name, Json value) {
  return [=](Certifier& body, RecordId id) { body.facts.at(id).body.edit()[name] = value; };
}
/// Another certificate of the body, of this certification or of one of another client.
void given(Certifier& body, RecordId of, int revision, const char* language = "de", const char* state = "issued") {
  body.facts.at(draft_of(body, of, state)).body.edit().update({{"revision", revision}, {"language", language}});
}
RecordId elsewhere(Certifier& body) {
  const RecordId stranger = body.facts.add("client", "contracted", {{"name", "Other"}});
  return body.facts.add("certification", "active", {{"title", "Other 27001"}}, {{"client", stranger}});
}
auto given_here(int revision, const char* language = "de", const char* state = "issued") {
  return [=](Certifier& body, RecordId) { given(body, body.certification, revision, language, state); };
}
auto given_elsewhere(const char* state) {
  return [=](Certifier& body, RecordId) { given(body, elsewhere(body), 1, "de", state); };
}
void replaces_a_stranger(Certifier& body, RecordId id) {
  body.facts.link(id, "replaces", draft_of(body, elsewhere(body), "issued"));
  body.facts.at(id).body.edit()["certificate_number"] = "27-0816";
}
auto consulted(const char* until) {
  return [=](Certifier& body, RecordId) { body.interest(body.registrar, "consultancy", until); };
}
auto certified(const char* state) {
  return [state](Certifier& body, RecordId) { body.facts.at(body.certification).state = state; };
}
const Json reason{{"reason", "A wrong address"}};

// Tables: a row each, however long.
// clang-format off
TEST_CASE("a certificate is issued when it is complete and says what was certified") {
  try_cases({
      {"by the register", "draft", &B::registrar, "issue", {}, "-> issued"},
      {"by the certification manager", "draft", &B::manager, "issue", {}, "not_permitted"},
      {"by the client", "draft", &B::customer, "issue", {}, "not_permitted"},
      {"without a statement of applicability", "draft", &B::registrar, "issue", {}, "unmet filled.empty", field("soa_version", "")},
      {"without a number", "draft", &B::registrar, "issue", {}, "unmet filled.empty not_registered.empty", field("certificate_number", " ")},
      {"with a site that is not certified", "draft", &B::registrar, "issue", {}, "unmet within.beyond", field("sites", {"Bremen"})},
      {"effective before the certification", "draft", &B::registrar, "issue", {}, "unmet not_before.before", field("effective_on", "2023-05-01")},
      {"valid for longer than the certification", "draft", &B::registrar, "issue", {}, "unmet not_after.after", field("expires_on", "2026-05-02")},
      {"while the certification is suspended", "draft", &B::registrar, "issue", {}, "unmet linked_all.open", certified("suspended")},
      {"after expiry", "draft", &B::registrar, "issue", {}, "unmet linked_all.open", certified("expired")},
      {"after the reduction", "draft", &B::registrar, "issue", {}, "-> issued", certified("scope_reduced")},
      {"after another revision", "draft", &B::registrar, "issue", {}, "-> issued", given_here(1)},
      {"with the same revision", "draft", &B::registrar, "issue", {}, "unmet above.not_above", given_here(2)},
      {"with an earlier one", "draft", &B::registrar, "issue", {}, "unmet above.not_above", given_here(3, "de", "superseded")},
      {"with that of a void one", "draft", &B::registrar, "issue", {}, "unmet above.not_above", given_here(2, "de", "void")},
      {"in another language", "draft", &B::registrar, "issue", {}, "-> issued", given_here(2, "en")},
      {"beside a draft of the same revision", "draft", &B::registrar, "issue", {}, "-> issued", given_here(2, "de", "draft")},
      {"under a number of its own", "draft", &B::registrar, "issue", {{"certificate_number", "27-0816"}, {"revision", 1}}, "-> issued", given_here(2)},
      {"under the number of another client", "draft", &B::registrar, "issue", {}, "unmet not_registered.present", given_elsewhere("issued")},
      {"though that one is void", "draft", &B::registrar, "issue", {}, "unmet not_registered.present", given_elsewhere("void")},
      {"though that one is a draft", "draft", &B::registrar, "issue", {}, "-> issued", given_elsewhere("draft")},
      {"in place of one of another client", "draft", &B::registrar, "issue", {}, "unmet linked_among.elsewhere", replaces_a_stranger},
      {"nor is it drafted so", "draft", &B::registrar, "revise", {{"annex", "A"}}, "unmet linked_among.elsewhere", replaces_a_stranger},
      {"by who consulted for the client", "draft", &B::registrar, "issue", {}, "unmet none_registered.actor_present", consulted("2024-03-02")},
      {"two years and a day later", "draft", &B::registrar, "issue", {}, "-> issued", consulted("2024-03-01")},
      {"its print attached", "issued", &B::registrar, "attach_evidence", {}, "-> issued"},
      {"a print of one that is void", "void", &B::registrar, "attach_evidence", {}, "wrong_state"},
      {"revised once issued", "issued", &B::registrar, "revise", {{"scope", "x"}}, "wrong_state"},
      {"declared void by one", "issued", &B::registrar, "declare_void", reason, "second"},
      {"declared void by two", "issued", &B::registrar, "declare_void", reason, "-> void", {}, &B::manager},
      {"superseded by hand", "issued", &B::registrar, "supersede", {}, "not_permitted"},
      {"discarded", "draft", &B::registrar, "discard", reason, "-> discarded"},
  }, certificate);
}

TEST_CASE("a new revision supersedes the old one and lets a restored certification go on") {
  Certifier body;
  const RecordId old = certificate(body, "issued");
  body.facts.at(body.certification).state = "restored";
  const RecordId fresh = draft_of(body, body.certification, "draft");
  steps(body, {body.registrar}, fresh, "issue", {{"revision", 3}, {"replaces", {body.name(old)}}}, "issued");
  CHECK(body.state(old) == "superseded");
  CHECK(body.state(body.certification) == "active");
  CHECK(body.facts.at(fresh).body->at("issued_on") == "2026-03-02");
}

TEST_CASE("what ends a certification voids its certificates and drops their drafts") {
  Certifier body;
  const RecordId issued = certificate(body, "issued");
  const RecordId draft = draft_of(body, body.certification, "draft");
  steps(body, {body.customer}, body.certification, "surrender", reason, "surrendered");
  CHECK(body.state(issued) == "void");
  CHECK(body.state(draft) == "discarded");
}

TEST_CASE("an expansion prepares the next certificate in place of an older draft") {
  Certifier body;
  body.audit = body.audit_of("scope_change");
  const RecordId decision = body.decision_in("ready", "scope_change", "active");
  const RecordId draft = draft_of(body, body.certification, "draft");
  asks_for({{"scope", "Software for ports and rail"}})(body, decision);
  steps(body, {body.decider}, decision, "expand", {{"decision_reason", "Audited"}}, "decided");
  CHECK(body.state(draft) == "discarded");
  const auto all = body.facts.linked(body.certification, "certificates");
  REQUIRE(all.size() == 2);
  CHECK(body.facts.at(all.back()).body->at("scope") == "Software for ports and rail");
  CHECK(body.facts.at(all.back()).body->at("effective_on") == "2026-03-02");
}

}  // namespace
}  // namespace assay::test::certificate_test
