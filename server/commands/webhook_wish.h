// What an administrator wants of a webhook endpoint, and whether it is acceptable.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/refusal.h"

namespace assay {

struct WebhookWish {
  std::optional<std::string> url = {};
  std::optional<std::vector<std::string>> types = {};  // "nonconformity.issued", "nonconformity.*"; empty: all
  std::optional<std::string> payload = {};             // thin | full
  std::optional<std::string> style = {};               // standard | cloudevents | ticket:PLUGIN
  std::optional<std::string> state = {};               // on | off
  std::optional<std::string> description = {};
};

/// Says what is wrong with a URL, or nothing (the rules of the outbound side).
using UrlRule = std::function<std::optional<std::string>(std::string_view url)>;

/// The plugin of a style "ticket:PLUGIN"; empty for the others.
std::string_view ticket_adapter_of(std::string_view style);

/// Refuses as invalid, every wrong field with its pointer. Absent fields are fine.
Result<void> check_wish(const WebhookWish& wish, const UrlRule& acceptable_url);

}  // namespace assay
