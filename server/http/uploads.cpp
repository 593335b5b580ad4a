// An upload's way into the blob store.
#include "http/uploads.h"

#include <utility>

namespace assay {
namespace {

class BlobUpload final : public UploadSink {
 public:
  explicit BlobUpload(std::unique_ptr<FileWriter> writer) : writer_(std::move(writer)) {}

  Result<void> write(std::span<const std::byte> bytes) override {
    return writer_->write({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

  Result<UploadReceipt> finish() override {
    auto stored = writer_->finish();
    if (!stored) return stored.error();
    return UploadReceipt{stored->sha256, static_cast<std::uint64_t>(stored->size)};
  }

  void abort() noexcept override { writer_.reset(); }

 private:
  std::unique_ptr<FileWriter> writer_;
};

}  // namespace

std::unique_ptr<UploadSink> upload_into(BlobStore& files, std::string_view organisation, std::int64_t limit) {
  return std::make_unique<BlobUpload>(files.create(organisation, limit));
}

}  // namespace assay
