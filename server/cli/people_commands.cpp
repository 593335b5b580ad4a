// Commands on people and their tokens.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>

#include "cli/commands.h"
#include "cli/workspace.h"
#include "commands/machine.h"
#include "commands/tokens.h"

namespace assay {
namespace {

constexpr int page = 200;

OrganisationRow organisation_named(Context& context, const std::string& uuid) {
  Snapshot at = context.store.read();
  const auto all = list_organisations(at);
  if (all.empty()) throw std::runtime_error("there is no organisation yet: see assay init");
  if (uuid.empty() && all.size() == 1) return all.front();
  std::string known;
  for (const OrganisationRow& one : all) {
    if (one.uuid == uuid) return one;
    known += "\n  " + one.uuid + " " + one.name;
  }
  throw SettingError("--organisation must be one of" + known);
}

}  // namespace

int invite_user(const SettingValues& values, const PersonOptions& options) {
  Workspace workspace(values);
  Context& context = workspace.context();
  const OrganisationRow organisation = organisation_named(context, options.organisation);
  const Invitation invitation{options.name, options.email, organisation.language, options.roles, {}};
  auto who = administrator_at_machine(context, organisation.uuid, options.as);
  const bool to_administer = std::ranges::find(options.roles, "administrator") != options.roles.end();
  if (!who && !(to_administer && options.as.empty())) throw Refused(who.error());
  auto invited = who ? invite_person(context, Call{*who}, invitation)
                     : invite_administrator_at_machine(context, organisation.uuid, invitation);
  if (!invited) throw Refused(invited.error());
  fmt::print("{} sets a password within {} hours, once, under\n{}\n", options.name, invitation_lifetime.count(),
             invitation_link(values, invited->token));
  return 0;
}

int reset_user(const SettingValues& values, const std::string& email) {
  Workspace workspace(values);
  auto renewed = renew_invitation_at_machine(workspace.context(), email);
  if (!renewed) throw Refused(renewed.error());
  fmt::print("{} sets a new password within {} hours, once, under\n{}\n", email, invitation_lifetime.count(),
             invitation_link(values, renewed->token));
  return 0;
}

int list_users(const SettingValues& values, const std::string& uuid) {
  Workspace workspace(values);
  Context& context = workspace.context();
  const OrganisationRow organisation = organisation_named(context, uuid);
  const Reader reader{PersonId{0}, organisation.id, {}, true, true};
  Snapshot at = context.store.read();
  std::int64_t after = 0;
  for (;;) {
    const auto people = list_people(at, reader, after, page);
    for (const PersonRow& person : people) {
      fmt::print("{}\t{}\t{}\t{}\n", person.email, person.name, person.state, fmt::join(person.roles, ","));
    }
    if (std::ssize(people) < page) return 0;
    after = static_cast<std::int64_t>(people.back().id);
  }
}

int create_token(const SettingValues& values, const std::string& email, const std::string& name,
                 const std::vector<std::string>& scopes, int days) {
  Workspace workspace(values);
  Context& context = workspace.context();
  std::optional<Principal> who;
  {
    Snapshot at = context.store.read();
    const auto person = find_person_by_email(at, email);
    if (person) who = principal_of(context, at, *person, {Scope::read, Scope::write, Scope::admin});
  }
  if (!who) throw std::runtime_error("no active person has the e-mail address " + email);
  auto made = make_personal_token(context, Call{*who}, {name, scopes, context.clock() + std::chrono::days{days}});
  if (!made) throw Refused(made.error());
  fmt::print("{}\n", made->token);
  return 0;
}

}  // namespace assay
