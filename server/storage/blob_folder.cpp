// Files in a folder: a temporary name, sync, rename to the hash, sync of the folder.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <set>

#include "ledger/digest.h"
#include "ledger/random.h"
#include "storage/blob_naming.h"
#include "storage/blob_store.h"
#include "storage/files.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

Refusal storage_full() { return refuse(Reason::storage_full, "the storage of the server is full"); }

bool is_full(const std::system_error& error) {
  return error.code().value() == ENOSPC || error.code().value() == EDQUOT;
}

/// A name that comes from outside must not leave its folder.
void require_plain(std::string_view name) {
  const bool plain = !name.empty() && name.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz-_") == name.npos;
  if (!plain) throw std::logic_error("no name of an organisation or hash: " + std::string(name));
}

/// What the folder's writers share.
struct Folder {
  fs::path root;
  std::set<std::string> durable;  // folders whose entries were synced since the start; under blob_naming()

  fs::path temporary() const { return root / "incoming"; }
  /// Makes the folder and those above it, down from the root's parent, and their entries durable. A folder that is
  /// there proves nothing: a crash may have come between its making and the sync. Under blob_naming().
  void make_durable(const fs::path& folder) {
    constexpr std::size_t remembered = 1 << 16;
    const std::string name = folder.lexically_relative(root).string();
    if (durable.contains(name)) return;
    if (folder != root) make_durable(folder.parent_path());
    make_folder(folder);
    sync_folder(folder.parent_path());
    if (durable.size() >= remembered) durable.clear();
    durable.insert(name);
  }
  fs::path place(std::string_view organisation, std::string_view sha256) const {
    require_plain(organisation);
    require_plain(sha256);
    return root / organisation / sha256.substr(0, 2) / sha256.substr(2);
  }
};

class FolderWriter final : public FileWriter {
 public:
  FolderWriter(Folder& folder, std::string_view organisation, std::int64_t limit)
      : folder_(folder),
        organisation_(organisation),
        limit_(limit),
        path_(folder.temporary() / to_hex(random_bytes(16))) {
    require_plain(organisation);
  }

  ~FolderWriter() override {
    if (!named_) unlink(path_.c_str());
  }

  Result<void> write(std::span<const char> bytes) override {
    size_ += static_cast<std::int64_t>(bytes.size());
    if (size_ > limit_)
      return refuse(Reason::too_large, "the file is larger than " + std::to_string(limit_) + " bytes");
    try {
      opened().write(bytes);
    } catch (const std::system_error& error) {
      if (is_full(error)) return storage_full();
      throw;
    }
    hash_.update({bytes.data(), bytes.size()});
    return {};
  }

  Result<StoredFile> finish() override {
    if (size_ > limit_)
      return refuse(Reason::too_large, "the file is larger than " + std::to_string(limit_) + " bytes");
    try {
      opened().sync();
      file_.reset();
      const std::string sha256 = to_hex(bytes_of(hash_.finish()));
      name(folder_.place(organisation_, sha256));
      return StoredFile{sha256, size_};
    } catch (const std::system_error& error) {
      if (is_full(error)) return storage_full();
      throw;
    }
  }

 private:
  File& opened() {
    if (!file_) file_ = std::make_unique<File>(path_, O_WRONLY | O_CREAT | O_EXCL);
    return *file_;
  }

  void name(const fs::path& place) {
    // Whoever finds a file or folder there must find its name durable.
    const std::unique_lock lock(blob_naming());
    folder_.make_durable(place.parent_path());
    // Stored already: it counts as new, so that its grace period begins again.
    if (utimensat(AT_FDCWD, place.c_str(), nullptr, 0) == 0) {
      sync_folder(place.parent_path());  // a crash may have come between its renaming and the sync
      return;
    }
    if (errno != ENOENT) throw std::system_error(errno, std::generic_category(), place.string());
    fs::rename(path_, place);
    named_ = true;
    try {
      sync_folder(place.parent_path());
    } catch (const std::system_error&) {
      unlink(place.c_str());  // the next one must not find it: a sync that failed once may seem to succeed later
      throw;
    }
  }

  Folder& folder_;
  const std::string organisation_;
  const std::int64_t limit_;
  const fs::path path_;
  std::unique_ptr<File> file_;
  Sha256 hash_;
  std::int64_t size_ = 0;
  bool named_ = false;
};

class BlobFolder final : public BlobStore {
 public:
  explicit BlobFolder(const fs::path& root)
      : folder_{fs::absolute(root.has_filename() ? root : root.parent_path()), {}} {
    make_folder(folder_.root);
    // What a crash left half-written was never named.
    fs::remove_all(folder_.temporary());
    make_folder(folder_.temporary());
  }

  std::unique_ptr<FileWriter> create(std::string_view organisation, std::int64_t limit) override {
    return std::make_unique<FolderWriter>(folder_, organisation, limit);
  }

  std::optional<fs::path> locate(std::string_view organisation, std::string_view sha256) const override {
    auto place = folder_.place(organisation, sha256);
    if (!fs::exists(place)) return {};
    return place;
  }

 private:
  Folder folder_;
};

}  // namespace

std::unique_ptr<BlobStore> open_blob_folder(const fs::path& folder) { return std::make_unique<BlobFolder>(folder); }

}  // namespace assay
