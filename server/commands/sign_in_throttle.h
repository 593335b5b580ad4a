// How often a password may be tried: failures counted by account and by address.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "domain/refusal.h"
#include "domain/time.h"

namespace assay {

struct SignInSettings {
  std::chrono::hours session_life{12};    // at most, whatever happens (ASVS 5.0, 7.3.2)
  std::chrono::minutes session_idle{60};  // without a request (ASVS 5.0, 7.3.1)
  int failures_per_account = 10;          // within `window`, then rate_limited
  int failures_per_address = 50;
  std::chrono::minutes window{15};
  std::size_t throttle_entries = 100'000;  // accounts and addresses that the throttle remembers at most
};

/// Longer ones cannot be delivered to (RFC 5321), nobody here has one.
inline constexpr std::size_t longest_email = 254;

/// Counts failed sign-ins per account and per address in memory; a restart forgets them. Thread-safe.
///
/// An attempt counts as failed from the moment that it is admitted, so that attempts at the same time are bounded too;
/// success takes that back. Of an IPv6 address its /64 counts, which is what one customer has at least.
///
/// Beyond `throttle_entries` the oldest entry gives way, not the newcomer: who fills the table would else lock out
/// everybody that is not in it yet, while pushing an entry out takes as many computed passwords as the table has
/// places, and more time than the entry's window.
class SignInThrottle {
 public:
  explicit SignInThrottle(const SignInSettings& settings) : settings_(settings) {}

  struct Admission {
    std::string account, address;  // keys
    Instant address_since;         // the window in which it was counted
  };
  /// Counts an attempt, or refuses with rate_limited and the time until the next try. `email` has at most longest_email
  /// bytes, whether or not anybody has it; `address` is numeric.
  Result<Admission> admit(std::string_view email, std::string_view address, Instant now,
                          std::string_view language = "en");
  /// The attempt was right: the account begins anew, and the address is as if the attempt had not been.
  void succeeded(const Admission& admission);

  std::size_t entries() const;

 private:
  struct Count {
    std::string key;
    Instant since;
    int failures;
  };
  using Counts = std::list<Count>;  // oldest first
  Instant free_at(const std::string& key, int limit, Instant now) const;
  Instant count(const std::string& key, Instant now);
  void forget(Counts::iterator entry);
  void forget_expired(Instant now);

  const SignInSettings settings_;
  mutable std::mutex mutex_;
  Counts counts_;
  std::unordered_map<std::string_view, Counts::iterator> by_key_;  // keys lie in the entries
};

}  // namespace assay
