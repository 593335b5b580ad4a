// What a connection consists of; included by the three files that implement it and by nothing else.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/connection.h"

namespace assay {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

/// Prepared statements by their SQL. Those that were not used for the longest time make room for others.
template <class Statement>
class Statements {
 public:
  /// The statement of this SQL, or null.
  Statement* find(std::string_view sql) {
    const auto found = kept_.find(sql);
    if (found == kept_.end()) return nullptr;
    found->second.last_use = ++uses_;
    return found->second.statement.get();
  }
  Statement& keep(std::string_view sql, std::unique_ptr<Statement> statement) {
    if (kept_.size() >= limit) drop_oldest();
    return *kept_.emplace(std::string(sql), Kept{std::move(statement), ++uses_}).first->second.statement;
  }
  void forget(std::string_view sql) {
    if (const auto found = kept_.find(sql); found != kept_.end()) kept_.erase(found);
  }

 private:
  struct Kept {
    std::unique_ptr<Statement> statement;
    std::uint64_t last_use;
  };
  static constexpr std::size_t limit = 256;

  void drop_oldest() {
    auto oldest = kept_.begin();
    for (auto it = kept_.begin(); it != kept_.end(); ++it) {
      if (it->second.last_use < oldest->second.last_use) oldest = it;
    }
    kept_.erase(oldest);
  }

  std::unordered_map<std::string, Kept, TextHash, std::equal_to<>> kept_;
  std::uint64_t uses_ = 0;
};

/// One engine's part. Used by one thread at a time, but for interrupt(). Everything throws DatabaseError.
struct Connection::Session {
  using OnRow = std::function<void(std::span<Cell>)>;

  Session() = default;
  virtual ~Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Runs a statement to its end; how many rows it changed, when it returns none. `text_columns` has what each column
  /// is to become.
  virtual std::int64_t execute(std::string_view sql, std::span<const Binding> bindings,
                               std::span<const bool> text_columns, const OnRow& on_row) = 0;
  /// execute() whose outcome may come out of a later call; with `one` an error when no row was changed.
  virtual void send(std::string_view sql, std::span<const Binding> bindings, bool one) = 0;
  /// Sends a query that is about to be asked, where that saves a journey.
  virtual void foresee(std::string_view, std::span<const Binding>) {}
  virtual void script(const std::string& text) = 0;
  virtual bool in_transaction() const = 0;
  virtual void rollback() = 0;
  /// Outside of a transaction, when nobody waits.
  virtual void tidy() {}
  virtual bool lost() const = 0;
  virtual void interrupt() {}

  std::atomic<bool> interrupted = false;
  bool broken = false;  // could not be rolled back
};

}  // namespace assay
