// Sends webhooks.
#include "jobs/delivery_worker.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "domain/thread_name.h"
#include "jobs/bell.h"
#include "jobs/delivery_turns.h"
#include "jobs/endpoint_queue.h"
#include "storage/delivery_claims.h"

namespace assay {
namespace {

using std::chrono::seconds;

/// Between two passes for what was committed: under load one looks at many commits.
constexpr std::chrono::milliseconds between_passes{10};
constexpr seconds held_nap{60};   // a held store is looked at again, another server may have released it
constexpr seconds first_rest{5};  // of an endpoint that could not be reached; doubles
constexpr seconds longest_rest{300};
constexpr seconds trouble_rest{30};  // of an endpoint whose attempt could not be made or stored

seconds rest_after(int unreachable) {
  const int doublings = std::min(unreachable - 1, 10);
  return std::min(longest_rest, first_rest * (1 << doublings));
}

bool nobody_there(DeliveryOutcome outcome) {
  return outcome == DeliveryOutcome::unreachable || outcome == DeliveryOutcome::timed_out ||
         outcome == DeliveryOutcome::refused;
}

std::optional<Instant> earlier(std::optional<Instant> a, std::optional<Instant> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace

struct DeliveryWorker::State {
  State(Context& context_, const OutboundClient& client_, DeliverySettings settings_, Journal journal_)
      : context(context_),
        client(client_),
        settings(std::move(settings_)),
        journal(std::move(journal_)),
        share(settings.threads) {}

  Context& context;
  const OutboundClient& client;
  const DeliverySettings settings;
  const Journal journal;
  const std::string node = context.new_uuid();
  const bool shared = context.store.engine() != "sqlite";  // other servers may work on the database

  Bell bell;
  std::mutex mutex;
  std::condition_variable_any ready;  // the queue has something
  std::condition_variable_any quiet;  // a pass has ended, or a request
  DeliveryTurns queue;
  std::size_t share;  // threads that one organisation may have at once
  std::map<std::int64_t, EndpointQueue> endpoints;
  std::size_t busy = 0;                   // requests that run
  std::uint64_t asked = 0, answered = 0;  // wake-ups; those that a whole pass has followed
  bool started = false;

  std::stop_source cut;  // ends running requests
  std::jthread scheduler;
  std::vector<std::jthread> senders;

  void ask(bool at_once);
  void schedule(std::stop_token stop);
  std::optional<Instant> pass();
  void forget_all_but(const std::vector<WebhookRow>& active);
  void share_out(const std::vector<WebhookRow>& active);
  std::optional<Instant> serve(const WebhookRow& webhook, Instant now);
  bool fill(const WebhookRow& webhook, Instant now);
  std::vector<DeliveryRow> due(const WebhookRow& webhook, Instant now);
  bool claim(const WebhookRow& webhook, Instant now);
  void send(std::stop_token stop);
  void attempt(const DeliveryRow& row);
  void settle_outcome(const DeliveryRow& row, const AttemptEnd& end);
};

void DeliveryWorker::State::ask(bool at_once) {
  {
    const std::lock_guard lock(mutex);
    ++asked;
  }
  at_once ? bell.ring() : bell.ring_softly();
}

/// The scheduling thread.
void DeliveryWorker::State::schedule(std::stop_token stop) {
  while (!stop.stop_requested()) {
    std::uint64_t hears = 0;
    {
      const std::lock_guard lock(mutex);
      hears = asked;
    }
    std::optional<Instant> next;
    try {
      next = pass();
    } catch (const std::exception&) {
      journal.write_exception("delivery_pass_failed", Json::object());
      next = context.clock() + trouble_rest;
    }
    {
      const std::lock_guard lock(mutex);
      answered = hears;
    }
    quiet.notify_all();
    bell.wait(stop, nap(context.clock(), next), between_passes);
  }
}

/// Looks at every endpoint once; when to look again, if nothing happens before.
std::optional<Instant> DeliveryWorker::State::pass() {
  const Instant now = context.clock();
  if (context.store.held()) return now + held_nap;
  std::vector<WebhookRow> webhooks;
  {
    Snapshot at = context.store.read();
    webhooks = active_webhooks(at);
  }
  forget_all_but(webhooks);
  share_out(webhooks);
  std::optional<Instant> next;
  for (const WebhookRow& webhook : webhooks) {
    try {
      next = earlier(next, serve(webhook, now));
    } catch (const StoreStopped&) {
      throw;
    } catch (const std::exception&) {
      journal.write_exception("delivery_failed", {{"webhook", webhook.uuid}});
      next = earlier(next, now + trouble_rest);
    }
  }
  return next;
}

void DeliveryWorker::State::forget_all_but(const std::vector<WebhookRow>& active) {
  std::set<std::int64_t> ids;
  for (const WebhookRow& webhook : active) ids.insert(webhook.id);
  const std::lock_guard lock(mutex);
  std::erase_if(endpoints, [&](const auto& one) { return one.second.running.empty() && !ids.contains(one.first); });
}

/// One organisation alone may have all threads; among several, none takes more than half, so that its receivers,
/// however slow they are, leave some to the others.
void DeliveryWorker::State::share_out(const std::vector<WebhookRow>& active) {
  const bool several = std::any_of(active.begin(), active.end(), [&](const WebhookRow& webhook) {
    return webhook.organisation != active.front().organisation;
  });
  const std::size_t each = several ? std::max(1U, settings.threads / 2) : settings.threads;
  {
    const std::lock_guard lock(mutex);
    if (std::exchange(share, each) >= each) return;
  }
  ready.notify_all();
}

std::optional<Instant> DeliveryWorker::State::serve(const WebhookRow& webhook, Instant now) {
  if (!fill(webhook, now)) {
    Snapshot at = context.store.read();
    return earlier(now + trouble_rest, claimed_until(at, webhook.id, node, now));
  }
  {
    const std::lock_guard lock(mutex);
    const EndpointQueue& endpoint = endpoints[webhook.id];
    if (endpoint.resting(now)) return endpoint.rests_until;
  }
  const auto rows = due(webhook, now);
  if (!rows.empty() && !claim(webhook, now)) {
    Snapshot at = context.store.read();
    return claimed_until(at, webhook.id, node, now);
  }
  {
    const std::lock_guard lock(mutex);
    EndpointQueue& endpoint = endpoints[webhook.id];
    for (const DeliveryRow& row : rows) {
      endpoint.begin(row);
      queue.add(webhook.organisation, row);
    }
    busy += rows.size();
  }
  if (!rows.empty()) ready.notify_all();
  Snapshot at = context.store.read();
  const auto next = next_attempt(at, webhook.id);
  return next && *next > now ? next
                             : std::nullopt;  // what is due already waits for a running request, whose end wakes us
}

/// Takes events from the log until it is exhausted or the queue is full; false when that has to be tried again later.
bool DeliveryWorker::State::fill(const WebhookRow& webhook, Instant now) {
  Intake intake;
  {
    const std::lock_guard lock(mutex);
    intake = endpoints[webhook.id].intake;
  }
  do {
    int room = settings.backlog;
    {
      Snapshot at = context.store.read();
      if (cursor_of(at, webhook.id) == intake.cursor && intake.scanned >= context.store.last_position()) return true;
      room -= count_pending(at, webhook.id, settings.backlog);
    }
    if (room <= 0) return true;
    if (!claim(webhook, now)) return false;
    auto taken = take_in(context, webhook, intake, room);
    if (!taken) {
      journal.write(Severity::warning, "delivery_postponed",
                    {{"webhook", webhook.uuid}, {"reason", taken.error().detail}});
      return false;
    }
    intake = *taken;
    const std::lock_guard lock(mutex);
    endpoints[webhook.id].intake = intake;
  } while (intake.more);
  return true;
}

/// What may begin now: due, in order, and within the limits.
std::vector<DeliveryRow> DeliveryWorker::State::due(const WebhookRow& webhook, Instant now) {
  EndpointQueue before;  // looked at before the database, so that what ends in between is not begun again
  {
    const std::lock_guard lock(mutex);
    before = endpoints[webhook.id];
  }
  const int free = before.free(settings.per_endpoint);
  if (free == 0) return {};
  Snapshot at = context.store.read();
  std::vector<DeliveryRow> rows;
  for (DeliveryRow& row : due_deliveries(at, webhook.id, now, free + static_cast<int>(before.running.size()))) {
    if (std::ssize(rows) < free && before.may_begin(row)) rows.push_back(std::move(row));
  }
  return rows;
}

/// Whether this server is the one that sends for the endpoint. A claim lasts longer than any request that it begins.
bool DeliveryWorker::State::claim(const WebhookRow& webhook, Instant now) {
  if (!shared) return true;
  {
    const std::lock_guard lock(mutex);
    const auto until = endpoints[webhook.id].claimed_until;
    if (until && *until - now > settings.claim / 2) return true;
  }
  {
    Snapshot at = context.store.read();
    if (claimed_until(at, webhook.id, node, now)) return false;
  }
  bool ours = false;
  const Instant until = now + settings.claim;
  auto written = context.store.write([&](Connection& to) { ours = claim_webhook(to, webhook.id, node, now, until); });
  if (!written || !ours) return false;
  const std::lock_guard lock(mutex);
  endpoints[webhook.id].claimed_until = until;
  return true;
}

/// A sending thread.
void DeliveryWorker::State::send(std::stop_token stop) {
  for (;;) {
    std::optional<DeliveryTurns::Taken> taken;
    {
      std::unique_lock lock(mutex);
      const bool got = ready.wait(lock, stop, [&] {
        if (!stop.stop_requested()) taken = queue.take(share);
        return taken.has_value();
      });
      if (!got) return;
    }
    const DeliveryRow& row = taken->row;
    attempt(row);
    {
      const std::lock_guard lock(mutex);
      queue.ended(taken->organisation);
      endpoints[row.webhook].end(row);
      --busy;
      ++asked;
    }
    quiet.notify_all();
    bell.ring();
  }
}

void DeliveryWorker::State::attempt(const DeliveryRow& row) {
  const auto rest = [&] {
    const std::lock_guard lock(mutex);
    endpoints[row.webhook].rest(context.clock() + trouble_rest);
  };
  try {
    auto end = attempt_delivery(context, client, settings.attempt, row, cut.get_token());
    if (end) return settle_outcome(row, *end);
    rest();
    journal.write(Severity::warning, "delivery_not_stored",
                  {{"delivery", row.message}, {"reason", end.error().detail}});
  } catch (const std::exception&) {
    rest();
    journal.write_exception("delivery_failed", {{"delivery", row.message}});
  }
}

/// What an attempt says about its endpoint as a whole.
void DeliveryWorker::State::settle_outcome(const DeliveryRow& row, const AttemptEnd& end) {
  const Instant now = context.clock();
  {
    const std::lock_guard lock(mutex);
    EndpointQueue& endpoint = endpoints[row.webhook];
    if (end.paused_until) endpoint.rest(*end.paused_until);
    const bool test = row.position == 0;  // judges nobody: whoever has mended what failed tests again at once
    if (end.outcome && nobody_there(*end.outcome)) {
      if (!test) endpoint.rest(now + rest_after(++endpoint.unreachable));
    } else if (end.outcome && *end.outcome != DeliveryOutcome::cancelled) {
      endpoint.unreachable = 0;
    }
  }
  if (end.disabled)
    journal.write(Severity::warning, "webhook_disabled", {{"delivery", row.message}, {"reason", end.detail}});
}

DeliveryWorker::DeliveryWorker(Context& context, const OutboundClient& client, DeliverySettings settings,
                               Journal journal) {
  if (settings.threads == 0 || settings.per_endpoint == 0 || settings.backlog <= 0) {
    throw std::invalid_argument(
        "webhook deliveries need at least one thread, one request an endpoint and one in the queue");
  }
  if (!settings.attempt.random) throw std::invalid_argument("webhook deliveries need a source of chance");
  state_ = std::make_unique<State>(context, client, std::move(settings), std::move(journal));
}

DeliveryWorker::~DeliveryWorker() { stop(); }

void DeliveryWorker::start() {
  const std::lock_guard lock(state_->mutex);
  if (state_->started) return;
  state_->started = true;
  state_->scheduler = std::jthread([this](std::stop_token stop) {
    name_thread("deliveries");
    state_->schedule(stop);
  });
  for (unsigned i = 0; i < state_->settings.threads; ++i) {
    state_->senders.emplace_back([this](std::stop_token stop) {
      name_thread("sender");
      state_->send(stop);
    });
  }
}

void DeliveryWorker::wake() { state_->ask(false); }

void DeliveryWorker::stop() {
  {
    std::unique_lock lock(state_->mutex);
    if (!state_->started) return;
    state_->started = false;
    state_->scheduler.request_stop();
  }
  state_->scheduler.join();
  {
    std::unique_lock lock(state_->mutex);
    const std::vector<DeliveryRow> waiting = state_->queue.clear();
    state_->busy -= waiting.size();
    for (const DeliveryRow& row : waiting) state_->endpoints[row.webhook].end(row);
    state_->quiet.wait_for(lock, state_->settings.grace, [this] { return state_->busy == 0; });
  }
  state_->cut.request_stop();
  state_->senders.clear();  // requests their stop and joins them
  state_->quiet.notify_all();
  if (!state_->shared) return;
  try {
    auto dropped = state_->context.store.write([&](Connection& to) { drop_claims(to, state_->node); });
    if (!dropped) state_->journal.write(Severity::warning, "claims_kept", {{"reason", dropped.error().detail}});
  } catch (const std::exception&) {
    state_->journal.write_exception("claims_kept", Json::object());
  }
}

void DeliveryWorker::settle() {
  state_->ask(true);
  std::unique_lock lock(state_->mutex);
  state_->quiet.wait(lock,
                     [this] { return !state_->started || (state_->answered == state_->asked && state_->busy == 0); });
}

bool DeliveryWorker::running() const {
  const std::lock_guard lock(state_->mutex);
  return state_->started;
}

}  // namespace assay
