// Whether the server lives, whether it can serve, and its figures.
#include <prometheus/registry.h>

#include "http/handlers/handlers.h"
#include "http/metrics.h"
#include "plugins/registry.h"

namespace assay::handlers {

Result<Response> alive(Api& api, const Request&) {
  return json_response({{"status", "alive"}, {"version", api.service().version}});
}

Result<Response> ready(Api& api, const Request&) {
  const Service& service = api.service();
  Json checks = Json::object();
  bool fine = !service.stopped;
  checks["storage"] = {{"ok", fine}};
  bool held = false;
  try {
    Snapshot at = service.context.store.read();
    list_organisations(at);  // any question will do: an open connection alone tells nothing
    held = service.context.store.held();
    checks["database"] = {{"ok", true}, {"engine", service.context.store.engine()}};
  } catch (const std::exception&) {
    checks["database"] = {{"ok", false}};
    fine = false;
  }
  const bool delivering = service.deliveries.running();
  checks["deliveries"] = {{"ok", delivering || held}, {"held_after_restore", held}};
  const bool loaded = service.plugins.loaded();
  checks["plugins"] = {{"ok", loaded}};
  fine = fine && (delivering || held) && loaded;
  return json_response({{"status", fine ? "ready" : "not ready"}, {"checks", checks}}, fine ? 200 : 503);
}

Result<Response> metrics(Api& api, const Request&) {
  Response response;
  response.content_type = metrics_media_type;
  response.body = text_exposition(*api.service().metrics) + store_exposition(api.context().store.figures());
  return response;
}

}  // namespace assay::handlers
