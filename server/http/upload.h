// What receives the body of an upload while it arrives, so that it is never held in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "domain/refusal.h"

namespace assay {

/// What a sink tells about a body that has arrived in full.
struct UploadReceipt {
  std::string digest;      // lower-case hexadecimal SHA-256 of the bytes
  std::uint64_t size = 0;  // bytes
};

/// The receiver of one upload. All calls come one after the other, on the threads of the route (Run), after each other
/// happened-before. Destroying a sink whose content no handler has taken over discards what was written.
class UploadSink {
 public:
  UploadSink() = default;
  UploadSink(const UploadSink&) = delete;
  UploadSink& operator=(const UploadSink&) = delete;
  virtual ~UploadSink() = default;

  /// Takes the next bytes. A refusal (storage_full, too_large) ends the upload; abort() follows.
  virtual Result<void> write(std::span<const std::byte> bytes) = 0;
  /// All bytes have come: flush and tell what they are. A refusal ends the upload; abort() follows.
  virtual Result<UploadReceipt> finish() = 0;
  /// The client went away, was too slow, broke the framing or was refused: discard everything.
  virtual void abort() noexcept = 0;
};

/// An upload as the handler sees it. The sink is the one that `ServerSettings::open_upload` made.
struct FinishedUpload {
  UploadReceipt receipt;
  std::shared_ptr<UploadSink> sink;
};

}  // namespace assay
