// Brings a database to the form that this release needs: numbered scripts, applied once, never changed afterwards.
#pragma once

#include <span>
#include <string_view>

#include "storage/connection.h"

namespace assay {

struct Migration {
  std::string_view engine;  // "sqlite" | "postgresql"
  int version;
  std::string_view name;
  std::string_view sql;
};

/// Those that are part of this program, in order.
std::span<const Migration> embedded_migrations(Engine engine);

/// Applies what is missing, each script in a transaction of its own. Throws std::runtime_error with a message for a
/// person when the database is of a newer release or a script that was applied differs from ours.
void migrate(Connection& connection, std::span<const Migration> migrations);

/// Version of the last script that was applied; 0 for an empty database.
int schema_version(Connection& connection);

}  // namespace assay
