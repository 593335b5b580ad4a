// Views: registers, logs and calendars that the workflows declare; and what awaits the person who asks.
#include <algorithm>

#include "commands/for_clients.h"
#include "commands/tasks.h"
#include "http/calendar_file.h"
#include "http/csv.h"
#include "http/handlers/handlers.h"
#include "http/list_query.h"
#include "http/listing.h"
#include "http/negotiation.h"
#include "http/records_path.h"
#include "http/view_table.h"
#include "storage/views.h"

namespace assay::handlers {
namespace {

constexpr std::string_view csv_media = "text/csv; charset=utf-8; header=present";
constexpr std::string_view calendar_media = "text/calendar; charset=utf-8";
constexpr int page_of_file = 200;
constexpr std::size_t rows_of_file = 10'000;

Date today_of(const Api& api) { return local_date(api.context().clock(), api.who().organisation.zone); }

Json columns_json(const ViewDefinition& view, std::string_view language) {
  Json all = Json::array();
  for (const ViewColumn& column : view.columns)
    all.push_back({{"name", column.name}, {"label", view_label(view, column.name, language)}});
  return all;
}

Json view_summary(const ViewDefinition& view, std::string_view language) {
  return {{"view", view.name},
          {"label", view_label(view, "", language)},
          {"types", view.types},
          {"columns", columns_json(view, language)},
          {"calendar", !view.from.empty()},
          {"href", "/api/v1/views/" + view.name}};
}

/// The states of the type that the view shows; none: it shows nothing of it.
std::vector<std::string> states_in(const ViewDefinition& view, const Definition& type) {
  std::vector<std::string> all;
  for (const auto& [name, state] : type.states) {
    const bool named = std::any_of(view.in.begin(), view.in.end(), [&](const std::string& entry) {
      return entry == name || (entry.starts_with('#') && state.groups.contains(entry.substr(1)));
    });
    if ((view.in.empty() || named) && !(view.open && state.end) && !(view.ended && !state.end)) all.push_back(name);
  }
  return all;
}

/// The types of the view, or those of them that `?type=` names.
Result<std::vector<const Definition*>> viewed_types(const Api& api, const Request& request,
                                                    const ViewDefinition& view) {
  std::vector<const Definition*> all;
  const auto asked = request.query_value("type");
  for (const auto& [name, type] : api.context().workflows->types) {
    const bool shown = view.types.empty() || std::find(view.types.begin(), view.types.end(), name) != view.types.end();
    if (shown && (!asked || *asked == name)) all.push_back(&type);
  }
  if (all.empty()) return invalid_query("?type", "is no record type of this view");
  return all;
}

/// A view whose nearest dates come first is of records that have such a date.
bool begins_with_a_date(const ViewDefinition& view, const Definition& type) {
  const auto field = type.fields.find(view.sort);
  if (view.descending || view.sort == "due" || field == type.fields.end() || !field->second.filter) return false;
  return field->second.schema.value("format", "") == "date";
}

/// A list for each type: the filters and the page of the request, and what the view itself says.
Result<std::vector<ListQuery>> queries_of(const Api& api, const Request& request, const ViewDefinition& view) {
  auto types = viewed_types(api, request, view);
  if (!types) return types.error();
  const std::string today = to_text(today_of(api));
  std::vector<ListQuery> queries;
  for (const Definition* type : *types) {
    ListQuery begin;
    begin.sort = view.sort;
    begin.descending = view.descending;
    auto query = api.who().reader.client ? list_query(request, for_clients(*type), std::move(begin))
                                         : list_query(request, *type, std::move(begin));
    if (!query) return query.error();
    query->conditions.push_back({"state", Condition::Is::equal, states_in(view, *type)});
    if (!view.past.empty()) {
      query->conditions.push_back({view.past, Condition::Is::less, {today}});
      if (view.past != "due") query->conditions.push_back({view.past, Condition::Is::greater, {""}});
    }
    if (begins_with_a_date(view, *type)) query->conditions.push_back({view.sort, Condition::Is::greater, {""}});
    queries.push_back(std::move(*query));
  }
  return queries;
}

struct Rows {
  std::vector<RecordRow> rows;
  std::optional<std::string> next = {};  // position
};

/// A page; `queries` are moved behind it.
Rows next_rows(Snapshot& at, std::vector<ListQuery>& queries, const Reader& reader, int limit) {
  for (ListQuery& query : queries) query.limit = limit + 1;
  Rows page{list_across(at, queries, reader)};
  if (page.rows.size() <= static_cast<std::size_t>(limit)) return page;
  reader.forget(page.rows.back().id);
  page.rows.pop_back();
  page.next = position_after(page.rows.back(), queries.front());
  for (ListQuery& query : queries) {
    query.after = sort_value(page.rows.back(), query);
    query.after_id = static_cast<std::int64_t>(page.rows.back().id);
  }
  return page;
}

Json row_json(const ViewDefinition& view, const ViewCells& row) {
  Json cells = Json::object();
  for (std::size_t i = 0; i < view.columns.size(); ++i) cells[view.columns[i].name] = row.cells[i];
  return {{"id", row.row.uuid},
          {"type", row.row.type},
          {"href", path_of(*row.definition, row.row.uuid)},
          {"cells", std::move(cells)}};
}

void append_csv_row(std::string& to, const ViewDefinition& view, const ViewCells& row, std::string_view language) {
  for (std::size_t i = 0; i < view.columns.size(); ++i) {
    if (i > 0) to += ',';
    const Json& cell = row.cells[i];
    if (cell.is_number()) {
      to += cell.dump();
    } else {
      append_csv_cell(to, cell_text(row, view.columns[i], cell, language));
    }
  }
  to += "\r\n";
}

void append_calendar_row(std::string& to, const ViewDefinition& view, const ViewCells& row, const Reader& reader,
                         std::string_view language) {
  CalendarEntry entry{row.row.uuid + "@assay", row.row.updated, {}, {}, {}};
  std::optional<Date> from, until;
  for (std::size_t i = 0; i < view.columns.size(); ++i) {
    const ViewColumn& column = view.columns[i];
    const std::string text = cell_text(row, column, row.cells[i], language);
    if (column.name == view.from) from = parse_date(text);
    if (column.name == view.to) until = parse_date(text);
    if (column.name == view.from || column.name == view.to || text.empty()) continue;
    entry.description += view_label(view, column.name, language) + ": " + text + "\n";
  }
  if (!from) return;  // nobody has set a day yet
  entry.from = *from;
  entry.to = until.value_or(*from);
  entry.summary = row.row.number + " " + title_for(row.row, *row.definition, reader);
  entry.cancelled = row.row.state == "cancelled";
  append_entry(to, entry);
}

/// All rows as one file, 10,000 at most; Link names the rest.
Response file_of(const Api& api, const Request& request, const ViewDefinition& view, std::vector<ListQuery>& queries,
                 bool calendar, std::string_view language) {
  const Reader& reader = api.who().reader;
  Snapshot at = api.context().store.read();
  std::string text;
  if (calendar) {
    begin_calendar(text, view_label(view, "", language));
  } else {
    for (const ViewColumn& column : view.columns) {
      if (!text.empty()) text += ',';
      append_csv_cell(text, view_label(view, column.name, language));
    }
    text += "\r\n";
  }
  std::optional<std::string> next;
  for (std::size_t count = 0; count < rows_of_file; count += page_of_file) {
    Rows page = next_rows(at, queries, reader, page_of_file);
    next = page.next;
    for (const ViewCells& row : view_cells(api, at, view, std::move(page.rows), language)) {
      if (calendar) {
        append_calendar_row(text, view, row, reader, language);
      } else {
        append_csv_row(text, view, row, language);
      }
    }
    if (!next) break;
  }
  if (calendar) end_calendar(text);
  Response response;
  response.content_type = calendar ? calendar_media : csv_media;
  response.headers.add("Content-Disposition",
                       "attachment; filename=\"" + view.name + (calendar ? ".ics" : ".csv") + "\"");
  if (next) add_next_link(response, request, *next);
  response.body = std::move(text);
  return response;
}

/// The commands that the record waits for and that this person may give by a role or by one of these seats.
Json awaited(const RecordRow& row, const Definition& type, const std::vector<std::string>& roles,
             const std::vector<SeatRow>& seats, PersonId person, std::string_view language) {
  Json all = Json::array();
  const Json fields = waits_by_fields(type, row.state) ? parse_stored(row.body) : Json::object();
  for (const std::string& name : awaited_in(type, row.state, fields)) {
    const auto& by = type.commands.at(name).by;
    const bool theirs = std::any_of(by.begin(), by.end(), [&](const std::string& who) {
      return std::find(roles.begin(), roles.end(), who) != roles.end() ||
             std::any_of(seats.begin(), seats.end(),
                         [&](const SeatRow& seat) { return seat.person == person && seat.seat == who; });
    });
    if (theirs) all.push_back({{"command", name}, {"label", label_of(type, "commands." + name, language)}});
  }
  return all;
}

/// The proposals that this person may confirm.
Json confirmable(const Task& task, const Definition& type, std::string_view language) {
  Json all = Json::array();
  for (const WaitingProposal& one : task.proposals) {
    all.push_back({{"id", one.uuid},
                   {"command", one.command},
                   {"label", label_of(type, "commands." + one.command, language)},
                   {"proposer", one.proposer},
                   {"at", to_text(one.at)}});
  }
  return all;
}

Result<TaskPage> task_page(const Request& request) {
  auto page = page_request(request);
  if (!page) return page.error();
  TaskPage result;
  result.limit = static_cast<int>(page->limit);
  if (!page->cursor) return result;
  const Json position = Json::parse(*page->cursor, nullptr, false);
  const bool ours =
      position.is_array() && position.size() == 2 && position[0].is_string() && position[1].is_number_integer();
  if (!ours) return invalid_query("?cursor", "does not belong to this list");
  result.after_due = position[0].get<std::string>();
  result.after_id = position[1].get<std::int64_t>();
  return result;
}

}  // namespace

Result<Response> list_views(Api& api, const Request& request) {
  auto page = key_page(request);
  if (!page) return page.error();
  const std::string language = language_of(api, request);
  std::vector<const ViewDefinition*> rows;
  for (const auto& [name, view] : api.context().workflows->views) rows.push_back(&view);
  const auto next = cut(rows, *page, [](const ViewDefinition* view) { return view->name; });
  Json all = Json::array();
  for (const ViewDefinition* view : rows) all.push_back(view_summary(*view, language));
  return list_answer(request, {{"items", std::move(all)}}, next);
}

Result<Response> get_view(Api& api, const Request& request) {
  const auto& views = api.context().workflows->views;
  const auto view = views.find(request.parameter("view"));
  if (view == views.end()) return refuse(Reason::not_found, "there is no such view");
  const std::string language = language_of(api, request);
  auto queries = queries_of(api, request, view->second);
  if (!queries) return queries.error();
  const std::string accept(request.header("Accept").value_or(""));
  const int json = accept.empty() ? 1001 : wanted_media(accept, media::json).weight;
  const int csv = wanted_media(accept, "text/csv").weight;
  const int calendar = view->second.from.empty() ? 0 : wanted_media(accept, "text/calendar").weight;
  if (std::max(csv, calendar) > json) return file_of(api, request, view->second, *queries, calendar > csv, language);
  if (json == 0) return refuse(Reason::malformed, "this view is no calendar: it has no first and last day");

  const int limit = queries->front().limit;
  Snapshot at = api.context().store.read();
  Rows page = next_rows(at, *queries, api.who().reader, limit);
  Json items = Json::array();
  for (const ViewCells& row : view_cells(api, at, view->second, std::move(page.rows), language))
    items.push_back(row_json(view->second, row));
  return list_answer(request, {{"columns", columns_json(view->second, language)}, {"items", std::move(items)}},
                     page.next);
}

Result<Response> list_tasks(Api& api, const Request& request) {
  auto page = task_page(request);
  if (!page) return page.error();
  const Principal& who = api.who();
  const std::string language = language_of(api, request);
  const int limit = page->limit++;
  Snapshot at = api.context().store.read();
  auto tasks = tasks_of(api.context(), at, who, *page);
  std::optional<std::string> next;
  if (tasks.size() > static_cast<std::size_t>(limit)) {
    who.reader.forget(tasks.back().record.id);
    tasks.pop_back();
    const RecordRow& last = tasks.back().record;
    next = Json::array({last.due ? to_text(*last.due) : std::string(no_deadline), static_cast<std::int64_t>(last.id)})
               .dump();
  }
  std::vector<RecordId> ids;
  for (const Task& task : tasks) ids.push_back(task.record.id);
  auto seats = seats_in_line(at, ids);
  const Date today = today_of(api);
  Json items = Json::array();
  for (const Task& task : tasks) {
    const RecordRow& row = task.record;
    WorkflowSetPtr set;
    const Definition& type = definition_of(api, row, set);
    items.push_back({{"id", row.uuid},
                     {"type", row.type},
                     {"number", row.number},
                     {"title", title_for(row, type, who.reader)},
                     {"state", row.state},
                     {"state_label", label_of(type, "states." + row.state, language)},
                     {"due", row.due ? Json(to_text(*row.due)) : Json(nullptr)},
                     {"overdue", row.due && *row.due < today},
                     {"href", path_of(type, row.uuid)},
                     {"commands", awaited(row, type, who.person.roles, seats[row.id], who.person.id, language)},
                     {"proposals", confirmable(task, type, language)}});
  }
  return list_answer(request, {{"items", std::move(items)}}, next);
}

}  // namespace assay::handlers
