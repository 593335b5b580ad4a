// Organisations and people: reading them, and projecting their events.
#include "storage/people.h"

#include <map>
#include <set>

#include "storage/access.h"
#include "storage/connection.h"
#include "storage/projection.h"
#include "storage/sql_text.h"

namespace assay {
namespace {

using Text = std::string;
using OrganisationTuple = std::tuple<OrganisationId, Text, Text, Text, Text, std::int64_t, Text, Text>;

#define ASSAY_ORGANISATION "SELECT id, uuid, name, zone, language, version, holidays, plugin_settings FROM organisation"
#define ASSAY_PERSON "SELECT id, uuid, organisation, name, email, language, state, version, restricted FROM person"

OrganisationRow organisation_from(OrganisationTuple& row) {
  auto& [id, uuid, name, zone, language, version, holidays, plugin_settings] = row;
  OrganisationRow made{id, std::move(uuid), std::move(name), std::move(zone), std::move(language), version};
  made.plugin_settings = std::move(plugin_settings);
  if (holidays == "[]") return made;
  for (const Json& day : Json::parse(holidays)) made.holidays.push_back(parse_date(day.get<std::string>()).value());
  return made;
}

void add_lists(Snapshot& at, std::vector<PersonRow>& people) {
  if (people.empty()) return;
  std::map<PersonId, PersonRow*> by_id;
  std::vector<PersonId> ids;
  for (auto& person : people) {
    by_id.emplace(person.id, &person);
    ids.push_back(person.id);
  }
  SqlText roles, responsibilities;
  roles.list("SELECT person, role FROM person_role WHERE person IN ", ids).add(" ORDER BY person, role");
  for (auto& [person, role] : at.connection().all_of<PersonId, Text>(roles.sql, roles.bindings())) {
    by_id.at(person)->roles.push_back(std::move(role));
  }
  responsibilities.list("SELECT person, name FROM person_responsibility WHERE person IN ", ids)
      .add(" ORDER BY person, name");
  for (auto& [person, name] :
       at.connection().all_of<PersonId, Text>(responsibilities.sql, responsibilities.bindings())) {
    by_id.at(person)->responsibilities.push_back(std::move(name));
  }
}

template <class... Bindings>
std::vector<PersonRow> people_by(Snapshot& at, std::string_view sql, const Bindings&... bindings) {
  std::vector<PersonRow> people;
  for (auto& [id, uuid, organisation, name, email, language, state, version, restricted] :
       at.connection().all<PersonId, Text, OrganisationId, Text, Text, Text, Text, std::int64_t, bool>(sql,
                                                                                                       bindings...)) {
    people.push_back({id,
                      std::move(uuid),
                      organisation,
                      std::move(name),
                      std::move(email),
                      std::move(language),
                      std::move(state),
                      version,
                      {},
                      {},
                      restricted});
  }
  add_lists(at, people);
  return people;
}

std::optional<PersonRow> only(std::vector<PersonRow> people) {
  if (people.empty()) return {};
  return std::move(people.front());
}

void replace_list(Connection& to, std::string_view erase, std::string_view insert, std::int64_t person,
                  const Json& list) {
  to.send(erase, with("person", person));
  if (list.is_null()) return;
  for (const auto& value : list) {
    const auto& text = value.get_ref<const std::string&>();
    to.send(insert, with("person", person), with("value", text));
  }
}

}  // namespace

std::string email_key(std::string_view email) {
  std::string key(email);
  for (char& c : key) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return key;
}

std::optional<OrganisationRow> find_organisation(Snapshot& at, OrganisationId id) {
  auto row = at.connection().one<OrganisationId, Text, Text, Text, Text, std::int64_t, Text, Text>(
      ASSAY_ORGANISATION " WHERE id = :id", with("id", id));
  if (!row) return {};
  return organisation_from(*row);
}

std::optional<OrganisationRow> find_organisation(Snapshot& at, std::string_view uuid) {
  auto row = at.connection().one<OrganisationId, Text, Text, Text, Text, std::int64_t, Text, Text>(
      ASSAY_ORGANISATION " WHERE uuid = :uuid", with("uuid", uuid));
  if (!row) return {};
  return organisation_from(*row);
}

std::vector<OrganisationRow> list_organisations(Snapshot& at) {
  std::vector<OrganisationRow> all;
  for (auto& row : at.connection().all<OrganisationId, Text, Text, Text, Text, std::int64_t, Text, Text>(
           ASSAY_ORGANISATION " ORDER BY id")) {
    all.push_back(organisation_from(row));
  }
  return all;
}

std::optional<PersonRow> find_person(Snapshot& at, PersonId id) {
  return only(people_by(at, ASSAY_PERSON " WHERE id = :id", with("id", id)));
}

std::optional<PersonRow> find_person(Snapshot& at, std::string_view uuid, const Reader& reader) {
  return only(people_by(at, ASSAY_PERSON " WHERE uuid = :uuid AND organisation = :organisation", with("uuid", uuid),
                        with("organisation", reader.organisation)));
}

std::optional<PersonRow> find_person_by_email(Snapshot& at, std::string_view email) {
  return only(people_by(at, ASSAY_PERSON " WHERE email_key = :key", with("key", email_key(email))));
}

namespace {

/// Whoever holds a seat on a record that the reader sees.
std::set<PersonId> seated_in_sight(Snapshot& at, const Reader& reader) {
  SqlText text;
  text.add("SELECT DISTINCT s.person FROM access a JOIN assignment s ON s.record = a.record WHERE a.scope");
  add_scopes(text, reader);
  text.add(without_lapsed(reader));
  std::set<PersonId> people;
  for (auto& [person] : at.connection().all_of<PersonId>(text.sql, text.bindings())) people.insert(person);
  return people;
}

std::vector<PersonRow> list_known(Snapshot& at, const Reader& reader, std::int64_t after_id, int limit) {
  std::set<PersonId> known = seated_in_sight(at, reader);
  known.insert(reader.person);
  std::vector<PersonRow> all;
  for (auto id = known.upper_bound(PersonId{after_id}); id != known.end(); ++id) {
    if (static_cast<int>(all.size()) == limit) break;
    auto person = find_person(at, *id);
    const bool told = person && (*id == reader.person || (!person->restricted && person->state != "erased"));
    if (told) all.push_back(std::move(*person));
  }
  return all;
}

}  // namespace

bool knows_person(Snapshot& at, const Reader& reader, PersonId person) {
  return !reader.outsider || person == reader.person || seated_in_sight(at, reader).contains(person);
}

std::vector<PersonRow> list_people(Snapshot& at, const Reader& reader, std::int64_t after_id, int limit) {
  if (reader.outsider) return list_known(at, reader, after_id, limit);
  return people_by(at,
                   ASSAY_PERSON
                   " WHERE organisation = :organisation AND id > :after"
                   " AND (:all = 1 OR id = :self OR (restricted = 0 AND state <> 'erased')) ORDER BY id LIMIT :limit",
                   with("organisation", reader.organisation), with("after", after_id), with("limit", limit),
                   with("all", reader.privacy), with("self", reader.person));
}

std::optional<PersonRow> find_person_anywhere(Snapshot& at, std::string_view uuid) {
  return only(people_by(at, ASSAY_PERSON " WHERE uuid = :uuid", with("uuid", uuid)));
}

std::vector<std::string> list_erased(Snapshot& at) {
  std::vector<std::string> erased;
  for (auto& [uuid] : at.connection().all<Text>("SELECT uuid FROM person WHERE state = 'erased' ORDER BY uuid"))
    erased.push_back(std::move(uuid));
  return erased;
}

bool has_left(std::string_view state) { return state == "left" || state == "erased"; }

std::string pseudonym_of(std::string_view uuid) {
  constexpr std::size_t digits = 6;
  std::string name("Person ");
  // The end of the id is random; its beginning is the time.
  for (const char c : uuid.substr(uuid.size() < digits ? 0 : uuid.size() - digits))
    name += c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

std::string name_for(const Reader& reader, PersonId person, std::string_view uuid, std::string_view name,
                     bool restricted) {
  const bool told = !restricted || reader.privacy || person == reader.person;
  return told ? std::string(name) : pseudonym_of(uuid);
}

void project_organisation(Connection& to, const Event& event) {
  const auto& draft = event.draft;
  const auto& facts = draft.facts;
  if (draft.version == 1) {
    to.send(
        "INSERT INTO organisation (id, uuid, name, zone, language, version)"
        " VALUES (:id, :uuid, :name, :zone, :language, 1)",
        with("id", draft.id), with("uuid", draft.uuid), with("name", text_of(facts, "name")),
        with("zone", text_of(facts, "zone")), with("language", text_of(facts, "language")));
    to.send("INSERT INTO register_version (organisation, version) VALUES (:organisation, 0)",
            with("organisation", draft.id));
    return;
  }
  require_one(to.run("UPDATE organisation SET name = :name, zone = :zone, language = :language, version = :version,"
                     " holidays = :holidays, plugin_settings = :plugin_settings WHERE id = :id AND version = :before",
                     with("name", text_of(facts, "name")), with("zone", text_of(facts, "zone")),
                     with("language", text_of(facts, "language")), with("version", draft.version), with("id", draft.id),
                     with("before", draft.version - 1), with("holidays", facts.value("holidays", Json::array()).dump()),
                     with("plugin_settings", facts.value("plugin_settings", Json::object()).dump())),
              event);
}

void project_person(Connection& to, const Event& event) {
  const auto& draft = event.draft;
  const auto& facts = draft.facts;
  const std::string email = text_of(facts, "email");
  const auto key = email.empty() ? std::nullopt : std::optional(email_key(email));
  if (draft.version == 1) {
    to.send(
        "INSERT INTO person (id, uuid, organisation, name, email, email_key, language, state, version, restricted)"
        " VALUES (:id, :uuid, :organisation, :name, :email, :email_key, :language, :state, 1, :restricted)",
        with("id", draft.id), with("uuid", draft.uuid), with("organisation", draft.organisation),
        with("name", text_of(facts, "name")), with("email", email), with("email_key", key),
        with("language", text_of(facts, "language")), with("state", text_of(facts, "state")),
        with("restricted", flag_of(facts, "restricted")));
  } else {
    require_one(to.run("UPDATE person SET name = :name, email = :email, email_key = :email_key, language = :language,"
                       " state = :state, version = :version, restricted = :restricted"
                       " WHERE id = :id AND version = :before",
                       with("name", text_of(facts, "name")), with("email", email), with("email_key", key),
                       with("language", text_of(facts, "language")), with("state", text_of(facts, "state")),
                       with("version", draft.version), with("restricted", flag_of(facts, "restricted")),
                       with("id", draft.id), with("before", draft.version - 1)),
                event);
  }
  replace_list(to, "DELETE FROM person_role WHERE person = :person",
               "INSERT INTO person_role (person, role) VALUES (:person, :value) ON CONFLICT DO NOTHING", draft.id,
               member(facts, "roles"));
  replace_list(to, "DELETE FROM person_responsibility WHERE person = :person",
               "INSERT INTO person_responsibility (person, name) VALUES (:person, :value) ON CONFLICT DO NOTHING",
               draft.id, member(facts, "responsibilities"));
}

}  // namespace assay
