// Plugins that attack: each fails its own call with the right reason, and nothing else happens.
#include <fmt/format.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <set>
#include <thread>

#include "ledger/digest.h"
#include "plugins/check/probe.h"
#include "plugins/fixture.h"
#include "plugins/package.h"

namespace assay::test::sandbox_test {
namespace {

using std::chrono::milliseconds;

/// Impatient, so that what hangs does not hold up the tests; never pauses after a crash.
PluginHost impatient_host() {
  PluginHost host = plain_host();
  host.limits.report_bytes = 1 << 20;
  host.limits.cancel_grace = milliseconds(50);
  host.limits.first_pause = milliseconds(0);
  host.limits.crashes = 1000;
  return host;
}

/// A sound plugin that is called again and again, as long as this lives.
class Beside {
 public:
  Beside()
      : plugin_(load_sandboxed_now(test_packages / "sound", plain_host())),
        thread_([this](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
            (plugin_->catalogues("en", patient()) ? good_ : bad_) += 1;
          }
        }) {}
  bool good() {
    const int before = good_;
    while (bad_ == 0 && good_ < before + 3) std::this_thread::yield();
    return bad_ == 0;
  }

 private:
  std::unique_ptr<Plugin> plugin_;
  std::atomic<int> good_ = 0, bad_ = 0;
  std::jthread thread_;
};

TEST_CASE("whatever a plugin does in a call fails that call alone") {
  struct Row {
    std::string_view format, reason;
  };
  const Row rows[] = {
      {"segfault", "it crashed (Segmentation fault)"},
      {"hang", "its deadline has passed"},
      {"busy", "its deadline has passed"},
      {"fork", "it made a system call that the sandbox forbids"},
      {"flood", "its output is larger than 1048576 bytes"},
      {"log-flood", "it floods its log or its output"},
      {"stray-flood", "it floods its log or its output"},
      {"exit", "it ended by itself with status 0"},
      {"socket", "it made a system call that the sandbox forbids"},
      {"passwd", "cannot read: Permission denied"},
      {"outside", "cannot write outside: Permission denied"},
      {"heap", "it crashed (Aborted)"},
      {"memory", "out of memory"},
      {"forge", "its process does not keep to the protocol"},
      {"ask", "its process does not keep to the protocol"},
      {"ask-nothing", "its process does not keep to the protocol"},
      {"oversize", "its process does not keep to the protocol"},
      {"exec", "it made a system call that the sandbox forbids"},
      {"thread", "no thread: Operation not permitted"},
      {"kill", "it made a system call that the sandbox forbids"},
      {"urgent", "it made a system call that the sandbox forbids"},
  };
  Beside beside;
  const auto plugin = load_sandboxed_now(test_packages / "hostile", impatient_host());
  for (const Row& row : rows) {
    std::string text;
    const bool hangs = row.format == "hang" || row.format == "busy";
    const auto report =
        plugin->report(empty_input(), row.format, into(text), hangs ? within(milliseconds(1000)) : patient());
    INFO(row.format << ": " << (report ? "accepted: " + text : report.error().detail));
    REQUIRE_FALSE(report);
    CHECK(report.error().reason == Reason::plugin_failed);
    CHECK(report.error().detail == fmt::format("plugin org.example.hostile failed in report: {}", row.reason));
    CHECK(beside.good());
    text.clear();
    const auto good = plugin->report(empty_input(), "good", into(text), patient());
    INFO((good ? "" : good.error().detail));
    CHECK(good);
    CHECK(text == "good");
  }
  CHECK_FALSE(std::filesystem::exists("/tmp/assay-hostile-plugin-was-here"));
}

TEST_CASE("whatever a plugin does while it is loaded makes it a failed one") {
  struct Row {
    std::string_view package, phase, reason;
  };
  const Row rows[] = {
      {"hostile-constructor", "load", "it crashed (Segmentation fault)"},
      {"hostile-init", "load", "it crashed (Segmentation fault)"},
      {"hostile-caller", "load", "it made a system call that the sandbox forbids"},
      {"wrong-id", "load", "it says that its id is org.example.somebody-else"},
      {"undeclared", "load", "it implements report/1, which its manifest does not declare"},
      {"no-entry", "load", "it does not export assay_plugin_v1"},
  };
  for (const Row& row : rows) {
    const auto plugin = try_load_sandboxed(test_packages / row.package, impatient_host());
    INFO(row.package);
    REQUIRE_FALSE(plugin);
    CHECK(plugin.error().detail ==
          fmt::format("plugin org.example.{} failed in {}: {}", row.package, row.phase, row.reason));
  }
  std::string text;
  const auto reader = load_sandboxed_now(test_packages / "hostile-reader", impatient_host());
  CHECK(reader->report(empty_input(), "good", into(text), patient()));
}

TEST_CASE("an exception that leaves a plugin in a process is caught there") {
  const auto plugin = load_sandboxed_now(test_packages / "leaking-exception", impatient_host());
  const auto catalogues = plugin->catalogues("en", patient());
  REQUIRE_FALSE(catalogues);
  CHECK(catalogues.error().detail ==
        "plugin org.example.leaking-exception failed in catalogues: an exception crossed the boundary");
}

TEST_CASE("a plugin's process has no environment and no descriptor but its own") {
  REQUIRE(::getenv("PATH") != nullptr);
  std::string text;
  REQUIRE(load_sandboxed_now(test_packages / "hostile", impatient_host())
              ->report(empty_input(), "reach", into(text), patient()));
  CHECK(text == "environment:; descriptors: 0 1 2 3; report 1");
}

TEST_CASE("a plugin that keeps crashing is paused and then quarantined") {
  PluginHost host = impatient_host();
  host.limits.first_pause = std::chrono::hours(1);
  const auto paused = load_sandboxed_now(test_packages / "hostile", host);
  std::string text;
  CHECK_FALSE(paused->report(empty_input(), "segfault", into(text), patient()));
  const auto early = paused->report(empty_input(), "good", into(text), patient());
  REQUIRE_FALSE(early);
  CHECK_THAT(early.error().detail, Catch::Matchers::ContainsSubstring("it crashed and is tried again in"));
  CHECK(early.error().retry_after.has_value());

  host.limits.first_pause = milliseconds(0);
  host.limits.crashes = 3;
  const auto plugin = load_sandboxed_now(test_packages / "hostile", host);
  for (int crash = 0; crash < 3; ++crash) {
    CHECK(plugin->health().quarantine.empty());
    CHECK_FALSE(plugin->report(empty_input(), "segfault", into(text), patient()));
  }
  CHECK_THAT(plugin->health().quarantine, Catch::Matchers::ContainsSubstring("it crashed 3 times"));
  const auto refused = plugin->report(empty_input(), "good", into(text), patient());
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().detail, Catch::Matchers::EndsWith("until the server starts again"));
}

TEST_CASE("a call in a process is cancelled, and processes are replaced after their calls and when they rest") {
  PluginHost host = impatient_host();
  host.limits.calls_per_process = 2;
  host.limits.idle = milliseconds(0);
  const auto plugin = load_sandboxed_now(test_packages / "hostile", host);
  std::stop_source stop;
  CallLimits limits = patient();
  limits.cancel = stop.get_token();
  std::string text;
  std::jthread canceller([&] { stop.request_stop(); });
  const auto cancelled = plugin->report(empty_input(), "hang", into(text), limits);
  REQUIRE_FALSE(cancelled);
  CHECK(cancelled.error().reason == Reason::plugin_failed);
  for (int call = 0; call < 7; ++call) CHECK(plugin->report(empty_input(), "good", into(text), patient()));
}

TEST_CASE("no process makes two reports, as what one took in could come out with the other") {
  const auto plugin = load_sandboxed_now(test_packages / "hostile", impatient_host());
  for (int call = 0; call < 3; ++call) {
    std::string text;
    REQUIRE(plugin->report(empty_input(), "reach", into(text), patient()));
    CHECK_THAT(text, Catch::Matchers::EndsWith("; report 1"));
  }
}

/// The processes that this one has started and that are not reaped.
std::set<int> children() {
  std::set<int> all;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream file(task.path() / "children");
    for (int process = 0; file >> process;) all.insert(process);
  }
  return all;
}

TEST_CASE("a plugin's process stands back for the server as far as is set, one with guards less") {
  const int own = ::getpriority(PRIO_PROCESS, 0);
  constexpr int left = sandbox::only_what_is_left;
  struct Row {
    const char* package;
    int set, nicer;
  };
  for (const Row& row :
       {Row{"hostile", 0, 0}, Row{"hostile", 10, 10}, Row{"hostile", 19, 19}, Row{"hostile", left, left},
        Row{"heedful", 0, 0}, Row{"heedful", 5, 5}, Row{"heedful", 19, 10}, Row{"heedful", left, 10}}) {
    INFO(row.package << " at " << row.set);
    PluginHost host = impatient_host();
    host.limits.niceness = row.set;
    const auto plugin = load_sandboxed_now(test_packages / row.package, host);
    const auto processes = children();
    REQUIRE(processes.size() == 1);
    CHECK(::sched_getscheduler(*processes.begin()) == (row.nicer == left ? SCHED_IDLE : SCHED_OTHER));
    if (row.nicer != left)
      CHECK(::getpriority(PRIO_PROCESS, static_cast<id_t>(*processes.begin())) == std::min(19, own + row.nicer));
  }
  CHECK(::getpriority(PRIO_PROCESS, 0) == own);
}

TEST_CASE("what runs on what is left answers beside others who compute, and goes when it is told to") {
  PluginHost host = impatient_host();
  host.limits.niceness = sandbox::only_what_is_left;
  host.limits.load = std::chrono::seconds(60);
  std::vector<std::jthread> others;
  for (unsigned i = 0; i < 2 * std::thread::hardware_concurrency(); ++i) {
    others.emplace_back([](const std::stop_token& stop) {
      while (!stop.stop_requested()) continue;
    });
  }
  {
    const auto plugin = load_sandboxed_now(test_packages / "hostile", host);
    std::string text;
    REQUIRE(plugin->report(empty_input(), "good", into(text), patient()));
    CHECK_FALSE(text.empty());
    CHECK_FALSE(plugin->report(empty_input(), "hang", into(text), within(milliseconds(300))));
  }
  CHECK(children().empty());
}

template <class Condition>
bool comes_true(Condition condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  return condition();
}

TEST_CASE("after a report a new process waits for the next one, after a crash none does") {
  PluginHost host = impatient_host();
  host.limits.first_pause = std::chrono::hours(1);
  const auto plugin = load_sandboxed_now(test_packages / "hostile", host);
  const auto first = children();
  REQUIRE(first.size() == 1);
  std::string text;
  REQUIRE(plugin->report(empty_input(), "good", into(text), patient()));
  REQUIRE(comes_true([&] {
    const auto now = children();
    return now.size() == 1 && now != first;
  }));
  CHECK_FALSE(plugin->report(empty_input(), "segfault", into(text), patient()));
  CHECK(comes_true([] { return children().empty(); }));
}

char state_of(int process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  std::getline(file, line);
  const auto name_ends = line.rfind(')');
  return name_ends == std::string::npos || name_ends + 2 >= line.size() ? '?' : line[name_ends + 2];
}

TEST_CASE("a process that waits for its call is stopped meanwhile") {
  const auto plugin = load_sandboxed_now(test_packages / "hostile", impatient_host());
  for (int report = 0; report < 3; ++report) {
    std::string text;
    CHECK(plugin->report(empty_input(), "good", into(text), patient()));
    CHECK(comes_true([] {
      const auto all = children();
      return all.size() == 1 && state_of(*all.begin()) == 'T';
    }));
  }
}

TEST_CASE("processes that will not go do not pile up") {
  const auto plugin = load_sandboxed_now(test_packages / "hostile", impatient_host());
  std::size_t most = 0;
  for (int report = 0; report < 30; ++report) {
    std::string text;
    CHECK(plugin->report(empty_input(), "stay", into(text), patient()));
    most = std::max(most, children().size());
  }
  CHECK(most <= 12);  // four wait, as many may be on their way, two are called, one is made ready
}

std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
}

TEST_CASE("crashes in a row leave nothing behind") {
  const char* const wanted = std::getenv("ASSAY_CRASH_ROUNDS");  // 500 are the long run
  const int rounds = wanted == nullptr ? 20 : std::stoi(wanted);
  const auto before = open_descriptors();
  {
    const auto plugin = load_sandboxed_now(test_packages / "hostile", impatient_host());
    const std::string_view formats[] = {"segfault", "exit", "heap", "socket", "forge"};
    for (int round = 0; round < rounds; ++round) {
      std::string text;
      INFO(round);
      CHECK_FALSE(plugin->report(empty_input(), formats[static_cast<std::size_t>(round) % 5], into(text), patient()));
      text.clear();
      REQUIRE(plugin->report(empty_input(), "good", into(text), patient()));
      CHECK(text == "good");
    }
  }
  CHECK(open_descriptors() == before);
  CHECK((::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD));
}

/// As a container refuses it: that system call fails.
void refuse_system_call(std::uint32_t call, std::uint32_t error) {
  sock_filter code[] = {{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
                        {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, call},
                        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | error},
                        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
  const sock_fprog program{std::size(code), code};
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

struct Machine {
  std::string_view what;
  bool root, namespaces, landlock;
};

/// What `look` tells on such a machine.
std::string on(const Machine& machine, const std::function<std::string()>& look) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    if (!machine.root && (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0)) ::_exit(1);
    if (!machine.namespaces) refuse_system_call(SYS_unshare, EPERM);
    if (!machine.landlock) refuse_system_call(SYS_landlock_create_ruleset, ENOSYS);
    const std::string said = look();
    ::_exit(::write(ends[1], said.data(), said.size()) < 0 ? 1 : 0);
  }
  ::close(ends[1]);
  char text[500];
  const ssize_t count = ::read(ends[0], text, sizeof text);
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return {text, static_cast<std::size_t>(std::max<ssize_t>(0, count))};
}

/// The level of a plugin's sandbox, or why it is not loaded.
std::string loaded(sandbox::Level required) {
  PluginHost host = plain_host();
  host.required_level = required;
  const auto plugin = try_load_sandboxed(test_packages / "sound", host);
  if (!plugin) return plugin.error().detail;
  if (!(*plugin)->catalogues("en", patient())) return "no catalogue";
  return std::string(to_text(sandbox::level_of((*plugin)->health().parts)));
}

/// Whether the validator would run anything of a plugin.
std::string tried(sandbox::Level required) {
  const auto manifest = read_manifest(test_packages / "sound");
  auto library = verify_package(test_packages / "sound", *manifest);
  Spawner spawner(ASSAY_PLUGIN_PROBE, std::chrono::microseconds(0));
  Probe probe(spawner, library->descriptor(), required);
  sandbox::ProbeRequest request;
  request.step = sandbox::Step::map;
  return probe.take(request, std::chrono::seconds(20)).alive ? "tried" : probe.end();
}

TEST_CASE("the plugins of a server that stands back itself are loaded, whoever it runs as") {
  if (::geteuid() != 0) SKIP("takes root, to be another user");
  for (const int own : {3, 15, 19}) {
    INFO("at " << own);
    CHECK(on({"a user", false, true, true}, [own] {
            if (::setpriority(PRIO_PROCESS, 0, std::max(own, ::getpriority(PRIO_PROCESS, 0))) != 0)
              return std::string();
            return loaded(sandbox::Level::filtered);
          }) == "isolated");
  }
}

TEST_CASE("what the kernel refuses lowers the level, and too low a level loads nothing") {
  if (::geteuid() != 0) SKIP("takes root, to be another user");
  const Machine machines[] = {{"root", true, true, true},
                              {"root without namespaces", true, false, true},
                              {"a user", false, true, true},
                              {"a user without namespaces", false, false, true},
                              {"a user without Landlock", false, true, false},
                              {"a user without either", false, false, false}};
  for (const Machine& machine : machines) {
    INFO(machine.what);
    const std::string expected = machine.namespaces && machine.landlock   ? "isolated"
                                 : machine.namespaces || machine.landlock ? "confined"
                                                                          : "filtered";
    CHECK(on(machine, [] { return loaded(sandbox::Level::filtered); }) == expected);
    CHECK(on(machine, [] { return tried(sandbox::Level::filtered); }) == "tried");
    const std::string isolated = on(machine, [] { return loaded(sandbox::Level::isolated); });
    const std::string at_once = on(machine, [] { return tried(sandbox::Level::isolated); });
    if (expected == "isolated") {
      CHECK(isolated == expected);
      CHECK(at_once == "tried");
    } else {
      CHECK_THAT(isolated, Catch::Matchers::EndsWith("failed in load: the sandbox is " + expected +
                                                     " on this machine, and isolated is required"));
      CHECK(at_once == "nothing of it was run, as the sandbox is " + expected +
                           " on this machine and isolated is required (--sandbox)");
    }
  }
}

TEST_CASE("the shipped plugins give in the sandbox what they give in the server") {
  for (const std::string_view language : {"en", "de"}) {
    const auto inside = load(shipped_packages / "iso27001")->catalogues(language, patient());
    const auto outside =
        load_sandboxed_now(shipped_packages / "iso27001", shipped_host())->catalogues(language, patient());
    REQUIRE((inside && outside));
    CHECK(inside->front().hash == outside->front().hash);
  }
  Json input =
      Json::parse(read_file(std::filesystem::path(ASSAY_SOURCE_DIR) / "sdk/schema/examples/report-input.json"));
  input["language"] = "de";
  std::string inside, outside;
  REQUIRE(load(shipped_packages / "report-html")->report(input, "html", into(inside), patient()));
  REQUIRE(load_sandboxed_now(shipped_packages / "report-html", shipped_host())
              ->report(input, "html", into(outside), patient()));
  CHECK((inside == outside));
}

}  // namespace
}  // namespace assay::test::sandbox_test
