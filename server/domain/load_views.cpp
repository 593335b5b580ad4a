// Reads the views of a pack and their labels in other languages.
#include <fmt/format.h>

#include "domain/load_parts.h"

namespace assay {
namespace {

std::vector<ViewDay> days_of(const Place& place, std::string_view member) {
  std::vector<ViewDay> days;
  for (const Place& one : place.elements(member)) {
    if (!one.is_object()) continue;
    one.only({"path", "field", "plus", "when"});
    ViewDay day;
    day.path = one.names("path");
    day.field = one.text("field");
    for (const std::string& policy : one.names("plus")) day.plus.push_back(policy);
    if (one.find("when")) {
      for (const auto& [name, values] : one.members("when")) {
        if (values.is_list() && values.size() > 0) {
          day.when[name] = values.json();
        } else {
          values.flaw("must be a list of at least one value");
        }
      }
    }
    days.push_back(std::move(day));
  }
  return days;
}

ViewColumn column_of(const Place& place) {
  ViewColumn column;
  if (!place.is_object()) return column;
  place.only({"name", "label", "path", "field", "seats", "turn", "days_since", "first_of", "last_of"});
  column.name = place.text("name");
  column.label = place.text("label");
  column.path = place.names("path");
  column.field = place.text("field", false);
  column.seats = place.names("seats");
  column.turn = place.flag("turn");
  column.days_since = place.text("days_since", false);
  column.last_day = place.find("last_of").has_value();
  if (column.last_day || place.find("first_of")) column.days = days_of(place, column.last_day ? "last_of" : "first_of");
  if (column.last_day && place.find("first_of")) place.flaw("a column has `first_of` or `last_of`");
  const int said = (column.field.empty() ? 0 : 1) + (column.seats.empty() ? 0 : 1) + (column.turn ? 1 : 0) +
                   (column.days_since.empty() ? 0 : 1) + (column.days.empty() ? 0 : 1);
  if (said != 1) place.flaw("a column says one of `field`, `seats`, `turn`, `days_since`, `first_of` and `last_of`");
  return column;
}

void load_view(const Place& place, const std::string& name, WorkflowSet& set) {
  place.only({"label", "types", "in", "open", "ended", "past", "sort", "columns", "from", "to"});
  ViewDefinition view;
  view.name = name;
  view.source = place.file();
  view.label = place.text("label");
  view.types = place.names("types");
  view.in = place.names("in");
  view.open = place.flag("open");
  view.ended = place.flag("ended");
  if (view.open && view.ended) place.flaw("has `open` or `ended`");
  view.past = place.text("past", false);
  if (place.find("sort")) view.sort = place.text("sort");
  if (view.sort.starts_with('-')) {
    view.descending = true;
    view.sort.erase(0, 1);
  }
  for (const Place& column : place.elements("columns")) view.columns.push_back(column_of(column));
  if (view.columns.empty()) place.flaw("`columns` is missing: nothing would be shown");
  view.from = place.text("from", false);
  view.to = place.text("to", false);
  if (!set.views.emplace(name, std::move(view)).second) place.flaw("another pack has a view of this name");
}

}  // namespace

void load_views(const Place& file, WorkflowSet& set) {
  if (!file.is_object()) return;
  file.only({"views"});
  for (const auto& [name, place] : file.members("views")) {
    if (good_name(place, name) && place.is_object()) load_view(place, name, set);
  }
}

void load_view_labels(const Place& file, const std::string& language, WorkflowSet& set) {
  if (!file.is_object()) return;
  file.only({"views"});
  for (const auto& [name, place] : file.members("views")) {
    const auto view = set.views.find(name);
    if (view == set.views.end() || !place.is_object()) {
      place.flaw(fmt::format("there is no view `{}`", name));
      continue;
    }
    place.only({"label", "columns"});
    auto& labels = view->second.labels[language];
    labels[""] = place.text("label");
    for (const auto& [column, label] : place.members("columns")) {
      if (label.is_text()) labels[column] = label.text();
    }
  }
}

}  // namespace assay
