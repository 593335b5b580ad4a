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

/// The index follows the log: brings what the next `most` events have changed into it or, when it is built anew and
/// there are fewer, what the next rows hold; how many events and rows there were, none at the end. Within the
/// transaction of the caller.
std::int64_t index_changed(Connection& to, std::int64_t most);
/// The same in transactions of their own, for at most `most` events and rows. Whether whoever searches afterwards finds
/// all that was committed before the call. Refuses as Store::write() does.
Result<bool> catch_up_search(Store& store, std::int64_t most);
/// The same until nothing is left, rows included.
Result<void> build_search(Store& store);

/// Takes what the record and the answers below it are found by out of the index. Within the transaction of the caller.
void forget_found(Connection& to, RecordId record);

/// Empties the index, so that it is built anew. Within the transaction of the caller.
void reset_search(Connection& to);
/// The same when the index was made by the rules of another release. Before anything else writes.
void prepare_search(Connection& to);

}  // namespace assay
