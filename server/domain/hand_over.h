// What the successors of somebody who leaves take over, held against all that the record types ask of such people.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/decide.h"

namespace assay {

/// What of one record is handed over, and to whom.
struct Succession {
  struct Proposal {
    Command proposed;
    PersonId to;  // who stands for it from now on
  };
  RecordId record;
  std::map<std::string, PersonId> seats = {};  // seat that the leaver holds -> who takes it
  std::optional<PersonId> items = {};          // who gets the leaver's checklist items that have no result
  std::vector<Proposal> proposals = {};        // of the leaver's, that wait for a second person
};

/// The workflow set that a record is pinned to.
using SetOf = std::function<const WorkflowSet&(const RecordView&)>;

/// Decides one hand-over from `leaver`: a change for each record (command "hand_over", event "handed_over"). Sessions
/// of a plan follow the seat that they are held from. Pure.
///
/// A successor meets whatever a guard of any command of the type asks of the holders of the seat: what was met before
/// must be met afterwards, with all successors in place, and waivers count. A seat that a command gives about which a
/// plugin is asked is not handed over, unless that guard is waived: the command gives it. A proposal goes to somebody
/// who may make it now; what plugins say of that is kept in the record's event. Refuses not_found, wrong_state (a
/// record that has come to its end), invalid (a seat that the leaver does not hold, or that is personal or full), unmet
/// (every reason, with the public id of its record as `handed`), and as decide() does for a proposal.
Result<Decision> hand_over(const Facts& facts, PersonId leaver, const std::vector<Succession>& all, const Now& now,
                           const SetOf& set_of);

}  // namespace assay
