// The real program as a child process: started, told to stop, or killed as by a power cut.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace assay::test {

/// `assay ARGUMENTS...`. Throws std::runtime_error with what it said when it ends before it serves.
class Program {
 public:
  /// Returns when the server says where it listens; its log goes to `log`.
  Program(const std::vector<std::string>& arguments, const std::filesystem::path& log);
  /// Stops it.
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  std::uint16_t port() const { return port_; }
  const std::string& said() const { return said_; }
  /// SIGKILL: nothing is flushed, nobody says goodbye.
  void kill();
  /// SIGTERM; the exit status, or minus the signal that ended it.
  int stop();

 private:
  void wait_until_it_serves(const std::filesystem::path& log);
  int wait();

  pid_t pid_ = -1;
  int output_ = -1;
  std::string said_;
  std::uint16_t port_ = 0;
};

}  // namespace assay::test
