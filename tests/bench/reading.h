// Requests that read a record.
#pragma once

#include <vector>

#include "bench/fixture.h"
#include "bench/load.h"

namespace bench {

/// GET of records drawn uniformly by people drawn uniformly. Both must outlive the requests.
MakeRequests reading_records(const Fixture& fixture, const std::vector<Target>& targets);

}  // namespace bench
