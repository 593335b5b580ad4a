// Runs the server: the one place where the parts of a running server are put together.
#pragma once

#include "cli/settings.h"

namespace assay {

/// Serves until SIGTERM or SIGINT, or until the store stops: then 1, else 0. Throws std::exception with a sentence for
/// the operator when it cannot start. To be called on the main thread before there are others: it blocks those signals.
int serve(const SettingValues& values);

}  // namespace assay
