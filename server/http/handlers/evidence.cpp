// Evidence of a record: attaching it as data or as a file, reading it back, withdrawing it.
#include "commands/evidence.h"

#include "http/content_disposition.h"
#include "http/etag.h"
#include "http/evidence_wish.h"
#include "http/handlers/handlers.h"
#include "http/json_body.h"
#include "http/listing.h"
#include "http/records_path.h"
#include "http/representation.h"

namespace assay::handlers {
namespace {

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
  auto wish = evidence_in(*body);
  if (!wish) return wish.error();
  return attach(api, request, *wish);
}

Result<Response> attach_evidence_file(Api& api, const Request& request) {
  auto wish = evidence_announced(request);
  if (!wish) return wish.error();
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
