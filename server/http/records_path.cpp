// From a request's path to the record type and the record that it names.
#include "http/records_path.h"

#include "commands/records.h"
#include "http/representation.h"

namespace assay {

Result<const Definition*> type_of(const Api& api, const Request& request) {
  const Definition* type = api.context().workflows->find_plural(request.parameter("plural"));
  if (type == nullptr) return refuse(Reason::not_found, "there is nothing of this name");
  return type;
}

Result<RecordRow> record_of(const Api& api, const Request& request, Snapshot& at) {
  auto type = type_of(api, request);
  if (!type) return type.error();
  return visible_record(at, api.who(), (*type)->type, request.parameter("id"));
}

std::string path_of(const Definition& definition, std::string_view uuid) {
  return "/api/v1/" + definition.plural + "/" + std::string(uuid);
}

const Definition& definition_of(const Api& api, const RecordRow& row, WorkflowSetPtr& keep) {
  keep = api.context().store.workflow_set(row.workflow_set);
  if (!keep) throw std::runtime_error("workflow set " + row.workflow_set + " is missing");
  return keep->types.at(row.type);
}

void mark_repeated(Response& response, const Performed& performed) {
  if (performed.repeated) response.headers.add("Idempotent-Replayed", "true");
}

Result<Response> record_answer(const Api& api, const Request&, std::string_view type, const Performed& performed) {
  Snapshot at = api.context().store.read();
  auto row = visible_record(at, api.who(), type, performed.uuid);
  if (!row) {  // done, and with it this person's seat was given away
    Response response = no_content();
    mark_repeated(response, performed);
    return response;
  }
  WorkflowSetPtr set;
  const Definition& definition = definition_of(api, *row, set);
  foresee_seats(at, row->id);
  const auto links = links_from(at, row->id, api.who().reader);
  Response response =
      json_text(record_text(*row, definition, seats_of(at, row->id), links, api.who().reader), performed.status);
  response.headers.add("ETag", version_etag(row->version));
  if (performed.status == 201) response.headers.add("Location", path_of(definition, row->uuid));
  mark_repeated(response, performed);
  return response;
}

}  // namespace assay
