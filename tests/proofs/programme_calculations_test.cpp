// What a programme calculates, on random input: as the calculators have it, and samples that hold what the rules ask.
// JSON in and out a hundred thousand times takes an optimised build: the hidden cases are tried in test_proofs_plain.
#include <algorithm>
#include <map>
#include <set>

#include "domain/audit_time.h"
#include "domain/chance.h"
#include "domain/programme_calculations.h"
#include "workflows/company.h"

namespace assay::test::programme_calculations_test {
namespace {

PolicyValues published() { return PolicyValues(shipped()); }

/// What is not so of the visits that `made` lists, by the calculator's own answers; null when all is.
const char* wrong_visits(const Json& made, AuditTimeInput input, const AuditTime& initial) {
  const Json& rows = made.at("audit_times");
  if (rows.size() != 5) return "not five visits";
  const auto days = [&](std::size_t row) { return rows[row].at("days").get<double>(); };
  if (days(0) + days(1) != initial.days.number()) return "both stages are not the initial audit";
  for (const Json& row : rows) {
    if (row.at("least_days") > row.at("days")) return "less than the least";
  }
  input.audit = AuditKind::surveillance;
  if (days(2) != audit_time(published(), input)->days.number() || days(3) != days(2)) return "surveillances";
  input.audit = AuditKind::recertification;
  if (days(4) != audit_time(published(), input)->days.number()) return "recertification";
  return nullptr;
}

/// A programme with up to two groups of sites, of which some are not eligible, are chosen, or were audited before.
Json random_draw(Chance& chance) {
  Json given{{"audit", chance.one_of<std::string>({"initial", "surveillance", "recertification"})},
             {"effective", chance.in(2)},
             {"central_function", "Kiel"},
             {"grouped_sites", Json::array()},
             {"sites", Json::array()},
             {"chance", chance.between(0, 9'007'199'254'740'991)},
             {"draws", chance.between(0, 20)}};
  std::set<std::string> groups;
  const std::size_t count = chance.below(chance.in(200) ? 60 : 8), central = chance.below(count + 1);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string site = fmt::format("Site {}", i), group = chance.in(3) ? "Depots" : "Shops";
    if (i == central) given["sites"].push_back("Kiel");
    given["sites"].push_back(site);
    Json row{{"site", site}, {"group", group}};
    if (chance.in(6)) {
      row["eligible"] = false;
    } else if (chance.in(6)) {
      row["chosen"] = true;
    }
    if (chance.in(3)) row["last_audited"] = fmt::format("20{}-05-04", chance.between(10, 25));
    given["grouped_sites"].push_back(std::move(row));
    groups.insert(group);
  }
  if (central == count) given["sites"].push_back("Kiel");
  if (!groups.empty() && chance.in(5)) given["no_sampling"] = Json::array({*groups.begin()});
  return given;
}

/// True when `size` of `eligible` sites is at least what the rules of the group ask for.
bool is_enough(const Json& given, const std::string& group, std::int64_t size, std::int64_t eligible) {
  const std::string audit = given.at("audit");
  const Json whole = given.value("no_sampling", Json::array());
  if (std::find(whole.begin(), whole.end(), group) != whole.end())
    return audit == "surveillance" ? 10 * size >= 3 * eligible : size == eligible;
  // 25 times the square of the share of the root: 0.6, 0.8 or 1.
  const bool fewer = audit == "recertification" && given.at("effective").get<bool>();
  const std::int64_t factor = audit == "surveillance" ? 9 : fewer ? 16 : 25;
  return 25 * size * size >= factor * eligible;
}

const char* wrong_sample(const Json& given, const Json& made) {
  const auto listed = made.at("sites").get<std::vector<std::string>>();
  std::set<std::string> sampled(listed.begin(), listed.end());
  if (sampled.size() != listed.size()) return "a site twice";
  if (listed.front() != "Kiel") return "the central function is not first";
  sampled.erase("Kiel");
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> groups;  // sampled and eligible
  for (const Json& row : given.at("grouped_sites")) {
    const bool taken = sampled.erase(row.at("site")) == 1, eligible = row.value("eligible", true);
    if (taken && !eligible) return "not eligible";
    if (!taken && row.value("chosen", false)) return "not what people chose";
    auto& [in_sample, in_all] = groups[row.at("group")];
    in_sample += taken;
    in_all += eligible;
  }
  if (!sampled.empty()) return "no site of the programme";
  for (const auto& [group, counts] : groups)
    if (!is_enough(given, group, counts.first, counts.second)) return "too few";
  if (made.at("draws") != given.at("draws").get<std::int64_t>() + 1) return "another number of draws";
  return nullptr;
}

TEST_CASE("whatever the people and factors, the visits of a cycle agree with the calculator", "[.explore][property]") {
  const unsigned seed = chosen_seed();
  INFO("ASSAY_SEED=" << seed);
  Chance chance(seed);
  Json given = Json::object();
  for (int i = 0; i < property_cases; ++i) {
    AuditTimeInput input;
    input.persons = given["persons"] = chance.between(1, 30'000);
    const auto score = [&](const char* factor) {
      const auto drawn = chance.between(1, 3);
      given["factors"][factor] = drawn;
      return static_cast<int>(drawn);
    };
    input.factors = {score("sector"),         score("processes"),   score("maturity"),
                     score("infrastructure"), score("outsourcing"), score("development")};
    input.adjustment = static_cast<int>(chance.between(-30, 100));
    given["adjustment"] = input.adjustment;
    const auto time = audit_time(published(), input);
    const auto made = audit_times(published(), given, "en");
    const char* wrong = nullptr;
    if (time.has_value() != made.has_value()) {
      wrong = "one of both is refused";
    } else if (time) {
      wrong = wrong_visits(*made, input, *time);
    } else if (made.error().invalid[0].pointer != time.error().invalid[0].pointer) {
      wrong = "another refusal";
    }
    if (wrong) FAIL(given.dump() << ": " << wrong);
  }
}

TEST_CASE("whatever the sites, a draw has enough of the programme's own that may be audited, and the same again",
          "[.explore][property]") {
  const unsigned seed = chosen_seed();
  INFO("ASSAY_SEED=" << seed);
  Chance chance(seed);
  for (int i = 0; i < property_cases; ++i) {
    const Json given = random_draw(chance);
    const auto made = sampled_sites(published(), given, "en");
    if (!made) FAIL(given.dump() << ": refused: " << text_of(made.error()));
    const char* wrong = wrong_sample(given, *made);
    if (i % 10 == 0 && *sampled_sites(published(), given, "en") != *made) wrong = "not repeated";
    if (wrong) FAIL(given.dump() << ": " << wrong);
  }
}

}  // namespace
}  // namespace assay::test::programme_calculations_test
