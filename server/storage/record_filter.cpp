// The side table behind filters and sorting.
#include "storage/record_filter.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <set>

namespace assay {
namespace {

/// Numbers as 16 hex digits: the bits of a double, turned so that they sort.
std::string encoded_number(double number) {
  const auto bits = std::bit_cast<std::uint64_t>(number == 0 ? 0.0 : number);
  constexpr std::uint64_t sign = std::uint64_t{1} << 63;
  return fmt::format("{:016x}", (bits & sign) != 0 ? ~bits : bits | sign);
}

std::string encoded(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number()) return encoded_number(value.get<double>());
  return {};
}

void put(Connection& to, RecordId record, OrganisationId organisation, const Definition& definition,
         const std::string& field, const Json& value) {
  for (const auto& one : encoded_values(value)) {
    to.send(
        "INSERT INTO record_filter (record, field, value, organisation, type)"
        " VALUES (:record, :field, :value, :organisation, :type) ON CONFLICT DO NOTHING",
        with("record", record), with("field", field), with("value", one), with("organisation", organisation),
        with("type", definition.type));
  }
}

}  // namespace

std::vector<std::string> encoded_values(const Json& value) {
  if (!value.is_array() || value.empty()) return {encoded(value)};
  std::vector<std::string> all;
  for (const auto& element : value) all.push_back(encoded(element));
  return all;
}

std::optional<std::string> encoded_query_value(const FieldDefinition& field, std::string_view text) {
  const auto type = field.schema.value("type", Json("string"));
  if (type == "boolean") {
    if (text == "true" || text == "false") return std::string(text);
    return {};
  }
  if (type != "number" && type != "integer") return std::string(text);
  if (text.empty()) return std::string();  // sort position of a record without a value
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return encoded_number(number);
}

std::vector<RecordId> records_with(Connection& from, OrganisationId organisation, std::string_view type,
                                   std::string_view field, const Json& value) {
  std::set<RecordId> found;
  for (const std::string& one : encoded_values(value)) {
    for (const auto& [id] : from.all<RecordId>(
             "SELECT record FROM record_filter WHERE organisation = :organisation AND type = :type"
             " AND field = :field AND value = :value ORDER BY record",
             with("organisation", organisation), with("type", type), with("field", field), with("value", one))) {
      found.insert(id);
    }
  }
  return {found.begin(), found.end()};
}

void project_filters(Connection& to, RecordId record, OrganisationId organisation, const Definition& definition,
                     const Json& set, bool created) {
  for (const auto& [name, field] : definition.fields) {
    if (!field.filter) continue;
    const auto given = set.find(name);
    if (given == set.end() && !created) continue;
    if (!created) {
      to.send("DELETE FROM record_filter WHERE record = :record AND field = :field", with("record", record),
              with("field", name));
    }
    put(to, record, organisation, definition, name, given == set.end() ? Json() : *given);
  }
}

}  // namespace assay
