// The catalogues that a record is pinned to, as they were stored when they were pinned: no plugin is needed to read
// them.
#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "commands/chosen_catalogues.h"
#include "http/checklist_record.h"
#include "http/etag.h"
#include "http/handlers/handlers.h"
#include "http/offered_catalogues.h"
#include "http/representation.h"
#include "storage/items.h"

namespace assay::handlers {
namespace {

/// For a translation, without which the pinned text is shown: its readers do not wait for a plugin that hangs.
constexpr std::chrono::seconds translation_patience{2};

struct CatalogueText {
  std::string hash, language, text;
};

/// What is stored under a hash that something names.
CatalogueText stored_catalogue(const Api& api, Snapshot& at, const std::string& hash) {
  auto text = find_catalogue(at, hash);
  const auto parsed = text ? api.service().catalogues.find(at, hash) : nullptr;
  if (!parsed) throw std::runtime_error("catalogue " + hash + " is missing");
  return {hash, parsed->content.at("language").get<std::string>(), std::move(*text)};
}

/// The catalogue in another language, if the package has it, is there and answers in time: what is pinned stays
/// readable without.
std::optional<CatalogueText> translation(const Api& api, const std::string& package, const std::string& id,
                                         const std::string& language) {
  if (!api.service().plugins.loaded()) return {};
  auto offered = api.service().offered.of_package(package, language, translation_patience);
  if (!offered) return {};
  for (OfferedCatalogue& one : *offered) {
    if (one.id == id && Json::parse(one.text).at("language") == Json(language))
      return CatalogueText{one.hash, language, std::move(one.text)};
  }
  return {};
}

Response catalogue_answer(const Request& request, CatalogueText catalogue) {
  const std::string etag = strong_etag(catalogue.hash);
  if (none_match_holds(request, etag)) return not_modified(etag);
  Response response = json_text(std::move(catalogue.text));
  response.headers.add("ETag", etag);
  response.headers.add("Content-Language", catalogue.language);
  response.headers.add("Cache-Control", "private, no-cache");
  return response;
}

}  // namespace

Result<Response> get_pinned_catalogue(Api& api, const Request& request) {
  CatalogueText pinned;
  std::string id, package;
  {
    Snapshot at = api.context().store.read();
    auto record = catalogue_record(api, request, at);
    if (!record) return record.error();
    const auto chosen = chosen_catalogues(Json::parse(record->body));
    if (chosen.empty()) return refuse(Reason::not_found, "no catalogue has been selected for this record");
    pinned = stored_catalogue(api, at, chosen.front().hash);
    id = chosen.front().id;
    package = chosen.front().package_hash;
  }
  // Only a language that is asked for by name: what a browser accepts is no reason to show another than the pinned one.
  const std::string language = language_of(api, request);
  if (request.query_value("lang") && language != pinned.language) {
    if (auto other = translation(api, package, id, language)) return catalogue_answer(request, std::move(*other));
  }
  return catalogue_answer(request, std::move(pinned));
}

Result<Response> list_pinned_catalogues(Api& api, const Request& request) {
  Snapshot at = api.context().store.read();
  auto record = catalogue_record(api, request, at);
  if (!record) return record.error();
  Json all = Json::array();
  for (const ChosenCatalogue& one : chosen_catalogues(Json::parse(record->body))) {
    all.push_back({{"plugin", one.plugin},
                   {"plugin_version", one.plugin_version},
                   {"package_hash", or_null(one.package_hash)},
                   {"catalogue", one.id},
                   {"version", one.version},
                   {"title", one.title},
                   {"sha256", one.hash}});
  }
  Response response = json_response({{"catalogues", std::move(all)}});
  response.headers.add("ETag", version_etag(record->version));
  return response;
}

Result<Response> get_catalogue_by_hash(Api& api, const Request& request) {
  Snapshot at = api.context().store.read();
  auto record = catalogue_record(api, request, at);
  if (!record) return record.error();
  const std::string hash(request.parameter("hash"));
  const auto chosen = chosen_catalogues(Json::parse(record->body));
  const bool is_chosen =
      std::any_of(chosen.begin(), chosen.end(), [&](const ChosenCatalogue& one) { return one.hash == hash; });
  if (!is_chosen && !has_item_of(at, record->id, hash))
    return refuse(Reason::not_found, "neither this record nor an item of it is pinned to a catalogue of this hash");
  return catalogue_answer(request, stored_catalogue(api, at, hash));
}

}  // namespace assay::handlers
