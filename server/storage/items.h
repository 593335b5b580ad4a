// Checklist items of audits with their answers, and the catalogues that they come from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/event.h"
#include "storage/store.h"

namespace assay {

struct ItemRow {
  std::int64_t id;
  std::string uuid;
  RecordId audit;
  std::string catalogue;     // hash of the catalogue that it is pinned to
  std::string catalogue_id;  // "iso27001-2022"
  std::string question;      // "A.8.13-q1"
  std::string item;          // "A.8.13"
  std::string subject;       // "whole", "site:Hamburg", ...
  std::optional<PersonId> auditor;
  std::string auditor_uuid;
  std::string status;           // planned | in_progress | answered | review: answered before its question changed
  std::string result;           // empty, or of the catalogue's scale
  std::string reason;           // for results that need one
  std::optional<int> maturity;  // 0..5
  std::string notes;
  std::optional<PersonId> answered_by;
  std::string answered_by_uuid;
  std::optional<Instant> answered_at;
  std::int64_t version;
};

/// Callers check the audit's visibility first. After `after_id`, by id.
std::vector<ItemRow> list_items(Snapshot& at, RecordId audit, std::int64_t after_id, int limit);
std::optional<ItemRow> find_item(Snapshot& at, RecordId audit, std::string_view uuid);
std::optional<ItemRow> find_item(Snapshot& at, RecordId audit, std::int64_t id);
std::optional<ItemRow> find_item(Snapshot& at, RecordId audit, std::string_view catalogue_id, std::string_view question,
                                 std::string_view subject);

/// Those of the audit that wait for an answer, or for the review of one, and are this person's.
std::vector<ItemRow> open_items_of(Snapshot& at, RecordId audit, PersonId auditor);

struct ItemCounts {
  std::string result;  // empty: not yet answered, or to be reviewed
  std::int64_t count;
};
std::vector<ItemCounts> count_items(Snapshot& at, RecordId audit);

/// Facts: {audit: uuid, catalogue, catalogue_id, question, item, subject, auditor: uuid|null, status, result, reason,
/// maturity, notes, answered_by: uuid|null, answered_at, removed?: true}: the whole row. Moves the audit's items
/// version.
void project_item(Connection& to, const Event& event);
/// What a decision has read of the audit's items holds no longer.
void move_items(Connection& to, RecordId audit);

/// Catalogues are content-addressed and never change; storing one twice does nothing.
void put_catalogue(Connection& to, std::string_view hash, std::string_view text);
std::optional<std::string> find_catalogue(Snapshot& at, std::string_view hash);
/// Is an item of the audit pinned to the catalogue?
bool has_item_of(Snapshot& at, RecordId audit, std::string_view catalogue_hash);
/// How many records name the plugin package as the one that their catalogue came from.
std::int64_t count_pins(Snapshot& at, std::string_view package_hash);

}  // namespace assay
