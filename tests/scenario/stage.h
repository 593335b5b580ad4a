// The stage of the scenarios: a real server on a data folder of its own, two organisations, their people, and rows of
// requests with what must come back and what must have happened.
#pragma once

#include <catch2/catch_all.hpp>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "domain/json.h"
#include "http/client.h"
#include "scenario/program.h"

namespace assay::test {

namespace fs = std::filesystem;

struct Person {
  std::string id, name, email, password, token;
  std::string organisation;  // "ours" or "theirs"
};

/// A request and what must come of it. In path, headers and body `{name}` stands for what the stage knows by that name.
struct Row {
  std::string name;
  std::string who;  // name of a person, sent as bearer token; "" for nobody
  std::string method;
  std::string path;
  std::vector<std::string> headers = {};  // "If-Match: {etag}": the present version of what the path names
  std::string body = {};                  // with content, application/json unless a header says otherwise
  int status = 200;
  std::vector<std::string> has = {};     // fragments of the answer, head and body
  std::vector<std::string> lacks = {};   // fragments that it must not have
  std::vector<std::string> events = {};  // all event types that it led to, of both organisations, in their order
  std::string keep = {};                 // name under which the answer's id is kept
};

/// A data folder and, for PostgreSQL, a schema; a server on it; both gone at the end.
class Folder {
 public:
  explicit Folder(std::string engine);
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  /// The arguments of `assay serve` on it.
  std::vector<std::string> serving(const std::vector<std::string>& more = {}) const;
  /// The one-time link token of the first administrator of an organisation that is founded in it.
  std::string found(const std::string& organisation, const std::string& name, const std::string& email) const;
  fs::path log() const { return root / "server.log"; }
  fs::path data() const { return root / "data"; }

  std::string engine;
  fs::path root;
  std::string database;  // URL; empty for SQLite

 private:
  std::string schema_;
};

class Stage {
 public:
  explicit Stage(const std::string& engine);
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  /// One for the whole run, set up at the first call.
  static Stage& on(const std::string& engine);

  /// Stops the server and starts it again, with these packages of the tests and no others beside the shipped ones, and
  /// these arguments besides.
  void serve_with(const std::vector<std::string>& packages, const std::vector<std::string>& more = {});

  std::uint16_t port() const { return server_->port(); }
  fs::path data() const { return folder_.data(); }
  fs::path log() const { return folder_.log(); }

  /// Sends it and checks the answer against the API description. Placeholders are filled in.
  Answer ask(const std::string& who, const std::string& method, const std::string& path, const std::string& body = {},
             const std::vector<std::string>& headers = {});
  /// The same; fails the test unless it is answered with 2xx.
  Json must(const std::string& who, const std::string& method, const std::string& path, const std::string& body = {},
            const std::vector<std::string>& headers = {});
  /// The items of a list: its first page.
  Json list(const std::string& who, const std::string& path);
  /// Performs a command on /api/v1/{plural}/{id} with the version that they see; must succeed.
  Json act(const std::string& who, const std::string& record, const std::string& command,
           const Json& input = Json::object());
  /// The ETag of what `path` names: an item, a piece of evidence, a person, a webhook, or the record above.
  std::string etag(const std::string& path, const std::string& who = "admin");

  /// Runs the rows one after the other; each is a section of its own in what a failure tells.
  void run(const std::vector<Row>& rows);
  Answer run(const Row& row);

  /// Types of the events since the last call, of both organisations.
  std::vector<std::string> events_since();

  /// A person who is invited and has set a password; with a token of `scopes`.
  Person join(const std::string& key, const std::string& name, const std::vector<std::string>& roles,
              const std::vector<std::string>& responsibilities = {}, const std::string& by = "admin");
  std::string token_of(const std::string& who, const std::vector<std::string>& scopes);
  Person& person(const std::string& who);
  std::string fill(std::string text) const;

  /// The operations of the API description that any stage has seen answered with success.
  static std::set<std::string> fulfilled();

  std::map<std::string, std::string> names;  // what placeholders stand for
  std::map<std::string, Person> people;

 private:
  std::vector<std::string> serving(const std::vector<std::string>& more) const;
  void found_first(const std::string& key, const std::string& organisation, const std::string& link);
  std::string mark_the_end();
  std::string request_text(const std::string& who, const std::string& method, const std::string& path,
                           const std::string& body, const std::vector<std::string>& headers) const;

  Folder folder_;
  std::unique_ptr<Program> server_;
  std::map<std::string, std::int64_t> seen_;  // position of the feed, by who reads it
};

/// The engine of this run of the test. Says so aloud when PostgreSQL is not there.
#define ASSAY_STAGE_ON_EACH_ENGINE(stage)                                         \
  const std::string engine = GENERATE(as<std::string>(), "sqlite", "postgresql"); \
  INFO("engine: " << engine);                                                     \
  if (engine == "postgresql" && std::getenv("ASSAY_TEST_POSTGRES") == nullptr)    \
    SKIP("ASSAY_TEST_POSTGRES is not set: PostgreSQL is NOT tested");             \
  Stage& stage = Stage::on(engine)

/// Today and a day from it, as in the organisation's zone (UTC).
std::string day(int from_today = 0);
std::string instant(int seconds_from_now);
Json parsed(const Answer& answer);

}  // namespace assay::test
