// Inside one organisation: everybody sees what their role reads, and what lies below their seats.
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::visibility_test {
namespace {

struct Sight {
  std::string who;
  std::set<std::string> sees;
};

const std::pair<const char*, const char*> records[] = {
    {"programme", "audit-programmes"}, {"audit", "audits"},
    {"second_audit", "audits"},        {"nonconformity", "nonconformities"},
    {"action", "corrective-actions"},  {"opportunity", "opportunities"},
    {"observation", "observations"},   {"review", "management-reviews"}};

TEST_CASE("who sees which record, by every way to it") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::set<std::string> all = {"programme", "audit",       "second_audit", "nonconformity",
                                     "action",    "opportunity", "observation",  "review"};
  std::set<std::string> audits = all;
  audits.erase("review");
  const Sight table[] = {
      {"admin", all},
      {"manager", all},
      {"top", all},
      {"lead", audits},
      {"auditor", {"audit", "nonconformity", "action", "opportunity", "observation"}},
      {"colleague", {"second_audit"}},
      {"auditee", {"audit", "second_audit", "nonconformity", "action", "opportunity", "observation"}},
      {"owner", {"nonconformity", "action"}},
      {"nobody", {}},
  };
  for (const Sight& sight : table) {
    const std::string feed = stage.ask(sight.who, "GET", "/api/v1/events?limit=200").body;
    for (const auto& [name, plural] : records) {
      INFO(sight.who << " and " << name);
      const bool sees = sight.sees.contains(name);
      const int status = sees ? 200 : 404;
      const std::string path = "/api/v1/" + std::string(plural) + "/{" + name + "}";
      CHECK(stage.ask(sight.who, "GET", path).status == status);
      for (const char* part : {"/commands", "/links", "/events", "/proposals", "/evidence"})
        CHECK(stage.ask(sight.who, "GET", path + part).status == status);
      CHECK(stage.ask(sight.who, "POST", path + "/commands/revise", "{}", {"If-Match: \"v0\""}).status ==
            (sees ? 412 : 404));
      const std::string list = stage.ask(sight.who, "GET", "/api/v1/" + std::string(plural) + "?limit=200").body;
      const std::string id = stage.names.at(name);
      CHECK((list.find(id) != std::string::npos) == sees);
      if (!sees) CHECK(feed.find(id) == std::string::npos);
    }
  }
}

TEST_CASE("links and filters tell nothing of what one does not see") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  stage.run({{"the parent above one's seat",
              "owner",
              "GET",
              "/api/v1/nonconformities/{nonconformity}/links",
              {},
              "",
              200,
              {"{action}"},
              {"{audit}"}},
             {"in the record", "owner", "GET", "/api/v1/nonconformities/{nonconformity}", {}, "", 200, {}, {"{audit}"}},
             {"in its events",
              "owner",
              "GET",
              "/api/v1/nonconformities/{nonconformity}/events",
              {},
              "",
              200,
              {"nonconformity.issued"},
              {"{audit}"}},
             {"in its full events",
              "owner",
              "GET",
              "/api/v1/nonconformities/{nonconformity}/events?full=true",
              {},
              "",
              200,
              {"nonconformity.issued"},
              {"{audit}"}},
             {"the lead sees it",
              "lead",
              "GET",
              "/api/v1/nonconformities/{nonconformity}/links",
              {},
              "",
              200,
              {"{audit}", "{action}"}},
             {"people are known by name",
              "nobody",
              "GET",
              "/api/v1/people?limit=200",
              {},
              "",
              200,
              {"Anna"},
              {"jonas@", "process:IT"}},
             {"administration is not for all", "nobody", "GET", "/api/v1/webhooks", {}, "", 403},
             {"nor its events", "manager", "GET", "/api/v1/events?type=person.*", {}, "", 200, {"\"items\":[]"}}});
}

TEST_CASE("a seat that is given or taken counts at once") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string audit = audit_in(stage, "swapped", "fieldwork");
  issued_nonconformity(stage, "swapped_finding", audit);
  const std::string below = "/api/v1/nonconformities/{swapped_finding}";
  stage.run({{"the auditor sees below", "auditor", "GET", below},
             {"the colleague does not", "colleague", "GET", below, {}, "", 404}});
  stage.act("manager", audit, "replace_auditor", {{"reason", "Ill."}, {"auditor", {stage.names.at("colleague")}}});
  stage.run({{"not any more", "auditor", "GET", below, {}, "", 404},
             {"nor the audit", "auditor", "GET", "/api/v1/" + audit, {}, "", 404},
             {"but the other one", "auditor", "GET", "/api/v1/audits/{audit}"},
             {"now", "colleague", "GET", below},
             {"and the audit", "colleague", "GET", "/api/v1/" + audit}});
}

TEST_CASE("anybody may report something, and sees what became of it") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string body = R"({"title":"Door open","source":"own_observation","finding":"The archive was open."})";
  stage.run({{"reports",
              "nobody",
              "POST",
              "/api/v1/nonconformities?command=report",
              {},
              body,
              201,
              {"\"state\":\"reported\""},
              {},
              {"nonconformity.reported"},
              "reported"},
             {"sees it", "nobody", "GET", "/api/v1/nonconformities/{reported}"},
             {"others do not", "owner", "GET", "/api/v1/nonconformities/{reported}", {}, "", 404},
             {"cannot accept it",
              "nobody",
              "POST",
              "/api/v1/nonconformities/{reported}/commands/accept_report",
              {"If-Match: {etag}"},
              "{}",
              403},
             {"adds evidence",
              "nobody",
              "POST",
              "/api/v1/nonconformities/{reported}/evidence",
              {},
              R"({"kind":"observation","place":"Hall 2","title":"Photo","description":"At noon."})",
              201,
              {},
              {},
              {"nonconformity.evidence_attached"}}});
}

}  // namespace
}  // namespace assay::test::visibility_test
