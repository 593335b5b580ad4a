// What is particular to SQLite: opening, pragmas, result codes, checkpoints.
#include <cerrno>

#include "storage/connection_session.h"

namespace assay {

using namespace sqlite_api;  // NOLINT: SOCI puts SQLite's C interface into this namespace

soci::sqlite3_session_backend* Connection::Session::sqlite() {
  // Debian's SOCI hides the type information of its backends, so dynamic_cast cannot be asked.
  if (soci.get_backend_name() != "sqlite3") return nullptr;
  return static_cast<soci::sqlite3_session_backend*>(soci.get_backend());
}

namespace {

// Pages of the database file are read where the kernel keeps them: a copy of each takes longer than what is done with
// it.
constexpr std::string_view mapped_bytes = "2147418112";

/// Connections are used by one thread at a time, so SQLite need not guard them, nor count what all of them allocate.
/// Once SQLite is in use it stays as careful as it is by default, which is only slower.
void configure_sqlite() {
  static const bool done = [] {
    return sqlite3_config(SQLITE_CONFIG_MULTITHREAD) == SQLITE_OK &&
           sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;
  }();
  static_cast<void>(done);
}

}  // namespace

std::unique_ptr<Connection> Connection::sqlite(const std::string& file, Access access, int cache_kib) {
  configure_sqlite();
  if (file.find('"') != std::string::npos) {
    throw DatabaseError(DatabaseError::Kind::other, "the data folder's name contains a quotation mark: " + file);
  }
  std::unique_ptr<Connection> made;
  try {
    made.reset(
        new Connection(Engine::sqlite, std::make_unique<Session>(soci::sqlite3, "db=\"" + file + "\" timeout=10")));
  } catch (const soci::soci_error& error) {
    throw DatabaseError(DatabaseError::Kind::io, file + ": " + error.what());
  }
  if (sqlite3_db_filename(made->session_->sqlite()->conn_, "main") != file && file != ":memory:") {
    throw DatabaseError(DatabaseError::Kind::other, "the data folder's name is not supported: " + file);
  }
  made->value<std::string>(access == Access::scratch ? "PRAGMA journal_mode=MEMORY" : "PRAGMA journal_mode=WAL");
  made->script(access == Access::scratch ? "PRAGMA synchronous=OFF" : "PRAGMA synchronous=FULL");
  made->script("PRAGMA foreign_keys=ON;\nPRAGMA temp_store=MEMORY;\nPRAGMA trusted_schema=OFF");
  made->script("PRAGMA cache_size=-" + std::to_string(cache_kib));
  // The hook takes the place of the automatic checkpoint.
  sqlite3_wal_hook(
      made->session_->sqlite()->conn_,
      [](void* frames, sqlite3*, const char*, int count) {
        *static_cast<std::int64_t*>(frames) = count;
        return SQLITE_OK;
      },
      &made->session_->wal_frames);
  if (access == Access::read) {
    made->script("PRAGMA query_only=ON");
    made->leave_wal();
    made->value<std::int64_t>("PRAGMA mmap_size=" + std::string(mapped_bytes));
  }
  return made;
}

void Connection::Session::check_parameters(const Prepared& prepared, std::size_t given) {
  if (sqlite() == nullptr) return;
  // The accessor of SOCI's statement is not const.
  auto* backend =
      static_cast<soci::sqlite3_statement_backend*>(const_cast<Prepared&>(prepared).statement.get_backend());
  if (sqlite3_bind_parameter_count(backend->stmt_) != static_cast<int>(given)) {
    throw std::logic_error(std::string("a parameter has no value: ") + sqlite3_sql(backend->stmt_));
  }
}

bool Connection::Session::sqlite_in_transaction() { return sqlite3_get_autocommit(sqlite()->conn_) == 0; }

int Connection::Session::sqlite_error(int code) {
  // A quota is a full disk by another name, which SQLite does not know.
  if ((code & 0xff) == SQLITE_IOERR && sqlite3_system_errno(sqlite()->conn_) == EDQUOT) return SQLITE_FULL;
  const int extended = sqlite3_extended_errcode(sqlite()->conn_);
  return (extended & 0xff) == (code & 0xff) ? extended : code;
}

void Connection::Session::interrupt_sqlite() {
  if (auto* backend = sqlite()) sqlite3_interrupt(backend->conn_);
}

DatabaseError::Kind sqlite_kind(int extended_code) {
  using Kind = DatabaseError::Kind;
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

void Connection::leave_wal() {
  sqlite3_db_config(session_->sqlite()->conn_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

void Connection::settle_wal() {
  const int code =
      sqlite3_wal_checkpoint_v2(session_->sqlite()->conn_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code == SQLITE_OK) return;
  const bool busy = sqlite_kind(code) == DatabaseError::Kind::busy;
  throw DatabaseError(sqlite_kind(code), busy ? "another process (a backup?) reads it: try again when it has ended"
                                              : sqlite3_errmsg(session_->sqlite()->conn_));
}

void Connection::copy_to(const std::string& file) {
  sqlite3* to = nullptr;
  int code = sqlite3_open_v2(file.c_str(), &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  if (code == SQLITE_OK) {
    if (auto* copy = sqlite3_backup_init(to, "main", session_->sqlite()->conn_, "main"); copy != nullptr) {
      // All at once: between steps every commit would make it begin again.
      sqlite3_backup_step(copy, -1);
      sqlite3_backup_finish(copy);
    }
    code = sqlite3_extended_errcode(to);
  }
  const std::string message = to == nullptr ? "no memory" : sqlite3_errmsg(to);
  sqlite3_close(to);
  if (code != SQLITE_OK) throw DatabaseError(sqlite_kind(code), file + ": " + message);
}

std::int64_t Connection::wal_frames() const { return session_->wal_frames; }

Connection::Checkpoint Connection::checkpoint() {
  int frames = 0, done = 0;
  const int code =
      sqlite3_wal_checkpoint_v2(session_->sqlite()->conn_, nullptr, SQLITE_CHECKPOINT_PASSIVE, &frames, &done);
  if (code != SQLITE_OK && code != SQLITE_BUSY && code != SQLITE_LOCKED) {
    throw DatabaseError(sqlite_kind(code), sqlite3_errmsg(session_->sqlite()->conn_));
  }
  return {frames, done};
}

}  // namespace assay
