// Calculations over HTTP: results with their derivation for whoever is signed in, problems that name the field, and
// nothing stored.
#include "domain/calculation_schemas.h"
#include "domain/schema.h"
#include "scenario/stage.h"

namespace assay::test {
namespace {

const std::string base = "/api/v1/calculations/";
const std::string time_input =
    R"({"audit":"initial","persons":104,"adjustment":0,
        "identical_work":[{"activity":"packing","persons":49,"justification":"One procedure, no data."}],
        "factors":{"sector":2,"processes":2,"maturity":2,"infrastructure":2,"outsourcing":2,"development":2}})";

Json changed(const std::string& text, const std::string& pointer, Json value) {
  Json json = Json::parse(text);
  json[Json::json_pointer(pointer)] = std::move(value);
  return json;
}

TEST_CASE("each calculation answers with result and derivation, and stores nothing") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  stage.events_since();
  const Json time = stage.must("auditor", "POST", base + "audit-time", time_input);
  CHECK(time.at("persons_counted") == 62);
  CHECK(time.at("days") == 10);
  CHECK(time.at("on_site_days_at_least") == 7);
  CHECK(time.at("stage_1_days") == 2.5);
  CHECK(time.at("derivation").size() >= 7);
  for (const Json& step : time.at("derivation")) {
    for (const char* member : {"rule", "policy", "source", "edition", "value", "result"})
      CHECK_FALSE(step.at(member).get<std::string>().empty());
  }
  const std::string sites = R"({"audit":"surveillance","central_function":"Hamburg","seed":2026,"groups":[
      {"name":"shops","sites":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d","eligible":false}]}]})";
  const Json sample = stage.must("auditor", "POST", base + "site-sampling", sites);
  CHECK(sample.at("central_function") == "Hamburg");
  CHECK(sample.at("groups").at(0).at("size") == 2);
  CHECK(sample.at("groups").at(0).at("random").size() == 1);
  CHECK(sample == stage.must("auditor", "POST", base + "site-sampling", sites));
  const Json integrated = stage.must("auditor", "POST", base + "integrated-time",
                                     R"({"single_times":[{"standard":"ISO/IEC 27001","days":10,"adjustment":-30}],
                                         "reduction":20,"reason":"One system."})");
  CHECK(integrated.at("total_reduction") == 44);
  const Json dates = stage.must("auditor", "POST", base + "certificate-dates",
                                R"({"step":"renew","decision":"2029-05-01","old_expiry":"2029-07-01"})");
  CHECK(dates.at("expiry") == "2032-07-01");
  const Json due =
      stage.must("auditor", "POST", base + "due-day",
                 R"({"from":"2026-04-02","policy":"objection_period","holidays":["2026-04-03","2026-04-06"]})");
  CHECK(due.at("due") == "2026-04-09");
  CHECK(due.at("holidays_passed_over") == Json({"2026-04-03", "2026-04-06"}));
  const Json levels = stage.must("auditor", "POST", base + "security-levels",
                                 R"({"requirements":"iec62443_3_3","target":{"tre":2},
                                     "answers":[{"requirement":"SR 6.1","result":"met"}]})",
                                 {"Accept-Language: de"});
  CHECK(levels.at("achieved").at("tre") == 1);
  CHECK(levels.at("reached") == false);
  CHECK(levels.at("gaps").at("tre") == Json({"SR 6.2"}));
  CHECK(levels.at("applicable").at(1).at("title") == "Laufende Überwachung");
  CHECK(levels.at("derivation").size() == 14);
  CHECK(stage.events_since().empty());
}

TEST_CASE("a calculation refuses with the field and the reason") {
  Stage& stage = Stage::on("sqlite");
  const auto time = [](const char* pointer, Json value) {
    return changed(time_input, pointer, std::move(value)).dump();
  };
  const std::string renew = R"({"step":"restore","decision":"2030-01-02","old_expiry":"2029-07-01"})";
  stage.run({
      {"nobody", "", "POST", base + "audit-time", {}, time_input, 401},
      {"unknown", "lead", "POST", base + "audit-time", {}, time("/people", 1), 422, {R"("/people")"}},
      {"wrong type", "lead", "POST", base + "audit-time", {}, time("/persons", "60"), 422, {R"("/persons")"}},
      {"too many", "lead", "POST", base + "audit-time", {}, time("/persons", 10'000'001), 422, {R"("/persons")"}},
      {"a score", "lead", "POST", base + "audit-time", {}, time("/factors/sector", 4), 422, {R"("/factors/sector")"}},
      {"the range",
       "lead",
       "POST",
       base + "audit-time",
       {},
       time("/adjustment", -5),
       422,
       {R"("/adjustment")", "from 0 to 0"}},
      {"no reason",
       "lead",
       "POST",
       base + "audit-time",
       {},
       time("/identical_work/0/justification", " "),
       422,
       {R"("/identical_work/0/justification")"}},
      {"no seed",
       "lead",
       "POST",
       base + "site-sampling",
       {},
       R"({"audit":"initial","central_function":"x","groups":[]})",
       422,
       {R"("/seed")"}},
      {"a third of a day",
       "lead",
       "POST",
       base + "integrated-time",
       {},
       R"({"single_times":[{"standard":"x","days":3.3}],"reduction":0})",
       422,
       {R"("/single_times/0/days")"}},
      {"too late", "lead", "POST", base + "certificate-dates", {}, renew, 422, {R"("/decision")", "stage 2"}},
      {"no such day",
       "lead",
       "POST",
       base + "certificate-dates",
       {},
       R"({"step":"grant","decision":"2026-02-30"})",
       422,
       {R"("/decision")"}},
      {"no policy",
       "lead",
       "POST",
       base + "due-day",
       {},
       R"({"from":"2026-04-02","policy":"soon"})",
       422,
       {R"("/policy")"}},
      {"a level that there is not",
       "lead",
       "POST",
       base + "security-levels",
       {},
       R"({"requirements":"iec62443_3_3","target":{"iac":5}})",
       422,
       {R"("/target/iac")"}},
      {"a requirement that there is not",
       "lead",
       "POST",
       base + "security-levels",
       {},
       R"({"requirements":"iec62443_3_3","target":{},"answers":[{"requirement":"SR 8.1","result":"met"}]})",
       422,
       {R"("/answers/0/requirement")"}},
      {"requirements that there are not",
       "lead",
       "POST",
       base + "security-levels",
       {},
       R"({"requirements":"luck","target":{}})",
       404,
       {"luck"}},
      {"no such calculation", "lead", "POST", base + "luck", {}, "{}", 404},
  });
}

TEST_CASE("what calculations take is in the subset that the server validates") {
  for (const char* name :
       {"audit-time", "site-sampling", "integrated-time", "certificate-dates", "due-day", "security-levels"}) {
    INFO(name);
    for (const Flaw& flaw : check_schema(calculation_schema(name), name, ""))
      FAIL_CHECK(flaw.pointer << " " << flaw.reason);
  }
  CHECK(calculation_schema("luck").is_null());
}

}  // namespace
}  // namespace assay::test
