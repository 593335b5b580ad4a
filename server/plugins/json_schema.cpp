// JSON Schema (draft-07) by valijson.
#define VALIJSON_USE_EXCEPTIONS 1  // otherwise it ends the process for a schema that it cannot read
#include "plugins/json_schema.h"

#include <embedded.h>

#include <stdexcept>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace assay {
namespace {

constexpr std::size_t max_violations = 20;

/// The validator says again at every level above that something below is wrong.
bool is_echo(std::string_view description) {
  return description.starts_with("Failed to validate item #") ||
         description.starts_with("Failed to validate against schema associated with property name");
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
    const Json document = Json::parse(text);
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(valijson::adapters::NlohmannJsonAdapter(document), compiled_->schema);
  } catch (const std::exception& error) {
    throw std::invalid_argument(std::string("not a JSON schema: ") + error.what());
  }
}

JsonSchema::~JsonSchema() = default;

std::vector<InvalidField> JsonSchema::violations(const Json& value) const {
  valijson::ValidationResults results;
  valijson::Validator validator;
  if (validator.validate(compiled_->schema, valijson::adapters::NlohmannJsonAdapter(value), &results)) return {};
  std::vector<InvalidField> found;
  valijson::ValidationResults::Error error;
  while (found.size() < max_violations && results.popError(error)) {
    if (!is_echo(error.description)) found.push_back({pointer_of(error.context), error.description});
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

}  // namespace assay
