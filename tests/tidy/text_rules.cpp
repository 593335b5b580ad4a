// Rules about names, first sentences, lengths and words, and about what stands at the top of the repository.
#include <algorithm>
#include <array>
#include <map>
#include <regex>
#include <set>

#include "tidy/rules.h"

namespace tidy {
namespace {

constexpr std::size_t longest_file = 500;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

/// The word of the name that says nothing about what the thing is, if there is one. "RecordManager" and
/// "record_manager" are both made of record and manager; "implied" is one other word.
std::string empty_word(std::string_view name) {
  static const std::set<std::string, std::less<>> banned = {"manager", "managers", "helper", "helpers",
                                                            "util",    "utils",    "impl"};
  std::string word;
  for (std::size_t i = 0; i <= name.size(); ++i) {
    const char c = i < name.size() ? name[i] : '_';
    const bool upper = is_upper(c);
    const bool starts = upper && (i == 0 || !is_upper(name[i - 1]) || (i + 1 < name.size() && is_lower(name[i + 1])));
    if (starts || !(upper || is_lower(c))) {
      if (banned.contains(word)) return word;
      word.clear();
    }
    if (upper || is_lower(c)) word += static_cast<char>(upper ? c - 'A' + 'a' : c);
  }
  return {};
}

/// People of this field are managers: the roles, and variables for who holds them.
bool is_person(std::string_view name) {
  static const std::set<std::string, std::less<>> people = {"manager", "managers", "isms_manager", "programme_manager",
                                                            "certification_manager"};
  while (name.ends_with('_')) name.remove_suffix(1);
  return people.contains(name);
}

std::string stem_of(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  return std::string(name.substr(0, name.find('.')));
}

/// How a comment begins in the kinds of file that have comments.
const std::map<std::string, std::string, std::less<>>& comment_marks() {
  static const std::map<std::string, std::string, std::less<>> marks = {
      {".cpp", "//"}, {".h", "//"},    {".c", "//"}, {".js", "//"}, {".css", "/*"},
      {".sql", "--"}, {".cmake", "#"}, {".sh", "#"}, {".py", "#"},  {"CMakeLists.txt", "#"},
  };
  return marks;
}

std::string comment_mark(std::string_view path) {
  if (path == "dev" || path == ".ci/run") return "#";
  const auto found =
      std::ranges::find_if(comment_marks(), [&](const auto& each) { return path.ends_with(each.first); });
  return found == comment_marks().end() ? std::string() : found->second;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

/// The comment at the top of the file without its marks, or nothing. A script's first line is its interpreter.
std::string first_comment(std::string_view text, std::string_view mark) {
  auto lines = lines_of(text);
  std::size_t i = !lines.empty() && lines[0].starts_with("#!") ? 1 : 0;
  std::string comment;
  if (text.starts_with("/*") && (mark == "/*" || mark == "//")) return std::string(text.substr(2, text.find("*/") - 2));
  if (i < lines.size() && lines[i].starts_with("\"\"\"")) return std::string(lines[i].substr(3));  // Python's docstring
  for (; i < lines.size() && lines[i].starts_with(mark); ++i)
    comment += std::string(lines[i].substr(mark.size())) + " ";
  return comment;
}

struct Forbidden {
  std::string word;
  std::string why;
};

/// Written in two halves, so that this file does not break its own rule.
std::vector<Forbidden> forbidden_words() {
  const std::string registry = "a package registry's host; the machine's own sources are used";
  const std::string marker = "an unfinished place";
  const std::string machine = "a path of one machine";
  const std::vector<std::array<std::string, 3>> halves = {
      {"deb.deb", "ian.org", registry},
      {"archive.ub", "untu.com", registry},
      {"security.deb", "ian.org", registry},
      {"registry.np", "mjs.org", registry},
      {"py", "pi.org", registry},
      {"files.python", "hosted.org", registry},
      {"crates", ".io", registry},
      {"proxy.go", "lang.org", registry},
      {"repo.mav", "en.apache.org", registry},
      {"ruby", "gems.org", registry},
      {"ports.ub", "untu.com", registry},
      {"TO", "DO", marker},
      {"FIX", "ME", marker},
      {"XX", "X", marker},
      {"HA", "CK", marker},
      {"/wo", "rk/", machine},
      {"/ho", "me/", machine},
      {"/Us", "ers/", machine},
      {"<<<<", "<<<", "a merge that is not finished"},
  };
  std::vector<Forbidden> words;
  for (const auto& [a, b, why] : halves) words.push_back({a + b, why});
  return words;
}

bool stands_alone(std::string_view text, std::size_t at, std::size_t size) {
  const bool before = at > 0 && is_word(text[at - 1]) && is_word(text[at]);
  const bool after = at + size < text.size() && is_word(text[at + size]) && is_word(text[at + size - 1]);
  return !before && !after;
}

}  // namespace

Findings banned_names(const Cpp& cpp) {
  Findings findings;
  if (const auto word = empty_word(stem_of(cpp.path)); !word.empty()) {
    findings.push_back({cpp.path, 0, "a file is named for what it holds, not '" + word + "'"});
  }
  const std::string_view code = cpp.code;
  std::set<std::string_view> told;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (!is_word(code[i])) continue;
    const auto start = i;
    while (i < code.size() && is_word(code[i])) ++i;
    const auto name = code.substr(start, i - start);
    const auto word = is_person(name) ? std::string() : empty_word(name);
    if (!word.empty() && told.insert(name).second) {
      findings.push_back(
          {cpp.path, line_at(code, start), std::string(name) + ": a name says what the thing is, not '" + word + "'"});
    }
  }
  return findings;
}

Findings own_namespace(const Cpp& cpp) {
  if (!cpp.path.starts_with("tests/") || !cpp.path.ends_with("_test.cpp")) return {};
  const std::string_view code = cpp.code;
  const auto start = std::min(code.find_first_not_of(" \n"), code.size());
  const auto line = code.substr(start, code.find('\n', start) - start);
  const auto name = stem_of(cpp.path);
  if (line.starts_with("namespace ") && line.ends_with("::" + name + " {")) return {};
  return {{cpp.path, line_at(code, start), "holds something outside of the namespace '" + name + "'"}};
}

Findings file_length(const File& file) {
  if (comment_mark(file.path).empty()) return {};
  const auto lines = static_cast<std::size_t>(std::ranges::count(file.text, '\n'));
  if (lines <= longest_file) return {};
  return {{file.path, lines, "a file of " + std::to_string(lines) + " lines; at most " + std::to_string(longest_file)}};
}

Findings first_sentence(const File& file) {
  const auto mark = comment_mark(file.path);
  if (mark.empty()) return {};
  const auto comment = first_comment(file.text, mark);
  static const std::regex first(R"([^.:]+[.:](\s|$))");
  if (std::regex_search(comment, first) && comment.size() > 12) return {};
  return {{file.path, 1, "the file does not begin with a sentence that says what it is"}};
}

Findings forbidden_text(const File& file) {
  if (file.text.find('\0') != std::string::npos) return {};
  Findings findings;
  for (const auto& [word, why] : forbidden_words()) {
    for (auto at = file.text.find(word); at != std::string::npos; at = file.text.find(word, at + 1)) {
      if (!stands_alone(file.text, at, word.size())) continue;
      findings.push_back({file.path, line_at(file.text, at), "'" + word + "': " + why});
      break;
    }
  }
  return findings;
}

Findings top_level(const Tree& tree) {
  static const std::set<std::string, std::less<>> expected = {
      "CMakeLists.txt", "CMakePresets.json", "README.md", "CONTRIBUTING.md",
      "CHANGELOG.md",   "SECURITY.md",       "LICENSE",   "dev",
      "server",         "plugins",           "sdk",       "workflows",
      "tests",          "examples",          "cmake",
  };
  Findings findings;
  std::set<std::string> seen;
  for (const auto& file : tree) {
    const auto entry = file.path.substr(0, file.path.find('/'));
    if (!seen.insert(entry).second || entry.starts_with('.')) continue;
    if (!expected.contains(entry)) findings.push_back({entry, 0, "is not a part of the repository's top level"});
  }
  for (const auto& entry : expected) {
    if (!seen.contains(entry)) findings.push_back({entry, 0, "is missing at the repository's top level"});
  }
  return findings;
}

}  // namespace tidy
