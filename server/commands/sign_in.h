// Signing in: by e-mail and password with a throttle, by session cookie, and by personal token.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "commands/context.h"
#include "commands/sign_in_throttle.h"

namespace assay {

struct SignedIn {
  std::string session;  // cookie value; only its hash is kept
  std::string csrf;     // to be sent back in X-CSRF-Token on every write that rests on the cookie
  Instant expires;
  Principal who;
};

/// What somebody brings along who proves who they are.
struct Visitor {
  std::string_view address;          // they come from, numeric
  std::string_view before = {};      // the session that their browser has; it ends when the new one begins
  std::string_view language = "en";  // in which they are told what is wrong
};
/// The same answer for an unknown address and a wrong password, in about the same time. An attempt that was wrong
/// counts in `throttle`.
Result<SignedIn> sign_in(Context& context, const SignInSettings& settings, SignInThrottle& throttle,
                         std::string_view email, std::string_view password, const Visitor& visitor);
/// Begins a session for a person who has just proved who they are, and ends the one `before` in the same write (ASVS
/// 5.0, 7.2.4). Refuses with unauthenticated, and ends nothing, unless they are active and their password is still the
/// one of this hash: a session never outlives the password that it rests on.
Result<SignedIn> begin_session(Context& context, const SignInSettings& settings, const PersonRow& person,
                               std::string_view password_hash, std::string_view before = {});
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
