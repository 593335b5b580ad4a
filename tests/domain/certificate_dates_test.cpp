// The calculator of a certification's dates: known vectors, what it refuses, and properties on random input.
#include "domain/certificate_dates.h"

#include <catch2/catch_all.hpp>

#include "domain/calculator.h"
#include "domain/chance.h"

namespace assay::test::certificate_dates_test {
namespace {

TEST_CASE("dates of certificates", "[certificate_dates]") {
  using enum CertificateStep;
  struct Row {
    CertificateStep step;
    const char *decision, *effective, *old_expiry, *expiry, *surveillances, *window, *restorable;
  };
  const auto row = GENERATE(values<Row>({
      {grant, "2026-07-01", "", "", "2029-06-30", "2027-07-01 2028-12-31 ", "2028-12-30", "2029-12-30"},
      {grant, "2026-07-01", "2026-07-15", "", "2029-06-30", "2027-07-01 2028-12-31 ", "2028-12-30", "2029-12-30"},
      {grant, "2024-02-29", "", "", "2027-02-27", "2025-02-28 2026-12-31 ", "2026-08-27", "2027-08-27"},
      {renew, "2029-05-01", "", "2029-07-01", "2032-07-01", "2030-12-31 2031-12-31 ", "2032-01-01", "2033-01-01"},
      {renew, "2029-07-01", "", "2029-07-01", "2032-07-01", "2030-12-31 2031-12-31 ", "2032-01-01", "2033-01-01"},
      {renew, "2029-01-01", "", "2029-07-01", "2032-07-01", "2030-12-31 2031-12-31 ", "2032-01-01", "2033-01-01"},
      {restore, "2029-07-02", "", "2029-07-01", "2032-07-01", "2030-12-31 2031-12-31 ", "2032-01-01", "2033-01-01"},
      {restore, "2030-01-01", "", "2029-07-01", "2032-07-01", "2031-12-31 ", "2032-01-01", "2033-01-01"},
  }));
  CertificateInput input{row.step, date(row.decision)};
  input.effective = parse_date(row.effective);
  input.old_expiry = parse_date(row.old_expiry);
  INFO(row.decision);
  const auto dates = certificate_dates(PolicyValues(shipped()), input);
  REQUIRE(refusal(dates) == "granted");
  CHECK(to_text(dates->effective) == (*row.effective ? row.effective : row.decision));
  CHECK(to_text(dates->expiry) == row.expiry);
  std::string surveillances;
  for (const Date day : dates->surveillances) surveillances += to_text(day) + " ";
  CHECK(surveillances == row.surveillances);
  CHECK(to_text(dates->recertification_from) == row.window);
  CHECK(to_text(dates->restorable_until) == row.restorable);
  check_derivation(dates->derivation);
}

TEST_CASE("what the dates of certificates refuse, and what else falls due", "[certificate_dates]") {
  using enum CertificateStep;
  const auto said = [](CertificateStep step, const char* decision, const char* old, const char* effective = "") {
    CertificateInput input{step, date(decision)};
    input.old_expiry = parse_date(old);
    input.effective = parse_date(effective);
    return refusal(certificate_dates(PolicyValues(shipped()), input));
  };
  CHECK(said(grant, "2026-07-01", "", "2026-06-30").starts_with("/effective: must not be before 2026-07-01"));
  CHECK(said(grant, "2026-07-01", "", "2029-06-30") == "/effective: must be before the expiry, 2029-06-30");
  CHECK(said(grant, "2026-07-01", "2026-08-01").starts_with("/old_expiry: "));
  CHECK(said(renew, "2026-07-01", "") == "/old_expiry: is missing");
  CHECK(said(renew, "2029-07-02", "2029-07-01").starts_with("/decision: the certification has expired"));
  CHECK(said(renew, "2028-12-31", "2029-07-01")
            .starts_with("/decision: is before 2029-01-01, from when on a renewal may"));
  CHECK(said(restore, "2029-07-01", "2029-07-01").starts_with("/decision: the certification has not expired"));
  CHECK(said(restore, "2030-01-02", "2029-07-01").find("at least a stage 2") != std::string::npos);
  CHECK(said(grant, "9998-01-01", "") == "/decision: leads out of the years 0 to 9999");
  CertificateInput input{grant, date("2026-07-01")};
  input.stage_2_last_day = date("2026-05-31");
  input.suspended_on = date("2027-08-31");
  const auto dates = certificate_dates(PolicyValues(shipped()), input);
  CHECK(to_text(*dates->majors_verified_by) == "2026-11-30");
  CHECK(to_text(*dates->suspension_until) == "2028-02-29");
  input.stage_2_last_day = date("2026-07-02");
  CHECK(refusal(certificate_dates(PolicyValues(shipped()), input)) ==
        "/stage_2_last_day: must not be after the decision");
}

TEST_CASE("a renewal or restoration neither shortens nor lengthens a cycle", "[certificate_dates][property]") {
  const unsigned seed = chosen_seed();
  INFO("ASSAY_SEED=" << seed);
  Chance chance(seed);
  const auto years = [](Date day, int count) { return *counted_from(day, count, "calendar_years"); };
  for (int i = 0; i < property_cases; ++i) {
    const Date old{std::chrono::sys_days{date("2000-01-01")} + std::chrono::days{chance.between(0, 40'000)}};
    CertificateInput input{CertificateStep::renew, old};
    input.decision = Date{std::chrono::sys_days{old} + std::chrono::days{chance.between(-200, 200)}};
    input.old_expiry = old;
    if (input.decision > old) input.step = CertificateStep::restore;
    const auto dates = certificate_dates(PolicyValues(shipped()), input);
    const bool late = input.decision > *counted_from(old, 6, "calendar_months");
    const bool early = input.decision < *counted_from(old, -6, "calendar_months");
    const char* wrong = nullptr;
    if (dates.has_error() != (late || early)) wrong = "refused or not";
    if (dates.has_value()) {
      if (dates->expiry != years(old, 3)) wrong = "no whole cycle";
      if (dates->effective < input.decision) wrong = "effective before the decision";
      if (dates->surveillances.size() > 3) wrong = "too many surveillances";
    }
    if (wrong) FAIL(to_text(input.decision) << ", expired " << to_text(old) << ": " << wrong);
  }
}

}  // namespace
}  // namespace assay::test::certificate_dates_test
