// A certification body and the clients that it takes over.
#include "scenario/portfolio.h"

#include <chrono>

#include "domain/time.h"
#include "ledger/digest.h"
#include "scenario/story.h"

namespace assay::test {

const std::string portfolio_source = "number,name\nK-1,Port\n";

Json portfolio(const std::string& title) {
  return {{"title", title},
          {"description", "Clients with running certifications."},
          {"source_name", "portfolio.csv"},
          {"source_sha256", sha256_hex(portfolio_source)}};
}

namespace {

void approve_portfolio(Stage& stage) {
  made(stage, "portfolio", "mover", "adoptions?command=prepare_portfolio", portfolio("Ports"));
  const std::string record = "adoptions/" + stage.names.at("portfolio");
  stage.must("mover", "POST", "/api/v1/" + record + "/evidence/files?name=portfolio.csv&title=Source", portfolio_source,
             {"Content-Type: text/csv"});
  stage.act("mover", record, "submit", {{"checks", "Every row."}});
  stage.act("approver", record, "approve_portfolio");
}

Json with(Json input, const Json& more) {
  input.update(more);
  return input;
}

}  // namespace

void set_the_body(Stage& stage) {
  if (stage.people.contains("mover")) return;
  stage.join("mover", "Mona Reuter", {"certification_manager"});
  stage.join("approver", "Anton Bock", {"certification_manager"});
  stage.join("technical", "Tilo Süd", {"technical_reviewer"});
  stage.join("decider", "Dora Süd", {"decision_maker"});
  stage.join("planner", "Paula Süd", {});
  stage.join("body_lead", "Lars Lotse", {"certification_auditor"});
  approve_portfolio(stage);
  make_competent(stage, "body_lead", "lead_auditor", "technical");
  make_competent(stage, "technical", "technical_reviewer", "decider");
  make_competent(stage, "decider", "decision_maker", "technical");
}

std::string adopted(Stage& stage, const std::string& name, const std::string& plural, const std::string& command,
                    Json input) {
  input["adoption"] = stage.names.at("portfolio");
  made(stage, name, "mover", plural + "?command=" + command, input);
  return plural + "/" + stage.names.at(name);
}

Json adopted_contract() {
  return {{"state", "in_force"},         {"entered_on", day(-700)},         {"terms", "As signed."},
          {"obligations", "As signed."}, {"confidentiality", "As signed."}, {"use_of_marks", "As signed."},
          {"valid_from", day(-700)},     {"client_signatory", "R. Kunde"},  {"signed_on", day(-710)}};
}

Json adopted_cycle() {
  return {{"state", "running"},
          {"entered_on", day(-600)},
          {"standard_edition", "ISO/IEC 27001:2022"},
          {"auditing_edition", "ISO/IEC 17021-1:2015"},
          {"criteria", {"ISO/IEC 27001:2022"}},
          {"objectives", "Conformity."},
          {"audit_times", Json::array({{{"visit", "Surveillance"}, {"days", 2}, {"derivation", "As before."}}})},
          {"time_calculation", "As before."},
          {"sampling_plan", "One site."},
          {"approved_on", day(-610)},
          {"cycle_from", day(-600)},
          {"expires_on", day(495)},
          {"first_cycle", true},
          {"first_surveillance_done", true},
          {"next_due", "surveillance"},
          {"surveillance_year_end", day().substr(0, 4) + "-12-31"},
          {"planned_surveillance_1", day(-300)},
          {"planned_surveillance_2", day()},
          {"planned_recertification", day(400)}};
}

Json port_scope() {
  return {{"scheme", "iso_27001"}, {"scope", "Operation of the port"}, {"areas", {"ports"}}, {"sites", {"Kiel"}}};
}

void move_in(Stage& stage, const TakenOver& client, const Json& more) {
  stage.join(client.key + "_customer", client.representative, {});
  const auto name = [&](const char* part) { return client.key + part; };
  adopted(stage, name("_client"), "clients", "adopt",
          {{"state", "contracted"},
           {"number", "K-" + client.number},
           {"entered_on", day(-700)},
           {"name", client.name},
           {"address", "Kai 2"},
           {"country", "DE"},
           {"client_representative", seat(stage, name("_customer"))}});
  const std::string id = stage.names.at(name("_client"));
  Json schemes = Json::object();
  if (more.contains("further_schemes")) schemes["further_schemes"] = more.at("further_schemes");
  adopted(stage, name("_contract"), "contracts", "adopt",
          with(with(with(adopted_contract(), port_scope()), schemes),
               {{"client", id}, {"number", "V-" + client.number}, {"title", "Contract"}}));
  const Json programme{{"client", id},
                       {"contract", stage.names.at(name("_contract"))},
                       {"number", "P-" + client.number},
                       {"title", "Programme"},
                       {"competence_needed", "Ports."},
                       {"programme_manager", seat(stage, "planner")}};
  adopted(stage, name("_programme"), "certification-programmes", "adopt_scheduled",
          with(with(with(adopted_cycle(), port_scope()), programme), more));
}

void make_competent(Stage& stage, const std::string& who, const char* function, const std::string& second,
                    const char* scheme) {
  const std::string competence = made(stage, who + "_competence", "mover", "competences",
                                      {{"title", "Competence for ports"},
                                       {"person", stage.names.at(who)},
                                       {"function", function},
                                       {"scheme", scheme},
                                       {"areas", {"ports"}},
                                       {"languages", {"de", "en"}},
                                       {"engagement", "employed"},
                                       {"basis", "Three audits of ports."},
                                       {"valid_from", day(-100)},
                                       {"valid_until", day(300)}});
  stage.must("mover", "POST", "/api/v1/" + competence + "/evidence",
             R"({"kind":"interview","role":"Evaluator","title":"Interview","description":"Three audits."})");
  if (std::string_view(function).ends_with("auditor")) {
    const Json work{{"body", "Certifier South"}, {"from_year", 2018}, {"to_year", 2025}, {"audits", "Three of ports."}};
    stage.act("approver", competence, "approve_auditor", {{"earlier_work", Json::array({work})}});
  } else {
    stage.act("approver", competence, "approve");
  }
  confirm_proposal(stage, second, competence);
}

void confirm_proposal(Stage& stage, const std::string& who, const std::string& record) {
  const std::string path = "/api/v1/" + record;
  const std::string proposal = stage.must(who, "GET", path + "/proposals").at("proposals").at(0).at("id");
  stage.must(who, "POST", path + "/proposals/" + proposal + "/confirm", "", {"If-Match: " + stage.etag(path, who)});
}

std::string BodyFeed::happened() {
  stage_.events_since();  // on PostgreSQL, what is committed has its position now
  std::string types;
  for (bool more = true; more;) {
    const Json page = stage_.must("mover", "GET", "/api/v1/events?limit=200&after=" + std::to_string(seen_));
    for (const Json& event : page.at("items"))
      types += (types.empty() ? "" : " ") + event.at("type").get<std::string>();
    seen_ = page.at("last");
    more = !page.at("next").is_null();
  }
  return types;
}

Json surveillance_of(const Stage& stage, const std::string& key, const std::string& title, int from) {
  return {{"programme", stage.names.at(key + "_programme")},
          {"title", title},
          {"objectives", "Conformity."},
          {"scope", "Operation of the port"},
          {"areas", {"ports"}},
          {"sites", {"Kiel"}},
          {"criteria", {"ISO/IEC 27001:2022"}},
          {"methods", {"on_site"}},
          {"language", "en"},
          {"planned_from", day(from)},
          {"planned_to", day(from + 200)},
          {"planned_days", 2},
          {"purpose", "surveillance"}};
}

void propose_team(Stage& stage, const std::string& audit, const std::string& competence) {
  stage.act("planner", audit, "propose_team",
            {{"lead_auditor", seat(stage, "body_lead")}, {"team_competence", competence}});
}

Json plan_of(const Stage& stage, int days) {
  static int planned = 0;  // nobody is in two audits at a time
  Json sessions = Json::array();
  for (int i = 0; i < days; ++i, ++planned) {
    sessions.push_back({{"auditor", stage.names.at("body_lead")},
                        {"topics", "All"},
                        {"zone", "Europe/Berlin"},
                        {"site", "Kiel"},
                        {"mode", "on_site"},
                        {"starts", day(planned) + "T08:00:00Z"},
                        {"ends", day(planned) + "T14:00:00Z"}});  // six of the eight hours of a day
  }
  return {{"sessions", std::move(sessions)}};
}

void agree_on_plan(Stage& stage, const std::string& customer, const std::string& audit,
                   const std::vector<std::string>& questions) {
  const std::string path = "/api/v1/" + audit, lead = stage.names.at("body_lead");
  stage.act(customer, audit, "accept_team");
  stage.must("body_lead", "PUT", path + "/catalogue",
             R"({"plugin":"org.assay.iso27001","catalogue":"iso27001-2022","language":"en"})",
             {"If-Match: " + stage.etag(path, "body_lead")});
  Json items = Json::array();
  for (const std::string& question : questions) items.push_back({{"question", question}, {"auditor", lead}});
  if (!items.empty())
    stage.must("body_lead", "POST", path + "/items", Json{{"items", items}}.dump(),
               {"If-Match: " + stage.etag(path, "body_lead")});
  const int days = stage.must("body_lead", "GET", path).at("fields").at("planned_days").get<int>();
  stage.act("body_lead", audit, "issue_plan", plan_of(stage, days));
}

Json time_as_planned(Stage& stage, const std::string& audit) {
  Json rows = Json::array();
  const Json plan = stage.must("body_lead", "GET", "/api/v1/" + audit);
  for (const Json& session : plan.at("fields").at("sessions")) {
    const Instant starts = *parse_instant(session.at("starts").get<std::string>());
    const Instant ends = *parse_instant(session.at("ends").get<std::string>());
    rows.push_back({{"auditor", session.at("auditor")},
                    {"on", to_text(local_date(starts, session.at("zone").get<std::string>()))},
                    {"hours", std::chrono::duration<double, std::ratio<3600>>(ends - starts).count()},
                    {"mode", session.at("mode")}});
  }
  return {{"actual_time", std::move(rows)}};
}

}  // namespace assay::test
