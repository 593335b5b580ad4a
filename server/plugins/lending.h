// What the host lends to the running call of a plugin: files of its package, and evidence.
#pragma once

#include <assay/abi.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "plugins/manifest.h"
#include "plugins/running_call.h"
#include "sandbox/frame.h"

namespace assay {

/// Thread-safe. What comes in is a plugin's and may be anything.
class Lending {
 public:
  Lending(std::filesystem::path folder, const Manifest& manifest) : folder_(std::move(folder)), manifest_(manifest) {}

  struct Lent {
    assay_status status;
    std::string bytes = {};
  };
  /// True when the manifest asks for the host extension that the service belongs to.
  bool granted(sandbox::Service service) const;
  /// See resource/1 and evidence/1. ASSAY_UNSUPPORTED for what is not granted.
  Lent lend(const sandbox::AskRequest& ask, RunningCall& call) const;

 private:
  Lent package_file(std::string_view name, RunningCall& call) const;

  std::filesystem::path folder_;
  Manifest manifest_;
};

}  // namespace assay
