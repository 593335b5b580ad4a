// Runs a hidden test of this program under strace: to see the order of its system calls, or to kill it at one of them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace assay::test {

/// False where tracing is not permitted; then the test has to say aloud that it proves nothing.
bool tracing_permitted();

/// Runs the test with these calls written to `log`, one a line, descriptors with their paths. True when it passed.
/// `inject` as for strace, "fsync:signal=KILL:when=3"; empty: nothing.
bool run_traced(std::string_view test, std::string_view calls, const std::filesystem::path& log,
                std::string_view inject = "");

/// Each step a line that has all of its parts, in this order, with anything between them. The first step that is not
/// there; empty: all are.
std::string missing_step(const std::filesystem::path& log, const std::vector<std::vector<std::string>>& steps);

#define ASSAY_NEEDS_TRACING \
  if (!::assay::test::tracing_permitted()) SKIP("strace is not permitted here: system calls are NOT tested")

}  // namespace assay::test
