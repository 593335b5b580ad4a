// strace around this program.
#include "storage/trace.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace assay::test {

namespace fs = std::filesystem;

bool tracing_permitted() { return std::system("strace -f -o /dev/null true >/dev/null 2>&1") == 0; }

bool run_traced(std::string_view test, std::string_view calls, const fs::path& log, std::string_view inject) {
  const std::string self = fs::read_symlink("/proc/self/exe").string();
  // With the filter in the kernel nothing is injected.
  const std::string mode = inject.empty() ? " --seccomp-bpf" : " -e inject=" + std::string(inject);
  // The leak sanitizer would trace the program as well.
  const std::string command =
      "ASAN_OPTIONS=detect_leaks=0 strace -f -y -s 200 -o '" + log.string() + "' -e trace=" + std::string(calls) + mode;
  return std::system((command + " '" + self + "' '" + std::string(test) + "' >/dev/null 2>&1").c_str()) == 0;
}

std::string missing_step(const fs::path& log, const std::vector<std::vector<std::string>>& steps) {
  std::ifstream lines(log);
  std::size_t step = 0;
  for (std::string line; step < steps.size() && std::getline(lines, line);) {
    if (std::all_of(steps[step].begin(), steps[step].end(),
                    [&](const auto& part) { return line.find(part) != std::string::npos; }))
      ++step;
  }
  if (step == steps.size()) return {};
  std::string parts;
  for (const auto& part : steps[step]) parts += part + " ";
  return parts;
}

}  // namespace assay::test
