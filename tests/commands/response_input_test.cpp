// What a report of a response is made of: what was answered, what became of it, and nothing that supports nothing.
#include "commands/response_input.h"

#include "commands/evidence.h"
#include "jobs/office.h"

namespace assay::test::response_input_test {
namespace {

constexpr const char* manager = "jonas@elbwerk.example";
constexpr const char* owner = "nora@elbwerk.example";
constexpr const char* verifier = "ines@elbwerk.example";

/// A nonconformity that came from a certification body; Nora acts, Ines verifies.
struct Answering : Office {
  explicit Answering(std::string_view engine) : Office(engine) {
    join(owner, {});
    join(verifier, {});
    const Principal who = principal(manager);
    auto made = create_record(*context, Call{who},
                              {"nonconformity",
                               {},
                               "receive",
                               {{"source", "external_body"},
                                {"issuer", "Nordcert"},
                                {"issuer_number", "4711-02"},
                                {"issuer_grade", "Category A"},
                                {"issuer_response_due", "2026-06-30"},
                                {"title", "No restore test"},
                                {"grade", "major"},
                                {"clause", "A.8.13"},
                                {"requirement", "Backups are tested"},
                                {"finding", "No test"},
                                {"objective_evidence", "Log"},
                                {"action_owner", {person(owner).uuid}},
                                {"verifier", {person(verifier).uuid}}}});
    if (!made) FAIL(made.error().detail << to_json(made.error()).dump());
    record = made->uuid;
  }

  void act(const char* email, const std::string& command, const Json& input) {
    clock.advance(std::chrono::hours(24));
    const Principal who = principal(email);
    auto done = command_record(*context, Call{who, version(record)}, {"nonconformity", record, command, input});
    INFO(command);
    if (!done) FAIL(done.error().detail << to_json(done.error()).dump());
  }
  void respond(const char* cause) {
    act(owner, "respond",
        {{"correction", "Tested"},
         {"extent", "All sites"},
         {"root_cause", cause},
         {"action", "A task each quarter"},
         {"action_due", "2026-07-31"},
         {"action_owner", {person(owner).uuid}}});
  }
  std::string attach(const char* title) {
    clock.advance(std::chrono::hours(1));
    const Principal who = principal(owner);
    EvidenceWish wish{"interview", title};
    wish.description = "Said so";
    wish.details = {{"role", "Administrator"}};
    auto attached = attach_evidence(*context, Call{who}, "nonconformity", record, wish);
    REQUIRE(attached);
    return attached->uuid;
  }
  void withdraw(const std::string& evidence) {
    const Principal who = principal(owner);
    REQUIRE(withdraw_evidence(*context, Call{who, 1}, "nonconformity", record, evidence, "Of another system"));
  }
  void report_done(const char* what) {
    attach(what);
    act(owner, "submit_evidence", {{"implementation", what}, {"done_on", "2026-05-28"}});
  }
  Json input(const char* language = "en") {
    const Principal who = principal(manager);
    const RecordRow row = find(record);
    Snapshot at = store->read();
    return response_input(*context, at, who, row, language);
  }

  std::string record = {};
};

TEST_CASE("what was answered stands in the input with what became of it") {
  ASSAY_EACH_ENGINE(engine);
  Answering office(engine);
  const Json before = office.input();
  CHECK_FALSE(before.contains("response"));
  CHECK(before.at("issuer") ==
        Json{{"name", "Nordcert"}, {"number", "4711-02"}, {"grade", "Category A"}, {"response_due", "2026-06-30"}});
  CHECK_FALSE(before.at("nonconformity").contains("respond_until"));  // as the issuer has it

  office.respond("It was forgotten");
  CHECK(office.input().at("response").at("accepted") == false);
  office.act(verifier, "reject_plan", {{"rejection", "That is no cause"}});
  const Json rejected = office.input();
  CHECK(rejected.at("response").at("rejection") ==
        Json{{"rejection", "That is no cause"}, {"by", "Person of ines@elbwerk.example"}, {"on", "2026-05-30"}});
  CHECK(rejected.at("earlier_responses").empty());

  office.respond("Nobody had the task");
  office.act(verifier, "accept_plan", {{"verification_method", "desk"}});
  office.report_done("A task is set up");
  office.act(verifier, "reject_evidence", {{"rejection", "No test was held"}});
  office.withdraw(office.attach("Somebody else's test"));
  office.report_done("A test was held");
  office.act(verifier, "verify", {{"verification", "Log"}, {"effectiveness", "The test was held on time"}});

  const Json input = office.input();
  CHECK(input.at("response").at("root_cause") == "Nobody had the task");
  CHECK(input.at("response").at("by") == "Person of nora@elbwerk.example");
  CHECK(input.at("response").at("accepted") == true);
  CHECK_FALSE(input.at("response").contains("rejection"));
  REQUIRE(input.at("earlier_responses").size() == 1);
  CHECK(input.at("earlier_responses").at(0) == rejected.at("response"));
  REQUIRE(input.at("implementations").size() == 1);
  CHECK(input.at("implementations").at(0).at("implementation") == "A test was held");
  CHECK(input.at("implementations").at(0).at("verification").at("effectiveness") == "The test was held on time");
  REQUIRE(input.at("rejected_implementations").size() == 1);
  CHECK(input.at("rejected_implementations").at(0).at("rejection").at("rejection") == "No test was held");
  const Json& evidence = input.at("evidence");
  REQUIRE(evidence.size() == 2);
  CHECK(evidence.at(0).at("title") == "A task is set up");
  CHECK(evidence.at(1).at("title") == "A test was held");
  CHECK(evidence.at(1).at("id") == "E-2");
  CHECK(evidence.at(1).at("of") == input.at("nonconformity").at("number"));

  const Json german = office.input("de");
  CHECK(german.at("nonconformity").at("grade_name") == "Wesentlich");
  CHECK(german.at("nonconformity").at("source") == "Externe Stelle");
}

TEST_CASE("a confirmation that is taken back leaves nothing that stands") {
  Answering office("sqlite");
  office.respond("Nobody had the task");
  office.act(verifier, "accept_plan", {{"verification_method", "desk"}});
  office.report_done("A test was held");
  office.act(verifier, "verify", {{"verification", "Log"}, {"effectiveness", "The test was held on time"}});
  office.act(verifier, "reconsider", {{"rejection", "The log was of another system"}});
  const Json input = office.input();
  CHECK(input.at("implementations").empty());
  CHECK(input.at("rejected_implementations").at(0).contains("verification"));
  CHECK(input.at("rejected_implementations").at(0).at("rejection").at("rejection") == "The log was of another system");
  CHECK(input.at("response").at("accepted") == true);
}

TEST_CASE("what reports are made of is told by the lists that a type keeps") {
  const WorkflowSet& set = *shipped_workflows();
  for (const auto& [type, of] : {std::pair{"audit", "audit"},
                                 {"certification-audit", "audit"},
                                 {"evaluation", "audit"},
                                 {"conformity-certificate", "audit"},
                                 {"nonconformity", "response"}}) {
    INFO(type);
    CHECK(reported_of(set.types.at(type)) == of);
  }
}

}  // namespace
}  // namespace assay::test::response_input_test
