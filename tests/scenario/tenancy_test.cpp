// Two organisations in one data folder: nothing of one is there for the other, by any route.
#include <map>

#include "http/routes.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::tenancy_test {
namespace {

/// Routes whose answer belongs to no organisation, or to the one who asks only; they name nothing.
const std::set<std::string> nobodys = {"/",
                                       "/tour",
                                       "/invitation",
                                       "/assets/{name}",
                                       "/.well-known/security.txt",
                                       "/healthz",
                                       "/readyz",
                                       "/metrics",
                                       "/api/v1/openapi.json",
                                       "/api/v1/plugins",
                                       "/api/v1/catalogues",
                                       "/api/v1/plugins/{plugin}/catalogues/{catalogue}",
                                       "/api/v1/types",
                                       "/api/v1/types/{type}",
                                       "/api/v1/policies",
                                       "/api/v1/policies/{policy}",
                                       "/api/v1/calculations"};

/// Of the catalogue of our audit. No name of the stage, as it is the same for whoever uses that catalogue.
std::string catalogue_hash;

/// Everything that paths can name, in our organisation.
void prepare(Stage& stage) {
  if (stage.names.contains("tenant_hook")) return;
  audit_in(stage, "tenant_audit", "report_issued");
  const std::string audit = "/api/v1/audits/{tenant_audit}";
  stage.names["tenant_item"] = stage.list("lead", audit + "/items").at(0).at("id");
  catalogue_hash = stage.must("lead", "GET", audit).at("fields").at("catalogue_hash");
  stage.names["tenant_report"] = stage.list("lead", audit + "/reports").at(0).at("id");
  stage.names["tenant_note"] = stage.must("lead", "POST", audit + "/notes", R"({"text":"elbwerk"})").at("id");
  stage.names["tenant_hook"] =
      stage.must("admin", "POST", "/api/v1/webhooks", R"({"url":"http://127.0.0.1:60009/","types":["webhook.none"]})")
          .at("id");
  stage.must("admin", "POST", "/api/v1/webhooks/{tenant_hook}/test");
  stage.names["tenant_delivery"] = stage.list("admin", "/api/v1/webhooks/{tenant_hook}/deliveries").at(0).at("id");
  const std::string finding = issued_nonconformity(stage, "tenant_finding", "audits/" + stage.names.at("audit"));
  stage.act("owner", finding, "extend_response", {{"respond_until", day(90)}, {"reason", "Holidays."}});
  stage.names["tenant_proposal"] =
      stage.must("top", "GET", "/api/v1/" + finding + "/proposals").at("proposals").at(0).at("id");
}

/// The target that a route's pattern makes with what is ours.
std::string target_of(const Stage& stage, std::string pattern) {
  std::map<std::string, std::string> what = {{"item", "tenant_item"},         {"evidence", "evidence"},
                                             {"report", "tenant_report"},     {"delivery", "tenant_delivery"},
                                             {"proposal", "tenant_proposal"}, {"note", "tenant_note"},
                                             {"id", "tenant_audit"}};
  std::string plural = "audits", command = "complete";
  if (pattern.starts_with("/api/v1/people")) what["id"] = "nobody";
  if (pattern.starts_with("/api/v1/webhooks")) what["id"] = "tenant_hook";
  if (pattern.starts_with("/api/v1/me/tokens")) what["id"] = "our_token";
  if (pattern.find("/evidence") != std::string::npos) what["id"] = "audit";
  if (pattern.ends_with("/file") && pattern.find("{evidence}") != std::string::npos) what["evidence"] = "file";
  if (pattern.find("{proposal}") != std::string::npos) {
    plural = "nonconformities";
    what["id"] = "tenant_finding";
  }
  if (pattern.ends_with("/coverage") || pattern.ends_with("/changes")) {
    plural = "audit-programmes";
    what["id"] = "programme";
  }
  const auto put = [&](const std::string& name, const std::string& value) {
    const auto at = pattern.find("{" + name + "}");
    if (at != std::string::npos) pattern.replace(at, name.size() + 2, value);
  };
  put("plural", plural);
  put("command", command);
  put("hash", catalogue_hash);
  put("view", "nonconformities");
  put("plugin", "org.example.whole");
  for (const auto& [name, key] : what) put(name, stage.fill("{" + key + "}"));
  if (pattern == "/api/v1/imports/template") pattern += "?type=risk";
  if (pattern == "/api/v1/search") pattern += "?q=Elbwerk";
  return pattern;
}

/// Who of us may read it.
std::string reader_of(const std::string& pattern) {
  return pattern.starts_with("/api/v1/webhooks") || pattern.ends_with("/matters") || pattern.ends_with("/settings")
             ? "admin"
             : "lead";
}

TEST_CASE("no route shows anything of another organisation") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  prepare(stage);
  for (const Route& route : routes()) {
    const std::string pattern(route.pattern);
    if (route.method != Method::get || nobodys.contains(pattern)) continue;
    const std::string target = target_of(stage, pattern);
    INFO(pattern);
    REQUIRE(target.find('{') == std::string::npos);
    CHECK(route.access == Access::signed_in);
    const Answer ours = stage.run({"ours", reader_of(pattern), "GET", target});
    const bool names_something = pattern.find("id}") != std::string::npos;
    const Answer theirs = stage.run({"theirs", "other", "GET", target, {}, "", names_something ? 404 : 200});
    for (const auto& [name, id] : stage.names) {
      if (name.starts_with("other") || name == "deputy" || target.find(id) != std::string::npos) continue;
      if (theirs.body.find(id) != std::string::npos) FAIL_CHECK("the other organisation sees " << name);
    }
    CHECK(theirs.body.find("elbwerk") == std::string::npos);
  }
}

TEST_CASE("no type of record, and no filter or link, shows anything of another organisation") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  prepare(stage);
  const std::pair<const char*, const char*> records[] = {
      {"audit-programmes", "programme"},    {"audits", "audit"},
      {"nonconformities", "nonconformity"}, {"corrective-actions", "action"},
      {"opportunities", "opportunity"},     {"observations", "observation"},
      {"management-reviews", "review"}};
  for (const auto& [plural, name] : records) {
    const std::string path = "/api/v1/" + std::string(plural) + "/{" + name + "}";
    for (const char* part : {"", "/commands", "/proposals", "/links", "/events", "/evidence"}) {
      stage.run({"theirs", "other", "GET", path + part, {}, "", 404});
      stage.run({"as head", "other", "HEAD", path + part, {}, "", 404});
    }
    stage.run({{"seen before", "other", "GET", path, {"If-None-Match: *"}, "", 404},
               {"the list",
                "other",
                "GET",
                "/api/v1/" + std::string(plural) + "?limit=200",
                {},
                "",
                200,
                {},
                {"{" + std::string(name) + "}"}}});
  }
  stage.run(
      {{"a filter by a link", "other", "GET", "/api/v1/audits?programme={programme}", {}, "", 200, {"\"items\":[]"}},
       {"a number",
        "other",
        "GET",
        "/api/v1/audits?number=A-" + day().substr(0, 4) + "-001",
        {},
        "",
        200,
        {"\"items\":[]"}}});
}

struct Write {
  std::string body;
  std::string type = "application/json";
};

/// A body that each route of a write takes.
Write body_of(const std::string& route) {
  static const std::map<std::string, Write> bodies = {
      {"PATCH /api/v1/people/{id}", {R"({"name":"x"})"}},
      {"POST /api/v1/people/{id}/hand-over", {R"({"reason":"x"})"}},
      {"PATCH /api/v1/webhooks/{id}", {R"({"state":"off"})"}},
      {"POST /api/v1/webhooks/{id}/replay", {R"({"after":0})"}},
      {"POST /api/v1/{plural}/{id}/commands/{command}", {"{}"}},
      {"POST /api/v1/{plural}/{id}/proposals/{proposal}/decline", {"{}"}},
      {"PUT /api/v1/{plural}/{id}/catalogue",
       {R"({"plugin":"org.assay.iso27001","catalogue":"iso27001-2022","language":"en"})"}},
      {"POST /api/v1/{plural}/{id}/catalogues",
       {R"({"plugin":"org.assay.iec62443","catalogue":"iec62443-3-3-2013","language":"en"})"}},
      {"POST /api/v1/{plural}/{id}/catalogue/move", {R"({"to":"0000"})"}},
      {"POST /api/v1/{plural}/{id}/items", {R"({"items":[{"question":"5.2-q1"}]})"}},
      {"POST /api/v1/{plural}/{id}/applicability", {R"({"plugin":"org.example.whole"})"}},
      {"POST /api/v1/{plural}/{id}/mapping", {R"({"plugin":"org.assay.iso27001","catalogue":"iso27001-2022"})"}},
      {"POST /api/v1/{plural}/{id}/sample",
       {R"({"plugin":"org.example.whole","kind":"sites","population":[{"id":"A"}],"at_least":1,"at_most":1})"}},
      {"PUT /api/v1/{plural}/{id}/items/{item}", {R"({"result":"conforms"})"}},
      {"POST /api/v1/{plural}/{id}/evidence", {R"({"kind":"interview","role":"Clerk","title":"x","description":"y"})"}},
      {"POST /api/v1/{plural}/{id}/evidence/files", {"bytes", "text/plain"}},
      {"POST /api/v1/{plural}/{id}/evidence/{evidence}/withdrawal", {R"({"reason":"x"})"}},
      {"POST /api/v1/{plural}/{id}/notes", {R"({"text":"x"})"}},
      {"PATCH /api/v1/{plural}/{id}/notes/{note}", {R"({"text":"x"})"}},
      {"POST /api/v1/{plural}/{id}/reports", {R"({"plugin":"org.assay.report-html","format":"html","language":"en"})"}},
  };
  const auto found = bodies.find(route);
  return found == bodies.end() ? Write{""} : found->second;
}

TEST_CASE("no route changes anything of another organisation, or tells that it is there") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  prepare(stage);
  stage.names["our_token"] = stage
                                 .must("lead", "POST", "/api/v1/me/tokens",
                                       Json{{"name", "x"}, {"scopes", {"read"}}, {"expires", instant(600)}}.dump())
                                 .at("id");
  for (const Route& route : routes()) {
    const std::string pattern(route.pattern);
    if (route.method == Method::get || pattern.find("{id}") == std::string::npos) continue;
    if (route.method == Method::put && pattern == "/api/v1/{plural}/{id}") continue;  // makes a record, see below
    const std::string method(to_text(route.method));
    const Write write = body_of(method + " " + pattern);
    CHECK((route.body == BodyKind::none) == write.body.empty());
    std::vector<std::string> headers = {"If-Match: \"v1\""};
    if (!write.body.empty()) headers.push_back("Content-Type: " + write.type);
    const std::string target = target_of(stage, pattern) + (pattern.ends_with("/files") ? "?name=x.txt" : "");
    stage.run(
        {method + " " + pattern, "other", method, target, headers, write.body, 404, {"urn:assay:problem:not-found"}});
    headers.erase(headers.begin());
    stage.run(
        {"without a version", "other", method, target, headers, write.body, 404, {"urn:assay:problem:not-found"}});
  }
}

TEST_CASE("what an organisation makes cannot point at another's") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string dates = R"("planned_on":"2027-03-01","period_from":"2026-01-01","period_to":"2026-01-02")";
  stage.run({{"a link",
              "other",
              "POST",
              "/api/v1/management-reviews",
              {},
              R"({"title":"x","previous":"{review}",)" + dates + "}",
              422,
              {"/previous"}},
             {"a seat",
              "other",
              "POST",
              "/api/v1/management-reviews",
              {},
              R"({"title":"x","chair":["{manager}"],)" + dates + "}",
              422,
              {"/chair"}},
             {"a parent",
              "other",
              "POST",
              "/api/v1/audits",
              {},
              Json{{"programme", "{programme}"},
                   {"title", "x"},
                   {"purposes", {"internal"}},
                   {"objectives", "x"},
                   {"scope", "x"},
                   {"criteria", {"x"}},
                   {"planned_from", day()},
                   {"planned_to", day()}}
                  .dump(),
              422,
              {"/programme"}},
             {"an address of theirs",
              "other",
              "POST",
              "/api/v1/people",
              {},
              R"({"name":"x","email":"maria@tidewater.example"})",
              201,
              {},
              {},
              {"person.invited"}}});
  // An id that is used elsewhere is refused without a word about what it is used for.
  const Answer taken = stage.run({"an id of ours",
                                  "other",
                                  "PUT",
                                  "/api/v1/management-reviews/{review}",
                                  {},
                                  review_input("x").dump(),
                                  422,
                                  {"/id"}});
  const Answer mine = stage.run({"an id of theirs",
                                 "other",
                                 "PUT",
                                 "/api/v1/management-reviews/{other_review}",
                                 {},
                                 review_input("x").dump(),
                                 422,
                                 {"/id"}});
  CHECK(parsed(taken).at("errors") == parsed(mine).at("errors"));
  stage.run(
      {"ours is as it was", "admin", "GET", "/api/v1/management-reviews/{review}", {}, "", 200, {"Review review"}});
}

}  // namespace
}  // namespace assay::test::tenancy_test
