// What plugins are told of an audit's checklist: the inputs of scoring/1 and applicability/1, by sdk/schema.
#pragma once

#include <string>
#include <vector>

#include "commands/catalogues.h"
#include "storage/items.h"
#include "storage/records.h"

namespace assay {

/// All items of an audit, by id.
std::vector<ItemRow> all_items(Snapshot& at, RecordId audit);

/// The hashes of the catalogues that the audit has chosen and of all that its items name, each once.
std::vector<std::string> catalogues_of(const RecordRow& audit, const std::vector<ItemRow>& items);

/// One input for each catalogue of the audit: the set "audit" has all answers, those of the subjects theirs. Nothing of
/// what people wrote is in it.
std::vector<Json> scoring_inputs(Catalogues& catalogues, Snapshot& at, const RecordRow& audit,
                                 const std::string& language);

/// A catalogue as migrate/1 is told of it.
Json catalogue_for_mapping(const Json& content, const std::string& hash);

/// For that catalogue of the audit, or its own if `id` is empty, with `stated` and what the audit says of itself.
/// Refused as chosen_catalogue() does, and as invalid for a stated fact that only the audit can state.
Result<Json> applicability_input(Catalogues& catalogues, Snapshot& at, const RecordRow& audit, const std::string& id,
                                 const Json& stated, const std::string& language);

}  // namespace assay
