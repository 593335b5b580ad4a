// Field schemas: which part of draft-07 a definition may use. Whatever the validator would ignore is refused here.
#include "domain/schema.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/regex.hpp>
#include <map>
#include <set>
#include <span>

namespace assay {
namespace {

constexpr int max_levels = 6;
constexpr std::array<std::string_view, 6> known_types{"string", "integer", "number", "boolean", "array", "object"};
constexpr std::array<std::string_view, 6> known_formats{"date", "date-time", "uuid", "uri", "email", "time-zone"};

/// Which keyword goes with which type; an empty type goes with all.
struct Keyword {
  std::string_view name;
  std::string_view types;
};
constexpr Keyword keywords[] = {
    {"type", ""},
    {"title", ""},
    {"description", ""},
    {"enum", "string integer"},
    {"const", "string integer boolean"},
    {"x-labels", "string"},
    {"minLength", "string"},
    {"maxLength", "string"},
    {"pattern", "string"},
    {"format", "string"},
    {"x-person", "string"},
    {"minimum", "integer number"},
    {"maximum", "integer number"},
    {"items", "array"},
    {"minItems", "array"},
    {"maxItems", "array"},
    {"uniqueItems", "array"},
    {"properties", "object"},
    {"required", "object"},
    {"additionalProperties", "object"},
};

bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const auto space = words.find(' ');
    if (words.substr(0, space) == word) return true;
    words = space == std::string_view::npos ? std::string_view{} : words.substr(space + 1);
  }
  return false;
}

class SubsetCheck {
 public:
  SubsetCheck(const std::string& file, std::vector<Flaw>& flaws) : file_(file), flaws_(flaws) {}

  void schema(const Json& value, const std::string& pointer, int level) {
    if (!value.is_object()) return flaw(pointer, "a schema is an object");
    if (level > max_levels) return flaw(pointer, fmt::format("schemas nest at most {} levels", max_levels));
    const auto type = value.find("type");
    if (type == value.end() || !type->is_string())
      return flaw(pointer, "`type` is missing: exactly one type as a string");
    const auto name = type->get<std::string>();
    if (std::find(known_types.begin(), known_types.end(), name) == known_types.end()) {
      return flaw(pointer_to(pointer, "type"),
                  fmt::format("`{}` is not a type; known are {}", name, fmt::join(known_types, ", ")));
    }
    for (const auto& [keyword, argument] : value.items()) known(keyword, name, pointer);
    annotations(value, pointer);
    choices(value, name, pointer);
    if (name == "string") text(value, pointer);
    if (name == "integer" || name == "number") range(value, "minimum", "maximum", false, pointer);
    if (name == "array") list(value, pointer, level);
    if (name == "object") object(value, pointer, level);
  }

 private:
  void flaw(std::string pointer, std::string reason) {
    flaws_.push_back({file_, std::move(pointer), std::move(reason)});
  }

  void known(const std::string& keyword, const std::string& type, const std::string& pointer) {
    const auto found =
        std::find_if(std::begin(keywords), std::end(keywords), [&](const Keyword& row) { return row.name == keyword; });
    if (found == std::end(keywords)) {
      flaw(pointer_to(pointer, keyword), fmt::format("`{}` is not a keyword of the subset", keyword));
    } else if (!found->types.empty() && !has_word(found->types, type)) {
      flaw(pointer_to(pointer, keyword), fmt::format("`{}` has no meaning for the type {}", keyword, type));
    }
  }

  void annotations(const Json& value, const std::string& pointer) {
    for (const char* name : {"title", "description"}) {
      const auto found = value.find(name);
      if (found != value.end() && !found->is_string()) flaw(pointer_to(pointer, name), "must be a string");
    }
    if (const auto person = value.find("x-person"); person != value.end()) {
      if (*person != true && *person != "ever")
        flaw(pointer_to(pointer, "x-person"), "must be true or \"ever\", or absent");
      if (value.value("format", Json()) != "uuid")
        flaw(pointer_to(pointer, "x-person"), "goes with `format`: `uuid` only");
    }
    const auto labels = value.find("x-labels");
    if (labels == value.end()) return;
    if (!labels->is_object()) return flaw(pointer_to(pointer, "x-labels"), "must be an object of value and label");
    // Sets and counts, as a pack's file has room for some hundred thousand values.
    const auto listed = value.find("enum");
    std::set<Json> values;
    if (listed != value.end()) values.insert(listed->begin(), listed->end());
    for (const auto& [name, label] : labels->items()) {
      const auto at = pointer_to(pointer_to(pointer, "x-labels"), name);
      if (!label.is_string()) flaw(at, "a label is a string");
      if (!values.contains(Json(name))) flaw(at, "labels no value of `enum`");
    }
  }

  static bool fits(const Json& value, const std::string& type) {
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_number_integer();
    return type == "boolean" && value.is_boolean();
  }

  void choices(const Json& value, const std::string& type, const std::string& pointer) {
    if (const auto constant = value.find("const"); constant != value.end() && !fits(*constant, type)) {
      flaw(pointer_to(pointer, "const"), fmt::format("is not of the type {}", type));
    }
    const auto values = value.find("enum");
    if (values == value.end()) return;
    const auto at = pointer_to(pointer, "enum");
    if (!values->is_array() || values->empty()) return flaw(at, "must be a list of at least one value");
    std::map<Json, std::size_t> times;
    for (const Json& one : *values) ++times[one];
    for (std::size_t i = 0; i < values->size(); ++i) {
      const auto place = pointer_to(at, std::to_string(i));
      if (!fits((*values)[i], type)) flaw(place, fmt::format("is not of the type {}", type));
      if (times.at((*values)[i]) > 1) flaw(place, "is given twice");
    }
  }

  void text(const Json& value, const std::string& pointer) {
    range(value, "minLength", "maxLength", true, pointer);
    const bool limited = value.contains("enum") || value.contains("const") || value.contains("format");
    if (!limited && !value.contains("maxLength"))
      flaw(pointer, "a string without `enum`, `const` or `format` needs `maxLength`");
    if (const auto format = value.find("format"); format != value.end()) {
      const auto name = format->is_string() ? format->get<std::string>() : std::string();
      if (std::find(known_formats.begin(), known_formats.end(), name) == known_formats.end()) {
        flaw(pointer_to(pointer, "format"),
             fmt::format("{} is not a known format; known are {}", format->dump(), fmt::join(known_formats, ", ")));
      }
    }
    if (value.contains("pattern")) regular(value["pattern"], value, pointer_to(pointer, "pattern"));
  }

  void regular(const Json& pattern, const Json& value, const std::string& pointer) {
    if (!pattern.is_string()) return flaw(pointer, "must be a string");
    if (!value.contains("maxLength")) flaw(pointer, "a `pattern` needs `maxLength` beside it");
    const auto& expression = pattern.get_ref<const std::string&>();
    const bool ascii = std::all_of(expression.begin(), expression.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (!ascii) return flaw(pointer, "must hold printable ASCII characters only");
    try {
      const boost::regex compiled(expression);
    } catch (const boost::regex_error& error) {
      flaw(pointer, fmt::format("is not a regular expression: {}", error.what()));
    }
  }

  void range(const Json& value, const char* low, const char* high, bool count, const std::string& pointer) {
    bool both = true;
    for (const char* name : {low, high}) {
      const auto found = value.find(name);
      if (found == value.end()) {
        both = false;
      } else if (count ? !found->is_number_unsigned() : !found->is_number()) {
        flaw(pointer_to(pointer, name), count ? "must be a whole number, 0 or more" : "must be a number");
        both = false;
      }
    }
    if (both && value[low] > value[high]) flaw(pointer_to(pointer, low), fmt::format("is above `{}`", high));
  }

  void list(const Json& value, const std::string& pointer, int level) {
    range(value, "minItems", "maxItems", true, pointer);
    if (!value.contains("maxItems")) flaw(pointer, "an array needs `maxItems`");
    if (value.contains("uniqueItems") && !value["uniqueItems"].is_boolean()) {
      flaw(pointer_to(pointer, "uniqueItems"), "must be true or false");
    }
    if (!value.contains("items")) return flaw(pointer, "an array needs `items`: one schema for every element");
    schema(value["items"], pointer_to(pointer, "items"), level + 1);
  }

  void object(const Json& value, const std::string& pointer, int level) {
    if (value.value("additionalProperties", Json()) != false) {
      flaw(pointer, "an object needs `additionalProperties`: false");
    }
    const auto properties = value.find("properties");
    if (properties == value.end() || !properties->is_object()) return flaw(pointer, "an object needs `properties`");
    for (const auto& [name, property] : properties->items()) {
      schema(property, pointer_to(pointer_to(pointer, "properties"), name), level + 1);
    }
    const auto required = value.find("required");
    if (required == value.end()) return;
    const auto at = pointer_to(pointer, "required");
    if (!required->is_array()) return flaw(at, "must be a list of property names");
    for (std::size_t i = 0; i < required->size(); ++i) {
      const Json& name = (*required)[i];
      const auto place = pointer_to(at, std::to_string(i));
      if (!name.is_string() || !properties->contains(name.get<std::string>())) flaw(place, "names no property");
      if (std::count(required->begin(), required->end(), name) > 1) flaw(place, "is given twice");
    }
  }

  const std::string& file_;
  std::vector<Flaw>& flaws_;
};

}  // namespace

std::vector<Flaw> check_schema(const Json& schema, const std::string& file, const std::string& pointer) {
  std::vector<Flaw> flaws;
  SubsetCheck(file, flaws).schema(schema, pointer, 1);
  return flaws;
}

}  // namespace assay
