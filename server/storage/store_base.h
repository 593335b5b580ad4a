// What both engines share: workflow sets, the epoch, the hold after a restore, and waking those who wait for events.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "storage/connection.h"
#include "storage/store.h"
#include "storage/workflow_sets.h"

namespace assay {

/// The last sealed position, and those who wait for a later one. Thread-safe.
class EventSignal {
 public:
  /// Positions never go back. Calls the listener when there is a new one.
  void publish(std::int64_t position);
  std::int64_t wait(std::int64_t beyond, std::chrono::milliseconds at_most);
  std::int64_t position() const;
  void listen(std::function<void(std::int64_t)> listener);

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t position_ = 0;
  std::function<void(std::int64_t)> listener_;
};

/// Set once, when what was written may be lost; nothing is written after that, not even another attempt at the same.
/// Thread-safe.
class Halt {
 public:
  /// The first reason stays.
  void set(const std::string& why);
  bool is_set() const { return set_; }
  /// Throws StoreStopped when it is set.
  void check() const;
  std::string why() const;
  void listen(std::function<void(const std::string&)> listener);

 private:
  std::atomic<bool> set_ = false;
  mutable std::mutex mutex_;
  std::string why_;
  std::function<void(const std::string&)> listener_;
};

/// Thread-safe, as Store.
class StoreBase : public Store {
 public:
  void add_workflow_set(WorkflowSetPtr set) override;
  WorkflowSetPtr workflow_set(std::string_view hash) const override { return sets_->find(hash); }
  std::int64_t wait_for_events(std::int64_t position, std::chrono::milliseconds at_most) override {
    return signal_.wait(position, at_most);
  }
  std::int64_t last_position() override { return signal_.position(); }
  std::unique_ptr<Connection> scratch() override;
  void on_events(std::function<void(std::int64_t)> listener) override { signal_.listen(std::move(listener)); }
  void on_stop(std::function<void(const std::string&)> listener) override { halt_.listen(std::move(listener)); }
  /// Waits after all, where the engine has no writer of its own.
  void write_later(std::function<void(Connection&)> work) override;
  std::optional<std::uint64_t> people_version() override { return {}; }
  std::string epoch() const override { return epoch_; }
  bool held() override;
  Result<void> release() override;

 protected:
  explicit StoreBase(const StoreSettings& settings) : settings_(settings) {}

  /// Reads what was kept, or begins the first epoch in an empty database. Before any other thread uses the store.
  void load(Connection& connection);
  /// The same without beginning anything.
  void look(Connection& connection);

  const StoreSettings settings_;
  std::shared_ptr<WorkflowSets> sets_ = std::make_shared<WorkflowSets>();
  EventSignal signal_;
  Halt halt_;

 private:
  std::string epoch_;
  std::atomic<bool> held_ = false;
};

/// Writes a value of the meta table.
void put_meta(Connection& to, std::string_view name, std::string_view value);
std::optional<std::string> find_meta(Connection& at, std::string_view name);

std::unique_ptr<Store> open_sqlite_store(const StoreSettings& settings);
std::unique_ptr<Store> open_postgresql_store(const StoreSettings& settings);
std::unique_ptr<Store> open_inspected_store(const StoreSettings& settings);

/// The database file of a data folder, by its real path.
std::string sqlite_file(const std::string& data);

/// Lies in a data folder while it is filled from a backup; until it is gone nothing may be opened there.
inline constexpr std::string_view restoring_mark = "restoring";

}  // namespace assay
