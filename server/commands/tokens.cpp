// Personal access tokens.
#include "commands/tokens.h"

#include <algorithm>

#include "ledger/token.h"

namespace assay {
namespace {

Result<void> check(const Context& context, const Principal& who, const TokenWish& wish) {
  std::vector<InvalidField> wrong;
  if (wish.name.empty() || wish.name.size() > 100) wrong.push_back({"/name", "must have 1 to 100 bytes"});
  if (wish.scopes.empty()) wrong.push_back({"/scopes", "must name at least one"});
  for (std::size_t i = 0; i < wish.scopes.size(); ++i) {
    const std::string pointer = "/scopes/" + std::to_string(i);
    const auto scope = scope_named(wish.scopes[i]);
    if (!scope) {
      wrong.push_back({pointer, "must be read, write or admin"});
    } else if (!who.scopes.contains(*scope) || (*scope == Scope::admin && !who.has_role("administrator"))) {
      wrong.push_back({pointer, "is more than you may do yourself"});
    }
  }
  const Instant now = context.clock();
  if (wish.expires <= now) wrong.push_back({"/expires", "must be in the future"});
  if (wish.expires > now + longest_token_life) wrong.push_back({"/expires", "must be within 366 days"});
  if (wrong.empty()) return {};
  return Refusal{Reason::invalid, "some fields are not valid", {}, std::move(wrong), {}};
}

EventDraft token_event(const Moment& moment, const TokenRow& token, const PersonRow& owner, std::string_view what) {
  EventDraft event{Subject::token, token.id, token.uuid, token.organisation};
  event.type = "token." + std::string(what);
  event.command = std::string(what);
  event.version = token.version;
  event.actor = owner.id;
  event.at = moment.now;
  event.facts = {{"person", owner.uuid},
                 {"name", token.name},
                 {"hash", token.hash},
                 {"scopes", token.scopes},
                 {"expires", to_text(token.expires)},
                 {"revoked", token.revoked}};
  event.ids.emplace(owner.uuid, static_cast<std::int64_t>(owner.id));
  return event;
}

}  // namespace

EventDraft revocation(const Moment& moment, TokenRow token, const PersonRow& owner) {
  token.revoked = true;
  ++token.version;
  return token_event(moment, token, owner, "revoked");
}

Result<TokenMade> make_personal_token(Context& context, const Call& call, const TokenWish& wish) {
  if (auto fine = check(context, call.who, wish); !fine) return fine.error();
  const std::string secret = make_token(personal_token_prefix);
  TokenRow token;
  token.id = context.store.new_id(Subject::token);
  token.uuid = context.new_uuid();
  token.person = call.who.person.id;
  token.organisation = call.who.organisation.id;
  token.name = wish.name;
  token.hash = token_hash(secret);
  token.scopes = wish.scopes;
  token.expires = wish.expires;
  token.revoked = false;
  token.version = 1;
  auto performed = perform(context, call, [&](Moment& moment) -> Result<Planned> {
    // Rests on the owner as they are: whoever loses the account meanwhile keeps no token for it.
    const auto owner = find_person(moment.at, call.who.person.id);
    if (!owner || owner->state != "active") return refuse(Reason::not_permitted, "this account is not active");
    Planned planned;
    planned.uuid = token.uuid;
    planned.status = 201;
    planned.read = {{Dependency::On::person, static_cast<std::int64_t>(owner->id), owner->version}};
    planned.events = {token_event(moment, token, *owner, "made")};
    return planned;
  });
  if (!performed) return performed.error();
  return TokenMade{*performed, performed->repeated ? std::string() : secret};
}

Result<Performed> revoke_token(Context& context, const Call& call, std::string_view uuid) {
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto token = find_token(moment.at, uuid, call.who.person.id);
    if (!token) return refuse(Reason::not_found, "there is no such token");
    if (auto version = require_version(call, token->version); !version) return version.error();
    if (token->revoked) return refuse(Reason::wrong_state, "this token has been revoked before");
    Planned planned;
    planned.uuid = token->uuid;
    planned.events = {revocation(moment, std::move(*token), call.who.person)};
    return planned;
  });
}

}  // namespace assay
