// The columns of a sealed event and the Event that they make.
#pragma once

#include <tuple>
#include <utility>

#include "storage/connection.h"
#include "storage/event.h"

#define ASSAY_EVENT_ENVELOPE                                                                                     \
  "e.sequence, s.position, e.uuid, e.cause, e.subject, e.subject_id, e.subject_uuid, e.organisation, e.record, " \
  "e.type, "                                                                                                     \
  "e.command, e.version, e.actor, e.second, e.at, e.workflow_set, e.number, e.commitment, "
#define ASSAY_EVENT_COLUMNS ASSAY_EVENT_ENVELOPE "p.facts "
#define ASSAY_EVENT_OF_S \
  " JOIN event e ON e.sequence = s.sequence LEFT JOIN event_payload p ON p.sequence = e.sequence "
#define ASSAY_SEALED_EVENTS ASSAY_EVENT_COLUMNS "FROM sealed s" ASSAY_EVENT_OF_S
#define ASSAY_EVENT_TYPES                                                                                       \
  std::int64_t, std::int64_t, std::string, std::string, std::string, std::int64_t, std::string, OrganisationId, \
      std::optional<RecordId>, std::string, std::string, std::int64_t, std::optional<PersonId>,                 \
      std::optional<PersonId>, Instant, std::string, std::string, std::string, std::optional<std::string>

namespace assay {

/// From a row of ASSAY_EVENT_COLUMNS; its texts are moved out. The facts of an erased event are an empty object.
inline Event event_from(std::tuple<ASSAY_EVENT_TYPES>& row) {
  auto& [sequence, position, uuid, cause, subject, id, subject_uuid, organisation, record, type, command, version,
         actor, second, at, workflow_set, number, commitment, facts] = row;
  EventDraft draft{subject_named(subject).value(), id, std::move(subject_uuid), organisation};
  draft.record = record;
  draft.type = std::move(type);
  draft.command = std::move(command);
  draft.version = version;
  draft.actor = actor;
  draft.second = second;
  draft.at = at;
  draft.workflow_set = std::move(workflow_set);
  if (facts) draft.facts = parse_stored(*facts);
  return {sequence,         position,          std::move(uuid),      std::move(cause),
          std::move(draft), std::move(number), std::move(commitment)};
}

}  // namespace assay
