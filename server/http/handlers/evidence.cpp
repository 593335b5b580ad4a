// Evidence of a record: attaching it as data or as a file, reading it back, withdrawing it.
#include "commands/evidence.h"

#include "http/content_disposition.h"
#include "http/etag.h"
#include "http/handlers/handlers.h"
#include "http/json_body.h"
#include "http/listing.h"
#include "http/records_path.h"
#include "http/representation.h"

namespace assay::handlers {
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
constexpr const char* details[] = {"document", "document_version", "place", "seen_at", "role", "name", "held_on"};

/// The members that a JSON body and the query of an upload have in common, read through `text`.
template <class Text>
Result<EvidenceWish> wish_of(const Text& text) {
  EvidenceWish wish;
  wish.title = text("title").value_or("");
  wish.description = text("description").value_or("");
  wish.item = text("item");
  wish.supersedes = text("supersedes");
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

Result<Response> evidence_answer(Api& api, const Request& request, const Performed& performed) {
  Snapshot at = api.context().store.read();
  auto record = record_of(api, request, at);
  if (!record) return record.error();
  const auto row = find_evidence(at, record->id, performed.uuid);
  if (!row) return refuse(Reason::not_found, "there is no such evidence");
  const std::string path = path_of(**type_of(api, request), record->uuid);
  Response response = json_response(evidence_json(*row, path), performed.status);
  response.headers.add("ETag", version_etag(row->version));
  if (performed.status == 201) response.headers.add("Location", path + "/evidence/" + row->uuid);
  mark_repeated(response, performed);
  return response;
}

Result<Response> attach(Api& api, const Request& request, const EvidenceWish& wish) {
  auto type = type_of(api, request);
  if (!type) return type.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed = assay::attach_evidence(api.context(), *call, (*type)->type, request.parameter("id"), wish);
  if (!performed) return performed.error();
  return evidence_answer(api, request, *performed);
}

}  // namespace

Result<Response> list_evidence(Api& api, const Request& request) {
  auto page = id_page(request);
  if (!page) return page.error();
  Snapshot at = api.context().store.read();
  auto record = record_of(api, request, at);
  if (!record) return record.error();
  const std::string path = path_of(**type_of(api, request), record->uuid);
  auto rows = assay::list_evidence(at, record->id, page->after, page->one_more());
  const auto next = cut(rows, *page);
  Json all = Json::array();
  for (const EvidenceRow& row : rows) all.push_back(evidence_json(row, path));
  return list_answer(request, {{"items", std::move(all)}}, next);
}

Result<Response> attach_evidence(Api& api, const Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  auto known = only_members(
      *body, {"kind", "title", "description", "item", "collected_at", "effective_from", "effective_to", "supersedes",
              "document", "document_version", "place", "seen_at", "role", "name", "held_on"});
  if (!known) return known.error();
  for (const auto& [name, value] : body->items()) {
    if (!value.is_string()) return invalid_field("/" + name, "must be a string");
  }
  auto wish = wish_of([&](const char* name) -> std::optional<std::string> {
    const auto found = body->find(name);
    return found == body->end() ? std::nullopt : std::optional(found->get<std::string>());
  });
  if (!wish) return wish.error();
  auto kind = need_text(*body, "kind");
  if (!kind) return kind.error();
  wish->kind = *kind;
  for (const char* name : details) {
    if (const auto found = body->find(name); found != body->end())
      wish->details.emplace(name, found->get<std::string>());
  }
  return attach(api, request, *wish);
}

Result<Response> attach_evidence_file(Api& api, const Request& request) {
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
  if (!request.upload) return refuse(Reason::malformed, "the file is missing: send it as the body");
  wish->file = StoredFile{request.upload->receipt.digest, static_cast<std::int64_t>(request.upload->receipt.size)};
  return attach(api, request, *wish);
}

Result<Response> get_evidence(Api& api, const Request& request) {
  Snapshot at = api.context().store.read();
  auto record = record_of(api, request, at);
  if (!record) return record.error();
  const auto row = find_evidence(at, record->id, request.parameter("evidence"));
  if (!row) return refuse(Reason::not_found, "there is no such evidence");
  const std::string etag = version_etag(row->version);
  if (none_match_holds(request, etag)) return not_modified(etag);
  Response response = json_response(evidence_json(*row, path_of(**type_of(api, request), record->uuid)));
  response.headers.add("ETag", etag);
  return response;
}

Result<Response> get_evidence_file(Api& api, const Request& request) {
  Snapshot at = api.context().store.read();
  auto record = record_of(api, request, at);
  if (!record) return record.error();
  const auto row = find_evidence(at, record->id, request.parameter("evidence"));
  if (!row || row->kind != "file") return refuse(Reason::not_found, "there is no such file");
  return stored_file(api.context().files, request, api.who().organisation.uuid, row->sha256, row->media_type,
                     row->file_name);
}

Result<Response> withdraw_evidence(Api& api, const Request& request) {
  auto type = type_of(api, request);
  if (!type) return type.error();
  auto body = json_body(request);
  if (!body) return body.error();
  if (auto known = only_members(*body, {"reason"}); !known) return known.error();
  auto reason = need_text(*body, "reason");
  if (!reason) return reason.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed = assay::withdraw_evidence(api.context(), *call, (*type)->type, request.parameter("id"),
                                            request.parameter("evidence"), *reason);
  if (!performed) return performed.error();
  return evidence_answer(api, request, *performed);
}

}  // namespace assay::handlers
