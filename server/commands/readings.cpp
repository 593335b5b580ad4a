// The log of what people have read by a grant alone.
#include "commands/readings.h"

#include <map>

#include "commands/perform.h"
#include "commands/records.h"
#include "domain/paths.h"
#include "storage/grants.h"

namespace assay {
namespace {

Refusal has_ended() { return refuse(Reason::not_found, "there is no such record"); }

/// True while the day is not after the last one of the grant, whether or not its timer has fired yet.
bool is_in_force(const RecordView& grant, const Now& now) {
  const auto& what = grant.definition->grants;
  if (!what || !what->during.contains(grant.state)) return false;
  if (what->until.empty()) return true;
  const Json until = grant.body->value(what->until, Json());
  const auto last = until.is_string() ? parse_date(until.get_ref<const std::string&>()) : std::nullopt;
  return last && local_date(now.at, now.zone) <= *last;
}

EventDraft reading_event(const Moment& moment, const Principal& who, const RecordView& grant, const Reading& reading,
                         Json records) {
  EventDraft event{Subject::reading, moment.context.store.new_id(Subject::reading), moment.context.new_uuid(),
                   grant.organisation};
  event.record = grant.id;
  event.type = grant.definition->type + ".used";
  event.command = "read";
  event.version = 1;
  event.actor = who.person.id;
  event.at = moment.now;
  event.facts = {
      {"method", reading.method}, {"route", reading.route}, {"path", reading.path}, {"records", std::move(records)}};
  return event;
}

Result<Planned> reading_plan(Moment& moment, const Principal& who, const Reading& reading) {
  Planned planned;
  const Now now = now_for(moment, who.organisation);
  std::map<RecordId, Json> read;  // by grant
  for (const SeenByGrant& seen : seen_by_grant(moment.at, who.reader, *who.reader.shown)) {
    bool open = false;
    for (const RecordId grant : seen.grants) {
      if (!is_in_force(record_at(moment.facts, grant), now)) continue;
      open = true;
      Json& records = read.try_emplace(grant, Json::array()).first->second;
      records.push_back({{"id", seen.uuid}, {"type", seen.type}});
    }
    // What a command was given on is in the log already, and may be nothing of theirs any more.
    if (!open && reading.method == "GET") return has_ended();
  }
  for (auto& [grant, records] : read) {
    planned.events.push_back(reading_event(moment, who, record_at(moment.facts, grant), reading, std::move(records)));
  }
  return planned;
}

}  // namespace

Result<void> note_reading(Context& context, const Principal& who, const Reading& reading) {
  if (!who.reader.shown || who.reader.shown->empty()) return {};
  auto performed = perform_unattended(context, [&](Moment& moment) { return reading_plan(moment, who, reading); });
  if (performed) return {};
  Refusal refusal = performed.error();
  if (refusal.reason == Reason::stale) refusal.reason = Reason::overloaded;
  return refusal;
}

}  // namespace assay
