// Erasures beside the log: the list that outlives the database, and erasing again after a restore.
#pragma once

#include <cstddef>
#include <vector>

#include "commands/perform.h"

namespace assay {

/// Puts those whom these events erased on the list of the data folder, if there is one. After their commit.
void list_erasures(const Context& context, const std::vector<EventDraft>& events);

/// Brings the list and the database together: who is on the list and has a name again, since an older backup was
/// restored, is erased again, and what is still open about them is written to the log; who was erased and is not on it
/// yet is put there. Returns how many were erased again. Before the server serves, and from time to time while it does.
/// Throws std::runtime_error for a list that cannot be read or a commit that is refused.
std::size_t settle_erasures(Context& context);

}  // namespace assay
