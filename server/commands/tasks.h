// What awaits a person: records that wait for one of their commands, and proposals that wait for their confirmation.
#pragma once

#include <vector>

#include "commands/context.h"
#include "storage/tasks.h"

namespace assay {

struct Task {
  RecordRow record;
  std::vector<WaitingProposal> proposals = {};  // that they may confirm as far as role and seat go, oldest first
};
/// A page of tasks, first what is due first, each record once. Guards are not asked: what else keeps somebody from
/// confirming is told when they do.
std::vector<Task> tasks_of(Context& context, Snapshot& at, const Principal& who, const TaskPage& page);

}  // namespace assay
