// Identity: signing in and out, cookies and the token against forged requests, one-time links, leaving, passwords.
#include "scenario/stage.h"

namespace assay::test::identity_test {
namespace {

constexpr const char* password = "a long enough password";

std::string credentials(const std::string& email, const std::string& with = password) {
  return Json{{"email", email}, {"password", with}}.dump();
}

struct Session {
  std::string cookie;  // header
  std::string csrf;    // header
};

Session session_of(const Answer& answer) {
  const std::string cookie = answer.header("Set-Cookie");
  return {"Cookie: " + cookie.substr(0, cookie.find(';')),
          "X-CSRF-Token: " + parsed(answer).at("csrf_token").get<std::string>()};
}

Session sign_in(Stage& stage, const std::string& who, const std::string& with = password) {
  const Answer answer = stage.ask("", "POST", "/api/v1/session", credentials(stage.person(who).email, with));
  REQUIRE(answer.status == 201);
  return session_of(answer);
}

/// A person of this test only.
std::string guest(Stage& stage, const std::vector<std::string>& roles = {}) {
  static int count = 0;
  const std::string key = "guest" + std::to_string(++count);
  stage.join(key, "Guest " + std::to_string(count), roles);
  return key;
}

TEST_CASE("signing in makes a session whose cookie scripts and other sites cannot use") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string who = guest(stage);
  const Answer in = stage.run({"sign in",
                               "",
                               "POST",
                               "/api/v1/session",
                               {},
                               credentials(stage.person(who).email),
                               201,
                               {"\"csrf_token\":\"", "\"expires\":\"", "Cache-Control: no-store"},
                               {"password"}});
  const std::string cookie = in.header("Set-Cookie");
  for (const char* part : {"; Path=/", "; HttpOnly", "; SameSite=Strict", "; Max-Age=43"})
    CHECK(cookie.find(part) != std::string::npos);
  CHECK(cookie.find("Domain") == std::string::npos);
  const Session session = session_of(in);
  stage.run({{"who am I",
              "",
              "GET",
              "/api/v1/me",
              {session.cookie},
              "",
              200,
              {stage.person(who).email, "\"scopes\":[\"read\",\"write\",\"admin\"]"}},
             {"sign out without the token", "", "DELETE", "/api/v1/session", {session.cookie}, "", 403},
             {"sign out",
              "",
              "DELETE",
              "/api/v1/session",
              {session.cookie, session.csrf},
              "",
              204,
              {"Set-Cookie: ", "Max-Age=0"}},
             {"it is over", "", "GET", "/api/v1/me", {session.cookie}, "", 401},
             {"twice the cookie", "", "GET", "/api/v1/me", {session.cookie, session.cookie}, "", 401},
             {"a planted cookie", "", "GET", "/api/v1/me", {"Cookie: assay_session=assays_planted"}, "", 401}});
}

TEST_CASE("a wrong password and an unknown address look the same") {
  Stage& stage = Stage::on("sqlite");
  const std::string who = guest(stage);
  const Answer wrong = stage.run(
      {"wrong", "", "POST", "/api/v1/session", {}, credentials(stage.person(who).email, "not the password"), 401});
  const Answer unknown =
      stage.run({"unknown", "", "POST", "/api/v1/session", {}, credentials("nobody@nowhere.example"), 401});
  Json one = parsed(wrong), other = parsed(unknown);
  one.erase("instance");
  other.erase("instance");
  CHECK(one == other);
  stage.run(
      {{"no password", "", "POST", "/api/v1/session", {}, R"({"email":"x@y.example"})", 422, {"/password"}},
       {"more than asked",
        "",
        "POST",
        "/api/v1/session",
        {},
        R"({"email":"x@y.example","password":"x","remember":true})",
        422,
        {"/remember"}},
       {"addresses have no case", "", "POST", "/api/v1/session", {}, credentials("GUEST1@Elbwerk.Example"), 201}});
}

TEST_CASE("after some failures an account has to wait, and only that one") {
  Stage& stage = Stage::on("sqlite");
  const std::string who = guest(stage), other = guest(stage);
  const std::string email = stage.person(who).email;
  for (int i = 0; i < 4; ++i)
    stage.run({"wrong", "", "POST", "/api/v1/session", {}, credentials(email, "guess " + std::to_string(i)), 401});
  const Answer refused = stage.run({"the right one too",
                                    "",
                                    "POST",
                                    "/api/v1/session",
                                    {},
                                    credentials(email),
                                    429,
                                    {"urn:assay:problem:rate-limited", "Retry-After: "}});
  const int seconds = std::stoi("0" + refused.header("Retry-After"));
  CHECK(seconds > 800);
  CHECK(seconds <= 900);
  stage.run({{"in other letters", "", "POST", "/api/v1/session", {}, credentials("G" + email.substr(1)), 429},
             {"somebody else", "", "POST", "/api/v1/session", {}, credentials(stage.person(other).email), 201},
             {"with a token", who, "GET", "/api/v1/me"}});
}

TEST_CASE("an address that guesses at many accounts has to wait") {
  Folder folder("sqlite");
  folder.found("Elbwerk", "Jonas", "jonas@elbwerk.example");
  const Program server(folder.serving({"--sign-in-address", "3"}), folder.log());
  const auto tries = [&](const std::string& email) {
    const std::string body = credentials(email);
    return ask(server.port(),
               "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: "
               "application/json\r\nContent-Length: " +
                   std::to_string(body.size()) + "\r\n\r\n" + body);
  };
  for (const char* name : {"a@x.example", "b@x.example", "c@x.example"}) CHECK(tries(name).status == 401);
  const Answer refused = tries("d@x.example");
  CHECK(refused.status == 429);
  CHECK_FALSE(refused.header("Retry-After").empty());
}

TEST_CASE("a write that rests on a cookie has to prove where it comes from") {
  Stage& stage = Stage::on("sqlite");
  const std::string who = guest(stage);
  const Session session = sign_in(stage, who), other = sign_in(stage, guest(stage));
  const std::string path = "/api/v1/people/{" + who + "}", body = R"({"language":"de"})",
                    version = "If-Match: " + stage.etag(path);
  stage.run({{"no token", "", "PATCH", path, {session.cookie, version}, body, 403, {"X-CSRF-Token"}},
             {"a wrong one", "", "PATCH", path, {session.cookie, version, "X-CSRF-Token: x"}, body, 403},
             {"that of another session", "", "PATCH", path, {session.cookie, version, other.csrf}, body, 403},
             {"from another site",
              "",
              "PATCH",
              path,
              {session.cookie, session.csrf, version, "Sec-Fetch-Site: cross-site"},
              body,
              403},
             {"from a sibling",
              "",
              "PATCH",
              path,
              {session.cookie, session.csrf, version, "Sec-Fetch-Site: same-site"},
              body,
              403},
             {"reading needs none", "", "GET", path, {session.cookie, "Sec-Fetch-Site: cross-site"}},
             {"an upload needs one too",
              "",
              "POST",
              "/api/v1/audits/{audit}/evidence/files?name=x",
              {session.cookie, "Content-Type: text/plain"},
              "x",
              403},
             {"from our own pages",
              "",
              "PATCH",
              path,
              {session.cookie, session.csrf, version, "Sec-Fetch-Site: same-origin"},
              body,
              200,
              {"\"language\":\"de\""},
              {},
              {"person.changed"}}});
}

TEST_CASE("a one-time link is used once, and a new one replaces it") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string email = "link-" + engine + "@elbwerk.example";
  const Answer invited = stage.run({"invite",
                                    "admin",
                                    "POST",
                                    "/api/v1/people",
                                    {},
                                    Json{{"name", "Lena Link"}, {"email", email}}.dump(),
                                    201,
                                    {"/invitation#assayi_", "\"state\":\"invited\""},
                                    {},
                                    {"person.invited"},
                                    "linked"});
  const std::string token = parsed(invited).at("invitation").at("token");
  const auto accept = [&](const std::string& link, const std::string& with) {
    return Json{{"token", link}, {"password", with}}.dump();
  };
  const std::string path = "/api/v1/invitations/accept";
  stage.run({{"not yet", "", "POST", "/api/v1/session", {}, credentials(email), 401},
             {"an invited person has no link in sight",
              "admin",
              "GET",
              "/api/v1/people/{linked}",
              {},
              "",
              200,
              {},
              {"assayi_"}},
             {"only administrators renew", "manager", "POST", "/api/v1/people/{linked}/invitation", {}, "", 403}});
  const std::string renewed = parsed(stage.run({"renew",
                                                "admin",
                                                "POST",
                                                "/api/v1/people/{linked}/invitation",
                                                {},
                                                "",
                                                200,
                                                {"assayi_"},
                                                {},
                                                {"person.invitation_renewed"}}))
                                  .at("invitation")
                                  .at("token");
  stage.run({{"the first link is void", "", "POST", path, {}, accept(token, password), 404},
             {"a made-up link", "", "POST", path, {}, accept("assayi_" + std::string(36, 'a'), password), 404},
             {"too short a password", "", "POST", path, {}, accept(renewed, "short"), 422, {"/password"}},
             {"the own address as password", "", "POST", path, {}, accept(renewed, email), 422, {"/password"}},
             {"used",
              "",
              "POST",
              path,
              {},
              accept(renewed, password),
              201,
              {"csrf_token", "HttpOnly"},
              {},
              {"person.password_set"}},
             {"used again", "", "POST", path, {}, accept(renewed, "another long password"), 404},
             {"signed in", "", "POST", "/api/v1/session", {}, credentials(email), 201}});
}

TEST_CASE("what is wrong with a password or link is told in the language of who sets it") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string email = "sprache-" + engine + "@elbwerk.example";
  const Json invited =
      stage.must("admin", "POST", "/api/v1/people", Json{{"name", "Sina Sprache"}, {"email", email}}.dump());
  const auto accept = [&](const std::string& with, const std::string& link) {
    return Json{{"token", link}, {"password", with}}.dump();
  };
  const std::string token = invited.at("invitation").at("token"), path = "/api/v1/invitations/accept",
                    german = "Accept-Language: de-AT,de;q=0.9,en;q=0.8",
                    short_english = "must have at least 12 characters",
                    short_german = "muss mindestens 12 Zeichen haben", unknown = "assayi_" + std::string(36, 'a');
  const Session here = sign_in(stage, guest(stage));
  const auto change = [](const std::string& present, const std::string& wanted) {
    return Json{{"present", present}, {"password", wanted}}.dump();
  };
  stage.run({
      {"English", "", "POST", path, {}, accept("short", token), 422, {short_english, "a field is not valid"}},
      {"German", "", "POST", path, {german}, accept("kurz", token), 422, {short_german, "eine Angabe ist nicht"}},
      {"German by the address", "", "POST", path + "?lang=de", {}, accept("kurz", token), 422, {short_german}},
      {"the address comes first", "", "POST", path + "?lang=en", {german}, accept("kurz", token), 422, {short_english}},
      {"a language that is not ours",
       "",
       "POST",
       path,
       {"Accept-Language: fr"},
       accept("court", token),
       422,
       {short_english}},
      {"bytes are no characters", "", "POST", path, {german}, accept("äöüäöü", token), 422, {short_german}},
      {"too long",
       "",
       "POST",
       path,
       {german},
       accept(std::string(1025, 'x'), token),
       422,
       {"darf höchstens 1024 Bytes haben"}},
      {"the own name",
       "",
       "POST",
       path,
       {german},
       accept("hier ist sina sprache", token),
       422,
       {"darf weder Ihren Namen noch"}},
      {"no such link", "", "POST", path, {}, accept(password, unknown), 404, {"this link is not valid"}},
      {"kein solcher Link",
       "",
       "POST",
       path,
       {german},
       accept(password, unknown),
       404,
       {"dieser Link ist nicht gültig"}},
      {"changing it",
       "",
       "PUT",
       "/api/v1/me/password",
       {here.cookie, here.csrf, german},
       change(password, "kurz"),
       422,
       {short_german}},
      {"a wrong present one",
       "",
       "PUT",
       "/api/v1/me/password",
       {here.cookie, here.csrf, german},
       change("falsch", "ein langes Passwort, nicht wahr"),
       422,
       {"/present", "ist nicht das jetzige Passwort"}},
      {"a good one",
       "",
       "POST",
       path,
       {german},
       accept("ein langes Passwort, nicht wahr", token),
       201,
       {},
       {},
       {"person.password_set"}},
  });
}

TEST_CASE("who signs in anew leaves no session behind") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string who = guest(stage);
  const Session before = sign_in(stage, who), elsewhere = sign_in(stage, who);
  const Answer again = stage.ask("", "POST", "/api/v1/session", credentials(stage.person(who).email), {before.cookie});
  REQUIRE(again.status == 201);
  stage.run({{"the one before", "", "GET", "/api/v1/me", {before.cookie}, "", 401},
             {"that of another browser", "", "GET", "/api/v1/me", {elsewhere.cookie}},
             {"the new one", "", "GET", "/api/v1/me", {session_of(again).cookie}},
             {"a failure ends nothing",
              "",
              "POST",
              "/api/v1/session",
              {elsewhere.cookie},
              credentials(stage.person(who).email, "not the password"),
              401},
             {"it lasts", "", "GET", "/api/v1/me", {elsewhere.cookie}}});
}

TEST_CASE("who leaves is out at once, with session, token and link") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string who = guest(stage, {"isms_manager"});
  const Session session = sign_in(stage, who);
  const std::string path = "/api/v1/people/{" + who + "}";
  stage.run({{"still here", who, "GET", "/api/v1/audits"},
             {"nobody but an administrator", "manager", "DELETE", path, {"If-Match: {etag}"}, "", 403},
             {"leaves",
              "admin",
              "DELETE",
              path,
              {"If-Match: {etag}"},
              "",
              200,
              {"\"state\":\"left\"", "\"roles\":[]"},
              {},
              {"person.left"}},
             {"the token", who, "GET", "/api/v1/me", {}, "", 401},
             {"the session", "", "GET", "/api/v1/me", {session.cookie}, "", 401},
             {"the password", "", "POST", "/api/v1/session", {}, credentials(stage.person(who).email), 401},
             {"again", "admin", "DELETE", path, {"If-Match: {etag}"}, "", 409, {"wrong-state"}},
             {"no way back by a link", "admin", "POST", path + "/invitation", {}, "", 409},
             {"no change", "admin", "PATCH", path, {"If-Match: {etag}"}, R"({"roles":["administrator"]})", 409},
             {"the history stays", "admin", "GET", path, {}, "", 200, {"\"name\":\"Guest"}}});
}

TEST_CASE("an organisation keeps an administrator") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  stage.run({{"steps down",
              "other",
              "PATCH",
              "/api/v1/people/{other}",
              {"If-Match: {etag}"},
              R"({"roles":["isms_manager"]})",
              422,
              {"/roles"}},
             {"leaves", "other", "DELETE", "/api/v1/people/{other}", {"If-Match: {etag}"}, "", 403}});
  stage.join("deputy", "Dana Deputy", {}, {}, "other");
  stage.run({{"a colleague who is no administrator",
              "other",
              "PATCH",
              "/api/v1/people/{other}",
              {"If-Match: {etag}"},
              R"({"roles":[]})",
              422},
             {"gives a role",
              "other",
              "PATCH",
              "/api/v1/people/{deputy}",
              {"If-Match: {etag}"},
              R"({"roles":["administrator"]})",
              200,
              {},
              {},
              {"person.changed"}},
             {"now there are two",
              "other",
              "PATCH",
              "/api/v1/people/{deputy}",
              {"If-Match: {etag}"},
              R"({"roles":[]})",
              200,
              {},
              {},
              {"person.changed"}},
             {"nobody gives roles to themselves",
              "manager",
              "PATCH",
              "/api/v1/people/{manager}",
              {"If-Match: {etag}"},
              R"({"roles":["administrator"]})",
              403},
             {"nor frees themselves of areas",
              "owner",
              "PATCH",
              "/api/v1/people/{owner}",
              {"If-Match: {etag}"},
              R"({"responsibilities":[]})",
              403},
             {"a name is one's own",
              "owner",
              "PATCH",
              "/api/v1/people/{owner}",
              {"If-Match: {etag}"},
              R"({"name":"Leo Fischer"})",
              200,
              {"Leo"},
              {},
              {"person.changed"}},
             {"that of others is not",
              "owner",
              "PATCH",
              "/api/v1/people/{auditor}",
              {"If-Match: {etag}"},
              R"({"name":"Dave"})",
              403},
             {"nor is inviting", "manager", "POST", "/api/v1/people", {}, R"({"name":"x","email":"x@y.example"})", 403},
             {"an address once",
              "admin",
              "POST",
              "/api/v1/people",
              {},
              R"({"name":"x","email":"JONAS@elbwerk.example"})",
              422,
              {"/email", "in use"}},
             {"addresses of colleagues are not for all",
              "owner",
              "GET",
              "/api/v1/people/{auditor}",
              {},
              "",
              200,
              {"David"},
              {"@elbwerk", "\"language\""}}});
}

TEST_CASE("a new password ends the other sessions") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string who = guest(stage);
  const Session here = sign_in(stage, who), there = sign_in(stage, who);
  const auto change = [](const std::string& present, const std::string& wanted) {
    return Json{{"present", present}, {"password", wanted}}.dump();
  };
  const std::string path = "/api/v1/me/password", wanted = "quite another password";
  stage.run({{"by token", who, "PUT", path, {}, change(password, wanted), 403},
             {"without the present one",
              "",
              "PUT",
              path,
              {here.cookie, here.csrf},
              change("not it at all", wanted),
              422,
              {"/present"}},
             {"too short", "", "PUT", path, {here.cookie, here.csrf}, change(password, "short"), 422, {"/password"}},
             {"changed",
              "",
              "PUT",
              path,
              {here.cookie, here.csrf},
              change(password, wanted),
              204,
              {},
              {},
              {"person.password_changed"}},
             {"the other session", "", "GET", "/api/v1/me", {there.cookie}, "", 401},
             {"the old password", "", "POST", "/api/v1/session", {}, credentials(stage.person(who).email), 401},
             {"the new one", "", "POST", "/api/v1/session", {}, credentials(stage.person(who).email, wanted), 201}});
}

}  // namespace
}  // namespace assay::test::identity_test
