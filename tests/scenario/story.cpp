// The story that the scenarios play in.
#include "scenario/story.h"

#include <functional>

#include "domain/time.h"

namespace assay::test {

Json seat(const Stage& stage, const std::string& who) { return Json::array({stage.names.at(who)}); }

std::string made(Stage& stage, const std::string& name, const std::string& who, const std::string& plural,
                 const Json& input) {
  const std::string id = stage.must(who, "POST", "/api/v1/" + plural, input.dump()).at("id");
  stage.names[name] = id;
  return plural + "/" + id;
}

Json cells(Stage& stage, const std::string& who, const std::string& view, const std::string& name) {
  const std::string& id = stage.names.at(name);
  for (const Json& item : stage.list(who, "/api/v1/views/" + view + "?limit=200")) {
    if (item.at("id") == id) return item.at("cells");
  }
  return {};
}

namespace {

constexpr const char* plugin_catalogue =
    R"({"plugin":"org.assay.iso27001","catalogue":"iso27001-2022","language":"en"})";

const Json attendance = Json::array({{{"name", "Petra Sommer"}, {"function", "Head of IT operations"}}});

void plan_items(Stage& stage, const std::string& audit, const std::string& auditor) {
  stage.must("lead", "PUT", "/api/v1/" + audit + "/catalogue", plugin_catalogue, {"If-Match: {etag}"});
  Json items = Json::array();
  for (const char* question : {"4.1-q1", "7.2-q1"})
    items.push_back({{"question", question}, {"auditor", stage.names.at("lead")}});
  for (const char* question : {"A.8.13-q1", "A.6.3-q1"})
    items.push_back({{"question", question}, {"auditor", stage.names.at(auditor)}});
  stage.must("lead", "POST", "/api/v1/" + audit + "/items", Json{{"items", items}}.dump(), {"If-Match: {etag}"});
}

void answer_items(Stage& stage, const std::string& audit) {
  for (const Json& item : stage.list("lead", "/api/v1/" + audit + "/items")) {
    if (item.at("status") == "answered") continue;
    const std::string path = "/api/v1/" + audit + "/items/" + item.at("id").get<std::string>();
    stage.must("lead", "PUT", path, R"({"result":"conforms","notes":"Seen and in order."})", {"If-Match: {etag}"});
  }
}

void report(Stage& stage, const std::string& audit) {
  stage.must("lead", "POST", "/api/v1/" + audit + "/reports",
             R"({"plugin":"org.assay.report-html","format":"html","language":"en"})");
}

Json session(const Stage& stage, const std::string& who, const Json& time) {
  Json made = {{"auditor", stage.names.at(who)},
               {"topics", "All"},
               {"zone", "Europe/Berlin"},
               {"site", "Hamburg"},
               {"mode", "on_site"}};
  made.update(time);
  return made;
}

}  // namespace

Json free_time(std::chrono::minutes length) {
  static std::chrono::minutes given(0);
  const Instant starts = *parse_instant(day() + "T08:00:00Z") + given;
  given += length;
  return {{"starts", to_text(starts)}, {"ends", to_text(starts + length)}};
}

std::string audit_in(Stage& stage, const std::string& name, const std::string& state, const std::string& auditor,
                     const Json& purposes) {
  const std::string audit = made(stage, name, "manager", "audits",
                                 {{"programme", stage.names.at("programme")},
                                  {"title", "Audit " + name},
                                  {"purposes", purposes},
                                  {"objectives", "Conformity."},
                                  {"scope", "Head office."},
                                  {"criteria", {"ISO/IEC 27001:2022"}},
                                  {"methods", {"on_site"}},
                                  {"sites", {"Hamburg"}},
                                  {"language", "en"},
                                  {"planned_from", day()},
                                  {"planned_to", day(2)}});
  if (state != "planned") take_along(stage, audit, "planned", state, auditor);
  return audit;
}

void take_along(Stage& stage, const std::string& audit, const std::string& from, const std::string& to,
                const std::string& auditor) {
  const std::pair<const char*, std::function<void()>> steps[] = {
      {"team_proposed",
       [&] {
         stage.act("manager", audit, "propose_team",
                   {{"lead_auditor", seat(stage, "lead")},
                    {"auditor", seat(stage, auditor)},
                    {"auditee", seat(stage, "auditee")}});
       }},
      {"team_confirmed", [&] { stage.act("auditee", audit, "accept_team"); }},
      {"plan_issued",
       [&] {
         if (stage.list("lead", "/api/v1/" + audit + "/items").empty()) plan_items(stage, audit, auditor);
         const Json time = free_time();
         stage.act("lead", audit, "issue_plan",
                   {{"sessions", {session(stage, "lead", time), session(stage, auditor, time)}}});
       }},
      {"opened",
       [&] { stage.act("lead", audit, "open", {{"opening_on", day()}, {"opening_attendance", attendance}}); }},
      {"fieldwork", [&] { stage.act("lead", audit, "begin_fieldwork"); }},
      {"conclusions",
       [&] {
         answer_items(stage, audit);
         stage.act("lead", audit, "conclude", {{"conclusions", "Conforms."}, {"effectiveness", "Works."}});
       }},
      {"closed_meeting",
       [&] {
         stage.act("lead", audit, "hold_closing_meeting",
                   {{"closing_on", day()}, {"closing_attendance", attendance}, {"time_frame", "30 days."}});
       }},
      {"report_draft",
       [&] {
         stage.act("lead", audit, "draft_report",
                   {{"effectiveness", "Works."}, {"recommendation", "no_action"}, {"deviations", "None."}});
       }},
      {"report_issued", [&] {
         report(stage, audit);
         stage.act("lead", audit, "issue_report");
       }}};
  bool on_its_way = from == "planned";
  for (const auto& [reached, step] : steps) {
    if (on_its_way) step();
    if (on_its_way && to == reached) return;
    on_its_way = on_its_way || from == reached;
  }
  throw std::runtime_error("no audit gets from " + from + " to " + to);
}

std::string issued_nonconformity(Stage& stage, const std::string& name, const std::string& audit,
                                 const std::string& grade) {
  const std::string id = audit.substr(audit.find('/') + 1);
  const std::string record = made(stage, name, "lead", "nonconformities",
                                  {{"audit", id},
                                   {"title", "Restores are not tested"},
                                   {"grade", grade},
                                   {"clause", "A.8.13"},
                                   {"requirement", "A test every quarter."},
                                   {"finding", "None since spring."},
                                   {"objective_evidence", "Interview."},
                                   {"action_owner", seat(stage, "owner")}});
  stage.act("lead", record, "issue");
  return record;
}

Json review_input(const std::string& title) {
  return {{"title", title}, {"planned_on", day(30)}, {"period_from", day(-300)}, {"period_to", day(29)}};
}

std::string scheduled_review(Stage& stage, const std::string& name) {
  return made(stage, name, "admin", "management-reviews", review_input("Review " + name));
}

std::string running_programme(Stage& stage, const std::string& name, const std::string& title) {
  const std::string year = day().substr(0, 4);
  const std::string programme = made(stage, name, "manager", "audit-programmes",
                                     {{"title", title},
                                      {"objectives", "Conformity."},
                                      {"scope", "All."},
                                      {"criteria", {"ISO/IEC 27001:2022"}},
                                      {"risks_and_opportunities", "None."},
                                      {"frequency", "Yearly."},
                                      {"methods", "Interviews."},
                                      {"responsibilities", "The ISMS manager runs it."},
                                      {"cycle_from", year + "-01-01"},
                                      {"cycle_to", year + "-12-31"},
                                      {"edition", "ISO 19011:2026"},
                                      {"programme_manager", seat(stage, "manager")}});
  stage.act("top", programme, "approve", {{"next_review_on", day(120)}});
  stage.act("manager", programme, "start");
  return programme;
}

void set_the_scene(Stage& stage) {
  stage.join("manager", "Maria Keller", {"isms_manager"});
  stage.join("top", "Ines Vogt", {"top_management"});
  stage.join("lead", "Anna Lindqvist", {"internal_auditor"});
  stage.join("auditor", "David Okafor", {});
  stage.join("colleague", "Noah Brandt", {});
  stage.join("auditee", "Petra Sommer", {}, {"process:IT operations"});
  stage.join("owner", "Leon Fischer", {}, {"item:A.8.13"});
  stage.join("nobody", "Uwe Niemand", {});

  running_programme(stage, "programme", "Programme");

  const std::string audit = audit_in(stage, "audit", "fieldwork");
  audit_in(stage, "second_audit", "fieldwork", "colleague");
  for (const Json& item : stage.list("lead", "/api/v1/" + audit + "/items")) {
    if (item.at("question") == "A.6.3-q1") stage.names["item"] = item.at("id");
    if (item.at("question") == "4.1-q1") stage.names["lead_item"] = item.at("id");
  }
  const std::string evidence = "/api/v1/" + audit + "/evidence";
  stage.names["evidence"] =
      stage
          .must("auditor", "POST", evidence,
                R"({"kind":"interview","role":"Clerk","title":"Interview","description":"Said so."})")
          .at("id");
  stage.names["file"] = stage
                            .must("auditor", "POST", evidence + "/files?name=log.csv&title=Log", "date;system\n",
                                  {"Content-Type: text/csv"})
                            .at("id");
  const std::string finding = issued_nonconformity(stage, "nonconformity", audit);
  made(stage, "action", "owner", "corrective-actions",
       {{"nonconformity", stage.names.at("nonconformity")},
        {"title", "Test restores"},
        {"nature", "No task."},
        {"action_owner", seat(stage, "owner")}});
  made(stage, "opportunity", "lead", "opportunities",
       {{"audit", stage.names.at("audit")},
        {"title", "One register"},
        {"description", "Three lists say different things."}});
  made(stage, "observation", "auditor", "observations",
       {{"audit", stage.names.at("audit")},
        {"title", "Well drilled"},
        {"kind", "strength"},
        {"description", "Everybody knew what to do."}});
  scheduled_review(stage, "review");
  made(stage, "other_review", "other", "management-reviews", review_input("Review of theirs"));
}

OwnProgramme::OwnProgramme(Stage& stage)
    : stage_(stage),
      before_(stage.names.at("programme")),
      path_(running_programme(stage, "programme", "Programme with choices")) {}

OwnProgramme::~OwnProgramme() { stage_.names["programme"] = before_; }

void OwnProgramme::set(const char* policy, int value) {
  agree("set_policy", {{"policy", policy}, {"policy_value", value}, {"policy_reason", "As agreed with the sites."}});
}

void OwnProgramme::choose(const char* choice, const char* option) {
  agree("choose_policy",
        {{"choice", choice}, {"choice_value", option}, {"policy_reason", "As agreed with the sites."}});
}

void OwnProgramme::agree(const char* command, const Json& input) {
  const std::string path = "/api/v1/" + path_;
  stage_.run({"proposed",
              "manager",
              "POST",
              path + "/commands/" + command,
              {"If-Match: {etag}"},
              input.dump(),
              202,
              {},
              {},
              {"audit-programme.proposed"}});
  const std::string proposal = stage_.must("top", "GET", path + "/proposals").at("proposals").at(0).at("id");
  stage_.must("top", "POST", path + "/proposals/" + proposal + "/confirm", "", {"If-Match: {etag}"});
}

}  // namespace assay::test
