// What the sandbox costs: a call, a process, and the shipped report.
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "bench/figures.h"
#include "plugins/in_process.h"
#include "plugins/package.h"
#include "plugins/process.h"
#include "plugins/sandboxed.h"

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t message = 1024;  // bytes

double microseconds_since(Clock::time_point begin, int count) {
  return std::chrono::duration<double, std::micro>(Clock::now() - begin).count() / count;
}

template <class T>
T need(assay::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return std::move(*result);
}

/// Another process that sends back what it gets, by blocking read and write, and does nothing else.
class BareEcho {
 public:
  BareEcho() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw std::runtime_error("no socketpair");
    process_ = ::fork();
    if (process_ == 0) {
      char bytes[message];
      ::close(ends[0]);
      while (::recv(ends[1], bytes, sizeof bytes, MSG_WAITALL) == sizeof bytes) {
        if (::send(ends[1], bytes, sizeof bytes, 0) < 0) break;
      }
      ::_exit(0);
    }
    socket_ = ends[0];
    ::close(ends[1]);
  }
  BareEcho(const BareEcho&) = delete;
  BareEcho& operator=(const BareEcho&) = delete;
  ~BareEcho() {
    ::close(socket_);
    ::waitpid(process_, nullptr, 0);
  }

  double microseconds(int count) const {
    char bytes[message] = {};
    const auto begin = Clock::now();
    for (int i = 0; i < count; ++i) {
      if (::send(socket_, bytes, sizeof bytes, 0) != sizeof bytes ||
          ::recv(socket_, bytes, sizeof bytes, MSG_WAITALL) != sizeof bytes)
        throw std::runtime_error("the bare echo failed");
    }
    return microseconds_since(begin, count);
  }

 private:
  pid_t process_ = -1;
  int socket_ = -1;
};

/// The library of a package, and processes that have loaded it.
class Sandboxed {
 public:
  Sandboxed()
      : manifest_(need(assay::read_manifest(std::filesystem::path(ASSAY_BINARY_DIR) / "bench-plugins/echo"))),
        library_(
            need(assay::verify_package(std::filesystem::path(ASSAY_BINARY_DIR) / "bench-plugins/echo", manifest_))),
        lending_(std::filesystem::path(ASSAY_BINARY_DIR) / "bench-plugins/echo", manifest_),
        spawner_(std::filesystem::path(ASSAY_BINARY_DIR) / "assay-plugin-host", assay::PluginLimits().pulse) {}

  std::unique_ptr<assay::PluginProcess> process() {
    auto one = std::make_unique<assay::PluginProcess>(
        spawner_.spawn(library_.descriptor(), assay::PluginLimits().niceness), std::chrono::seconds(2),
        [](std::int32_t, std::string_view) {}, lending_, spawner_.pulse());
    const assay::CallLimits limits{Clock::now() + std::chrono::seconds(10)};
    const assay::CallServices none;
    assay::RunningCall call(limits, "en", none);
    const auto fault =
        one->start({{manifest_.id, manifest_.version, 1, 0, manifest_.extensions}, {}, "1.0.0", "en", 5000},
                   assay::sandbox::Level::confined, call);
    if (fault) throw std::runtime_error(fault->reason);
    return one;
  }

 private:
  assay::Manifest manifest_;
  assay::SealedLibrary library_;
  assay::Lending lending_;
  assay::Spawner spawner_;
};

bool answered(const std::optional<assay::ProcessFault>& fault) { return !fault; }
bool answered(const assay::Result<void>& result) { return result.has_value(); }

/// A call of a plugin's code, in whichever process it runs.
template <class Code>
double call_microseconds(Code& code, int count) {
  const std::string input(message, 'x');
  const assay::CallServices none;
  const auto begin = Clock::now();
  for (int i = 0; i < count; ++i) {
    const assay::CallLimits limits{Clock::now() + std::chrono::seconds(10)};
    assay::RunningCall call(limits, "en", none);
    std::size_t got = 0;
    const assay::CappedOutput output(call, 1 << 20, true, [&](std::string_view piece) -> assay::Result<void> {
      got += piece.size();
      return {};
    });
    const assay::PluginCall what{"report", assay::sandbox::Method::render, 1 << 20, "text", input};
    if (!answered(code.run(what, call, output)) || got != message) throw std::runtime_error("a call failed");
  }
  return microseconds_since(begin, count);
}

void measure_call(const Options& options, Sandboxed& sandboxed, std::vector<Figure>& figures) {
  Figure figure{"plugin-call", "sandboxed call of 1 KiB / bare socketpair echo"};
  figure.unit = "us";
  figure.bar = 2;
  figure.at_least = false;
  const BareEcho bare;
  const auto process = sandboxed.process();
  const int count = options.quick ? 500 : 20'000;
  call_microseconds(*process, count / 10);
  bare.microseconds(count / 10);
  measure(figure, options.rounds(),
          {[&] { return call_microseconds(*process, count); }, [&] { return bare.microseconds(count); }});
  figures.push_back(std::move(figure));
}

/// The whole call: what it costs more than the plugin's own code is less.
void measure_inside(const Options& options, std::vector<Figure>& figures) {
  Figure figure{"plugin-inside", "call of 1 KiB in the server itself"};
  figure.unit = "us";
  figure.bar = 1;
  figure.at_least = false;
  const auto package = std::filesystem::path(ASSAY_BINARY_DIR) / "bench-plugins/echo";
  const auto code = need(assay::open_in_process(package, need(assay::read_manifest(package)), {"1.0.0"}));
  for (int i = 0; i < options.rounds(); ++i)
    figure.samples.push_back(call_microseconds(*code, options.quick ? 1'000 : 200'000));
  figure.ours = figure.value = median(figure.samples);
  figures.push_back(std::move(figure));
}

void measure_spawn(const Options& options, Sandboxed& sandboxed, std::vector<Figure>& figures) {
  Figure figure{"plugin-spawn", "spawn of a plugin's process to ready"};
  figure.unit = "ms";
  figure.bar = 10;
  figure.at_least = false;
  for (int i = 0; i < (options.quick ? 10 : 100); ++i) {
    const auto begin = Clock::now();
    const auto process = sandboxed.process();
    figure.samples.push_back(microseconds_since(begin, 1) / 1000);
    figure.more["parts"] = assay::sandbox::names_of(process->parts());
  }
  figure.ours = figure.value = median(figure.samples);
  figures.push_back(std::move(figure));
}

/// The same report by one plugin, in the sandbox and in this process; milliseconds.
void measure_report(const Options& options, std::vector<Figure>& figures) {
  Figure figure{"plugin-report", "shipped report: sandboxed - 1.2 x in-process"};
  figure.unit = "ms";
  figure.bar = 2;
  figure.at_least = false;
  const auto package = std::filesystem::path(ASSAY_BINARY_DIR) / "plugins/report-html";
  assay::PluginHost host{"1.0.0"};
  host.program = std::filesystem::path(ASSAY_BINARY_DIR) / "assay-plugin-host";
  host.limits.calls_per_process = 1'000'000;
  const auto manifest = need(assay::read_manifest(package));
  const auto inside = need(assay::load_in_process(package, manifest, host));
  const auto outside = need(assay::load_sandboxed(package, manifest, host,
                                                  std::make_shared<assay::Spawner>(host.program, host.limits.pulse)));
  std::ifstream file(std::filesystem::path(ASSAY_SOURCE_DIR) / "sdk/schema/examples/report-input.json");
  const assay::Json input = assay::Json::parse(file);
  const auto side = [&](assay::Plugin& plugin, std::chrono::milliseconds pause) {
    const int count = options.quick ? 20 : 200;
    std::chrono::nanoseconds total{0};
    for (int i = 0; i < count; ++i) {
      std::this_thread::sleep_for(pause);
      const auto begin = Clock::now();
      need(plugin.report(input, "html", [](std::string_view) -> assay::Result<void> { return {}; },
                         {Clock::now() + std::chrono::seconds(10)}));
      total += Clock::now() - begin;
    }
    return std::chrono::duration<double, std::milli>(total).count() / count;
  };
  const std::chrono::milliseconds none{0}, pause{20};  // as people ask for reports; and one right after the other
  measure(figure, options.rounds(), {[&] { return side(*outside, pause); }, [&] { return side(*inside, pause); }});
  figure.more["back_to_back_ms"] = side(*outside, none);
  figure.more["ratios"] = figure.samples;
  figure.value = figure.ours - 1.2 * figure.other;
  figures.push_back(std::move(figure));
}

}  // namespace

void measure_plugins(const Options& options, std::vector<Figure>& figures) {
  const bool call = options.wants("plugin-call"), spawn = options.wants("plugin-spawn");
  if (call || spawn) {
    Sandboxed sandboxed;
    if (call) measure_call(options, sandboxed, figures);
    if (spawn) measure_spawn(options, sandboxed, figures);
  }
  if (options.wants("plugin-inside")) measure_inside(options, figures);
  if (options.wants("plugin-report")) measure_report(options, figures);
}

}  // namespace bench
