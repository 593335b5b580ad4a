// Stored files as answers: always a download with its name, never shown by a browser as a page of ours.
#pragma once

#include <string>
#include <string_view>

#include "http/request.h"
#include "http/response.h"
#include "storage/blob_store.h"

namespace assay {

/// `attachment; filename="ascii"; filename*=UTF-8''...` (RFC 6266).
std::string attachment_named(std::string_view name);

/// The file as a download with its hash as ETag and Repr-Digest: 304 for who has it, 206 for one range of bytes
/// (RFC 9110, 14), 416 for one that it does not have, 406 for who does not take its media type. A file that the blob
/// store has lost is a broken world: throws std::runtime_error.
Response stored_file(const BlobStore& files, const Request& request, std::string_view organisation,
                     const std::string& sha256, const std::string& media_type, const std::string& name);

}  // namespace assay
