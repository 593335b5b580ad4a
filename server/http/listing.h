// Lists in pages: where a page begins, where it ends, and how it is told.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/json.h"
#include "http/page.h"

namespace assay {

/// A page of a list whose rows are in the order of their internal ids.
struct IdPage {
  std::size_t limit = page_limit_default;
  std::int64_t after = 0;  // id of the last row of the page before; 0: from the start

  int one_more() const { return static_cast<int>(limit) + 1; }  // rows to ask for: one tells whether there is a next
};
/// As page_request(); also malformed for a cursor of another kind of list.
Result<IdPage> id_page(const Request& request);

/// Cuts `rows` to the page; the position of the next page, if there is one.
template <class Row>
std::optional<std::string> cut(std::vector<Row>& rows, const IdPage& page) {
  if (rows.size() <= page.limit) return {};
  rows.resize(page.limit);
  return std::to_string(static_cast<std::int64_t>(rows.back().id));
}

/// A page of a list that is at hand as a whole, in the order of texts that differ from row to row.
struct KeyPage {
  std::size_t limit = page_limit_default;
  std::optional<std::string> after = {};  // text of the last row of the page before
};
/// As id_page().
Result<KeyPage> key_page(const Request& request);

/// Sorts `rows` by `key_of`, a function from a row to its text, and cuts out the page; the position of the next page,
/// if there is one.
template <class Row, class KeyOf>
std::optional<std::string> cut(std::vector<Row>& rows, const KeyPage& page, const KeyOf& key_of) {
  std::sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) { return key_of(a) < key_of(b); });
  const auto begin =
      std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return !page.after || key_of(row) > *page.after; });
  rows.erase(rows.begin(), begin);
  if (rows.size() <= page.limit) return {};
  rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(page.limit), rows.end());
  return Json(key_of(rows.back())).dump();
}

/// `answer`, an object with the rows of the page, with `next`: the cursor of the next page or null, and as Link.
Response list_answer(const Request& request, Json answer, const std::optional<std::string>& next_position);

}  // namespace assay
