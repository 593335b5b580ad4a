// Commands on a record: what a person may do now, doing it, and confirming what waits for a second person.
#include "commands/for_clients.h"
#include "commands/records.h"
#include "http/handlers/handlers.h"
#include "http/json_body.h"
#include "http/listing.h"
#include "http/records_path.h"
#include "http/representation.h"

namespace assay::handlers {
namespace {

Result<Json> body_or_empty(const Request& request) {
  if (request.body.empty()) return Result<Json>(boost::system::in_place_value, Json::object());
  auto body = json_body(request);
  if (body && !body->is_object()) return invalid_field("", "must be an object");
  return body;
}

Result<RecordCommand> command_of(const Api& api, const Request& request) {
  auto type = type_of(api, request);
  if (!type) return type.error();
  auto input = body_or_empty(request);
  if (!input) return input.error();
  return RecordCommand{(*type)->type, std::string(request.parameter("id")), std::string(request.parameter("command")),
                       std::move(*input)};
}

}  // namespace

Result<Response> list_commands(Api& api, const Request& request) {
  Snapshot at = api.context().store.read();
  auto row = record_of(api, request, at);
  if (!row) return row.error();
  const std::string language = language_of(api, request);
  auto all = offers_for(api.context(), at, api.who(), *row, language);
  if (!all) return all.error();
  WorkflowSetPtr set;
  const Definition& definition = definition_of(api, *row, set);
  const auto only = request.query_value("command");
  if (only && !definition.commands.contains(std::string(*only)))
    return invalid_query("?command", "is no command of this type");
  std::size_t size = 256;
  for (const Offer& offer : *all) size += offer.input().size() + offer_frame;
  std::string text;
  text.reserve(size);
  text += "{\"version\":" + std::to_string(row->version) + ",\"state\":" + Json(row->state).dump() + ",\"commands\":[";
  for (const Offer& offer : *all) {
    if (only && offer.command->name != *only) continue;
    append_offer(text, offer, *set, definition, language);
    text += ',';
  }
  if (text.back() == ',') text.pop_back();
  text += "]}";
  Response response = json_text(std::move(text));
  response.headers.add("Content-Language", language);
  return response;
}

Result<Response> command_record(Api& api, const Request& request) {
  auto command = command_of(api, request);
  if (!command) return command.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed = assay::command_record(api.context(), *call, *command);
  if (!performed) return performed.error();
  return record_answer(api, request, command->type, *performed);
}

Result<Response> list_proposals(Api& api, const Request& request) {
  auto page = key_page(request);
  if (!page) return page.error();
  Snapshot at = api.context().store.read();
  auto row = record_of(api, request, at);
  if (!row) return row.error();
  WorkflowSetPtr set;
  const Definition& definition = definition_of(api, *row, set);
  auto rows = open_proposals(at, row->id);
  const auto next = cut(rows, *page, [](const ProposalRow& one) { return to_text(one.at) + one.uuid; });
  Json all = Json::array();
  for (const ProposalRow& proposal : rows) {
    const auto proposer = find_person(at, proposal.proposer);
    Json json = proposal_json(proposal, proposer ? proposer->uuid : std::string());
    if (api.who().reader.client) keep_from_clients(json["input"], definition);
    all.push_back(std::move(json));
  }
  return list_answer(request, {{"proposals", std::move(all)}, {"version", row->version}}, next);
}

Result<Response> confirm_proposal(Api& api, const Request& request) {
  auto type = type_of(api, request);
  if (!type) return type.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed = assay::confirm_proposal(api.context(), *call, (*type)->type, request.parameter("id"),
                                           request.parameter("proposal"));
  if (!performed) return performed.error();
  return record_answer(api, request, (*type)->type, *performed);
}

Result<Response> decline_proposal(Api& api, const Request& request) {
  auto type = type_of(api, request);
  if (!type) return type.error();
  auto body = body_or_empty(request);
  if (!body) return body.error();
  if (auto known = only_members(*body, {"comment"}); !known) return known.error();
  auto comment = text_member(*body, "comment");
  if (!comment) return comment.error();
  if (*comment && (*comment)->size() > 4000) return invalid_field("/comment", "must have at most 4000 bytes");
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed = assay::decline_proposal(api.context(), *call, (*type)->type, request.parameter("id"),
                                           request.parameter("proposal"), comment->value_or(""));
  if (!performed) return performed.error();
  return record_answer(api, request, (*type)->type, *performed);
}

Result<Response> list_links(Api& api, const Request& request) {
  auto page = key_page(request);
  if (!page) return page.error();
  Snapshot at = api.context().store.read();
  auto row = record_of(api, request, at);
  if (!row) return row.error();
  WorkflowSetPtr set;
  const Definition& definition = definition_of(api, *row, set);
  auto rows = links_of(at, row->id, api.who().reader, *set);
  const Reader& reader = api.who().reader;
  for (const LinkRow& link : rows) reader.forget(link.id);  // until it is on the page
  const auto points_here = [&](const LinkRow& link) { return !definition.links.contains(link.name); };
  const auto next = cut(rows, *page, [&](const LinkRow& link) {
    return (points_here(link) ? "in " : "from ") + link.name + " " + link.uuid;  // its own come first
  });
  Json all = Json::array();
  for (const LinkRow& link : rows) {
    reader.note(link.id);
    Json json = link_json(link, points_here(link));
    if (const Definition* other = api.context().workflows->find(link.type)) json["href"] = path_of(*other, link.uuid);
    all.push_back(std::move(json));
  }
  return list_answer(request, {{"links", std::move(all)}}, next);
}

}  // namespace assay::handlers
