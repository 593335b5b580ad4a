// Sight from outside: an assessor sees a client's tree while a grant is active, reads and does not act, and leaves an
// entry with each answer; a consultant works where the grant says so; revoking ends it at once.
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::grants_test {
namespace {

void seat_people(Stage& stage) {
  if (stage.people.contains("assessor")) return;
  stage.join("body_manager", "Mara Body", {"certification_manager"});
  stage.join("body_deputy", "Dario Body", {"certification_manager"});
  stage.join("assessor", "Anna Akkreditierer", {"accreditation_assessor"});
  stage.join("consultant", "Carl Consult", {"consultant"});
  stage.join("granted_customer", "Cleo Client", {});
}

/// Waits for the timer that begins or ends the grant.
void await_state(Stage& stage, const std::string& who, const std::string& grant, const std::string& state) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(15);
  std::string now;
  while (now != state && std::chrono::steady_clock::now() < deadline)
    now = stage.must(who, "GET", "/api/v1/" + grant).at("state");
  REQUIRE(now == state);
}

/// What was read under a grant, as "method route: number of records", in the order of the log.
std::vector<std::string> readings(Stage& stage, const std::string& who, const std::string& grant) {
  std::vector<std::string> found;
  const Json page = stage.must(who, "GET", "/api/v1/" + grant + "/events?full=true&limit=200&type=access-grant.used");
  for (const Json& item : page.at("items")) {
    const Json& facts = item.at("data").at("facts");
    found.push_back(facts.at("method").get<std::string>() + " " + facts.at("route").get<std::string>() + ": " +
                    std::to_string(facts.at("records").size()));
  }
  return found;
}

std::string active_grant(Stage& stage, const std::string& name, const std::string& client) {
  const std::string grant =
      "access-grants/" + stage
                             .must("body_manager", "POST", "/api/v1/access-grants?command=prepare_certification",
                                   Json{{"purpose", "Office assessment"},
                                        {"kind", "accreditation_assessor"},
                                        {"valid_from", day()},
                                        {"valid_until", day(30)},
                                        {"grantee", seat(stage, "assessor")},
                                        {"clients", {client}}}
                                       .dump())
                             .at("id")
                             .get<std::string>();
  stage.names[name] = grant.substr(grant.find('/') + 1);
  stage.act("body_deputy", grant, "approve_certification");
  await_state(stage, "body_deputy", grant, "active");
  return grant;
}

/// For somebody of that kind over an audit, once it is in force.
std::string grant_of(Stage& stage, const std::string& name, const std::string& kind, const std::string& who,
                     const std::string& extent, const std::string& audit) {
  made(stage, name, "manager", "access-grants?command=prepare_organisation",
       {{"purpose", "Help"},
        {"kind", kind},
        {"extent", extent},
        {"valid_from", day()},
        {"valid_until", day(30)},
        {"grantee", seat(stage, who)},
        {"audits", {audit}}});
  const std::string record = "access-grants/" + stage.names.at(name);
  stage.act("top", record, "approve_organisation");
  await_state(stage, "top", record, "active");
  return record;
}

std::string consultant_grant(Stage& stage, const std::string& name, const std::string& extent,
                             const std::string& audit) {
  return grant_of(stage, name, "consultant", "consultant", extent, audit);
}

/// What an assessor asks for while the grant is active, and what of it is noted.
void read_as_assessor(Stage& stage, const std::string& path, const std::string& complaint, const std::string& grant) {
  const std::vector<std::string> used = {"access-grant.used"};
  stage.run({
      {"the client, with what the body keeps from clients",
       "assessor",
       "GET",
       path,
       {},
       "",
       200,
       {"Pays late."},
       {},
       used},
      {"not another one", "assessor", "GET", "/api/v1/clients/{not_sampled}", {}, "", 404},
      {"the list names it alone",
       "assessor",
       "GET",
       "/api/v1/clients",
       {},
       "",
       200,
       {"{sampled}"},
       {"{not_sampled}"},
       used},
      {"what hangs below", "assessor", "GET", "/api/v1/" + complaint, {}, "", 200, {"Late answers"}, {}, used},
      {"its history", "assessor", "GET", path + "/events", {}, "", 200, {"client.registered"}, {}, used},
      {"no change of it", "assessor", "GET", path, {"If-None-Match: *"}, "", 304, {}, {}, used},
      {"what was found", "assessor", "GET", "/api/v1/search?q=Sampled", {}, "", 200, {"{sampled}"}, {}, used},
      {"the file of it",
       "assessor",
       "GET",
       path + "/case-file?lang=de",
       {},
       "",
       200,
       {"\"complete\":true", "Sampled works", "{sampled_complaint}", "\"type_label\":\"Kunde\"", "Late answers"},
       {"{not_sampled}"},
       used},
      {"as a page",
       "assessor",
       "GET",
       path + "/case-file",
       {"Accept: text/html"},
       "",
       200,
       {"text/html", "Sampled works", "Three weeks without an answer.", "Anna Akkreditierer"},
       {"<script"},
       used},
      {"no command",
       "assessor",
       "POST",
       "/api/v1/" + complaint + "/commands/acknowledge",
       {"If-Match: \"v1\""},
       "{}",
       403,
       {},
       {},
       used},
      {"the grant itself is the assessor's own, and names what it opens",
       "assessor",
       "GET",
       "/api/v1/" + grant,
       {},
       "",
       200,
       {"Office assessment", "{sampled}"},
       {},
       used},
      {"what a role shows is not noted", "body_manager", "GET", path, {}, "", 200},
      {"nor what a seat shows", "granted_customer", "GET", path, {}, "", 200, {}, {"Pays late."}},
  });
}

TEST_CASE("an assessor sees a sampled client while the grant is active, and each answer is noted") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  seat_people(stage);
  const std::string client = made(stage, "sampled", "body_manager", "clients",
                                  {{"name", "Sampled works"},
                                   {"address", "Kai 1"},
                                   {"country", "DE"},
                                   {"notes", "Pays late."},
                                   {"client_representative", seat(stage, "granted_customer")}});
  made(stage, "not_sampled", "body_manager", "clients",
       {{"name", "Other works"}, {"address", "Kai 2"}, {"country", "DE"}});
  const std::string complaint = made(stage, "sampled_complaint", "granted_customer", "complaints",
                                     {{"client", stage.names.at("sampled")},
                                      {"title", "Late answers"},
                                      {"subject", "body"},
                                      {"description", "Three weeks without an answer."}});
  const std::string path = "/api/v1/" + client;
  stage.run({{"nothing before", "assessor", "GET", path, {}, "", 404},
             {"nor in a list", "assessor", "GET", "/api/v1/clients", {}, "", 200, {"\"items\":[]"}},
             {"nor the file", "assessor", "GET", path + "/case-file", {}, "", 404}});
  const std::string grant = active_grant(stage, "assessor_grant", stage.names.at("sampled"));
  stage.events_since();
  CHECK(readings(stage, "body_manager", grant).empty());
  read_as_assessor(stage, path, complaint, grant);
  const std::string record = "GET /api/v1/{plural}/{id}";
  CHECK(readings(stage, "body_manager", grant) ==
        std::vector<std::string>{record + ": 1", "GET /api/v1/{plural}: 1", record + ": 2", record + "/events: 1",
                                 record + ": 1", "GET /api/v1/search: 1", record + "/case-file: 2",
                                 record + "/case-file: 2", "POST /api/v1/{plural}/{id}/commands/{command}: 1",
                                 record + ": 1"});
  stage.run({{"the register of grants",
              "body_manager",
              "GET",
              "/api/v1/views/access_grants",
              {},
              "",
              200,
              {"Office assessment", "Anna Akkreditierer", "\"active\""}}});
  stage.act("body_manager", grant, "revoke_certification", {{"reason", "The assessment is over."}});
  stage.events_since();
  stage.run({{"nothing afterwards", "assessor", "GET", path, {}, "", 404},
             {"nor below", "assessor", "GET", "/api/v1/" + complaint, {}, "", 404},
             {"nor in a list", "assessor", "GET", "/api/v1/complaints", {}, "", 200, {"\"items\":[]"}},
             {"nor in the search", "assessor", "GET", "/api/v1/search?q=Sampled", {}, "", 200, {"\"items\":[]"}}});
}

TEST_CASE("an assessor reads the body's own audit, and what it found, beside its clients") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  seat_people(stage);
  const std::string audit = audit_in(stage, "own_audit", "fieldwork");
  const std::string finding = issued_nonconformity(stage, "own_finding", audit);
  stage.run({{"nothing before", "assessor", "GET", "/api/v1/" + audit, {}, "", 404}});
  grant_of(stage, "own_audit_grant", "accreditation_assessor", "assessor", "read", stage.names.at("own_audit"));
  stage.events_since();
  const std::vector<std::string> used = {"access-grant.used"};
  stage.run({{"the audit", "assessor", "GET", "/api/v1/" + audit, {}, "", 200, {"Audit own_audit"}, {}, used},
             {"what it found", "assessor", "GET", "/api/v1/" + finding, {}, "", 200, {"{own_audit}"}, {}, used},
             {"no other audit", "assessor", "GET", "/api/v1/audits/{audit}", {}, "", 404},
             {"the file of it",
              "assessor",
              "GET",
              "/api/v1/" + audit + "/case-file",
              {},
              "",
              200,
              {"{own_finding}"},
              {},
              used},
             {"and no act",
              "assessor",
              "POST",
              "/api/v1/" + audit + "/commands/conclude",
              {"If-Match: {etag}"},
              "{}",
              403,
              {},
              {},
              used}});
}

TEST_CASE("a consultant responds where a grant to work covers the finding") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  seat_people(stage);
  const std::string audit = audit_in(stage, "consulted_audit", "fieldwork");
  const std::string finding = issued_nonconformity(stage, "consulted_finding", audit);
  const std::string path = "/api/v1/" + finding;
  const Json response = {{"correction", "Restored"},
                         {"extent", "This site"},
                         {"root_cause", "No schedule"},
                         {"action", "A schedule"},
                         {"action_due", day(20)}};
  const auto granted = [&](const char* name, const char* extent) {
    return consultant_grant(stage, name, extent, stage.names.at("consulted_audit"));
  };
  stage.run({{"nothing without a grant", "consultant", "GET", path, {}, "", 404}});
  const std::string read = granted("reading_grant", "read");
  stage.events_since();
  stage.run({{"reads", "consultant", "GET", path, {}, "", 200, {}, {}, {"access-grant.used"}},
             {"and does not respond",
              "consultant",
              "POST",
              path + "/commands/respond_for",
              {"If-Match: {etag}"},
              response.dump(),
              403,
              {},
              {},
              {"access-grant.used"}}});
  const std::string work = granted("working_grant", "work");
  stage.events_since();
  stage.run({{"responds",
              "consultant",
              "POST",
              path + "/commands/respond_for",
              {"If-Match: {etag}"},
              response.dump(),
              200,
              {},
              {},
              {"nonconformity.response_submitted_for_owner", "access-grant.used", "access-grant.used"}},
             {"and accepts nothing of it",
              "consultant",
              "POST",
              path + "/commands/accept_plan",
              {"If-Match: {etag}"},
              R"({"verification_method":"Look"})",
              403,
              {},
              {},
              {"access-grant.used", "access-grant.used"}}});
  stage.must("consultant", "POST", "/api/v1/" + work + "/commands/give_back", "{}",
             {"If-Match: " + stage.etag("/api/v1/" + work, "consultant")});
  stage.events_since();
  stage.run(
      {{"still reads by the other grant", "consultant", "GET", path, {}, "", 200, {}, {}, {"access-grant.used"}}});
  stage.act("top", read, "revoke_organisation", {{"reason", "Done."}});
  stage.run({{"and nothing when that is revoked", "consultant", "GET", path, {}, "", 404}});
}

TEST_CASE("of a list what its page shows is noted, and not what comes behind it") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  seat_people(stage);
  const std::string audit = audit_in(stage, "paged_audit", "fieldwork");
  const std::string path = "/api/v1/" + audit, record = "GET /api/v1/{plural}/{id}";
  for (const char* name : {"paged_finding", "paged_finding_behind"}) issued_nonconformity(stage, name, audit);
  for (const char* title : {"Minutes", "Minutes behind"}) {
    const Json seen{{"kind", "interview"}, {"role", "Clerk"}, {"title", title}, {"description", "Said so."}};
    stage.must("auditor", "POST", path + "/evidence", seen.dump());
  }
  const std::string grant = consultant_grant(stage, "paging_grant", "read", stage.names.at("paged_audit"));
  struct Page {
    std::string path, route;
    int records;
  };
  const std::vector<Page> pages = {
      {"/api/v1/nonconformities?limit=1", "GET /api/v1/{plural}", 1},
      {"/api/v1/views/nonconformities?limit=1", "GET /api/v1/views/{view}", 2},  // with the audit of the finding
      {"/api/v1/search?q=Restores&limit=1", "GET /api/v1/search", 1},
      {"/api/v1/events?limit=1&type=nonconformity.issued", "GET /api/v1/events", 2},  // with the audit, which it names
      {path + "/changes?limit=1&since=" + day(), record + "/changes", 1},             // the audit itself
      {path + "/links?limit=1", record + "/links", 1},  // first comes the grant, on which the consultant sits
      {path + "/events?limit=1", record + "/events", 1},
      {path + "/evidence?limit=1", record + "/evidence", 1},
      {path + "/items?limit=1", record + "/items", 1}};
  std::vector<std::string> expected;
  for (const Page& page : pages) {
    INFO(page.path);
    const Json answer = stage.must("consultant", "GET", page.path);
    CHECK(answer.at(page.route.ends_with("/links") ? "links" : "items").size() == 1);
    CHECK_FALSE(answer.at("next").is_null());
    expected.push_back(page.route + ": " + std::to_string(page.records));
  }
  stage.events_since();
  CHECK(readings(stage, "manager", grant) == expected);
}

TEST_CASE("the page of a case file tells what happened in words, and what was done many times once") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  stage.run({{"in English",
              "manager",
              "GET",
              "/api/v1/audits/{audit}/case-file",
              {"Accept: text/html"},
              "",
              200,
              {"Checklist item planned <span class=\"times\">× 4</span>", "Interview", "Function: Clerk",
               "Evidence attached", "pieces of evidence", "Times are those of UTC."},
              {"item_planned", "evidence_attached"}},
             {"in German",
              "manager",
              "GET",
              "/api/v1/audits/{audit}/case-file?lang=de",
              {"Accept: text/html"},
              "",
              200,
              {"Prüfpunkt geplant <span class=\"times\">× 4</span>", "Befragung", "Nachweis angehängt", "Umfang"},
              {"item_planned", "evidence_attached"}}});
}

TEST_CASE("a case file that is full says so and names what it leaves out") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string path = "/api/v1/audit-programmes/{programme}/case-file";
  const Json whole = stage.must("manager", "GET", path);
  CHECK(whole.at("complete") == true);
  REQUIRE(whole.at("records").size() > 2);
  for (const Json& record : whole.at("records")) CHECK(record.at("told") == true);
  stage.serve_with({"hostile", "whole"}, {"--case-file-rows", "8"});
  const Json cut = stage.must("manager", "GET", path);
  CHECK(cut.at("complete") == false);
  CHECK(cut.at("records").size() == whole.at("records").size());
  CHECK(cut.at("records").at(0).at("fields").size() == 8);
  CHECK(cut.at("records").at(0).at("history").empty());
  CHECK(cut.at("records").back().at("told") == false);
  CHECK_FALSE(cut.at("records").back().contains("fields"));
  stage.run({{"as a page", "manager", "GET", path, {"Accept: text/html"}, "", 200, {"This file is not complete"}},
             {"nobody signed in", "", "GET", path, {}, "", 401},
             {"who sees nothing of it", "nobody", "GET", path, {}, "", 404},
             {"as something else", "manager", "GET", path, {"Accept: text/csv"}, "", 406}});
  stage.serve_with({"hostile", "whole"});
}

}  // namespace
}  // namespace assay::test::grants_test
