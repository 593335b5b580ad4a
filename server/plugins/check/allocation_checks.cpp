// The check that refuses memory to a plugin: one allocation of a call at a time.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "plugins/check/candidate.h"
#include "plugins/check/inputs.h"

namespace assay {
namespace {

/// What a call does when nothing is refused.
struct Undisturbed {
  std::uint64_t allocations;
  std::string output;
};

/// One plugin that is refused memory, in one process after another.
class Starved {
 public:
  explicit Starved(Candidate& subject) : subject_(subject), probe_(subject.loaded()) {}

  /// A case chosen by `seed`, of which an allocation chosen by it fails.
  void refuse(std::uint64_t seed) {
    Chance chance(seed);
    const auto& cases = subject_.cases();
    const CallCase& one = cases[chance.below(cases.size())];
    const Undisturbed& sound = undisturbed(one);
    if (sound.allocations == 0) return;
    sandbox::ProbeRequest request = Candidate::request(one);
    request.refuse_allocation = 1 + chance.below(sound.allocations);
    const std::string what =
        fmt::format("{}, where allocation {} of {} fails", one.name, request.refuse_allocation, sound.allocations);
    const Tried tried = probe_->take(request, step_patience);
    if (gave_up(tried)) return;
    demand_alive(*probe_, tried, what);
    if (tried.seen.status == ASSAY_OK && tried.output != sound.output)
      throw Unmet(what + ": it says that all is well and writes something else");
    const Tried after = probe_->take(Candidate::request(one), step_patience);
    demand_well(*probe_, after, what + ", and then the call again");
    if (after.output != sound.output) throw Unmet(what + ": the next call writes something else");
    ++clean_;
  }

  /// A language's runtime that ends the process instead is borne with, as the host bears it. Of C++ that is a
  /// destructor that needs memory; where it is the rule nothing catches what `new` throws.
  std::string end() const {
    if (terminated_ > clean_)
      throw Unmet(fmt::format("std::bad_alloc ended its process {} times, and {} calls failed as they should",
                              terminated_, clean_));
    const std::uint64_t ended = terminated_ + aborted_;
    if (clean_ + ended == 0) return "it allocates nothing";
    if (ended == 0) return fmt::format("{} refused", clean_);
    return fmt::format("{} refused; at {} its language ended the process", clean_ + ended, ended);
  }

 private:
  const Undisturbed& undisturbed(const CallCase& one) {
    const std::string key = fmt::format("{} {} {}", static_cast<unsigned>(one.method), one.language, one.format);
    if (const auto found = sound_.find(key); found != sound_.end()) return found->second;
    // The second call: the first one may have to fill what lasts.
    demand_well(*probe_, probe_->take(Candidate::request(one), step_patience), one.name);
    Tried tried = probe_->take(Candidate::request(one), step_patience);
    demand_well(*probe_, tried, one.name);
    return sound_.emplace(key, Undisturbed{tried.seen.allocations, std::move(tried.output)}).first->second;
  }

  /// Whether the runtime of its language has ended the process, with the words that it has for this.
  bool gave_up(const Tried& tried) {
    if (tried.alive || probe_->end() != "it crashed (Aborted)") return false;
    const bool rust = probe_->printed().find("memory allocation of ") != std::string::npos;
    const bool cpp = probe_->printed().find("std::bad_alloc") != std::string::npos;
    if (!rust && !cpp) return false;
    ++(rust ? aborted_ : terminated_);
    probe_ = subject_.loaded();
    return true;
  }

  Candidate& subject_;
  std::unique_ptr<CallTarget> probe_;
  std::map<std::string, Undisturbed> sound_;
  std::uint64_t clean_ = 0, terminated_ = 0, aborted_ = 0;
};

}  // namespace

std::string check_allocations(Candidate& subject) {
  constexpr std::uint64_t most_refused = 200;
  Starved starved(subject);
  const auto until = std::chrono::steady_clock::now() + subject.options().tries;
  std::uint64_t tried = 0;
  do {
    const std::uint64_t seed = subject.options().seed + tried;
    try {
      starved.refuse(seed);
    } catch (const Unmet& unmet) {
      throw Unmet(fmt::format("with seed {}, {}", seed, unmet.what()), seed);
    }
    ++tried;
  } while (!subject.options().reproduce && tried < most_refused && std::chrono::steady_clock::now() < until);
  return starved.end();
}

}  // namespace assay
