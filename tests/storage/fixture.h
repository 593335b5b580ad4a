// One suite, two engines: a fresh database for each test, a small workflow set, and short ways to write history.
#pragma once

#include <catch2/catch_all.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "domain/definition.h"
#include "storage/connection.h"
#include "storage/events.h"
#include "storage/facts.h"
#include "storage/items.h"
#include "storage/people.h"
#include "storage/records.h"
#include "storage/store.h"

namespace assay::test {

/// A folder that is gone afterwards.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// URL of the PostgreSQL to test with; empty when there is none.
std::string postgresql_url();

/// A data folder and, for PostgreSQL, a schema of its own; both are gone afterwards.
class Database {
 public:
  explicit Database(std::string_view engine);
  ~Database();
  std::unique_ptr<Store> open() const { return Store::open(settings); }

  StoreSettings settings;
  std::string schema;  // PostgreSQL: also the application name of its connections

 private:
  TemporaryFolder folder_;
};

/// The engine of this run of the test; the test runs once for each. Says so aloud when PostgreSQL is not there.
#define ASSAY_EACH_ENGINE(engine)                                                 \
  const std::string engine = GENERATE(as<std::string>(), "sqlite", "postgresql"); \
  INFO("engine: " << engine);                                                     \
  if (engine == "postgresql" && ::assay::test::postgresql_url().empty())          \
  SKIP("ASSAY_TEST_POSTGRES is not set: PostgreSQL is NOT tested")

/// programme (root) <- audit (root) <- finding <- action; see fixture.cpp.
WorkflowSetPtr small_set();

struct Organisation {
  OrganisationId id;
  std::string uuid;
};
struct Person {
  PersonId id;
  std::string uuid;
  OrganisationId organisation;
};
struct Made {
  RecordId id{};
  std::string uuid;
  std::string type;
  OrganisationId organisation{};
  std::int64_t version = 0;
  std::string number = {};
};

/// What an event of a test says beside its type and state.
struct Content {
  Json set = Json::object();
  std::map<std::string, std::vector<Made>> links = {};
  std::map<std::string, std::vector<Person>> seated = {};
  std::map<std::string, std::vector<Person>> unseated = {};
  Json more = Json::object();  // further members of the facts
};

/// A store with the small set, a clock that moves with every event, and events that are written without deciding.
class House {
 public:
  explicit House(const Database& database) : store(database.open()) { store->add_workflow_set(small_set()); }

  std::unique_ptr<Store> store;
  Instant now = *parse_instant("2026-03-02T09:00:00Z");

  Instant tick() { return now += std::chrono::milliseconds(7); }
  std::string uuid() const;

  Organisation found(const std::string& name, const std::string& zone = "Europe/Berlin");
  Person invite(const Organisation& to, std::vector<std::string> roles = {});

  EventDraft creation(const Made& record, const std::string& state, const std::optional<Made>& parent,
                      const Content& change);
  EventDraft step(const Made& record, const std::string& state, const Content& change = {});
  Made draft(const std::string& type, const Organisation& in);
  Made create(const std::string& type, const Organisation& in, const std::optional<Made>& parent = {},
              const Content& change = {});
  /// Moves `record` and its version. Fails the test when the store refuses.
  void change(Made& record, const std::string& state, const Content& change = {});

  /// Commits events without anything read.
  Result<Committed> commit(std::vector<EventDraft> events) { return store->commit({{}, std::move(events), {}, {}}); }
  Committed commit_or_fail(std::vector<EventDraft> events);

  Reader reader(const Person& person, std::set<std::string> whole = {}, bool administrator = false) const {
    return {person.id, person.organisation, std::move(whole), administrator};
  }
};

std::string text_of(const Refusal& refusal);
/// The log replayed gives the same rows.
void check_replay(Store& store);

}  // namespace assay::test
