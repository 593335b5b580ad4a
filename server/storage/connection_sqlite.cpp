// Connections to SQLite: opening, statements, result codes, checkpoints.
#include <sqlite3.h>

#include <cerrno>
#include <vector>

#include "storage/connection_session.h"
#include "storage/file_mapping.h"
#include "storage/wal_vfs.h"

namespace assay {

namespace {

using Kind = DatabaseError::Kind;

constexpr int patience_ms = 10'000;  // for locks of another process

/// Connections are used by one thread at a time, so SQLite need not guard them, nor count what all of them allocate.
/// Once SQLite is in use it stays as careful as it is by default, which is only slower.
void configure_sqlite() {
  static const bool done = [] {
    return sqlite3_config(SQLITE_CONFIG_MULTITHREAD) == SQLITE_OK &&
           sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;
  }();
  static_cast<void>(done);
}

Kind kind_of(int extended_code) {
  switch (extended_code & 0xff) {
    case SQLITE_FULL:
      return Kind::full;
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_CANTOPEN:
    case SQLITE_NOTADB:
      return Kind::io;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Kind::busy;
    case SQLITE_CONSTRAINT:
      return extended_code == SQLITE_CONSTRAINT_UNIQUE || extended_code == SQLITE_CONSTRAINT_PRIMARYKEY
                 ? Kind::unique
                 : Kind::constraint;
    case SQLITE_INTERRUPT:
      return Kind::interrupted;
    default:
      return Kind::other;
  }
}

struct Database {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

/// A statement with the place of each parameter, in the order in which they are given.
struct SqliteStatement {
  std::unique_ptr<sqlite3_stmt, Finalize> handle;
  std::vector<int> places;
  std::vector<Cell> cells;
};

/// Ends the run of a statement: one left in the middle would hold its snapshot.
class Run {
 public:
  explicit Run(sqlite3_stmt* statement) : statement_(statement) {}
  ~Run() { sqlite3_reset(statement_); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

 private:
  sqlite3_stmt* statement_;
};

void read(sqlite3_stmt* statement, std::span<const bool> text_columns, std::span<Cell> cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const int column = static_cast<int>(i);
    Cell& cell = cells[i];
    if (text_columns[i]) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      cell.null = text == nullptr;
      if (!cell.null) {
        cell.text = std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
      } else if (sqlite3_column_type(statement, column) != SQLITE_NULL) {
        throw std::bad_alloc();
      }
    } else {
      cell.null = sqlite3_column_type(statement, column) == SQLITE_NULL;
      if (!cell.null) cell.number = sqlite3_column_int64(statement, column);
    }
  }
}

}  // namespace

struct Connection::Sqlite final : Connection::Session {
  Sqlite(const std::string& file, const char* vfs) {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs);
    database.reset(opened);
    if (code != SQLITE_OK)
      throw DatabaseError(Kind::io, file + ": " + (opened == nullptr ? "no memory" : sqlite3_errmsg(opened)));
    sqlite3_extended_result_codes(opened, 1);
    sqlite3_busy_timeout(opened, patience_ms);
  }

  std::int64_t execute(std::string_view sql, std::span<const Binding> bindings, std::span<const bool> text_columns,
                       const OnRow& on_row) override {
    SqliteStatement* statement = statements.find(sql);
    if (statement == nullptr) statement = &statements.keep(sql, prepare(sql, bindings, text_columns.size()));
    sqlite3_stmt* handle = statement->handle.get();
    if (statement->places.size() != bindings.size() || statement->cells.size() != text_columns.size())
      throw std::logic_error("used in two shapes: " + std::string(sql));
    const Run run(handle);
    for (std::size_t i = 0; i < bindings.size(); ++i) bind(handle, statement->places[i], bindings[i]);
    int code = sqlite3_step(handle);
    for (; code == SQLITE_ROW; code = sqlite3_step(handle)) {
      read(handle, text_columns, statement->cells);
      if (on_row) on_row(statement->cells);
    }
    if (code != SQLITE_DONE) fail();
    return text_columns.empty() ? sqlite3_changes64(database.get()) : 0;
  }

  void send(std::string_view sql, std::span<const Binding> bindings, bool one) override {
    if (execute(sql, bindings, {}, {}) == 0 && one)
      throw DatabaseError(Kind::unmatched, "changed nothing: " + std::string(sql));
  }

  void script(const std::string& text) override {
    if (sqlite3_exec(database.get(), text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
  }

  bool in_transaction() const override { return sqlite3_get_autocommit(database.get()) == 0; }
  void rollback() override { execute("ROLLBACK", {}, {}, {}); }
  bool lost() const override { return false; }
  void interrupt() override { sqlite3_interrupt(database.get()); }

  std::unique_ptr<SqliteStatement> prepare(std::string_view sql, std::span<const Binding> bindings,
                                           std::size_t columns) {
    sqlite3_stmt* prepared = nullptr;
    if (sqlite3_prepare_v3(database.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                           &prepared, nullptr) != SQLITE_OK)
      fail();
    auto statement = std::make_unique<SqliteStatement>();
    statement->handle.reset(prepared);
    statement->cells.resize(columns);
    for (const Binding& binding : bindings) {
      const int place = sqlite3_bind_parameter_index(prepared, (":" + std::string(binding.name)).c_str());
      if (place == 0) throw std::logic_error("no parameter " + std::string(binding.name) + ": " + std::string(sql));
      statement->places.push_back(place);
    }
    // A parameter without a value would silently be NULL.
    if (sqlite3_bind_parameter_count(prepared) != static_cast<int>(bindings.size()))
      throw std::logic_error("a parameter has no value: " + std::string(sql));
    return statement;
  }

  void bind(sqlite3_stmt* statement, int place, const Binding& binding) {
    int code = SQLITE_OK;
    if (binding.null) {
      code = sqlite3_bind_null(statement, place);
    } else if (binding.text) {
      // Borrowed until the statement has run, as the binding is. An empty view may have no address, which means NULL.
      const char* text = binding.string.data() == nullptr ? "" : binding.string.data();
      code = sqlite3_bind_text(statement, place, text, static_cast<int>(binding.string.size()), SQLITE_STATIC);
    } else {
      code = sqlite3_bind_int64(statement, place, binding.number);
    }
    if (code != SQLITE_OK) fail();
  }

  [[noreturn]] void fail() const {
    const int code = sqlite3_extended_errcode(database.get());
    // A quota is a full disk by another name, which SQLite does not know.
    const bool quota = (code & 0xff) == SQLITE_IOERR && sqlite3_system_errno(database.get()) == EDQUOT;
    throw DatabaseError(quota ? Kind::full : kind_of(code), sqlite3_errmsg(database.get()));
  }

  std::unique_ptr<sqlite3, Database> database;
  Statements<SqliteStatement> statements;  // finalized before the database is closed
  std::int64_t wal_frames = 0;
};

Connection::Sqlite& Connection::sqlite() const {
  if (engine_ != Engine::sqlite) throw std::logic_error("this is for SQLite only");
  return static_cast<Sqlite&>(*session_);
}

std::unique_ptr<Connection> Connection::sqlite(const std::string& file, Access access, int cache_kib,
                                               const FileMapping* mapping) {
  configure_sqlite();
  auto opened = std::make_unique<Sqlite>(file, access == Access::write ? wal_vfs() : nullptr);
  Sqlite& session = *opened;
  sqlite3* database = session.database.get();
  std::unique_ptr<Connection> made(new Connection(Engine::sqlite, std::move(opened)));
  made->value<std::string>(access == Access::scratch ? "PRAGMA journal_mode=MEMORY" : "PRAGMA journal_mode=WAL");
  made->script(access == Access::scratch ? "PRAGMA synchronous=OFF" : "PRAGMA synchronous=FULL");
  made->script("PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF");
  made->script("PRAGMA cache_size=-" + std::to_string(cache_kib));
  // The hook takes the place of the automatic checkpoint.
  sqlite3_wal_hook(
      database,
      [](void* frames, sqlite3*, const char*, int count) {
        *static_cast<std::int64_t*>(frames) = count;
        return SQLITE_OK;
      },
      &session.wal_frames);
  // What is deleted or replaced is written over with zeros, so that an erasure leaves nothing in the file.
  if (access == Access::write) made->value<std::int64_t>("PRAGMA secure_delete=ON");
  if (access == Access::read) {
    made->script("PRAGMA query_only=ON");
    made->leave_wal();
  }
  if (mapping != nullptr) {
    mapping->lend_to(database);
    made->value<std::int64_t>("PRAGMA mmap_size=" + std::to_string(mapping->reach()));
  }
  return made;
}

void Connection::leave_wal() {
  sqlite3_db_config(sqlite().database.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

void Connection::settle_wal() {
  sqlite3* database = sqlite().database.get();
  const int code = sqlite3_wal_checkpoint_v2(database, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code == SQLITE_OK) return;
  const bool busy = kind_of(code) == Kind::busy;
  throw DatabaseError(kind_of(code), busy ? "another process (a backup?) reads it: try again when it has ended"
                                          : sqlite3_errmsg(database));
}

void Connection::copy_to(const std::string& file) {
  sqlite3* to = nullptr;
  int code = sqlite3_open_v2(file.c_str(), &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  if (code == SQLITE_OK) {
    if (auto* copy = sqlite3_backup_init(to, "main", sqlite().database.get(), "main"); copy != nullptr) {
      // All at once: between steps every commit would make it begin again.
      sqlite3_backup_step(copy, -1);
      sqlite3_backup_finish(copy);
    }
    code = sqlite3_extended_errcode(to);
  }
  const std::string message = to == nullptr ? "no memory" : sqlite3_errmsg(to);
  sqlite3_close(to);
  if (code != SQLITE_OK) throw DatabaseError(kind_of(code), file + ": " + message);
}

std::int64_t Connection::wal_frames() const { return sqlite().wal_frames; }

Connection::Checkpoint Connection::checkpoint() {
  sqlite3* database = sqlite().database.get();
  int frames = 0, done = 0;
  const int code = sqlite3_wal_checkpoint_v2(database, nullptr, SQLITE_CHECKPOINT_PASSIVE, &frames, &done);
  if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY && (code & 0xff) != SQLITE_LOCKED)
    throw DatabaseError(kind_of(code), sqlite3_errmsg(database));
  return {frames, done};
}

void Connection::sync_database() {
  sqlite3* database = sqlite().database.get();
  sqlite3_file* file = nullptr;
  int code = sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (code == SQLITE_OK) code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
  if (code != SQLITE_OK) throw DatabaseError(kind_of(code), std::string("the database file: ") + sqlite3_errstr(code));
}

}  // namespace assay
