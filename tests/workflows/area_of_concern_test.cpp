// What an area of concern accepts and refuses: stage 1 finds it, stage 2 settles it.
#include "workflows/certification_body.h"

namespace assay::test::area_of_concern_test {
namespace {

Json the_concern(RecordId audit) {
  return {{"audit", uuid_of(audit)},
          {"title", "No internal audit yet"},
          {"clause", "9.2"},
          {"concern", "None is planned before stage 2"},
          {"basis", "Audit programme"}};
}
RecordId a_concern(CertificationBody& body, const std::string& state) {
  const RecordId stage1 = body.audit_in("closed_meeting", "stage1");
  const RecordId id = body.concern_in(state, stage1);
  body.facts.take_seats(id, "verifier", {body.verifier});
  return id;
}

TEST_CASE("stage 1 yields areas of concern, the other audits nonconformities", "[certification]") {
  try_new_of_body(
      "area-of-concern",
      {{"in stage 1", &B::auditor, "raise", [](B& b) { return the_concern(b.audit_in("fieldwork", "stage1")); },
        "-> draft"},
       {"not in stage 2", &B::auditor, "raise", [](B& b) { return the_concern(b.audit_in("fieldwork", "stage2")); },
        "unmet linked_some.none_in_state"},
       {"not after its report", &B::auditor, "raise",
        [](B& b) { return the_concern(b.audit_in("report_issued", "stage1")); }, "unmet linked_some.none_in_state"},
       {"not by an observer", &B::colleague, "raise",
        [](B& b) { return the_concern(b.audit_in("fieldwork", "stage1")); }, "not_permitted"}});
}

TEST_CASE("an area of concern is answered by the client and settled by the audit", "[certification]") {
  try_body(
      {{"issued by the lead auditor", "draft", &B::lead, "issue", {}, "-> issued"},
       {"not by an auditor", "draft", &B::auditor, "issue", {}, "not_permitted"},
       {"the client announces measures",
        "issued",
        &B::customer,
        "respond",
        {{"measures", "Audit in May"}},
        "-> responded"},
       {"nobody answers for it", "issued", &B::lead, "respond", {{"measures", "Audit in May"}}, "not_permitted"},
       {"resolved", "responded", &B::lead, "resolve", {{"assessment", "Held"}}, "-> resolved"},
       {"by who looks at it in stage 2", "assessing", &B::verifier, "resolve", {{"assessment", "Held"}}, "-> resolved"},
       {"the client does not resolve it",
        "responded",
        &B::customer,
        "resolve",
        {{"assessment", "Held"}},
        "not_permitted"},
       {"no nonconformity without one",
        "assessing",
        &B::verifier,
        "confirm",
        {{"assessment", "Not held"}},
        "unmet linked_some.none_in_state"},
       {"confirmed by it",
        "assessing",
        &B::verifier,
        "confirm",
        {{"assessment", "Not held"}},
        "-> confirmed",
        [](CertificationBody& body, RecordId id) {
          body.facts.link(body.nonconformity_in("issued", body.audit_in("fieldwork", "stage2")), "area_of_concern", id);
        }},
       {"withdrawn by two", "issued", &B::lead, "withdraw", {{"reason", "Misread"}}, "second"},
       {"the second from the body",
        "issued",
        &B::lead,
        "withdraw",
        {{"reason", "Misread"}},
        "-> withdrawn",
        {},
        &B::planner}},
      a_concern);
}

TEST_CASE("stage 2 takes up what stage 1 left, with its own lead auditor", "[certification]") {
  CertificationBody body;
  const RecordId stage1 = body.audit_in("report_issued", "stage1");
  body.facts.at(stage1).body.edit().update({{"stage1_outcome", "ready"}, {"stage1_reviewed_on", "2026-02-10"}});
  const RecordId concern = body.concern_in("responded", stage1);
  const RecordId stage2 = body.audit_in("plan_issued", "stage2");
  body.facts.link(stage2, "stage1", stage1);
  body.competent(body.colleague, "lead_auditor");
  body.facts.take_seats(stage2, "lead_auditor", {body.colleague});
  take(body, stage2,
       {body.colleague,
        "open",
        {{"opening_on", "2026-03-02"}, {"opening_attendance", {{{"name", "I. Peters"}}}}},
        "opened"});
  CHECK(body.state(concern) == "assessing");
  CHECK(body.facts.seat(concern, "verifier") == std::vector{body.colleague});
}

}  // namespace
}  // namespace assay::test::area_of_concern_test
