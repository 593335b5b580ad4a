// How people set and change their passwords.
#include <algorithm>
#include <cctype>

#include "commands/password.h"
#include "commands/people.h"
#include "commands/sentence.h"
#include "commands/tokens.h"
#include "ledger/random.h"
#include "ledger/token.h"

namespace assay {
namespace {

constexpr std::size_t shortest_password = 12;

// What people read who set a password.
constexpr Sentence missing{"is missing", "fehlt"};
constexpr Sentence too_short{"must have at least 12 characters", "muss mindestens 12 Zeichen haben"};
constexpr Sentence too_long{"must have at most 1024 bytes", "darf höchstens 1024 Bytes haben"};
constexpr Sentence too_obvious{"must not contain your name or e-mail address",
                               "darf weder Ihren Namen noch Ihre E-Mail-Adresse enthalten"};
constexpr Sentence not_present{"is not the present password", "ist nicht das jetzige Passwort"};
constexpr Sentence moved{"the password was changed meanwhile", "das Passwort wurde inzwischen geändert"};
constexpr Sentence no_link{"this link is not valid, was used, or has expired",
                           "dieser Link ist nicht gültig, wurde schon benutzt oder ist abgelaufen"};

Refusal wrong_field(std::string_view pointer, const Sentence& why, std::string_view language) {
  return Refusal{
      Reason::invalid, a_field_is_not_valid.in(language), {}, {{std::string(pointer), why.in(language)}}, {}};
}

/// Characters, which in UTF-8 may have several bytes.
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool contains_without_case(std::string_view text, std::string_view part) {
  const auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

std::string encode(std::string_view password) { return hash_password(password, random_bytes(16)); }

/// The plan that gives `person` the password whose hash is `encoded`, and ends what rested on the old one but for the
/// session of this hash.
Planned new_password(const Moment& moment, PersonRow person, const std::string& encoded, std::string_view what,
                     const std::string& kept_session) {
  ++person.version;
  Planned planned;
  planned.uuid = person.uuid;
  planned.status = 204;
  planned.read = {{Dependency::On::person, static_cast<std::int64_t>(person.id), person.version - 1}};
  planned.events = {person_event(moment, person, what, person.id)};
  planned.beside = [id = person.id, encoded, kept_session, now = moment.now](Connection& to) {
    put_password_hash(to, id, encoded, now);
    drop_invitations(to, id);
    drop_sessions_of(to, id, kept_session);
  };
  return planned;
}

/// Whoever had the account before the link was used has no way in any more.
void revoke_tokens(Moment& moment, const PersonRow& person, Planned& planned) {
  for (TokenRow& token : list_tokens(moment.at, person.id)) {
    if (token.revoked) continue;
    planned.events.push_back(revocation(moment, std::move(token), person));
  }
  planned.beside = [id = person.id, before = std::move(planned.beside)](Connection& to) {
    // The events above are applied already: one that is open now was made after the snapshot.
    require_no_open_token(to, id);
    before(to);
  };
}

}  // namespace

Result<void> acceptable_password(std::string_view password, const PersonRow& person, std::string_view language) {
  if (length_of(password) < shortest_password) return wrong_field("/password", too_short, language);
  if (password.size() > max_password_bytes) return wrong_field("/password", too_long, language);
  if (contains_without_case(password, person.email) || contains_without_case(password, person.name)) {
    return wrong_field("/password", too_obvious, language);
  }
  return {};
}

Refusal missing_field(std::string_view pointer, std::string_view language) {
  return wrong_field(pointer, missing, language);
}

Result<Accepted> accept_invitation(Context& context, std::string_view token, std::string_view password,
                                   std::string_view language) {
  auto unknown = refuse(Reason::not_found, no_link.in(language));
  if (!well_formed(token, setup_token_prefix)) return unknown;
  const auto invited = [&](Snapshot& at, Instant now) -> Result<PersonRow> {
    const auto id = find_invitation(at, token_hash(token), now);
    auto person = id ? find_person(at, *id) : std::nullopt;
    if (!person || has_left(person->state)) return unknown;
    if (auto fine = acceptable_password(password, *person, language); !fine) return fine.error();
    return *person;
  };
  {
    Snapshot at = context.store.read();
    if (auto person = invited(at, context.clock()); !person) return person.error();
  }
  const std::string encoded = encode(password);  // takes long: no snapshot is held meanwhile
  PersonRow accepted;
  auto performed = perform_unattended(context, [&](Moment& moment) -> Result<Planned> {
    auto person = invited(moment.at, moment.now);
    if (!person) return person.error();
    person->state = "active";
    Planned planned = new_password(moment, *person, encoded, "password_set", {});
    revoke_tokens(moment, *person, planned);
    accepted = *person;
    return planned;
  });
  if (!performed) return performed.error();
  return Accepted{std::move(accepted), encoded};
}

Result<Performed> change_password(Context& context, const Call& call, SignInThrottle& throttle,
                                  std::string_view address, std::string_view present, std::string_view wanted,
                                  std::string_view language) {
  if (call.who.credential.kind == Credential::Kind::token) {
    return refuse(Reason::not_permitted, "sign in: a token cannot change the password");
  }
  const auto before = performed_before(context, call);
  if (!before) return before.error();
  if (*before) return **before;
  std::optional<PersonRow> person;
  std::optional<std::string> checked;
  {
    Snapshot at = context.store.read();
    person = find_person(at, call.who.person.id);
    checked = password_hash(at, call.who.person.id);
  }
  std::optional<Refusal> refused;
  std::string encoded;
  // First what costs nothing and tells nothing of the present password.
  if (auto fine = acceptable_password(wanted, person.value_or(call.who.person), language); !fine) {
    refused = fine.error();
  } else {
    const auto admitted = throttle.admit(call.who.person.email, address, context.clock(), language);
    if (!admitted) return admitted.error();
    if (person && checked && password_matches(present, *checked)) {
      throttle.succeeded(*admitted);
      encoded = encode(wanted);
    } else {
      refused = wrong_field("/present", not_present, language);
    }
  }
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    if (refused) return *refused;
    const auto now = find_person(moment.at, call.who.person.id);
    if (!now || password_hash(moment.at, now->id) != checked) return refuse(Reason::stale, moved.in(language));
    if (auto fine = acceptable_password(wanted, *now, language); !fine) return fine.error();
    return new_password(moment, *now, encoded, "password_changed", call.who.credential.hash);
  });
}

}  // namespace assay
