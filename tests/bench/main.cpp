// The benchmark: measures all sides of each figure in one run and prints them with their bars.
#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <thread>

#include "bench/faults.h"
#include "bench/figures.h"
#include "bench/hello.h"

namespace bench {

bool Options::wants(const std::string& name) const {
  return only.empty() || std::find(only.begin(), only.end(), name) != only.end();
}

namespace {

void write_json(const Options& options, const std::vector<Figure>& figures) {
  if (options.json.empty()) return;
  const assay::Json all = {{"records", options.recipe.records}, {"events", options.recipe.events},
                           {"processors", options.threads},     {"quick", options.quick},
                           {"sync_ms", options.sync_ms},        {"figures", to_json(figures)}};
  std::ofstream file(options.json);
  file << all.dump(2) << '\n';
  if (!file.flush()) throw std::runtime_error(options.json.string() + " cannot be written");
}

int finish(const Options& options, const std::vector<Figure>& figures) {
  print_table(figures);
  write_json(options, figures);
  const bool missed = std::any_of(figures.begin(), figures.end(), [](const Figure& figure) { return !figure.met(); });
  return (options.strict || options.faults) && missed ? 1 : 0;
}

int run(Options options) {
  options.threads = std::max(1U, std::thread::hardware_concurrency());
  options.assay = std::filesystem::path(ASSAY_BINARY_DIR) / "assay";
  if (options.cache.empty()) options.cache = std::filesystem::path(ASSAY_SOURCE_DIR) / "build" / "bench";
  std::filesystem::create_directories(options.cache / "no-plugins");  // for faults that are not about them
  std::vector<Figure> figures;
  const auto& only = options.only;
  const bool plugins_alone = !only.empty() && std::all_of(only.begin(), only.end(), [](const std::string& name) {
    return name.starts_with("plugin-");
  });
  if (!options.faults && options.sync_ms == 0) measure_plugins(options, figures);
  if (plugins_alone && !options.faults) return finish(options, figures);
  const Fixture fixture = make_fixture(options.cache, options.recipe);
  if (options.faults) {
    kill_under_load(options, fixture, figures);
    fail_system_calls(options, fixture, figures);
    fill_the_disk(options, fixture, figures);
    crash_plugins(options, fixture, figures);
    attack_by_plugins(options, fixture, figures);
    serve_slow_clients(options, fixture, figures);
    cut_the_power(options, figures);
  } else {
    measure_reads(options, fixture, figures);
    measure_sweeps(options, fixture, figures);
    measure_writes(options, fixture, figures);
    measure_starts(options, fixture, figures);
    if (options.sync_ms == 0) measure_postgresql(options, fixture, figures);
  }
  return finish(options, figures);
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  bench::Options options;
  unsigned hello = 0;
  CLI::App app("Measures the server against its bars.", "assay_bench");
  app.add_option("--records", options.recipe.records, "Records of the fixture [200000; 1000 for faults]");
  app.add_option("--events", options.recipe.events, "Events of the fixture [1000000; 5000 for faults]");
  app.add_option("--only", options.only, "Only these figures; may be given several times");
  app.add_option("--json", options.json, "Write the figures to this file too");
  app.add_option("--cache", options.cache, "Folder for fixtures [build/bench]");
  app.add_option("--sync-ms", options.sync_ms, "Let each sync of the server take so much longer, as on a slower disk");
  app.add_flag("--quick", options.quick, "Few and short rounds, to see that everything works");
  app.add_flag("--strict", options.strict, "Fail when a bar is missed");
  app.add_flag("--faults", options.faults, "Break things instead of measuring; fails when a bar is missed");
  app.add_option("--rounds", options.fault_rounds, "Rounds of kill -9; other faults take a share")
      ->capture_default_str();
  app.add_option("--power-rounds", options.power_rounds, "Rounds of power loss")->capture_default_str();
  app.add_option("--slow-clients", options.slow_clients, "Slow connections")->capture_default_str();
  app.add_option("--seed", options.seed, "Seed of what is random about faults")->capture_default_str();
  app.add_option("--break", options.broken,
                 "Break the property itself, to see that the fault run notices: with --only");
  app.add_option("--serve-hello", hello, "Be the bare server")->group("");
  CLI11_PARSE(app, argc, argv);
  if (options.faults && options.sync_ms > 0) {
    fmt::print(stderr, "assay_bench: --sync-ms is for measuring, not for --faults\n");
    return 2;
  }
  if (options.faults && app.count("--records") == 0 && app.count("--events") == 0) {
    options.recipe.records = 1000;
    options.recipe.events = 5000;
  }
  try {
    return hello > 0 ? bench::serve_hello(hello) : bench::run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "assay_bench: {}\n", error.what());
    return 2;
  }
}
