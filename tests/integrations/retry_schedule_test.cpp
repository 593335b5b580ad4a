// The retry schedule: classification, Retry-After, waits, exhaustion, disabling.
#include "integrations/retry_schedule.h"

#include <catch2/catch_all.hpp>
#include <numeric>

namespace assay::test::retry_schedule_test {
namespace {

using namespace std::chrono_literals;
using Action = DeliveryStep::Action;

const Instant now = parse_instant("2026-11-23T08:00:00.250Z").value();
const RetrySettings settings;

TEST_CASE("a status is an outcome") {
  const auto [status, outcome] = GENERATE(table<unsigned, std::string>({
      {200, "success"},    {201, "success"},    {204, "success"},    {299, "success"},    {300, "redirected"},
      {301, "redirected"}, {302, "redirected"}, {307, "redirected"}, {399, "redirected"}, {400, "failed"},
      {401, "failed"},     {404, "failed"},     {409, "failed"},     {410, "gone"},       {411, "failed"},
      {429, "throttled"},  {500, "failed"},     {501, "failed"},     {502, "throttled"},  {503, "failed"},
      {504, "throttled"},  {505, "failed"},     {999, "failed"},
  }));
  INFO(status);
  CHECK(to_text(outcome_of({.status = status})) == outcome);
}

TEST_CASE("a failure is an outcome, also when a status came first") {
  const auto [failure, outcome] = GENERATE(table<OutboundFailure, DeliveryOutcome>({
      {OutboundFailure::dns, DeliveryOutcome::unreachable},
      {OutboundFailure::blocked_address, DeliveryOutcome::refused},
      {OutboundFailure::connect, DeliveryOutcome::unreachable},
      {OutboundFailure::tls, DeliveryOutcome::unreachable},
      {OutboundFailure::timeout, DeliveryOutcome::timed_out},
      {OutboundFailure::protocol, DeliveryOutcome::unreachable},
      {OutboundFailure::too_large, DeliveryOutcome::unreachable},
      {OutboundFailure::cancelled, DeliveryOutcome::cancelled},
  }));
  INFO(to_text(failure));
  CHECK(outcome_of({.failure = failure}) == outcome);
  CHECK(outcome_of({.failure = failure, .status = 200}) == outcome);
}

TEST_CASE("Retry-After is read as seconds or as a date") {
  const auto [value, wait] = GENERATE(table<std::string, std::optional<std::chrono::seconds>>({
      {"0", 0s},
      {"120", 120s},
      {"007", 7s},
      {"99999999999999999999999", 1'000'000'000s},
      {"Mon, 23 Nov 2026 08:02:00 GMT", 120s},  // 119.75 s, rounded up
      {"Monday, 23-Nov-26 08:02:00 GMT", 120s},
      {"Mon Nov 23 08:02:00 2026", 120s},
      {"Mon, 23 Nov 2026 07:00:00 GMT", 0s},
      {"", std::nullopt},
      {"-1", std::nullopt},
      {"1.5", std::nullopt},
      {" 120", std::nullopt},
      {"120 s", std::nullopt},
      {"soon", std::nullopt},
      {"2026-11-23T08:02:00Z", std::nullopt},
      {"Mon, 23 Nov 2026 08:02:00", std::nullopt},
      {"Mon, 23 Nov 2026 08:02:00 GMT, 1", std::nullopt},
      {"Mon, 32 Nov 2026 08:02:00 GMT", std::nullopt},
      {"Mon, 23 Nov 2026 25:02:00 GMT", std::nullopt},
  }));
  INFO(value);
  CHECK(parse_retry_after(value, now) == wait);
}

TEST_CASE("the waits between attempts are those of Standard Webhooks, about 76 hours in all") {
  std::vector<std::chrono::seconds> waits;
  for (int attempts = 1;; ++attempts) {
    const auto step = after_attempt(settings, DeliveryOutcome::failed, attempts, now, {}, now, 0.0);
    if (step.action == Action::exhausted) break;
    REQUIRE(step.action == Action::retry);
    waits.push_back(std::chrono::duration_cast<std::chrono::seconds>(step.retry_at.value() - now));
    CHECK_FALSE(step.paused_until);
    CHECK_FALSE(step.disable);
  }
  CHECK(waits == std::vector<std::chrono::seconds>{5s, 5min, 30min, 2h, 5h, 10h, 14h, 20h, 24h});
  CHECK(settings.waits.front() == 0s);
  CHECK(std::accumulate(waits.begin(), waits.end(), 0s) / 1h == 75);
}

TEST_CASE("the random number lengthens a wait by at most its tenth") {
  const auto wait = [](double random) {
    return after_attempt(settings, DeliveryOutcome::failed, 4, now, {}, now, random).retry_at.value() - now;
  };
  CHECK(wait(0.0) == 2h);
  CHECK(wait(0.5) == 2h + 6min);
  CHECK(wait(1.0) == 2h + 12min);
  CHECK(wait(-3.0) == 2h);
  CHECK(wait(7.0) == 2h + 12min);
}

TEST_CASE("what the receiver asks for is honoured, and capped") {
  struct Row {
    DeliveryOutcome outcome;
    int attempts;
    std::optional<std::chrono::seconds> asked;
    std::chrono::seconds wait;
    std::optional<std::chrono::seconds> pause;
  };
  using enum DeliveryOutcome;
  const auto row = GENERATE(values<Row>({
      {failed, 1, {}, 5s, {}},
      {failed, 1, 90s, 90s, 90s},
      {failed, 2, 90s, 5min, 90s},  // never earlier than the schedule
      {failed, 1, 48h, 24h, 24h},   // the cap
      {failed, 1, 0s, 5s, 0s},
      {throttled, 1, {}, 60s, 60s},  // says nothing: a minute
      {throttled, 1, 10s, 10s, 10s},
      {throttled, 3, {}, 30min, 60s},
      {redirected, 1, {}, 5s, {}},
      {timed_out, 1, {}, 5s, {}},
      {unreachable, 1, {}, 5s, {}},
      {refused, 1, {}, 5s, {}},
  }));
  INFO(to_text(row.outcome) << " after " << row.attempts);
  const auto step = after_attempt(settings, row.outcome, row.attempts, {}, row.asked, now, 0.0);
  CHECK(step.action == Action::retry);
  CHECK(step.retry_at == now + row.wait);
  CHECK(step.paused_until == (row.pause ? std::optional<Instant>(now + *row.pause) : std::nullopt));
  CHECK(step.failing_since == now);
}

TEST_CASE("success clears what the endpoint had gathered") {
  const auto step = after_attempt(settings, DeliveryOutcome::success, 3, now - 24h, 10s, now, 0.5);
  CHECK(step.action == Action::done);
  CHECK_FALSE(step.failing_since);
  CHECK_FALSE(step.retry_at);
  CHECK_FALSE(step.paused_until);
  CHECK_FALSE(step.disable);
}

TEST_CASE("410 gives the event up and switches the endpoint off at once") {
  const auto step = after_attempt(settings, DeliveryOutcome::gone, 1, {}, {}, now, 0.5);
  CHECK(step.action == Action::exhausted);
  CHECK(step.disable);
}

TEST_CASE("an endpoint that fails for five days is switched off") {
  const auto [failing_for, disable] = GENERATE(table<std::chrono::seconds, bool>(
      {{0s, false}, {24h, false}, {5 * 24h - 1s, false}, {5 * 24h, true}, {6 * 24h, true}}));
  for (const int attempts : {1, 10}) {
    const auto step = after_attempt(settings, DeliveryOutcome::timed_out, attempts, now - failing_for, {}, now, 0.0);
    CHECK(step.disable == disable);
    CHECK(step.failing_since == now - failing_for);
    CHECK(step.action == (attempts == 10 ? Action::exhausted : Action::retry));
  }
}

TEST_CASE("an attempt that our shutdown cut off does not count") {
  const auto step = after_attempt(settings, DeliveryOutcome::cancelled, 10, now - 6 * 24h, 10s, now, 0.5);
  CHECK(step.action == Action::repeat);
  CHECK(step.failing_since == now - 6 * 24h);
  CHECK_FALSE(step.disable);
  CHECK_FALSE(after_attempt(settings, DeliveryOutcome::cancelled, 1, {}, {}, now, 0.5).failing_since);
}

TEST_CASE("a step without an attempt is the caller's mistake") {
  CHECK_THROWS_AS(after_attempt(settings, DeliveryOutcome::failed, 0, {}, {}, now, 0.0), std::invalid_argument);
}

}  // namespace
}  // namespace assay::test::retry_schedule_test
