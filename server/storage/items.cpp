// Checklist items and catalogues.
#include "storage/items.h"

#include "storage/connection.h"
#include "storage/projection.h"

namespace assay {
namespace {

using Text = std::string;

template <class... Bindings>
std::vector<ItemRow> items_by(Snapshot& at, const std::string& rest, const Bindings&... bindings) {
  std::vector<ItemRow> items;
  for (auto& [id, uuid, audit, catalogue, catalogue_id, question, item, subject, auditor, auditor_uuid, status, result,
              reason, maturity, notes, answered_by, answered_by_uuid, answered_at, version] :
       at.connection()
           .all<std::int64_t, Text, RecordId, Text, Text, Text, Text, Text, std::optional<PersonId>,
                std::optional<Text>, Text, Text, Text, std::optional<int>, Text, std::optional<PersonId>,
                std::optional<Text>, std::optional<Instant>, std::int64_t>(
               "SELECT i.id, i.uuid, i.audit, i.catalogue, i.catalogue_id, i.question, i.item, i.subject, i.auditor, "
               "p.uuid,"
               " i.status, i.result, i.reason, i.maturity, i.notes, i.answered_by, a.uuid, i.answered_at, i.version"
               " FROM item i LEFT JOIN person p ON p.id = i.auditor LEFT JOIN person a ON a.id = i.answered_by WHERE "
               "i.audit = :audit AND " +
                   rest,
               bindings...)) {
    items.push_back({id, std::move(uuid), audit, std::move(catalogue), std::move(catalogue_id), std::move(question),
                     std::move(item), std::move(subject), auditor, auditor_uuid.value_or(Text()), std::move(status),
                     std::move(result), std::move(reason), maturity, std::move(notes), answered_by,
                     answered_by_uuid.value_or(Text()), answered_at, version});
  }
  return items;
}

std::optional<ItemRow> only(std::vector<ItemRow> items) {
  if (items.empty()) return {};
  return std::move(items.front());
}

void put_item(Connection& to, const Event& event, std::string_view sql, RecordId audit) {
  const auto& draft = event.draft;
  const auto& facts = draft.facts;
  const auto changed =
      to.run(sql, with("id", draft.id), with("uuid", draft.uuid), with("audit", audit),
             with("catalogue", text_of(facts, "catalogue")), with("catalogue_id", text_of(facts, "catalogue_id")),
             with("question", text_of(facts, "question")), with("item", text_of(facts, "item")),
             with("subject", text_of(facts, "subject")), with("auditor", optional_person(to, event, "auditor")),
             with("status", text_of(facts, "status")), with("result", text_of(facts, "result")),
             with("reason", text_of(facts, "reason")), with("maturity", optional_number(facts, "maturity")),
             with("notes", text_of(facts, "notes")), with("answered_by", optional_person(to, event, "answered_by")),
             with("answered_at", optional_instant(facts, "answered_at")), with("before", draft.version - 1));
  require_one(changed, event);
}

}  // namespace

std::vector<ItemRow> list_items(Snapshot& at, RecordId audit, std::int64_t after_id, int limit) {
  return items_by(at, "i.id > :after ORDER BY i.id LIMIT :limit", with("audit", audit), with("after", after_id),
                  with("limit", limit));
}

std::optional<ItemRow> find_item(Snapshot& at, RecordId audit, std::string_view uuid) {
  return only(items_by(at, "i.uuid = :uuid", with("audit", audit), with("uuid", uuid)));
}

std::optional<ItemRow> find_item(Snapshot& at, RecordId audit, std::int64_t id) {
  return only(items_by(at, "i.id = :id", with("audit", audit), with("id", id)));
}

std::optional<ItemRow> find_item(Snapshot& at, RecordId audit, std::string_view catalogue_id, std::string_view question,
                                 std::string_view subject) {
  return only(items_by(at, "i.catalogue_id = :catalogue_id AND i.question = :question AND i.subject = :subject",
                       with("audit", audit), with("catalogue_id", catalogue_id), with("question", question),
                       with("subject", subject)));
}

std::vector<ItemRow> open_items_of(Snapshot& at, RecordId audit, PersonId auditor) {
  return items_by(at, "i.auditor = :auditor AND (i.result = '' OR i.status = 'review') ORDER BY i.id",
                  with("audit", audit), with("auditor", auditor));
}

std::vector<ItemCounts> count_items(Snapshot& at, RecordId audit) {
  std::vector<ItemCounts> counts;
  for (auto& [result, count] : at.connection().all<Text, std::int64_t>(
           "SELECT CASE status WHEN 'review' THEN '' ELSE result END AS given, COUNT(*) FROM item WHERE audit = :audit"
           " GROUP BY given ORDER BY given",
           with("audit", audit))) {
    counts.push_back({std::move(result), count});
  }
  return counts;
}

void project_item(Connection& to, const Event& event) {
  const auto& draft = event.draft;
  const RecordId audit = record_of(event);
  if (flag_of(draft.facts, "removed")) {
    require_one(to.run("DELETE FROM item WHERE id = :id AND version = :before", with("id", draft.id),
                       with("before", draft.version - 1)),
                event);
  } else if (draft.version == 1) {
    put_item(
        to, event,
        "INSERT INTO item (id, uuid, audit, catalogue, catalogue_id, question, item, subject, auditor, status, result,"
        " reason, maturity, notes, answered_by, answered_at, version) VALUES (:id, :uuid, :audit, :catalogue,"
        " :catalogue_id, :question, :item, :subject, :auditor, :status, :result, :reason, :maturity, :notes,"
        " :answered_by, :answered_at, :before + 1)",
        audit);
  } else {
    put_item(to, event,
             "UPDATE item SET uuid = :uuid, audit = :audit, catalogue = :catalogue, catalogue_id = :catalogue_id,"
             " question = :question, item = :item, subject = :subject, auditor = :auditor, status = :status,"
             " result = :result, reason = :reason, maturity = :maturity, notes = :notes, answered_by = :answered_by,"
             " answered_at = :answered_at, version = version + 1 WHERE id = :id AND version = :before",
             audit);
  }
  move_items(to, audit);
}

void move_items(Connection& to, RecordId audit) {
  to.send("UPDATE record_version SET items = items + 1 WHERE record = :audit", with("audit", audit));
}

void put_catalogue(Connection& to, std::string_view hash, std::string_view text) {
  to.send("INSERT INTO catalogue (hash, text) VALUES (:hash, :text) ON CONFLICT DO NOTHING", with("hash", hash),
          with("text", text));
}

std::optional<std::string> find_catalogue(Snapshot& at, std::string_view hash) {
  auto row = at.connection().one<Text>("SELECT text FROM catalogue WHERE hash = :hash", with("hash", hash));
  if (!row) return {};
  return std::move(std::get<0>(*row));
}

bool has_item_of(Snapshot& at, RecordId audit, std::string_view catalogue_hash) {
  return at.connection()
      .one<std::int64_t>("SELECT id FROM item WHERE audit = :audit AND catalogue = :catalogue LIMIT 1",
                         with("audit", audit), with("catalogue", catalogue_hash))
      .has_value();
}

std::int64_t count_pins(Snapshot& at, std::string_view package_hash) {
  // Read whole: it is asked when a plugin is uninstalled, and bodies are canonical.
  return at.connection().value<std::int64_t>(
      "SELECT COUNT(*) FROM record WHERE body LIKE :pinned",
      with("pinned", "%\"package_hash\":\"" + std::string(package_hash) + "\"%"));
}

}  // namespace assay
