// Choosing a record's catalogue, adding further ones, taking those away, and moving to newer versions.
#include "commands/chosen_catalogues.h"

#include "commands/catalogue_move.h"
#include "http/checklist_record.h"
#include "http/etag.h"
#include "http/handlers/handlers.h"
#include "http/json_body.h"
#include "http/offered_catalogues.h"
#include "http/records_path.h"
#include "http/representation.h"

namespace assay::handlers {
namespace {

Result<void> chooses_catalogue(const Api& api, const Request& request) {
  Snapshot at = api.context().store.read();
  auto record = choosing_record(api, request, at);
  if (!record) return record.error();
  return {};
}

Result<Response> chosen_answer(const Api& api, const Request& request, const Performed& performed) {
  auto type = type_of(api, request);
  if (!type) return type.error();
  return record_answer(api, request, (*type)->type, performed);
}

/// The catalogue that the body names: {plugin, catalogue, language}.
Result<OfferedCatalogue> wished(const Api& api, const Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  if (auto known = only_members(*body, {"plugin", "catalogue", "language"}); !known) return known.error();
  auto plugin = need_text(*body, "plugin");
  if (!plugin) return plugin.error();
  auto catalogue = need_text(*body, "catalogue");
  if (!catalogue) return catalogue.error();
  auto language = text_member(*body, "language");
  if (!language) return language.error();
  return api.service().offered.find(*plugin, *catalogue, language->value_or(language_of(api, request)));
}

using Choice = Result<Performed> (*)(Context&, const Call&, std::string_view, const OfferedCatalogue&);

Result<Response> choose(Api& api, const Request& request, Choice choice) {
  if (auto chooses = chooses_catalogue(api, request); !chooses) return chooses.error();
  auto offered = wished(api, request);
  if (!offered) return offered.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed = choice(api.context(), *call, request.parameter("id"), *offered);
  if (!performed) return performed.error();
  return chosen_answer(api, request, *performed);
}

/// The catalogue as its plugin offers it now, in the same language.
Result<OfferedCatalogue> newest_catalogue(const Api& api, Snapshot& at, const ChosenCatalogue& chosen) {
  const auto pinned = api.service().catalogues.find(at, chosen.hash);
  if (!pinned) throw std::runtime_error("catalogue " + chosen.hash + " is missing");
  auto offered =
      api.service().offered.find(chosen.plugin, pinned->id, pinned->content.at("language").get<std::string>());
  if (!offered && offered.error().reason == Reason::not_found)
    return refuse(Reason::wrong_state, "the plugin that gave the audit's catalogue offers it no more");
  return offered;
}

Result<OfferedCatalogue> offered_for(const Api& api, const Request& request, std::string_view id) {
  Snapshot at = api.context().store.read();
  auto audit = checklist_record(api, request, at);
  if (!audit) return audit.error();
  auto chosen = chosen_catalogue(Json::parse(audit->body), id);
  if (!chosen) return chosen.error();
  return newest_catalogue(api, at, *chosen);
}

Json named(const ChosenCatalogue& chosen, const std::string& version) {
  return {{"plugin", chosen.plugin},
          {"plugin_version", chosen.plugin_version},
          {"package_hash", or_null(chosen.package_hash)},
          {"version", version},
          {"sha256", chosen.hash}};
}

}  // namespace

Result<Response> select_catalogue(Api& api, const Request& request) {
  return choose(api, request, &assay::select_catalogue);
}

Result<Response> add_catalogue(Api& api, const Request& request) { return choose(api, request, &assay::add_catalogue); }

Result<Response> remove_catalogue(Api& api, const Request& request) {
  if (auto chooses = chooses_catalogue(api, request); !chooses) return chooses.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed = assay::remove_catalogue(api.context(), *call, request.parameter("id"), request.parameter("hash"));
  if (!performed) return performed.error();
  Response response = no_content();
  mark_repeated(response, *performed);
  return response;
}

Result<Response> get_catalogue_move(Api& api, const Request& request) {
  Snapshot at = api.context().store.read();
  auto audit = checklist_record(api, request, at);
  if (!audit) return audit.error();
  auto chosen = chosen_catalogue(Json::parse(audit->body), request.query_value("catalogue").value_or(""));
  if (!chosen) return chosen.error();
  auto offered = newest_catalogue(api, at, *chosen);
  if (!offered) return offered.error();
  auto move = propose_move(api.service().catalogues, at, *audit, *offered);
  if (!move) return move.error();
  const Json to = {{"plugin", offered->plugin},
                   {"plugin_version", offered->plugin_version},
                   {"package_hash", offered->package_hash},
                   {"version", offered->version},
                   {"sha256", offered->hash}};
  const Json answers = {
      {"kept", move->kept}, {"review", move->reviewed}, {"changed", move->changed}, {"left", move->left}};
  Response response = json_response({{"catalogue", offered->id},
                                     {"from", named(*chosen, move->from->version)},
                                     {"to", to},
                                     {"questions", to_json(move->questions)},
                                     {"answers", answers}});
  response.headers.add("ETag", version_etag(audit->version));
  return response;
}

Result<Response> move_catalogue(Api& api, const Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  if (auto known = only_members(*body, {"to", "catalogue"}); !known) return known.error();
  auto to = need_text(*body, "to");
  if (!to) return to.error();
  auto catalogue = text_member(*body, "catalogue");
  if (!catalogue) return catalogue.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto before = performed_before(api.context(), *call);  // the plugin may offer another one by now
  if (!before) return before.error();
  if (*before) return chosen_answer(api, request, **before);
  auto offered = offered_for(api, request, catalogue->value_or(""));
  if (!offered) return offered.error();
  auto performed =
      assay::move_catalogue(api.context(), api.service().catalogues, *call, request.parameter("id"), *offered, *to);
  if (!performed) return performed.error();
  return chosen_answer(api, request, *performed);
}

}  // namespace assay::handlers
