// Clients that remember every answer, and the look into the database that holds them against it.
#include "bench/promises.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <random>
#include <set>
#include <thread>
#include <utility>

#include "bench/commanding.h"
#include "bench/load.h"
#include "storage/connection.h"

namespace bench {
namespace {

constexpr int ok = 200, storage_full = 507;
constexpr int patience_seconds = 30;

std::unique_ptr<assay::Connection> database_of(const Fixture& fixture) {
  const auto file = (std::filesystem::canonical(fixture.data) / "assay.db").string();
  return assay::Connection::sqlite(file, assay::Connection::Access::read, 4096);
}

/// A connection that takes what a server that falls does to it as an answer.
class Line {
 public:
  explicit Line(std::uint16_t port) {
    try {
      socket_ = connect_to(port);
    } catch (const std::runtime_error&) {
      return;  // the server has fallen already
    }
    const timeval patience{patience_seconds, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Line() {
    if (socket_ >= 0) ::close(socket_);
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  /// The status of the answer; 0 when none came.
  int ask(const std::string& request) {
    if (socket_ < 0 || ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) < 0) return 0;
    std::string answer;
    char piece[16384];
    for (;;) {
      const auto count = ::recv(socket_, piece, sizeof piece, 0);
      if (count <= 0) return 0;
      answer.append(piece, static_cast<std::size_t>(count));
      if (complete(answer)) break;
    }
    int status = 0;
    std::from_chars(answer.data() + 9, answer.data() + 12, status);
    return status;
  }

 private:
  static bool complete(std::string_view answer) {
    const auto end = answer.find("\r\n\r\n");
    if (end == std::string_view::npos) return false;
    constexpr std::string_view name = "\r\nContent-Length: ";
    const auto at = answer.substr(0, end).find(name);
    std::size_t length = 0;
    if (at != std::string_view::npos) std::from_chars(answer.data() + at + name.size(), answer.data() + end, length);
    return answer.size() >= end + 4 + length;
  }

  int socket_ = -1;
};

}  // namespace

struct Promises::Promise {
  Target target;                             // as acknowledged
  std::int64_t first_version, first_events;  // when the watch began
  std::vector<std::string> kept = {};        // keys that were acknowledged since the last look
  std::optional<std::string> open = {};      // the request that nobody answered
  std::string open_key = {};
};

class Promises::Client {
 public:
  Client(Promises& all, std::uint16_t port, unsigned number, unsigned step)
      : all_(all),
        line_(port),
        number_(number),
        step_(step),
        random_(all.spell_ * 1000 + number),
        key_(fmt::format("faults-{}-{}-{}-", ::getpid(), all.spell_, number)) {}

  void run(const std::atomic<bool>& enough, Count& count) {
    while (!enough) {
      Promise* promise = next();
      if (promise == nullptr) return;
      promise->open_key = key_ + std::to_string(++count_);
      promise->open = command_request(promise->target, all_.fixture_, random_(), promise->open_key, count_);
      const int status = line_.ask(*promise->open);
      if (status == 0) return;
      take(*promise, status);
      if (status == ok) ++count.acknowledged;
      if (status == storage_full) ++count.refused;
    }
  }
  const Told& told() const { return told_; }

 private:
  /// One of this client's share that no open command is on; null when there is none left.
  Promise* next() {
    const std::size_t mine = (all_.promises_.size() - number_ + step_ - 1) / step_;
    for (std::size_t tries = 0, at = random_() % mine; tries < mine; ++tries, at = (at + 1) % mine) {
      Promise& promise = all_.promises_[number_ + step_ * at];
      if (!promise.open) return &promise;
    }
    return nullptr;
  }
  void take(Promise& promise, int status) {
    if (status == ok) {
      ++promise.target.version;
      promise.target.responded = !promise.target.responded;
      promise.kept.push_back(promise.open_key);
      promise.open.reset();
      ++told_.acknowledged;
    } else if (status == storage_full) {
      promise.open.reset();
      ++told_.refused;
    } else {
      ++told_.others[status];
    }
  }

  Promises& all_;
  Line line_;
  const unsigned number_, step_;
  std::mt19937_64 random_;
  const std::string key_;
  std::uint64_t count_ = 0;
  Told told_ = {};
};

namespace {

struct LoggedRecord {
  std::int64_t version;
  std::string state;
  std::int64_t events, last_version;
  std::string last_command;
};

std::map<std::int64_t, LoggedRecord> rows_in(assay::Connection& database) {
  std::map<std::int64_t, LoggedRecord> rows;
  for (auto& [id, version, state, events, last, command] :
       database.all<std::int64_t, std::int64_t, std::string, std::int64_t, std::int64_t, std::string>(
           "SELECT r.id, r.version, r.state, COUNT(e.sequence), COALESCE(MAX(e.version), 0),"
           " COALESCE((SELECT l.command FROM event l WHERE l.record = r.id AND l.subject = 'record' ORDER BY "
           "l.sequence DESC LIMIT 1), '')"
           " FROM record r LEFT JOIN event e ON e.record = r.id AND e.subject = 'record'"
           " AND EXISTS (SELECT 1 FROM event_payload p WHERE p.sequence = e.sequence)"
           " WHERE r.type = 'nonconformity' GROUP BY r.id")) {
    rows[id] = {version, std::move(state), events, last, std::move(command)};
  }
  return rows;
}

}  // namespace

Promises::Promises(const Fixture& fixture) : fixture_(fixture) {
  auto targets = read_targets(fixture.data);
  const auto database = database_of(fixture);
  const auto rows = rows_in(*database);
  for (Target& target : targets) {
    const std::int64_t version = target.version, events = rows.at(target.id).events;
    promises_.push_back({std::move(target), version, events});
  }
}

Promises::~Promises() = default;

Promises::Told Promises::command(std::uint16_t port, unsigned connections, const std::atomic<bool>& enough,
                                 Count& count) {
  ++spell_;
  std::vector<std::unique_ptr<Client>> clients;
  const auto number = static_cast<unsigned>(std::min<std::size_t>(connections, promises_.size()));
  for (unsigned i = 0; i < number; ++i) clients.push_back(std::make_unique<Client>(*this, port, i, number));
  std::vector<std::thread> threads;
  for (const auto& client : clients) threads.emplace_back([&, &one = *client] { one.run(enough, count); });
  for (auto& thread : threads) thread.join();
  Told all;
  for (const auto& client : clients) {
    all.acknowledged += client->told().acknowledged;
    all.refused += client->told().refused;
    for (const auto& [status, answers] : client->told().others) all.others[status] += answers;
  }
  all.open = static_cast<std::uint64_t>(
      std::count_if(promises_.begin(), promises_.end(), [](const Promise& one) { return one.open.has_value(); }));
  return all;
}

std::vector<std::string> Promises::look() const {
  const auto database = database_of(fixture_);
  const auto rows = rows_in(*database);
  std::set<std::string> keys;
  for (auto& [key] : database->all<std::string>("SELECT key FROM idempotency WHERE key LIKE :mine",
                                                assay::with("mine", fmt::format("faults-{}-{}-%", ::getpid(), spell_))))
    keys.insert(std::move(key));
  std::vector<std::string> wrong;
  std::size_t expected_keys = 0;
  for (const Promise& promise : promises_) {
    const auto& [target, first_version, first_events, kept, open, open_key] = promise;
    const auto fault = [&, &uuid = target.uuid](const std::string& what) { wrong.push_back(uuid + " " + what); };
    const auto found = rows.find(target.id);
    if (found == rows.end()) {
      fault("is gone");
      continue;
    }
    const LoggedRecord& row = found->second;
    const bool open_done = open && row.version == target.version + 1;
    if (row.version < target.version) {
      fault(fmt::format("lost an acknowledged command: version {} was told, {} is there", target.version, row.version));
    } else if (row.version != target.version && !open_done) {
      fault(fmt::format("has a change that nobody was told of: version {}, told {}", row.version, target.version));
    }
    if (row.last_version != row.version || row.events - first_events != row.version - first_version)
      fault(fmt::format("is half changed: version {}, its log ends at {}", row.version, row.last_version));
    if (row.version != first_version) {
      const bool responded = row.last_command == "respond";
      if (row.state != (responded ? "response_submitted" : "plan_rejected"))
        fault(fmt::format("is half changed: {} after {}", row.state, row.last_command));
    }
    for (const std::string& key : kept)
      if (!keys.contains(key)) fault("lost the Idempotency-Key of an acknowledged command");
    expected_keys += kept.size() + (open_done ? 1 : 0);
    if (open && keys.contains(open_key) != open_done) fault("is half changed: the change without its Idempotency-Key");
  }
  if (wrong.empty() && keys.size() != expected_keys)
    wrong.emplace_back("there are Idempotency-Keys without their change");
  return wrong;
}

std::vector<std::string> Promises::examine(std::uint16_t port) {
  std::vector<std::string> wrong = look();
  Line line(port);
  for (Promise& promise : promises_) {
    promise.kept.clear();
    if (!promise.open) continue;
    const int status = wrong.empty() ? line.ask(*promise.open) : ok;
    if (status != ok)
      wrong.push_back(fmt::format("{} answers an open command given again with {}", promise.target.uuid, status));
    ++promise.target.version;
    promise.target.responded = !promise.target.responded;
    promise.open.reset();
  }
  return wrong;
}

}  // namespace bench
