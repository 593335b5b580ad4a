// What a start need not check again, and that nothing else is spared.
#include "cli/checked_sets.h"

#include <fmt/format.h>

#include <catch2/catch_all.hpp>
#include <fstream>

#include "cli/run.h"
#include "cli/workflow_files.h"
#include "cli/workspace.h"
#include "domain/load.h"

namespace assay::test::checked_sets_test {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;

constexpr const char* roles = R"({"roles": {"manager": {"side": "organisation", "label": "Manager"}}})";

/// A set of one type. Who closes is looked for by the checks alone: reading takes any name.
WorkflowFiles files_closed_by(const std::string& who) {
  return {{"roles.json", roles},
          {"small/programme.json", fmt::format(R"({{
    "workflow": "small/programme", "version": 1, "label": "P", "label_plural": "P", "plural": "programmes",
    "title": "title", "number": "P-{{seq:2}}", "root": true, "read": ["manager"],
    "fields": {{"title": {{"title": "Title", "type": "string", "maxLength": 100}}}},
    "states": {{"running": {{"label": "Running"}}, "closed": {{"end": true, "label": "Closed"}}}},
    "commands": {{
      "start": {{"label": "S", "event": "started", "from": [], "to": "running", "by": ["manager"], "must": ["title"],
                "why": "1"}},
      "close": {{"label": "C", "event": "closed", "from": ["running"], "to": "closed", "by": ["{}"], "why": "1"}}}}}})",
                                               who)}};
}

/// A data folder, and definitions that a start is given.
struct Folder {
  SettingValues settings() const {
    return SettingValues({{"data", place / "data"}, {"workflows", place / "workflows"}},
                         [](const std::string&) { return std::optional<std::string>(); }, {});
  }
  /// The hash of the definitions that the next start is given.
  std::string give(const WorkflowFiles& files) const {
    for (const auto& [path, text] : files) {
      const fs::path file = place.path / "workflows" / path;
      fs::create_directories(file.parent_path());
      std::ofstream(file) << text;
    }
    return loaded_workflows(files)->hash;
  }
  fs::path mark() const { return place.path / "data" / "checked"; }
  void write(const std::string& text) const { std::ofstream(mark()) << text; }

  Place place;
};

std::string marked(const std::string& program, const std::string& hash) {
  return "assay-checked/1 " + program + "\n" + hash + "\n";
}

TEST_CASE("what was checked is known to the same program alone") {
  const Place place;
  const fs::path file = place.path / "checked";
  const std::string hash(64, 'a'), other(64, 'b');
  CheckedSets(file, "one").keep({hash});
  CHECK(CheckedSets(file, "one").contains(hash));
  CHECK_FALSE(CheckedSets(file, "one").contains(other));
  CHECK_FALSE(CheckedSets(file, "two").contains(hash));
  CHECK((fs::status(file).permissions() & fs::perms::all) == (fs::perms::owner_read | fs::perms::owner_write));

  SECTION("a program without a build ID knows and keeps nothing") {
    CheckedSets none(file, "");
    none.keep({other});
    CHECK_FALSE(none.contains(hash));
    CHECK(read(file) == marked("one", hash));
  }
  SECTION("what others may write is not believed") {
    for (const auto who : {fs::perms::group_write, fs::perms::others_write}) {
      fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write | who);
      CHECK_FALSE(CheckedSets(file, "one").contains(hash));
    }
  }
  SECTION("a link to what somebody else wrote is not believed") {
    fs::rename(file, place.path / "elsewhere");
    fs::create_symlink(place.path / "elsewhere", file);
    CHECK_FALSE(CheckedSets(file, "one").contains(hash));
  }
  SECTION("a file that was cut off tells of whole hashes only") {
    fs::resize_file(file, fs::file_size(file) - 2);
    CHECK_FALSE(CheckedSets(file, "one").contains(hash));
  }
  SECTION("only what was kept last is known") {
    CheckedSets(file, "one").keep({other});
    CHECK_FALSE(CheckedSets(file, "one").contains(hash));
    CHECK(CheckedSets(file, "one").contains(other));
  }
  SECTION("a file that cannot be written is no fault") {
    CheckedSets lost(place.path / "missing" / "checked", "one");
    CHECK_NOTHROW(lost.keep({hash}));
  }
}

TEST_CASE("the program that runs has a build ID") { CHECK(build_id().size() >= 16); }

TEST_CASE("a start notes what it has checked, and checks everything else") {
  const Folder folder;
  const std::string good = folder.give(files_closed_by("manager"));
  {
    const Workspace begun(folder.settings());
  }
  CHECK(read(folder.mark()) == marked(build_id(), good));
  {
    const Workspace again(folder.settings());
  }

  const std::string flawed = folder.give(files_closed_by("nobody"));
  const auto refused = [&] {
    CHECK_THROWS_WITH(Workspace(folder.settings()), ContainsSubstring("there is no role or seat `nobody`"));
  };
  refused();  // a file has changed
  folder.write(marked(build_id() + "0", flawed));
  refused();  // another program has found no flaw in it
  folder.write(marked(build_id(), good));
  refused();
  fs::remove(folder.mark());
  refused();
  // Nothing but the mark of this program spares it the checks.
  folder.write(marked(build_id(), flawed));
  CHECK_NOTHROW(Workspace(folder.settings()));
}

TEST_CASE("a stored set that this program has not checked is checked before anything is served") {
  const Folder folder;
  const std::string good = folder.give(files_closed_by("manager"));
  const auto bad = loaded_workflows(files_closed_by("nobody"));
  {
    Workspace begun(folder.settings());
    begun.context().store.add_workflow_set(bad);
  }
  CHECK(read(folder.mark()) == marked(build_id(), good));
  CHECK_THROWS_WITH(Workspace(folder.settings()), ContainsSubstring("stored set " + bad->hash.substr(0, 12)));
  CHECK(read(folder.mark()) == marked(build_id(), good));
  // With a mark it is only loaded when it is asked for; verifying goes by no mark.
  folder.write(marked(build_id(), good) + bad->hash + "\n");
  {
    Workspace marked_too(folder.settings());
    const auto stored = marked_too.context().store.workflow_set(bad->hash);
    REQUIRE(stored != nullptr);
    CHECK(stored->types.contains("programme"));
    CHECK(stored->text == bad->text);
    CHECK(marked_too.context().store.workflow_set(good)->hash == good);
    CHECK_THROWS_AS(check_stored_sets(marked_too.context().store), WorkflowsFlawed);
  }
  const Ran verified = run({"verify", "--data", folder.place / "data"});
  CHECK(verified.status != 0);
  CHECK(has(verified.out + verified.err, "there is no role or seat `nobody`"));
}

}  // namespace
}  // namespace assay::test::checked_sets_test
