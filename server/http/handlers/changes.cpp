// What changed below a record since its last audit, or since a day: of a client, a programme, a management system.
#include "storage/changes.h"

#include <algorithm>
#include <map>

#include "commands/coverage.h"
#include "http/handlers/handlers.h"
#include "http/listing.h"
#include "http/records_path.h"
#include "http/view_table.h"

namespace assay::handlers {
namespace {

constexpr int audits_looked_at = 50;

/// Where the changes begin; without an audit and a day with the record itself.
struct Beginning {
  Instant since{};
  std::optional<RecordRow> audit = {};
};

/// True for types of audits with a checklist and for those that such audits hang below.
bool has_audits(const WorkflowSet& set, const std::string& top) {
  for (const auto& [name, definition] : set.types) {
    const bool answered = std::any_of(definition.commands.begin(), definition.commands.end(),
                                      [](const auto& one) { return one.second.endpoint == "answers"; });
    const Definition* type = answered ? &definition : nullptr;
    while (type != nullptr && type->type != top) {
      const LinkDefinition* parent = type->parent();
      type = parent == nullptr ? nullptr : set.find(parent->to);
    }
    if (type != nullptr) return true;
  }
  return false;
}

/// The last answer of the last audit below that has looked at it all: one that was postponed or cancelled has not. The
/// answers of an audit of clients are no matter of theirs, nor is when they were given.
std::optional<Beginning> last_audit(const Api& api, Snapshot& at, const RecordRow& top) {
  const Reader& reader = api.who().reader;
  std::optional<Beginning> last;
  for (AnsweredAudit& audit : audits_answered_below(at, top.id, reader, audits_looked_at)) {
    WorkflowSetPtr set;
    const Definition& type = definition_of(api, audit.row, set);
    if (last || !has_examined(type, audit.row.state) || (reader.client && is_for_clients(type))) {
      reader.forget(audit.row.id);
    } else {
      last = Beginning{audit.last_answer, std::move(audit.row)};
    }
  }
  return last;
}

Result<Beginning> beginning(const Api& api, const Request& request, Snapshot& at, const RecordRow& top) {
  const auto since = request.query_value("since");
  if (!since && !has_audits(*api.context().workflows, top.type))
    return invalid_query("?since", "is needed: no audit hangs below such a record");
  if (!since) return last_audit(api, at, top).value_or(Beginning{top.created - std::chrono::milliseconds(1)});
  const auto day = parse_date(*since);
  if (!day) return invalid_query("?since", "must be a day, as 2026-05-31");
  return Beginning{start_of(*day, api.who().organisation.zone) - std::chrono::milliseconds(1)};
}

Json audit_behind(const Api& api, const Beginning& from) {
  if (!from.audit) return nullptr;
  WorkflowSetPtr set;
  const Definition& type = definition_of(api, *from.audit, set);
  return {{"id", from.audit->uuid},
          {"type", from.audit->type},
          {"number", from.audit->number},
          {"title", title_for(*from.audit, type, api.who().reader)},
          {"href", path_of(type, from.audit->uuid)}};
}

Json change_json(const Api& api, const RecordRow& row, Instant since, const std::vector<Performance>& performed,
                 std::string_view language) {
  WorkflowSetPtr set;
  const Definition& type = definition_of(api, row, set);
  Json steps = Json::array();
  for (const Performance& one : performed) {
    steps.push_back({{"command", one.command},
                     {"label", label_of(type, "commands." + one.command, language)},
                     {"at", to_text(one.at)}});
  }
  return {{"id", row.uuid},
          {"type", row.type},
          {"number", row.number},
          {"title", title_for(row, type, api.who().reader)},
          {"state", row.state},
          {"state_label", label_of(type, "states." + row.state, language)},
          {"change", row.created > since       ? "made"
                     : row.state_since > since ? "moved"
                                               : "edited"},
          {"updated", to_text(row.updated)},
          {"href", path_of(type, row.uuid)},
          {"steps", std::move(steps)}};
}

}  // namespace

Result<Response> list_changes(Api& api, const Request& request) {
  auto page = id_page(request);
  if (!page) return page.error();
  const std::string language = language_of(api, request);
  const Reader& reader = api.who().reader;
  Snapshot at = api.context().store.read();
  auto top = record_of(api, request, at);
  if (!top) return top.error();
  auto from = beginning(api, request, at, *top);
  if (!from) return from.error();
  auto rows = records_changed_below(at, top->id, from->since, reader, RecordId{page->after}, page->one_more());
  if (rows.size() > page->limit) reader.forget(rows.back().id);
  const auto next = cut(rows, *page);
  std::vector<RecordId> ids;
  for (const RecordRow& row : rows) ids.push_back(row.id);
  std::map<RecordId, std::vector<Performance>> performed;
  if (!reader.client) {  // what the body does between two states of theirs is not for clients
    for (Performance& one : performed_since(at, ids, from->since)) performed[one.record].push_back(std::move(one));
  }
  Json items = Json::array();
  for (const RecordRow& row : rows) items.push_back(change_json(api, row, from->since, performed[row.id], language));
  return list_answer(
      request, {{"since", to_text(from->since)}, {"audit", audit_behind(api, *from)}, {"items", std::move(items)}},
      next);
}

}  // namespace assay::handlers
