// Building responses.
#include "http/response.h"

#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "http/request.h"
#include "http/text.h"

namespace assay {
namespace {

/// The fields that the connection writes: a handler that set them too would make an ambiguous answer.
bool is_reserved(std::string_view name) {
  for (std::string_view reserved : {"Content-Length", "Transfer-Encoding", "Connection", "Date", "X-Request-Id"})
    if (same_ignoring_case(name, reserved)) return true;
  return false;
}

}  // namespace

HeaderList& HeaderList::add(std::string_view name, std::string_view value) {
  if (!is_token(name) || is_reserved(name))
    throw std::invalid_argument("not a header for a handler: " + std::string(name));
  if (!is_field_value(value)) throw std::invalid_argument("control character in header " + std::string(name));
  text_.append(name).append(": ").append(value).append("\r\n");
  return *this;
}

std::optional<std::string_view> HeaderList::find(std::string_view name) const {
  std::string_view rest = text_;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find("\r\n"));
    if (line.size() > name.size() && line[name.size()] == ':' && same_ignoring_case(line.substr(0, name.size()), name))
      return line.substr(name.size() + 2);
    rest.remove_prefix(line.size() + 2);
  }
  return std::nullopt;
}

OwnedFile& OwnedFile::operator=(OwnedFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

OwnedFile::~OwnedFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Response json_text(std::string text, int status) {
  Response response;
  response.status = status;
  response.content_type = media::json;
  response.body = std::move(text);
  return response;
}

Response json_response(const Json& value, int status) { return json_text(value.dump(), status); }

Response created(std::string_view location, std::string json) {
  Response response = json_text(std::move(json), 201);
  response.headers.add("Location", location);
  return response;
}

Response no_content() {
  Response response;
  response.status = 204;
  return response;
}

Response not_modified(std::string_view etag) {
  Response response;
  response.status = 304;
  response.headers.add("ETag", etag);
  return response;
}

Response see_other(std::string_view location) {
  Response response;
  response.status = 303;
  response.headers.add("Location", location);
  return response;
}

Response event_stream(std::unique_ptr<EventSource> source) {
  Response response;
  response.content_type = media::events;
  response.body = EventStream{std::move(source), std::nullopt};
  return response;
}

std::string_view reason_phrase(int status) {
  static constexpr std::pair<int, std::string_view> phrases[] = {
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {206, "Partial Content"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {416, "Range Not Satisfiable"},
      {417, "Expectation Failed"},
      {422, "Unprocessable Content"},
      {428, "Precondition Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {505, "HTTP Version Not Supported"},
      {507, "Insufficient Storage"},
  };
  const auto* const found = std::ranges::find(phrases, status, &std::pair<int, std::string_view>::first);
  return found == std::end(phrases) ? "Unknown" : found->second;
}

}  // namespace assay
