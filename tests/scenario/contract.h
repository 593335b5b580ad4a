// The API description as a contract: every answer that a scenario sees is held against it.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "domain/json.h"
#include "http/client.h"
#include "plugins/json_schema.h"

namespace assay::test {

class Contract {
 public:
  explicit Contract(Json description);

  /// What is wrong with an answer to `method target`; empty when it keeps the contract, or the target is none of its.
  std::vector<std::string> breaches(const std::string& method, std::string_view target, const Answer& answer);

  const Json& description() const { return description_; }
  /// The operations ("GET /api/v1/audits/{id}") that have been answered with success.
  const std::set<std::string>& fulfilled() const { return fulfilled_; }
  /// The path of the description that a target falls under; empty if there is none.
  std::string path_of(std::string_view target) const;

 private:
  struct Pattern {
    std::string path;
    std::vector<std::string> segments;
  };
  const JsonSchema& schema(const std::string& key, const Json& schema);

  Json description_;
  std::map<std::size_t, std::vector<Pattern>> patterns_;  // by their number of segments
  std::map<std::string, std::unique_ptr<JsonSchema>> schemas_;
  std::set<std::string> fulfilled_;
};

/// The schema with every reference into `description` replaced by what it points at.
Json without_references(const Json& schema, const Json& description);

}  // namespace assay::test
