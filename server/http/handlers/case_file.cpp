// The file of a case: everything about one record and what hangs below it, as JSON or as a page to print.
#include "http/case_file.h"

#include "http/case_file_page.h"
#include "http/handlers/handlers.h"
#include "http/negotiation.h"
#include "http/records_path.h"

namespace assay::handlers {
namespace {

/// A page is for who names it, and does not want the data more.
bool wants_page(const Request& request) {
  const std::string accept = request.joined_header("Accept").value_or("");
  const Wanted html = wanted_media(accept, media::html);
  return html.by_name && html.weight > 0 && html.weight >= wanted_media(accept, media::json).weight;
}

}  // namespace

Result<Response> get_case_file(Api& api, const Request& request) {
  const std::string language = language_of(api, request);
  Snapshot at = api.context().store.read();
  auto top = record_of(api, request, at);
  if (!top) return top.error();
  const Json file = case_file(api, at, *top, language, api.service().case_file_rows);
  Response response = wants_page(request) ? case_file_page(file, api.who().organisation.zone) : json_response(file);
  response.headers.add("Vary", "Accept, Accept-Language");
  return response;
}

}  // namespace assay::handlers
