// The log of what people have read by a grant alone.
#include "commands/readings.h"

#include <map>

#include "commands/perform.h"
#include "domain/paths.h"
#include "domain/standing.h"
#include "storage/grants.h"

namespace assay {
namespace {

Refusal has_ended() { return refuse(Reason::not_found, "there is no such record"); }

/// Whether or not its timer has fired yet.
bool is_in_force(const RecordView& grant, const Date& today) {
  const auto& what = grant.definition->grants;
  return what && what->during.contains(grant.state) && lasts(*what, *grant.body, today);
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
  const Date today = local_date(moment.now, who.organisation.zone);
  std::map<RecordId, Json> read;  // by grant
  for (const SeenByGrant& seen : seen_by_grant(moment.at, who.reader)) {
    bool open = false;
    for (const RecordId grant : seen.grants) {
      if (!is_in_force(record_at(moment.facts, grant), today)) continue;
      open = true;
      Json& records = read.try_emplace(grant, Json::array()).first->second;
      records.push_back({{"id", seen.uuid}, {"type", seen.type}});
    }
    if (!open) return has_ended();
  }
  for (auto& [grant, records] : read) {
    planned.events.push_back(reading_event(moment, who, record_at(moment.facts, grant), reading, std::move(records)));
  }
  return planned;
}

}  // namespace

Result<void> ReadingThrottle::admit(PersonId person, Time now) {
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= most_people && !buckets_.contains(person))
    std::erase_if(buckets_, [&](const auto& one) { return filled(one.second, now) >= burst(); });
  Bucket& bucket = buckets_.try_emplace(person, Bucket{burst(), now}).first->second;
  bucket = {filled(bucket, now), now};
  if (bucket.left < 1) {
    Refusal refusal = refuse(Reason::rate_limited, "so much is not read by a grant in so short a time");
    refusal.retry_after = std::chrono::seconds(static_cast<std::int64_t>((1 - bucket.left) / per_second_) + 1);
    return refusal;
  }
  return {};
}

void ReadingThrottle::charge(PersonId person, std::size_t records) {
  if (records == 0) return;
  const std::lock_guard lock(mutex_);
  const auto bucket = buckets_.find(person);
  if (bucket != buckets_.end()) bucket->second.left -= 1 + static_cast<double>(records - 1) / 50;
}

double ReadingThrottle::filled(const Bucket& bucket, Time now) const {
  return std::min(burst(), bucket.left + per_second_ * std::chrono::duration<double>(now - bucket.at).count());
}

Principal reading_by_grants(Context& context, const Principal& who) {
  Principal own = who;
  const Date today = local_date(context.clock(), who.organisation.zone);
  Snapshot at = context.store.read();
  const StoredFacts facts(context.store, at);
  bool open = false;
  for (const RecordId grant : grants_to(at, who.person.id)) {
    if (is_in_force(record_at(facts, grant), today)) {
      open = true;
    } else {
      own.reader.lapsed.push_back(grant);
    }
  }
  if (open) {
    own.reader.shown = std::make_shared<std::map<RecordId, int>>();
  } else {
    own.reader.lapsed.clear();
    open_by_grants(context, own, false);
  }
  return own;
}

Result<std::size_t> note_reading(Context& context, const Principal& who, const Reading& reading) {
  if (!who.reader.shown || who.reader.shown->empty()) return std::size_t{0};
  std::size_t noted = 0;
  auto performed = perform_unattended(context, [&](Moment& moment) {
    auto planned = reading_plan(moment, who, reading);
    noted = 0;
    if (!planned) return planned;
    for (const EventDraft& event : planned->events) noted += event.facts.at("records").size();
    return planned;
  });
  if (performed) return noted;
  Refusal refusal = performed.error();
  if (refusal.reason == Reason::stale) refusal.reason = Reason::overloaded;
  return refusal;
}

}  // namespace assay
