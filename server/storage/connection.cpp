// What the two engines have in common.
#include "storage/connection.h"

#include "storage/connection_session.h"

namespace assay {

Connection::Connection(Engine engine, std::unique_ptr<Session> session)
    : engine_(engine), session_(std::move(session)) {}

Connection::~Connection() = default;

void Connection::query(std::string_view sql, std::span<const Binding> bindings, std::span<const bool> text_columns,
                       const std::function<void(std::span<Cell>)>& on_row) {
  check_interrupted();
  affected_ = session_->execute(sql, bindings, text_columns, on_row);
}

void Connection::send_list(std::string_view sql, std::span<const Binding> bindings, bool one) {
  check_interrupted();
  session_->send(sql, bindings, one);
}

void Connection::foresee_list(std::string_view sql, std::span<const Binding> bindings) {
  check_interrupted();
  session_->foresee(sql, bindings);
}

void Connection::check_interrupted() const {
  if (session_->interrupted)
    throw DatabaseError(DatabaseError::Kind::interrupted, "the snapshot was kept for too long");
}

void Connection::script(std::string_view text) { session_->script(std::string(text)); }

void Connection::rollback() noexcept {
  try {
    session_->interrupted = false;
    if (in_transaction()) {
      session_->rollback();
    } else if (!session_->lost()) {
      session_->tidy();
    }
  } catch (const std::exception&) {
    session_->broken = true;
  }
  session_->interrupted = false;
}

bool Connection::in_transaction() const { return session_->in_transaction(); }

bool Connection::lost() const { return session_->broken || session_->lost(); }

void Connection::interrupt() {
  session_->interrupted = true;
  session_->interrupt();
}

}  // namespace assay
