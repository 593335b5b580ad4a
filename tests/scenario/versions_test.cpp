// Versions: every write to something that exists names the one that was seen, and answers that were seen are not sent
// again.
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::versions_test {
namespace {

struct Write {
  std::string who, method, path, body;
};

/// Every write of the API that is to name a version.
const Write versioned[] = {
    {"lead", "POST", "/api/v1/audits/{audit}/commands/conclude", R"({"conclusions":"Too early."})"},
    {"lead", "POST", "/api/v1/audits/{audit}/items", R"({"items":[{"question":"5.2-q1"}]})"},
    {"lead", "PUT", "/api/v1/audits/{audit}/catalogue",
     R"({"plugin":"org.assay.iso27001","catalogue":"iso27001-2022","language":"en"})"},
    {"lead", "POST", "/api/v1/audits/{audit}/catalogue/move", R"({"to":"0000"})"},
    {"auditor", "PUT", "/api/v1/audits/{audit}/items/{item}", R"({"result":"conforms"})"},
    {"lead", "DELETE", "/api/v1/audits/{audit}/items/{item}?reason=Looked+at+elsewhere.", ""},
    {"auditor", "POST", "/api/v1/audits/{audit}/evidence/{evidence}/withdrawal", R"({"reason":"Wrong system."})"},
    {"lead", "PATCH", "/api/v1/audits/{audit}/notes/{spare_note}", R"({"text":"Another."})"},
    {"lead", "DELETE", "/api/v1/audits/{audit}/notes/{spare_note}", ""},
    {"owner", "POST", "/api/v1/nonconformities/{nonconformity}/commands/acknowledge", "{}"},
    {"top", "POST", "/api/v1/nonconformities/{asked}/proposals/{proposal}/confirm", ""},
    {"top", "POST", "/api/v1/nonconformities/{asked}/proposals/{proposal}/decline", "{}"},
    {"admin", "PATCH", "/api/v1/people/{nobody}", R"({"name":"Uwe"})"},
    {"admin", "DELETE", "/api/v1/people/{nobody}", ""},
    {"admin", "PATCH", "/api/v1/webhooks/{hook}", R"({"state":"off"})"},
    {"admin", "POST", "/api/v1/webhooks/{hook}/secret", ""},
    {"admin", "DELETE", "/api/v1/webhooks/{hook}", ""},
    {"lead", "DELETE", "/api/v1/me/tokens/{spare_token}", ""},
};

void prepare(Stage& stage) {
  if (stage.names.contains("spare_token")) return;
  stage.names["hook"] =
      stage.must("admin", "POST", "/api/v1/webhooks", R"({"url":"http://127.0.0.1:60009/","state":"off"})").at("id");
  const std::string finding = issued_nonconformity(stage, "asked", "audits/" + stage.names.at("audit"));
  stage.act("owner", finding, "extend_response", {{"respond_until", day(90)}, {"reason", "Holidays."}});
  stage.names["proposal"] =
      stage.must("top", "GET", "/api/v1/" + finding + "/proposals").at("proposals").at(0).at("id");
  stage.names["spare_note"] = stage.must("lead", "POST", "/api/v1/audits/{audit}/notes", R"({"text":"One."})").at("id");
  stage.names["spare_token"] =
      stage
          .must("lead", "POST", "/api/v1/me/tokens",
                Json{{"name", "spare"}, {"scopes", {"read"}}, {"expires", instant(3600)}}.dump())
          .at("id");
}

TEST_CASE("a write without If-Match is answered with 428, with a stale one with 412, and nothing happens") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  prepare(stage);
  for (const Write& write : versioned) {
    const auto row = [&](const char* name, std::vector<std::string> headers, int status, std::string slug) {
      stage.run({name,
                 write.who,
                 write.method,
                 write.path,
                 std::move(headers),
                 write.body,
                 status,
                 {"urn:assay:problem:" + slug}});
    };
    row("no version", {}, 428, "precondition-required");
    row("a later version", {"If-Match: \"v999\""}, 412, "precondition-failed");
    row("no version of ours", {"If-Match: \"abc\""}, 412, "precondition-failed");
    row("a weak tag", {"If-Match: W/\"v1\""}, 400, "malformed");
    row("any version", {"If-Match: *"}, 400, "malformed");
    row("two versions", {"If-Match: \"v1\", \"v2\""}, 400, "malformed");
    row("no tag at all", {"If-Match: v1"}, 400, "malformed");
  }
}

TEST_CASE("what was seen is not sent again, and HEAD and OPTIONS are what they are for") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  prepare(stage);
  for (const char* path :
       {"/api/v1/audits/{audit}", "/api/v1/audits/{audit}/items/{item}", "/api/v1/audits/{audit}/evidence/{evidence}",
        "/api/v1/people/{nobody}", "/api/v1/webhooks/{hook}", "/api/v1/openapi.json",
        "/api/v1/plugins/org.assay.iso27001/catalogues/iso27001-2022", "/api/v1/audits/{audit}/catalogue"}) {
    const Answer whole = stage.run({"the whole", "admin", "GET", path});
    const std::string etag = whole.header("ETag");
    REQUIRE(etag.size() > 2);
    stage.run({
        {"seen",
         "admin",
         "GET",
         path,
         {"If-None-Match: " + etag},
         "",
         304,
         {"ETag: " + etag},
         {"Content-Length", "{\""}},
        {"seen, weakly", "admin", "GET", path, {"If-None-Match: W/" + etag}, "", 304},
        {"one of some", "admin", "GET", path, {"If-None-Match: \"x\", " + etag}, "", 304},
        {"any", "admin", "GET", path, {"If-None-Match: *"}, "", 304},
        {"another", "admin", "GET", path, {"If-None-Match: \"x\""}, "", 200, {"ETag: " + etag}},
        {"without the body",
         "admin",
         "HEAD",
         path,
         {},
         "",
         200,
         {"ETag: " + etag, "Content-Length: " + whole.header("Content-Length")},
         {"{\""}},
        {"what there is", "admin", "OPTIONS", path, {}, "", 204, {"Allow: GET, HEAD"}},
    });
  }
}

TEST_CASE("the version in the answer of a write is the next one to name") {
  Stage& stage = Stage::on("sqlite");
  const std::string review = scheduled_review(stage, "counted");
  std::string etag = stage.etag("/api/v1/" + review);
  CHECK(etag == "\"v1\"");
  for (int i = 2; i < 5; ++i) {
    const Answer done = stage.run({"gather",
                                   "admin",
                                   "POST",
                                   "/api/v1/" + review + "/commands/gather_inputs",
                                   {"If-Match: " + etag},
                                   R"({"feedback":"None."})",
                                   200,
                                   {},
                                   {},
                                   {"management-review.inputs_gathered"}});
    etag = done.header("ETag");
    CHECK(etag == "\"v" + std::to_string(i) + "\"");
    CHECK(etag == stage.etag("/api/v1/" + review));
  }
}

}  // namespace
}  // namespace assay::test::versions_test
