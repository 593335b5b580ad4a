// Views that tell what a certification body owes and has done: a row in each, its cells, and who sees none of it.
#include <algorithm>
#include <chrono>
#include <thread>

#include "ledger/digest.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test {
namespace {

const std::string source = "number,name\nK-961,Hafen Süd\n";
constexpr const char* chosen = R"({"plugin":"org.assay.iso27001","catalogue":"iso27001-2022","language":"en"})";

void act(Stage& stage, const std::string& who, const std::string& record, const std::string& command,
         const Json& input = Json::object()) {
  const std::string path = "/api/v1/" + record;
  stage.must(who, "POST", path + "/commands/" + command, input.dump(), {"If-Match: " + stage.etag(path, who)});
}

/// Until a timer that was due at once has set the field.
void wait_for(Stage& stage, const std::string& who, const std::string& record, const char* field) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (stage.must(who, "GET", "/api/v1/" + record).at("fields").value(field, false) != true) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::yield();
  }
}

/// A record that is adopted under the approved portfolio, kept under `name`; its id.
std::string adopted(Stage& stage, const std::string& name, const std::string& plural, const std::string& command,
                    Json input, const Json& more = Json::object()) {
  input.update(more);
  input["adoption"] = stage.names.at("row_adoption");
  return stage.names[name] =
             stage.must("row_mover", "POST", "/api/v1/" + plural + "?command=" + command, input.dump()).at("id");
}

void approve_portfolio(Stage& stage) {
  const Json sources{{"title", "Port"},
                     {"description", "Clients with running certifications."},
                     {"source_name", "port.csv"},
                     {"source_sha256", sha256_hex(source)}};
  const std::string adoption = stage.names["row_adoption"] =
      stage.must("row_mover", "POST", "/api/v1/adoptions?command=prepare_portfolio", sources.dump()).at("id");
  stage.must("row_mover", "POST", "/api/v1/adoptions/" + adoption + "/evidence/files?name=port.csv&title=Source",
             source, {"Content-Type: text/csv"});
  act(stage, "row_mover", "adoptions/" + adoption, "submit", {{"checks", "Every row."}});
  act(stage, "row_approver", "adoptions/" + adoption, "approve_portfolio");
}

const Json& scope() {
  static const Json what{
      {"scheme", "iso_27001"}, {"scope", "Operation of the port"}, {"areas", {"ports"}}, {"sites", {"Kiel"}}};
  return what;
}

/// A client whose first surveillance and whose transition are late, with a certification and its certificate.
void move_in(Stage& stage) {
  const std::string client = adopted(stage, "row_client", "clients", "adopt",
                                     {{"state", "contracted"},
                                      {"number", "K-961"},
                                      {"entered_on", day(-700)},
                                      {"name", "Hafen Süd"},
                                      {"address", "Kai 2"},
                                      {"country", "DE"},
                                      {"client_representative", seat(stage, "row_customer")}});
  Json contract = adopted_contract(), programme = adopted_cycle();
  contract.update({{"client", client}, {"number", "V-961"}, {"title", "Contract"}});
  programme.update({{"client", client},
                    {"contract", adopted(stage, "row_contract", "contracts", "adopt", contract, scope())},
                    {"number", "P-961"},
                    {"title", "Programme"},
                    {"competence_needed", "Ports."},
                    {"programme_manager", seat(stage, "row_planner")},
                    {"first_surveillance_done", false},
                    {"surveillance_due", day(-235)},
                    {"transition_until", day(-10)}});
  adopted(stage, "row_programme", "certification-programmes", "adopt_scheduled", programme, scope());
  const std::string running = "certification-programmes/" + stage.names.at("row_programme");
  wait_for(stage, "row_mover", running, "surveillance_overdue");
  wait_for(stage, "row_mover", running, "transition_overdue");
  Json certified{{"standard", "ISO/IEC 27001:2022"}, {"effective_on", day(-600)}, {"expires_on", day(495)}};
  adopted(stage, "row_certification", "certifications", "adopt", certified,
          {{"client", client},
           {"programme", stage.names.at("row_programme")},
           {"state", "active"},
           {"number", "Z-961"},
           {"entered_on", day(-600)},
           {"title", "Port"},
           {"scheme", "iso_27001"},
           {"scope", "Operation of the port"},
           {"areas", {"ports"}},
           {"sites", {"Kiel"}},
           {"granted_on", day(-600)},
           {"decided_on", day(-600)}});
  adopted(stage, "row_certificate", "certificates", "adopt", certified,
          {{"certification", stage.names.at("row_certification")},
           {"state", "issued"},
           {"number", "C-961-2"},
           {"entered_on", day(-590)},
           {"holder", "Hafen Süd GmbH"},
           {"scope", "Operation of the port"},
           {"sites", {"Kiel"}},
           {"certificate_number", "C-961"},
           {"revision", 2},
           {"language", "de"},
           {"address", "Kai 2"},
           {"soa_version", "7"},
           {"body_name", "Body"},
           {"body_address", "Weg 1"},
           {"issued_on", day(-590)}});
}

/// Competent for ports until day(300), as two others have approved; kept as "PERSON_competence".
void make_competent(Stage& stage, const std::string& who, const char* function, const std::string& second) {
  const std::string competence = made(stage, who + "_competence", "row_mover", "competences",
                                      {{"title", "Competence for ports"},
                                       {"person", stage.names.at(who)},
                                       {"function", function},
                                       {"scheme", "iso_27001"},
                                       {"areas", {"ports"}},
                                       {"languages", {"de", "en"}},
                                       {"engagement", "employed"},
                                       {"basis", "Three audits of ports."},
                                       {"valid_from", day(-100)},
                                       {"valid_until", day(300)}});
  const std::string path = "/api/v1/" + competence;
  stage.must("row_mover", "POST", path + "/evidence",
             R"({"kind":"interview","role":"Evaluator","title":"Interview","description":"Three audits."})");
  act(stage, "row_approver", competence, "approve");
  const std::string proposal = stage.must(second, "GET", path + "/proposals").at("proposals").at(0).at("id");
  stage.must(second, "POST", path + "/proposals/" + proposal + "/confirm", "",
             {"If-Match: " + stage.etag(path, second)});
}

/// A surveillance that took less time than was planned and was broken off, kept as "row_audit".
void break_off_surveillance(Stage& stage) {
  const std::string audit = made(stage, "row_audit", "row_planner", "certification-audits",
                                 {{"programme", stage.names.at("row_programme")},
                                  {"title", "Surveillance of the port"},
                                  {"objectives", "Conformity."},
                                  {"scope", "Operation of the port"},
                                  {"areas", {"ports"}},
                                  {"sites", {"Kiel"}},
                                  {"criteria", {"ISO/IEC 27001:2022"}},
                                  {"methods", {"on_site"}},
                                  {"language", "en"},
                                  {"planned_from", day()},
                                  {"planned_to", day(1)},
                                  {"planned_days", 2},
                                  {"purpose", "surveillance"}});
  const std::string path = "/api/v1/" + audit, who = stage.names.at("row_lead");
  act(stage, "row_planner", audit, "propose_team",
      {{"lead_auditor", seat(stage, "row_lead")}, {"team_competence", "Ports."}});
  act(stage, "row_customer", audit, "accept_team");
  stage.must("row_lead", "PUT", path + "/catalogue", chosen, {"If-Match: " + stage.etag(path, "row_lead")});
  act(stage, "row_lead", audit, "issue_plan",
      {{"sessions", Json::array({{{"auditor", who},
                                  {"topics", "All"},
                                  {"starts", day() + "T08:00:00Z"},
                                  {"ends", day() + "T16:00:00Z"},
                                  {"zone", "Europe/Berlin"},
                                  {"site", "Kiel"},
                                  {"mode", "on_site"}}})}});
  act(stage, "row_lead", audit, "open",
      {{"opening_on", day()}, {"opening_attendance", Json::array({{{"name", "Carla"}}})}});
  act(stage, "row_lead", audit, "begin_fieldwork");
  act(stage, "row_lead", audit, "record_time",
      {{"time_deviations", Json::array({{{"auditor", who},
                                         {"on", day()},
                                         {"hours_planned", 8},
                                         {"hours", 3},
                                         {"mode", "on_site"},
                                         {"reason", "The pier was closed."}}})}});
  act(stage, "row_lead", audit, "terminate",
      {{"reason", "No access."}, {"deviations", "One day of two."}, {"conclusions", "None."}});
}

/// The certification is suspended after a case, kept as "row_decision".
void suspend(Stage& stage) {
  const std::string decision = made(stage, "row_decision", "row_mover", "certification-decisions",
                                    {{"programme", stage.names.at("row_programme")},
                                     {"certification", stage.names.at("row_certification")},
                                     {"kind", "suspension_case"},
                                     {"title", "Case of the port"},
                                     {"scheme", "iso_27001"},
                                     {"standard", "ISO/IEC 27001:2022"},
                                     {"areas", {"ports"}},
                                     {"case_reason", "No access."}});
  act(stage, "row_mover", decision, "submit_case", {{"case_reason", "No access to the port."}});
  std::string review;
  for (const Json& one : stage.list("row_mover", "/api/v1/technical-reviews?limit=200")) {
    if (one.at("fields").value("title", "") == "Case of the port")
      review = "technical-reviews/" + one.at("id").get<std::string>();
  }
  act(stage, "row_mover", review, "assign", {{"technical_reviewer", seat(stage, "row_reviewer")}});
  act(stage, "row_reviewer", review, "begin");
  act(stage, "row_reviewer", review, "conclude_adverse", {{"conclusion", "The grounds hold."}});
  act(stage, "row_decider", decision, "suspend", {{"decision_reason", "No surveillance."}, {"quorum", true}});
}

void set_up(Stage& stage) {
  if (stage.people.contains("row_mover")) return;
  stage.join("row_mover", "Mona Süd", {"certification_manager"});
  stage.join("row_approver", "Anton Süd", {"certification_manager"});
  stage.join("row_reviewer", "Tilo Süd", {"technical_reviewer"});
  stage.join("row_decider", "Dora Süd", {"decision_maker"});
  stage.join("row_planner", "Paula Süd", {});
  stage.join("row_lead", "Lars Süd", {"certification_auditor"});
  stage.join("row_customer", "Carla Süd", {});
  approve_portfolio(stage);
  move_in(stage);
  make_competent(stage, "row_lead", "lead_auditor", "row_reviewer");
  make_competent(stage, "row_reviewer", "technical_reviewer", "row_decider");
  make_competent(stage, "row_decider", "decision_maker", "row_reviewer");
  stage.events_since();
}

/// The cells of the row about what is kept under `name`; null when there is no row.
Json cells(Stage& stage, const std::string& who, const std::string& view, const std::string& name) {
  const Json items = stage.list(who, "/api/v1/views/" + view + "?limit=200");
  const std::string& id = stage.names.at(name);
  const auto found = std::find_if(items.begin(), items.end(), [&](const Json& item) { return item.at("id") == id; });
  return found == items.end() ? Json() : found->at("cells");
}

void check_no_row(Stage& stage, const std::string& view, const std::string& name,
                  const std::vector<std::string>& people) {
  for (const std::string& who : people) {
    INFO(view << " for " << who);
    CHECK(cells(stage, who, view, name).is_null());
  }
}

Json number_of(Stage& stage, const std::string& who, const std::string& record) {
  return stage.must(who, "GET", "/api/v1/" + record).at("number");
}

TEST_CASE("what is overdue is a row with its days, for those who may see the record") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  Json late = review_input("Review of the late");
  late["planned_on"] = day(-3);
  const std::string review = made(stage, "row_review", "manager", "management-reviews", late);
  wait_for(stage, "manager", review, "overdue");
  stage.events_since();
  Json row = cells(stage, "manager", "overdue", "row_review");
  REQUIRE(row.is_object());
  CHECK(row.at("responsible").is_array());
  row.erase("responsible");
  CHECK(row == Json{{"type", "management-review"},
                    {"number", number_of(stage, "manager", review)},
                    {"title", "Review of the late"},
                    {"state", "scheduled"},
                    {"due", day(-3)},
                    {"days_late", 3}});
  CHECK(cells(stage, "top", "overdue", "row_review").is_object());
  check_no_row(stage, "overdue", "row_review", {"nobody", "lead", "owner", "other", "row_mover", "row_customer"});

  row = cells(stage, "row_mover", "overdue", "row_programme");
  REQUIRE(row.is_object());
  CHECK(row.at("number") == "P-961");
  CHECK(row.at("type") == "certification-programme");
  CHECK(row.at("due") < day());
  CHECK(row.at("days_late") > 0);
  check_no_row(stage, "overdue", "row_programme", {"nobody", "manager", "top", "lead", "row_lead", "other"});
  // What is not due yet is none.
  scheduled_review(stage, "row_early");
  check_no_row(stage, "overdue", "row_early", {"manager", "top"});
}

TEST_CASE("a late first surveillance and a late transition are rows of their registers") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  const Json manager = Json::array({"Paula Süd"});
  Json surveillance{{"surveillance_due", day(-235)}, {"days_late", 235},
                    {"client", "Hafen Süd"},         {"number", "P-961"},
                    {"scheme", "iso_27001"},         {"last_surveillance_on", nullptr},
                    {"expires_on", day(495)},        {"programme_manager", manager}};
  Json transition{{"transition_until", day(-10)}, {"overdue", true},
                  {"client", "Hafen Süd"},        {"number", "P-961"},
                  {"expires_on", day(495)},       {"standard_edition", "ISO/IEC 27001:2022"},
                  {"programme_manager", manager}};
  for (const char* who : {"row_mover", "row_decider"}) {
    CHECK(cells(stage, who, "overdue_surveillances", "row_programme") == surveillance);
    CHECK(cells(stage, who, "transitions", "row_programme") == transition);
  }
  // The client's own, without names.
  surveillance["programme_manager"] = transition["programme_manager"] = nullptr;
  CHECK(cells(stage, "row_customer", "overdue_surveillances", "row_programme") == surveillance);
  CHECK(cells(stage, "row_customer", "transitions", "row_programme") == transition);
  for (const char* view : {"overdue_surveillances", "transitions"})
    check_no_row(stage, view, "row_programme", {"nobody", "admin", "manager", "lead", "row_lead", "other"});
}

TEST_CASE("the competence matrix has a row for each competence, which no client sees") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  struct Competent {
    const char *who, *name, *function;
  };
  for (const Competent& one :
       {Competent{"row_lead", "Lars Süd", "lead_auditor"}, Competent{"row_reviewer", "Tilo Süd", "technical_reviewer"},
        Competent{"row_decider", "Dora Süd", "decision_maker"}}) {
    const std::string name = one.who + std::string("_competence");
    const Json row{{"person", one.name},     {"function", one.function},  {"scheme", "iso_27001"},
                   {"areas", {"ports"}},     {"languages", {"de", "en"}}, {"state", "in_force"},
                   {"valid_until", day(300)}};
    CHECK(cells(stage, "row_mover", "competence_matrix", name) == row);
    CHECK(cells(stage, one.who, "competence_matrix", name) == row);
    check_no_row(stage, "competence_matrix", name, {"nobody", "manager", "lead", "other", "row_customer"});
  }
  check_no_row(stage, "competence_matrix", "row_decider_competence", {"row_lead"});  // sees the own one
}

TEST_CASE("audit time that deviates is a row, whose reasons the client does not see") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  break_off_surveillance(stage);
  Json row{{"number", number_of(stage, "row_mover", "certification-audits/" + stage.names.at("row_audit"))},
           {"client", "Hafen Süd"},
           {"purpose", "surveillance"},
           {"planned_from", day()},
           {"planned_days", 2},
           {"deviations", Json::array({{{"auditor", "Lars Süd"},
                                        {"on", day()},
                                        {"hours_planned", 8},
                                        {"hours", 3},
                                        {"mode", "on_site"},
                                        {"reason", "The pier was closed."}}})},
           {"lead_auditor", Json::array({"Lars Süd"})},
           {"state", "terminated"}};
  for (const char* who : {"row_mover", "row_decider", "row_reviewer"})
    CHECK(cells(stage, who, "time_deviations", "row_audit") == row);
  row["deviations"] = row["lead_auditor"] = nullptr;
  CHECK(cells(stage, "row_customer", "time_deviations", "row_audit") == row);
  check_no_row(stage, "time_deviations", "row_audit", {"nobody", "admin", "manager", "lead", "other"});
}

TEST_CASE("a decision is a row of the log, and the register of certificates tells what became of the certification") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_up(stage);
  Json certificate{{"certificate_number", "C-961"},
                   {"revision", 2},
                   {"client", "Hafen Süd GmbH"},
                   {"scope", "Operation of the port"},
                   {"sites", {"Kiel"}},
                   {"standard", "ISO/IEC 27001:2022"},
                   {"soa_version", "7"},
                   {"valid_from", day(-600)},
                   {"valid_until", day(495)},
                   {"state", "issued"},
                   {"certification", "active"}};
  const auto check_register = [&] {
    for (const char* who : {"row_mover", "row_decider", "row_customer"}) {
      INFO(who);
      CHECK(cells(stage, who, "certificates", "row_certificate") == certificate);
    }
    check_no_row(stage, "certificates", "row_certificate", {"nobody", "admin", "manager", "lead", "row_lead", "other"});
  };
  check_register();
  suspend(stage);
  certificate["certification"] = "suspended";
  check_register();

  const std::string decision = "certification-decisions/" + stage.names.at("row_decision");
  const Json row{{"decided_on", day()},   {"number", number_of(stage, "row_mover", decision)},
                 {"client", "Hafen Süd"}, {"kind", "suspension_case"},
                 {"outcome", "suspend"},  {"effective_on", nullptr},
                 {"expires_on", nullptr}, {"decision_maker", Json::array({"Dora Süd"})},
                 {"state", "decided"},    {"appealed", false}};
  for (const char* who : {"row_mover", "row_decider", "row_reviewer"})
    CHECK(cells(stage, who, "decision_log", "row_decision") == row);
  check_no_row(stage, "decision_log", "row_decision",
               {"nobody", "admin", "manager", "lead", "row_lead", "other", "row_customer"});
  // The client learns of it when it is notified, and not who decided.
  act(stage, "row_mover", decision, "notify", {{"notification", "Your certification is suspended."}});
  const Json told = cells(stage, "row_customer", "decision_log", "row_decision");
  REQUIRE(told.is_object());
  CHECK(told.at("outcome") == "suspend");
  CHECK(told.at("state") == "notified");
  CHECK(told.at("decision_maker").is_null());
}

}  // namespace
}  // namespace assay::test
