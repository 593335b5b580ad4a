// A store that is only looked into.
#include "storage/connection_pool.h"
#include "storage/migrations.h"
#include "storage/store_base.h"

namespace assay {
namespace {

/// One by one, the migrations of the database are those of this program.
void require_this_version(Connection& connection) {
  const auto known = embedded_migrations(connection.engine());
  const int version = schema_version(connection);
  if (version < static_cast<int>(known.size())) {
    throw std::runtime_error("the database is of an older release (schema " + std::to_string(version) +
                             "): start this release's server once");
  }
  migrate(connection, known);  // applies nothing, and refuses what differs
}

class InspectedStore final : public StoreBase {
 public:
  explicit InspectedStore(const StoreSettings& settings)
      : StoreBase(settings),
        readers_(settings.readers, [this] { return open_connection(); }, settings.reader_patience) {
    auto connection = open_connection();
    require_this_version(*connection);
    Transaction transaction(*connection, begin());
    look(*connection);
  }

  Snapshot read() override {
    return Snapshot(readers_.take_begun(begin()),
                    [this](std::unique_ptr<Connection> back) { readers_.give_back(std::move(back)); });
  }
  bool reader_free() override { return readers_.has_free(); }

  Result<Committed> commit(const Commit&) override { only_read(); }
  Result<void> write(const std::function<void(Connection&)>&) override { only_read(); }
  std::int64_t new_id(Subject) override { only_read(); }
  Figures figures() const override { return {}; }
  std::string_view engine() const override { return sqlite() ? "sqlite" : "postgresql"; }

 private:
  [[noreturn]] static void only_read() { throw std::logic_error("a store that is inspected is only read"); }
  bool sqlite() const { return settings_.database.empty(); }
  std::string_view begin() const { return sqlite() ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"; }

  std::unique_ptr<Connection> open_connection() {
    auto connection =
        sqlite() ? Connection::sqlite(sqlite_file(settings_.data), Connection::Access::read, settings_.cache_kib)
                 : Connection::postgresql(settings_.database);
    connection->set_sets(sets_);
    return connection;
  }

  ConnectionPool readers_;
};

}  // namespace

std::unique_ptr<Store> open_inspected_store(const StoreSettings& settings) {
  try {
    return std::make_unique<InspectedStore>(settings);
  } catch (const DatabaseError& error) {
    throw std::runtime_error(std::string("the database cannot be read: ") + error.what());
  }
}

}  // namespace assay
