// Words, queries and snippets of the full-text search.
#include "domain/search_text.h"

#include <catch2/catch_all.hpp>

namespace assay::test::search_text_test {
namespace {

std::string folded(std::string_view text) {
  std::string all;
  for (const Word& word : words_of(text, 100)) all += (all.empty() ? "" : " ") + word.text;
  return all;
}

TEST_CASE("words are folded alike on every machine") {
  const auto [text, words] = GENERATE(table<std::string, std::string>({
      {"NC-2026-0012: Größe", "nc 2026 0012 grosse"},
      {"Ångström Łódź Œuvre þing", "angstrom lodz oeuvre thing"},
      {"cafe\xCC\x81 soft\xC2\xADhyphen", "cafe softhyphen"},
      {"Москва ΑΘΗΝΑ ς", "москва αθηνα σ"},
      {"3×4 €5 „quoted“ a…b", "3 4 5 quoted a b"},
      {std::string("nul\0byte \xff\xfe x", 13), "nul byte x"},
      {std::string(200, 'a'), std::string(64, 'a')},
      {"", ""},
  }));
  INFO(text);
  CHECK(folded(text) == words);
}

TEST_CASE("what is typed means words and phrases, whatever else it holds") {
  const auto [typed, read] = GENERATE(table<std::string, std::string>({
      {"risk of", "risk* of"},
      {"NC-2026-0012", "nc 2026 0012*"},
      {"\"access rights\" review", "access rights review*"},
      {"a\"b c\"d", "a b c d"},
      {"\"never closed", "never closed"},
      {"AND OR ( ) : ^ *", "and* or"},
  }));
  INFO(typed);
  const auto query = search_query(typed);
  REQUIRE(query.has_value());
  std::string text;
  for (const Phrase& phrase : query->phrases) {
    for (const auto& word : phrase.words) text += (text.empty() ? "" : " ") + word;
    if (phrase.prefix) text += "*";
  }
  CHECK(text == read);
}

TEST_CASE("a query that cannot be used is refused by name") {
  const std::string typed = GENERATE(std::string(), std::string("\" - \""), std::string(1001, 'x'),
                                     std::string(10000, '"'), std::string("a b c d e f g h i j k l m n o p q"));
  const auto query = search_query(typed);
  REQUIRE_FALSE(query.has_value());
  CHECK(query.error().reason == Reason::malformed);
  CHECK(query.error().invalid.front().pointer == "?q");
}

TEST_CASE("a snippet is cut between characters and holds the first phrase") {
  const std::vector<FieldText> texts = {{"title", "Größe"}, {"text", std::string(81, 'x') + "é firewall <b> ü" + "y"}};
  const auto shown = snippet(texts, *search_query("fire gros"));
  REQUIRE(shown.has_value());
  CHECK(shown->field == "text");
  CHECK(shown->match == "firewall");
  CHECK(shown->after == " <b> üy");
  CHECK(shown->before == std::string(77, 'x') + "é ");
  CHECK_FALSE(snippet(texts, *search_query("fire absent")).has_value());
}

}  // namespace
}  // namespace assay::test::search_text_test
