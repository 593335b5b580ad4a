// What a process holds, by /proc.
#include "bench/census.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds between{20};
constexpr std::chrono::seconds patience{10};
constexpr int looks_at_rest = 5;

struct Kin {
  pid_t parent;
  char state;
};

/// All processes of this machine.
std::map<pid_t, Kin> everybody() {
  std::map<pid_t, Kin> all;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream file(entry.path() / "stat");
    std::ostringstream content;
    content << file.rdbuf();  // which throws nothing when the process has ended since it was opened
    const std::string text = content.str();
    // Behind the name, which is in brackets and may hold anything: the state and the parent.
    const auto end = text.rfind(')');
    if (end == std::string::npos || end + 4 >= text.size()) continue;  // it has ended meanwhile
    all[std::stoi(name)] = {std::stoi(text.substr(end + 4)), text[end + 2]};
  }
  return all;
}

}  // namespace

Census census_of(pid_t process) {
  Census census;
  const auto all = everybody();
  for (const auto& [id, kin] : all) {
    pid_t above = kin.parent;
    while (above != process && all.contains(above)) above = all.at(above).parent;
    if (above != process) continue;
    census.below.push_back(id);
    if (kin.state == 'Z') ++census.zombies;
  }
  for (const auto& entry : std::filesystem::directory_iterator(fmt::format("/proc/{}/fd", process))) {
    std::error_code closed;  // meanwhile
    const auto target = std::filesystem::read_symlink(entry.path(), closed);
    if (!closed && !target.filename().string().starts_with("assay.db")) ++census.descriptors;
  }
  return census;
}

Census settled_census(pid_t process) {
  const auto until = Clock::now() + patience;
  Census last = census_of(process);
  for (int same = 0; same < looks_at_rest;) {
    if (Clock::now() > until) throw std::runtime_error("the server's processes and descriptors do not come to rest");
    std::this_thread::sleep_for(between);
    Census now = census_of(process);
    same = now == last ? same + 1 : 0;
    last = std::move(now);
  }
  return last;
}

std::vector<std::string> wait_for_census(pid_t process, std::size_t below, std::size_t descriptors) {
  const auto until = Clock::now() + patience;
  for (;;) {
    const Census now = census_of(process);
    if (now.below.size() == below && now.descriptors == descriptors && now.zombies == 0) return {};
    if (Clock::now() > until)
      return {
          fmt::format("the server has {} processes ({} of them zombies) and {} descriptors, where {} and {} are due",
                      now.below.size(), now.zombies, now.descriptors, below, descriptors)};
    std::this_thread::sleep_for(between);
  }
}

}  // namespace bench
