// The validator: every bad plugin is caught by the check that is for it, and what is sound passes all of them.
#include "plugins/check/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "plugins/check/answer_inputs.h"
#include "plugins/check/probe.h"
#include "plugins/fixture.h"
#include "plugins/methods.h"
#include "plugins/package.h"
#include "plugins/package_signature.h"
#include "plugins/settings.h"

namespace assay::test::check_test {
namespace {

namespace fs = std::filesystem;

std::vector<CheckResult> check(const fs::path& package, std::vector<std::string> only = {},
                               std::chrono::milliseconds tries = std::chrono::milliseconds(1500)) {
  CheckOptions options{ASSAY_PLUGIN_PROBE, std::move(only)};
  options.tries = tries;
  return check_package(package, options);
}

/// Of what is there to be found: those that end when they have found it look for long, as the machine may be busy.
std::vector<CheckResult> check_faulty(const fs::path& package, const std::vector<std::string>& only) {
  const bool ends = std::ranges::any_of(only, [](const auto& one) { return one == "fuzz" || one == "allocations"; });
  return ends ? check(package, only, std::chrono::seconds(60)) : check(package, only);
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
  const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun);
  UNSCOPED_INFO(package.filename().string() << " took " << took.count() << " s");
  fmt::print("{} was checked in {:.1f} s\n", package.filename().string(), took.count());
}

TEST_CASE("sound plugins pass every check of the validator; how long that takes is told") {
  require_all(test_packages / "careful");
  require_all(test_packages / "careful-report");
  require_all(test_packages / "careful-scores");
  require_all(test_packages / "heedful");
  require_all(fs::path(ASSAY_PLAIN_PLUGINS) / "iso27001");
  require_all(fs::path(ASSAY_PLAIN_PLUGINS) / "report-html");
}

TEST_CASE("a plugin with every extension answers all that the validator asks of those with JSON") {
  const std::vector<std::string> names = {"scores",          "applicability", "samples", "verdicts",
                                          "ticket-requests", "settings",      "mapping"};
  const auto results = check(test_packages / "whole", names);
  CHECK(results.size() == names.size());
  for (const CheckResult& result : results) {
    INFO(result.name << ": " << result.reason);
    CHECK(result.outcome == CheckOutcome::passed);
  }
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
      {"draws-anew", {"samples"}, "a second call with the same seed answers otherwise"},
      {"too-few", {"samples"}, "it chose "},
      {"no-reason", {"verdicts"}, "its verdict has no reason"},
      {"unescaped-body", {"ticket-requests"}, "its body is no JSON"},
      {"refuses-defaults", {"settings"}, "the defaults of the manifest are refused: \"/limit\""},
      {"points-nowhere", {"settings"}, "\"/border\" is no pointer to a setting"},
      {"loses-questions", {"mapping", "fuzz"}, "of the old version is missing"},
      {"changes-all", {"mapping"}, "not kept between two equal versions"},
      {"no-memory", {"allocations"}, "it crashed (Segmentation fault)"},
      {"forgets", {"allocations"}, "it says that all is well and writes something else"},
      {"trusts-services", {"host-errors"}, "where every service of the host fails: it crashed (Aborted)"},
  };
  for (const Row& row : rows) {
    const auto results = check_faulty(test_packages / row.package, row.checks);
    CHECK(results.size() == row.checks.size());
    for (const CheckResult& result : results) {
      INFO(row.package << ": " << result.name << ": " << result.reason);
      CHECK(result.outcome == CheckOutcome::failed);
      CHECK(result.reason.find(row.found) != std::string::npos);
      CHECK_FALSE(result.advice.empty());
    }
  }
}

TEST_CASE("a plugin with nothing but a ticket adapter is called in every way, too") {
  const auto results = check(test_packages / "tickets-only");
  for (const CheckResult& result : results) {
    INFO(result.name << ": " << result.reason);
    CHECK(result.outcome == CheckOutcome::passed);
  }
  for (const char* name : {"ticket-requests", "malformed-input", "leaks", "fuzz", "short-writes", "cancel", "deadline"})
    CHECK(named(results, name).outcome == CheckOutcome::passed);
  CHECK(named(results, "allocations").reason == "it allocates nothing");
  for (const char* name : {"signature", "samples", "verdicts", "settings", "mapping", "report-format"})
    CHECK(std::ranges::find(results, name, &CheckResult::name) == results.end());
}

TEST_CASE("a runtime that ends the process for want of memory is borne with, unless nothing else happens in C++") {
  const CheckResult rust = named(check(test_packages / "ends-like-rust", {"allocations"}), "allocations");
  CHECK(rust.outcome == CheckOutcome::passed);
  CHECK(rust.reason.find("its language ended the process") != std::string::npos);
  const CheckResult cpp = named(check(test_packages / "ends-like-cpp", {"allocations"}), "allocations");
  CHECK(cpp.outcome == CheckOutcome::failed);
  CHECK(cpp.reason.find("std::bad_alloc ended its process") != std::string::npos);
}

TEST_CASE("a library that was built with another manifest is told, and so is where they differ") {
  const TempFolder folder;
  fs::copy(test_packages / "heedful", folder.path(), fs::copy_options::recursive);
  CHECK(named(check(folder.path(), {"embedded"}), "embedded").outcome == CheckOutcome::passed);
  Json manifest = Json::parse(read_file(folder.path() / "manifest.json"));
  manifest["extensions"]["settings/1"]["schema"]["properties"]["limit"]["maximum"] = 99;
  write_file(folder.path() / "manifest.json", manifest.dump());
  const CheckResult other = named(check(folder.path(), {"embedded"}), "embedded");
  CHECK(other.outcome == CheckOutcome::failed);
  CHECK(other.reason == "they differ at \"/extensions/settings~11/schema/properties/limit/maximum\"");
}

TEST_CASE("a signature is verified when there is one, or when a key is named") {
  const TempFolder folder;
  const fs::path package = folder.path() / "package", sig = package / "manifest.sig";
  fs::copy(test_packages / "heedful", package, fs::copy_options::recursive);
  const auto looked_at = [&](const fs::path& key) {
    CheckOptions options{ASSAY_PLUGIN_PROBE, {"signature"}};
    options.key = key;
    return check_package(package, options);
  };
  CHECK(looked_at({}).empty());
  const SigningKey key = SigningKey::create(folder.path() / "a.key"),
                   other = SigningKey::create(folder.path() / "b.key");
  write_file(folder.path() / "a.pub", key.public_key().pem());
  const auto expect = [&](const fs::path& with, CheckOutcome outcome, std::string_view reason) {
    const CheckResult result = named(looked_at(with), "signature");
    INFO(result.reason);
    CHECK(result.outcome == outcome);
    CHECK(result.reason.find(reason) != std::string::npos);
  };
  const fs::path public_key = folder.path() / "a.pub";
  expect(public_key, CheckOutcome::failed, "there is none");
  const std::string manifest = read_file(package / "manifest.json");
  write_file(sig, signature_text(key, manifest));
  expect(public_key, CheckOutcome::passed, key.public_key().id());
  expect({}, CheckOutcome::passed, "form only");
  write_file(sig, signature_text(other, manifest));
  expect(public_key, CheckOutcome::failed, "its key id is " + other.public_key().id());
  write_file(sig, signature_text(key, manifest + " "));
  expect(public_key, CheckOutcome::failed, "not of the bytes of manifest.json");
  write_file(sig, "ed25519 nonsense\n");
  expect({}, CheckOutcome::failed, "not of the form");
  write_file(sig, std::string(2000, 'x'));
  expect({}, CheckOutcome::failed, "more than 1 KiB");
}

TEST_CASE("the validator's inputs are as the schemas of the methods say") {
  const auto manifest = read_manifest(test_packages / "whole");
  REQUIRE(manifest);
  const auto faults_of = [&](sandbox::Method method, const Json& input) {
    const JsonMethod& known = json_method(method);
    return known.input == nullptr ? invalid_masked_settings(*manifest, input) : known.input().violations(input);
  };
  for (std::uint32_t number = 1; number <= 9; ++number) {
    const auto method = static_cast<sandbox::Method>(number);
    if (method == sandbox::Method::catalogues || method == sandbox::Method::render) continue;
    std::vector<NamedInput> inputs = edge_inputs(*manifest, method, "en");
    CHECK(inputs.size() >= 5);
    inputs.push_back({"large", large_input(*manifest, method, "en")});
    Chance chance(1);
    for (int i = 0; i < 50; ++i) inputs.push_back({"varied", varied_input(*manifest, method, "en", chance)});
    for (const NamedInput& one : inputs) {
      const auto faults = faults_of(method, one.input);
      INFO(number << ", " << one.name << ": "
                  << (faults.empty() ? "" : faults.front().pointer + faults.front().detail));
      CHECK(faults.empty());
      CHECK_FALSE(json_method(method).unnamed(*manifest, one.input));
    }
  }
}

TEST_CASE("a process that sends without end, or what it must not send, does not keep the validator") {
  for (const auto& [package, end] : {std::pair{"hostile-sender", "it did not answer in time and was killed"},
                                     std::pair{"hostile-stranger", "its process does not keep to the protocol"}}) {
    const auto manifest = read_manifest(test_packages / package);
    REQUIRE(manifest);
    auto library = verify_package(test_packages / package, *manifest);
    REQUIRE(library);
    Spawner spawner(ASSAY_PLUGIN_PROBE, std::chrono::microseconds(0));
    Probe probe(spawner, library->descriptor(), sandbox::Level::confined);
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

TEST_CASE("a case that was tried by chance and failed is shown again by its seed") {
  for (const auto& [package, name] : {std::pair{"fragile", "fuzz"}, std::pair{"no-memory", "allocations"}}) {
    const CheckResult first = named(check_faulty(test_packages / package, {name}), name);
    REQUIRE(first.seed);
    CheckOptions again{ASSAY_PLUGIN_PROBE, {name}};
    again.seed = *first.seed;
    again.reproduce = true;
    const auto results = check_package(test_packages / package, again);
    REQUIRE(results.size() == 1);
    CHECK(results.front().reason == first.reason);
    CHECK(results.front().seed == first.seed);
  }
}

TEST_CASE("whoever reproduces a case and names no check gets those that try cases, and nothing else") {
  CheckOptions all{ASSAY_PLUGIN_PROBE};
  all.reproduce = true;
  const auto results = check_package(test_packages / "careful", all);
  REQUIRE(results.size() == 2);
  CHECK(results.front().name == "allocations");
  CHECK(results.back().name == "fuzz");
}

TEST_CASE("every check has a name of its own and is for some package") {
  const auto names = check_names();
  CHECK(std::set<std::string>(names.begin(), names.end()).size() == names.size());
  CHECK(names.size() == 50);
}

}  // namespace
}  // namespace assay::test::check_test
