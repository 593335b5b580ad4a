// Disposal: when records need not be kept any longer, and how far one reaches.
#include "domain/disposal.h"

#include <algorithm>
#include <set>

#include "domain/paths.h"
#include "domain/policies.h"

namespace assay {

std::vector<RecordId> with_all_below(const WorkflowSet& set, const Facts& facts, RecordId record) {
  std::vector<RecordId> all = {record};
  std::set<RecordId> seen = {record};
  for (std::size_t at = 0; at < all.size(); ++at) {
    const RecordView& above = record_at(facts, all[at]);
    for (const auto& [name, type] : set.types) {
      const LinkDefinition* parent = type.parent();
      if (!parent || parent->to != above.definition->type) continue;
      for (const RecordId below : facts.naming(above.id, type, *parent)) {
        if (seen.insert(below).second) all.push_back(below);
      }
    }
  }
  return all;
}

std::optional<Date> kept_until(const WorkflowSet& set, const std::string& type, Instant ended, std::string_view zone) {
  const Definition* definition = set.find(type);
  if (!definition || definition->retention.empty()) return {};
  return PolicyValues(set).after(local_date(ended, zone), definition->retention);
}

Keeping keeping(const WorkflowSet& set, const Facts& facts, const RecordView& record, std::string_view zone) {
  const std::string& type = record.definition->type;
  const Definition* definition = set.find(type);
  if (!definition) return {};
  Instant ended = record.state_since;
  for (const std::string& path : definition->retention_from) {
    for (const RecordId id : walk(set, facts, record.id, path)) {
      const RecordView& other = record_at(facts, id);
      if (!has_ended(other)) return {{}, id};
      ended = std::max(ended, other.state_since);
    }
  }
  return {kept_until(set, type, ended, zone), {}};
}

bool has_ended(const RecordView& record) {
  const auto state = record.definition->states.find(record.state);
  return state != record.definition->states.end() && state->second.end;
}

bool is_disposed(const RecordView& record) { return has_ended(record) && record.body->contains("disposed"); }

}  // namespace assay
