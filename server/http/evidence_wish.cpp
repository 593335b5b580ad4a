// Evidence as requests tell it.
#include "http/evidence_wish.h"

#include "http/body_members.h"
#include "http/response.h"

namespace assay {
namespace {

Result<std::optional<Instant>> instant_of(const std::optional<std::string>& text, const char* name) {
  if (!text) return std::optional<Instant>();
  const auto instant = parse_instant(*text);
  if (!instant) return invalid_field("/" + std::string(name), "must be a time such as 2026-11-30T08:00:00Z");
  return instant;
}

Result<std::optional<Date>> date_of(const std::optional<std::string>& text, const char* name) {
  if (!text) return std::optional<Date>();
  const auto day = parse_date(*text);
  if (!day) return invalid_field("/" + std::string(name), "must be a date such as 2026-11-30");
  return day;
}

/// What the kinds of evidence say besides; which kind says what is the command's to know.
constexpr const char* details_of_kinds[] = {"document", "document_version", "place", "seen_at", "role",
                                            "name",     "held_on"};

/// The members that a JSON body and the query of an upload have in common, read through `text`.
template <class Text>
Result<EvidenceWish> wish_of(const Text& text) {
  EvidenceWish wish;
  wish.title = text("title").value_or("");
  wish.description = text("description").value_or("");
  wish.item = text("item");
  wish.supersedes = text("supersedes");
  wish.consent = text("consent");
  auto collected = instant_of(text("collected_at"), "collected_at");
  if (!collected) return collected.error();
  wish.collected_at = *collected;
  auto from = date_of(text("effective_from"), "effective_from");
  if (!from) return from.error();
  wish.effective_from = *from;
  auto to = date_of(text("effective_to"), "effective_to");
  if (!to) return to.error();
  wish.effective_to = *to;
  return wish;
}

}  // namespace

Result<EvidenceWish> evidence_in(const Json& body) {
  auto known = only_members(
      body, {"kind", "title", "description", "item", "collected_at", "effective_from", "effective_to", "supersedes",
             "consent", "document", "document_version", "place", "seen_at", "role", "name", "held_on"});
  if (!known) return known.error();
  for (const auto& [name, value] : body.items()) {
    if (!value.is_string()) return invalid_field("/" + name, "must be a string");
  }
  auto wish = wish_of([&](const char* name) -> std::optional<std::string> {
    const auto found = body.find(name);
    return found == body.end() ? std::nullopt : std::optional(found->get<std::string>());
  });
  if (!wish) return wish.error();
  auto kind = need_text(body, "kind");
  if (!kind) return kind.error();
  wish->kind = *kind;
  for (const char* name : details_of_kinds) {
    if (const auto found = body.find(name); found != body.end()) wish->details.emplace(name, found->get<std::string>());
  }
  return wish;
}

Result<EvidenceWish> evidence_announced(const Request& request) {
  auto wish = wish_of([&](const char* name) -> std::optional<std::string> {
    const auto value = request.query_value(name);
    return value ? std::optional(std::string(*value)) : std::nullopt;
  });
  if (!wish) return wish.error();
  wish->kind = "file";
  wish->file_name = std::string(request.query_value("name").value_or(""));
  if (wish->title.empty()) wish->title = wish->file_name;
  const std::string_view media_type = request.header("Content-Type").value_or(media::binary);
  wish->media_type = std::string(media_type.substr(0, media_type.find(';')));
  const auto photograph = request.query_value("photograph");
  if (photograph && *photograph != "true" && *photograph != "false")
    return invalid_query("?photograph", "must be true or false");
  wish->photograph = photograph == "true";
  return wish;
}

}  // namespace assay
