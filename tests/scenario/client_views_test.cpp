// What clients see in views: the rows of their own records, in the states that are meant for them, without names of
// people and without what the body keeps to itself; as a page, in a table and in a calendar.
#include <algorithm>

#include "ledger/digest.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test {
namespace {

const std::string source = "number,name\nK-1,Hafen West\n";
constexpr const char* kept_back = "Port logistics and cranes, known from three audits.";

void act(Stage& stage, const std::string& who, const std::string& record, const std::string& command,
         const Json& input = Json::object()) {
  const std::string path = "/api/v1/" + record;
  stage.must(who, "POST", path + "/commands/" + command, input.dump(), {"If-Match: " + stage.etag(path, who)});
}

/// A record that is adopted under the approved portfolio, kept under `name`.
std::string adopted(Stage& stage, const std::string& name, const std::string& plural, const std::string& command,
                    Json input) {
  input["adoption"] = stage.names.at("viewed_adoption");
  const std::string path = "/api/v1/" + plural + "?command=" + command;
  stage.names[name] = stage.must("view_mover", "POST", path, input.dump()).at("id");
  return plural + "/" + stage.names.at(name);
}

void approve_portfolio(Stage& stage) {
  const Json sources{{"title", "Port"},
                     {"description", "Clients with running certifications."},
                     {"source_name", "port.csv"},
                     {"source_sha256", sha256_hex(source)}};
  stage.names["viewed_adoption"] =
      stage.must("view_mover", "POST", "/api/v1/adoptions?command=prepare_portfolio", sources.dump()).at("id");
  const std::string adoption = "adoptions/" + stage.names.at("viewed_adoption");
  stage.must("view_mover", "POST", "/api/v1/" + adoption + "/evidence/files?name=port.csv&title=Source", source,
             {"Content-Type: text/csv"});
  act(stage, "view_mover", adoption, "submit", {{"checks", "Every row."}});
  act(stage, "view_approver", adoption, "approve_portfolio");
}

Json certified(Json input, const Json& more) {
  input.update(
      {{"scheme", "iso_27001"}, {"scope", "Operation of the port"}, {"areas", {"ports"}}, {"sites", {"Kiel"}}});
  input.update(more);
  return input;
}

/// A client with a running programme, kept as `NAME` and `NAME_programme`.
void move_in(Stage& stage, const std::string& name, const std::string& representative, const std::string& number) {
  adopted(stage, name, "clients", "adopt",
          {{"state", "contracted"},
           {"number", "K-" + number},
           {"entered_on", day(-700)},
           {"name", "Client " + name},
           {"address", "Kai 2"},
           {"country", "DE"},
           {"client_representative", seat(stage, representative)}});
  adopted(stage, name + "_contract", "contracts", "adopt",
          certified(adopted_contract(),
                    {{"client", stage.names.at(name)}, {"number", "V-" + number}, {"title", "Contract"}}));
  adopted(stage, name + "_programme", "certification-programmes", "adopt_scheduled",
          certified(adopted_cycle(), {{"client", stage.names.at(name)},
                                      {"contract", stage.names.at(name + "_contract")},
                                      {"number", "P-" + number},
                                      {"title", "Programme"},
                                      {"competence_needed", "Ports."},
                                      {"programme_manager", seat(stage, "view_planner")}}));
}

/// The lead auditor is competent for ports, as two others have approved.
void make_competent(Stage& stage) {
  const std::string competence = made(stage, "viewed_competence", "view_reviewer", "competences",
                                      {{"title", "Lead auditor for ports"},
                                       {"person", stage.names.at("view_lead")},
                                       {"function", "lead_auditor"},
                                       {"scheme", "iso_27001"},
                                       {"areas", {"ports"}},
                                       {"engagement", "employed"},
                                       {"basis", "Three audits of ports."},
                                       {"valid_from", day(-100)},
                                       {"valid_until", day(300)}});
  const std::string path = "/api/v1/" + competence;
  stage.must("view_reviewer", "POST", path + "/evidence",
             R"({"kind":"interview","role":"Evaluator","title":"Interview","description":"Three audits."})");
  act(stage, "view_mover", competence, "approve");
  const std::string proposal = stage.must("view_reviewer", "GET", path + "/proposals").at("proposals").at(0).at("id");
  stage.must("view_reviewer", "POST", path + "/proposals/" + proposal + "/confirm", "",
             {"If-Match: " + stage.etag(path, "view_reviewer")});
}

/// A surveillance of the client's programme; its team is proposed, with what the body thinks of its competence.
std::string audit_with_team(Stage& stage, const std::string& name, const std::string& client) {
  const std::string audit = made(stage, name, "view_planner", "certification-audits",
                                 {{"programme", stage.names.at(client + "_programme")},
                                  {"title", "Surveillance of " + client},
                                  {"objectives", "Conformity."},
                                  {"scope", "Operation of the port"},
                                  {"areas", {"ports"}},
                                  {"sites", {"Kiel"}},
                                  {"criteria", {"ISO/IEC 27001:2022"}},
                                  {"planned_from", day(20)},
                                  {"planned_to", day(21)},
                                  {"planned_days", 2},
                                  {"purpose", "surveillance"}});
  act(stage, "view_planner", audit, "propose_team",
      {{"lead_auditor", seat(stage, "view_lead")}, {"team_competence", kept_back}});
  return audit;
}

void set_up(Stage& stage) {
  if (stage.people.contains("view_mover")) return;
  stage.join("view_mover", "Mona Seefeld", {"certification_manager"});
  stage.join("view_approver", "Anton Seefeld", {"certification_manager"});
  stage.join("view_reviewer", "Tilo Prüfer", {"technical_reviewer"});
  stage.join("view_planner", "Paula Hafen", {});
  stage.join("view_lead", "Lars Lotse", {});
  stage.join("view_customer", "Carla Kunde", {});
  stage.join("view_rival", "Rolf Rivale", {});
  approve_portfolio(stage);
  move_in(stage, "viewed", "view_customer", "901");
  move_in(stage, "rivals", "view_rival", "902");
  make_competent(stage);
  audit_with_team(stage, "viewed_audit", "viewed");
  audit_with_team(stage, "rivals_audit", "rivals");
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
  const Json body = row_about(items_of(stage, "view_mover", view), audit);
  REQUIRE(body.is_object());
  CHECK(body.at("cells").at("team_competence") == kept_back);
  CHECK(body.at("cells").at("lead_auditor").dump().find("Lars Lotse") != std::string::npos);

  const Json seen = items_of(stage, "view_customer", view);
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
  CHECK(row_about(items_of(stage, "view_rival", view), audit).is_null());
  CHECK(row_about(items_of(stage, "view_rival", view), others).is_object());

  const std::vector<std::string> csv = {"Accept: text/csv"};
  stage.run({{"as a table, to the body",
              "view_mover",
              "GET",
              "/api/v1/views/programme_board",
              csv,
              "",
              200,
              {kept_back, "Lars Lotse", "Client viewed"}},
             {"to the client",
              "view_customer",
              "GET",
              "/api/v1/views/programme_board",
              csv,
              "",
              200,
              {"Client viewed", day(20)},
              {kept_back, "Lotse", "Client rivals"}},
             {"nor found by what is kept",
              "view_customer",
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
    const Json seen = items_of(stage, "view_customer", view);
    CHECK(std::all_of(seen.begin(), seen.end(), [&](const Json& one) { return one.at("id") == programme; }));
  }
  const Json cells = row_about(items_of(stage, "view_customer", "client_areas"), programme).at("cells");
  CHECK(cells.at("client") == "Client viewed");
  CHECK(cells.at("areas") == Json{"ports"});
  CHECK(cells.at("programme_manager").is_null());
  CHECK(row_about(items_of(stage, "view_mover", "client_areas?limit=200"), programme)
            .at("cells")
            .at("programme_manager")
            .dump()
            .find("Paula Hafen") != std::string::npos);
  const std::vector<std::string> calendar = {"Accept: text/calendar"};
  stage.run({{"the calendar of the client",
              "view_customer",
              "GET",
              "/api/v1/views/audit_calendar",
              calendar,
              "",
              200,
              {"Surveillance of viewed"},
              {"Surveillance of rivals", "Lotse", "Port logistics"}},
             {"what nobody of the body sees of competence",
              "view_customer",
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
  const std::string draft = made(stage, "viewed_plan", "view_planner", "certification-audits",
                                 {{"programme", stage.names.at("viewed_programme")},
                                  {"title", "Not yet told"},
                                  {"objectives", "Conformity."},
                                  {"scope", "Operation of the port"},
                                  {"areas", {"ports"}},
                                  {"sites", {"Kiel"}},
                                  {"criteria", {"ISO/IEC 27001:2022"}},
                                  {"planned_from", day(200)},
                                  {"planned_to", day(201)},
                                  {"planned_days", 2},
                                  {"purpose", "scope_change"}});
  const std::string id = stage.names.at("viewed_plan"), view = "programme_board?limit=200";
  CHECK(row_about(items_of(stage, "view_customer", view), id).is_null());
  CHECK(row_about(items_of(stage, "view_mover", view), id).is_object());
  act(stage, "view_planner", draft, "propose_team",
      {{"lead_auditor", seat(stage, "view_lead")}, {"team_competence", kept_back}});
  CHECK(row_about(items_of(stage, "view_customer", view), id).is_object());
  act(stage, "view_planner", draft, "cancel", {{"reason", "Combined with the next surveillance."}});
}

}  // namespace
}  // namespace assay::test
