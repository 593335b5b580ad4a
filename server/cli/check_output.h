// The results of the validator, for people and for machines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/check/check.h"

namespace assay {

/// One result as lines for a person.
std::string check_text(const CheckResult& result);
/// The last line: how many of what, and how long it took.
std::string check_summary(const std::vector<CheckResult>& results);
/// {"package", "passed", "checks": [{"name", "title", "outcome", "reason"?, "advice"?, "seed"?, "took_ms"}]}
std::string check_json(std::string_view package, const std::vector<CheckResult>& results);
/// A suite of JUnit, with a case for each check.
std::string check_junit(std::string_view package, const std::vector<CheckResult>& results);
/// No check failed, and there was one.
bool all_passed(const std::vector<CheckResult>& results);

}  // namespace assay
