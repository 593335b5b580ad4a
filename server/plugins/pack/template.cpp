// Templates without logic.
#include "plugins/pack/template.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <stdexcept>

#include "plugins/pack/html_place.h"

namespace assay {
namespace {

constexpr std::size_t most_template = 1u << 20;
constexpr std::size_t most_sections = 16;  // within each other
constexpr std::size_t most_parts = 16;     // of a name
constexpr std::uint64_t most_steps = 10'000'000;
constexpr std::size_t bytes_of_step = 1024;  // of a text that is escaped

/// Says why a text is no template.
struct NoTemplate : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

std::vector<std::string> path_of(std::string_view name) {
  std::vector<std::string> path;
  if (name == ".") return path;
  while (true) {
    const auto dot = name.find('.');
    const std::string_view part = name.substr(0, dot);
    const auto fits = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; };
    if (part.empty() || !std::ranges::all_of(part, fits))
      throw NoTemplate(fmt::format("{{{{{}}}}} is no name", name.substr(0, 100)));
    if (path.size() == most_parts) throw NoTemplate(fmt::format("a name has more than {} parts", most_parts));
    path.emplace_back(part);
    if (dot == std::string_view::npos) return path;
    name.remove_prefix(dot + 1);
  }
}

/// A value that a section does not show.
bool is_nothing(const Json* value) {
  return value == nullptr || value->is_null() || *value == false || (value->is_array() && value->empty()) ||
         (value->is_string() && value->get_ref<const std::string&>().empty());
}

}  // namespace

struct Template::Reader {
  std::string_view text;
  std::optional<HtmlPlace> html = {};  // of a document in HTML, behind `at`
  std::size_t at = 0;

  Node literal(std::string_view piece) {
    if (html) html->read(piece);
    return {Kind::text, std::string(piece), {}, {}};
  }
  void require_harmless(const std::string& name) const {
    const std::string why = html ? html->unsafe() : std::string();
    if (!why.empty()) throw NoTemplate(fmt::format("{{{{{}}}}} stands {}", name, why));
  }

  /// The nodes up to the tag that closes `section`, or to the end for an empty one.
  std::vector<Node> nodes(const std::string& section, std::size_t depth) {
    if (depth > most_sections) throw NoTemplate(fmt::format("more than {} sections within each other", most_sections));
    std::vector<Node> found;
    while (true) {
      const auto open = text.find("{{", at);
      const auto close = open == std::string_view::npos ? open : text.find("}}", open + 2);
      if (open != std::string_view::npos && close == std::string_view::npos) throw NoTemplate("a tag is not closed");
      if (open == std::string_view::npos) {
        if (!section.empty()) throw NoTemplate(fmt::format("the section {} is not closed", section));
        found.push_back(literal(text.substr(at)));
        return found;
      }
      const std::string_view tag = text.substr(open + 2, close - open - 2);
      const char kind = tag.empty() ? ' ' : tag.front();
      if (kind == '{' || kind == '&')
        throw NoTemplate("what is filled in is always escaped: there is no {{{name}}} and no {{&name}}");
      if (kind == '>' || kind == '=') throw NoTemplate(fmt::format("there is no tag {{{{{}", kind));
      const bool silent = kind == '#' || kind == '^' || kind == '/' || kind == '!';
      const auto [before, behind] = silent ? line_around(open, close + 2) : std::pair(open, close + 2);
      found.push_back(literal(text.substr(at, before - at)));
      at = behind;
      if (kind == '!') continue;
      const std::string name(trimmed(silent ? tag.substr(1) : tag));
      if (kind == '/') {
        if (name != section || section.empty()) throw NoTemplate(fmt::format("{{{{/{}}}}} closes nothing", name));
        return found;
      }
      Node node{!silent ? Kind::value : kind == '#' ? Kind::section : Kind::inverted, name, path_of(name), {}};
      if (!silent) require_harmless(name);
      const auto place = html;
      if (silent) node.children = nodes(name, depth + 1);
      // Else the place behind it would depend on the values.
      if (html != place)
        throw NoTemplate(fmt::format("the section {} ends elsewhere in the markup than it begins", name));
      found.push_back(std::move(node));
    }
  }

  /// A tag that shows nothing and stands alone in its line takes the line with it.
  std::pair<std::size_t, std::size_t> line_around(std::size_t open, std::size_t behind) const {
    std::size_t begin = open, end = behind;
    while (begin > at && (text[begin - 1] == ' ' || text[begin - 1] == '\t')) --begin;
    while (end < text.size() && (text[end] == ' ' || text[end] == '\t' || text[end] == '\r')) ++end;
    const bool first = begin == 0 || text[begin - 1] == '\n';
    const bool last = end == text.size() || text[end] == '\n';
    if (!first || !last) return {open, behind};
    return {begin, std::min(end + 1, text.size())};
  }
};

struct Template::Filling {
  Escape how;
  const Sink& sink;
  Effort& effort;
  std::vector<const Json*> stack;

  const Json* find(const std::vector<std::string>& path) const {
    if (path.empty()) return stack.back();
    const Json* found = nullptr;
    for (auto at = stack.rbegin(); at != stack.rend() && found == nullptr; ++at) found = member(*at, path.front());
    for (std::size_t i = 1; i < path.size(); ++i) found = member(found, path[i]);
    return found;
  }
  static const Json* member(const Json* object, const std::string& name) {
    if (object == nullptr || !object->is_object()) return nullptr;
    const auto found = object->find(name);
    return found == object->end() ? nullptr : &*found;
  }

  /// Also counts what is escaped: of a long text nothing may be left that the sink would count.
  void spend(std::size_t bytes = 0) const {
    effort.spend(1 + bytes / bytes_of_step);
    if (effort.taken() > most_steps) throw EffortSpent("its template takes more than ten million steps");
  }
  bool put(const Json* value) const {
    if (value == nullptr || value->is_null() || value->is_structured()) return true;
    if (!value->is_string()) return sink(escaped(how, value->dump()));
    const std::string& text = value->get_ref<const std::string&>();
    spend(text.size());
    return sink(escaped(how, text));
  }
  bool all(const std::vector<Node>& nodes) {
    return std::ranges::all_of(nodes, [&](const Node& node) { return one(node); });
  }
  bool within(const Json* value, const std::vector<Node>& nodes) {
    stack.push_back(value);
    const bool done = all(nodes);
    stack.pop_back();
    return done;
  }
  bool one(const Node& node) {
    spend();
    if (node.kind == Kind::text) return node.text.empty() || sink(node.text);
    const Json* const value = find(node.path);
    if (node.kind == Kind::value) return put(value);
    if (node.kind == Kind::inverted) return !is_nothing(value) || all(node.children);
    if (is_nothing(value)) return true;
    if (!value->is_array()) return within(value, node.children);
    return std::ranges::all_of(*value, [&](const Json& entry) {
      spend();
      return within(&entry, node.children);
    });
  }
};

std::variant<Template, std::string> Template::read(std::string_view text, Escape how) {
  if (text.size() > most_template) return "it is larger than 1 MiB";
  try {
    Template made;
    made.how_ = how;
    made.nodes_ = Reader{text, how == Escape::html ? std::optional(HtmlPlace()) : std::nullopt}.nodes({}, 0);
    return made;
  } catch (const NoTemplate& reason) {
    return std::string(reason.what());
  }
}

bool Template::fill_in(const Json& values, const Json& outer, const Sink& sink, Effort& effort) const {
  return Filling{how_, sink, effort, {&outer, &values}}.all(nodes_);
}

}  // namespace assay
