// The record of a request about checklist items.
#include "http/checklist_record.h"

#include <algorithm>

#include "http/records_path.h"
#include "http/representation.h"

namespace assay {
namespace {

bool takes_items(const Definition& definition) {
  const auto& commands = definition.commands;
  return std::any_of(commands.begin(), commands.end(), [](const auto& one) { return one.second.endpoint == "items"; });
}

}  // namespace

Result<RecordRow> audit_record(const Api& api, const Request& request, Snapshot& at) {
  auto row = record_of(api, request, at);
  if (!row) return row;
  WorkflowSetPtr keep;
  if (!takes_items(definition_of(api, *row, keep)))
    return refuse(Reason::not_found, "only audits have checklist items");
  return row;
}

Result<RecordRow> checklist_record(const Api& api, const Request& request, Snapshot& at) {
  auto row = audit_record(api, request, at);
  if (!row) return row;
  WorkflowSetPtr keep;
  if (api.who().reader.client && is_for_clients(definition_of(api, *row, keep)))
    return refuse(Reason::not_found, "the answers of this audit are for its auditors");
  return row;
}

}  // namespace assay
