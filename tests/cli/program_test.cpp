// The program as it is called: what its commands do to a data folder, and their exit status.
#include "cli/program.h"

#include <catch2/catch_all.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "cli/run.h"
#include "cli/workflow_files.h"
#include "storage/folder_lock.h"

namespace assay::test::program_test {
namespace {

namespace fs = std::filesystem;

TEST_CASE("the built-in workflow definitions are those of the folder, and hold") {
  CHECK(embedded_workflows() == read_workflows(fs::path(ASSAY_SOURCE_DIR) / "workflows"));
  const Ran built_in = run({"workflow", "check", "--static"});
  CHECK(built_in.status == 0);
  CHECK(has(built_in.out, "no flaw"));
  const Ran folder = run({"workflow", "check", "--static", std::string(ASSAY_SOURCE_DIR) + "/workflows"});
  CHECK(folder.out == built_in.out);
}

TEST_CASE("a flawed definition is told with file, pointer and reason") {
  const Place folder;
  fs::copy(fs::path(ASSAY_SOURCE_DIR) / "workflows", folder.path / "w", fs::copy_options::recursive);
  const fs::path file = folder.path / "w/internal/audit.json";
  std::string text = read(file);
  const auto at = text.find("{\"guard\": \"items_answered\"}");
  REQUIRE(at != std::string::npos);
  text.replace(at, 27, R"({"guard": "all_is_well"})");
  std::ofstream(file) << text;
  const Ran checked = run({"workflow", "check", folder / "w"});
  CHECK(checked.status == 2);
  CHECK(has(checked.err, "internal/audit.json/commands/"));
  CHECK(has(checked.err, "all_is_well"));
  const Ran served = run({"serve", "--data", folder / "data", "--workflows", folder / "w"});
  CHECK(served.status == 2);
  CHECK(has(served.err, "internal/audit.json/commands/"));
}

TEST_CASE("a guard whose plugin is not there is told, and is no flaw of the definitions") {
  const Place folder;
  fs::copy(fs::path(ASSAY_SOURCE_DIR) / "workflows", folder.path / "w", fs::copy_options::recursive);
  const fs::path file = folder.path / "w/internal/management-review.json";
  std::string text = read(file);
  const std::string command = "\"gather_inputs\": {";
  const auto at = text.find(command);
  REQUIRE(at != std::string::npos);
  text.insert(at + command.size(),
              R"("guards": [{"guard": "plugin_allows", "plugin": "com.example.calendar", "rule": "blackout"}],)");
  std::ofstream(file) << text;
  fs::create_directory(folder.path / "data");
  fs::create_directory(folder.path / "p");
  const auto check = [&] {
    return run({"workflow", "check", "--static", "--data", folder / "data", "--plugins", folder / "p", folder / "w"});
  };
  const std::string place = "internal/management-review.json/commands/gather_inputs/guards/0: ";
  const Ran alone = check();
  CHECK(alone.status == 0);
  CHECK(has(alone.err, place + "there is no plugin com.example.calendar"));
  fs::create_directories(folder.path / "p/calendar");
  const auto write_manifest = [&](const char* rule) {
    std::ofstream(folder.path / "p/calendar/manifest.json")
        << R"({"manifest": 1, "id": "com.example.calendar", "version": "1.0.0", "title": {"en": "x"}, "publisher": "x",
      "licence": "x", "abi": {"major": 1, "minor": 0}, "library": "x.so", "languages": ["en"],
      "files": [{"path": "x.so", "size": 1, "sha256": ")"
        << std::string(64, 'a') << R"("}], "extensions": {"guard/1": {"guards": [{"id": ")" << rule
        << R"(", "title": {"en": "x"}}]}}})";
  };
  write_manifest("holidays");
  CHECK(has(check().err, place + "com.example.calendar has no rule blackout"));
  write_manifest("blackout");
  CHECK(check().err.empty());
}

TEST_CASE("a record type is shown as a diagram") {
  const Ran shown = run({"workflow", "export", "nonconformity", "--format", "mermaid"});
  CHECK(shown.status == 0);
  CHECK(has(shown.out, "stateDiagram-v2"));
  const Ran unknown = run({"workflow", "export", "dream"});
  CHECK(unknown.status == 2);
  CHECK(has(unknown.err, "there is no record type dream"));
}

TEST_CASE("an organisation is founded once, and its people are looked after at the machine") {
  const Place folder;
  const std::string data = folder / "data";
  const Ran founded = run({"init", "--data", data, "--organisation", "Elbwerk", "--name", "Jonas Brandt", "--email",
                           "jonas@elbwerk.example", "--zone", "Europe/Berlin"});
  CHECK(founded.err.empty());
  REQUIRE(founded.status == 0);
  CHECK(has(founded.out, "http://127.0.0.1:8080/invitation#assayi_"));
  const auto mode = fs::status(fs::path(data) / "keys").permissions();
  CHECK(mode == (fs::perms::owner_read | fs::perms::owner_write));

  const Ran again = run({"init", "--data", data, "--organisation", "Other", "--name", "X", "--email", "x@y.example"});
  CHECK(again.status == 1);
  CHECK(has(again.err, "has an organisation already"));

  const Ran people = run({"user", "list", "--data", data});
  CHECK(people.status == 0);
  CHECK(people.out == "jonas@elbwerk.example\tJonas Brandt\tinvited\tadministrator,isms_manager\n");

  const Ran reset =
      run({"user", "reset", "jonas@elbwerk.example", "--data", data, "--public-url", "https://assay.example/"});
  CHECK(reset.status == 0);
  CHECK(has(reset.out, "https://assay.example/invitation#assayi_"));
  CHECK(run({"user", "reset", "nobody@elbwerk.example", "--data", data}).status == 1);

  const Ran invited = run({"user", "invite", "--data", data, "--name", "Maria", "--email", "maria@elbwerk.example"});
  CHECK(invited.status == 1);  // the only administrator has not signed in yet
  CHECK(has(invited.err, "no active administrator"));
  const Ran second = run({"user", "invite", "--data", data, "--name", "Maria", "--email", "maria@elbwerk.example",
                          "--role", "administrator"});
  CHECK(second.status == 0);
  CHECK(has(second.out, "/invitation#assayi_"));
  CHECK(has(run({"user", "list", "--data", data}).out, "maria@elbwerk.example\tMaria\tinvited\tadministrator\n"));
  const Ran token = run({"token", "create", "--data", data, "--email", "jonas@elbwerk.example", "--name", "script"});
  CHECK(token.status == 1);

  const Ran verified = run({"verify", "--data", data});
  CHECK(verified.err.empty());
  CHECK(verified.status == 0);
  CHECK(has(verified.out, "all as the log says"));
}

TEST_CASE("a folder in use is said to be in use; verify and backup work beside the server; restore holds") {
  const Place folder;
  const std::string data = folder / "data";
  REQUIRE(
      run({"init", "--data", data, "--organisation", "Elbwerk", "--name", "Jonas", "--email", "jonas@elbwerk.example"})
          .status == 0);
  {
    const FolderLock server(data);
    const Ran refused = run({"user", "list", "--data", data});
    CHECK(refused.status == 1);
    CHECK(has(refused.err, "is in use"));
    CHECK(has(run({"compact", "--data", data}).err, "is in use"));
    const Ran verified = run({"verify", "--data", data, "--scratch", folder.path.string()});
    CHECK(verified.err.empty());
    CHECK(verified.status == 0);
    CHECK(has(verified.out, "all as the log says"));
    const Ran saved = run({"backup", folder / "backup", "--data", data});
    CHECK(saved.err.empty());
    CHECK(saved.status == 0);
  }
  const Ran compacted = run({"compact", "--data", data});
  CHECK(compacted.err.empty());
  CHECK(compacted.status == 0);
  CHECK(has(compacted.out, "bytes"));
  CHECK(run({"compact", "--data", folder / "nowhere"}).status == 2);
  CHECK(has(run({"verify", "--data", data}).out, "all as the log says"));
  const std::string restored = folder / "restored";
  const Ran back = run({"restore", folder / "backup", "--data", restored});
  CHECK(back.err.empty());
  REQUIRE(back.status == 0);
  const Ran keyless = run({"user", "list", "--data", restored});
  CHECK(keyless.status == 1);
  CHECK(has(keyless.err, "is missing: put it back"));
  fs::copy_file(fs::path(data) / "keys", fs::path(restored) / "keys");
  fs::permissions(fs::path(restored) / "keys", fs::perms::owner_read | fs::perms::owner_write);
  CHECK(has(run({"user", "list", "--data", restored}).out, "jonas@elbwerk.example"));
  for (const std::vector<std::string>& unlisted :
       {std::vector<std::string>{"release", "--data", restored},
        std::vector<std::string>{"serve", "--data", restored, "--listen", "127.0.0.1:0"}}) {
    const Ran refused = run(unlisted);
    CHECK(refused.status == 1);
    CHECK(has(refused.err, "/erased is missing"));
  }
  CHECK(has(run({"release", "--data", restored, "--no-erased-list"}).out, "go on"));
  CHECK(has(run({"release", "--data", restored}).out, "Nothing is held"));
}

TEST_CASE("a demo is never made of a folder that holds something else") {
  const Place folder;
  const std::string data = folder / "data";
  REQUIRE(
      run({"init", "--data", data, "--organisation", "Elbwerk", "--name", "Jonas", "--email", "jonas@elbwerk.example"})
          .status == 0);
  const Ran refused = run({"serve", "--demo", "--data", data, "--listen", "127.0.0.1:0"});
  CHECK(refused.status == 2);
  CHECK(has(refused.err, "holds an organisation that is no demo"));
  for (const char* listen : {"0.0.0.0:0", "[::]:0", "192.0.2.1:0"}) {
    const Ran open = run({"serve", "--demo", "--data", folder / "fresh", "--listen", listen});
    CHECK(open.status == 2);
    CHECK(has(open.err, "everybody knows its passwords"));
  }
}

TEST_CASE("wrong usage has status 2, help and version have 0") {
  const Place scratch;
  struct Row {
    std::vector<std::string> arguments;
    int status;
  };
  for (const Row& row :
       {Row{{}, 2}, Row{{"dance"}, 2}, Row{{"serve"}, 2}, Row{{"serve", "--no-such-option", "1"}, 2},
        Row{{"serve", "--data", "x", "--json-limit", "many"}, 2},
        Row{{"serve", "--data", scratch / "x", "--trusted-proxies", "everybody"}, 2}, Row{{"backup", "--data", "x"}, 2},
        Row{{"token", "create", "--data", "x", "--email", "a@b", "--name", "n", "--days", "0"}, 2}, Row{{"help"}, 0},
        Row{{"--help"}, 0}, Row{{"serve", "--help"}, 0}, Row{{"version"}, 0}, Row{{"--version"}, 0},
        Row{{"settings", "--markdown"}, 0}}) {
    INFO((row.arguments.empty() ? "nothing" : row.arguments.front()));
    CHECK(run(row.arguments).status == row.status);
  }
  CHECK(run({"version"}).out.starts_with("assay "));
  for (const char* command : {"serve", "init", "workflow", "backup", "restore", "verify", "doctor", "import", "release",
                              "plugin", "user", "token", "settings", "version", "help"}) {
    CHECK(has(run({"help"}).out, std::string("\n  ") + command + " "));
  }
}

TEST_CASE("a command that there is not is named") {
  struct Row {
    std::vector<std::string> words;
    std::string said;
  };
  const Row rows[] = {
      {{"frob"}, "assay: there is no command \"assay frob\"; `assay --help`"},
      {{"plugin", "frob", "x"}, "assay: there is no command \"assay plugin frob\"; `assay plugin --help`"},
      {{"plugin", "trust", "frob"},
       "assay: there is no command \"assay plugin trust frob\"; `assay plugin trust --help`"},
      {{"workflow", "--frob"}, "A subcommand is required"},
      {{}, "A subcommand is required"},
      {{"version", "frob"}, "frob"},
  };
  for (const Row& row : rows) {
    const Ran refused = run(row.words);
    INFO(row.said);
    CHECK(refused.status == 2);
    CHECK(refused.out.empty());
    CHECK(has(refused.err, row.said));
  }
}

}  // namespace
}  // namespace assay::test::program_test
