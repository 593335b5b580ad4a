// kill -9: the server is killed at random moments under load and started again, over and over on the same folder.
#include <fmt/format.h>
#include <signal.h>

#include <chrono>
#include <random>
#include <stdexcept>
#include <thread>

#include "bench/faults.h"
#include "storage/connection.h"

namespace bench {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kill_connections = 16;
constexpr int rounds_of_a_folder = 25;  // then it is replayed, and the next one begins with a short log

/// What `--break` seeds, to show that the harness sees it.
enum class Seeded { nothing, lost, half };

Seeded seeded_by(const Options& options) {
  if (options.broken.empty()) return Seeded::nothing;
  if (options.broken == "lost") return Seeded::lost;
  if (options.broken == "half") return Seeded::half;
  throw std::runtime_error("kill can be broken by: lost, half");
}

class Killing {
 public:
  Killing(const Options& options, const Fixture& fixture)
      : options_(options),
        fixture_(fixture),
        work_(copy_of(fixture, options.cache / "faults-kill")),
        aside_(options.cache / "faults-kill-aside"),
        seeded_(seeded_by(options)),
        random_(options.seed) {
    promises_.emplace(work_);
  }
  ~Killing() {
    server_.reset();
    std::error_code none;
    fs::remove_all(work_.data, none);
    fs::remove_all(aside_, none);
  }

  /// A life of the server and its end; what is wrong after the next start. That server lives on in the next round.
  std::vector<std::string> round(Figure& figure) {
    if (lives_++ == rounds_of_a_folder) begin_anew();
    if (!server_) server_.emplace(serve_assay(options_, work_));
    if (seeded_ == Seeded::lost) set_aside();
    {
      Load load(*promises_, server_->port, kill_connections);
      // Not before the load has begun, and then at any moment of what the server does: a commit takes some ms here.
      if (!load.wait_for(1 + random_() % 20)) throw std::runtime_error("the clients ended before the server did");
      std::this_thread::sleep_for(std::chrono::microseconds(random_() % 30'000));
      ::kill(server_->process.id(), SIGKILL);
      count(figure, load.end(false));
    }
    server_.reset();
    damage();
    if (random_() % 8 == 0) die_while_starting();
    server_.emplace(serve_assay(options_, work_));
    auto wrong = promises_->examine(server_->port);
    if (wrong.empty() && lives_ == rounds_of_a_folder) wrong = verify();
    if (!wrong.empty()) begin_anew();
    return wrong;
  }
  /// What a replay of the log has against the rows, once the server has been told to end.
  std::vector<std::string> verify() {
    if (server_) server_->process.stop();
    server_.reset();
    return verified(options_, work_);
  }

 private:
  void begin_anew() {
    lives_ = 1;
    server_.reset();
    work_ = copy_of(fixture_, work_.data);
    promises_.emplace(work_);
  }

  /// Killed while it recovers, migrates or loads.
  void die_while_starting() {
    Child server(
        {options_.assay.string(), "serve", "--data", work_.data.string(), "--workflows", work_.workflows.string(),
         "--listen", "127.0.0.1:0", "--plugins", (options_.cache / "no-plugins").string()},
        options_.cache / "server.log");
    std::this_thread::sleep_for(std::chrono::microseconds(random_() % 80'000));
    ::kill(server.id(), SIGKILL);
  }

  static void count(Figure& figure, const Promises::Told& told) {
    const auto add = [&figure](const char* name, std::uint64_t more) {
      figure.more[name] = figure.more[name].get<std::uint64_t>() + more;
    };
    add("acknowledged", told.acknowledged);
    add("open", told.open);
    add("refused", told.refused);
    for (const auto& [status, answers] : told.others)
      throw std::runtime_error(fmt::format("{} commands were answered with {}", answers, status));
  }

  void set_aside() const {
    fs::remove_all(aside_);
    fs::create_directories(aside_);
    for (const char* name : {"assay.db", "assay.db-wal"})
      if (fs::exists(work_.data / name)) fs::copy(work_.data / name, aside_ / name);
  }

  /// Does what the server must not have done.
  void damage() const {
    if (seeded_ == Seeded::lost) {
      for (const char* name : {"assay.db", "assay.db-wal", "assay.db-shm"}) fs::remove(work_.data / name);
      for (const auto& entry : fs::directory_iterator(aside_))
        fs::copy(entry.path(), work_.data / entry.path().filename());
    } else if (seeded_ == Seeded::half) {
      const auto database = assay::Connection::sqlite((fs::canonical(work_.data) / "assay.db").string(),
                                                      assay::Connection::Access::write, 4096);
      const auto last = database->value<std::int64_t>("SELECT MAX(sequence) FROM event WHERE command = 'respond'");
      database->run("DELETE FROM event_payload WHERE sequence = :last", assay::with("last", last));
      database->run("DELETE FROM event WHERE sequence = :last", assay::with("last", last));
    }
  }

  const Options& options_;
  const Fixture& fixture_;
  Fixture work_;
  const fs::path aside_;
  const Seeded seeded_;
  std::optional<Promises> promises_;
  std::optional<Served> server_;
  std::mt19937 random_;
  int lives_ = 0;
};

}  // namespace

void kill_under_load(const Options& options, const Fixture& fixture, std::vector<Figure>& figures) {
  if (!options.wants("kill")) return;
  Figure figure = count_of_faults("kill", "kill -9 under load: rounds with something lost, half done or in dispute");
  Killing killing(options, fixture);
  for (int round = 0; round < options.fault_rounds; ++round) {
    if (note_round(figure, killing.round(figure))) break;
    if (round % 50 == 49) fmt::print(stderr, "kill: {} of {} rounds\n", round + 1, options.fault_rounds);
  }
  if (figure.met()) {
    const auto wrong = killing.verify();
    if (!wrong.empty()) note_round(figure, wrong);
  }
  figures.push_back(std::move(figure));
}

}  // namespace bench
