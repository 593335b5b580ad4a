// Checks that call a plugin while the host behaves in all ways that it may, and look at what that leaves behind.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "plugins/check/candidate.h"

namespace assay {
namespace {

using sandbox::ProbeRequest;
using sandbox::Step;
using std::chrono::milliseconds;

constexpr milliseconds stopping{1'000};  // within which a call that was given up ends
constexpr std::uint64_t most_further_writes = 100;

Tried call_once(CallTarget& probe, const ProbeRequest& request) { return probe.take(request, step_patience); }

/// All ways to call it, sound ones and others; whatever it returns. Stops when the process has ended.
void exercise(Candidate& subject, CallTarget& probe) {
  for (const CallCase& one : subject.cases()) {
    ProbeRequest request = Candidate::request(one);
    request.keep_output = false;
    call_once(probe, request);
    request.takes_writes = 0;
    call_once(probe, request);
    request.takes_writes = UINT64_MAX;
    request.cancel_after_ms = 0;
    call_once(probe, request);
    request.cancel_after_ms = -1;
    request.language = "tlh";
    call_once(probe, request);
    request.input = "{\"report_input\":";
    request.format += "-of-no-kind";
    call_once(probe, request);
  }
}

/// The output must fail to be written; then the call must, too, and soon.
void demand_failure(CallTarget& probe, const ProbeRequest& request, const std::string& what) {
  const Tried tried = call_once(probe, request);
  demand_alive(probe, tried, what);
  if (tried.seen.status == ASSAY_OK) throw Unmet(what + ": it says that all is well");
  if (tried.seen.writes_after_failure > most_further_writes)
    throw Unmet(fmt::format("{}: it tries to write {} times more", what, tried.seen.writes_after_failure));
}

/// How many bytes a sound call writes.
std::uint64_t size_of_output(CallTarget& probe, const CallCase& one) {
  const Tried whole = call_once(probe, Candidate::request(one));
  demand_well(probe, whole, one.name);
  if (whole.seen.written == 0) throw Unmet(one.name + ": it writes nothing");
  return whole.seen.written;
}

void demand_end(CallTarget& probe, const ProbeRequest& request, milliseconds after, const std::string& what) {
  const Tried tried = probe.take(request, after + stopping + milliseconds(2'000));
  demand_alive(probe, tried, what);
  const auto took = std::chrono::ceil<milliseconds>(std::chrono::microseconds(tried.seen.microseconds));
  if (took > after + stopping) throw Unmet(fmt::format("{}: it goes on for {} ms", what, (took - after).count()));
}

}  // namespace

std::string check_short_writes(Candidate& subject) {
  const auto probe = subject.loaded();
  for (const CallCase& one : subject.cases()) {
    const std::uint64_t size = size_of_output(*probe, one);
    for (const std::uint64_t room : {std::uint64_t{0}, std::uint64_t{1}, size / 2, size - 1}) {
      ProbeRequest request = Candidate::request(one);
      request.takes_bytes = room;
      demand_failure(*probe, request, fmt::format("{} with room for {} of {} bytes", one.name, room, size));
    }
    demand_well(*probe, call_once(*probe, Candidate::request(one)), one.name + " after that");
  }
  return {};
}

std::string check_writer_error(Candidate& subject) {
  const auto probe = subject.loaded();
  for (const CallCase& one : subject.cases()) {
    // From the first write on; of further ones there may be none.
    ProbeRequest request = Candidate::request(one);
    request.takes_writes = 0;
    demand_failure(*probe, request, one.name + ", where nothing can be stored");
    demand_well(*probe, call_once(*probe, Candidate::request(one)), one.name + " after that");
  }
  return {};
}

std::string check_cancel(Candidate& subject) {
  const auto probe = subject.loaded();
  for (const CallCase& one : subject.large_cases()) {
    ProbeRequest request = Candidate::request(one);
    request.keep_output = false;
    for (const std::int64_t after : {0, 20}) {
      request.cancel_after_ms = after;
      demand_end(*probe, request, milliseconds(after), fmt::format("{}, cancelled after {} ms", one.name, after));
    }
  }
  return {};
}

std::string check_deadline(Candidate& subject) {
  const auto probe = subject.loaded();
  for (const CallCase& one : subject.large_cases()) {
    ProbeRequest request = Candidate::request(one);
    request.keep_output = false;
    for (const std::int64_t deadline : {0, 50}) {
      request.deadline_ms = deadline;
      demand_end(*probe, request, milliseconds(deadline),
                 fmt::format("{} with a deadline of {} ms", one.name, deadline));
    }
  }
  return {};
}

std::string check_host_errors(Candidate& subject) {
  const auto probe = subject.loaded();
  for (const CallCase& one : subject.cases()) {
    for (std::uint64_t writes = 1; writes <= 20; ++writes) {
      ProbeRequest request = Candidate::request(one);
      request.takes_writes = writes;
      request.keep_output = false;
      const Tried tried = call_once(*probe, request);
      demand_alive(*probe, tried, fmt::format("{}, where write {} fails", one.name, writes + 1));
      if (tried.well()) break;  // it does not write more often
    }
    for (const std::string& language :
         {std::string(), std::string("tlh"), std::string("en\0de", 5), std::string(100'000, 'e')}) {
      ProbeRequest request = Candidate::request(one);
      request.language = language;
      request.keep_output = false;
      demand_alive(*probe, call_once(*probe, request), one.name + " in a language that there is not");
    }
    ProbeRequest failing = Candidate::request(one);
    failing.fails_services = true;
    failing.keep_output = false;
    demand_alive(*probe, call_once(*probe, failing), one.name + ", where every service of the host fails");
    ProbeRequest request = Candidate::request(one);
    request.format = "no-such-format";
    const Tried tried = call_once(*probe, request);
    demand_alive(*probe, tried, one.name + " in a format that there is not");
    if (!one.format.empty() && tried.seen.status == ASSAY_OK)
      throw Unmet("it takes a format that its manifest does not name; it must return ASSAY_UNSUPPORTED");
    demand_well(*probe, call_once(*probe, Candidate::request(one)), one.name + " after that");
  }
  return {};
}

std::string check_exceptions(Candidate& subject) {
  const auto probe = subject.loaded(Step::take);
  for (const CallCase& one : subject.cases()) {
    for (const int way : {0, 1, 2, 3}) {
      ProbeRequest request = Candidate::request(one);
      request.keep_output = false;
      if (way == 1) request.takes_writes = 0;
      if (way == 2) request.language = "tlh";
      if (way == 3) request.input = "{\"report_input\":";
      demand_alive(*probe, call_once(*probe, request), one.name);
    }
  }
  return {};
}

std::string check_leaks(Candidate& subject) {
  constexpr std::uint64_t most_calls = 500, slack = 16 * 1024;
  std::vector<std::string> counted;
  const auto share = subject.options().tries.count() / static_cast<std::int64_t>(subject.cases().size());
  for (const CallCase& one : subject.cases()) {
    const auto probe = subject.loaded();
    ProbeRequest request = Candidate::request(one);
    request.keep_output = false;
    request.times = 20;
    request.times_within_ms = share / 4;
    std::vector<sandbox::Observed> states;
    std::uint64_t made = 0;
    // The heap keeps some blocks back for the next calls; what is lost grows each time.
    for (int round = 0; round < 3; ++round) {
      const Tried calls = probe->take(request, step_patience + milliseconds(share));
      demand_well(*probe, calls, one.name);
      made = calls.seen.calls;
      const Tried state = probe->take(subject.request(Step::state), step_patience);
      demand_alive(*probe, state, one.name);
      states.push_back(state.seen);
      request.times = most_calls;
      request.times_within_ms = share / 2;
    }
    if (states[2].descriptors > states[0].descriptors)
      throw Unmet(
          fmt::format("{}: {} descriptors are left open", one.name, states[2].descriptors - states[0].descriptors));
    const auto grown = [&](std::size_t from) {
      return states[from + 1].memory - std::min(states[from + 1].memory, states[from].memory);
    };
    const std::uint64_t least = std::min(grown(0), grown(1));
    if (least > std::max(slack, 16 * made))
      throw Unmet(fmt::format("{}: after {} calls the heap holds {} bytes more", one.name, made, least));
    counted.push_back(std::to_string(2 * made));
  }
  return fmt::format("calls made: {}", fmt::join(counted, ", "));
}

std::string check_printing(Candidate& subject) {
  const auto probe = subject.loaded();
  exercise(subject, *probe);
  probe->take(subject.request(Step::deinit), step_patience);
  if (!probe->printed().empty()) {
    std::string shown;
    for (const char c : probe->printed()) shown += c >= 0x20 && c < 0x7F ? c : ' ';
    throw Unmet(fmt::format("it prints \"{}\"", shown));
  }
  return {};
}

std::string check_process_state(Candidate& subject) {
  const auto probe = subject.loaded();
  exercise(subject, *probe);
  const Tried tried = probe->take(subject.request(Step::state), step_patience);
  demand_alive(*probe, tried, "the calls");
  if (!tried.seen.changes.empty()) throw Unmet(fmt::format("it changes {}", fmt::join(tried.seen.changes, ", ")));
  return {};
}

/// From its constructors on, and whether or not it can be loaded to the end.
std::string check_system_calls(Candidate& subject) {
  const auto probe = subject.process();
  const auto look = [&](std::string_view when) {
    const Tried tried = probe->take(subject.request(Step::state), step_patience);
    demand_alive(*probe, tried, when);
    if (!tried.seen.refused_calls.empty())
      throw Unmet(fmt::format("{}, it calls {}", when, fmt::join(tried.seen.refused_calls, ", ")));
  };
  for (const Step step : {Step::map, Step::open, Step::init, Step::take})
    probe->take(subject.request(step), step_patience);
  look("while it is loaded");
  exercise(subject, *probe);
  look("when it is called");
  probe->take(subject.request(Step::deinit), step_patience);
  look("in deinit");
  return {};
}

}  // namespace assay
