// Prepared statements over SOCI: parameters and columns are bound once per statement and reused.
#include "storage/connection.h"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>

#include "storage/connection_session.h"

namespace assay {
namespace {

constexpr std::size_t kept_statements = 256;

/// SOCI takes a colon or a quotation mark in a comment for SQL.
std::string without_comments(std::string_view text) {
  std::string kept;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
    if (!text.starts_with("--")) kept += text.substr(0, end);
    text.remove_prefix(end);
  }
  return kept;
}

}  // namespace

Connection::Connection(Engine engine, std::unique_ptr<Session> session)
    : engine_(engine), session_(std::move(session)) {}

Connection::~Connection() { session_->forget_statements(); }

Connection::Prepared& Connection::prepare(std::string_view sql, std::span<const Binding> bindings,
                                          std::span<const bool> text_columns) {
  auto& statements = session_->statements;
  if (const auto found = statements.find(sql); found != statements.end()) {
    found->second->last_use = ++session_->uses;
    return *found->second;
  }
  if (statements.size() >= kept_statements) {
    auto oldest = statements.begin();
    for (auto it = statements.begin(); it != statements.end(); ++it) {
      if (it->second->last_use < oldest->second->last_use) oldest = it;
    }
    statements.erase(oldest);
  }
  auto prepared = std::make_unique<Prepared>(session_->soci, bindings.size(), text_columns.size());
  prepared->statement.alloc();
  prepared->statement.prepare(std::string(sql));
  for (std::size_t i = 0; i < bindings.size(); ++i) {
    auto& slot = prepared->parameters[i];
    slot.text = bindings[i].text;
    if (slot.text) {
      prepared->statement.exchange(soci::use(slot.string, slot.indicator, bindings[i].name));
    } else {
      prepared->statement.exchange(soci::use(slot.number, slot.indicator, bindings[i].name));
    }
  }
  for (std::size_t i = 0; i < text_columns.size(); ++i) {
    auto& slot = prepared->columns[i];
    slot.text = text_columns[i];
    if (slot.text) {
      prepared->statement.exchange(soci::into(prepared->cells[i].text, slot.indicator));
    } else {
      prepared->statement.exchange(soci::into(prepared->cells[i].number, slot.indicator));
    }
  }
  prepared->statement.define_and_bind();
  session_->check_parameters(*prepared, bindings.size());
  prepared->last_use = ++session_->uses;
  return *statements.emplace(std::string(sql), std::move(prepared)).first->second;
}

void Connection::execute(Prepared& prepared, std::span<const Binding> bindings,
                         const std::function<void(std::span<Cell>)>& on_row) {
  for (std::size_t i = 0; i < bindings.size(); ++i) {
    auto& slot = prepared.parameters[i];
    if (slot.text != bindings[i].text) throw std::logic_error("a parameter has changed its type");
    slot.indicator = bindings[i].null ? soci::i_null : soci::i_ok;
    if (slot.text) {
      slot.string.assign(bindings[i].string);
    } else {
      slot.number = bindings[i].number;
    }
  }
  bool row = prepared.statement.execute(true);
  // Every row is fetched: a statement left in the middle would hold its snapshot.
  while (row) {
    for (std::size_t i = 0; i < prepared.cells.size(); ++i) {
      prepared.cells[i].null = prepared.columns[i].indicator == soci::i_null;
    }
    if (on_row) on_row(prepared.cells);
    row = prepared.statement.fetch();
  }
  if (prepared.cells.empty()) affected_ = prepared.statement.get_affected_rows();
}

void Connection::query(std::string_view sql, std::span<const Binding> bindings, std::span<const bool> text_columns,
                       const std::function<void(std::span<Cell>)>& on_row) {
  if (session_->interrupted)
    throw DatabaseError(DatabaseError::Kind::interrupted, "the snapshot was kept for too long");
  if (engine_ == Engine::sqlite) session_->condemned.clear();  // no transaction is in the way of theirs
  try {
    execute(prepare(sql, bindings, text_columns), bindings, on_row);
  } catch (const soci::soci_error&) {
    fail(sql);
  }
}

void Connection::fail(std::string_view sql) {
  // SOCI frees a parameter's buffer only after success, so the statement goes; on PostgreSQL after the rollback.
  if (const auto found = session_->statements.find(sql); found != session_->statements.end()) {
    session_->condemned.push_back(std::move(found->second));
    session_->statements.erase(found);
  }
  try {
    throw;
  } catch (const soci::sqlite3_soci_error& error) {
    throw DatabaseError(classify(session_->sqlite_error(error.result()), {}), error.what());
  } catch (const soci::postgresql_soci_error& error) {
    throw DatabaseError(classify(0, error.sqlstate()), error.what());
  } catch (const soci::soci_error& error) {
    throw DatabaseError(lost() ? DatabaseError::Kind::lost : DatabaseError::Kind::other, error.what());
  }
}

DatabaseError::Kind Connection::classify(int sqlite_code, const std::string& sqlstate) const {
  using Kind = DatabaseError::Kind;
  if (engine_ == Engine::sqlite) return sqlite_kind(sqlite_code);
  if (lost()) return Kind::lost;
  const std::string_view family = std::string_view(sqlstate).substr(0, 2);
  if (sqlstate == "40001" || sqlstate == "40P01") return Kind::serialization;
  if (sqlstate == "23505") return Kind::unique;
  if (family == "23") return Kind::constraint;
  if (sqlstate == "53100") return Kind::full;
  if (sqlstate == "55P03" || family == "53") return Kind::busy;
  if (sqlstate == "57014") return Kind::interrupted;
  if (family == "08" || family == "57") return Kind::lost;
  if (family == "58") return Kind::io;
  return Kind::other;
}

void Connection::script(std::string_view text) {
  const std::string without = without_comments(text);
  for (std::string_view sql = without; !sql.empty();) {
    const auto end = sql.find(";\n");
    const std::string statement(sql.substr(0, end));
    sql.remove_prefix(end == std::string_view::npos ? sql.size() : end + 2);
    if (statement.find_first_not_of(" \n\t;") == std::string::npos) continue;
    try {
      session_->soci << statement;
    } catch (const soci::soci_error&) {
      fail(statement);
    }
  }
}

void Connection::rollback() noexcept {
  try {
    session_->interrupted = false;
    if (in_transaction()) {
      if (engine_ == Engine::sqlite) {
        run("ROLLBACK");  // prepared once: every snapshot ends with it
      } else {
        session_->soci << "ROLLBACK";  // also where a failed transaction takes nothing else
      }
    }
  } catch (const std::exception&) {
    session_->broken = true;
  }
  session_->condemned.clear();
  session_->interrupted = false;
}

bool Connection::in_transaction() const {
  return engine_ == Engine::sqlite ? session_->sqlite_in_transaction() : session_->postgresql_in_transaction();
}

bool Connection::lost() const {
  return session_->broken || (engine_ == Engine::postgresql && session_->postgresql_lost());
}

void Connection::interrupt() {
  session_->interrupted = true;
  session_->interrupt_sqlite();
}

}  // namespace assay
