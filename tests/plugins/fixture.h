// What the tests of plugins share: packages, a folder of their own, limits and sinks.
#pragma once

#include <catch2/catch_all.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include "plugins/in_process.h"
#include "plugins/manifest.h"
#include "plugins/plugin.h"
#include "plugins/sandboxed.h"

/// A failed REQUIRE(result) shows the refusal.
template <class T>
struct Catch::StringMaker<boost::system::result<T, assay::Refusal>> {
  static std::string convert(const boost::system::result<T, assay::Refusal>& result) {
    return result ? "a value" : result.error().detail;
  }
};

namespace assay::test {

inline const std::filesystem::path test_packages = std::filesystem::path(ASSAY_BINARY_DIR) / "test-plugins";
inline const std::filesystem::path shipped_packages = std::filesystem::path(ASSAY_BINARY_DIR) / "plugins";

/// A new folder that goes with its owner.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "assay-plugins-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  INFO(path.string());
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_file(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// Long enough that only a mistake reaches it.
inline CallLimits patient() { return {std::chrono::steady_clock::now() + std::chrono::seconds(60)}; }
inline CallLimits within(std::chrono::milliseconds time) { return {std::chrono::steady_clock::now() + time}; }

inline Result<std::unique_ptr<Plugin>> try_load(const std::filesystem::path& package, PluginHost host = {"0.1.0"}) {
  auto manifest = read_manifest(package);
  if (!manifest) return manifest.error();
  return load_in_process(package, *manifest, std::move(host));
}

inline std::unique_ptr<Plugin> load(const std::filesystem::path& package, PluginHost host = {"0.1.0"}) {
  auto plugin = try_load(package, std::move(host));
  INFO((plugin ? "" : plugin.error().detail));
  REQUIRE(plugin);
  return std::move(*plugin);
}

/// With the sandbox as it is shipped, for plugins that are built without sanitizers.
inline PluginHost plain_host() {
  PluginHost host{"0.1.0"};
  host.program = ASSAY_PLAIN_HOST;
  host.limits.niceness = 0;  // what else runs on this machine is not what is tried
  return host;
}
/// For the shipped plugins.
inline PluginHost shipped_host() {
  PluginHost host{"0.1.0"};
  host.program = ASSAY_PLUGIN_HOST;
  host.limits.niceness = 0;
  return host;
}

inline Result<std::unique_ptr<Plugin>> try_load_sandboxed(const std::filesystem::path& package, PluginHost host) {
  auto manifest = read_manifest(package);
  if (!manifest) return manifest.error();
  auto spawner = std::make_shared<Spawner>(host.program, host.limits.pulse, std::chrono::milliseconds(10));
  return load_sandboxed(package, *manifest, std::move(host), std::move(spawner));
}

inline std::unique_ptr<Plugin> load_sandboxed_now(const std::filesystem::path& package, PluginHost host) {
  auto plugin = try_load_sandboxed(package, std::move(host));
  INFO((plugin ? "" : plugin.error().detail));
  REQUIRE(plugin);
  return std::move(*plugin);
}

inline ByteSink into(std::string& text) {
  return [&text](std::string_view piece) -> Result<void> {
    text += piece;
    return {};
  };
}

/// The smallest valid input of a report.
inline Json empty_input() {
  return {{"report_input", 1},
          {"language", "en"},
          {"generated_at", "2026-11-23T08:30:00.000Z"},
          {"organisation", {{"name", "Example"}}},
          {"audit", {{"number", "IA-1"}, {"title", "Audit"}, {"state", "Planned"}}},
          {"team", Json::array()},
          {"sessions", Json::array()},
          {"findings", Json::array()},
          {"corrective_actions", Json::array()},
          {"exceptions", Json::array()},
          {"catalogues", Json::array()},
          {"evidence", Json::array()}};
}

}  // namespace assay::test
