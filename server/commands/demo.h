// The demo organisation: people with a known password and a small believable ISMS, for a demo data folder only.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "commands/catalogues.h"
#include "commands/context.h"

namespace assay {

struct DemoAccount {
  std::string_view name;
  std::string_view email;
  std::string_view part;                          // what this person does, for people
  std::vector<std::string> roles;
  std::vector<std::string> responsibilities;
};

/// The accounts of the demo, the administrator first.
std::span<const DemoAccount> demo_accounts();
std::string_view demo_password();

/// Founds the demo organisation and walks it into the middle of an audit, through the commands that everybody uses. Does
/// nothing when it is there. `checklist` is the catalogue that its audit uses.
Result<void> load_demo(Context& context, Catalogues& catalogues, const OfferedCatalogue& checklist);

}  // namespace assay
