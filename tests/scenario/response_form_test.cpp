// The response to a nonconformity that came from outside goes back on a form, which is kept as it was made.
#include "ledger/digest.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::response_form_test {
namespace {

const std::string form = R"({"plugin":"org.assay.response-form","format":"html","language":"en"})";
const std::string audit_report = R"({"plugin":"org.assay.report-html","format":"html","language":"en"})";

std::string received(Stage& stage) {
  const Json input = {{"source", "external_body"},
                      {"issuer", "Nordcert & Sons"},
                      {"issuer_number", "NC 4711-02"},
                      {"issuer_grade", "Category A"},
                      {"issuer_response_due", day(20)},
                      {"issuer_verification_due", day(80)},
                      {"title", "Restores are not tested"},
                      {"grade", "major"},
                      {"clause", "A.8.13"},
                      {"requirement", "A test every quarter."},
                      {"finding", "None since spring."},
                      {"objective_evidence", "Interview."},
                      {"action_owner", seat(stage, "owner")}};
  const Json made = stage.must("admin", "POST", "/api/v1/nonconformities?command=receive", input.dump());
  return "nonconformities/" + made.at("id").get<std::string>();
}

void respond(Stage& stage, const std::string& record) {
  stage.act("owner", record, "respond",
            {{"correction", "<script>alert(1)</script> and a test was held."},
             {"extent", "Nothing of the kind at the other site."},
             {"root_cause", "\"><img src=x onerror=alert(1)> nobody had the task."},
             {"action", "A task each quarter."},
             {"action_due", day(30)},
             {"action_owner", seat(stage, "owner")}});
}

TEST_CASE("the response to what came from outside goes back on a form") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string record = received(stage);
  const std::string path = "/api/v1/" + record, reports = path + "/reports";
  stage.events_since();
  stage.run({{"not before there is a response",
              "owner",
              "POST",
              reports,
              {},
              form,
              409,
              {"\"guard\":\"filled\"", "\"field\":\"root_cause\""}},
             {"unseen", "nobody", "POST", reports, {}, form, 404},
             {"unseen by another organisation", "other", "POST", reports, {}, form, 404}});
  respond(stage, record);
  stage.events_since();
  stage.run(
      {{"a report of an audit is none of a response",
        "owner",
        "POST",
        reports,
        {},
        audit_report,
        422,
        {"\"/format\"", "is made of an audit, and reports of this record of a response",
         "org.assay.response-form html"}},
       {"an unknown plugin", "owner", "POST", reports, {}, R"({"plugin":"dream","format":"html"})", 422, {"/plugin"}},
       {"an unknown format",
        "owner",
        "POST",
        reports,
        {},
        R"({"plugin":"org.assay.response-form","format":"pdf"})",
        415,
        {"writes no pdf"}},
       {"by top management, who read it", "top", "POST", reports, {}, form, 403},
       {"still unseen", "nobody", "POST", reports, {}, form, 404},
       {"and nothing is kept", "owner", "GET", reports, {}, "", 200, {"\"items\":[]"}}});
  const Answer answer = stage.run({"made by the owner",
                                   "owner",
                                   "POST",
                                   reports,
                                   {"Idempotency-Key: form-" + engine},
                                   form,
                                   201,
                                   {"\"plugin\":\"org.assay.response-form\"", "\"media_type\":\"text/html"},
                                   {},
                                   {"nonconformity.report_attached"},
                                   "form"});
  const Json report = Json::parse(answer.body);
  const Answer file = stage.run({"handed out",
                                 "admin",
                                 "GET",
                                 report.at("file").at("href"),
                                 {},
                                 "",
                                 200,
                                 {"Content-Disposition: attachment;", "Content-Security-Policy: default-src 'none'",
                                  "Nordcert &amp; Sons", "NC 4711-02", "Category A", "None since spring.", day(20),
                                  "&lt;script&gt;alert(1)&lt;/script&gt; and a test was held.", "A task each quarter."},
                                 {"<script", "<img"}});
  CHECK(sha256_hex(file.body) == report.at("file").at("sha256"));
  stage.run({{"asked for again",
              "owner",
              "POST",
              reports,
              {"Idempotency-Key: form-" + engine},
              form,
              201,
              {"Idempotent-Replayed: true", report.at("id").get<std::string>()}},
             {"in German by the ISMS manager",
              "admin",
              "POST",
              reports,
              {},
              R"({"plugin":"org.assay.response-form","format":"html","language":"de"})",
              201,
              {"\"language\":\"de\""},
              {},
              {"nonconformity.report_attached"}},
             {"unseen to the end", "nobody", "GET", report.at("file").at("href"), {}, "", 404}});
  CHECK(stage.list("owner", reports).size() == 2);
}

TEST_CASE("a form of a response is no report of an audit, and none of what was found inside") {
  Stage& stage = Stage::on("sqlite");
  const std::string audit = "/api/v1/" + audit_in(stage, "no_response", "report_draft");
  const std::string finding = issued_nonconformity(stage, "found_inside", stage.fill("audits/{audit}"));
  respond(stage, finding);
  stage.events_since();
  stage.run(
      {{"of an audit",
        "lead",
        "POST",
        audit + "/reports",
        {},
        form,
        422,
        {"\"/format\"", "is made of a response, and reports of this record of an audit", "org.assay.report-html html"}},
       {"of a finding of an audit",
        "owner",
        "POST",
        "/api/v1/" + finding + "/reports",
        {},
        form,
        409,
        {"\"guard\":\"is\"", "\"field\":\"source\""}},
       {"plugins say what their formats are of",
        "lead",
        "GET",
        "/api/v1/plugins",
        {},
        "",
        200,
        {"\"of\":\"response\"", "\"of\":\"audit\""}}});
  CHECK(stage.list("lead", audit + "/reports").empty());
}

}  // namespace
}  // namespace assay::test::response_form_test
