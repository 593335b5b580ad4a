// Runs the program in this process and catches what it prints.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace assay::test {

/// A folder that is gone afterwards.
struct Place {
  Place();
  ~Place();
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  std::string operator/(const char* name) const { return (path / name).string(); }
  std::filesystem::path path;
};

struct Ran {
  int status;
  std::string out, err;
};
/// As `assay ARGUMENTS`.
Ran run(std::vector<std::string> arguments);

std::string read(const std::filesystem::path& file);
bool has(const std::string& text, std::string_view part);
/// A line of the text has all of the parts.
bool has_line(const std::string& text, const std::vector<std::string>& parts);

}  // namespace assay::test
