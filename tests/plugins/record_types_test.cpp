// Record types that a data pack brings, as the validator looks at them; and what it tells whoever wrote data.
#include "plugins/pack/record_types.h"

#include <algorithm>
#include <functional>

#include "ledger/digest.h"
#include "plugins/check/check.h"
#include "plugins/fixture.h"
#include "shipped_workflows.h"

namespace assay::test::record_types_test {
namespace {

namespace fs = std::filesystem;

void list_package(const fs::path& folder) {
  Json manifest = Json::parse(read_file(folder / "manifest.json"));
  manifest["files"] = Json::array();
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name == "manifest.json") continue;
    const std::string bytes = read_file(entry.path());
    manifest["files"].push_back({{"path", name}, {"sha256", sha256_hex(bytes)}, {"size", bytes.size()}});
  }
  write_file(folder / "manifest.json", manifest.dump());
}

/// The example, after `change`.
CheckResult checked_visits(std::string_view name, const std::function<void(const fs::path&)>& change = {}) {
  const TempFolder folder;
  fs::copy(fs::path(ASSAY_SOURCE_DIR) / "examples/plugins/site-visit", folder.path(), fs::copy_options::recursive);
  if (change) change(folder.path());
  list_package(folder.path());
  CheckOptions options{ASSAY_PLUGIN_PROBE, {std::string(name)}};
  options.workflows = files_of(shipped_workflows()->text);
  const auto results = check_package(folder.path(), options);
  REQUIRE(results.size() == 1);
  return results.front();
}

std::function<void(const fs::path&)> replacing(const char* file, const std::string& from, const std::string& to) {
  return [=](const fs::path& folder) {
    std::string text = read_file(folder / file);
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    write_file(folder / file, text.replace(at, from.size(), to));
  };
}

TEST_CASE("record types of a pack hold beside the shipped ones, and what is claimed of them is proved") {
  const CheckResult sound = checked_visits("record-types");
  INFO(sound.reason);
  CHECK(sound.outcome == CheckOutcome::passed);
  CHECK(sound.reason.find("1 types, proved in ") == 0);

  struct Row {
    std::function<void(const fs::path&)> change;
    std::string_view found;
  };
  const Row rows[] = {
      {replacing("x-example-site-visit.json", "actor_not", "moon_is_full"), "/commands/cancel/guards/0"},
      {replacing("x-example-site-visit.json", R"("guards": [{"guard": "actor_not", "seats": ["visitor"]}],)", ""),
       "nobody-cancels-their-own-visit does not hold"},
      {replacing("x-example-site-visit.json", R"("by": ["visitor"])", R"("by": ["visitor", "internal_auditor"])"),
       "reported-by-the-visitor does not hold"},
      {replacing("proof.json", R"("x-example-site-visit.plan")", R"("x-example-site-visit.plot")"), "proof.json"},
      {replacing("x-example-site-visit.json", R"("to": "audit")", R"("to": "nowhere")"), "/links/audit"},
  };
  for (const Row& row : rows) {
    const CheckResult result = checked_visits("record-types", row.change);
    INFO(row.found << ": " << result.reason);
    CHECK(result.outcome == CheckOutcome::failed);
    CHECK(result.reason.find(row.found) != std::string::npos);
  }
}

TEST_CASE("a pack acts on nobody's data") {
  for (const char* effect : {"erase_person", "restrict_person", "lift_restriction"}) {
    const std::string with_effect =
        R"("must": ["seen"], "effects": [{"do": ")" + std::string(effect) + R"(", "seat": "visitor"}],)";
    const CheckResult result =
        checked_visits("data", replacing("x-example-site-visit.json", R"("must": ["seen"],)", with_effect));
    INFO(effect << ": " << result.reason);
    CHECK(result.outcome == CheckOutcome::failed);
    CHECK(result.reason.find(
              "\"/commands/report/effects/0\": a pack disposes of nothing, and erases and restricts nobody") !=
          std::string::npos);
  }
}

TEST_CASE("names of a pack begin with who publishes it, and no release takes such a one") {
  CHECK(type_prefix("com.example.site-visit") == "x-example-");
  CHECK(type_prefix("com.example") == "x-example-");
  CHECK(type_prefix("com.codehost.alice.visits") == "x-codehost-alice-");
  const auto shipped = shipped_workflows();
  REQUIRE_FALSE(shipped->types.empty());
  for (const auto& [type, definition] : shipped->types) {
    INFO(type);
    CHECK_FALSE(type.starts_with("x-"));
    CHECK_FALSE(definition.plural.starts_with("x-"));
    CHECK_FALSE(definition.number.starts_with("X-"));
    for (const auto& [name, link] : definition.links) {
      CHECK_FALSE(name.starts_with("x_"));
      CHECK_FALSE(link.back.starts_with("x_"));
    }
  }
}

TEST_CASE("a library brings no record types") {
  const TempFolder folder;
  fs::copy(test_packages / "careful", folder.path(), fs::copy_options::recursive);
  Json manifest = Json::parse(read_file(folder.path() / "manifest.json"));
  manifest["extensions"]["record-types/1"] = {{"types", {"visit"}}};
  write_file(folder.path() / "manifest.json", manifest.dump());
  const auto read = read_manifest(folder.path());
  REQUIRE_FALSE(read);
  CHECK(read.error().detail.find("a data pack brings record types") != std::string::npos);
}

TEST_CASE("whoever wrote data is not told to build anything") {
  const TempFolder folder;
  fs::copy(fs::path(ASSAY_SOURCE_DIR) / "examples/plugins/office-check", folder.path(), fs::copy_options::recursive);
  write_file(folder.path() / "scoring.json", "{}");
  const auto results = check_package(folder.path(), {ASSAY_PLUGIN_PROBE, {"files"}});
  REQUIRE(results.size() == 1);
  CHECK(results.front().outcome == CheckOutcome::failed);
  CHECK(results.front().advice == "List them anew with `assay plugin files`.");
}

TEST_CASE("a version that differs between languages is told as a version") {
  const TempFolder folder;
  fs::copy(fs::path(ASSAY_SOURCE_DIR) / "examples/plugins/office-check", folder.path(), fs::copy_options::recursive);
  Json german = Json::parse(read_file(folder.path() / "catalogue.de.json"));
  german["version"] = "2.0.0";
  write_file(folder.path() / "catalogue.de.json", german.dump());
  list_package(folder.path());
  const auto results = check_package(folder.path(), {ASSAY_PLUGIN_PROBE, {"catalogue-ids"}});
  REQUIRE(results.size() == 1);
  CHECK(results.front().reason == "catalogue office-check has version 1.0.0 in en and 2.0.0 in de");
}

}  // namespace
}  // namespace assay::test::record_types_test
