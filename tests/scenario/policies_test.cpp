// Policies over the API: as they are published for everybody, and as they hold for the record that may set them.
#include "scenario/portfolio.h"
#include "scenario/stage.h"
#include "scenario/story.h"
#include "shipped_workflows.h"

namespace assay::test::policies_test {
namespace {

/// What the form of a command that sets policies says of them: NAME -> what holds and what may be set.
struct Form {
  Json policies = Json::object();
  std::string name_in, value_in;  // the fields of the input
};

Form form_of(Stage& stage, const std::string& who, const std::string& record, const std::string& command,
             const char* language = "en") {
  const Json offer = stage
                         .must(who, "GET", "/api/v1/" + record + "/commands?command=" + command, "",
                               {std::string("Accept-Language: ") + language})
                         .at("commands")
                         .at(0);
  for (const auto& [name, field] : offer.at("input").at("properties").items()) {
    if (!field.contains("x-policies")) continue;
    for (const auto& [policy, told] : field.at("x-policies").items()) CHECK(field.at("x-labels").contains(policy));
    CHECK(field.at("x-policies").size() == field.at("enum").size());
    return {field.at("x-policies"), name, field.at("x-policy-value")};
  }
  return {};
}

/// Sets all that the practice of that name has a value for, as a form would that offers it by name.
void follow(Stage& stage, const std::string& record, const std::string& command, const std::string& practice) {
  const Form form = form_of(stage, "planner", record, command);
  const std::string path = "/api/v1/" + record;
  for (const auto& [policy, told] : form.policies.items()) {
    if (!told.at("presets").contains(practice)) continue;
    INFO(policy);
    stage.act("planner", record, command,
              {{form.name_in, policy}, {form.value_in, told.at("presets").at(practice)}, {"policy_reason", practice}});
    const std::string proposal = stage.must("approver", "GET", path + "/proposals").at("proposals").at(0).at("id");
    stage.must("approver", "POST", path + "/proposals/" + proposal + "/confirm", "",
               {"If-Match: " + stage.etag(path, "approver")});
  }
}

TEST_CASE("every policy is told as it is published, to everybody") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  std::map<std::string, Json> told;
  for (std::string path = "/api/v1/policies?limit=50", next; !path.empty(); path = next) {
    const Json page = stage.must("nobody", "GET", path);
    for (const Json& one : page.at("items")) told[one.at("name")] = one;
    next = page.at("next").is_null() ? "" : "/api/v1/policies?limit=50&cursor=" + page.at("next").get<std::string>();
  }
  CHECK(told.size() == shipped_workflows()->policies.size());
  for (const auto& [name, policy] : told) {
    INFO(name);
    for (const char* member : {"label", "unit", "source", "edition"})
      CHECK_FALSE(policy.at(member).get<std::string>().empty());
    for (const char* who : {"nobody", "other"}) CHECK(stage.must(who, "GET", policy.at("href")) == policy);
  }
  struct Preset {
    const char *practice, *policy;
    Json value;
  };
  for (const Preset& row : std::vector<Preset>{{"30/90", "client_response_major", 30},
                                               {"30/90", "client_response_minor", 30},
                                               {"30/90", "client_major_verification", 90},
                                               {"90-evidence", "client_response_major", 90},
                                               {"90-evidence", "client_response_minor", 90},
                                               {"10/21", "client_response_major", 10},
                                               {"10/21", "client_response_minor", 21},
                                               {"10/21", "client_response_days", "working_days"},
                                               {"7-day-plan", "client_response_major", 7},
                                               {"7-day-plan", "client_response_minor", 7},
                                               {"all-closed", "client_minors", "closed"},
                                               {"all-closed", "client_minor_verification", 3},
                                               {"show-cause", "show_cause", 14},
                                               {"show-cause", "client_major_verification", 182},
                                               {"30/90", "response_due", 30}}) {
    INFO(row.practice << " " << row.policy);
    CHECK(told.at(row.policy).at("presets").at(row.practice) == row.value);
  }
  const Json& response = told.at("client_response_major");
  CHECK(response.at("value") == 30);
  CHECK(response.at("unit") == "calendar_days");
  CHECK(response.at("unit_by") == "client_response_days");
  CHECK(response.at("between") == Json({5, 90}));
  CHECK(response.at("options") == Json::object());
  CHECK(response.at("set_by") == Json::array({"certification-programme"}));
  CHECK(told.at("escalation").at("set_by") == Json({"audit-programme", "certification-programme"}));
  CHECK(told.at("response_days").at("options").at("working_days") == "Working days");
  CHECK(told.at("response_days").at("between").is_null());
  const Json& review = told.at("application_review");
  CHECK(review.at("set_by") == Json::array());
  CHECK(review.at("between").is_null());
  CHECK(review.at("unit_by").is_null());
  stage.run({{"no such policy", "nobody", "GET", "/api/v1/policies/luck", {}, "", 404},
             {"nobody is signed in", "", "GET", "/api/v1/policies", {}, "", 401},
             {"nor here", "", "GET", "/api/v1/policies/show_cause", {}, "", 401}});
}

TEST_CASE("policies are called in the language of who asks, and so is why one is not set") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const auto in_german = [&](const std::string& name) {
    return stage.must("nobody", "GET", "/api/v1/policies/" + name, "", {"Accept-Language: de"});
  };
  const Json response = in_german("client_response_major");
  CHECK(response.at("label") == "Stellungnahme zu einer wesentlichen Nichtkonformität");
  CHECK(response.at("source") ==
        "Praxis der Zertifizierungsstellen; ISO/IEC 17021-1 9.4.9 überlässt die Zeit der Stelle");
  CHECK(response.at("presets").at("7-day-plan") == 7);
  CHECK(response.at("preset_labels").at("7-day-plan") == "Plan in 7 Tagen");
  CHECK(in_german("response_days").at("options").at("working_days") == "Arbeitstage");
  for (const Json& one : stage.list("nobody", "/api/v1/policies?limit=200&lang=de"))
    CHECK(one.at("label") == in_german(one.at("name").get<std::string>()).at("label"));

  OwnProgramme programme(stage);
  const std::string path = "/api/v1/" + programme.path() + "/commands/set_policy";
  const std::string body = R"({"policy":"response_due","policy_value":1,"policy_reason":"Quick."})";
  const std::vector<std::string> version{"If-Match: " + stage.etag("/api/v1/" + programme.path(), "manager")};
  const auto and_language = [&](const char* language) {
    return std::vector{version[0], std::string("Accept-Language: ") + language, std::string("Idempotency-Key: low")};
  };
  for (int again = 0; again < 2; ++again) {
    stage.run({{"in German",
                "manager",
                "POST",
                path,
                and_language("de"),
                body,
                422,
                {"„Stellungnahme zu einer Nichtkonformität“ darf auf 5 bis 120 Kalendertage festgelegt werden"}},
               {"in English",
                "manager",
                "POST",
                path,
                and_language("en"),
                body,
                422,
                {"Response to a nonconformity may be set from 5 to 120 calendar days"}}});
  }
}

TEST_CASE("who may set a policy is told what holds, and others what is published") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  OwnProgramme programme(stage);
  const Form before = form_of(stage, "manager", programme.path(), "set_policy");
  CHECK(before.name_in == "policy");
  CHECK(before.value_in == "policy_value");
  CHECK(before.policies.at("response_due") ==
        Json{{"value", 30},
             {"published", 30},
             {"unit", "calendar_days"},
             {"between", {5, 120}},
             {"presets", {{"30/90", 30}, {"90-evidence", 90}, {"7-day-plan", 7}}}});
  programme.choose("response_days", "working_days");
  programme.set("response_due", 21);
  for (const char* language : {"en", "de"}) {
    const Json set = form_of(stage, "manager", programme.path(), "set_policy", language).policies;
    CHECK(set.at("response_due").at("value") == 21);
    CHECK(set.at("response_due").at("published") == 30);
    CHECK(set.at("response_due").at("unit") == "working_days");
    CHECK(set.at("report_due").at("value") == 14);
    const Json chosen = form_of(stage, "manager", programme.path(), "choose_policy", language).policies;
    CHECK(chosen.at("response_days") == Json{{"value", "working_days"},
                                             {"published", "calendar_days"},
                                             {"unit", "choice"},
                                             {"options", {"calendar_days", "working_days"}},
                                             {"presets", Json::object()}});
  }
  CHECK(form_of(stage, "top", programme.path(), "set_policy").policies.empty());  // confirms, and sets nothing
  for (const char* who : {"manager", "other"})
    CHECK(stage.must(who, "GET", "/api/v1/policies/response_due").at("value") == 30);
  stage.run({"what the other organisation has set",
             "other",
             "GET",
             "/api/v1/" + programme.path() + "/commands?command=set_policy",
             {},
             "",
             404});
  OwnProgramme another(stage);
  CHECK(form_of(stage, "manager", another.path(), "set_policy").policies == before.policies);
}

TEST_CASE("a programme follows a practice by its name") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_the_body(stage);
  move_in(stage, {"practised", "Hafen West", "971", "Carla West"});
  const std::string record = "certification-programmes/" + stage.names.at("practised_programme");
  for (const char* command : {"choose_policy", "set_policy"}) follow(stage, record, command, "10/21");
  const Json set = form_of(stage, "planner", record, "set_policy").policies;
  CHECK(set.at("client_response_major").at("value") == 10);
  CHECK(set.at("client_response_minor").at("value") == 21);
  CHECK(set.at("client_response_minor").at("unit") == "working_days");
  CHECK(set.at("client_major_verification").at("value") == 90);
  CHECK(form_of(stage, "planner", record, "choose_policy").policies.at("client_response_days").at("value") ==
        "working_days");
}

}  // namespace
}  // namespace assay::test::policies_test
