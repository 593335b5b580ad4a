// Working notes: what people jot down at a record for themselves. Outside of the log; no query but those of this file
// looks at them, and each that shows one takes its author.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/store.h"

namespace assay {

struct NoteRow {
  std::int64_t id;
  std::string uuid;
  RecordId record;
  PersonId author;
  std::optional<std::int64_t> item;  // checklist item that it is about
  std::string item_uuid;             // empty as well when the item has left the plan
  std::string text;
  Instant created, changed;
  std::int64_t version;
};

/// The author's notes at a record, by id and after `after_id`.
std::vector<NoteRow> list_notes(Snapshot& at, RecordId record, PersonId author, std::int64_t after_id, int limit);
std::optional<NoteRow> find_note(Snapshot& at, RecordId record, PersonId author, std::string_view uuid);
std::int64_t count_notes(Snapshot& at, RecordId record, PersonId author);

/// A new note; its id is given by the database. Throws VersionConflict when the author has `most` there already.
void put_note(Connection& to, const NoteRow& note, std::int64_t most);
/// Text, item and time of change, with the version that follows. Throws VersionConflict unless the note is at
/// `note.version`.
void change_note(Connection& to, const NoteRow& note);
/// Throws VersionConflict unless the note is at that version.
void drop_note(Connection& to, const NoteRow& note);

/// Records at which there are notes, by id and after `after`.
std::vector<RecordId> records_with_notes(Snapshot& at, std::int64_t after, int limit);
/// All notes at a record, whoever wrote them: when their time is over, or the record goes. How many there were.
std::int64_t forget_notes(Connection& to, RecordId record);
/// All notes of a person, who leaves or is erased. How many there were.
std::int64_t forget_notes_of(Connection& to, PersonId author);
/// Notes of all who are not here any more: what was written at the moment in which they left. How many there were.
std::int64_t forget_notes_of_gone(Connection& to);

}  // namespace assay
