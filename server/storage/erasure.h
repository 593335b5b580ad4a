// Erasing a person: what the log and the rows beside it hold of them is taken out, what they did stays.
#pragma once

#include <string>

#include "storage/connection.h"
#include "storage/event.h"

namespace assay {

/// True for the event that a person was erased: what came before it about them loses its payload.
bool erases(const EventDraft& draft);

/// True when an erasure has rewritten the payload of the event at the position; it stays so until the transaction ends.
bool is_redacted(Connection& to, std::int64_t position);

/// Before the event `erasure` is appended, in its transaction: payloads of the person's events and of their tokens lose
/// names, addresses and what was said, and are committed to anew under new keys (`key` for the person's), the old ones
/// being destroyed. Envelopes stay as they are, their first commitments among them. Credentials, one-time links,
/// sessions and working notes go, as does what the log of deliveries holds of what was sent and answered about them and
/// their tokens.
void erase_from_log(Connection& to, const EventDraft& erasure, const std::string& key);

}  // namespace assay
