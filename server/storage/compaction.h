// Writing the database anew, so that what was taken out of it is in no gap of its pages.
#pragma once

#include <cstdint>

#include "storage/store.h"

namespace assay {

struct Compaction {
  std::int64_t before, after;  // bytes of the database file
};

/// While no server uses the folder. Takes as much room again as the database has, in the data folder, until it is done;
/// broken off, it leaves the database as it was. Throws std::runtime_error for a folder in use or without a database,
/// and for one on PostgreSQL, which has a VACUUM FULL of its own; DatabaseError when the database refuses.
Compaction compact_database(const StoreSettings& settings);

}  // namespace assay
