// What awaits a person.
#include "commands/tasks.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "domain/standing.h"
#include "storage/facts.h"

namespace assay {
namespace {

constexpr std::size_t rows_at_once = 100;

using Seats = std::map<RecordId, std::set<std::string>>;

/// Says what a person may confirm.
class SecondPerson {
 public:
  SecondPerson(Context& context, Snapshot& at, const Principal& who)
      : context_(context), at_(at), who_(who), facts_(context.store, at) {}

  /// Those on the first `limit` records on which there are any. What waits on one record stands together.
  std::map<RecordId, std::vector<WaitingProposal>> among(std::vector<WaitingProposal> waiting, std::size_t limit) {
    std::map<RecordId, std::vector<WaitingProposal>> found;
    for (std::size_t from = 0; from < waiting.size(); from += rows_at_once) {
      const std::span rows = std::span(waiting).subspan(from, std::min(rows_at_once, waiting.size() - from));
      const Seats seats = seats_at(rows);
      for (WaitingProposal& one : rows) {
        if (found.size() == limit && !found.contains(one.record)) return found;
        if (may_confirm(one, seats)) found[one.record].push_back(std::move(one));
      }
    }
    return found;
  }

 private:
  Seats seats_at(std::span<const WaitingProposal> rows) const {
    std::vector<RecordId> below;
    for (const WaitingProposal& one : rows) {
      if (one.below_seat) below.push_back(one.record);
    }
    return seats_held(at_, who_.person.id, below);
  }

  /// Nobody may while the state of the record does not accept the command.
  bool may_confirm(const WaitingProposal& one, const Seats& seats) const {
    const auto set = context_.store.workflow_set(one.workflow_set);
    if (!set) throw std::runtime_error("workflow set " + one.workflow_set + " is missing");
    const Definition& type = set->types.at(one.type);
    const auto command = type.commands.find(one.command);
    if (command == type.commands.end() || !command->second.from.contains(one.state)) return false;
    const auto held = seats.find(one.record);
    const auto& second = command->second.second;
    return std::any_of(second.begin(), second.end(), [&](const std::string& name) {
      return (held != seats.end() && held->second.contains(name)) || has_role(*set, name, one.record);
    });
  }

  /// A role from outside counts where a grant to work covers.
  bool has_role(const WorkflowSet& set, const std::string& role, RecordId record) const {
    if (!who_.has_role(role)) return false;
    if (!set.counts_by_grant(role)) return true;
    const Date today = local_date(context_.clock(), who_.organisation.zone);
    return Standing(set, facts_, who_.person.id, who_.organisation.id, record, today).has(role);
  }

  Context& context_;
  Snapshot& at_;
  const Principal& who_;
  StoredFacts facts_;
};

}  // namespace

std::vector<Task> tasks_of(Context& context, Snapshot& at, const Principal& who, const TaskPage& page) {
  auto proposals = SecondPerson(context, at, who)
                       .among(waiting_proposals(at, who.reader, page), static_cast<std::size_t>(page.limit));
  std::vector<RecordId> on;
  for (const auto& [record, waiting] : proposals) on.push_back(record);
  std::vector<Task> tasks;
  for (RecordRow& row : list_tasks(at, who.reader, who.person.roles, page, on)) {
    auto& waiting = proposals[row.id];
    tasks.push_back({std::move(row), std::move(waiting)});
  }
  return tasks;
}

}  // namespace assay
