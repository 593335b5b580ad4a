// Reports: made by a plugin from a snapshot, stored as a file, attached to the record for good.
#pragma once

#include <string>
#include <string_view>

#include "commands/perform.h"
#include "storage/blob_store.h"
#include "storage/evidence.h"

namespace assay {

struct FinishedReport {
  std::string plugin, plugin_version, format, language;
  std::string package_hash;  // of the plugin
  std::string input_hash;    // SHA-256 of the canonical input
  std::string file_name, media_type;
  StoredFile file;  // durable already
};

/// Whether the person may attach a report to the record now (command "attach_report"): asked before one is made.
Result<void> may_attach_report(Context& context, const Principal& who, std::string_view type, std::string_view record);
/// 201. Reports never change; a new one stands beside the old.
Result<Performed> attach_report(Context& context, const Call& call, std::string_view type, std::string_view record,
                                const FinishedReport& report);

}  // namespace assay
