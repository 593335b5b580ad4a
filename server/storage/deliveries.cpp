// The log of webhook deliveries and their attempts.
#include "storage/connection.h"
#include "storage/webhooks.h"

namespace assay {
namespace {

using Text = std::string;

template <class... Bindings>
std::vector<DeliveryRow> deliveries_by(Snapshot& at, const std::string& rest, const Bindings&... bindings) {
  std::vector<DeliveryRow> all;
  for (auto& [id, webhook, position, message, record, state, attempts, created, next] :
       at.connection()
           .all<std::int64_t, std::int64_t, std::int64_t, Text, std::int64_t, Text, int, Instant,
                std::optional<Instant>>(
               "SELECT d.id, d.webhook, d.position, d.message, d.record, d.state, d.attempts, d.created, d.next"
               " FROM delivery d WHERE " +
                   rest,
               bindings...)) {
    all.push_back({id, webhook, position, std::move(message), record, std::move(state), attempts, created, next});
  }
  return all;
}

}  // namespace

std::int64_t put_delivery(Connection& to, const DeliveryRow& row) {
  if (row.id == 0) {
    return to.value<std::int64_t>(
        "INSERT INTO delivery (webhook, position, message, record, state, attempts, created, next)"
        " VALUES (:webhook, :position, :message, :record, :state, :attempts, :created, :next) RETURNING id",
        with("webhook", row.webhook), with("position", row.position), with("message", row.message),
        with("record", row.record), with("state", row.state), with("attempts", row.attempts),
        with("created", row.created), with("next", row.next));
  }
  to.run("UPDATE delivery SET state = :state, attempts = :attempts, next = :next WHERE id = :id",
         with("state", row.state), with("attempts", row.attempts), with("next", row.next), with("id", row.id));
  return row.id;
}

void end_attempt(Connection& to, const DeliveryRow& row, std::optional<Instant> was_due) {
  to.run(
      "UPDATE delivery SET attempts = :attempts, next = CASE WHEN state = 'cancelled' THEN NULL"
      " WHEN next <> :was_due THEN next ELSE CAST(:next AS BIGINT) END,"
      " state = CASE WHEN state = 'cancelled' OR next <> :was_due THEN state ELSE :state END WHERE id = :id",
      with("attempts", row.attempts), with("was_due", was_due), with("next", row.next), with("state", row.state),
      with("id", row.id));
}

void begin_delivery_anew(Connection& to, std::int64_t id, Instant now) {
  to.run("UPDATE delivery SET state = 'pending', next = :now WHERE id = :id", with("now", now), with("id", id));
}

void put_attempt(Connection& to, const AttemptRow& row) {
  to.run(
      "INSERT INTO attempt (delivery, number, at, status, outcome, duration_ms, request_headers, request_body,"
      " response_headers, response_body) VALUES (:delivery, :number, :at, :status, :outcome, :duration_ms,"
      " :request_headers, :request_body, :response_headers, :response_body)",
      with("delivery", row.delivery), with("number", row.number), with("at", row.at), with("status", row.status),
      with("outcome", row.outcome), with("duration_ms", row.duration_ms), with("request_headers", row.request_headers),
      with("request_body", row.request_body), with("response_headers", row.response_headers),
      with("response_body", row.response_body));
}

std::vector<DeliveryRow> due_deliveries(Snapshot& at, std::int64_t webhook, Instant now, int limit) {
  return deliveries_by(at,
                       "d.webhook = :webhook AND d.state = 'pending' AND d.next <= :now AND (d.record = 0 OR NOT EXISTS"
                       " (SELECT 1 FROM delivery e WHERE e.webhook = d.webhook AND e.record = d.record"
                       " AND e.state = 'pending' AND e.position < d.position)) ORDER BY d.position, d.id LIMIT :limit",
                       with("webhook", webhook), with("now", now), with("limit", limit));
}

bool pending_before(Snapshot& at, std::int64_t webhook, std::int64_t record, std::int64_t position) {
  return at.connection().value<bool>(
      "SELECT CASE WHEN EXISTS (SELECT 1 FROM delivery WHERE webhook = :webhook AND record = :record"
      " AND state = 'pending' AND position < :position) THEN 1 ELSE 0 END",
      with("webhook", webhook), with("record", record), with("position", position));
}

std::optional<Instant> next_delivery(Snapshot& at) {
  return at.connection().value<std::optional<Instant>>("SELECT MIN(next) FROM delivery WHERE state = 'pending'");
}

std::vector<DeliveryRow> list_deliveries(Snapshot& at, std::int64_t webhook, std::string_view state,
                                         std::int64_t before_id, int limit) {
  const std::int64_t before = before_id == 0 ? INT64_MAX : before_id;
  if (state.empty()) {
    return deliveries_by(at, "d.webhook = :webhook AND d.id < :before ORDER BY d.id DESC LIMIT :limit",
                         with("webhook", webhook), with("before", before), with("limit", limit));
  }
  return deliveries_by(at,
                       "d.webhook = :webhook AND d.state = :state AND d.id < :before ORDER BY d.id DESC LIMIT :limit",
                       with("webhook", webhook), with("state", state), with("before", before), with("limit", limit));
}

std::optional<DeliveryRow> find_delivery(Snapshot& at, std::int64_t webhook, std::string_view message) {
  auto found = deliveries_by(at, "d.webhook = :webhook AND d.message = :message ORDER BY d.id DESC LIMIT 1",
                             with("webhook", webhook), with("message", message));
  if (found.empty()) return {};
  return std::move(found.front());
}

std::vector<AttemptRow> attempts_of(Snapshot& at, std::int64_t delivery) {
  std::vector<AttemptRow> all;
  for (auto& [id, of, number, when, status, outcome, duration, request_headers, request_body, response_headers,
              response_body] :
       at.connection().all<std::int64_t, std::int64_t, int, Instant, int, Text, int, Text, Text, Text, Text>(
           "SELECT id, delivery, number, at, status, outcome, duration_ms, request_headers, request_body, "
           "response_headers,"
           " response_body FROM attempt WHERE delivery = :delivery ORDER BY number, id",
           with("delivery", delivery))) {
    all.push_back({id, of, number, when, status, std::move(outcome), duration, std::move(request_headers),
                   std::move(request_body), std::move(response_headers), std::move(response_body)});
  }
  return all;
}

void drop_old_deliveries(Connection& to, Instant before) {
  to.run(
      "DELETE FROM attempt WHERE delivery IN (SELECT id FROM delivery WHERE created < :before AND state <> 'pending')",
      with("before", before));
  to.run("DELETE FROM delivery WHERE created < :before AND state <> 'pending'", with("before", before));
}

}  // namespace assay
