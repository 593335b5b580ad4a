// Once an hour: drops what has served its time, working notes too, and settles the list of who was erased, so that
// neither database nor disk fill with it.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <thread>

#include "commands/context.h"
#include "jobs/bell.h"
#include "jobs/journal.h"

namespace assay {

struct HousekeepingSettings {
  std::chrono::hours every{1};
  std::chrono::seconds indexing{10};  // between looks at what the search index lacks
  std::chrono::hours keys{24};        // Idempotency-Keys are kept that long
  std::chrono::days deliveries{90};   // and the log of deliveries
  std::chrono::hours files{24};       // a file without reference is removed after that
  std::filesystem::path blobs = {};   // folder of the files
};

/// One thread; the first round begins with start(). What fails is written to the journal and tried again in the next
/// round.
class Housekeeping {
 public:
  /// `context` outlives it.
  Housekeeping(Context& context, HousekeepingSettings settings, Journal journal)
      : context_(context), settings_(std::move(settings)), journal_(std::move(journal)) {}

  void start();
  /// Breaks off a round between two files. Idempotent.
  void stop();
  /// One round on the thread of the caller.
  void clean(std::stop_token stop = {});

 private:
  void index(std::stop_token stop);
  void drop_rows();
  void drop_files(std::stop_token stop);
  void drop_notes(const std::stop_token& stop);

  Context& context_;
  const HousekeepingSettings settings_;
  const Journal journal_;
  Bell bell_ = {};
  std::jthread thread_ = {};
};

}  // namespace assay
