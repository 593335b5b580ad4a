// What a programme calculates: the audit time of a cycle as the calculator has it for each visit, and draws of sites
// that anybody can repeat. Random input is tried in tests/proofs.
#include <catch2/catch_all.hpp>

#include <set>

#include "domain/audit_time.h"
#include "domain/calculated.h"
#include "domain/calculator.h"
#include "domain/programme_calculations.h"
#include "domain/site_sampling.h"

namespace assay::test::programme_calculations_test {
namespace {

PolicyValues published() { return PolicyValues(shipped()); }

const Json medium{{"sector", 2},         {"processes", 2},   {"maturity", 1},
                  {"infrastructure", 2}, {"outsourcing", 2}, {"development", 1}};

Json the_time(std::int64_t persons, int adjustment = 0) {
  return {{"persons", persons}, {"factors", medium}, {"adjustment", adjustment}};
}

Json grouped(std::initializer_list<const char*> sites) {
  Json rows = Json::array();
  for (const char* site : sites) rows.push_back({{"site", site}, {"group", "Shops"}});
  return rows;
}

Json the_draw(std::int64_t draws = 0) {
  return {{"audit", "surveillance"},
          {"central_function", "Kiel"},
          {"grouped_sites", grouped({"Bonn", "Celle", "Dachau", "Emden", "Fulda", "Gera", "Hamm", "Isny", "Jena"})},
          {"sites", {"Kiel", "Bonn", "Celle", "Dachau", "Emden", "Fulda", "Gera", "Hamm", "Isny", "Jena"}},
          {"chance", 10},
          {"draws", draws}};
}

std::string visits(const Json& made) {
  std::string text;
  for (const Json& row : made.at("audit_times"))
    text += fmt::format("{} {}; ", row.at("visit").get<std::string>(), row.at("days").get<double>());
  return text;
}

/// What a reduction of 30 percent leaves of each visit.
std::string leasts(const Json& made) {
  std::string text;
  for (const Json& row : made.at("audit_times"))
    text += fmt::format("{} {:.2g}; ", row.at("purpose").get<std::string>(), row.at("least_days").get<double>());
  return text;
}

TEST_CASE("the time of a cycle is that of each of its visits", "[audit_time]") {
  const auto first = audit_times(published(), the_time(100), "en");
  REQUIRE(first.has_value());
  CHECK(visits(*first) == "Stage 1 3; Stage 2 9; First surveillance 4; Second surveillance 4; Recertification 8; ");
  CHECK(first->at("audit_times")[0]["derivation"] ==
        "3 days of the initial audit: 100 persons count, 12 days in the table");
  CHECK(leasts(*first) == "stage1 2.1; stage2 6.3; surveillance 2.8; surveillance 2.8; recertification 5.6; ");
  const auto text = first->at("derivation").get<std::string>();
  CHECK(text.starts_with("Initial audit: 12 days, of which the audit itself takes 8.5 at least.\n1. "));
  for (const char* part : {"Each surveillance audit: 4 days", "Recertification audit: 8 days", "audit_time_days",
                           "surveillance_share", "recertification_share", "ISO/IEC 27006-1"}) {
    CHECK(text.find(part) != std::string::npos);
  }

  Json later = the_time(100);
  later["first_cycle"] = false;
  CHECK(visits(*audit_times(published(), later, "en")) ==
        "First surveillance 4; Second surveillance 4; Recertification 8; ");
}

TEST_CASE("the time of single sites is reduced by half at most", "[audit_time][sampling]") {
  const auto given = [](Json rows) {
    Json all = the_time(1);
    all.erase("persons");
    all.update({{"audit", "surveillance"}, {"sites", {"Kiel", "Bonn", "Celle"}}, {"site_reductions", std::move(rows)}});
    return all;
  };
  const auto row = [](const char* site, std::int64_t persons, int reduction) {
    return Json{{"site", site}, {"persons", persons}, {"reduction", reduction}, {"reason", "Kiel plans for it."}};
  };
  const auto made = site_times(published(), given({row("Bonn", 100, 50), row("Kiel", 100, 0)}), "en");
  REQUIRE(made.has_value());
  CHECK(made->at("site_times") == Json{{{"site", "Bonn"},
                                        {"days", 2.0},
                                        {"derivation", "Bonn: 2 days, of which the audit itself takes 1.5 at least."}},
                                       {{"site", "Kiel"},
                                        {"days", 4.0},
                                        {"derivation", "Kiel: 4 days, of which the audit itself takes 3 at least."}}});
  CHECK(made->at("derivation").get<std::string>().find("site_reduction_cap") != std::string::npos);
  CHECK(site_times(published(), given({row("Bonn", 100, 50)}), "de")->at("site_times")[0]["derivation"] ==
        "Bonn: 2 Tage, davon mindestens 1,5 für das Audit selbst.");

  const auto refused = [&](Json rows) { return refusal(site_times(published(), given(std::move(rows)), "en")); };
  CHECK(refused({row("Kiel", 100, 0), row("Bonn", 100, 51)}) ==
        "/site_reductions/1/reduction: must be from 0 to 50 percent");
  CHECK(refused({row("Kiel", 0, 0)}).starts_with("/site_reductions/0/persons: "));
  CHECK(refused({row("Oslo", 9, 0)}) == "/site_reductions/0/site: is no site of the programme, or is named before");
  CHECK(refused({row("Kiel", 9, 0), row("Kiel", 9, 0)}).starts_with("/site_reductions/1/site: "));
  CHECK(refused({{{"site", "Kiel"}}}).starts_with("/site_reductions/0/"));
  Json without_factors = given({row("Kiel", 9, 0)});
  without_factors.erase("factors");
  CHECK(refusal(site_times(published(), without_factors, "en")).starts_with("/factors"));
}

TEST_CASE("what a programme cannot calculate with is told by member", "[audit_time][sampling]") {
  const auto time = [](const char* member, Json value) {
    Json given = the_time(100);
    given[member] = std::move(value);
    return refusal(audit_times(published(), given, "en"));
  };
  CHECK(time("persons", 0).starts_with("/persons: "));
  CHECK(time("persons", "many").starts_with("/persons: "));
  CHECK(time("adjustment", 1) == "/adjustment: must be from 0 to 0 percent, as business is medium and IT is medium");
  CHECK(time("factors", {{"sector", 2}}).starts_with("/factors"));
  CHECK(time("first_cycle", "yes").starts_with("/first_cycle: "));
  CHECK(time("sites", 3).starts_with("/sites"));

  const auto draw = [](const char* member, Json value) {
    Json given = the_draw();
    given[member] = std::move(value);
    return refusal(sampled_sites(published(), given, "en"));
  };
  CHECK(draw("central_function", "Oslo") == "/central_function: is no site of the programme");
  CHECK(
      draw("central_function", "Bonn").starts_with("/grouped_sites/0/site: is no site of the programme, or is named"));
  CHECK(draw("grouped_sites", grouped({"Bonn", "Oslo"})).starts_with("/grouped_sites/1/site: "));
  CHECK(draw("grouped_sites", grouped({"Bonn", "Bonn"})).starts_with("/grouped_sites/1/site: "));
  CHECK(draw("grouped_sites", grouped({"Bonn"})) == "/grouped_sites: must name Celle, too");
  CHECK(draw("grouped_sites", {{{"site", "Bonn"}}}).starts_with("/grouped_sites/0/group"));
  CHECK(draw("grouped_sites", {{{"site", "Bonn"}, {"group", "Shops"}, {"chosen", true}, {"eligible", false}}}) ==
        "/grouped_sites/0/chosen: a site that is not eligible is never sampled");
  CHECK(draw("no_sampling", {"Mines"}) == "/no_sampling/0: is no group of these sites");
  CHECK(draw("chance", "7").starts_with("/chance: "));
  CHECK(draw("draws", -1).starts_with("/draws: "));
  CHECK(draw("audit", "stage2").starts_with("/audit: "));
}

TEST_CASE("a draw of sites is made by chance and number, and can be repeated", "[sampling]") {
  const auto made = sampled_sites(published(), the_draw(), "en");
  REQUIRE(made.has_value());
  CHECK(made->at("draws") == 1);
  CHECK(made->at("sites")[0] == "Kiel");
  CHECK(made->at("sites").size() == 1 + 2);  // 0.6 times the root of 9, rounded up

  // As the contract of sampled_sites() says it, by hand.
  Draw generator(10);
  const std::uint64_t seed = generator.next() >> 11, second = generator.next() >> 11;
  CHECK(made->at("seed") == seed);
  CHECK(sampled_sites(published(), the_draw(1), "en")->at("seed") == second);
  CHECK(*sampled_sites(published(), the_draw(), "en") == *made);

  SamplingInput input{AuditKind::surveillance, false, "Kiel", {}, seed};
  input.groups = {{"Shops", {}}};
  for (const char* site : {"Bonn", "Celle", "Dachau", "Emden", "Fulda", "Gera", "Hamm", "Isny", "Jena"})
    input.groups[0].sites.push_back({site});
  const auto sample = site_sampling(published(), input);
  CHECK(made->at("sites")[1] == sample->groups[0].random[0]);
  const auto text = made->at("derivation").get<std::string>();
  CHECK(text.starts_with(fmt::format("Seed {}. Central function: Kiel.\nShops: 2 of 9 eligible sites.", seed)));
  CHECK(text.find("sampling_surveillance") != std::string::npos);

  Json whole = the_draw();
  whole["no_sampling"] = {"Shops"};
  CHECK(sampled_sites(published(), whole, "en")->at("sites").size() == 1 + 3);  // 30 percent of 9, rounded up

  std::set<std::string> first;
  for (std::int64_t i = 0; i < 200; ++i)
    first.insert(sampled_sites(published(), the_draw(i), "en")->at("sites")[1].get<std::string>());
  CHECK(first.size() == 9);
}

TEST_CASE("a calculation that definitions name says what it lacks", "[calculated]") {
  CHECK(missing_parameters(*find_calculation("audit_times"), {{"persons", 1}}) == "factors, adjustment");
  CHECK(missing_parameters(*find_calculation("sampled_sites"), the_draw()).empty());
  CHECK(find_calculation("audit_time") == nullptr);
}

}  // namespace
}  // namespace assay::test::programme_calculations_test
