// What is particular to PostgreSQL: opening, notifications, COPY.
#include <libpq-fe.h>
#include <poll.h>

#include <array>

#include "storage/connection_session.h"

namespace assay {
namespace {

using Kind = DatabaseError::Kind;

[[noreturn]] void fail_with(PGconn* connection) {
  throw DatabaseError(PQstatus(connection) == CONNECTION_BAD ? Kind::lost : Kind::other, PQerrorMessage(connection));
}

void finish_copy(PGconn* connection) {
  std::string wrong;
  while (PGresult* result = PQgetResult(connection)) {
    if (PQresultStatus(result) != PGRES_COMMAND_OK) wrong = PQresultErrorMessage(result);
    PQclear(result);
  }
  if (!wrong.empty()) throw DatabaseError(Kind::other, wrong);
}

void start_copy(PGconn* connection, const std::string& sql, ExecStatusType expected) {
  PGresult* result = PQexec(connection, sql.c_str());
  const auto status = PQresultStatus(result);
  PQclear(result);
  if (status != expected) fail_with(connection);
}

/// SOCI takes a connection string for words KEY=VALUE and puts a "=" behind one that has none, as a plain URL.
std::string with_equals_sign(std::string url) {
  if (url.find('=') == std::string::npos) {
    url += url.find('?') == std::string::npos ? "?" : "&";
    url += "application_name=assay";
  }
  return url;
}

}  // namespace

soci::postgresql_session_backend* Connection::Session::postgresql() {
  if (soci.get_backend_name() != "postgresql") return nullptr;
  return static_cast<soci::postgresql_session_backend*>(soci.get_backend());
}

std::unique_ptr<Connection> Connection::postgresql(const std::string& url) {
  std::unique_ptr<Connection> made;
  try {
    made.reset(new Connection(Engine::postgresql, std::make_unique<Session>(soci::postgresql, with_equals_sign(url))));
  } catch (const soci::soci_error& error) {
    throw DatabaseError(Kind::lost, error.what());
  }
  PQsetNoticeProcessor(made->session_->postgresql()->conn_, [](void*, const char*) {}, nullptr);
  // Time-outs end what a lost peer or a stuck lock would hold for ever.
  made->script(
      "SET client_encoding TO 'UTF8';\nSET synchronous_commit TO on;\nSET lock_timeout TO '10s';\n"
      "SET idle_in_transaction_session_timeout TO '60s';\nSET timezone TO 'UTC'");
  return made;
}

bool Connection::Session::postgresql_in_transaction() {
  const auto status = PQtransactionStatus(postgresql()->conn_);
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

bool Connection::Session::postgresql_lost() { return PQstatus(postgresql()->conn_) == CONNECTION_BAD; }

bool Connection::await_notification(int wake, int timeout_ms) {
  PGconn* connection = session_->postgresql()->conn_;
  std::array<pollfd, 2> waited{pollfd{PQsocket(connection), POLLIN, 0}, pollfd{wake, POLLIN, 0}};
  if (poll(waited.data(), waited.size(), timeout_ms) < 0 && errno != EINTR) return false;
  if (PQconsumeInput(connection) == 0) return false;
  while (PGnotify* notification = PQnotifies(connection)) PQfreemem(notification);
  return true;
}

void Connection::copy_out(const std::string& query, const std::function<void(std::string_view)>& sink) {
  PGconn* connection = session_->postgresql()->conn_;
  start_copy(connection, "COPY (" + query + ") TO STDOUT", PGRES_COPY_OUT);
  for (;;) {
    char* line = nullptr;
    const int size = PQgetCopyData(connection, &line, 0);
    if (size == -1) break;
    if (size == -2) fail_with(connection);
    const std::unique_ptr<char, decltype(&PQfreemem)> owned(line, &PQfreemem);
    sink({line, static_cast<std::size_t>(size)});
  }
  finish_copy(connection);
}

void Connection::copy_in(const std::string& table, const std::function<std::string_view()>& source) {
  PGconn* connection = session_->postgresql()->conn_;
  start_copy(connection, "COPY " + table + " FROM STDIN", PGRES_COPY_IN);
  for (auto part = source(); !part.empty(); part = source()) {
    if (PQputCopyData(connection, part.data(), static_cast<int>(part.size())) != 1) fail_with(connection);
  }
  if (PQputCopyEnd(connection, nullptr) != 1) fail_with(connection);
  finish_copy(connection);
}

}  // namespace assay
