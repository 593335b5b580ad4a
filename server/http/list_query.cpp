// From a request's query to a list query.
#include "http/list_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "domain/date_range.h"
#include "http/router.h"

namespace assay {
namespace {

// Each condition may join a table, and SQLite joins 64; each value is a parameter of the statement.
constexpr std::size_t condition_limit = 40, value_limit = 100, all_values_limit = 500;

const std::set<std::string_view> own_fields = {"state", "number", "due", "created", "updated"};
const std::set<std::string_view> own_sorts = {"number", "due", "created", "updated"};

bool is_filter_field(const Definition& definition, const std::string& name) {
  const auto field = definition.fields.find(name);
  return field != definition.fields.end() && field->second.filter;
}

/// Beside the record's own: a field that has one value. Of several none is the one to sort by.
bool is_sort_field(const Definition& definition, const std::string& name) {
  return is_filter_field(definition, name) &&
         definition.fields.at(name).schema.value("type", Json("string")) != "array";
}

/// Links and states are compared for equality only.
bool has_order(const Definition& definition, const std::string& field) {
  return field != "state" && !definition.links.contains(field);
}

/// What the route takes beside filters: the order and the page.
bool is_of_route(const Request& request, std::string_view name) {
  if (request.route == nullptr) return false;
  const auto& known = request.route->query;
  return std::any_of(known.begin(), known.end(), [&](const QueryItem& item) { return item.name == name; });
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const auto comma = text.find(',');
    parts.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

constexpr std::pair<std::string_view, Condition::Is> comparisons[] = {{"lt", Condition::Is::less},
                                                                      {"lte", Condition::Is::less_or_equal},
                                                                      {"gt", Condition::Is::greater},
                                                                      {"gte", Condition::Is::greater_or_equal}};

std::optional<Condition::Is> comparison(std::string_view suffix) {
  for (const auto& [name, is] : comparisons) {
    if (name == suffix) return is;
  }
  return {};
}

/// The names that a list of this type is filtered by, for a message.
std::string filters_of(const Definition& definition) {
  std::vector<std::string> names(own_fields.begin(), own_fields.end());
  for (const auto& [name, field] : definition.fields) {
    if (field.filter) names.push_back(name);
  }
  for (const auto& [name, link] : definition.links) names.push_back(name);
  return fmt::format("{}", fmt::join(names, ", "));
}

/// What is wrong with a value for this field, or nothing.
std::optional<std::string> flaw(const Definition& definition, const std::string& field, const std::string& value) {
  if (field == "state" && !definition.states.contains(value))
    return fmt::format("is no state of this type, which has {}", fmt::join(definition.state_order, ", "));
  if (field == "due") {
    const auto day = parse_date(value);
    if (!day) return "must be a date such as 2026-11-30";
    if (!is_in_range(*day)) return std::string(date_range_fault);
  }
  if ((field == "created" || field == "updated") && !parse_instant(value))
    return "must be a time such as 2026-11-30T08:00:00Z";
  if (definition.links.contains(field) && !is_uuid(value)) return "must be the id of a record";
  return {};
}

Result<Condition> condition_of(const Definition& definition, const Field& item) {
  const std::string pointer = "?" + std::string(item.name);
  const auto dot = item.name.rfind('.');
  Condition condition{std::string(item.name.substr(0, dot)), Condition::Is::equal, {}};
  if (dot != std::string_view::npos) {
    const auto is = comparison(item.name.substr(dot + 1));
    if (!is) return invalid_query(pointer, "must end in .lt, .lte, .gt or .gte");
    condition.is = *is;
  }
  const bool link = definition.links.contains(condition.field);
  if (!link && !own_fields.contains(condition.field) && !is_filter_field(definition, condition.field)) {
    return invalid_query(pointer, "this list cannot be filtered by it, but by " + filters_of(definition));
  }
  if (condition.is != Condition::Is::equal && !has_order(definition, condition.field)) {
    return invalid_query(pointer, "can only be compared for equality");
  }
  condition.values = condition.is == Condition::Is::equal ? split(item.value) : std::vector{std::string(item.value)};
  for (const auto& value : condition.values) {
    if (const auto wrong = flaw(definition, condition.field, value)) return invalid_query(pointer, *wrong);
  }
  return condition;
}

/// Two items of the same field mean any of their values. What is wrong with one more condition, or nothing.
std::optional<std::string> add(std::vector<Condition>& all, Condition one) {
  const auto same = std::find_if(
      all.begin(), all.end(), [&](const Condition& known) { return known.field == one.field && known.is == one.is; });
  if (same != all.end() && one.is != Condition::Is::equal) return "is given twice";
  if (same == all.end() && all.size() == condition_limit) return "is one filter too many: 40 are taken";
  std::size_t values = one.values.size() + (same == all.end() ? 0 : same->values.size());
  if (values > value_limit) return "must name at most 100 values";
  for (const Condition& other : all) {
    if (other.field != one.field || other.is != one.is) values += other.values.size();
  }
  if (values > all_values_limit) return "is too much: all filters together take 500 values";
  if (same == all.end())
    all.push_back(std::move(one));
  else
    same->values.insert(same->values.end(), one.values.begin(), one.values.end());
  return {};
}

Result<void> set_sort(const Definition& definition, std::string_view sort, ListQuery& query) {
  if (sort.starts_with('-')) {
    query.descending = true;
    sort.remove_prefix(1);
  }
  query.sort = std::string(sort);
  if (own_sorts.contains(sort) || is_sort_field(definition, query.sort)) return {};
  std::vector<std::string> sorts(own_sorts.begin(), own_sorts.end());
  for (const auto& [name, field] : definition.fields) {
    if (is_sort_field(definition, name)) sorts.push_back(name);
  }
  return invalid_query("?sort", fmt::format("this list cannot be sorted by it, but by {}", fmt::join(sorts, ", ")));
}

Result<void> set_page(const Request& request, ListQuery& query) {
  auto page = page_request(request);
  if (!page) return page.error();
  query.limit = static_cast<int>(page->limit);
  if (!page->cursor) return {};
  const Json position = Json::parse(*page->cursor, nullptr, false);
  const bool ours = position.is_array() && position.size() == 3 && position[0] == query.sort &&
                    position[1].is_string() && position[2].is_number_integer();
  if (!ours) return invalid_query("?cursor", "does not belong to this list");
  query.after = position[1].get<std::string>();
  query.after_id = position[2].get<std::int64_t>();
  return {};
}

}  // namespace

std::vector<FilterItem> filter_items(const Definition& definition) {
  std::vector<FilterItem> all;
  const auto add_field = [&](const std::string& field, const std::string& description) {
    all.push_back({field, description + "; several values by comma or repetition"});
    if (!has_order(definition, field)) return;
    for (const auto& [suffix, is] : comparisons) all.push_back({field + "." + std::string(suffix), description});
  };
  for (const std::string_view field : own_fields) add_field(std::string(field), "Filter by " + std::string(field));
  for (const auto& [name, link] : definition.links) add_field(name, "Id of the record that the link points at");
  for (const auto& [name, field] : definition.fields) {
    if (field.filter && !own_fields.contains(name)) add_field(name, "Filter by " + field.label);
  }
  return all;
}

Result<ListQuery> list_query(const Request& request, const Definition& definition, ListQuery begin) {
  ListQuery query = std::move(begin);
  query.type = definition.type;
  for (const Field& item : request.query) {
    if (is_of_route(request, item.name)) continue;
    auto condition = condition_of(definition, item);
    if (!condition) return condition.error();
    if (const auto wrong = add(query.conditions, std::move(*condition)))
      return invalid_query("?" + std::string(item.name), *wrong);
  }
  if (const auto sort = request.query_value("sort")) {
    if (auto fine = set_sort(definition, *sort, query); !fine) return fine.error();
  }
  if (auto fine = set_page(request, query); !fine) return fine.error();
  return query;
}

std::string position_after(const RecordRow& last, const ListQuery& query) {
  return Json::array({query.sort, sort_value(last, query), static_cast<std::int64_t>(last.id)}).dump();
}

}  // namespace assay
