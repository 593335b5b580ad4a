// What people and timers ask all day: a page of tasks, and a sweep over timers of which none is due.
#include <fmt/format.h>
#include <algorithm>
#include <chrono>

#include "bench/figures.h"
#include "bench/server.h"
#include "storage/connection.h"
#include "storage/records.h"
#include "storage/store.h"

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point began) {
  return std::chrono::duration<double, std::milli>(Clock::now() - began).count();
}

void add(const Options& options, std::vector<Figure>& figures, Figure figure) {
  figure.unit = "ms";
  figure.at_least = false;
  figure.ours = figure.value = median(figure.samples);
  figure.more["rounds"] = options.rounds();
  figures.push_back(std::move(figure));
}

/// The slowest page of anybody's tasks, first and later ones; a manager's role awaits nearly all records.
void measure_tasks(const Options& options, const Fixture& fixture, std::vector<Figure>& figures) {
  Figure figure{"tasks", fmt::format("a page of tasks, {} records, the slowest of 40 people", options.recipe.records)};
  figure.bar = 20;
  Served server = serve_assay(options, fixture);
  for (int round = 0; round < options.rounds(); ++round) {
    double slowest = 0;
    for (std::size_t i = 0; i < fixture.tokens.size(); i += 5) {
      for (int again = 0; again < 2; ++again) {
        const auto began = Clock::now();
        const std::string page = fetch(server.port, "/api/v1/me/tasks?limit=50", fixture.tokens[i]);
        slowest = std::max(slowest, milliseconds_since(began));
        if (page.find("\"commands\"") == std::string::npos)
          throw std::runtime_error("no tasks: " + page.substr(0, 200));
      }
    }
    figure.samples.push_back(slowest);
  }
  server.process.stop();
  add(options, figures, std::move(figure));
}

/// Six timers more on each record until there are a million.
void measure_sweep(const Options& options, const Fixture& fixture, std::vector<Figure>& figures) {
  Figure figure{"sweep", "a sweep over 1,000,000 timers, none due"};
  figure.bar = 100;
  const Fixture copy = copy_of(fixture, options.cache / "work" / "sweep");
  {
    const auto database = assay::Connection::sqlite((std::filesystem::canonical(copy.data) / "assay.db").string(),
                                                    assay::Connection::Access::write, 65536);
    database->run(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
        " INSERT INTO timer (record, name, day, at, fired, next) SELECT r.id, 'bench' || n.i, '2999-01-01',"
        " 32472144000000, 0, 32472144000000 FROM n CROSS JOIN record r ORDER BY n.i, r.id LIMIT 1000000");
    figure.more["timers"] = database->value<std::int64_t>("SELECT COUNT(*) FROM timer");
    database->checkpoint();
  }
  assay::StoreSettings settings;
  settings.data = copy.data.string();
  const auto store = assay::Store::inspect(settings);
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  for (int round = 0; round < options.rounds(); ++round) {
    const auto began = Clock::now();
    auto at = store->read();
    if (!assay::due_timers(at, now, 100).empty()) throw std::runtime_error("a timer of the fixture is due");
    figure.samples.push_back(milliseconds_since(began));
  }
  add(options, figures, std::move(figure));
}

}  // namespace

void measure_sweeps(const Options& options, const Fixture& fixture, std::vector<Figure>& figures) {
  if (options.wants("tasks")) measure_tasks(options, fixture, figures);
  if (options.wants("sweep")) measure_sweep(options, fixture, figures);
}

}  // namespace bench
