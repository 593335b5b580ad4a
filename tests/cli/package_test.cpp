// Plugin packages as people at the machine handle them: packed, signed, trusted, installed, retired.
#include <catch2/catch_all.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "cli/run.h"
#include "cli/trade.h"
#include "domain/json.h"
#include "ledger/digest.h"

namespace assay::test::package_test {
namespace {

namespace fs = std::filesystem;

TEST_CASE("keys are written once, the private one for its owner alone") {
  const Trade trade;
  CHECK((fs::status(trade.key).permissions() & fs::perms::mask) == (fs::perms::owner_read | fs::perms::owner_write));
  const Ran again = run({"plugin", "keygen", trade.key});
  CHECK(again.status == 1);
  CHECK(has(again.err, "is there already"));
  fs::remove(trade.key + ".pub");
  CHECK(has(run({"plugin", "keygen", trade.key}).err, "cannot be created"));
}

TEST_CASE("a package is packed, signed, inspected and verified") {
  const Trade trade;
  const std::string file = trade.package("1.0.1");
  const Ran text = run({"plugin", "inspect", file});
  CHECK(text.status == 0);
  CHECK(has(text.out, "org.assay.iso27001 1.0.1"));
  CHECK(has(text.out, "iso27001.so"));
  const Ran json = run({"plugin", "inspect", file, "--json"});
  const Json seen = Json::parse(json.out);
  CHECK(seen.at("manifest").at("version") == Json("1.0.1"));
  CHECK(seen.at("key_id").get<std::string>().size() == 64);
  CHECK(Json::parse(run({"plugin", "inspect", shipped.string(), "--json"}).out).at("key_id").is_null());

  CHECK(run({"plugin", "verify", file, "--key", trade.key + ".pub"}).status == 0);
  REQUIRE(run({"plugin", "keygen", trade.place / "other"}).status == 0);
  const Ran other = run({"plugin", "verify", file, "--key", trade.place / "other.pub"});
  CHECK(other.status == 1);
  CHECK(has(other.err, "which is not trusted"));
  CHECK(has(run({"plugin", "verify", file, "--data", trade.data}).err, "which is not trusted"));
  CHECK(run({"plugin", "verify", shipped.string(), "--key", trade.key + ".pub"}).status == 1);
  CHECK(run({"plugin", "inspect", trade.key}).status == 1);
  CHECK(has(run({"plugin", "pack", trade.place / "nothing"}).err, "manifest.json: cannot be read"));
}

/// Lines that begin so.
std::int64_t lines_with(const std::string& text, const std::string& begin) {
  std::int64_t count = text.starts_with(begin) ? 1 : 0;
  for (std::size_t at = 0; (at = text.find("\n" + begin, at)) != std::string::npos; ++at) ++count;
  return count;
}

/// No byte of it steers the terminal or turns text around: neither ESC nor C1 nor U+202E.
bool inert(const std::string& text) {
  return text.find('\x1B') == std::string::npos && !has(text, "\u009B") && !has(text, "\u202E");
}

TEST_CASE("a package cannot forge a line of what is printed about it") {
  const Trade trade;
  const std::string folder = trade.place / "forged";
  REQUIRE(run({"plugin", "new", "report", "com.example.forged", "--lang", "data", "--folder", folder}).status == 0);
  const Json honest = Json::parse(read(folder + "/manifest.json"));
  Json manifest = honest;
  manifest["publisher"] = "Acme\x1B[8m\nkey id      deadbeef";
  manifest["licence"] = "MIT\nhash        deadbeef";
  manifest["title"]["en"] = "Forged\u009B8m\npublisher   Somebody else";
  manifest["description"]["en"] = "\u202Edrawkcab\rkey id      deadbeef";
  std::ofstream(folder + "/manifest.json") << manifest.dump();
  const Ran text = run({"plugin", "inspect", folder});
  REQUIRE(text.status == 0);
  CHECK(inert(text.out));
  CHECK(has(text.out, "publisher   Acme [8m key id      deadbeef\n"));
  for (const char* line : {"key id ", "hash ", "publisher "}) CHECK(lines_with(text.out, line) == 1);
  CHECK(lines_with(text.out, "key id      none: not signed\n") == 1);
  CHECK(text.out.find('\r') == std::string::npos);
  const Ran json = run({"plugin", "inspect", folder, "--json"});
  CHECK(inert(json.out));
  CHECK(Json::parse(json.out).at("manifest") == manifest);

  manifest = honest;
  manifest["\x1B[8m\n  ok    signature          It is signed"] = 1;
  std::ofstream(folder + "/manifest.json") << manifest.dump();
  const Ran checked = run({"plugin", "check", folder});
  CHECK(checked.status == 1);
  CHECK(inert(checked.out + checked.err));
  CHECK(has(checked.out, "It is signed"));
  CHECK(lines_with(checked.out, "  ok    signature") == 0);
  const Ran refused = run({"plugin", "inspect", folder});
  CHECK(refused.status == 1);
  CHECK(inert(refused.err));
  CHECK(lines_with(refused.err, "  ok") == 0);
  const Ran listed = run({"plugin", "list", "--plugins", trade.place / ""});
  CHECK(listed.status == 1);
  CHECK(inert(listed.out));
  CHECK(lines_with(listed.out, "  ok") == 0);

  REQUIRE(run({"plugin", "trust", "add", "--data", trade.data, "--key", trade.key + ".pub", "--owner",
               "Acme\x1B[8m\nrevoked key\tdeadbeef", "--id", "com.example"})
              .status == 0);
  for (const char* what : {"list", "log"}) {
    const Ran trust = run({"plugin", "trust", what, "--data", trade.data});
    CHECK(inert(trust.out));
    CHECK(lines_with(trust.out, "revoked key") == 0);
  }
}

TEST_CASE("two packages are compared by files and members") {
  const Trade trade;
  const fs::path report = fs::path(ASSAY_BINARY_DIR) / "plugins/report-html";
  const std::string other = trade.place / "other";
  fs::copy(report, other, fs::copy_options::recursive);
  std::ofstream(other + "/notes.txt") << "words";
  Json manifest = Json::parse(read(other + "/manifest.json"));
  manifest["version"] = "9.0.0";
  manifest["files"].push_back({{"path", "notes.txt"},
                               {"sha256", "ba6f3d9e8d29d3b7e4ad5d6e6e5d29a6ba76d9a7b05a2a3a43e4d0b9ad10fd8a"},
                               {"size", 5}});
  std::ofstream(other + "/manifest.json") << manifest.dump(2);
  const Ran wrong = run({"plugin", "diff", report.string(), other});
  CHECK(wrong.status == 1);
  CHECK(has(wrong.err, "notes.txt: has not the SHA-256 that the manifest states"));
  manifest["files"].back()["sha256"] = sha256_hex("words");
  std::ofstream(other + "/manifest.json") << manifest.dump(2);
  const Ran text = run({"plugin", "diff", report.string(), other});
  CHECK(text.status == 1);
  CHECK(text.out == "file notes.txt added\nmanifest version changed\n");
  const Json json = Json::parse(run({"plugin", "diff", "--json", report.string(), other}).out);
  CHECK(json.at("to").at("version") == Json("9.0.0"));
  CHECK(run({"plugin", "diff", report.string(), report.string()}).status == 0);
}

TEST_CASE("catalogues of data are compared, those of code not without being told to run it") {
  const Place place;
  const std::string old = place / "old", now = place / "now";
  REQUIRE(run({"plugin", "new", "checklist", "com.example.rules", "--lang", "data", "--folder", old}).status == 0);
  fs::copy(old, now, fs::copy_options::recursive);
  Json catalogue = Json::parse(read(now + "/catalogue.en.json"));
  catalogue["items"][0]["questions"][0]["question"] = "Something else?";
  catalogue["version"] = "9.0.0";
  std::ofstream(now + "/catalogue.en.json") << catalogue.dump();
  REQUIRE(run({"plugin", "files", now}).status == 0);
  const Ran data = run({"plugin", "diff", old, now});
  INFO(data.out << data.err);
  CHECK(data.status == 1);
  CHECK(has(data.out, "1 changed, 0 new, 0 removed"));
  CHECK(data.err.empty());

  const std::string newer = place / "newer";
  write_package_folder(newer, "9.0.0");
  const Ran code = run({"plugin", "diff", "--json", shipped.string(), newer});
  CHECK(code.status == 1);
  CHECK(has(code.err, "only with --run"));
  CHECK(Json::parse(code.out).at("catalogues").is_null());
}

TEST_CASE("listing files anew takes away a signature that does not hold any more") {
  const Trade trade;
  const std::string folder = trade.place / "pack";
  REQUIRE(run({"plugin", "new", "report", "com.example.words", "--lang", "data", "--folder", folder}).status == 0);
  REQUIRE(run({"plugin", "sign", folder, "--key", trade.key}).status == 0);
  REQUIRE(fs::exists(folder + "/manifest.sig"));
  const Ran same = run({"plugin", "files", folder});
  CHECK(same.status == 0);
  CHECK(fs::exists(folder + "/manifest.sig"));
  CHECK(run({"plugin", "verify", folder, "--key", trade.key + ".pub"}).status == 0);

  std::ofstream(folder + "/words.en.json") << "{}";
  const Ran changed = run({"plugin", "files", folder});
  CHECK(changed.status == 0);
  CHECK(has(changed.out, "manifest.sig is removed"));
  CHECK_FALSE(fs::exists(folder + "/manifest.sig"));
  CHECK_FALSE(has(read(folder + "/manifest.json"), "manifest.sig"));
  CHECK(run({"plugin", "inspect", folder}).status == 0);

  std::ofstream(folder + "/words.en.json~") << "{}";
  const std::string before = read(folder + "/manifest.json");
  const Ran backup = run({"plugin", "files", folder});
  CHECK(backup.status != 0);
  CHECK(has(backup.err, "words.en.json~ is no name for a file of a package"));
  CHECK(read(folder + "/manifest.json") == before);
}

TEST_CASE("a signed package is not replaced by one that is not") {
  const Trade trade;
  const std::string folder = trade.place / "words", file = trade.place / "words.assayplugin";
  REQUIRE(run({"plugin", "new", "report", "com.example.words", "--lang", "data", "--folder", folder}).status == 0);
  const std::vector<std::string> pack = {"plugin", "pack", folder, "--output", file};
  REQUIRE(run(pack).status == 0);
  REQUIRE(run(pack).status == 0);
  REQUIRE(run({"plugin", "sign", file, "--key", trade.key}).status == 0);
  const std::string signed_one = read(file);
  const Ran refused = run(pack);
  CHECK(refused.status == 1);
  CHECK(has(refused.err, "is there already, and signed"));
  CHECK(read(file) == signed_one);
  REQUIRE(run({"plugin", "sign", folder, "--key", trade.key}).status == 0);
  CHECK(run(pack).status == 0);
}

TEST_CASE("what a trusted key has signed is installed, retired and removed, and every act stays in the log") {
  const Trade trade;
  const std::string old = trade.package("1.0.1"), now = trade.package("1.0.2");
  const Ran stranger = run({"plugin", "install", now, "--data", trade.data});
  CHECK(stranger.status == 1);
  CHECK(has(stranger.err, "which is not trusted"));
  REQUIRE(trade.trust().status == 0);
  const Ran installed = run({"plugin", "install", now, "--data", trade.data});
  CHECK(installed.status == 0);
  CHECK(has(installed.out, "signed by Acme, is installed"));
  CHECK(has(run({"plugin", "install", now, "--data", trade.data}).out, "is installed already"));
  const Ran older = run({"plugin", "install", old, "--data", trade.data});
  CHECK(older.status == 1);
  CHECK(has(older.err, "1.0.1 is older than 1.0.2"));
  CHECK(run({"plugin", "install", old, "--data", trade.data, "--allow-downgrade"}).status == 0);
  const Json trust = Json::parse(run({"plugin", "trust", "list", "--json", "--data", trade.data}).out);
  CHECK(trust.at("packages").size() == 2);
  CHECK(trust.at("keys").at(0).at("tiers") == Json{"process"});

  REQUIRE(run({"init", "--data", trade.data, "--organisation", "Elbwerk", "--name", "Jonas", "--email",
               "jonas@elbwerk.example"})
              .status == 0);
  const Ran gone = run({"plugin", "uninstall", "org.assay.iso27001", "--version", "1.0.1", "--data", trade.data});
  CHECK(gone.status == 0);
  CHECK(has(gone.out, "1.0.1 is removed"));
  CHECK(run({"plugin", "uninstall", "org.assay.none", "--data", trade.data}).status == 1);
  const Ran log = run({"plugin", "trust", "log", "--data", trade.data});
  for (const char* act :
       {"key_trusted", "package_installed", "\"downgrade_from\":\"1.0.2\"", "package_retired", "package_removed"})
    CHECK(has(log.out, act));
}

TEST_CASE("installed packages and whom they are taken from are part of a backup") {
  const Trade trade;
  REQUIRE(run({"init", "--data", trade.data, "--organisation", "Elbwerk", "--name", "Jonas", "--email",
               "jonas@elbwerk.example"})
              .status == 0);
  REQUIRE(trade.trust().status == 0);
  REQUIRE(run({"plugin", "install", trade.package("1.0.1"), "--data", trade.data}).status == 0);
  const std::string backup = trade.place / "backup", restored = trade.place / "restored";
  REQUIRE(run({"backup", backup, "--data", trade.data}).status == 0);
  REQUIRE(run({"restore", backup, "--data", restored}).status == 0);
  const std::vector<std::string> list = {"plugin", "trust", "list", "--json", "--data"};
  const auto listed = [&](const std::string& data) {
    std::vector<std::string> arguments = list;
    arguments.push_back(data);
    return Json::parse(run(arguments).out);
  };
  const Json trust = listed(restored);
  CHECK(trust == listed(trade.data));
  const std::string hash = trust.at("packages").at(0).at("hash");
  CHECK(run({"plugin", "verify", restored + "/plugins/packages/" + hash, "--data", restored}).status == 0);
}

TEST_CASE("what is revoked, not allowed or removed is not installed any more") {
  const Trade trade;
  const std::string file = trade.package("1.0.1");
  const auto install = [&] { return run({"plugin", "install", file, "--data", trade.data}).err; };
  REQUIRE(trade.trust({"--extension", "report/1"}).status == 0);
  CHECK(has(install(), "may not sign the extension checklist/1"));
  REQUIRE(trade.trust().status == 0);
  REQUIRE(run({"plugin", "trust", "allow", "org.assay.other", "--data", trade.data}).status == 0);
  CHECK(has(install(), "not on the list of allowed ones"));
  REQUIRE(run({"plugin", "trust", "allow", "--any", "--data", trade.data}).status == 0);

  const Json seen = Json::parse(run({"plugin", "inspect", file, "--json"}).out);
  const std::string key = seen.at("key_id"), hash = seen.at("hash");
  REQUIRE(run({"plugin", "trust", "revoke", "--package", hash, "--reason", "it leaks", "--data", trade.data}).status ==
          0);
  CHECK(has(install(), "is revoked: it leaks"));
  REQUIRE(run({"plugin", "trust", "remove", key.substr(0, 12), "--data", trade.data}).status == 0);
  REQUIRE(run({"plugin", "trust", "revoke", "--key", key, "--reason", "stolen", "--data", trade.data}).status == 0);
  const Ran again = trade.trust();
  CHECK(again.status == 1);
  CHECK(has(again.err, "is revoked, which is final"));
}

TEST_CASE("what cannot be meant about trust is refused with the option's name") {
  const Trade trade;
  struct Row {
    std::vector<std::string> arguments;
    std::string reason;
  };
  const Row rows[] = {
      {{"--tier", "root"}, "--tier must be process or in-process"},
      {{"--not-after", "31.12.2027"}, "--not-after must be a day"},
      {{"--not-after", "2020-01-01"}, "--not-after must not be in the past: 2020-01-01 is before today"},
      {{"--extension", "checklists/1"}, "--extension: checklists/1 is none; there are applicability/1, checklist/1"},
      {{"--id", "Org/Assay"}, "--id must be a plugin's id or its first parts"},
  };
  for (const Row& row : rows) {
    const Ran refused = trade.trust(row.arguments);
    INFO(row.reason);
    CHECK(refused.status == 2);
    CHECK(has(refused.err, row.reason));
  }
  CHECK(run({"plugin", "trust", "revoke", "--reason", "x", "--data", trade.data}).status == 2);
  CHECK(run({"plugin", "trust", "remove", "abc", "--data", trade.data}).status == 2);
  CHECK(run({"plugin", "trust", "allow", "--data", trade.data}).status == 2);
  CHECK(run({"plugin", "install", trade.key}).status == 2);  // no --data
  CHECK_FALSE(fs::exists(trade.data + "/plugins/journal"));
}

TEST_CASE("a data folder that is not there is not made by commands on plugins, nor is a plugin folder by a server") {
  const Trade trade;
  const std::string file = trade.package("1.0.1"), nowhere = trade.place / "nowhere";
  const std::vector<std::vector<std::string>> commands = {
      {"plugin", "list"},
      {"plugin", "verify", file},
      {"plugin", "install", file},
      {"plugin", "uninstall", "org.assay.iso27001"},
      {"plugin", "trust", "add", "--key", trade.key + ".pub", "--owner", "Acme", "--id", "org.assay"},
      {"plugin", "trust", "list"},
      {"plugin", "trust", "log"},
      {"plugin", "trust", "remove", std::string(64, 'a')},
      {"plugin", "trust", "revoke", "--key", std::string(64, 'a'), "--reason", "x"},
      {"plugin", "trust", "allow", "--any"}};
  for (std::vector<std::string> command : commands) {
    INFO(command[1] << " " << command[2 % command.size()]);
    command.insert(command.end(), {"--data", nowhere});
    const Ran refused = run(command);
    CHECK(refused.status == 2);
    CHECK(has(refused.err, "--data: there is no folder " + nowhere));
    CHECK_FALSE(fs::exists(nowhere));
  }
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"serve", "--data", nowhere}, std::vector<std::string>{"plugin", "list"}}) {
    std::vector<std::string> mistyped = command;
    mistyped.insert(mistyped.end(), {"--plugins", shipped.parent_path().string() + "," + trade.place / "plugnis"});
    const Ran refused = run(mistyped);
    CHECK(refused.status == 2);
    CHECK(has(refused.err, "--plugins: there is no folder " + trade.place / "plugnis"));
    CHECK_FALSE(fs::exists(nowhere));
  }
}

}  // namespace
}  // namespace assay::test::package_test
