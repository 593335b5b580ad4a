// Tells wordings in a language.
#include "domain/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace assay {
namespace {

bool is_german(std::string_view language) { return language == "de"; }

const WordingText& text_of(std::string_view code) {
  const auto texts = wording_texts();
  const auto found = std::find_if(texts.begin(), texts.end(), [&](const WordingText& one) { return one.code == code; });
  if (found == texts.end()) throw std::out_of_range(fmt::format("there is no text for `{}`", code));
  return *found;
}

std::string told_value(const Json& value, std::string_view language);

std::string told_list(const Json& list, std::string_view language) {
  if (list.empty()) return told(Wording{"none"}, language);
  std::string text;
  for (const Json& one : list) text += (text.empty() ? "" : ", ") + told_value(one, language);
  return text;
}

std::string told_value(const Json& value, std::string_view language) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array()) return told_list(value, language);
  if (value.is_object()) {
    if (value.contains("code")) return told(wording_of(value), language);
    const auto found = value.find(language);
    return (found != value.end() ? *found : value.at("en")).get<std::string>();
  }
  if (!value.is_number_float()) return value.dump();
  std::string number = fmt::format("{}", value.get<double>());
  if (is_german(language)) std::replace(number.begin(), number.end(), '.', ',');
  return number;
}

}  // namespace

std::string told(const Wording& wording, std::string_view language) {
  const WordingText& texts = text_of(wording.code);
  std::string_view text = is_german(language) ? texts.german : texts.english;
  std::string filled;
  for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{')) {
    const auto close = text.find('}', open);
    filled += text.substr(0, open);
    filled += told_value(wording.values.at(std::string(text.substr(open + 1, close - open - 1))), language);
    text.remove_prefix(close + 1);
  }
  return filled.append(text);
}

Wording verbatim(Json words) { return {"words", {{"words", std::move(words)}}}; }

Wording amount(Json number, std::string_view unit) {
  if (unit.ends_with('s') && (number == 1 || number == -1)) unit.remove_suffix(1);
  return {std::string(unit), {{"amount", std::move(number)}}};
}

Wording amount(Ratio number, std::string_view unit) { return amount(figure(number), unit); }

Json figure(Ratio value) {
  if (value.denominator() == 1) return value.numerator();
  if (10'000 % value.denominator() == 0) return value.number();
  constexpr double places = 1000;
  return to_json(Wording{"about",
                         {{"over", value.numerator()},
                          {"under", value.denominator()},
                          {"number", std::round(value.number() * places) / places}}});
}

Json to_json(const Wording& wording) { return {{"code", wording.code}, {"values", wording.values}}; }

Wording wording_of(const Json& json) { return {json.at("code").get<std::string>(), json.at("values")}; }

}  // namespace assay
