// JSON Schema (draft-07) by valijson.
#define VALIJSON_USE_EXCEPTIONS 1  // otherwise it ends the process for a schema that it cannot read
#include "plugins/json_schema.h"

#include <embedded.h>
#include <fmt/format.h>

#include <limits>
#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/constraint_builder.hpp>
#include <valijson/constraints/concrete_constraints.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "plugins/utf8.h"

namespace assay {
namespace {

constexpr std::size_t max_violations = 20;
constexpr std::size_t max_errors = 200;  // of the validator, with its echoes; each has eight at most

/// The keyword that stands in the compiled copy of a schema for what must be looked at first.
constexpr const char* bounds_keyword = "assay-bounds";

/// Ends the collection of reasons.
struct Enough {};

using valijson::adapters::Adapter;

/// The same text for values that are equal.
std::string text_of(const Adapter& value) {
  if (value.isString()) return Json(value.getString()).dump();
  if (value.isBool()) return value.getBool() ? "true" : "false";
  if (value.isInteger()) return fmt::format("{}", value.getInteger());
  if (value.isDouble()) return fmt::format("{}", value.getDouble());
  std::string text = value.isArray() ? "[" : value.isObject() ? "{" : "null";
  if (value.isArray()) {
    value.applyToArray([&](const Adapter& element) {
      text += text_of(element) + ",";
      return true;
    });
  } else if (value.isObject()) {
    value.applyToObject([&](const std::string& name, const Adapter& member) {
      text += Json(name).dump() + text_of(member) + ",";
      return true;
    });
  }
  return text;
}

/// The bounds of a value, before anything in it is looked at: valijson looks at them last, compares every element with
/// every other one, and collects errors without end.
class Bounds : public valijson::constraints::PolyConstraint {
 public:
  explicit Bounds(const Json& schema)
      : most_items_(schema.value("maxItems", std::numeric_limits<std::size_t>::max())),
        most_members_(schema.value("maxProperties", std::numeric_limits<std::size_t>::max())),
        unique_(schema.value("uniqueItems", false)) {}

  bool validate(const Adapter& value, const std::vector<std::string>& context,
                valijson::ValidationResults* results) const override {
    const std::string wrong = fault(value);
    if (results != nullptr) {
      if (!wrong.empty()) results->pushError(context, wrong);
      if (!wrong.empty() || results->numErrors() >= max_errors) throw Enough();
    }
    return wrong.empty();
  }

 private:
  std::string fault(const Adapter& value) const {
    if (value.isObject() && value.getObjectSize() > most_members_)
      return fmt::format("must have at most {} members", most_members_);
    if (!value.isArray()) return {};
    if (value.getArraySize() > most_items_) return fmt::format("must have at most {} elements", most_items_);
    return unique_ ? repeated(value) : "";
  }

  static std::string repeated(const Adapter& list) {
    std::set<std::string> seen;
    std::size_t index = 0;
    const bool all = list.applyToArray([&](const Adapter& element) {
      const bool fresh = seen.insert(text_of(element)).second;
      index += fresh ? 1 : 0;
      return fresh;
    });
    return all ? "" : fmt::format("the element {} repeats one before it", index);
  }

  Constraint* cloneInto(void* place) const override { return new (place) Bounds(*this); }
  std::size_t sizeOf() const override { return sizeof(Bounds); }

  std::size_t most_items_, most_members_;
  bool unique_;
};

class BoundsBuilder : public valijson::ConstraintBuilder {
 public:
  valijson::constraints::Constraint* make(const Adapter& schema) const override {
    return new Bounds(Json::parse(schema.asString()));
  }
};

/// Puts the bounds of `schema`, and of all schemas within it, where the validator looks first.
void put_bounds_first(Json& schema) {
  if (!schema.is_object()) return;
  for (const char* one :
       {"items", "additionalItems", "additionalProperties", "contains", "propertyNames", "not", "if", "then", "else"}) {
    if (const auto within = schema.find(one); within != schema.end()) put_bounds_first(*within);
  }
  for (const char* many :
       {"properties", "patternProperties", "definitions", "dependencies", "allOf", "anyOf", "oneOf", "items"}) {
    const auto within = schema.find(many);
    if (within == schema.end() || (many == std::string_view("items") && !within->is_array())) continue;
    for (Json& one : *within) put_bounds_first(one);
  }
  if (schema.contains("$ref")) return;  // nothing beside it counts
  Json bounds = Json::object();
  for (const char* keyword : {"maxItems", "maxProperties", "uniqueItems"}) {
    if (const auto bound = schema.find(keyword); bound != schema.end()) bounds[keyword] = *bound;
  }
  schema.erase("uniqueItems");
  Json& all = schema.emplace("allOf", Json::array()).first.value();
  if (!all.is_array()) throw std::invalid_argument("allOf must be a list");
  all.insert(all.begin(), Json{{bounds_keyword, bounds.dump()}});
}

/// The validator says again at every level above that something below is wrong.
bool is_echo(std::string_view description) {
  return description.starts_with("Failed to validate item #") ||
         description.starts_with("Failed to validate against schema associated with property name") ||
         description.starts_with("Failed to validate against child schema #");
}

/// The validator's path, e.g. <root>, [files], [0], as a JSON pointer.
std::string pointer_of(const std::vector<std::string>& path) {
  std::string pointer;
  for (std::size_t i = 1; i < path.size(); ++i) {
    const std::string_view segment = path[i];
    const bool bracketed = segment.size() >= 2 && segment.front() == '[' && segment.back() == ']';
    pointer = pointer_to(pointer, bracketed ? segment.substr(1, segment.size() - 2) : segment);
  }
  return pointer;
}

}  // namespace

struct JsonSchema::Compiled {
  valijson::Schema schema;
};

JsonSchema::JsonSchema(std::string_view text) : compiled_(std::make_unique<Compiled>()) {
  try {
    Json document = Json::parse(text);
    put_bounds_first(document);
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.addConstraintBuilder(bounds_keyword, new BoundsBuilder);  // which it owns
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(document), compiled_->schema);
  } catch (const std::exception& error) {
    throw std::invalid_argument(std::string("not a JSON schema: ") + error.what());
  }
}

JsonSchema::~JsonSchema() = default;

std::vector<InvalidField> JsonSchema::violations(const Json& value) const {
  const valijson::adapters::NlohmannJsonAdapter document(value);
  valijson::Validator validator;
  // Without results it stops at the first error, so that only a document that is wrong is gone through for reasons.
  if (validator.validate(compiled_->schema, document, nullptr)) return {};
  valijson::ValidationResults results;
  try {
    validator.validate(compiled_->schema, document, &results);
  } catch (const Enough&) {  // NOLINT(bugprone-empty-catch)
    // What was found until then is told.
  }
  std::vector<InvalidField> found;
  valijson::ValidationResults::Error error;
  while (found.size() < max_violations && results.popError(error)) {
    if (!is_echo(error.description))
      found.push_back({one_line(pointer_of(error.context)), one_line(error.description)});
  }
  if (found.empty()) found.push_back({"", "does not match the schema"});
  return found;
}

const JsonSchema& manifest_schema() {
  static const JsonSchema schema(manifest_schema_text);
  return schema;
}

const JsonSchema& checklist_schema() {
  static const JsonSchema schema(checklist_schema_text);
  return schema;
}

const JsonSchema& report_input_schema() {
  static const JsonSchema schema(report_input_schema_text);
  return schema;
}

const JsonSchema& response_input_schema() {
  static const JsonSchema schema(response_input_schema_text);
  return schema;
}

const JsonSchema& input_schema_of(std::string_view of) {
  return of == "response" ? response_input_schema() : report_input_schema();
}

}  // namespace assay
