// Checklist items of an audit: planning, answering.
#include "commands/items.h"

#include <algorithm>

#include "http/checklist_record.h"
#include "http/etag.h"
#include "http/handlers/handlers.h"
#include "http/json_body.h"
#include "http/listing.h"
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
  if (auto known = only_members(json, {"question", "subject", "auditor", "catalogue"}); !known)
    return within(pointer, known.error());
  auto question = need_text(json, "question");
  if (!question) return within(pointer, question.error());
  auto subject = text_member(json, "subject");
  if (!subject) return within(pointer, subject.error());
  auto auditor = text_member(json, "auditor");
  if (!auditor) return within(pointer, auditor.error());
  auto catalogue = text_member(json, "catalogue");
  if (!catalogue) return within(pointer, catalogue.error());
  return ItemPlan{*question, subject->value_or("whole"), *auditor, catalogue->value_or("")};
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

}  // namespace

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
