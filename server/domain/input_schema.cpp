// The JSON Schema of a command's input, for forms and for programs that call the API.
#include <fmt/format.h>

#include <algorithm>

#include "domain/step.h"

namespace assay {
namespace {

constexpr int max_comment = 4000;

/// Puts the labels of `language` in place of the English ones: of members and of values, at the field itself or at its
/// elements. `path` is "FIELD" or "FIELD.MEMBER".
void label_inner(Json& schema, const Definition& definition, const std::string& path, std::string_view language) {
  if (schema.contains("items")) label_inner(schema["items"], definition, path, language);
  if (schema.contains("properties")) {
    for (auto& [name, member] : schema["properties"].items()) {
      const std::string inner = fmt::format("{}.{}", path, name);
      label_inner(member, definition, inner, language);
      member["title"] = label_of(definition, "members." + inner, language);
    }
  }
  const auto values = schema.find("enum");
  if (values == schema.end()) return;
  Json labels = Json::object();
  for (const Json& value : *values) {
    if (!value.is_string()) return;
    const auto& text = value.get_ref<const std::string&>();
    labels[text] = label_of(definition, fmt::format("enums.{}.{}", path, text), language);
  }
  schema["x-labels"] = std::move(labels);
}

Json field_schema(const Definition& definition, const FieldDefinition& field, std::string_view language) {
  Json schema = field.schema;
  label_inner(schema, definition, field.name, language);
  schema["title"] = label_of(definition, "fields." + field.name, language);
  if (!field.form.empty()) schema["x-form"] = field.form;
  return schema;
}

Json link_schema(const Definition& definition, const LinkDefinition& link, std::string_view language) {
  Json schema{{"type", "string"}, {"format", "uuid"}};
  if (link.many) schema = Json{{"type", "array"}, {"items", schema}, {"uniqueItems", true}};
  schema["title"] = label_of(definition, "links." + link.name, language);
  schema["x-link"] = link.to;
  return schema;
}

Json seat_schema(const Definition& definition, const SeatDefinition& seat, std::string_view language) {
  Json schema{{"type", "array"},
              {"items", {{"type", "string"}, {"format", "uuid"}, {"x-person", seat.left ? Json("ever") : Json(true)}}},
              {"uniqueItems", true}};
  if (seat.max > 0) schema["maxItems"] = seat.max;
  const char* section = seat.max == 1 || seat.label_plural.empty() ? "people." : "people_plural.";
  schema["title"] = label_of(definition, section + seat.name, language);
  schema["x-seat"] = seat.name;
  return schema;
}

std::string_view comment_label(std::string_view language) { return language == "de" ? "Bemerkung" : "Comment"; }

/// What a command asks because it adopts: where the record stood, under which number, since when.
void add_adoption(Json& properties, const Definition& definition, const Adoption& adopts, std::string_view language) {
  const bool german = language == "de";
  Json states = Json::array(), labels = Json::object();
  for (const std::string& state : definition.state_order) {
    if (!adopts.states.contains(state)) continue;
    states.push_back(state);
    labels[state] = label_of(definition, "states." + state, language);
  }
  properties["state"] = {{"type", "string"},
                         {"enum", std::move(states)},
                         {"x-labels", std::move(labels)},
                         {"x-needs", adopts.states},
                         {"title", german ? "Übernommen im Zustand" : "Adopted in the state"}};
  properties["number"] = {{"type", "string"},
                          {"minLength", 1},
                          {"maxLength", max_adopted_number},
                          {"title", german ? "Bisherige Nummer" : "Original number"}};
  properties["entered_on"] = {
      {"type", "string"}, {"format", "date"}, {"title", german ? "In diesem Zustand seit" : "In this state since"}};
}

}  // namespace

Json input_schema(const Definition& definition, const CommandDefinition& command, std::string_view language) {
  Json properties = Json::object();
  const auto add = [&](const std::string& name) {
    if (const auto field = definition.fields.find(name); field != definition.fields.end()) {
      properties[name] = field_schema(definition, field->second, language);
    } else if (const auto link = definition.links.find(name); link != definition.links.end()) {
      properties[name] = link_schema(definition, link->second, language);
    } else if (const auto seat = definition.people.find(name); seat != definition.people.end()) {
      properties[name] = seat_schema(definition, seat->second, language);
    }
  };
  for (const std::string& name : command.must) add(name);
  for (const std::string& name : command.may) add(name);
  Json order = command.must, required = command.must;
  for (const std::string& name : command.may) order.push_back(name);
  if (command.adopts) {
    add_adoption(properties, definition, *command.adopts, language);
    for (const char* name : {"state", "number", "entered_on"}) required.push_back(name);
    for (const char* name : {"entered_on", "number", "state"}) order.insert(order.begin(), name);
  }
  properties["comment"] = {{"type", "string"}, {"maxLength", max_comment}, {"title", comment_label(language)}};
  return {{"$schema", "http://json-schema.org/draft-07/schema#"},
          {"title", label_of(definition, "commands." + command.name, language)},
          {"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(required)},
          {"additionalProperties", false},
          {"x-order", std::move(order)}};
}

std::string_view input_schema_text(const Definition& definition, const CommandDefinition& command,
                                   std::string_view language) {
  auto found = command.schemas.find(language);
  if (found == command.schemas.end()) found = command.schemas.find("en");
  if (found == command.schemas.end()) return {};
  SchemaText& schema = *found->second;
  std::call_once(schema.made, [&] { schema.text = canonical(input_schema(definition, command, found->first)); });
  return schema.text;
}

}  // namespace assay
