// Multi-site sampling: which sites of an organisation an audit visits.
#pragma once

#include <optional>

#include "domain/audit_time.h"
#include "domain/derivation.h"
#include "domain/time.h"

namespace assay {

/// SplitMix64: each number is made from the state alone, so that anybody can repeat a draw.
///   state := state + 0x9E3779B97F4A7C15        (all modulo 2^64)
///   z := state; z := (z xor (z >> 30)) * 0xBF58476D1CE4E5B9; z := (z xor (z >> 27)) * 0x94D049BB133111EB
///   the number is z xor (z >> 31)
/// A seed of 0 gives 16294208416658607535 first.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  /// The remainder of the next number, from 0 to `count` - 1. What that prefers is less than one in 10^12.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }

 private:
  std::uint64_t state_;
};

struct Site {
  std::string id;
  bool eligible = true;
  bool chosen = false;  // by a person, for a reason of theirs
  std::optional<Date> last_audited = {};
};

/// Sites with similar processes.
struct SiteGroup {
  std::string name;
  std::vector<Site> sites;
  bool sampling = true;  // false: sampling is not allowed
};

struct SamplingInput {
  AuditKind audit = AuditKind::initial;
  bool effective = false;  // the system proved effective: a recertification takes fewer sites
  std::string central_function;
  std::vector<SiteGroup> groups;
  std::uint64_t seed = 0;
};

struct GroupSample {
  std::string name;
  std::int64_t eligible = 0;
  std::int64_t size = 0;  // that the rules ask for; people may choose more
  std::vector<std::string> chosen = {}, random = {}, by_last_audit = {}, not_eligible = {};
};

struct SiteSample {
  std::vector<GroupSample> groups = {};
  Derivation derivation = {};
};

/// For each group, the size of the sample and its sites: those chosen by people; the share that is drawn; and, until
/// the size is reached, those whose last audit is longest ago, never audited ones first. The draw goes through the
/// groups as they are given, with one generator; in each, the eligible sites that nobody chose are sorted by id
/// (bytes), and the site at `below(left)` is taken out, again and again, the last one taking its place. The central
/// function is always audited. Refuses as audit_time() does.
Result<SiteSample> site_sampling(const PolicyValues& policies, const SamplingInput& input);

}  // namespace assay
