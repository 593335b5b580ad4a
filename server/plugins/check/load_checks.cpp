// Checks of a plugin that is loaded and not called yet.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "plugins/check/candidate.h"

namespace assay {

using sandbox::Step;

std::string check_load(Candidate& subject) {
  subject.loaded(Step::map);
  return {};
}

std::string check_entry(Candidate& subject) {
  subject.loaded(Step::open);
  return {};
}

std::string check_init(Candidate& subject) {
  subject.loaded(Step::init);
  return {};
}

std::string check_declared(Candidate& subject) {
  subject.loaded(Step::take);
  return {};
}

/// The best of some tries: this is about the plugin, not about a machine that is busy.
std::string check_scan_time(Candidate& subject) {
  constexpr std::int64_t most = 100'000;
  std::int64_t best = INT64_MAX;
  for (int tries = 0; tries < 5; ++tries) {
    const auto probe = subject.process();
    std::int64_t all = 0;
    for (const Step step : {Step::map, Step::open, Step::init, Step::take}) {
      const Tried tried = probe->take(subject.request(step), step_patience);
      demand_well(*probe, tried, "loading");
      all += tried.seen.microseconds;
    }
    best = std::min(best, all);
    if (best <= most) break;
  }
  if (best > most) throw Unmet(fmt::format("it takes {} ms until it is ready", best / 1000));
  return fmt::format("{:.1f} ms", static_cast<double>(best) / 1000);
}

std::string check_init_twice(Candidate& subject) {
  const auto probe = subject.loaded();
  for (const Step step : {Step::deinit, Step::open, Step::init, Step::take}) {
    demand_well(*probe, probe->take(subject.request(step), step_patience),
                step == Step::deinit ? "deinit" : "init after deinit");
  }
  for (const CallCase& one : subject.cases())
    demand_well(*probe, probe->take(Candidate::request(one), step_patience), one.name + " after the second init");
  demand_well(*probe, probe->take(subject.request(Step::deinit), step_patience), "the second deinit");
  return {};
}

std::string check_unknown_extension(Candidate& subject) {
  const auto probe = subject.loaded();
  std::vector<std::string> ids = {"", "no-such-extension/1", std::string(1 << 20, 'x'), std::string("\0", 1)};
  for (const std::string& id : subject.manifest().extensions) {
    ids.push_back(id + "0");
    ids.push_back(id.substr(0, id.size() - 1));
    ids.push_back(id + std::string("\0x", 2));
  }
  for (const std::string& id : ids) {
    sandbox::ProbeRequest request = subject.request(Step::extension);
    request.input = id;
    const std::string what = fmt::format("get_extension(\"{}\")", id.size() > 50 ? "a megabyte of x" : id.c_str());
    const Tried tried = probe->take(request, step_patience);
    demand_well(*probe, tried, what);
    if (tried.seen.written != 0) throw Unmet(what + " is not null");
  }
  return {};
}

std::string check_bare_host(Candidate& subject) {
  const auto with = subject.loaded(), without = subject.loaded(Step::take, true);
  for (const CallCase& one : subject.cases()) {
    const Tried left = with->take(Candidate::request(one), step_patience);
    const Tried right = without->take(Candidate::request(one), step_patience);
    if (one.method == sandbox::Method::sample) {  // without rng/1 there is no chance: it may say so
      demand_alive(*without, right, one.name);
      continue;
    }
    demand_well(*without, right, one.name);
    if (left.well() && left.output != right.output) throw Unmet(one.name + " is another one with a bare host");
  }
  return {};
}

}  // namespace assay
