// Working notes of the person who asks.
#include "commands/notes.h"

#include "http/etag.h"
#include "http/handlers/handlers.h"
#include "http/json_body.h"
#include "http/listing.h"
#include "http/records_path.h"
#include "http/representation.h"

namespace assay::handlers {
namespace {

Json note_json(const NoteRow& note) {
  return {{"id", note.uuid},
          {"text", note.text},
          {"item", or_null(note.item_uuid)},
          {"created", to_text(note.created)},
          {"changed", to_text(note.changed)},
          {"version", note.version}};
}

Json kept_json(const std::optional<NotesKept>& kept) {
  if (!kept) return nullptr;
  return {{"count", kept->count}, {"unit", kept->unit}, {"until", kept->until ? Json(to_text(*kept->until)) : Json()}};
}

/// The record, whose own notes the person may read.
Result<RecordRow> noted_record(const Api& api, const Request& request, Snapshot& at) {
  auto record = record_of(api, request, at);
  if (!record) return record;
  if (auto may = may_read_notes(api.context(), at, api.who(), *record); !may) return may.error();
  return record;
}

/// The members of a body that writes a note: `item` may be null.
Result<NoteWish> note_wish_of(const Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  if (auto known = only_members(*body, {"text", "item"}); !known) return known.error();
  NoteWish wish;
  auto text = text_member(*body, "text");
  if (!text) return text.error();
  wish.text = std::move(*text);
  if (const auto item = body->find("item"); item != body->end() && item->is_null()) {
    wish.item = "";
    return wish;
  }
  auto item = text_member(*body, "item");
  if (!item) return item.error();
  if (*item && (*item)->empty()) return invalid_field("/item", "is no checklist item of this record");
  wish.item = std::move(*item);
  return wish;
}

Result<Response> note_answer(const Api& api, const Request& request, const Performed& performed) {
  Snapshot at = api.context().store.read();
  auto record = record_of(api, request, at);
  if (!record) return record.error();
  const auto note = find_note(at, record->id, api.who().person.id, performed.uuid);
  if (!note) return refuse(Reason::not_found, "there is no such note");
  Response response = json_response(note_json(*note), performed.status);
  response.headers.add("ETag", version_etag(note->version));
  if (performed.status == 201)
    response.headers.add("Location", path_of(**type_of(api, request), record->uuid) + "/notes/" + note->uuid);
  mark_repeated(response, performed);
  return response;
}

}  // namespace

Result<Response> list_notes(Api& api, const Request& request) {
  auto page = id_page(request);
  if (!page) return page.error();
  Snapshot at = api.context().store.read();
  auto record = noted_record(api, request, at);
  if (!record) return record.error();
  auto rows = assay::list_notes(at, record->id, api.who().person.id, page->after, page->one_more());
  const auto next = cut(rows, *page);
  Json all = Json::array();
  for (const NoteRow& row : rows) all.push_back(note_json(row));
  const auto kept = notes_kept(api.context(), at, *record);
  return list_answer(request, {{"items", std::move(all)}, {"kept", kept_json(kept)}}, next);
}

Result<Response> write_note(Api& api, const Request& request) {
  auto type = type_of(api, request);
  if (!type) return type.error();
  auto wish = note_wish_of(request);
  if (!wish) return wish.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed =
      assay::write_note(api.context(), *call, (*type)->type, request.parameter("id"), *wish, api.service().note_limits);
  if (!performed) return performed.error();
  return note_answer(api, request, *performed);
}

Result<Response> get_note(Api& api, const Request& request) {
  Snapshot at = api.context().store.read();
  auto record = noted_record(api, request, at);
  if (!record) return record.error();
  const auto note = find_note(at, record->id, api.who().person.id, request.parameter("note"));
  if (!note) return refuse(Reason::not_found, "there is no such note");
  const std::string etag = version_etag(note->version);
  if (none_match_holds(request, etag)) return not_modified(etag);
  Response response = json_response(note_json(*note));
  response.headers.add("ETag", etag);
  return response;
}

Result<Response> change_note(Api& api, const Request& request) {
  auto type = type_of(api, request);
  if (!type) return type.error();
  auto wish = note_wish_of(request);
  if (!wish) return wish.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed = assay::change_note(api.context(), *call, (*type)->type, request.parameter("id"),
                                      request.parameter("note"), *wish, api.service().note_limits);
  if (!performed) return performed.error();
  return note_answer(api, request, *performed);
}

Result<Response> drop_note(Api& api, const Request& request) {
  auto type = type_of(api, request);
  if (!type) return type.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed =
      assay::drop_note(api.context(), *call, (*type)->type, request.parameter("id"), request.parameter("note"));
  if (!performed) return performed.error();
  Response response = no_content();
  mark_repeated(response, *performed);
  return response;
}

}  // namespace assay::handlers
