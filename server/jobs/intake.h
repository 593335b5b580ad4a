// From the event log to an endpoint's queue: which events it wants, and the move of its cursor past them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "commands/context.h"
#include "storage/event.h"
#include "storage/webhooks.h"

namespace assay {

/// Whether the endpoint's filter takes the event. Administrative events only by name ("person.*"), never by an empty
/// list.
bool wants(const WebhookRow& webhook, const Event& event);

struct Intake {
  std::int64_t cursor = -1;  // of the endpoint, as it is stored now
  std::int64_t scanned = 0;  // the log has been looked at up to here
  int taken = 0;             // rows that were queued
  bool more = false;         // the log may hold more
};

/// Looks at a piece of the log behind what was scanned `before`, and queues at most `room` deliveries together with the
/// move of the cursor, in one write. Events that nobody wants move only `scanned`, and the cursor now and then. An
/// event that was queued before (a replay) begins anew under its old id. Refuses as Store::write() does.
Result<Intake> take_in(Context& context, const WebhookRow& webhook, const Intake& before, int room);

}  // namespace assay
