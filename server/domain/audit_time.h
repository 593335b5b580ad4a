// Audit time: how many auditor-days an audit takes, from the people, the factors and the kind of audit.
#pragma once

#include <optional>

#include "domain/derivation.h"

namespace assay {

enum class AuditKind { initial, surveillance, recertification };

/// People who do the same work: they count as the square root of their number at least.
struct IdenticalWork {
  std::string activity;
  std::int64_t persons;
  std::string justification;  // why the risk allows it
  std::optional<std::int64_t> counted_as = {};
};

/// Scores from 1 (simple) to 3 (demanding).
struct AuditTimeFactors {
  int sector, processes, maturity;               // business
  int infrastructure, outsourcing, development;  // information technology
};

/// A site of many is audited for less time, since the central function answers for a part.
struct SiteReduction {
  int percent;
  std::string reason;
};

struct AuditTimeInput {
  AuditKind audit = AuditKind::initial;
  std::int64_t persons;  // under control of the organisation, with those of `identical_work`; at most ten million
  std::vector<IdenticalWork> identical_work = {};
  AuditTimeFactors factors;
  int adjustment = 0;  // percent, negative reduces
  std::optional<SiteReduction> site = {};
};

struct AuditTime {
  std::int64_t persons_counted = 0;
  Ratio table_days = 0;                             // of an initial audit, before anything else
  int business = 0, it = 0;                         // 1 low, 2 medium, 3 high
  int least = 0, most = 0;                          // the range of the adjustment in percent, within the cap
  Ratio days = 0;                                   // the audit time, rounded
  Ratio least_days = 0;                             // what the caps leave of it at least, not rounded
  Ratio on_site_at_least = 0;                       // of it the audit itself; the rest is planning and reporting
  std::optional<Ratio> stage_1 = {}, stage_2 = {};  // a suggestion, for an initial audit
  Derivation derivation = {};
};

/// Refuses as invalid, with pointers as the API names the members, what the rules do not allow; as not_found when the
/// set lacks a policy that it needs.
Result<AuditTime> audit_time(const PolicyValues& policies, const AuditTimeInput& input);

struct SingleTime {
  std::string standard;
  Ratio days;      // before any adjustment
  int adjustment;  // percent
};

struct IntegratedTime {
  Ratio sum = 0;              // of the adjusted single times
  Ratio days = 0;             // rounded
  Ratio total_reduction = 0;  // percent of the single times before any adjustment; negative when it became more
  Derivation derivation = {};
};

/// The time of an integrated audit: the single times, each adjusted by its own rules, are added, and the sum is reduced
/// by `reduction` percent. A total reduction above the cap of a single audit needs a reason. Refuses as audit_time()
/// does.
Result<IntegratedTime> integrated_time(const PolicyValues& policies, const std::vector<SingleTime>& times,
                                       int reduction, const std::string& reason);

}  // namespace assay
