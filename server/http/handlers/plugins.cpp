// Plugins and the catalogues that they offer.
#include <iterator>

#include "http/etag.h"
#include "http/handlers/handlers.h"
#include "http/listing.h"
#include "http/offered_catalogues.h"
#include "ledger/digest.h"

namespace assay::handlers {
namespace {

Json catalogue_json(const OfferedCatalogue& catalogue) {
  return {
      {"plugin", catalogue.plugin},   {"catalogue", catalogue.id},
      {"version", catalogue.version}, {"title", catalogue.title},
      {"sha256", catalogue.hash},     {"href", "/api/v1/plugins/" + catalogue.plugin + "/catalogues/" + catalogue.id}};
}

}  // namespace

Result<Response> list_plugins(Api& api, const Request& request) {
  auto page = key_page(request);
  if (!page) return page.error();
  const std::string language = language_of(api, request);
  std::vector<PluginStatus> rows = api.service().plugins.list();
  const std::vector<PluginStatus>& absent = api.service().absent_plugins;
  rows.insert(rows.end(), absent.begin(), absent.end());
  const auto next =
      cut(rows, *page, [](const PluginStatus& plugin) { return plugin.id + "\n" + plugin.folder.string(); });
  Json all = Json::array();
  const bool administrator = api.who().reader.administrator;
  for (const PluginStatus& status : rows) all.push_back(to_json(status, language, administrator));
  return list_answer(request, {{"items", std::move(all)}}, next);
}

Result<Response> list_catalogues(Api& api, const Request& request) {
  auto page = key_page(request);
  if (!page) return page.error();
  const std::string language = language_of(api, request);
  std::vector<OfferedCatalogue> rows;
  for (const Plugin* plugin : api.service().plugins.implementing("checklist/1")) {
    auto offered = api.service().offered.of(plugin->manifest().id, language);
    const bool broken =
        !offered && (offered.error().reason == Reason::plugin_failed || offered.error().reason == Reason::overloaded);
    if (broken) continue;  // its fault is not that of the others
    if (!offered) return offered.error();
    rows.insert(rows.end(), std::make_move_iterator(offered->begin()), std::make_move_iterator(offered->end()));
  }
  const auto next = cut(rows, *page, [](const OfferedCatalogue& one) { return one.plugin + "\n" + one.id; });
  Json all = Json::array();
  for (const OfferedCatalogue& catalogue : rows) all.push_back(catalogue_json(catalogue));
  return list_answer(request, {{"items", std::move(all)}}, next);
}

Result<Response> get_catalogue(Api& api, const Request& request) {
  auto catalogue = api.service().offered.find(std::string(request.parameter("plugin")),
                                              std::string(request.parameter("catalogue")), language_of(api, request));
  if (!catalogue) return catalogue.error();
  const std::string etag = strong_etag(catalogue->hash);
  if (none_match_holds(request, etag)) return not_modified(etag);
  Response response = json_text(std::move(catalogue->text));
  response.headers.add("ETag", etag);
  response.headers.add("Cache-Control", "private, no-cache");
  return response;
}

}  // namespace assay::handlers
