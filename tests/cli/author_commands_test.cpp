// What the authors of plugins call at the machine, as they call it.
#include <catch2/catch_all.hpp>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/run.h"

namespace assay::test::author_commands_test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path packages = fs::path(ASSAY_BINARY_DIR) / "test-plugins";

/// As `assay plugin ARGUMENTS`, in a process of its own: it has to find the programs beside it.
Ran run_plugin_command(const std::string& arguments) {
  const Place folder;
  const std::string command =
      std::string(ASSAY_PROGRAM) + " plugin " + arguments + " > " + folder / "out" + " 2> " + folder / "err";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(folder / "out"), read(folder / "err")};
}

std::string package(const char* name) { return (packages / name).string(); }

TEST_CASE("the validator tells people and machines what it found") {
  const std::string two = " --only exports --only load";
  const Ran good = run_plugin_command("check " + package("careful") + two);
  CHECK(good.status == 0);
  CHECK(has(good.out, "  ok    exports            The library exports its entry and nothing else\n"));
  CHECK(has(good.out, "2 passed, 0 failed, 0 skipped"));

  const Place folder;
  const Ran bad =
      run_plugin_command("check " + package("exports-more") + two + " --only-failed --junit " + folder / "junit.xml");
  CHECK(bad.status == 1);
  CHECK(has(bad.out, "  FAIL  exports"));
  CHECK(has(bad.out, "found       it also exports shown_to_others"));
  CHECK(has(bad.out, "what to do  Link with"));
  CHECK_FALSE(has(bad.out, "load "));
  const std::string junit = read(folder / "junit.xml");
  CHECK(has(junit, "tests=\"2\" failures=\"1\" skipped=\"0\""));
  CHECK(has(junit, "<failure message=\"it also exports shown_to_others\">"));

  const Ran machine = run_plugin_command("check " + package("exports-more") + two + " --json");
  CHECK(machine.status == 1);
  const json found = json::parse(machine.out);
  CHECK_FALSE(found.at("passed").get<bool>());
  CHECK(found.at("checks").size() == 2);
  CHECK(found.at("checks").at(0).at("outcome") == "failed");
  CHECK(found.at("checks").at(1).at("outcome") == "passed");
}

TEST_CASE("a folder, check or file that there is not is wrong usage") {
  struct Row {
    std::string arguments;
    std::string_view reason;
  };
  const Row rows[] = {
      {"check /no/such/folder", "is not a folder"},
      {"check " + package("careful") + " --only exprots", "there is no check exprots; there are manifest"},
      {"check " + package("careful") + " --only exports --junit /no/such/x", "cannot be written"},
      {"check " + package("careful") + " --only exports --key /no/such/key", "/no/such/key"},
      {"run " + package("careful") + " dance", "there is no method dance"},
      {"run " + package("careful-report") + " report --input /no/such/x", "cannot be read"}};
  for (const Row& row : rows) {
    const Ran ran = run_plugin_command(row.arguments);
    INFO(row.arguments << ": " << ran.err);
    CHECK(ran.status == 2);
    CHECK(has(ran.err, row.reason));
  }
}

TEST_CASE("one method of a package is called as the server would") {
  const Ran catalogues = run_plugin_command("run " + package("careful") + " catalogues --language de");
  CHECK(catalogues.status == 0);
  const json found = json::parse(catalogues.out);
  CHECK(found.at("catalogues").at(0).at("content").at("language") == "de");
  CHECK(found.at("catalogues").at(0).at("hash").get<std::string>().size() == 64);

  const Ran french = run_plugin_command("run " + package("careful") + " catalogues --language fr");
  CHECK(french.status == 2);
  CHECK(has(french.err, "org.example.careful has no language fr; there are en, de"));
  CHECK(run_plugin_command("run " + package("careful") + " catalogues --language de-AT").status == 0);

  const Place folder;
  const Ran report = run_plugin_command("run " + package("careful-report") + " report --output " + folder / "x.html");
  CHECK(report.err.empty());
  CHECK(report.status == 0);
  CHECK(read(folder / "x.html").starts_with("<!DOCTYPE html>"));

  const Ran form = run_plugin_command("run " + std::string(ASSAY_BINARY_DIR) + "/plugins/response-form report");
  CHECK(form.status == 0);
  CHECK(has(form.out, "Nordcert"));  // of the made-up response

  const Ran other = run_plugin_command("run " + package("careful-report") + " report --format odt");
  CHECK(other.status == 1);
  CHECK(has(other.err, "writes no odt"));
  const Ran none = run_plugin_command("run " + package("careful") + " report");
  CHECK(none.status == 1);
  const Ran crash = run_plugin_command("run " + package("hostile-init") + " report");
  CHECK(crash.status == 1);
  // The sanitizer makes an end of a crash.
  CHECK((has(crash.err, "failed in load: it crashed") || has(crash.err, "failed in load: it ended by itself")));
}

}  // namespace
}  // namespace assay::test::author_commands_test
