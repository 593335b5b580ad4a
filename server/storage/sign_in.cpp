// Passwords, invitations, sessions and tokens.
#include "storage/connection.h"
#include "storage/people.h"
#include "storage/projection.h"

namespace assay {
namespace {

using Text = std::string;

TokenRow token_from(std::tuple<std::int64_t, Text, PersonId, OrganisationId, Text, Text, Text, Instant, Instant,
                               std::optional<Instant>, bool, std::int64_t>& row) {
  auto& [id, uuid, person, organisation, name, hash, scopes, created, expires, used, revoked, version] = row;
  return {id,      std::move(uuid), person, organisation, std::move(name), std::move(hash), Json::parse(scopes),
          created, expires,         used,   revoked,      version};
}

template <class... Bindings>
std::vector<TokenRow> tokens_by(Snapshot& at, const std::string& rest, const Bindings&... bindings) {
  std::vector<TokenRow> tokens;
  for (auto& row :
       at.connection()
           .all<std::int64_t, Text, PersonId, OrganisationId, Text, Text, Text, Instant, Instant,
                std::optional<Instant>, bool, std::int64_t>(
               "SELECT t.id, t.uuid, t.person, t.organisation, t.name, t.hash, t.scopes, t.created, t.expires,"
               " u.used, t.revoked, t.version FROM token t LEFT JOIN token_use u ON u.token = t.id WHERE " +
                   rest,
               bindings...)) {
    tokens.push_back(token_from(row));
  }
  return tokens;
}

std::optional<TokenRow> only(std::vector<TokenRow> tokens) {
  if (tokens.empty()) return {};
  return std::move(tokens.front());
}

}  // namespace

std::optional<std::string> password_hash(Snapshot& at, PersonId person) {
  auto row = at.connection().one<Text>("SELECT encoded FROM credential WHERE person = :person", with("person", person));
  if (!row) return {};
  return std::move(std::get<0>(*row));
}

void put_password_hash(Connection& to, PersonId person, std::string_view encoded, Instant now) {
  to.run(
      "INSERT INTO credential (person, encoded, changed) VALUES (:person, :encoded, :changed)"
      " ON CONFLICT (person) DO UPDATE SET encoded = :encoded, changed = :changed",
      with("person", person), with("encoded", encoded), with("changed", now));
}

bool replace_password_hash(Connection& to, PersonId person, std::string_view before, std::string_view encoded) {
  return to.run("UPDATE credential SET encoded = :encoded WHERE person = :person AND encoded = :before",
                with("encoded", encoded), with("person", person), with("before", before)) == 1;
}

bool hold_password_hash(Connection& to, PersonId person, std::string_view encoded) {
  // An update, so that the row is locked on both engines: whoever changes the password waits or was faster.
  return to.run(
             "UPDATE credential SET encoded = encoded WHERE person = :person AND encoded = :encoded AND EXISTS"
             " (SELECT 1 FROM person p WHERE p.id = credential.person AND p.state = 'active')",
             with("person", person), with("encoded", encoded)) == 1;
}

void put_invitation(Connection& to, PersonId person, std::string_view hash, Instant expires) {
  to.run("INSERT INTO invitation (hash, person, expires) VALUES (:hash, :person, :expires)", with("hash", hash),
         with("person", person), with("expires", expires));
}

std::optional<PersonId> find_invitation(Snapshot& at, std::string_view hash, Instant now) {
  const auto row = at.connection().one<PersonId>("SELECT person FROM invitation WHERE hash = :hash AND expires > :now",
                                                 with("hash", hash), with("now", now));
  if (!row) return {};
  return std::get<0>(*row);
}

void drop_invitations(Connection& to, PersonId person) {
  to.run("DELETE FROM invitation WHERE person = :person", with("person", person));
}

std::optional<SessionRow> find_session(Snapshot& at, std::string_view id_hash, Instant now) {
  auto row = at.connection().one<PersonId, Text, Instant, Instant, Instant>(
      "SELECT person, csrf, created, seen, expires FROM session WHERE id_hash = :id_hash AND expires > :now",
      with("id_hash", id_hash), with("now", now));
  if (!row) return {};
  auto& [person, csrf, created, seen, expires] = *row;
  return SessionRow{person, std::move(csrf), created, seen, expires};
}

void put_session(Connection& to, std::string_view id_hash, const SessionRow& row) {
  to.run(
      "INSERT INTO session (id_hash, person, csrf, created, seen, expires)"
      " VALUES (:id_hash, :person, :csrf, :created, :seen, :expires)",
      with("id_hash", id_hash), with("person", row.person), with("csrf", row.csrf), with("created", row.created),
      with("seen", row.seen), with("expires", row.expires));
}

void touch_session(Connection& to, std::string_view id_hash, Instant seen) {
  to.run("UPDATE session SET seen = :seen WHERE id_hash = :id_hash AND seen < :seen", with("seen", seen),
         with("id_hash", id_hash));
}

void drop_session(Connection& to, std::string_view id_hash) {
  to.run("DELETE FROM session WHERE id_hash = :id_hash", with("id_hash", id_hash));
}

void drop_sessions_of(Connection& to, PersonId person, std::string_view but) {
  to.run("DELETE FROM session WHERE person = :person AND id_hash <> :but", with("person", person), with("but", but));
}

void drop_expired_sessions(Connection& to, Instant now) {
  to.run("DELETE FROM session WHERE expires <= :now", with("now", now));
}

std::optional<TokenRow> find_token_by_hash(Snapshot& at, std::string_view hash) {
  return only(tokens_by(at, "t.hash = :hash", with("hash", hash)));
}

std::optional<TokenRow> find_token(Snapshot& at, std::string_view uuid, PersonId owner) {
  return only(tokens_by(at, "t.uuid = :uuid AND t.person = :owner", with("uuid", uuid), with("owner", owner)));
}

std::vector<TokenRow> list_tokens(Snapshot& at, PersonId owner) {
  return tokens_by(at, "t.person = :owner ORDER BY t.id", with("owner", owner));
}

std::vector<TokenRow> list_tokens(Snapshot& at, PersonId owner, std::int64_t after_id, int limit) {
  return tokens_by(at, "t.person = :owner AND t.id > :after ORDER BY t.id LIMIT :limit", with("owner", owner),
                   with("after", after_id), with("limit", limit));
}

void require_no_open_token(Connection& to, PersonId owner) {
  const auto open =
      to.value<std::int64_t>("SELECT COUNT(*) FROM token WHERE person = :owner AND revoked = 0", with("owner", owner));
  if (open > 0) throw VersionConflict("the person has made a token meanwhile");
}

void touch_token(Connection& to, std::int64_t id, Instant used) {
  to.run("INSERT INTO token_use (token, used) VALUES (:token, :used) ON CONFLICT (token) DO UPDATE SET used = :used",
         with("token", id), with("used", used));
}

void project_token(Connection& to, const Event& event) {
  const auto& draft = event.draft;
  const auto& facts = draft.facts;
  const auto expires = optional_instant(facts, "expires");
  if (!expires) throw std::runtime_error("event " + event.uuid + " names no end of the token");
  const std::string scopes = canonical(member(facts, "scopes"));
  if (draft.version == 1) {
    to.run(
        "INSERT INTO token (id, uuid, person, organisation, name, hash, scopes, created, expires, revoked, version)"
        " VALUES (:id, :uuid, :person, :organisation, :name, :hash, :scopes, :created, :expires, :revoked, 1)",
        with("id", draft.id), with("uuid", draft.uuid), with("person", person_id(to, event, text_of(facts, "person"))),
        with("organisation", draft.organisation), with("name", text_of(facts, "name")),
        with("hash", text_of(facts, "hash")), with("scopes", scopes), with("created", draft.at),
        with("expires", *expires), with("revoked", flag_of(facts, "revoked")));
    return;
  }
  require_one(
      to.run("UPDATE token SET name = :name, hash = :hash, scopes = :scopes, expires = :expires, revoked = :revoked,"
             " version = :version WHERE id = :id AND version = :before",
             with("name", text_of(facts, "name")), with("hash", text_of(facts, "hash")), with("scopes", scopes),
             with("expires", *expires), with("revoked", flag_of(facts, "revoked")), with("version", draft.version),
             with("id", draft.id), with("before", draft.version - 1)),
      event);
}

}  // namespace assay
