// Organisations and people.
#include "commands/people.h"

#include <date/tz.h>

#include <algorithm>

#include "commands/hand_over.h"
#include "ledger/random.h"
#include "ledger/token.h"
#include "storage/notes.h"

namespace assay {
namespace {

constexpr std::size_t name_limit = 200;
constexpr std::size_t list_limit = 200;

bool known_zone(const std::string& zone) {
  try {
    date::locate_zone(zone);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

bool plausible_email(std::string_view email) {
  const auto at = email.find('@');
  if (email.size() > 254 || at == 0 || at == std::string_view::npos ||
      email.find('@', at + 1) != std::string_view::npos) {
    return false;
  }
  const auto domain = email.substr(at + 1);
  return !domain.empty() &&
         std::none_of(email.begin(), email.end(), [](unsigned char c) { return c <= ' ' || c == 127; });
}

void check_name(std::string_view name, const char* pointer, std::vector<InvalidField>& wrong) {
  if (name.empty() || name.size() > name_limit) wrong.push_back({pointer, "must have 1 to 200 bytes"});
}

void check_language(std::string_view language, std::vector<InvalidField>& wrong) {
  if (language != "en" && language != "de") wrong.push_back({"/language", "must be \"en\" or \"de\""});
}

void check_roles(const Context& context, const std::vector<std::string>& roles, std::vector<InvalidField>& wrong) {
  for (std::size_t i = 0; i < roles.size(); ++i) {
    const bool twice = std::find(roles.begin(), roles.begin() + static_cast<std::ptrdiff_t>(i), roles[i]) !=
                       roles.begin() + static_cast<std::ptrdiff_t>(i);
    if (!context.workflows->roles.contains(roles[i])) {
      wrong.push_back({"/roles/" + std::to_string(i), "is no known role"});
    } else if (twice) {
      wrong.push_back({"/roles/" + std::to_string(i), "is named twice"});
    }
  }
}

void check_responsibilities(const std::vector<std::string>& all, std::vector<InvalidField>& wrong) {
  if (all.size() > list_limit) wrong.push_back({"/responsibilities", "names more than 200"});
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto colon = all[i].find(':');
    const auto kind = std::string_view(all[i]).substr(0, colon);
    const bool known = kind == "item" || kind == "process" || kind == "site" || kind == "zone";
    if (colon == std::string::npos || !known || colon + 1 == all[i].size() || all[i].size() > name_limit) {
      wrong.push_back({"/responsibilities/" + std::to_string(i),
                       "must be item:ID, process:NAME, site:NAME or zone:NAME of at most 200 bytes"});
    }
  }
}

Result<void> refuse_if(std::vector<InvalidField> wrong) {
  if (wrong.empty()) return {};
  return Refusal{Reason::invalid, "some fields are not valid", {}, std::move(wrong), {}};
}

Json facts_of(const PersonRow& person) {
  Json facts = {{"name", person.name},   {"email", person.email}, {"language", person.language},
                {"state", person.state}, {"roles", person.roles}, {"responsibilities", person.responsibilities}};
  if (person.restricted) facts["restricted"] = true;
  return facts;
}

EventDraft event_of(const PersonRow& person, std::string_view what, std::optional<PersonId> actor, Instant now) {
  EventDraft event{Subject::person, static_cast<std::int64_t>(person.id), person.uuid, person.organisation};
  event.type = "person." + std::string(what);
  event.command = std::string(what);
  event.version = person.version;
  event.actor = actor;
  event.at = now;
  event.facts = facts_of(person);
  return event;
}

PersonRow new_person(const Context& context, OrganisationId organisation, const Invitation& from) {
  return {PersonId{context.store.new_id(Subject::person)},
          context.new_uuid(),
          organisation,
          from.name,
          from.email,
          from.language,
          "invited",
          1,
          from.roles,
          from.responsibilities};
}

std::function<void(Connection&)> put_token(PersonId person, const std::string& token, Instant now) {
  return [=](Connection& to) {
    drop_invitations(to, person);
    put_invitation(to, person, token_hash(token), now + invitation_lifetime);
  };
}

/// What the wish that `person` ceases to be an administrator rests on: the other active ones, as they are now. Empty
/// when there is none.
std::vector<Dependency> other_administrators(Snapshot& at, const Reader& reader, PersonId person) {
  std::vector<Dependency> others;
  std::int64_t after = 0;
  for (;;) {
    const auto page = list_people(at, reader, after, 200);
    for (const auto& one : page) {
      if (one.id == person || !administers(one)) continue;
      others.push_back({Dependency::On::person, static_cast<std::int64_t>(one.id), one.version});
    }
    if (page.size() < 200) return others;
    after = static_cast<std::int64_t>(page.back().id);
  }
}

constexpr const char* last_administrator = "would leave the organisation without an active administrator";

Result<PersonRow> colleague(Moment& moment, const Call& call, std::string_view uuid) {
  auto person = find_person(moment.at, uuid, call.who.reader);
  if (!person) return refuse(Reason::not_found, "there is no such person");
  return *person;
}

Planned plan_for(const PersonRow& person, EventDraft event) {
  Planned planned;
  planned.uuid = person.uuid;
  planned.read = {{Dependency::On::person, static_cast<std::int64_t>(person.id), person.version - 1}};
  planned.events = {std::move(event)};
  return planned;
}

}  // namespace

bool administers(const PersonRow& person) {
  return person.state == "active" &&
         std::find(person.roles.begin(), person.roles.end(), "administrator") != person.roles.end();
}

EventDraft person_event(const Moment& moment, const PersonRow& person, std::string_view what,
                        std::optional<PersonId> actor) {
  return event_of(person, what, actor, moment.now);
}

EventDraft treated_event(Snapshot& at, PersonRow person, std::string_view what, Instant now,
                         std::optional<PersonId> actor, std::optional<PersonId> second, Json said) {
  ++person.version;
  if (what == "restricted") person.restricted = true;
  if (what == "restriction_lifted") person.restricted = false;
  Json tokens = Json::array();
  if (what == "erased") {
    for (const TokenRow& token : list_tokens(at, person.id)) tokens.push_back(token.uuid);
    person = {person.id,
              person.uuid,
              person.organisation,
              pseudonym_of(person.uuid),
              {},
              person.language,
              "erased",
              person.version,
              {},
              {}};
  }
  EventDraft event = event_of(person, what, actor, now);
  event.second = second;
  if (!tokens.empty()) event.facts["tokens"] = std::move(tokens);
  if (!said.empty()) event.facts["said"] = std::move(said);
  return event;
}

Result<Founded> found_organisation(Context& context, const Founding& founding) {
  std::vector<InvalidField> wrong;
  check_name(founding.organisation, "/organisation", wrong);
  check_name(founding.name, "/name", wrong);
  check_language(founding.language, wrong);
  if (!plausible_email(founding.email)) wrong.push_back({"/email", "is no e-mail address"});
  if (!known_zone(founding.zone)) wrong.push_back({"/zone", "is no IANA time zone"});
  if (auto fine = refuse_if(std::move(wrong)); !fine) return fine.error();

  const std::string token = make_token(setup_token_prefix);
  Founded founded{context.new_uuid(), {}, token};
  const OrganisationId organisation{context.store.new_id(Subject::organisation)};
  const PersonRow first = new_person(
      context, organisation, {founding.name, founding.email, founding.language, {"administrator", "isms_manager"}, {}});
  founded.person = first.uuid;
  auto performed = perform_unattended(context, [&](Moment& moment) -> Result<Planned> {
    if (find_person_by_email(moment.at, founding.email)) return invalid_field("/email", "is in use");
    EventDraft event{Subject::organisation, static_cast<std::int64_t>(organisation), founded.organisation,
                     organisation};
    event.type = "organisation.founded";
    event.command = "found";
    event.version = 1;
    event.at = moment.now;
    event.facts = {{"name", founding.organisation}, {"zone", founding.zone}, {"language", founding.language}};
    Planned planned;
    planned.uuid = founded.organisation;
    planned.events = {std::move(event), person_event(moment, first, "invited", {})};
    planned.beside = put_token(first.id, token, moment.now);
    return planned;
  });
  if (!performed) return performed.error();
  return founded;
}

Result<Invited> invite_person(Context& context, const Call& call, const Invitation& invitation) {
  if (auto may = require_administrator(call.who); !may) return may.error();
  if (auto fine = refuse_if(invalid_in(context, invitation)); !fine) return fine.error();

  const std::string token = make_token(setup_token_prefix);
  const PersonRow person = new_person(context, call.who.organisation.id, invitation);
  auto performed = perform(context, call, [&](Moment& moment) -> Result<Planned> {
    if (find_person_by_email(moment.at, invitation.email)) return invalid_field("/email", "is in use");
    Planned planned;
    planned.uuid = person.uuid;
    planned.status = 201;
    planned.events = {person_event(moment, person, "invited", call.who.person.id)};
    planned.beside = put_token(person.id, token, moment.now);
    return planned;
  });
  if (!performed) return performed.error();
  return Invited{*performed, performed->repeated ? std::string() : token};
}

std::vector<InvalidField> invalid_in(const Context& context, const Invitation& invitation) {
  std::vector<InvalidField> wrong;
  check_name(invitation.name, "/name", wrong);
  check_language(invitation.language, wrong);
  if (!plausible_email(invitation.email)) wrong.push_back({"/email", "is no e-mail address"});
  check_roles(context, invitation.roles, wrong);
  check_responsibilities(invitation.responsibilities, wrong);
  return wrong;
}

Planned invite_all(Moment& moment, const Call& call, const std::vector<Invitation>& invitations,
                   const std::vector<std::string>& tokens) {
  Planned planned;
  planned.status = 201;
  std::vector<std::function<void(Connection&)>> kept;
  for (std::size_t i = 0; i < invitations.size(); ++i) {
    const PersonRow person = new_person(moment.context, call.who.organisation.id, invitations[i]);
    planned.uuid.append(planned.uuid.empty() ? "" : ",").append(person.uuid);
    planned.events.push_back(person_event(moment, person, "invited", call.who.person.id));
    kept.push_back(put_token(person.id, tokens.at(i), moment.now));
  }
  planned.beside = [kept = std::move(kept)](Connection& to) {
    for (const auto& put : kept) put(to);
  };
  return planned;
}

Result<Invited> renew_invitation(Context& context, const Call& call, std::string_view uuid) {
  if (auto may = require_administrator(call.who); !may) return may.error();
  const std::string token = make_token(setup_token_prefix);
  auto performed = perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto person = colleague(moment, call, uuid);
    if (!person) return person.error();
    if (has_left(person->state)) return refuse(Reason::wrong_state, "this person has left");
    // Whoever gets the link can sign in: to an account in use nobody but its owner has a way in, administrators
    // neither.
    if (person->state != "invited") {
      return refuse(Reason::wrong_state,
                    "this person has set a password: a new link is made by `assay user reset` at the machine only");
    }
    ++person->version;
    Planned planned = plan_for(*person, person_event(moment, *person, "invitation_renewed", call.who.person.id));
    planned.beside = put_token(person->id, token, moment.now);
    return planned;
  });
  if (!performed) return performed.error();
  return Invited{*performed, performed->repeated ? std::string() : token};
}

Result<Performed> change_person(Context& context, const Call& call, std::string_view uuid, const PersonChange& change) {
  std::vector<InvalidField> wrong;
  if (change.name) check_name(*change.name, "/name", wrong);
  if (change.language) check_language(*change.language, wrong);
  if (change.roles) check_roles(context, *change.roles, wrong);
  if (change.responsibilities) check_responsibilities(*change.responsibilities, wrong);
  if (auto fine = refuse_if(std::move(wrong)); !fine) return fine.error();

  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto person = colleague(moment, call, uuid);
    if (!person) return person.error();
    const bool self = person->id == call.who.person.id;
    if (!self || change.roles || change.responsibilities) {
      if (auto may = require_administrator(call.who); !may) return may.error();
    }
    if (auto version = require_version(call, person->version); !version) return version.error();
    if (has_left(person->state)) return refuse(Reason::wrong_state, "this person has left");
    const bool administered = administers(*person);
    if (change.name) person->name = *change.name;
    if (change.language) person->language = *change.language;
    if (change.roles) person->roles = *change.roles;
    if (change.responsibilities) person->responsibilities = *change.responsibilities;
    ++person->version;
    Planned planned = plan_for(*person, person_event(moment, *person, "changed", call.who.person.id));
    if (administered && !administers(*person)) {
      const auto others = other_administrators(moment.at, call.who.reader, person->id);
      if (others.empty()) return invalid_field("/roles", last_administrator);
      planned.read.insert(planned.read.end(), others.begin(), others.end());
    }
    return planned;
  });
}

Planned plan_noting(Moment& moment, const Call& call, PersonRow person, std::string_view what, Json said) {
  ++person.version;
  Planned planned = plan_for(person, person_event(moment, person, what, call.who.person.id));
  planned.events.front().facts["said"] = std::move(said);
  return planned;
}

Result<Planned> plan_leaving(Moment& moment, const Call& call, PersonRow person, Json said) {
  if (person.id == call.who.person.id) return refuse(Reason::not_permitted, "somebody else must do this for you");
  if (has_left(person.state)) return refuse(Reason::wrong_state, "this person has left");
  const bool administered = administers(person);
  person.state = "left";
  person.roles.clear();
  const PersonId id = person.id;
  Planned planned = plan_noting(moment, call, std::move(person), "left", std::move(said));
  if (administered) {
    const auto others = other_administrators(moment.at, call.who.reader, id);
    if (others.empty()) return refuse(Reason::wrong_state, std::string("this ") + last_administrator);
    planned.read.insert(planned.read.end(), others.begin(), others.end());
  }
  planned.beside = [id](Connection& to) {
    drop_sessions_of(to, id);
    drop_invitations(to, id);
    forget_notes_of(to, id);
  };
  return planned;
}

Result<Performed> remove_person(Context& context, const Call& call, std::string_view uuid, bool left_open) {
  if (auto may = require_administrator(call.who); !may) return may.error();
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto person = colleague(moment, call, uuid);
    if (!person) return person.error();
    if (auto version = require_version(call, person->version); !version) return version.error();
    const auto open = awaiting(context.store, moment.at, person->id, 0, hand_over_limit).size();
    if (open > 0 && !left_open && !has_left(person->state)) {
      return refuse(Reason::wrong_state, std::to_string(open) + (open == hand_over_limit ? " or more" : "") +
                                             " records await this person: hand them over first, or say left_open=true");
    }
    return plan_leaving(moment, call, std::move(*person), {{"left_open", open}});
  });
}

}  // namespace assay
