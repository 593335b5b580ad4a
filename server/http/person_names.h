// The names behind the ids of people, as the reader may know them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "domain/json.h"
#include "storage/people.h"

namespace assay {

/// Looks each person up once. Snapshot and reader outlive it.
class PersonNames {
 public:
  PersonNames(Snapshot& at, const Reader& reader) : at_(at), reader_(reader) {}

  /// Nothing for a client, who is told ids alone as in the record, and where nobody of the organisation has the id.
  const std::optional<std::string>& find(const std::string& uuid);

  /// The value of a field of this schema with `told` in place of each person's id, also in lists and members.
  Json in(const Json& schema, Json value, const std::function<std::string(const std::string& uuid)>& told) const;

 private:
  Snapshot& at_;
  const Reader& reader_;
  std::map<std::string, std::optional<std::string>> known_ = {};
};

}  // namespace assay
