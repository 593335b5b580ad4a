// The dates of a certification.
#include "domain/certificate_dates.h"

namespace assay {
namespace {

/// Days that lead out of the calendar are refused once, at the end.
struct Dating {
  Calculation calculation;
  bool beyond = false;

  Date after(Date from, const char* name) {
    const auto day = counted_from(from, calculation.number(name), calculation.unit(name));
    beyond = beyond || !day;
    return day.value_or(from);
  }
  Date noted(Wording rule, Date from, const char* name) {
    const Date day = after(from, name);
    calculation.step(std::move(rule), name, verbatim(to_text(day)));
    return day;
  }
};

Refusal beyond_calendar() { return invalid_field("/decision", Wording{"beyond_calendar"}); }

Result<Date> expiry_of(Dating& dating, const CertificateInput& input) {
  const auto cycle = [&](const char* rule, Date from) {
    return dating.noted({rule, {{"day", to_text(from)}}}, from, "certificate_validity");
  };
  if (input.step == CertificateStep::grant) {
    if (input.old_expiry) return invalid_field("/old_expiry", Wording{"only_to_renew"});
    return dating.noted({"last_day_of_cycle"}, cycle("first_cycle", input.decision), "less_a_day");
  }
  if (!input.old_expiry) return invalid_field("/old_expiry", Wording{"missing"});
  const Date old = *input.old_expiry;
  if (input.step == CertificateStep::renew) {
    if (input.decision > old) return invalid_field("/decision", Wording{"has_expired"});
    const Date from = dating.noted({"renewable_from"}, old, "recertification_window");
    if (input.decision < from) return invalid_field("/decision", Wording{"before_renewal", {{"day", to_text(from)}}});
    return cycle("new_cycle", old);
  }
  if (input.decision <= old) return invalid_field("/decision", Wording{"not_expired"});
  const Date last = dating.noted({"restorable_by"}, old, "restore_limit");
  if (input.decision > last) return invalid_field("/decision", Wording{"after_restoring", {{"day", to_text(last)}}});
  return cycle("restored_cycle", old);
}

/// The last day for the surveillance of each year up to the recertification.
std::vector<Date> surveillances_of(Dating& dating, const CertificateInput& input, Date expiry) {
  std::vector<Date> days;
  auto year = input.decision.year() + std::chrono::years{1};
  if (input.step == CertificateStep::grant) {
    days.push_back(dating.noted({"first_surveillance_from_decision"}, input.decision, "first_surveillance"));
    year = days.back().year() + std::chrono::years{1};
  }
  for (; year < expiry.year(); ++year) {
    days.push_back(year / std::chrono::December / 31);
    dating.calculation.step({"surveillance_each_year"}, "surveillances_a_year", verbatim(to_text(days.back())));
  }
  return days;
}

}  // namespace

Result<CertificateDates> certificate_dates(const PolicyValues& policies, const CertificateInput& input) {
  Dating dating{Calculation(policies)};
  auto done = dating.calculation.needs({{"certificate_effective", "calendar_days"},
                                        {"certificate_validity", "calendar_years"},
                                        {"less_a_day", "calendar_days"},
                                        {"first_surveillance", "calendar_months"},
                                        {"surveillances_a_year", "count"},
                                        {"recertification_window", "calendar_months"},
                                        {"restore_limit", "calendar_months"},
                                        {"major_verification_limit", "calendar_months"},
                                        {"suspension_limit", "calendar_months"}});
  if (!done) return done.error();
  CertificateDates dates{};
  const Date earliest = dating.after(input.decision, "certificate_effective");
  dates.effective = input.effective.value_or(earliest);
  if (dates.effective < earliest)
    return invalid_field(
        "/effective", Wording{"before_decision", {{"day", to_text(earliest)}, {"decision", to_text(input.decision)}}});
  dating.calculation.step({"effective_from"}, "certificate_effective", verbatim(to_text(dates.effective)));
  auto expiry = expiry_of(dating, input);
  if (!expiry) return expiry.error();
  if (dating.beyond) return beyond_calendar();
  dates.expiry = *expiry;
  if (dates.effective >= dates.expiry)
    return invalid_field("/effective", Wording{"before_expiry", {{"day", to_text(dates.expiry)}}});
  dates.surveillances = surveillances_of(dating, input, dates.expiry);
  dates.recertification_from = dating.noted({"recertification_between"}, dates.expiry, "recertification_window");
  dates.restorable_until = dating.noted({"restorable_until"}, dates.expiry, "restore_limit");
  if (input.stage_2_last_day) {
    if (*input.stage_2_last_day > input.decision) return invalid_field("/stage_2_last_day", Wording{"after_decision"});
    dates.majors_verified_by = dating.noted({"majors_until"}, *input.stage_2_last_day, "major_verification_limit");
  }
  if (input.suspended_on) {
    dates.suspension_until = dating.noted({"suspension_until"}, *input.suspended_on, "suspension_limit");
  }
  if (dating.beyond) return beyond_calendar();
  dates.derivation = std::move(dating.calculation).steps();
  return dates;
}

}  // namespace assay
