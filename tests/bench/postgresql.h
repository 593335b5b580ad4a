// A PostgreSQL cluster of the benchmark's own, filled with the fixture, and a client without a server in between.
#pragma once

#include <libpq-fe.h>

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/child.h"
#include "bench/fixture.h"
#include "bench/options.h"

namespace bench {

/// Made in the constructor in a temporary folder, durable as PostgreSQL is by default (fsync on); gone in the
/// destructor. Throws std::runtime_error when the server's programs are not installed.
class Cluster {
 public:
  explicit Cluster(const Options& options);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  const std::string& url() const { return url_; }

 private:
  std::filesystem::path folder_;
  std::optional<Child> server_;
  std::string url_;
};

/// A connection by libpq. Every call throws std::runtime_error with what the server says.
class Client {
 public:
  using Value = std::optional<std::string>;

  explicit Client(const std::string& url);
  /// All rows, as text. Without values several statements may be given.
  std::vector<std::vector<Value>> run(const std::string& sql);
  void prepare(const char* name, const char* sql);
  /// Runs a prepared statement; the first column of the first row, if there is one.
  std::string run_prepared(const char* name, std::initializer_list<const char*> values);
  /// Begins COPY into the table; then pieces of lines; then the end.
  void begin_copy(const std::string& sql);
  void put(std::string_view lines);
  void end_copy();

 private:
  [[noreturn]] void fail(const std::string& what) const;
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  std::unique_ptr<PGconn, Finish> connection_;
};

/// Makes the schema and copies every row of the fixture. The data folder for a server on this database.
Fixture fill(const Options& options, const Fixture& fixture, const std::string& url);

/// Transactions a second of `connections` threads that write for each of them the rows that the server writes for a
/// command, on the records whose place in the list is even. `run` tells runs apart.
double write_by_hand(const Options& options, const std::string& url, unsigned connections, double warm_ups, int run);

}  // namespace bench
