// What full-text search finds a record by.
#include "domain/search_text.h"

#include <algorithm>
#include <span>

namespace assay {
namespace {

constexpr std::size_t longest_word = 64, longest_query = 1000, most_phrases = 16, most_words = 32, around = 80;
constexpr std::size_t least_prefix = 3;
constexpr std::string_view border = "\xC2\xB6";  // "¶": no letter, so that nobody can look for it

/// Latin letters of U+00C0 to U+017F without their marks; '*' for what becomes two letters or none.
constexpr std::string_view latin =
    "aaaaaa*ceeeeiiiidnooooo*ouuuuy**aaaaaa*ceeeeiiiidnooooo*ouuuuy*y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii**jjkkklllllll"
    "lllnnnnnn*nnoooooo**rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(latin.size() == 0x180 - 0xC0);

std::string_view two_letters(char32_t point) {
  switch (point) {
    case 0xC6:
    case 0xE6:
      return "ae";
    case 0xDE:
    case 0xFE:
      return "th";
    case 0xDF:
      return "ss";
    case 0x132:
    case 0x133:
      return "ij";
    case 0x149:
      return "n";
    case 0x152:
    case 0x153:
      return "oe";
    default:
      return {};  // the signs of multiplication and division
  }
}

/// One character of a text: its code point, 0 for what is no UTF-8, and its bytes.
struct Character {
  char32_t point;
  std::size_t size;
};

Character character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
  const unsigned char first = byte(at);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xF0 && first < 0xF5 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (size == 0 || first >= 0xF5) return {0, 1};
  char32_t point = first & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80) return {0, 1};
    point = (point << 6U) | (byte(at + i) & 0x3FU);
  }
  return {point, size};
}

struct Range {
  char32_t first, last;
};

bool is_in(std::span<const Range> ranges, char32_t point) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [point](const Range& range) { return range.first <= point && point <= range.last; });
}

/// Neither letters nor borders of words: marks that are written over a letter, and what is not written at all.
constexpr Range silent[] = {{0xAD, 0xAD}, {0x300, 0x36F}, {0x200B, 0x200D}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}};
/// Spaces, punctuation, arrows, mathematics and other signs.
constexpr Range signs[] = {{0x80, 0xBF},     {0x2B9, 0x2FF},   {0x1680, 0x1680}, {0x180E, 0x180E}, {0x2000, 0x206F},
                           {0x20A0, 0x20CF}, {0x2190, 0x2BFF}, {0x2E00, 0x2E7F}, {0x3000, 0x3004}, {0x3008, 0x3020},
                           {0xFF00, 0xFF0F}, {0xFF1A, 0xFF20}, {0xFF3B, 0xFF40}, {0xFF5B, 0xFF65}, {0xFFF0, 0xFFFF}};

/// The letters that a character stands for in the index; nothing when it is no part of a word.
std::optional<std::string> folded(std::string_view bytes, char32_t point) {
  if (point < 0x80) {
    const char c = static_cast<char>(point);
    if (c >= 'A' && c <= 'Z') return std::string(1, static_cast<char>(c - 'A' + 'a'));
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) return std::string(1, c);
    return {};
  }
  if (is_in(silent, point)) return std::string();
  if (is_in(signs, point)) return {};
  if (point < 0x180) {
    const char letter = latin[point - 0xC0];
    if (letter != '*') return std::string(1, letter);
    const auto both = two_letters(point);
    return both.empty() ? std::nullopt : std::optional<std::string>(both);
  }
  char32_t lower = point;
  if (point >= 0x391 && point <= 0x3A9) lower = point + 32;
  if (point == 0x3C2) lower = 0x3C3;  // the sigma at the end of a word
  if (point >= 0x410 && point <= 0x42F) lower = point + 32;
  if (point >= 0x400 && point <= 0x40F) lower = point + 80;
  if (lower == point) return std::string(bytes);
  return std::string{static_cast<char>(0xC0U | (lower >> 6U)), static_cast<char>(0x80U | (lower & 0x3FU))};
}

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }

std::string joined(const std::vector<Word>& words) {
  std::string text;
  for (const Word& word : words) text.append(text.empty() ? "" : " ").append(word.text);
  return text;
}

/// Adds the words of a field, as far as there is room.
void add_words(std::string& to, std::string_view text, std::size_t& room) {
  const auto words = words_of(text, room);
  if (words.empty()) return;
  room -= words.size();
  if (!to.empty()) to.append(" ").append(border).append(" ");
  to += joined(words);
}

bool is_text(const Json& schema) {
  const auto type = schema.find("type");
  return type != schema.end() && *type == "string" && !schema.contains("enum") && !schema.contains("x-person") &&
         (!schema.contains("format") || schema.at("format") == "uri" || schema.at("format") == "email");
}

bool has_text(const Json& schema) {
  if (const auto items = schema.find("items"); items != schema.end()) return has_text(*items);
  const auto properties = schema.find("properties");
  if (properties == schema.end()) return is_text(schema);
  return std::any_of(properties->begin(), properties->end(), [](const Json& member) { return has_text(member); });
}

bool is_searched(const Definition& definition, const FieldDefinition& field) {
  if (field.keep == Keep::event || field.keep == Keep::dossier) return false;
  if (field.keep == Keep::body) return has_text(field.schema);
  return std::any_of(field.list_of.begin(), field.list_of.end(), [&](const std::string& name) {
    const auto listed = definition.fields.find(name);
    return listed != definition.fields.end() && has_text(listed->second.schema);
  });
}

/// The free texts of a value, one after the other.
void collect(const Json& schema, const Json& value, std::string& to) {
  if (value.is_string()) {
    if (is_text(schema)) to.append(to.empty() ? "" : "\n").append(value.get_ref<const std::string&>());
  } else if (value.is_array()) {
    const auto items = schema.find("items");
    if (items == schema.end()) return;
    for (const Json& element : value) collect(*items, element, to);
  } else if (value.is_object()) {
    const auto properties = schema.find("properties");
    if (properties == schema.end()) return;
    for (const auto& [name, member] : value.items()) {
      if (const auto known = properties->find(name); known != properties->end()) collect(*known, member, to);
    }
  }
}

std::string text_in(const Definition& definition, const FieldDefinition& field, const Json& value) {
  std::string text;
  if (field.keep != Keep::list) {
    collect(field.schema, value, text);
    return text;
  }
  for (auto entry = value.rbegin(); entry != value.rend(); ++entry) {
    for (const auto& name : field.list_of) {
      const auto listed = definition.fields.find(name);
      const auto member = entry->find(name);
      if (listed != definition.fields.end() && member != entry->end()) collect(listed->second.schema, *member, text);
    }
  }
  return text;
}

bool fits(const std::vector<Word>& words, std::size_t at, const Phrase& phrase) {
  for (std::size_t i = 0; i < phrase.words.size(); ++i) {
    const std::string& word = words[at + i].text;
    const bool last = i + 1 == phrase.words.size();
    if (last && phrase.prefix ? !word.starts_with(phrase.words[i]) : word != phrase.words[i]) return false;
  }
  return true;
}

/// Where the phrase begins and ends in the text.
std::optional<std::pair<std::size_t, std::size_t>> find_in(std::string_view text, const Phrase& phrase) {
  const auto words = words_of(text, text.size());
  for (std::size_t at = 0; at + phrase.words.size() <= words.size(); ++at) {
    if (fits(words, at, phrase)) return std::pair(words[at].begin, words[at + phrase.words.size() - 1].end);
  }
  return {};
}

Snippet cut_out(const FieldText& from, std::size_t begin, std::size_t end) {
  const std::string& text = from.text;
  std::size_t first = begin > around ? begin - around : 0;
  while (first < begin && !begins_character(text[first])) ++first;
  std::size_t last = std::min(text.size(), end + around);
  while (last < text.size() && last > end && !begins_character(text[last])) --last;
  return {from.field, text.substr(first, begin - first), text.substr(begin, end - begin), text.substr(end, last - end)};
}

/// A word or a phrase that was typed, as far as there is anything to look for in it.
void add_phrase(SearchQuery& query, std::string_view typed, bool quoted) {
  Phrase phrase;
  for (Word& word : words_of(typed, most_words + 1)) phrase.words.push_back(std::move(word.text));
  if (phrase.words.empty()) return;
  const auto letters = std::count_if(phrase.words.back().begin(), phrase.words.back().end(), begins_character);
  phrase.prefix = !quoted && static_cast<std::size_t>(letters) >= least_prefix;
  query.phrases.push_back(std::move(phrase));
}

}  // namespace

std::vector<Word> words_of(std::string_view text, std::size_t most) {
  std::vector<Word> words;
  bool open = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto [point, size] = character_at(text, at);
    const auto letters = point == 0 ? std::nullopt : folded(text.substr(at, size), point);
    if (!letters) {
      open = false;
    } else if (open) {
      Word& word = words.back();
      if (word.text.size() + letters->size() <= longest_word) word.text += *letters;
      word.end = at + size;
    } else if (!letters->empty()) {
      if (words.size() == most) return words;
      words.push_back({*letters, at, at + size});
      open = true;
    }
    at += size;
  }
  return words;
}

std::string SearchText::all_open() const {
  std::string text = joined(words_of(number, most_words));
  if (!text.empty() && !open.empty()) text.append(" ").append(border).append(" ");
  return text + open;
}

std::vector<FieldText> field_texts(const Definition& definition, const Json& body) {
  std::vector<FieldText> texts;
  for (const auto& [name, field] : definition.fields) {
    const auto value = body.find(name);
    if (value == body.end() || !is_searched(definition, field)) continue;
    if (auto text = text_in(definition, field, *value); !text.empty()) texts.push_back({name, std::move(text)});
  }
  return texts;
}

SearchText search_text(const Definition& definition, const Json& body) {
  SearchText indexed;
  std::size_t room = indexed_words;
  const auto& kept = definition.kept_from_clients;
  for (const FieldText& field : field_texts(definition, body)) {
    const bool is_kept = std::find(kept.begin(), kept.end(), field.field) != kept.end();
    add_words(is_kept ? indexed.kept : indexed.open, field.text, room);
  }
  return indexed;
}

SearchText search_text(const std::vector<FieldText>& texts, bool kept) {
  SearchText indexed;
  std::size_t room = indexed_words;
  for (const FieldText& field : texts) add_words(kept ? indexed.kept : indexed.open, field.text, room);
  return indexed;
}

bool touches_search(const Definition& definition, const Json& set, const Json& append) {
  for (const Json* part : {&set, &append}) {
    if (!part->is_object()) continue;
    for (const auto& [name, value] : part->items()) {
      const auto field = definition.fields.find(name);
      if (field != definition.fields.end() && is_searched(definition, field->second)) return true;
    }
  }
  return false;
}

Result<SearchQuery> search_query(std::string_view typed) {
  if (typed.size() > longest_query) return invalid_query("?q", "must have at most 1000 bytes");
  SearchQuery query;
  while (!typed.empty()) {
    const bool quoted = typed.front() == '"';
    if (quoted) typed.remove_prefix(1);
    const auto end = std::min(quoted ? typed.find('"') : typed.find_first_of("\" \t\r\n"), typed.size());
    add_phrase(query, typed.substr(0, end), quoted);
    const bool at_quote = !quoted && end < typed.size() && typed[end] == '"';
    typed.remove_prefix(std::min(end + (at_quote ? 0 : 1), typed.size()));
  }
  std::size_t words = 0;
  for (const Phrase& phrase : query.phrases) words += phrase.words.size();
  if (words == 0) return invalid_query("?q", "must have a word to look for");
  if (query.phrases.size() > most_phrases || words > most_words)
    return invalid_query("?q", "must have at most 16 words or phrases, and 32 words in all");
  return query;
}

std::optional<Snippet> snippet(const std::vector<FieldText>& texts, const SearchQuery& query) {
  std::optional<Snippet> first;
  for (const Phrase& phrase : query.phrases) {
    bool found = false;
    for (const FieldText& field : texts) {
      const auto place = find_in(field.text, phrase);
      if (!place) continue;
      found = true;
      if (!first) first = cut_out(field, place->first, place->second);
      break;
    }
    if (!found) return {};
  }
  return first;
}

}  // namespace assay
