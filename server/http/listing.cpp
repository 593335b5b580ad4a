// Lists in pages.
#include "http/listing.h"

namespace assay {
namespace {

Refusal foreign_cursor() { return invalid_query("?cursor", "does not belong to this list"); }

}  // namespace

Result<IdPage> id_page(const Request& request) {
  auto page = page_request(request);
  if (!page) return page.error();
  IdPage result{page->limit};
  if (!page->cursor) return result;
  const Json position = Json::parse(*page->cursor, nullptr, false);
  if (!position.is_number_integer()) return foreign_cursor();
  result.after = position.get<std::int64_t>();
  return result;
}

Result<KeyPage> key_page(const Request& request) {
  auto page = page_request(request);
  if (!page) return page.error();
  KeyPage result{page->limit};
  if (!page->cursor) return result;
  const Json position = Json::parse(*page->cursor, nullptr, false);
  if (!position.is_string()) return foreign_cursor();
  result.after = position.get<std::string>();
  return result;
}

Response list_answer(const Request& request, Json answer, const std::optional<std::string>& next_position) {
  answer["next"] = next_position ? Json(encode_cursor(*next_position)) : Json(nullptr);
  Response response = json_response(answer);
  if (next_position) add_next_link(response, request, *next_position);
  return response;
}

}  // namespace assay
