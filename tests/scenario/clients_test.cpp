// A certification body's clients: they see their own records in the states that are meant for them, and nothing that
// the body keeps to itself.
#include "scenario/portfolio.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::clients_test {
namespace {

void seat_people(Stage& stage) {
  if (stage.people.contains("reviewer")) return;
  stage.join("reviewer", "Rita Berg", {"certification_manager", "application_reviewer"});
  stage.join("investigator", "Ivo Kern", {"appeal_investigator"});
  stage.join("customer", "Carl Peters", {});
  stage.join("rival", "Ria Sand", {});
}

std::string registered(Stage& stage, const std::string& name, const std::string& who) {
  return made(stage, name, "reviewer", "clients",
              {{"name", "Client of " + who},
               {"address", "Kai 1"},
               {"country", "DE"},
               {"notes", "Pays late."},
               {"client_representative", seat(stage, who)}});
}

TEST_CASE("a client sees its own records, without what the body keeps to itself") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  seat_people(stage);
  const std::string client = registered(stage, "client", "customer");
  registered(stage, "other_client", "rival");
  const std::string path = "/api/v1/" + client;
  stage.run({
      {"the body's note, to the body", "reviewer", "GET", path, {}, "", 200, {"Pays late."}},
      {"not to the client", "customer", "GET", path, {}, "", 200, {"Client of customer"}, {"Pays late."}},
      {"nor in its list",
       "customer",
       "GET",
       "/api/v1/clients",
       {},
       "",
       200,
       {"{client}"},
       {"Pays late.", "{other_client}"}},
      {"nor in its history",
       "customer",
       "GET",
       path + "/events?full=true",
       {},
       "",
       200,
       {"client.registered", "Client of customer"},
       {"Pays late."}},
      {"nor in the feed",
       "customer",
       "GET",
       "/api/v1/events?full=true&limit=200",
       {},
       "",
       200,
       {},
       {"Pays late.", "{other_client}"}},
      {"another client is not there", "rival", "GET", path, {}, "", 404},
  });
}

TEST_CASE("a client sees a record while its state is meant for clients") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  seat_people(stage);
  const std::string client = registered(stage, "programme_client", "customer");
  const std::string complaint = made(stage, "client_complaint", "customer", "complaints",
                                     {{"client", stage.names.at("programme_client")},
                                      {"title", "Late answers"},
                                      {"subject", "body"},
                                      {"description", "Three weeks without an answer."}});
  stage.run({{"as filed", "customer", "GET", "/api/v1/" + complaint, {}, "", 200, {"Late answers"}},
             {"not by another client", "rival", "GET", "/api/v1/" + complaint, {}, "", 404}});
  stage.act("reviewer", complaint, "acknowledge");
  stage.act("reviewer", complaint, "appoint_investigator", {{"investigator", seat(stage, "investigator")}});
  stage.act("investigator", complaint, "validate", {{"validity", "The answers are on record."}});
  stage.act("investigator", complaint, "investigate");
  stage.act("investigator", complaint, "record_finding", {{"investigation", "Nobody had the case."}});
  stage.run({{"while it is investigated",
              "customer",
              "GET",
              "/api/v1/" + complaint,
              {},
              "",
              200,
              {"\"investigating\"", "Late answers"},
              {"The answers are on record."}}});
  stage.act("reviewer", complaint, "decide", {{"result", "upheld"}, {"result_reason", "We were late."}});
  stage.run({{"not while the decision is not told", "customer", "GET", "/api/v1/" + complaint, {}, "", 404},
             {"nor in a list", "customer", "GET", "/api/v1/complaints", {}, "", 200, {}, {"{client_complaint}"}},
             {"nor by an order of what it does not see",
              "customer",
              "GET",
              "/api/v1/complaints?sort=complainant",
              {},
              "",
              400,
              {"?sort"},
              {"complainant,"}},
             {"nor by a filter", "customer", "GET", "/api/v1/complaints?complainant=x", {}, "", 400},
             {"but to the body", "reviewer", "GET", "/api/v1/" + complaint, {}, "", 200, {"\"decided\""}}});
  stage.act("reviewer", complaint, "notify", {{"notification", "By letter."}});
  stage.run(
      {{"and when it is told", "customer", "GET", "/api/v1/" + complaint, {}, "", 200, {"\"notified\"", "upheld"}},
       {"with what happened, but for what was not for clients",
        "customer",
        "GET",
        "/api/v1/" + complaint + "/events?full=true",
        {},
        "",
        200,
        {"complaint.filed", "complaint.notified"},
        {"complaint.decided", "We were late.", "The answers are on record."}}});
}

TEST_CASE("a client is told what changed of its own, without steps and without what is kept from clients") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  seat_people(stage);
  const std::string client = registered(stage, "changing_client", "customer");
  const std::string complaint = made(stage, "changing_complaint", "customer", "complaints",
                                     {{"client", stage.names.at("changing_client")},
                                      {"title", "Late answers"},
                                      {"subject", "body"},
                                      {"description", "Three weeks without an answer."}});
  const std::string path = "/api/v1/" + client + "/changes?since=" + day(-1);
  stage.run({
      {"to the client",
       "customer",
       "GET",
       path,
       {},
       "",
       200,
       {"{changing_client}", "{changing_complaint}", "\"change\":\"made\"", "\"steps\":[]"},
       {"\"steps\":[{"}},
      {"to the body",
       "reviewer",
       "GET",
       path,
       {},
       "",
       200,
       {"{changing_client}", "\"command\":\"register\"", "\"command\":\"file\""}},
      {"to another client", "rival", "GET", path, {}, "", 404},
      {"coverage is none of it", "customer", "GET", "/api/v1/" + client + "/coverage", {}, "", 404},
  });
  stage.act("reviewer", complaint, "acknowledge");
  stage.act("reviewer", complaint, "appoint_investigator", {{"investigator", seat(stage, "investigator")}});
  stage.act("investigator", complaint, "validate", {{"validity", "The answers are on record."}});
  stage.act("investigator", complaint, "investigate");
  stage.act("investigator", complaint, "record_finding", {{"investigation", "Nobody had the case."}});
  stage.act("reviewer", complaint, "decide", {{"result", "upheld"}, {"result_reason", "We were late."}});
  stage.run({
      {"not of a record in a state that is not for clients",
       "customer",
       "GET",
       path,
       {},
       "",
       200,
       {"{changing_client}"},
       {"{changing_complaint}", "\"steps\":[{"}},
      {"but to the body", "reviewer", "GET", path, {}, "", 200, {"{changing_complaint}", "\"command\":\"decide\""}},
  });
}

TEST_CASE("a client names no record that it does not see, and is told nothing of it") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_the_body(stage);
  move_in(stage, {"appellant", "Werft Nord", "981", "Nora Nord"});
  move_in(stage, {"bystander", "Werft Ost", "982", "Nils Ost"});
  const auto open_case = [&](const std::string& key) {
    made(stage, key + "_decision", "mover", "certification-decisions",
         {{"programme", stage.names.at(key + "_programme")},
          {"kind", "scope_change"},
          {"title", "Case of " + key},
          {"scheme", "iso_27001"},
          {"standard", "ISO/IEC 27001:2022"},
          {"areas", {"ports"}}});
    return stage.names.at(key + "_decision");
  };
  const auto filed = [&](const std::string& decision) {
    const Json appeal{{"client", stage.names.at("appellant_client")},
                      {"decision", decision},
                      {"title", "Not so"},
                      {"grounds", "It is wrong."}};
    const Answer answer = stage.ask("appellant_customer", "POST", "/api/v1/appeals", appeal.dump());
    CHECK(answer.status == 422);
    return parsed(answer).at("errors");
  };
  const Json unknown = filed("00000000-0000-7000-8000-0000000000ff");
  CHECK(unknown == Json::parse(R"([{"pointer":"/decision",
      "detail":"names no Certification decision of this organisation"}])"));
  CHECK(filed(open_case("bystander")) == unknown);
  CHECK(filed(open_case("appellant")) == unknown);  // its own, in a state that is not for clients
  stage.run({
      {"nor in a table",
       "appellant_customer",
       "POST",
       "/api/v1/imports?type=appeal&dry_run=true",
       {"Content-Type: text/csv"},
       "client,decision,title,grounds\n{appellant_client},{bystander_decision},Not so,It is wrong.\n",
       200,
       {"decision: names no Certification decision of this organisation"},
       {"P-982"}},
      {"nor as what it hangs below",
       "appellant_customer",
       "POST",
       "/api/v1/complaints",
       {},
       R"({"client":"{bystander_client}","title":"Late","subject":"body","description":"Three weeks."})",
       403},
      {"the body names what it does not read",
       "body_lead",
       "POST",
       "/api/v1/interest-declarations",
       {},
       Json{{"client", stage.names.at("bystander_client")},
            {"title", "Shares"},
            {"relation", "other"},
            {"details", "Ten shares."},
            {"since", day(-900)}}
           .dump(),
       201},
  });
}

}  // namespace
}  // namespace assay::test::clients_test
