// What administrators do with deliveries.
#include "commands/deliveries.h"

#include "commands/webhooks.h"
#include "ledger/digest.h"

namespace assay {
namespace {

constexpr std::size_t message_digits = 32;  // 128 bits of the digest

/// The endpoint, which is on.
Result<WebhookRow> sending(Moment& moment, const Call& call, std::string_view uuid) {
  auto row = find_webhook(moment.at, uuid, call.who.reader);
  if (!row) return refuse(Reason::not_found, "there is no such webhook");
  if (row->state != "on") return refuse(Reason::wrong_state, "the webhook is " + row->state + ": switch it on first");
  return *row;
}

Planned planned_for(const Moment& moment, const Call& call, WebhookRow row, std::string_view what,
                    std::function<void(Connection&)> beside) {
  ++row.version;
  Planned planned;
  planned.uuid = row.uuid;
  planned.status = 202;
  planned.events = {webhook_event(moment, row, what, call.who.person.id)};
  planned.beside = std::move(beside);
  return planned;
}

}  // namespace

std::string message_id(std::string_view webhook_uuid, std::string_view event_uuid) {
  return "msg_" + sha256_hex(std::string(webhook_uuid) + "\n" + std::string(event_uuid)).substr(0, message_digits);
}

Result<DeliveryAsked> test_webhook(Context& context, const Call& call, std::string_view webhook) {
  if (auto may = require_administrator(call.who); !may) return may.error();
  const std::string message = message_id(webhook, context.new_uuid());
  auto performed = perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto row = sending(moment, call, webhook);
    if (!row) return row.error();
    const DeliveryRow delivery{0, row->id, 0, message, 0, "pending", 0, moment.now, moment.now};
    return planned_for(moment, call, *row, "test_asked", [delivery](Connection& to) { put_delivery(to, delivery); });
  });
  if (!performed) return performed.error();
  return DeliveryAsked{*performed, performed->repeated ? std::string() : message};
}

Result<DeliveryAsked> redeliver(Context& context, const Call& call, std::string_view webhook,
                                std::string_view message) {
  if (auto may = require_administrator(call.who); !may) return may.error();
  auto performed = perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto row = sending(moment, call, webhook);
    if (!row) return row.error();
    auto delivery = find_delivery(moment.at, row->id, message);
    if (!delivery) return refuse(Reason::not_found, "there is no such delivery");
    delivery->state = "pending";
    delivery->next = moment.now;
    return planned_for(moment, call, *row, "redelivery_asked",
                       [again = *delivery](Connection& to) { put_delivery(to, again); });
  });
  if (!performed) return performed.error();
  return DeliveryAsked{*performed, performed->repeated ? std::string() : std::string(message)};
}

Result<Performed> replay_webhook(Context& context, const Call& call, std::string_view webhook, std::int64_t position) {
  if (auto may = require_administrator(call.who); !may) return may.error();
  if (position < 0 || position > context.store.last_position()) {
    return invalid_field("/position", "is outside of the log");
  }
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto row = sending(moment, call, webhook);
    if (!row) return row.error();
    return planned_for(moment, call, *row, "replay_asked",
                       [id = row->id, position](Connection& to) { put_cursor(to, id, position); });
  });
}

}  // namespace assay
