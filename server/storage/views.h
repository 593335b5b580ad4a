// Lists over several record types, and what their rows point at.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "storage/records.h"

namespace assay {

/// The first rows of all the lists together, which have one order, position and limit; each as list_records() has it.
std::vector<RecordRow> list_across(Snapshot& at, const std::vector<ListQuery>& queries, const Reader& reader);

/// The records that each of these (at most some hundred) points at by the link, as far as the reader sees them.
std::map<RecordId, std::vector<RecordRow>> linked_from(Snapshot& at, const std::vector<RecordId>& records,
                                                       const std::string& link, const Reader& reader);

/// The records of the type that point at each of these by the link, in the same way.
std::map<RecordId, std::vector<RecordRow>> linked_to(Snapshot& at, const std::vector<RecordId>& records,
                                                     const std::string& type, const std::string& link,
                                                     const Reader& reader);

}  // namespace assay
