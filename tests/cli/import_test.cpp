// `assay import`: tables in CSV become people and records at the machine, all of them or none.
#include <catch2/catch_all.hpp>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "cli/office.h"
#include "cli/run.h"
#include "storage/events.h"
#include "storage/folder_lock.h"

namespace assay::test::import_test {
namespace {

constexpr const char* jonas = "jonas@elbwerk.example";

/// A data folder with an organisation whose administrator is active, and tables beside it.
struct Desk {
  Place folder;
  std::string data = folder / "data";
  Desk() { Office office(settings_of(data)); }
  std::string table(const std::string& text) const {
    std::ofstream(folder.path / "table.csv", std::ios::binary) << text;
    return folder / "table.csv";
  }
  Ran import(const std::string& type, const std::string& text, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"import", type, table(text), "--data", data, "--as", jonas};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  std::string people() const { return run({"user", "list", "--data", data}).out; }
};

constexpr const char* reviews =
    "title,planned_on,period_from,period_to\n"
    "Spring,2031-04-01,2030-04-01,2031-03-31\n"
    "Autumn,2031-10-01,2030-10-01,2031-09-30\n";

TEST_CASE("a dry run at the machine names row and column of each error, and stores nothing") {
  const Desk desk;
  const std::string table =
      "name,email,roles,colour\n"
      "Maria,maria@elbwerk.example,isms_manager,\n"
      ",no address,,\n"
      "Jonas,jonas@elbwerk.example,dreamer,\n";
  const Ran dry = desk.import("person", table, {"--dry-run"});
  INFO(dry.out << dry.err);
  CHECK(dry.status == 1);
  CHECK(has_line(dry.out, {"row 1, column 4: ", "colour", "there is no such column"}));
  CHECK(has_line(dry.out, {"row 3", "name"}));
  CHECK(has_line(dry.out, {"row 3, column 2: ", "email"}));
  CHECK(has_line(dry.out, {"row 4, column 2: ", "is in use"}));
  CHECK(has_line(dry.out, {"row 4, column 3: ", "roles"}));
  CHECK(has(dry.out, "Nothing is stored."));
  const Ran real = desk.import("person", table);
  CHECK(real.status == 1);
  CHECK(real.out == dry.out);
  CHECK_FALSE(has(desk.people(), "maria@"));

  const Ran json = desk.import("person", table, {"--dry-run", "--json"});
  CHECK(json.status == 1);
  const Json told = Json::parse(json.out);
  CHECK(told.at("dry_run") == true);
  CHECK(told.at("records") == 3);
  CHECK(told.at("errors").at(0).at("pointer") == "#cell=1,4");
  CHECK(told.at("made").empty());
}

TEST_CASE("people are imported with their links, after a dry run that found nothing") {
  const Desk desk;
  const std::string table = "name;email;roles\nMaria;maria@elbwerk.example;isms_manager\nPaul;paul@elbwerk.example;\n";
  const Ran dry = desk.import("person", table, {"--dry-run"});
  CHECK(dry.status == 0);
  CHECK(dry.out == "2 could be stored. Nothing is stored, as this is a dry run.\n");
  CHECK_FALSE(has(desk.people(), "maria@"));
  const Ran made = desk.import("person", table, {"--public-url", "https://assay.example"});
  INFO(made.err);
  CHECK(made.status == 0);
  CHECK(has(made.out, "https://assay.example/invitation#assayi_"));
  CHECK(has(made.out, "2 stored by jonas@elbwerk.example."));
  CHECK(has_line(desk.people(), {"maria@elbwerk.example", "invited", "isms_manager"}));
  const Ran again = desk.import("person", table, {"--json"});
  CHECK(again.status == 1);
  CHECK(Json::parse(again.out).at("errors").size() == 2);
}

TEST_CASE("records are imported by the person who is named, and the log says so") {
  const Desk desk;
  const Ran made = desk.import("management-review", reviews, {"--json"});
  INFO(made.out << made.err);
  REQUIRE(made.status == 0);
  const Json told = Json::parse(made.out);
  REQUIRE(told.at("made").size() == 2);
  CHECK(run({"verify", "--data", desk.data}).status == 0);
  Workspace workspace(settings_of(desk.data));
  Snapshot at = workspace.context().store.read();
  const auto person = find_person_by_email(at, jonas);
  REQUIRE(person.has_value());
  EventQuery query;
  query.types = {"management-review.scheduled"};
  const auto who = principal_of(workspace.context(), at, *person, {Scope::read});
  REQUIRE(who.has_value());
  const auto events = list_events(at, query, who->reader);
  CHECK(events.size() == 3);  // one is there from the beginning
  for (const Event& event : events) CHECK(event.draft.actor == person->id);
}

TEST_CASE("a row that fails leaves nothing of its table behind") {
  const Desk desk;
  const std::string table = std::string(reviews) + "Winter,2031-13-01,2030-10-01,2031-09-30\n";
  const Ran failed = desk.import("management-review", table);
  CHECK(failed.status == 1);
  CHECK(has_line(failed.out, {"row 4, column 2: planned_on"}));
  const Ran after = desk.import("management-review", reviews, {"--dry-run"});
  CHECK(after.status == 0);
}

TEST_CASE("standard input is a table, too, and a template is printed to fill in") {
  const Desk desk;
  std::istringstream given(reviews);
  std::streambuf* const before = std::cin.rdbuf(given.rdbuf());
  const Ran made = run({"import", "management-review", "-", "--data", desk.data, "--as", jonas});
  std::cin.rdbuf(before);
  std::cin.clear();
  CHECK(made.status == 0);
  CHECK(has(made.out, "2 stored by"));
  const Ran columns = run({"import", "management-review", "--template", "--data", desk.data});
  CHECK(columns.status == 0);
  CHECK(columns.out.starts_with("id,title,planned_on,period_from,period_to"));
  CHECK(columns.out.ends_with("\r\n"));
}

TEST_CASE("an import is refused while a server works on the folder, and says what to do") {
  const Desk desk;
  const FolderLock server(desk.data);
  const Ran refused = desk.import("management-review", reviews, {"--dry-run"});
  CHECK(refused.status == 1);
  CHECK(has(refused.err, "POST /api/v1/imports"));
  CHECK(refused.out.empty());
}

TEST_CASE("a call of import that is wrong itself ends with 2, one that nobody may make with 1") {
  const Desk desk;
  struct Wrong {
    std::vector<std::string> arguments;
    int status;
    const char* said;
  };
  const std::string table = desk.table(reviews);
  const std::vector<Wrong> rows{
      {{"management-review", table}, 2, "--as is needed"},
      {{"management-review", "--as", jonas}, 2, "TABLE is needed"},
      {{"management-review", desk.folder / "nothing.csv", "--as", jonas}, 2, "cannot read"},
      {{"management-review", desk.folder.path.string(), "--as", jonas}, 2, "is a folder"},
      {{"management-review", table, "--as", jonas, "--json-limit", "1024", "--import-rows", "1"}, 1, "beyond"},
      {{"dream", table, "--as", jonas}, 1, "neither a record type nor person"},
      {{"management-review", table, "--as", jonas, "--command", "dream"}, 1, "no command that makes a record"},
      {{"management-review", table, "--as", "nobody@elbwerk.example"}, 1, "no active person"},
      {{"certification", table, "--as", jonas}, 1, ""},
  };
  for (const Wrong& row : rows) {
    std::vector<std::string> arguments = {"import", "--data", desk.data};
    arguments.insert(arguments.end(), row.arguments.begin(), row.arguments.end());
    const Ran wrong = run(arguments);
    INFO(row.said << ": " << wrong.out << wrong.err);
    CHECK(wrong.status == row.status);
    CHECK(has(wrong.err, row.said));
  }
  std::ofstream(desk.folder.path / "long.csv") << reviews << std::string(4096, 'x');
  const Ran large = run({"import", "management-review", desk.folder / "long.csv", "--data", desk.data, "--as", jonas,
                         "--json-limit", "1024"});
  CHECK(large.status == 2);
  CHECK(has(large.err, "--json-limit"));
  CHECK(run({"import", "management-review", table, "--as", jonas, "--data", desk.folder / "elsewhere"}).status == 2);
}

}  // namespace
}  // namespace assay::test::import_test
