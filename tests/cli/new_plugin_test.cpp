// New plugins as authors make them: each builds as it is, with what the folder holds and nothing of this one, and
// passes the validator.
#include <catch2/catch_all.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/run.h"

namespace assay::test::new_plugin_test {
namespace {

namespace fs = std::filesystem;

Ran shell(const std::string& command) {
  const Place folder;
  const int status = std::system(("( " + command + " ) > " + folder / "out" + " 2> " + folder / "err").c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(folder / "out"), read(folder / "err")};
}

std::string plugin_command(const std::string& arguments) { return std::string(ASSAY_PROGRAM) + " plugin " + arguments; }

void require_checked(const std::string& package) {
  const Ran checked = shell(plugin_command("check --seconds 1 --only-failed " + package));
  INFO(checked.out << checked.err);
  CHECK(checked.status == 0);
  CHECK(has(checked.out, " 0 failed, 0 skipped"));
}

TEST_CASE("new plugins in C and C++ build and pass the validator as they are") {
  const Place folder;
  for (const std::string kind : {"checklist", "report"}) {
    for (const std::string language : {"c", "cpp"}) {
      const std::string name = kind + "-" + language, place = folder / name.c_str();
      INFO(name);
      const Ran made =
          shell(plugin_command("new " + kind + " com.example." + name + " --lang " + language + " --folder " + place));
      CHECK(made.err.empty());
      REQUIRE(made.status == 0);
      CHECK(has(made.out, "README.md"));
      const Ran built = shell("cd " + place + " && cmake -G Ninja -B build && cmake --build build");
      INFO(built.out << built.err);
      REQUIRE(built.status == 0);
      require_checked(place + "/build/plugins/" + name);
    }
  }
}

TEST_CASE("new plugins in Rust build and pass the validator as they are") {
  if (shell("cargo --version").status != 0) SKIP("cargo is not installed");
  const Place folder;
  for (const std::string kind : {"checklist", "report"}) {
    const std::string place = folder / kind.c_str();
    INFO(kind);
    REQUIRE(
        shell(plugin_command("new " + kind + " com.example." + kind + "-rust --lang rust --folder " + place)).status ==
        0);
    const Ran built = shell(std::string("ASSAY=") + ASSAY_PROGRAM + " sh " + place + "/build.sh");
    INFO(built.out << built.err);
    REQUIRE(built.status == 0);
    require_checked(place + "/package");
  }
}

TEST_CASE("new plugins of data pass the validator as they are, and after every change that is listed") {
  const Place folder;
  for (const std::string kind : {"checklist", "report"}) {
    const std::string place = folder / kind.c_str();
    INFO(kind);
    REQUIRE(shell(plugin_command("new " + kind + " com.example." + kind + " --lang data --folder " + place)).status ==
            0);
    require_checked(place);
    std::ofstream(fs::path(place) / "README.md") << "changed";
    CHECK(shell(plugin_command("check --only files " + place)).status == 1);
    CHECK(shell(plugin_command("files " + place)).status == 0);
    require_checked(place);
  }
}

TEST_CASE("a plugin is not made where something is, of a kind that there is not, or with an id that is none") {
  const Place folder;
  const std::string place = " --folder " + folder / "new";
  struct Row {
    std::string arguments;
    std::string_view reason;
  };
  const Row rows[] = {{"new checklist com.example.x --folder " + folder.path.string(), "is there already"},
                      {"new dance com.example.x" + place, "there is no template dance --lang cpp"},
                      {"new report com.example.x --lang cobol" + place, "there is no template report --lang cobol"},
                      {"new report hello" + place, "reverse domain name"},
                      {"new report com.Example.x" + place, "reverse domain name"},
                      {"new report com..x" + place, "reverse domain name"},
                      {"new report com.example." + place, "reverse domain name"},
                      {"new report com.ex-ample.x" + place, "reverse domain name"},
                      {"new report 'com.example.x/../y'" + place, "reverse domain name"}};
  for (const Row& row : rows) {
    const Ran ran = shell(plugin_command(row.arguments));
    INFO(row.arguments << ": " << ran.err);
    CHECK(ran.status == 2);
    CHECK(has(ran.err, row.reason));
    CHECK_FALSE(fs::exists(folder.path / "new"));
  }
}

}  // namespace
}  // namespace assay::test::new_plugin_test
