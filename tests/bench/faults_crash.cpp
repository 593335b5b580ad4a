// Plugins that end their call in the middle, over and over: it fails with its reason, nothing is stored, nothing stays.
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <optional>
#include <random>
#include <stdexcept>
#include <thread>

#include "bench/bad_plugins.h"
#include "bench/census.h"
#include "bench/faults.h"
#include "domain/json.h"
#include "storage/connection.h"

namespace bench {
namespace {

namespace fs = std::filesystem;
using assay::Json;

constexpr int rounds_of_a_life = 25;  // of the server; in each of them another copy of the plugin
constexpr int points = 8;             // of a call (plugin/crash.cc)
constexpr std::string_view good_plugin = "org.example.echo", bad_plugin = "org.example.bench-crash-00";

struct Ending {
  std::string_view how, reason;
};
constexpr std::array endings = {Ending{"segfault", "it crashed (Segmentation fault)"},
                                Ending{"exit", "it ended by itself with status 0"},
                                Ending{"heap", "it crashed (Aborted)"}};
/// A hang lasts until the deadline of its call, so there is one in a life.
constexpr Ending hang = {"hang", "its deadline has passed"};

/// What `--break` seeds, to show that the harness sees it.
enum class CrashSeed { nothing, leak, descriptor, good };

CrashSeed crash_seed(const Options& options) {
  if (options.broken.empty()) return CrashSeed::nothing;
  if (options.broken == "leak") return CrashSeed::leak;
  if (options.broken == "descriptor") return CrashSeed::descriptor;
  if (options.broken == "good") return CrashSeed::good;
  throw std::runtime_error("crash can be broken by: leak, descriptor, good");
}

/// What is stored, and what lies about.
struct Stored {
  std::int64_t events = 0, reports = 0;
  std::size_t files = 0;

  bool operator==(const Stored&) const = default;
};

Stored stored_in(const fs::path& data) {
  const auto database =
      assay::Connection::sqlite((fs::canonical(data) / "assay.db").string(), assay::Connection::Access::read, 4096);
  Stored stored;
  stored.events = database->value<std::int64_t>("SELECT COUNT(*) FROM event");
  stored.reports = database->value<std::int64_t>("SELECT COUNT(*) FROM report");
  for (const auto& entry : fs::recursive_directory_iterator(data / "blobs"))
    stored.files += entry.is_regular_file() ? 1 : 0;
  return stored;
}

/// Somebody else, who reads records as long as this lives.
class ReadingBeside {
 public:
  ReadingBeside(const Served& served, std::string token)
      : thread_([this, port = served.port, token = std::move(token)](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
            try {
              (ask(port, "GET", "/api/v1/nonconformities?limit=5", token).status == 200 ? good_ : bad_) += 1;
            } catch (const std::runtime_error&) {
              ++bad_;
            }
          }
        }) {}
  /// Returns when another request has been answered, or failed.
  void wait_for_one() const {
    const int before = good_ + bad_;
    while (good_ + bad_ == before) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  /// What was wrong with it.
  std::vector<std::string> end() {
    thread_.request_stop();
    thread_.join();
    if (bad_ > 0) return {fmt::format("{} of {} requests beside it failed", bad_.load(), good_ + bad_)};
    return {};
  }

 private:
  std::atomic<int> good_ = 0, bad_ = 0;
  std::jthread thread_;
};

class Crashing {
 public:
  Crashing(const Options& options, const Fixture& fixture)
      : seed_(crash_seed(options)), server_(options, fixture, "crash"), random_(options.seed) {
    const fs::path packages = fs::path(ASSAY_BINARY_DIR) / "bench-plugins";
    copy_package(packages / "crash", server_.plugins(), rounds_of_a_life + 1);
    fs::copy(packages / "echo", server_.plugins() / "echo", fs::copy_options::recursive);
    if (seed_ == CrashSeed::leak && ::mkfifo(trigger().c_str(), 0600) != 0)
      throw std::runtime_error("no FIFO can be made");
  }
  ~Crashing() { end_strays(); }
  Crashing(const Crashing&) = delete;
  Crashing& operator=(const Crashing&) = delete;

  /// A call that its plugin ends, and what is wrong after it.
  std::vector<std::string> round() {
    if (crashed_ == rounds_of_a_life || crashed_ < 0) begin_life();
    const bool hangs = crashed_ == rounds_of_a_life / 2 && seed_ == CrashSeed::nothing;
    const Ending ending = hangs ? hang : endings[random_() % endings.size()];
    const std::string what = fmt::format("{}-{}", ending.how, random_() % points);
    const bool sample = hangs || random_() % 2 == 0;
    const Stored before = stored_in(server_.fixture().data);
    ReadingBeside beside(server_.served(), server_.fixture().tokens.front());
    beside.wait_for_one();
    const Reply reply = call(what, sample);
    beside.wait_for_one();
    ++crashed_;
    std::vector<std::string> wrong = beside.end();
    const std::string described = fmt::format("{} in a {}", what, sample ? "sample" : "report");
    if (reply.status != 502 || reply.body.find(ending.reason) == std::string::npos ||
        reply.body.find("urn:assay:problem:plugin-failed") == std::string::npos)
      wrong.push_back(fmt::format("{} was answered with {}: {}", described, reply.status, reply.body.substr(0, 300)));
    if (stored_in(server_.fixture().data) != before) wrong.push_back(described + " has left something in the store");
    plant();
    const Reply good = server_.report(*audit_, std::string(good_plugin), "text");
    if (good.status != 201)
      wrong.push_back(fmt::format("a good plugin's call after it was answered with {}", good.status));
    Stored expected = before;
    ++expected.events;
    ++expected.reports;
    ++expected.files;
    if (stored_in(server_.fixture().data) != expected)
      wrong.emplace_back("the good plugin's report is not what was stored");
    if (!fs::is_empty(server_.temporary())) wrong.emplace_back("temporary files are left");
    const auto crashed = static_cast<std::size_t>(crashed_);
    for (auto& one : wait_for_census(server_.process(), rest_.below.size() - crashed * processes_of_one_,
                                     rest_.descriptors - crashed * descriptors_of_one_))
      wrong.push_back(described + ": " + one);
    return wrong;
  }

 private:
  fs::path trigger() const { return server_.temporary().parent_path() / "trigger"; }

  /// The server with a process of each plugin, and what one of them costs: that of a copy which crashes now, as no
  /// other process waits after a crash.
  void begin_life() {
    end_strays();
    std::vector<std::string> before;
    // The seeded fault: a process below the server that begins another one when it is told to.
    if (seed_ == CrashSeed::leak)
      before = {"sh", "-c", R"((read -r line <"$0"; sleep 600 & wait) & exec "$@")", trigger().string()};
    server_.start(before);
    if (!audit_) audit_ = server_.terminate_an_audit();
    const Reply good = server_.report(*audit_, std::string(good_plugin), "text");
    if (good.status != 201) throw std::runtime_error("the good plugin makes no report: " + good.body);
    const Census all = settled_census(server_.process());
    server_.report(*audit_, id_of_copy(std::string(bad_plugin), rounds_of_a_life), "segfault-0");
    rest_ = settled_census(server_.process());
    if (all.below.size() <= rest_.below.size() || all.descriptors <= rest_.descriptors)
      throw std::runtime_error("a plugin's process does not end with its crash, so nothing can be counted");
    processes_of_one_ = all.below.size() - rest_.below.size();
    descriptors_of_one_ = all.descriptors - rest_.descriptors;
    crashed_ = 0;
  }

  Reply call(const std::string& what, bool sample) {
    const std::string plugin = id_of_copy(std::string(bad_plugin), crashed_);
    const std::string asked = seed_ == CrashSeed::good ? "good-0" : what;
    if (!sample) return server_.report(*audit_, plugin, asked);
    const Json body = {{"plugin", plugin},
                       {"kind", "sites"},
                       {"population", Json::array({{{"id", asked}}})},
                       {"at_least", 0},
                       {"at_most", 1}};
    return ask(server_.served().port, "POST", audit_->path + "/sample", audit_->token, body.dump());
  }

  /// Does what the server must not have done.
  void plant() {
    if (seed_ == CrashSeed::descriptor) open_.push_back(connect_to(server_.served().port));
    if (seed_ != CrashSeed::leak || crashed_ > 1) return;
    const int told = ::open(trigger().c_str(), O_WRONLY | O_CLOEXEC);
    if (told < 0 || ::write(told, "\n", 1) != 1) throw std::runtime_error("the seeded process is not there");
    ::close(told);
  }

  /// What was planted does not end with the server.
  void end_strays() {
    for (const int socket : open_) ::close(socket);
    open_.clear();
    if (seed_ != CrashSeed::leak || crashed_ < 0) return;
    for (const pid_t stray : census_of(server_.process()).below) ::kill(stray, SIGKILL);
  }

  const CrashSeed seed_;
  PluginServer server_;
  std::optional<PluginServer::Audit> audit_ = {};
  std::mt19937 random_;
  int crashed_ = -1;  // rounds of this life; none has begun
  Census rest_ = {};
  std::size_t processes_of_one_ = 0, descriptors_of_one_ = 0;
  std::vector<int> open_ = {};
};

}  // namespace

void crash_plugins(const Options& options, const Fixture& fixture, std::vector<Figure>& figures) {
  if (!options.wants("crash")) return;
  Figure figure =
      count_of_faults("crash", "plugins that crash in a call: rounds with something stored, left or failed");
  Crashing crashing(options, fixture);
  for (int round = 0; round < std::max(1, options.fault_rounds / 2); ++round) {
    if (note_round(figure, crashing.round())) break;
    if (round % 50 == 49) fmt::print(stderr, "crash: {} of {} rounds\n", round + 1, options.fault_rounds / 2);
  }
  figures.push_back(std::move(figure));
}

}  // namespace bench
