// The validator: every bad plugin is caught by the check that is for it, and what is sound passes all of them.
#include "plugins/check/check.h"

#include <algorithm>
#include <set>

#include "plugins/check/probe.h"
#include "plugins/fixture.h"
#include "plugins/package.h"

namespace assay::test {
namespace {

namespace fs = std::filesystem;

std::vector<CheckResult> check(const fs::path& package, std::vector<std::string> only = {}) {
  CheckOptions options{ASSAY_PLUGIN_PROBE, std::move(only)};
  options.tries = std::chrono::milliseconds(1500);
  return check_package(package, options);
}

const CheckResult& named(const std::vector<CheckResult>& results, std::string_view name) {
  const auto found = std::ranges::find(results, name, &CheckResult::name);
  INFO(name);
  REQUIRE(found != results.end());
  return *found;
}

void require_all(const fs::path& package) {
  const auto begun = std::chrono::steady_clock::now();
  const auto results = check(package);
  CHECK(results.size() > 25);
  for (const CheckResult& result : results) {
    INFO(package.string() << ": " << result.name << ": " << result.reason);
    CHECK(result.outcome == CheckOutcome::passed);
  }
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(60));
}

TEST_CASE("sound plugins pass every check of the validator, within a minute each") {
  require_all(test_packages / "careful");
  require_all(test_packages / "careful-report");
  require_all(test_packages / "careful-scores");
  require_all(fs::path(ASSAY_PLAIN_PLUGINS) / "iso27001");
  require_all(fs::path(ASSAY_PLAIN_PLUGINS) / "report-html");
}

TEST_CASE("every bad plugin is caught by the check that is for it") {
  struct Row {
    std::string package;
    std::vector<std::string> checks;
    std::string_view found;
  };
  const Row rows[] = {
      {"bad-signature", {"entry"}, "another signature"},
      {"bad-major", {"entry"}, "built for ABI 2"},
      {"newer-minor", {"entry"}, "newer than the host"},
      {"small-entry", {"entry"}, "too small"},
      {"null-entry", {"entry"}, "its entry is null"},
      {"missing-function", {"entry"}, "lacks a function"},
      {"no-entry", {"entry", "exports"}, "not export assay_plugin_v1"},
      {"wrong-id", {"entry"}, "its id is org.example.somebody-else"},
      {"wrong-version", {"entry"}, "its version is 9.9.9"},
      {"failing-init", {"init"}, "the licence has run out"},
      {"undeclared", {"declared"}, "implements report/1"},
      {"undelivered", {"declared"}, "declares checklist/1"},
      {"leaking-exception", {"exceptions", "catalogue-schema", "fuzz"}, "an exception crossed"},
      {"hostile-constructor", {"load"}, "it crashed (Segmentation fault)"},
      {"hostile-init", {"init"}, "it crashed (Segmentation fault)"},
      {"hostile-reader", {"system-calls"}, "opens a file"},
      {"hostile-caller", {"system-calls", "imports"}, "socket"},
      {"hostile", {"imports"}, "fork"},
      {"exports-more", {"exports"}, "shown_to_others"},
      {"finds-libraries", {"search-path"}, "/opt/plugins"},
      {"executes-stack", {"executable-stack"}, "executable stack"},
      {"slow", {"scan-time"}, "until it is ready"},
      {"init-once", {"init-twice"}, "init after deinit"},
      {"prefix", {"unknown-extension"}, "is not null"},
      {"needs-log", {"bare-host"}, "it crashed"},
      {"no-group", {"catalogue-schema"}, "names the group 7"},
      {"changes", {"catalogue-hash"}, "gives other bytes"},
      {"other-ids", {"catalogue-ids"}, "/items/0/questions/0/id"},
      {"untranslated", {"languages"}, "questions of catalogue small are as in en"},
      {"english-only", {"languages"}, "asked for in de and came in en"},
      {"no-pdf", {"report-format"}, "%PDF-"},
      {"unclosed", {"report-format"}, "it closes p where div is open"},
      {"loads", {"report-format"}, "img loads https://example.com/logo.png"},
      {"counts", {"report-again"}, "gives other bytes"},
      {"unescaped", {"hostile-text"}, "a report in html: "},
      {"crashes-on-nonsense", {"malformed-input"}, "it crashed (Aborted)"},
      {"any-format", {"host-errors"}, "must return ASSAY_UNSUPPORTED"},
      {"ignores-writer", {"short-writes", "writer-error"}, "all is well"},
      {"deaf", {"cancel", "deadline"}, "it goes on for"},
      {"leaks", {"leaks"}, "bytes more"},
      {"prints", {"printing"}, "it prints \"hello"},
      {"signals", {"process-state", "imports"}, "signal"},
      {"locale", {"imports"}, "setlocale"},
      {"environment", {"process-state"}, "the environment"},
      {"opens", {"system-calls"}, "opens a file"},
      {"out-of-bounds", {"scores"}, "not within 0 and 100"},
      {"scores-nothing", {"scores"}, "without answers has a score"},
      {"by-order", {"scores"}, "order of answers"},
      {"fragile", {"fuzz"}, "it crashed (Aborted)"},
  };
  for (const Row& row : rows) {
    const auto results = check(test_packages / row.package, row.checks);
    CHECK(results.size() == row.checks.size());
    for (const CheckResult& result : results) {
      INFO(row.package << ": " << result.name << ": " << result.reason);
      CHECK(result.outcome == CheckOutcome::failed);
      CHECK(result.reason.find(row.found) != std::string::npos);
      CHECK_FALSE(result.advice.empty());
    }
  }
}

TEST_CASE("a check that would call the plugin is not among the results where there is no sound input") {
  const auto results = check(test_packages / "tickets-only");
  for (const CheckResult& result : results) {
    INFO(result.name << ": " << result.reason);
    CHECK(result.outcome == CheckOutcome::passed);
  }
  CHECK(named(results, "system-calls").outcome == CheckOutcome::passed);
  for (const char* name : {"leaks", "fuzz", "short-writes", "cancel", "deadline", "exceptions"})
    CHECK(std::ranges::find(results, name, &CheckResult::name) == results.end());
}

TEST_CASE("a process that sends without end, or what it must not send, does not keep the validator") {
  for (const auto& [package, end] : {std::pair{"hostile-sender", "it did not answer in time and was killed"},
                                     std::pair{"hostile-stranger", "its process does not keep to the protocol"}}) {
    const auto manifest = read_manifest(test_packages / package);
    REQUIRE(manifest);
    auto library = verify_package(test_packages / package, *manifest);
    REQUIRE(library);
    Spawner spawner(ASSAY_PLUGIN_PROBE);
    Probe probe(spawner, library->descriptor());
    sandbox::ProbeRequest request;
    request.step = sandbox::Step::map;
    const bool endless = std::string_view(package) == "hostile-sender";
    const Tried tried = probe.take(request, std::chrono::milliseconds(endless ? 500 : 20'000));
    CHECK_FALSE(tried.alive);
    CHECK(probe.end() == end);
  }
}

TEST_CASE("what needs something that failed is skipped, and says what that is") {
  const auto results = check(test_packages / "bad-signature");
  CHECK(named(results, "entry").outcome == CheckOutcome::failed);
  for (const char* name : {"init", "declared", "catalogue-hash", "leaks", "fuzz"}) {
    CHECK(named(results, name).outcome == CheckOutcome::skipped);
    CHECK(named(results, name).reason == "entry did not pass");
  }
  CHECK(named(results, "imports").outcome == CheckOutcome::passed);
}

TEST_CASE("a package that is broken is told by its manifest and its files") {
  const TempFolder folder;
  CHECK(named(check(folder.path(), {"manifest"}), "manifest").outcome == CheckOutcome::failed);
  fs::copy(test_packages / "careful", folder.path(), fs::copy_options::recursive);
  CHECK(named(check(folder.path(), {"files"}), "files").outcome == CheckOutcome::passed);
  write_file(folder.path() / "more.txt", "x");
  CHECK(named(check(folder.path(), {"files"}), "files").outcome == CheckOutcome::failed);
  fs::remove(folder.path() / "more.txt");
  Json manifest = Json::parse(read_file(folder.path() / "manifest.json"));
  manifest["licence"] = 7;
  write_file(folder.path() / "manifest.json", manifest.dump());
  const CheckResult wrong = named(check(folder.path(), {"manifest"}), "manifest");
  CHECK(wrong.outcome == CheckOutcome::failed);
  CHECK(wrong.reason.find("/licence") != std::string::npos);
}

TEST_CASE("a case of the fuzz that fails is shown again by its seed") {
  const CheckResult first = named(check(test_packages / "fragile", {"fuzz"}), "fuzz");
  REQUIRE(first.seed);
  CheckOptions again{ASSAY_PLUGIN_PROBE};
  again.seed = *first.seed;
  again.reproduce = true;
  const auto results = check_package(test_packages / "fragile", again);
  REQUIRE(results.size() == 1);
  CHECK(results.front().reason == first.reason);
  CHECK(results.front().seed == first.seed);
}

TEST_CASE("every check has a name of its own and is for some package") {
  const auto names = check_names();
  CHECK(std::set<std::string>(names.begin(), names.end()).size() == names.size());
  CHECK(names.size() == 41);
}

}  // namespace
}  // namespace assay::test
