// An event as the feed, the stream and webhooks tell it: one form for all, thin by default, full on request.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "storage/event.h"
#include "storage/reader.h"
#include "storage/records.h"
#include "storage/store.h"

namespace assay {

struct EventDocument {
  std::string type;  // "nonconformity.issued"
  Instant at;
  /// Thin: {id, type, number, state, href, links{parent}, sequence, event{id, position, cause, command}, actor,
  /// second}. `sequence` is the version of the subject: a gap tells that something was missed.
  Json data = Json::object();
  Json detail = Json::object();  // what the full form adds to `data`: {facts}; never a secret or the hash of one
};

/// {"type", "timestamp", "data"}: the envelope of Standard Webhooks, which the feed and the stream share.
Json event_json(const EventDocument& document, bool full);

/// True for what only administrators see: events about people, tokens, webhooks and the organisation itself.
bool is_administrative(const Event& event);

/// Tells the events of one snapshot; remembers the records that it looked up. Used by one thread at a time. Whether
/// somebody may see an event is the business of who has read it; with a reader, other records that the event names are
/// left out when that person does not see them.
class EventTeller {
 public:
  EventTeller(const Store& store, Snapshot& at, std::optional<Reader> reader = {})
      : store_(store), at_(at), reader_(std::move(reader)) {}
  EventDocument tell(const Event& event);
  /// False for what happened where clients do not look: in states that are not for them, and to checklist items.
  bool is_told(const Event& event);

 private:
  const RecordRow* record(RecordId id);
  bool sees(const Json& uuid);
  Json shown(const Event& event);
  Json for_client(const Event& event) const;
  std::string href(const RecordRow& row) const;
  Json reference(const RecordRow& row) const;
  Json person(std::optional<PersonId> id);
  void tell_record(const Event& event, Json& data);
  void tell_part(const Event& event, std::string_view folder, Json& data);
  void tell_reading(const Event& event, Json& data);

  const Store& store_;
  Snapshot& at_;
  std::optional<Reader> reader_;
  std::map<RecordId, std::optional<RecordRow>> records_ = {};
  std::map<PersonId, std::string> people_ = {};
};

}  // namespace assay
