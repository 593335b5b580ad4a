// The dates of a certification: from when to when it holds, and what falls due within it.
#pragma once

#include <optional>

#include "domain/calendar.h"
#include "domain/derivation.h"

namespace assay {

enum class CertificateStep {
  grant,    // initial certification
  renew,    // recertification decided before the expiry
  restore,  // recertification decided after the expiry
};

struct CertificateInput {
  CertificateStep step = CertificateStep::grant;
  Date decision;
  std::optional<Date> effective = {};         // the day of the decision when not given
  std::optional<Date> old_expiry = {};        // to renew and to restore
  std::optional<Date> stage_2_last_day = {};  // asks for the verification of majors
  std::optional<Date> suspended_on = {};      // asks for the end of a suspension
};

struct CertificateDates {
  Date effective, expiry;
  std::vector<Date> surveillances = {};  // each at the latest
  Date recertification_from;             // until the expiry
  Date restorable_until;
  std::optional<Date> majors_verified_by = {}, suspension_until = {};
  Derivation derivation = {};
};

/// The same days as the decisions of certification/certification-decision.json give. A first cycle begins with the
/// decision and ends on the day before the same date. A renewal counts on from the old expiry, and is refused before
/// the window that lies there, so that no cycle becomes longer. Restoring keeps the cycle that the old expiry began,
/// and is refused after the time for it, when at least a stage 2 is needed. Refuses as audit_time() does.
Result<CertificateDates> certificate_dates(const PolicyValues& policies, const CertificateInput& input);

}  // namespace assay
