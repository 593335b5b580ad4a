// How calculations tell what they did and why they refuse, in English and German: golden files, and a table of texts
// that is whole.
#include <catch2/catch_all.hpp>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "domain/calculated.h"
#include "domain/calculation_input.h"
#include "domain/calculator.h"
#include "domain/security_levels.h"
#include "domain/working_days.h"

namespace assay::test::derivations_test {
namespace {

struct Case {
  const char *calculation, *given;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"audit-time",
       R"({"audit": "initial", "persons": 104, "adjustment": 0,
           "identical_work": [{"activity": "Packing", "persons": 49, "justification": "One procedure."}],
           "factors": {"sector": 2, "processes": 2, "maturity": 1, "infrastructure": 2, "outsourcing": 2,
                       "development": 1}})"},
      {"audit-time",
       R"({"audit": "surveillance", "persons": 20000, "adjustment": -20, "site": {"reduction": 10, "reason": "Small."},
           "factors": {"sector": 1, "processes": 1, "maturity": 1, "infrastructure": 1, "outsourcing": 1,
                       "development": 1}})"},
      {"audit-time",
       R"({"audit": "recertification", "persons": 170, "adjustment": 40,
           "factors": {"sector": 3, "processes": 3, "maturity": 3, "infrastructure": 3, "outsourcing": 3,
                       "development": 3}})"},
      {"audit-time",
       R"({"audit": "initial", "persons": 10, "adjustment": 1,
           "factors": {"sector": 2, "processes": 2, "maturity": 1, "infrastructure": 2, "outsourcing": 2,
                       "development": 1}})"},
      {"audit-time",
       R"({"audit": "initial", "persons": 10, "adjustment": 0, "site": {"reduction": 60, "reason": "Small."},
           "factors": {"sector": 2, "processes": 2, "maturity": 1, "infrastructure": 2, "outsourcing": 2,
                       "development": 1}})"},
      {"audit-time",
       R"({"audit": "initial", "persons": 40, "adjustment": 0,
           "identical_work": [{"activity": "Packing", "persons": 49, "justification": "One procedure."}],
           "factors": {"sector": 2, "processes": 2, "maturity": 1, "infrastructure": 2, "outsourcing": 2,
                       "development": 1}})"},
      {"audit-time",
       R"({"audit": "initial", "persons": 40, "adjustment": 0,
           "identical_work": [{"activity": "Packing", "persons": 16, "counted_as": 3, "justification": "One."}],
           "factors": {"sector": 2, "processes": 2, "maturity": 1, "infrastructure": 2, "outsourcing": 2,
                       "development": 1}})"},
      {"audit-time",
       R"({"audit": "initial", "persons": 40, "adjustment": 0,
           "identical_work": [{"activity": "Packing", "persons": 16, "justification": " "}],
           "factors": {"sector": 2, "processes": 2, "maturity": 1, "infrastructure": 2, "outsourcing": 2,
                       "development": 1}})"},
      {"integrated-time",
       R"({"single_times": [{"standard": "ISO/IEC 27001", "days": 10, "adjustment": -30},
                            {"standard": "ISO 9001", "days": 6.5, "adjustment": -30}],
           "reduction": 20, "reason": "One system."})"},
      {"integrated-time", R"({"single_times": [{"standard": "A", "days": 10, "adjustment": -30}], "reduction": 20})"},
      {"integrated-time", R"({"single_times": [{"standard": "A", "days": 10, "adjustment": -40}], "reduction": 0})"},
      {"integrated-time", R"({"single_times": [{"standard": "A", "days": 3.3}], "reduction": 0})"},
      {"integrated-time", R"({"single_times": [], "reduction": 0})"},
      {"audit_times",
       R"({"persons": 170, "adjustment": 0, "factors": {"sector": 2, "processes": 2, "maturity": 1,
           "infrastructure": 2, "outsourcing": 2, "development": 1}})"},
      {"site-sampling",
       R"({"audit": "initial", "central_function": "Kiel", "seed": 7, "groups": [
           {"name": "Shops", "sites": [{"id": "Bonn"}, {"id": "Celle"}, {"id": "Emden", "last_audited": "2024-01-01"}]},
           {"name": "Mines", "sampling": false, "sites": [{"id": "Goslar"}]}, {"name": "Ports", "sites": []}]})"},
      {"site-sampling",
       R"({"audit": "surveillance", "central_function": "Kiel", "seed": 7, "groups": [
           {"name": "Mines", "sampling": false, "sites": [{"id": "Goslar"}, {"id": "Siegen"}]}]})"},
      {"site-sampling",
       R"({"audit": "initial", "central_function": "Kiel", "seed": 7, "groups": [
           {"name": "Shops", "sites": [{"id": "Bonn"}, {"id": "Bonn"}]}]})"},
      {"sampled_sites",
       R"({"audit": "surveillance", "central_function": "Kiel", "chance": 10, "sites": ["Kiel", "Bonn", "Celle"],
           "grouped_sites": [{"site": "Bonn", "group": "Shops"},
                             {"site": "Celle", "group": "Shops", "eligible": false}]})"},
      {"sampled_sites", R"({"audit": "initial", "central_function": "Oslo", "chance": 1, "sites": ["Kiel"]})"},
      {"sampled_sites",
       R"({"audit": "initial", "central_function": "Kiel", "chance": 1, "sites": ["Kiel"],
           "grouped_sites": [{"site": "Oslo", "group": "Shops"}]})"},
      {"sampled_sites",
       R"({"audit": "initial", "central_function": "Kiel", "chance": 1, "sites": ["Kiel", "Bonn"],
           "grouped_sites": [{"site": "Bonn", "group": "Shops", "eligible": false, "chosen": true}]})"},
      {"sampled_sites", R"({"audit": "initial", "central_function": "Kiel", "chance": 1, "sites": ["Kiel", "Bonn"]})"},
      {"sampled_sites",
       R"({"audit": "initial", "central_function": "Kiel", "chance": 1, "sites": ["Kiel"], "no_sampling": ["Mines"]})"},
      {"certificate-dates",
       R"({"step": "grant", "decision": "2026-07-01", "stage_2_last_day": "2026-05-31",
           "suspended_on": "2027-08-31"})"},
      {"certificate-dates", R"({"step": "renew", "decision": "2029-05-01", "old_expiry": "2029-07-01"})"},
      {"certificate-dates", R"({"step": "restore", "decision": "2029-08-01", "old_expiry": "2029-07-01"})"},
      {"certificate-dates", R"({"step": "grant", "decision": "2026-07-01", "old_expiry": "2026-08-01"})"},
      {"certificate-dates", R"({"step": "renew", "decision": "2026-07-01"})"},
      {"certificate-dates", R"({"step": "renew", "decision": "2029-07-02", "old_expiry": "2029-07-01"})"},
      {"certificate-dates", R"({"step": "renew", "decision": "2028-12-31", "old_expiry": "2029-07-01"})"},
      {"certificate-dates", R"({"step": "restore", "decision": "2029-07-01", "old_expiry": "2029-07-01"})"},
      {"certificate-dates", R"({"step": "restore", "decision": "2030-01-02", "old_expiry": "2029-07-01"})"},
      {"certificate-dates", R"({"step": "grant", "decision": "2026-07-01", "effective": "2026-06-30"})"},
      {"certificate-dates", R"({"step": "grant", "decision": "2026-07-01", "effective": "2029-06-30"})"},
      {"certificate-dates", R"({"step": "grant", "decision": "2026-07-01", "stage_2_last_day": "2026-07-02"})"},
      {"due-day", R"({"from": "2026-04-02", "policy": "report_due"})"},
      {"due-day", R"({"from": "2026-05-04", "policy": "objection_period"})"},
      {"due-day", R"({"from": "2026-04-02", "policy": "objection_period"})"},
      {"due-day", R"({"from": "2026-04-02", "policy": "reminders"})"},
      {"due-day", R"({"from": "9999-12-31", "policy": "report_due"})"},
      {"security-levels",
       R"({"target": {"tre": 2, "uc": 4}, "answers": [{"requirement": "SR 6.1", "result": "met"},
           {"requirement": "SR 6.2", "result": "met"}, {"requirement": "SR 6.1 RE 1", "result": "met"}]})"},
      {"policy", R"({"policy": "reminders", "value": 3})"},
      {"policy", R"({"policy": "report_due", "value": 2})"},
      {"policy", R"({"policy": "response_days", "value": 2})"},
  };
  return all;
}

std::string told_refusal(const Refusal& refusal, const char* language) {
  REQUIRE_FALSE(refusal.invalid.empty());
  const InvalidField& wrong = refusal.invalid.front();
  INFO(wrong.pointer << " " << wrong.detail);
  REQUIRE(wrong.wording);
  CHECK(told(*wrong.wording, "en") == wrong.detail);
  return fmt::format("{} {}\n", wrong.pointer, told(*wrong.wording, language));
}

template <class T>
std::string told_result(const Result<T>& result, const char* language) {
  return result ? printed(shipped(), result->derivation, language) : told_refusal(result.error(), language);
}

template <class Input, class Calculate>
std::string told_of(const Result<Input>& input, Calculate calculate, const char* language) {
  return input ? told_result(calculate(*input), language) : told_refusal(input.error(), language);
}

std::string answer(std::string_view calculation, const Json& given, const char* language) {
  const WorkflowSet& set = shipped();
  const PolicyValues policies(set);
  if (const NamedCalculation* named = find_calculation(calculation)) {
    const auto made = named->run(policies, given, language);
    if (!made) return told_refusal(made.error(), language);
    std::string text = made->at("derivation").get<std::string>();
    for (const Json& row : made->value("audit_times", Json::array()))
      text += fmt::format("{}: {}\n", row.at("visit").get<std::string>(), row.at("derivation").get<std::string>());
    return text;
  }
  if (calculation == "audit-time")
    return told_of(audit_time_input(given), [&](const auto& input) { return audit_time(policies, input); }, language);
  if (calculation == "site-sampling")
    return told_of(
        site_sampling_input(given), [&](const auto& input) { return site_sampling(policies, input); }, language);
  if (calculation == "integrated-time")
    return told_of(
        integrated_time_input(given),
        [&](const auto& input) { return integrated_time(policies, input.times, input.reduction, input.reason); },
        language);
  if (calculation == "certificate-dates")
    return told_of(
        certificate_dates_input(given), [&](const auto& input) { return certificate_dates(policies, input); },
        language);
  if (calculation == "security-levels")
    return told_of(
        security_levels_input(set, "iec62443_3_3", given),
        [&](const auto& input) { return security_levels(set, "iec62443_3_3", input); }, language);
  if (calculation == "due-day")
    return told_result(policy_due_day(policies, date(given.at("from").get<std::string>().c_str()), given.at("policy"),
                                      {date("2026-04-03"), date("2026-04-06")}),
                       language);
  return told(*override_fault(set, given.at("policy"), given.at("value")), language) + "\n";
}

std::string golden_text(const char* language) {
  std::string text;
  for (const auto& [calculation, given] : cases()) {
    const Json json = Json::parse(given);
    text += fmt::format("{} {}\n{}\n", calculation, json.dump(), answer(calculation, json, language));
  }
  return text;
}

/// The pieces of a text between its places, and the names of these.
struct Parts {
  std::vector<std::string> pieces;
  std::set<std::string> places;
};
Parts parts_of(std::string_view text) {
  Parts parts;
  while (true) {
    const auto open = text.find('{');
    parts.pieces.emplace_back(text.substr(0, open));
    if (open == std::string_view::npos) return parts;
    const auto close = text.find('}', open);
    parts.places.emplace(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
}

TEST_CASE("derivations and refusals are told as the golden files have them", "[derivation]") {
  const bool update = std::getenv("ASSAY_UPDATE_GOLDEN") != nullptr;
  for (const char* language : {"en", "de"}) {
    const auto path =
        std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/domain/golden" / fmt::format("derivations.{}.txt", language);
    const std::string now = golden_text(language);
    if (update) std::ofstream(path, std::ios::binary) << now;
    std::ostringstream golden;
    golden << std::ifstream(path, std::ios::binary).rdbuf();
    INFO(path.string() << ": review the change, then run with ASSAY_UPDATE_GOLDEN=1");
    CHECK(golden.str() == now);
  }
}

TEST_CASE("every text stands there once, in both languages, with the same places", "[wording]") {
  std::set<std::string_view> codes;
  for (const WordingText& text : wording_texts()) {
    INFO(text.code);
    CHECK(codes.insert(text.code).second);
    CHECK_FALSE(text.english.empty());
    CHECK_FALSE(text.german.empty());
    CHECK(parts_of(text.english).places == parts_of(text.german).places);
  }
  for (const char* unit : {"calendar_days", "working_days", "calendar_months", "calendar_years", "auditor_days"}) {
    CHECK(codes.contains(unit));
    CHECK(codes.contains(std::string_view(unit).substr(0, std::string_view(unit).size() - 1)));
  }
}

TEST_CASE("no text is left that nothing says", "[wording]") {
  // Units stand in shipped policies or may do so; /days of more than nothing are held by the schema before.
  const std::set<std::string_view> others{"calendar_days",  "calendar_day",  "working_days", "working_day",
                                          "calendar_month", "calendar_year", "auditor_days", "more_than"};
  for (const char* language : {"en", "de"}) {
    const std::string said = golden_text(language);
    for (const WordingText& text : wording_texts()) {
      if (others.contains(text.code)) continue;
      INFO(text.code);
      const auto& told_text = std::string_view(language) == "en" ? text.english : text.german;
      for (const std::string& piece : parts_of(told_text).pieces) CHECK(said.find(piece) != std::string::npos);
    }
  }
}

TEST_CASE("values stand in the places of a text", "[wording]") {
  const auto [words, english, german] = GENERATE(table<Json, std::string, std::string>({
      {"Hafen {West}", "Hafen {West}", "Hafen {West}"},
      {12, "12", "12"},
      {8.5, "8.5", "8,5"},
      {Json::array({"a", 2.25, "c"}), "a, 2.25, c", "a, 2,25, c"},
      {Json::array(), "none", "keine"},
      {to_json(amount(Json(1), "working_days")), "1 working day", "1 Arbeitstag"},
      {to_json(amount(Json(-1), "calendar_days")), "-1 calendar day", "-1 Kalendertag"},
      {to_json(amount(Ratio(17, 3), "days")), "17/3, about 5.667 days", "17/3, etwa 5,667 Tage"},
      {figure(Ratio(12, 4)), "3", "3"},
      {Json{{"en", "Sites"}, {"de", "Standorte"}}, "Sites", "Standorte"},
      {Json{{"en", "Sites"}}, "Sites", "Sites"},
  }));
  CHECK(told(verbatim(words), "en") == english);
  CHECK(told(verbatim(words), "de") == german);
  CHECK(told(verbatim(words), "fr") == english);
  CHECK(wording_of(to_json(verbatim(words))) == verbatim(words));
}

TEST_CASE("a code without a text is a mistake of the program", "[wording]") {
  CHECK_THROWS_AS(told({"luck"}, "en"), std::out_of_range);
}

TEST_CASE("days of nothing are refused", "[audit_time]") {
  const auto refused = integrated_time(PolicyValues(shipped()), {{"A", 0, 0}}, 0, "");
  CHECK(told_refusal(refused.error(), "de") == "/single_times/0/days muss mehr als 0 sein\n");
}

}  // namespace
}  // namespace assay::test::derivations_test
