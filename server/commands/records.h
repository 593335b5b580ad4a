// Commands on records: what the definitions say, decided by decide(), written as events.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "commands/perform.h"
#include "domain/decide.h"
#include "storage/records.h"

namespace assay {

/// A command as it comes in. `uuid` names the record, or for a creating command the id that a client gave (or nothing).
struct RecordCommand {
  std::string type;  // short name
  std::string uuid = {};
  std::string command;
  Json input = Json::object();
};

/// The time at which the command is decided, by the zone and the holidays of the organisation. No longer than the
/// context.
Now now_for(const Moment& moment, const OrganisationRow& organisation);

/// Makes a record by a creating command; 201. Refuses with `invalid` when the given uuid is in use or no UUID.
Result<Performed> create_record(Context& context, const Call& call, const RecordCommand& command);

/// Performs a command on a record; 200, or 202 when another person must confirm it. Needs the record's version.
Result<Performed> command_record(Context& context, const Call& call, const RecordCommand& command);

/// The second person confirms or declines what waits on the record; needs the record's version.
Result<Performed> confirm_proposal(Context& context, const Call& call, std::string_view type, std::string_view record,
                                   std::string_view proposal);
Result<Performed> decline_proposal(Context& context, const Call& call, std::string_view type, std::string_view record,
                                   std::string_view proposal, std::string_view comment);

/// Does what a timer has to do now: reminds (event "reminded"), passes over missed reminders ("reminders_missed"), or
/// fires its command; nothing (no event) when it has been stopped or fired meanwhile.
Result<void> fire_timer(Context& context, const DueTimer& timer);

/// The offers of a record for a person, from one snapshot.
Result<std::vector<Offer>> offers_for(Context& context, Snapshot& at, const Principal& who, const RecordRow& record,
                                      std::string_view language);

/// The record that a person may see, of this type; not_found otherwise.
Result<RecordRow> visible_record(Snapshot& at, const Principal& who, std::string_view type, std::string_view uuid);
/// The same for a decision, whose facts know the row from then on.
Result<RecordRow> visible_record(Moment& moment, const Principal& who, std::string_view type, std::string_view uuid);
/// The same of any type: what it takes, its commands say.
Result<RecordRow> visible_record(Moment& moment, const Principal& who, std::string_view uuid);

/// Whether the person may perform `command` (one that only permits, such as "attach_evidence") on the record now. Its
/// facts become part of the moment's dependencies. Refuses as decide() does.
Result<Decision> permit(Moment& moment, const Call& call, const RecordRow& record, std::string_view command,
                        const Json& input);

/// permit() from a snapshot of its own, for what has to be known before anything is written. Plugins are asked later.
Result<void> may_perform(Context& context, const Principal& who, std::string_view type, std::string_view uuid,
                         std::string_view command);

/// The events of a decision that was made with the workflow set of hash `set`, to which new records are pinned. New
/// records get ids and uuids; those of `uuids` take theirs.
std::vector<EventDraft> events_of(Moment& moment, const Decision& decision, const Actor& actor, std::string_view set,
                                  const std::map<RecordId, std::string>& uuids = {});

/// The creating command of a type that people use first; not_permitted when there is none.
Result<std::string> first_creating_command(const Definition& type);

}  // namespace assay
