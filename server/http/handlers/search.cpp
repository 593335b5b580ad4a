// Full-text search.
#include "storage/search.h"

#include "commands/for_clients.h"
#include "http/handlers/handlers.h"
#include "http/listing.h"
#include "http/records_path.h"
#include "http/representation.h"

namespace assay::handlers {
namespace {

/// The fields of the record as the reader may see them.
Json visible_fields(const RecordRow& row, const Definition& definition, const Reader& reader) {
  Json fields = parse_stored(row.body);
  if (reader.client) keep_from_clients(fields, definition);
  return fields;
}

/// Nothing where the words are in no text that the reader may see: the index alone lets nobody know of a record.
std::optional<Json> hit_json(const Api& api, const SearchHit& hit, const SearchQuery& query) {
  WorkflowSetPtr set;
  const Definition& definition = definition_of(api, hit.record, set);
  const Json fields = visible_fields(hit.record, definition, api.who().reader);
  std::vector<FieldText> texts;
  if (hit.item) {
    if (api.who().reader.client && is_for_clients(definition)) return {};
    texts = field_texts(*hit.item);
  } else {
    texts = field_texts(definition, fields);
    if (!hit.record.number.empty()) texts.push_back({"number", hit.record.number});
  }
  const auto found = snippet(texts, query);
  if (!found) return {};
  const auto title = fields.find(definition.title);
  const std::string path = path_of(definition, hit.record.uuid);
  Json item = nullptr;
  if (hit.item) {
    item = {{"id", hit.item->uuid},
            {"question", hit.item->question},
            {"subject", hit.item->subject},
            {"href", path + "/items/" + hit.item->uuid}};
  }
  return Json{{"type", hit.record.type},
              {"id", hit.record.uuid},
              {"number", hit.record.number},
              {"title", title != fields.end() && title->is_string() ? *title : Json("")},
              {"state", hit.record.state},
              {"href", path},
              {"item", std::move(item)},
              {"snippet",
               {{"field", found->field}, {"before", found->before}, {"match", found->match}, {"after", found->after}}}};
}

}  // namespace

Result<Response> search(Api& api, const Request& request) {
  auto page = id_page(request);
  if (!page) return page.error();
  const auto asked = request.query_value("q");
  if (!asked) return invalid_query("?q", "is required");
  SearchFor what;
  auto query = search_query(*asked);
  if (!query) return query.error();
  what.query = std::move(*query);
  if (const auto type = request.query_value("type")) {
    if (api.context().workflows->find(*type) == nullptr) return invalid_query("?type", "is no record type");
    what.type = *type;
  }
  what.before = page->after;
  what.limit = page->one_more();
  // What keeps the index from being written keeps nobody from reading.
  const auto complete = catch_up_search(api.context().store, api.service().search_catch_up);
  Snapshot at = api.context().store.read();
  auto hits = assay::search(at, what, api.who().reader);
  const Reader& reader = api.who().reader;
  if (hits.size() > page->limit) reader.forget(hits.back().record.id);
  const auto next = cut(hits, *page);
  Json items = Json::array();
  for (const SearchHit& hit : hits) {
    if (auto json = hit_json(api, hit, what.query)) {
      items.push_back(std::move(*json));
    } else {
      reader.forget(hit.record.id);
    }
  }
  return list_answer(request, {{"complete", complete && *complete}, {"items", std::move(items)}}, next);
}

}  // namespace assay::handlers
