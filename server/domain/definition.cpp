// A record type as data: look-ups, labels and numbers.
#include "domain/definition.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>

namespace assay {
namespace {

/// The member of nested objects that a dotted path names; null when there is none.
const Json* member_at(const Json& tree, std::string_view path) {
  const Json* at = &tree;
  while (!path.empty()) {
    const auto dot = path.find('.');
    if (!at->is_object()) return nullptr;
    const auto found = at->find(std::string(path.substr(0, dot)));
    if (found == at->end()) return nullptr;
    at = &*found;
    path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
  }
  return at;
}

template <class Map>
std::string own_label(const Map& things, std::string_view name) {
  const auto found = things.find(std::string(name));
  return found == things.end() ? std::string{} : found->second.label;
}

/// The schema itself, or that of the elements of a list.
const Json& element_of(const Json& schema) {
  const auto items = schema.find("items");
  return items == schema.end() ? schema : element_of(*items);
}

/// The schema of a field ("grade") or of a member of it or of its elements ("sessions.mode"); null when there is none.
const Json* schema_at(const Definition& definition, std::string_view path) {
  const auto dot = path.find('.');
  const auto field = definition.fields.find(std::string(path.substr(0, dot)));
  if (field == definition.fields.end()) return nullptr;
  const Json* at = &element_of(field->second.schema);
  for (path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1); !path.empty();) {
    const auto end = path.find('.');
    const auto properties = at->find("properties");
    if (properties == at->end()) return nullptr;
    const auto member = properties->find(std::string(path.substr(0, end)));
    if (member == properties->end()) return nullptr;
    at = &element_of(*member);
    path = end == std::string_view::npos ? std::string_view{} : path.substr(end + 1);
  }
  return at;
}

std::string member_label(const Definition& definition, std::string_view path) {
  const Json* schema = schema_at(definition, path);
  return schema ? schema->value("title", std::string{}) : std::string{};
}

/// Of "FIELD.VALUE" or "FIELD.MEMBER.VALUE".
std::string enum_label(const Definition& definition, std::string_view path) {
  const auto dot = path.rfind('.');
  if (dot == std::string_view::npos) return {};
  const Json* schema = schema_at(definition, path.substr(0, dot));
  if (!schema || !schema->contains("x-labels")) return {};
  return schema->at("x-labels").value(std::string(path.substr(dot + 1)), std::string{});
}

/// Of "FIELD.LINE".
std::string prefill_label(const Definition& definition, std::string_view path) {
  const auto dot = path.find('.');
  const auto field = definition.fields.find(std::string(path.substr(0, dot)));
  if (dot == std::string_view::npos || field == definition.fields.end()) return {};
  const PrefillLine* line = find_line(field->second, path.substr(dot + 1));
  return line ? line->label : std::string{};
}

/// The paths of what a schema says about its members and values.
void add_inner_paths(const Json& schema, const std::string& path, std::vector<std::string>& paths) {
  const Json& element = element_of(schema);
  if (const auto labels = element.find("x-labels"); labels != element.end()) {
    for (const auto& [value, label] : labels->items()) paths.push_back(fmt::format("enums.{}.{}", path, value));
  }
  const auto properties = element.find("properties");
  if (properties == element.end()) return;
  for (const auto& [name, member] : properties->items()) {
    paths.push_back(fmt::format("members.{}.{}", path, name));
    add_inner_paths(member, fmt::format("{}.{}", path, name), paths);
  }
}

std::string english(const Definition& definition, std::string_view path) {
  if (path == "label") return definition.label;
  if (path == "label_plural") return definition.label_plural;
  const auto dot = path.find('.');
  if (dot == std::string_view::npos) return {};
  const auto section = path.substr(0, dot), name = path.substr(dot + 1);
  if (section == "fields") return own_label(definition.fields, name);
  if (section == "states") return own_label(definition.states, name);
  if (section == "commands") return own_label(definition.commands, name);
  if (section == "links") return own_label(definition.links, name);
  if (section == "people") return own_label(definition.people, name);
  if (section == "people_plural") {
    const auto seat = definition.people.find(std::string(name));
    return seat == definition.people.end() ? std::string{} : seat->second.label_plural;
  }
  if (section == "prefill") return prefill_label(definition, name);
  if (section == "timers") return own_label(definition.timers, name);
  if (section == "members") return member_label(definition, name);
  if (section == "enums") return enum_label(definition, name);
  return {};
}

template <class Map>
void add_paths(const Map& things, std::string_view section, std::vector<std::string>& paths) {
  for (const auto& [name, thing] : things) {
    if (!thing.label.empty()) paths.push_back(fmt::format("{}.{}", section, name));
  }
}

}  // namespace

const PrefillLine* find_line(const FieldDefinition& field, std::string_view name) {
  for (const PrefillLine& line : field.prefill) {
    if (line.name == name) return &line;
    for (const PrefillLine& count : line.with) {
      if (count.name == name) return &count;
    }
  }
  return nullptr;
}

bool is_for_clients(const Definition& definition) {
  return std::any_of(definition.states.begin(), definition.states.end(),
                     [](const auto& state) { return state.second.client; });
}

bool meets(const Json& when, const Json& fields) {
  for (const auto& [field, values] : when.items()) {
    const auto found = fields.find(field);
    const Json value = found == fields.end() ? Json() : *found;
    if (std::find(values.begin(), values.end(), value) == values.end()) return false;
  }
  return true;
}

bool waits_by_fields(const Definition& definition, const std::string& state) {
  const auto found = definition.states.find(state);
  return found != definition.states.end() && std::any_of(found->second.next.begin(), found->second.next.end(),
                                                         [](const NextCommand& next) { return !next.when.empty(); });
}

std::vector<std::string> awaited_in(const Definition& definition, const std::string& state, const Json& fields) {
  std::vector<std::string> all;
  const auto found = definition.states.find(state);
  if (found == definition.states.end()) return all;
  for (const NextCommand& next : found->second.next) {
    const bool told = std::find(all.begin(), all.end(), next.command) != all.end();
    if (!told && meets(next.when, fields)) all.push_back(next.command);
  }
  return all;
}

std::set<std::string> turn_in(const Definition& definition, const std::string& state, const Json& fields) {
  std::set<std::string> all;
  for (const std::string& name : awaited_in(definition, state, fields)) {
    const auto& by = definition.commands.at(name).by;
    all.insert(by.begin(), by.end());
  }
  return all;
}

bool waits_for_seats_above(const Definition& definition) {
  if (definition.parent() == nullptr) return false;
  for (const auto& [name, state] : definition.states) {
    for (const NextCommand& next : state.next) {
      const auto& by = definition.commands.at(next.command).by;
      // A role, perhaps, which does no harm.
      if (std::any_of(by.begin(), by.end(), [&](const auto& who) { return !definition.people.contains(who); }))
        return true;
    }
  }
  return false;
}

bool is_day(const Json& value) { return value.is_object() && value.contains("day"); }

bool is_elsewhere(const Json& value) { return value.is_object() && value.contains("at"); }

bool is_some(const Json& value) { return value.is_object() && value.contains("some"); }

bool is_choice(const Json& value) { return value.is_object() && value.contains("choose"); }

bool is_calculated(const Json& value) { return value.is_object() && value.contains("calculate"); }

const LinkDefinition* Definition::parent() const {
  for (const auto& [name, link] : links) {
    if (link.parent) return &link;
  }
  return nullptr;
}

const Definition* WorkflowSet::find(std::string_view type) const {
  const auto found = types.find(std::string(type));
  return found == types.end() ? nullptr : &found->second;
}

const Definition* WorkflowSet::find_plural(std::string_view plural) const {
  for (const auto& [type, definition] : types) {
    if (definition.plural == plural) return &definition;
  }
  return nullptr;
}

const LinkDefinition* WorkflowSet::back_link(std::string_view type, std::string_view back,
                                             const Definition** from) const {
  for (const auto& [name, definition] : types) {
    for (const auto& [link_name, link] : definition.links) {
      if (link.to != type || link.back != back) continue;
      if (from) *from = &definition;
      return &link;
    }
  }
  return nullptr;
}

bool WorkflowSet::counts_by_grant(std::string_view role) const {
  const auto known = roles.find(std::string(role));
  if (known == roles.end() || known->second.side != "outside") return false;
  return std::any_of(types.begin(), types.end(), [](const auto& type) { return type.second.grants.has_value(); });
}

const std::string& PolicyDefinition::label_in(std::string_view language) const {
  const auto found = words.find(language);
  return found == words.end() ? label : found->second.label;
}

const std::string& PolicyDefinition::source_in(std::string_view language) const {
  const auto found = words.find(language);
  return found == words.end() || found->second.source.empty() ? source : found->second.source;
}

const std::string& PolicyDefinition::option_in(const std::string& option, std::string_view language) const {
  const auto found = words.find(language);
  return found == words.end() ? options.at(option) : found->second.options.at(option);
}

const std::string& PolicyDefinition::preset_in(const std::string& preset, std::string_view language) const {
  const auto found = words.find(language);
  return found == words.end() ? preset : found->second.presets.at(preset);
}

std::string label_of(const Definition& definition, std::string_view path, std::string_view language) {
  if (const auto tree = definition.labels.find(std::string(language)); tree != definition.labels.end()) {
    const Json* label = member_at(tree->second, path);
    if (label && label->is_string()) return label->get<std::string>();
  }
  if (std::string label = english(definition, path); !label.empty()) return label;
  const auto dot = path.rfind('.');
  return std::string(dot == std::string_view::npos ? path : path.substr(dot + 1));
}

std::vector<std::string> missing_labels(const Definition& definition, std::string_view language) {
  std::vector<std::string> paths{"label", "label_plural"};
  add_paths(definition.fields, "fields", paths);
  add_paths(definition.states, "states", paths);
  add_paths(definition.commands, "commands", paths);
  add_paths(definition.links, "links", paths);
  add_paths(definition.people, "people", paths);
  add_paths(definition.timers, "timers", paths);
  for (const auto& [name, seat] : definition.people) {
    if (!seat.label_plural.empty()) paths.push_back(fmt::format("people_plural.{}", name));
  }
  for (const auto& [name, field] : definition.fields) {
    add_inner_paths(field.schema, name, paths);
    for (const PrefillLine& line : field.prefill) {
      paths.push_back(fmt::format("prefill.{}.{}", name, line.name));
      for (const PrefillLine& count : line.with) paths.push_back(fmt::format("prefill.{}.{}", name, count.name));
    }
  }
  const auto tree = definition.labels.find(std::string(language));
  if (tree == definition.labels.end()) return paths;
  std::erase_if(paths, [&](const std::string& path) {
    const Json* label = member_at(tree->second, path);
    return label && label->is_string();
  });
  return paths;
}

std::string number_of(std::string_view pattern, int year, std::int64_t sequence) {
  std::string number;
  while (!pattern.empty()) {
    const auto open = pattern.find('{');
    number += pattern.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = pattern.find('}', open);
    const auto name = pattern.substr(open + 1, close - open - 1);
    if (name == "year") {
      number += fmt::format("{:04}", year);
    } else {
      int width = 1;
      if (name.size() > 4) std::from_chars(name.data() + 4, name.data() + name.size(), width);
      number += fmt::format("{:0{}}", sequence, width);
    }
    pattern.remove_prefix(close + 1);
  }
  return number;
}

std::optional<NumberParts> parts_of_number(std::string_view pattern, std::string_view number) {
  constexpr std::size_t most_digits = std::numeric_limits<std::int64_t>::digits10, year_digits = 4;
  NumberParts parts;
  const auto digits = [&](std::size_t most) {
    std::size_t count = 0;
    while (count < most && count < number.size() && number[count] >= '0' && number[count] <= '9') ++count;
    return number.substr(0, count);
  };
  while (!pattern.empty()) {
    if (pattern.front() != '{') {
      if (number.empty() || number.front() != pattern.front()) return {};
      pattern.remove_prefix(1);
      number.remove_prefix(1);
      continue;
    }
    const bool year = pattern.starts_with("{year}");
    pattern.remove_prefix(pattern.find('}') + 1);
    const auto read = digits(year ? year_digits : number.size());
    if (read.empty() || (year && read.size() != year_digits)) return {};
    const std::int64_t value =
        read.size() > most_digits ? std::numeric_limits<std::int64_t>::max() : std::stoll(std::string(read));
    if (year) {
      parts.year = static_cast<int>(value);
    } else {
      parts.sequence = value;
    }
    number.remove_prefix(read.size());
  }
  return number.empty() ? std::optional(parts) : std::nullopt;
}

std::int64_t most_adopted_sequence(std::string_view pattern) {
  constexpr int more_digits = 2, base = 10;
  int width = 1;
  constexpr std::string_view wide = "{seq:";
  if (const auto at = pattern.find(wide); at != std::string_view::npos)
    std::from_chars(pattern.data() + at + wide.size(), pattern.data() + pattern.size(), width);
  std::int64_t limit = 1;
  for (int digits = 0; digits < width + more_digits; ++digits) limit *= base;
  return limit - 1;
}

}  // namespace assay
