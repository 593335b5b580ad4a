// Signing in.
#include "commands/sign_in.h"

#include <algorithm>

#include "commands/password.h"
#include "commands/sentence.h"
#include "ledger/digest.h"
#include "ledger/random.h"
#include "ledger/token.h"

namespace assay {
namespace {

const std::set<Scope> all_scopes = {Scope::read, Scope::write, Scope::admin};
constexpr std::chrono::milliseconds touch_every = std::chrono::minutes{1};  // a write for each request would be slow

constexpr Sentence long_email{"must have at most 254 bytes", "darf höchstens 254 Bytes haben"};
constexpr Sentence wrong{"the e-mail address or the password is wrong",
                         "die E-Mail-Adresse oder das Passwort ist falsch"};

/// Who stands behind a session, and the session.
struct Seated {
  SessionRow session;
  Principal who;
};
std::optional<Seated> by_session(const Context& context, const SignInSettings& settings, Snapshot& at,
                                 const std::string& hash, Instant now) {
  auto row = find_session(at, hash, now);
  // The settings of today hold for sessions that began under others.
  if (!row || row->created + settings.session_life <= now || row->seen + settings.session_idle <= now) return {};
  const auto person = find_person(at, row->person);
  auto who = person ? principal_of(context, at, *person, all_scopes) : std::nullopt;
  if (!who) return {};
  who->credential = {Credential::Kind::session, hash};
  return Seated{std::move(*row), std::move(*who)};
}

/// How old what is stored of a session's last use may become: a small part of the time after which it ends.
std::chrono::milliseconds touch_interval(const SignInSettings& settings) {
  return std::min(touch_every, std::chrono::milliseconds(settings.session_idle) / 20);
}

struct Bearing {
  TokenRow token;
  Principal who;
};
std::optional<Bearing> by_token(const Context& context, Snapshot& at, const std::string& hash, Instant now) {
  auto row = find_token_by_hash(at, hash);
  if (!row || row->revoked || row->expires <= now) return {};
  std::set<Scope> scopes;
  for (const auto& name : row->scopes) {
    if (const auto scope = scope_named(name)) scopes.insert(*scope);
  }
  const auto person = find_person(at, row->person);
  auto who = person ? principal_of(context, at, *person, std::move(scopes)) : std::nullopt;
  if (!who) return {};
  who->credential = {Credential::Kind::token, hash};
  return Bearing{std::move(*row), std::move(*who)};
}

}  // namespace

Result<SignedIn> begin_session(Context& context, const SignInSettings& settings, const PersonRow& person,
                               std::string_view password_hash, std::string_view before) {
  const Instant now = context.clock();
  Refusal not_any_more = refuse(Reason::unauthenticated, "this account is not active");
  auto who = [&] {
    Snapshot at = context.store.read();
    return principal_of(context, at, person, all_scopes);
  }();
  if (!who) return not_any_more;
  SignedIn signed_in{make_token(session_token_prefix), to_base64url(random_bytes(24)), now + settings.session_life,
                     std::move(*who)};
  const std::string hash = token_hash(signed_in.session);
  signed_in.who.credential = {Credential::Kind::session, hash};
  const SessionRow row{person.id, signed_in.csrf, now, now, signed_in.expires};
  bool holds = false;
  auto written = context.store.write([&](Connection& to) {
    drop_expired_sessions(to, now);
    holds = hold_password_hash(to, person.id, password_hash);
    if (!holds) return;
    if (!before.empty()) drop_session(to, token_hash(before));
    put_session(to, hash, row);
  });
  if (!written) return written.error();
  if (!holds) return not_any_more;
  return signed_in;
}

Result<SignedIn> sign_in(Context& context, const SignInSettings& settings, SignInThrottle& throttle,
                         std::string_view email, std::string_view password, const Visitor& visitor) {
  if (email.size() > longest_email) {
    return Refusal{Reason::invalid,
                   a_field_is_not_valid.in(visitor.language),
                   {},
                   {{"/email", long_email.in(visitor.language)}},
                   {}};
  }
  const auto admitted = throttle.admit(email, visitor.address, context.clock(), visitor.language);
  if (!admitted) return admitted.error();
  std::optional<PersonRow> person;
  std::optional<std::string> stored;
  {
    Snapshot at = context.store.read();
    person = find_person_by_email(at, email);
    if (person) stored = password_hash(at, person->id);
  }
  const bool known = person && stored && person->state == "active";
  if (!known) spend_password_check(password);
  if (!known || !password_matches(password, *stored)) {
    return refuse(Reason::unauthenticated, wrong.in(visitor.language));
  }
  throttle.succeeded(*admitted);
  if (needs_rehash(*stored)) {
    const std::string encoded = hash_password(password, random_bytes(16));
    bool replaced = false;  // else somebody has set another password meanwhile, and this one opens nothing any more
    auto written = context.store.write(
        [&](Connection& to) { replaced = replace_password_hash(to, person->id, *stored, encoded); });
    if (!written) return written.error();
    if (replaced) stored = encoded;
  }
  return begin_session(context, settings, *person, *stored, visitor.before);
}

Result<void> sign_out(Context& context, std::string_view session) {
  return context.store.write([&](Connection& to) { drop_session(to, token_hash(session)); });
}

std::optional<SessionPrincipal> principal_of_session(Context& context, const SignInSettings& settings,
                                                     std::string_view session) {
  if (!well_formed(session, session_token_prefix)) return {};
  const Instant now = context.clock();
  const std::string hash = token_hash(session);
  std::optional<Seated> found;
  {
    Snapshot at = context.store.read();
    found = by_session(context, settings, at, hash, now);
  }
  if (!found) return {};
  if (found->session.seen + touch_interval(settings) <= now) {
    // This may be an I/O thread: no request waits for it or fails for it. One that is lost ends the session early.
    context.store.write_later([hash, now](Connection& to) { touch_session(to, hash, now); });
  }
  return SessionPrincipal{std::move(found->who), found->session.csrf};
}

std::shared_ptr<const Principal> principal_of_token(Context& context, std::string_view token) {
  if (!well_formed(token, personal_token_prefix)) return {};
  const Instant now = context.clock();
  const std::string hash = token_hash(token);
  const auto version = context.store.people_version();  // before the snapshot: what is read is at least as new
  auto known = version ? context.tokens.find(hash, *version) : std::nullopt;
  const bool fresh = !known;
  if (fresh) {
    Snapshot at = context.store.read();
    if (auto found = by_token(context, at, hash, now)) {
      known = {std::make_shared<const Principal>(std::move(found->who)), found->token.id, found->token.expires,
               found->token.used.value_or(Instant())};
    }
  }
  if (!known || known->expires <= now) return {};
  const bool touched = known->used + touch_every <= now;
  if (touched) {
    // "Last used" is a convenience for its owner: no request waits for it or fails for it.
    context.store.write_later([id = known->token, now](Connection& to) { touch_token(to, id, now); });
    known->used = now;
  }
  if (version && (fresh || touched)) context.tokens.keep(hash, *version, *known);
  return known->who;
}

std::optional<Principal> still_signed_in(const Context& context, const SignInSettings& settings, Snapshot& at,
                                         const Principal& who) {
  const Instant now = context.clock();
  switch (who.credential.kind) {
    case Credential::Kind::session: {
      auto found = by_session(context, settings, at, who.credential.hash, now);
      if (!found) return {};
      return std::move(found->who);
    }
    case Credential::Kind::token: {
      auto found = by_token(context, at, who.credential.hash, now);
      if (!found) return {};
      return std::move(found->who);
    }
    case Credential::Kind::none:
      break;
  }
  const auto person = find_person(at, who.person.id);
  return person ? principal_of(context, at, *person, who.scopes) : std::nullopt;
}

}  // namespace assay
