// The API description as an answer.
#include "http/etag.h"
#include "http/handlers/handlers.h"

namespace assay::handlers {

Result<Response> openapi(Api& api, const Request& request) {
  const auto& [text, etag] = api.service().description->of(*api.context().workflows, api.service().version);
  if (none_match_holds(request, etag)) return not_modified(etag);
  Response response = json_text(text);
  response.headers.add("ETag", etag);
  response.headers.add("Cache-Control", "no-cache");
  return response;
}

}  // namespace assay::handlers
