// The figures of the benchmark, by what they need.
#pragma once

#include <vector>

#include "bench/figure.h"
#include "bench/options.h"

namespace bench {

/// A record, 304, its commands, a page: each against the bare server.
void measure_reads(const Options& options, const Fixture& fixture, std::vector<Figure>& figures);
/// Group commit and its tail, and the length of the log. On copies of the fixture.
void measure_writes(const Options& options, const Fixture& fixture, std::vector<Figure>& figures);
/// A page of tasks, and a sweep of timers when none is due. The latter on a copy of the fixture.
void measure_sweeps(const Options& options, const Fixture& fixture, std::vector<Figure>& figures);
/// TLS, the first answer after a start, and memory at rest.
void measure_starts(const Options& options, const Fixture& fixture, std::vector<Figure>& figures);
/// PostgreSQL against a hand-written loop, on a cluster that is made for it.
void measure_postgresql(const Options& options, const Fixture& fixture, std::vector<Figure>& figures);
/// A sandboxed call against a bare echo, the start of a plugin's process, and the shipped report in both isolations.
void measure_plugins(const Options& options, std::vector<Figure>& figures);

}  // namespace bench
