// What a connection consists of; included by the three files that implement it and by nothing else.
#pragma once

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "storage/connection.h"

namespace assay {

/// A statement with the places that its parameters are read from and its columns written to.
struct Connection::Prepared {
  struct Slot {
    bool text = false;
    soci::indicator indicator = soci::i_ok;
    long long number = 0;
    std::string string = {};
  };
  Prepared(soci::session& session, std::size_t parameter_count, std::size_t column_count)
      : parameters(parameter_count), columns(column_count), cells(column_count), statement(session) {}

  std::vector<Slot> parameters;
  std::vector<Slot> columns;
  std::vector<Cell> cells;
  soci::statement statement;  // destroyed before what it points at
  std::uint64_t last_use = 0;
};

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

struct Connection::Session {
  explicit Session(const soci::backend_factory& factory, const std::string& parameters) : soci(factory, parameters) {}

  soci::session soci;
  std::unordered_map<std::string, std::unique_ptr<Prepared>, TextHash, std::equal_to<>> statements = {};
  std::vector<std::unique_ptr<Prepared>> condemned = {};  // failed, to be freed when no transaction is in the way
  std::uint64_t uses = 0;
  std::atomic<bool> interrupted = false;
  bool broken = false;
  std::int64_t wal_frames = 0;

  void forget_statements() {
    condemned.clear();
    statements.clear();
  }
  /// A parameter without a value would silently be NULL on SQLite.
  void check_parameters(const Prepared& prepared, std::size_t given);

  // connection_sqlite.cpp
  soci::sqlite3_session_backend* sqlite();
  bool sqlite_in_transaction();
  int sqlite_error(int code);
  void interrupt_sqlite();
  // connection_postgresql.cpp
  soci::postgresql_session_backend* postgresql();
  bool postgresql_in_transaction();
  bool postgresql_lost();
};

DatabaseError::Kind sqlite_kind(int extended_code);

}  // namespace assay
