// Stored files as answers.
#include "http/content_disposition.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <stdexcept>

#include "domain/refusal.h"
#include "http/etag.h"
#include "http/negotiation.h"
#include "http/page.h"
#include "http/problem.h"
#include "http/route_check.h"
#include "ledger/digest.h"

namespace assay {

std::string attachment_named(std::string_view name) {
  std::string ascii;
  for (const char c : name) ascii += (c >= ' ' && c < 127 && c != '"' && c != '\\') ? c : '_';
  return "attachment; filename=\"" + ascii + "\"; filename*=UTF-8''" + percent_encode(name);
}

namespace {

struct ByteRange {
  std::uint64_t first = 0, last = 0;
};

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return {};
  return value;
}

/// The one range that the request asks for. Nothing when it asks for none, for several, or in a form that is not
/// known: then the whole is sent. An empty result is a range that the file does not have.
std::optional<std::optional<ByteRange>> range_of(const Request& request, std::uint64_t size, std::string_view etag) {
  const auto header = request.header("Range");
  if (!header || !header->starts_with("bytes=") || header->find(',') != std::string_view::npos) return {};
  if (const auto condition = request.header("If-Range"); condition && *condition != etag) return {};
  const std::string_view range = header->substr(6);
  const auto dash = range.find('-');
  if (dash == std::string_view::npos) return {};
  const auto first = number(range.substr(0, dash)), last = number(range.substr(dash + 1));
  if (dash == 0) {
    if (!last) return {};
    if (*last == 0 || size == 0) return std::optional<ByteRange>();
    return ByteRange{size - std::min(size, *last), size - 1};
  }
  if (!first || (dash + 1 < range.size() && (!last || *last < *first))) return {};
  if (*first >= size) return std::optional<ByteRange>();
  return ByteRange{*first, std::min(last.value_or(size - 1), size - 1)};
}

}  // namespace

Response stored_file(const BlobStore& files, const Request& request, std::string_view organisation,
                     const std::string& sha256, const std::string& media_type, const std::string& name) {
  if (const auto accept = request.joined_header("Accept"); accept && !takes_any_of(*accept, media_type))
    return not_acceptable(request, media_type);
  const auto path = files.locate(organisation, sha256);
  if (!path) throw std::runtime_error("file " + sha256 + " is missing from the blob store");
  const std::string etag = strong_etag(sha256);
  if (none_match_holds(request, etag)) return not_modified(etag);
  const std::uint64_t size = std::filesystem::file_size(*path);
  const auto range = range_of(request, size, etag);
  if (range && !*range) {
    Response refused = protocol_problem(416, "range-not-satisfiable", "the file does not have these bytes", request.id);
    refused.headers.add("Content-Range", "bytes */" + std::to_string(size));
    return refused;
  }
  Response response;
  response.headers.add("Content-Type", media_type);
  response.headers.add("Content-Disposition", attachment_named(name));
  response.headers.add("ETag", etag);
  response.headers.add("Repr-Digest", "sha-256=:" + to_base64(from_hex(sha256).value()) + ":");
  response.headers.add("Cache-Control", "private, no-cache");
  response.headers.add("Accept-Ranges", "bytes");
  FileBody body{.path = *path};
  if (range) {
    const auto [first, last] = **range;
    response.status = 206;
    response.headers.add("Content-Range",
                         "bytes " + std::to_string(first) + "-" + std::to_string(last) + "/" + std::to_string(size));
    body.offset = first;
    body.length = last - first + 1;
  }
  response.body = std::move(body);
  return response;
}

}  // namespace assay
