// Working notes at audits: private to whoever writes them, kept beside the log for a time of their own. Nothing is
// decided by them and no event tells of them.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "commands/perform.h"
#include "storage/notes.h"
#include "storage/records.h"

namespace assay {

/// The policy that says how long notes are kept after the end of their record.
inline constexpr std::string_view notes_policy = "working_notes";

struct NoteLimits {
  std::int64_t bytes = 10'000;  // of a note
  std::int64_t count = 200;     // notes that a person has at a record
};

struct NoteWish {
  std::optional<std::string> text = {};
  std::optional<std::string> item = {};  // uuid of a checklist item of the record; empty: about none
};

/// How long notes at a record are kept once it has come to its end.
struct NotesKept {
  std::int64_t count;
  std::string unit;                // of days, as of a policy
  std::optional<Date> until = {};  // the last day, once the record has ended
};
/// Nothing when the release has no policy for it: then no notes are taken.
std::optional<NotesKept> notes_kept(const Context& context, Snapshot& at, const RecordRow& record);

/// Refuses with not_found where records hold no answers, and with not_permitted for whoever neither holds a seat on the
/// record or above it nor has notes of their own there.
Result<void> may_read_notes(const Context& context, Snapshot& at, const Principal& who, const RecordRow& record);

/// Writes a note; 201. Needs a seat on the record or above it. Refuses with wrong_state once the record has ended and
/// when the author has as many notes there as they may have.
Result<Performed> write_note(Context& context, const Call& call, std::string_view type, std::string_view record,
                             const NoteWish& wish, const NoteLimits& limits);
/// Changes what the wish says, in the same way; needs the note's version. Not_found for a note of anybody else.
Result<Performed> change_note(Context& context, const Call& call, std::string_view type, std::string_view record,
                              std::string_view note, const NoteWish& wish, const NoteLimits& limits);
/// Needs the note's version; also after the end of the record, and without a seat.
Result<Performed> drop_note(Context& context, const Call& call, std::string_view type, std::string_view record,
                            std::string_view note);

/// Deletes the notes at records that ended so long ago that their time is over, record by record, and those of people
/// who are not here any more. How many there were. Throws std::runtime_error when the store refuses.
std::int64_t forget_old_notes(Context& context, const std::stop_token& stop);

}  // namespace assay
