// Evidence: files as they were sent, kept once, handed out as downloads; what was said and seen; withdrawal.
#include <fstream>

#include "ledger/digest.h"
#include "plugins/json_schema.h"
#include "scenario/contract.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::evidence_test {
namespace {

const std::vector<std::string> version = {"If-Match: {etag}"};

int files_named(const Stage& stage, const std::string& sha256) {
  int count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(stage.data()))
    count += entry.is_regular_file() && entry.path().string().find(sha256.substr(4)) != std::string::npos;
  return count;
}

TEST_CASE("a file comes back as it was sent, and the same bytes are kept once") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string audit = "/api/v1/" + audit_in(stage, "filed", "fieldwork");
  std::string bytes;
  for (int i = 0; i < 200'000; ++i) bytes += static_cast<char>((i * 7919 + static_cast<int>(engine.size())) % 251);
  const std::string hash = sha256_hex(bytes);
  const std::string files = audit + "/evidence/files?name=" + "Pr%C3%BCfung%20%22A%22.bin&title=Disk";
  const Answer first = stage.run({"sent",
                                  "auditor",
                                  "POST",
                                  files,
                                  {"Content-Type: application/x-disk"},
                                  bytes,
                                  201,
                                  {"\"sha256\":\"" + hash + "\"", "\"size\":200000",
                                   "\"media_type\":\"application/x-disk\"", "Location: " + audit + "/evidence/"},
                                  {},
                                  {"audit.evidence_attached"},
                                  "filed_file"});
  stage.run({"sent again, in pieces",
             "auditor",
             "POST",
             audit + "/evidence/files?name=other.bin",
             {"Content-Type: application/octet-stream"},
             bytes,
             201,
             {hash},
             {},
             {"audit.evidence_attached"}});
  CHECK(files_named(stage, hash) == 1);
  const std::string path = parsed(first).at("file").at("href");
  const Answer whole = stage.run(
      {"handed out",
       "auditee",
       "GET",
       path,
       {},
       "",
       200,
       {"Content-Type: application/x-disk", "Content-Disposition: attachment; filename=\"",
        "filename*=UTF-8''Pr%C3%BCfung%20%22A%22.bin", "ETag: \"" + hash + "\"", "X-Content-Type-Options: nosniff",
        "Content-Security-Policy: default-src 'none'", "Accept-Ranges: bytes", "Repr-Digest: sha-256=:"}});
  CHECK(whole.body == bytes);
  const Answer part = stage.run({"a part",
                                 "auditor",
                                 "GET",
                                 path,
                                 {"Range: bytes=10-19"},
                                 "",
                                 206,
                                 {"Content-Range: bytes 10-19/200000", "Content-Length: 10"}});
  CHECK(part.body == bytes.substr(10, 10));
  CHECK(stage
            .run({"the end",
                  "auditor",
                  "GET",
                  path,
                  {"Range: bytes=-7"},
                  "",
                  206,
                  {"Content-Range: bytes 199993-199999/200000"}})
            .body == bytes.substr(199'993));
  CHECK(stage.run({"from there", "auditor", "GET", path, {"Range: bytes=199990-"}, "", 206}).body ==
        bytes.substr(199'990));
  stage.run(
      {{"beyond", "auditor", "GET", path, {"Range: bytes=200000-"}, "", 416, {"Content-Range: bytes */200000"}},
       {"if it is still this one", "auditor", "GET", path, {"Range: bytes=0-0", "If-Range: \"" + hash + "\""}, "", 206},
       {"if it were another", "auditor", "GET", path, {"Range: bytes=0-0", "If-Range: \"other\""}, "", 200},
       {"several parts", "auditor", "GET", path, {"Range: bytes=0-0,5-6"}, "", 200},
       {"no bytes", "auditor", "GET", path, {"Range: lines=0-1"}, "", 200},
       {"seen", "auditor", "GET", path, {"If-None-Match: \"" + hash + "\""}, "", 304},
       {"only its head", "auditor", "HEAD", path, {}, "", 200, {"Content-Length: 200000"}},
       {"not for others", "colleague", "GET", path, {}, "", 404}});
}

TEST_CASE("a file in chunks is hashed as it streams, one that breaks off leaves nothing") {
  Stage& stage = Stage::on("sqlite");
  const std::string target = stage.fill("/api/v1/audits/{audit}/evidence/files?name=chunked.txt");
  const std::string head = "POST " + target + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " +
                           stage.person("auditor").token + "\r\nContent-Type: text/plain\r\n";
  const Answer chunked =
      ask(stage.port(), head + "Transfer-Encoding: chunked\r\n\r\n5\r\nchunk\r\n4\r\ning!\r\n0\r\n\r\n");
  CHECK(chunked.status == 201);
  CHECK(parsed(chunked).at("file").at("sha256") == sha256_hex("chunking!"));
  stage.events_since();
  const std::string half = "half of it, unlike anything else";
  {
    Client client(stage.port());
    client.send(head + "Content-Length: 1000\r\n\r\n" + half);
    client.finish_sending();
    CHECK(client.read().status != 201);
  }
  CHECK(stage.events_since().empty());
  CHECK(files_named(stage, sha256_hex(half)) == 0);
}

TEST_CASE("what may be attached, and what must be said about it") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string evidence = "/api/v1/audits/{audit}/evidence", files = evidence + "/files";
  stage.run({
      {"an interview",
       "auditor",
       "POST",
       evidence,
       {},
       R"({"kind":"interview","role":"Clerk","title":"Talk","description":"Said so.","item":"{item}","collected_at":"2026-01-02T10:00:00Z"})",
       201,
       {"\"kind\":\"interview\"", "\"item\":\"{item}\"", "2026-01-02T10:00:00", "\"role\":\"Clerk\"",
        "\"held_on\":\"2026-01-02\""},
       {},
       {"audit.evidence_attached"},
       "talk"},
      {"a reference",
       "auditee",
       "POST",
       evidence,
       {},
       R"({"kind":"reference","document":"R-7","place":"Intranet","title":"Rule 7","description":"Intranet.","effective_from":"2026-01-01","effective_to":"2026-12-31","document_version":"4","seen_at":"2026-01-03T10:00:00+01:00"})",
       201,
       {"\"document\":\"R-7\"", "\"document_version\":\"4\"", "\"place\":\"Intranet\"",
        "\"seen_at\":\"2026-01-03T09:00:00.000Z\""},
       {},
       {"audit.evidence_attached"}},
      {"better than before",
       "auditor",
       "POST",
       evidence,
       {},
       R"({"kind":"observation","place":"Hall 2","title":"Seen","description":"Twice.","supersedes":"{talk}"})",
       201,
       {"\"supersedes\":\"{talk}\"", "\"place\":\"Hall 2\"", "\"seen_at\":\""},
       {},
       {"audit.evidence_attached"}},
      {"what belongs to another kind",
       "auditor",
       "POST",
       evidence,
       {},
       R"({"kind":"interview","role":"Clerk","title":"Talk","description":"x","place":"Hall 2","document":"R-7"})",
       422,
       {"\"/place\"", "belongs to evidence of kind reference or observation, not interview", "\"/document\"",
        "belongs to evidence of kind reference, not interview"}},
      {"without what belongs to its kind",
       "auditor",
       "POST",
       evidence,
       {},
       R"({"kind":"reference","title":"Rule","description":"x"})",
       422,
       {"\"/document\"", "\"/place\"", "evidence of kind reference says it"}},
      {"of no kind",
       "auditor",
       "POST",
       evidence,
       {},
       R"({"kind":"interview","role":"Clerk","title":"Talk","description":"x","colour":"red"})",
       422,
       {"/colour"}},
      {"a file in a place",
       "auditor",
       "POST",
       files + "?name=x&place=Shelf",
       {"Content-Type: text/plain"},
       "x",
       400,
       {"?place"}},
      {"no description",
       "auditor",
       "POST",
       evidence,
       {},
       R"({"kind":"interview","role":"Clerk","title":"Talk"})",
       422,
       {"/description"}},
      {"an unknown kind",
       "auditor",
       "POST",
       evidence,
       {},
       R"({"kind":"rumour","title":"Talk","description":"x"})",
       422,
       {"/kind"}},
      {"a file without a file",
       "auditor",
       "POST",
       evidence,
       {},
       R"({"kind":"file","title":"Talk","description":"x"})",
       422,
       {"/kind"}},
      {"from the future",
       "auditor",
       "POST",
       evidence,
       {},
       R"({"kind":"interview","role":"Clerk","title":"Talk","description":"x","collected_at":"2999-01-01T00:00:00Z"})",
       422,
       {"/collected_at"}},
      {"backwards",
       "auditor",
       "POST",
       evidence,
       {},
       R"({"kind":"reference","document":"R-7","place":"Intranet","title":"x","description":"x","effective_from":"2026-02-01","effective_to":"2026-01-01"})",
       422,
       {"/effective_to"}},
      {"to the end of the calendar",
       "auditor",
       "POST",
       evidence,
       {},
       R"({"kind":"reference","document":"R-7","place":"Intranet","title":"x","description":"x","effective_to":"9999-12-31"})",
       422,
       {"/effective_to", "9000-12-31"}},
      {"before the calendar",
       "auditor",
       "POST",
       evidence,
       {},
       R"({"kind":"reference","document":"R-7","place":"Intranet","title":"x","description":"x","collected_at":"0000-01-01T00:00:00+01:00"})",
       422,
       {"/collected_at"}},
      {"an item of another audit",
       "colleague",
       "POST",
       "/api/v1/audits/{second_audit}/evidence",
       {},
       R"({"kind":"interview","role":"Clerk","title":"x","description":"x","item":"{item}"})",
       422,
       {"/item"}},
      {"instead of evidence elsewhere",
       "colleague",
       "POST",
       "/api/v1/audits/{second_audit}/evidence",
       {},
       R"({"kind":"interview","role":"Clerk","title":"x","description":"x","supersedes":"{talk}"})",
       422,
       {"/supersedes"}},
      {"by who may not",
       "top",
       "POST",
       evidence,
       {},
       R"({"kind":"interview","role":"Clerk","title":"x","description":"x"})",
       403},
      {"a file by who may not", "top", "POST", files + "?name=x", {"Content-Type: text/plain"}, "x", 403},
      {"a file with a path",
       "auditor",
       "POST",
       files + "?name=..%2Fkeys",
       {"Content-Type: text/plain"},
       "x",
       422,
       {"name"}},
      {"a file without a name", "auditor", "POST", files, {"Content-Type: text/plain"}, "x", 422, {"name"}},
      {"a type that is none", "auditor", "POST", files + "?name=x", {"Content-Type: text"}, "x", 422, {"media_type"}},
      {"no file", "auditor", "POST", files + "?name=x", {"Content-Type: text/plain"}, "", 400},
      {"to a record that takes none",
       "lead",
       "POST",
       "/api/v1/opportunities/{opportunity}/evidence",
       {},
       R"({"kind":"interview","role":"Clerk","title":"x","description":"x"})",
       404},
  });
}

TEST_CASE("the description of the API says what each kind of evidence takes") {
  Stage& stage = Stage::on("sqlite");
  const Json all = stage.must("lead", "GET", "/api/v1/openapi.json");
  const Json& post = all.at("paths").at("/api/v1/audits/{id}/evidence").at("post");
  const JsonSchema schema(
      without_references(post.at("requestBody").at("content").at("application/json").at("schema"), all).dump());
  const auto takes = [&](const char* more) {
    Json body = {{"title", "Talk"}, {"description", "x"}};
    body.update(Json::parse(more));
    return schema.violations(body).empty();
  };
  CHECK(takes(R"({"kind":"reference","document":"R-7","document_version":"2","place":"Intranet"})"));
  CHECK(takes(R"({"kind":"interview","role":"Clerk","name":"Kim","held_on":"2026-01-02"})"));
  CHECK(takes(R"({"kind":"observation","place":"Hall 2","seen_at":"2026-01-02T10:00:00Z"})"));
  CHECK_FALSE(takes(R"({"kind":"reference","place":"Intranet"})"));
  CHECK_FALSE(takes(R"({"kind":"interview","role":"Clerk","place":"Hall 2"})"));
  CHECK_FALSE(takes(R"({"kind":"observation","place":"Hall 2","document":"R-7"})"));
  CHECK_FALSE(takes(R"({"kind":"file","place":"Hall 2"})"));
}

TEST_CASE("withdrawn evidence stays, marked, and counts no more") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string finding =
      "/api/v1/" + issued_nonconformity(stage, "evidenced", "audits/" + stage.names.at("audit"));
  stage.run({"attached",
             "owner",
             "POST",
             finding + "/evidence/files?name=log.txt",
             {"Content-Type: text/plain"},
             "restored",
             201,
             {},
             {},
             {"nonconformity.evidence_attached"},
             "withdrawn"});
  const std::string path = finding + "/evidence/{withdrawn}";
  stage.run({{"without a reason", "owner", "POST", path + "/withdrawal", version, R"({"reason":""})", 422, {"/reason"}},
             {"by who may not", "nobody", "POST", path + "/withdrawal", {"If-Match: \"v1\""}, R"({"reason":"x"})", 404},
             {"withdrawn",
              "owner",
              "POST",
              path + "/withdrawal",
              version,
              R"({"reason":"Wrong system."})",
              200,
              {"\"withdrawn\":true", "ETag: \"v2\""},
              {},
              {"nonconformity.evidence_withdrawn"}},
             {"once", "owner", "POST", path + "/withdrawal", version, R"({"reason":"x"})", 409},
             {"still there", "lead", "GET", path, {}, "", 200, {"\"withdrawn\":true"}},
             {"with its file", "lead", "GET", path + "/file", {}, "", 200, {"restored"}},
             {"nothing is deleted", "owner", "DELETE", path, {"If-Match: \"v2\""}, "", 405}});
}

}  // namespace
}  // namespace assay::test::evidence_test
