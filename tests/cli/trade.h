// The two sides of a plugin package: an author who signs it, and an operator who trusts and installs it.
#pragma once

#include <catch2/catch_all.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "cli/run.h"
#include "domain/json.h"

namespace assay::test {

inline const std::filesystem::path shipped = std::filesystem::path(ASSAY_BINARY_DIR) / "plugins/iso27001";

/// A copy of the shipped checklist under an id and a version of its own; its library says another, so it does not load.
inline void write_package_folder(const std::filesystem::path& folder, const std::string& version) {
  std::filesystem::create_directories(folder.parent_path());
  std::filesystem::copy(shipped, folder, std::filesystem::copy_options::recursive);
  Json manifest = Json::parse(read(folder / "manifest.json"));
  manifest["version"] = version;
  std::ofstream(folder / "manifest.json") << manifest.dump(2);
}

/// The author's side: a key and signed packages; the operator's: an empty data folder, which trusts nobody yet.
struct Trade {
  Place place;
  std::string data = place / "data", key = place / "key";

  Trade() {
    std::filesystem::create_directory(data);
    std::filesystem::permissions(data, std::filesystem::perms::owner_all);
    REQUIRE(run({"plugin", "keygen", key}).status == 0);
  }
  std::string package(const std::string& version) const {
    const std::string folder = place / ("f" + version).c_str(), file = place / (version + ".assayplugin").c_str();
    write_package_folder(folder, version);
    REQUIRE(run({"plugin", "pack", folder, "--output", file}).status == 0);
    REQUIRE(run({"plugin", "sign", file, "--key", key}).status == 0);
    return file;
  }
  Ran trust(std::vector<std::string> more = {}) const {
    std::vector<std::string> all = {"plugin",     "trust",   "add",  "--data", data,       "--key",
                                    key + ".pub", "--owner", "Acme", "--id",   "org.assay"};
    all.insert(all.end(), more.begin(), more.end());
    return run(all);
  }
};

}  // namespace assay::test
