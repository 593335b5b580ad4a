// Data folders of earlier releases are opened, migrated, replayed and verified, and nothing in them is another.
#include <cstdlib>
#include <fstream>

#include "cli/office.h"
#include "cli/run.h"
#include "commands/erasures.h"
#include "ledger/digest.h"
#include "storage/events.h"

namespace assay::test::release_test {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> archives() {
  std::vector<fs::path> all;
  for (const auto& entry : fs::directory_iterator(fs::path(ASSAY_SOURCE_DIR) / "tests/cli/releases")) {
    if (entry.path().extension() == ".gz") all.push_back(entry.path());
  }
  return all;
}

std::string unpacked(const Place& place, const fs::path& archive) {
  const std::string data = place / "data";
  fs::create_directory(data);
  fs::permissions(data, fs::perms::owner_all);
  REQUIRE(std::system(("tar -xzf '" + archive.string() + "' -C '" + data + "'").c_str()) == 0);
  return data;
}

/// What a folder holds: the events, the files, and the records of each type that has some by state with a hash over all
/// of them.
Json contents(const std::string& data) {
  Workspace workspace(settings_of(data));
  Context& context = workspace.context();
  Json found = {{"events", context.store.last_position()}};
  Snapshot at = context.store.read();
  for (const OrganisationRow& organisation : list_organisations(at)) {
    Reader all{PersonId{0}, organisation.id, {}};
    for (const auto& [type, definition] : context.workflows->types) all.whole.insert(type);
    for (const auto& [type, definition] : context.workflows->types) {
      std::string text;
      Json states = Json::object();
      for (const RecordRow& row : list_records(at, {.type = type, .conditions = {}, .limit = 1000}, all)) {
        states[row.state] = states.value(row.state, 0) + 1;
        text +=
            row.uuid + " " + row.number + " " + row.state + " " + std::to_string(row.version) + " " + row.body + "\n";
      }
      if (states.empty()) continue;  // also a type that came with a later release
      found["records"][organisation.name][type] = {{"states", std::move(states)}, {"sha256", sha256_hex(text)}};
    }
  }
  return found;
}

TEST_CASE("the data folder of an earlier release is opened, migrated, replayed and verified") {
  const auto all = archives();
  REQUIRE_FALSE(all.empty());
  for (const fs::path& archive : all) {
    INFO(archive);
    const Place place;
    const std::string data = unpacked(place, archive);
    const Json found = contents(data);
    const fs::path expected = fs::path(archive).replace_extension().replace_extension(".json");
    if (std::getenv("ASSAY_UPDATE_GOLDEN") != nullptr && !fs::exists(expected))
      std::ofstream(expected) << found.dump(2) << '\n';
    CHECK(found == Json::parse(read(expected)));

    const Ran verified = run({"verify", "--data", data});
    CHECK(verified.status == 0);
    CHECK(has(verified.out, std::to_string(found["events"].get<int>()) + " events replayed"));
    CHECK(has(verified.out, "all as the log says"));
    CHECK(verified.err.empty());
  }
}

TEST_CASE("somebody is erased from what an earlier release has written, too") {
  constexpr const char* email = "petra.sommer@elbwerk.example";
  for (const fs::path& archive : archives()) {
    INFO(archive);
    const Place place;
    const std::string data = unpacked(place, archive);
    std::string listed, organisation;
    {
      Workspace workspace(settings_of(data));
      Context& context = workspace.context();
      PersonRow person{};
      {
        Snapshot at = context.store.read();
        person = find_person_by_email(at, email).value();
        listed = pseudonym_of(person.uuid) + "\terased\t";
        organisation = find_organisation(at, person.organisation).value().uuid;
      }
      std::ofstream(fs::path(data) / "erased") << person.uuid << '\n';
      CHECK(settle_erasures(context) == 1);
      Snapshot at = context.store.read();
      int told = 0;
      for (const Event& event : events_after(at, person.organisation, 0, 100'000)) {
        if (event.draft.subject != Subject::person || event.draft.uuid != person.uuid) continue;
        const std::string facts = canonical(event.draft.facts);
        INFO(facts);
        CHECK(facts.find(person.name) == std::string::npos);
        CHECK(facts.find(email) == std::string::npos);
        ++told;
      }
      CHECK(told > 1);
    }
    const Ran verified = run({"verify", "--data", data});
    INFO(verified.err << verified.out);
    CHECK(verified.status == 0);
    const Ran people = run({"user", "list", "--data", data, "--organisation", organisation});
    CHECK(has(people.out, listed));
  }
}

}  // namespace
}  // namespace assay::test::release_test
