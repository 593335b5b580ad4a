// Once an hour: drops what has served its time, and goes through the list of who was erased. Every few seconds: indexes
// what has changed.
#include "jobs/housekeeping.h"

#include "commands/erasures.h"
#include "commands/notes.h"
#include "domain/thread_name.h"
#include "storage/blob_collection.h"
#include "storage/events.h"
#include "storage/evidence.h"
#include "storage/people.h"
#include "storage/search.h"
#include "storage/webhooks.h"

namespace assay {

void Housekeeping::start() {
  thread_ = std::jthread([this](std::stop_token stop) {
    name_thread("housekeeping");
    auto next = std::chrono::steady_clock::now();
    while (!stop.stop_requested()) {
      if (const auto now = std::chrono::steady_clock::now(); now >= next) {
        clean(stop);
        next = now + settings_.every;
      }
      index(stop);
      bell_.wait(stop, settings_.indexing);
    }
  });
}

void Housekeeping::stop() { thread_ = std::jthread(); }

void Housekeeping::clean(std::stop_token stop) {
  try {
    drop_rows();
    drop_files(stop);
    drop_notes(stop);
    if (const auto again = settle_erasures(context_); again > 0)
      journal_.write(Severity::warning, "erased_again", {{"people", again}});
  } catch (const std::exception&) {
    journal_.write_exception("housekeeping_failed", Json::object());
  }
}

void Housekeeping::index(std::stop_token stop) {
  using Clock = std::chrono::steady_clock;
  try {
    // Who commands comes first: beside them it takes a twentieth of the time, alone as much as there is to do.
    const auto until = Clock::now() + std::chrono::milliseconds(settings_.indexing) / 20;
    const auto commits = [this] { return context_.store.figures().commits; };
    std::int64_t done = 1;
    bool alone = true;
    while (done > 0 && (alone || Clock::now() < until) && !stop.stop_requested()) {
      const auto before = commits();
      auto indexed = context_.store.write([&done](Connection& to) { done = index_changed(to, 20); });
      if (!indexed) {
        journal_.write(Severity::warning, "indexing_postponed", {{"reason", indexed.error().detail}});
        return;
      }
      alone = commits() <= before + 1;
    }
  } catch (const std::exception&) {
    journal_.write_exception("indexing_failed", Json::object());
  }
}

void Housekeeping::drop_rows() {
  const Instant now = context_.clock();
  auto dropped = context_.store.write([&](Connection& to) {
    drop_expired_sessions(to, now);
    drop_old_idempotent(to, now - settings_.keys);
    drop_old_deliveries(to, now - settings_.deliveries);
  });
  if (!dropped) journal_.write(Severity::warning, "housekeeping_postponed", {{"reason", dropped.error().detail}});
}

void Housekeeping::drop_files(std::stop_token stop) {
  if (settings_.blobs.empty()) return;
  // The time of files is that of the file system, whatever clock the rest of the server goes by.
  const auto before = std::chrono::file_clock::now() - settings_.files;
  std::set<std::pair<std::string, std::string>> referenced;
  {
    Snapshot at = context_.store.read();
    for (auto& one : referenced_files(at)) referenced.insert(std::move(one));
  }
  const Collected collected = remove_unreferenced(settings_.blobs, referenced, before, stop);
  if (collected.files > 0) {
    journal_.write(Severity::info, "files_removed", {{"files", collected.files}, {"bytes", collected.bytes}});
  }
}

void Housekeeping::drop_notes(const std::stop_token& stop) {
  // One figure for all: neither whose they were nor at which audit is anybody's business.
  if (const auto notes = forget_old_notes(context_, stop); notes > 0)
    journal_.write(Severity::info, "notes_removed", {{"notes", notes}});
}

}  // namespace assay
