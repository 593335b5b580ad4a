// Working notes.
#include "storage/notes.h"

#include "storage/connection.h"
#include "storage/projection.h"

namespace assay {
namespace {

template <class... Bindings>
std::vector<NoteRow> notes_by(Snapshot& at, const std::string& rest, const Bindings&... bindings) {
  std::vector<NoteRow> notes;
  for (auto& [id, uuid, record, author, item, item_uuid, text, created, changed, version] :
       at.connection()
           .all<std::int64_t, std::string, RecordId, PersonId, std::optional<std::int64_t>, std::string, std::string,
                Instant, Instant, std::int64_t>(
               "SELECT n.id, n.uuid, n.record, n.author, n.item, COALESCE(i.uuid, ''), n.text, n.created, n.changed,"
               " n.version FROM note n LEFT JOIN item i ON i.id = n.item"
               " WHERE n.record = :record AND n.author = :author AND " +
                   rest,
               bindings...)) {
    notes.push_back(
        {id, std::move(uuid), record, author, item, std::move(item_uuid), std::move(text), created, changed, version});
  }
  return notes;
}

void require_change(std::int64_t changed, const NoteRow& note) {
  if (changed != 1) throw VersionConflict("the note " + note.uuid + " is another one meanwhile");
}

}  // namespace

std::vector<NoteRow> list_notes(Snapshot& at, RecordId record, PersonId author, std::int64_t after_id, int limit) {
  return notes_by(at, "n.id > :after ORDER BY n.id LIMIT :limit", with("record", record), with("author", author),
                  with("after", after_id), with("limit", limit));
}

std::optional<NoteRow> find_note(Snapshot& at, RecordId record, PersonId author, std::string_view uuid) {
  auto found = notes_by(at, "n.uuid = :uuid", with("record", record), with("author", author), with("uuid", uuid));
  if (found.empty()) return {};
  return std::move(found.front());
}

std::int64_t count_notes(Snapshot& at, RecordId record, PersonId author) {
  return at.connection().value<std::int64_t>("SELECT COUNT(*) FROM note WHERE record = :record AND author = :author",
                                             with("record", record), with("author", author));
}

void put_note(Connection& to, const NoteRow& note, std::int64_t most) {
  require_change(
      to.run("INSERT INTO note (uuid, record, author, item, text, created, changed, version)"
             " SELECT CAST(:uuid AS TEXT), CAST(:record AS BIGINT), CAST(:author AS BIGINT), CAST(:item AS BIGINT),"
             " CAST(:text AS TEXT), CAST(:created AS BIGINT), CAST(:changed AS BIGINT), 1"
             " WHERE (SELECT COUNT(*) FROM note WHERE record = :record AND author = :author) < :most",
             with("uuid", note.uuid), with("record", note.record), with("author", note.author), with("item", note.item),
             with("text", note.text), with("created", note.created), with("changed", note.changed), with("most", most)),
      note);
}

void change_note(Connection& to, const NoteRow& note) {
  require_change(to.run("UPDATE note SET item = :item, text = :text, changed = :changed, version = version + 1"
                        " WHERE id = :id AND uuid = :uuid AND version = :before",
                        with("item", note.item), with("text", note.text), with("changed", note.changed),
                        with("id", note.id), with("uuid", note.uuid), with("before", note.version)),
                 note);
}

void drop_note(Connection& to, const NoteRow& note) {
  require_change(to.run("DELETE FROM note WHERE id = :id AND uuid = :uuid AND version = :before", with("id", note.id),
                        with("uuid", note.uuid), with("before", note.version)),
                 note);
}

std::vector<RecordId> records_with_notes(Snapshot& at, std::int64_t after, int limit) {
  std::vector<RecordId> found;
  for (const auto& [record] : at.connection().all<RecordId>(
           "SELECT DISTINCT record FROM note WHERE record > :after ORDER BY record LIMIT :limit", with("after", after),
           with("limit", limit))) {
    found.push_back(record);
  }
  return found;
}

std::int64_t forget_notes(Connection& to, RecordId record) {
  return to.run("DELETE FROM note WHERE record = :record", with("record", record));
}

std::int64_t forget_notes_of(Connection& to, PersonId author) {
  return to.run("DELETE FROM note WHERE author = :author", with("author", author));
}

std::int64_t forget_notes_of_gone(Connection& to) {
  return to.run("DELETE FROM note WHERE author IN (SELECT id FROM person WHERE state IN ('left', 'erased'))");
}

}  // namespace assay
