// Writing: group commit against one commit for each command, and a long log against a short one.
#include <fmt/format.h>

#include "bench/commanding.h"
#include "bench/figures.h"
#include "bench/server.h"

namespace bench {
namespace {

// Two commands on records of one audit at the same moment may be refused as stale after three tries.
constexpr double stale_at_most = 0.005;

/// A run of commands on a server of its own.
Run commands_on(const Options& options, Commanding& commanding, unsigned connections,
                const std::vector<std::string>& more) {
  Served server = serve_assay(options, commanding.fixture(), more);
  RunPlan how{connections};
  how.commits = true;
  how.wrong_at_most = stale_at_most;
  const Run run = run_on(options, server, commanding.requests(connections), how);
  server.process.stop();
  return run;
}

/// Group commit and its tail at this many connections.
void measure_group(const Options& options, Commanding& commanding, unsigned connections, double bar,
                   std::vector<Figure>& figures) {
  Figure group{fmt::format("group-{}", connections),
               fmt::format("durable transitions/s, group / batch of 1, {} connections", connections)};
  group.unit = "1/s";
  group.bar = bar;
  std::vector<double> tails, p99, commit, p50, batch, used, alone_commit;
  measure(group, options.rounds(),
          {[&] {
             const Run run = commands_on(options, commanding, connections, {});
             tails.push_back(run.load.p99_us / run.commit_us);
             p99.push_back(run.load.p99_us);
             p50.push_back(run.load.p50_us);
             commit.push_back(run.commit_us);
             batch.push_back(run.batch);
             used.push_back(run.processor_us);
             return run.load.per_second;
           },
           [&] {
             const Run run = commands_on(options, commanding, connections, {"--store-batch", "1"});
             alone_commit.push_back(run.commit_us);
             return run.load.per_second;
           }});
  group.more = {{"connections", connections},          {"p50_us", median(p50)},
                {"changes_per_commit", median(batch)}, {"processor_us", median(used)},
                {"commit_us", median(commit)},         {"other_commit_us", median(alone_commit)}};
  Figure tail{fmt::format("tail-{}", connections),
              fmt::format("p99 of a transition / median commit, {} connections", connections)};
  tail.unit = "us";
  tail.bar = 20;
  tail.at_least = false;
  tail.ours = median(p99);
  tail.other = median(commit);
  tail.value = median(tails);
  tail.samples = tails;
  figures.push_back(std::move(group));
  figures.push_back(std::move(tail));
}

}  // namespace

void measure_writes(const Options& options, const Fixture& fixture, std::vector<Figure>& figures) {
  const bool small = options.wants("group-32") || options.wants("tail-32");
  const bool large = options.wants("group-128") || options.wants("tail-128");
  if (!small && !large && !options.wants("log")) return;
  const Fixture work = copy_of(fixture, options.cache / "work");
  Commanding commanding(work, read_targets(work.data));
  if (small) measure_group(options, commanding, 32, 2.0, figures);
  if (large) measure_group(options, commanding, 128, 2.5, figures);
  if (options.wants("log")) {
    constexpr std::int64_t short_log = 1000;
    constexpr unsigned connections = 32;
    const Fixture cut = copy_of(fixture, options.cache / "work-short");
    cut_log(cut.data, short_log);
    Commanding on_short(cut, read_targets(cut.data));
    Figure figure{"log", fmt::format("transitions/s with {} events / with {}", options.recipe.events, short_log)};
    figure.unit = "1/s";
    figure.bar = 0.8;
    figure.more = {{"connections", connections}};
    measure(figure, options.rounds(),
            {[&] { return commands_on(options, commanding, connections, {}).load.per_second; },
             [&] { return commands_on(options, on_short, connections, {}).load.per_second; }});
    figures.push_back(std::move(figure));
    std::filesystem::remove_all(cut.data);
  }
  std::filesystem::remove_all(work.data);
}

}  // namespace bench
