// Signing in: by e-mail and password with a throttle, by session cookie, and by personal token.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "commands/context.h"

namespace assay {

struct SignInSettings {
  std::chrono::hours session_life{12};    // at most, whatever happens (ASVS 5.0, 7.3.2)
  std::chrono::minutes session_idle{60};  // without a request (ASVS 5.0, 7.3.1)
  int failures_per_account = 10;          // within `window`, then rate_limited
  int failures_per_address = 50;
  std::chrono::minutes window{15};
};

/// Counts failed sign-ins per account and per address in memory; a restart forgets them. Thread-safe.
class SignInThrottle {
 public:
  explicit SignInThrottle(const SignInSettings& settings) : settings_(settings) {}
  /// Refuses with rate_limited and the time until the next try.
  Result<void> admit(std::string_view email, std::string_view address, Instant now);
  void failed(std::string_view email, std::string_view address, Instant now);
  void succeeded(std::string_view email);

 private:
  struct Count {
    Instant since;
    int failures = 0;
  };
  Result<void> admit_one(const std::string& key, int limit, Instant now);
  void count(const std::string& key, Instant now);

  SignInSettings settings_;
  std::mutex mutex_;
  std::map<std::string, Count> counts_;
};

struct SignedIn {
  std::string session;  // cookie value; only its hash is kept
  std::string csrf;     // to be sent back in X-CSRF-Token on every write that rests on the cookie
  Instant expires;
  Principal who;
};

/// The same answer for an unknown address and a wrong password, in about the same time.
Result<SignedIn> sign_in(Context& context, const SignInSettings& settings, SignInThrottle& throttle,
                         std::string_view email, std::string_view password, std::string_view address);
/// Begins a session for a person who has just proved who they are. Refuses with unauthenticated unless they are active
/// and their password is still the one of this hash: a session never outlives the password that it rests on.
Result<SignedIn> begin_session(Context& context, const SignInSettings& settings, const PersonRow& person,
                               std::string_view password_hash);
Result<void> sign_out(Context& context, std::string_view session);

struct SessionPrincipal {
  Principal who;
  std::string csrf;
};
/// Nothing when the session is unknown, idle too long or over, or the person has left.
std::optional<SessionPrincipal> principal_of_session(Context& context, const SignInSettings& settings,
                                                     std::string_view session);
/// The same person as they are now: nothing when the session or token that they came with has ended, or they have left.
/// Does not count as a use of it: what stays open for long asks this, and a session may be idle meanwhile.
std::optional<Principal> still_signed_in(const Context& context, const SignInSettings& settings, Snapshot& at,
                                         const Principal& who);
/// Nothing when the token is malformed, unknown, expired or revoked, or the person has left.
std::shared_ptr<const Principal> principal_of_token(Context& context, std::string_view token);

}  // namespace assay
