// The figures of the benchmark, by what they need.
#pragma once

#include <vector>

#include "bench/figure.h"
#include "bench/options.h"

namespace bench {

/// A record, 304, its commands, a page: each against the bare server.
void measure_reads(const Options& options, const Fixture& fixture, std::vector<Figure>& figures);

}  // namespace bench
