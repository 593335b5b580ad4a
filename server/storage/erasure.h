// Erasing a person, and disposing of a record: what the log and the rows beside it hold of them is taken out, that it
// was there stays.
#pragma once

#include <string>

#include "storage/connection.h"
#include "storage/event.h"

namespace assay {

/// True for the event that a person was erased: what came before it about them loses its payload.
bool erases(const EventDraft& draft);

/// True for the event that a record was disposed of: what came before it about the record, and what hung on it besides
/// records, loses its payload.
bool disposes(const EventDraft& draft);

/// True when an erasure or disposal has rewritten the payload of the event at the position; it stays so until the
/// transaction ends.
bool is_redacted(Connection& to, std::int64_t position);

/// Before the event `erasure` is appended, in its transaction: payloads of the person's events and of their tokens lose
/// names, addresses and what was said, and are committed to anew under new keys (`key` for the person's), the old ones
/// being destroyed. Envelopes stay as they are, their first commitments among them. Credentials, one-time links,
/// sessions and working notes go, as does what the log of deliveries holds of what was sent and answered about them and
/// their tokens.
void erase_from_log(Connection& to, const EventDraft& erasure, const std::string& key);

/// The same before the event `disposal` of a record: what is left of payloads says what the record was, where it hung
/// and stood, who held its seats, and that something was attached. What has been found of it in searches, and what
/// deliveries hold of it, goes too, and so do working notes.
void dispose_from_log(Connection& to, const EventDraft& disposal, const std::string& key);

}  // namespace assay
