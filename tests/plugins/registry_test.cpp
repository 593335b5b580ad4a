// The registry: broken packages are listed with their error and stop nothing.
#include "plugins/registry.h"

#include <algorithm>

#include "plugins/fixture.h"

namespace assay::test {
namespace {

const PluginStatus& status_of(const PluginRegistry& registry, std::string_view id) {
  const auto found = std::find_if(registry.list().begin(), registry.list().end(),
                                  [&](const PluginStatus& status) { return status.id == id; });
  INFO(id);
  REQUIRE(found != registry.list().end());
  return *found;
}

TEST_CASE("the shipped plugins are ready") {
  const PluginRegistry registry({shipped_packages}, {"0.1.0"});
  for (const PluginStatus& status : registry.list()) {
    INFO(status.id << ": " << status.error);
    CHECK(status.ready());
    CHECK(status.hash.size() == 64);
  }
  REQUIRE(registry.find("org.assay.iso27001") != nullptr);
  CHECK(registry.find_by_catalogue("iso27001-2022") == registry.find("org.assay.iso27001"));
  CHECK(registry.find_by_catalogue("none") == nullptr);
  const auto reporting = registry.implementing("report/1");
  REQUIRE_FALSE(reporting.empty());
  CHECK(std::find(reporting.begin(), reporting.end(), registry.find("org.assay.report-html")) != reporting.end());
}

TEST_CASE("a broken package is listed with its error, and the others work") {
  const TempFolder folder;
  for (const std::string name : {"sound", "wrong-id"})
    std::filesystem::copy(test_packages / name, folder.path() / name);
  std::filesystem::copy(test_packages / "sound", folder.path() / "twin");
  std::filesystem::create_directory(folder.path() / "garbled");
  write_file(folder.path() / "garbled/manifest.json", "{}");
  std::filesystem::create_directory(folder.path() / "no-package");
  const PluginRegistry registry({folder.path() / "absent", folder.path()}, {"0.1.0"});
  CHECK(registry.list().size() == 4);
  CHECK(registry.find("org.example.sound") != nullptr);
  CHECK(registry.find("org.example.wrong-id") == nullptr);
  CHECK_THAT(status_of(registry, "org.example.wrong-id").error, Catch::Matchers::ContainsSubstring("failed in load"));
  CHECK_THAT(status_of(registry, "garbled").error, Catch::Matchers::ContainsSubstring("garbled/manifest.json"));
  const auto twins = std::count_if(registry.list().begin(), registry.list().end(), [](const PluginStatus& status) {
    return status.id == "org.example.sound" && status.error == "another plugin with this id is loaded already";
  });
  CHECK(twins == 1);

  const Json broken = to_json(status_of(registry, "org.example.wrong-id"), "de");
  CHECK(broken.at("state") == Json("failed"));
  CHECK(broken.contains("error"));
  CHECK(broken.at("title") == Json("A plugin of the tests"));
  const Json ready = to_json(registry.list().at(1), "en");
  CHECK(ready.at("state") == Json("ready"));
  CHECK(ready.at("extensions") == Json{"checklist/1"});
  CHECK_FALSE(ready.contains("error"));
}

}  // namespace
}  // namespace assay::test
