// Reading single records and what belongs to them.
#include "storage/records.h"

#include "storage/access.h"
#include "storage/connection.h"
#include "storage/record_columns.h"

// 1 where record r is seen under these scopes: by a seat on it or above it, or by a grant. Who sees the whole type
// needs neither.
#define ASSAY_SEEN(scopes)                                         \
  "CASE WHEN EXISTS (SELECT 1 FROM access a WHERE a.scope " scopes \
  " AND a.type = r.type AND a.record = r.id)"                      \
  " THEN 1 ELSE 0 END"
#define ASSAY_OWN_SCOPE "= :person"
#define ASSAY_OWN_SCOPES "IN (:person, :granted)"

namespace assay {
namespace {

/// One statement for who sees by seats alone, which nearly everybody does, and one for who sees by grants too.
struct SeenSql {
  std::string_view by_seat, by_grant;
};

template <class... Cols, class... Bindings>
std::vector<std::tuple<Cols...>> all_seen(Snapshot& at, const SeenSql& sql, const Reader& reader,
                                          const Bindings&... bindings) {
  if (!reader.shown) return at.connection().all<Cols...>(sql.by_seat, with("person", reader.person), bindings...);
  std::string by_grant(sql.by_grant);
  constexpr std::string_view scopes = ASSAY_OWN_SCOPES;
  by_grant.insert(by_grant.find(scopes) + scopes.size(), without_lapsed(reader));
  return at.connection().all<Cols...>(by_grant, with("person", reader.person),
                                      with("granted", grant_scope(reader.person)), bindings...);
}

}  // namespace

std::optional<RecordRow> find_record(Snapshot& at, std::string_view uuid, const Reader& reader) {
#define ASSAY_FIND(scopes)       \
  "SELECT " ASSAY_RECORD_COLUMNS \
  ", " ASSAY_SEEN(scopes) " FROM record r WHERE r.uuid = :uuid AND r.organisation = :organisation"
  auto rows = all_seen<ASSAY_RECORD_TYPES, bool>(at, {ASSAY_FIND(ASSAY_OWN_SCOPE), ASSAY_FIND(ASSAY_OWN_SCOPES)},
                                                 reader, with("uuid", uuid), with("organisation", reader.organisation));
  if (rows.empty()) return {};
  const bool seated = std::get<record_column_count>(rows.front());
  RecordRow row = record_from(rows.front());
  if (!seated && !reader.whole.contains(row.type)) return {};
  reader.note(row.id);
  return row;
}

std::optional<std::int64_t> find_record_version(Snapshot& at, std::string_view type, std::string_view uuid,
                                                const Reader& reader) {
#define ASSAY_FIND_VERSION(scopes)       \
  "SELECT r.id, r.version, " ASSAY_SEEN( \
      scopes) " FROM record r WHERE r.uuid = :uuid AND r.organisation = :organisation AND r.type = :type"
  const auto rows = all_seen<RecordId, std::int64_t, bool>(
      at, {ASSAY_FIND_VERSION(ASSAY_OWN_SCOPE), ASSAY_FIND_VERSION(ASSAY_OWN_SCOPES)}, reader, with("uuid", uuid),
      with("organisation", reader.organisation), with("type", type));
  if (rows.empty()) return {};
  const auto& [id, version, seated] = rows.front();
  if (!seated && !reader.whole.contains(std::string(type))) return {};
  reader.note(id);
  return version;
}

namespace {

constexpr std::string_view record_by_id = "SELECT " ASSAY_RECORD_COLUMNS " FROM record r WHERE r.id = :id";

}  // namespace

void foresee_record(Snapshot& at, RecordId id) { at.connection().foresee(record_by_id, with("id", id)); }

std::optional<RecordRow> find_record(Snapshot& at, RecordId id) {
  auto rows = at.connection().all<ASSAY_RECORD_TYPES>(record_by_id, with("id", id));
  if (rows.empty()) return {};
  return record_from(rows.front());
}

bool may_name(Snapshot& at, RecordId id, const Reader& reader) {
  if (!reader.client && !reader.outsider) return true;
  const auto record = find_record(at, id);
  if (!record || !find_record_version(at, record->type, record->uuid, reader)) return false;
  reader.forget(id);  // it is named, not shown
  return true;
}

bool is_record_id(Snapshot& at, std::string_view uuid) {
  return at.connection().value<std::int64_t>("SELECT COUNT(*) FROM record WHERE uuid = :uuid", with("uuid", uuid)) > 0;
}

namespace {

constexpr std::string_view seats_with_people =
    "SELECT a.seat, a.person, p.uuid, p.name FROM assignment a JOIN person p ON p.id = a.person"
    " WHERE a.record = :record ORDER BY a.seat, a.person";

}  // namespace

void foresee_seats(Snapshot& at, RecordId id) { at.connection().foresee(seats_with_people, with("record", id)); }

std::vector<SeatRow> seats_of(Snapshot& at, RecordId id) {
  std::vector<SeatRow> seats;
  for (auto& [seat, person, uuid, name] :
       at.connection().all<std::string, PersonId, std::string, std::string>(seats_with_people, with("record", id))) {
    seats.push_back({std::move(seat), person, std::move(uuid), std::move(name)});
  }
  return seats;
}

namespace {

#define ASSAY_LINKED(scopes) \
  "SELECT l.name, r.id, r.uuid, r.type, r.number, r.state, r.workflow_set, r.body, " ASSAY_SEEN(scopes) " FROM link " \
                                                                                                        "l "
#define ASSAY_POINTED_AT "JOIN record r ON r.id = l.target WHERE l.source = :record ORDER BY l.name, l.target"
#define ASSAY_POINTING "JOIN record r ON r.id = l.source WHERE l.target = :record ORDER BY l.name, l.source"
constexpr SeenSql pointed_at{ASSAY_LINKED(ASSAY_OWN_SCOPE) ASSAY_POINTED_AT,
                             ASSAY_LINKED(ASSAY_OWN_SCOPES) ASSAY_POINTED_AT};
constexpr SeenSql pointing{ASSAY_LINKED(ASSAY_OWN_SCOPE) ASSAY_POINTING, ASSAY_LINKED(ASSAY_OWN_SCOPES) ASSAY_POINTING};

std::string title_of(const WorkflowSet& set, const std::string& type, const std::string& body) {
  const Definition* definition = set.find(type);
  if (definition == nullptr || definition->title.empty()) return {};
  const Json fields = parse_stored(body);
  const auto title = fields.find(definition->title);
  return title != fields.end() && title->is_string() ? title->get<std::string>() : std::string();
}

/// The name under which a link of `type` is seen from its other end; empty when it has none.
std::string back_name(const WorkflowSet& set, const std::string& type, const std::string& link) {
  const Definition* definition = set.find(type);
  if (definition == nullptr) return {};
  const auto found = definition->links.find(link);
  return found == definition->links.end() ? std::string() : found->second.back;
}

void add_links(Snapshot& at, RecordId id, const Reader& reader, const WorkflowSet& set, bool back,
               std::vector<LinkRow>& links) {
  using Text = std::string;
  for (auto& [name, other, uuid, type, number, state, set_hash, body, seated] :
       all_seen<Text, RecordId, Text, Text, Text, Text, Text, Text, bool>(at, back ? pointing : pointed_at, reader,
                                                                          with("record", id))) {
    if (!seated && !reader.whole.contains(type)) continue;
    Text seen_as = back ? back_name(set, type, name) : std::move(name);
    if (seen_as.empty()) continue;
    reader.note(other);
    links.push_back({std::move(seen_as), other, std::move(uuid), type, std::move(number), title_of(set, type, body),
                     std::move(state)});
  }
}

}  // namespace

std::vector<LinkRow> links_from(Snapshot& at, RecordId id, const Reader& reader) {
  std::vector<LinkRow> links;
#define ASSAY_LINKS_FROM(scopes) \
  "SELECT l.name, r.id, r.uuid, r.type, r.number, " ASSAY_SEEN(scopes) " FROM link l " ASSAY_POINTED_AT
  using Text = std::string;
  for (auto& [name, other, uuid, type, number, seated] : all_seen<Text, RecordId, Text, Text, Text, bool>(
           at, {ASSAY_LINKS_FROM(ASSAY_OWN_SCOPE), ASSAY_LINKS_FROM(ASSAY_OWN_SCOPES)}, reader, with("record", id))) {
    if (!seated && !reader.whole.contains(type)) continue;
    reader.note(other);
    links.push_back({std::move(name), other, std::move(uuid), std::move(type), std::move(number), {}, {}});
  }
  return links;
}

std::vector<LinkRow> links_of(Snapshot& at, RecordId id, const Reader& reader, const WorkflowSet& set) {
  std::vector<LinkRow> links;
  add_links(at, id, reader, set, false, links);
  add_links(at, id, reader, set, true, links);
  return links;
}

namespace {

using ProposalTuple = std::tuple<std::string, RecordId, std::string, std::string, PersonId, std::int64_t, Instant>;

ProposalRow proposal_from(ProposalTuple& row) {
  auto& [uuid, record, command, input, proposer, version, at] = row;
  return {std::move(uuid), record, std::move(command), Json::parse(input), proposer, version, at};
}

}  // namespace

std::vector<RecordId> records_awaiting(Snapshot& at, PersonId person, std::int64_t after, int limit) {
  std::vector<RecordId> found;
  for (const auto& [record] : at.connection().all<RecordId>(
           "SELECT record FROM assignment WHERE person = :person AND record > :after"
           " UNION SELECT record FROM proposal WHERE proposer = :person AND outcome = '' AND record > :after"
           " UNION SELECT audit FROM item WHERE auditor = :person AND (result = '' OR status = 'review')"
           " AND audit > :after"
           " ORDER BY 1 LIMIT :limit",
           with("person", person), with("after", after), with("limit", limit))) {
    found.push_back(record);
  }
  return found;
}

std::vector<RecordId> records_engaging(Snapshot& at, PersonId person, const Definition& type) {
  std::vector<RecordId> found;
  for (const auto& [id, state] : at.connection().all<RecordId, std::string>(
           "SELECT DISTINCT r.id, r.state FROM assignment a JOIN record r ON r.id = a.record"
           " WHERE a.person = :person AND r.type = :type ORDER BY r.id",
           with("person", person), with("type", type.type))) {
    if (type.engages->during.contains(state)) found.push_back(id);
  }
  return found;
}

std::vector<ProposalRow> open_proposals(Snapshot& at, RecordId record) {
  std::vector<ProposalRow> open;
  for (auto& row :
       at.connection().all<std::string, RecordId, std::string, std::string, PersonId, std::int64_t, Instant>(
           "SELECT uuid, record, command, input, proposer, version, at FROM proposal"
           " WHERE record = :record AND outcome = '' ORDER BY at, uuid",
           with("record", record))) {
    open.push_back(proposal_from(row));
  }
  return open;
}

std::optional<ProposalRow> find_proposal(Snapshot& at, RecordId record, std::string_view uuid) {
  auto row = at.connection().one<std::string, RecordId, std::string, std::string, PersonId, std::int64_t, Instant>(
      "SELECT uuid, record, command, input, proposer, version, at FROM proposal"
      " WHERE uuid = :uuid AND record = :record AND outcome = ''",
      with("uuid", uuid), with("record", record));
  if (!row) return {};
  return proposal_from(*row);
}

std::vector<DueTimer> due_timers(Snapshot& at, Instant now, int limit) {
  std::vector<DueTimer> due;
  for (auto& [record, name, when] : at.connection().all<RecordId, std::string, Instant>(
           "SELECT record, name, next FROM timer WHERE fired = 0 AND next <= :now ORDER BY next, record, name"
           " LIMIT :limit",
           with("now", now), with("limit", limit))) {
    due.push_back({record, std::move(name), when});
  }
  return due;
}

std::vector<std::pair<std::string, Due>> timers_of(Snapshot& at, RecordId record) {
  std::vector<std::pair<std::string, Due>> running;
  for (auto& [name, day, when, next] : at.connection().all<std::string, Date, Instant, Instant>(
           "SELECT name, day, at, next FROM timer WHERE record = :record AND fired = 0 ORDER BY name",
           with("record", record))) {
    running.emplace_back(std::move(name), Due{day, when, next < when ? std::optional(next) : std::nullopt});
  }
  return running;
}

}  // namespace assay
