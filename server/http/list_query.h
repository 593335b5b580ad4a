// From a request's query to a list query: filters, sort order and page, each checked against the type.
#pragma once

#include <string>
#include <vector>

#include "domain/definition.h"
#include "http/page.h"
#include "http/request.h"
#include "storage/records.h"

namespace assay {

/// `?state=issued,draft&due.lte=2026-12-31&grade=major&sort=-due&limit=50&cursor=...`: several values of a filter, by
/// comma or repetition, mean any of them (at most 100; 500 in all filters, which are at most 40); `.lt .lte .gt .gte`
/// compare, each once for a field. What may be filtered and sorted by: state,
/// number, due, created, updated, the type's links (by id) and its x-filter fields; anything else is `malformed` with
/// the query item as pointer.
/// `begin` gives the order while the query says nothing of it.
Result<ListQuery> list_query(const Request& request, const Definition& definition, ListQuery begin = {});

/// A filter as it is written in the query.
struct FilterItem {
  std::string name;  // "due.lte"
  std::string description;
};
/// All filters that list_query() takes for records of the type: each may be given several times.
std::vector<FilterItem> filter_items(const Definition& definition);

/// What the next page's cursor holds: the sort value and the id of the last row.
std::string position_after(const RecordRow& last, const ListQuery& query);

}  // namespace assay
