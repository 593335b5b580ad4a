// The API description as an answer.
#include "http/openapi.h"

#include "http/etag.h"
#include "http/handlers/handlers.h"
#include "http/routes.h"
#include "ledger/digest.h"

namespace assay::handlers {

Result<Response> openapi(Api& api, const Request& request) {
  std::string text = assay::openapi(*api.context().workflows, routes(), api.service().version).dump();
  const std::string etag = strong_etag(sha256_hex(text));
  if (none_match_holds(request, etag)) return not_modified(etag);
  Response response = json_text(std::move(text));
  response.headers.add("ETag", etag);
  response.headers.add("Cache-Control", "no-cache");
  return response;
}

}  // namespace assay::handlers
