// The calculators: known vectors, what they refuse, and properties on random input.
#include <catch2/catch_all.hpp>

#include <array>
#include <cstdio>
#include <set>

#include "domain/audit_time.h"
#include "domain/calculator.h"
#include "domain/chance.h"
#include "domain/site_sampling.h"
#include "domain/small.h"
#include "domain/working_days.h"

namespace assay::test::calculations_test {
namespace {

PolicyValues published() { return PolicyValues(shipped()); }

AuditTimeInput medium(std::int64_t persons, AuditKind audit = AuditKind::initial) {
  AuditTimeInput input;
  input.audit = audit;
  input.persons = persons;
  input.factors = {2, 2, 1, 2, 2, 1};
  return input;
}

/// Scores of the factors with these sums.
AuditTimeFactors scored(int business, int it) {
  const auto split = [](int sum) {
    std::array<int, 3> s{1, 1, 1};
    for (int left = sum - 3, i = 0; left > 0; i = (i + 1) % 3) {
      if (s[static_cast<std::size_t>(i)] < 3) ++s[static_cast<std::size_t>(i)], --left;
    }
    return s;
  };
  const auto b = split(business), t = split(it);
  return {b[0], b[1], b[2], t[0], t[1], t[2]};
}

TEST_CASE("the table of auditor-days, at the first and the last person of each row, and beyond", "[audit_time]") {
  const auto [from, to, days] = GENERATE(table<int, int, double>({
      {1, 10, 5},       {11, 15, 6},       {16, 25, 7},        {26, 45, 8.5},      {46, 65, 10},
      {66, 85, 11},     {86, 125, 12},     {126, 175, 13},     {176, 275, 14},     {276, 425, 15},
      {426, 625, 16.5}, {626, 875, 17.5},  {876, 1175, 18.5},  {1176, 1550, 19.5}, {1551, 2025, 21},
      {2026, 2675, 22}, {2676, 3450, 23},  {3451, 4350, 24},   {4351, 5450, 25},   {5451, 6800, 26},
      {6801, 8500, 27}, {8501, 10700, 28}, {10701, 13375, 29}, {13376, 16718, 30}, {16719, 20897, 31},
  }));
  for (const int persons : {from, to}) {
    INFO(persons);
    const auto time = audit_time(published(), medium(persons));
    REQUIRE(time.has_value());
    CHECK(time->table_days.number() == days);
    CHECK(time->days.number() == days);
    check_derivation(time->derivation);
  }
}

TEST_CASE("audit time: factors, adjustment, kind, site", "[audit_time]") {
  struct Row {
    int persons, business, it, adjustment;
    AuditKind audit;
    int site;  // percent; 0: none
    double days, on_site;
  };
  using enum AuditKind;
  const auto row = GENERATE(values<Row>({
      {60, 5, 5, 0, initial, 0, 10, 7},
      {60, 3, 4, -30, initial, 0, 7, 5},
      {60, 4, 3, -10, initial, 0, 9, 6.5},
      {60, 4, 6, -7, initial, 0, 9.5, 7},   // 9.3
      {60, 3, 7, 20, initial, 0, 12, 8.5},  // 8.4 on site
      {60, 9, 9, 100, initial, 0, 20, 14},
      {60, 7, 6, 50, initial, 0, 15, 10.5},
      {130, 3, 3, -30, initial, 0, 9.5, 7},      // 9.1 must not become 9, which is less than 70 %
      {60, 5, 5, 0, surveillance, 0, 3.5, 2.5},  // 3.33
      {60, 5, 5, 0, recertification, 0, 6.5, 5},
      {200, 5, 5, 0, recertification, 0, 9.5, 7},
      {60, 5, 5, 0, initial, 50, 5, 3.5},
      {60, 3, 3, -30, surveillance, 50, 1.5, 1.5},  // 1.1667, the least
  }));
  AuditTimeInput input = medium(row.persons, row.audit);
  input.factors = scored(row.business, row.it);
  input.adjustment = row.adjustment;
  if (row.site) input.site = SiteReduction{row.site, "Purchasing is audited at the head office."};
  INFO(row.persons << " " << row.business << " " << row.it << " " << row.adjustment << " " << row.site);
  const auto time = audit_time(published(), input);
  REQUIRE(refusal(time) == "granted");
  CHECK(time->days.number() == row.days);
  CHECK(time->on_site_at_least.number() == row.on_site);
  CHECK(time->stage_1.has_value() == (row.audit == initial && row.site == 0));
  if (time->stage_1) CHECK(*time->stage_1 + *time->stage_2 == time->days);
}

TEST_CASE("people with identical work count as the square root of their number", "[audit_time]") {
  const auto [persons, expected] =
      GENERATE(table<int, int>({{1, 1}, {2, 2}, {4, 2}, {5, 3}, {48, 7}, {49, 7}, {50, 8}, {10'000, 100}}));
  AuditTimeInput input = medium(persons + 5);
  input.identical_work = {{"packing", persons, "One procedure, no access to data."}};
  CHECK(audit_time(published(), input)->persons_counted == 5 + expected);
  input.identical_work[0].counted_as = persons;
  CHECK(audit_time(published(), input)->persons_counted == 5 + persons);
}

TEST_CASE("what audit time refuses names the member", "[audit_time]") {
  AuditTimeInput input = medium(60);
  const auto with = [&](auto change) {
    AuditTimeInput changed = input;
    change(changed);
    return refusal(audit_time(published(), changed));
  };
  CHECK(with([](auto& i) { i.persons = 0; }) == "/persons: must be at least 1");
  CHECK(with([](auto& i) { i.adjustment = 1; }) ==
        "/adjustment: must be from 0 to 0 percent, as business is medium and IT is medium");
  CHECK(with([](auto& i) { i.factors = {1, 1, 1, 1, 1, 1}, i.adjustment = -31; }).starts_with("/adjustment: "));
  CHECK(with([](auto& i) { i.factors = {1, 1, 1, 1, 1, 1}, i.adjustment = -9; }).starts_with("/adjustment: "));
  CHECK(with([](auto& i) { i.identical_work = {{"x", 9, " "}}; }) ==
        "/identical_work/0/justification: must say something");
  CHECK(with([](auto& i) { i.identical_work = {{"x", 61, "y"}}; }) == "/persons: must include those of identical_work");
  CHECK(with([](auto& i) { i.identical_work = {{"x", 49, "y", 6}}; }) ==
        "/identical_work/0/counted_as: must be from 7 to 49");
  CHECK(with([](auto& i) { i.site = SiteReduction{51, "y"}; }) == "/site/reduction: must be from 0 to 50 percent");
  CHECK(with([](auto& i) { i.site = SiteReduction{50, ""}; }) == "/site/reason: must say something");
  const WorkflowSet small = load_or_throw(small_files());
  CHECK(refusal(audit_time(PolicyValues(small), input)).find("audit_time_days") != std::string::npos);
}

TEST_CASE("a policy of the set replaces each number", "[audit_time]") {
  WorkflowSet set = shipped();
  set.policies.at("audit_time_reduction_cap").value = 20;
  AuditTimeInput input = medium(60);
  input.factors = scored(3, 3);
  input.adjustment = -21;
  CHECK(refusal(audit_time(PolicyValues(set), input)).find("from -20 to -10") != std::string::npos);
  set.policies.at("audit_time_days").value = Json::parse("[[100, 4.5]]");
  input.adjustment = -20;
  CHECK(audit_time(PolicyValues(set), input)->days.number() == 4);  // 3.6, the least
}

TEST_CASE("integrated audits", "[integrated_time]") {
  const auto made = [](std::vector<SingleTime> times, int reduction, const char* reason) {
    return integrated_time(published(), times, reduction, reason);
  };
  const auto plain = made({{"ISO/IEC 27001", 10, 0}, {"ISO 9001", 6, 0}}, 20, "");
  CHECK(plain->days.number() == 13);  // 12.8
  CHECK(plain->total_reduction == Ratio(20));
  const auto both = made({{"ISO/IEC 27001", 10, -30}}, 20, "One system, one team, one site.");
  CHECK(both->total_reduction == Ratio(44));
  CHECK(both->days.number() == 6);  // 5.6 is the least
  check_derivation(both->derivation);
  CHECK(refusal(made({{"ISO/IEC 27001", 10, -30}}, 20, "")).starts_with("/reason: "));
  CHECK(refusal(made({{"ISO/IEC 27001", 10, -30}}, 0, "")) == "granted");
  CHECK(refusal(made({{"ISO/IEC 27001", 10, 0}}, 21, "")) == "/reduction: must be from 0 to 20 percent");
  CHECK(refusal(made({{"ISO/IEC 27001", 10, -31}}, 0, "")) == "/single_times/0/adjustment: must be at least -30");
  CHECK(refusal(made({{"ISO/IEC 27001", 0, 0}}, 0, "")) == "/single_times/0/days: must be more than 0");
  CHECK(refusal(made({}, 0, "")).starts_with("/single_times: "));
}

/// Random scores and an adjustment in their range: the nearest to a random one, which is refused when it is not.
AuditTimeInput random_audit(Chance& chance) {
  AuditTimeInput input;
  input.audit = chance.one_of(std::vector{AuditKind::initial, AuditKind::surveillance, AuditKind::recertification});
  const auto score = [&] { return static_cast<int>(chance.between(1, 3)); };
  input.factors = {score(), score(), score(), score(), score(), score()};
  input.persons = 1;
  const int chosen = input.adjustment = static_cast<int>(chance.between(-40, 110));
  const auto time = audit_time(published(), input);
  if (time.has_value()) return input;
  int least = 0, most = 0;
  const std::string said = refusal(time);
  REQUIRE(std::sscanf(said.c_str(), "/adjustment: must be from %d to %d", &least, &most) == 2);
  if (chosen >= least && chosen <= most) FAIL("refused within the range: " << said);
  input.adjustment = std::clamp(chosen, least, most);
  return input;
}

TEST_CASE("an integrated audit never passes its caps, is rounded once, and shrinks with its reduction",
          "[integrated_time][property]") {
  const unsigned seed = chosen_seed();
  INFO("ASSAY_SEED=" << seed);
  Chance chance(seed);
  const Ratio step(1, 2);  // audit_time_rounding
  for (int i = 0; i < property_cases; ++i) {
    std::vector<SingleTime> times;
    Ratio sum = 0, unadjusted = 0;
    for (std::int64_t n = chance.between(1, 4); n > 0; --n) {
      times.push_back(
          {"S" + std::to_string(n), Ratio(chance.between(1, 80), 2), static_cast<int>(chance.between(-30, 40))});
      sum = sum + times.back().days * Ratio(100 + times.back().adjustment, 100);
      unadjusted = unadjusted + times.back().days;
    }
    const int reduction = static_cast<int>(chance.between(0, 20));
    const auto time = integrated_time(published(), times, reduction, "One system");
    const bool beyond = sum * Ratio(100 - reduction, 100) < unadjusted * Ratio(70, 100);
    const char* wrong = nullptr;
    if (!time.has_value()) FAIL("refused: " << refusal(time));
    const Ratio exact = sum * Ratio(100 - reduction, 100);
    if ((time->days * Ratio(2)).denominator() != 1) wrong = "not rounded";
    if (time->days < unadjusted * Ratio(56, 100)) wrong = "less than both caps together leave";
    if (time->days < exact - step || time->days > exact + step) wrong = "rounded further than a step";
    if (time->sum != sum) wrong = "another sum";
    if (integrated_time(published(), times, reduction, "").has_error() != beyond) wrong = "a reason asked for or not";
    if (reduction < 20 && integrated_time(published(), times, reduction + 1, "One system")->days > time->days)
      wrong = "longer with a greater reduction";
    if (wrong) FAIL(to_text(sum) << " days less " << reduction << " percent: " << wrong);
  }
}

TEST_CASE("audit time never passes a cap, is rounded once, and grows with the persons", "[audit_time][property]") {
  const unsigned seed = chosen_seed();
  INFO("ASSAY_SEED=" << seed);
  Chance chance(seed);
  AuditTimeInput input;
  Ratio before = 0;  // with fewer persons and else the same
  for (int i = 0; i < property_cases; ++i) {
    if (i % 50 == 0) {
      input = random_audit(chance);
      before = 0;
    }
    input.persons += chance.between(0, chance.in(20) ? 20'000 : 400);
    const auto time = audit_time(published(), input);
    const Ratio share = input.audit == AuditKind::initial        ? Ratio(1)
                        : input.audit == AuditKind::surveillance ? Ratio(1, 3)
                                                                 : Ratio(2, 3);
    const Ratio exact = time->table_days * share * changed_by(input.adjustment);
    const char* wrong = nullptr;
    if (time->days < before) wrong = "more persons take less time";
    if (time->days < time->table_days * share * Ratio(7, 10)) wrong = "below the cap";
    if (2 % time->days.denominator() != 0) wrong = "not in half days";
    if (time->days - exact >= Ratio(1, 2) || exact - time->days > Ratio(1, 4)) wrong = "not rounded";
    if (time->on_site_at_least > time->days || time->on_site_at_least < time->days * Ratio(7, 10)) wrong = "on site";
    if (time->least < -30 || input.adjustment < time->least || input.adjustment > time->most) wrong = "the range";
    if (wrong) FAIL(input.persons << " persons, " << input.adjustment << " percent: " << wrong);
    before = time->days;
  }
}

SiteGroup group_of(std::int64_t count) {
  SiteGroup group{"shops", {}};
  for (std::int64_t i = 0; i < count; ++i) group.sites.push_back({fmt::format("shop-{:03}", i)});
  return group;
}

SamplingInput sampling(AuditKind audit, SiteGroup group, std::uint64_t seed = 7, bool effective = true) {
  return {audit, effective, "head-office", {std::move(group)}, seed};
}

std::vector<std::string> all_of(const GroupSample& sample) {
  std::vector<std::string> sites = sample.chosen;
  sites.insert(sites.end(), sample.random.begin(), sample.random.end());
  sites.insert(sites.end(), sample.by_last_audit.begin(), sample.by_last_audit.end());
  return sites;
}

TEST_CASE("sizes of samples", "[site_sampling]") {
  const auto [n, initial, surveillance, effective, not_effective, unsampled] =
      GENERATE(table<int, int, int, int, int, int>({
          {0, 0, 0, 0, 0, 0},
          {1, 1, 1, 1, 1, 1},
          {2, 2, 1, 2, 2, 1},
          {4, 2, 2, 2, 2, 2},
          {9, 3, 2, 3, 3, 3},
          {10, 4, 2, 3, 4, 3},
          {25, 5, 3, 4, 5, 8},
          {26, 6, 4, 5, 6, 8},
          {100, 10, 6, 8, 10, 30},
          {101, 11, 7, 9, 11, 31},
      }));
  const auto size = [n = n](AuditKind audit, bool proved, bool allowed) {
    SiteGroup group = group_of(n);
    group.sampling = allowed;
    const auto sample = site_sampling(published(), sampling(audit, group, 7, proved));
    REQUIRE(sample.has_value());
    check_derivation(sample->derivation);
    CHECK(static_cast<std::int64_t>(all_of(sample->groups[0]).size()) == sample->groups[0].size);
    return sample->groups[0].size;
  };
  INFO(n);
  CHECK(size(AuditKind::initial, false, true) == initial);
  CHECK(size(AuditKind::surveillance, true, true) == surveillance);
  CHECK(size(AuditKind::recertification, true, true) == effective);
  CHECK(size(AuditKind::recertification, false, true) == not_effective);
  CHECK(size(AuditKind::initial, false, false) == n);
  CHECK(size(AuditKind::recertification, true, false) == n);
  CHECK(size(AuditKind::surveillance, true, false) == unsampled);
}

TEST_CASE("the draw can be repeated by anybody", "[site_sampling]") {
  Draw zero(0);
  CHECK(zero.next() == 16294208416658607535ULL);  // as published for SplitMix64
  CHECK(zero.next() == 7960286522194355700ULL);
  const auto sample = site_sampling(published(), sampling(AuditKind::initial, group_of(100), 2026));
  CHECK(sample->groups[0].random.size() == 3);
  CHECK(site_sampling(published(), sampling(AuditKind::initial, group_of(100), 2026))->groups[0].random ==
        sample->groups[0].random);
}

TEST_CASE("sites that people choose, that were visited long ago, and that are not eligible", "[site_sampling]") {
  SiteGroup group = group_of(9);
  for (std::size_t i = 0; i < 9; ++i) group.sites[i].last_audited = date("2025-01-09") - std::chrono::months{i};
  group.sites[3].chosen = true;
  group.sites[4].eligible = false;
  group.sites[5].last_audited.reset();
  const auto sample = site_sampling(published(), sampling(AuditKind::initial, group));
  REQUIRE(sample.has_value());
  const GroupSample& made = sample->groups[0];
  CHECK(made.eligible == 8);
  CHECK(made.size == 3);
  CHECK(made.chosen == std::vector<std::string>{"shop-003"});
  CHECK(made.not_eligible == std::vector<std::string>{"shop-004"});
  REQUIRE(made.random.size() == 1);
  CHECK(made.by_last_audit == std::vector<std::string>{made.random[0] == "shop-005" ? "shop-008" : "shop-005"});
  group.sites[4].chosen = true;
  CHECK(
      refusal(site_sampling(published(), sampling(AuditKind::initial, group))).starts_with("/groups/0/sites/4/chosen"));
  group.sites[4].chosen = false;
  group.sites[8].id = "head-office";
  CHECK(refusal(site_sampling(published(), sampling(AuditKind::initial, group))) ==
        "/groups/0/sites/8/id: is named twice");
}

TEST_CASE("samples: sizes, no site twice, a random quarter that the seed repeats", "[site_sampling][property]") {
  const unsigned seed = chosen_seed();
  INFO("ASSAY_SEED=" << seed);
  Chance chance(seed);
  for (int i = 0; i < property_cases; ++i) {
    SiteGroup group{"g", {}};
    for (std::int64_t n = chance.between(0, chance.in(200) ? 300 : 8); n > 0; --n)
      group.sites.push_back({"site-" + std::to_string(n), !chance.in(6)});
    for (Site& site : group.sites) site.chosen = site.eligible && chance.in(6);
    const auto audit =
        chance.one_of(std::vector{AuditKind::initial, AuditKind::surveillance, AuditKind::recertification});
    const bool effective = chance.in(2);
    const SamplingInput input = sampling(audit, std::move(group), static_cast<std::uint64_t>(i), effective);
    const auto sample = site_sampling(published(), input);
    const GroupSample& made = sample->groups[0];
    const auto sites = all_of(made);
    const std::set<std::string> different(sites.begin(), sites.end());
    const auto count = static_cast<std::int64_t>(sites.size());
    const auto random = static_cast<std::int64_t>(made.random.size());
    const auto free = made.eligible - static_cast<std::int64_t>(made.chosen.size());
    const bool fewer = audit == AuditKind::recertification && effective;
    // 25 times the square of the share: 0.6, 0.8 or 1.
    const std::int64_t factor = audit == AuditKind::surveillance ? 9 : fewer ? 16 : 25;
    const char* wrong = nullptr;
    if (different.size() != sites.size()) wrong = "a site twice";
    if (25 * made.size * made.size < factor * made.eligible) wrong = "too few";
    if (made.size > 0 && 25 * (made.size - 1) * (made.size - 1) >= factor * made.eligible) wrong = "too many";
    if (count < made.size || count > made.eligible) wrong = "not as many as asked for";
    if (random * 4 < made.size && random < free) wrong = "less than a quarter at random";
    for (const std::string& site : made.not_eligible) wrong = different.contains(site) ? "not eligible" : wrong;
    if (i % 10 == 0 && site_sampling(published(), input)->groups[0].random != made.random) wrong = "not repeated";
    if (wrong) FAIL(made.eligible << " eligible, seed " << i << ": " << wrong);
  }
}

TEST_CASE("a due day says which holidays it passed over", "[working_days]") {
  WorkflowSet set = load_or_throw(small_files());
  const std::vector<Date> holidays{date("2026-04-06"), date("2026-04-03"), date("2026-04-04"), date("2026-05-01")};
  const PolicyValues policies(set);
  const auto due = policy_due_day(policies, date("2026-04-02"), "three_working_days", holidays);
  REQUIRE(due.has_value());
  CHECK(to_text(due->due) == "2026-04-09");
  CHECK(due->passed_over == std::vector{date("2026-04-03"), date("2026-04-06")});
  REQUIRE(due->derivation.size() == 1);
  CHECK(due->derivation[0].source == "test");
  CHECK(told(due->derivation[0].value, "en") == "3 working days");
  CHECK(told(due->derivation[0].rule, "de") ==
        "Gezählt ab 2026-04-02, Montag bis Freitag ohne Feiertage; übergangen: 2026-04-03, 2026-04-06");
  CHECK(to_text(policy_due_day(policies, date("2026-04-02"), "five_days", holidays)->due) == "2026-04-07");
  CHECK(refusal(policy_due_day(policies, date("2026-04-02"), "share", {})).starts_with("/policy: "));
  CHECK(refusal(policy_due_day(policies, date("2026-04-02"), "reminders", {})).starts_with("/policy: "));
  CHECK(refusal(policy_due_day(policies, date("2026-04-02"), "soon", {})).starts_with("/policy: "));
  CHECK(refusal(policy_due_day(policies, date("9999-12-31"), "five_days", {})).starts_with("/from: "));
}

TEST_CASE("the value of a policy fits its unit", "[load]") {
  const auto [unit, value, good] = GENERATE(table<const char*, const char*, bool>({
      {"calendar_days", "5", true},
      {"calendar_days", "[-1, 0]", true},
      {"calendar_days", "[[1]]", false},
      {"calendar_days", "1.5", false},
      {"calendar_months", "[]", false},
      {"count", "[[1, 2], [3, 4]]", true},
      {"count", "[[1, 2], [3]]", false},
      {"percent", "[[1, 2.5]]", false},
      {"percent", "[[1, \"x\"]]", false},
      {"auditor_days", "8.5", true},
      {"auditor_days", "8.25", false},
      {"auditor_days", "-1", false},
      {"auditor_days", "[[10, 5.5]]", true},
      {"auditor_days", "[1, 2]", false},
      {"share", "[1, 3]", true},
      {"share", "[1, 0]", false},
      {"share", "[1, 2, 3]", false},
      {"share", "0.3", false},
      {"share", "[1, 1001]", false},
      {"count", "[[]]", false},
      {"count", "[[2000000]]", false},
  }));
  INFO(unit << " " << value);
  CHECK(policy_value_fault(unit, Json::parse(value)).empty() == good);
}

}  // namespace
}  // namespace assay::test::calculations_test
