// What a form begins with: figures from the organisation's records, as text that people may change.
#pragma once

#include <vector>

#include "commands/context.h"
#include "domain/decide.h"
#include "storage/records.h"

namespace assay {

/// Gives the allowed offers whose input takes a field with a prefill a schema that says what the field begins with:
/// `x-prefill`, and `default` too as long as the field says nothing. Counts and lists what `who` may see, in the
/// language of the organisation. What the present definition of the type says holds, whatever the record is pinned to.
void add_prefills(const Context& context, Snapshot& at, const Principal& who, const RecordRow& record,
                  std::vector<Offer>& offers);

}  // namespace assay
