// Evidence and report rows.
#include "storage/evidence.h"

#include "storage/connection.h"
#include "storage/projection.h"

namespace assay {
namespace {

using Text = std::string;

template <class... Bindings>
std::vector<EvidenceRow> evidence_by(Snapshot& at, const std::string& rest, const Bindings&... bindings) {
  std::vector<EvidenceRow> all;
  for (auto& [id, uuid, record, item, item_uuid, kind, title, description, sha256, file_name, media_type, size,
              collected_at, collected_by, collected_by_uuid, effective_from, effective_to, supersedes, withdrawn,
              version, details] :
       at.connection()
           .all<std::int64_t, Text, RecordId, std::optional<std::int64_t>, std::optional<Text>, Text, Text, Text, Text,
                Text, Text, std::int64_t, Instant, std::optional<PersonId>, std::optional<Text>, std::optional<Date>,
                std::optional<Date>, Text, bool, std::int64_t, Text>(
               "SELECT e.id, e.uuid, e.record, e.item, i.uuid, e.kind, e.title, e.description, e.sha256, e.file_name,"
               " e.media_type, e.size, e.collected_at, e.collected_by, p.uuid, e.effective_from, e.effective_to, "
               "e.supersedes,"
               " e.withdrawn, e.version, e.details FROM evidence e LEFT JOIN item i ON i.id = e.item"
               " LEFT JOIN person p ON p.id = e.collected_by WHERE e.record = :record AND " +
                   rest,
               bindings...)) {
    all.push_back({id,
                   std::move(uuid),
                   record,
                   item,
                   item_uuid.value_or(Text()),
                   std::move(kind),
                   std::move(title),
                   std::move(description),
                   std::move(sha256),
                   std::move(file_name),
                   std::move(media_type),
                   size,
                   collected_at,
                   collected_by,
                   collected_by_uuid.value_or(Text()),
                   effective_from,
                   effective_to,
                   std::move(supersedes),
                   withdrawn,
                   version,
                   Json::parse(details)});
  }
  return all;
}

template <class... Bindings>
std::vector<ReportRow> reports_by(Snapshot& at, const std::string& rest, const Bindings&... bindings) {
  std::vector<ReportRow> all;
  for (auto& [id, uuid, record, plugin, plugin_version, format, language, package_hash, input_hash, sha256, file_name,
              media_type, size, created, created_by] :
       at.connection()
           .all<std::int64_t, Text, RecordId, Text, Text, Text, Text, Text, Text, Text, Text, Text, std::int64_t,
                Instant, std::optional<Text>>(
               "SELECT r.id, r.uuid, r.record, r.plugin, r.plugin_version, r.format, r.language, "
               "r.package_hash, r.input_hash, r.sha256,"
               " r.file_name, r.media_type, r.size, r.created, p.uuid FROM report r LEFT JOIN "
               "person p ON p.id = r.created_by"
               " WHERE r.record = :record AND " +
                   rest,
               bindings...)) {
    all.push_back({id, std::move(uuid), record, std::move(plugin), std::move(plugin_version), std::move(format),
                   std::move(language), std::move(package_hash), std::move(input_hash), std::move(sha256),
                   std::move(file_name), std::move(media_type), size, created, created_by.value_or(Text())});
  }
  return all;
}

std::optional<std::int64_t> item_of(Connection& to, const Event& event) {
  const auto uuid = optional_text(event.draft.facts, "item");
  if (!uuid) return {};
  if (const auto known = event.draft.ids.find(*uuid); known != event.draft.ids.end()) return known->second;
  const auto row = to.one<std::int64_t>("SELECT id FROM item WHERE uuid = :uuid", with("uuid", *uuid));
  if (!row) throw std::runtime_error("event " + event.uuid + " names an item that does not exist");
  return std::get<0>(*row);
}

}  // namespace

void move_evidence(Connection& to, RecordId record) {
  to.send("UPDATE record_version SET evidence = evidence + 1 WHERE record = :record", with("record", record));
}

std::vector<EvidenceRow> list_evidence(Snapshot& at, RecordId record, std::int64_t after_id, int limit) {
  return evidence_by(at, "e.id > :after ORDER BY e.id LIMIT :limit", with("record", record), with("after", after_id),
                     with("limit", limit));
}

std::optional<EvidenceRow> find_evidence(Snapshot& at, RecordId record, std::string_view uuid) {
  auto found = evidence_by(at, "e.uuid = :uuid", with("record", record), with("uuid", uuid));
  if (found.empty()) return {};
  return std::move(found.front());
}

bool has_evidence_of_item(Snapshot& at, RecordId record, std::int64_t item) {
  return at.connection().value<std::int64_t>("SELECT COUNT(*) FROM evidence WHERE record = :record AND item = :item",
                                             with("record", record), with("item", item)) > 0;
}

void project_evidence(Connection& to, const Event& event) {
  const auto& draft = event.draft;
  const auto& facts = draft.facts;
  const RecordId record = record_of(event);
  if (draft.version == 1) {
    to.send(
        "INSERT INTO evidence (id, uuid, organisation, record, item, kind, title, description, sha256, file_name, "
        "media_type,"
        " size, collected_at, collected_by, effective_from, effective_to, supersedes, withdrawn, version)"
        " VALUES (:id, :uuid, :organisation, :record, NULL, '', '', '', '', '', '', 0, 0, NULL, NULL, NULL, '', 0, 0)",
        with("id", draft.id), with("uuid", draft.uuid), with("organisation", draft.organisation),
        with("record", record));
  }
  const std::string details = canonical(facts.value("details", Json::object()));
  const auto changed = to.run(
      "UPDATE evidence SET item = :item, kind = :kind, title = :title, description = :description, sha256 = :sha256,"
      " file_name = :file_name, media_type = :media_type, size = :size, collected_at = :collected_at,"
      " collected_by = :collected_by, effective_from = :effective_from, effective_to = :effective_to,"
      " supersedes = :supersedes, withdrawn = :withdrawn, details = :details, version = version + 1 WHERE id = :id AND "
      "version = :before",
      with("item", item_of(to, event)), with("kind", text_of(facts, "kind")), with("title", text_of(facts, "title")),
      with("description", text_of(facts, "description")), with("sha256", text_of(facts, "sha256")),
      with("file_name", text_of(facts, "file_name")), with("media_type", text_of(facts, "media_type")),
      with("size", optional_number(facts, "size").value_or(0)),
      with("collected_at", optional_instant(facts, "collected_at").value_or(draft.at)),
      with("collected_by", optional_person(to, event, "collected_by")),
      with("effective_from", optional_text(facts, "effective_from")),
      with("effective_to", optional_text(facts, "effective_to")), with("supersedes", text_of(facts, "supersedes")),
      with("withdrawn", flag_of(facts, "withdrawn")), with("details", details), with("id", draft.id),
      with("before", draft.version - 1));
  require_one(changed, event);
  move_evidence(to, record);
}

std::vector<ReportRow> list_reports(Snapshot& at, RecordId record, std::int64_t after_id, int limit) {
  return reports_by(at, "r.id > :after ORDER BY r.id LIMIT :limit", with("record", record), with("after", after_id),
                    with("limit", limit));
}

std::optional<ReportRow> find_report(Snapshot& at, RecordId record, std::string_view uuid) {
  auto found = reports_by(at, "r.uuid = :uuid", with("record", record), with("uuid", uuid));
  if (found.empty()) return {};
  return std::move(found.front());
}

void project_report(Connection& to, const Event& event) {
  const auto& draft = event.draft;
  const auto& facts = draft.facts;
  if (draft.version != 1) throw std::logic_error("a report never changes");
  to.send(
      "INSERT INTO report (id, uuid, organisation, record, plugin, plugin_version, format, language, input_hash, "
      "sha256,"
      " file_name, media_type, size, created, created_by, package_hash) VALUES (:id, :uuid, :organisation, :record,"
      " :plugin, :plugin_version, :format, :language, :input_hash, :sha256, :file_name, :media_type, :size, :created, "
      ":created_by, :package_hash)",
      with("id", draft.id), with("uuid", draft.uuid), with("organisation", draft.organisation),
      with("record", record_of(event)), with("plugin", text_of(facts, "plugin")),
      with("plugin_version", text_of(facts, "plugin_version")), with("format", text_of(facts, "format")),
      with("language", text_of(facts, "language")), with("input_hash", text_of(facts, "input_hash")),
      with("sha256", text_of(facts, "sha256")), with("file_name", text_of(facts, "file_name")),
      with("media_type", text_of(facts, "media_type")), with("size", optional_number(facts, "size").value_or(0)),
      with("created", draft.at), with("created_by", draft.actor),
      with("package_hash", optional_text(facts, "package_hash").value_or(Text())));
  move_evidence(to, record_of(event));
}

std::vector<std::pair<std::string, std::string>> referenced_files(Snapshot& at) {
  std::vector<std::pair<std::string, std::string>> files;
  for (auto& [organisation, sha256] : at.connection().all<Text, Text>(
           "SELECT o.uuid, f.sha256 FROM (SELECT organisation, sha256 FROM evidence WHERE sha256 <> ''"
           " UNION SELECT organisation, sha256 FROM report WHERE sha256 <> '') f JOIN organisation o ON o.id = "
           "f.organisation"
           " ORDER BY o.uuid, f.sha256")) {
    files.emplace_back(std::move(organisation), std::move(sha256));
  }
  return files;
}

}  // namespace assay
