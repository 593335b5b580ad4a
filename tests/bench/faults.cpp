// What the faults have in common.
#include "bench/faults.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace bench {
namespace {

constexpr double enough_faults = 5;

}  // namespace

Figure count_of_faults(std::string name, std::string what) {
  Figure figure{std::move(name), std::move(what)};
  figure.unit = "rounds";
  figure.bar = 0;
  figure.at_least = false;
  figure.more = {{"wrong", assay::Json::array()}, {"acknowledged", 0}, {"open", 0}, {"refused", 0}};
  return figure;
}

bool note_round(Figure& figure, const std::vector<std::string>& wrong) {
  ++figure.ours;
  if (wrong.empty()) return false;
  ++figure.value;
  for (const auto& one : wrong) fmt::print(stderr, "{} round {}: {}\n", figure.name, figure.ours, one);
  figure.more["wrong"].push_back({{"round", figure.ours}, {"what", wrong}});
  return figure.value >= enough_faults;
}

std::vector<std::string> verified(const Options& options, const Fixture& fixture) {
  try {
    Child({options.assay.string(), "verify", "--data", fixture.data.string()}, options.cache / "verify.log").wait();
    return {};
  } catch (const std::runtime_error& error) {
    return {std::string("assay verify: ") + error.what()};
  }
}

Stutter::Stutter(pid_t process)
    : thread_([this, process] {
        while (!enough_) {
          ::kill(process, SIGSTOP);
          std::this_thread::sleep_for(std::chrono::milliseconds(100));
          ::kill(process, SIGCONT);
          std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
      }) {}

Stutter::~Stutter() {
  enough_ = true;
  thread_.join();
}

Load::Load(Promises& promises, std::uint16_t port, unsigned connections)
    : thread_([this, &promises, port, connections] {
        told_ = promises.command(port, connections, enough_, count_);
        ended_ = true;
      }) {}

Load::~Load() {
  enough_ = true;
  if (thread_.joinable()) thread_.join();
}

bool Load::wait_for(std::uint64_t more) {
  const std::uint64_t wanted = count_.acknowledged + more;
  while (count_.acknowledged < wanted && !ended_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return count_.acknowledged >= wanted;
}

void Load::wait_for_refused(std::uint64_t refused, std::uint64_t acknowledged) {
  while (count_.refused < refused && count_.acknowledged < acknowledged && !ended_)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

Promises::Told Load::end(bool now) {
  if (now) enough_ = true;
  thread_.join();
  return told_;
}

}  // namespace bench
