// How often a password may be tried.
#include "commands/sign_in_throttle.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "commands/sentence.h"

namespace assay {
namespace {

constexpr Sentence too_many{"too many failed sign-ins: try again later",
                            "zu viele fehlgeschlagene Anmeldungen: versuchen Sie es später noch einmal"};

std::string account_key(std::string_view email) {
  std::string key = "account ";
  std::transform(email.begin(), email.end(), std::back_inserter(key),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return key;
}

std::string address_key(std::string_view address) {
  const std::string numeric(address.substr(0, address.find('%')));  // without the zone of a link-local address
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(AF_INET6, numeric.c_str(), bytes.data()) != 1) return "address " + numeric;
  constexpr std::array<unsigned char, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (std::equal(mapped.begin(), mapped.end(), bytes.begin())) {
    inet_ntop(AF_INET, bytes.data() + mapped.size(), text.data(), text.size());
    return "address " + std::string(text.data());
  }
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
  return "address " + std::string(text.data()) + "/64";
}

}  // namespace

/// When another failure of this key may come: `now`, or the end of its window.
Instant SignInThrottle::free_at(const std::string& key, int limit, Instant now) const {
  const auto found = by_key_.find(key);
  if (found == by_key_.end() || found->second->failures < limit) return now;
  return std::max(now, found->second->since + settings_.window);
}

/// The beginning of the window in which it counts.
Instant SignInThrottle::count(const std::string& key, Instant now) {
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    Count& entry = *found->second;
    if (entry.since + settings_.window > now) {
      ++entry.failures;
      return entry.since;
    }
    forget(found->second);
  }
  while (!counts_.empty() && counts_.size() >= settings_.throttle_entries) forget(counts_.begin());
  counts_.push_back({key, now, 1});
  by_key_.emplace(counts_.back().key, std::prev(counts_.end()));
  return now;
}

void SignInThrottle::forget(Counts::iterator entry) {
  by_key_.erase(entry->key);
  counts_.erase(entry);
}

void SignInThrottle::forget_expired(Instant now) {
  while (!counts_.empty() && counts_.front().since + settings_.window <= now) forget(counts_.begin());
}

Result<SignInThrottle::Admission> SignInThrottle::admit(std::string_view email, std::string_view address, Instant now,
                                                        std::string_view language) {
  Admission admission{account_key(email), address_key(address), now};
  const std::lock_guard lock(mutex_);
  forget_expired(now);
  Instant free = free_at(admission.account, settings_.failures_per_account, now);
  if (free <= now) free = free_at(admission.address, settings_.failures_per_address, now);
  if (free > now) {
    Refusal refusal = refuse(Reason::rate_limited, too_many.in(language));
    refusal.retry_after = std::chrono::ceil<std::chrono::seconds>(free - now);
    return refusal;
  }
  count(admission.account, now);
  admission.address_since = count(admission.address, now);
  return admission;
}

void SignInThrottle::succeeded(const Admission& admission) {
  const std::lock_guard lock(mutex_);
  if (const auto found = by_key_.find(admission.account); found != by_key_.end()) forget(found->second);
  const auto found = by_key_.find(admission.address);
  if (found == by_key_.end() || found->second->since != admission.address_since) return;
  if (--found->second->failures <= 0) forget(found->second);
}

std::size_t SignInThrottle::entries() const {
  const std::lock_guard lock(mutex_);
  return counts_.size();
}

}  // namespace assay
