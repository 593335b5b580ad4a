// What the programme of a certification calculates: the audit time of each visit of its cycle, and the sites of an
// audit.
#pragma once

#include "domain/policies.h"
#include "domain/refusal.h"

namespace assay {

/// The audit times of a cycle, each of a fresh calculation: {"audit_times": [{visit, purpose (of the audit), days,
/// least_days (what the caps leave), derivation}], "derivation" (a text)}, with visits and derivations in `language`.
/// `given`: persons, factors, adjustment and identical_work as audit_time() takes them; first_cycle (true if it is not
/// given) begins with the two stages of an initial audit.
Result<Json> audit_times(const PolicyValues& policies, const Json& given, std::string_view language);

/// The audit time of single sites, each reduced as the central function answers for a part: {"site_times": [{site,
/// days, derivation}], "derivation" (a text)}. `given`: audit, factors and adjustment as audit_time() takes them;
/// site_reductions ([{site, persons, reduction, reason}]), each of another one of `sites`.
Result<Json> site_times(const PolicyValues& policies, const Json& given, std::string_view language);

/// The sites of an audit: {"sites" (the central function first), "seed", "draws", "derivation" (a text)}. `given`:
/// audit, effective and central_function as site_sampling() takes them; grouped_sites ([{site, group, eligible?,
/// chosen?, last_audited?}]) and no_sampling (groups where it is not allowed); sites, which are all of the programme,
/// each the central function or in a group; chance, a number of the record that nobody knows beforehand, and draws, how
/// many it has made (0 if not given). A Draw that begins with `chance` gives the seed: the first number to the first
/// draw and so on, without its lowest eleven bits.
Result<Json> sampled_sites(const PolicyValues& policies, const Json& given, std::string_view language);

}  // namespace assay
