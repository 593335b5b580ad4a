// What people are told in their language: a sentence is kept as a code and its values, and one table has the texts.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "domain/json.h"
#include "domain/ratio.h"

namespace assay {

/// A sentence or a term for people. Its values stand in the places of the text: a word as it is, a number, a list of
/// these, a wording within it (to_json()), or what is called otherwise in each language ({"en": "Sites", "de": ...}).
struct Wording {
  std::string code;
  Json values = Json::object();

  bool operator==(const Wording&) const = default;
};

struct WordingText {
  std::string_view code;
  std::string_view english;  // "{days} days"
  std::string_view german;
};

/// All texts, by their codes.
std::span<const WordingText> wording_texts();

/// The wording in German for "de", else in English. Throws std::out_of_range for a code that there is not.
std::string told(const Wording& wording, std::string_view language);

/// A name, a date or whatever else is the same in all languages.
Wording verbatim(Json words);
/// So many of a unit, as of a policy or "days": "1 day", "30 Kalendertage".
Wording amount(Json number, std::string_view unit);
Wording amount(Ratio number, std::string_view unit);
/// Among the values of a wording: decimals where they say it exactly (8.5), else 17/3, about 5.667.
Json figure(Ratio value);

/// {"code", "values"}: as it stands among the values of another one, and as it is stored.
Json to_json(const Wording& wording);
Wording wording_of(const Json& json);

}  // namespace assay
