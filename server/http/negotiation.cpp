// What a client wants of an answer.
#include "http/negotiation.h"

#include "http/request.h"
#include "http/text.h"

namespace assay {
namespace {

constexpr int whole = 1000;
constexpr std::string_view languages[] = {"en", "de"};

/// "0.25" -> 250.
int weight_of(std::string_view text) {
  if (text.empty() || text.front() != '0') return whole;
  if (text.size() == 1) return 0;
  if (text[1] != '.' || text.size() > 5) return whole;
  int weight = 0, unit = 100;
  for (const char c : text.substr(2)) {
    if (c < '0' || c > '9') return whole;
    weight += (c - '0') * unit;
    unit /= 10;
  }
  return weight;
}

struct Element {
  std::string_view name;
  int weight = whole;
};

/// The next element of a weighted list that is not empty; nothing at its end.
std::optional<Element> next_weighted(std::string_view& list) {
  while (!list.empty()) {
    std::string_view rest = next_element(list, ',');
    Element element{next_element(rest, ';')};
    if (element.name.empty()) continue;
    while (!rest.empty()) {
      const std::string_view parameter = next_element(rest, ';');
      if (parameter.size() >= 2 && same_ignoring_case(parameter.substr(0, 2), "q="))
        element.weight = weight_of(parameter.substr(2));
    }
    return element;
  }
  return {};
}

enum Nearness : int { apart, anything, same_family, itself };

Nearness nearness(std::string_view range, std::string_view media_type) {
  if (same_ignoring_case(range, media_type)) return itself;
  if (range == "*/*" || range == "*") return anything;
  const auto slash = media_type.find('/');
  const bool family =
      range.ends_with("/*") && same_ignoring_case(range.substr(0, range.size() - 2), media_type.substr(0, slash));
  return family ? same_family : apart;
}

bool takes_something(std::string_view accept) {
  bool empty = true;
  while (const auto element = next_weighted(accept)) {
    if (element->weight > 0) return true;
    empty = false;
  }
  return empty;
}

}  // namespace

Wanted wanted_media(std::string_view accept, std::string_view media_type) {
  media_type = next_element(media_type, ';');
  Nearness nearest = apart;
  int weight = 0;
  bool empty = true;
  while (const auto element = next_weighted(accept)) {
    empty = false;
    const Nearness near = nearness(element->name, media_type);
    if (near == apart || near < nearest) continue;
    weight = near > nearest || element->weight > weight ? element->weight : weight;
    nearest = near;
  }
  if (empty) return {whole, false};
  return {weight, nearest == itself};
}

bool takes_any_of(std::string_view accept, std::string_view media_types) {
  while (!media_types.empty()) {
    const std::string_view media_type = next_element(media_types, ',');
    if (media_type == "*/*" ? takes_something(accept) : wanted_media(accept, media_type).weight > 0) return true;
  }
  return false;
}

std::optional<std::string_view> wanted_language(std::string_view accept_language) {
  std::optional<std::string_view> best;
  int most = 0;
  while (const auto element = next_weighted(accept_language)) {
    const std::string_view primary = element->name.substr(0, element->name.find('-'));
    for (const std::string_view language : languages) {
      if (!same_ignoring_case(primary, language) || element->weight <= most) continue;
      best = language;
      most = element->weight;
    }
  }
  return best;
}

}  // namespace assay
