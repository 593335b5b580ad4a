// Claims on webhook endpoints, and the queue of one endpoint.
#include "storage/delivery_claims.h"

#include "storage/connection.h"

namespace assay {

bool claim_webhook(Connection& to, std::int64_t webhook, std::string_view node, Instant now, Instant until) {
  return to.run(
             "INSERT INTO delivery_claim (webhook, node, until) VALUES (:webhook, :node, :until)"
             " ON CONFLICT (webhook) DO UPDATE SET node = excluded.node, until = excluded.until"
             " WHERE delivery_claim.node = excluded.node OR delivery_claim.until <= :now",
             with("webhook", webhook), with("node", node), with("until", until), with("now", now)) == 1;
}

void drop_claims(Connection& to, std::string_view node) {
  to.run("DELETE FROM delivery_claim WHERE node = :node", with("node", node));
}

std::optional<Instant> claimed_until(Snapshot& at, std::int64_t webhook, std::string_view node, Instant now) {
  const auto row = at.connection().one<Instant>(
      "SELECT until FROM delivery_claim WHERE webhook = :webhook AND node <> :node AND until > :now",
      with("webhook", webhook), with("node", node), with("now", now));
  if (!row) return {};
  return std::get<0>(*row);
}

bool move_cursor(Connection& to, std::int64_t webhook, std::int64_t from, std::int64_t position) {
  return to.run("UPDATE webhook_cursor SET position = :position WHERE webhook = :webhook AND position = :from",
                with("position", position), with("webhook", webhook), with("from", from)) == 1;
}

std::optional<Instant> next_attempt(Snapshot& at, std::int64_t webhook) {
  return at.connection().value<std::optional<Instant>>(
      "SELECT MIN(d.next) FROM delivery d WHERE d.webhook = :webhook AND d.state = 'pending' AND (d.record = 0 OR NOT "
      "EXISTS"
      " (SELECT 1 FROM delivery e WHERE e.webhook = d.webhook AND e.record = d.record AND e.state = 'pending'"
      " AND e.position < d.position))",
      with("webhook", webhook));
}

int count_pending(Snapshot& at, std::int64_t webhook, int limit) {
  return static_cast<int>(
      at.connection().value<std::int64_t>("SELECT COUNT(*) FROM (SELECT 1 FROM delivery WHERE webhook = :webhook AND "
                                          "state = 'pending' LIMIT :limit) waiting",
                                          with("webhook", webhook), with("limit", limit)));
}

}  // namespace assay
