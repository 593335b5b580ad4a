// The one way in which anything changes.
#include "commands/perform.h"

#include "storage/events.h"

namespace assay {
namespace {

constexpr int tries = 3;

/// Holds a key while its request runs.
class KeyInUse {
 public:
  KeyInUse(Context& context, const Call& call) : context_(context), call_(call) {
    held_ = !call.key || context.running.enter(call.who.person.id, *call.key);
  }
  KeyInUse(const KeyInUse&) = delete;
  KeyInUse& operator=(const KeyInUse&) = delete;
  ~KeyInUse() {
    if (held_ && call_.key) context_.running.leave(call_.who.person.id, *call_.key);
  }
  bool held() const { return held_; }

 private:
  Context& context_;
  const Call& call_;
  bool held_;
};

bool kept_under_key(Reason reason) {
  switch (reason) {
    case Reason::not_permitted:
    case Reason::wrong_state:
    case Reason::unmet:
    case Reason::invalid:
      return true;
    default:
      return false;
  }
}

/// What the call's key was used for, as the snapshot has it.
Result<std::optional<Performed>> used_before(Snapshot& at, const Call& call, Instant now) {
  const auto use = find_idempotent(at, call.who.person.id, *call.key, now);
  if (!use) return std::optional<Performed>();
  if (use->request_hash != call.request_hash) {
    return refuse(Reason::idempotency_mismatch, "this Idempotency-Key was used with another request");
  }
  const Json answer = Json::parse(use->answer);
  if (answer.contains("refusal")) {
    Refusal refusal = refusal_of(answer.at("refusal"));
    refusal.repeated = true;
    return refusal;
  }
  return std::optional(Performed{answer.at("uuid").get<std::string>(), use->status, true});
}

Result<Performed> run(Context& context, const Plan& plan, const Call* call) {
  std::optional<Refusal> stale;
  for (int attempt = 0; attempt < tries; ++attempt) {
    Commit commit;
    Performed performed;
    {
      Snapshot at = context.store.read();
      StoredFacts facts(context.store, at);
      Moment moment{context, at, facts, context.clock()};
      if (call != nullptr && call->key) {
        auto before = used_before(at, *call, moment.now);
        if (!before) return before.error();
        if (*before) return **before;
      }
      auto planned = plan(moment);
      if (!planned) return planned.error();
      if (planned->events.empty()) return Performed{planned->uuid, planned->status, false};
      commit.read = facts.dependencies();
      commit.read.insert(commit.read.end(), planned->read.begin(), planned->read.end());
      commit.roots = facts.roots();
      commit.events = std::move(planned->events);
      commit.beside = std::move(planned->beside);
      performed = {planned->uuid, planned->status, false};
    }
    if (call != nullptr && call->key) {
      commit.idempotent = IdempotentUse{call->who.person.id, *call->key, call->request_hash, performed.status,
                                        Json{{"uuid", performed.uuid}}.dump()};
    }
    const auto committed = context.store.commit(commit);
    if (committed) return performed;
    if (committed.error().reason != Reason::stale) return committed.error();
    stale = committed.error();
  }
  return *stale;
}

}  // namespace

Result<std::optional<Performed>> performed_before(Context& context, const Call& call) {
  if (!call.key) return std::optional<Performed>();
  Snapshot at = context.store.read();
  return used_before(at, call, context.clock());
}

Result<Performed> perform(Context& context, const Call& call, const Plan& plan) {
  if (auto scope = require(call.who, Scope::write); !scope) return scope.error();
  if (!call.key) return run(context, plan, &call);

  const KeyInUse key(context, call);
  if (!key.held()) return refuse(Reason::idempotency_conflict, "a request with this Idempotency-Key is still running");
  auto result = run(context, plan, &call);
  if (!result && !result.error().repeated && kept_under_key(result.error().reason)) {
    const IdempotentUse use{call.who.person.id, *call.key, call.request_hash, 0,
                            Json{{"refusal", to_json(result.error())}}.dump()};
    const Instant now = context.clock();
    if (auto kept = context.store.write([&](Connection& to) { put_idempotent(to, use, now); }); !kept)
      return kept.error();
  }
  return result;
}

Result<Performed> perform_unattended(Context& context, const Plan& plan) { return run(context, plan, nullptr); }

Json to_json(const Refusal& refusal) {
  Json unmet = Json::array(), invalid = Json::array();
  for (const auto& guard : refusal.unmet) {
    unmet.push_back({{"guard", guard.guard}, {"code", guard.code}, {"detail", guard.detail}, {"values", guard.values}});
  }
  for (const auto& field : refusal.invalid) invalid.push_back({{"pointer", field.pointer}, {"detail", field.detail}});
  return {
      {"reason", static_cast<int>(refusal.reason)}, {"detail", refusal.detail}, {"unmet", unmet}, {"invalid", invalid}};
}

Refusal refusal_of(const Json& json) {
  Refusal refusal = refuse(static_cast<Reason>(json.at("reason").get<int>()), json.at("detail").get<std::string>());
  for (const auto& guard : json.at("unmet")) {
    refusal.unmet.push_back({guard.at("guard"), guard.at("code"), guard.at("detail"), guard.at("values")});
  }
  for (const auto& field : json.at("invalid")) refusal.invalid.push_back({field.at("pointer"), field.at("detail")});
  return refusal;
}

}  // namespace assay
