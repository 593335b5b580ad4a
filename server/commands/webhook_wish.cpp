// What an administrator wants of a webhook endpoint.
#include "commands/webhook_wish.h"

#include <algorithm>
#include <initializer_list>

namespace assay {
namespace {

/// "word.word" or "word.*" with at most 100 bytes; words of the event types' letters.
bool is_type_filter(std::string_view text) {
  const auto dot = text.find('.');
  if (text.size() > 100 || dot == std::string_view::npos || dot == 0 || dot + 1 == text.size()) return false;
  const auto word = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || c == '-'; });
  };
  return word(text.substr(0, dot)) && (text.substr(dot + 1) == "*" || word(text.substr(dot + 1)));
}

void check_one_of(const std::optional<std::string>& value, std::initializer_list<std::string_view> known,
                  const char* pointer, std::vector<InvalidField>& wrong) {
  if (!value || std::find(known.begin(), known.end(), *value) != known.end()) return;
  std::string all;
  for (const auto one : known) all += (all.empty() ? "" : ", ") + std::string(one);
  wrong.push_back({pointer, "must be one of: " + all});
}

}  // namespace

std::string_view ticket_adapter_of(std::string_view style) {
  constexpr std::string_view prefix = "ticket:";
  return style.starts_with(prefix) ? style.substr(prefix.size()) : std::string_view();
}

Result<void> check_wish(const WebhookWish& wish, const UrlRule& acceptable_url) {
  std::vector<InvalidField> wrong;
  if (wish.url) {
    if (const auto flaw = acceptable_url(*wish.url)) wrong.push_back({"/url", *flaw});
  }
  check_one_of(wish.payload, {"thin", "full"}, "/payload", wrong);
  if (!wish.style || ticket_adapter_of(*wish.style).empty())
    check_one_of(wish.style, {"standard", "cloudevents", "ticket:PLUGIN"}, "/style", wrong);
  if (wish.style && (wish.style->size() > 200 || *wish.style == "ticket:PLUGIN"))
    wrong.push_back({"/style", "names no plugin"});
  check_one_of(wish.state, {"on", "off"}, "/state", wrong);
  if (wish.description && wish.description->size() > 1000)
    wrong.push_back({"/description", "must have at most 1000 bytes"});
  if (wish.types && wish.types->size() > 100) wrong.push_back({"/types", "names more than 100"});
  for (std::size_t i = 0; wish.types && i < wish.types->size(); ++i) {
    if (!is_type_filter((*wish.types)[i])) {
      wrong.push_back(
          {"/types/" + std::to_string(i), "must be an event type such as nonconformity.issued or nonconformity.*"});
    }
  }
  if (wrong.empty()) return {};
  return Refusal{Reason::invalid, "some fields are not valid", {}, std::move(wrong), {}};
}

}  // namespace assay
