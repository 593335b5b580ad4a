// Organisations and people: founding, inviting, changing roles, leaving, and setting a password.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/perform.h"
#include "commands/sign_in.h"

namespace assay {

/// How long a one-time link for setting a password is good.
inline constexpr std::chrono::hours invitation_lifetime{72};

struct Founding {
  std::string organisation;  // name
  std::string zone = "UTC";  // IANA
  std::string language = "en";
  std::string name, email;  // of the first administrator
};
struct Founded {
  std::string organisation;  // uuid
  std::string person;        // uuid
  std::string invitation;    // one-time token to set the password; shown once, only its hash is kept
};
/// Makes an organisation with its first administrator. For `assay init` and the demo: no person stands behind it.
Result<Founded> found_organisation(Context& context, const Founding& founding);

struct Invitation {
  std::string name, email;
  std::string language = "en";
  std::vector<std::string> roles = {};
  std::vector<std::string> responsibilities = {};  // "item:A.8.13", "process:backup", "site:Hamburg"
};
struct Invited {
  Performed performed;
  std::string token;  // empty when answered from an Idempotency-Key: a secret is shown once
};
/// Administrators only; 201.
Result<Invited> invite_person(Context& context, const Call& call, const Invitation& invitation);
/// What is wrong with an invitation, by its members; whether the address is in use is not looked at.
std::vector<InvalidField> invalid_in(const Context& context, const Invitation& invitation);
/// Invites all of them at once, with these one-time tokens; `uuid` names them, separated by commas. The caller has seen
/// to rights and mistakes.
Planned invite_all(Moment& moment, const Call& call, const std::vector<Invitation>& invitations,
                   const std::vector<std::string>& tokens);
/// A new one-time link for somebody who has not used the first. Administrators only. Refuses with wrong_state for an
/// active person: the link would sign in as them (renew_invitation_at_machine() makes one for a lost password).
Result<Invited> renew_invitation(Context& context, const Call& call, std::string_view person);

struct PersonChange {
  std::optional<std::string> name = {}, language = {};                        // by the person or an administrator
  std::optional<std::vector<std::string>> roles = {}, responsibilities = {};  // by an administrator
};
/// Needs the person's version. The last active administrator cannot lose the role.
Result<Performed> change_person(Context& context, const Call& call, std::string_view person,
                                const PersonChange& change);
/// Ends sessions, tokens and roles; the history stays. Administrators only; not oneself, not the last active
/// administrator. Needs the person's version. Refuses with wrong_state while anything awaits the person (hand_over.h),
/// unless `left_open` says that it may stay with them until it is handed over; the event then counts the records.
Result<Performed> remove_person(Context& context, const Call& call, std::string_view person, bool left_open = false);
/// The plan of that for a person who has not left yet, without what awaits them; `said` is kept with the event.
Result<Planned> plan_leaving(Moment& moment, const Call& call, PersonRow person, Json said);
/// The plan of an event about a person whose row stays as it is but for its version.
Planned plan_noting(Moment& moment, const Call& call, PersonRow person, std::string_view what, Json said);

struct Accepted {
  PersonRow person;
  std::string password_hash;  // what a session for them rests on, see begin_session()
};
/// Uses a one-time link: sets the password, makes the person active, ends all earlier sessions and revokes all tokens.
/// What is wrong with link or password is told in `language` ("de", else English), here and below.
Result<Accepted> accept_invitation(Context& context, std::string_view token, std::string_view password,
                                   std::string_view language = "en");
/// 204. Needs the present password; ends the person's other sessions. By session only. A wrong present password counts
/// as a failed sign-in from `address`; it is looked at only when the new one is acceptable, so that no refusal of the
/// new one tells whether the present one was right. Stale when the password was changed meanwhile.
Result<Performed> change_password(Context& context, const Call& call, SignInThrottle& throttle,
                                  std::string_view address, std::string_view present, std::string_view wanted,
                                  std::string_view language = "en");

/// At least 12 characters (ASVS 6.2.1 asks for 8), at most max_password_bytes, not the e-mail address or name.
Result<void> acceptable_password(std::string_view password, const PersonRow& person, std::string_view language = "en");
/// The refusal of a body without this member.
Refusal missing_field(std::string_view pointer, std::string_view language);

/// True for an active person who has the role.
bool administers(const PersonRow& person);

/// The event by which a person is "erased", "restricted" or has the "restriction_lifted": `person` is the row before.
/// Who is erased keeps id, state and what they did, under a pseudonym; the commit takes the rest out of the log as well
/// (storage/erasure.h). `said` is kept with the event.
EventDraft treated_event(Snapshot& at, PersonRow person, std::string_view what, Instant now,
                         std::optional<PersonId> actor, std::optional<PersonId> second, Json said);

/// The event that gives `person` (with its new version) the row that it holds. `what` in the past tense.
EventDraft person_event(const Moment& moment, const PersonRow& person, std::string_view what,
                        std::optional<PersonId> actor);

}  // namespace assay
