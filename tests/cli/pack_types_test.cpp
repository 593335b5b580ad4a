// Record types of data packs: what may be installed, and what is refused without a trace.
#include <algorithm>
#include <catch2/catch_all.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "cli/run.h"
#include "domain/json.h"

namespace assay::test::pack_types_test {
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
    fs::create_directory(data);
    fs::permissions(data, fs::perms::owner_all);
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
       [](const fs::path& folder) { replace_in(folder / "x-example-site-visit.json", "actor_not", "moon_is_full"); },
       {"com.example.site-visit/x-example-site-visit.json: \"/commands/cancel/guards/0", "moon_is_full"}},
      {"shipped-type",
       [](const fs::path& folder) {
         replace_in(folder / "x-example-site-visit.json", "com.example.site-visit/x-example-site-visit",
                    "com.example.site-visit/audit");
         fs::rename(folder / "x-example-site-visit.json", folder / "audit.json");
         fs::remove(folder / "x-example-site-visit.de.json");
         in_manifest([](Json& manifest) {
           manifest["data"]["workflows"] = {"audit.json", "policies.json"};
           manifest["extensions"]["record-types/1"]["types"] = {"audit"};
         })(folder);
         fs::remove(folder / "proof.json");
       },
       {"audit.json: \"/workflow\"", "only a type of a pack that begins with x-example- is one that no release takes"}},
      {"shipped-policy",
       [](const fs::path& folder) {
         replace_in(folder / "policies.json", "com_example_site_visit_report", "supplier_rating");
       },
       {"policies.json: \"/policies/supplier_rating\"", "must begin with com_example_site_visit_"}},
      {"labels-of-others",
       [](const fs::path& folder) {
         put_text(folder / "policies.de.json", R"({"policies": {"supplier_rating": {"label": "Bewertung"}}})");
         in_manifest([](Json& manifest) { manifest["data"]["workflows"].push_back("policies.de.json"); })(folder);
       },
       {"policies.de.json: \"/policies/supplier_rating\"", "must begin with com_example_site_visit_"}},
      {"labels-of-no-policy",
       [](const fs::path& folder) {
         put_text(folder / "policies.de.json",
                  R"({"policies": {"com_example_site_visit_report": {"label": "Bericht eines Besuchs"},
                                   "com_example_site_visit_tea": {"label": "Tee"}}})");
         in_manifest([](Json& manifest) { manifest["data"]["workflows"].push_back("policies.de.json"); })(folder);
       },
       {"has no policy `com_example_site_visit_tea`"}},
      {"too-large",
       [](const fs::path& folder) { put_text(folder / "x-example-site-visit.de.json", too_much()); },
       {"x-example-site-visit.de.json", "1 MiB together"}},
      {"undeclared",
       in_manifest([](Json& manifest) { manifest["extensions"]["record-types/1"]["types"] = {"visit"}; }),
       {"manifest.json", "declares visit, and the files define x-example-site-visit"}},
      {"roles",
       [](const fs::path& folder) {
         put_text(folder / "roles.json", R"({"roles": {}})");
         in_manifest([](Json& manifest) { manifest["data"]["workflows"].push_back("roles.json"); })(folder);
       },
       {"roles.json", "a pack has definitions, policies.json, the labels of both, and proof.json, and no other"}},
      {"foreign-pack",
       [](const fs::path& folder) {
         replace_in(folder / "x-example-site-visit.json", "com.example.site-visit/x-example-site-visit",
                    "internal/x-example-site-visit");
       },
       {"com.example.site-visit/x-example-site-visit.json", "must be `com.example.site-visit/x-example-site-visit`"}},
      {"taken-plural",
       [](const fs::path& folder) {
         replace_in(folder / "x-example-site-visit.json", R"("plural": "x-example-site-visits")",
                    R"("plural": "people")");
       },
       {"x-example-site-visit.json: \"/plural\"", "only a plural of a pack that begins with x-example-"}},
      {"plain-number",
       [](const fs::path& folder) { replace_in(folder / "x-example-site-visit.json", "X-SV-", "SV-"); },
       {"x-example-site-visit.json: \"/number\"", "only a number of a pack that begins with X-"}},
      {"plain-name-at-an-audit",
       [](const fs::path& folder) {
         replace_in(folder / "x-example-site-visit.json", "x_example_site_visits", "site_visits");
       },
       {"x-example-site-visit.json: \"/links/audit/back\"", "at a type of others, only a name", "x_example_"}},
      {"name-of-somebody-else",
       [](const fs::path& folder) {
         in_manifest([](Json& manifest) {
           manifest["id"] = "com.example.other.site-visit";
           manifest["data"]["workflows"] = {"x-example-site-visit.json", "x-example-site-visit.de.json"};
         })(folder);
         for (const char* file : {"policies.json", "proof.json"}) fs::remove(folder / file);
       },
       {"only a type of a pack that begins with x-example-other-"}},
      {"prefix-alone",
       [](const fs::path& folder) {
         replace_in(folder / "x-example-site-visit.json", R"("x-example-site-visits")", R"("x-example-")");
       },
       {"x-example-site-visit.json: \"/plural\"", "only a plural of a pack that begins with x-example-"}},
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
    for (const char* file : {"x-example-site-visit.json", "x-example-site-visit.de.json"}) {
      std::string name = file;
      fs::rename(folder / file, folder / name.replace(0, 20, "x-example-walk"));
    }
    replace_in(folder / "x-example-walk.json", "com.example.site-visit/x-example-site-visit",
               "com.example.site-visit/x-example-walk");
    fs::remove(folder / "proof.json");
    in_manifest([](Json& manifest) {
      manifest["version"] = "1.1.0";
      manifest["data"]["workflows"] = {"x-example-walk.json", "x-example-walk.de.json", "policies.json"};
      manifest["extensions"]["record-types/1"]["types"] = {"x-example-walk"};
    })(folder);
  });
  CHECK(fewer.status == 1);
  CHECK(has(fewer.err, "it has no record type x-example-site-visit, which 1.0.0 has"));
  const Ran other = trade.install("other", [](const fs::path& folder) {
    replace_in(folder / "x-example-site-visit.json", "com.example.site-visit/", "com.example.visits/");
    replace_in(folder / "x-example-site-visit.json", R"("after": "com_example_site_visit_report")",
               R"("after": "on_the_day")");
    in_manifest([](Json& manifest) {
      manifest["id"] = "com.example.visits";
      manifest["data"]["workflows"] = {"x-example-site-visit.json", "x-example-site-visit.de.json"};
    })(folder);
    fs::remove(folder / "policies.json");
    fs::remove(folder / "proof.json");
  });
  CHECK(other.status == 1);
  CHECK(has(other.err,
            "there is a record type `x-example-site-visit` already, com.example.site-visit/x-example-site-visit.json"));

  const Ran newer = trade.install("third", in_manifest([](Json& manifest) { manifest["version"] = "1.2.0"; }));
  INFO(newer.err);
  CHECK(newer.status == 0);
  const Ran exported = run({"workflow", "export", "x-example-site-visit", "--format", "mermaid", "--data", trade.data});
  CHECK(exported.status == 0);
  CHECK(has(exported.out, "planned"));
  REQUIRE(run({"init", "--data", trade.data, "--organisation", "Elbwerk", "--name", "Jonas", "--email",
               "jonas@elbwerk.example"})
              .status == 0);
  const Ran gone = run({"plugin", "uninstall", "com.example.site-visit", "--data", trade.data});
  INFO(gone.err);
  CHECK(gone.status == 0);
  CHECK(run({"workflow", "export", "x-example-site-visit", "--data", trade.data}).status == 2);
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// The example as another pack: `com.example.NAME` with the type `TYPE`, whose link leads to `to`.
Change as_pack(const std::string& name, const std::string& type, const std::string& to) {
  return [=](const fs::path& folder) {
    std::string under = name;
    std::ranges::replace(under, '-', '_');
    for (const char* file : {"x-example-site-visit.json", "x-example-site-visit.de.json", "policies.json"}) {
      std::string text = read(folder / file), as = file;
      replace_all(text, "com.example.site-visit/x-example-site-visit", "com.example." + name + "/" + type);
      replace_all(text, "com_example_site_visit", "com_example_" + under);
      replace_all(text, "x-example-site-visits", type + "s");
      replace_all(text, "x_example_site_visits", "x_example_" + under + "s");
      replace_all(text, "X-SV-", "X-" + name + "-");
      replace_all(text, R"("to": "audit")", R"("to": ")" + to + '"');
      fs::remove(folder / file);
      replace_all(as, "x-example-site-visit", type);
      put_text(folder / as, text);
    }
    fs::remove(folder / "proof.json");
    in_manifest([&](Json& manifest) {
      manifest["id"] = "com.example." + name;
      manifest["data"]["workflows"] = {type + ".json", type + ".de.json", "policies.json"};
      manifest["extensions"]["record-types/1"]["types"] = {type};
    })(folder);
  };
}

/// A data folder with an organisation, and what is asked of it.
struct Founded : TypesTrade {
  Founded() {
    REQUIRE(run({"init", "--data", data, "--organisation", "Elbwerk", "--name", "Jonas", "--email",
                 "jonas@elbwerk.example"})
                .status == 0);
  }
  void installs(const std::string& name, const Change& change = {}) const {
    const Ran installed = install(name, change);
    INFO(name << ": " << installed.err);
    REQUIRE(installed.status == 0);
  }
  Ran at_data(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--data", data});
    return run(arguments);
  }
  Ran exported(const std::string& type) const { return at_data({"workflow", "export", type}); }
  fs::path package(const std::string& id) const {
    const Json listed = Json::parse(at_data({"plugin", "trust", "list", "--json"}).out);
    for (const Json& one : listed.at("packages")) {
      if (one.at("id") == id) return fs::path(data) / "plugins/packages" / one.at("hash").get<std::string>();
    }
    return {};
  }
  bool in_use(const std::string& id, const std::string& version) const {
    return has_line(at_data({"plugin", "trust", "list"}).out, {id + "\t" + version + "\tinstalled"});
  }
};

TEST_CASE("a pack that others need is not uninstalled, and neither is the version of it that they need") {
  const Founded office;
  office.installs("first");
  office.installs("follow", as_pack("follow-up", "x-example-follow-up", "x-example-site-visit"));
  const Ran needed = office.at_data({"plugin", "uninstall", "com.example.site-visit"});
  INFO(needed.out << needed.err);
  CHECK(needed.status == 1);
  CHECK(has(needed.err,
            "no server would start without it: com.example.follow-up/x-example-follow-up.json: \"/links/audit"));
  CHECK(office.in_use("com.example.site-visit", "1.0.0"));
  CHECK(office.exported("x-example-follow-up").status == 0);

  office.installs("second", [](const fs::path& folder) {  // the version before it has no walks
    std::string walk = read(folder / "x-example-site-visit.json");
    replace_all(walk, "com.example.site-visit/x-example-site-visit", "com.example.site-visit/x-example-walk");
    replace_all(walk, "x-example-site-visits", "x-example-walks");
    replace_all(walk, "x_example_site_visits", "x_example_walks");
    replace_all(walk, "X-SV-", "X-WA-");
    put_text(folder / "x-example-walk.json", walk);
    std::string labels = read(folder / "x-example-site-visit.de.json");
    put_text(folder / "x-example-walk.de.json", labels);
    in_manifest([](Json& manifest) {
      manifest["version"] = "2.0.0";
      for (const char* file : {"x-example-walk.json", "x-example-walk.de.json"})
        manifest["data"]["workflows"].push_back(file);
      manifest["extensions"]["record-types/1"]["types"] = {"x-example-site-visit", "x-example-walk"};
    })(folder);
  });
  office.installs("repeat", as_pack("repeat", "x-example-repeat", "x-example-walk"));
  const Ran newer = office.at_data({"plugin", "uninstall", "com.example.site-visit", "--version", "2.0.0"});
  CHECK(newer.status == 1);
  CHECK(has(newer.err, "com.example.repeat/x-example-repeat.json: \"/links/audit"));
  CHECK(office.in_use("com.example.site-visit", "2.0.0"));

  REQUIRE(office.at_data({"plugin", "uninstall", "com.example.repeat"}).status == 0);
  CHECK(office.at_data({"plugin", "uninstall", "com.example.site-visit", "--version", "2.0.0"}).status == 0);
  CHECK(office.exported("x-example-walk").status != 0);
  CHECK(office.exported("x-example-follow-up").status == 0);
}

TEST_CASE("revoking is always possible, and says what will not start and how to go on") {
  const Founded office;
  office.installs("first");
  office.installs("follow", as_pack("follow-up", "x-example-follow-up", "x-example-site-visit"));
  const std::string hash = office.package("com.example.site-visit").filename().string();
  const Ran revoked = office.at_data({"plugin", "trust", "revoke", "--package", hash, "--reason", "it lies"});
  INFO(revoked.out << revoked.err);
  CHECK(revoked.status == 0);
  CHECK(has(revoked.out, "is revoked, which is final"));
  CHECK(has_line(revoked.out, {"no server starts with this data folder any more"}));
  CHECK(has_line(revoked.out, {"com.example.follow-up/x-example-follow-up.json: \"/links/audit"}));
  CHECK(has_line(revoked.out, {"To go on, install a version of the plugin", "assay plugin uninstall"}));
  CHECK(office.exported("audit").status != 0);
  const Ran gone = office.at_data({"plugin", "uninstall", "com.example.follow-up"});
  INFO(gone.err);
  CHECK(gone.status == 0);
  CHECK(office.exported("audit").status == 0);
  const std::string key =
      Json::parse(office.at_data({"plugin", "trust", "list", "--json"}).out).at("packages").at(0).at("key_id");
  const Ran again = office.at_data({"plugin", "trust", "revoke", "--key", key, "--reason", "it lies"});
  CHECK(again.status == 0);
  CHECK_FALSE(has(again.out, "no server starts"));
}

TEST_CASE("of two packs that are damaged each is installed again") {
  const Founded office;
  office.installs("first");
  office.installs("second", as_pack("follow-up", "x-example-follow-up", "audit"));
  put_text(office.package("com.example.site-visit") / "x-example-site-visit.json", "{}");
  put_text(office.package("com.example.follow-up") / "manifest.json", "{}");
  CHECK(office.exported("audit").status != 0);
  for (const char* file : {"first.assayplugin", "second.assayplugin"}) {
    const Ran again = office.at_data({"plugin", "install", office.place / file});
    INFO(file << ": " << again.err);
    CHECK(again.status == 0);
  }
  CHECK(office.exported("x-example-follow-up").status == 0);
  CHECK(office.exported("x-example-site-visit").status == 0);
}

TEST_CASE("a package of which nobody knows what it brings ends a start, unless it is not loaded anyway") {
  const Founded office;
  office.installs("first");
  const fs::path package = office.package("com.example.site-visit");
  const std::string manifest = read(package / "manifest.json"), signature = read(package / "manifest.sig");
  const auto told = [&](const std::string& part) {
    const Ran ended = office.exported("audit");
    INFO(part << ": " << ended.out << ended.err);
    CHECK(ended.status != 0);
    CHECK(has(ended.err, "the plugin com.example.site-visit 1.0.0 is installed, and damaged: "));
    CHECK(has(ended.err, part));
  };
  put_text(package / "manifest.json", "{");
  told("manifest.json");
  put_text(package / "manifest.json", manifest + "\n");
  told("manifest.json is not what was installed");
  put_text(package / "manifest.json", manifest);
  put_text(package / "manifest.sig", "x");
  told("the signature is not of the form");
  put_text(package / "manifest.sig", signature);
  CHECK(office.exported("x-example-site-visit").status == 0);
  fs::rename(package, office.place / "away");
  told("cannot be read");
  REQUIRE(office.at_data({"plugin", "trust", "revoke", "--package", package.filename().string(), "--reason", "damaged"})
              .status == 0);
  CHECK(office.exported("audit").status == 0);
}

}  // namespace
}  // namespace assay::test::pack_types_test
