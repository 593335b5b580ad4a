// What the build says about this program.
#pragma once

#include <string_view>

namespace assay {

inline constexpr std::string_view program_version = ASSAY_VERSION;
inline constexpr std::string_view installed_libraries = ASSAY_LIBDIR;  // relative to the prefix of the installation

}  // namespace assay
