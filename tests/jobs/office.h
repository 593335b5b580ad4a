// A data folder in a temporary place with an organisation, a clock that tests set, and records to make events with.
#pragma once

#include <atomic>
#include <catch2/catch_all.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "commands/catalogues.h"
#include "commands/people.h"
#include "commands/records.h"
#include "commands/webhooks.h"
#include "domain/load.h"
#include "ledger/digest.h"
#include "shipped_workflows.h"
#include "storage/blob_store.h"
#include "storage/events.h"
#include "storage/fixture.h"
#include "storage/store.h"

/// How a failed check shows a result: the library would print the value or the refusal itself.
template <class T>
struct Catch::StringMaker<boost::system::result<T, assay::Refusal>> {
  static std::string convert(const boost::system::result<T, assay::Refusal>& result) {
    return result ? "granted" : "refused: " + result.error().detail + " " + assay::to_json(result.error()).dump();
  }
};

namespace assay::test {

namespace fs = std::filesystem;

/// Stands still unless it is set.
class ManualClock {
 public:
  Instant now() const { return Instant(std::chrono::milliseconds(now_.load())); }
  void advance(std::chrono::milliseconds by) { now_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_ = 1'780'000'000'000;  // 2026-05-28
};

/// As the plugin offers it.
inline OfferedCatalogue shipped_checklist() {
  std::ifstream input(fs::path(ASSAY_SOURCE_DIR) / "plugins/iso27001/catalogue.json");
  const std::string text = canonical(Json::parse(input));
  return {"iso27001", "1.0.0", std::string(64, 'e'), "iso27001-2022", "1.0.0", "Checklist", sha256_hex(text), text};
}

/// The organisation, on SQLite unless another engine is named; its administrator is its ISMS manager too.
class Office {
 public:
  explicit Office(std::string_view engine = "sqlite")
      : database(engine), keys(Keyfile::create(folder.path() / "keys")) {
    open();
    auto founded = found_organisation(*context, {"Elbwerk", "UTC", "en", "Jonas Brandt", "jonas@elbwerk.example"});
    REQUIRE(founded);
    auto person = accept_invitation(*context, founded->invitation, password);
    REQUIRE(person);
    person_uuid = person->person.uuid;
  }

  void open() {
    store = database.open();
    if (!store->workflow_set(shipped_workflows()->hash)) store->add_workflow_set(shipped_workflows());
    files = open_blob_folder(blobs());
    context = std::make_unique<Context>(*store, *files, keys, shipped_workflows(), [this] { return clock.now(); });
  }
  fs::path blobs() const { return fs::path(database.settings.data) / "blobs"; }
  /// Somebody else may have the data folder.
  void close() {
    context.reset();
    files.reset();
    store.reset();
  }
  /// As if the server had been started anew.
  void reopen() {
    close();
    open();
  }

  Principal principal(const std::string& email) {
    Snapshot at = store->read();
    auto person = find_person_by_email(at, email);
    REQUIRE(person);
    auto who = principal_of(*context, at, *person, {Scope::read, Scope::write, Scope::admin});
    REQUIRE(who);
    return *who;
  }
  Principal administrator() { return principal("jonas@elbwerk.example"); }
  /// Somebody more, who has set the password that everybody here has.
  Principal join(const std::string& email, std::vector<std::string> roles = {}) {
    const Principal who = administrator();
    auto invited = invite_person(*context, Call{who}, {"Person of " + email, email, "en", std::move(roles)});
    REQUIRE(invited);
    REQUIRE(accept_invitation(*context, invited->token, password));
    return principal(email);
  }
  PersonRow person(const std::string& email) {
    Snapshot at = store->read();
    auto found = find_person_by_email(at, email);
    REQUIRE(found);
    return *found;
  }

  static constexpr const char* password = "a long enough password";

  struct Hook {
    std::string uuid;
    std::string secret;
    std::int64_t id;
  };
  Hook hook(WebhookWish wish) {
    const Principal who = administrator();
    auto made = make_webhook(*context, Call{who}, wish, [](std::string_view) { return std::optional<std::string>(); });
    REQUIRE(made);
    Snapshot at = store->read();
    return {made->performed.uuid, made->secret, find_webhook(at, made->performed.uuid, who.reader)->id};
  }
  WebhookRow row(const Hook& hook) {
    Snapshot at = store->read();
    return webhook_of(at, hook.id).value();
  }
  Result<Performed> ping(const Hook& hook) {
    const Principal who = administrator();
    return test_webhook(*context, Call{who}, hook.uuid);
  }
  Result<Performed> send_again(const Hook& hook, const std::string& delivery) {
    const Principal who = administrator();
    return redeliver(*context, Call{who}, hook.uuid, delivery);
  }
  Result<Performed> replay_from(const Hook& hook, std::int64_t position) {
    const Principal who = administrator();
    return replay_webhook(*context, Call{who}, hook.uuid, position);
  }
  std::vector<DeliveryRow> deliveries(const Hook& hook, std::string_view state = {}) {
    Snapshot at = store->read();
    return list_deliveries(at, hook.id, state, 0, 1000);
  }
  /// When the newest delivery is due.
  std::optional<Instant> due(const Hook& hook) { return deliveries(hook).at(0).next; }
  std::vector<AttemptRow> attempts(const DeliveryRow& delivery) {
    Snapshot at = store->read();
    return attempts_of(at, delivery.id);
  }

  /// Makes a record, whose first event is "management-review.scheduled".
  std::string review(const std::string& title, const std::string& planned_on = "2026-07-01") {
    const Principal who = administrator();
    auto made = create_record(
        *context, Call{who},
        {"management-review",
         {},
         "schedule",
         {{"title", title}, {"planned_on", planned_on}, {"period_from", "2025-05-01"}, {"period_to", "2026-04-30"}}});
    if (!made) FAIL(made.error().detail << to_json(made.error()).dump());
    return made->uuid;
  }
  /// A further event of the record: "management-review.inputs_gathered".
  void gather(const std::string& record, const std::string& feedback) {
    const Principal who = administrator();
    auto done = command_record(*context, Call{who, version(record)},
                               {"management-review", record, "gather_inputs", {{"feedback", feedback}}});
    if (!done) FAIL(done.error().detail << to_json(done.error()).dump());
  }
  std::int64_t version(const std::string& record) { return find(record).version; }
  RecordRow find(const std::string& record) {
    Snapshot at = store->read();
    const auto row = find_record(at, record, administrator_reader(at));
    REQUIRE(row);
    return *row;
  }

  TemporaryFolder folder;
  Database database;
  ManualClock clock;
  Keyfile keys;
  std::unique_ptr<Store> store;
  std::unique_ptr<BlobStore> files;
  std::unique_ptr<Context> context;
  std::string person_uuid;

 private:
  Reader administrator_reader(Snapshot& at) {
    auto person = find_person_by_email(at, "jonas@elbwerk.example");
    return principal_of(*context, at, *person, {Scope::read, Scope::admin})->reader;
  }
};

}  // namespace assay::test
