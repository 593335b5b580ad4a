// Somebody from outside who may read reviews of an office for some days.
#pragma once

#include <string>

#include "jobs/office.h"

namespace assay::test {

inline constexpr const char *isms = "jonas@elbwerk.example", *board = "ines@elbwerk.example",
                            *guest = "carl@outside.example";

inline std::string must(const Result<Performed>& performed) {
  if (!performed) FAIL(performed.error().detail << to_json(performed.error()).dump());
  return performed->uuid;
}

/// Who approves grants, and to whom they are given.
inline void seat_visitors(Office& office) {
  office.join(board, {"top_management"});
  office.join(guest, {"consultant"});
}

inline std::string review_in(Office& office, const std::string& title = "Review") {
  return must(create_record(
      *office.context, Call{office.principal(isms)},
      {"management-review",
       {},
       "schedule",
       {{"title", title}, {"planned_on", "2026-06-01"}, {"period_from", "2025-01-01"}, {"period_to", "2025-12-31"}}}));
}

/// Approved, from today until that day; its timer has not fired.
inline std::string grant_over(Office& office, const std::string& review, const std::string& until = "2026-05-30") {
  std::string grant = must(create_record(*office.context, Call{office.principal(isms)},
                                         {"access-grant",
                                          {},
                                          "prepare_organisation",
                                          {{"purpose", "Help"},
                                           {"kind", "consultant"},
                                           {"extent", "read"},
                                           {"valid_from", "2026-05-28"},
                                           {"valid_until", until},
                                           {"grantee", {office.principal(guest).person.uuid}},
                                           {"reviews", {review}}}}));
  must(command_record(*office.context, Call{office.principal(board), 1},
                      {"access-grant", grant, "approve_organisation"}));
  return grant;
}

inline void fire_due_timers(Office& office) {
  std::vector<DueTimer> due;
  {
    Snapshot at = office.store->read();
    due = due_timers(at, office.clock.now(), 10);
  }
  for (const DueTimer& timer : due) REQUIRE(fire_timer(*office.context, timer));
}

}  // namespace assay::test
