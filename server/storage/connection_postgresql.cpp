// Connections to PostgreSQL: opening, statements in a pipeline, error codes, notifications, COPY.
#include <poll.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "storage/connection_session.h"
#include "storage/libpq.h"

namespace assay {
namespace {

using Kind = DatabaseError::Kind;

constexpr std::size_t sent_at_most = 64;  // statements whose answers may fill the socket before anybody reads them

struct Finish {
  void operator()(PGconn* connection) const { libpq().finish(connection); }
};
struct Clear {
  void operator()(PGresult* result) const { libpq().clear(result); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// A statement as the server knows it: `:name` is `$n` there, and `places` has the binding that each n stands for.
/// Leaves its name in `dropped` when it goes, unless the server never had it.
struct NumberedStatement {
  NumberedStatement() = default;
  NumberedStatement(const NumberedStatement&) = delete;
  NumberedStatement& operator=(const NumberedStatement&) = delete;
  ~NumberedStatement() {
    if (dropped != nullptr && !name.empty()) dropped->push_back(std::move(name));
  }

  std::string name = {};
  std::string sql = {};
  std::vector<std::size_t> places = {};
  std::size_t parameters = 0;
  std::vector<std::string>* dropped = nullptr;
};

/// Numbers the parameters anew at each use, as the types that the server infers for them may differ.
std::unique_ptr<NumberedStatement> numbered(std::string_view sql, std::span<const Binding> bindings) {
  auto statement = std::make_unique<NumberedStatement>();
  statement->parameters = bindings.size();
  bool quoted = false;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    const char c = sql[i];
    if (c == '\'') quoted = !quoted;
    const bool cast = c == ':' && i + 1 < sql.size() && sql[i + 1] == ':';
    if (quoted || c != ':' || cast || i + 1 == sql.size() || !is_name(sql[i + 1])) {
      statement->sql += c;
      if (cast && !quoted) statement->sql += sql[++i];
      continue;
    }
    const auto end = std::find_if_not(sql.begin() + static_cast<std::ptrdiff_t>(i) + 1, sql.end(), is_name);
    const std::string_view name(sql.data() + i + 1, static_cast<std::size_t>(end - sql.begin()) - i - 1);
    const auto binding =
        std::find_if(bindings.begin(), bindings.end(), [&](const auto& one) { return one.name == name; });
    if (binding == bindings.end()) throw std::logic_error("a parameter has no value: " + std::string(sql));
    statement->places.push_back(static_cast<std::size_t>(binding - bindings.begin()));
    statement->sql += '$';
    statement->sql += std::to_string(statement->places.size());
    i += name.size();
  }
  return statement;
}

/// The values of a statement as text, which the server turns into the types that it inferred.
struct Values {
  Values(const NumberedStatement& statement, std::span<const Binding> bindings) {
    texts.reserve(statement.places.size());
    for (const std::size_t place : statement.places) {
      const Binding& binding = bindings[place];
      texts.push_back(binding.null || !binding.text ? std::to_string(binding.number) : std::string(binding.string));
      pointers.push_back(binding.null ? nullptr : texts.back().c_str());
    }
  }
  std::vector<std::string> texts;
  std::vector<const char*> pointers;
};

Kind kind_of(std::string_view state) {
  const std::string_view family = state.substr(0, 2);
  if (state == "40001" || state == "40P01") return Kind::serialization;
  if (state == "23505") return Kind::unique;
  if (state == "22012") return Kind::unmatched;  // see send(); nothing else divides
  if (family == "23") return Kind::constraint;
  if (state == "53100") return Kind::full;
  if (state == "55P03" || family == "53") return Kind::busy;
  if (state == "57014") return Kind::interrupted;
  if (family == "08" || family == "57") return Kind::lost;
  if (family == "58") return Kind::io;
  return Kind::other;
}

void read(const PGresult* answer, int row, std::span<const bool> text_columns, std::span<Cell> cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const int column = static_cast<int>(i);
    Cell& cell = cells[i];
    cell.null = libpq().is_null(answer, row, column) != 0;
    if (cell.null) continue;
    const std::string_view text(libpq().value(answer, row, column),
                                static_cast<std::size_t>(libpq().length(answer, row, column)));
    if (text_columns[i]) {
      cell.text.assign(text);
      continue;
    }
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cell.number);
    if (error != std::errc() || end != text.data() + text.size())
      throw std::logic_error("a column is no number: " + std::string(text));
  }
}

std::int64_t changed_rows(PGresult* answer) {
  const std::string_view text = libpq().command_tuples(answer);
  std::int64_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

}  // namespace

/// Statements go out in a pipeline: those of send() with the next one that is waited for, so that only that one costs a
/// journey. A rollback is not waited for either; its answer is read before the next statement goes out.
struct Connection::Postgresql final : Connection::Session {
  explicit Postgresql(const std::string& url) : connection(libpq().connect(url.c_str())) {
    if (!connection) throw std::bad_alloc();
    if (libpq().status(connection.get()) != CONNECTION_OK)
      throw DatabaseError(Kind::lost, libpq().error_message(connection.get()));
    libpq().set_notice_processor(connection.get(), [](void*, const char*) {}, nullptr);
  }

  std::int64_t execute(std::string_view sql, std::span<const Binding> bindings, std::span<const bool> text_columns,
                       const OnRow& on_row) override {
    Answer answer = foreseen_answer(sql, bindings);
    if (!answer) {
      send_foreseen();
      enqueue(sql, bindings);
      answer = await_answers();
    }
    std::vector<Cell> cells(text_columns.size());
    if (cells.size() > static_cast<std::size_t>(libpq().fields(answer.get())))
      throw std::logic_error("fewer columns than are read: " + std::string(sql));
    const int rows = on_row ? libpq().tuples(answer.get()) : 0;
    for (int row = 0; row < rows; ++row) {
      read(answer.get(), row, text_columns, cells);
      on_row(cells);
    }
    return text_columns.empty() ? changed_rows(answer.get()) : 0;
  }

  void send(std::string_view sql, std::span<const Binding> bindings, bool one) override {
    const bool rested = Clock::now() - last_answer_ > rest;
    if (one) {
      // The server itself has to stop there, as what follows, a COMMIT even, may be on its way already.
      std::string strict = "WITH changed AS (";
      enqueue(strict.append(sql).append(" RETURNING 1) SELECT 1 / COUNT(*) FROM changed"), bindings);
    } else {
      enqueue(sql, bindings);
    }
    if (rested || sent_.size() >= sent_at_most) await_answers();
  }

  void foresee(std::string_view sql, std::span<const Binding> bindings) override {
    if (is_between_transactions()) throw std::logic_error("foreseen outside of a transaction: " + std::string(sql));
    foreseen_.push_back(std::make_unique<Foreseen>(sql, bindings));
  }

  void script(const std::string& text) override {
    leave_pipeline();
    const Answer answer(libpq().exec(connection.get(), text.c_str()));
    if (!answer) throw failure();
    if (libpq().result_status(answer.get()) != PGRES_COMMAND_OK &&
        libpq().result_status(answer.get()) != PGRES_TUPLES_OK)
      throw error_of(answer.get());
  }

  bool in_transaction() const override {
    if (parting_) return false;
    if (!sent_.empty()) return true;  // what was sent and not answered is undone as well
    const auto status = libpq().transaction_status(connection.get());
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
  }

  void rollback() override {
    foreseen_.clear();
    for (Sent& one : sent_) one.foreseen = nullptr;
    if (!sent_.empty()) {
      try {
        await_answers();
      } catch (const DatabaseError& error) {
        if (error.kind == Kind::lost) throw;  // whatever else failed is rolled back now
      }
      if (libpq().transaction_status(connection.get()) == PQTRANS_IDLE) return;
    }
    enter_pipeline();
    say("ROLLBACK");
    part();
  }

  void tidy() override {
    if (parting_ || !sent_.empty()) return;
    foreseen_.clear();
    if (dropped_.empty()) return;
    enter_pipeline();
    part();
  }

  bool lost() const override { return libpq().status(connection.get()) == CONNECTION_BAD; }

  /// Leaves the connection to the simple protocol, with nothing on its way.
  void leave_pipeline() {
    if (parting_) read_answers();
    if (!sent_.empty()) await_answers();
    if (libpq().pipeline_status(connection.get()) == PQ_PIPELINE_OFF) return;
    if (libpq().exit_pipeline_mode(connection.get()) != 1) throw failure();
  }

  DatabaseError failure() const {
    return DatabaseError(lost() ? Kind::lost : Kind::other, libpq().error_message(connection.get()));
  }

  std::unique_ptr<PGconn, Finish> connection;

 private:
  /// A query that is to be sent before it is asked.
  struct Foreseen {
    Foreseen(std::string_view text, std::span<const Binding> values)
        : sql(text), bindings(values.begin(), values.end()) {
      for (Binding& one : bindings) {
        if (one.text && !one.null) one.string = texts.emplace_back(one.string);
      }
    }
    bool is(std::string_view text, std::span<const Binding> values) const {
      return sql == text && std::equal(bindings.begin(), bindings.end(), values.begin(), values.end(),
                                       [](const Binding& a, const Binding& b) {
                                         return std::string_view(a.name) == b.name && a.text == b.text &&
                                                a.null == b.null &&
                                                (a.null || (a.text ? a.string == b.string : a.number == b.number));
                                       });
    }

    std::string sql;
    std::vector<Binding> bindings;
    std::deque<std::string> texts = {};
    bool sent = false;
    Answer answer = {};
  };

  void enter_pipeline() {
    if (libpq().pipeline_status(connection.get()) != PQ_PIPELINE_OFF) return;
    if (libpq().enter_pipeline_mode(connection.get()) != 1) throw failure();
  }

  /// Takes in what the server has said since the last transaction, its end for one, so that it is known before anything
  /// is sent.
  void listen() {
    pollfd readable{libpq().socket(connection.get()), POLLIN, 0};
    do {
      if (libpq().consume_input(connection.get()) != 1) throw failure();
    } while (poll(&readable, 1, 0) > 0);
  }

  /// Sends a statement without parameters that is not kept.
  void say(const std::string& sql) {
    if (libpq().send_query_params(connection.get(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) != 1)
      throw failure();
    sent_.emplace_back();
  }

  /// Sends what waits, and what frees the server of statements that are not kept any more; the answers are read before
  /// the next use.
  void part() {
    for (const auto& name : dropped_) say("DEALLOCATE " + name);
    dropped_.clear();
    if (libpq().pipeline_sync(connection.get()) != 1) throw failure();
    parting_ = true;
  }

  void enqueue(std::string_view sql, std::span<const Binding> bindings) {
    if (parting_) read_answers();
    if (is_between_transactions()) listen();
    enter_pipeline();
    NumberedStatement* statement = statements_.find(sql);
    if (statement == nullptr) statement = &prepare(sql, bindings);
    if (statement->parameters != bindings.size()) throw std::logic_error("used in two shapes: " + std::string(sql));
    const Values values(*statement, bindings);
    if (libpq().send_query_prepared(connection.get(), statement->name.c_str(), static_cast<int>(values.pointers.size()),
                                    values.pointers.data(), nullptr, nullptr, 0) != 1)
      throw failure();
    sent_.emplace_back();
  }

  NumberedStatement& prepare(std::string_view sql, std::span<const Binding> bindings) {
    auto statement = numbered(sql, bindings);
    statement->name = "s" + std::to_string(++prepared_);
    if (libpq().send_prepare(connection.get(), statement->name.c_str(), statement->sql.c_str(), 0, nullptr) != 1)
      throw failure();
    statement->dropped = &dropped_;
    sent_.emplace_back().prepared = sql;
    return statements_.keep(sql, std::move(statement));
  }

  bool is_between_transactions() const {
    return sent_.empty() && libpq().transaction_status(connection.get()) == PQTRANS_IDLE;
  }

  void send_foreseen() {
    for (const auto& one : foreseen_) {
      if (std::exchange(one->sent, true)) continue;
      enqueue(one->sql, one->bindings);
      sent_.back().foreseen = one.get();
      if (sent_.size() >= sent_at_most) await_answers();
    }
  }

  /// The answer to a query that was foreseen in this transaction, or nothing.
  Answer foreseen_answer(std::string_view sql, std::span<const Binding> bindings) {
    if (is_between_transactions()) foreseen_.clear();
    const auto found =
        std::find_if(foreseen_.begin(), foreseen_.end(), [&](const auto& one) { return one->is(sql, bindings); });
    if (found == foreseen_.end()) return {};
    if (!(*found)->sent) {
      send_foreseen();
      await_answers();
    }
    Answer answer = std::move((*found)->answer);  // nothing where the transaction has failed
    foreseen_.erase(found);
    return answer;
  }

  /// Sends what waits and reads all answers; the last one. Throws the first error among them.
  Answer await_answers() {
    if (libpq().pipeline_sync(connection.get()) != 1) throw failure();
    return read_answers();
  }

  Answer read_answers() {
    parting_ = false;
    std::optional<DatabaseError> wrong;
    Answer last;
    std::size_t left = sent_.size();
    for (const Sent& one : std::exchange(sent_, {})) {
      bool done = false;
      --left;
      while (Answer answer{libpq().get_result(connection.get())}) {
        const auto status = libpq().result_status(answer.get());
        done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
        if (!wrong && status == PGRES_FATAL_ERROR) {
          wrong = error_of(answer.get());
          wrong->more_followed = left > 0 && libpq().result_error_field(answer.get(), PG_DIAG_SQLSTATE) != nullptr;
        }
        last = std::move(answer);
        if (lost()) break;
      }
      if (!done && !one.prepared.empty()) forget(one.prepared);
      if (done && one.foreseen != nullptr) one.foreseen->answer = std::move(last);
    }
    const Answer end(libpq().get_result(connection.get()));
    if (!wrong && libpq().result_status(end.get()) != PGRES_PIPELINE_SYNC) wrong = failure();
    last_answer_ = Clock::now();
    if (wrong) throw DatabaseError(*wrong);
    return last;
  }

  /// The server does not have this statement.
  void forget(const std::string& sql) {
    if (NumberedStatement* statement = statements_.find(sql)) statement->name.clear();
    statements_.forget(sql);
  }

  DatabaseError error_of(const PGresult* answer) const {
    const char* state = libpq().result_error_field(answer, PG_DIAG_SQLSTATE);
    const char* severity = libpq().result_error_field(answer, PG_DIAG_SEVERITY_NONLOCALIZED);
    const std::string_view grave = severity == nullptr ? "" : severity;  // the server ends the connection
    const bool ends = lost() || grave == "FATAL" || grave == "PANIC";
    const Kind kind = ends ? Kind::lost : kind_of(state == nullptr ? "" : state);
    return DatabaseError(kind, libpq().result_error_message(answer));
  }

  using Clock = std::chrono::steady_clock;
  /// After such a silence the first statement is waited for, so that a connection that has died meanwhile is found
  /// where it can be exchanged.
  static constexpr std::chrono::seconds rest{1};

  /// What was sent and not answered.
  struct Sent {
    std::string prepared = {};     // the SQL of a statement to be prepared, else nothing
    Foreseen* foreseen = nullptr;  // who is to have the answer, if it is not the one that is waited for
  };

  std::vector<std::string> dropped_;  // names of statements that the server need not keep
  Statements<NumberedStatement> statements_;
  std::uint64_t prepared_ = 0;
  std::vector<std::unique_ptr<Foreseen>> foreseen_;
  std::vector<Sent> sent_;
  bool parting_ = false;  // their answers have been asked for and are not yet read
  Clock::time_point last_answer_ = Clock::now();
};

Connection::Postgresql& Connection::postgresql() const {
  if (engine_ != Engine::postgresql) throw std::logic_error("this is for PostgreSQL only");
  return static_cast<Postgresql&>(*session_);
}

std::unique_ptr<Connection> Connection::postgresql(const std::string& url) {
  try {
    libpq();
  } catch (const std::runtime_error& missing) {
    throw DatabaseError(Kind::other, missing.what());
  }
  std::unique_ptr<Connection> made(new Connection(Engine::postgresql, std::make_unique<Postgresql>(url)));
  // Time-outs end what a lost peer or a stuck lock would hold for ever.
  made->script(
      "SET client_encoding TO 'UTF8'; SET synchronous_commit TO on; SET lock_timeout TO '10s';"
      "SET idle_in_transaction_session_timeout TO '60s'; SET timezone TO 'UTC'");
  return made;
}

bool Connection::await_notification(int wake, int timeout_ms) {
  PGconn* connection = postgresql().connection.get();
  const auto take_all = [connection] {
    bool any = false;
    for (; PGnotify* notification = libpq().notifies(connection); any = true) libpq().free_memory(notification);
    return any;
  };
  if (take_all()) return true;  // it came with the answer of a statement
  std::array<pollfd, 2> waited{pollfd{libpq().socket(connection), POLLIN, 0}, pollfd{wake, POLLIN, 0}};
  if (poll(waited.data(), waited.size(), timeout_ms) < 0 && errno != EINTR) return false;
  if (libpq().consume_input(connection) == 0) return false;
  take_all();
  return true;
}

namespace {

void start_copy(PGconn* connection, const std::string& sql, ExecStatusType expected) {
  const Answer answer(libpq().exec(connection, sql.c_str()));
  if (libpq().result_status(answer.get()) != expected)
    throw DatabaseError(libpq().status(connection) == CONNECTION_BAD ? Kind::lost : Kind::other,
                        libpq().error_message(connection));
}

void finish_copy(PGconn* connection) {
  std::string wrong;
  while (const Answer answer{libpq().get_result(connection)}) {
    if (libpq().result_status(answer.get()) != PGRES_COMMAND_OK) wrong = libpq().result_error_message(answer.get());
  }
  if (!wrong.empty()) throw DatabaseError(Kind::other, wrong);
}

}  // namespace

void Connection::copy_out(const std::string& query, const std::function<void(std::string_view)>& sink) {
  postgresql().leave_pipeline();
  PGconn* connection = postgresql().connection.get();
  start_copy(connection, "COPY (" + query + ") TO STDOUT", PGRES_COPY_OUT);
  for (;;) {
    char* line = nullptr;
    const int size = libpq().get_copy_data(connection, &line, 0);
    if (size == -1) break;
    if (size == -2) throw postgresql().failure();
    const std::unique_ptr<char, decltype(&PQfreemem)> owned(line, libpq().free_memory);
    sink({line, static_cast<std::size_t>(size)});
  }
  finish_copy(connection);
}

void Connection::copy_in(const std::string& table, const std::function<std::string_view()>& source) {
  postgresql().leave_pipeline();
  PGconn* connection = postgresql().connection.get();
  start_copy(connection, "COPY " + table + " FROM STDIN", PGRES_COPY_IN);
  for (auto part = source(); !part.empty(); part = source()) {
    if (libpq().put_copy_data(connection, part.data(), static_cast<int>(part.size())) != 1)
      throw postgresql().failure();
  }
  if (libpq().put_copy_end(connection, nullptr) != 1) throw postgresql().failure();
  finish_copy(connection);
}

}  // namespace assay
