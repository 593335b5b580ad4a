// The record of a request about checklist items or their catalogue.
#include "http/checklist_record.h"

#include <algorithm>

#include "http/records_path.h"
#include "http/representation.h"

namespace assay {
namespace {

/// The record of the path, if a command of its type goes through the sub-resource.
Result<RecordRow> record_with(std::string_view endpoint, const char* else_detail, const Api& api,
                              const Request& request, Snapshot& at) {
  auto row = record_of(api, request, at);
  if (!row) return row;
  WorkflowSetPtr keep;
  const auto& commands = definition_of(api, *row, keep).commands;
  const bool has =
      std::any_of(commands.begin(), commands.end(), [&](const auto& one) { return one.second.endpoint == endpoint; });
  if (!has) return refuse(Reason::not_found, else_detail);
  return row;
}

Result<RecordRow> kept_from_clients(const Api& api, Result<RecordRow> row) {
  if (!row) return row;
  WorkflowSetPtr keep;
  if (api.who().reader.client && is_for_clients(definition_of(api, *row, keep)))
    return refuse(Reason::not_found, "the answers of this audit are for its auditors");
  return row;
}

}  // namespace

Result<RecordRow> catalogue_record(const Api& api, const Request& request, Snapshot& at) {
  return record_with("catalogue", "records of this type choose no catalogue", api, request, at);
}

Result<RecordRow> choosing_record(const Api& api, const Request& request, Snapshot& at) {
  return kept_from_clients(api, catalogue_record(api, request, at));
}

Result<RecordRow> checklist_record(const Api& api, const Request& request, Snapshot& at) {
  return kept_from_clients(api, record_with("items", "only audits have checklist items", api, request, at));
}

}  // namespace assay
