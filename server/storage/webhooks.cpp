// Webhook endpoints and their cursors.
#include "storage/webhooks.h"

#include "storage/connection.h"
#include "storage/projection.h"

namespace assay {
namespace {

using Text = std::string;

template <class... Bindings>
std::vector<WebhookRow> webhooks_by(Snapshot& at, const std::string& rest, const Bindings&... bindings) {
  std::vector<WebhookRow> all;
  for (auto& [id, uuid, organisation, url, secret, old_secret, old_until, types, payload, style, state, reason,
              description, created, version] :
       at.connection()
           .all<std::int64_t, Text, OrganisationId, Text, Text, Text, std::optional<Instant>, Text, Text, Text, Text,
                Text, Text, Instant, std::int64_t>("SELECT id, uuid, organisation, url, secret, old_secret, old_until, "
                                                   "types, payload, style, state, reason,"
                                                   " description, created, version FROM webhook WHERE " +
                                                       rest,
                                                   bindings...)) {
    all.push_back({id, std::move(uuid), organisation, std::move(url), std::move(secret), std::move(old_secret),
                   old_until, Json::parse(types), std::move(payload), std::move(style), std::move(state),
                   std::move(reason), std::move(description), created, version});
  }
  return all;
}

std::optional<WebhookRow> only(std::vector<WebhookRow> rows) {
  if (rows.empty()) return {};
  return std::move(rows.front());
}

void remove_webhook(Connection& to, const Event& event) {
  const auto& draft = event.draft;
  require_one(to.run("DELETE FROM webhook WHERE id = :id AND version = :before", with("id", draft.id),
                     with("before", draft.version - 1)),
              event);
  to.send("DELETE FROM webhook_cursor WHERE webhook = :id", with("id", draft.id));
  to.send("UPDATE delivery SET state = 'cancelled', next = NULL WHERE webhook = :id AND state = 'pending'",
          with("id", draft.id));
}

}  // namespace

std::vector<WebhookRow> list_webhooks(Snapshot& at, const Reader& reader, std::int64_t after_id, int limit) {
  if (!reader.administrator) return {};
  return webhooks_by(at, "organisation = :organisation AND id > :after ORDER BY id LIMIT :limit",
                     with("organisation", reader.organisation), with("after", after_id), with("limit", limit));
}

std::optional<WebhookRow> find_webhook(Snapshot& at, std::string_view uuid, const Reader& reader) {
  if (!reader.administrator) return {};
  return only(webhooks_by(at, "uuid = :uuid AND organisation = :organisation", with("uuid", uuid),
                          with("organisation", reader.organisation)));
}

std::vector<WebhookRow> active_webhooks(Snapshot& at) { return webhooks_by(at, "state = 'on' ORDER BY id"); }

std::optional<WebhookRow> webhook_of(Snapshot& at, std::int64_t id) {
  return only(webhooks_by(at, "id = :id", with("id", id)));
}

void project_webhook(Connection& to, const Event& event) {
  const auto& draft = event.draft;
  const auto& facts = draft.facts;
  if (flag_of(facts, "removed")) return remove_webhook(to, event);
  if (draft.version == 1) {
    to.send(
        "INSERT INTO webhook (id, uuid, organisation, url, secret, old_secret, old_until, types, payload, style, state,"
        " reason, description, created, version)"
        " VALUES (:id, :uuid, :organisation, '', '', '', NULL, '', '', '', '', '', '', :created, 0)",
        with("id", draft.id), with("uuid", draft.uuid), with("organisation", draft.organisation),
        with("created", draft.at));
    to.send(
        "INSERT INTO webhook_cursor (webhook, position, failing_since)"
        " SELECT CAST(:id AS BIGINT), COALESCE(MAX(position), 0), NULL FROM sealed",
        with("id", draft.id));
  }
  require_one(
      to.run("UPDATE webhook SET url = :url, secret = :secret, old_secret = :old_secret, old_until = :old_until, types "
             "= :types,"
             " payload = :payload, style = :style, state = :state, reason = :reason, description = :description,"
             " version = version + 1 WHERE id = :id AND version = :before",
             with("url", text_of(facts, "url")), with("secret", text_of(facts, "secret")),
             with("old_secret", text_of(facts, "old_secret")), with("old_until", optional_instant(facts, "old_until")),
             with("types", canonical(facts.value("types", Json::array()))), with("payload", text_of(facts, "payload")),
             with("style", text_of(facts, "style")), with("state", text_of(facts, "state")),
             with("reason", text_of(facts, "reason")), with("description", text_of(facts, "description")),
             with("id", draft.id), with("before", draft.version - 1)),
      event);
}

std::int64_t cursor_of(Snapshot& at, std::int64_t webhook) {
  const auto row = at.connection().one<std::int64_t>("SELECT position FROM webhook_cursor WHERE webhook = :webhook",
                                                     with("webhook", webhook));
  return row ? std::get<0>(*row) : 0;
}

void put_cursor(Connection& to, std::int64_t webhook, std::int64_t position) {
  to.send("UPDATE webhook_cursor SET position = :position WHERE webhook = :webhook", with("position", position),
          with("webhook", webhook));
}

std::optional<Instant> failing_since(Snapshot& at, std::int64_t webhook) {
  const auto row = at.connection().one<std::optional<Instant>>(
      "SELECT failing_since FROM webhook_cursor WHERE webhook = :webhook", with("webhook", webhook));
  return row ? std::get<0>(*row) : std::nullopt;
}

void put_failing_since(Connection& to, std::int64_t webhook, std::optional<Instant> since) {
  to.send("UPDATE webhook_cursor SET failing_since = :since WHERE webhook = :webhook", with("since", since),
          with("webhook", webhook));
}

}  // namespace assay
