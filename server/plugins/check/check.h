// The validator of plugin packages: named checks, of which those that run code of the plugin have a process each.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/load.h"
#include "sandbox/parts.h"

namespace assay {

enum class CheckOutcome { passed, failed, skipped };

struct CheckResult {
  std::string name;   // as --only takes it
  std::string title;  // what holds when it passes
  CheckOutcome outcome = CheckOutcome::passed;
  std::string
      reason;  // what was found, or why it was skipped; of one that passed, what was looked at, if there is more to say
  std::string advice;  // what to do about a failure
  std::chrono::milliseconds took{0};
  std::optional<std::uint64_t> seed;  // that shows a failure again
};

struct CheckOptions {
  std::filesystem::path program;           // assay-plugin-probe
  std::vector<std::string> only = {};      // names of checks; all if empty
  std::uint64_t seed = 1;                  // of the checks that try cases by chance
  bool reproduce = false;                  // only those checks, and of them only the case of `seed`
  std::chrono::milliseconds tries{6'000};  // how long a check goes on that tries something as often as it can
  std::filesystem::path key = {};          // public key that the signature is verified with
  sandbox::Level required = sandbox::Level::confined;  // with less of a sandbox, nothing of the plugin is run
  WorkflowFiles workflows = {};                        // the record types that those of a pack would stand beside
};

/// The names of all checks, in the order in which they run.
std::vector<std::string> check_names();

/// Checks the package in `folder`; each result goes to `told` as soon as it is there. Checks that have nothing to look
/// at in this package are not among them. What needs something that failed is skipped. Throws std::system_error when no
/// process can be started.
std::vector<CheckResult> check_package(const std::filesystem::path& folder, const CheckOptions& options,
                                       const std::function<void(const CheckResult&)>& told = {});

}  // namespace assay
