// A nonconformity of an organisation's own audit that nobody answers: noted and escalated by timers, and nothing else.
#include "workflows/company.h"

namespace assay::test::escalation_test {
namespace {

TEST_CASE("a missing response is noted, escalated a week later, and settled by the response") {
  Company company;
  const Actor timer{{}, {}, true};
  const RecordId id = company.nonconformity_in("draft", company.audit_in("fieldwork"));
  const auto step = [&](const Actor& actor, const char* command, const Json& input = Json::object()) {
    INFO(command);
    const std::string answered = answer(company.act(actor, id, command, input));
    INFO(answered);
    REQUIRE(answered.starts_with("-> "));
  };
  const auto due = [&](const char* name) {
    const auto& timers = company.facts.timers(id);
    const auto found = timers.find(name);
    return found == timers.end() ? std::string() : to_text(found->second.day);
  };
  const auto says = [&](const char* field) { return company.facts.at(id).body->value(field, false); };
  step({company.lead}, "issue");
  CHECK(due("response_due") == "2026-04-01");
  CHECK(due("response_escalation").empty());

  company.now.at = *parse_instant("2026-04-02T00:00:00Z");
  step(timer, "note_response_overdue");
  CHECK(says("response_overdue"));
  CHECK(due("response_escalation") == "2026-04-09");
  step(timer, "note_response_escalated");
  CHECK(says("response_escalated"));
  CHECK(company.facts.at(id).state == "issued");
  CHECK(company.facts.at(id).body->at("grade") == "major");

  step({company.owner}, "respond",
       {{"correction", "Test held"},
        {"extent", "Kiel only"},
        {"root_cause", "Nobody was named"},
        {"action", "Name somebody"},
        {"action_due", "2026-05-01"},
        {"action_owner", {company.name(company.owner)}}});
  CHECK_FALSE(says("response_overdue"));
  CHECK_FALSE(says("response_escalated"));
}

}  // namespace
}  // namespace assay::test::escalation_test
