// The route table: every path that the server answers.
#pragma once

#include <span>

#include "http/router.h"

namespace assay {

/// All routes, in the order in which the API description shows them.
std::span<const Route> routes();

}  // namespace assay
