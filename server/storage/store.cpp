// Opening a store, and what does not depend on the engine.
#include "storage/store.h"

#include <spdlog/spdlog.h>

#include <filesystem>

#include "ledger/digest.h"
#include "ledger/random.h"
#include "storage/sql_text.h"
#include "storage/store_base.h"

namespace assay {
namespace {

void refuse_half_restored(const std::string& data) {
  if (!std::filesystem::exists(std::filesystem::path(data) / restoring_mark)) return;
  throw std::runtime_error(
      "a restore into " + data +
      " was not finished: empty the folder, and its PostgreSQL database if it has one, and restore again");
}

}  // namespace

std::unique_ptr<Store> Store::open(const StoreSettings& settings) {
  refuse_half_restored(settings.data);
  return settings.database.empty() ? open_sqlite_store(settings) : open_postgresql_store(settings);
}

std::unique_ptr<Store> Store::inspect(const StoreSettings& settings) {
  refuse_half_restored(settings.data);
  // Opening would make an empty one.
  if (settings.database.empty() && !std::filesystem::exists(std::filesystem::path(settings.data) / "assay.db")) {
    throw std::runtime_error("there is no database in " + settings.data);
  }
  return open_inspected_store(settings);
}

Snapshot::Snapshot(std::unique_ptr<Connection> connection, std::function<void(std::unique_ptr<Connection>)> giveback)
    : connection_(std::move(connection)), giveback_(std::move(giveback)) {}
Snapshot::Snapshot(Snapshot&&) noexcept = default;
Snapshot::~Snapshot() {
  if (connection_) giveback_(std::move(connection_));
}

void EventSignal::publish(std::int64_t position) {
  std::function<void(std::int64_t)> listener;
  {
    const std::unique_lock lock(mutex_);
    if (position <= position_) return;
    position_ = position;
    listener = listener_;
  }
  changed_.notify_all();
  if (listener) listener(position);
}

std::int64_t EventSignal::wait(std::int64_t beyond, std::chrono::milliseconds at_most) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, at_most, [&] { return position_ > beyond; });
  return position_;
}

std::int64_t EventSignal::position() const {
  const std::unique_lock lock(mutex_);
  return position_;
}

void EventSignal::listen(std::function<void(std::int64_t)> listener) {
  const std::unique_lock lock(mutex_);
  listener_ = std::move(listener);
}

void Halt::set(const std::string& why) {
  std::function<void(const std::string&)> listener;
  {
    const std::unique_lock lock(mutex_);
    if (set_) return;
    why_ = "the store has stopped: " + why;
    set_ = true;
    listener = listener_;
  }
  spdlog::critical("the store stops, because what it wrote may be lost: {}", why);
  if (listener) listener(why);
}

void Halt::check() const {
  if (set_) throw StoreStopped(why());
}

std::string Halt::why() const {
  const std::unique_lock lock(mutex_);
  return why_;
}

void Halt::listen(std::function<void(const std::string&)> listener) {
  const std::unique_lock lock(mutex_);
  listener_ = std::move(listener);
}

void StoreBase::load(Connection& connection) {
  Transaction transaction(connection, begin_writing(connection));
  if (!find_meta(connection, "epoch")) {
    const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    put_meta(connection, "epoch", uuid_v7(now.time_since_epoch().count(), random_bytes(10)));
  }
  look(connection);
  transaction.commit();
}

void StoreBase::look(Connection& connection) {
  epoch_ = find_meta(connection, "epoch").value_or(std::string());
  held_ = find_meta(connection, "held") == "yes";
  const auto& loaded = settings_.loaded;
  bool ours = false;
  // The megabyte of the set that was loaded anyway is not read again: `doctor` and `verify`, which load none, look at
  // every one.
  for (auto& [hash, text] : connection.all<std::string, std::string>(
           "SELECT hash, CASE WHEN hash = :loaded THEN '' ELSE text END FROM workflow_set ORDER BY hash",
           with("loaded", loaded ? std::string_view(loaded->hash) : std::string_view()))) {
    if (loaded && loaded->hash == hash) {
      ours = true;
      continue;
    }
    if (sha256_hex(text) != hash) throw std::runtime_error("workflow set " + hash + " in the database is damaged");
    sets_->keep(hash, std::move(text));
  }
  // Lists go by the set that was added last, which is this release's and not the one with the highest hash.
  if (ours) sets_->add(settings_.loaded);
  signal_.publish(connection.value<std::int64_t>("SELECT COALESCE(MAX(position), 0) FROM sealed"));
}

void StoreBase::add_workflow_set(WorkflowSetPtr set) {
  const auto kept = write([&set](Connection& to) {
    to.run("INSERT INTO workflow_set (hash, text) VALUES (:hash, :text) ON CONFLICT DO NOTHING",
           with("hash", set->hash), with("text", set->text));
  });
  if (!kept) throw std::runtime_error("a workflow set could not be kept: " + kept.error().detail);
  sets_->add(std::move(set));
}

bool StoreBase::held() {
  if (!held_) return false;
  // Another server on the same database may have released it; it is never held again while it is open.
  Snapshot at = read();
  held_ = find_meta(at.connection(), "held") == "yes";
  return held_;
}

void StoreBase::write_later(std::function<void(Connection&)> work) {
  try {
    (void)write(work);  // a refusal is as good as what may be lost
  } catch (const DatabaseError& error) {
    spdlog::warn("something that may be lost was not written: {}", error.what());
  }
}

Result<void> StoreBase::release() {
  auto released = write([](Connection& to) { put_meta(to, "held", "no"); });
  if (released) held_ = false;
  return released;
}

void put_meta(Connection& to, std::string_view name, std::string_view value) {
  to.run("INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = :value",
         with("name", name), with("value", value));
}

std::optional<std::string> find_meta(Connection& at, std::string_view name) {
  auto row = at.one<std::string>("SELECT value FROM meta WHERE name = :name", with("name", name));
  if (!row) return {};
  return std::move(std::get<0>(*row));
}

std::string sqlite_file(const std::string& data) { return (std::filesystem::canonical(data) / "assay.db").string(); }

}  // namespace assay
