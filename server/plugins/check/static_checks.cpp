// Checks that read the package and run nothing of it.
#include <assay/plugin.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <memory>

#include "ledger/signing.h"
#include "plugins/check/candidate.h"
#include "plugins/pack/pack.h"
#include "plugins/package_signature.h"

namespace assay {
namespace {

/// The first few of many, for a sentence.
std::string few_of(const std::vector<std::string>& names) {
  constexpr std::size_t shown = 5;
  std::string text = fmt::format(
      "{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), shown)), ", "));
  if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

template <class Range>
bool holds(const Range& range, std::string_view value) {
  return std::ranges::find(range, value) != std::ranges::end(range);
}

constexpr std::array<std::string_view, 9> runtime_libraries = {
    "libc.so.6",  "libm.so.6",  "libstdc++.so.6",       "libgcc_s.so.1",        "libpthread.so.0",
    "libdl.so.2", "librt.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"};

constexpr std::uint64_t most_resource = 16u << 20;  // as resource/1 gives

struct NewestVersion {
  std::string_view prefix, most;
};
/// Of Debian 12, the oldest system that Assay runs on.
constexpr NewestVersion newest_versions[] = {
    {"GLIBC_", "2.36"}, {"GLIBCXX_", "3.4.30"}, {"CXXABI_", "1.3.13"}, {"GCC_", "12.0"}};

/// What a plugin has no use for, as the sandbox refuses it.
constexpr std::array<std::string_view, 47> refused_functions = {
    "fork",           "vfork",       "clone",      "system",    "popen",        "posix_spawn", "posix_spawnp",
    "execl",          "execlp",      "execle",     "execv",     "execvp",       "execve",      "execvpe",
    "pthread_create", "thrd_create", "signal",     "sigaction", "bsd_signal",   "sigprocmask", "pthread_sigmask",
    "raise",          "kill",        "alarm",      "setitimer", "timer_create", "on_exit",     "atexit",
    "exit",           "_exit",       "quick_exit", "setlocale", "setenv",       "putenv",      "unsetenv",
    "chdir",          "socket",      "connect",    "bind",      "listen",       "accept",      "dlopen",
    "setrlimit",      "ptrace",      "prctl",      "shm_open",  "umask"};

}  // namespace

std::string check_manifest(Candidate& subject) {
  auto manifest = read_manifest(subject.folder());
  if (!manifest) throw Unmet(manifest.error().detail);
  const std::string named = fmt::format("{} {}", manifest->id, manifest->version);
  subject.take(std::move(*manifest));
  return named;
}

std::string check_files(Candidate& subject) {
  auto library = verify_package(subject.folder(), subject.manifest());
  if (!library) throw Unmet(library.error().detail);
  subject.take(std::move(*library));
  std::vector<std::string> resources;
  for (const PackageFile& file : subject.manifest().files) {
    if (file.path == subject.manifest().library || file.size > most_resource) continue;
    std::ifstream in(subject.folder() / file.path, std::ios::binary);
    resources.push_back(file.path);
    resources.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  subject.take_resources(std::move(resources));
  return fmt::format("{} files", subject.manifest().files.size());
}

std::string check_data(Candidate& subject) {
  auto data = read_data_pack(subject.folder(), subject.manifest(), PluginLimits());
  if (!data) throw Unmet(data.error().detail);
  subject.take(std::shared_ptr<PluginCode>(std::move(*data)));
  return {};
}

std::string check_signature(Candidate& subject) {
  constexpr std::uintmax_t longest_signature = 1024;
  const auto file = subject.folder() / "manifest.sig";
  std::error_code ignored;
  const auto size = std::filesystem::file_size(file, ignored);
  if (ignored) throw Unmet("there is none, and --key names a key that should have made one");
  if (size > longest_signature) throw Unmet("manifest.sig has more than 1 KiB");
  std::ifstream in(file, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto signature = parse_signature(text, "manifest.sig");
  if (!signature) throw Unmet(signature.error().detail);
  if (subject.options().key.empty()) return fmt::format("form only, key id {}; --key verifies it", signature->key);
  const PublicKey key = PublicKey::read(subject.options().key);
  if (signature->key != key.id()) throw Unmet(fmt::format("its key id is {}, not {}", signature->key, key.id()));
  const auto manifest = read_manifest_text(subject.folder());
  if (!manifest) throw Unmet(manifest.error().detail);
  if (!key.verifies(*manifest, signature->bytes)) throw Unmet("it is not of the bytes of manifest.json");
  return fmt::format("key id {}", key.id());
}

std::string check_elf(Candidate& subject) {
  const std::string bytes = subject.library_bytes();
  auto read = read_elf(bytes);
  if (const auto* why = std::get_if<std::string>(&read)) throw Unmet(*why);
  subject.take(std::get<ElfFacts>(std::move(read)));
  return {};
}

std::string check_exports(Candidate& subject) {
  std::vector<std::string> others = subject.elf().exported;
  if (std::erase(others, ASSAY_ENTRY_SYMBOL) == 0) throw Unmet("it does not export " ASSAY_ENTRY_SYMBOL);
  if (!others.empty()) throw Unmet("it also exports " + few_of(others));
  return {};
}

std::string check_unique_symbols(Candidate& subject) {
  if (!subject.elf().unique.empty()) throw Unmet("these are unique in a process: " + few_of(subject.elf().unique));
  return {};
}

std::string check_libraries(Candidate& subject) {
  std::vector<std::string> others = subject.elf().needed;
  std::erase_if(others, [](const std::string& name) { return holds(runtime_libraries, name); });
  if (!others.empty()) throw Unmet("it needs " + few_of(others));
  return fmt::format("{}", fmt::join(subject.elf().needed, ", "));
}

std::string check_oldest_system(Candidate& subject) {
  std::vector<std::string> newer;
  for (const std::string& version : subject.elf().versions) {
    for (const NewestVersion& row : newest_versions) {
      if (version.starts_with(row.prefix) && !not_newer(version, row.most)) newer.push_back(version);
    }
  }
  if (!newer.empty()) throw Unmet("it needs " + few_of(newer) + ", which Debian 12 has not got");
  return {};
}

std::string check_search_path(Candidate& subject) {
  if (!subject.elf().search_paths.empty()) throw Unmet("it brings " + few_of(subject.elf().search_paths));
  return {};
}

std::string check_text_relocations(Candidate& subject) {
  if (subject.elf().text_relocations) throw Unmet("it has relocations in its code");
  return {};
}

std::string check_executable_stack(Candidate& subject) {
  if (subject.elf().executable_stack)
    throw Unmet("it asks for an executable stack, or does not say that it needs none");
  return {};
}

/// What the build adds, the list of files, is not in the library.
std::string check_embedded(Candidate& subject) {
  if (!subject.elf().manifest) return "the library holds none, but for the id and the version";
  const auto text = read_manifest_text(subject.folder());
  if (!text) throw Unmet(text.error().detail);
  auto embedded = parse_strict(*subject.elf().manifest), shipped = parse_strict(*text);
  if (const auto* fault = std::get_if<JsonFault>(&embedded))
    throw Unmet("that of the library is no JSON: " + fault->reason);
  for (auto* one : {&embedded, &shipped}) std::get<Json>(*one).erase("files");
  const Json patch = Json::diff(std::get<Json>(shipped), std::get<Json>(embedded));
  if (!patch.empty()) throw Unmet(fmt::format("they differ at \"{}\"", patch.front().at("path").get<std::string>()));
  return {};
}

std::string check_imports(Candidate& subject) {
  std::vector<std::string> refused = subject.elf().imported;
  std::erase_if(refused, [](const std::string& name) { return !holds(refused_functions, name); });
  if (!refused.empty()) throw Unmet("it uses " + few_of(refused));
  return {};
}

}  // namespace assay
