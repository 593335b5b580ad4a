// Whom one audit engages no other one plans at that time, and what is taken as evidence is what the plan lets.
#include "domain/time.h"
#include "ledger/digest.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::engagements_test {
namespace {

const std::string german = "Accept-Language: de";

/// A plan with one session of lead, so many minutes after the beginning of a time that nobody has.
Json plan_from(const Stage& stage, const Json& free, int after, int minutes) {
  const Instant starts = *parse_instant(free.at("starts").get<std::string>()) + std::chrono::minutes(after);
  return {{"sessions", Json::array({{{"auditor", stage.names.at("lead")},
                                     {"topics", "All"},
                                     {"starts", to_text(starts)},
                                     {"ends", to_text(starts + std::chrono::minutes(minutes))},
                                     {"zone", "Europe/Berlin"},
                                     {"mode", "on_site"}}})}};
}

/// An audit whose plan is issued anew with each row: in plan_issued.
std::string planned(Stage& stage, const std::string& name) { return "/api/v1/" + audit_in(stage, name, "plan_issued"); }

std::string revised(Json plan) {
  plan["reason"] = "As agreed.";
  return plan.dump();
}

TEST_CASE("an auditor is in one audit at a time") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string one = planned(stage, "engaging"), other = planned(stage, "clashing");
  const Json free = free_time();
  const Json first = plan_from(stage, free, 0, 10), overlapping = plan_from(stage, free, 5, 10),
             next = plan_from(stage, free, 10, 5);
  const auto time = [](const Json& plan, const char* which) {
    return plan.at("sessions").at(0).at(which).get<std::string>();
  };
  const std::string elsewhere = time(first, "starts") + " – " + time(first, "ends");
  const std::string revise = "/commands/revise_plan";
  stage.run({{"one audit engages lead",
              "lead",
              "POST",
              one + revise,
              {"If-Match: {etag}"},
              revised(first),
              200,
              {},
              {},
              {"audit.plan_revised"}},
             {"another may not at that time",
              "lead",
              "POST",
              other + revise,
              {"If-Match: {etag}"},
              revised(overlapping),
              409,
              {"\"code\":\"engaged\"", "The auditor of session 1 (" + time(overlapping, "starts") +
                                           ") has a session elsewhere at that time (" + elsewhere + ")."},
              {"{engaging}", "Audit engaging"}},
             {"nor in German",
              "lead",
              "POST",
              other + revise,
              {"If-Match: {etag}", german},
              revised(overlapping),
              409,
              {"Wer den Termin 1 (" + time(overlapping, "starts") +
               ") wahrnehmen soll, hat zu dieser Zeit anderswo "
               "einen Termin (" +
               elsewhere + ")."},
              {"{engaging}", "Audit engaging"}},
             {"it may when that session is over",
              "lead",
              "POST",
              other + revise,
              {"If-Match: {etag}"},
              revised(next),
              200,
              {},
              {},
              {"audit.plan_revised"}},
             {"the first one is cancelled",
              "manager",
              "POST",
              one + "/commands/cancel",
              {"If-Match: {etag}"},
              R"({"reason":"Not needed."})",
              200,
              {},
              {},
              {"audit.cancelled"}},
             {"which frees the time",
              "lead",
              "POST",
              other + revise,
              {"If-Match: {etag}"},
              revised(overlapping),
              200,
              {},
              {},
              {"audit.plan_revised"}}});
}

int files_named(const Stage& stage, const std::string& sha256) {
  int count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(stage.data()))
    count += entry.is_regular_file() && entry.path().string().find(sha256.substr(4)) != std::string::npos;
  return count;
}

TEST_CASE("photographs are refused, and files kept with consent, as the plan says") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string audit = "/api/v1/" + audit_in(stage, "limited", "fieldwork");
  const std::string files = audit + "/evidence/files?name=hall.bin", picture = "pixels of hall 3 on " + engine;
  stage.run(
      {{"limits are agreed",
        "lead",
        "POST",
        audit + "/commands/revise_plan",
        {"If-Match: {etag}"},
        R"({"reason":"As agreed.","evidence_not_taken":["photograph"],"consent_needed_for":["file"]})",
        200,
        {"\"evidence_not_taken\":[\"photograph\"]"},
        {},
        {"audit.plan_revised"}},
       {"a photograph is refused",
        "auditor",
        "POST",
        files,
        {"Content-Type: image/png"},
        picture,
        409,
        {"\"code\":\"excluded\"", "rules this out, under \\\"Not taken as evidence\\\": Photographs and recordings."}},
       {"and in German",
        "auditor",
        "POST",
        files,
        {"Content-Type: image/png", german},
        picture,
        409,
        {"schließt das aus, unter „Als Nachweis ausgeschlossen“: Fotos und Aufnahmen."}},
       {"also what is said to be one",
        "auditor",
        "POST",
        files + "&photograph=true&consent=Petra",
        {"Content-Type: application/pdf"},
        picture,
        409,
        {"\"code\":\"excluded\""},
        {"\"code\":\"needs\""}},
       {"which is true or false",
        "auditor",
        "POST",
        files + "&photograph=yes",
        {"Content-Type: application/pdf"},
        picture,
        400,
        {"?photograph", "must be true or false"}},
       {"a file without consent is refused",
        "auditor",
        "POST",
        files,
        {"Content-Type: application/pdf"},
        picture,
        409,
        {"\"code\":\"needs\"", "\\\"Consent to its being taken\\\" is missing: Audit "}},
       {"and in German, too",
        "auditor",
        "POST",
        files,
        {"Content-Type: application/pdf", german},
        picture,
        409,
        {"„Einwilligung in die Aufnahme“ fehlt: Audit ", "unter „Als Nachweis nur mit Einwilligung“: Dateien."}}});
  CHECK(files_named(stage, sha256_hex(picture)) == 0);
  stage.run({{"with consent it is kept",
              "auditor",
              "POST",
              files + "&consent=Petra%20Sommer%2C%20orally",
              {"Content-Type: application/pdf"},
              picture,
              201,
              {"\"consent\":\"Petra Sommer, orally\""},
              {"\"photograph\""},
              {"audit.evidence_attached"},
              "consented"},
             {"which the evidence tells",
              "auditee",
              "GET",
              audit + "/evidence/{consented}",
              {},
              "",
              200,
              {"\"consent\":\"Petra Sommer, orally\""}},
             {"and the event", "lead", "GET", audit + "/events?full=true", {}, "", 200, {"Petra Sommer, orally"}},
             {"an interview may tell it",
              "auditor",
              "POST",
              audit + "/evidence",
              {},
              R"({"kind":"interview","title":"Talk","description":"Said so.","role":"Clerk","consent":"Leon, orally"})",
              201,
              {"\"consent\":\"Leon, orally\""},
              {},
              {"audit.evidence_attached"}},
             {"but not with nothing",
              "auditor",
              "POST",
              audit + "/evidence",
              {},
              R"({"kind":"interview","title":"Talk","description":"Said so.","role":"Clerk","consent":""})",
              422,
              {"/consent", "must have 1 to 500 bytes"}}});
}

}  // namespace
}  // namespace assay::test::engagements_test
