// Holds that whatever a person can name (setting, guard, route, plugin extension) is written down in a Markdown file.
#include <regex>
#include <set>

#include "tidy/rules.h"

namespace tidy {
namespace {

/// The offset of the brace that closes the one at `open`.
std::size_t closing(std::string_view code, std::size_t open) {
  int depth = 0;
  for (auto i = open; i < code.size(); ++i) {
    if (code[i] == '{') ++depth;
    if (code[i] == '}' && --depth == 0) return i;
  }
  return code.size();
}

/// What is documented: rows of tables of `type`, which stand in a file whose path begins with `where`.
struct Documented {
  std::string type;
  std::string where;
  std::string noun;
  bool quoted;  // the name is an everyday word: it has to stand in a code span
};

std::string markdown_of(const Tree& tree) {
  std::string all;
  for (const auto& file : tree) {
    if (file.path.ends_with(".md") && file.path != "CHANGELOG.md") all += file.text + "\n";
  }
  return all;
}

bool is_documented(const std::string& markdown, const std::string& name, bool quoted) {
  if (!quoted) return markdown.find(name) != std::string::npos;
  static const std::regex special(R"([.*+?^${}()|[\]\\/])");
  const auto plain = std::regex_replace(name, special, R"(\$&)");
  // `name`, `--name`, `name/2`, `name(field)` and `name VALUE` all count.
  return std::regex_search(markdown, std::regex("`(--)?" + plain + R"([`/( =:])"));
}

/// The identifiers of the plugin extensions, such as "checklist/1", which their headers define.
std::vector<std::string> extension_names(const Cpp& cpp) {
  static const std::regex pattern(R"re(#define\s+ASSAY_\w+\s+"([\w.-]+/\d+)")re");
  std::vector<std::string> names;
  for (std::sregex_iterator it(cpp.text.begin(), cpp.text.end(), pattern), end; it != end; ++it)
    names.push_back((*it)[1]);
  return names;
}

}  // namespace

std::vector<std::string> row_names(const Cpp& cpp, std::string_view type) {
  if (!has_word(cpp.code, type)) return {};
  const auto name = std::string(type);
  const std::regex table(R"(\b)" + name + R"(\s+\w+\s*\[[^\]]*\]\s*=?\s*\{|\barray\s*<\s*)" + name +
                         R"(\s*,[^>]*>\s*\w+\s*=?\s*\{|\barray\s*(=\s*|\w+\s*=?\s*)\{\s*(?=)" + name + R"(\s*\{))");
  std::vector<std::string> names;
  for (std::sregex_iterator it(cpp.code.begin(), cpp.code.end(), table), end; it != end; ++it) {
    const auto open = static_cast<std::size_t>(it->position() + it->length()) - 1;
    const auto start = cpp.code.rfind('{', open);
    const auto stop = closing(cpp.code, start);
    for (auto row = cpp.code.find('{', start + 1); row < stop; row = cpp.code.find('{', closing(cpp.code, row))) {
      const auto row_end = closing(cpp.code, row);
      for (const auto& literal : cpp.literals) {
        if (literal.at <= row || literal.at >= row_end) continue;
        names.push_back(literal.text);
        break;
      }
    }
  }
  return names;
}

Findings documented(const Tree& tree) {
  static const std::vector<Documented> kinds = {{"Setting", "server/cli/settings", "setting", true},
                                                {"Guard", "server/domain/guards.cpp", "guard", true},
                                                {"Route", "server/http/routes", "route", false}};
  const auto markdown = markdown_of(tree);
  Findings findings;
  const auto check = [&](const std::string& path, const std::string& noun, const std::string& name, bool quoted) {
    if (!is_documented(markdown, name, quoted))
      findings.push_back({path, 0, "no Markdown file documents the " + noun + " " + name});
  };
  std::set<std::string> expected, found;
  for (const auto& file : tree) {
    if (!is_cpp(file.path) || !(file.path.starts_with("server/") || file.path.starts_with("sdk/"))) continue;
    const auto cpp = read_cpp(file);
    for (const auto& kind : kinds) {
      if (file.path.starts_with(kind.where)) expected.insert(kind.type);
      for (const auto& name : row_names(cpp, kind.type)) {
        found.insert(kind.type);
        check(file.path, kind.noun, name, kind.quoted);
      }
    }
    if (!file.path.starts_with("sdk/include/")) continue;
    for (const auto& name : extension_names(cpp)) check(file.path, "plugin extension", name, true);
  }
  for (const auto& kind : kinds) {
    if (expected.contains(kind.type) && !found.contains(kind.type)) {
      findings.push_back(
          {kind.where, 0, "no rows of a table of " + kind.type + " were found: the rule cannot see them"});
    }
  }
  return findings;
}

}  // namespace tidy
