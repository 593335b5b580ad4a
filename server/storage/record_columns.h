// The columns of a record and the row that they make, for the queries of this layer.
#pragma once

#include <tuple>
#include <utility>

#include "storage/connection.h"
#include "storage/records.h"

#define ASSAY_RECORD_COLUMNS                                                                                       \
  "r.id, r.uuid, r.type, r.organisation, r.root, r.parent, r.number, r.workflow_set, r.state, r.version, r.body, " \
  "r.created, r.updated, r.state_since, r.due"
#define ASSAY_RECORD_TYPES                                                                                         \
  RecordId, std::string, std::string, OrganisationId, RecordId, std::optional<RecordId>, std::string, std::string, \
      std::string, std::int64_t, std::string, Instant, Instant, Instant, std::optional<Date>

namespace assay {

constexpr std::size_t record_column_count = 15;

/// From a row that begins with ASSAY_RECORD_COLUMNS; its texts are moved out.
template <class Row>
RecordRow record_from(Row& row) {
  return {std::get<0>(row),
          std::move(std::get<1>(row)),
          std::move(std::get<2>(row)),
          std::get<3>(row),
          std::get<4>(row),
          std::get<5>(row),
          std::move(std::get<6>(row)),
          std::move(std::get<7>(row)),
          std::move(std::get<8>(row)),
          std::get<9>(row),
          std::move(std::get<10>(row)),
          std::get<11>(row),
          std::get<12>(row),
          std::get<13>(row),
          std::get<14>(row)};
}

}  // namespace assay
