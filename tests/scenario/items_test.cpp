// Checklist items: the pinned catalogue, who may plan and answer what, and nobody's own area.
#include "ledger/digest.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::items_test {
namespace {

const std::string catalogue = "/api/v1/plugins/org.assay.iso27001/catalogues/iso27001-2022";
const std::string chosen = R"({"plugin":"org.assay.iso27001","catalogue":"iso27001-2022","language":"en"})";

TEST_CASE("an audit is pinned to the bytes of its catalogue") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const Answer english = stage.run({"the catalogue", "lead", "GET", catalogue + "?lang=en"});
  const std::string hash = sha256_hex(english.body);
  CHECK(english.header("ETag") == "\"" + hash + "\"");
  const Answer german =
      stage.run({"in German it is another", "lead", "GET", catalogue + "?lang=de", {}, "", 200, {"27001"}});
  CHECK(sha256_hex(german.body) != hash);
  stage.run({{"offered", "lead", "GET", "/api/v1/catalogues?lang=en", {}, "", 200, {hash}},
             {"by whom", "lead", "GET", "/api/v1/plugins", {}, "", 200, {"org.assay.iso27001", "report/1"}},
             {"no such one", "lead", "GET", "/api/v1/plugins/org.assay.iso27001/catalogues/dream", {}, "", 404},
             {"no such plugin", "lead", "GET", "/api/v1/plugins/dream/catalogues/iso27001-2022", {}, "", 404}});
  const std::string audit = "/api/v1/" + audit_in(stage, "pinned", "team_confirmed");
  stage.run(
      {{"none yet", "lead", "GET", audit + "/catalogue", {}, "", 404, {"no catalogue has been selected"}},
       {"not before there is one",
        "lead",
        "POST",
        audit + "/items",
        {"If-Match: {etag}"},
        R"({"items":[{"question":"4.1-q1"}]})",
        409},
       {"not by everybody", "auditor", "PUT", audit + "/catalogue", {"If-Match: {etag}"}, chosen, 403},
       {"chosen",
        "lead",
        "PUT",
        audit + "/catalogue",
        {"If-Match: {etag}"},
        chosen,
        200,
        {"\"catalogue_hash\":\"" + hash + "\""},
        {},
        {"audit.catalogue_selected"}},
       {"planned",
        "lead",
        "POST",
        audit + "/items",
        {"If-Match: {etag}"},
        R"({"items":[{"question":"4.1-q1","auditor":"{lead}"},{"question":"A.6.3-q1","subject":"site:Hamburg","auditor":"{auditor}"}]})",
        200,
        {},
        {},
        {"audit.items_planned", "audit.item_planned", "audit.item_planned"}},
       {"each item carries it",
        "lead",
        "GET",
        audit + "/items",
        {},
        "",
        200,
        {"\"catalogue_hash\":\"" + hash + "\"", "\"subject\":\"site:Hamburg\"", "\"unanswered\":2"}},
       {"as it was pinned", "lead", "GET", audit + "/catalogue", {"Accept-Language: de"}, "", 200, {english.body}},
       {"as it was seen", "lead", "GET", audit + "/catalogue", {"If-None-Match: \"" + hash + "\""}, "", 304},
       {"in another language",
        "lead",
        "GET",
        audit + "/catalogue?lang=de",
        {},
        "",
        200,
        {german.body, german.header("ETag"), "Content-Language: de"}},
       {"by its hash", "lead", "GET", audit + "/catalogues/" + hash, {}, "", 200, {english.body}},
       {"not by one that nothing names",
        "lead",
        "GET",
        audit + "/catalogues/" + sha256_hex(german.body),
        {},
        "",
        404,
        {"pinned"}},
       {"not to whom the audit is not shown", "nobody", "GET", audit + "/catalogue", {}, "", 404},
       {"nor by its hash", "nobody", "GET", audit + "/catalogues/" + hash, {}, "", 404},
       {"other records have none", "lead", "GET", "/api/v1/audit-programmes/{programme}/catalogue", {}, "", 404}});
}

TEST_CASE("what can be planned, and by whom") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string items = "/api/v1/" + audit_in(stage, "planned_items", "plan_issued") + "/items";
  const auto plan = [](const std::string& item) { return R"({"items":[)" + item + "]}"; };
  stage.run({
      {"an unknown question",
       "lead",
       "POST",
       items,
       {"If-Match: {etag}"},
       plan(R"({"question":"A.99-q1"})"),
       422,
       {"/items/0/question"}},
      {"a strange subject",
       "lead",
       "POST",
       items,
       {"If-Match: {etag}"},
       plan(R"({"question":"5.2-q1","subject":"planet:Mars"})"),
       422,
       {"/items/0/subject"}},
      {"nothing", "lead", "POST", items, {"If-Match: {etag}"}, plan(""), 422, {"/items"}},
      {"the same twice",
       "lead",
       "POST",
       items,
       {"If-Match: {etag}"},
       plan(R"({"question":"5.2-q1"},{"question":"4.1-q1"},{"question":"5.2-q1"})"),
       422,
       {"/items/2"}},
      {"somebody from elsewhere",
       "lead",
       "POST",
       items,
       {"If-Match: {etag}"},
       plan(R"({"question":"5.2-q1","auditor":"{other}"})"),
       422,
       {"auditor"}},
      {"the own work of its owner",
       "lead",
       "POST",
       items,
       {"If-Match: {etag}"},
       plan(R"({"question":"A.8.13-q1","auditor":"{owner}"})"),
       409,
       {"not_own_area"}},
      {"by the auditee", "auditee", "POST", items, {"If-Match: {etag}"}, plan(R"({"question":"5.2-q1"})"), 403},
      {"by somebody who does not see it",
       "colleague",
       "POST",
       items,
       {"If-Match: \"v1\""},
       plan(R"({"question":"5.2-q1"})"),
       404},
      {"one more",
       "lead",
       "POST",
       items,
       {"If-Match: {etag}"},
       plan(R"({"question":"5.2-q1","subject":"process:Sales","auditor":"{auditor}"})"),
       200,
       {},
       {},
       {"audit.items_planned", "audit.item_planned"}},
  });
  const Json all = stage.list("lead", items);
  CHECK(all.size() == 5);
  const std::string last = items + "/" + all.back().at("id").get<std::string>();
  stage.run({{"not by the auditee", "auditee", "DELETE", last + "?reason=Elsewhere", {"If-Match: {etag}"}, "", 403},
             {"without a reason", "lead", "DELETE", last, {"If-Match: {etag}"}, "", 422, {"/reason"}},
             {"taken out",
              "lead",
              "DELETE",
              last + "?reason=Elsewhere",
              {"If-Match: {etag}"},
              "",
              204,
              {},
              {},
              {"audit.item_dropped"}},
             {"gone", "lead", "GET", last, {}, "", 404},
             {"for good", "lead", "DELETE", last + "?reason=Elsewhere", {"If-Match: \"v2\""}, "", 404}});
}

TEST_CASE("answers: by the auditor of the item or the lead, on the catalogue's scale") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string audit = "/api/v1/" + audit_in(stage, "answered", "fieldwork");
  std::string mine, leads;
  for (const Json& item : stage.list("lead", audit + "/items")) {
    if (item.at("question") == "A.6.3-q1") mine = audit + "/items/" + item.at("id").get<std::string>();
    if (item.at("question") == "4.1-q1") leads = audit + "/items/" + item.at("id").get<std::string>();
  }
  const std::vector<std::string> version = {"If-Match: {etag}"};
  stage.run({
      {"of somebody else",
       "auditor",
       "PUT",
       leads,
       version,
       R"({"result":"conforms"})",
       403,
       {"only the auditor of this item"}},
      {"by the auditee", "auditee", "PUT", mine, version, R"({"result":"conforms"})", 403},
      {"by a manager", "manager", "PUT", mine, version, R"({"result":"conforms"})", 403},
      {"unseen", "colleague", "PUT", mine, {"If-Match: \"v1\""}, R"({"result":"conforms"})", 404},
      {"no result of the scale", "auditor", "PUT", mine, version, R"({"result":"major"})", 422, {"/result"}},
      {"nothing", "auditor", "PUT", mine, version, "{}", 422, {"/result"}},
      {"not applicable without a reason",
       "auditor",
       "PUT",
       mine,
       version,
       R"({"result":"not_applicable"})",
       422,
       {"/reason"}},
      {"maturity beyond", "auditor", "PUT", mine, version, R"({"result":"conforms","maturity":6})", 422, {"/maturity"}},
      {"a result before it is answered",
       "auditor",
       "PUT",
       mine,
       version,
       R"({"status":"in_progress","result":"conforms"})",
       422,
       {"/result"}},
      {"an unknown status", "auditor", "PUT", mine, version, R"({"status":"planned"})", 422, {"/status"}},
      {"begun",
       "auditor",
       "PUT",
       mine,
       version,
       R"({"status":"in_progress","notes":"Asked for records."})",
       200,
       {"\"answered_at\":null"},
       {},
       {"audit.item_answered"}},
      {"answered",
       "auditor",
       "PUT",
       mine,
       version,
       R"({"result":"conforms","maturity":3,"notes":"Seen."})",
       200,
       {"\"result\":\"conforms\"", "\"maturity\":3", "\"status\":\"answered\""},
       {},
       {"audit.item_answered"}},
      {"corrected by the lead",
       "lead",
       "PUT",
       mine,
       version,
       R"({"result":"not_applicable","reason":"Nobody is trained here."})",
       200,
       {},
       {},
       {"audit.item_answered"}},
      {"an answered item stays", "lead", "DELETE", mine, version, "", 409},
      {"counted", "lead", "GET", audit + "/items", {}, "", 200, {"\"not_applicable\":1", "\"unanswered\":3"}},
      {"not all is answered",
       "lead",
       "POST",
       audit + "/commands/conclude",
       version,
       R"({"conclusions":"x"})",
       409,
       {"items_answered"}},
  });
}

TEST_CASE("an exception from nobody's own work is top management's, and never the auditor's own") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  // The owner of A.8.13 sits in the team, as in a small company.
  stage.must("admin", "PATCH", "/api/v1/people/{auditor}", R"({"responsibilities":["item:A.8.13"]})",
             {"If-Match: {etag}"});
  const std::string audit = "/api/v1/" + audit_in(stage, "excepted", "team_confirmed");
  stage.must("lead", "PUT", audit + "/catalogue", chosen, {"If-Match: {etag}"});
  const std::string own = R"({"items":[{"question":"A.8.13-q1","auditor":"{auditor}"}]})";
  const Json definition = stage.must("lead", "GET", "/api/v1/types/audit");
  stage.run({"refused by item",
             "lead",
             "POST",
             audit + "/items",
             {"If-Match: {etag}"},
             own,
             409,
             {"not_own_area", "A.8.13"}});
  const std::string ask =
      R"({"exempt_auditor":"{auditor}","exempt_items":["A.8.13"],"exemption_reason":"There is nobody else.","compensating_measure":"The lead looks over it."})";
  const std::string exempt = audit + "/commands/grant_exception";
  stage.run({{"not by the auditor", "auditor", "POST", exempt, {"If-Match: {etag}"}, ask, 403},
             {"proposed", "lead", "POST", exempt, {"If-Match: {etag}"}, ask, 202, {}, {}, {"audit.proposed"}},
             {"a proposal changes nothing",
              "lead",
              "POST",
              audit + "/items",
              {"If-Match: {etag}"},
              own,
              409,
              {"not_own_area"}}});
  const std::string proposal = stage.must("top", "GET", audit + "/proposals").at("proposals").at(0).at("id");
  const std::string confirm = audit + "/proposals/" + proposal + "/confirm";
  stage.run({{"not by who asked", "lead", "POST", confirm, {"If-Match: {etag}"}, "", 403},
             {"not by the one concerned", "auditor", "POST", confirm, {"If-Match: {etag}"}, "", 403},
             {"not by the ISMS manager", "manager", "POST", confirm, {"If-Match: {etag}"}, "", 403},
             {"by top management",
              "top",
              "POST",
              confirm,
              {"If-Match: {etag}"},
              "",
              200,
              {"There is nobody else."},
              {},
              {"audit.exception_granted"}},
             {"now it can be planned",
              "lead",
              "POST",
              audit + "/items",
              {"If-Match: {etag}"},
              own,
              200,
              {},
              {},
              {"audit.items_planned", "audit.item_planned"}}});
  stage.must("admin", "PATCH", "/api/v1/people/{auditor}", R"({"responsibilities":[]})", {"If-Match: {etag}"});
}

}  // namespace
}  // namespace assay::test::items_test
