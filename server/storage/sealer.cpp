// The sealer's thread.
#include "storage/sealer.h"

#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <system_error>

#include "domain/thread_name.h"

namespace assay {
namespace {

// How often it looks without being told: for events of a server that died between its commit and their sealing.
constexpr int look_ms = 5000;
constexpr int reconnect_ms = 500;

// Notifications are seen in the whole database: servers on another schema of it have another channel.
constexpr std::string_view listen_sql = "SELECT 'LISTEN \"assay_events_' || current_schema() || '\"'";
constexpr std::string_view notify_sql = "SELECT CAST(pg_notify('assay_events_' || current_schema(), '') AS TEXT)";
constexpr std::string_view lock_sql =
    "SELECT CAST(pg_advisory_xact_lock(hashtext('assay seal ' || current_schema())) AS TEXT)";
// The last position before and after.
constexpr std::string_view seal_sql =
    "WITH before AS (SELECT COALESCE(MAX(position), 0) AS last FROM sealed),"
    " taken AS (DELETE FROM unsealed RETURNING sequence),"
    " put AS (INSERT INTO sealed (position, sequence)"
    "  SELECT b.last + ROW_NUMBER() OVER (ORDER BY t.sequence), t.sequence FROM taken t, before b RETURNING position)"
    " SELECT b.last, COALESCE((SELECT MAX(position) FROM put), b.last) FROM before b";

}  // namespace

Sealer::Sealer(std::function<std::unique_ptr<Connection>()> open, EventSignal& signal)
    : open_(std::move(open)), signal_(signal), wakened_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (wakened_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  thread_ = std::thread([this] {
    name_thread("sealer");
    loop();
  });
}

Sealer::~Sealer() {
  finishing_ = true;
  wake();
  thread_.join();
  close(wakened_);
}

void Sealer::wake() {
  const std::uint64_t one = 1;
  if (::write(wakened_, &one, sizeof one) < 0 && errno != EAGAIN) {
    throw std::system_error(errno, std::generic_category(), "eventfd");
  }
}

std::int64_t Sealer::seal(Connection& connection) {
  Transaction transaction(connection);
  connection.send(lock_sql);
  const auto row = connection.one<std::int64_t, std::int64_t>(seal_sql);
  const auto [before, last] = row.value();
  if (last > before) connection.send(notify_sql);
  transaction.commit();
  return last;
}

void Sealer::loop() {
  std::unique_ptr<Connection> connection;
  while (!finishing_) {
    try {
      if (!connection) {
        connection = open_();
        connection->script(connection->value<std::string>(listen_sql));
      }
      signal_.publish(seal(*connection));
      if (!connection->await_notification(wakened_, look_ms)) connection.reset();
      std::uint64_t count = 0;
      while (::read(wakened_, &count, sizeof count) > 0) {
      }
    } catch (const DatabaseError& error) {
      spdlog::warn("events cannot be sealed: {}", error.what());
      connection.reset();
      pollfd waited{wakened_, POLLIN, 0};
      poll(&waited, 1, finishing_ ? 0 : reconnect_ms);
    }
  }
}

}  // namespace assay
