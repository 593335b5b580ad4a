// Full-text search on both engines: what is found, by whom, and that the index follows the rows.
#include "storage/search.h"

#include "storage/fixture.h"
#include "storage/store_base.h"

namespace assay::test::search_test {
namespace {

/// Titles of what is found, newest first, page by page.
std::string found(House& house, const std::string& typed, const Reader& reader, const std::string& type = {},
                  int limit = 2) {
  auto query = search_query(typed);
  if (!query) return text_of(query.error());
  SearchFor what{*query, type, 0, limit};
  std::string titles;
  REQUIRE(catch_up_search(*house.store, 100'000).value());
  Snapshot at = house.store->read();
  for (;;) {
    const auto hits = search(at, what, reader);
    for (const SearchHit& hit : hits) {
      titles += (titles.empty() ? "" : ", ") + Json::parse(hit.record.body).at("title").get<std::string>();
      what.before = hit.id;
    }
    if (hits.size() < static_cast<std::size_t>(limit)) return titles;
  }
}

struct Scene {
  explicit Scene(const std::string& engine) : database(engine), house(database) {
    ours = house.found("One");
    theirs = house.found("Two");
    programme = house.create("programme", ours, {}, titled("Year plan"));
    audit = house.create("audit", ours, programme, titled("Audit of the Hamburg works"));
    finding = house.create("finding", ours, audit, titled("Firewall rules of Hamburg are not reviewed"));
    second = house.create("finding", ours, audit, titled("Größe der Prüfgruppe: firewall"));
    foreign = house.create("finding", theirs, house.create("audit", theirs, house.create("programme", theirs)),
                           titled("Firewall of somebody else"));
    person = house.invite(ours);
    stranger = house.invite(theirs);
  }
  static Content titled(const std::string& title) {
    Content content;
    content.set["title"] = title;
    return content;
  }
  Reader everything() { return house.reader(person, {"programme", "audit", "finding", "action"}); }

  Database database;
  House house;
  Organisation ours, theirs;
  Made programme, audit, finding, second, foreign;
  Person person, stranger;
};

TEST_CASE("words find the records that hold all of them, newest first, in one's own organisation") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  const std::string first = "Firewall rules of Hamburg are not reviewed", second = "Größe der Prüfgruppe: firewall";
  struct Row {
    std::string typed, expected, type;
  };
  for (const Row& row :
       {Row{"firewall", second + ", " + first, ""}, Row{"FIREWALL hamburg", first, ""},
        Row{"hamburg", first + ", Audit of the Hamburg works", ""}, Row{"hamburg", first, "finding"},
        Row{"pruf", second, ""}, Row{"PRÜFGRUPPE", second, ""}, Row{"groesse", "", ""}, Row{"grosse", second, ""},
        Row{"\"rules of hamburg\"", first, ""}, Row{"\"hamburg rules\"", "", ""}, Row{"\"firewall rule\"", "", ""},
        Row{"of", first + ", Audit of the Hamburg works", ""}, Row{"re", "", ""}, Row{"revi", first, ""},
        Row{scene.finding.number, first, ""}, Row{"else", "", ""}}) {
    INFO(row.typed);
    CHECK(found(scene.house, row.typed, scene.everything(), row.type) == row.expected);
  }
}

TEST_CASE("whoever sees no record finds none, and a seat lets find what is below it") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  CHECK(found(scene.house, "firewall", scene.house.reader(scene.person)).empty());
  CHECK(found(scene.house, "firewall", scene.house.reader(scene.person, {"audit"})).empty());
  CHECK(found(scene.house, "firewall", scene.house.reader(scene.stranger, {"finding"})) == "Firewall of somebody else");
  Content seated;
  seated.seated["owner"] = {scene.person};
  scene.house.change(scene.finding, "issued", seated);
  CHECK(found(scene.house, "firewall", scene.house.reader(scene.person)) ==
        "Firewall rules of Hamburg are not reviewed");
}

TEST_CASE("a changed text is found by its new words alone, also after the index was built anew") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  scene.house.change(scene.finding, "issued", Scene::titled("Backups are not tried"));
  const auto check = [&] {
    CHECK(found(scene.house, "reviewed", scene.everything()).empty());
    CHECK(found(scene.house, "backups", scene.everything()) == "Backups are not tried");
    CHECK(found(scene.house, scene.finding.number, scene.everything()) == "Backups are not tried");
    CHECK(found(scene.house, "firewall", scene.everything()) == "Größe der Prüfgruppe: firewall");
  };
  check();
  check_replay(*scene.house.store);
  REQUIRE(scene.house.store->write(reset_search).has_value());
  check();
  // A folder of an earlier release has no index: the next start notes all as changed.
  REQUIRE(scene.house.store
              ->write([](Connection& to) {
                if (to.engine() == Engine::sqlite)
                  to.run("INSERT INTO search_index (search_index) VALUES ('delete-all')");
                to.run("DELETE FROM search_text");
                to.run("DELETE FROM meta WHERE name = 'search'");
              })
              .has_value());
  CHECK(found(scene.house, "backups", scene.everything()).empty());
  scene.house.store.reset();
  scene.house.store = scene.database.open();
  check();
  check_replay(*scene.house.store);
}

TEST_CASE("a search brings in so much of what it lacks, and says whether that was all") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  Store& store = *scene.house.store;
  const auto catch_up = [&store](std::int64_t most) { return catch_up_search(store, most).value(); };
  const auto indexed = [&store] {
    Snapshot at = store.read();
    return at.connection().value<std::int64_t>("SELECT COUNT(*) FROM search_text");
  };
  const auto settle = [&store] {  // PostgreSQL gives positions after the commit
    const auto unsealed = [&store] {
      Snapshot at = store.read();
      return at.connection().value<std::int64_t>("SELECT COUNT(*) FROM unsealed");
    };
    while (unsealed() > 0) store.wait_for_events(store.last_position(), std::chrono::milliseconds(50));
  };
  settle();
  CHECK(!catch_up(0));
  CHECK(catch_up(1000));
  const auto records = indexed();
  CHECK(records == 7);
  CHECK(catch_up(0));
  for (int i = 0; i < 150; ++i) scene.house.create("finding", scene.ours, scene.audit, Scene::titled("one more"));
  settle();
  CHECK(!catch_up(100));
  CHECK(catch_up(100));
  CHECK(indexed() == records + 150);
  REQUIRE(store.write(reset_search).has_value());
  CHECK(indexed() == 0);
  CHECK(!catch_up(100));
  CHECK(catch_up(1000));
  CHECK(indexed() == records + 150);
}

TEST_CASE("what was committed before a complete search is found, with or without a position in the log") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  const Reader reader = scene.everything();
  for (int i = 0; i < 50; ++i) {
    const std::string word = "word" + std::to_string(1000 + i);
    scene.house.create("finding", scene.ours, scene.audit, Scene::titled(word));
    REQUIRE(catch_up_search(*scene.house.store, 1000).value());
    Snapshot at = scene.house.store->read();
    CHECK(search(at, SearchFor{search_query(word).value()}, reader).size() == 1);
  }
}

TEST_CASE("what is kept from clients finds nothing for them") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  Content content = Scene::titled("open word");
  content.set["note"] = "hidden secret";
  scene.house.change(scene.finding, "issued", content);
  Reader client = scene.everything();
  client.client = true;
  const std::string title = "open word";
  for (const auto& [typed, body, for_client] :
       {std::tuple{"open word", title, title}, std::tuple{"hidden", title, std::string()},
        std::tuple{"hidd", title, std::string()}, std::tuple{"\"hidden secret\"", title, std::string()},
        std::tuple{"open hidden", title, std::string()}, std::tuple{"open", title, title}}) {
    INFO(typed);
    CHECK(found(scene.house, typed, scene.everything()) == body);
    CHECK(found(scene.house, typed, client) == for_client);
  }
}

TEST_CASE("no text that is typed breaks the query") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  for (const std::string& typed :
       {std::string("firewall AND"), std::string("firewall NEAR(rules"), std::string("open:firewall"),
        std::string("'firewall' & !"), std::string("\"firewall"), std::string("firewall\" OR \"1"),
        std::string("fire\0wall", 9), std::string("firewall:*A"), std::string("{open} : firewall"),
        std::string("-firewall ^firewall *"), std::string("firewall \xff\xfe"),
        std::string("\\'; DROP TABLE record")}) {
    INFO(typed);
    CHECK_NOTHROW(found(scene.house, typed, scene.everything()));
    Reader client = scene.everything();
    client.client = true;
    CHECK_NOTHROW(found(scene.house, typed, client));
  }
  CHECK(found(scene.house, "\"firewall\" :*", scene.everything(), "finding") ==
        "Größe der Prüfgruppe: firewall, Firewall rules of Hamburg are not reviewed");
}

}  // namespace
}  // namespace assay::test::search_test
