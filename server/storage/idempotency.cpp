// Answers kept under Idempotency-Keys.
#include "storage/event_log.h"
#include "storage/events.h"

namespace assay {
namespace {

/// How long an answer is given again for the same key.
constexpr std::chrono::hours kept_for{24};

/// Hands the statement that keeps an answer, with its values, to `send`. It changes nothing while the key is in use.
template <class Send>
void put(const IdempotentUse& use, Instant now, Send send) {
  send(
      "INSERT INTO idempotency (principal, key, request_hash, status, answer, at)"
      " VALUES (:principal, :key, :request_hash, :status, :answer, :at)"
      " ON CONFLICT (principal, key) DO UPDATE SET request_hash = :request_hash, status = :status,"
      " answer = :answer, at = :at WHERE idempotency.at <= :since",
      with("principal", use.principal), with("key", use.key), with("request_hash", use.request_hash),
      with("status", use.status), with("answer", use.answer), with("at", now), with("since", now - kept_for));
}

}  // namespace

std::optional<IdempotentUse> find_idempotent(Snapshot& at, PersonId principal, std::string_view key, Instant now) {
  auto row = at.connection().one<std::string, int, std::string>(
      "SELECT request_hash, status, answer FROM idempotency WHERE principal = :principal AND key = :key AND at > "
      ":since",
      with("principal", principal), with("key", key), with("since", now - kept_for));
  if (!row) return {};
  auto& [request_hash, status, answer] = *row;
  return IdempotentUse{principal, std::string(key), std::move(request_hash), status, std::move(answer)};
}

void insert_idempotent(Connection& to, const IdempotentUse& use, Instant now) {
  put(use, now, [&to](const auto&... statement) { to.send_one(statement...); });
}

void put_idempotent(Connection& to, const IdempotentUse& use, Instant now) {
  put(use, now, [&to](const auto&... statement) { to.send(statement...); });
}

void drop_old_idempotent(Connection& to, Instant before) {
  to.send("DELETE FROM idempotency WHERE at < :before", with("before", before));
}

}  // namespace assay
