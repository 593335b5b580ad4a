// Package files, read and written by libarchive with everything switched off but tar and gzip.
#include "plugins/package_archive.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include "ledger/digest.h"
#include "plugins/descriptor.h"
#include "plugins/libarchive.h"
#include "plugins/package.h"
#include "storage/files.h"

namespace assay {
namespace {

constexpr std::size_t block_size = 64 * 1024;
constexpr std::uint64_t ratio_floor = 1 << 20;  // bytes that may come out whatever went in

Refusal refuse_package(const std::filesystem::path& file, std::string_view reason) {
  return refuse(Reason::invalid, fmt::format("{}: {}", file.string(), reason));
}

struct FreeReader {
  void operator()(archive* reader) const { libarchive().read_free(reader); }
};
struct FreeWriter {
  void operator()(archive* writer) const { libarchive().write_free(writer); }
};
struct FreeEntry {
  void operator()(archive_entry* entry) const { libarchive().entry_free(entry); }
};

/// A name as a message may hold it.
std::string shown_name(std::string_view name) {
  std::string text;
  for (const char c : name.substr(0, 100)) text += c >= ' ' && c <= '~' ? c : '?';
  return text + (name.size() > 100 ? "..." : "");
}

bool is_plain_name(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name.size() <= 100 && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || c == '.' || c == '-'; });
}

bool leads_out(std::string_view name) {
  return name.starts_with('/') || name == ".." || name.starts_with("../") || name.ends_with("/..") ||
         name.find("/../") != std::string_view::npos;
}

struct Entry {
  std::string name;
  std::uint64_t size;
};

class TarPackage : public PackageArchive {
 public:
  TarPackage(std::filesystem::path file, Descriptor descriptor, const PackageLimits& limits)
      : file_(std::move(file)), descriptor_(std::move(descriptor)), limits_(limits), reader_(libarchive().read_new()) {
    if (!reader_) throw std::bad_alloc();
  }

  const PackageHead& head() const override { return head_; }
  Result<void> unpack(const std::filesystem::path& folder) override;
  /// Up to the first file.
  Result<void> begin();

 private:
  Refusal no(std::string_view reason) const { return refuse_package(file_, reason); }
  Refusal damaged() const;
  Result<std::optional<Entry>> next();
  Result<Entry> examined(archive_entry* entry) const;
  Result<void> read(const Entry& entry, const std::function<void(std::string_view)>& sink);
  Result<std::string> text(const Entry& entry, std::uint64_t limit);
  Result<void> take(const Entry& entry, const std::filesystem::path& folder, std::map<std::string, bool>& taken);

  const std::filesystem::path file_;
  const Descriptor descriptor_;
  const PackageLimits limits_;
  const std::unique_ptr<archive, FreeReader> reader_;
  std::uint64_t produced_ = 0;
  std::optional<Entry> waiting_ = {};  // read already, and first of what is to be unpacked
  PackageHead head_ = {};
};

Refusal TarPackage::damaged() const {
  const char* reason = libarchive().error_string(reader_.get());
  return no(fmt::format("is truncated, damaged or no plugin package ({})",
                        shown_name(reason == nullptr ? "no reason" : reason)));
}

/// What an entry's header says, as far as it is acceptable.
Result<Entry> TarPackage::examined(archive_entry* entry) const {
  const char* name = libarchive().entry_pathname(entry);
  if (name == nullptr) return no("has an entry without a name that can be read");
  if (leads_out(name)) return no(fmt::format("has the entry {}, which leads out of the package", shown_name(name)));
  if (libarchive().entry_symlink(entry) != nullptr || libarchive().entry_hardlink(entry) != nullptr)
    return no(fmt::format("has the entry {}, which is a link", shown_name(name)));
  if (libarchive().entry_filetype(entry) != AE_IFREG || libarchive().entry_sparse_count(entry) != 0)
    return no(fmt::format("has the entry {}, which is no plain file", shown_name(name)));
  if (!is_plain_name(name))
    return no(fmt::format("has the entry {}, which has no plain name of letters, digits and ._-", shown_name(name)));
  if (libarchive().entry_size_is_set(entry) == 0 || libarchive().entry_size(entry) < 0)
    return no(fmt::format("has the entry {}, which states no size", name));
  return Entry{name, static_cast<std::uint64_t>(libarchive().entry_size(entry))};
}

Result<std::optional<Entry>> TarPackage::next() {
  if (waiting_) return std::exchange(waiting_, {});
  archive_entry* entry = nullptr;
  const int status = libarchive().read_next_header(reader_.get(), &entry);
  if (status == ARCHIVE_EOF) return std::optional<Entry>();
  if (status != ARCHIVE_OK) return damaged();
  auto seen = examined(entry);
  if (!seen) return seen.error();
  return std::optional(std::move(*seen));
}

Result<void> TarPackage::read(const Entry& entry, const std::function<void(std::string_view)>& sink) {
  std::vector<char> buffer(block_size);
  std::uint64_t size = 0;
  for (;;) {
    const la_ssize_t got = libarchive().read_data(reader_.get(), buffer.data(), buffer.size());
    if (got < 0) return damaged();
    if (got == 0) break;
    size += static_cast<std::uint64_t>(got);
    produced_ += static_cast<std::uint64_t>(got);
    if (size > entry.size) return no(fmt::format("has more of {} than it states", entry.name));
    const auto consumed = static_cast<std::uint64_t>(libarchive().filter_bytes(reader_.get(), -1));
    if (produced_ > ratio_floor && produced_ / max_package_ratio > consumed)
      return no(fmt::format("is compressed more than {} to 1", max_package_ratio));
    sink({buffer.data(), static_cast<std::size_t>(got)});
  }
  if (size != entry.size) return no(fmt::format("has less of {} than it states", entry.name));
  return {};
}

Result<std::string> TarPackage::text(const Entry& entry, std::uint64_t limit) {
  if (entry.size > limit) return no(fmt::format("has a {} of more than {} bytes", entry.name, limit));
  std::string all;
  all.reserve(entry.size);
  if (auto done = read(entry, [&all](std::string_view piece) { all += piece; }); !done) return done.error();
  return all;
}

Result<void> TarPackage::begin() {
  if (libarchive().read_support_format_tar(reader_.get()) != ARCHIVE_OK ||
      libarchive().read_support_filter_gzip(reader_.get()) != ARCHIVE_OK)
    throw std::runtime_error("libarchive reads no gzip-compressed tar");
  if (libarchive().read_open_fd(reader_.get(), descriptor_.get(), block_size) != ARCHIVE_OK) return damaged();
  auto first = next();
  if (!first) return first.error();
  if (!*first || (*first)->name != manifest_name)
    return no(fmt::format("is no plugin package: its first entry is not {}", manifest_name));
  auto manifest = text(**first, max_manifest_size);
  if (!manifest) return manifest.error();
  head_.text = std::move(*manifest);
  auto second = next();
  if (!second) return second.error();
  if (*second && (*second)->name == signature_name) {
    auto signature = text(**second, max_signature_size);
    if (!signature) return signature.error();
    if (signature->empty()) return no(fmt::format("has an empty {}", signature_name));
    head_.signature = std::move(*signature);
  } else {
    waiting_ = std::move(*second);
  }
  auto parsed = parse_manifest(head_.text, file_ / std::string(manifest_name));
  if (!parsed) return parsed.error();
  head_.manifest = std::move(*parsed);
  std::uint64_t all = head_.text.size();
  for (const auto& listed : head_.manifest.files) all += listed.size;
  if (all > limits_.bytes) return no(fmt::format("holds {} bytes; at most {} are taken", all, limits_.bytes));
  return {};
}

Result<void> TarPackage::take(const Entry& entry, const std::filesystem::path& folder,
                              std::map<std::string, bool>& taken) {
  const auto known = taken.find(entry.name);
  if (known == taken.end()) return no(fmt::format("has the file {}, which its manifest does not list", entry.name));
  if (known->second) return no(fmt::format("has the file {} twice", entry.name));
  known->second = true;
  const auto& files = head_.manifest.files;
  const auto listed =
      std::find_if(files.begin(), files.end(), [&](const auto& candidate) { return candidate.path == entry.name; });
  if (entry.size != listed->size)
    return no(fmt::format("has the file {} without the size that its manifest states", entry.name));
  File out(folder / entry.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC);
  Sha256 hash;
  const auto sink = [&](std::string_view piece) {
    hash.update(piece);
    out.write({piece.data(), piece.size()});
  };
  if (auto done = read(entry, sink); !done) return done.error();
  const Digest digest = hash.finish();
  if (to_hex(bytes_of(digest)) != listed->sha256)
    return no(fmt::format("has the file {} without the SHA-256 that its manifest states", entry.name));
  out.sync();
  return {};
}

void write_synced(const std::filesystem::path& file, std::string_view text) {
  File out(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC);
  out.write({text.data(), text.size()});
  out.sync();
}

Result<void> TarPackage::unpack(const std::filesystem::path& folder) {
  std::map<std::string, bool> taken = {{std::string(manifest_name), true}, {std::string(signature_name), true}};
  for (const auto& listed : head_.manifest.files) taken.emplace(listed.path, false);
  for (;;) {
    auto entry = next();
    if (!entry) return entry.error();
    if (!*entry) break;
    if (auto done = take(**entry, folder, taken); !done) return done.error();
  }
  for (const auto& [name, there] : taken) {
    if (!there) return no(fmt::format("lacks the file {} of its manifest", name));
  }
  write_synced(folder / manifest_name, head_.text);
  if (!head_.signature.empty()) write_synced(folder / signature_name, head_.signature);
  sync_folder(folder);
  return {};
}

/// The archive on its way out.
class TarWriter {
 public:
  explicit TarWriter(const std::filesystem::path& file)
      : writer_(libarchive().write_new()), entry_(libarchive().entry_new()) {
    if (!writer_ || !entry_) throw std::bad_alloc();
    // No time stamp and no padding: the same content gives the same file.
    expect(libarchive().write_set_format_ustar(writer_.get()));
    expect(libarchive().write_add_filter_gzip(writer_.get()));
    expect(libarchive().write_set_filter_option(writer_.get(), "gzip", "timestamp", nullptr));
    expect(libarchive().write_set_filter_option(writer_.get(), "gzip", "compression-level", "9"));
    expect(libarchive().write_set_bytes_in_last_block(writer_.get(), 1));
    expect(libarchive().write_open_filename(writer_.get(), file.c_str()));
  }

  void add(std::string_view name, std::string_view bytes) {
    begin(name, bytes.size());
    put(bytes);
  }
  void begin(std::string_view name, std::uint64_t size) {
    libarchive().entry_clear(entry_.get());
    libarchive().entry_set_pathname(entry_.get(), std::string(name).c_str());
    libarchive().entry_set_size(entry_.get(), static_cast<la_int64_t>(size));
    libarchive().entry_set_filetype(entry_.get(), AE_IFREG);
    libarchive().entry_set_perm(entry_.get(), 0644);
    libarchive().entry_set_mtime(entry_.get(), 0, 0);
    expect(libarchive().write_header(writer_.get(), entry_.get()));
  }
  void put(std::string_view bytes) {
    if (libarchive().write_data(writer_.get(), bytes.data(), bytes.size()) != static_cast<la_ssize_t>(bytes.size()))
      fail();
  }
  void finish() { expect(libarchive().write_close(writer_.get())); }

 private:
  void expect(int status) const {
    if (status != ARCHIVE_OK) fail();
  }
  [[noreturn]] void fail() const {
    const char* reason = libarchive().error_string(writer_.get());
    throw std::runtime_error(fmt::format("the package cannot be written: {}", reason == nullptr ? "?" : reason));
  }

  std::unique_ptr<archive, FreeWriter> writer_;
  std::unique_ptr<archive_entry, FreeEntry> entry_;
};

void write_archive(const std::filesystem::path& folder, const PackageHead& head, const std::filesystem::path& to) {
  TarWriter out(to);
  out.add(manifest_name, head.text);
  if (!head.signature.empty()) out.add(signature_name, head.signature);
  std::vector<char> buffer(block_size);
  for (const auto& listed : head.manifest.files) {
    File in(folder / listed.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    out.begin(listed.path, listed.size);
    for (std::uint64_t left = listed.size; left > 0;) {
      const std::size_t got =
          in.read({buffer.data(), static_cast<std::size_t>(std::min<std::uint64_t>(left, block_size))});
      if (got == 0) throw std::runtime_error((folder / listed.path).string() + " became shorter while it was read");
      out.put({buffer.data(), got});
      left -= got;
    }
  }
  out.finish();
}

}  // namespace

Result<PackageHead> read_package_folder(const std::filesystem::path& folder) {
  PackageHead head;
  auto text = read_manifest_text(folder);
  if (!text) return text.error();
  auto manifest = parse_manifest(*text, folder / manifest_name);
  if (!manifest) return manifest.error();
  head.text = std::move(*text);
  head.manifest = std::move(*manifest);
  const auto file = folder / signature_name;
  std::error_code unknown;
  const auto status = std::filesystem::symlink_status(file, unknown);
  if (status.type() == std::filesystem::file_type::not_found) return head;
  // Asked before it is opened: a pipe would wait for somebody who writes.
  if (!std::filesystem::is_regular_file(status)) return refuse_package(file, "cannot be read");
  std::ifstream in(file, std::ios::binary);
  std::string signature(max_signature_size + 1, '\0');
  if (!in) return refuse_package(file, "cannot be read");
  in.read(signature.data(), static_cast<std::streamsize>(signature.size()));
  signature.resize(static_cast<std::size_t>(in.gcount()));
  if (signature.empty() || signature.size() > max_signature_size)
    return refuse_package(file, fmt::format("is empty, or larger than {} bytes", max_signature_size));
  head.signature = std::move(signature);
  return head;
}

void prepare_packages() { libarchive(); }

Result<std::unique_ptr<PackageArchive>> open_package(const std::filesystem::path& file, const PackageLimits& limits) {
  Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (descriptor.get() < 0) return refuse_package(file, "cannot be opened: " + std::generic_category().message(errno));
  struct stat status{};
  if (::fstat(descriptor.get(), &status) != 0 || !S_ISREG(status.st_mode))
    return refuse_package(file, "is not a regular file");
  if (static_cast<std::uint64_t>(status.st_size) > limits.bytes)
    return refuse_package(file, fmt::format("has {} bytes; at most {} are taken", status.st_size, limits.bytes));
  auto package = std::make_unique<TarPackage>(file, std::move(descriptor), limits);
  if (auto begun = package->begin(); !begun) return begun.error();
  return std::unique_ptr<PackageArchive>(std::move(package));
}

Result<void> write_package(const std::filesystem::path& folder, const PackageHead& head,
                           const std::filesystem::path& file) {
  if (auto verified = verify_package(folder, head.manifest); !verified) return verified.error();
  auto beside = file;
  beside += ".new";
  std::filesystem::remove(beside);
  try {
    write_archive(folder, head, beside);
    File(beside, O_RDONLY | O_CLOEXEC).sync();
    std::filesystem::rename(beside, file);
  } catch (...) {
    std::error_code ignored;  // the failure itself is told
    std::filesystem::remove(beside, ignored);
    throw;
  }
  return {};
}

}  // namespace assay
