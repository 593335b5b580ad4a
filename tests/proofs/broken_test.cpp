// Definitions that are broken in one way, each with the claim that must notice. The lamps are always tried; those on
// the shipped set take an optimised build: the hidden case is tried in test_proofs_plain.
#include "proofs/lamp.h"
#include "workflows/company.h"

namespace assay::test::broken_test {
namespace {

/// What is wrong, as a change to a file, and the claims that do not hold then.
struct BrokenRow {
  const char* what;
  Bend bend;
  std::string broken;
};

Ordered json_of(const char* text) { return Ordered::parse(text); }

constexpr const char* lamp_proof = R"({
  "worlds": {"w": {"asks": "?", "people": {"amy": {"roles": ["owner"]}, "ann": {"roles": ["owner"]},
    "bea": {"roles": ["guest"]}, "ben": {"roles": ["guest"]}}, "records": {"lamp": 1}}},
  "invariants": [
    {"id": "owners-drop", "only": ["lamp.drop"], "by": ["owner"], "each": true},
    {"id": "a-drop-takes-a-guest", "two": ["lamp.drop"], "by": ["guest"], "each": true},
    {"id": "both-light", "only": ["lamp.light", "lamp.quench"], "by": ["owner", "guest"], "each": true},
    {"id": "lamps-have-a-colour", "always": "lamp", "in": ["off", "on"], "holds": [{"guard": "filled", "fields": ["colour"]}]},
    {"id": "nobody-quenches-an-own-light", "at": ["lamp.quench"], "holds": [{"guard": "actor_not_did", "commands": ["light"]}]}],
  "witnesses": [{"id": "a-blue-lamp-is-lit", "can": ["lamp.light"], "holds": [{"guard": "is", "field": "colour", "one_of": ["blue"]}]}]})";

TEST_CASE("each break of a lamp is noticed by the claim about it") {
  const Ordered guard = json_of(R"([{"guard": "actor_not_did", "commands": ["light"]}])");
  const WorkflowFiles sound = bent({{"home/lamp.json", "/commands/quench/guards", guard}}, lamp_files());
  const std::vector<BrokenRow> table{
      {"nothing", {"home/lamp.json", "/version", 2}, ""},
      {"a guard is gone", {"home/lamp.json", "/commands/quench/guards", nullptr}, "nobody-quenches-an-own-light"},
      {"a role more",
       {"home/lamp.json", "/commands/drop/by", json_of(R"(["owner", "keeper", "guest"])")},
       "owners-drop"},
      {"a role less", {"home/lamp.json", "/commands/light/by", json_of(R"(["owner"])")}, "both-light"},
      {"no second person", {"home/lamp.json", "/commands/drop/second", nullptr}, "a-drop-takes-a-guest"},
      {"another second person",
       {"home/lamp.json", "/commands/drop/second", json_of(R"(["guest", "owner"])")},
       "a-drop-takes-a-guest"},
      {"an input less",
       {"home/lamp.json", "/commands/hang/must", json_of(R"(["title"])")},
       "a-blue-lamp-is-lit lamps-have-a-colour"},
      {"a guard too strict",
       {"home/lamp.json", "/commands/light/guards",
        json_of(R"([{"guard": "is", "field": "colour", "one_of": ["red"]}])")},
       "a-blue-lamp-is-lit"},
      {"another state", {"home/lamp.json", "/commands/drop/to", "off"}, "every-state-can-reach-an-end"}};
  for (const BrokenRow& row : table) {
    INFO(row.what);
    WorkflowSet set = load_or_throw(bent({row.bend}, sound), false);
    CHECK(Explored(std::move(set), lamp_proof).broken().find(row.broken) != std::string::npos);
    if (row.broken.empty()) CHECK(Explored(load_or_throw(sound), lamp_proof).broken().empty());
  }
}

TEST_CASE("each break of a shipped definition is noticed by the claim about it", "[.explore]") {
  struct ShippedRow {
    const char* what;
    const char* world;  // of the pack that the file is of; "": the check tells it, and explores nothing
    Bend bend;
    const char* broken;
  };
  const std::vector<ShippedRow> table{
      {"minutes approved by who wrote them",
       "management_review",
       {"internal/management-review.json", "/commands/approve_minutes/guards", nullptr},
       "nobody-approves-own-minutes"},
      {"a review without top management",
       "management_review",
       {"internal/management-review.json", "/commands/hold/guards", nullptr},
       "no-review-is-held-without-top-management"},
      {"a grade lowered by one",
       "dispute",
       {"internal/nonconformity.json", "/commands/lower_grade/second", nullptr},
       "a-grade-is-lowered-by-two"},
      {"a verifier who responded",
       "verification",
       {"internal/nonconformity.json", "/commands/verify/guards/2", nullptr},
       "no-nonconformity-closes-without-a-check-by-somebody-else"},
      {"closing before the actions",
       "actions",
       {"internal/nonconformity.json", "/commands/close/guards/3", nullptr},
       "actions-are-settled-before-closing"},
      {"a report over a draft",
       "reporting",
       {"internal/audit.json", "/commands/issue_report/guards/4", nullptr},
       "no-report-is-issued-over-a-draft"},
      {"the auditee who leads",
       "team",
       {"internal/audit.json", "/commands/propose_team/guards", nullptr},
       "no-auditor-is-auditee-unless-allowed"},
      {"an owner who cancels",
       "corrective_action",
       {"internal/corrective-action.json", "/commands/cancel/guards", nullptr},
       "the-owner-judges-no-own-action"},
      {"a manager who approves",
       "programme",
       {"internal/audit-programme.json", "/commands/approve/by", json_of(R"(["top_management", "programme_manager"])")},
       "top-management-approves-the-programme"},
      {"a review of an own audit",
       "reviewing",
       {"certification/technical-review.json", "/commands/conclude/guards", nullptr},
       "nobody-reviews-an-audit-of-their-own"},
      {"a decision on the package of another client",
       "other_client",
       {"certification/certification-decision.json", "/commands/gather/guards", nullptr},
       "a-decision-is-about-its-client"},
      {"a certification without the timer of its expiry",
       "",
       {"certification/certification.json", "/timers/expiry", nullptr},
       "certification/certification.json#/commands/expire: no timer fires it"}};
  WorkflowFiles files = read_workflow_files(shipped_folder());
  std::erase_if(files, [](const auto& file) { return file.first.find(".de.") != std::string::npos; });
  const auto proofs = std::get<std::vector<Proof>>(load_proofs(files, shipped()));
  for (const ShippedRow& row : table) {
    INFO(row.what);
    const WorkflowSet set = load_or_throw(bent({row.bend}, files), false);
    if (row.world == std::string_view()) {
      CHECK(text_of(check(set)).find(row.broken) != std::string::npos);
      continue;
    }
    const auto proof = std::ranges::find(proofs, row.bend.file.substr(0, row.bend.file.find('/')), &Proof::pack);
    REQUIRE(proof != proofs.end());
    const auto world = std::ranges::find(proof->worlds, row.world, &ProofWorld::name);
    REQUIRE(world != proof->worlds.end());
    std::vector<Violation> found = explore(set, *proof, *world).violations;
    // A guard may still keep out a role that is one too many.
    std::ranges::move(claimed_roles(set, *proof), std::back_inserter(found));
    CHECK(std::ranges::find(found, row.broken, &Violation::claim) != found.end());
  }
}

}  // namespace
}  // namespace assay::test::broken_test
