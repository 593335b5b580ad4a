// A definition as a Mermaid state diagram, to be looked at.
#pragma once

#include <string>
#include <string_view>

#include "domain/definition.h"

namespace assay {

/// A `stateDiagram-v2` of the definition with the labels of `language`: every command on its arrows with who may give
/// it, who confirms it and how many guards it has. Commands that keep the state stand in notes. Same definition, same
/// text.
std::string export_mermaid(const Definition& definition, std::string_view language);

}  // namespace assay
