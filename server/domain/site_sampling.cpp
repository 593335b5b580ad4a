// Multi-site sampling.
#include "domain/site_sampling.h"

#include <algorithm>
#include <set>

namespace assay {
namespace {

std::string rule_of(const SamplingInput& input, const SiteGroup& group) {
  if (!group.sampling) return input.audit == AuditKind::surveillance ? "sampling_none" : "";
  if (input.audit == AuditKind::surveillance) return "sampling_surveillance";
  if (input.audit == AuditKind::recertification && input.effective) return "sampling_recertification";
  return "sampling_initial";
}

Wording of_sites(std::int64_t size, std::int64_t count) { return {"of_sites", {{"size", size}, {"count", count}}}; }

std::int64_t size_of(Calculation& calculation, const SamplingInput& input, const SiteGroup& group, std::int64_t n) {
  const std::string policy = rule_of(input, group);
  if (policy.empty()) {
    calculation.step({"all_sites", {{"group", group.name}}}, "sampling_none", {"all"}, of_sites(n, n));
    return n;
  }
  if (policy == "sampling_none") {
    const std::int64_t size = Ratio(n * calculation.number(policy), 100).ceil();
    calculation.step({"share_of_sites", {{"group", group.name}}}, policy, of_sites(size, n));
    return size;
  }
  const std::int64_t size = std::min(root_share(calculation.share(policy), n), n);
  calculation.step({"root_of_sites", {{"group", group.name}}}, policy, of_sites(size, n));
  return size;
}

/// Takes `count` of the sites, which are sorted by id, at random.
std::vector<std::string> drawn(Draw& draw, std::vector<const Site*>& sites, std::int64_t count) {
  std::vector<std::string> taken;
  while (count-- > 0 && !sites.empty()) {
    const std::size_t at = draw.below(sites.size());
    taken.push_back(sites[at]->id);
    sites[at] = sites.back();
    sites.pop_back();
  }
  return taken;
}

GroupSample sample_of(Calculation& calculation, Draw& draw, const SamplingInput& input, const SiteGroup& group) {
  GroupSample sample;
  sample.name = group.name;
  std::vector<const Site*> left;
  for (const Site& site : group.sites) {
    if (!site.eligible) {
      sample.not_eligible.push_back(site.id);
      continue;
    }
    ++sample.eligible;
    if (site.chosen) sample.chosen.push_back(site.id);
    if (!site.chosen) left.push_back(&site);
  }
  sample.size = size_of(calculation, input, group, sample.eligible);
  std::sort(left.begin(), left.end(), [](const Site* a, const Site* b) { return a->id < b->id; });
  if (group.sampling) {
    const std::int64_t random = Ratio(sample.size * calculation.number("sampling_random"), 100).ceil();
    sample.random = drawn(draw, left, random);
    calculation.step({"drawn", {{"group", group.name}, {"seed", input.seed}}}, "sampling_random",
                     verbatim(sample.random));
  }
  std::sort(left.begin(), left.end(), [](const Site* a, const Site* b) {
    return std::pair(a->last_audited, std::string_view(a->id)) < std::pair(b->last_audited, std::string_view(b->id));
  });
  for (const Site* site : left) {
    if (static_cast<std::int64_t>(sample.chosen.size() + sample.random.size() + sample.by_last_audit.size()) >=
        sample.size)
      break;
    sample.by_last_audit.push_back(site->id);
  }
  return sample;
}

/// Every name of a site once, and none empty.
Result<void> names_hold(const SamplingInput& input) {
  std::set<std::string_view> known{input.central_function};
  for (std::size_t g = 0; g < input.groups.size(); ++g) {
    const auto& sites = input.groups[g].sites;
    for (std::size_t i = 0; i < sites.size(); ++i) {
      const std::string pointer = fmt::format("/groups/{}/sites/{}", g, i);
      if (!known.insert(sites[i].id).second) return invalid_field(pointer + "/id", Wording{"named_twice"});
      if (sites[i].chosen && !sites[i].eligible)
        return invalid_field(pointer + "/chosen", Wording{"chosen_not_eligible"});
    }
  }
  return {};
}

}  // namespace

std::uint64_t Draw::next() {
  state_ += 0x9E3779B97F4A7C15;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

Result<SiteSample> site_sampling(const PolicyValues& policies, const SamplingInput& input) {
  Calculation calculation(policies);
  auto done = calculation.needs({{"sampling_initial", "share"},
                                 {"sampling_surveillance", "share"},
                                 {"sampling_recertification", "share"},
                                 {"sampling_random", "percent"},
                                 {"sampling_none", "percent"},
                                 {"central_function_audits", "count"}});
  if (!done) return done.error();
  if (done = names_hold(input); !done) return done.error();
  calculation.step({"central_function_always"}, "central_function_audits", verbatim(input.central_function));
  SiteSample sample;
  Draw draw(input.seed);
  for (const SiteGroup& group : input.groups) sample.groups.push_back(sample_of(calculation, draw, input, group));
  sample.derivation = std::move(calculation).steps();
  return sample;
}

}  // namespace assay
