// Erasures beside the log.
#include "commands/erasures.h"

#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <mutex>

#include "commands/people.h"
#include "storage/awaiting.h"
#include "storage/erased_list.h"
#include "storage/erasure.h"

namespace assay {
namespace {

std::mutex list_mutex;

Result<Planned> plan_erasing_again(Moment& moment, const std::string& uuid) {
  Planned planned;
  planned.uuid = uuid;
  auto person = find_person_anywhere(moment.at, uuid);
  if (!person || person->state == "erased") return planned;
  planned.read = {{Dependency::On::person, static_cast<std::int64_t>(person->id), person->version}};
  planned.events = {treated_event(moment.at, std::move(*person), "erased", moment.now, {}, {},
                                  {{"reason", "erased before the backup was restored"}})};
  return planned;
}

/// What is still open about somebody who is erased all the same: they were erased once, and somebody has to see to it.
/// False when there is nobody to erase.
bool tell_open(const Context& context, const std::string& uuid) {
  constexpr std::size_t most = 100;
  Snapshot at = context.store.read();
  const auto person = find_person_anywhere(at, uuid);
  if (!person || person->state == "erased") return false;
  std::vector<std::string> open;
  for (const AwaitingRecord& one : awaiting(context.store, at, person->id, 0, most))
    open.push_back(one.record.type + " " + one.record.number + " awaits them");
  for (const RecordRow& one : open_records_naming(context.store, at, person->organisation, uuid))
    open.push_back(one.type + " " + one.number + " names them");
  if (!open.empty()) spdlog::warn("{} is erased again, although {}", uuid, fmt::join(open, ", "));
  return true;
}

}  // namespace

void list_erasures(const Context& context, const std::vector<EventDraft>& events) {
  if (context.erased.empty()) return;
  std::vector<std::string> people;
  for (const EventDraft& event : events) {
    if (erases(event)) people.push_back(event.uuid);
  }
  if (people.empty()) return;
  try {
    const std::lock_guard lock(list_mutex);
    add_erased(context.erased, people);
  } catch (const std::exception& error) {
    // The erasure stands; housekeeping or the next start puts it on the list.
    spdlog::error("the list of erasures could not be written: {}", error.what());
  }
}

std::size_t settle_erasures(Context& context) {
  if (context.erased.empty()) return 0;
  std::size_t again = 0;
  for (const std::string& uuid : read_erased(context.erased)) {
    if (!tell_open(context, uuid)) continue;
    bool named = false;
    auto done = perform_unattended(context, [&](Moment& moment) {
      auto planned = plan_erasing_again(moment, uuid);
      named = planned && !planned->events.empty();
      return planned;
    });
    if (!done) throw std::runtime_error("somebody who was erased could not be erased again: " + done.error().detail);
    if (named) ++again;
  }
  std::vector<std::string> erased;
  {
    Snapshot at = context.store.read();
    erased = list_erased(at);
  }
  const std::lock_guard lock(list_mutex);
  add_erased(context.erased, erased);
  return again;
}

}  // namespace assay
