// Classification of attempts, Retry-After, and the step after an attempt.
#include "integrations/retry_schedule.h"

#include <date/date.h>

#include <algorithm>
#include <charconv>
#include <locale>
#include <sstream>
#include <stdexcept>
#include <string>

namespace assay {
namespace {

using std::chrono::seconds;

DeliveryOutcome outcome_of_status(unsigned status) {
  if (status >= 200 && status < 300) return DeliveryOutcome::success;
  if (status >= 300 && status < 400) return DeliveryOutcome::redirected;
  if (status == 410) return DeliveryOutcome::gone;
  if (status == 429 || status == 502 || status == 504) return DeliveryOutcome::throttled;
  return DeliveryOutcome::failed;
}

DeliveryOutcome outcome_of_failure(OutboundFailure failure) {
  switch (failure) {
    case OutboundFailure::timeout:
      return DeliveryOutcome::timed_out;
    case OutboundFailure::blocked_address:
      return DeliveryOutcome::refused;
    case OutboundFailure::cancelled:
      return DeliveryOutcome::cancelled;
    case OutboundFailure::dns:
    case OutboundFailure::connect:
    case OutboundFailure::tls:
    case OutboundFailure::protocol:
    case OutboundFailure::too_large:
      break;
  }
  return DeliveryOutcome::unreachable;
}

std::optional<date::sys_seconds> parse_http_date(const std::string& text, const char* format) {
  std::istringstream input(text);
  input.imbue(std::locale::classic());
  date::sys_seconds at;
  input >> date::parse(format, at);
  if (input.fail() || input.peek() != std::istringstream::traits_type::eof()) return {};
  return at;
}

seconds jittered(const RetrySettings& settings, seconds wait, double random) {
  const double extra = static_cast<double>(wait.count()) * settings.jitter * std::clamp(random, 0.0, 1.0);
  return wait + seconds{static_cast<seconds::rep>(extra)};
}

}  // namespace

std::string_view to_text(DeliveryOutcome outcome) {
  switch (outcome) {
    case DeliveryOutcome::success:
      return "success";
    case DeliveryOutcome::gone:
      return "gone";
    case DeliveryOutcome::redirected:
      return "redirected";
    case DeliveryOutcome::throttled:
      return "throttled";
    case DeliveryOutcome::failed:
      return "failed";
    case DeliveryOutcome::timed_out:
      return "timed_out";
    case DeliveryOutcome::unreachable:
      return "unreachable";
    case DeliveryOutcome::refused:
      return "refused";
    case DeliveryOutcome::cancelled:
      return "cancelled";
  }
  throw std::logic_error("unknown delivery outcome");
}

DeliveryOutcome outcome_of(const OutboundResult& result) {
  if (result.failure) return outcome_of_failure(*result.failure);
  return outcome_of_status(result.status.value());
}

std::optional<seconds> parse_retry_after(std::string_view value, Instant now) {
  // A number too long for the type is still a number: the cap brings it down.
  constexpr seconds::rep longest = 1'000'000'000;
  if (!value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos) {
    seconds::rep number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    return seconds{error == std::errc::result_out_of_range ? longest : std::min(number, longest)};
  }
  if (value.size() > 40) return {};
  // RFC 9110, 5.6.7: the form of today and the two of the past, which a recipient must read as well.
  for (const char* format : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    if (const auto at = parse_http_date(std::string(value), format)) {
      const auto wait = std::chrono::ceil<seconds>(*at - now);
      return std::clamp(wait, seconds{0}, seconds{longest});
    }
  }
  return {};
}

DeliveryStep after_attempt(const RetrySettings& settings, DeliveryOutcome outcome, int attempts,
                           std::optional<Instant> failing_since, std::optional<seconds> retry_after, Instant now,
                           double random) {
  using Action = DeliveryStep::Action;
  if (attempts < 1) throw std::invalid_argument("a step follows an attempt");
  DeliveryStep step;
  if (outcome == DeliveryOutcome::success) return step;
  step.failing_since = failing_since;
  if (outcome == DeliveryOutcome::cancelled) {
    step.action = Action::repeat;
    return step;
  }
  if (!failing_since) step.failing_since = now;
  if (outcome == DeliveryOutcome::gone) {
    step.action = Action::exhausted;
    step.disable = true;
    return step;
  }
  const auto asked = retry_after ? std::optional{std::min(*retry_after, settings.retry_after_cap)} : std::nullopt;
  if (asked || outcome == DeliveryOutcome::throttled) step.paused_until = now + asked.value_or(settings.throttle_pause);
  step.disable = now - *step.failing_since >= settings.disable_after;
  if (static_cast<std::size_t>(attempts) >= settings.waits.size()) {
    step.action = Action::exhausted;
    return step;
  }
  step.action = Action::retry;
  const auto wait = jittered(settings, settings.waits[static_cast<std::size_t>(attempts)], random);
  step.retry_at = now + std::max(wait, asked.value_or(seconds{0}));
  if (step.paused_until) step.retry_at = std::max(*step.retry_at, *step.paused_until);
  return step;
}

}  // namespace assay
