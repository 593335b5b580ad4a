// The catalogues that plugins offer, asked for once per package and language: plugins do not change while the server
// runs.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "commands/catalogues.h"
#include "plugins/plugin.h"
#include "plugins/registry.h"

namespace assay {

/// Thread-safe.
class OfferedCatalogues {
 public:
  explicit OfferedCatalogues(const PluginRegistry& plugins) : plugins_(plugins) {}

  /// All catalogues of one plugin; not_found for an unknown plugin, plugin_failed when it does not answer.
  Result<std::vector<OfferedCatalogue>> of(const std::string& plugin, const std::string& language);
  /// Those of one package, whether or not a newer version of its plugin is loaded; not_found when it is not, and as
  /// of() when it has not answered after `patience`.
  Result<std::vector<OfferedCatalogue>> of_package(const std::string& hash, const std::string& language,
                                                   std::chrono::milliseconds patience);
  /// One of them.
  Result<OfferedCatalogue> find(const std::string& plugin, const std::string& catalogue, const std::string& language);

 private:
  Result<std::vector<OfferedCatalogue>> given_by(Plugin& plugin, const std::string& language,
                                                 std::chrono::milliseconds patience);

  const PluginRegistry& plugins_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::vector<OfferedCatalogue>> known_;  // by package and language
};

}  // namespace assay
