// Tables for Accept and Accept-Language, and for what a route takes of a request before it is served.
#include "http/negotiation.h"

#include <catch2/catch_all.hpp>

#include "http/listing.h"
#include "http/route_check.h"

namespace assay::test::negotiation_test {
namespace {

TEST_CASE("Accept says how much a media type is wanted") {
  struct Row {
    const char* accept;
    const char* media_type;
    int weight;
    bool by_name;
  };
  for (const Row& row :
       {Row{"", "application/json", 1000, false},
        Row{" , ", "application/json", 1000, false},
        Row{"*/*", "application/json", 1000, false},
        Row{"*", "application/json", 1000, false},
        Row{"application/*", "application/json", 1000, false},
        Row{"text/*", "application/json", 0, false},
        Row{"application/json", "application/json", 1000, true},
        Row{"Application/JSON;charset=utf-8", "application/json", 1000, true},
        Row{"text/html", "text/html; charset=utf-8", 1000, true},
        Row{"text/htm", "text/html", 0, false},
        Row{"application/json;q=0.25", "application/json", 250, true},
        Row{"application/json; Q=0.5", "application/json", 500, true},
        Row{"application/json;q=1.000", "application/json", 1000, true},
        Row{"application/json;q=0.001", "application/json", 1, true},
        Row{"application/json;q=0", "application/json", 0, true},
        Row{"application/json;q=0.", "application/json", 0, true},
        Row{"application/json;q=0.000", "application/json", 0, true},
        Row{"application/json;q=zero", "application/json", 1000, true},
        Row{"application/json;q=0.0000", "application/json", 1000, true},
        Row{"*/*;q=0", "application/json", 0, false},
        Row{"application/json;q=0, */*", "application/json", 0, true},
        Row{"*/*, application/json;q=0", "application/json", 0, true},
        Row{"application/*;q=0, */*", "application/json", 0, false},
        Row{"application/*;q=0.2, application/json;q=0.4, */*", "application/json", 400, true},
        Row{"application/*;q=0, application/json", "application/json", 1000, true},
        Row{"application/json;v=1;q=0, application/json", "application/json", 1000, true},
        Row{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json", 800, false}}) {
    INFO(row.accept << " of " << row.media_type);
    const Wanted wanted = wanted_media(row.accept, row.media_type);
    CHECK(wanted.weight == row.weight);
    CHECK(wanted.by_name == row.by_name);
  }
}

TEST_CASE("Accept excludes an answer when it excludes all of its types") {
  struct Row {
    const char* accept;
    const char* media_types;
    bool taken;
  };
  for (const Row& row :
       {Row{"text/event-stream", "application/json, text/event-stream", true},
        Row{"application/json", "application/json, text/event-stream", true},
        Row{"text/html", "application/json, text/event-stream", false},
        Row{"*/*;q=0", "application/json, text/event-stream", false},
        Row{"text/event-stream;q=0, application/json;q=0, */*", "application/json, text/event-stream", false},
        Row{"text/css,*/*;q=0.1", "text/html", true}, Row{"image/png", "*/*", true},
        Row{"image/png;q=0, */*;q=0", "*/*", false}, Row{"", "*/*", true}, Row{"", "text/html", true}}) {
    INFO(row.accept << " of " << row.media_types);
    CHECK(takes_any_of(row.accept, row.media_types) == row.taken);
  }
}

TEST_CASE("Accept-Language names the language of ours that is wanted most") {
  struct Row {
    const char* header;
    const char* language;  // "" for neither
  };
  for (const Row& row : {Row{"de", "de"}, Row{"en", "en"}, Row{"DE-at", "de"}, Row{"de-AT,de;q=0.9,en;q=0.8", "de"},
                         Row{"en;q=0.5, de", "de"}, Row{"en;q=0.5, de;q=0.5", "en"}, Row{"fr, de;q=0.3", "de"},
                         Row{"fr", ""}, Row{"", ""}, Row{"de;q=0", ""}, Row{"de;q=0, en", "en"}, Row{"den", ""},
                         Row{"*", ""}, Row{"fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "en"}}) {
    INFO(row.header);
    CHECK(wanted_language(row.header).value_or("") == row.language);
  }
}

TEST_CASE("a route refuses what it does not take and who takes nothing of it") {
  static constexpr QueryItem items[] = {{"limit", ""}, {"type", "", true}};
  const Route route{Method::get,  "/a", nullptr, Run::inline_,      BodyKind::none,
                    Access::open, "",   items,   "application/json"};
  Route filtered = route, silent = route;
  filtered.filters = true;
  silent.answers = no_media;
  struct Row {
    const char* what;
    const Route& route;
    std::vector<Field> query;
    std::vector<Field> headers;
    int status;           // 0: served
    const char* pointer;  // of a 400
  };
  for (const Row& row :
       std::vector<Row>{{"nothing said", route, {}, {}, 0, ""},
                        {"known", route, {{"limit", "1"}}, {}, 0, ""},
                        {"unknown", route, {{"limit", "1"}, {"x", ""}}, {}, 400, "?x"},
                        {"in other letters", route, {{"Limit", "1"}}, {}, 400, "?Limit"},
                        {"without a name", route, {{"", ""}}, {}, 400, "?"},
                        {"twice", route, {{"limit", "1"}, {"limit", "1"}}, {}, 400, "?limit"},
                        {"several", route, {{"type", "a"}, {"type", "b"}}, {}, 0, ""},
                        {"a filter perhaps", filtered, {{"x", "1"}}, {}, 0, ""},
                        {"any type", route, {}, {{"Accept", "*/*"}}, 0, ""},
                        {"another type", route, {}, {{"Accept", "text/html"}}, 406, ""},
                        {"none", route, {}, {{"accept", "application/json;q=0"}}, 406, ""},
                        {"in two lines", route, {}, {{"Accept", "text/html"}, {"Accept", "*/*"}}, 0, ""},
                        {"nothing to show", silent, {}, {{"Accept", "text/html"}}, 0, ""},
                        {"the query first", route, {{"x", ""}}, {{"Accept", "text/html"}}, 400, "?x"}}) {
    INFO(row.what);
    Request request;
    request.id = "0";
    request.query = row.query;
    request.headers = row.headers;
    const auto refused = refused_by(row.route, request);
    REQUIRE((refused ? refused->status : 0) == row.status);
    if (!refused) continue;
    const Json body = Json::parse(std::get<std::string>(refused->body));
    CHECK(refused->content_type == "application/problem+json");
    CHECK(body.at("status") == row.status);
    if (row.status == 400) CHECK(body.at("errors").at(0).at("pointer") == row.pointer);
  }
}

TEST_CASE("pages of a list that is at hand are cut by its texts") {
  const std::vector<std::string> all = {"a", "b", "c", "d", "e"};
  struct Row {
    std::size_t limit;
    std::optional<std::string> after;
    std::vector<std::string> page;
    const char* next;  // "" for none
  };
  for (const Row& row : std::vector<Row>{{5, {}, all, ""},
                                         {4, {}, {"a", "b", "c", "d"}, "\"d\""},
                                         {2, "b", {"c", "d"}, "\"d\""},
                                         {2, "c", {"d", "e"}, ""},
                                         {2, "bb", {"c", "d"}, "\"d\""},  // the row that it named is gone
                                         {2, "e", {}, ""},
                                         {2, "x", {}, ""}}) {
    std::vector<std::string> rows = {"c", "a", "e", "d", "b"};
    const auto next = cut(rows, KeyPage{row.limit, row.after}, [](const std::string& one) { return one; });
    CHECK(rows == row.page);
    CHECK(next.value_or("") == row.next);
  }
}

TEST_CASE("a cursor is taken by the kind of list that gave it only") {
  const auto with_cursor = [](const std::string& position) {
    Request request;
    static std::string text;
    text = encode_cursor(position);
    request.query = {{"cursor", text}};
    return request;
  };
  CHECK(id_page(with_cursor("17"))->after == 17);
  CHECK(key_page(with_cursor("\"a\""))->after == "a");
  for (const char* foreign : {"\"a\"", "1.5", "[1]", "x", "null"})
    CHECK(id_page(with_cursor(foreign)).error().invalid.at(0).pointer == "?cursor");
  for (const char* foreign : {"17", "[\"a\"]", "x", "null"})
    CHECK(key_page(with_cursor(foreign)).error().invalid.at(0).pointer == "?cursor");
}

}  // namespace
}  // namespace assay::test::negotiation_test
