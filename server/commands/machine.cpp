// What somebody at the machine itself may do.
#include "commands/machine.h"

#include <algorithm>

#include "ledger/token.h"

namespace assay {
namespace {

constexpr int page = 200;

/// Sees the people of an organisation as its administrators do.
Reader reader_of(const OrganisationRow& organisation) { return Reader{PersonId{0}, organisation.id, {}, true, true}; }

std::optional<PersonRow> first_administrator(Snapshot& at, const OrganisationRow& organisation) {
  std::int64_t after = 0;
  for (;;) {
    const auto people = list_people(at, reader_of(organisation), after, page);
    const auto found = std::find_if(people.begin(), people.end(), administers);
    if (found != people.end()) return *found;
    if (std::ssize(people) < page) return {};
    after = static_cast<std::int64_t>(people.back().id);
  }
}

}  // namespace

Result<Invited> renew_invitation_at_machine(Context& context, std::string_view email) {
  const std::string token = make_token(setup_token_prefix);
  auto performed = perform_unattended(context, [&](Moment& moment) -> Result<Planned> {
    auto person = find_person_by_email(moment.at, email);
    if (!person) return refuse(Reason::not_found, "nobody has this e-mail address");
    if (has_left(person->state)) return refuse(Reason::wrong_state, "this person has left");
    ++person->version;
    Planned planned;
    planned.uuid = person->uuid;
    planned.read = {{Dependency::On::person, static_cast<std::int64_t>(person->id), person->version - 1}};
    planned.events = {person_event(moment, *person, "invitation_renewed", {})};
    planned.beside = [id = person->id, token, now = moment.now](Connection& to) {
      drop_invitations(to, id);
      put_invitation(to, id, token_hash(token), now + invitation_lifetime);
    };
    return planned;
  });
  if (!performed) return performed.error();
  return Invited{*performed, token};
}

Result<Invited> invite_administrator_at_machine(Context& context, std::string_view organisation,
                                                const Invitation& invitation) {
  if (auto wrong = invalid_in(context, invitation); !wrong.empty())
    return Refusal{Reason::invalid, "some fields are not valid", {}, std::move(wrong), {}};
  const std::string token = make_token(setup_token_prefix);
  auto performed = perform_unattended(context, [&](Moment& moment) -> Result<Planned> {
    const auto found = find_organisation(moment.at, organisation);
    if (!found) return refuse(Reason::not_found, "there is no such organisation");
    if (first_administrator(moment.at, *found))
      return refuse(Reason::wrong_state, "the organisation has an active administrator, who invites");
    if (find_person_by_email(moment.at, invitation.email)) return invalid_field("/email", "is in use");
    const Principal nobody{{}, *found, reader_of(*found), {}};
    Planned planned = invite_all(moment, Call{nobody}, {invitation}, {token});
    for (EventDraft& event : planned.events) event.actor.reset();
    return planned;
  });
  if (!performed) return performed.error();
  return Invited{*performed, token};
}

Result<Principal> administrator_at_machine(Context& context, std::string_view organisation, std::string_view email) {
  Snapshot at = context.store.read();
  const auto found = find_organisation(at, organisation);
  if (!found) return refuse(Reason::not_found, "there is no such organisation");
  auto person = email.empty() ? first_administrator(at, *found) : find_person_by_email(at, email);
  if (!person || person->organisation != found->id || !administers(*person)) {
    return refuse(Reason::not_found, "the organisation has no active administrator of that name");
  }
  auto who = principal_of(context, at, *person, {Scope::read, Scope::write, Scope::admin});
  if (!who) return refuse(Reason::not_found, "the administrator cannot act");
  return *who;
}

}  // namespace assay
