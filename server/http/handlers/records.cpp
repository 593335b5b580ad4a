// Records: lists, one record, and making one.
#include "commands/records.h"

#include <algorithm>

#include "commands/for_clients.h"
#include "http/etag.h"
#include "http/handlers/handlers.h"
#include "http/json_body.h"
#include "http/list_query.h"
#include "http/records_path.h"
#include "http/representation.h"

namespace assay::handlers {
namespace {

/// The creating command: `?command=`, or the first one of the type that is meant for people.
Result<std::string> creating_command(const Definition& type, const Request& request) {
  if (const auto asked = request.query_value("command")) {
    const auto found = type.commands.find(std::string(*asked));
    if (found == type.commands.end() || !found->second.creates()) {
      return invalid_query("?command", "is no command that makes a record of this type");
    }
    return std::string(*asked);
  }
  return first_creating_command(type);
}

Result<Response> create(Api& api, const Request& request, std::string uuid) {
  auto type = type_of(api, request);
  if (!type) return type.error();
  auto command = creating_command(**type, request);
  if (!command) return command.error();
  auto body = json_body(request);
  if (!body) return body.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed =
      assay::create_record(api.context(), *call, {(*type)->type, std::move(uuid), *command, std::move(*body)});
  if (!performed) return performed.error();
  return record_answer(api, request, (*type)->type, *performed);
}

/// The answer to who has the record as it is, for which the record itself need not be read.
std::optional<Response> unchanged(const Api& api, const Request& request, Snapshot& at) {
  if (!request.header("If-None-Match")) return {};
  auto type = type_of(api, request);
  if (!type) return {};
  const auto version = find_record_version(at, (*type)->type, request.parameter("id"), api.who().reader);
  if (!version) return {};
  const std::string etag = version_etag(*version);
  if (!none_match_holds(request, etag)) return {};
  return not_modified(etag);
}

}  // namespace

Result<Response> list_records(Api& api, const Request& request) {
  auto type = type_of(api, request);
  if (!type) return type.error();
  auto query = api.who().reader.client ? list_query(request, for_clients(**type)) : list_query(request, **type);
  if (!query) return query.error();
  const int limit = query->limit++;  // one more row tells whether there is a next page
  Snapshot at = api.context().store.read();
  auto rows = assay::list_records(at, *query, api.who().reader);
  const bool more = rows.size() > static_cast<std::size_t>(limit);
  if (more) api.who().reader.forget(rows.back().id);
  if (more) rows.resize(static_cast<std::size_t>(limit));

  std::size_t size = 256;
  for (const RecordRow& row : rows) size += row.body.size() + record_frame;
  std::string text;
  text.reserve(size);
  text += "{\"items\":[";
  WorkflowSetPtr set;
  const Definition* definition = nullptr;
  for (const RecordRow& row : rows) {
    if (!set || set->hash != row.workflow_set) definition = &definition_of(api, row, set);
    append_record_summary(text, row, *definition, api.who().reader);
    text += ',';
  }
  if (!rows.empty()) text.pop_back();
  std::string next = "null";
  if (more) next = Json(encode_cursor(position_after(rows.back(), *query))).dump();
  text.append("],\"next\":").append(next).append("}");
  Response response = json_text(std::move(text));
  if (more) add_next_link(response, request, position_after(rows.back(), *query));
  return response;
}

Result<Response> get_record(Api& api, const Request& request) {
  Snapshot at = api.context().store.read();
  if (auto same = unchanged(api, request, at)) return std::move(*same);
  auto row = record_of(api, request, at);
  if (!row) return row.error();
  const std::string etag = version_etag(row->version);
  WorkflowSetPtr set;
  const Definition& definition = definition_of(api, *row, set);
  foresee_seats(at, row->id);
  const auto links = links_from(at, row->id, api.who().reader);
  Response response = json_text(record_text(*row, definition, seats_of(at, row->id), links, api.who().reader));
  response.headers.add("ETag", etag);
  response.headers.add("Cache-Control", "private, no-cache");
  return response;
}

Result<Response> create_record(Api& api, const Request& request) { return create(api, request, {}); }

Result<Response> put_record(Api& api, const Request& request) {
  return create(api, request, std::string(request.parameter("id")));
}

}  // namespace assay::handlers
