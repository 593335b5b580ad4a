// Runs the program with its output in files.
#include "cli/run.h"

#include <unistd.h>

#include <algorithm>
#include <catch2/catch_all.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "cli/program.h"

namespace assay::test {

namespace fs = std::filesystem;

Place::Place() {
  std::string name = (fs::temp_directory_path() / "assay-cli-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  path = name;
}

Place::~Place() { fs::remove_all(path); }

std::string read(const fs::path& file) {
  std::ifstream input(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(input), {}};
}

Ran run(std::vector<std::string> arguments) {
  const Place folder;
  arguments.insert(arguments.begin(), "assay");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::fflush(stdout);
  std::fflush(stderr);
  const int out = ::dup(1), err = ::dup(2);
  REQUIRE(std::freopen((folder / "out").c_str(), "w", stdout) != nullptr);
  REQUIRE(std::freopen((folder / "err").c_str(), "w", stderr) != nullptr);
  const int status = run_program(static_cast<int>(arguments.size()), argv.data());
  std::fflush(stdout);
  std::fflush(stderr);
  ::dup2(out, 1);
  ::dup2(err, 2);
  ::close(out);
  ::close(err);
  return {status, read(folder / "out"), read(folder / "err")};
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

bool has_line(const std::string& text, const std::vector<std::string>& parts) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (std::all_of(parts.begin(), parts.end(), [&](const auto& part) { return has(line, part); })) return true;
  }
  return false;
}

}  // namespace assay::test
