// Views and tasks: what awaits a person, registers as JSON and CSV, the calendar, and what others see of it.
#include <algorithm>

#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::views_test {
namespace {

/// The items of a list that are about this record.
std::vector<Json> about(const Json& page, const std::string& id) {
  std::vector<Json> found;
  for (const Json& item : page.at("items")) {
    if (item.at("id") == id) found.push_back(item);
  }
  return found;
}

TEST_CASE("an issued nonconformity awaits its owner, then who accepts the plan") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string audit = audit_in(stage, "tasked", "fieldwork");
  issued_nonconformity(stage, "tasked_nonconformity", audit);
  const std::string id = stage.names.at("tasked_nonconformity");
  const auto tasks = [&](const std::string& who) {
    return about(parsed(stage.ask(who, "GET", "/api/v1/me/tasks?limit=200&lang=en")), id);
  };
  const auto theirs = tasks("owner");
  REQUIRE(theirs.size() == 1);
  CHECK(theirs.front().at("state") == "issued");
  CHECK(theirs.front().at("overdue") == false);
  CHECK(theirs.front().at("due").is_string());
  CHECK(theirs.front().at("commands").size() == 2);
  CHECK(theirs.front().at("commands").at(0).at("command") == "acknowledge");
  CHECK(tasks("nobody").empty());
  CHECK(tasks("other").empty());
  CHECK(tasks("lead").empty());
  const Json all = parsed(stage.ask("manager", "GET", "/api/v1/me/tasks?limit=200"));
  std::string before;
  for (const Json& item : all.at("items")) {
    const std::string due = item.at("due").is_null() ? "9999" : item.at("due").get<std::string>();
    CHECK(due >= before);
    before = due;
  }
  stage.run({{"a cursor of another list", "manager", "GET", "/api/v1/me/tasks?cursor=MQ", {}, "", 400},
             {"nobody signed in", "", "GET", "/api/v1/me/tasks", {}, "", 401}});
}

TEST_CASE("registers show what the person may see, as a page and as a file") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string audit = audit_in(stage, "registered", "fieldwork");
  issued_nonconformity(stage, "registered_nonconformity", audit);
  const std::string id = stage.names.at("registered_nonconformity");
  const std::string view = "/api/v1/views/nonconformities?type=nonconformity&state=issued&limit=200";
  const auto found = about(parsed(stage.ask("manager", "GET", view)), id);
  REQUIRE(found.size() == 1);
  const Json& cells = found.front().at("cells");
  CHECK(cells.at("grade") == "major");
  CHECK(cells.at("age") == 0);
  CHECK(cells.at("client").is_null());
  CHECK(cells.at("audit").is_string());
  CHECK(cells.at("responsible").is_array());
  CHECK(about(parsed(stage.ask("other", "GET", view)), id).empty());
  CHECK(about(parsed(stage.ask("nobody", "GET", view)), id).empty());

  const std::vector<std::string> csv = {"Accept: text/csv"};
  stage.run({
      {"as CSV",
       "manager",
       "GET",
       view + "&lang=de",
       csv,
       "",
       200,
       {"text/csv", "Nummer,Titel,Einstufung", "Ausgestellt"}},
      {"a calendar of it", "manager", "GET", view, {"Accept: text/calendar"}, "", 400},
      {"the calendar",
       "manager",
       "GET",
       "/api/v1/views/audit_calendar",
       {"Accept: text/calendar"},
       "",
       200,
       {"BEGIN:VCALENDAR\r\n", "DTSTART;VALUE=DATE:", "END:VCALENDAR\r\n"}},
      {"in days",
       "manager",
       "GET",
       "/api/v1/views/audit_calendar?planned_from.gte=2020-01-01",
       {},
       "",
       200,
       {"\"team\":"}},
      {"no such view", "manager", "GET", "/api/v1/views/nothing", {}, "", 404},
      {"no type of it", "manager", "GET", "/api/v1/views/nonconformities?type=audit", {}, "", 400},
      {"a filter that one of its types lacks", "manager", "GET", "/api/v1/views/overdue?grade=major", {}, "", 400},
      {"what is overdue", "manager", "GET", "/api/v1/views/overdue", {}, "", 200, {"\"days_late\""}},
      {"certificates", "manager", "GET", "/api/v1/views/certificates", {}, "", 200, {"\"items\":["}},
      {"competence", "manager", "GET", "/api/v1/views/competence_matrix", {}, "", 200, {"\"items\":["}},
      {"decisions", "manager", "GET", "/api/v1/views/decision_log", {}, "", 200, {"\"items\":["}},
      {"clients by area", "manager", "GET", "/api/v1/views/client_areas", {}, "", 200, {"\"items\":["}},
      {"the programme board", "manager", "GET", "/api/v1/views/programme_board", {}, "", 200, {"\"items\":["}},
      {"deviations", "manager", "GET", "/api/v1/views/time_deviations?lang=de", {}, "", 200, {"Geplante Audittage"}},
      {"transitions", "manager", "GET", "/api/v1/views/transitions", {}, "", 200, {"\"items\":["}},
      {"interests",
       "manager",
       "GET",
       "/api/v1/views/interest_register?lang=de",
       {},
       "",
       200,
       {"Ein Kunde ist genannt"}},
      {"privacy requests", "manager", "GET", "/api/v1/views/privacy_requests", {}, "", 200, {"\"items\":["}},
      {"legal holds", "lead", "GET", "/api/v1/views/legal_holds", {}, "", 200, {"\"items\":["}},
      {"surveillances", "manager", "GET", "/api/v1/views/overdue_surveillances", {}, "", 200, {"\"items\":["}},
      {"all views",
       "manager",
       "GET",
       "/api/v1/views?lang=de",
       {},
       "",
       200,
       {"Zertifikatsregister", "Fachgebiete der Kunden"}},
  });
}

TEST_CASE("which documented information there is stands by clause, and what is missing with a 0") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string system = "/api/v1/" + made(stage, "paper_system", "manager", "management-systems",
                                               {{"title", "Paper"}, {"standards", {"ISO/IEC 27001:2022"}}});
  const auto form = [&] {
    const Json offers = stage.must("manager", "GET", system + "/commands");
    for (const Json& offer : offers.at("commands")) {
      if (offer.at("command") == "survey_documents")
        return offer.at("input").at("properties").at("documented").at("x-prefill").get<std::string>();
    }
    throw std::runtime_error("the survey is not offered");
  };
  const std::string before = form();
  CHECK(before.starts_with("As of " + day()));
  CHECK(before.find("\n7.2 Evidence of competence: 0\n") != std::string::npos);
  const std::string document = made(stage, "paper", "manager", "controlled-documents",
                                    {{"system", stage.names.at("paper_system")},
                                     {"title", "Skills"},
                                     {"identifier", "R-2"},
                                     {"kind", "record"},
                                     {"covers", {"competence", "operation"}},
                                     {"owner", seat(stage, "owner")},
                                     {"author", seat(stage, "auditee")}});
  CHECK(form().find("\n7.2 Evidence of competence: 1 (In work: 1)\n") != std::string::npos);
  const std::string id = stage.names.at("paper");
  const std::string view = "/api/v1/views/documented_information?limit=200";
  const auto found = about(stage.must("manager", "GET", view + "&covers=competence"), id);
  REQUIRE(found.size() == 1);
  CHECK(found.front().at("cells").at("identifier") == "R-2");
  CHECK(found.front().at("cells").at("in_force").is_null());
  CHECK(about(stage.must("manager", "GET", view + "&covers=policy"), id).empty());
  CHECK(about(stage.must("manager", "GET", view), id).size() == 1);
  CHECK(about(parsed(stage.ask("nobody", "GET", view)), id).empty());
  CHECK(about(parsed(stage.ask("other", "GET", view)), id).empty());
  stage.run({{"as CSV in German",
              "manager",
              "GET",
              view + "&covers=competence&lang=de",
              {"Accept: text/csv"},
              "",
              200,
              {"Deckt ab,Nummer,Kennung", "7.2 Nachweise der Kompetenz"}}});
}

}  // namespace
}  // namespace assay::test::views_test
