// Full-text search over records and the answers of their checklists, as a person may see them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/search_text.h"
#include "storage/items.h"
#include "storage/reader.h"
#include "storage/records.h"

namespace assay {

struct SearchHit {
  std::int64_t id;  // by which pages follow each other
  RecordRow record;
  std::optional<ItemRow> item = {};  // the answer that was found; none: the record itself
};

struct SearchFor {
  SearchQuery query;
  std::string type = {};    // of the records; empty: any
  std::int64_t before = 0;  // id of the last hit of the page before; 0: from the start
  int limit = 50;
};

/// The newest first; nothing is ranked. Of a record, and of the answers below it, for who sees the record in lists; a
/// client finds nothing by what is kept from clients.
std::vector<SearchHit> search(Snapshot& at, const SearchFor& what, const Reader& reader);

/// The texts of a checklist item that it is found by.
std::vector<FieldText> field_texts(const ItemRow& item);

/// Writes what the record, or the item of an audit, is found by from now on. In the transaction of the row.
void index_record(Connection& to, RecordId record, const SearchText& text);
void index_item(Connection& to, std::int64_t item, RecordId audit, const SearchText& text);
void drop_item_index(Connection& to, std::int64_t item);

/// Builds the index anew from the rows, within the transaction of the caller; how many records and items are in it.
std::int64_t rebuild_search(Connection& to);
/// The same unless the index was built by the rules of this release. Before anything else writes.
void prepare_search(Connection& to);

}  // namespace assay
