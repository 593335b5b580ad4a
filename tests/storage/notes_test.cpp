// Working notes: whose they are, how they change, and with what they go.
#include "storage/notes.h"

#include "storage/backup.h"
#include "storage/fixture.h"
#include "storage/projection.h"

namespace assay::test::notes_test {
namespace {

struct Scene {
  explicit Scene(const std::string& engine) : database(engine), house(database) {
    organisation = house.found("Hallmark");
    person = house.invite(organisation);
    second = house.invite(organisation);
    audit = house.create("audit", organisation, house.create("programme", organisation));
    other = house.create("audit", organisation, house.create("programme", organisation));
  }
  void write(const std::function<void(Connection&)>& work) { REQUIRE(house.store->write(work).has_value()); }
  std::string jot(const Made& at, const Person& author, const std::string& text,
                  std::optional<std::int64_t> item = {}) {
    const NoteRow note{0, house.uuid(), at.id, author.id, item, {}, text, house.tick(), house.now, 0};
    write([&](Connection& to) { put_note(to, note, 100); });
    return note.uuid;
  }
  std::vector<std::string> texts(const Made& of, const Person& author) {
    Snapshot at = house.store->read();
    std::vector<std::string> all;
    for (const NoteRow& note : list_notes(at, of.id, author.id, 0, 100)) all.push_back(note.text);
    return all;
  }
  NoteRow note(const std::string& uuid) {
    Snapshot at = house.store->read();
    return find_note(at, audit.id, person.id, uuid).value();
  }
  std::int64_t events() {
    Snapshot at = house.store->read();
    return at.connection().value<std::int64_t>("SELECT COUNT(*) FROM event");
  }

  Database database;
  House house;
  Organisation organisation;
  Person person, second;
  Made audit, other;
};

using Texts = std::vector<std::string>;

TEST_CASE("a note is its author's, and no event") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  const auto before = scene.events();
  const std::string first = scene.jot(scene.audit, scene.person, "Ask for the restore log");
  scene.jot(scene.audit, scene.person, "Töne: \"hm\"\nsecond line", 99);
  scene.jot(scene.audit, scene.second, "Not for them");
  scene.jot(scene.other, scene.person, "Elsewhere");
  CHECK(scene.texts(scene.audit, scene.person) == Texts{"Ask for the restore log", "Töne: \"hm\"\nsecond line"});
  CHECK(scene.texts(scene.audit, scene.second) == Texts{"Not for them"});
  {
    Snapshot at = scene.house.store->read();
    CHECK_FALSE(find_note(at, scene.audit.id, scene.second.id, first).has_value());
    CHECK_FALSE(find_note(at, scene.other.id, scene.person.id, first).has_value());
    CHECK(count_notes(at, scene.audit.id, scene.person.id) == 2);
    const auto page = list_notes(at, scene.audit.id, scene.person.id, 0, 1);
    REQUIRE(page.size() == 1);
    const auto rest = list_notes(at, scene.audit.id, scene.person.id, page.front().id, 5);
    REQUIRE(rest.size() == 1);
    CHECK(rest.front().item == 99);
    CHECK(rest.front().item_uuid.empty());  // of an item that is not in the plan
    CHECK(records_with_notes(at, 0, 10) == std::vector{scene.audit.id, scene.other.id});
    CHECK(records_with_notes(at, static_cast<std::int64_t>(scene.audit.id), 10) == std::vector{scene.other.id});
    CHECK(records_with_notes(at, 0, 1) == std::vector{scene.audit.id});
  }
  CHECK(scene.events() == before);
  check_replay(*scene.house.store);
}

TEST_CASE("a note is changed and deleted in the version that was seen, and there are not too many") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  const std::string uuid = scene.jot(scene.audit, scene.person, "One");
  NoteRow note = scene.note(uuid);
  CHECK(note.version == 1);
  CHECK(note.created == scene.house.now);
  note.text = "Another";
  note.item = 7;
  note.changed = scene.house.tick();
  scene.write([&](Connection& to) { change_note(to, note); });
  CHECK(scene.note(uuid).text == "Another");
  CHECK(scene.note(uuid).item == 7);
  CHECK(scene.note(uuid).version == 2);
  CHECK(scene.note(uuid).changed == note.changed);
  CHECK(scene.note(uuid).created < note.changed);
  const auto refused = [&](const std::function<void(Connection&)>& work) {
    CHECK_THROWS_AS(scene.house.store->write(work), VersionConflict);
  };
  refused([&](Connection& to) { change_note(to, note); });
  refused([&](Connection& to) { drop_note(to, note); });
  const NoteRow more{0, scene.house.uuid(), scene.audit.id, scene.person.id, {}, {}, "Two", note.changed, note.changed,
                     0};
  refused([&](Connection& to) { put_note(to, more, 1); });
  scene.write([&](Connection& to) { put_note(to, more, 2); });
  CHECK(scene.texts(scene.audit, scene.person) == Texts{"Another", "Two"});
  scene.write([&](Connection& to) { drop_note(to, scene.note(uuid)); });
  CHECK(scene.texts(scene.audit, scene.person) == Texts{"Two"});
}

TEST_CASE("notes go with their record, and with their author") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  for (const Made& at : {scene.audit, scene.other}) {
    scene.jot(at, scene.person, "Mine");
    scene.jot(at, scene.second, "Theirs");
  }
  std::int64_t gone = 0;
  scene.write([&](Connection& to) { gone = forget_notes(to, scene.audit.id); });
  CHECK(gone == 2);
  CHECK(scene.texts(scene.audit, scene.person).empty());
  CHECK(scene.texts(scene.other, scene.person) == Texts{"Mine"});
  scene.write([&](Connection& to) { gone = forget_notes_of(to, scene.person.id); });
  CHECK(gone == 1);
  CHECK(scene.texts(scene.other, scene.person).empty());
  CHECK(scene.texts(scene.other, scene.second) == Texts{"Theirs"});
  scene.write([&](Connection& to) { gone = forget_notes_of_gone(to); });
  CHECK(gone == 0);
  scene.write([&](Connection& to) {
    to.run("UPDATE person SET state = 'left' WHERE id = :id", with("id", scene.second.id));
    gone = forget_notes_of_gone(to);
  });
  CHECK(gone == 1);
  CHECK(scene.texts(scene.other, scene.second).empty());
}

TEST_CASE("a backup has the notes, and more can be written after its restore") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  scene.jot(scene.audit, scene.person, "Kept");
  const TemporaryFolder folder;
  make_backup(scene.database.settings, folder.path() / "backup");
  const Database target(engine);
  restore_backup(folder.path() / "backup", target.settings);
  const auto store = target.open();
  const NoteRow more{
      0, scene.house.uuid(), scene.audit.id, scene.person.id, {}, {}, "On", scene.house.tick(), scene.house.now, 0};
  REQUIRE(store->write([&](Connection& to) { put_note(to, more, 100); }).has_value());
  Snapshot at = store->read();
  const auto notes = list_notes(at, scene.audit.id, scene.person.id, 0, 10);
  REQUIRE(notes.size() == 2);
  CHECK(notes[0].text == "Kept");
  CHECK(notes[1].text == "On");
}

}  // namespace
}  // namespace assay::test::notes_test
