// Sound inputs of the methods that take JSON and give JSON: what is usual, what is rare, a great deal, and by chance.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/json.h"
#include "plugins/check/inputs.h"
#include "plugins/manifest.h"
#include "sandbox/frame.h"

namespace assay {

struct NamedInput {
  std::string name;  // for people: what is special about it
  Json input;
};

/// As the server would ask, about what the manifest names first.
Json usual_input(const Manifest& manifest, sandbox::Method method, std::string_view language);
/// The usual one and others: as little as there may be, a great deal, a language that it has not, texts that are
/// markup, formulas or commands elsewhere; each for everything that the manifest names.
std::vector<NamedInput> edge_inputs(const Manifest& manifest, sandbox::Method method, std::string_view language);
/// So much that it takes a while.
Json large_input(const Manifest& manifest, sandbox::Method method, std::string_view language);
/// Whatever `chance` makes of it.
Json varied_input(const Manifest& manifest, sandbox::Method method, std::string_view language, Chance& chance);

/// The settings as the plugin sees them, with nothing set; "" for a plugin without.
std::string default_settings(const Manifest& manifest);

}  // namespace assay
