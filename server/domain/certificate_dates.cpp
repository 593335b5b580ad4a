// The dates of a certification.
#include "domain/certificate_dates.h"

namespace assay {
namespace {

/// Days that lead out of the calendar are refused once, at the end.
struct Dating {
  Calculation calculation;
  bool beyond = false;

  Date after(Date from, const char* name) {
    const auto day = counted_from(from, calculation.number(name), calculation.policy(name).unit);
    beyond = beyond || !day;
    return day.value_or(from);
  }
  Date noted(std::string rule, Date from, const char* name) {
    const Date day = after(from, name);
    calculation.step(std::move(rule), name, to_text(day));
    return day;
  }
};

Refusal beyond_calendar() { return invalid_field("/decision", "leads out of the years 0 to 9999"); }

Result<Date> expiry_of(Dating& dating, const CertificateInput& input) {
  const auto cycle = [&](std::string rule, Date from) {
    return dating.noted(fmt::format("{}: {}", rule, to_text(from)), from, "certificate_validity");
  };
  if (input.step == CertificateStep::grant) {
    if (input.old_expiry) return invalid_field("/old_expiry", "is only there to renew or to restore");
    return dating.noted("The last day of the cycle is the one before",
                        cycle("The first cycle begins with the decision", input.decision), "less_a_day");
  }
  if (!input.old_expiry) return invalid_field("/old_expiry", "is missing");
  const Date old = *input.old_expiry;
  if (input.step == CertificateStep::renew) {
    if (input.decision > old)
      return invalid_field("/decision", "the certification has expired: it can only be restored");
    const Date from = dating.noted("From this day on a renewal may be decided", old, "recertification_window");
    if (input.decision < from)
      return invalid_field("/decision", fmt::format("is before {}, from when on a renewal may be decided, as the new "
                                                    "cycle follows the old one",
                                                    to_text(from)));
    return cycle("Completed before the expiry: the new cycle follows the old one", old);
  }
  if (input.decision <= old) return invalid_field("/decision", "the certification has not expired: it can be renewed");
  const Date last = dating.noted("The last day on which the certification can be restored", old, "restore_limit");
  if (input.decision > last)
    return invalid_field("/decision", fmt::format("is after {}, until when it could be restored: at least a stage 2 is "
                                                  "needed",
                                                  to_text(last)));
  return cycle("Restored: the cycle that followed the old expiry is kept", old);
}

/// The last day for the surveillance of each year up to the recertification.
std::vector<Date> surveillances_of(Dating& dating, const CertificateInput& input, Date expiry) {
  std::vector<Date> days;
  auto year = input.decision.year() + std::chrono::years{1};
  if (input.step == CertificateStep::grant) {
    days.push_back(
        dating.noted("The first surveillance counts from the decision", input.decision, "first_surveillance"));
    year = days.back().year() + std::chrono::years{1};
  }
  for (; year < expiry.year(); ++year) {
    days.push_back(year / std::chrono::December / 31);
    dating.calculation.step("A surveillance in each calendar year but that of the recertification",
                            "surveillances_a_year", to_text(days.back()));
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
    return invalid_field("/effective", fmt::format("must not be before {}, as the decision is of {}", to_text(earliest),
                                                   to_text(input.decision)));
  dating.calculation.step("The certificate is effective on the day of the decision or later", "certificate_effective",
                          to_text(dates.effective));
  auto expiry = expiry_of(dating, input);
  if (!expiry) return expiry.error();
  if (dating.beyond) return beyond_calendar();
  dates.expiry = *expiry;
  if (dates.effective >= dates.expiry)
    return invalid_field("/effective", fmt::format("must be before the expiry, {}", to_text(dates.expiry)));
  dates.surveillances = surveillances_of(dating, input, dates.expiry);
  dates.recertification_from = dating.noted(
      "The recertification, with the verification of majors, lies between this day "
      "and the expiry",
      dates.expiry, "recertification_window");
  dates.restorable_until =
      dating.noted("Once expired, the certification can be restored until this day", dates.expiry, "restore_limit");
  if (input.stage_2_last_day) {
    if (*input.stage_2_last_day > input.decision)
      return invalid_field("/stage_2_last_day", "must not be after the decision");
    dates.majors_verified_by =
        dating.noted("Major nonconformities are verified until this day, else stage 2 is repeated",
                     *input.stage_2_last_day, "major_verification_limit");
  }
  if (input.suspended_on) {
    dates.suspension_until = dating.noted("A suspension ends until this day, or a case to withdraw or reduce is opened",
                                          *input.suspended_on, "suspension_limit");
  }
  if (dating.beyond) return beyond_calendar();
  dates.derivation = std::move(dating.calculation).steps();
  return dates;
}

}  // namespace assay
