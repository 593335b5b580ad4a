// Slow clients: thousands of connections that send a header or a body byte by byte, beside normal requests.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "bench/faults.h"
#include "bench/reading.h"

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view head_start = "GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
constexpr std::string_view body_start =
    "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    "Content-Length: 100000\r\n\r\n{";
constexpr double header_seconds = 10;  // the server's default
constexpr std::size_t turns = 20;      // a second

/// One slow client; a new connection takes the place of one that the server has cut.
struct SlowClient {
  bool in_head;
  int socket = -1;
  Clock::time_point since = {};
};

/// All of them, driven by a thread: each sends a byte a second.
class SlowClients {
 public:
  SlowClients(std::uint16_t port, unsigned count, std::size_t body_sent) : port_(port), body_sent_(body_sent) {
    for (unsigned i = 0; i < count; ++i) clients_.push_back({i % 2 == 0});
    for (auto& client : clients_) open(client);
    thread_ = std::thread([this] { drive(); });
  }
  ~SlowClients() {
    enough_ = true;
    thread_.join();
    for (const auto& client : clients_) ::close(client.socket);
  }
  SlowClients(const SlowClients&) = delete;
  SlowClients& operator=(const SlowClients&) = delete;

  /// Seconds from the first byte of a header to the end of its connection, of those that have ended.
  std::vector<double> cut_after() const {
    const std::lock_guard lock(mutex_);
    return cut_after_;
  }
  /// When the oldest header that is still open began.
  double oldest_head() const {
    const std::lock_guard lock(mutex_);
    double oldest = 0;
    for (const auto& client : clients_)
      if (client.in_head) oldest = std::max(oldest, std::chrono::duration<double>(Clock::now() - client.since).count());
    return oldest;
  }

 private:
  void open(SlowClient& client) {
    client.socket = connect_to(port_);
    ::fcntl(client.socket, F_SETFL, O_NONBLOCK);
    client.since = Clock::now();
    send(client, client.in_head ? head_start : body_start);
    if (!client.in_head && body_sent_ > 0) send(client, std::string(body_sent_, ' '));
  }
  static void send(const SlowClient& client, std::string_view bytes) {
    const auto sent = ::send(client.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    static_cast<void>(sent);  // a connection that was cut shows at the next look
  }

  /// A twentieth of the clients every twentieth of a second: they are strangers to each other and keep no time.
  void drive() {
    auto next_turn = Clock::now();
    for (std::size_t turn = 0; !enough_;) {
      std::vector<pollfd> watched;
      for (const auto& client : clients_) watched.push_back({client.socket, POLLIN, 0});
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(next_turn - Clock::now());
      ::poll(watched.data(), watched.size(), static_cast<int>(std::max<std::int64_t>(0, left.count())));
      const std::lock_guard lock(mutex_);
      for (std::size_t i = 0; i < clients_.size(); ++i) {
        if (watched[i].revents != 0) renew(clients_[i]);
      }
      if (Clock::now() < next_turn) continue;
      next_turn += std::chrono::milliseconds(1000 / turns);
      for (std::size_t i = turn % turns; i < clients_.size(); i += turns) send(clients_[i], "x");
      ++turn;
    }
  }
  /// The server has answered, with 408, or closed.
  void renew(SlowClient& client) {
    if (client.in_head) cut_after_.push_back(std::chrono::duration<double>(Clock::now() - client.since).count());
    ::close(client.socket);
    open(client);
  }

  const std::uint16_t port_;
  const std::size_t body_sent_;
  std::vector<SlowClient> clients_;
  std::vector<double> cut_after_;
  mutable std::mutex mutex_;
  std::atomic<bool> enough_ = false;
  std::thread thread_;
};

void allow_many_files() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < 10'000)
    throw std::runtime_error("slow clients take 10,000 open files: raise the limit (ulimit -n)");
}

double tail_of(const Options& options, const Served& server, const MakeRequests& make) {
  std::vector<double> tails;
  for (int round = 0; round < options.rounds(); ++round) {
    RunPlan how;
    how.connections = 8;
    tails.push_back(run_on(options, server, make, how).load.p99_us / 1000);
  }
  return median(tails);
}

Figure at_most(std::string name, std::string what, std::string unit, double bar) {
  Figure figure{std::move(name), std::move(what)};
  figure.unit = std::move(unit);
  figure.bar = bar;
  figure.at_least = false;
  return figure;
}

}  // namespace

void serve_slow_clients(const Options& options, const Fixture& fixture, std::vector<Figure>& figures) {
  const auto wants = [&options](const char* name) { return options.wants("slow") || options.wants(name); };
  const bool wants_tail = wants("slow-tail"), wants_memory = wants("slow-memory"), wants_cut = wants("slow-cut");
  if (!wants_tail && !wants_memory && !wants_cut) return;
  const auto& broken = options.broken;
  if (!broken.empty() && broken != "tail" && broken != "memory" && broken != "late")
    throw std::runtime_error("slow can be broken by: tail, memory, late");
  allow_many_files();
  const unsigned count = options.slow_clients;
  Figure tail =
      at_most("slow-tail", fmt::format("p99 of a record beside {} slow clients / without them", count), "ms", 2);
  Figure memory = at_most("slow-memory", "memory of a slow connection (RssAnon)", "KB", 20);
  Figure cut = at_most("slow-cut", "slow headers are cut after", "s", header_seconds + 1.5);
  const auto targets = read_targets(fixture.data);
  const auto make = reading_records(fixture, targets);
  std::vector<std::string> more;
  if (broken == "late") more = {"--header-timeout", "14"};
  Served server = serve_assay(options, fixture, more);
  // Also when it is not asked for: memory is compared with that of a server that has worked.
  tail.other = tail_of(options, server, make);
  const auto before = server.process.rss_anon_kib();
  const SlowClients slow(server.port, count, broken == "memory" ? 60'000 : 0);
  {
    std::optional<Stutter> stutter;
    if (broken == "tail") stutter.emplace(server.process.id());
    tail.ours = tail_of(options, server, make);
  }
  tail.value = tail.ours / tail.other;
  memory.ours = memory.value =
      static_cast<double>(server.process.rss_anon_kib() - before) * 1.024 / static_cast<double>(count);
  if (wants_tail) figures.push_back(std::move(tail));
  if (wants_memory) figures.push_back(std::move(memory));
  if (!wants_cut) return;
  // Until each of the first headers has ended, or is late.
  while (slow.cut_after().size() < count / 2 && slow.oldest_head() < cut.bar + 3)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto ended = slow.cut_after();
  const double first = ended.empty() ? 0 : *std::min_element(ended.begin(), ended.end());
  if (!ended.empty() && first < header_seconds - 1) throw std::runtime_error("a header was cut before its time");
  const double last = ended.empty() ? 0 : *std::max_element(ended.begin(), ended.end());
  cut.ours = cut.value = std::max(slow.oldest_head(), last);
  cut.more = {{"first", first}, {"ended", ended.size()}};
  figures.push_back(std::move(cut));
}

}  // namespace bench
