// A process of its own: the server under load, or what it is compared with.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace bench {

/// Started in the constructor, stopped in the destructor at the latest. Its standard error goes to a file.
class Child {
 public:
  /// Throws std::runtime_error when the program cannot be started.
  Child(const std::vector<std::string>& command, const std::filesystem::path& errors);
  ~Child();
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;

  /// Waits for a line of standard output that contains `mark` and returns it. Throws when the process ends before.
  std::string wait_for(const std::string& mark);
  /// The same for a program that tells it on standard error: looks there until it does.
  void wait_in_errors(const std::string& mark);
  /// Waits for the end. Throws when the process failed.
  void wait();
  /// SIGTERM, and waits for the end. Throws when the process failed.
  void stop();
  /// False when it still runs after that time.
  bool ends_within(std::chrono::seconds limit) const;
  /// Waits for the end. The status that waitpid() gives.
  int wait_status() { return end(); }
  pid_t id() const { return process_; }

  /// Processor time that all its threads have used, in seconds.
  double processor_seconds() const;
  /// Resident anonymous memory in KiB.
  std::int64_t rss_anon_kib() const;

 private:
  int end();

  pid_t process_ = -1;
  int output_ = -1;
  std::string read_ = {};
  std::filesystem::path errors_;
};

/// The port at the end of "... on http://127.0.0.1:8080".
std::uint16_t port_in(const std::string& line);

}  // namespace bench
