// An upload's way into the blob store.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "http/upload.h"
#include "storage/blob_store.h"

namespace assay {

/// A sink that streams into `files` of the organisation, at most `limit` bytes; the file is durable after finish().
std::unique_ptr<UploadSink> upload_into(BlobStore& files, std::string_view organisation, std::int64_t limit);

}  // namespace assay
