// A plugin's library.
#include "sandbox/library.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>

namespace assay::sandbox {
namespace {

constexpr const char* crossed = "an exception crossed the boundary";
constexpr std::array<std::string_view, 2> known_extensions = {ASSAY_CHECKLIST_1, ASSAY_REPORT_1};

assay_string to_abi(std::string_view text) { return {text.data(), text.size()}; }

std::string text_of(std::string_view text) { return std::string(text.substr(0, max_line)); }

}  // namespace

std::string_view stated(assay_string text) {
  return text.data == nullptr || text.length > max_line
             ? std::string_view()
             : std::string_view(text.data, static_cast<std::size_t>(text.length));
}

Library::~Library() {
  if (!initialised_) return;
  try {
    entry_->deinit();
  } catch (...) {  // NOLINT(bugprone-empty-catch)
    // The plugin is on its way out; there is nobody left to tell.
  }
}

std::optional<std::string> Library::open(const char* path) {
  void* const handle = ::dlopen(path, RTLD_NOW | RTLD_LOCAL);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc keeps this text per thread
  if (handle == nullptr) return text_of(::dlerror());
  void* const symbol = ::dlsym(handle, ASSAY_ENTRY_SYMBOL);
  if (symbol == nullptr) return "it does not export " ASSAY_ENTRY_SYMBOL;
  try {
    entry_ = reinterpret_cast<decltype(&assay_plugin_v1)>(symbol)();
  } catch (...) {
    return crossed;
  }
  return entry_fault();
}

/// What is wrong with the entry; looks at nothing behind the magic block before that is right.
std::optional<std::string> Library::entry_fault() const {
  if (entry_ == nullptr) return "its entry is null";
  const assay_magic& magic = entry_->magic;
  const std::string major = std::to_string(magic.abi_major), minor = std::to_string(magic.abi_minor);
  if (magic.signature != ASSAY_SIGNATURE) return "its magic block has another signature";
  if (magic.abi_major != ASSAY_ABI_MAJOR)
    return "it is built for ABI " + major + ", the host has " + std::to_string(ASSAY_ABI_MAJOR);
  if (magic.abi_minor > ASSAY_ABI_MINOR)
    return "it is built for ABI " + major + "." + minor + ", which is newer than the host";
  if (magic.struct_size < offsetof(assay_plugin, get_extension) + sizeof(entry_->get_extension))
    return "its entry is too small";
  if (magic.abi_major != identity_.abi_major || magic.abi_minor != identity_.abi_minor)
    return "its magic block and its manifest name different ABI versions";
  if (stated(entry_->id) != identity_.id) return "it says that its id is " + text_of(stated(entry_->id));
  if (stated(entry_->version) != identity_.version)
    return "it says that its version is " + text_of(stated(entry_->version));
  if (entry_->init == nullptr || entry_->deinit == nullptr || entry_->get_extension == nullptr)
    return "its entry lacks a function";
  return {};
}

Ended Library::init(const assay_host* host, const assay_call* call) {
  try {
    const assay_status status = entry_->init(host, call);
    initialised_ = status == ASSAY_OK;
    return {status, false};
  } catch (...) {
    return {ASSAY_FAILED, true};
  }
}

std::optional<std::string> Library::take_extensions() {
  for (const std::string_view id : known_extensions) {
    const void* extension = nullptr;
    try {
      extension = entry_->get_extension(to_abi(id));
    } catch (...) {
      return crossed;
    }
    const auto& declared = identity_.extensions;
    const bool expected = std::find(declared.begin(), declared.end(), id) != declared.end();
    if (expected && extension == nullptr)
      return "its manifest declares " + std::string(id) + ", which it does not implement";
    if (!expected && extension != nullptr)
      return "it implements " + std::string(id) + ", which its manifest does not declare";
    if (id == ASSAY_CHECKLIST_1) checklist_ = static_cast<const assay_checklist_1*>(extension);
    if (id == ASSAY_REPORT_1) report_ = static_cast<const assay_report_1*>(extension);
  }
  if (checklist_ != nullptr && checklist_->catalogues == nullptr) return "its checklist/1 lacks a function";
  if (report_ != nullptr && report_->render == nullptr) return "its report/1 lacks a function";
  return {};
}

Ended Library::run(Method method, const assay_call* call, std::string_view format, std::string_view input,
                   const assay_writer* out) const {
  try {
    if (method == Method::catalogues && checklist_ != nullptr) return {checklist_->catalogues(call, out), false};
    if (method == Method::render && report_ != nullptr)
      return {report_->render(call, to_abi(format), to_abi(input), out), false};
    return {ASSAY_UNSUPPORTED, false};
  } catch (...) {
    return {ASSAY_FAILED, true};
  }
}

}  // namespace assay::sandbox
