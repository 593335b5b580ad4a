// The API over real commands: streams that end with what they rest on, cookies and proxies, a store that has failed.
#include "commands/demo.h"
#include "commands/reports.h"
#include "commands/tokens.h"
#include "commands/visit.h"
#include "http/api_fixture.h"
#include "http/proxy.h"

namespace assay::test::api_test {
namespace {

using namespace std::chrono_literals;

constexpr const char* maria = "maria@elbwerk.example";
const std::string sse = "Accept: text/event-stream";
const std::string sign_in_body = R"({"email":"maria@elbwerk.example","password":"a long enough password"})";

struct Session {
  std::string cookie, csrf;
};
Session signed_in(const ApiOffice& office) {
  const Answer answer = office.request("POST", "/api/v1/session", {}, sign_in_body);
  REQUIRE(answer.status == 201);
  const std::string cookie = answer.header("Set-Cookie");
  return {"Cookie: " + cookie.substr(0, cookie.find(';')),
          "X-CSRF-Token: " + Json::parse(answer.body).at("csrf_token").get<std::string>()};
}

TEST_CASE("a stream ends with the session, the token or the person that it was opened with") {
  ASSAY_EACH_ENGINE(engine);
  ApiOffice office(engine);
  const Principal who = office.join(maria, {"administrator", "isms_manager"});
  const auto revoke = [&] { REQUIRE(revoke_token(*office.context, Call{who, 1}, office.last_token)); };
  const auto remove = [&] {
    const Principal boss = office.administrator();
    REQUIRE(remove_person(*office.context, Call{boss, office.person(maria).version}, who.person.uuid));
  };
  Session session;
  struct Row {
    const char* what;
    std::function<std::string()> proof;
    std::function<void()> end;
  };
  const std::vector<Row> rows = {
      {"the token is revoked", [&] { return office.bearer(who); }, revoke},
      {"the token expires", [&] { return office.bearer(who, 1h); }, [&] { office.clock.advance(61min); }},
      {"the session is signed out",
       [&] {
         session = signed_in(office);
         return session.cookie;
       },
       [&] { CHECK(office.request("DELETE", "/api/v1/session", {session.cookie, session.csrf}).status == 204); }},
      {"the session was idle",
       [&] {
         session = signed_in(office);
         return session.cookie;
       },
       [&] { office.clock.advance(61min); }},
      {"the session has lived its life, though it was used",
       [&] {
         session = signed_in(office);
         return session.cookie;
       },
       [&] {
         for (int i = 0; i < 14; ++i) {
           office.clock.advance(50min);
           CHECK(office.request("GET", "/api/v1/me", {session.cookie}).status == 200);
           REQUIRE(office.store->write([](Connection&) {}));  // the use is written later, but before this
         }
         office.clock.advance(20min);
       }},
      {"the person leaves", [&] { return office.bearer(who); }, remove},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    Client client(office.port());
    const std::string proof = row.proof();
    client.send(ApiOffice::text("GET", "/api/v1/events", {proof, sse}));
    client.read_until("\r\n\r\n");
    client.read_until(":\n\n");
    office.review(row.what);
    client.read_until("event: management-review.scheduled\n");
    row.end();
    CHECK_THAT(client.read_until("0\r\n\r\n"), !Catch::Matchers::ContainsSubstring("person.left"));
    CHECK(office.request("GET", "/api/v1/events", {proof, sse}).status == 401);  // who comes back is told the same
  }
}

TEST_CASE("cookies are Secure when clients come by HTTPS, whoever ends it") {
  struct Row {
    const char* what;
    bool https_outside;
    std::vector<AddressRange> trusted;
    std::vector<std::string> headers;
    bool secure;
  };
  const auto here = AddressRange::parse("127.0.0.0/8").value(), elsewhere = AddressRange::parse("10.0.0.0/8").value();
  const std::vector<std::string> https = {"X-Forwarded-Proto: https", "X-Forwarded-For: 192.0.2.7"};
  for (const Row& row : {Row{"plain", false, {}, {}, false}, Row{"the public URL is https", true, {}, {}, true},
                         Row{"a header of anybody", false, {}, https, false},
                         Row{"a header of another network", false, {elsewhere}, https, false},
                         Row{"a header of the proxy", false, {here}, https, true},
                         Row{"the proxy's client has no TLS", false, {here}, {"X-Forwarded-Proto: http"}, false}}) {
    INFO(row.what);
    ServerSettings settings = ApiOffice::quick_settings();
    settings.https_outside = row.https_outside;
    settings.trusted_proxies = row.trusted;
    ApiOffice office("sqlite", settings);
    office.join(maria);
    const Answer answer = office.request("POST", "/api/v1/session", row.headers, sign_in_body);
    REQUIRE(answer.status == 201);
    const std::string cookie = answer.header("Set-Cookie");
    CHECK((cookie.find("; Secure") != std::string::npos) == row.secure);
    CHECK(cookie.starts_with("__Host-") == row.secure);
    CHECK(answer.header("Strict-Transport-Security").empty() != row.secure);
    std::vector<std::string> headers = row.headers;
    headers.push_back("Cookie: " + cookie.substr(0, cookie.find(';')));
    CHECK(office.request("GET", "/api/v1/me", headers).status == 200);
  }
}

TEST_CASE("who cannot read for now is told to come back") {
  ApiOffice office;
  const std::string bearer = office.bearer(office.administrator());
  office.failing.busy = true;
  for (const char* path : {"/api/v1/management-reviews", "/api/v1/events"}) {
    INFO(path);
    const Answer answer = office.request("GET", path, {bearer});
    CHECK(answer.status == 503);
    CHECK(answer.header("Retry-After") == "1");
  }
  CHECK(office.request("GET", "/healthz", {}).status == 200);
  office.failing.busy = false;
  CHECK(office.request("GET", "/api/v1/management-reviews", {bearer}).status == 200);
}

TEST_CASE("forms that count records keep no thread of the sockets") {
  const ApiOffice office("sqlite");
  const TakesLong takes_long = takes_long_for(office.service);
  struct Row {
    Method method;
    std::vector<std::string_view> path;
    bool takes_long;
  };
  for (const Row& row : {Row{Method::get, {"api", "v1", "management-reviews", "1", "commands"}, true},
                         Row{Method::get, {"api", "v1", "management-reviews", "1"}, false},
                         Row{Method::get, {"api", "v1", "nonconformities", "1", "commands"}, false},
                         Row{Method::get, {"api", "v1", "nothing", "1", "commands"}, false},
                         Row{Method::get, {"api", "v1", "me"}, false}}) {
    Request request;
    const Match match = office.router.find(row.method, row.path, request.parameters);
    REQUIRE(match.route);
    INFO(row.path[2]);
    CHECK(takes_long(*match.route, request) == row.takes_long);
  }
}

TEST_CASE("the client behind a proxy is the last address that is no proxy") {
  struct Row {
    const char* peer;
    std::vector<const char*> forwarded;
    const char* client;
  };
  const std::vector<AddressRange> trusted = {AddressRange::parse("10.0.0.0/8").value(),
                                             AddressRange::parse("fd00::/8").value()};
  for (const Row& row :
       {Row{"192.0.2.1", {"198.51.100.9"}, "192.0.2.1"}, Row{"10.0.0.1", {}, "10.0.0.1"},
        Row{"10.0.0.1", {"198.51.100.9"}, "198.51.100.9"}, Row{"10.0.0.1", {"1.2.3.4, 198.51.100.9"}, "198.51.100.9"},
        Row{"10.0.0.1", {"1.2.3.4", "198.51.100.9"}, "198.51.100.9"},
        Row{"10.0.0.1", {"198.51.100.9, 10.0.0.2"}, "198.51.100.9"},
        Row{"10.0.0.1", {"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
        Row{"10.0.0.1", {"198.51.100.9, nonsense, 10.0.0.2"}, "10.0.0.2"}, Row{"10.0.0.1", {""}, "10.0.0.1"},
        Row{"fd00::1", {"2001:db8::5"}, "2001:db8::5"}}) {
    Request request;
    request.peer = row.peer;
    for (const char* value : row.forwarded) request.headers.push_back({"X-Forwarded-For", value});
    request.headers.push_back({"Forwarded", "for=203.0.113.1;proto=https"});
    INFO(row.peer << (row.forwarded.empty() ? "" : row.forwarded.front()));
    const FarEnd end = far_end(request, trusted);
    CHECK(end.address == row.client);
    CHECK_FALSE(end.is_tls);
  }
}

TEST_CASE("failed sign-ins through a proxy are counted by the client's address") {
  ServerSettings settings = ApiOffice::quick_settings();
  settings.trusted_proxies = {AddressRange::parse("127.0.0.0/8").value()};
  ApiOffice office("sqlite", settings);
  const auto guess = [&](const std::string& from, int number) {
    return office
        .request("POST", "/api/v1/session", {"X-Forwarded-For: " + from},
                 Json{{"email", "nobody" + std::to_string(number) + "@elbwerk.example"}, {"password", "x"}}.dump())
        .status;
  };
  for (int i = 0; i < office.service.sign_in.failures_per_address; ++i) REQUIRE(guess("192.0.2.7", i) == 401);
  CHECK(guess("192.0.2.7", 1000) == 429);
  CHECK(guess("192.0.2.8", 1001) == 401);
}

TEST_CASE("after a failed sync nothing claims success and the server is not ready") {
  ApiOffice office;
  const std::string proof = office.bearer(office.administrator());
  CHECK(office.request("GET", "/readyz", {}).status == 200);
  office.failing.failed = true;
  const Answer answer = office.request("POST", "/api/v1/people", {proof, "Idempotency-Key: one"},
                                       R"({"name":"Nora","email":"nora@elbwerk.example"})");
  CHECK(answer.status == 503);
  CHECK(answer.header("Content-Type") == "application/problem+json");
  CHECK(answer.body.find("nora") == std::string::npos);
  office.stopped = true;  // what the store's own call of on_stop() does in the server
  const Answer ready = office.request("GET", "/readyz", {});
  CHECK(ready.status == 503);
  CHECK(Json::parse(ready.body).at("checks").at("storage").at("ok") == false);
  office.failing.failed = false;
  Snapshot at = office.store->read();
  CHECK_FALSE(find_person_by_email(at, "nora@elbwerk.example"));
}

TEST_CASE("a request with a cookie waits for no write") {
  ApiOffice office;
  office.join(maria);
  const Session here = signed_in(office);
  office.clock.advance(30min);
  office.failing.failed = true;  // whoever waited for a write would be told
  CHECK(office.request("GET", "/api/v1/me", {here.cookie}).status == 200);
}

TEST_CASE("who uses a link leaves no session of this browser behind, unless it is refused") {
  ApiOffice office;
  office.join(maria);
  const Principal boss = office.administrator();
  const auto invited = invite_person(*office.context, Call{boss}, {"Nele Neu", "nele@elbwerk.example"});
  REQUIRE(invited);
  const Session before = signed_in(office);
  const auto accept = [&](const char* password) {
    const Json body = {{"token", invited->token}, {"password", password}};
    return office.request("POST", "/api/v1/invitations/accept", {before.cookie}, body.dump()).status;
  };
  const auto me = [&] { return office.request("GET", "/api/v1/me", {before.cookie}).status; };
  CHECK(accept("short") == 422);
  CHECK(me() == 200);
  CHECK(accept("a long enough password") == 201);
  CHECK(me() == 401);
}

TEST_CASE("what is missing or too long at the door is told in the language of who stands there") {
  ApiOffice office;
  office.join(maria);
  const Session here = signed_in(office);
  const std::string long_email = Json{{"email", std::string(255, 'x')}, {"password", "x"}}.dump();
  struct Row {
    const char *method, *path;
    std::string body;
    const char *pointer, *english, *german;
  };
  const char* session = "/api/v1/session";
  for (const Row& row :
       {Row{"POST", session, R"({"email":"x@y.example"})", "/password", "is missing", "fehlt"},
        Row{"POST", session, R"({"password":"x"})", "/email", "is missing", "fehlt"},
        Row{"POST", session, long_email, "/email", "must have at most 254 bytes", "darf höchstens 254 Bytes haben"},
        Row{"POST", "/api/v1/invitations/accept", R"({"token":"x"})", "/password", "is missing", "fehlt"},
        Row{"PUT", "/api/v1/me/password", R"({"password":"x"})", "/present", "is missing", "fehlt"}}) {
    INFO(row.path << row.body);
    for (const bool german : {false, true}) {
      const Answer answer =
          office.request(row.method, row.path,
                         {here.cookie, here.csrf, std::string("Accept-Language: ") + (german ? "de" : "en")}, row.body);
      CHECK(answer.status == 422);
      const Json problem = Json::parse(answer.body);
      CHECK(problem.at("detail") == (german ? "eine Angabe ist nicht gültig" : "a field is not valid"));
      CHECK(problem.at("errors").at(0).at("pointer") == row.pointer);
      CHECK(problem.at("errors").at(0).at("detail") == (german ? row.german : row.english));
    }
  }
}

TEST_CASE("a report that was made under its key is not made again") {
  ApiOffice office;
  found_demo(*office.context, office.catalogues, shipped_checklist());
  const Principal lead = office.principal("anna.lindqvist@elbwerk.example");
  const auto audit = [&] {
    Snapshot at = office.store->read();
    return list_records(at, ListQuery{"audit", {}}, lead.reader).at(0);
  }();
  REQUIRE(command_record(*office.context, Call{lead, audit.version},
                         {"audit", audit.uuid, "terminate", {{"reason", "a fire"}}}));
  const std::string path = "/api/v1/audits/" + audit.uuid + "/reports";
  const std::string body = R"({"plugin":"none.works","format":"html"})";
  auto writer = office.files->create(lead.organisation.uuid, 1000);
  REQUIRE(writer->write(std::string_view("report")));
  const auto file = writer->finish();
  REQUIRE(file);
  Call call{lead};
  call.key = "report";
  call.request_hash = sha256_hex("POST\n" + path + "\n" + body);
  const auto made = attach_report(*office.context, call, "audit", audit.uuid,
                                  {"p", "1", "html", "en", "package", "hash", "report.html", "text/html", *file});
  REQUIRE(made);
  const auto token =
      make_personal_token(*office.context, Call{lead}, {"t", {"read", "write"}, office.clock.now() + 1h});
  REQUIRE(token);
  const std::string proof = "Authorization: Bearer " + token->token;
  const Answer again = office.request("POST", path, {proof, "Idempotency-Key: report"}, body);
  CHECK(again.status == 201);
  CHECK(again.header("Idempotent-Replayed") == "true");
  CHECK(again.header("Location") == path + "/" + made->uuid);
  CHECK(office.request("POST", path, {proof, "Idempotency-Key: report"}, R"({"plugin":"other","format":"html"})")
            .status == 422);
  CHECK(office.request("POST", path, {proof, "Idempotency-Key: new"}, body).status == 422);
}

TEST_CASE("a password is changed by session only, once under its key, and its request is kept as a fingerprint") {
  ApiOffice office;
  office.join(maria);
  const Session here = signed_in(office);
  const std::string body = R"({"present":"a long enough password","password":"quite another password"})";
  const std::vector<std::string> headers = {here.cookie, here.csrf, "Idempotency-Key: pw"};
  CHECK(office.request("PUT", "/api/v1/me/password", headers, body).status == 204);
  const Answer again = office.request("PUT", "/api/v1/me/password", headers, body);
  CHECK(again.status == 204);
  CHECK(again.header("Idempotent-Replayed") == "true");
  Snapshot at = office.store->read();
  const auto use = find_idempotent(at, office.person(maria).id, "pw", office.clock.now());
  REQUIRE(use);
  CHECK(use->request_hash != sha256_hex("PUT\n/api/v1/me/password\n" + body));
}

TEST_CASE("lists go on without what a grant opened whose last day is over, before its timer has fired") {
  ASSAY_EACH_ENGINE(engine);
  ApiOffice office(engine);
  seat_visitors(office);
  const std::string review = review_in(office), grant = grant_over(office, review);
  fire_due_timers(office);
  const std::string carl = office.bearer(office.principal(guest), std::chrono::hours(24 * 30));
  const auto told = [&](const std::string& path, const std::string& what) {
    const Answer answer = office.request("GET", path, {carl});
    INFO(path << "\n" << answer.head << answer.body);
    CHECK(answer.status == 200);
    return answer.body.find(what) != std::string::npos;
  };
  // Each shows the grant, on which he sits, beside the review.
  const std::vector<std::string> mixed = {"/api/v1/events?limit=200", "/api/v1/access-grants/" + grant,
                                          "/api/v1/access-grants/" + grant + "/links"};
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (!told(mixed.front(), review) && std::chrono::steady_clock::now() < deadline)  // until it has its position
    office.store->wait_for_events(office.store->last_position(), 100ms);
  for (const std::string& path : mixed) CHECK(told(path, review));
  office.clock.advance(24h * 3);
  for (const std::string& path : mixed) {
    CHECK_FALSE(told(path, review));
    if (!path.ends_with("/links")) CHECK(told(path, grant));
  }
  CHECK_FALSE(told("/api/v1/management-reviews", review));
  CHECK(office.request("GET", "/api/v1/management-reviews/" + review, {carl}).status == 404);
}

}  // namespace
}  // namespace assay::test::api_test
