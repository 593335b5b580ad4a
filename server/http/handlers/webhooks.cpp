// Webhook endpoints and their delivery log, for administrators.
#include "commands/webhooks.h"

#include <algorithm>

#include "http/etag.h"
#include "http/handlers/handlers.h"
#include "http/json_body.h"
#include "http/listing.h"
#include "http/records_path.h"
#include "http/representation.h"
#include "http/webhook_body.h"
#include "plugins/registry.h"

namespace assay::handlers {
namespace {

Result<WebhookRow> webhook_named(const Api& api, const Request& request, Snapshot& at) {
  if (auto may = require_administrator(api.who()); !may) return may.error();
  auto row = find_webhook(at, request.parameter("id"), api.who().reader);
  if (!row) return refuse(Reason::not_found, "there is no such webhook");
  return *row;
}

Response shown(const WebhookRow& row, int status) {
  Response response = json_response(webhook_json(row), status);
  response.headers.add("ETag", version_etag(row.version));
  if (status == 201) response.headers.add("Location", "/api/v1/webhooks/" + row.uuid);
  return response;
}

Result<Response> webhook_answer(const Api& api, const Performed& performed, const std::string& secret) {
  Snapshot at = api.context().store.read();
  const auto row = find_webhook(at, performed.uuid, api.who().reader);
  if (!row) return refuse(Reason::not_found, "there is no such webhook");
  Response response = shown(*row, performed.status);
  if (!secret.empty()) {
    Json json = webhook_json(*row);
    json["secret"] = secret;
    response.body = json.dump();
  }
  mark_repeated(response, performed);
  return response;
}

Result<WebhookWish> wished_webhook(const Api& api, const Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  auto wish = webhook_wish_of(*body);
  if (!wish || !wish->style) return wish;
  const std::string_view adapter = ticket_adapter_of(*wish->style);
  if (adapter.empty()) return wish;
  const Plugin* const plugin = api.service().plugins.find(adapter);
  if (plugin == nullptr || !plugin->manifest().implements("ticket/1"))
    return invalid_field("/style", "names no plugin that works and implements ticket/1");
  return wish;
}

Result<DeliveryRow> delivery_named(Snapshot& at, const WebhookRow& webhook, const Request& request) {
  auto row = find_delivery(at, webhook.id, request.parameter("delivery"));
  if (!row) return refuse(Reason::not_found, "there is no such delivery");
  return *row;
}

}  // namespace

Result<Response> list_webhooks(Api& api, const Request& request) {
  if (auto may = require_administrator(api.who()); !may) return may.error();
  auto page = id_page(request);
  if (!page) return page.error();
  Snapshot at = api.context().store.read();
  auto rows = assay::list_webhooks(at, api.who().reader, page->after, page->one_more());
  const auto next = cut(rows, *page);
  Json all = Json::array();
  for (const WebhookRow& row : rows) all.push_back(webhook_json(row));
  return list_answer(request, {{"items", std::move(all)}}, next);
}

Result<Response> get_webhook(Api& api, const Request& request) {
  Snapshot at = api.context().store.read();
  auto row = webhook_named(api, request, at);
  if (!row) return row.error();
  const std::string etag = version_etag(row->version);
  if (none_match_holds(request, etag)) return not_modified(etag);
  return shown(*row, 200);
}

Result<Response> make_webhook(Api& api, const Request& request) {
  auto wish = wished_webhook(api, request);
  if (!wish) return wish.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  const Service& service = api.service();
  auto made = assay::make_webhook(service.context, *call, *wish, service.webhook_url, service.webhook_limit);
  if (!made) return made.error();
  return webhook_answer(api, made->performed, made->secret);
}

Result<Response> change_webhook(Api& api, const Request& request) {
  auto wish = wished_webhook(api, request);
  if (!wish) return wish.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed =
      assay::change_webhook(api.context(), *call, request.parameter("id"), *wish, api.service().webhook_url);
  if (!performed) return performed.error();
  return webhook_answer(api, *performed, {});
}

Result<Response> remove_webhook(Api& api, const Request& request) {
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed = assay::remove_webhook(api.context(), *call, request.parameter("id"));
  if (!performed) return performed.error();
  Response response = no_content();
  mark_repeated(response, *performed);
  return response;
}

Result<Response> rotate_webhook_secret(Api& api, const Request& request) {
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto made = assay::rotate_webhook_secret(api.context(), *call, request.parameter("id"));
  if (!made) return made.error();
  return webhook_answer(api, made->performed, made->secret);
}

Result<Response> list_deliveries(Api& api, const Request& request) {
  auto page = id_page(request);
  if (!page) return page.error();
  const auto state = request.query_value("state").value_or("");
  if (!state.empty() && std::find(delivery_states.begin(), delivery_states.end(), state) == delivery_states.end())
    return invalid_query("?state", "is none of pending, delivered, exhausted, cancelled");
  Snapshot at = api.context().store.read();
  auto webhook = webhook_named(api, request, at);
  if (!webhook) return webhook.error();
  auto rows = assay::list_deliveries(at, webhook->id, state, page->after, page->one_more());
  const auto next = cut(rows, *page);
  Json all = Json::array();
  for (const DeliveryRow& row : rows) all.push_back(delivery_json(row));
  return list_answer(request, {{"items", std::move(all)}, {"cursor_position", cursor_of(at, webhook->id)}}, next);
}

Result<Response> get_delivery(Api& api, const Request& request) {
  Snapshot at = api.context().store.read();
  auto webhook = webhook_named(api, request, at);
  if (!webhook) return webhook.error();
  auto delivery = delivery_named(at, *webhook, request);
  if (!delivery) return delivery.error();
  Json json = delivery_json(*delivery);
  json["log"] = Json::array();
  for (const AttemptRow& attempt : attempts_of(at, delivery->id)) json["log"].push_back(attempt_json(attempt));
  return json_response(json);
}

Result<Response> test_webhook(Api& api, const Request& request) {
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed = assay::test_webhook(api.context(), *call, request.parameter("id"));
  if (!performed) return performed.error();
  const std::string& delivery = performed->uuid;
  const std::string href = "/api/v1/webhooks/" + std::string(request.parameter("id")) + "/deliveries/" + delivery;
  Response response = json_response({{"delivery", delivery}, {"href", href}}, 202);
  response.headers.add("Location", href);
  mark_repeated(response, *performed);
  return response;
}

Result<Response> replay_webhook(Api& api, const Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  if (auto known = only_members(*body, {"after"}); !known) return known.error();
  const auto after = body->find("after");
  if (after == body->end() || !after->is_number_integer() || *after < 0) {
    return invalid_field("/after", "must be the position of an event in the log, or 0");
  }
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed = assay::replay_webhook(api.context(), *call, request.parameter("id"), after->get<std::int64_t>());
  if (!performed) return performed.error();
  Response response = json_response(Json{{"replaying_after", *after}}, 202);
  mark_repeated(response, *performed);
  return response;
}

Result<Response> redeliver(Api& api, const Request& request) {
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed = assay::redeliver(api.context(), *call, request.parameter("id"), request.parameter("delivery"));
  if (!performed) return performed.error();
  Response response = json_response(Json{{"delivery", performed->uuid}}, 202);
  mark_repeated(response, *performed);
  return response;
}

}  // namespace assay::handlers
