// Fields that lists filter and sort by, as text whose bytes sort as the values do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/definition.h"
#include "storage/connection.h"

namespace assay {

/// The field's values as encoded text: one for a scalar, one per element of a list, one empty text for none.
std::vector<std::string> encoded_values(const Json& value);
/// A value as a client writes it in a query, for a field of this schema. Nothing when it is not of the field's type.
std::optional<std::string> encoded_query_value(const FieldDefinition& field, std::string_view text);

/// The records of the type whose x-filter field has the value or, when either is a list, one of the values; by id.
std::vector<RecordId> records_with(Connection& from, OrganisationId organisation, std::string_view type,
                                   std::string_view field, const Json& value);

/// Writes the rows of every x-filter field that `set` names, or of all such fields when the record is new.
void project_filters(Connection& to, RecordId record, OrganisationId organisation, const Definition& definition,
                     const Json& set, bool created);

}  // namespace assay
