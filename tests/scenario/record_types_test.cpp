// A data pack with a record type of its own: installed, used, and kept for as long as there are records of the type.
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "scenario/first.h"

namespace assay::test {
namespace {

/// `assay plugin ARGUMENTS`, and what it said.
struct PluginCommand {
  PluginCommand(const Folder& folder, const std::string& arguments) {
    const fs::path out = folder.root / "command.out";
    const std::string command = std::string(ASSAY_BINARY_DIR "/assay plugin ") + arguments + " > " + out.string() + " 2>&1";
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

void must_do(const Folder& folder, const std::string& arguments) {
  const PluginCommand command(folder, arguments);
  INFO(arguments << ": " << command.said);
  REQUIRE(command.status == 0);
}

const std::string visits_plugin = "com.example.site-visit";

std::string at_data(const Folder& folder) {
  return " --data " + folder.data().string() + (folder.database.empty() ? "" : " --database '" + folder.database + "'");
}

/// Signs the example and installs it.
void install_visits(const Folder& folder) {
  const std::string key = (folder.root / "key").string(), package = (folder.root / "visits").string(),
                    file = package + ".assayplugin", data = " --data " + folder.data().string();
  fs::copy(fs::path(ASSAY_SOURCE_DIR) / "examples/plugins/site-visit", package, fs::copy_options::recursive);
  must_do(folder, "files " + package);
  must_do(folder, "keygen " + key);
  must_do(folder, "pack " + package + " --output " + file);
  must_do(folder, "sign " + file + " --key " + key);
  must_do(folder, "trust add --key " + key + ".pub --owner Example --id com.example" + data);
  must_do(folder, "install " + file + data);
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

  const Json type = parsed(sent("GET", "types/site-visit"));
  CHECK(type.at("label") == "Site visit");
  CHECK(parsed(send_to(server->port(), "GET", "/api/v1/types/site-visit", token + "Accept-Language: de\r\n"))
            .at("label") == "Besuch eines Standorts");
  CHECK(sent("GET", "types/audit").status == 200);
  const std::string me = parsed(sent("GET", "me")).at("id");
  const Answer planned = sent("POST", "site-visits",
                              {{"title", "Server room"}, {"site", "Dresden"}, {"visit_on", day(7)}, {"visitor", {me}}});
  INFO(planned.body);
  REQUIRE(planned.status == 201);
  const Json record = parsed(planned);
  CHECK(record.at("number").get<std::string>().starts_with("SV-"));
  const std::string path = "site-visits/" + record.at("id").get<std::string>();
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
  CHECK(kept.says("there are records of its type site-visit"));
  server = std::make_unique<Program>(folder.serving(), folder.log());
  CHECK(parsed(sent("GET", path)).at("state") == "reported");
  CHECK(server->stop() == 0);

  // What is revoked is loaded no more: a server without the type would hide its records, so there is none.
  const std::string data = " --data " + folder.data().string();
  const PluginCommand listed(folder, "trust list --json" + data);
  const std::string hash = Json::parse(listed.said).at("packages").at(0).at("hash");
  must_do(folder, "trust revoke --package " + hash + " --reason tested" + data);
  CHECK_THROWS_WITH(Program(folder.serving(), folder.log()),
                    Catch::Matchers::ContainsSubstring("there are records of the type site-visit") &&
                        Catch::Matchers::ContainsSubstring(visits_plugin));
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
  CHECK(send_to(server.port(), "GET", "/api/v1/types/site-visit", token).status == 404);
  const std::string plugins = send_to(server.port(), "GET", "/api/v1/plugins", token).body;
  CHECK(plugins.find("come from installed packages only") != std::string::npos);
}

}  // namespace
}  // namespace assay::test
