// What checklist/1 gives, checked before anybody sees it.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "plugins/plugin.h"

namespace assay {

/// The catalogues of `text` in the manifest's order, or why they are not acceptable: not strict JSON of at most 64
/// levels, not as sdk/schema/checklist.json says, ids not unique, an item in no group, a language that the manifest
/// does not name, other catalogues than the manifest's.
std::variant<std::vector<Catalogue>, std::string> read_catalogues(std::string_view text, const Manifest& manifest);

}  // namespace assay
