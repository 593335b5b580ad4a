// The data folder that everything is measured on: records, events and people as the server itself would have written
// them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace bench {

struct Recipe {
  std::int64_t records = 200'000;
  std::int64_t events = 1'000'000;  // at least five a record
  int principals = 100;
};

/// A fixture on disk. Everybody has a token; the first half of them are ISMS managers, the others internal auditors.
struct Fixture {
  std::filesystem::path data;       // data folder of the server
  std::filesystem::path workflows;  // the definitions that the server must be given
  std::vector<std::string> tokens;
  int managers = 0;  // the first so many tokens are theirs
};

/// A nonconformity of the fixture as it stands now.
struct Target {
  std::int64_t id;
  std::string uuid;
  std::int64_t version;
  bool responded;     // in the state response_submitted, else plan_rejected
  std::string owner;  // uuid of the action owner
};

/// Makes the fixture below `cache`, or takes the one that the same recipe has made within the last days: deadlines must
/// not pass while it is measured.
Fixture make_fixture(const std::filesystem::path& cache, const Recipe& recipe);

/// A copy of the fixture to be written to.
Fixture copy_of(const Fixture& fixture, const std::filesystem::path& folder);

/// Removes all events but the last `kept` from the log. The rows stay, so the log does not verify any more: for the
/// comparison of a long log with a short one only.
void cut_log(const std::filesystem::path& data, std::int64_t kept);

/// All nonconformities. No server may run on the folder.
std::vector<Target> read_targets(const std::filesystem::path& data);

/// The shipped definitions, with guards added to `respond` and `reject_plan` of a nonconformity until each has eight.
void write_workflows(const std::filesystem::path& folder);

}  // namespace bench
