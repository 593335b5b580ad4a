// The methods of plugins that take JSON and give JSON: their schemas, and what no schema can say.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/json.h"
#include "plugins/json_schema.h"
#include "plugins/manifest.h"
#include "sandbox/frame.h"

namespace assay {

struct JsonMethod {
  sandbox::Method method;
  std::string_view phase;        // for people
  std::string_view extension;    // that it belongs to
  const JsonSchema& (*input)();  // null: the settings of the manifest
  const JsonSchema& (*output)();
  /// What of `input` the manifest does not name; nothing when the plugin may be asked.
  std::optional<std::string> (*unnamed)(const Manifest& manifest, const Json& input);
  /// Why `output` cannot be true of a valid `input`, though it is as the schema says.
  std::optional<std::string> (*fault)(const Manifest& manifest, const Json& input, const Json& output);
};

/// Throws std::out_of_range for the methods that are none of these.
const JsonMethod& json_method(sandbox::Method method);

}  // namespace assay
