// The server on PostgreSQL against the hand-written client, on the same database.
#include "bench/postgresql.h"

#include <fmt/format.h>

#include "bench/commanding.h"
#include "bench/figures.h"
#include "bench/server.h"

namespace bench {
namespace {

/// The records that the other side leaves alone.
std::vector<Target> odd_ones(std::vector<Target> all) {
  std::vector<Target> odd;
  for (std::size_t i = 1; i < all.size(); i += 2) odd.push_back(std::move(all[i]));
  return odd;
}

}  // namespace

void measure_postgresql(const Options& options, const Fixture& fixture, std::vector<Figure>& figures) {
  if (!options.wants("postgresql")) return;
  constexpr unsigned connections = 32;
  constexpr double warm_ups = 4;  // until each connection has planned its statements for good, the sixth time
  const Cluster cluster(options);
  fmt::print(stderr, "filling PostgreSQL\n");
  const Fixture filled = fill(options, fixture, cluster.url());
  Commanding commanding(filled, odd_ones(read_targets(fixture.data)));
  Figure figure{"postgresql", fmt::format("PostgreSQL, transitions/s / libpq loop, {} connections", connections)};
  figure.unit = "1/s";
  figure.bar = 0.5;
  std::vector<double> p99, used;
  int run = 0;
  measure(figure, options.rounds(),
          {[&] {
             Served server = serve_assay(options, filled, {"--database", cluster.url()});
             RunPlan how{connections};
             how.wrong_at_most = 0.005;
             how.warm_ups = warm_ups;
             const Run done = run_on(options, server, commanding.requests(connections), how);
             server.process.stop();
             p99.push_back(done.load.p99_us);
             used.push_back(done.processor_us);
             return done.load.per_second;
           },
           [&] { return write_by_hand(options, cluster.url(), connections, warm_ups, ++run); }});
  figure.more = {{"connections", connections}, {"p99_us", median(p99)}, {"processor_us", median(used)}};
  figures.push_back(std::move(figure));
  std::filesystem::remove_all(filled.data);
}

}  // namespace bench
