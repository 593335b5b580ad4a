// A data pack with a record type of its own: installed, used, and kept for as long as there are records of the type.
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <utility>

#include "scenario/first.h"

namespace assay::test::record_types_test {
namespace {

/// `assay plugin ARGUMENTS`, or another command, and what it said.
struct PluginCommand {
  PluginCommand(const Folder& folder, const std::string& arguments, const std::string& of = "plugin ") {
    const fs::path out = folder.root / "command.out";
    const std::string command = ASSAY_BINARY_DIR "/assay " + of + arguments + " > " + out.string() + " 2>&1";
    const int ended = std::system(command.c_str());
    status = WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
    std::ifstream in(out, std::ios::binary);
    said = {std::istreambuf_iterator<char>(in), {}};
    INFO(command << ": " << said);
    CHECK(status >= 0);
  }
  bool says(const std::string& part) const { return said.find(part) != std::string::npos; }

  int status = -1;
  std::string said;
};

void must_do(const Folder& folder, const std::string& arguments, const std::string& of = "plugin ") {
  const PluginCommand command(folder, arguments, of);
  INFO(arguments << ": " << command.said);
  REQUIRE(command.status == 0);
}

const std::string visits_plugin = "com.example.site-visit";

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string at_data(const Folder& folder) {
  return " --data " + folder.data().string() + (folder.database.empty() ? "" : " --database '" + folder.database + "'");
}

using PackageChange = std::function<void(Json& manifest, const fs::path& package)>;

/// Changes the example, signs it with a key of that name and installs it into the data folder. What `plugin install`
/// said.
PluginCommand install_as(const Folder& folder, const std::string& name, const std::string& key_name,
                         const PackageChange& change = {}, const std::string& at = {}) {
  const std::string key = (folder.root / key_name).string(), package = (folder.root / name).string(),
                    file = package + ".assayplugin", data = " --data " + (at.empty() ? folder.data().string() : at);
  fs::copy(fs::path(ASSAY_SOURCE_DIR) / "examples/plugins/site-visit", package, fs::copy_options::recursive);
  if (change) {
    Json manifest = Json::parse(text_of(fs::path(package) / "manifest.json"));
    change(manifest, package);
    std::ofstream(fs::path(package) / "manifest.json") << manifest.dump();
  }
  must_do(folder, "files " + package);
  if (!fs::exists(key)) must_do(folder, "keygen " + key);
  must_do(folder, "pack " + package + " --output " + file);
  must_do(folder, "sign " + file + " --key " + key);
  must_do(folder, "trust add --key " + key + ".pub --owner Example --id com.example" + data);
  return PluginCommand(folder, "install " + file + (at.empty() ? at_data(folder) : data));
}

void install_visits(const Folder& folder) {
  const PluginCommand installed = install_as(folder, "visits", "key");
  INFO(installed.said);
  REQUIRE(installed.status == 0);
}

/// Another pack that brings the same type.
void as_other_pack(Json& manifest, const fs::path& package) {
  manifest["id"] = "com.example.visits";
  for (const char* file : {"x-example-site-visit.json", "policies.json"}) {
    std::string text = text_of(package / file);
    for (const auto& [from, to] : {std::pair{"com.example.site-visit/", "com.example.visits/"},
                                   std::pair{"com_example_site_visit_", "com_example_visits_"}}) {
      if (const auto found = text.find(from); found != std::string::npos) text.replace(found, std::strlen(from), to);
    }
    std::ofstream(package / file) << text;
  }
}

std::string hash_of(const Folder& folder, const std::string& version) {
  const PluginCommand listed(folder, "trust list --json --data " + folder.data().string());
  const Json trust = Json::parse(listed.said);  // named: the loop refers to it
  for (const Json& package : trust.at("packages")) {
    if (package.at("version") == version) return package.at("hash");
  }
  return {};
}

/// A version that is revoked would not bring the type either: the other one stays.
void keeps_what_records_need(const Folder& folder) {
  const PluginCommand next =
      install_as(folder, "next", "key", [](Json& manifest, const fs::path&) { manifest["version"] = "1.1.0"; });
  INFO(next.said);
  REQUIRE(next.status == 0);
  const std::string revoke = "trust revoke --reason tested" + at_data(folder) + " --package ";
  const PluginCommand older(folder, revoke + hash_of(folder, "1.0.0"));
  INFO(older.said);
  CHECK(older.status == 0);
  CHECK_FALSE(older.says("no server starts"));
  const PluginCommand last(folder, "uninstall " + visits_plugin + " --version 1.1.0" + at_data(folder));
  CHECK(last.status == 1);
  CHECK(last.says("there are records of its type x-example-site-visit"));

  // What is revoked is loaded no more: a server without the type would hide its records, so there is none.
  const PluginCommand revoked(folder, revoke + hash_of(folder, "1.1.0"));
  INFO(revoked.said);
  CHECK(revoked.status == 0);
  CHECK(revoked.says(
      "no server starts with this data folder any more:\n  there are records of the type x-example-site-visit"));
  CHECK_THROWS_WITH(Program(folder.serving(), folder.log()),
                    Catch::Matchers::ContainsSubstring("there are records of the type x-example-site-visit") &&
                        Catch::Matchers::ContainsSubstring(visits_plugin));
}

/// Another pack gets nothing of what a revoked one left behind.
void takes_over_nothing(const Folder& folder) {
  const PluginCommand taken = install_as(folder, "taken", "other", as_other_pack);
  INFO(taken.said);
  CHECK(taken.status == 1);
  CHECK(taken.says("there are records of a type x-example-site-visit, which com.example.site-visit brought"));
  const std::string elsewhere = (folder.root / "elsewhere").string();
  fs::create_directory(elsewhere);
  const PluginCommand unaware = install_as(folder, "unaware", "other", as_other_pack, elsewhere);
  INFO(unaware.said);
  REQUIRE(unaware.status == 0);
  fs::remove_all(folder.data() / "plugins");
  fs::copy(fs::path(elsewhere) / "plugins", folder.data() / "plugins", fs::copy_options::recursive);
  CHECK_THROWS_WITH(
      Program(folder.serving(), folder.log()),
      Catch::Matchers::ContainsSubstring("there are records of the type x-example-site-visit of " + visits_plugin) &&
          Catch::Matchers::ContainsSubstring("uninstall com.example.visits"));
}

TEST_CASE("a record type of a data pack is served beside the others, and stays while there are records of it") {
  const std::string engine = GENERATE(as<std::string>(), "sqlite", "postgresql");
  INFO("engine: " << engine);
  if (engine == "postgresql" && std::getenv("ASSAY_TEST_POSTGRES") == nullptr)
    SKIP("ASSAY_TEST_POSTGRES is not set: PostgreSQL is NOT tested");
  Folder folder(engine);
  const std::string link = folder.found("Elbwerk", "Jonas Brandt", "jonas@elbwerk.example");
  install_visits(folder);
  auto server = std::make_unique<Program>(folder.serving(), folder.log());
  const std::string token = token_of_first(server->port(), link);
  const auto sent = [&](const std::string& method, const std::string& path, const Json& body = nullptr,
                        const std::string& more = {}) {
    return send_to(server->port(), method, "/api/v1/" + path, token + more, body.is_null() ? "" : body.dump());
  };

  const Json type = parsed(sent("GET", "types/x-example-site-visit"));
  CHECK(type.at("label") == "Site visit");
  CHECK(parsed(send_to(server->port(), "GET", "/api/v1/types/x-example-site-visit", token + "Accept-Language: de\r\n"))
            .at("label") == "Besuch eines Standorts");
  CHECK(sent("GET", "types/audit").status == 200);
  const std::string me = parsed(sent("GET", "me")).at("id");
  const Answer planned = sent("POST", "x-example-site-visits",
                              {{"title", "Server room"}, {"site", "Dresden"}, {"visit_on", day(7)}, {"visitor", {me}}});
  INFO(planned.body);
  REQUIRE(planned.status == 201);
  const Json record = parsed(planned);
  CHECK(record.at("number").get<std::string>().starts_with("X-SV-"));
  const std::string path = "x-example-site-visits/" + record.at("id").get<std::string>();
  CHECK(parsed(sent("GET", "me/tasks")).dump().find("Server room") != std::string::npos);
  const Answer own =
      sent("POST", path + "/commands/cancel", {{"reason", "no time"}}, "If-Match: " + planned.header("ETag") + "\r\n");
  CHECK(own.status == 409);  // the guard of the pack
  const Answer reported = sent("POST", path + "/commands/report", {{"seen", "A door stood open."}},
                               "If-Match: " + planned.header("ETag") + "\r\n");
  INFO(reported.body);
  CHECK(reported.status == 200);
  CHECK(parsed(sent("GET", path)).at("state") == "reported");

  CHECK(PluginCommand(folder, "uninstall " + visits_plugin + at_data(folder)).says("stop it first"));
  CHECK(server->stop() == 0);
  const PluginCommand kept(folder, "uninstall " + visits_plugin + at_data(folder));
  CHECK(kept.status == 1);
  CHECK(kept.says("there are records of its type x-example-site-visit"));
  server = std::make_unique<Program>(folder.serving(), folder.log());
  CHECK(parsed(sent("GET", path)).at("state") == "reported");
  CHECK(server->stop() == 0);

  keeps_what_records_need(folder);
  takes_over_nothing(folder);
}

TEST_CASE("a restored folder has the packs of the backup, and serves their records") {
  Folder folder("sqlite");
  const std::string link = folder.found("Elbwerk", "Jonas Brandt", "jonas@elbwerk.example");
  install_visits(folder);
  std::string token, path;
  {
    const Program server(folder.serving(), folder.log());
    token = token_of_first(server.port(), link);
    const std::string me = parsed(send_to(server.port(), "GET", "/api/v1/me", token)).at("id");
    const Answer planned =
        send_to(server.port(), "POST", "/api/v1/x-example-site-visits", token,
                Json{{"title", "Server room"}, {"site", "Dresden"}, {"visit_on", day(7)}, {"visitor", {me}}}.dump());
    REQUIRE(planned.status == 201);
    path = "/api/v1/x-example-site-visits/" + parsed(planned).at("id").get<std::string>();
  }
  const fs::path backup = folder.root / "backup", away = folder.root / "away";
  must_do(folder, backup.string() + at_data(folder), "backup ");
  fs::rename(folder.data(), away);
  fs::create_directory(folder.data());
  fs::permissions(folder.data(), fs::perms::owner_all);
  must_do(folder, backup.string() + at_data(folder), "restore ");
  fs::copy(away / "keys", folder.data() / "keys");
  fs::copy(away / "erased", folder.data() / "erased");
  const Program server(folder.serving(), folder.log());
  CHECK(parsed(send_to(server.port(), "GET", path, token)).at("fields").at("title") == "Server room");
}

TEST_CASE("a record type of which there is no record goes with its pack, and one in a plugin folder is told") {
  Folder folder("sqlite");
  const std::string link = folder.found("Elbwerk", "Jonas Brandt", "jonas@elbwerk.example");
  install_visits(folder);
  {
    Program server(folder.serving(), folder.log());
  }
  must_do(folder, "uninstall " + visits_plugin + at_data(folder));
  fs::create_directory(folder.root / "plugins");
  fs::copy(folder.root / "visits", folder.root / "plugins/visits", fs::copy_options::recursive);
  const Program server(folder.serving(), folder.log());
  const std::string token = token_of_first(server.port(), link);
  CHECK(send_to(server.port(), "GET", "/api/v1/types/x-example-site-visit", token).status == 404);
  const std::string plugins = send_to(server.port(), "GET", "/api/v1/plugins", token).body;
  CHECK(plugins.find("come from installed packages only") != std::string::npos);
}

}  // namespace
}  // namespace assay::test::record_types_test
