// Plugin packages: files that strangers call one, read, verified and unpacked.
#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "fuzz/targets.h"
#include "ledger/digest.h"
#include "plugins/package.h"
#include "plugins/package_archive.h"
#include "plugins/package_signature.h"
#include "plugins/trust.h"

namespace assay::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr PackageLimits package_limits{1 << 20};

/// A file in memory that has a path.
class PackageInMemory {
 public:
  explicit PackageInMemory(std::string_view bytes) : descriptor_(::memfd_create("package", MFD_CLOEXEC)) {
    if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "memfd_create");
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0) throw std::system_error(errno, std::generic_category(), "a file in memory");
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  PackageInMemory(const PackageInMemory&) = delete;
  PackageInMemory& operator=(const PackageInMemory&) = delete;
  ~PackageInMemory() { ::close(descriptor_); }
  fs::path path() const { return fmt::format("/proc/self/fd/{}", descriptor_); }

 private:
  int descriptor_;
};

class EmptyFolder {
 public:
  EmptyFolder() {
    std::string name = (fs::temp_directory_path() / "assay-fuzz-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), name);
    path_ = name;
  }
  EmptyFolder(const EmptyFolder&) = delete;
  EmptyFolder& operator=(const EmptyFolder&) = delete;
  ~EmptyFolder() {
    std::error_code ignored;  // the next start of the machine clears it away
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// An entry as "@@ TYPE NAME" and lines behind it say.
struct PackedEntry {
  std::string type, name, bytes;
};

std::vector<PackedEntry> entries_in(std::string_view input) {
  std::vector<PackedEntry> all;
  while (!input.empty()) {
    const auto next = std::min(input.find("\n@@ "), input.size());
    std::string_view one = input.substr(0, next);
    input.remove_prefix(std::min(next + 1, input.size()));
    if (one.starts_with("@@ ")) one.remove_prefix(3);
    const auto end = std::min(one.find('\n'), one.size());
    const std::string_view head = one.substr(0, end);
    const auto blank = std::min(head.find(' '), head.size());
    all.push_back({std::string(head.substr(0, blank)), std::string(head.substr(std::min(blank + 1, head.size()))),
                   std::string(one.substr(std::min(end + 1, one.size())))});
  }
  return all;
}

/// Puts hashes and sizes where the manifest leaves them open, as "HASH(name)" and "SIZE(name)": else hardly anything
/// that the fuzzer makes would come past them.
void fill_in(std::vector<PackedEntry>& entries) {
  for (PackedEntry& one : entries) {
    if (one.name != manifest_name) continue;
    for (const PackedEntry& other : entries) {
      const std::pair<std::string, std::string> values[] = {
          {"HASH(" + other.name + ")", sha256_hex(other.bytes)},
          {"SIZE(" + other.name + ")", std::to_string(other.bytes.size())}};
      for (const auto& [open, value] : values) {
        for (auto at = one.bytes.find(open); at != std::string::npos; at = one.bytes.find(open, at + value.size()))
          one.bytes.replace(at, open.size(), value);
      }
    }
  }
}

using Archive = std::unique_ptr<archive, decltype(&archive_write_free)>;

void put(archive* out, const PackedEntry& one) {
  static const std::map<std::string, unsigned, std::less<>> types = {
      {"file", AE_IFREG}, {"folder", AE_IFDIR}, {"link", AE_IFLNK}, {"pipe", AE_IFIFO}, {"device", AE_IFCHR}};
  const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(), &archive_entry_free);
  const auto type = types.find(one.type);
  const unsigned kind = type == types.end() ? AE_IFREG : type->second;
  archive_entry_set_pathname(entry.get(), one.name.c_str());
  archive_entry_set_filetype(entry.get(), kind);
  archive_entry_set_perm(entry.get(), 0644);
  if (kind == AE_IFLNK) archive_entry_set_symlink(entry.get(), one.bytes.c_str());
  if (one.type == "hard") archive_entry_set_hardlink(entry.get(), one.bytes.c_str());
  const bool has_bytes = kind == AE_IFREG && one.type != "hard";
  archive_entry_set_size(entry.get(), has_bytes ? static_cast<la_int64_t>(one.bytes.size()) : 0);
  // What the writer does not take is not in the archive: the reader is what is tried.
  if (archive_write_header(out, entry.get()) < ARCHIVE_WARN || !has_bytes) return;
  archive_write_data(out, one.bytes.data(), one.bytes.size());
}

/// A gzip-compressed file of what `write` puts into an archive of that format.
template <class Write>
std::string compressed(int (*format)(archive*), Write write) {
  std::string bytes(4 << 20, '\0');
  std::size_t used = 0;
  const Archive out(archive_write_new(), &archive_write_free);
  if (format(out.get()) != ARCHIVE_OK || archive_write_add_filter_gzip(out.get()) != ARCHIVE_OK ||
      archive_write_open_memory(out.get(), bytes.data(), bytes.size(), &used) != ARCHIVE_OK)
    throw std::runtime_error("libarchive writes no archive");
  write(out.get());
  archive_write_close(out.get());
  bytes.resize(used);
  return bytes;
}

/// The bytes of the package that an input stands for.
std::string package_of(std::string_view input) {
  if (input.starts_with("entries\n")) {
    auto entries = entries_in(input.substr(8));
    fill_in(entries);
    return compressed(&archive_write_set_format_pax_restricted, [&](archive* out) {
      for (const PackedEntry& one : entries) put(out, one);
    });
  }
  if (input.starts_with("tar\n")) {
    return compressed(&archive_write_set_format_raw,
                      [&](archive* out) { put(out, {"file", "tar", std::string(input.substr(4))}); });
  }
  return std::string(input);
}

void require_refusal(const Refusal& refusal, const fs::path& file) {
  require(refusal.reason == Reason::invalid, "what is refused is invalid", refusal.detail);
  require(refusal.detail.starts_with(file.string()) && refusal.detail.size() > file.string().size() + 2,
          "a refusal names the file and a reason", refusal.detail);
  require(std::all_of(refusal.detail.begin(), refusal.detail.end(),
                      [](char c) { return static_cast<unsigned char>(c) >= ' '; }),
          "a refusal is one line", refusal.detail);
}

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Nothing but plain files in the folder itself, within the limits, whatever became of the package.
std::set<std::string> files_in(const fs::path& folder) {
  std::set<std::string> names;
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    require(entry.symlink_status().type() == fs::file_type::regular, "only plain files are unpacked",
            entry.path().string());
    require(entry.path().parent_path() == folder, "all of them lie in the folder", entry.path().string());
    bytes += entry.file_size();
    names.insert(entry.path().filename().string());
  }
  require(bytes <= package_limits.bytes + max_signature_size + max_manifest_size,
          "what is unpacked keeps to the limits");
  return names;
}

void require_unsigned_or_refused(const PackageHead& head, const fs::path& file) {
  static const PluginTrust trust = [] {
    PluginTrust made;
    const auto key = PublicKey::of(std::string(PublicKey::size, '\x42'));  // whose private half nobody has
    made.keys.emplace(key->id(), TrustedKey{*key, "Nobody", {"org"}, {}, {"process"}, {}});
    return made;
  }();
  const Date day{std::chrono::sys_days{std::chrono::days{20'000}}};
  const auto key = vouched(trust, head, file, day);
  require(!key, "nobody vouches for a package whose key is not trusted");
  require(key.error().detail.starts_with(file.string()), "a refusal names the file", key.error().detail);
  if (head.signature.empty()) return;
  const auto signature = parse_signature(head.signature, file);
  if (!signature) return require_refusal(signature.error(), file);
  require(signature->key.size() == 64 && signature->bytes.size() == 64, "a signature is 64 bytes of a key with an id");
}

void require_whole(PackageArchive& package, const fs::path& file) {
  const PackageHead head = package.head();
  const EmptyFolder folder;
  const auto unpacked = package.unpack(folder.path());
  const auto names = files_in(folder.path());
  if (!unpacked) return require_refusal(unpacked.error(), file);
  std::set<std::string> expected = {std::string(manifest_name)};
  if (!head.signature.empty()) expected.insert(std::string(signature_name));
  for (const auto& listed : head.manifest.files) expected.insert(listed.path);
  require(names == expected, "what is unpacked is what the manifest lists");
  require(content_of(folder.path() / manifest_name) == head.text, "the manifest is unpacked as it was read");
  const auto verified = verify_package(folder.path(), head.manifest);
  require(verified.has_value(), "what was unpacked is verified", verified ? "" : verified.error().detail);
  const auto again = read_package_folder(folder.path());
  require(again && again->manifest.hash == head.manifest.hash && again->signature == head.signature,
          "the folder is the same package");
  const EmptyFolder beside;
  const fs::path written = beside.path() / "again";
  require(write_package(folder.path(), head, written).has_value(), "it can be packed again");
  const EmptyFolder second;
  auto repacked = open_package(written, PackageLimits{2 << 20});  // tar itself takes room
  require(repacked && (*repacked)->head().text == head.text && (*repacked)->unpack(second.path()),
          "what is packed again is the same package");
  require(files_in(second.path()) == expected, "and unpacks to the same files");
}

}  // namespace

void run_packages(std::string_view input) {
  const PackageInMemory memory(package_of(input));
  const fs::path file = memory.path();
  const auto package = open_package(file, package_limits);
  if (!package) return require_refusal(package.error(), file);
  const PackageHead& head = (*package)->head();
  require(head.text.size() <= max_manifest_size && head.signature.size() <= max_signature_size,
          "manifest and signature keep to their limits");
  require(head.manifest.hash == sha256_hex(head.text), "the hash of a package is that of its manifest");
  const auto again = parse_manifest(head.text, file);
  require(again && again->hash == head.manifest.hash, "the manifest reads the same twice");
  require_unsigned_or_refused(head, file);
  require_whole(**package, file);
}

}  // namespace assay::fuzz
