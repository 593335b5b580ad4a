// The code of a plugin, wherever it runs.
#pragma once

#include <string_view>

#include "plugins/plugin.h"
#include "plugins/running_call.h"
#include "sandbox/frame.h"

namespace assay {

/// What a plugin is called for. `format` is of Method::render.
struct PluginCall {
  std::string_view phase;  // for people
  sandbox::Method method;
  std::uint64_t limit;  // bytes of output, as in the CappedOutput
  std::string_view format = {}, input = {};
};

/// Thread-safe.
class PluginCode {
 public:
  virtual ~PluginCode() = default;
  virtual PluginHealth health() const = 0;
  /// Waits for its turn and calls the plugin, which writes to `out`. Refuses plugin_failed; what is wrong with the
  /// output is for the caller to see, in `out`.
  virtual Result<void> run(const PluginCall& what, RunningCall& call, const CappedOutput& out) = 0;
};

}  // namespace assay
