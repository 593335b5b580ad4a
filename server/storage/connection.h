// One database connection with its prepared statements: the same SQL for SQLite and PostgreSQL; only storage/ includes
// it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "domain/ids.h"
#include "domain/time.h"

namespace assay {

class FileMapping;
class WorkflowSets;

enum class Engine { sqlite, postgresql };

/// What the database reported. After `full` and `io` on SQLite the transaction may be gone: ask in_transaction().
struct DatabaseError : std::runtime_error {
  /// `unmatched`: a statement of send_one() changed nothing.
  enum class Kind { full, io, busy, unique, unmatched, constraint, serialization, interrupted, lost, other };
  DatabaseError(Kind what_kind, const std::string& message) : std::runtime_error(message), kind(what_kind) {}
  Kind kind;
  bool more_followed = false;  // other statements had been sent after the one that failed: they were not run
};

/// A named parameter. Text is borrowed until the statement has run.
struct Binding {
  const char* name;
  bool text;
  bool null;
  std::int64_t number = 0;
  std::string_view string = {};
};

template <class T>
Binding with(const char* name, const T& value) {
  if constexpr (std::is_same_v<T, Instant>) {
    return {name, false, false, value.time_since_epoch().count()};
  } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
    return {name, false, false, static_cast<std::int64_t>(value)};
  } else {
    return {name, true, false, 0, std::string_view(value)};
  }
}
template <class T>
Binding with(const char* name, const std::optional<T>& value) {
  if (value) return with(name, *value);
  return {name, std::is_convertible_v<T, std::string_view>, true};
}

/// One value of a row, as the template below turns it into a C++ type. Instants are unix milliseconds, dates ISO text.
struct Cell {
  bool null = false;
  std::int64_t number = 0;
  std::string text = {};
};

template <class T>
struct Column {
  static constexpr bool text = std::is_same_v<T, std::string> || std::is_same_v<T, Date>;
  static T from(Cell& cell) {
    if (cell.null) throw DatabaseError(DatabaseError::Kind::other, "a column that is never empty is empty");
    if constexpr (std::is_same_v<T, std::string>) {
      return std::move(cell.text);
    } else if constexpr (std::is_same_v<T, Date>) {
      return parse_date(cell.text).value();
    } else if constexpr (std::is_same_v<T, Instant>) {
      return Instant(std::chrono::milliseconds(cell.number));
    } else if constexpr (std::is_same_v<T, bool>) {
      return cell.number != 0;
    } else {
      return static_cast<T>(cell.number);
    }
  }
};
template <class T>
struct Column<std::optional<T>> {
  static constexpr bool text = Column<T>::text;
  static std::optional<T> from(Cell& cell) {
    if (cell.null) return {};
    return Column<T>::from(cell);
  }
};

/// Used by one thread at a time. Statements are prepared once per connection and kept, the least used ones dropped.
/// Every call throws DatabaseError.
class Connection {
 public:
  enum class Access { write, read, scratch };
  /// `file` may be ":memory:". WAL, synchronous=FULL, foreign keys on, no automatic checkpoints, and none when a
  /// connection that reads is closed. A scratch database is not durable and needs no second file. Pages are read from
  /// `mapping` if there is one, which must outlive the connection; only for connections that do not write.
  static std::unique_ptr<Connection> sqlite(const std::string& file, Access access, int cache_kib,
                                            const FileMapping* mapping = nullptr);
  static std::unique_ptr<Connection> postgresql(const std::string& url);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Engine engine() const { return engine_; }
  /// The workflow sets of the store that the connection belongs to.
  const WorkflowSets& sets() const { return *sets_; }
  void set_sets(std::shared_ptr<const WorkflowSets> sets) { sets_ = std::move(sets); }

  /// Every row of a query, as tuples of the named column types.
  template <class... Cols, class... Bindings>
  std::vector<std::tuple<Cols...>> all(std::string_view sql, const Bindings&... bindings) {
    const std::array<Binding, sizeof...(Bindings)> list{bindings...};
    return all_of<Cols...>(sql, list);
  }
  template <class... Cols>
  std::vector<std::tuple<Cols...>> all_of(std::string_view sql, std::span<const Binding> bindings) {
    std::vector<std::tuple<Cols...>> rows;
    each<Cols...>(sql, bindings, [&rows](std::tuple<Cols...>&& one) { rows.push_back(std::move(one)); });
    return rows;
  }
  /// The same, each row handed to `use`, which must not use the same SQL again.
  template <class... Cols, class Use>
  void each(std::string_view sql, std::span<const Binding> bindings, Use use) {
    static constexpr std::array<bool, sizeof...(Cols)> text{Column<Cols>::text...};
    query(sql, bindings, text,
          [&use](std::span<Cell> cells) { use(row<Cols...>(cells, std::index_sequence_for<Cols...>())); });
  }
  /// The only row, or nothing. More than one row is an error of the program.
  template <class... Cols, class... Bindings>
  std::optional<std::tuple<Cols...>> one(std::string_view sql, const Bindings&... bindings) {
    auto rows = all<Cols...>(sql, bindings...);
    if (rows.empty()) return {};
    if (rows.size() > 1) throw DatabaseError(DatabaseError::Kind::other, "more than one row: " + std::string(sql));
    return std::move(rows.front());
  }
  /// The only column of the only row, which must be there.
  template <class T, class... Bindings>
  T value(std::string_view sql, const Bindings&... bindings) {
    auto found = one<T>(sql, bindings...);
    if (!found) throw DatabaseError(DatabaseError::Kind::other, "no row: " + std::string(sql));
    return std::move(std::get<0>(*found));
  }
  /// Runs a statement that returns no rows; how many rows it changed.
  template <class... Bindings>
  std::int64_t run(std::string_view sql, const Bindings&... bindings) {
    const std::array<Binding, sizeof...(Bindings)> list{bindings...};
    return run_list(sql, list);
  }
  std::int64_t run_list(std::string_view sql, std::span<const Binding> bindings) {
    query(sql, bindings, {}, {});
    return affected_;
  }
  /// run() for a statement whose count nobody needs. On PostgreSQL it goes out with the next one that is waited for,
  /// and what is wrong with it is thrown there.
  template <class... Bindings>
  void send(std::string_view sql, const Bindings&... bindings) {
    const std::array<Binding, sizeof...(Bindings)> list{bindings...};
    send_list(sql, list, false);
  }
  void send_all(std::string_view sql, std::span<const Binding> bindings) { send_list(sql, bindings, false); }
  /// send() for a statement that has to change a row, and throws `unmatched` when there is none.
  template <class... Bindings>
  void send_one(std::string_view sql, const Bindings&... bindings) {
    const std::array<Binding, sizeof...(Bindings)> list{bindings...};
    send_list(sql, list, true);
  }
  /// Says, in a transaction, that this query is about to be asked with these values, and nothing written before. On
  /// PostgreSQL it goes out with the next one that is waited for, and its answer is kept until it is asked for or the
  /// transaction ends.
  template <class... Bindings>
  void foresee(std::string_view sql, const Bindings&... bindings) {
    const std::array<Binding, sizeof...(Bindings)> list{bindings...};
    foresee_list(sql, list);
  }
  /// The general form: columns as text or number, each row handed to `on_row`, which must not use the same SQL again.
  void query(std::string_view sql, std::span<const Binding> bindings, std::span<const bool> text_columns,
             const std::function<void(std::span<Cell>)>& on_row);
  /// Runs statements without parameters, separated by semicolons.
  void script(std::string_view text);
  /// Rolls the open transaction back, if there is one. Never throws; a connection that cannot is lost().
  void rollback() noexcept;

  bool in_transaction() const;
  /// True when the server went away: the connection is of no more use.
  bool lost() const;

  // SQLite only.
  struct Checkpoint {
    std::int64_t frames, done;  // pages in the WAL; of them in the database file
  };
  /// Moves what it can from the WAL to the database file without waiting for anybody.
  Checkpoint checkpoint();
  /// Makes durable what checkpoints have moved. One that reaches the end of the WAL does so itself.
  void sync_database();
  /// Moves all of the WAL to the database file, synced, and empties it. The connection must be the only one.
  void settle_wal();
  /// Copies the database as it stands to a new file, page by page and at one moment, damage included.
  void copy_to(const std::string& file);
  /// Closing this connection leaves the WAL as it is, even as the last one: after a failed sync nothing is tried again.
  void leave_wal();
  /// Pages in the WAL after this connection's last commit.
  std::int64_t wal_frames() const;
  /// Makes the running statement, and every later one before the next rollback(), fail. Any thread.
  void interrupt();

  // PostgreSQL only.
  /// Waits for a notification, for `wake` (a file descriptor) to be readable, or for the time-out; then takes all
  /// notifications. False when the connection is lost.
  bool await_notification(int wake, int timeout_ms);
  /// COPY of a query's rows in text format, and back into a table.
  void copy_out(const std::string& query, const std::function<void(std::string_view)>& sink);
  void copy_in(const std::string& table, const std::function<std::string_view()>& source);

 private:
  struct Session;
  struct Sqlite;
  struct Postgresql;
  Connection(Engine engine, std::unique_ptr<Session> session);
  Sqlite& sqlite() const;
  Postgresql& postgresql() const;
  void send_list(std::string_view sql, std::span<const Binding> bindings, bool one);
  void foresee_list(std::string_view sql, std::span<const Binding> bindings);
  void check_interrupted() const;

  template <class... Cols, std::size_t... I>
  static std::tuple<Cols...> row(std::span<Cell> cells, std::index_sequence<I...>) {
    return std::tuple<Cols...>(Column<Cols>::from(cells[I])...);
  }

  Engine engine_;
  std::unique_ptr<Session> session_;
  std::shared_ptr<const WorkflowSets> sets_;
  std::int64_t affected_ = 0;
};

/// A transaction that rolls back unless it is committed.
class Transaction {
 public:
  explicit Transaction(Connection& on, std::string_view begin = "BEGIN") : on_(on) { on_.send(begin); }
  ~Transaction() {
    if (!committed_) on_.rollback();
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit() {
    on_.run("COMMIT");
    committed_ = true;
  }

 private:
  Connection& on_;
  bool committed_ = false;
};

}  // namespace assay
