// Templates without logic, as Mustache has them: {{name}}, {{a.b}}, {{#list}}...{{/list}}, {{^list}}...{{/list}}, {{!
// remark}}.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/json.h"
#include "plugins/pack/effort.h"
#include "plugins/pack/escape.h"

namespace assay {

/// Immutable after it was read. What comes from the values is always escaped; there is no tag that would not.
class Template {
 public:
  /// The template of `text`, or why it is none: an unknown tag, a section that is not closed, more than 16 levels, a
  /// name of more than 16 parts, more than 1 MiB; in HTML a value where escaping does not make it harmless (see
  /// html_place.h), and a section that ends elsewhere in the markup than it begins.
  static std::variant<Template, std::string> read(std::string_view text, Escape how);

  /// Takes a piece of the document; false ends the rendering.
  using Sink = std::function<bool(std::string_view)>;
  /// Fills it in. A name is looked up in the innermost value that has it, at last in `outer`. False when the sink said
  /// so. Throws EffortSpent when `effort` does, and after ten million steps.
  bool fill_in(const Json& values, const Json& outer, const Sink& sink, Effort& effort) const;

 private:
  enum class Kind : std::uint8_t { text, value, section, inverted };
  struct Node {
    Kind kind;
    std::string text;               // of text; of a section, the name that closes it
    std::vector<std::string> path;  // empty: the innermost value itself
    std::vector<Node> children;
  };
  struct Reader;
  struct Filling;

  Escape how_ = Escape::plain;
  std::vector<Node> nodes_;
};

}  // namespace assay
