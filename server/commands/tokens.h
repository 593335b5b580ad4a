// Personal access tokens: made and revoked by their owner, shown once, kept as a hash.
#pragma once

#include <string>
#include <vector>

#include "commands/perform.h"
#include "storage/people.h"

namespace assay {

inline constexpr std::chrono::days longest_token_life{366};

struct TokenWish {
  std::string name;
  std::vector<std::string> scopes;  // read | write | admin
  Instant expires;
};
struct TokenMade {
  Performed performed;
  std::string token;  // shown once; empty when answered from an Idempotency-Key
};
/// 201. A token never has a scope that the call itself lacks; `admin` only for administrators.
Result<TokenMade> make_personal_token(Context& context, const Call& call, const TokenWish& wish);
/// Ends the token at once. Needs its version.
Result<Performed> revoke_token(Context& context, const Call& call, std::string_view uuid);

/// The event by which `owner` (or who acts for them) revokes the token; of a plan that is about more than tokens.
EventDraft revocation(const Moment& moment, TokenRow token, const PersonRow& owner);

}  // namespace assay
