// Stored files as answers.
#include "http/content_disposition.h"

#include <stdexcept>

#include "domain/refusal.h"
#include "http/etag.h"
#include "http/page.h"
#include "ledger/digest.h"

namespace assay {

std::string attachment_named(std::string_view name) {
  std::string ascii;
  for (const char c : name) ascii += (c >= ' ' && c < 127 && c != '"' && c != '\\') ? c : '_';
  return "attachment; filename=\"" + ascii + "\"; filename*=UTF-8''" + percent_encode(name);
}

Response stored_file(const BlobStore& files, std::string_view organisation, const std::string& sha256,
                     const std::string& media_type, const std::string& name) {
  const auto path = files.locate(organisation, sha256);
  if (!path) throw std::runtime_error("file " + sha256 + " is missing from the blob store");
  Response response;
  response.headers.add("Content-Type", media_type);
  response.headers.add("Content-Disposition", attachment_named(name));
  response.headers.add("ETag", strong_etag(sha256));
  response.headers.add("Repr-Digest", "sha-256=:" + to_base64(from_hex(sha256).value()) + ":");
  response.headers.add("Cache-Control", "private, no-cache");
  response.body = FileBody{.path = *path};
  return response;
}

}  // namespace assay
