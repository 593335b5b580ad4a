// A plugin's library.
#include "sandbox/library.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>

namespace assay::sandbox {
namespace {

constexpr const char* crossed = "an exception crossed the boundary";

/// An extension and its one function; in the order of the methods.
struct Known {
  std::string_view id;
  bool (*whole)(const void* table);
};
template <class Extension, auto Function>
bool is_whole(const void* table) {
  return static_cast<const Extension*>(table)->*Function != nullptr;
}
constexpr std::array known = {
    Known{ASSAY_CHECKLIST_1, &is_whole<assay_checklist_1, &assay_checklist_1::catalogues>},
    Known{ASSAY_REPORT_1, &is_whole<assay_report_1, &assay_report_1::render>},
    Known{ASSAY_SCORING_1, &is_whole<assay_scoring_1, &assay_scoring_1::score>},
    Known{ASSAY_APPLICABILITY_1, &is_whole<assay_applicability_1, &assay_applicability_1::applicable>},
    Known{ASSAY_SAMPLING_1, &is_whole<assay_sampling_1, &assay_sampling_1::sample>},
    Known{ASSAY_GUARD_1, &is_whole<assay_guard_1, &assay_guard_1::judge>},
    Known{ASSAY_TICKET_1, &is_whole<assay_ticket_1, &assay_ticket_1::requests>},
    Known{ASSAY_SETTINGS_1, &is_whole<assay_settings_1, &assay_settings_1::check>},
    Known{ASSAY_MIGRATE_1, &is_whole<assay_migrate_1, &assay_migrate_1::map>},
};

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
  static_assert(known.size() == known_extensions);
  for (std::size_t i = 0; i < known.size(); ++i) {
    const std::string_view id = known.at(i).id;
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
    if (extension != nullptr && !known.at(i).whole(extension)) return "its " + std::string(id) + " lacks a function";
    tables_.at(i) = extension;
  }
  return {};
}

Ended Library::run(Method method, const assay_call* call, std::string_view format, std::string_view input,
                   const assay_writer* out) const {
  const auto index = static_cast<std::size_t>(method) - 1;
  if (index >= tables_.size() || tables_.at(index) == nullptr) return {ASSAY_UNSUPPORTED, false};
  const assay_string text = to_abi(input);
  try {
    switch (method) {
      case Method::catalogues:
        return {table<assay_checklist_1>(method)->catalogues(call, out), false};
      case Method::render:
        return {table<assay_report_1>(method)->render(call, to_abi(format), text, out), false};
      case Method::score:
        return {table<assay_scoring_1>(method)->score(call, text, out), false};
      case Method::applicable:
        return {table<assay_applicability_1>(method)->applicable(call, text, out), false};
      case Method::sample:
        return {table<assay_sampling_1>(method)->sample(call, text, out), false};
      case Method::judge:
        return {table<assay_guard_1>(method)->judge(call, text, out), false};
      case Method::requests:
        return {table<assay_ticket_1>(method)->requests(call, text, out), false};
      case Method::check_settings:
        return {table<assay_settings_1>(method)->check(call, text, out), false};
      case Method::map:
        return {table<assay_migrate_1>(method)->map(call, text, out), false};
    }
    return {ASSAY_UNSUPPORTED, false};
  } catch (...) {
    return {ASSAY_FAILED, true};
  }
}

}  // namespace assay::sandbox
