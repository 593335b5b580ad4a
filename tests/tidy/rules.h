// The rules that a review would otherwise repeat: each takes text and returns what breaks it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tidy {

/// A file of the repository: its path relative to the top, with '/', and its bytes.
struct File {
  std::string path;
  std::string text;
};
using Tree = std::vector<File>;

/// What is wrong, and where. Lines count from 1; 0 is the file as a whole.
struct Finding {
  std::string path;
  std::size_t line = 0;
  std::string says;
};
using Findings = std::vector<Finding>;

/// A string literal. Neighbours that the compiler joins are one.
struct Literal {
  std::size_t line = 0;
  std::string text;
  std::size_t at = 0;  // offset of its opening quote
};

/// A C++ file taken apart: `code` is the text with comments, literals and preprocessor lines blanked (same length, same
/// lines), `literals` are the string literals.
struct Cpp {
  std::string path;
  std::string text;
  std::string code;
  std::vector<Literal> literals;
};

Cpp read_cpp(const File& file);
/// The line of an offset in a text.
std::size_t line_at(std::string_view text, std::size_t offset);
bool is_cpp(std::string_view path);
/// Whether names are made of it: a letter, a digit or an underscore.
bool is_word(char c);
/// Whether `word` stands in `text` with no letter, digit or underscore beside it.
bool has_word(std::string_view text, std::string_view word);

/// Files of the checkout except what .gitignore names and .git itself.
Tree read_tree(const std::string& top);

// Rules about one C++ file.
Findings include_direction(const Cpp& cpp);
Findings third_party_includes(const Cpp& cpp);
Findings pure_domain(const Cpp& cpp);
Findings banned_names(const Cpp& cpp);
Findings sql_outside_storage(const Cpp& cpp);
Findings function_length(const Cpp& cpp);
/// All that a file of tests holds stands in a namespace named after it: several of them are compiled as one.
Findings own_namespace(const Cpp& cpp);

// Rules about one file of text.
Findings file_length(const File& file);
Findings first_sentence(const File& file);
Findings forbidden_text(const File& file);

// Rules about the tree.
Findings top_level(const Tree& tree);
Findings documented(const Tree& tree);
/// What is so of one record type stands in its definition: no literal of the server names a shipped one. Names of one
/// word are names of links and fields as well, and are not looked for.
Findings no_type_by_name(const Tree& tree);

/// The names in the rows of the tables `Type name[] = {{"a", ...}, ...}` of a file: of each row the first literal.
std::vector<std::string> row_names(const Cpp& cpp, std::string_view type);

}  // namespace tidy
