// Record types of data packs: what may be installed, and what is refused without a trace.
#include <catch2/catch_all.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "cli/run.h"
#include "domain/json.h"

namespace assay::test {
namespace {

namespace fs = std::filesystem;

void put_text(const fs::path& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }

void replace_in(const fs::path& file, const std::string& from, const std::string& to) {
  std::string text = read(file);
  const auto at = text.find(from);
  INFO(file.string() << ": " << from);
  REQUIRE(at != std::string::npos);
  put_text(file, text.replace(at, from.size(), to));
}

/// More than a megabyte that does not compress to nothing.
std::string too_much() {
  std::string text = "{\"label\": \"";
  for (std::uint64_t i = 0; text.size() < 1100 * 1024; ++i) text += std::to_string(i * 0x9E3779B97F4A7C15u);
  return text + "\"}";
}

using Change = std::function<void(const fs::path& folder)>;

/// An operator who trusts the author of the example, and packages of it that were changed before they were signed.
struct TypesTrade {
  Place place;
  std::string data = place / "data", key = place / "key";

  explicit TypesTrade(const std::vector<std::string>& more = {}) {
    REQUIRE(run({"plugin", "keygen", key}).status == 0);
    std::vector<std::string> trust = {"plugin",     "trust",   "add",         "--data", data,         "--key",
                                      key + ".pub", "--owner", "Example Ltd", "--id",   "com.example"};
    trust.insert(trust.end(), more.begin(), more.end());
    REQUIRE(run(trust).status == 0);
  }
  std::string folder(const std::string& name, const Change& change = {}) const {
    const fs::path made = place.path / name;
    fs::copy(fs::path(ASSAY_SOURCE_DIR) / "examples/plugins/site-visit", made, fs::copy_options::recursive);
    if (change) change(made);
    REQUIRE(run({"plugin", "files", made.string()}).status == 0);
    return made.string();
  }
  Ran install(const std::string& name, const Change& change = {}) const {
    const std::string file = place / (name + ".assayplugin").c_str(), made = folder(name, change);
    REQUIRE(run({"plugin", "pack", made, "--output", file}).status == 0);
    REQUIRE(run({"plugin", "sign", file, "--key", key}).status == 0);
    return run({"plugin", "install", file, "--data", data});
  }
  bool holds_nothing() const {
    const fs::path packages = fs::path(data) / "plugins/packages", incoming = fs::path(data) / "plugins/incoming";
    const auto empty = [](const fs::path& at) { return !fs::exists(at) || fs::is_empty(at); };
    return empty(packages) && empty(incoming);
  }
};

Change in_manifest(const std::function<void(Json&)>& change) {
  return [change](const fs::path& folder) {
    Json manifest = Json::parse(read(folder / "manifest.json"));
    change(manifest);
    put_text(folder / "manifest.json", manifest.dump());
  };
}

TEST_CASE("a pack whose record types do not hold is refused with file and place, and leaves nothing") {
  struct Row {
    std::string name;
    Change change;
    std::vector<std::string> reasons;
  };
  const Row rows[] = {
      {"unknown-guard",
       [](const fs::path& folder) { replace_in(folder / "site-visit.json", "actor_not", "moon_is_full"); },
       {"com.example.site-visit/site-visit.json: \"/commands/cancel/guards/0", "moon_is_full"}},
      {"shipped-type",
       [](const fs::path& folder) {
         replace_in(folder / "site-visit.json", "com.example.site-visit/site-visit", "com.example.site-visit/audit");
         fs::rename(folder / "site-visit.json", folder / "audit.json");
         fs::remove(folder / "site-visit.de.json");
         in_manifest([](Json& manifest) {
           manifest["data"]["workflows"] = {"audit.json", "policies.json"};
           manifest["extensions"]["record-types/1"]["types"] = {"audit"};
         })(folder);
         fs::remove(folder / "proof.json");
       },
       {"com.example.site-visit/audit.json", "there is a record type `audit` already, internal/audit.json"}},
      {"shipped-policy",
       [](const fs::path& folder) {
         replace_in(folder / "policies.json", "com_example_site_visit_report", "supplier_rating");
       },
       {"policies.json: \"/policies/supplier_rating\"", "must begin with com_example_site_visit_"}},
      {"too-large",
       [](const fs::path& folder) { put_text(folder / "site-visit.de.json", too_much()); },
       {"site-visit.de.json", "1 MiB together"}},
      {"undeclared",
       in_manifest([](Json& manifest) { manifest["extensions"]["record-types/1"]["types"] = {"visit"}; }),
       {"manifest.json", "declares visit, and the files define site-visit"}},
      {"roles",
       [](const fs::path& folder) {
         put_text(folder / "roles.json", R"({"roles": {}})");
         in_manifest([](Json& manifest) { manifest["data"]["workflows"].push_back("roles.json"); })(folder);
       },
       {"roles.json", "a pack has definitions, their labels, policies.json and proof.json, and no other"}},
      {"foreign-pack",
       [](const fs::path& folder) {
         replace_in(folder / "site-visit.json", "com.example.site-visit/site-visit", "internal/site-visit");
       },
       {"com.example.site-visit/site-visit.json", "must be `com.example.site-visit/site-visit`"}},
      {"taken-plural",
       [](const fs::path& folder) {
         replace_in(folder / "site-visit.json", R"("plural": "site-visits")", R"("plural": "people")");
       },
       {"com.example.site-visit/site-visit.json: \"/plural\"", "is a path of the API that is taken"}},
  };
  const TypesTrade trade;
  for (const Row& row : rows) {
    const Ran refused = trade.install(row.name, row.change);
    INFO(row.name << ": " << refused.err);
    CHECK(refused.status == 1);
    for (const std::string& reason : row.reasons) CHECK(has(refused.err, reason));
    CHECK(trade.holds_nothing());
  }
  const Ran checked = run({"plugin", "trust", "log", "--data", trade.data});
  CHECK_FALSE(has(checked.out, "package_installed"));
}

TEST_CASE("record types are an extension that a key may be kept from") {
  const TypesTrade trade({"--extension", "checklist/1"});
  const Ran refused = trade.install("types");
  CHECK(refused.status == 1);
  CHECK(has(refused.err, "may not sign the extension record-types/1"));
  CHECK(trade.holds_nothing());
}

TEST_CASE("a newer version keeps the types of the one before it, and another pack takes none of them") {
  const TypesTrade trade;
  REQUIRE(trade.install("first").status == 0);
  const Ran fewer = trade.install("second", [](const fs::path& folder) {
    for (const char* file : {"site-visit.json", "site-visit.de.json"}) {
      std::string name = file;
      fs::rename(folder / file, folder / name.replace(0, 10, "walk"));
    }
    replace_in(folder / "walk.json", "com.example.site-visit/site-visit", "com.example.site-visit/walk");
    fs::remove(folder / "proof.json");
    in_manifest([](Json& manifest) {
      manifest["version"] = "1.1.0";
      manifest["data"]["workflows"] = {"walk.json", "walk.de.json", "policies.json"};
      manifest["extensions"]["record-types/1"]["types"] = {"walk"};
    })(folder);
  });
  CHECK(fewer.status == 1);
  CHECK(has(fewer.err, "it has no record type site-visit, which 1.0.0 has"));
  const Ran other = trade.install("other", [](const fs::path& folder) {
    replace_in(folder / "site-visit.json", "com.example.site-visit/", "com.example.visits/");
    replace_in(folder / "site-visit.json", R"("after": "com_example_site_visit_report")", R"("after": "on_the_day")");
    in_manifest([](Json& manifest) {
      manifest["id"] = "com.example.visits";
      manifest["data"]["workflows"] = {"site-visit.json", "site-visit.de.json"};
    })(folder);
    fs::remove(folder / "policies.json");
    fs::remove(folder / "proof.json");
  });
  CHECK(other.status == 1);
  CHECK(has(other.err, "there is a record type `site-visit` already, com.example.site-visit/site-visit.json"));

  const Ran newer = trade.install("third", in_manifest([](Json& manifest) { manifest["version"] = "1.2.0"; }));
  INFO(newer.err);
  CHECK(newer.status == 0);
  const Ran exported = run({"workflow", "export", "site-visit", "--format", "mermaid", "--data", trade.data});
  CHECK(exported.status == 0);
  CHECK(has(exported.out, "planned"));
  REQUIRE(run({"init", "--data", trade.data, "--organisation", "Elbwerk", "--name", "Jonas", "--email",
               "jonas@elbwerk.example"})
              .status == 0);
  const Ran gone = run({"plugin", "uninstall", "com.example.site-visit", "--data", trade.data});
  INFO(gone.err);
  CHECK(gone.status == 0);
  CHECK(run({"workflow", "export", "site-visit", "--data", trade.data}).status == 2);
}

}  // namespace
}  // namespace assay::test
