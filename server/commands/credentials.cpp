// How people set and change their passwords.
#include <algorithm>
#include <cctype>

#include "commands/password.h"
#include "commands/people.h"
#include "commands/tokens.h"
#include "ledger/random.h"
#include "ledger/token.h"

namespace assay {
namespace {

constexpr std::size_t shortest_password = 12;

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

Result<void> acceptable_password(std::string_view password, const PersonRow& person) {
  if (password.size() < shortest_password) return invalid_field("/password", "must have at least 12 characters");
  if (password.size() > max_password_bytes) return invalid_field("/password", "must have at most 1024 bytes");
  if (contains_without_case(password, person.email) || contains_without_case(password, person.name)) {
    return invalid_field("/password", "must not contain your name or e-mail address");
  }
  return {};
}

Result<Accepted> accept_invitation(Context& context, std::string_view token, std::string_view password) {
  const auto unknown = refuse(Reason::not_found, "this link is not valid, was used, or has expired");
  if (!well_formed(token, setup_token_prefix)) return unknown;
  std::string encoded;
  PersonRow accepted;
  auto performed = perform_unattended(context, [&](Moment& moment) -> Result<Planned> {
    const auto id = find_invitation(moment.at, token_hash(token), moment.now);
    auto person = id ? find_person(moment.at, *id) : std::nullopt;
    if (!person || person->state == "left") return unknown;
    if (auto fine = acceptable_password(password, *person); !fine) return fine.error();
    if (encoded.empty()) encoded = encode(password);
    person->state = "active";
    Planned planned = new_password(moment, *person, encoded, "password_set", {});
    revoke_tokens(moment, *person, planned);
    accepted = *person;
    return planned;
  });
  if (!performed) return performed.error();
  return Accepted{std::move(accepted), std::move(encoded)};
}

Result<Performed> change_password(Context& context, const Call& call, SignInThrottle& throttle,
                                  std::string_view address, std::string_view present, std::string_view wanted) {
  if (call.who.credential.kind == Credential::Kind::token) {
    return refuse(Reason::not_permitted, "sign in: a token cannot change the password");
  }
  const std::string& email = call.who.person.email;
  std::string encoded;
  std::optional<bool> right;  // nothing: the answer was kept under the call's key
  const auto plan = [&](Moment& moment) -> Result<Planned> {
    if (auto admitted = throttle.admit(email, address, moment.now); !admitted) return admitted.error();
    const auto person = find_person(moment.at, call.who.person.id);
    const auto stored = password_hash(moment.at, call.who.person.id);
    right = person && stored && password_matches(present, *stored);
    if (!*right) return invalid_field("/present", "is not the present password");
    if (auto fine = acceptable_password(wanted, *person); !fine) return fine.error();
    if (encoded.empty()) encoded = encode(wanted);
    return new_password(moment, *person, encoded, "password_changed", call.who.credential.hash);
  };
  auto performed = perform(context, call, plan);
  if (right && *right) throttle.succeeded(email);
  if (right && !*right) throttle.failed(email, address, context.clock());
  return performed;
}

}  // namespace assay
