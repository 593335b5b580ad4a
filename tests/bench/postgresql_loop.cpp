// The hand-written client: for each command only its writes and the lock that orders them.
#include <fmt/format.h>

#include <array>
#include <atomic>
#include <exception>
#include <random>
#include <thread>

#include "bench/postgresql.h"
#include "ledger/digest.h"
#include "ledger/random.h"

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Row {
  std::string id, root, uuid;
  long version;
  bool responded;
  std::array<std::string, 2> answer, judge;  // whose task it is before and after the response
};

/// What does not differ from one transaction to the next, as large as what the server writes.
struct Texts {
  std::string body = std::string(2300, 'b');
  std::string set;
  std::string rejected = R"({"append":{"rejections":{"rejection":")" + std::string(100, 'r') +
                         R"("}},"set":{"rejection":")" + std::string(100, 'r') +
                         R"("},"state":"plan_rejected","timers":{"revision_due":{"at":"2030-01-01T00:00:00.000Z",)"
                         R"("day":"2030-01-01"}},"told":["action_owner","auditee"],"type":"nonconformity"})";
  std::string responded = std::string(900, 'a');
  std::string answer = R"({"uuid":"01234567-89ab-7cde-8f01-23456789abcd"})";
};

void prepare(Client& client) {
  client.prepare("lock", "SELECT record FROM record_version WHERE record = $1 FOR UPDATE");
  client.prepare("idempotency",
                 "INSERT INTO idempotency (principal, key, request_hash, status, answer, at)"
                 " VALUES (2, $1, $2, 200, $3, $4)");
  client.prepare("event",
                 "INSERT INTO event (uuid, cause, subject, subject_id, subject_uuid, organisation, record, type,"
                 " command, version, actor, second, at, workflow_set, number, commitment) VALUES ($1, $2, 'record', $3,"
                 " $4, 1, $3, $5, $6, $7, 2, NULL, $8, $9, '', $10) RETURNING sequence");
  client.prepare("payload", "INSERT INTO event_payload (sequence, facts) VALUES ($1, $2)");
  client.prepare("start",
                 "INSERT INTO timer (record, name, day, at, fired, next) VALUES ($1, 'revision_due', '2030-01-01',"
                 " 1893456000000, 0, 1893456000000) ON CONFLICT (record, name) DO UPDATE SET day = '2030-01-01',"
                 " at = 1893456000000, fired = 0, next = 1893456000000");
  client.prepare("stop", "DELETE FROM timer WHERE record = $1 AND name = 'revision_due'");
  client.prepare("record",
                 "UPDATE record SET state_since = $3, state = $2, version = $4, updated = $3, body = $5,"
                 " waits = 'isms_manager',"
                 " due = (SELECT MIN(day) FROM timer WHERE record = $1) WHERE id = $1 AND version = $6");
  client.prepare("unfilter", "DELETE FROM record_filter WHERE record = $1 AND field = $2");
  client.prepare("filter",
                 "INSERT INTO record_filter (record, field, value, organisation, type)"
                 " VALUES ($1, $2, $3, 1, 'nonconformity')");
  client.prepare("untask", "DELETE FROM task WHERE record = $1");
  client.prepare("task",
                 "INSERT INTO task (record, person, due) SELECT id, p, COALESCE(due, '9999-12-31')"
                 " FROM record, (VALUES ($2::bigint), ($3::bigint)) AS people (p) WHERE id = $1");
  client.prepare("tree", "UPDATE record_version SET tree = tree + 1 WHERE record = $1");
  client.prepare("unsealed", "INSERT INTO unsealed (sequence) VALUES ($1)");
  client.prepare("begin", "BEGIN");
  client.prepare("commit", "COMMIT");
}

class Writer {
 public:
  Writer(const std::string& url, std::string key) : client_(url), key_(std::move(key)) { prepare(client_); }

  void write(Row& row, const Texts& texts) {
    const std::string now = std::to_string(
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count());
    const std::string random = assay::to_hex(assay::random_bytes(32)), uuid = random.substr(0, 36);
    const std::string key = key_ + std::to_string(++count_);
    const std::string before = std::to_string(row.version), after = std::to_string(row.version + 1);
    const bool respond = !row.responded;
    const char* id = row.id.c_str();
    client_.run_prepared("begin", {});
    client_.run_prepared("lock", {row.root.c_str()});
    client_.run_prepared("idempotency", {key.c_str(), random.c_str(), texts.answer.c_str(), now.c_str()});
    const std::string sequence = client_.run_prepared(
        "event", {uuid.c_str(), uuid.c_str(), id, row.uuid.c_str(),
                  respond ? "nonconformity.response_submitted" : "nonconformity.plan_rejected",
                  respond ? "respond" : "reject_plan", after.c_str(), now.c_str(), texts.set.c_str(), random.c_str()});
    client_.run_prepared("payload", {sequence.c_str(), (respond ? texts.responded : texts.rejected).c_str()});
    client_.run_prepared(respond ? "stop" : "start", {id});
    client_.run_prepared("record", {id, respond ? "response_submitted" : "plan_rejected", now.c_str(), after.c_str(),
                                    texts.body.c_str(), before.c_str()});
    if (respond) {
      filter(id, "action_due", "2030-01-01");
      filter(id, "response_overdue", "false");
      filter(id, "action_overdue", "false");
    }
    client_.run_prepared("untask", {id});
    const auto& people = respond ? row.judge : row.answer;
    client_.run_prepared("task", {id, people[0].c_str(), people[1].c_str()});
    client_.run_prepared("tree", {row.root.c_str()});
    client_.run_prepared("unsealed", {sequence.c_str()});
    client_.run_prepared("commit", {});
    row.responded = respond;
    ++row.version;
  }

 private:
  void filter(const char* id, const char* field, const char* value) {
    client_.run_prepared("unfilter", {id, field});
    client_.run_prepared("filter", {id, field, value});
  }

  Client client_;
  const std::string key_;
  std::uint64_t count_ = 0;
};

std::vector<Row> rows_of(const std::string& url) {
  Client client(url);
  std::vector<Row> rows;
  bool even = false;
  const auto holder = [](const char* own, const char* above) {
    return fmt::format(
        "(SELECT MIN(person) FROM assignment WHERE record = r.id AND seat = '{}'),"
        "(SELECT MIN(person) FROM assignment WHERE record = r.parent AND seat = '{}')",
        own, above);
  };
  for (auto& row :
       client.run(fmt::format("SELECT r.id, r.root, r.uuid, r.version, r.state, {}, {} FROM record r WHERE r.type ="
                              " 'nonconformity' ORDER BY r.id",
                              holder("action_owner", "auditee"), holder("verifier", "lead_auditor")))) {
    even = !even;
    if (!even) continue;
    rows.push_back({*row[0],
                    *row[1],
                    *row[2],
                    std::stol(*row[3]),
                    *row[4] == "response_submitted",
                    {row[5].value(), row[6].value()},
                    {row[7].value(), row[8].value()}});
  }
  return rows;
}

/// Gives positions to what is committed, as the server's sealer does, while there is something.
void seal(const std::string& url, const std::atomic<bool>& ended) {
  Client client(url);
  while (!ended) {
    client.run(
        "BEGIN; SELECT pg_advisory_xact_lock(hashtext('assay seal by hand')); WITH taken AS (DELETE FROM unsealed"
        " RETURNING sequence) INSERT INTO sealed (position, sequence) SELECT (SELECT MAX(position) FROM sealed) +"
        " ROW_NUMBER() OVER (ORDER BY sequence), sequence FROM taken; COMMIT");
    std::this_thread::sleep_for(std::chrono::milliseconds(2));  // many a round, as wake-ups come together
  }
}

}  // namespace

double write_by_hand(const Options& options, const std::string& url, unsigned connections, double warm_ups, int run) {
  auto rows = rows_of(url);
  Texts texts;
  texts.set = *Client(url).run("SELECT hash FROM workflow_set LIMIT 1").front().front();
  std::atomic<bool> measuring = false, ended = false;
  std::atomic<std::uint64_t> written = 0;
  std::vector<std::exception_ptr> failures(connections + 1);
  std::vector<std::thread> threads;
  const auto guarded = [&](std::size_t number, auto work) {
    threads.emplace_back([&failures, number, work] {
      try {
        work();
      } catch (...) {
        failures[number] = std::current_exception();
      }
    });
  };
  for (unsigned i = 0; i < connections; ++i) {
    guarded(i, [&, i] {
      std::mt19937_64 random(static_cast<std::uint64_t>(run) * 1000 + i);
      Writer writer(url, fmt::format("hand-{}-{}-", run, i));
      const std::size_t mine = (rows.size() - i + connections - 1) / connections;
      while (!ended) {
        writer.write(rows[i + connections * (random() % mine)], texts);
        if (measuring) ++written;
      }
    });
  }
  guarded(connections, [&] { seal(url, ended); });
  std::this_thread::sleep_for(std::chrono::duration<double>(warm_ups * options.warm_up()));
  const auto began = Clock::now();
  measuring = true;
  std::this_thread::sleep_for(std::chrono::duration<double>(options.seconds()));
  measuring = false;
  const std::chrono::duration<double> took = Clock::now() - began;
  ended = true;
  for (auto& thread : threads) thread.join();
  for (const auto& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
  return static_cast<double>(written) / took.count();
}

}  // namespace bench
