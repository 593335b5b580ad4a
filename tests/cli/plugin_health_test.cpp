// What `assay doctor` says of installed packages and of the journal, one damage after the other.
#include <functional>

#include "cli/trade.h"

namespace assay::test::plugin_health_test {
namespace {

namespace fs = std::filesystem;

/// A data folder with an installed package.
struct Shopkeeper {
  const Trade& trade;
  std::string data;

  fs::path plugins() const { return fs::path(data) / "plugins"; }
  fs::path package() const { return fs::directory_iterator(plugins() / "packages")->path(); }
  std::string hash() const { return package().filename().string(); }
  Ran act(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--data", data});
    const Ran ran = run(arguments);
    INFO(ran.out << ran.err);
    REQUIRE(ran.status == 0);
    return ran;
  }
  void revoke_key() const {
    const std::string key =
        Json::parse(act({"plugin", "trust", "list", "--json"}).out).at("packages").at(0).at("key_id");
    act({"plugin", "trust", "revoke", "--key", key, "--reason", "stolen"});
  }
  void remove_key() const {
    const std::string key =
        Json::parse(act({"plugin", "trust", "list", "--json"}).out).at("packages").at(0).at("key_id");
    act({"plugin", "trust", "remove", key});
  }
  Ran doctor() const { return run({"doctor", "--data", data, "--plugins", trade.place / "none", "--scratch", data}); }
};

void append(const fs::path& file, const std::string& text) { std::ofstream(file, std::ios::app) << text; }

const std::string repair = "Do: install it again: assay plugin install FILE --data ",
                  goes = "Do: assay plugin uninstall org.assay.iso27001 --version 1.0.1 --data ";

struct Row {
  const char* name;
  std::function<void(const Shopkeeper&)> damage;
  std::vector<std::string> line;  // parts of one line of the answer
  bool again = false;             // it is advised to install the package again
};

const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
      {"nothing", [](const Shopkeeper&) {}, {"ok     plugins", "1 packages have the hashes of their manifests"}},
      {"its files are gone",
       [](const Shopkeeper& keeper) { fs::remove_all(keeper.package()); },
       {"wrong  plugins", "org.assay.iso27001 1.0.1", "is installed, and its files are not in", repair},
       true},
      {"a file is damaged",
       [](const Shopkeeper& keeper) { append(keeper.package() / "iso27001.so", "x"); },
       {"wrong  plugins", "is installed, and damaged", "iso27001.so", repair},
       true},
      {"its manifest is another",
       [](const Shopkeeper& keeper) { append(keeper.package() / "manifest.json", "\n"); },
       {"wrong  plugins", "manifest.json is not what was installed", repair},
       true},
      {"its signature is another",
       [](const Shopkeeper& keeper) { append(keeper.package() / "manifest.sig", "x"); },
       {"wrong  plugins", "the signature is not of the form", repair},
       true},
      {"it is revoked",
       [](const Shopkeeper& keeper) {
         keeper.act({"plugin", "trust", "revoke", "--package", keeper.hash(), "--reason", "it leaks"});
       },
       {"wrong  plugins", "is not loaded, for it is revoked: it leaks", goes}},
      {"its key is revoked, and its files are gone",
       [](const Shopkeeper& keeper) {
         keeper.revoke_key();
         fs::remove_all(keeper.package());
       },
       {"wrong  plugins", "the key that signed it is revoked: stolen", goes}},
      {"it is revoked and uninstalled",
       [](const Shopkeeper& keeper) {
         keeper.act({"plugin", "trust", "revoke", "--package", keeper.hash(), "--reason", "it leaks"});
         keeper.act({"plugin", "uninstall", "org.assay.iso27001"});
       },
       {"ok     plugins"}},
      {"its key is trusted no more",
       [](const Shopkeeper& keeper) { keeper.remove_key(); },
       {"wrong  plugins", "which is not trusted", "Do: change what is trusted"}},
      {"its key is trusted no more, and it is damaged",
       [](const Shopkeeper& keeper) {
         keeper.remove_key();
         append(keeper.package() / "iso27001.so", "x");
       },
       {"wrong  plugins", "is installed, and damaged", goes}},
      {"something else lies in the store",
       [](const Shopkeeper& keeper) { fs::create_directory(keeper.plugins() / "packages" / "0123"); },
       {"wrong  plugins", "0123 is in the store, and the journal does not say", "trust log"}},
      {"the journal was changed",
       [](const Shopkeeper& keeper) {
         std::string text = read(keeper.plugins() / "journal");
         text.replace(text.find("Acme"), 4, "Acne");
         std::ofstream(keeper.plugins() / "journal") << text;
       },
       {"wrong  plugins", "plugins/journal: line 2", "plugins/journal back from the last backup", "SECURITY.md"}},
      {"the journal is gone",
       [](const Shopkeeper& keeper) { fs::remove(keeper.plugins() / "journal"); },
       {"wrong  plugins", "plugins/journal: is missing or empty", "back from the last backup"}},
  };
  return all;
}

TEST_CASE("doctor: what was installed is there as it was, or it is told, and nothing revoked is to be installed") {
  const Trade trade;
  fs::create_directory(trade.place / "none");
  REQUIRE(run({"init", "--data", trade.data, "--organisation", "Elbwerk", "--name", "Jonas", "--email",
               "jonas@elbwerk.example"})
              .status == 0);
  REQUIRE(trade.trust().status == 0);
  const std::string file = trade.package("1.0.1");
  REQUIRE(run({"plugin", "install", file, "--data", trade.data}).status == 0);
  for (const Row& row : rows()) {
    INFO(row.name);
    const Shopkeeper keeper{trade, trade.place / "copy"};
    fs::copy(trade.data, keeper.data, fs::copy_options::recursive);
    row.damage(keeper);
    const Ran looked = keeper.doctor();
    INFO(looked.out << looked.err);
    CHECK(looked.status == (row.line.front().starts_with("ok") ? 0 : 1));
    CHECK(has_line(looked.out, row.line));
    CHECK(has(looked.out, "plugin install") == row.again);
    CHECK_FALSE(has_line(looked.out, {"wrong  plugins", "--plugins"}));
    if (row.again) {
      CHECK(has(keeper.act({"plugin", "install", file}).out, "is installed: "));
      CHECK(keeper.doctor().status == 0);
    }
    fs::remove_all(keeper.data);
  }
}

TEST_CASE("doctor: a revoked package in a folder of plugins is to be removed, not installed again") {
  const Trade trade;
  REQUIRE(run({"init", "--data", trade.data, "--organisation", "Elbwerk", "--name", "Jonas", "--email",
               "jonas@elbwerk.example"})
              .status == 0);
  write_package_folder(trade.place.path / "open" / "checklist", "1.0.1");
  const std::string hash =
      Json::parse(run({"plugin", "inspect", trade.place / "open/checklist", "--json"}).out).at("hash");
  const auto look = [&] { return run({"doctor", "--data", trade.data, "--plugins", trade.place / "open"}); };
  CHECK(has_line(look().out, {"ok     plugins", "1 packages"}));
  REQUIRE(run({"plugin", "trust", "revoke", "--package", hash, "--reason", "it lies", "--data", trade.data}).status ==
          0);
  const Ran looked = look();
  CHECK(looked.status == 1);
  CHECK(
      has_line(looked.out, {"wrong  plugins", "is revoked: it lies", "Do: remove " + trade.place / "open/checklist"}));
}

}  // namespace
}  // namespace assay::test::plugin_health_test
