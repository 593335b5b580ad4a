// The demo organisation: people with known passwords and a small information security management system at work.
#pragma once

#include <span>
#include <string_view>

#include "commands/chosen_catalogues.h"
#include "commands/context.h"

namespace assay {

struct DemoAccount {
  std::string_view email;
  std::string_view name;
  std::string_view part;  // in the demo's story
};

/// Everybody in the demo has this password. It is no secret: the demo lives in a data folder of its own.
std::string_view demo_password();
std::span<const DemoAccount> demo_accounts();

/// Founds the organisation with its people, and lets them act as they would: an audit programme in its cycle, an audit
/// in fieldwork with some of its checklist answered, an open nonconformity, a scheduled management review. All of it by
/// the same commands as everybody's. Throws std::runtime_error naming the step that was refused.
void found_demo(Context& context, Catalogues& catalogues, const OfferedCatalogue& checklist);

}  // namespace assay
