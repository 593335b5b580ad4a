// Webhook endpoints.
#include "commands/webhooks.h"

#include <algorithm>

#include "ledger/digest.h"
#include "ledger/random.h"

namespace assay {
namespace {

constexpr std::size_t message_digits = 32;  // 128 bits of a digest

std::string new_secret() { return "whsec_" + to_base64(random_bytes(32)); }

void apply(const WebhookWish& wish, WebhookRow& row) {
  if (wish.url) row.url = *wish.url;
  if (wish.types) row.types = *wish.types;
  if (wish.payload) row.payload = *wish.payload;
  if (wish.style) row.style = *wish.style;
  if (wish.description) row.description = *wish.description;
  if (wish.state) {
    row.state = *wish.state;
    if (row.state == "on") row.reason.clear();
  }
}

EventDraft webhook_event(const Moment& moment, const WebhookRow& row, std::string_view what,
                         std::optional<PersonId> actor) {
  EventDraft event{Subject::webhook, row.id, row.uuid, row.organisation};
  event.type = "webhook." + std::string(what);
  event.command = std::string(what);
  event.version = row.version;
  event.actor = actor;
  event.at = moment.now;
  event.facts = {{"url", row.url},
                 {"secret", row.secret},
                 {"old_secret", row.old_secret},
                 {"old_until", row.old_until ? Json(to_text(*row.old_until)) : Json(nullptr)},
                 {"types", row.types},
                 {"payload", row.payload},
                 {"style", row.style},
                 {"state", row.state},
                 {"reason", row.reason},
                 {"description", row.description}};
  return event;
}

Planned plan_for(const Moment& moment, WebhookRow& row, std::string_view what, std::optional<PersonId> actor) {
  ++row.version;
  Planned planned;
  planned.uuid = row.uuid;
  planned.events = {webhook_event(moment, row, what, actor)};
  return planned;
}

Result<WebhookRow> present(Moment& moment, const Call& call, std::string_view uuid) {
  auto row = find_webhook(moment.at, uuid, call.who.reader);
  if (!row) return refuse(Reason::not_found, "there is no such webhook");
  if (auto version = require_version(call, row->version); !version) return version.error();
  return *row;
}

/// An endpoint to which something can be sent now.
Result<WebhookRow> sending(Moment& moment, const Call& call, std::string_view uuid) {
  auto row = find_webhook(moment.at, uuid, call.who.reader);
  if (!row) return refuse(Reason::not_found, "there is no such webhook");
  if (call.expected) {
    if (auto version = require_version(call, row->version); !version) return version.error();
  }
  if (row->state != "on") return refuse(Reason::wrong_state, "the webhook is " + row->state + ": switch it on first");
  return *row;
}

/// The plan of what sends without changing the endpoint: the event tells of it, the rows beside make the worker do it.
Planned plan_sending(const Moment& moment, WebhookRow& row, std::string_view what, const Call& call, Json more) {
  Planned planned = plan_for(moment, row, what, call.who.person.id);
  planned.status = 202;
  planned.events.front().facts.update(more);
  return planned;
}

}  // namespace

Result<WebhookMade> make_webhook(Context& context, const Call& call, const WebhookWish& wish,
                                 const UrlRule& acceptable_url, int limit) {
  if (auto may = require_administrator(call.who); !may) return may.error();
  if (!wish.url) return invalid_field("/url", "is missing");
  if (auto fine = check_wish(wish, acceptable_url); !fine) return fine.error();
  const std::string secret = new_secret();
  WebhookRow row{};
  row.id = context.store.new_id(Subject::webhook);
  row.uuid = context.new_uuid();
  row.organisation = call.who.organisation.id;
  row.secret = context.keys.seal(secret, "webhook " + row.uuid);
  row.payload = "thin";
  row.style = "standard";
  row.state = "on";
  apply(wish, row);
  auto performed = perform(context, call, [&](Moment& moment) -> Result<Planned> {
    if (std::ssize(list_webhooks(moment.at, call.who.reader, 0, limit)) >= limit) {
      return refuse(Reason::wrong_state, "the organisation has " + std::to_string(limit) +
                                             " webhook endpoints, as many as it may have here: remove one first");
    }
    WebhookRow made = row;
    Planned planned = plan_for(moment, made, "made", call.who.person.id);
    planned.status = 201;
    return planned;
  });
  if (!performed) return performed.error();
  return WebhookMade{*performed, performed->repeated ? std::string() : secret};
}

Result<Performed> change_webhook(Context& context, const Call& call, std::string_view uuid, const WebhookWish& wish,
                                 const UrlRule& acceptable_url) {
  if (auto may = require_administrator(call.who); !may) return may.error();
  if (auto fine = check_wish(wish, acceptable_url); !fine) return fine.error();
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto row = present(moment, call, uuid);
    if (!row) return row.error();
    apply(wish, *row);
    return plan_for(moment, *row, "changed", call.who.person.id);
  });
}

Result<WebhookMade> rotate_webhook_secret(Context& context, const Call& call, std::string_view uuid) {
  if (auto may = require_administrator(call.who); !may) return may.error();
  const std::string secret = new_secret();
  auto performed = perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto row = present(moment, call, uuid);
    if (!row) return row.error();
    row->old_secret = row->secret;
    row->old_until = moment.now + secret_overlap;
    row->secret = context.keys.seal(secret, "webhook " + row->uuid);
    return plan_for(moment, *row, "secret_rotated", call.who.person.id);
  });
  if (!performed) return performed.error();
  return WebhookMade{*performed, performed->repeated ? std::string() : secret};
}

Result<Performed> remove_webhook(Context& context, const Call& call, std::string_view uuid) {
  if (auto may = require_administrator(call.who); !may) return may.error();
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto row = present(moment, call, uuid);
    if (!row) return row.error();
    Planned planned = plan_for(moment, *row, "removed", call.who.person.id);
    planned.events.front().facts["removed"] = true;
    planned.status = 204;
    return planned;
  });
}

Result<Performed> test_webhook(Context& context, const Call& call, std::string_view uuid) {
  if (auto may = require_administrator(call.who); !may) return may.error();
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto row = sending(moment, call, uuid);
    if (!row) return row.error();
    const std::string message = message_id(row->uuid, context.new_uuid());
    Planned planned = plan_sending(moment, *row, "tested", call, {{"delivery", message}});
    planned.uuid = message;
    planned.beside = [id = row->id, message, now = moment.now](Connection& to) {
      put_delivery(to, {0, id, 0, message, 0, "pending", 0, now, now});
    };
    return planned;
  });
}

Result<Performed> replay_webhook(Context& context, const Call& call, std::string_view uuid, std::int64_t position) {
  if (auto may = require_administrator(call.who); !may) return may.error();
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto row = sending(moment, call, uuid);
    if (!row) return row.error();
    if (position < 0 || position > context.store.last_position()) {
      return invalid_field("/after", "must be the position of an event in the log, or 0");
    }
    Planned planned = plan_sending(moment, *row, "replayed", call, {{"after", position}});
    planned.beside = [id = row->id, position](Connection& to) { put_cursor(to, id, position); };
    return planned;
  });
}

Result<Performed> redeliver(Context& context, const Call& call, std::string_view uuid, std::string_view delivery) {
  if (auto may = require_administrator(call.who); !may) return may.error();
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto row = sending(moment, call, uuid);
    if (!row) return row.error();
    const auto found = find_delivery(moment.at, row->id, delivery);
    if (!found) return refuse(Reason::not_found, "there is no such delivery");
    Planned planned = plan_sending(moment, *row, "redelivered", call, {{"delivery", found->message}});
    planned.uuid = found->message;
    planned.beside = [id = found->id, now = moment.now](Connection& to) { begin_delivery_anew(to, id, now); };
    return planned;
  });
}

std::string message_id(std::string_view webhook_uuid, std::string_view event_uuid) {
  return "msg_" + sha256_hex(std::string(webhook_uuid) + "\n" + std::string(event_uuid)).substr(0, message_digits);
}

Result<void> disable_webhook(Context& context, std::int64_t webhook, std::string_view reason) {
  auto performed = perform_unattended(context, [&](Moment& moment) -> Result<Planned> {
    auto row = webhook_of(moment.at, webhook);
    if (!row || row->state != "on") return Planned{};
    row->state = "disabled";
    row->reason = std::string(reason);
    return plan_for(moment, *row, "disabled", {});
  });
  if (!performed) return performed.error();
  return {};
}

std::vector<std::string> signing_secrets(const Context& context, const WebhookRow& webhook, Instant now) {
  const std::string purpose = "webhook " + webhook.uuid;
  std::vector<std::string> secrets = {context.keys.open(webhook.secret, purpose)};
  if (!webhook.old_secret.empty() && webhook.old_until && now < *webhook.old_until) {
    secrets.push_back(context.keys.open(webhook.old_secret, purpose));
  }
  return secrets;
}

}  // namespace assay
