// Disposals over HTTP: what has ended and until when it is kept, what stands in the way, and who is asked.
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::disposal_test {
namespace {

const std::vector<std::string> if_match = {"If-Match: {etag}"};

TEST_CASE("nothing is disposed of before its time, nor while it is held, nor by who has no say") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  stage.join("keeper", "Kim Keeper", {"data_protection_officer"});
  const std::string review =
      "/api/v1/" + made(stage, "old_review", "manager", "management-reviews", review_input("Past its time"));
  const std::string view = "/api/v1/views/ended_records?type=management-review";
  const std::string disposal =
      R"({"subject":"Old reviews","grounds":"Nobody needs them","management_reviews":["{old_review}"]})";
  const std::string propose = "/api/v1/disposals?command=propose_organisation";
  const auto kept_until = [&] {
    const Json page = stage.must("manager", "GET", view);
    for (const Json& row : page.at("items"))
      if (row.at("id") == stage.names.at("old_review")) return row.at("cells").at("kept_until").dump();
    return std::string("not listed");
  };
  CHECK(kept_until() == "not listed");
  stage.run({{"by an auditor", "lead", "POST", propose, {}, disposal, 403},
             {"of nothing that is there",
              "manager",
              "POST",
              propose,
              {},
              R"({"subject":"x","grounds":"x","management_reviews":["01900000-0000-7000-8000-000000000000"]})",
              422,
              {"/management_reviews"}},
             {"by another tenant", "other", "POST", propose, {}, disposal, 422, {"/management_reviews"}},
             {"proposed",
              "manager",
              "POST",
              propose,
              {},
              disposal,
              201,
              {"\"proposed\""},
              {},
              {"disposal.proposed_for_organisation"},
              "disposal"}});
  const std::string carry_out = "/api/v1/disposals/{disposal}/commands/carry_out_organisation";
  const std::string done = R"({"elsewhere":"Two binders"})";
  stage.run(
      {{"it goes on", "manager", "POST", carry_out, if_match, done, 409, {"\"disposable\"", "has not come to its end"}},
       {"in German",
        "manager",
        "POST",
        carry_out,
        {if_match[0], "Accept-Language: de"},
        done,
        409,
        {"ist nicht abgeschlossen"}},
       {"for another tenant", "other", "GET", "/api/v1/disposals/{disposal}", {}, "", 404}});
  stage.must("manager", "POST", review + "/commands/cancel", R"({"reason":"Never held"})", if_match);
  const Json waiting = stage.must("top", "GET", review + "/proposals");
  const std::string proposal = waiting.at("proposals").at(0).at("id");
  stage.must("top", "POST", review + "/proposals/" + proposal + "/confirm", "", if_match);
  stage.events_since();
  // A day that no year has three years on is the last of its month.
  const std::string today = day(), until = std::to_string(std::stoi(today.substr(0, 4)) + 3) + today.substr(4);
  CHECK(kept_until().substr(0, 8) == "\"" + until.substr(0, 7));
  stage.run({{"too early", "manager", "POST", carry_out, if_match, done, 409, {"is to be kept until"}},
             {"held",
              "keeper",
              "POST",
              "/api/v1/legal-holds",
              {},
              R"({"matter":"A v. B","ordered_by":"Court","grounds":"Evidence","since":")" + day() +
                  R"(","covers":"The review","review_on":")" + day(90) + R"(","management_reviews":["{old_review}"]})",
              201,
              {},
              {},
              {"legal-hold.placed"},
              "hold"},
             {"a hold shows at what it holds",
              "top",
              "GET",
              "/api/v1/legal-holds/{hold}/links",
              {},
              "",
              200,
              {"{old_review}"}},
             {"withdrawn",
              "manager",
              "POST",
              "/api/v1/disposals/{disposal}/commands/withdraw_organisation",
              if_match,
              R"({"reason":"Needed after all"})",
              200,
              {"\"withdrawn\""},
              {},
              {"disposal.withdrawn_for_organisation"}},
             {"the register", "manager", "GET", "/api/v1/views/disposals", {}, "", 200, {"Old reviews"}},
             {"and theirs", "other", "GET", "/api/v1/views/disposals", {}, "", 200, {}, {"Old reviews"}}});
}

}  // namespace
}  // namespace assay::test::disposal_test
