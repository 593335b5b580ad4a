// Working notes at audits.
#include "commands/notes.h"

#include <algorithm>
#include <vector>

#include "commands/records.h"
#include "domain/policies.h"
#include "storage/facts.h"
#include "storage/items.h"
#include "storage/people.h"
#include "storage/tasks.h"

namespace assay {
namespace {

constexpr int records_at_once = 100;

bool is_at_end(const Context& context, const RecordRow& record) {
  const auto set = context.store.workflow_set(record.workflow_set);
  if (!set) throw std::runtime_error("workflow set " + record.workflow_set + " is missing");
  return set->types.at(record.type).states.at(record.state).end;
}

/// Audits, of whatever kind: records that hold answers.
Result<void> takes_notes(const Context& context, std::string_view type) {
  const Definition* known = context.workflows->find(type);
  const bool audit =
      known != nullptr && std::find(known->holds.begin(), known->holds.end(), "answers") != known->holds.end();
  if (audit) return {};
  return refuse(Reason::not_found, "notes are taken at audits only");
}

bool is_seated(Snapshot& at, RecordId record, PersonId person) {
  const auto seats = seats_in_line(at, {record});
  const auto found = seats.find(record);
  return found != seats.end() && std::any_of(found->second.begin(), found->second.end(),
                                             [&](const SeatRow& seat) { return seat.person == person; });
}

Refusal not_seated() {
  return refuse(Reason::not_permitted, "notes are taken by those who hold a seat on this record or above it");
}

Refusal no_such_note() { return refuse(Reason::not_found, "there is no such note"); }

Result<void> check_text(const NoteWish& wish, const NoteLimits& limits) {
  if (!wish.text) return {};
  if (wish.text->empty() || std::ssize(*wish.text) > limits.bytes)
    return invalid_field("/text", "must have 1 to " + std::to_string(limits.bytes) + " bytes");
  if (wish.text->find('\0') != std::string::npos) return invalid_field("/text", "must not hold a NUL character");
  return {};
}

/// The record for a note that is written now: the commit holds that neither it nor the author has moved meanwhile.
Result<RecordRow> open_record(Moment& moment, const Call& call, std::string_view type, std::string_view uuid,
                              Planned& planned) {
  auto record = visible_record(moment, call.who, type, uuid);
  if (!record) return record.error();
  if (auto taken = takes_notes(moment.context, type); !taken) return taken.error();
  if (!is_seated(moment.at, record->id, call.who.person.id)) return not_seated();
  if (!moment.context.workflows->policies.contains(std::string(notes_policy)))
    return refuse(Reason::wrong_state, "no policy \"working_notes\" says how long notes would be kept");
  if (is_at_end(moment.context, *record))
    return refuse(Reason::wrong_state, "this record has come to its end: notes are read and deleted, not written");
  const auto author = find_person(moment.at, call.who.person.id);
  if (!author || has_left(author->state)) return refuse(Reason::not_permitted, "this account is not active");
  planned.read = {{Dependency::On::record, static_cast<std::int64_t>(record->id), record->version},
                  {Dependency::On::person, static_cast<std::int64_t>(author->id), author->version}};
  return record;
}

/// Puts the checklist item of the wish into the note.
Result<void> put_item(Moment& moment, const NoteWish& wish, NoteRow& note) {
  if (!wish.item) return {};
  note.item.reset();
  if (wish.item->empty()) return {};
  const auto item = find_item(moment.at, note.record, *wish.item);
  if (!item) return invalid_field("/item", "is no checklist item of this record");
  note.item = item->id;
  return {};
}

/// Whether the last day on which notes at the record are kept is over.
bool has_served(const Context& context, Snapshot& at, RecordId id) {
  const auto record = find_record(at, id);
  if (!record) throw std::runtime_error("there are notes at a record that does not exist");
  const auto kept = notes_kept(context, at, *record);
  if (!kept || !kept->until) return false;
  const auto organisation = find_organisation(at, record->organisation);
  if (!organisation) throw std::runtime_error("a record belongs to an organisation that does not exist");
  return local_date(context.clock(), organisation->zone) > *kept->until;
}

void write_or_throw(Context& context, const std::function<void(Connection&)>& work) {
  if (auto written = context.store.write(work); !written) throw std::runtime_error(written.error().detail);
}

}  // namespace

std::optional<NotesKept> notes_kept(const Context& context, Snapshot& at, const RecordRow& record) {
  const std::string name(notes_policy);
  if (!context.workflows->policies.contains(name)) return {};
  const StoredFacts facts(context.store, at);
  const PolicyValues policies(*context.workflows, facts, record.id);
  NotesKept kept{policies.number(name), policies.definition(name).unit};
  if (!is_at_end(context, record)) return kept;
  const auto organisation = find_organisation(at, record.organisation);
  if (!organisation) throw std::runtime_error("a record belongs to an organisation that does not exist");
  kept.until =
      policies.after(local_date(record.state_since, organisation->zone), name, Calendar(organisation->holidays));
  return kept;
}

Result<void> may_read_notes(const Context& context, Snapshot& at, const Principal& who, const RecordRow& record) {
  if (auto taken = takes_notes(context, record.type); !taken) return taken.error();
  if (is_seated(at, record.id, who.person.id) || count_notes(at, record.id, who.person.id) > 0) return {};
  return not_seated();
}

Result<Performed> write_note(Context& context, const Call& call, std::string_view type, std::string_view record,
                             const NoteWish& wish, const NoteLimits& limits) {
  if (!wish.text) return invalid_field("/text", "is missing");
  NoteRow note{};
  note.uuid = context.new_uuid();
  note.author = call.who.person.id;
  note.text = *wish.text;
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    Planned planned{{}, note.uuid, 201};
    const auto of = open_record(moment, call, type, record, planned);
    if (!of) return of.error();
    if (auto fine = check_text(wish, limits); !fine) return fine.error();
    note.record = of->id;
    note.created = note.changed = moment.now;
    if (auto fine = put_item(moment, wish, note); !fine) return fine.error();
    if (count_notes(moment.at, of->id, note.author) >= limits.count) {
      return refuse(Reason::wrong_state,
                    "you have " + std::to_string(limits.count) + " notes here, which is as many as are kept");
    }
    planned.beside = [note, most = limits.count](Connection& to) { put_note(to, note, most); };
    return planned;
  });
}

Result<Performed> change_note(Context& context, const Call& call, std::string_view type, std::string_view record,
                              std::string_view note, const NoteWish& wish, const NoteLimits& limits) {
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    Planned planned{{}, std::string(note)};
    const auto of = open_record(moment, call, type, record, planned);
    if (!of) return of.error();
    auto row = find_note(moment.at, of->id, call.who.person.id, note);
    if (!row) return no_such_note();
    if (auto version = require_version(call, row->version); !version) return version.error();
    if (auto fine = check_text(wish, limits); !fine) return fine.error();
    if (wish.text) row->text = *wish.text;
    if (auto fine = put_item(moment, wish, *row); !fine) return fine.error();
    row->changed = moment.now;
    planned.beside = [changed = std::move(*row)](Connection& to) { assay::change_note(to, changed); };
    return planned;
  });
}

Result<Performed> drop_note(Context& context, const Call& call, std::string_view type, std::string_view record,
                            std::string_view note) {
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    const auto of = visible_record(moment.at, call.who, type, record);
    if (!of) return of.error();
    if (auto may = may_read_notes(moment.context, moment.at, call.who, *of); !may) return may.error();
    auto row = find_note(moment.at, of->id, call.who.person.id, note);
    if (!row) return no_such_note();
    if (auto version = require_version(call, row->version); !version) return version.error();
    Planned planned{{}, row->uuid, 204};
    planned.beside = [dropped = std::move(*row)](Connection& to) { assay::drop_note(to, dropped); };
    return planned;
  });
}

std::int64_t forget_old_notes(Context& context, const std::stop_token& stop) {
  std::int64_t forgotten = 0, after = 0;
  // What the work counts is told once it is kept: it may run again.
  std::int64_t run = 0;
  for (bool more = true; more && !stop.stop_requested();) {
    std::vector<RecordId> records, over;
    {
      Snapshot at = context.store.read();
      records = records_with_notes(at, after, records_at_once);
      std::copy_if(records.begin(), records.end(), std::back_inserter(over),
                   [&](RecordId record) { return has_served(context, at, record); });
    }
    for (const RecordId record : over) {
      if (stop.stop_requested()) return forgotten;
      write_or_throw(context, [&](Connection& to) { run = forget_notes(to, record); });
      forgotten += run;
    }
    more = std::ssize(records) == records_at_once;
    if (more) after = static_cast<std::int64_t>(records.back());
  }
  write_or_throw(context, [&](Connection& to) { run = forget_notes_of_gone(to); });
  return forgotten + run;
}

}  // namespace assay
