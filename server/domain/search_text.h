// What full-text search finds a record by: its words, folded, and what a person who searches asks for.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/definition.h"
#include "domain/refusal.h"

namespace assay {

/// A word as the index knows it, and the bytes of the text that it stands for.
struct Word {
  std::string text;  // lower case, Latin letters without their marks, at most 64 bytes
  std::size_t begin, end;
};

/// The words of a text, at most `most`: runs of letters and digits, of any script. Bytes that are no UTF-8 separate.
/// The same on every machine, as it asks no locale.
std::vector<Word> words_of(std::string_view text, std::size_t most);

/// What is indexed of one record or checklist item: folded words, one space between them; "¶" stands between fields, so
/// that no phrase reaches over their border. Clients find it by `open` alone.
struct SearchText {
  std::string open, kept;
  std::string number = {};  // of the record; belongs to `open`, and is added when it is indexed

  /// `open` with the number.
  std::string all_open() const;
};

/// A record has words up to that number; the newest entries of its lists come first.
inline constexpr std::size_t indexed_words = 8000;

/// The texts of a body, by field: free texts, also within lists and objects; no dates, choices or people.
struct FieldText {
  std::string field;
  std::string text;
};
std::vector<FieldText> field_texts(const Definition& definition, const Json& body);

/// What is indexed of a record with this body.
SearchText search_text(const Definition& definition, const Json& body);
/// The same of texts that are kept from clients or not, all of them.
SearchText search_text(const std::vector<FieldText>& texts, bool kept);
/// Whether a change of these fields changes what is indexed.
bool touches_search(const Definition& definition, const Json& set, const Json& append);

/// Words that must stand next to each other; the last one may be the beginning of a word.
struct Phrase {
  std::vector<std::string> words;
  bool prefix = false;
};

/// What is looked for: every one of the phrases.
struct SearchQuery {
  std::vector<Phrase> phrases;
};

/// Reads what a person has typed: each word finds those that begin with it if it has three letters or more, what stands
/// between quotes is found as it is, and nothing else has a meaning. Refuses as malformed with "?q" a text of more than
/// 1000 bytes, without a word, or with more than 16 words or phrases or 32 words in all.
Result<SearchQuery> search_query(std::string_view typed);

/// Where a text holds what was looked for: at most 80 bytes before and behind it, cut between characters.
struct Snippet {
  std::string field, before, match, after;
};
/// From the first text that holds the first phrase; nothing unless every phrase is in one of the texts.
std::optional<Snippet> snippet(const std::vector<FieldText>& texts, const SearchQuery& query);

}  // namespace assay
