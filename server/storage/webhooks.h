// Webhook endpoints, how far each has come in the log, and the log of delivery attempts.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/event.h"
#include "storage/reader.h"
#include "storage/store.h"

namespace assay {

inline constexpr std::array<std::string_view, 4> delivery_states = {"pending", "delivered", "exhausted", "cancelled"};

struct WebhookRow {
  std::int64_t id;
  std::string uuid;
  OrganisationId organisation;
  std::string url;
  std::string secret;      // sealed with the key file
  std::string old_secret;  // sealed; signs too until `old_until`
  std::optional<Instant> old_until;
  std::vector<std::string> types;  // exact or "nonconformity.*"; empty: all
  std::string payload;             // thin | full
  std::string style;               // standard | cloudevents
  std::string state;               // on | off | disabled (by the server)
  std::string reason;              // why it was disabled
  std::string description;
  Instant created;
  std::int64_t version;
};
std::vector<WebhookRow> list_webhooks(Snapshot& at, const Reader& reader, std::int64_t after_id, int limit);
std::optional<WebhookRow> find_webhook(Snapshot& at, std::string_view uuid, const Reader& reader);
std::vector<WebhookRow> active_webhooks(Snapshot& at);  // state on, all organisations: for the delivery worker
std::optional<WebhookRow> webhook_of(Snapshot& at, std::int64_t id);
/// Facts: {url, secret, old_secret, old_until, types[], payload, style, state, reason, description, removed?}: whole
/// row. A new endpoint's cursor begins at the end of the log.
void project_webhook(Connection& to, const Event& event);

// Cursors and attempts are not in the log: they say what was sent, not what happened.
struct DeliveryRow {
  std::int64_t id;
  std::int64_t webhook;
  std::int64_t position;  // event; 0 for a test event
  std::string message;    // webhook-id: the same across retries
  std::int64_t record;    // order key beside the webhook; 0: none
  std::string state;      // one of delivery_states
  int attempts;
  Instant created;
  std::optional<Instant> next;  // when it is tried again
};
struct AttemptRow {
  std::int64_t id;
  std::int64_t delivery;
  int number;  // 1, 2, ...
  Instant at;
  int status;           // HTTP status, 0 when there was none
  std::string outcome;  // delivered, refused, timeout, blocked_address, tls, ...
  int duration_ms;
  std::string request_headers, request_body, response_headers, response_body;  // as sent and received, 20 kB each
};
std::int64_t cursor_of(Snapshot& at, std::int64_t webhook);
void put_cursor(Connection& to, std::int64_t webhook, std::int64_t position);
std::optional<Instant> failing_since(Snapshot& at, std::int64_t webhook);
void put_failing_since(Connection& to, std::int64_t webhook, std::optional<Instant> since);

std::int64_t put_delivery(Connection& to, const DeliveryRow& row);  // id 0: new; returns the id
/// What came of an attempt at a delivery that was due at `was_due`. If it was cancelled meanwhile, with its endpoint,
/// it stays so; if it was begun anew, that is still to be done.
void end_attempt(Connection& to, const DeliveryRow& row, std::optional<Instant> was_due);
/// The delivery is due at `now`, whatever became of it before.
void begin_delivery_anew(Connection& to, std::int64_t id, Instant now);
void put_attempt(Connection& to, const AttemptRow& row);
/// Pending deliveries whose time has come and before which nothing of the same (webhook, record) is pending; oldest
/// first.
std::vector<DeliveryRow> due_deliveries(Snapshot& at, std::int64_t webhook, Instant now, int limit);
bool pending_before(Snapshot& at, std::int64_t webhook, std::int64_t record, std::int64_t position);
std::optional<Instant> next_delivery(Snapshot& at);  // earliest `next` of all pending ones
std::vector<DeliveryRow> list_deliveries(Snapshot& at, std::int64_t webhook, std::string_view state,
                                         std::int64_t before_id,
                                         int limit);  // newest first; state empty: all
std::optional<DeliveryRow> find_delivery(Snapshot& at, std::int64_t webhook, std::string_view message);
std::vector<AttemptRow> attempts_of(Snapshot& at, std::int64_t delivery);
void drop_old_deliveries(Connection& to, Instant before);

}  // namespace assay
