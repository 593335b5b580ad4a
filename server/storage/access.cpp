// Access rows follow seats, and what grants cover, down the tree of parents. What somebody sees by a seat has no row of
// a grant beside it, so that no list has it twice.
#include "storage/access.h"

#include <fmt/ranges.h>

namespace assay {
namespace {

#define ASSAY_RECORDS_BELOW                                                                          \
  "WITH RECURSIVE below (id, type, shown) AS (SELECT id, type, shown FROM record WHERE id = :record" \
  " UNION ALL SELECT r.id, r.type, r.shown FROM record r JOIN below b ON r.parent = b.id) "
#define ASSAY_RECORDS_ABOVE                                                \
  "WITH RECURSIVE above (id) AS (SELECT id FROM record WHERE id = :record" \
  " UNION ALL SELECT r.parent FROM record r JOIN above a ON r.id = a.id WHERE r.parent IS NOT NULL) "
/// Where a grant opens the record, or what is above it, to somebody (g), and the record (r).
#define ASSAY_GRANTED_ABOVE " FROM above a JOIN granted g ON g.record = a.id JOIN record r ON r.id = :record"
/// A row of access (x) that the person has for the record by a seat.
#define ASSAY_BY_SEAT(person, record) "x.scope = " person " AND x.type = " record ".type AND x.record = " record ".id"

std::int64_t seats_above(Connection& to, RecordId record, PersonId person, bool client) {
  return to.value<std::int64_t>(ASSAY_RECORDS_ABOVE
                                "SELECT COUNT(*) FROM above a JOIN assignment s ON s.record = a.id"
                                " WHERE s.person = :person AND s.client = :client",
                                with("record", record), with("person", person), with("client", client ? 1 : 0));
}

/// Gives one record to those to whom a grant opens it or what is above it, and who see it by no seat.
void show_by_grants(Connection& to, RecordId record) {
  to.send(
      ASSAY_RECORDS_ABOVE
      "INSERT INTO access (scope, type, record) SELECT DISTINCT g.person + :offset, r.type, r.id" ASSAY_GRANTED_ABOVE
      " WHERE NOT EXISTS (SELECT 1 FROM access x WHERE " ASSAY_BY_SEAT("g.person", "r") ") ON CONFLICT DO NOTHING",
      with("record", record), with("offset", grant_offset));
}

/// What the person sees of the record and all below it by a seat by now is not seen by a grant alone any more.
void drop_doubled(Connection& to, RecordId record, PersonId person) {
  to.send(ASSAY_RECORDS_BELOW
          "DELETE FROM access WHERE scope = :granted AND record IN (SELECT x.record FROM below b"
          " JOIN access x ON " ASSAY_BY_SEAT(":person", "b") ")"
          " AND EXISTS (SELECT 1 FROM granted WHERE person = :person)",
          with("record", record), with("granted", grant_scope(person)), with("person", person));
}

/// The records, the nearest one above or all below, at which grants open something to the person.
std::vector<RecordId> opened_at(Connection& to, RecordId record, PersonId person) {
  const auto above = to.value<std::int64_t>(ASSAY_RECORDS_ABOVE
                                            "SELECT COUNT(*) FROM above a JOIN granted g ON g.record = a.id"
                                            " WHERE g.person = :person",
                                            with("record", record), with("person", person));
  if (above > 0) return {record};
  std::vector<RecordId> found;
  for (const auto& [id] :
       to.all<RecordId>(ASSAY_RECORDS_BELOW "SELECT DISTINCT g.record FROM granted g JOIN below b ON b.id = g.record"
                                            " WHERE g.person = :person",
                        with("record", record), with("person", person))) {
    found.push_back(id);
  }
  return found;
}

}  // namespace

bool has_grants(Connection& to, PersonId person) {
  return to.value<std::int64_t>("SELECT COUNT(*) FROM granted WHERE person = :person", with("person", person)) > 0;
}

std::string without_lapsed(const Reader& reader) {
  if (reader.lapsed.empty()) return {};
  std::vector<std::int64_t> lapsed;
  for (const RecordId grant : reader.lapsed) lapsed.push_back(static_cast<std::int64_t>(grant));
  const auto person = static_cast<std::int64_t>(reader.person);
  return fmt::format(
      " AND (a.scope = {} OR a.record IN (WITH RECURSIVE opened (id) AS (SELECT g.record FROM granted g"
      " WHERE g.person = {} AND g.source NOT IN ({}) UNION SELECT c.id FROM record c JOIN opened o ON c.parent = o.id)"
      " SELECT id FROM opened))",
      person, person, fmt::join(lapsed, ", "));
}

void add_scopes(SqlText& text, const Reader& reader) {
  if (!reader.shown) {
    text.add(" = ", reader.person);
    return;
  }
  text.add(" IN (", reader.person).add(", ", grant_scope(reader.person)).add(")").add(without_lapsed(reader));
}

void open_access(Connection& to, RecordId record, std::string_view type, OrganisationId organisation) {
  to.send("INSERT INTO access (scope, type, record) VALUES (:scope, :type, :record)",
          with("scope", whole_scope(organisation)), with("type", type), with("record", record));
  to.send(
      ASSAY_RECORDS_ABOVE
      "INSERT INTO access (scope, type, record) SELECT DISTINCT s.person, CAST(:type AS TEXT), CAST(:record AS BIGINT)"
      " FROM above a JOIN assignment s ON s.record = a.id JOIN record r ON r.id = :record"
      " WHERE s.client = 0 OR r.shown = 1",
      with("record", record), with("type", type));
  show_by_grants(to, record);
}

void extend_access(Connection& to, RecordId record, PersonId person, bool client) {
  to.send(ASSAY_RECORDS_BELOW
          "INSERT INTO access (scope, type, record) SELECT CAST(:person AS BIGINT), type, id FROM below"
          " WHERE shown >= :least ON CONFLICT DO NOTHING",
          with("record", record), with("person", person), with("least", client ? 1 : 0));
  drop_doubled(to, record, person);
}

void restrict_access(Connection& to, RecordId record, PersonId person) {
  if (seats_above(to, record, person, false) > 0) return;
  to.send(ASSAY_RECORDS_BELOW "DELETE FROM access WHERE scope = :person AND record IN (SELECT id FROM below)",
          with("record", record), with("person", person));
  if (seats_above(to, record, person, true) > 0) extend_access(to, record, person, true);
  const auto kept = to.all<RecordId, std::int64_t>(ASSAY_RECORDS_BELOW
                                                   "SELECT DISTINCT s.record, s.client FROM assignment s JOIN below b"
                                                   " ON b.id = s.record WHERE s.person = :person",
                                                   with("record", record), with("person", person));
  for (const auto& [seat, client] : kept) extend_access(to, seat, person, client != 0);
  if (!has_grants(to, person)) return;
  for (const RecordId opened : opened_at(to, record, person)) extend_by_grant(to, opened, person);
}

void show_to_clients(Connection& to, RecordId record) {
  to.send(ASSAY_RECORDS_ABOVE
          "DELETE FROM access WHERE record = :record AND scope IN (SELECT s.person FROM above a JOIN assignment s"
          " ON s.record = a.id GROUP BY s.person HAVING MIN(s.client) = 1)"
          " AND EXISTS (SELECT 1 FROM record WHERE id = :record AND shown = 0)",
          with("record", record));
  to.send(ASSAY_RECORDS_ABOVE
          "INSERT INTO access (scope, type, record) SELECT DISTINCT s.person, r.type, r.id"
          " FROM above a JOIN assignment s ON s.record = a.id JOIN record r ON r.id = :record"
          " WHERE s.client = 1 AND r.shown = 1 ON CONFLICT DO NOTHING",
          with("record", record));
  show_by_grants(to, record);
  to.send(ASSAY_RECORDS_ABOVE
          "DELETE FROM access WHERE record = :record AND scope IN (SELECT g.person + :offset" ASSAY_GRANTED_ABOVE
          " JOIN access x ON " ASSAY_BY_SEAT("g.person", "r") ")",
          with("record", record), with("offset", grant_offset));
}

void extend_by_grant(Connection& to, RecordId record, PersonId person) {
  to.send(ASSAY_RECORDS_BELOW
          "INSERT INTO access (scope, type, record) SELECT CAST(:granted AS BIGINT), b.type, b.id FROM below b"
          " WHERE NOT EXISTS (SELECT 1 FROM access x WHERE " ASSAY_BY_SEAT(":person", "b") ") ON CONFLICT DO NOTHING",
          with("record", record), with("granted", grant_scope(person)), with("person", person));
}

void restrict_by_grant(Connection& to, RecordId record, PersonId person) {
  to.send(ASSAY_RECORDS_BELOW "DELETE FROM access WHERE scope = :granted AND record IN (SELECT id FROM below)",
          with("record", record), with("granted", grant_scope(person)));
  for (const RecordId opened : opened_at(to, record, person)) extend_by_grant(to, opened, person);
}

}  // namespace assay
