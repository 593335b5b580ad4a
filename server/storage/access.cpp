// Access rows follow seats down the tree of parents.
#include "storage/access.h"

namespace assay {
namespace {

#define ASSAY_RECORDS_BELOW                                                            \
  "WITH RECURSIVE below (id, type) AS (SELECT id, type FROM record WHERE id = :record" \
  " UNION ALL SELECT r.id, r.type FROM record r JOIN below b ON r.parent = b.id) "
#define ASSAY_RECORDS_ABOVE                                                \
  "WITH RECURSIVE above (id) AS (SELECT id FROM record WHERE id = :record" \
  " UNION ALL SELECT r.parent FROM record r JOIN above a ON r.id = a.id WHERE r.parent IS NOT NULL) "

}  // namespace

void open_access(Connection& to, RecordId record, std::string_view type, OrganisationId organisation) {
  to.send("INSERT INTO access (scope, type, record) VALUES (:scope, :type, :record)",
          with("scope", whole_scope(organisation)), with("type", type), with("record", record));
  to.send(
      ASSAY_RECORDS_ABOVE
      "INSERT INTO access (scope, type, record) SELECT DISTINCT s.person, CAST(:type AS TEXT), CAST(:record AS BIGINT)"
      " FROM above a JOIN assignment s ON s.record = a.id",
      with("record", record), with("type", type));
}

void extend_access(Connection& to, RecordId record, PersonId person) {
  to.send(ASSAY_RECORDS_BELOW
          "INSERT INTO access (scope, type, record) SELECT CAST(:person AS BIGINT), type, id FROM below WHERE true"
          " ON CONFLICT DO NOTHING",
          with("record", record), with("person", person));
}

void restrict_access(Connection& to, RecordId record, PersonId person) {
  const auto seats = to.value<std::int64_t>(ASSAY_RECORDS_ABOVE
                                            "SELECT COUNT(*) FROM above a JOIN assignment s ON s.record = a.id"
                                            " WHERE s.person = :person",
                                            with("record", record), with("person", person));
  if (seats > 0) return;
  to.send(ASSAY_RECORDS_BELOW "DELETE FROM access WHERE scope = :person AND record IN (SELECT id FROM below)",
          with("record", record), with("person", person));
  const auto kept = to.all<RecordId>(ASSAY_RECORDS_BELOW
                                     "SELECT DISTINCT s.record FROM assignment s JOIN below b ON b.id = s.record"
                                     " WHERE s.person = :person",
                                     with("record", record), with("person", person));
  for (const auto& [seat] : kept) extend_access(to, seat, person);
}

}  // namespace assay
