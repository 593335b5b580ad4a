// Work that is done on all processors.
#pragma once

#include <cstddef>
#include <functional>

namespace assay {

/// Calls `work` with every number below `count`, as many at a time as there are processors, the lower ones first. The
/// first exception of the lowest number goes to the caller when all are done.
void side_by_side(std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace assay
