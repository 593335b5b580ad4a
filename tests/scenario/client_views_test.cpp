// What clients see in views: the rows of their own records, in the states that are meant for them, without names of
// people and without what the body keeps to itself; as a page, in a table and in a calendar.
#include <algorithm>

#include "scenario/portfolio.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::client_views_test {
namespace {

constexpr const char* kept_back = "Port logistics and cranes, known from three audits.";

/// A surveillance of the client whose team is proposed, with what the body thinks of its competence.
void audit_with_team(Stage& stage, const std::string& client) {
  const std::string audit = made(stage, client + "_audit", "planner", "certification-audits",
                                 surveillance_of(stage, client, "Surveillance of " + client, 20));
  propose_team(stage, audit, kept_back);
}

void set_up(Stage& stage) {
  if (stage.people.contains("viewed_customer")) return;
  set_the_body(stage);
  move_in(stage, {"viewed", "Client viewed", "901", "Carla Kunde"});
  move_in(stage, {"rivals", "Client rivals", "902", "Rolf Rivale"});
  audit_with_team(stage, "viewed");
  audit_with_team(stage, "rivals");
}

Json items_of(Stage& stage, const std::string& who, const std::string& view) {
  return stage.must(who, "GET", "/api/v1/views/" + view).at("items");
}

/// The row about a record; null when it is not there.
Json row_about(const Json& items, const std::string& id) {
  const auto found = std::find_if(items.begin(), items.end(), [&](const Json& item) { return item.at("id") == id; });
  return found == items.end() ? Json() : *found;
}

TEST_CASE("a client's row of the programme board has no name of a person and nothing that the body keeps") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  const std::string audit = stage.names.at("viewed_audit"), others = stage.names.at("rivals_audit");
  const std::string view = "programme_board?limit=200";
  const Json body = row_about(items_of(stage, "mover", view), audit);
  REQUIRE(body.is_object());
  CHECK(body.at("cells").at("team_competence") == kept_back);
  CHECK(body.at("cells").at("lead_auditor").dump().find("Lars Lotse") != std::string::npos);

  const Json seen = items_of(stage, "viewed_customer", view);
  REQUIRE(seen.size() == 1);
  const Json cells = row_about(seen, audit).at("cells");
  CHECK(cells.at("team_competence").is_null());
  CHECK(cells.at("lead_auditor").is_null());
  // Whose turn it is, is told by roles and seats.
  CHECK(cells.at("responsible").is_array());
  CHECK(cells.at("responsible").dump().find("Carla") == std::string::npos);
  CHECK(body.at("cells").at("responsible").dump().find("Carla Kunde") != std::string::npos);
  CHECK(cells.at("state") == body.at("cells").at("state"));
  CHECK(cells.at("planned_from") == day(20));
  CHECK(cells.at("client") == "Client viewed");
  CHECK(cells.at("expires_on") == day(495));
  CHECK(row_about(items_of(stage, "rivals_customer", view), audit).is_null());
  CHECK(row_about(items_of(stage, "rivals_customer", view), others).is_object());

  const std::vector<std::string> csv = {"Accept: text/csv"};
  stage.run({{"as a table, to the body",
              "mover",
              "GET",
              "/api/v1/views/programme_board",
              csv,
              "",
              200,
              {kept_back, "Lars Lotse", "Client viewed"}},
             {"to the client",
              "viewed_customer",
              "GET",
              "/api/v1/views/programme_board",
              csv,
              "",
              200,
              {"Client viewed", day(20)},
              {kept_back, "Lotse", "Client rivals"}},
             {"nor found by what is kept",
              "viewed_customer",
              "GET",
              "/api/v1/views/programme_board?team_competence=x",
              {},
              "",
              400}});
}

TEST_CASE("a client sees its programme in the views of the body, and no other") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  const std::string programme = stage.names.at("viewed_programme");
  for (const char* view : {"client_areas", "transitions?limit=200"}) {
    INFO(view);
    const Json seen = items_of(stage, "viewed_customer", view);
    CHECK(std::all_of(seen.begin(), seen.end(), [&](const Json& one) { return one.at("id") == programme; }));
  }
  const Json cells = row_about(items_of(stage, "viewed_customer", "client_areas"), programme).at("cells");
  CHECK(cells.at("client") == "Client viewed");
  CHECK(cells.at("areas") == Json{"ports"});
  CHECK(cells.at("programme_manager").is_null());
  CHECK(row_about(items_of(stage, "mover", "client_areas?limit=200"), programme)
            .at("cells")
            .at("programme_manager")
            .dump()
            .find("Paula Süd") != std::string::npos);
  const std::vector<std::string> calendar = {"Accept: text/calendar"};
  stage.run({{"the calendar of the client",
              "viewed_customer",
              "GET",
              "/api/v1/views/audit_calendar",
              calendar,
              "",
              200,
              {"Surveillance of viewed"},
              {"Surveillance of rivals", "Lotse", "Port logistics"}},
             {"what nobody of the body sees of competence",
              "viewed_customer",
              "GET",
              "/api/v1/views/competence_matrix",
              {},
              "",
              200,
              {"\"items\":[]"},
              {"Three audits"}}});
}

TEST_CASE("a row is gone from a client's view while the state is not for clients") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  Json input = surveillance_of(stage, "viewed", "Not yet told", 200);
  input["purpose"] = "scope_change";
  const std::string draft = made(stage, "viewed_plan", "planner", "certification-audits", input);
  const std::string id = stage.names.at("viewed_plan"), view = "programme_board?limit=200";
  CHECK(row_about(items_of(stage, "viewed_customer", view), id).is_null());
  CHECK(row_about(items_of(stage, "mover", view), id).is_object());
  propose_team(stage, draft, kept_back);
  CHECK(row_about(items_of(stage, "viewed_customer", view), id).is_object());
  stage.act("planner", draft, "cancel", {{"reason", "Combined with the next surveillance."}});
}

}  // namespace
}  // namespace assay::test::client_views_test
