// Calculations over HTTP: results with their derivation for whoever is signed in, problems that name the field, and
// nothing stored.
#include "domain/calculation_schemas.h"
#include "domain/schema.h"
#include "scenario/portfolio.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::calculations_test {
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

TEST_CASE("calculations tell their derivation, and why they refuse, in the language of who asks") {
  Stage& stage = Stage::on("sqlite");
  const Json english = stage.must("auditor", "POST", base + "audit-time", time_input);
  const Json german = stage.must("auditor", "POST", base + "audit-time", time_input, {"Accept-Language: de"});
  REQUIRE(german.at("derivation").size() == english.at("derivation").size());
  for (std::size_t i = 0; i < german.at("derivation").size(); ++i) {
    const Json &ours = german["derivation"][i], &theirs = english["derivation"][i];
    CHECK(ours.at("rule") != theirs.at("rule"));
    CHECK(ours.at("wordings") == theirs.at("wordings"));
    CHECK(ours.at("policy") == theirs.at("policy"));
  }
  const Json& share = german.at("derivation").at(1);
  CHECK(share.at("rule") == "Die Tabelle gibt die Tage eines Erstaudits, beider Stufen, nach der Zahl der Personen");
  CHECK(share.at("value") == "46 bis 65 Personen: 10 Tage");
  CHECK(share.at("source") == "ISO/IEC 27006-1 Tabelle C.1 (ISO/IEC 27006:2015 Tabelle B.1)");
  CHECK(share.at("wordings").at("value").at("values").at("days") == 10);
  const std::string far = changed(time_input, "/adjustment", -5).dump();
  stage.run({
      {"by the query", "lead", "POST", base + "audit-time?lang=de", {}, time_input, 200, {"Content-Language: de"}},
      {"by the header",
       "lead",
       "POST",
       base + "audit-time",
       {"Accept-Language: de"},
       far,
       422,
       {"muss zwischen 0 und 0 Prozent liegen, weil das Geschäft mittel und die IT mittel ist"}},
      {"in English", "lead", "POST", base + "audit-time?lang=en", {}, far, 422, {"must be from 0 to 0 percent"}},
  });
}

TEST_CASE("calculations go by the policies of a record, for whoever sees it") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  OwnProgramme programme(stage);
  const std::string id = programme.path().substr(programme.path().find('/') + 1);
  const auto due = [&](const Json& more = Json::object()) {
    Json asked{{"from", "2026-04-02"}, {"policy", "response_due"}, {"holidays", {"2026-04-03"}}};
    asked.update(more);
    return stage.must("manager", "POST", base + "due-day", asked.dump());
  };
  const Json of_programme{{"policies_of", id}};
  CHECK(due(of_programme).at("due") == "2026-05-02");
  programme.set("response_due", 10);
  CHECK(due(of_programme).at("due") == "2026-04-12");
  programme.choose("response_days", "working_days");
  const Json counted = due(of_programme);
  CHECK(counted.at("due") == "2026-04-17");
  CHECK(counted.at("holidays_passed_over") == Json({"2026-04-03"}));
  CHECK(counted.at("derivation").at(0).at("value") == "10 working days");
  CHECK(due().at("due") == "2026-05-02");

  const std::string asked = changed(R"({"from":"2026-04-02","policy":"response_due"})", "/policies_of", id).dump();
  const auto with = [&](const Json& value) {
    return changed(R"({"from":"2026-04-02","policy":"response_due"})", "/policies_of", value).dump();
  };
  stage.run({
      {"not ours", "other", "POST", base + "due-day", {}, asked, 404},
      {"nobody's",
       "manager",
       "POST",
       base + "due-day",
       {},
       with("00000000-0000-7000-8000-0000000000ff"),
       404,
       {"there is no such record"}},
      {"no id", "manager", "POST", base + "due-day", {}, with("P-1"), 422, {R"("/policies_of")"}},
      {"no text", "manager", "POST", base + "due-day", {}, with(1), 422, {R"("/policies_of")"}},
      {"no list", "manager", "POST", base + "due-day", {}, "[]", 422},
  });
}

TEST_CASE("the dates of a certification go by the policies of its programme") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_the_body(stage);
  move_in(stage, {"dated", "Hafen Ost", "972", "Dora Ost"});
  const std::string id = stage.names.at("dated_programme"), record = "certification-programmes/" + id;
  stage.act("planner", record, "set_policy",
            {{"policy", "first_surveillance"}, {"policy_value", 9}, {"policy_reason", "A young system."}});
  const std::string path = "/api/v1/" + record;
  const std::string proposal = stage.must("approver", "GET", path + "/proposals").at("proposals").at(0).at("id");
  stage.must("approver", "POST", path + "/proposals/" + proposal + "/confirm", "",
             {"If-Match: " + stage.etag(path, "approver")});
  const std::string grant = R"({"step":"grant","decision":"2026-07-01"})";
  const auto first = [&](const std::string& who, const std::string& body) {
    return stage.must(who, "POST", base + "certificate-dates", body).at("surveillances_until").at(0);
  };
  CHECK(first("planner", grant) == "2027-07-01");
  CHECK(first("mover", changed(grant, "/policies_of", id).dump()) == "2027-04-01");
  for (const auto& [calculation, body] :
       {std::pair{"audit-time", time_input},
        {"site-sampling", R"({"audit":"initial","central_function":"Kiel","seed":1,"groups":[]})"},
        {"integrated-time", R"({"single_times":[{"standard":"A","days":1}],"reduction":0})"},
        {"certificate-dates", grant}}) {
    const std::string of_programme = changed(body, "/policies_of", id).dump();
    stage.must("mover", "POST", base + calculation, of_programme);
    stage.run({calculation, "other", "POST", base + calculation, {}, of_programme, 404});
    stage.must("dated_customer", "GET", "/api/v1/" + record);
    stage.run({calculation, "dated_customer", "POST", base + calculation, {}, of_programme, 403, {"not told"}});
  }
}

/// Every member has a title, and every value of an enumeration a label, which German ones have in German.
void check_labels(const std::string& place, const Json& english, const Json& german) {
  INFO(place);
  for (const char* word : {"title", "description"}) CHECK(english.contains(word) == german.contains(word));
  if (english.contains("enum")) {
    CHECK(english.at("enum") == german.at("enum"));
    for (const Json& value : english.at("enum")) {
      const auto& name = value.get_ref<const std::string&>();
      CHECK(german.at("x-labels").at(name) != english.at("x-labels").at(name));
    }
  }
  if (english.contains("items")) check_labels(place + "[]", english.at("items"), german.at("items"));
  const Json members = english.value("properties", Json::object());
  for (const auto& [name, member] : members.items()) {
    const bool group = place.ends_with("/target");  // foundational requirements, by their codes
    CHECK((group || member.contains("title")));
    check_labels(place + "/" + name, member, german.at("properties").at(name));
  }
}

TEST_CASE("what calculations take is in the subset that the server validates, with labels in both languages") {
  CHECK(calculation_names().size() == 6);
  for (const CalculationName& one : calculation_names()) {
    INFO(one.name);
    for (const char* language : {"en", "de"}) {
      for (const Flaw& flaw : check_schema(calculation_schema(one.name, language), std::string(one.name), ""))
        FAIL_CHECK(flaw.pointer << " " << flaw.reason);
    }
    check_labels(std::string(one.name), calculation_schema(one.name), calculation_schema(one.name, "de"));
  }
  CHECK(calculation_schema("luck").is_null());
}

TEST_CASE("calculations are listed with the forms of their input, in the language of who asks") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const auto listed = [&](const char* language) {
    return stage.must("auditor", "GET", "/api/v1/calculations", "", {std::string("Accept-Language: ") + language})
        .at("items");
  };
  const Json german = listed("de"), english = listed("en");
  REQUIRE(german.size() == 6);
  CHECK(german.at(0).at("name") == "audit-time");
  CHECK(german.at(0).at("label") == "Auditzeit");
  CHECK(english.at(0).at("label") == "Audit time");
  CHECK(german.at(0).at("href") == base + "audit-time");
  const Json& kind = german.at(0).at("input").at("properties").at("audit");
  CHECK(kind.at("enum") == Json({"initial", "surveillance", "recertification"}));
  CHECK(kind.at("x-labels").at("surveillance") == "Überwachung");
  CHECK(english.at(1).at("input").at("properties").at("step").at("x-labels").at("restore") == "Restoration");
}

}  // namespace
}  // namespace assay::test::calculations_test
