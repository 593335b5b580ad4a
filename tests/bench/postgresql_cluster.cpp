// Making and removing the cluster; the client.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "bench/postgresql.h"
#include "ledger/digest.h"
#include "ledger/random.h"

namespace bench {
namespace {

namespace fs = std::filesystem;

fs::path programs() {
  fs::path newest;
  const fs::path all = "/usr/lib/postgresql";
  if (fs::exists(all)) {
    for (const auto& version : fs::directory_iterator(all)) {
      const fs::path bin = version.path() / "bin";
      if (fs::exists(bin / "initdb") && (newest.empty() || newest < bin)) newest = bin;
    }
  }
  if (newest.empty()) throw std::runtime_error("PostgreSQL's server programs are not in /usr/lib/postgresql");
  return newest;
}

/// The words before a command that PostgreSQL refuses to run as root.
std::vector<std::string> as_postgres() {
  if (::geteuid() != 0) return {};
  return {"setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"};
}

std::vector<std::string> joined(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// A port that is free now.
int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                     ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(socket);
  if (!bound) throw std::runtime_error("no port is free");
  return ntohs(address.sin_port);
}

}  // namespace

Cluster::Cluster(const Options& options) {
  const fs::path bin = programs();
  std::string name = (fs::temp_directory_path() / "assay-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder can be made");
  folder_ = name;
  const std::string password = assay::to_hex(assay::random_bytes(16));
  std::ofstream(folder_ / "password") << password << '\n';
  if (const passwd* owner = ::geteuid() == 0 ? ::getpwnam("postgres") : nullptr) {
    for (const auto& path : {folder_, folder_ / "password"}) {
      if (::chown(path.c_str(), owner->pw_uid, owner->pw_gid) != 0) throw std::runtime_error("chown failed");
    }
  }
  const fs::path log = options.cache / "postgresql.log";
  const std::string data = (folder_ / "data").string();
  Child init(joined(as_postgres(), {(bin / "initdb").string(), "-D", data, "-U", "assay", "-A", "scram-sha-256",
                                    "--pwfile=" + (folder_ / "password").string(), "-E", "UTF8", "--locale=C.UTF-8"}),
             log);
  init.wait_for("Success");
  init.wait();
  const int port = free_port();
  server_.emplace(
      joined(as_postgres(), {(bin / "postgres").string(), "-D", data, "-p", std::to_string(port), "-k",
                             folder_.string(), "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200", "-c",
                             "shared_buffers=512MB", "-c", "max_wal_size=4GB", "-c", "log_destination=stderr"}),
      log);
  url_ = fmt::format("postgresql://assay:{}@127.0.0.1:{}/postgres", password, port);
  server_->wait_in_errors("database system is ready to accept connections");
}

Cluster::~Cluster() {
  try {
    server_->stop();
  } catch (const std::exception& error) {
    fmt::print(stderr, "PostgreSQL: {}\n", error.what());
  }
  std::error_code ignored;  // what is left lies in the folder for temporary files
  fs::remove_all(folder_, ignored);
}

Client::Client(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
  if (PQstatus(connection_.get()) != CONNECTION_OK) fail("connecting");
  PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
}

void Client::fail(const std::string& what) const {
  throw std::runtime_error(what + ": " + PQerrorMessage(connection_.get()));
}

std::vector<std::vector<Client::Value>> Client::run(const std::string& sql) {
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection_.get(), sql.c_str()), &PQclear);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail(sql);
  std::vector<std::vector<Value>> rows;
  for (int i = 0; i < PQntuples(result.get()); ++i) {
    auto& row = rows.emplace_back();
    for (int j = 0; j < PQnfields(result.get()); ++j) {
      row.push_back(PQgetisnull(result.get(), i, j) != 0 ? Value() : Value(PQgetvalue(result.get(), i, j)));
    }
  }
  return rows;
}

void Client::prepare(const char* name, const char* sql) {
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQprepare(connection_.get(), name, sql, 0, nullptr),
                                                             &PQclear);
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) fail(sql);
}

std::string Client::run_prepared(const char* name, std::initializer_list<const char*> values) {
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(
      PQexecPrepared(connection_.get(), name, static_cast<int>(values.size()), values.begin(), nullptr, nullptr, 0),
      &PQclear);
  const auto status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK) return {};
  if (status != PGRES_TUPLES_OK) fail(name);
  return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

void Client::begin_copy(const std::string& sql) {
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection_.get(), sql.c_str()), &PQclear);
  if (PQresultStatus(result.get()) != PGRES_COPY_IN) fail(sql);
}

void Client::put(std::string_view lines) {
  if (PQputCopyData(connection_.get(), lines.data(), static_cast<int>(lines.size())) != 1) fail("COPY");
}

void Client::end_copy() {
  if (PQputCopyEnd(connection_.get(), nullptr) != 1) fail("COPY");
  bool failed = false;
  while (PGresult* result = PQgetResult(connection_.get())) {
    failed = failed || PQresultStatus(result) != PGRES_COMMAND_OK;
    PQclear(result);
  }
  if (failed) fail("COPY");
}

}  // namespace bench
