// The stage of the scenarios.
#include "scenario/stage.h"

#include <stdlib.h>
#include <algorithm>

#include "cli/commands.h"
#include "cli/workspace.h"
#include "domain/time.h"
#include "ledger/digest.h"
#include "ledger/random.h"
#include "scenario/contract.h"
#include "scenario/story.h"
#include "storage/connection.h"

namespace assay::test {
namespace {

constexpr const char* password = "a long enough password";

/// Made by the first stage, for all.
std::unique_ptr<Contract>& kept_contract() {
  static std::unique_ptr<Contract> contract;
  return contract;
}

/// Asks without the contract, which is made of it.
Contract& the_contract(std::uint16_t port) {
  auto& contract = kept_contract();
  if (!contract) contract = std::make_unique<Contract>(parsed(get(port, "/api/v1/openapi.json")));
  return *contract;
}

std::map<std::string, std::unique_ptr<Stage>>& stages() {
  static std::map<std::string, std::unique_ptr<Stage>> all;
  return all;
}

/// The servers are to end before what they rest on does.
struct Curtain final : Catch::EventListenerBase {
  using EventListenerBase::EventListenerBase;
  void testRunEnded(const Catch::TestRunStats&) override { stages().clear(); }
};
CATCH_REGISTER_LISTENER(Curtain)

}  // namespace

Json parsed(const Answer& answer) {
  Json json = Json::parse(answer.body, nullptr, false);
  if (json.is_discarded()) FAIL("no JSON: " << answer.head << answer.body);
  return json;
}

std::string day(int from_today) {
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  return to_text(Date{today + std::chrono::days{from_today}});
}

std::string instant(int seconds_from_now) { return to_text(system_now() + std::chrono::seconds{seconds_from_now}); }

Folder::Folder(std::string wanted) : engine(std::move(wanted)) {
  std::string name = (fs::temp_directory_path() / "assay-scenario-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  root = name;
  fs::create_directory(root / "plugins");
  if (engine == "sqlite") return;
  schema_ = "scenario_" + to_hex(random_bytes(8));
  const std::string url = std::getenv("ASSAY_TEST_POSTGRES");
  Connection::postgresql(url)->script("CREATE SCHEMA " + schema_);
  database = url + (url.find('?') == std::string::npos ? "?" : "&") + "options=-csearch_path%3D" + schema_;
}

Folder::~Folder() {
  std::error_code ignored;  // the next start of the machine clears it away
  fs::remove_all(root, ignored);
  if (!schema_.empty()) {
    Connection::postgresql(std::getenv("ASSAY_TEST_POSTGRES"))->script("DROP SCHEMA " + schema_ + " CASCADE");
  }
}

std::vector<std::string> Folder::serving(const std::vector<std::string>& more) const {
  std::vector<std::string> all = {"serve",
                                  "--data",
                                  data().string(),
                                  "--listen",
                                  "127.0.0.1:0",
                                  "--plugins",
                                  ASSAY_BINARY_DIR "/plugins," + (root / "plugins").string()};
  if (!database.empty()) all.insert(all.end(), {"--database", database});
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::string Folder::found(const std::string& organisation, const std::string& name, const std::string& email) const {
  std::map<std::string, std::string> given = {{"data", data().string()}};
  if (!database.empty()) given["database"] = database;
  const SettingValues values(given, [](const std::string&) { return std::optional<std::string>(); }, {});
  Workspace workspace(values);
  auto founded = found_organisation(workspace.context(), {organisation, "UTC", "en", name, email});
  if (!founded) throw Refused(founded.error());
  return founded->invitation;
}

std::set<std::string> Stage::fulfilled() {
  return kept_contract() ? kept_contract()->fulfilled() : std::set<std::string>();
}

Stage& Stage::on(const std::string& engine) {
  auto& stage = stages()[engine];
  if (!stage) stage = std::make_unique<Stage>(engine);
  return *stage;
}

Stage::Stage(const std::string& engine) : folder_(engine) {
  // A second organisation has no public way in: the program founds one for each data folder.
  const std::string ours = folder_.found("Elbwerk", "Jonas Brandt", "jonas@elbwerk.example");
  const std::string theirs = folder_.found("Tidewater", "Thea Wade", "thea@tidewater.example");
  serve_with({"hostile", "whole"});
  found_first("admin", "ours", ours);
  found_first("other", "theirs", theirs);
  set_the_scene(*this);
  events_since();
}

std::vector<std::string> Stage::serving(const std::vector<std::string>& more) const {
  std::vector<std::string> all = {"--webhook-allow",
                                  "127.0.0.1/32",
                                  "--webhook-allow-http",
                                  "--sign-in-account",
                                  "4",
                                  "--sign-in-address",
                                  "100000",
                                  "--upload-limit",
                                  "4194304",
                                  "--json-limit",
                                  "262144",
                                  "--security-contact",
                                  "mailto:security@elbwerk.example"};
  all.insert(all.end(), more.begin(), more.end());
  return folder_.serving(all);
}

void Stage::serve_with(const std::vector<std::string>& packages, const std::vector<std::string>& more) {
  server_.reset();
  const fs::path folder = folder_.root / "plugins";
  fs::remove_all(folder);
  fs::create_directory(folder);
  for (const std::string& package : packages)
    fs::create_directory_symlink(ASSAY_BINARY_DIR "/test-plugins/" + package, folder / package);
  server_ = std::make_unique<Program>(serving(more), folder_.log());
}

void Stage::found_first(const std::string& key, const std::string& organisation, const std::string& link) {
  Person& person = people[key];
  person.organisation = organisation;
  person.password = password;
  const Answer accepted =
      ask("", "POST", "/api/v1/invitations/accept", Json{{"token", link}, {"password", password}}.dump());
  REQUIRE(accepted.status == 201);
  const Json session = parsed(accepted);
  person.id = session.at("me").at("id");
  person.name = session.at("me").at("name");
  person.email = session.at("me").at("email");
  names[key] = person.id;
  const std::string cookie = accepted.header("Set-Cookie");
  std::vector<std::string> scopes = {"read", "write"};
  const Json roles = session.at("me").at("roles");
  if (std::find(roles.begin(), roles.end(), Json("administrator")) != roles.end()) scopes.emplace_back("admin");
  const Json token = must("", "POST", "/api/v1/me/tokens",
                          Json{{"name", "tests"}, {"scopes", scopes}, {"expires", instant(3600)}}.dump(),
                          {"Cookie: " + cookie.substr(0, cookie.find(';')),
                           "X-CSRF-Token: " + session.at("csrf_token").get<std::string>()});
  person.token = token.at("token");
}

Person Stage::join(const std::string& key, const std::string& name, const std::vector<std::string>& roles,
                   const std::vector<std::string>& responsibilities, const std::string& by) {
  const std::string email = key + (by == "admin" ? "@elbwerk.example" : "@tidewater.example");
  const Json invited =
      must(by, "POST", "/api/v1/people",
           Json{{"name", name}, {"email", email}, {"roles", roles}, {"responsibilities", responsibilities}}.dump());
  found_first(key, people.at(by).organisation, invited.at("invitation").at("token"));
  return people.at(key);
}

std::string Stage::token_of(const std::string& who, const std::vector<std::string>& scopes) {
  return must(who, "POST", "/api/v1/me/tokens",
              Json{{"name", "another"}, {"scopes", scopes}, {"expires", instant(3600)}}.dump())
      .at("token");
}

Person& Stage::person(const std::string& who) {
  const auto found = people.find(who);
  if (found == people.end()) throw std::runtime_error("nobody is called " + who);
  return found->second;
}

std::string Stage::fill(std::string text) const {
  for (auto open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1)) {
    const auto close = text.find_first_of("}{\" :,", open + 1);
    if (close == std::string::npos || text[close] != '}') continue;
    const auto known = names.find(text.substr(open + 1, close - open - 1));
    if (known != names.end()) text.replace(open, close - open + 1, known->second);
  }
  return text;
}

std::string Stage::etag(const std::string& path, const std::string& who) {
  static const std::set<std::string> parts = {"items", "evidence", "notes"};
  std::vector<std::string> segments;
  const std::string whole = fill(path.substr(0, path.find('?')));
  for (std::size_t at = 1; at < whole.size();) {
    const auto slash = std::min(whole.find('/', at), whole.size());
    segments.push_back(whole.substr(at, slash - at));
    at = slash + 1;
  }
  if (segments.size() > 3 && segments[2] == "me") {  // a token: the list tells its version
    for (const Json& token : list(who, "/api/v1/me/tokens?limit=200")) {
      if (token.at("id") == segments[4]) return "\"v" + token.at("version").dump() + "\"";
    }
    FAIL("no token " << segments[4]);
  }
  std::string of = "/api/v1/" + segments.at(2) + "/" + segments.at(3);
  if (segments.size() > 5 && parts.contains(segments[4])) of += "/" + segments[4] + "/" + segments[5];
  const Answer answer = ask(who, "GET", of);
  if (answer.status != 200) FAIL(of << " has no version: " << answer.head << answer.body);
  return answer.header("ETag");
}

std::string Stage::request_text(const std::string& who, const std::string& method, const std::string& path,
                                const std::string& body, const std::vector<std::string>& headers) const {
  std::string text = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
  if (!who.empty()) text += "Authorization: Bearer " + people.at(who).token + "\r\n";
  bool typed = body.empty();
  for (const std::string& header : headers) {
    typed = typed || header.starts_with("Content-Type:");
    text += header + "\r\n";
  }
  if (!typed) text += "Content-Type: application/json\r\n";
  if (!body.empty() || method == "POST" || method == "PUT")
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

Answer Stage::ask(const std::string& who, const std::string& method, const std::string& path, const std::string& body,
                  const std::vector<std::string>& headers) {
  std::vector<std::string> filled;
  for (std::string header : headers) {
    const auto at = header.find("{etag}");
    const std::string sees = who.empty() || person(who).organisation == "ours" ? "admin" : "other";
    if (at != std::string::npos) header.replace(at, 6, etag(path, path.starts_with("/api/v1/me/") ? who : sees));
    filled.push_back(fill(std::move(header)));
  }
  const std::string target = fill(path);
  Client client(port());
  client.send(request_text(who, method, target, fill(body), filled));
  Answer answer = client.read(method == "HEAD");
  if (answer.status == 0) FAIL(method << " " << target << ": the server closes the connection without an answer");
  for (const std::string& breach : the_contract(port()).breaches(method, target, answer))
    FAIL_CHECK(method << " " << target << ": " << breach);
  return answer;
}

Json Stage::must(const std::string& who, const std::string& method, const std::string& path, const std::string& body,
                 const std::vector<std::string>& headers) {
  const Answer answer = ask(who, method, path, body, headers);
  if (answer.status >= 300)
    FAIL(who << ": " << method << " " << fill(path) << " " << fill(body) << "\n" << answer.head << answer.body);
  return answer.body.empty() ? Json() : parsed(answer);
}

Json Stage::list(const std::string& who, const std::string& path) { return must(who, "GET", path).at("items"); }

Json Stage::act(const std::string& who, const std::string& record, const std::string& command, const Json& input) {
  const std::string path = "/api/v1/" + record;
  return must(who, "POST", path + "/commands/" + command, input.dump(), {"If-Match: " + etag(path, who)});
}

/// PostgreSQL gives events their positions after their commit: a last one tells that all before it have theirs.
std::string Stage::mark_the_end() {
  if (folder_.engine == "sqlite") return {};
  const std::string id = must("other", "POST", "/api/v1/management-reviews", review_input("Mark").dump()).at("id");
  std::int64_t after = seen_["other"];
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::chrono::steady_clock::now() < deadline) {
    const Json page = must("other", "GET", "/api/v1/events?limit=200&after=" + std::to_string(after));
    if (page.dump().find(id) != std::string::npos) return id;
    if (!page.at("next").is_null()) after = page.at("last");
  }
  throw std::runtime_error("an event does not come up in the feed within 10 s");
}

std::vector<std::string> Stage::events_since() {
  const std::string mark = mark_the_end();
  std::vector<std::string> types;
  for (const char* reader : {"admin", "other"}) {
    auto& seen = seen_[reader];
    for (bool more = true; more;) {
      const Json page = must(reader, "GET", "/api/v1/events?limit=200&after=" + std::to_string(seen));
      for (const Json& event : page.at("items")) {
        if (mark.empty() || event.at("data").at("id") != mark) types.push_back(event.at("type"));
      }
      seen = page.at("last");
      more = !page.at("next").is_null();
    }
  }
  return types;
}

Answer Stage::run(const Row& row) {
  INFO(row.name << ": " << row.who << " " << row.method << " " << fill(row.path) << " " << fill(row.body));
  events_since();
  Answer answer = ask(row.who, row.method, row.path, row.body, row.headers);
  const std::string whole = answer.head + "\n" + answer.body;
  INFO(whole.substr(0, 4000));
  CHECK(answer.status == row.status);
  for (const std::string& fragment : row.has) {
    if (whole.find(fill(fragment)) == std::string::npos) FAIL_CHECK("the answer lacks " << fill(fragment));
  }
  for (const std::string& fragment : row.lacks) {
    if (whole.find(fill(fragment)) != std::string::npos) FAIL_CHECK("the answer must not have " << fill(fragment));
  }
  CHECK(events_since() == row.events);
  if (!row.keep.empty() && answer.status < 300) names[row.keep] = parsed(answer).at("id");
  return answer;
}

void Stage::run(const std::vector<Row>& rows) {
  for (const Row& row : rows) run(row);
}

}  // namespace assay::test
