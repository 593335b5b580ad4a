// What others notice of a plugin that attacks: the tail of their requests beside it, and without it.
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "bench/bad_plugins.h"
#include "bench/census.h"
#include "bench/faults.h"
#include "bench/reading.h"
#include "domain/json.h"
#include "plugins/plugin.h"

namespace bench {
namespace {

namespace fs = std::filesystem;

constexpr int copies = 50;         // of an attacking plugin: after three crashes each of them is quarantined
constexpr unsigned attackers = 2;  // as many as a plugin has processes
constexpr unsigned readers = 8;
constexpr std::chrono::milliseconds pace{200};  // of an attacker

/// What the plugins of tests/plugins/bad do in a call, by the format of a report.
struct Attack {
  const char* package;
  const char* format;
};
constexpr std::array attacks = {
    Attack{"hostile", "segfault"},    Attack{"hostile", "hang"},     Attack{"hostile", "busy"},
    Attack{"hostile", "fork"},        Attack{"hostile", "flood"},    Attack{"hostile", "log-flood"},
    Attack{"hostile", "stray-flood"}, Attack{"hostile", "exit"},     Attack{"hostile", "socket"},
    Attack{"hostile", "passwd"},      Attack{"hostile", "outside"},  Attack{"hostile", "heap"},
    Attack{"hostile", "memory"},      Attack{"hostile", "forge"},    Attack{"hostile", "ask"},
    Attack{"hostile", "ask-nothing"}, Attack{"hostile", "oversize"}, Attack{"hostile", "exec"},
    Attack{"hostile", "thread"},      Attack{"hostile", "kill"},     Attack{"unruly", "throw"},
    Attack{"unruly", "throw-int"},    Attack{"unruly", "fail"},      Attack{"unruly", "halfway"},
    Attack{"unruly", "flood"},        Attack{"unruly", "malformed"}, Attack{"unruly", "slow"},
    Attack{"unruly", "swallow"},
};

/// Calls into the plugin, one after the other, as long as this lives. Whatever hangs then is killed.
class Attacking {
 public:
  Attacking(const PluginServer& server, const PluginServer::Audit& audit, std::string id, const char* format)
      : server_(server), audit_(audit), id_(std::move(id)), format_(format) {
    for (unsigned i = 0; i < attackers; ++i) threads_.emplace_back([this] { attack(); });
  }
  ~Attacking() {
    enough_ = true;
    while (ended_ < attackers) {
      for (const pid_t process : census_of(server_.process()).below) ::kill(process, SIGKILL);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  Attacking(const Attacking&) = delete;
  Attacking& operator=(const Attacking&) = delete;

  /// Answers that say that a plugin failed, or that it is busy.
  int failed() const { return failed_; }
  int others() const { return others_; }

 private:
  void attack() {
    while (!enough_) {
      const auto next = std::chrono::steady_clock::now() + pace;
      const int copy = turn_++ % copies;
      try {
        (server_.report(audit_, id_of_copy(id_, copy), format_).status == 502 ? failed_ : others_) += 1;
      } catch (const std::runtime_error&) {
        ++others_;
      }
      std::this_thread::sleep_until(next);
    }
    ++ended_;
  }

  const PluginServer& server_;
  const PluginServer::Audit& audit_;
  const std::string id_;
  const std::string format_;
  std::atomic<int> turn_ = 0, failed_ = 0, others_ = 0;
  std::atomic<unsigned> ended_ = 0;
  std::atomic<bool> enough_ = false;
  std::vector<std::jthread> threads_ = {};
};

double tail_of_readers(const Options& options, const Served& served, const MakeRequests& make) {
  RunPlan how;
  how.connections = readers;
  return run_on(options, served, make, how).load.p99_us / 1000;
}

Figure measured(const Options& options, const Fixture& fixture, const MakeRequests& make, const Attack& attack) {
  Figure figure{fmt::format("attack-{}-{}", attack.package, attack.format),
                fmt::format("p99 of a record beside {}/{} / without it", attack.package, attack.format)};
  figure.unit = "ms";
  figure.bar = 2;
  figure.at_least = false;
  PluginServer server(options, fixture, "attack");
  copy_package(fs::path(ASSAY_BINARY_DIR) / "bench-plugins" / attack.package, server.plugins(), copies);
  server.start();
  const auto audit = server.terminate_an_audit();
  int failed = 0, others = 0;
  const auto beside = [&] {
    const Attacking attacking(server, audit, fmt::format("org.example.bench-{}-00", attack.package), attack.format);
    std::optional<Stutter> stutter;
    if (options.broken == "tail") stutter.emplace(server.process());
    const double tail = tail_of_readers(options, server.served(), make);
    failed += attacking.failed();
    others += attacking.others();
    return tail;
  };
  measure(figure, options.rounds(), {beside, [&] { return tail_of_readers(options, server.served(), make); }});
  figure.more = {{"failed", failed}, {"others", others}};
  if (others > 0)
    throw std::runtime_error(fmt::format("{}: {} answers were no failures of a plugin", figure.name, others));
  return figure;
}

/// Processes that compute without end and have nothing to do with the server, as nice as those of plugins.
class Loops {
 public:
  Loops() {
    for (pid_t& process : processes_) {
      process = ::fork();
      if (process != 0) continue;
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (!assay::sandbox::stand_back(assay::PluginLimits().niceness)) ::_exit(1);
      volatile bool more = true;
      while (more) continue;
      ::_exit(0);
    }
  }
  ~Loops() {
    for (const pid_t process : processes_) {
      if (process > 0 && ::kill(process, SIGKILL) == 0) ::waitpid(process, nullptr, 0);
    }
  }
  Loops(const Loops&) = delete;
  Loops& operator=(const Loops&) = delete;

 private:
  std::array<pid_t, attackers> processes_{};
};

/// What the kernel makes of whoever computes beside the server, whatever the server does about plugins: for reading the
/// other rows. It has no bar.
Figure control(const Options& options, const Fixture& fixture, const MakeRequests& make) {
  Figure figure{"attack-control", "p99 of a record beside two loops of that niceness, no plugins / without"};
  figure.unit = "ms";
  PluginServer server(options, fixture, "attack");
  server.start();
  const auto beside = [&] {
    const Loops loops;
    return tail_of_readers(options, server.served(), make);
  };
  measure(figure, options.rounds(), {beside, [&] { return tail_of_readers(options, server.served(), make); }});
  return figure;
}

}  // namespace

void attack_by_plugins(const Options& options, const Fixture& fixture, std::vector<Figure>& figures) {
  if (!options.broken.empty() && options.broken != "tail" && options.wants("attack"))
    throw std::runtime_error("attack can be broken by: tail");
  const auto targets = read_targets(fixture.data);
  const auto make = reading_records(fixture, targets);
  if (options.wants("attack") || options.wants("attack-control")) figures.push_back(control(options, fixture, make));
  for (const Attack& attack : attacks) {
    const std::string name = fmt::format("attack-{}-{}", attack.package, attack.format);
    if (options.wants("attack") || options.wants(name)) figures.push_back(measured(options, fixture, make, attack));
  }
}

}  // namespace bench
