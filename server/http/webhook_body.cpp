// The settings of a webhook endpoint as a request brings them.
#include "http/webhook_body.h"

#include <utility>

#include "http/body_members.h"

namespace assay {

Result<WebhookWish> webhook_wish_of(const Json& body) {
  auto known = only_members(body, {"url", "types", "payload", "style", "state", "description"});
  if (!known) return known.error();
  WebhookWish wish;
  const std::pair<const char*, std::optional<std::string>*> texts[] = {{"url", &wish.url},
                                                                       {"payload", &wish.payload},
                                                                       {"style", &wish.style},
                                                                       {"state", &wish.state},
                                                                       {"description", &wish.description}};
  for (const auto& [name, target] : texts) {
    auto text = text_member(body, name);
    if (!text) return text.error();
    *target = std::move(*text);
  }
  auto types = texts_member(body, "types");
  if (!types) return types.error();
  wish.types = std::move(*types);
  return wish;
}

}  // namespace assay
