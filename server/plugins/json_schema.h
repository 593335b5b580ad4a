// JSON Schema (draft-07) for what plugins give and take; the schemas themselves lie in sdk/schema.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "domain/json.h"
#include "domain/refusal.h"

namespace assay {

/// A compiled schema. Immutable and thread-safe after construction.
class JsonSchema {
 public:
  /// Throws std::invalid_argument when `text` is no schema. Its patterns must be bounded: matching one recurses.
  explicit JsonSchema(std::string_view text);
  ~JsonSchema();
  JsonSchema(const JsonSchema&) = delete;
  JsonSchema& operator=(const JsonSchema&) = delete;

  /// What is wrong with `value`, the innermost places first, at most 20, each a line for people (one_line()); empty
  /// when it is valid. Takes memory for a bounded number of reasons, and time in proportion to the document.
  std::vector<InvalidField> violations(const Json& value) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

/// The schemas of what crosses the plugin boundary.
const JsonSchema& manifest_schema();
const JsonSchema& checklist_schema();
const JsonSchema& report_input_schema();
const JsonSchema& response_input_schema();
/// That of the inputs which a format is made of (ReportFormat::of).
const JsonSchema& input_schema_of(std::string_view of);

}  // namespace assay
