// One visit for two standards: an internal audit asks ISO/IEC 27001 and IEC 62443 at once, of the whole and of a zone,
// each question is its catalogue's, and one report shows both.
#include "ledger/digest.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::combined_audit_test {
namespace {

const std::vector<std::string> version = {"If-Match: {etag}"};
const std::string management = R"({"plugin":"org.assay.iso27001","catalogue":"iso27001-2022","language":"en"})";
const std::string plant = R"({"plugin":"org.assay.iec62443","catalogue":"iec62443-3-3-2013","language":"en"})";
const std::string plant_in_german =
    R"({"plugin":"org.assay.iec62443","catalogue":"iec62443-3-3-2013","language":"de"})";

/// A client of the body, who has nothing to do with its internal audits, and who answers for the zone.
void seat_people(Stage& stage) {
  if (stage.people.contains("zone_keeper")) return;
  stage.join("zone_keeper", "Zora Lang", {}, {"zone:filling"});
  stage.join("registrar", "Rolf Beck", {"certification_manager"});
  stage.join("bottler", "Berta Kuhn", {});
  made(stage, "bottler_client", "registrar", "clients",
       {{"name", "Bottler"},
        {"address", "Kai 2"},
        {"country", "DE"},
        {"client_representative", seat(stage, "bottler")}});
}

/// The hash by which the audit knows the catalogue of this id.
std::string hash_in(Stage& stage, const std::string& audit, const std::string& catalogue) {
  const Json chosen = stage.must("lead", "GET", audit + "/catalogues");
  for (const Json& one : chosen.at("catalogues")) {
    if (one.at("catalogue") == catalogue) return one.at("sha256");
  }
  throw std::runtime_error("the audit has not chosen " + catalogue);
}

Json planned(const char* question, const char* subject, const char* catalogue = nullptr) {
  Json item = {{"question", question}, {"subject", subject}, {"auditor", "{auditor}"}};
  if (catalogue) item["catalogue"] = catalogue;
  return item;
}

std::string plan(const std::vector<Json>& items) { return Json{{"items", items}}.dump(); }

const std::vector<Json> items_of_both = {planned("4.1-q1", "whole"),
                                         planned("A.8.22-q1", "whole", "iso27001-2022"),
                                         planned("SR5.1-q1", "whole"),
                                         planned("SR5.1-q1", "zone:filling", "iec62443-3-3-2013"),
                                         planned("SR5.1-RE1", "zone:filling", "iec62443-3-3-2013"),
                                         planned("SR1.7-q1", "zone:filling")};

/// An audit with both catalogues and items of both, in the state of which the team is confirmed.
std::string audit_of_both(Stage& stage, const std::string& name) {
  const std::string audit = audit_in(stage, name, "team_confirmed"), path = "/api/v1/" + audit;
  stage.must("lead", "PUT", path + "/catalogue", management, version);
  stage.must("lead", "POST", path + "/catalogues", plant, version);
  stage.must("lead", "POST", path + "/items", plan(items_of_both), version);
  return audit;
}

/// The path of the item that puts the question to the subject.
std::string item_of(Stage& stage, const std::string& audit, const std::string& question, const std::string& subject) {
  const std::string items = "/api/v1/" + audit + "/items";
  for (const Json& one : stage.list("lead", items)) {
    if (one.at("question") == question && one.at("subject") == subject)
      return items + "/" + one.at("id").get<std::string>();
  }
  throw std::runtime_error("no item asks " + question + " of " + subject);
}

TEST_CASE("a further catalogue is added once, by who runs the audit") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  seat_people(stage);
  const std::string audit = "/api/v1/" + audit_in(stage, "two_catalogues", "team_confirmed"),
                    all = audit + "/catalogues";
  stage.run({{"none before there is an own one",
              "lead",
              "POST",
              all,
              version,
              plant,
              409,
              {"no catalogue has been selected"}},
             {"the own one",
              "lead",
              "PUT",
              audit + "/catalogue",
              version,
              management,
              200,
              {},
              {},
              {"audit.catalogue_selected"}},
             {"without the version", "lead", "POST", all, {}, plant, 428},
             {"by an auditor", "auditor", "POST", all, version, plant, 403},
             {"by the auditee", "auditee", "POST", all, version, plant, 403},
             {"by somebody without a role", "nobody", "POST", all, {"If-Match: \"v1\""}, plant, 404},
             {"by a client of the body", "bottler", "POST", all, {"If-Match: \"v1\""}, plant, 404},
             {"by another tenant", "other", "POST", all, {"If-Match: \"v1\""}, plant, 404},
             {"one that nobody offers", "lead", "POST", all, version,
              R"({"plugin":"org.assay.iec62443","catalogue":"iec62443-4-1"})", 404},
             {"the own one again", "lead", "POST", all, version, management, 422, {"\"/catalogue\""}}});
  stage.events_since();
  stage.run({{"added",
              "lead",
              "POST",
              all,
              version,
              plant,
              200,
              {"\"further_catalogues\"", "iec62443-3-3-2013"},
              {},
              {"audit.catalogue_added"}},
             {"twice", "lead", "POST", all, version, plant, 422, {"\"/catalogue\"", "already"}},
             {"nor in another language", "lead", "POST", all, version, plant_in_german, 422, {"\"/catalogue\""}},
             {"nor as the own one", "lead", "PUT", audit + "/catalogue", version, plant, 422, {"\"/catalogue\""}},
             {"both are listed",
              "auditee",
              "GET",
              all,
              {},
              "",
              200,
              {"\"catalogue\":\"iso27001-2022\"", "\"catalogue\":\"iec62443-3-3-2013\"",
               "\"plugin\":\"org.assay.iec62443\""}},
             {"not to a client of the body", "bottler", "GET", all, {}, "", 404},
             {"not to another tenant", "other", "GET", all, {}, "", 404}});
  const std::string added = all + "/" + hash_in(stage, audit, "iec62443-3-3-2013");
  const Answer text = stage.run({"its questions", "auditee", "GET", added, {}, "", 200, {"SR5.1-RE1"}});
  CHECK(added.ends_with(sha256_hex(text.body)));
  stage.run(
      {{"taken away by the auditee", "auditee", "DELETE", added, version, "", 403},
       {"by a client of the body", "bottler", "DELETE", added, {"If-Match: \"v1\""}, "", 404},
       {"the own one",
        "lead",
        "DELETE",
        all + "/" + hash_in(stage, audit, "iso27001-2022"),
        version,
        "",
        404,
        {"no further catalogue"}},
       {"by who leads the audit", "lead", "DELETE", added, version, "", 204, {}, {}, {"audit.catalogue_removed"}},
       {"the own one stays", "lead", "GET", all, {}, "", 200, {"iso27001-2022"}, {"iec62443"}},
       {"a question of it", "lead", "POST", audit + "/items", version, plan({planned("SR5.1-q1", "whole")}), 422}});
}

TEST_CASE("questions of two standards are planned for the whole and for a zone") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  seat_people(stage);
  const std::string audit = "/api/v1/" + audit_of_both(stage, "two_plans"), items = audit + "/items";
  Json own_zone = planned("SR5.2-q1", "zone:filling");
  own_zone["auditor"] = "{zone_keeper}";
  const std::string further = audit + "/catalogues/" + hash_in(stage, audit, "iec62443-3-3-2013");
  stage.run({{"a question of neither",
              "lead",
              "POST",
              items,
              version,
              plan({planned("A.99-q1", "whole")}),
              422,
              {"/items/0/question", "in no catalogue"}},
             {"of the other catalogue",
              "lead",
              "POST",
              items,
              version,
              plan({planned("SR5.2-q1", "whole"), planned("4.2-q1", "whole", "iec62443-3-3-2013")}),
              422,
              {"/items/1/question", "not in this catalogue"}},
             {"of a catalogue that is not chosen",
              "lead",
              "POST",
              items,
              version,
              plan({planned("SR5.2-q1", "whole", "iec62443-4-2")}),
              422,
              {"/items/0/catalogue"}},
             {"of the own zone",
              "lead",
              "POST",
              items,
              version,
              plan({own_zone}),
              409,
              {"SR5.2 (zone:filling) is audited by somebody who answers for it."}},
             {"in German",
              "lead",
              "POST",
              items,
              {"If-Match: {etag}", "Accept-Language: de"},
              plan({own_zone}),
              409,
              {"SR5.2 (zone:filling) wird von einer Person geprüft"}},
             {"listed",
              "auditee",
              "GET",
              items,
              {},
              "",
              200,
              {"\"catalogue\":\"iso27001-2022\"", "\"catalogue\":\"iec62443-3-3-2013\"", "\"subject\":\"zone:filling\"",
               "\"unanswered\":6"}},
             {"a catalogue with planned items is taken away",
              "lead",
              "DELETE",
              further,
              version,
              "",
              409,
              {"take them out of the plan first"}}});
  for (const Json& item : stage.list("lead", items)) {
    if (!item.at("item").get<std::string>().starts_with("SR")) continue;
    stage.must("lead", "DELETE", items + "/" + item.at("id").get<std::string>(), "", version);
  }
  stage.run({{"once they are out of the plan",
              "lead",
              "DELETE",
              further,
              version,
              "",
              204,
              {},
              {},
              {"audit.catalogue_removed"}},
             {"items of the other stay", "lead", "GET", items, {}, "", 200, {"\"unanswered\":2"}, {"SR5.1"}}});
}

TEST_CASE("questions of two standards are answered, and one report shows both") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const OwnProgramme own(stage);
  const std::string audit = audit_of_both(stage, "two_standards"), path = "/api/v1/" + audit;
  take_along(stage, audit, "team_confirmed", "fieldwork");
  const std::string failed = item_of(stage, audit, "SR5.1-RE1", "zone:filling");
  stage.events_since();
  stage.run({{"no reason why it does not apply",
              "auditor",
              "PUT",
              item_of(stage, audit, "SR1.7-q1", "zone:filling"),
              version,
              R"({"result":"not_applicable"})",
              422,
              {"/reason"}},
             {"by the auditee", "auditee", "PUT", failed, version, R"({"result":"conforms"})", 403},
             {"of the zone",
              "auditor",
              "PUT",
              failed,
              version,
              R"({"result":"does_not_conform","notes":"Office and filling share a switch."})",
              200,
              {"\"subject\":\"zone:filling\""},
              {},
              {"audit.item_answered"}},
             {"of the whole",
              "auditor",
              "PUT",
              item_of(stage, audit, "A.8.22-q1", "whole"),
              version,
              R"({"result":"conforms","notes":"Networks are drawn and separated."})",
              200,
              {},
              {},
              {"audit.item_answered"}}});
  take_along(stage, audit, "fieldwork", "report_draft");
  for (const std::string language : {"en", "de"}) {
    const Json body{{"plugin", "org.assay.report-html"}, {"format", "html"}, {"language", language}};
    const Json report = stage.must("lead", "POST", path + "/reports", body.dump());
    stage.run({"the report in " + language,
               "auditee",
               "GET",
               report.at("file").at("href"),
               {},
               "",
               200,
               {"Checklist for ISO/IEC 27001:2022", "Checklist for IEC 62443-3-3:2013", "A.8.22", "SR 5.1",
                "zone:filling", "Office and filling share a switch.", "Networks are drawn and separated.",
                "org.assay.iso27001", "org.assay.iec62443"}});
  }
  stage.run({"coverage is by clause of both",
             "manager",
             "GET",
             "/api/v1/" + own.path() + "/coverage?limit=200",
             {},
             "",
             200,
             {"\"A.8.22\"", "\"SR5.1\"", "IEC 62443"}});
}

}  // namespace
}  // namespace assay::test::combined_audit_test
