// Reports: made by a plugin, kept as they were made, safe to open.
#include "ledger/digest.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::reports_test {
namespace {

TEST_CASE("a report is made by a plugin and is a file for good") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string audit = "/api/v1/" + audit_in(stage, "reported_on", "report_draft");
  const std::string reports = audit + "/reports";
  const std::string english = R"({"plugin":"org.assay.report-html","format":"html","language":"en"})";
  stage.run(
      {{"not without one",
        "lead",
        "POST",
        audit + "/commands/issue_report",
        {"If-Match: {etag}"},
        "{}",
        409,
        {"has_report"}},
       {"an unknown plugin", "lead", "POST", reports, {}, R"({"plugin":"dream","format":"html"})", 422, {"/plugin"}},
       {"an unknown format",
        "lead",
        "POST",
        reports,
        {},
        R"({"plugin":"org.assay.report-html","format":"pdf"})",
        415,
        {"writes no pdf"}},
       {"an unknown member",
        "lead",
        "POST",
        reports,
        {},
        R"({"plugin":"org.assay.report-html","format":"html","color":"red"})",
        422,
        {"/color"}},
       {"by an auditor", "auditor", "POST", reports, {}, english, 403},
       {"unseen", "nobody", "POST", reports, {}, english, 404}});
  const Answer made = stage.run({"made",
                                 "lead",
                                 "POST",
                                 reports,
                                 {"Idempotency-Key: report-" + engine},
                                 english,
                                 201,
                                 {"\"media_type\":\"text/html", "\"plugin_version\":\"1.", "\"package_hash\":\""},
                                 {},
                                 {"audit.report_attached"},
                                 "made_report"});
  const Json report = parsed(made);
  stage.run({"asked for again",
             "lead",
             "POST",
             reports,
             {"Idempotency-Key: report-" + engine},
             english,
             201,
             {"Idempotent-Replayed: true", report.at("id").get<std::string>()}});
  const std::string path = report.at("file").at("href");
  const Answer file = stage.run({"handed out",
                                 "auditee",
                                 "GET",
                                 path,
                                 {},
                                 "",
                                 200,
                                 {"Content-Disposition: attachment;", "Content-Security-Policy: default-src 'none'",
                                  "X-Content-Type-Options: nosniff", "Audit reported_on", "<html", "A.6.3"},
                                 {"<script", "http://", "src=\"//"}});
  CHECK(sha256_hex(file.body) == report.at("file").at("sha256"));
  CHECK(file.body.size() == report.at("file").at("size"));
  stage.run({{"in German it is another",
              "lead",
              "POST",
              reports,
              {},
              R"({"plugin":"org.assay.report-html","format":"html","language":"de"})",
              201,
              {"\"language\":\"de\""},
              {},
              {"audit.report_attached"}},
             {"listed",
              "lead",
              "GET",
              reports,
              {},
              "",
              200,
              {"{made_report}", report.at("file").at("sha256").get<std::string>()}},
             {"told of",
              "lead",
              "GET",
              reports + "/{made_report}",
              {},
              "",
              200,
              {report.at("input_sha256").get<std::string>()}},
             {"never changed", "lead", "PUT", reports + "/{made_report}", {}, "{}", 405},
             {"never deleted", "lead", "DELETE", reports + "/{made_report}", {}, "", 405},
             {"issued",
              "lead",
              "POST",
              audit + "/commands/issue_report",
              {"If-Match: {etag}"},
              "{}",
              200,
              {"report_issued"},
              {},
              {"audit.report_issued"}}});
  stage.must("lead", "POST", audit + "/commands/revise_report", R"({"reason":"A typing error."})",
             {"If-Match: {etag}"});
  const Answer later = stage.ask("lead", "GET", path);
  CHECK(later.body == file.body);
}

TEST_CASE("no report before there is something to report") {
  Stage& stage = Stage::on("sqlite");
  const std::string english = R"({"plugin":"org.assay.report-html","format":"html","language":"en"})";
  stage.run({{"in fieldwork", "lead", "POST", "/api/v1/audits/{audit}/reports", {}, english, 409, {"wrong-state"}},
             {"of a review", "admin", "POST", "/api/v1/management-reviews/{review}/reports", {}, english, 404}});
}

TEST_CASE("a plugin that attacks fails its request, and nothing is stored") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string audit = "/api/v1/" + audit_in(stage, "attacked", "report_draft");
  const auto wish = [](const std::string& plugin, const std::string& format) {
    return Json{{"plugin", plugin}, {"format", format}, {"language", "en"}}.dump();
  };
  const std::string reports = audit + "/reports";
  const std::string hostile = "org.example.hostile";
  stage.run(
      {{"by reading", "lead", "POST", reports, {}, wish(hostile, "passwd"), 502, {"plugin-failed", "cannot read"}},
       {"by a socket", "lead", "POST", reports, {}, wish(hostile, "socket"), 502, {"plugin-failed", "forbids"}},
       {"a good one",
        "lead",
        "POST",
        reports,
        {},
        wish("org.assay.report-html", "html"),
        201,
        {},
        {},
        {"audit.report_attached"}},
       {"is listed with its sandbox",
        "lead",
        "GET",
        "/api/v1/plugins",
        {},
        "",
        200,
        {hostile, "\"isolation\"", "\"landlock\""}}});
  CHECK(stage.list("lead", reports).size() == 1);
}

}  // namespace
}  // namespace assay::test::reports_test
