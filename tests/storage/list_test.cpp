// Pages of records: filters, every order, ties, and nothing twice or left out.
#include <random>

#include "storage/fixture.h"

namespace assay::test::list_test {
namespace {

using Is = Condition::Is;

/// Findings A..H below two audits, with grades, scores and deadlines that repeat.
struct Scene {
  explicit Scene(const std::string& engine) : database(engine), house(database) {
    organisation = house.found("Hallmark");
    person = house.invite(organisation);
    const Made programme = house.create("programme", organisation);
    audit = house.create("audit", organisation, programme);
    audit2 = house.create("audit", organisation, programme);
    struct Row {
      const char *title, *grade;
      std::optional<int> score;
      std::optional<bool> overdue;
      const char* due;
    };
    const std::vector<Row> rows = {{"A", "major", 10, true, "2026-05-01"},    {"B", "minor", 9, false, "2026-04-01"},
                                   {"C", "major", -3, {}, nullptr},           {"D", "minor", 10, true, "2026-05-01"},
                                   {"E", "minor", {}, false, nullptr},        {"F", "major", 100, true, "2026-06-01"},
                                   {"G", "observation", 9, {}, "2026-04-01"}, {"H", "minor", 0, false, nullptr}};
    for (const auto& row : rows) {
      Content content;
      content.set = {{"title", row.title}, {"grade", row.grade}};
      if (row.score) content.set["score"] = *row.score;
      if (row.overdue) content.set["overdue"] = *row.overdue;
      if (row.due != nullptr) {
        content.more["timers"]["response"] = {{"day", row.due}, {"at", std::string(row.due) + "T22:00:00.000Z"}};
      }
      if (made.empty()) content.seated["owner"] = {person};
      if (made.size() == 2) content.links["checked_in"] = {audit2};
      if (made.size() >= 6) content.seated["owner"] = {person};
      made.push_back(house.create("finding", organisation, made.size() < 5 ? audit : audit2, content));
      titles[made.back().uuid] = row.title;
    }
    house.change(made[1], "answered");
    house.change(made[3], "answered");
    house.change(made[0], "closed");
  }

  std::string page(ListQuery query, const Reader& reader) {
    query.type = "finding";
    Snapshot at = house.store->read();
    std::string text;
    for (const auto& row : list_records(at, query, reader)) text += titles.at(row.uuid);
    return text;
  }
  /// "value: count ..." of the findings that the query finds.
  std::string counts(ListQuery query, std::string_view by, const Reader& reader) {
    query.type = "finding";
    Snapshot at = house.store->read();
    std::string text;
    for (const auto& [value, count] : count_records(at, query, by, reader))
      text += value + ": " + std::to_string(count) + " ";
    return text;
  }
  /// "audit value: count ..." of the findings that hang on the audits.
  std::string linked_counts(ListQuery query, std::string_view by, const Reader& reader) {
    query.type = "finding";
    Snapshot at = house.store->read();
    std::vector<RecordRow> audits;
    for (const Made& one : {audit, audit2}) audits.push_back(*find_record(at, one.id));
    std::string text;
    const auto counted = count_linked(at, query, "audit", audits, by, reader);
    for (const Made& one : {audit, audit2}) {
      const auto found = counted.find(one.uuid);
      if (found == counted.end()) continue;
      text += one.id == audit.id ? "first " : "second ";
      for (const auto& [value, count] : found->second) text += value + ": " + std::to_string(count) + " ";
    }
    return text;
  }
  /// All pages of this size, one after the other.
  std::string pages(ListQuery query, const Reader& reader, int size) {
    query.type = "finding";
    query.limit = size;
    Snapshot at = house.store->read();
    std::string text;
    for (auto rows = list_records(at, query, reader); !rows.empty(); rows = list_records(at, query, reader)) {
      for (const auto& row : rows) text += titles.at(row.uuid);
      query.after = sort_value(rows.back(), query);
      query.after_id = static_cast<std::int64_t>(rows.back().id);
    }
    return text;
  }
  Reader all() const { return house.reader(person, {"finding"}); }

  Database database;
  House house;
  Organisation organisation;
  Person person;
  Made audit, audit2;
  std::vector<Made> made;
  std::map<std::string, std::string> titles;
};

TEST_CASE("lists are filtered by all conditions, each with any of its values") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  struct Row {
    std::vector<Condition> conditions;
    std::string whole, seated;
  };
  const std::string audit = scene.audit.uuid, audit2 = scene.audit2.uuid;
  const std::vector<Row> rows = {
      {{}, "ABCDEFGH", "AGH"},
      {{{"state", Is::equal, {"issued"}}}, "CEFGH", "GH"},
      {{{"state", Is::equal, {"answered", "closed"}}}, "ABD", "A"},
      {{{"state", Is::equal, {"nonsense"}}}, "", ""},
      {{{"grade", Is::equal, {"major"}}}, "ACF", "A"},
      {{{"grade", Is::equal, {"major", "observation"}}}, "ACFG", "AG"},
      {{{"grade", Is::equal, {"major"}}, {"state", Is::equal, {"issued"}}}, "CF", ""},
      {{{"grade", Is::equal, {"minor"}}, {"overdue", Is::equal, {"true"}}}, "D", ""},
      {{{"score", Is::equal, {"9"}}}, "BG", "G"},
      {{{"score", Is::greater, {"9"}}}, "ADF", "A"},
      {{{"score", Is::greater_or_equal, {"9"}}, {"score", Is::less, {"100"}}}, "ABDG", "AG"},
      {{{"score", Is::equal, {"nine"}}}, "", ""},
      {{{"overdue", Is::equal, {"false"}}}, "BEH", "H"},
      {{{"due", Is::less_or_equal, {"2026-05-01"}}}, "ABDG", "AG"},
      {{{"due", Is::greater, {"2026-05-01"}}}, "F", ""},
      {{{"audit", Is::equal, {audit}}}, "ABCDE", "A"},
      {{{"root", Is::equal, {audit2}}}, "FGH", "GH"},
      {{{"audit", Is::equal, {audit, audit2}}, {"grade", Is::equal, {"minor"}}}, "BDEH", "H"},
      {{{"checked_in", Is::equal, {audit2}}}, "C", ""},
      {{{"number", Is::equal, {"F-2026-0002"}}}, "B", ""},
      {{{"created", Is::greater, {"2027-01-01T00:00:00Z"}}}, "", ""},
      {{{"updated", Is::less, {"2027-01-01T00:00:00Z"}}}, "ABCDEFGH", "AGH"},
      {{{"grade", Is::equal, {"'; DROP TABLE record; --"}}}, "", ""},
      {{{"grade", Is::equal, {}}}, "", ""},
  };
  for (const auto& row : rows) {
    INFO(row.conditions.size() << " conditions, first on "
                               << (row.conditions.empty() ? "-" : row.conditions.front().field));
    ListQuery query;
    query.conditions = row.conditions;
    CHECK(scene.page(query, scene.all()) == row.whole);
    CHECK(scene.page(query, scene.house.reader(scene.person)) == row.seated);
    CHECK(scene.counts(query, "", scene.all()) == ": " + std::to_string(row.whole.size()) + " ");
    CHECK(scene.counts(query, "", scene.house.reader(scene.person)) == ": " + std::to_string(row.seated.size()) + " ");
  }
}

TEST_CASE("records are counted by state or by a field, as far as the person sees them") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  const Reader seated = scene.house.reader(scene.person);
  ListQuery query;
  CHECK(scene.counts(query, "state", scene.all()) == "answered: 2 closed: 1 issued: 5 ");
  CHECK(scene.counts(query, "state", seated) == "closed: 1 issued: 2 ");
  CHECK(scene.counts(query, "grade", scene.all()) == "major: 3 minor: 4 observation: 1 ");
  CHECK(scene.counts(query, "grade", seated) == "major: 1 minor: 1 observation: 1 ");
  query.conditions = {{"overdue", Is::equal, {"true"}}, {"score", Is::less, {"100"}}};
  query.limit = 1;
  CHECK(scene.counts(query, "grade", scene.all()) == "major: 1 minor: 1 ");
  query.conditions = {{"grade", Is::equal, {"minor"}}};
  CHECK(scene.counts(query, "grade", scene.all()) == "minor: 4 ");
  query.conditions = {{"checked_in", Is::equal, {scene.audit2.uuid}}};
  CHECK(scene.counts(query, "state", scene.all()) == "issued: 1 ");
  query.conditions = {{"grade", Is::equal, {"none"}}};
  CHECK(scene.counts(query, "state", scene.all()).empty());
  for (const char* by : {"title", "nothing", "id; DROP TABLE record"})
    CHECK_THROWS_AS(scene.counts({}, by, scene.all()), std::logic_error);
}

TEST_CASE("lists are sorted by any allowed order, ties by creation, and paged without loss") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  const auto [sort, ascending] = GENERATE(table<std::string, std::string>({{"created", "ABCDEFGH"},
                                                                           {"number", "ABCDEFGH"},
                                                                           {"updated", "CEFGHBDA"},
                                                                           {"due", "BGADFCEH"},
                                                                           {"grade", "ACFBDEHG"},
                                                                           {"score", "ECHBGADF"},
                                                                           {"overdue", "CGBEHADF"}}));
  INFO(sort);
  ListQuery query;
  query.sort = sort;
  CHECK(scene.page(query, scene.all()) == ascending);
  for (const int size : {1, 2, 3, 7, 8, 50}) CHECK(scene.pages(query, scene.all(), size) == ascending);
  query.descending = true;
  const std::string descending(ascending.rbegin(), ascending.rend());
  for (const int size : {1, 3, 8}) CHECK(scene.pages(query, scene.all(), size) == descending);

  query.conditions = {{"grade", Is::equal, {"minor"}}};
  std::string filtered;
  for (const char title : descending) {
    if (std::string("BDEH").find(title) != std::string::npos) filtered += title;
  }
  CHECK(scene.pages(query, scene.all(), 1) == filtered);
  CHECK(scene.pages(query, scene.house.reader(scene.person), 1) == "H");
}

TEST_CASE("a name that the type does not know never becomes a part of SQL") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  const auto name = GENERATE(as<std::string>(), "title", "cause", "body", "", "id; DROP TABLE record", "plans");
  ListQuery sorted;
  sorted.sort = name;
  CHECK_THROWS_AS(scene.page(sorted, scene.all()), std::logic_error);
  ListQuery filtered;
  filtered.conditions = {{name, Is::equal, {"x"}}};
  CHECK_THROWS_AS(scene.page(filtered, scene.all()), std::logic_error);
}

TEST_CASE("filters follow the record") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  Content content;
  content.set = {{"grade", "minor"}, {"score", nullptr}};
  scene.house.change(scene.made[0], "issued", content);
  ListQuery query;
  query.conditions = {{"grade", Is::equal, {"minor"}}};
  CHECK(scene.page(query, scene.all()) == "ABDEH");
  query.conditions = {{"score", Is::equal, {"10"}}};
  CHECK(scene.page(query, scene.all()) == "D");
  check_replay(*scene.house.store);
}

TEST_CASE("what hangs on several records is counted at once, as far as it is seen") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  struct Row {
    std::vector<Condition> conditions;
    const char* by;
    std::string whole, seated;
  };
  const std::vector<Row> rows = {
      {{}, "", "first : 5 second : 3 ", "first : 1 second : 2 "},
      {{}, "state", "first answered: 2 closed: 1 issued: 2 second issued: 3 ", "first closed: 1 second issued: 2 "},
      {{{"state", Is::equal, {"answered"}}}, "", "first : 2 ", ""},
      {{{"overdue", Is::equal, {"true"}}}, "grade", "first major: 1 minor: 1 second major: 1 ", "first major: 1 "},
  };
  for (const Row& row : rows) {
    INFO(row.conditions.size() << " conditions by " << row.by);
    ListQuery query;
    query.conditions = row.conditions;
    CHECK(scene.linked_counts(query, row.by, scene.all()) == row.whole);
    CHECK(scene.linked_counts(query, row.by, scene.house.reader(scene.person)) == row.seated);
  }
  ListQuery query;
  query.type = "finding";
  Snapshot at = scene.house.store->read();
  CHECK(count_linked(at, query, "audit", {}, "", scene.all()).empty());
  CHECK_THROWS_AS(count_linked(at, query, "grade", {*find_record(at, scene.audit.id)}, "", scene.all()),
                  std::logic_error);
}

TEST_CASE("a condition that is no instant is no empty list") {
  Scene scene("sqlite");
  ListQuery query;
  query.conditions = {{"created", Is::less, {"10000-01-01T00:00:00Z"}}};
  CHECK_THROWS_AS(scene.page(query, scene.all()), std::logic_error);
}

}  // namespace
}  // namespace assay::test::list_test
