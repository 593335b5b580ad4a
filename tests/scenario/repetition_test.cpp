// Idempotency-Key: a request that is sent again is performed once, and answered as before.
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::repetition_test {
namespace {

int next_key() {
  static int count = 0;
  return ++count;
}

struct Repeated {
  std::string name, who, method, path, body;
  std::vector<std::string> headers;
  int status;
  std::vector<std::string> events;
  std::string secret;  // member that is there the first time only
};

TEST_CASE("a write that is sent again with its key is answered again and not done again") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  scheduled_review(stage, "repeated");
  stage.join("leaver", "Lena Leaver", {});
  stage.names["repeated_hook"] =
      stage.must("admin", "POST", "/api/v1/webhooks", R"({"url":"http://127.0.0.1:60009/","state":"off"})").at("id");
  const std::string expires = instant(3600);
  const Repeated table[] = {
      {"create",
       "admin",
       "POST",
       "/api/v1/management-reviews",
       review_input("Once").dump(),
       {},
       201,
       {"management-review.scheduled"},
       ""},
      {"create under an own id",
       "admin",
       "PUT",
       "/api/v1/management-reviews/01890a5d-ac96-774b-bcce-b302099a8057",
       review_input("Mine").dump(),
       {},
       201,
       {"management-review.scheduled"},
       ""},
      {"command",
       "admin",
       "POST",
       "/api/v1/management-reviews/{repeated}/commands/gather_inputs",
       R"({"feedback":"All fine."})",
       {"If-Match: \"v1\""},
       200,
       {"management-review.inputs_gathered"},
       ""},
      {"answer",
       "auditor",
       "PUT",
       "/api/v1/audits/{audit}/items/{item}",
       R"({"status":"in_progress","notes":"Begun."})",
       {"If-Match: " + stage.etag("/api/v1/audits/{audit}/items/{item}")},
       200,
       {"audit.item_answered"},
       ""},
      {"evidence",
       "auditor",
       "POST",
       "/api/v1/audits/{audit}/evidence",
       R"({"kind":"observation","place":"Hall 2","title":"Door","description":"Open."})",
       {},
       201,
       {"audit.evidence_attached"},
       ""},
      {"upload",
       "auditor",
       "POST",
       "/api/v1/audits/{audit}/evidence/files?name=again.txt",
       "the same bytes",
       {"Content-Type: text/plain"},
       201,
       {"audit.evidence_attached"},
       ""},
      {"invite",
       "admin",
       "POST",
       "/api/v1/people",
       R"({"name":"Ines","email":"ines.once@elbwerk.example"})",
       {},
       201,
       {"person.invited"},
       "invitation"},
      {"change a person",
       "admin",
       "PATCH",
       "/api/v1/people/{leaver}",
       R"({"name":"Lena L."})",
       {"If-Match: " + stage.etag("/api/v1/people/{leaver}")},
       200,
       {"person.changed"},
       ""},
      {"token",
       "lead",
       "POST",
       "/api/v1/me/tokens",
       Json{{"name", "t"}, {"scopes", {"read"}}, {"expires", expires}}.dump(),
       {},
       201,
       {"token.made"},
       "token"},
      {"webhook",
       "admin",
       "POST",
       "/api/v1/webhooks",
       R"({"url":"http://127.0.0.1:60009/","state":"off"})",
       {},
       201,
       {"webhook.made"},
       "secret"},
      {"rotate",
       "admin",
       "POST",
       "/api/v1/webhooks/{repeated_hook}/secret",
       "",
       {"If-Match: " + stage.etag("/api/v1/webhooks/{repeated_hook}")},
       200,
       {"webhook.secret_rotated"},
       "secret"},
  };
  for (const Repeated& one : table) {
    INFO(one.name);
    std::vector<std::string> headers = one.headers;
    headers.push_back("Idempotency-Key: repeat-" + std::to_string(next_key()));
    const Answer first = stage.run({"first",
                                    one.who,
                                    one.method,
                                    one.path,
                                    headers,
                                    one.body,
                                    one.status,
                                    {},
                                    {"Idempotent-Replayed"},
                                    one.events});
    const Answer again = stage.run(
        {"again", one.who, one.method, one.path, headers, one.body, one.status, {"Idempotent-Replayed: true"}});
    Json was = parsed(first), is = parsed(again);
    if (!one.secret.empty()) {
      CHECK_FALSE(was.at(one.secret).is_null());
      CHECK((!is.contains(one.secret) || is.at(one.secret).is_null()));
      was.erase(one.secret);
      is.erase(one.secret);
    }
    CHECK(is == was);
    CHECK(again.header("ETag") == first.header("ETag"));
    CHECK(again.header("Location") == first.header("Location"));
    if (!one.body.empty()) {
      stage.run(
          {"another payload", one.who, one.method, one.path, headers, one.body + " ", 422, {"idempotency-mismatch"}});
    }
    stage.run({"another target",
               one.who,
               one.method,
               one.path + (one.path.find('?') == std::string::npos ? "?" : "&") + "lang=en",
               headers,
               one.body,
               422,
               {"idempotency-mismatch"}});
  }
}

TEST_CASE("an upload that is sent again is answered, though the record has moved on") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string audit = "/api/v1/" + audit_in(stage, "moves_on", "team_confirmed"),
                    files = audit + "/evidence/files?name=a", text = "Content-Type: text/plain",
                    key = "Idempotency-Key: upload-" + std::to_string(next_key());
  const Answer first = stage.run({"first",
                                  "lead",
                                  "POST",
                                  files,
                                  {key, text},
                                  "bytes",
                                  201,
                                  {},
                                  {"Idempotent-Replayed"},
                                  {"audit.evidence_attached"}});
  stage.run({"it ends",
             "manager",
             "POST",
             audit + "/commands/cancel",
             {"If-Match: " + stage.etag(audit)},
             R"({"reason":"Not needed."})",
             200,
             {},
             {},
             {"audit.cancelled"}});
  const Answer again =
      stage.run({"again", "lead", "POST", files, {key, text}, "bytes", 201, {"Idempotent-Replayed: true"}});
  CHECK(parsed(again).at("id") == parsed(first).at("id"));
  stage.run({{"other bytes", "lead", "POST", files, {key, text}, "other bytes", 422, {"idempotency-mismatch"}},
             {"another key", "lead", "POST", files, {key + "b", text}, "bytes", 409, {"wrong-state"}},
             {"another person", "auditor", "POST", files, {key, text}, "bytes", 409, {"wrong-state"}}});
}

TEST_CASE("what takes something away can be sent again too") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string hook =
      stage.must("admin", "POST", "/api/v1/webhooks", R"({"url":"http://127.0.0.1:60009/","state":"off"})").at("id");
  const std::string key = "Idempotency-Key: away-" + std::to_string(next_key());
  const std::string etag = "If-Match: " + stage.etag("/api/v1/webhooks/" + hook);
  stage.run({
      {"first",
       "admin",
       "DELETE",
       "/api/v1/webhooks/" + hook,
       {etag, key},
       "",
       204,
       {},
       {"Idempotent-Replayed"},
       {"webhook.removed"}},
      {"again", "admin", "DELETE", "/api/v1/webhooks/" + hook, {etag, key}, "", 204, {"Idempotent-Replayed: true"}},
      {"without the key", "admin", "DELETE", "/api/v1/webhooks/" + hook, {etag}, "", 404},
  });
}

TEST_CASE("a refusal of the domain is kept under its key, one of the transport is not") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string path = "/api/v1/" + scheduled_review(stage, "refused") + "/commands/";
  const std::string kept = "Idempotency-Key: kept-" + std::to_string(next_key());
  const std::string other = "Idempotency-Key: other-" + std::to_string(next_key());
  const Answer first = stage.run({"a guard",
                                  "admin",
                                  "POST",
                                  path + "confirm_inputs",
                                  {"If-Match: \"v1\"", kept},
                                  "{}",
                                  409,
                                  {"urn:assay:problem:unmet"},
                                  {"Idempotent-Replayed"}});
  stage.run({"no version is not the domain's", "admin", "POST", path + "gather_inputs", {other}, "{}", 428});
  Json all = Json::object();
  for (const char* field :
       {"prior_actions", "context_changes", "interested_parties", "nonconformity_trend", "measurement_results",
        "audit_results", "objectives_status", "feedback", "risk_status", "improvement_options"}) {
    all[field] = "Discussed.";
  }
  stage.run({"the same key later",
             "admin",
             "POST",
             path + "gather_inputs",
             {"If-Match: \"v1\"", other},
             "{}",
             200,
             {},
             {},
             {"management-review.inputs_gathered"}});
  stage.run({"everything is there",
             "admin",
             "POST",
             path + "gather_inputs",
             {"If-Match: \"v2\""},
             all.dump(),
             200,
             {},
             {},
             {"management-review.inputs_gathered"}});
  const std::string told_again = "Idempotent-Replayed: true";
  const Answer again = stage.run({"the refusal stands",
                                  "admin",
                                  "POST",
                                  path + "confirm_inputs",
                                  {"If-Match: \"v1\"", kept},
                                  "{}",
                                  409,
                                  {told_again}});
  CHECK(parsed(again).at("unmet") == parsed(first).at("unmet"));
  stage.run({
      {"another key",
       "admin",
       "POST",
       path + "confirm_inputs",
       {"If-Match: \"v3\"", kept + "b"},
       "{}",
       200,
       {},
       {},
       {"management-review.inputs_confirmed"}},
      {"a wrong state is kept",
       "admin",
       "POST",
       path + "confirm_inputs",
       {"If-Match: \"v4\"", kept + "c"},
       "{}",
       409,
       {"wrong-state"},
       {"Idempotent-Replayed"}},
      {"back",
       "admin",
       "POST",
       path + "reopen_inputs",
       {"If-Match: \"v4\""},
       R"({"reason":"More."})",
       200,
       {},
       {},
       {"management-review.inputs_reopened"}},
      {"and stands",
       "admin",
       "POST",
       path + "confirm_inputs",
       {"If-Match: \"v4\"", kept + "c"},
       "{}",
       409,
       {"wrong-state", told_again}},
      {"invalid input is kept", "admin", "POST", "/api/v1/management-reviews", {kept + "d"}, "{}", 422, {"/title"}},
      {"and stays", "admin", "POST", "/api/v1/management-reviews", {kept + "d"}, "{}", 422, {"/title", told_again}},
      {"forbidden is kept", "lead", "POST", "/api/v1/management-reviews", {kept + "e"}, review_input("x").dump(), 403},
      {"and stays",
       "lead",
       "POST",
       "/api/v1/management-reviews",
       {kept + "e"},
       review_input("x").dump(),
       403,
       {told_again}},
      {"the key of another request is no repetition",
       "admin",
       "POST",
       "/api/v1/management-reviews",
       {kept + "d"},
       "{ }",
       422,
       {"idempotency-mismatch"},
       {"Idempotent-Replayed"}},
  });
}

TEST_CASE("a key belongs to a person, and has a form") {
  Stage& stage = Stage::on("sqlite");
  const std::string key = "Idempotency-Key: shared-" + std::to_string(next_key());
  const std::string body = review_input("Shared key").dump();
  stage.run({
      {"one",
       "admin",
       "POST",
       "/api/v1/management-reviews",
       {key},
       body,
       201,
       {},
       {"Idempotent-Replayed"},
       {"management-review.scheduled"}},
      {"somebody else",
       "manager",
       "POST",
       "/api/v1/management-reviews",
       {key},
       body,
       201,
       {},
       {"Idempotent-Replayed"},
       {"management-review.scheduled"}},
      {"the other organisation",
       "other",
       "POST",
       "/api/v1/management-reviews",
       {key},
       body,
       201,
       {},
       {"Idempotent-Replayed"},
       {"management-review.scheduled"}},
      {"empty", "admin", "POST", "/api/v1/management-reviews", {"Idempotency-Key: "}, body, 400},
      {"with a blank", "admin", "POST", "/api/v1/management-reviews", {"Idempotency-Key: a b"}, body, 400},
      {"too long",
       "admin",
       "POST",
       "/api/v1/management-reviews",
       {"Idempotency-Key: " + std::string(256, 'k')},
       body,
       400},
      {"long",
       "admin",
       "POST",
       "/api/v1/management-reviews",
       {"Idempotency-Key: " + std::string(255, 'k')},
       body,
       201,
       {},
       {},
       {"management-review.scheduled"}},
  });
}

}  // namespace
}  // namespace assay::test::repetition_test
