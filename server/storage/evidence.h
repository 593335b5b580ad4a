// Evidence and reports: rows that point at content-addressed files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/event.h"
#include "storage/store.h"

namespace assay {

struct EvidenceRow {
  std::int64_t id;
  std::string uuid;
  RecordId record;
  std::optional<std::int64_t> item;  // checklist item that it supports
  std::string item_uuid;
  std::string kind;  // file | reference | interview | observation
  std::string title;
  std::string description;
  std::string sha256;  // files only
  std::string file_name, media_type;
  std::int64_t size = 0;
  Instant collected_at;
  std::optional<PersonId> collected_by;
  std::string collected_by_uuid;
  std::optional<Date> effective_from, effective_to;
  std::string supersedes;  // uuid of the revision before
  bool withdrawn = false;
  std::int64_t version;
  Json details = Json::object();  // reference: document, document_version?, place, seen_at; interview: role, name?,
                                  // held_on; observation: place, seen_at; file: photograph?; of all kinds: consent?;
                                  // photograph is true, the others are texts
};
std::vector<EvidenceRow> list_evidence(Snapshot& at, RecordId record, std::int64_t after_id, int limit);
std::optional<EvidenceRow> find_evidence(Snapshot& at, RecordId record, std::string_view uuid);
/// True when a piece of evidence, withdrawn or not, refers to the checklist item.
bool has_evidence_of_item(Snapshot& at, RecordId record, std::int64_t item);
/// Facts: {record: uuid, item: uuid|null, kind, title, description, sha256, file_name, media_type, size, collected_at,
/// collected_by: uuid, effective_from, effective_to, supersedes, withdrawn, details{}}: the whole row.
void project_evidence(Connection& to, const Event& event);
/// What a decision has read of evidence and reports of the record holds no longer.
void move_evidence(Connection& to, RecordId record);

struct ReportRow {
  std::int64_t id;
  std::string uuid;
  RecordId record;
  std::string plugin, plugin_version, format, language;
  std::string package_hash;  // of the plugin; empty for reports of earlier releases
  std::string input_hash;    // SHA-256 of the canonical input
  std::string sha256, file_name, media_type;
  std::int64_t size;
  Instant created;
  std::string created_by_uuid;
};
std::vector<ReportRow> list_reports(Snapshot& at, RecordId record, std::int64_t after_id, int limit);
std::optional<ReportRow> find_report(Snapshot& at, RecordId record, std::string_view uuid);
/// Facts: {record: uuid, plugin, plugin_version, package_hash?, format, language, input_hash, sha256, file_name,
/// media_type, size}.
void project_report(Connection& to, const Event& event);

/// The hashes that rows of the organisation point at: what a backup must contain.
std::vector<std::pair<std::string, std::string>> referenced_files(Snapshot& at);  // (organisation uuid, sha256)

}  // namespace assay
