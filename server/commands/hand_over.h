// What awaits somebody, and handing it to successors: seats in open records, unanswered checklist items, proposals.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/perform.h"
#include "storage/awaiting.h"

namespace assay {

/// How many records one act hands over at most.
inline constexpr std::size_t hand_over_limit = 1000;

struct HandOverWish {
  struct Named {
    std::string record;                    // public id
    std::optional<std::string> seat = {};  // nothing: all that awaits the person there, seats named apart excepted
    std::string to;                        // public id of a person
  };
  std::optional<std::string> to = {};  // takes what `matters` does not name; nothing: that stays
  std::vector<Named> matters = {};
  std::string reason;  // kept with the person's event, for administrators
  bool leave = false;  // the person leaves by the same act, which then has to leave nothing behind
};
/// One act under one cause: an event for each record, each item, and the person. Administrators only; also for somebody
/// who has left. Needs the person's version. Refuses `invalid` (names the member), `unmet` and the rest as
/// domain/hand_over.h says; nothing of a refused act is kept.
Result<Performed> hand_over(Context& context, const Call& call, std::string_view person, const HandOverWish& wish);

}  // namespace assay
