// Checklist items of an audit: choosing the catalogue, planning, answering.
#include "commands/items.h"

#include <algorithm>

#include "commands/catalogue_move.h"
#include "http/checklist_record.h"
#include "http/etag.h"
#include "http/handlers/handlers.h"
#include "http/json_body.h"
#include "http/listing.h"
#include "http/offered_catalogues.h"
#include "http/records_path.h"
#include "http/representation.h"

namespace assay::handlers {
namespace {

/// The one path parameter that names the audit.
std::string_view audit_id(const Request& request) { return request.parameter("id"); }

Result<void> is_audit(const Api& api, const Request& request) {
  Snapshot at = api.context().store.read();
  auto audit = checklist_record(api, request, at);
  if (!audit) return audit.error();
  return {};
}

Result<void> chooses_catalogue(const Api& api, const Request& request) {
  Snapshot at = api.context().store.read();
  auto record = choosing_record(api, request, at);
  if (!record) return record.error();
  return {};
}

Result<Response> audit_answer(const Api& api, const Request& request, const Performed& performed) {
  auto type = type_of(api, request);
  if (!type) return type.error();
  return record_answer(api, request, (*type)->type, performed);
}

/// The refusal of a member of the list's element, with the pointer from the top.
Refusal within(const std::string& pointer, const Refusal& inner) {
  return invalid_field(pointer + inner.invalid.front().pointer, inner.invalid.front().detail);
}

Result<ItemPlan> plan_of(const Json& json, std::size_t index) {
  const std::string pointer = "/items/" + std::to_string(index);
  if (auto known = only_members(json, {"question", "subject", "auditor"}); !known)
    return within(pointer, known.error());
  auto question = need_text(json, "question");
  if (!question) return within(pointer, question.error());
  auto subject = text_member(json, "subject");
  if (!subject) return within(pointer, subject.error());
  auto auditor = text_member(json, "auditor");
  if (!auditor) return within(pointer, auditor.error());
  return ItemPlan{*question, subject->value_or("whole"), *auditor};
}

Result<Response> item_answer(Api& api, const Request& request, const Performed& performed) {
  Snapshot at = api.context().store.read();
  auto audit = checklist_record(api, request, at);
  if (!audit) return audit.error();
  const auto item = find_item(at, audit->id, performed.uuid);
  if (!item) return refuse(Reason::not_found, "there is no such item");
  Response response = json_response(item_json(*item), performed.status);
  response.headers.add("ETag", version_etag(item->version));
  mark_repeated(response, performed);
  return response;
}

/// The audit's catalogue as its plugin offers it now, in the same language.
Result<OfferedCatalogue> newest_catalogue(const Api& api, Snapshot& at, const RecordRow& audit) {
  const Json body = Json::parse(audit.body);
  const auto pinned = api.service().catalogues.find(at, body.value("catalogue_hash", ""));
  if (!pinned) return refuse(Reason::wrong_state, "no catalogue has been selected for this audit");
  auto offered = api.service().offered.find(body.at("plugin").get<std::string>(), pinned->id,
                                            pinned->content.at("language").get<std::string>());
  if (!offered && offered.error().reason == Reason::not_found)
    return refuse(Reason::wrong_state, "the plugin that gave the audit's catalogue offers it no more");
  return offered;
}

Result<OfferedCatalogue> offered_for(const Api& api, const Request& request) {
  Snapshot at = api.context().store.read();
  auto audit = checklist_record(api, request, at);
  if (!audit) return audit.error();
  return newest_catalogue(api, at, *audit);
}

}  // namespace

Result<Response> select_catalogue(Api& api, const Request& request) {
  if (auto chooses = chooses_catalogue(api, request); !chooses) return chooses.error();
  auto body = json_body(request);
  if (!body) return body.error();
  if (auto known = only_members(*body, {"plugin", "catalogue", "language"}); !known) return known.error();
  auto plugin = need_text(*body, "plugin");
  if (!plugin) return plugin.error();
  auto catalogue = need_text(*body, "catalogue");
  if (!catalogue) return catalogue.error();
  auto language = text_member(*body, "language");
  if (!language) return language.error();
  auto offered = api.service().offered.find(*plugin, *catalogue, language->value_or(language_of(api, request)));
  if (!offered) return offered.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed = assay::select_catalogue(api.context(), *call, audit_id(request), *offered);
  if (!performed) return performed.error();
  return audit_answer(api, request, *performed);
}

Result<Response> get_catalogue_move(Api& api, const Request& request) {
  Snapshot at = api.context().store.read();
  auto audit = checklist_record(api, request, at);
  if (!audit) return audit.error();
  auto offered = newest_catalogue(api, at, *audit);
  if (!offered) return offered.error();
  auto move = propose_move(api.service().catalogues, at, *audit, *offered);
  if (!move) return move.error();
  const Json body = Json::parse(audit->body);
  const Json from = {{"plugin", body.at("plugin")},
                     {"plugin_version", body.at("plugin_version")},
                     {"package_hash", body.value("package_hash", Json())},
                     {"version", move->from->version},
                     {"sha256", move->from->hash}};
  const Json to = {{"plugin", offered->plugin},
                   {"plugin_version", offered->plugin_version},
                   {"package_hash", offered->package_hash},
                   {"version", offered->version},
                   {"sha256", offered->hash}};
  const Json answers = {
      {"kept", move->kept}, {"review", move->reviewed}, {"changed", move->changed}, {"left", move->left}};
  Response response = json_response({{"catalogue", offered->id},
                                     {"from", from},
                                     {"to", to},
                                     {"questions", to_json(move->questions)},
                                     {"answers", answers}});
  response.headers.add("ETag", version_etag(audit->version));
  return response;
}

Result<Response> move_catalogue(Api& api, const Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  if (auto known = only_members(*body, {"to"}); !known) return known.error();
  auto to = need_text(*body, "to");
  if (!to) return to.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto before = performed_before(api.context(), *call);  // the plugin may offer another one by now
  if (!before) return before.error();
  if (*before) return audit_answer(api, request, **before);
  auto offered = offered_for(api, request);
  if (!offered) return offered.error();
  auto performed =
      assay::move_catalogue(api.context(), api.service().catalogues, *call, audit_id(request), *offered, *to);
  if (!performed) return performed.error();
  return audit_answer(api, request, *performed);
}

Result<Response> list_items(Api& api, const Request& request) {
  auto page = id_page(request);
  if (!page) return page.error();
  Snapshot at = api.context().store.read();
  auto audit = checklist_record(api, request, at);
  if (!audit) return audit.error();
  auto rows = assay::list_items(at, audit->id, page->after, page->one_more());
  const auto next = cut(rows, *page);
  Json all = Json::array(), counts = Json::object();
  for (const ItemRow& row : rows) all.push_back(item_json(row));
  for (const ItemCounts& count : count_items(at, audit->id)) {
    counts[count.result.empty() ? "unanswered" : count.result] = count.count;
  }
  return list_answer(request, {{"items", std::move(all)}, {"counts", std::move(counts)}}, next);
}

Result<Response> plan_items(Api& api, const Request& request) {
  if (auto audit = is_audit(api, request); !audit) return audit.error();
  auto body = json_body(request);
  if (!body) return body.error();
  if (auto known = only_members(*body, {"items"}); !known) return known.error();
  const auto items = body->find("items");
  if (items == body->end() || !items->is_array()) return invalid_field("/items", "must be a list of items");
  std::vector<ItemPlan> plans;
  for (std::size_t i = 0; i < items->size(); ++i) {
    auto plan = plan_of((*items)[i], i);
    if (!plan) return plan.error();
    plans.push_back(std::move(*plan));
  }
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed = assay::plan_items(api.context(), api.service().catalogues, *call, audit_id(request), plans);
  if (!performed) return performed.error();
  return audit_answer(api, request, *performed);
}

Result<Response> get_item(Api& api, const Request& request) {
  Snapshot at = api.context().store.read();
  auto audit = checklist_record(api, request, at);
  if (!audit) return audit.error();
  const auto item = find_item(at, audit->id, request.parameter("item"));
  if (!item) return refuse(Reason::not_found, "there is no such item");
  const std::string etag = version_etag(item->version);
  if (none_match_holds(request, etag)) return not_modified(etag);
  Response response = json_response(item_json(*item));
  response.headers.add("ETag", etag);
  return response;
}

Result<Response> answer_item(Api& api, const Request& request) {
  if (auto audit = is_audit(api, request); !audit) return audit.error();
  auto body = json_body(request);
  if (!body) return body.error();
  if (auto known = only_members(*body, {"status", "result", "reason", "maturity", "notes"}); !known)
    return known.error();
  ItemAnswer answer;
  const std::pair<const char*, std::string*> texts[] = {
      {"status", &answer.status}, {"result", &answer.result}, {"reason", &answer.reason}, {"notes", &answer.notes}};
  for (const auto& [name, target] : texts) {
    auto text = text_member(*body, name);
    if (!text) return text.error();
    if (*text) *target = std::move(**text);
  }
  if (const auto maturity = body->find("maturity"); maturity != body->end() && !maturity->is_null()) {
    if (!maturity->is_number_integer() || *maturity < 0 || *maturity > 5) {
      return invalid_field("/maturity", "must be an integer from 0 to 5");
    }
    answer.maturity = maturity->get<int>();
  }
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed = assay::answer_item(api.context(), api.service().catalogues, *call, audit_id(request),
                                      request.parameter("item"), answer);
  if (!performed) return performed.error();
  return item_answer(api, request, *performed);
}

Result<Response> drop_item(Api& api, const Request& request) {
  if (auto audit = is_audit(api, request); !audit) return audit.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed = assay::drop_item(api.context(), *call, audit_id(request), request.parameter("item"),
                                    request.query_value("reason").value_or(""));
  if (!performed) return performed.error();
  Response response = no_content();
  mark_repeated(response, *performed);
  return response;
}

}  // namespace assay::handlers
