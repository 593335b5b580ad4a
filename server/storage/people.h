// Organisations, people, their roles and responsibilities, and how they sign in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/event.h"
#include "storage/reader.h"
#include "storage/store.h"

namespace assay {

struct OrganisationRow {
  OrganisationId id;
  std::string uuid;
  std::string name;
  std::string zone;      // IANA
  std::string language;  // "en", "de"
  std::int64_t version;
  std::vector<Date> holidays = {};     // in order; working days pass them over
  std::string plugin_settings = "{}";  // JSON by plugin; see commands/plugin_settings.h
};
std::optional<OrganisationRow> find_organisation(Snapshot& at, OrganisationId id);
std::optional<OrganisationRow> find_organisation(Snapshot& at, std::string_view uuid);
std::vector<OrganisationRow> list_organisations(
    Snapshot& at);  // for the server itself and its administrators on the CLI

struct PersonRow {
  PersonId id;
  std::string uuid;
  OrganisationId organisation;
  std::string name;
  std::string email;  // unique in the server, compared without case
  std::string language;
  std::string state;  // invited | active | left | erased
  std::int64_t version;
  std::vector<std::string> roles;
  std::vector<std::string> responsibilities;
  bool restricted = false;  // shown to administrators and the data protection officer alone (GDPR Art. 18)
};
/// True of the state of somebody who has left, whether or not they were erased afterwards.
bool has_left(std::string_view state);
/// "Person 3F2A9C", from the public id: what stands in place of the name of somebody who was erased or is restricted.
std::string pseudonym_of(std::string_view uuid);
std::optional<PersonRow> find_person(Snapshot& at, PersonId id);
std::optional<PersonRow> find_person(Snapshot& at, std::string_view uuid,
                                     const Reader& reader);                           // own organisation only
std::optional<PersonRow> find_person_by_email(Snapshot& at, std::string_view email);  // for sign-in only
std::optional<PersonRow> find_person_anywhere(Snapshot& at, std::string_view uuid);   // for the server itself
/// The public ids of all who were erased, for the server itself.
std::vector<std::string> list_erased(Snapshot& at);
/// An e-mail address without case (only ASCII letters have one in addresses that are in use): no two people have the
/// same.
std::string email_key(std::string_view email);
/// The name of somebody as the reader is told it: of who is restricted the pseudonym, but to those who look after
/// privacy and to themselves.
std::string name_for(const Reader& reader, PersonId person, std::string_view uuid, std::string_view name,
                     bool restricted);
inline std::string name_for(const Reader& reader, const PersonRow& person) {
  return name_for(reader, person.id, person.uuid, person.name, person.restricted);
}
/// True but for outsiders, who know themselves and whoever holds a seat on a record that they see.
bool knows_person(Snapshot& at, const Reader& reader, PersonId person);
/// Those whom the reader knows, without those who were erased or are restricted, unless the reader looks after privacy
/// or is restricted themselves.
std::vector<PersonRow> list_people(Snapshot& at, const Reader& reader, std::int64_t after_id, int limit);

/// Facts: {name, zone, language, holidays[]?, plugin_settings{}?}: the whole row.
void project_organisation(Connection& to, const Event& event);
/// Facts: {name, email, language, state, roles[], responsibilities[], restricted?}: the whole row; besides {said?} and,
/// of an erasure, {tokens[]}.
void project_person(Connection& to, const Event& event);

// Credentials and sessions are not in the log: secrets have no history, and a replay signs nobody in.
std::optional<std::string> password_hash(Snapshot& at, PersonId person);
void put_password_hash(Connection& to, PersonId person, std::string_view encoded, Instant now);
/// The same password under other parameters; false, and nothing changes, when `before` is not the present hash any
/// more.
bool replace_password_hash(Connection& to, PersonId person, std::string_view before, std::string_view encoded);
/// True when the person is active and this is the present hash; then it stays so until the transaction ends.
bool hold_password_hash(Connection& to, PersonId person, std::string_view encoded);

/// A one-time link by which an invited person (or the first administrator) sets a password. `hash` is SHA-256 hex.
void put_invitation(Connection& to, PersonId person, std::string_view hash, Instant expires);
std::optional<PersonId> find_invitation(Snapshot& at, std::string_view hash, Instant now);
void drop_invitations(Connection& to, PersonId person);

struct SessionRow {
  PersonId person;
  std::string csrf;
  Instant created, seen, expires;
};
std::optional<SessionRow> find_session(Snapshot& at, std::string_view id_hash, Instant now);
void put_session(Connection& to, std::string_view id_hash, const SessionRow& row);
void touch_session(Connection& to, std::string_view id_hash, Instant seen);
void drop_session(Connection& to, std::string_view id_hash);
void drop_sessions_of(Connection& to, PersonId person, std::string_view but = {});  // all `but` the one of this hash
void drop_expired_sessions(Connection& to, Instant now);

struct TokenRow {
  std::int64_t id;
  std::string uuid;
  PersonId person;
  OrganisationId organisation;
  std::string name;
  std::string hash;                 // SHA-256 hex of the token
  std::vector<std::string> scopes;  // read | write | admin
  Instant created, expires;
  std::optional<Instant> used;
  bool revoked;
  std::int64_t version;
};
std::optional<TokenRow> find_token_by_hash(Snapshot& at, std::string_view hash);
std::optional<TokenRow> find_token(Snapshot& at, std::string_view uuid, PersonId owner);
std::vector<TokenRow> list_tokens(Snapshot& at, PersonId owner);  // all of them
/// Those after `after_id`, by id.
std::vector<TokenRow> list_tokens(Snapshot& at, PersonId owner, std::int64_t after_id, int limit);
/// Makes the commit stale while the person has a token that is not revoked: it was made after the commit's snapshot.
void require_no_open_token(Connection& to, PersonId owner);
void touch_token(Connection& to, std::int64_t id, Instant used);  // outside of the log
/// Facts: {person: uuid, name, hash, scopes[], expires, revoked}: the whole row.
void project_token(Connection& to, const Event& event);

}  // namespace assay
