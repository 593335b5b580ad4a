// How people set and change their passwords.
#include <algorithm>
#include <cctype>

#include "commands/password.h"
#include "commands/people.h"
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

/// The plan that gives `person` the password whose hash is `encoded`, and ends what rested on the old one.
Planned new_password(const Moment& moment, PersonRow person, const std::string& encoded, std::string_view what) {
  ++person.version;
  Planned planned;
  planned.uuid = person.uuid;
  planned.read = {{Dependency::On::person, static_cast<std::int64_t>(person.id), person.version - 1}};
  planned.events = {person_event(moment, person, what, person.id)};
  planned.beside = [id = person.id, encoded, now = moment.now](Connection& to) {
    put_password_hash(to, id, encoded, now);
    drop_invitations(to, id);
    drop_sessions_of(to, id);
  };
  return planned;
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

Result<PersonRow> accept_invitation(Context& context, std::string_view token, std::string_view password) {
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
    Planned planned = new_password(moment, *person, encoded, "password_set");
    accepted = *person;
    return planned;
  });
  if (!performed) return performed.error();
  return accepted;
}

Result<void> change_password(Context& context, const Principal& who, std::string_view present,
                             std::string_view wanted) {
  std::string encoded;
  auto performed = perform_unattended(context, [&](Moment& moment) -> Result<Planned> {
    const auto person = find_person(moment.at, who.person.id);
    const auto stored = password_hash(moment.at, who.person.id);
    if (!person || !stored || !password_matches(present, *stored)) {
      return invalid_field("/present", "is not the present password");
    }
    if (auto fine = acceptable_password(wanted, *person); !fine) return fine.error();
    if (encoded.empty()) encoded = encode(wanted);
    return new_password(moment, *person, encoded, "password_changed");
  });
  if (!performed) return performed.error();
  return {};
}

}  // namespace assay
