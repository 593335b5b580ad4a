// From the event log to an endpoint's queue.
#include "jobs/intake.h"

#include <algorithm>

#include "commands/event_document.h"
#include "commands/webhooks.h"
#include "storage/delivery_claims.h"
#include "storage/events.h"

namespace assay {
namespace {

constexpr int piece = 200;  // events that are read at a time
constexpr std::int64_t unstored =
    10'000;  // unwanted events after which the cursor is stored, so that a restart is short

bool takes(const std::string& filter, const std::string& type) {
  if (!filter.ends_with(".*")) return filter == type;
  return std::string_view(type).starts_with(std::string_view(filter).substr(0, filter.size() - 1));
}

DeliveryRow queued(Snapshot& at, const WebhookRow& webhook, const Event& event, Instant now) {
  const std::string message = message_id(webhook.uuid, event.uuid);
  DeliveryRow row{0, webhook.id, event.position, message, 0, "pending", 0, now, now};
  if (event.draft.record) row.record = static_cast<std::int64_t>(*event.draft.record);
  if (const auto earlier = find_delivery(at, webhook.id, message)) {
    row.id = earlier->id;
    row.created = earlier->created;
  }
  return row;
}

/// Somebody else has moved the cursor meanwhile: a replay was asked for.
struct CursorMoved {};

Result<bool> store(Context& context, std::int64_t webhook, const Intake& from, std::int64_t position,
                   const std::vector<DeliveryRow>& rows) {
  try {
    auto written = context.store.write([&](Connection& to) {
      if (!move_cursor(to, webhook, from.cursor, position)) throw CursorMoved{};
      for (const DeliveryRow& row : rows) put_delivery(to, row);
    });
    if (!written) return written.error();
    return true;
  } catch (const CursorMoved&) {
    return false;
  }
}

}  // namespace

bool wants(const WebhookRow& webhook, const Event& event) {
  if (webhook.types.empty()) return !is_administrative(event);
  return std::any_of(webhook.types.begin(), webhook.types.end(),
                     [&](const std::string& filter) { return takes(filter, event.draft.type); });
}

Result<Intake> take_in(Context& context, const WebhookRow& webhook, const Intake& before, int room) {
  const Instant now = context.clock();
  const std::int64_t last = context.store.last_position();
  Intake intake;
  std::vector<DeliveryRow> rows;
  {
    Snapshot at = context.store.read();
    if (!webhook_of(at, webhook.id)) return intake;  // removed meanwhile: there is no cursor to move any more
    intake.cursor = cursor_of(at, webhook.id);
    intake.scanned = intake.cursor == before.cursor ? before.scanned : intake.cursor;
    if (intake.scanned >= last) return intake;
    const auto events = events_after(at, webhook.organisation, intake.scanned, piece, false);
    for (const Event& event : events) {
      if (!wants(webhook, event)) {
        intake.scanned = event.position;
        continue;
      }
      if (std::ssize(rows) >= room) break;
      rows.push_back(queued(at, webhook, event, now));
      intake.scanned = event.position;
    }
    const bool all = events.empty() || events.back().position == intake.scanned;
    if (all && std::ssize(events) < piece) intake.scanned = std::max(intake.scanned, last);
    intake.more = all && std::ssize(events) == piece;
  }
  if (rows.empty() && intake.scanned - intake.cursor < unstored) return intake;
  auto stored = store(context, webhook.id, intake, intake.scanned, rows);
  if (!stored) return stored.error();
  if (!*stored) return Intake{-1, 0, 0, true};
  intake.cursor = intake.scanned;
  intake.taken = static_cast<int>(rows.size());
  return intake;
}

}  // namespace assay
