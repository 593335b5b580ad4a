// The real program as a child process.
#include "scenario/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace assay::test {
namespace {

constexpr int patience_ms = 60'000;

std::string text_of(const std::filesystem::path& file) {
  std::ifstream input(file);
  return {std::istreambuf_iterator<char>(input), {}};
}

}  // namespace

Program::Program(const std::vector<std::string>& arguments, const std::filesystem::path& log) {
  std::vector<std::string> words = {ASSAY_BINARY_DIR "/assay"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  output_ = ends[0];
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int failed = ::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (failed != 0) throw std::runtime_error("cannot start " + words.front());
  wait_until_it_serves(log);
}

Program::~Program() {
  stop();
  ::close(output_);
}

void Program::wait_until_it_serves(const std::filesystem::path& log) {
  const std::string mark = " on http://127.0.0.1:";
  for (;;) {
    const auto at = said_.find(mark);
    const auto end = at == std::string::npos ? at : said_.find('\n', at);
    if (end != std::string::npos) {
      port_ = static_cast<std::uint16_t>(std::stoi(said_.substr(at + mark.size(), end - at - mark.size())));
      return;
    }
    pollfd ready{output_, POLLIN, 0};
    char bytes[4096];
    const bool readable = ::poll(&ready, 1, patience_ms) == 1;
    const auto count = readable ? ::read(output_, bytes, sizeof bytes) : 0;
    if (count <= 0) {
      kill();
      throw std::runtime_error("the server does not start: " + said_ + text_of(log));
    }
    said_.append(bytes, static_cast<std::size_t>(count));
  }
}

void Program::kill() {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
  wait();
}

int Program::stop() {
  if (pid_ > 0) ::kill(pid_, SIGTERM);
  return wait();
}

int Program::wait() {
  if (pid_ <= 0) return 0;
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace assay::test
