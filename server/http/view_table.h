// The cells of a view: what its columns say of each record, as far as the reader may know it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/api.h"
#include "storage/records.h"

namespace assay {

/// A row of a view.
struct ViewCells {
  RecordRow row;
  WorkflowSetPtr set;            // to which the record is pinned
  const Definition* definition;  // of it
  std::vector<Json> cells;       // one a column; null where there is nothing, or nothing for the reader
};

/// Reads what the rows need beside themselves with a few questions for all of them: links, seats, names.
std::vector<ViewCells> view_cells(const Api& api, Snapshot& at, const ViewDefinition& view, std::vector<RecordRow> rows,
                                  std::string_view language);

/// A cell as text for people: labels for states, types and enumerations, lists by semicolons.
std::string cell_text(const ViewCells& row, const ViewColumn& column, const Json& cell, std::string_view language);

/// The label of the view (empty column) or of one of its columns.
std::string view_label(const ViewDefinition& view, const std::string& column, std::string_view language);

/// The title of a record, as far as the reader may know it.
std::string title_for(const RecordRow& row, const Definition& definition, const Reader& reader);

}  // namespace assay
