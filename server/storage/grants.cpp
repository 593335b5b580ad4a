// What records grant: the rows follow states, links and seats of the record.
#include "storage/grants.h"

#include <map>
#include <set>
#include <utility>

#include "storage/access.h"
#include "storage/connection.h"
#include "storage/sql_text.h"

namespace assay {
namespace {

using Opened = std::set<std::pair<RecordId, PersonId>>;

Opened opened_now(Connection& to, RecordId grant) {
  Opened rows;
  for (const auto& [record, person] :
       to.all<RecordId, PersonId>("SELECT record, person FROM granted WHERE source = :source", with("source", grant))) {
    rows.emplace(record, person);
  }
  return rows;
}

Opened to_be_opened(Connection& to, RecordId grant, const GrantsDefinition& grants, const std::string& state) {
  Opened rows;
  if (!grants.during.contains(state)) return rows;
  SqlText text;
  text.add(
          "SELECT DISTINCT l.target, s.person FROM link l JOIN assignment s ON s.record = l.source"
          " WHERE l.source = ",
          grant)
      .add(" AND s.seat = ", grants.to)
      .list(" AND l.name IN ", grants.over);
  for (const auto& [record, person] : to.all_of<RecordId, PersonId>(text.sql, text.bindings()))
    rows.emplace(record, person);
  return rows;
}

constexpr std::size_t ids_at_once = 500;  // ids in one statement

}  // namespace

void project_grants(Connection& to, RecordId grant, const Definition& definition, const std::string& state) {
  const Opened before = opened_now(to, grant);
  const Opened after = to_be_opened(to, grant, *definition.grants, state);
  for (const auto& [record, person] : before) {
    if (after.contains({record, person})) continue;
    to.send("DELETE FROM granted WHERE source = :source AND record = :record AND person = :person",
            with("source", grant), with("record", record), with("person", person));
    restrict_by_grant(to, record, person);
  }
  for (const auto& [record, person] : after) {
    if (before.contains({record, person})) continue;
    to.send("INSERT INTO granted (source, record, person) VALUES (:source, :record, :person)", with("source", grant),
            with("record", record), with("person", person));
    extend_by_grant(to, record, person);
  }
}

bool is_granted(Snapshot& at, PersonId person) { return has_grants(at.connection(), person); }

std::vector<RecordId> grants_to(Snapshot& at, PersonId person) {
  std::vector<RecordId> grants;
  for (const auto& [source] : at.connection().all<RecordId>(
           "SELECT DISTINCT source FROM granted WHERE person = :person ORDER BY source", with("person", person)))
    grants.push_back(source);
  return grants;
}

namespace {

/// Adds to each record the grants that open it, or what is above it, to the person.
void add_grants(Snapshot& at, PersonId person, std::map<RecordId, SeenByGrant>& seen) {
  std::vector<RecordId> ids;
  for (const auto& [id, one] : seen) ids.push_back(id);
  SqlText text;
  text.list("WITH RECURSIVE above (origin, id) AS (SELECT id, id FROM record WHERE id IN ", ids)
      .add(
          " UNION ALL SELECT a.origin, r.parent FROM record r JOIN above a ON r.id = a.id WHERE r.parent IS NOT NULL)"
          " SELECT DISTINCT a.origin, g.source FROM above a JOIN granted g ON g.record = a.id WHERE g.person = ",
          person)
      .add(" ORDER BY a.origin, g.source");
  for (const auto& [origin, source] : at.connection().all_of<RecordId, RecordId>(text.sql, text.bindings()))
    seen.at(origin).grants.push_back(source);
}

}  // namespace

std::vector<SeenByGrant> seen_by_grant(Snapshot& at, const Reader& reader) {
  std::vector<SeenByGrant> all;
  const std::map<RecordId, int>& records = *reader.shown;
  for (auto next = records.begin(); next != records.end();) {
    std::vector<RecordId> ids;
    for (; next != records.end() && ids.size() < ids_at_once; ++next) ids.push_back(next->first);
    SqlText text;
    text.list("SELECT r.id, r.uuid, r.type FROM record r WHERE r.id IN ", ids)
        .add(" AND NOT EXISTS (SELECT 1 FROM access a WHERE a.scope = ", reader.person)
        .add(" AND a.type = r.type AND a.record = r.id)");
    std::map<RecordId, SeenByGrant> seen;
    for (auto& [id, uuid, type] : at.connection().all_of<RecordId, std::string, std::string>(text.sql, text.bindings()))
      if (!reader.whole.contains(type)) seen.emplace(id, SeenByGrant{id, std::move(uuid), std::move(type), {}});
    if (!seen.empty()) add_grants(at, reader.person, seen);
    for (auto& [id, one] : seen) all.push_back(std::move(one));
  }
  return all;
}

}  // namespace assay
