// Which server sends for a webhook endpoint when several work on one database, and what the delivery worker asks
// besides.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "storage/store.h"

namespace assay {

/// Takes the endpoint for `node` or prolongs its claim until `until`; false while the claim of another node holds.
bool claim_webhook(Connection& to, std::int64_t webhook, std::string_view node, Instant now, Instant until);
/// Gives back every claim of `node`, so that another one need not wait for their end.
void drop_claims(Connection& to, std::string_view node);
/// The end of another node's claim that holds at `now`.
std::optional<Instant> claimed_until(Snapshot& at, std::int64_t webhook, std::string_view node, Instant now);

/// Moves the cursor; false (and nothing changes) when it does not stand at `from` any more.
bool move_cursor(Connection& to, std::int64_t webhook, std::int64_t from, std::int64_t position);

/// The earliest time at which a pending delivery of the endpoint may be tried that waits for no other of its record.
std::optional<Instant> next_attempt(Snapshot& at, std::int64_t webhook);
/// Pending deliveries of the endpoint, counted up to `limit`.
int count_pending(Snapshot& at, std::int64_t webhook, int limit);

}  // namespace assay
