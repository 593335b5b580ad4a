// The log of what people have read by a grant alone: it is written before they are shown it.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <string_view>

#include "commands/context.h"
#include "domain/refusal.h"

namespace assay {

/// What was asked for, as the log names it.
struct Reading {
  std::string_view method;
  std::string_view route;  // "/api/v1/{plural}/{id}/evidence"
  std::string_view path;   // without the query, which may hold anything
};

inline constexpr int usual_readings = 120;  // a minute

/// How much people may read by grants in so much time: each reading is an entry in the log, which is kept for good.
/// Thread-safe.
class ReadingThrottle {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit ReadingThrottle(int a_minute) : per_second_(a_minute / 60.0) {}

  /// Before a request. Refuses with rate_limited and the time until the next one. Two minutes' worth may come at once.
  Result<void> admit(PersonId person, Time now);
  /// After it: counts a reading if something was noted, and another one for every fifty records.
  void charge(PersonId person, std::size_t records);

 private:
  struct Bucket {
    double left;
    Time at;
  };
  static constexpr std::size_t most_people = 10'000;  // then those who have waited long enough are forgotten
  double burst() const { return per_second_ * 120; }
  double filled(const Bucket& bucket, Time now) const;

  const double per_second_;
  std::mutex mutex_;
  std::map<PersonId, Bucket> buckets_;
};

/// Somebody to whom grants open something, as a request of theirs begins: with a place for what it shows, and without
/// what is open by grants alone whose last day is over, whether or not a timer has ended them yet.
Principal reading_by_grants(Context& context, const Principal& who);

/// Notes at each grant which of the records that `who` was shown are seen by it alone; returns how
/// many, after that is durable. Nothing is noted of what is seen by a seat or a role. Refuses with not_found what a
/// grant has ended for meanwhile, with overloaded or storage_full when nothing can be written: then nothing may be
/// shown.
Result<std::size_t> note_reading(Context& context, const Principal& who, const Reading& reading);

}  // namespace assay
