// The one way in which anything changes: read a snapshot, plan events from it, commit them if nothing read has moved.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "commands/context.h"
#include "domain/refusal.h"
#include "storage/event.h"
#include "storage/facts.h"
#include "storage/store.h"

namespace assay {

/// What a plan may look at: everything of one moment. What it asks `facts` for is verified by the commit.
struct Moment {
  Context& context;
  Snapshot& at;
  StoredFacts& facts;
  Instant now;
};

struct Planned {
  std::vector<EventDraft> events;                // one cause; none, and nothing beside: there is nothing to do
  std::string uuid;                              // public id of what the answer is about; of all that an import made
  int status = 200;                              // of the HTTP answer, kept for repetitions: 200, 201, 202
  std::vector<Dependency> read = {};             // besides what `facts` was asked for
  std::function<void(Connection&)> beside = {};  // rows outside of the log, in the same transaction
};

/// Works out the events of a change, or why not. Runs again from a fresh snapshot when the world has moved: no side
/// effects.
using Plan = std::function<Result<Planned>(Moment&)>;

struct Performed {
  std::string uuid;
  int status = 200;
  bool repeated = false;  // answered from an Idempotency-Key
};

/// Runs `plan` and commits it; up to eight times when the world moves meanwhile, then `stale`. What the plan would know
/// of plugins they are asked between two runs, while nothing is read or locked. Returns after the commit is durable.
/// With a key: the same request is performed once, and a refusal of the domain is kept too. Any thread.
Result<Performed> perform(Context& context, const Call& call, const Plan& plan);

/// The answer that was given under the call's key before; nothing when there is none or no key. For what costs much
/// before it can be performed. Refuses as the kept answer did, and with idempotency_mismatch when the key was another
/// request's.
Result<std::optional<Performed>> performed_before(Context& context, const Call& call);

/// The same for what no person asked for: timers and the server itself.
Result<Performed> perform_unattended(Context& context, const Plan& plan);

/// A refusal as it is kept under an Idempotency-Key, and back.
Json to_json(const Refusal& refusal);
Refusal refusal_of(const Json& json);

}  // namespace assay
