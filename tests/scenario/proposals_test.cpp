// Two pairs of eyes: a command that waits for a second person.
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test {
namespace {

const std::vector<std::string> version = {"If-Match: {etag}"};

std::string waiting(Stage& stage, const std::string& finding) {
  return stage.must("top", "GET", finding + "/proposals").at("proposals").at(0).at("id");
}

TEST_CASE("a command for two waits, and takes effect when another person confirms it") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string finding = "/api/v1/" + issued_nonconformity(stage, "lowered", "audits/" + stage.names.at("audit"));
  const std::string ask = R"({"reason":"One system only.","regrade_evidence":"Logs of the others."})";
  stage.run({{"offered as such", "lead", "GET", finding + "/commands", {}, "", 200, {"\"needs_second\":true"}},
             {"incomplete",
              "lead",
              "POST",
              finding + "/commands/lower_grade",
              version,
              "{}",
              422,
              {"/reason", "/regrade_evidence"}},
             {"by who may not", "owner", "POST", finding + "/commands/lower_grade", version, ask, 403},
             {"proposed",
              "manager",
              "POST",
              finding + "/commands/lower_grade",
              version,
              ask,
              202,
              {"\"grade\":\"major\"", "ETag: \"v3\""},
              {},
              {"nonconformity.proposed"}}});
  const std::string path = finding + "/proposals/" + waiting(stage, finding);
  stage.run({{"told of",
              "lead",
              "GET",
              finding + "/proposals",
              {},
              "",
              200,
              {"lower_grade", "One system only.", "{manager}"}},
             {"not by who proposed it", "manager", "POST", path + "/confirm", version, "", 403, {"another person"}},
             {"nor declined by anybody", "owner", "POST", path + "/decline", version, "{}", 403},
             {"not by who may not", "auditor", "POST", path + "/confirm", version, "", 403},
             {"no such proposal", "top", "POST", finding + "/proposals/01890a5d-ac96-774b-bcce-b302099a8099/confirm",
              version, "", 404},
             {"confirmed",
              "top",
              "POST",
              path + "/confirm",
              {version[0], "Idempotency-Key: confirm-" + engine},
              "",
              200,
              {"\"grade\":\"minor\""},
              {},
              {"nonconformity.grade_lowered"}},
             {"once", "top", "POST", path + "/confirm", version, "", 404},
             {"both are known",
              "lead",
              "GET",
              finding + "/events?type=nonconformity.grade_lowered",
              {},
              "",
              200,
              {"\"actor\":\"{manager}\"", "\"second\":\"{top}\""}},
             {"none is left", "lead", "GET", finding + "/proposals", {}, "", 200, {"\"proposals\":[]"}}});
}

TEST_CASE("a proposal is declined or withdrawn with a word, and is decided anew when it is confirmed") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string finding = "/api/v1/" + issued_nonconformity(stage, "declined", "audits/" + stage.names.at("audit"));
  const std::string ask = R"({"reason":"One system only.","regrade_evidence":"Logs."})",
                    command = finding + "/commands/lower_grade";
  stage.run({"proposed", "lead", "POST", command, version, ask, 202, {}, {}, {"nonconformity.proposed"}});
  stage.run({"declined",
             "top",
             "POST",
             finding + "/proposals/" + waiting(stage, finding) + "/decline",
             version,
             R"({"comment":"It is major."})",
             200,
             {"\"grade\":\"major\""},
             {},
             {"nonconformity.proposal_declined"}});
  stage.run({"proposed again", "lead", "POST", command, version, ask, 202, {}, {}, {"nonconformity.proposed"}});
  stage.run({"withdrawn by who proposed it",
             "lead",
             "POST",
             finding + "/proposals/" + waiting(stage, finding) + "/decline",
             version,
             "{}",
             200,
             {},
             {},
             {"nonconformity.proposal_declined"}});
  stage.run({"and once more", "lead", "POST", command, version, ask, 202, {}, {}, {"nonconformity.proposed"}});
  const std::string path = finding + "/proposals/" + waiting(stage, finding) + "/confirm";
  stage.act("auditee", finding.substr(8), "dispute", {{"dispute", "Not so."}});
  stage.run({{"the world has moved", "top", "POST", path, {"If-Match: \"v3\""}, "", 412},
             {"still possible",
              "top",
              "POST",
              path,
              version,
              "",
              200,
              {"\"grade\":\"minor\""},
              {},
              {"nonconformity.grade_lowered"}}});
}

}  // namespace
}  // namespace assay::test
