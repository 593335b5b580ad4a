// The faults that the server must stand, each provoked in the real program and held against what clients were told.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "bench/figure.h"
#include "bench/options.h"
#include "bench/promises.h"
#include "bench/server.h"

namespace bench {

/// kill -9 at random moments under load.
void kill_under_load(const Options& options, const Fixture& fixture, std::vector<Figure>& figures);
/// Thousands of clients that send a header or a body byte by byte.
void serve_slow_clients(const Options& options, const Fixture& fixture, std::vector<Figure>& figures);
/// pwrite and fdatasync of the running server fail.
void fail_system_calls(const Options& options, const Fixture& fixture, std::vector<Figure>& figures);
/// A disk without space.
void fill_the_disk(const Options& options, const Fixture& fixture, std::vector<Figure>& figures);
/// Plugins that end their calls in the middle.
void crash_plugins(const Options& options, const Fixture& fixture, std::vector<Figure>& figures);
/// Readers beside the bad plugins of the tests.
void attack_by_plugins(const Options& options, const Fixture& fixture, std::vector<Figure>& figures);
/// The disk loses and tears what is not synced (tests/storage/power_test.cpp).
void cut_the_power(const Options& options, std::vector<Figure>& figures);

/// A figure that counts rounds in which something was wrong, which none may be.
Figure count_of_faults(std::string name, std::string what);
/// Notes a round and prints what is wrong with it. True when enough is known: nothing gets better by more of them.
bool note_round(Figure& figure, const std::vector<std::string>& wrong);
/// What `assay verify` has against the folder: nothing, or what it says.
std::vector<std::string> verified(const Options& options, const Fixture& fixture);

/// Stops the server now and then: what one that is kept busy would look like.
class Stutter {
 public:
  explicit Stutter(pid_t process);
  ~Stutter();
  Stutter(const Stutter&) = delete;
  Stutter& operator=(const Stutter&) = delete;

 private:
  std::atomic<bool> enough_ = false;
  std::thread thread_;
};

/// Clients that give commands in threads of their own.
class Load {
 public:
  Load(Promises& promises, std::uint16_t port, unsigned connections);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  /// Returns when so many more commands have been acknowledged, true, or when every client has ended before, false.
  bool wait_for(std::uint64_t more);
  /// Returns when so many commands have been refused for want of space, or acknowledged.
  void wait_for_refused(std::uint64_t refused, std::uint64_t acknowledged);
  /// Waits for the clients to end; tells them to when `now`.
  Promises::Told end(bool now);

 private:
  std::atomic<bool> enough_ = false, ended_ = false;
  Promises::Count count_ = {};
  Promises::Told told_ = {};
  std::thread thread_;
};

}  // namespace bench
