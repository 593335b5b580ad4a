// Starting, watching and stopping a process.
#include "bench/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <utility>

extern char** environ;

namespace bench {
namespace {

std::string file_text(const std::filesystem::path& file) {
  std::ifstream input(file);
  return {std::istreambuf_iterator<char>(input), {}};
}

}  // namespace

Child::Child(const std::vector<std::string>& command, const std::filesystem::path& errors) : errors_(errors) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe can be made");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const int failed = ::posix_spawnp(&process_, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  output_ = ends[0];
  if (failed == 0) return;
  ::close(output_);
  process_ = -1;
  throw std::runtime_error(fmt::format("{} cannot be started: error {}", command[0], failed));
}

Child::Child(Child&& other) noexcept
    : process_(std::exchange(other.process_, -1)),
      output_(std::exchange(other.output_, -1)),
      read_(std::move(other.read_)),
      errors_(std::move(other.errors_)) {}

Child::~Child() {
  if (process_ > 0) ::kill(process_, SIGKILL);
  end();
}

/// The status that waitpid() gives.
int Child::end() {
  int status = 0;
  if (process_ > 0) {
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
  }
  process_ = -1;
  if (output_ >= 0) ::close(std::exchange(output_, -1));
  return status;
}

std::string Child::wait_for(const std::string& mark) {
  for (;;) {
    for (auto line_end = read_.find('\n'); line_end != std::string::npos; line_end = read_.find('\n')) {
      const std::string line = read_.substr(0, line_end);
      read_.erase(0, line_end + 1);
      if (line.find(mark) != std::string::npos) return line;
    }
    char piece[4096];
    const auto count = ::read(output_, piece, sizeof piece);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw std::runtime_error("a process ended before it said \"" + mark + "\":\n" + file_text(errors_));
    read_.append(piece, static_cast<std::size_t>(count));
  }
}

void Child::wait_in_errors(const std::string& mark) {
  while (file_text(errors_).find(mark) == std::string::npos) {
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) == process_) {
      process_ = -1;
      throw std::runtime_error("a process ended before it said \"" + mark + "\":\n" + file_text(errors_));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void Child::stop() {
  ::kill(process_, SIGTERM);
  wait();
}

void Child::wait() {
  if (const int status = end(); status != 0) {
    throw std::runtime_error(fmt::format("a process ended with status {}:\n{}", status, file_text(errors_)));
  }
}

bool Child::ends_within(std::chrono::seconds limit) const {
  const auto until = std::chrono::steady_clock::now() + limit;
  siginfo_t state{};
  while (::waitid(P_PID, static_cast<id_t>(process_), &state, WEXITED | WNOHANG | WNOWAIT) == 0 && state.si_pid == 0) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

double Child::processor_seconds() const {
  const std::string text = file_text(fmt::format("/proc/{}/stat", process_));
  // The name, which may contain blanks, is in brackets; utime and stime are the 12th and 13th word after it.
  std::size_t at = text.rfind(')') + 1;
  for (int word = 1; word < 12; ++word) at = text.find(' ', at + 1);
  std::size_t read = 0;
  const auto user = std::stoll(text.substr(at), &read);
  const auto system = std::stoll(text.substr(at + read));
  return static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::int64_t Child::rss_anon_kib() const {
  const std::string text = file_text(fmt::format("/proc/{}/status", process_));
  constexpr std::string_view name = "RssAnon:";
  const auto at = text.find(name);
  if (at == std::string::npos) throw std::runtime_error("the kernel does not tell RssAnon");
  return std::stoll(text.substr(at + name.size()));
}

std::uint16_t port_in(const std::string& line) {
  return static_cast<std::uint16_t>(std::stoi(line.substr(line.rfind(':') + 1)));
}

}  // namespace bench
