// Takes a C++ file apart into code and literals, so that no rule is misled by a brace in a string.
#include <algorithm>
#include <cctype>

#include "tidy/rules.h"

namespace tidy {
namespace {

/// Walks the text once. Everything that is not code is blanked; a literal's text is collected.
class Reader {
 public:
  explicit Reader(const File& file) : cpp_{file.path, file.text, file.text, {}}, text_(cpp_.text) {}

  Cpp read() {
    while (at_ < text_.size()) step();
    join_neighbours();
    return std::move(cpp_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (c == '/' && next() == '/') return blank_to(end_of_line(at_));
    if (c == '/' && next() == '*') return blank_to(after("*/", at_ + 2));
    if (c == '#' && first_of_line()) return directive();
    if (c == '"') return raw_prefix() ? raw_literal() : literal();
    if (c == '\'' && !(at_ > 0 && is_word(text_[at_ - 1]) && !character_prefix())) return character();
    ++at_;
  }

  char next() const { return at_ + 1 < text_.size() ? text_[at_ + 1] : '\0'; }

  /// Offset behind the next `mark` from `from` on, or the end.
  std::size_t after(std::string_view mark, std::size_t from) const {
    const auto found = text_.find(mark, from);
    return found == std::string::npos ? text_.size() : found + mark.size();
  }

  /// The end of the line, which a backslash continues on the next one.
  std::size_t end_of_line(std::size_t from) const {
    for (;;) {
      const auto end = text_.find('\n', from);
      if (end == std::string::npos) return text_.size();
      if (end == 0 || text_[end - 1] != '\\') return end;
      from = end + 1;
    }
  }

  bool first_of_line() const {
    std::size_t i = at_;
    while (i > 0 && (text_[i - 1] == ' ' || text_[i - 1] == '\t')) --i;
    return i == 0 || text_[i - 1] == '\n';
  }

  void blank_to(std::size_t end) {
    for (; at_ < end; ++at_) {
      if (text_[at_] != '\n') cpp_.code[at_] = ' ';
    }
  }

  /// A directive may end in a block comment that goes on for lines.
  void directive() {
    const auto end = end_of_line(at_);
    const auto comment = text_.find("/*", at_);
    blank_to(comment < end ? comment : end);
  }

  bool raw_prefix() const {
    if (at_ == 0 || text_[at_ - 1] != 'R') return false;
    std::size_t i = at_ - 1;
    while (i > 0 && is_word(text_[i - 1])) --i;
    const auto prefix = text_.substr(i, at_ - i);
    return prefix == "R" || prefix == "u8R" || prefix == "LR" || prefix == "uR" || prefix == "UR";
  }

  bool character_prefix() const {
    const char before = text_[at_ - 1];
    return (before == 'L' || before == 'u' || before == 'U' || before == '8') && (at_ < 2 || !is_word(text_[at_ - 2]));
  }

  void raw_literal() {
    const auto open = text_.find('(', at_);
    if (open == std::string::npos) return blank_to(text_.size());
    const auto close = ")" + std::string(text_.substr(at_ + 1, open - at_ - 1)) + "\"";
    const auto end = after(close, open);
    keep(open + 1, end - std::min(end, close.size()), end);
  }

  void literal() {
    std::size_t i = at_ + 1;
    while (i < text_.size() && text_[i] != '"' && text_[i] != '\n') i += text_[i] == '\\' ? 2 : 1;
    const auto end = std::min(i + 1, text_.size());
    keep(at_ + 1, std::min(i, text_.size()), end);
  }

  void character() {
    std::size_t i = at_ + 1;
    while (i < text_.size() && text_[i] != '\'' && text_[i] != '\n') i += text_[i] == '\\' ? 2 : 1;
    blank_to(std::min(i + 1, text_.size()));
  }

  void keep(std::size_t from, std::size_t to, std::size_t end) {
    places_.push_back({at_, end});
    cpp_.literals.push_back(
        {line_at(text_, at_), to > from ? std::string(text_.substr(from, to - from)) : std::string(), at_});
    // The quotes stay, so that code still shows where a literal stood.
    const auto start = at_;
    blank_to(end);
    cpp_.code[start] = '"';
    if (end > start + 1 && cpp_.code[end - 1] == ' ') cpp_.code[end - 1] = '"';
  }

  void join_neighbours() {
    std::vector<Literal> joined;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const bool follows = i > 0 && std::all_of(cpp_.code.begin() + static_cast<std::ptrdiff_t>(places_[i - 1].end),
                                                cpp_.code.begin() + static_cast<std::ptrdiff_t>(places_[i].start),
                                                [](unsigned char c) { return std::isspace(c) != 0; });
      if (follows) {
        joined.back().text += cpp_.literals[i].text;
      } else {
        joined.push_back(cpp_.literals[i]);
      }
    }
    cpp_.literals = std::move(joined);
  }

  struct Place {
    std::size_t start;
    std::size_t end;
  };

  Cpp cpp_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Place> places_ = {};
};

}  // namespace

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

Cpp read_cpp(const File& file) { return Reader(file).read(); }

std::size_t line_at(std::string_view text, std::size_t offset) {
  return 1 + static_cast<std::size_t>(std::count(
                 text.begin(), text.begin() + static_cast<std::ptrdiff_t>(std::min(offset, text.size())), '\n'));
}

bool is_cpp(std::string_view path) { return path.ends_with(".cpp") || path.ends_with(".h") || path.ends_with(".c"); }

bool has_word(std::string_view text, std::string_view word) {
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]))) return true;
  }
  return false;
}

}  // namespace tidy
