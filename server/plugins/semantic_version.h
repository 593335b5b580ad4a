// Semantic versions in their order (semver.org, section 11), as far as the manifest's schema lets them through.
#pragma once

#include <compare>
#include <string_view>

namespace assay {

/// Both texts match the pattern of `version` in sdk/schema/manifest.json.
std::strong_ordering compare_versions(std::string_view left, std::string_view right);

}  // namespace assay
