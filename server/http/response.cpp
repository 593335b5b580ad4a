// Building responses.
#include "http/response.h"

#include <unistd.h>

#include <stdexcept>

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
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "Unknown";
  }
}

}  // namespace assay
