// What the host lends to the running call of a plugin.
#include "plugins/lending.h"

#include <assay/ext/host/evidence.h>
#include <assay/ext/host/resource.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "ledger/digest.h"
#include "plugins/descriptor.h"

namespace assay {
namespace {

constexpr std::uint64_t most_of_file = 16u << 20;
constexpr std::uint64_t most_of_evidence = 1u << 20;  // at once

/// The `size` bytes of a regular file that has as many.
std::optional<std::string> bytes_of_file(const std::filesystem::path& file, std::uint64_t size) {
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status{};
  if (in.get() < 0 || ::fstat(in.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
      static_cast<std::uint64_t>(status.st_size) != size)
    return {};
  std::string bytes(static_cast<std::size_t>(size), '\0');
  for (std::size_t taken = 0; taken < bytes.size();) {
    const ssize_t count = ::read(in.get(), bytes.data() + taken, bytes.size() - taken);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return {};
    taken += static_cast<std::size_t>(count);
  }
  return bytes;
}

}  // namespace

bool Lending::granted(sandbox::Service service) const {
  const std::string_view id = service == sandbox::Service::resource ? ASSAY_RESOURCE_1 : ASSAY_EVIDENCE_1;
  const auto& wanted = manifest_.host_extensions;
  return std::find(wanted.begin(), wanted.end(), id) != wanted.end();
}

/// The manifest is the truth: what has been changed since the package was verified is not given.
Lending::Lent Lending::package_file(std::string_view name, RunningCall& call) const {
  const auto listed = std::find_if(manifest_.files.begin(), manifest_.files.end(),
                                   [&](const PackageFile& file) { return file.path == name; });
  if (listed == manifest_.files.end()) return {ASSAY_INVALID};
  if (listed->size > most_of_file || !call.lend(listed->size)) return {ASSAY_LIMIT};
  auto bytes = bytes_of_file(folder_ / listed->path, listed->size);
  if (!bytes || sha256_hex(*bytes) != listed->sha256) return {ASSAY_FAILED};
  return {ASSAY_OK, std::move(*bytes)};
}

Lending::Lent Lending::lend(const sandbox::AskRequest& ask, RunningCall& call) const {
  if (!granted(ask.service)) return {ASSAY_UNSUPPORTED};
  if (call.given_up()) return {ASSAY_CANCELLED};
  if (ask.service == sandbox::Service::resource) return package_file(ask.name, call);
  const EvidenceReader& reader = call.services().evidence;
  if (!reader) return {ASSAY_UNSUPPORTED};
  const std::uint64_t length = std::min(ask.length, most_of_evidence);
  if (!call.lend(length)) return {ASSAY_LIMIT};
  auto bytes = reader(ask.name, ask.offset, length);
  if (!bytes) return {ASSAY_INVALID};
  if (bytes->size() > length) bytes->resize(static_cast<std::size_t>(length));
  return {ASSAY_OK, std::move(*bytes)};
}

}  // namespace assay
