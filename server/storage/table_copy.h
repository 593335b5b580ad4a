// All tables of a PostgreSQL schema as files in COPY's text format, and back.
#pragma once

#include <filesystem>

#include "storage/connection.h"
#include "storage/manifest.h"

namespace assay {

/// Within the connection's transaction: one snapshot. Adds the files and the state of the sequences to the manifest.
void copy_tables_out(Connection& from, const std::filesystem::path& folder, BackupManifest& manifest);

/// Within the connection's transaction, into empty tables of the manifest's schema version.
void copy_tables_in(Connection& to, const std::filesystem::path& folder, const BackupManifest& manifest);

}  // namespace assay
