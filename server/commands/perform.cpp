// The one way in which anything changes.
#include "commands/perform.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "commands/erasures.h"
#include "domain/plugin_guard.h"
#include "storage/event_log.h"
#include "storage/events.h"
#include "storage/people.h"

namespace assay {
namespace {

// Of a commit. Many act on one audit at once, and each commit there may move what the others rest on.
constexpr int tries = 8;
constexpr std::size_t most_questions = 50;  // to plugins, of one command
constexpr int most_runs = 9;                // of a plan, with those that only find out what plugins have to be asked

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

/// What a plugin did not say now it may say when the request is repeated.
bool rests_on_failure(const Refusal& refusal) {
  return std::any_of(refusal.unmet.begin(), refusal.unmet.end(), [](const UnmetGuard& one) {
    return one.guard == "plugin_allows" && (one.code == "failed" || one.code == "not_asked");
  });
}

bool kept_under_key(const Refusal& refusal) {
  switch (refusal.reason) {
    case Reason::not_permitted:
    case Reason::wrong_state:
    case Reason::invalid:
      return true;
    case Reason::unmet:
      return !rests_on_failure(refusal);
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

/// Where nothing but plugins that answer later stands in the way, the request is refused for now and not for what it
/// asks.
Refusal for_now(Refusal refusal) {
  if (!may_pass_later(refusal)) return refusal;
  refusal.reason = Reason::overloaded;
  for (const UnmetGuard& one : refusal.unmet)
    refusal.retry_after = std::max(refusal.retry_after.value_or(std::chrono::seconds(0)), *one.retry_after);
  return refusal;
}

/// What plugins have said in one request, all that one try asks within its patience.
class Consultation {
 public:
  Consultation(Context& context, const Call* call) : context_(context), call_(call) {}

  const PluginAnswers& answers() const { return answers_; }
  void forget() {
    answers_.clear();
    deadline_.reset();
  }

  void ask(const PluginQuestions& questions) {
    if (!deadline_) deadline_ = std::chrono::steady_clock::now() + context_.guards.patience;
    for (const auto& [text, question] : questions) answers_.insert_or_assign(text, answer_in_time(question));
  }

 private:
  /// What the questions before it have left too little time for was not asked: no plugin has failed.
  PluginAnswer answer_in_time(const PluginQuestion& question) const {
    const auto left = *deadline_ - std::chrono::steady_clock::now();
    PluginAnswer said = answer(question);
    const bool late = said.verdict == PluginAnswer::Verdict::failed && std::chrono::steady_clock::now() >= *deadline_;
    if (!late || left > context_.guards.patience / 2) return said;
    said.verdict = PluginAnswer::Verdict::unasked;
    said.reason = "the other questions about this command have taken the time for it";
    return said;
  }

  PluginAnswer answer(const PluginQuestion& question) const {
    if (!context_.guards.ask) return {PluginAnswer::Verdict::failed, "no plugins run here"};
    std::optional<OrganisationRow> organisation;
    {
      Snapshot at = context_.store.read();
      organisation = find_organisation(at, question.organisation);
    }
    if (!organisation) throw std::runtime_error("a record belongs to an organisation that does not exist");
    const std::string& language = call_ != nullptr ? call_->who.person.language : organisation->language;
    return context_.guards.ask(question, *organisation, language, *deadline_);
  }

  Context& context_;
  const Call* call_;
  PluginAnswers answers_;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
};

/// A plan that has been run: what is to be committed, or the answer without that.
struct Ready {
  Commit commit = {};
  Performed performed = {};
  bool done = false;
  PluginQuestions questions = {};  // to plugins, before anything can be said
};

/// Has the answer kept with the commit. Without events nothing else in it tells the time.
void keep_answer(Commit& commit, IdempotentUse use, Instant now) {
  if (!commit.events.empty()) {
    commit.idempotent = std::move(use);
    return;
  }
  commit.beside = [beside = std::move(commit.beside), use = std::move(use), now](Connection& to) {
    insert_idempotent(to, use, now);  // first: a repetition at the same moment writes nothing
    beside(to);
  };
}

Result<Ready> prepare(Context& context, const Plan& plan, const Call* call, const PluginAnswers& answers, Instant now) {
  Ready ready;
  Snapshot at = context.store.read();
  StoredFacts facts(context.store, at);
  facts.know(answers);
  if (call != nullptr) facts.know(call->who.reader);
  Moment moment{context, at, facts, now};
  if (call != nullptr && call->key) {
    auto before = used_before(at, *call, now);
    if (!before) return before.error();
    if (*before) return Ready{{}, **before, true};
  }
  auto planned = plan(moment);
  ready.questions = facts.unanswered();
  if (!ready.questions.empty()) return ready;
  if (!planned) return planned.error();
  ready.performed = {planned->uuid, planned->status, false};
  ready.done = planned->events.empty() && !planned->beside;
  if (ready.done) return ready;
  ready.commit.read = facts.dependencies();
  ready.commit.read.insert(ready.commit.read.end(), planned->read.begin(), planned->read.end());
  ready.commit.roots = facts.roots();
  ready.commit.trees = facts.trees();
  ready.commit.events = std::move(planned->events);
  ready.commit.beside = std::move(planned->beside);
  if (call != nullptr && call->key) {
    keep_answer(ready.commit,
                IdempotentUse{call->who.person.id, *call->key, call->request_hash, ready.performed.status,
                              Json{{"uuid", ready.performed.uuid}}.dump()},
                now);
  }
  return ready;
}

Result<Performed> run(Context& context, const Plan& plan, const Call* call) {
  Refusal stale = refuse(Reason::stale, "what plugins have to be asked about changes faster than they answer");
  Consultation plugins(context, call);
  int attempt = 0;
  Instant now = context.clock();  // stays while plugins are asked, whose questions may hold it
  for (int runs = 0; runs < most_runs && attempt < tries; ++runs) {
    auto ready = prepare(context, plan, call, plugins.answers(), now);
    if (!ready) return for_now(ready.error());
    if (ready->done) return ready->performed;
    if (const auto count = ready->questions.size(); count > most_questions) {
      return Refusal{Reason::unmet,
                     "this would ask plugins too much at once",
                     {too_many_questions(*context.workflows, count, most_questions)}};
    }
    if (!ready->questions.empty()) {
      plugins.ask(ready->questions);
      continue;
    }
    const auto committed = context.store.commit(ready->commit);
    if (committed) {
      list_erasures(context, ready->commit.events);
      return ready->performed;
    }
    if (committed.error().reason != Reason::stale) return committed.error();
    stale = committed.error();
    plugins.forget();
    now = context.clock();
    ++attempt;
  }
  return stale;
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
  if (!result && !result.error().repeated && kept_under_key(result.error())) {
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
  for (const auto& field : refusal.invalid) {
    invalid.push_back({{"pointer", field.pointer}, {"detail", field.detail}});
    if (field.wording) invalid.back()["wording"] = to_json(*field.wording);
  }
  return {
      {"reason", static_cast<int>(refusal.reason)}, {"detail", refusal.detail}, {"unmet", unmet}, {"invalid", invalid}};
}

Refusal refusal_of(const Json& json) {
  Refusal refusal = refuse(static_cast<Reason>(json.at("reason").get<int>()), json.at("detail").get<std::string>());
  for (const auto& guard : json.at("unmet")) {
    refusal.unmet.push_back({guard.at("guard"), guard.at("code"), guard.at("detail"), guard.at("values")});
  }
  for (const auto& field : json.at("invalid")) {
    refusal.invalid.push_back({field.at("pointer"), field.at("detail")});
    if (field.contains("wording")) refusal.invalid.back().wording = wording_of(field.at("wording"));
  }
  return refusal;
}

}  // namespace assay
