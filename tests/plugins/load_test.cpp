// Loading: packages that were changed, and libraries that are not what they say.
#include <fmt/format.h>

#include <array>
#include <cstdio>

#include "plugins/fixture.h"
#include "plugins/package.h"

namespace assay::test::load_test {
namespace {

TEST_CASE("a sound plugin in plain C loads and gives its catalogue") {
  const auto plugin = load(test_packages / "sound");
  const auto catalogues = plugin->catalogues("de", patient());
  INFO((catalogues ? "" : catalogues.error().detail));
  REQUIRE(catalogues);
  REQUIRE(catalogues->size() == 1);
  CHECK(catalogues->front().id == "small");
  CHECK(catalogues->front().language == "en");
  CHECK(catalogues->front().hash.size() == 64);
  const auto report =
      plugin->report(empty_input(), "html", [](std::string_view) -> Result<void> { return {}; }, patient());
  REQUIRE_FALSE(report);
  CHECK(report.error().reason == Reason::unsupported);
}

TEST_CASE("a library that is not what it says is refused") {
  struct Row {
    std::string_view package, phase, reason;
  };
  const Row rows[] = {
      {"bad-signature", "load", "another signature"},
      {"bad-major", "load", "built for ABI 2, the host has 1"},
      {"newer-minor", "load", "newer than the host"},
      {"small-entry", "load", "too small"},
      {"null-entry", "load", "its entry is null"},
      {"missing-function", "load", "lacks a function"},
      {"no-entry", "load", "does not export assay_plugin_v1"},
      {"wrong-id", "load", "its id is org.example.somebody-else"},
      {"wrong-version", "load", "its version is 9.9.9"},
      {"undeclared", "load", "implements report/1, which its manifest does not declare"},
      {"undelivered", "load", "declares checklist/1, which it does not implement"},
      {"failing-init", "init", "the licence has run out"},
  };
  for (const Row& row : rows) {
    const auto plugin = try_load(test_packages / row.package);
    INFO(row.package << ": " << (plugin ? "loaded" : plugin.error().detail));
    REQUIRE_FALSE(plugin);
    CHECK(plugin.error().reason == Reason::plugin_failed);
    CHECK_THAT(plugin.error().detail, Catch::Matchers::StartsWith(
                                          fmt::format("plugin org.example.{} failed in {}: ", row.package, row.phase)));
    CHECK_THAT(plugin.error().detail, Catch::Matchers::ContainsSubstring(std::string(row.reason)));
  }
}

TEST_CASE("a package that was changed is refused before its code runs") {
  struct Row {
    std::string_view what;
    void (*change)(const std::filesystem::path&);
    std::string_view reason;
  };
  const Row rows[] = {
      {"a byte of the library",
       [](const std::filesystem::path& folder) {
         std::string bytes = read_file(folder / "sound.so");
         bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
         write_file(folder / "sound.so", bytes);
       },
       "has not the SHA-256"},
      {"longer", [](const std::filesystem::path& folder) { std::ofstream(folder / "sound.so", std::ios::app) << "x"; },
       "has not the size"},
      {"shorter", [](const std::filesystem::path& folder) { std::filesystem::resize_file(folder / "sound.so", 100); },
       "has not the size"},
      {"missing", [](const std::filesystem::path& folder) { std::filesystem::remove(folder / "sound.so"); },
       "cannot be opened"},
      {"a link",
       [](const std::filesystem::path& folder) {
         std::filesystem::remove(folder / "sound.so");
         std::filesystem::create_symlink(test_packages / "sound/sound.so", folder / "sound.so");
       },
       "cannot be opened"},
      {"a folder",
       [](const std::filesystem::path& folder) {
         std::filesystem::remove(folder / "sound.so");
         std::filesystem::create_directory(folder / "sound.so");
       },
       "not a regular file"},
      {"a file more", [](const std::filesystem::path& folder) { write_file(folder / "helper.so", "x"); },
       "not listed in the manifest"},
      {"another manifest",
       [](const std::filesystem::path& folder) {
         Json manifest = Json::parse(read_file(folder / "manifest.json"));
         manifest["abi"]["minor"] = 0;
         manifest["id"] = "org.example.renamed";
         write_file(folder / "manifest.json", manifest.dump());
       },
       "its id is org.example.sound"},
  };
  for (const Row& row : rows) {
    const TempFolder folder;
    std::filesystem::copy(test_packages / "sound", folder.path(), std::filesystem::copy_options::recursive);
    REQUIRE(try_load(folder.path()));
    row.change(folder.path());
    const auto plugin = try_load(folder.path());
    INFO(row.what << ": " << (plugin ? "loaded" : plugin.error().detail));
    REQUIRE_FALSE(plugin);
    CHECK(plugin.error().reason == Reason::plugin_failed);
    CHECK_THAT(plugin.error().detail, Catch::Matchers::ContainsSubstring(std::string(row.reason)));
  }
}

TEST_CASE("two libraries under one name after each other are two libraries") {
  const TempFolder folder;
  for (const std::string name : {"sound", "unruly", "sound"}) {
    std::filesystem::remove_all(folder.path() / "package");
    std::filesystem::copy(test_packages / name, folder.path() / "package");
    const auto plugin = load(folder.path() / "package");
    CHECK(plugin->manifest().id == "org.example." + name);
    CHECK(plugin->catalogues("en", patient()));
  }
}

TEST_CASE("a plugin exports nothing but its entry") {
  for (const auto& library :
       {test_packages / "sound/sound.so", test_packages / "unruly/unruly.so", shipped_packages / "iso27001/iso27001.so",
        shipped_packages / "report-html/report-html.so"}) {
    const std::string command = fmt::format("nm -D --defined-only --format=just-symbols '{}'", library.string());
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"), &::pclose);
    REQUIRE(pipe);
    std::string symbols;
    std::array<char, 256> line;
    while (std::fgets(line.data(), line.size(), pipe.get()) != nullptr) symbols += line.data();
    INFO(library.string());
    CHECK(symbols == "assay_plugin_v1\n");
  }
}

}  // namespace
}  // namespace assay::test::load_test
