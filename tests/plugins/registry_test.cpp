// The registry: broken packages are listed with their error and stop nothing.
#include "plugins/registry.h"

#include <sys/stat.h>

#include <algorithm>

#include "plugins/fixture.h"

namespace assay::test::registry_test {
namespace {

PluginStatus status_of(const PluginRegistry& registry, std::string_view id) {
  const auto all = registry.list();
  const auto found = std::find_if(all.begin(), all.end(), [&](const PluginStatus& status) { return status.id == id; });
  INFO(id);
  REQUIRE(found != all.end());
  return *found;
}

TEST_CASE("the shipped plugins are ready") {
  const PluginRegistry registry({shipped_packages}, shipped_host());
  for (const PluginStatus& status : registry.list()) {
    INFO(status.id << ": " << status.error);
    CHECK(status.ready());
    CHECK(status.hash.size() == 64);
  }
  REQUIRE(registry.find("org.assay.iso27001") != nullptr);
  CHECK(registry.find_by_catalogue("iso27001-2022") == registry.find("org.assay.iso27001"));
  CHECK(registry.find_by_catalogue("none") == nullptr);
  CHECK(to_json(status_of(registry, "org.assay.response-form"), "de").at("report_formats") ==
        Json({{{"id", "html"}, {"of", "response"}, {"media_type", "text/html"}, {"title", "HTML, druckbar"}}}));
  CHECK(to_json(status_of(registry, "org.assay.report-html"), "en").at("report_formats").at(0).at("of") == "audit");
  CHECK_FALSE(to_json(status_of(registry, "org.assay.iso27001"), "en").contains("report_formats"));
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
  std::filesystem::create_directory(folder.path() / "looping");
  std::filesystem::create_symlink("manifest.json", folder.path() / "looping/manifest.json");
  std::filesystem::copy(test_packages / "sound", folder.path() / "waiting");
  REQUIRE(::mkfifo((folder.path() / "waiting/manifest.sig").c_str(), 0600) == 0);
  const PluginRegistry registry({folder.path() / "absent", folder.path()}, plain_host());
  CHECK(registry.list().size() == 6);
  CHECK(registry.find("org.example.sound") != nullptr);
  CHECK(registry.find("org.example.wrong-id") == nullptr);
  CHECK_THAT(status_of(registry, "org.example.wrong-id").error, Catch::Matchers::ContainsSubstring("failed in load"));
  CHECK_THAT(status_of(registry, "garbled").error, Catch::Matchers::ContainsSubstring("garbled/manifest.json"));
  CHECK_THAT(status_of(registry, "looping").error, Catch::Matchers::ContainsSubstring("cannot be read"));
  CHECK_THAT(status_of(registry, "waiting").error, Catch::Matchers::ContainsSubstring("manifest.sig: cannot be read"));
  const auto all = registry.list();
  const auto twins = std::count_if(all.begin(), all.end(), [&](const PluginStatus& status) {
    return status.id == "org.example.sound" &&
           status.error.starts_with("this version of the plugin is loaded already, from " + folder.path().string());
  });
  CHECK(twins == 1);

  const Json broken = to_json(status_of(registry, "org.example.wrong-id"), "de", true);
  CHECK(broken.at("state") == Json("failed"));
  CHECK(broken.contains("error"));
  CHECK(broken.at("title") == Json("A plugin of the tests"));
  const Json ready = to_json(status_of(registry, "org.example.sound"), "en");
  CHECK(ready.at("state") == Json("ready"));
  CHECK(ready.at("extensions") == Json{"checklist/1"});
  CHECK(ready.at("host_services") == Json{"log/1"});
  CHECK_FALSE(ready.contains("error"));
  CHECK(ready.at("isolation") == Json("process"));
  CHECK(sandbox::level_named(ready.at("sandbox").at("level").get<std::string>()) >= sandbox::Level::confined);
  CHECK_FALSE(ready.at("sandbox").at("parts").empty());
}

TEST_CASE("versions of a plugin run side by side, and the newest that is not retired is meant") {
  const TempFolder folder;
  for (const std::string name : {"sound", "sound-newer"})
    std::filesystem::copy(test_packages / name, folder.path() / name);
  const auto id = [](const Plugin* plugin) { return plugin == nullptr ? "none" : plugin->manifest().version; };
  for (const std::string retired : {"", "1.10.0", "1.2.3"}) {
    const PackageFolder from{folder.path(), [&](const std::filesystem::path&, const PackageHead& package) {
                               Admission admission{"installed", "Example Ltd", "0123", true, false};
                               admission.retired = package.manifest.version == retired;
                               return Result<Admission>(admission);
                             }};
    const PluginRegistry registry(std::vector{from}, plain_host());
    INFO(retired);
    REQUIRE(registry.list().size() == 2);
    const std::string newest = retired == "1.10.0" ? "1.2.3" : "1.10.0";
    CHECK(id(registry.find("org.example.sound")) == newest);
    CHECK(id(registry.find_by_catalogue("small")) == newest);
    CHECK(registry.implementing("checklist/1") == std::vector{registry.find("org.example.sound")});
    for (const PluginStatus& status : registry.list()) {
      Plugin* const plugin = registry.find_package(status.hash);
      CHECK(id(plugin) == status.version);
      const auto catalogues = plugin->catalogues("en", patient());
      REQUIRE(catalogues);
      CHECK(catalogues->front().version == (status.version == "1.10.0" ? "2.0.0" : "1.0.0"));
      const Json told = to_json(status, "en", true);
      CHECK(told.at("state") == Json(status.version == retired ? "retired" : "ready"));
      CHECK(told.at("origin") == Json("installed"));
      CHECK(told.at("signed_by") == Json{{"owner", "Example Ltd"}, {"key_id", "0123"}});
    }
  }
}

TEST_CASE("what is not admitted is listed with its reason, and runs nowhere") {
  const TempFolder folder;
  std::filesystem::copy(test_packages / "sound", folder.path() / "sound");
  const PackageFolder nobody{folder.path(), [](const std::filesystem::path&, const PackageHead&) {
                               return Result<Admission>(refuse(Reason::not_permitted, "nobody vouches for it"));
                             }};
  const PluginRegistry refused(std::vector{nobody}, plain_host());
  CHECK(refused.find("org.example.sound") == nullptr);
  CHECK(status_of(refused, "org.example.sound").error == "nobody vouches for it");
  const PackageFolder outside{folder.path(), [](const std::filesystem::path&, const PackageHead&) {
                                return Result<Admission>(Admission{"installed", "Example Ltd", "0123", false, false});
                              }};
  PluginHost host = plain_host();
  host.in_process = {"org.example.sound"};
  const PluginRegistry inside(std::vector{outside}, host);
  CHECK(inside.find("org.example.sound") == nullptr);
  CHECK_THAT(status_of(inside, "org.example.sound").error,
             Catch::Matchers::ContainsSubstring("its key allows a process of its own only"));
}

TEST_CASE("an administrator names the plugins that run in the server itself") {
  const TempFolder folder;
  std::filesystem::copy(test_packages / "sound", folder.path() / "sound");
  PluginHost host = plain_host();
  host.in_process = {"org.example.sound"};
  const PluginRegistry registry({folder.path()}, host);
  const Json inside = to_json(status_of(registry, "org.example.sound"), "en", true);
  CHECK(inside.at("isolation") == Json("in-process"));
  CHECK_FALSE(inside.contains("sandbox"));
}

}  // namespace
}  // namespace assay::test::registry_test
