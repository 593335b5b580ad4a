// Coverage: which clauses and controls the audits of a programme have planned, examined and found wanting.
#include <algorithm>

#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::coverage_test {
namespace {

/// The row of a clause, and in it the cell of an audit; null where there is none.
Json row_of(const Json& answer, const std::string& item) {
  for (const Json& row : answer.at("items")) {
    if (row.at("item") == item) return row;
  }
  return nullptr;
}
Json cell_of(const Json& answer, const std::string& item, const std::string& audit) {
  const Json row = row_of(answer, item);
  for (const Json& cell : row.is_null() ? Json::array() : row.at("cells")) {
    if (cell.at("audit") == audit) return cell;
  }
  return nullptr;
}

/// A programme of its own, kept as `programme`: the others of the stage stay as they are.
std::string begun_programme(Stage& stage, const std::string& name) {
  Json input = parsed(stage.ask("manager", "GET", "/api/v1/audit-programmes/{programme}")).at("fields");
  for (const char* field : {"review_overdue", "next_review_on"}) input.erase(field);
  input["programme_manager"] = seat(stage, "manager");
  const std::string programme = made(stage, name, "manager", "audit-programmes", input);
  stage.act("top", programme, "approve", {{"next_review_on", day(120)}});
  return programme;
}

/// Gives the item of a question its result.
void answer_as(Stage& stage, const std::string& audit, const std::string& question, const std::string& result) {
  for (const Json& item : stage.list("lead", "/api/v1/" + audit + "/items")) {
    if (item.at("question") != question) continue;
    stage.must("lead", "PUT", "/api/v1/" + audit + "/items/" + item.at("id").get<std::string>(),
               Json{{"result", result}, {"reason", "Seen"}}.dump(), {"If-Match: {etag}"});
  }
}

/// The cycle is the calendar year: what was seen is of it, and what nobody looks at is open in it.
void check_years(const Json& all) {
  const std::string year = day().substr(0, 4);
  CHECK(all.at("years") == Json::array({{{"from", year + "-01-01"}, {"to", year + "-12-31"}}}));
  CHECK(all.at("controls_stated") == false);
  CHECK(row_of(all, "A.6.3").at("years") == Json{"examined"});
  CHECK(row_of(all, "A.8.13").at("years") == Json{"finding"});
  CHECK(row_of(all, "A.5.1").at("years") == Json{"open"});
}

void check_table_by_year(Stage& stage, const std::string& path, const std::string& not_told) {
  const std::string year = day().substr(0, 4);
  const Answer yearly = stage.run({"as a table by year",
                                   "manager",
                                   "GET",
                                   path + "?lang=en&by=year",
                                   {"Accept: text/csv"},
                                   "",
                                   200,
                                   {"Coverage,Last examined," + year + "-01-01/" + year + "-12-31\r\n",
                                    ",Examined," + day() + ",Examined\r\n", ",Open,,\r\n"},
                                   {not_told}});
  CHECK(std::count(yearly.body.begin(), yearly.body.end(), '\n') == 124);
}

TEST_CASE("coverage is what checklists and findings say, audit by audit, and what nobody looks at stays open") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string usual = stage.names.at("programme");
  const std::string programme = begun_programme(stage, "covered_programme");
  const std::string path = "/api/v1/" + programme + "/coverage";
  const Json before = stage.must("manager", "GET", path);
  CHECK(before.at("columns").empty());
  CHECK(before.at("items").empty());

  stage.names["programme"] = stage.names.at("covered_programme");
  const std::string done = audit_in(stage, "covering", "report_issued");
  const std::string running = audit_in(stage, "covering_next", "fieldwork");
  const std::string cancelled = audit_in(stage, "covering_never", "plan_issued");
  audit_in(stage, "covering_gap", "report_issued", "auditor", {"gap_assessment"});
  stage.names["programme"] = usual;
  answer_as(stage, cancelled, "A.6.3-q1", "does_not_conform");
  answer_as(stage, cancelled, "A.8.13-q1", "conforms");
  stage.act("manager", cancelled, "cancel", {{"reason", "Site closes"}});
  answer_as(stage, running, "A.8.13-q1", "does_not_conform");
  answer_as(stage, running, "7.2-q1", "not_assessed");
  const std::string finding =
      made(stage, "covering_finding", "lead", "opportunities",
           {{"audit", stage.names.at("covering_next")},
            {"title", "One register"},
            {"description", "Three lists."},
            {"items", {{{"catalogue", "iso27001-2022"}, {"question", "4.1-q1"}, {"subject", "whole"}}}}});
  const std::string number = stage.must("lead", "GET", "/api/v1/" + finding).at("number");
  const std::string strength =
      made(stage, "covering_strength", "lead", "observations",
           {{"audit", stage.names.at("covering_next")},
            {"title", "Well drilled"},
            {"kind", "strength"},
            {"description", "Everybody knew."},
            {"items", {{{"catalogue", "iso27001-2022"}, {"question", "A.6.3-q1"}, {"subject", "whole"}}}}});
  const std::string drilled = stage.must("lead", "GET", "/api/v1/" + strength).at("number");

  const Json all = stage.must("manager", "GET", path + "?limit=200");
  const std::string first = stage.names.at("covering"), next = stage.names.at("covering_next");
  REQUIRE(all.at("columns").size() == 4);
  CHECK(all.at("columns").at(0).at("id") == first);
  CHECK(all.at("columns").at(2).at("ended") == true);
  CHECK(all.at("columns").at(2).at("counted") == true);
  CHECK(all.at("columns").at(3).at("counted") == false);
  CHECK(all.at("complete") == true);
  CHECK(all.at("catalogues").at(0).at("id") == "iso27001-2022");
  CHECK(all.at("items").size() == 123);
  CHECK(all.at("counts") == Json{{"open", 119}, {"planned", 0}, {"examined", 3}, {"finding", 1}, {"excluded", 0}});
  check_years(all);
  CHECK(row_of(all, "A.5.1").at("state") == "open");
  CHECK(row_of(all, "A.5.1").at("last_examined").is_null());
  CHECK(row_of(all, "A.6.3").at("state") == "examined");
  CHECK(row_of(all, "A.6.3").at("last_examined") == day());
  CHECK(cell_of(all, "A.6.3", first).at("state") == "examined");
  CHECK(cell_of(all, "A.6.3", next).at("state") == "planned");
  CHECK(cell_of(all, "A.8.13", next) ==
        Json{{"audit", next}, {"state", "finding"}, {"planned", 1}, {"examined", 1}, {"findings", Json::array()}});
  CHECK(cell_of(all, "7.2", next).at("state") == "planned");
  CHECK(cell_of(all, "4.1", next).at("findings") == Json{number});
  CHECK(cell_of(all, "4.1", next).at("state") == "planned");
  CHECK(row_of(all, "4.1").at("state") == "examined");
  CHECK(cell_of(all, "A.6.3", next).at("findings") == Json{drilled});
  CHECK(row_of(all, "A.8.13").at("state") == "finding");
  const std::string never = stage.names.at("covering_never");
  CHECK(cell_of(all, "4.1", never).at("state") == "open");
  CHECK(cell_of(all, "A.6.3", never).at("state") == "open");
  CHECK(cell_of(all, "A.6.3", never).at("examined") == 1);
  CHECK(cell_of(all, "A.8.13", stage.names.at("covering_gap")).at("state") == "examined");
  const Json open = stage.must("manager", "GET", path + "?limit=200&state=open");
  CHECK(open.at("items").size() == 119);
  CHECK(open.at("counts") == all.at("counts"));

  const std::vector<std::string> csv = {"Accept: text/csv"};
  const Answer table =
      stage.run({"as a table",
                 "manager",
                 "GET",
                 path + "?lang=de",
                 csv,
                 "",
                 200,
                 {"Katalog,Abschnitt oder Maßnahme,Titel,Abdeckung,Zuletzt geprüft,", ",Geprüft,Geplant,",
                  ",Feststellung,", "Geplant (" + number + ")", "filename=\"coverage-AP-"}});
  CHECK(std::count(table.body.begin(), table.body.end(), '\n') == 124);
  check_table_by_year(stage, path, number);
}

TEST_CASE("coverage is for who reads the programme, and of what audits hang below") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string path = "/api/v1/audit-programmes/{programme}/coverage";
  stage.run({
      {"an internal auditor", "lead", "GET", path, {}, "", 200, {"\"columns\":[{"}},
      {"a person without a role", "nobody", "GET", path, {}, "", 404},
      {"an auditor who sees one audit", "auditor", "GET", path, {}, "", 404},
      {"another organisation", "other", "GET", path, {}, "", 404},
      {"nobody signed in", "", "GET", path, {}, "", 401},
      {"nothing hangs below an audit", "lead", "GET", "/api/v1/audits/{audit}/coverage", {}, "", 404},
      {"nor below a review", "admin", "GET", "/api/v1/management-reviews/{review}/coverage", {}, "", 404},
      {"no such state", "lead", "GET", path + "?state=done", {}, "", 400, {"?state"}},
      {"none excluded", "lead", "GET", path + "?state=excluded", {}, "", 200, {"\"items\":[]"}},
      {"by something else", "lead", "GET", path + "?by=week", {}, "", 400, {"?by"}},
      {"a cursor of another list", "lead", "GET", path + "?cursor=MQ", {}, "", 400},
      {"as a page of the web", "lead", "GET", path, {"Accept: text/html"}, "", 406},
  });
}

}  // namespace
}  // namespace assay::test::coverage_test
