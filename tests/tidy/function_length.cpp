// Finds the functions of a C++ file by their braces, and those that are too long. The rows of a test's table do not
// count.
#include <algorithm>
#include <cctype>
#include <regex>

#include "tidy/rules.h"

namespace tidy {
namespace {

constexpr std::size_t longest_function = 70;

enum class Brace { scope, type, function, value };

/// The text from the end of the last statement to a brace, without `template <...>` and attributes.
std::string head_of(std::string_view code, std::size_t from, std::size_t to) {
  std::string head(code.substr(from, to - from));
  static const std::regex attributes(R"(\[\[[^\]]*\]\])");
  head = std::regex_replace(head, attributes, " ");
  for (auto at = head.find("template"); at != std::string::npos; at = head.find("template", at)) {
    auto end = head.find('<', at);
    int depth = 0;
    for (; end < head.size(); ++end) {
      if (head[end] == '<') ++depth;
      if (head[end] == '>' && head[end - 1] != '-' && --depth == 0) break;
    }
    head.erase(at, end < head.size() ? end + 1 - at : 8);
  }
  while (!head.empty() && std::isspace(static_cast<unsigned char>(head.back())) != 0) head.pop_back();
  return head;
}

/// What follows the first parenthesised group of the head that stands outside of others: "(a) const : b" gives " const
/// : b".
std::string after_parameters(const std::string& head) {
  int depth = 0;
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (head[i] == '(') ++depth;
    if (head[i] == ')' && --depth == 0) return head.substr(i + 1);
  }
  return {};
}

bool is_open(const std::string& head) { return std::ranges::count(head, '(') > std::ranges::count(head, ')'); }

/// Whether a constructor's initialisers have begun and the brace belongs to one of them: `X(int a) : a_{a}`.
bool initialises_member(const std::string& head) {
  static const std::regex list(R"((^|[^:]):([^:]|$))");
  const char last = head.empty() ? ' ' : head.back();
  return std::regex_search(after_parameters(head), list) &&
         (std::isalnum(static_cast<unsigned char>(last)) != 0 || last == '_' || last == '>');
}

Brace kind_of(const std::string& head) {
  static const std::regex scope(R"(\bnamespace\b|\bextern\s*""?\s*"?$)");
  static const std::regex type(R"(\b(class|struct|union|enum)\b)");
  static const std::regex value(R"((=|\breturn|,|\{|\()$)");
  static const std::regex lambda(R"(\]\s*(\(.*\))?\s*(mutable|noexcept|constexpr)?\s*(->.*)?$)");
  if (std::regex_search(head, scope)) return Brace::scope;
  if (is_open(head)) return Brace::value;
  const bool parameters = head.find('(') != std::string::npos;
  if (std::regex_search(head, type) && (!parameters || head.find('(') > head.find(':'))) return Brace::type;
  if (std::regex_search(head, value)) return Brace::value;
  if (std::regex_search(head, lambda)) return Brace::function;
  if (!parameters || initialises_member(head)) return Brace::value;
  // `Type name(...)` with an `=` outside of its parameters is a variable; operators have theirs before the parenthesis.
  const auto equals = head.find('=');
  if (equals < head.find('(') && head.find("operator") == std::string::npos) return Brace::value;
  return Brace::function;
}

/// Whether a brace inside of a function begins a value: `= {`, `({`, `, {`, `return {`, `: {`.
bool begins_value(std::string_view code, std::size_t at) {
  auto before = code.substr(0, at);
  while (!before.empty() && std::isspace(static_cast<unsigned char>(before.back())) != 0) before.remove_suffix(1);
  return before.ends_with("return") ||
         (!before.empty() && std::string_view("=(,:{").find(before.back()) != std::string_view::npos);
}

struct Open {
  Brace kind;
  std::size_t at;
  std::size_t head;      // where the statement that the brace belongs to began
  bool table = false;    // in a test's function: the rows of a table, which are no lines of code
  std::size_t rows = 0;  // lines of tables inside
};

class Walk {
 public:
  explicit Walk(const Cpp& cpp) : cpp_(cpp) {}

  Findings findings() {
    const auto& code = cpp_.code;
    for (std::size_t i = 0; i < code.size(); ++i) {
      if (code[i] == '{') open(i);
      if (code[i] == '}' && !close(i)) return std::move(findings_);
      if (code[i] == ';') head_ = i + 1;
      if (code[i] == ':' && is_access(i)) head_ = i + 1;
    }
    if (!open_.empty()) {
      findings_.push_back({cpp_.path, line_at(code, open_.back().at), "this brace is never closed"});
    }
    return std::move(findings_);
  }

 private:
  bool in_function() const {
    return std::ranges::any_of(open_, [](const Open& each) { return each.kind == Brace::function; });
  }

  void open(std::size_t at) {
    const bool inside = in_function();
    const auto kind = inside ? Brace::value : kind_of(head_of(cpp_.code, head_, at));
    const bool table = inside && cpp_.path.starts_with("tests/") && begins_value(cpp_.code, at);
    open_.push_back({kind, at, head_, table});
    if (inside || kind != Brace::value) head_ = at + 1;
  }

  bool close(std::size_t at) {
    if (open_.empty()) {
      findings_.push_back({cpp_.path, line_at(cpp_.code, at), "this brace closes nothing"});
      return false;
    }
    const auto opened = open_.back();
    open_.pop_back();
    // After `a_{a}` and `= {...}` the statement goes on.
    head_ = opened.kind == Brace::value && !in_function() ? opened.head : at + 1;
    const auto height = line_at(cpp_.code, at) - line_at(cpp_.code, opened.at);
    if (!open_.empty()) open_.back().rows += opened.table ? height : opened.rows;
    if (opened.kind != Brace::function) return true;
    const auto lines = height + 1 - opened.rows;
    if (lines > longest_function) {
      findings_.push_back(
          {cpp_.path, line_at(cpp_.code, opened.at),
           "a function of " + std::to_string(lines) + " lines; at most " + std::to_string(longest_function)});
    }
    return true;
  }

  /// `public:` and its like end no statement with a semicolon.
  bool is_access(std::size_t at) const {
    const std::string_view before = std::string_view(cpp_.code).substr(head_, at - head_);
    return before.ends_with("public") || before.ends_with("private") || before.ends_with("protected");
  }

  const Cpp& cpp_;
  std::vector<Open> open_ = {};
  std::size_t head_ = 0;
  Findings findings_ = {};
};

}  // namespace

Findings function_length(const Cpp& cpp) { return Walk(cpp).findings(); }

}  // namespace tidy
