// Lists: pages that lose nothing, filters and orders.
#include <algorithm>

#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::lists_test {
namespace {

/// The target that Link names as the next page; empty on the last one.
std::string next_of(const Answer& answer) {
  const std::string link = answer.header("Link");
  if (link.empty()) return {};
  REQUIRE(link.ends_with("; rel=\"next\""));
  return link.substr(1, link.find('>') - 1);
}

/// Follows Link to the end and collects what `member` holds; every page is full but the last.
std::vector<std::string> all_pages(Stage& stage, const std::string& who, const std::string& start, std::size_t limit,
                                   const std::string& member = "id", const std::string& rows = "items") {
  std::vector<std::string> found;
  std::string target = start + (start.find('?') == std::string::npos ? "?" : "&") + "limit=" + std::to_string(limit);
  while (!target.empty()) {
    const Answer answer = stage.ask(who, "GET", target);
    REQUIRE(answer.status == 200);
    const Json page = parsed(answer);
    for (const Json& item : page.at(rows))
      found.push_back(item.at(member).is_string() ? item.at(member).get<std::string>() : item.at(member).dump());
    const std::string next = next_of(answer);
    CHECK(next.empty() == page.at("next").is_null());
    if (!next.empty()) {
      CHECK(page.at(rows).size() == limit);
      CHECK(next.find("limit=" + std::to_string(limit)) != std::string::npos);
    }
    target = next;
  }
  return found;
}

TEST_CASE("pages together are the whole list, in every order") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string mark = "Paged " + engine;
  std::vector<std::string> made;
  const int days[] = {40, 10, 30, 10, 20, 40, 10};
  for (const int from_today : days) {
    Json input = review_input(mark);
    input["planned_on"] = day(from_today);
    made.push_back(stage.must("manager", "POST", "/api/v1/management-reviews", input.dump()).at("id"));
  }
  for (const char* sort :
       {"", "number", "-number", "due", "-due", "created", "-created", "updated", "planned_on", "-planned_on"}) {
    INFO("sort " << sort);
    const std::string query = *sort == '\0' ? std::string() : std::string("?sort=") + sort;
    const auto whole = all_pages(stage, "manager", "/api/v1/management-reviews" + query, 200);
    for (const std::string& id : made) CHECK(std::count(whole.begin(), whole.end(), id) == 1);
    for (const std::size_t limit : {1, 2, 3})
      CHECK(all_pages(stage, "manager", "/api/v1/management-reviews" + query, limit) == whole);
    if (*sort == '\0') continue;
    const bool down = *sort == '-';
    const std::string field = sort + (down ? 1 : 0);
    std::string before;
    for (const Json& item : stage.list("manager", "/api/v1/management-reviews" + query + "&limit=200")) {
      const Json& at = item.contains(field) ? item.at(field) : item.at("fields").at(field);
      const std::string value = at.is_null() ? "9999-12-31" : at.get<std::string>();  // without a deadline: last
      if (!before.empty()) CHECK((down ? value <= before : value >= before));
      before = value;
    }
  }
}

TEST_CASE("a record that comes while somebody reads is not a reason to lose another") {
  Stage& stage = Stage::on("sqlite");
  for (int i = 0; i < 4; ++i)
    stage.must("manager", "POST", "/api/v1/management-reviews", review_input("Before").dump());
  const auto before = all_pages(stage, "manager", "/api/v1/management-reviews?sort=number", 200);
  std::vector<std::string> read;
  std::string target = "/api/v1/management-reviews?sort=number&limit=2";
  while (!target.empty()) {
    const Answer answer = stage.ask("manager", "GET", target);
    const Json page = parsed(answer);
    for (const Json& item : page.at("items")) read.push_back(item.at("id"));
    target = next_of(answer);
    if (read.size() == 4) stage.must("manager", "POST", "/api/v1/management-reviews", review_input("Meanwhile").dump());
  }
  REQUIRE(read.size() == before.size() + 1);
  read.pop_back();
  CHECK(read == before);
}

TEST_CASE("the other lists have pages too") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string reported = "/api/v1/" + audit_in(stage, "listed", "report_draft") + "/reports";
  for (const char* name : {"one", "two", "three"}) {
    stage.token_of("lead", {"read"});
    stage.must("auditor", "POST", "/api/v1/audits/{audit}/notes", Json{{"text", name}}.dump());
    stage.must("lead", "POST", reported, R"({"plugin":"org.assay.report-html","format":"html","language":"en"})");
    stage.must("admin", "POST", "/api/v1/webhooks",
               Json{{"url", std::string("http://127.0.0.1:60009/") + name}, {"types", {"webhook.none"}}}.dump());
  }
  const std::string hook = stage.list("admin", "/api/v1/webhooks").at(0).at("id");
  for (int i = 0; i < 3; ++i) stage.must("admin", "POST", "/api/v1/webhooks/" + hook + "/test");
  struct Listed {
    const char* who;
    std::string path;
    const char* member;
    const char* rows = "items";
    std::size_t least = 2;
  };
  for (const Listed& one : {Listed{"admin", "/api/v1/people", "id"},
                            {"lead", "/api/v1/audits/{audit}/items", "id"},
                            {"lead", "/api/v1/audits/{audit}/evidence", "id"},
                            {"auditor", "/api/v1/audits/{audit}/notes", "id"},
                            {"lead", "/api/v1/audit-programmes/{programme}/changes?since=2026-01-01", "id"},
                            {"lead", "/api/v1/audit-programmes/{programme}/coverage?state=examined,planned", "item"},
                            {"lead", "/api/v1/audits/{audit}/events", "position"},
                            {"lead", reported, "id"},
                            {"lead", "/api/v1/audits/{audit}/links", "id", "links"},
                            {"lead", "/api/v1/audits/{audit}/proposals", "id", "proposals", 0},
                            {"lead", "/api/v1/me/tokens", "id"},
                            {"admin", "/api/v1/webhooks", "id"},
                            {"admin", "/api/v1/webhooks/" + hook + "/deliveries", "id"},
                            {"admin", "/api/v1/plugins", "id"},
                            {"admin", "/api/v1/catalogues", "catalogue", "items", 1},
                            {"admin", "/api/v1/types", "type"},
                            {"nobody", "/api/v1/policies", "name"},
                            {"nobody", "/api/v1/calculations", "name"},
                            {"nobody", "/api/v1/people", "id"}}) {
    INFO(one.path);
    const std::string path = stage.fill(one.path);
    const auto whole = all_pages(stage, one.who, path, 200, one.member, one.rows);
    CHECK(whole.size() >= one.least);
    CHECK(std::set<std::string>(whole.begin(), whole.end()).size() == whole.size());
    for (const std::size_t limit : {1, 2}) CHECK(all_pages(stage, one.who, path, limit, one.member, one.rows) == whole);
  }
}

TEST_CASE("filters find what they say, alone and together") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string first = audit_in(stage, "filtered", "planned");
  const std::string id = stage.names.at("filtered");
  const auto found = [&](const std::string& query) {
    const auto all = all_pages(stage, "manager", "/api/v1/audits?" + query, 200);
    return std::count(all.begin(), all.end(), id);
  };
  const std::string number = stage.must("manager", "GET", "/api/v1/" + first).at("number");
  struct Query {
    std::string text;
    int count;
  };
  for (const Query& query : std::vector<Query>{{"state=planned", 1},
                                               {"state=fieldwork", 0},
                                               {"state=fieldwork,planned", 1},
                                               {"state=fieldwork&state=planned", 1},
                                               {"number=" + number, 1},
                                               {"number=A-1", 0},
                                               {"programme=" + stage.names.at("programme"), 1},
                                               {"programme=" + id, 0},
                                               {"planned_to.gte=" + day(2), 1},
                                               {"planned_to.gt=" + day(2), 0},
                                               {"planned_from.lte=" + day(), 1},
                                               {"planned_from.lt=" + day(), 0},
                                               {"created.gte=" + instant(-60), 1},
                                               {"created.gte=" + instant(60), 0},
                                               {"purposes=internal", 1},
                                               {"overdue=false", 1},
                                               {"overdue=true", 0},
                                               {"state=planned&number=" + number + "&sort=-created", 1},
                                               {"state=planned&overdue=true", 0}}) {
    INFO(query.text);
    CHECK(found(query.text) == query.count);
  }
}

/// "item&item&item".
std::string times(int count, const std::string& item, const std::string& between = "&") {
  std::string text = item;
  for (int i = 1; i < count; ++i) text += between + item;
  return text;
}

TEST_CASE("filters that no list answers are refused by name") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  std::string every;  // filter there is
  for (const char* field : {"clause", "issuer_number", "issued_on", "action_due", "verified_on", "closed_on", "grade",
                            "source", "response_overdue", "action_overdue", "verification_overdue"}) {
    for (const char* is : {".lt", ".lte", ".gt", ".gte"}) every += std::string(field) + is + "=1&";
  }
  struct Query {
    const char* what;
    std::string text, pointer;
  };
  for (const Query& query : std::vector<Query>{
           {"a filter that there is not, told which there are", "colour=red", "but by created, due, number, state"},
           {"a state that there is not", "state=purple", "which has reported, draft, issued"},
           {"an order that there is not", "sort=colour", "but by created, due, number, updated"},
           {"a comparison twice", "due.lt=2026-01-01&due.lt=2026-02-01", "?due.lt"},
           {"a comparison more often than tables are joined", times(63, "clause.gte=1"), "?clause.gte"},
           {"more filters than are taken", every + "number=1", "filter too many"},
           {"many values by comma", "number=" + times(1001, "1", ","), "?number"},
           {"many values by repetition", times(101, "number=1"), "?number"},
           {"many values of several",
            "number=" + times(100, "1", ",") + "&clause=" + times(100, "1", ",") + "&grade=" + times(100, "1", ",") +
                "&source=" + times(100, "1", ",") + "&issuer_number=" + times(100, "1", ",") + "&closed_on=1",
            "?closed_on"},
           {"a day at the end of the calendar", "due.lt=9999-12-31", "9000-12-31"},
           {"an instant beyond the calendar", "created.lt=9999-12-31T23:30:00-01:00", "?created.lt"}}) {
    INFO(query.what);
    const Answer answer = stage.ask("manager", "GET", "/api/v1/nonconformities?" + query.text);
    CHECK(answer.status == 400);
    CHECK(answer.body.find(query.pointer) != std::string::npos);
  }
  const Answer several = stage.ask("manager", "GET", "/api/v1/audits?sort=purposes");
  CHECK(several.status == 400);  // a field that has several values
  CHECK(several.body.find("cannot be sorted by it, but by created, due, number, updated") != std::string::npos);
  stage.must("manager", "GET", "/api/v1/nonconformities?number=" + times(100, "1", ",") + "&due.lt=9000-12-31");
}

}  // namespace
}  // namespace assay::test::lists_test
