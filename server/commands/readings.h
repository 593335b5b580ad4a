// The log of what people have read by a grant alone: it is written before they are shown it.
#pragma once

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

/// Notes at each grant which of the records that `who` was shown are seen by it alone; returns after that is durable.
/// Nothing is noted of what is seen by a seat or a role. Refuses with not_found what a grant has ended for meanwhile,
/// with overloaded or storage_full when nothing can be written: then nothing may be shown.
Result<void> note_reading(Context& context, const Principal& who, const Reading& reading);

}  // namespace assay
