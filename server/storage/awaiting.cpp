// What awaits somebody.
#include "storage/awaiting.h"

#include <algorithm>

#include "storage/items.h"
#include "storage/record_filter.h"

namespace assay {
namespace {

constexpr int rows_at_once = 200;

bool awaits_anything(const AwaitingRecord& one) {
  return !one.seats.empty() || !one.proposals.empty() || one.items > 0;
}

AwaitingRecord awaiting_on(const Store& store, Snapshot& at, PersonId person, RecordId id) {
  auto row = find_record(at, id);
  if (!row) throw std::runtime_error("somebody is awaited on a record that does not exist");
  const auto set = store.workflow_set(row->workflow_set);
  if (!set) throw std::runtime_error("workflow set " + row->workflow_set + " is missing");
  const Definition& type = set->types.at(row->type);
  AwaitingRecord found{id, std::move(*row)};
  if (type.states.at(found.record.state).end) return found;
  for (auto& seat : seats_of(at, id)) {
    const auto known = type.people.find(seat.seat);
    const bool personal = known != type.people.end() && known->second.personal;
    if (seat.person == person && !personal) found.seats.push_back(std::move(seat.seat));
  }
  found.proposals = open_proposals(at, id);
  std::erase_if(found.proposals, [&](const ProposalRow& one) { return one.proposer != person; });
  found.items = static_cast<std::int64_t>(open_items_of(at, id, person).size());
  return found;
}

}  // namespace

std::vector<AwaitingRecord> awaiting(const Store& store, Snapshot& at, PersonId person, std::int64_t after,
                                     std::size_t limit) {
  std::vector<AwaitingRecord> found;
  for (;;) {
    const auto ids = records_awaiting(at, person, after, rows_at_once);
    for (const RecordId id : ids) {
      auto one = awaiting_on(store, at, person, id);
      if (awaits_anything(one)) found.push_back(std::move(one));
      if (found.size() == limit) return found;
    }
    if (ids.size() < rows_at_once) return found;
    after = static_cast<std::int64_t>(ids.back());
  }
}

std::vector<RecordRow> open_records_naming(const Store& store, Snapshot& at, OrganisationId organisation,
                                           std::string_view person) {
  std::vector<RecordRow> found;
  for (const std::string& value : encoded_values(Json(person))) {
    for (const auto& [id] : at.connection().all<RecordId>(
             "SELECT DISTINCT record FROM record_filter WHERE organisation = :organisation AND value = :value"
             " ORDER BY record",
             with("organisation", organisation), with("value", value))) {
      auto row = find_record(at, id);
      const auto set = row ? store.workflow_set(row->workflow_set) : nullptr;
      if (set && !set->types.at(row->type).states.at(row->state).end) found.push_back(std::move(*row));
    }
  }
  return found;
}

}  // namespace assay
