// Requests of a ticket adapter.
#include "plugins/ticket_requests.h"

#include <fmt/format.h>

#include <algorithm>

#include "plugins/settings.h"

namespace assay {
namespace {

constexpr std::string_view opening = "{secret:";

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

bool is_token(std::string_view name) {
  return !name.empty() && name.size() <= 100 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
  });
}

/// Calls `visit` with each piece of `value`: text, or the name of a secret.
template <class Visit>
void pieces_of(std::string_view value, Visit&& visit) {
  while (!value.empty()) {
    const auto begin = std::min(value.find(opening), value.size());
    const auto end = value.find('}', begin);
    if (begin == value.size() || end == std::string_view::npos) return visit(value, false);
    if (begin > 0) visit(value.substr(0, begin), false);
    visit(value.substr(begin + opening.size(), end - begin - opening.size()), true);
    value = value.substr(end + 1);
  }
}

}  // namespace

std::optional<std::string> bad_ticket_requests(const Manifest& manifest, const Json&, const Json& output) {
  const auto secrets = secret_settings(manifest);
  for (const Json& request : output.at("requests")) {
    const Json headers = request.value("headers", Json::object());
    for (const auto& [name, value] : headers.items()) {
      std::string text;
      std::optional<std::string> unknown;
      pieces_of(value.get_ref<const std::string&>(), [&](std::string_view piece, bool secret) {
        text += secret ? std::string_view("x") : piece;
        if (secret && std::find(secrets.begin(), secrets.end(), piece) == secrets.end()) unknown = std::string(piece);
      });
      if (unknown) return fmt::format("the header {} names the secret {}, which is no setting", name, *unknown);
      if (!is_token(name)) return "a header has a name that is none";
      if (std::any_of(text.begin(), text.end(), is_control))
        return fmt::format("the header {} has control characters", name);
    }
  }
  return {};
}

std::optional<std::string> with_secrets(std::string_view value,
                                        const std::function<std::string(const std::string&)>& secret) {
  std::string text;
  bool whole = true;
  pieces_of(value, [&](std::string_view piece, bool is_secret) {
    const std::string put = is_secret ? secret(std::string(piece)) : std::string(piece);
    whole = whole && !put.empty();
    text += put;
  });
  if (!whole) return {};
  return text;
}

}  // namespace assay
