// A plugin's library: loaded, held against what its manifest says, and called.
#pragma once

#include <assay/ext/applicability.h>
#include <assay/ext/checklist.h>
#include <assay/ext/guard.h>
#include <assay/ext/migrate.h>
#include <assay/ext/report.h>
#include <assay/ext/sampling.h>
#include <assay/ext/scoring.h>
#include <assay/ext/settings.h>
#include <assay/ext/ticket.h>
#include <assay/plugin.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/frame.h"

namespace assay::sandbox {

/// What the library has to say about itself: from the manifest.
struct Identity {
  std::string id, version;
  std::uint32_t abi_major, abi_minor;
  std::vector<std::string> extensions;
};

/// Text that a plugin states; what is too long for that is not read.
std::string_view stated(assay_string text);

/// How a function of the plugin went; an exception that left it counts as ASSAY_FAILED.
struct Ended {
  assay_status status;
  bool threw;
};

/// One thread at a time. Reasons are texts of the plugin, not cleaned. Never unloaded.
class Library {
 public:
  explicit Library(Identity identity) : identity_(std::move(identity)) {}
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  /// deinit, if init succeeded.
  ~Library();

  /// Runs its constructors; why it is not acceptable, if so.
  std::optional<std::string> open(const char* path);
  Ended init(const assay_host* host, const assay_call* call);
  /// After init: takes the extensions; exactly those that are declared must be there.
  std::optional<std::string> take_extensions();
  /// ASSAY_UNSUPPORTED for what it does not implement. `format` is of Method::render.
  Ended run(Method method, const assay_call* call, std::string_view format, std::string_view input,
            const assay_writer* out) const;

 private:
  static constexpr std::size_t known_extensions = 9;

  std::optional<std::string> entry_fault() const;
  template <class Extension>
  const Extension* table(Method method) const {
    return static_cast<const Extension*>(tables_.at(static_cast<std::size_t>(method) - 1));
  }

  Identity identity_;
  const assay_plugin* entry_ = nullptr;
  bool initialised_ = false;
  std::array<const void*, known_extensions> tables_{};  // by method
};

}  // namespace assay::sandbox
