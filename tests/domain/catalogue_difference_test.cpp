// What a newer catalogue changes, by the stable ids of its questions.
#include "domain/catalogue_difference.h"

#include <catch2/catch_all.hpp>

namespace assay::test::catalogue_difference_test {
namespace {

Json small_catalogue() {
  return Json::parse(R"({
    "id": "small", "version": "1.0.0", "title": "Small", "standard": "None", "language": "en",
    "results": [{"id": "conform", "title": "Conform"}],
    "groups": [{"id": "g", "title": "Group"}, {"id": "h", "title": "Other"}],
    "items": [
      {"id": "A.1", "group": "g", "clause": "A.1", "title": "First",
       "questions": [{"id": "A.1-q1", "question": "One?"}, {"id": "A.1-q2", "question": "Two?"}]},
      {"id": "A.2", "group": "g", "clause": "A.2", "title": "Second", "questions": [{"id": "A.2-q1", "question": "Three?"}]}
    ]})");
}

TEST_CASE("each question is kept, changed, new or removed") {
  using Ids = std::vector<std::string>;
  struct Row {
    std::string_view what, patch;
    Ids kept, changed, added, removed;
  };
  const Ids all = {"A.1-q1", "A.1-q2", "A.2-q1"};
  const Row rows[] = {
      {"the same", "[]", all, {}, {}, {}},
      {"another version and title",
       R"([{"op":"replace","path":"/version","value":"2.0.0"},{"op":"replace","path":"/title","value":"Larger"}])",
       all,
       {},
       {},
       {}},
      {"groups",
       R"([{"op":"replace","path":"/groups/0/title","value":"x"},{"op":"replace","path":"/items/1/group","value":"h"}])",
       all,
       {},
       {},
       {}},
      {"one text",
       R"([{"op":"replace","path":"/items/0/questions/1/question","value":"Why?"}])",
       {"A.1-q1", "A.2-q1"},
       {"A.1-q2"},
       {},
       {}},
      {"what to look at",
       R"([{"op":"add","path":"/items/1/questions/0/look_at","value":["logs"]}])",
       {"A.1-q1", "A.1-q2"},
       {"A.2-q1"},
       {},
       {}},
      {"title of an item",
       R"([{"op":"replace","path":"/items/0/title","value":"x"}])",
       {"A.2-q1"},
       {"A.1-q1", "A.1-q2"},
       {},
       {}},
      {"the scale", R"([{"op":"add","path":"/results/-","value":{"id":"partly","title":"Partly"}}])", {}, all, {}, {}},
      {"one more, one less",
       R"([{"op":"replace","path":"/items/1/questions/0","value":{"id":"A.2-q2","question":"Four?"}}])",
       {"A.1-q1", "A.1-q2"},
       {},
       {"A.2-q2"},
       {"A.2-q1"}},
      {"an item less", R"([{"op":"remove","path":"/items/0"}])", {"A.2-q1"}, {}, {}, {"A.1-q1", "A.1-q2"}},
      {"order", R"([{"op":"move","from":"/items/1","path":"/items/0"}])", all, {}, {}, {}},
  };
  for (const Row& row : rows) {
    const auto found = compare_catalogues(small_catalogue(), small_catalogue().patch(Json::parse(row.patch)));
    INFO(row.what);
    CHECK(found.kept == row.kept);
    CHECK(found.changed == row.changed);
    CHECK(found.added == row.added);
    CHECK(found.removed == row.removed);
  }
}

}  // namespace
}  // namespace assay::test::catalogue_difference_test
