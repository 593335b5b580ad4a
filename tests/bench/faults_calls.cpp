// pwrite and fdatasync fail in the running server (libfiu): it must say so, end, and have lost nothing when it is back.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>

#include "bench/faults.h"

namespace bench {
namespace {

namespace fs = std::filesystem;

constexpr unsigned calls_connections = 16;
constexpr std::array<const char*, 2> failing_calls = {"posix/io/sync/fdatasync", "posix/io/rw/pwrite"};
constexpr int io_error = 5;                        // EIO
constexpr std::chrono::seconds stopping_time{30};  // for the end of a server: more than it gives running requests
constexpr std::chrono::seconds deaf_time{3};       // where it is known that none comes

/// Where the preload libraries are; nothing when libfiu is not installed.
std::optional<fs::path> preloads() {
  for (const char* folder :
       {"/usr/lib/fiu", "/usr/lib/x86_64-linux-gnu/fiu", "/usr/lib/aarch64-linux-gnu/fiu", "/usr/local/lib/fiu"})
    if (fs::exists(fs::path(folder) / "fiu_posix_preload.so")) return fs::path(folder);
  return {};
}

/// The address sanitizer's library and a space; empty without one. This program is built as the server is.
std::string sanitizer() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find("/libasan.so") != std::string::npos) return line.substr(line.find('/')) + " ";
  }
  return {};
}

/// A server whose system calls can be made to fail.
Served serve_failing(const Options& options, const Fixture& fixture, const fs::path& libraries) {
  // The sanitizer has to come first.
  const std::string preload =
      sanitizer() + (libraries / "fiu_run_preload.so").string() + " " + (libraries / "fiu_posix_preload.so").string();
  return start_server(
      {"env", "LD_PRELOAD=" + preload, "FIU_CTRL_FIFO=" + (options.cache / "fiu").string(), options.assay.string(),
       "serve", "--data", fixture.data.string(), "--workflows", fixture.workflows.string(), "--listen", "127.0.0.1:0",
       "--plugins", (options.cache / "no-plugins").string()},
      options);
}

void enable(const Options& options, const Served& server, const std::string& point, double probability) {
  const std::string command =
      fmt::format("enable_random name={},probability={},failinfo={}", point, probability, io_error);
  Child({"fiu-ctrl", "-f", (options.cache / "fiu").string(), "-c", command, std::to_string(server.process.id())},
        options.cache / "fiu-ctrl.log")
      .wait();
}

class Failing {
 public:
  Failing(const Options& options, const Fixture& fixture, fs::path libraries)
      : options_(options),
        work_(copy_of(fixture, options.cache / "faults-calls")),
        libraries_(std::move(libraries)),
        promises_(work_),
        random_(options.seed) {}
  ~Failing() {
    std::error_code none;
    fs::remove_all(work_.data, none);
  }

  std::vector<std::string> round(const char* point, Figure& figure) {
    std::vector<std::string> wrong;
    {
      Served server = serve_failing(options_, work_, libraries_);
      Load load(promises_, server.port, calls_connections);
      if (!load.wait_for(20 + random_() % 50)) throw std::runtime_error("the clients ended before anything failed");
      // The seeded fault: calls that never fail, so a server that never stops.
      if (options_.broken.empty()) enable(options_, server, point, random_() % 2 == 0 ? 1 : 0.2);
      const bool ended = server.process.ends_within(options_.broken.empty() ? stopping_time : deaf_time);
      if (!ended) wrong.push_back(fmt::format("the server goes on although {} fails", point));
      const auto told = load.end(!ended);
      if (ended && server.process.wait_status() == 0) wrong.emplace_back("the server ended as if nothing had happened");
      figure.more["acknowledged"] = figure.more["acknowledged"].get<std::uint64_t>() + told.acknowledged;
      figure.more["open"] = figure.more["open"].get<std::uint64_t>() + told.open;
      figure.more["refused"] = figure.more["refused"].get<std::uint64_t>() + told.refused;
    }
    for (const auto& entry : fs::directory_iterator(options_.cache))
      if (entry.path().filename().string().starts_with("fiu-")) fs::remove(entry.path());
    Served again = serve_assay(options_, work_);
    for (auto& one : promises_.examine(again.port)) wrong.push_back(std::move(one));
    again.process.stop();
    for (auto& one : verified(options_, work_)) wrong.push_back(std::move(one));
    return wrong;
  }

 private:
  const Options& options_;
  const Fixture work_;
  const fs::path libraries_;
  Promises promises_;
  std::mt19937 random_;
};

}  // namespace

void fail_system_calls(const Options& options, const Fixture& fixture, std::vector<Figure>& figures) {
  if (!options.wants("calls")) return;
  if (!options.broken.empty() && options.broken != "deaf") throw std::runtime_error("calls can be broken by: deaf");
  const auto libraries = preloads();
  for (const char* point : failing_calls) {
    const std::string call = fs::path(point).filename().string();
    Figure figure =
        count_of_faults("calls-" + call, call + " fails: rounds in which the server went on or lost something");
    if (!libraries) {
      figure.skipped = "libfiu is not installed (libfiu-dev, fiu-utils)";
    } else {
      Failing failing(options, fixture, *libraries);
      for (int round = 0; round < std::max(1, options.fault_rounds / 50); ++round)
        if (note_round(figure, failing.round(point, figure))) break;
    }
    figures.push_back(std::move(figure));
  }
}

}  // namespace bench
