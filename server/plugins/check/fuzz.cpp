// The fuzz: changed input and a moody host, each case from a seed of its own that shows it again.
#include <fmt/format.h>

#include "plugins/check/answer_inputs.h"
#include "plugins/check/candidate.h"
#include "plugins/check/document.h"
#include "plugins/check/inputs.h"

namespace assay {
namespace {

/// Bytes changed, put in and taken out, in a few places.
void scramble(std::string& text, Chance& chance) {
  for (std::uint64_t changes = 1 + chance.below(8); changes > 0 && !text.empty(); --changes) {
    const std::size_t at = chance.below(text.size());
    const auto byte = static_cast<char>(chance.below(256));
    const std::uint64_t what = chance.below(4);
    if (what == 0) text[at] = byte;
    if (what == 1) text.insert(at, 1 + chance.below(16), byte);
    if (what == 2) text.erase(at, 1 + chance.below(64));
    if (what == 3) text.resize(at);
  }
}

/// One case; its process goes on with the next one.
void try_case(Candidate& subject, CallTarget& probe, std::uint64_t seed) {
  Chance chance(seed);
  const auto& cases = subject.cases();
  CallCase one = cases[chance.below(cases.size())];
  const bool report = one.method == sandbox::Method::render, answers = takes_json(one);
  bool sound = true;
  Json input;
  if (report) input = changed_input(subject.format_of(one).of, one.language, chance);
  if (answers) input = varied_input(subject.manifest(), one.method, one.language, chance);
  if (report || answers) {
    one.input = report ? input_text(input) : canonical(input);
    if (chance.below(3) == 0) {
      scramble(one.input, chance);
      sound = false;
    }
  }
  sandbox::ProbeRequest request = Candidate::request(one);
  if (chance.below(4) == 0) request.takes_bytes = chance.below(4096), sound = false;
  if (chance.below(4) == 0) request.takes_writes = chance.below(16), sound = false;
  if (chance.below(8) == 0)
    request.language = std::string(chance.below(40), static_cast<char>(chance.below(256))), sound = false;
  if (chance.below(8) == 0) request.cancel_after_ms = static_cast<std::int64_t>(chance.below(3)), sound = false;
  const Tried tried = probe.take(request, step_patience);
  try {
    const std::string what = fmt::format("{} in {}", one.name, one.language);
    demand_alive(probe, tried, what);
    if (!sound) return;
    demand_well(probe, tried, what);
    if (answers) demand_answer(subject.manifest(), probe, one.method, input, tried, what);
    if (!report) return;
    const std::string& media_type = subject.format_of(one).media_type;
    if (const auto fault = document_fault(media_type, tried.output)) throw Unmet(what + ": " + *fault);
    if (const auto how = injected(media_type, tried.output)) throw Unmet(what + ": " + *how);
  } catch (const Unmet& unmet) {
    throw Unmet(fmt::format("with seed {}, {}", seed, unmet.what()), seed);
  }
}

}  // namespace

std::string check_fuzz(Candidate& subject) {
  constexpr std::uint64_t most_cases = 200;
  const auto probe = subject.loaded();
  const auto until = std::chrono::steady_clock::now() + subject.options().tries;
  std::uint64_t tried = 0;
  do {
    try_case(subject, *probe, subject.options().seed + tried);
    ++tried;
  } while (!subject.options().reproduce && tried < most_cases && std::chrono::steady_clock::now() < until);
  return fmt::format("{} cases from seed {}", tried, subject.options().seed);
}

}  // namespace assay
