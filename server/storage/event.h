// An event: a sealed envelope about one subject and an erasable payload of resulting facts, from which every row is
// made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "domain/ids.h"
#include "domain/json.h"
#include "domain/time.h"

namespace assay {

/// What an event is about; each has its own projection (project_*.cpp) and its own sequence of versions.
enum class Subject { record, item, evidence, report, organisation, person, token, webhook, reading };
std::string_view name_of(Subject subject);
std::optional<Subject> subject_named(std::string_view name);

/// An event before its commit. `facts` is the payload; what it holds per subject stands beside each project_*()
/// function.
struct EventDraft {
  Subject subject;
  std::int64_t id;   // internal id of the subject, from Store::new_id for a new one
  std::string uuid;  // public id of the subject
  OrganisationId organisation;
  std::optional<RecordId> record = {};  // whose visibility the event shares; none: administrators only
  std::string type = {};                // "nonconformity.issued", "person.invited"
  std::string command = {};
  std::int64_t version = 0;            // of the subject after the event; 1 makes it
  std::optional<PersonId> actor = {};  // none: a timer or the server itself
  std::optional<PersonId> second = {};
  Instant at = {};
  std::string workflow_set = {};  // records only
  Json facts = Json::object();
  std::unordered_map<std::string, std::int64_t> ids = {};  // public -> internal ids in `facts`, to spare look-ups
  // Records, to spare the writer work: the canonical body after the event, and the record with all above it.
  std::optional<std::string> body = {};
  std::vector<RecordId> line = {};
};

/// An event as it stands in the log. Immutable, but an erasure takes away from `facts` (erasure.h).
struct Event {
  std::int64_t sequence;  // insertion order, with gaps; internal
  std::int64_t position;  // gapless, in commit order, from 1; 0 while not yet sealed
  std::string uuid;       // of the event itself
  std::string cause;      // uuid shared by all events of one command
  EventDraft draft;
  std::string number;      // number given to a new record
  std::string commitment;  // hex HMAC-SHA256 of the payload under the subject's key
};

}  // namespace assay
