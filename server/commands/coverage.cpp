// How the audits of a programme cover clauses and controls.
#include "commands/coverage.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "commands/chosen_catalogues.h"
#include "commands/coverage_cycle.h"
#include "commands/report_input.h"
#include "storage/coverage.h"

namespace assay {
namespace {

constexpr int most_audits = 500;  // of a programme, the newest

bool has_checklist(const Definition& type) {
  return std::any_of(type.commands.begin(), type.commands.end(),
                     [](const auto& one) { return one.second.endpoint == "items"; });
}

bool is_audit_below(const Definition& definition, const std::string& type) {
  const LinkDefinition* parent = definition.parent();
  return parent != nullptr && parent->to == type && has_checklist(definition);
}

/// The types of audits that hang below records of `type`.
Result<std::vector<std::string>> audits_below(const WorkflowSet& set, const std::string& type, const Reader& reader) {
  std::vector<std::string> found;
  bool kept = false;
  for (const auto& [name, definition] : set.types) {
    if (!is_audit_below(definition, type)) continue;
    if (reader.client && is_for_clients(definition)) {
      kept = true;
    } else {
      found.push_back(name);
    }
  }
  if (!found.empty()) return found;
  return refuse(Reason::not_found, kept ? "the answers of these audits are for their auditors"
                                        : "no audits with checklists hang below such a record");
}

/// Audits of suppliers and gap assessments examine nothing of one's own; types without purposes have one alone.
bool is_own(const RecordRow& row) {
  const Json body = Json::parse(row.body);
  const auto purposes = body.find("purposes");
  if (purposes == body.end() || !purposes->is_array()) return true;
  return std::find(purposes->begin(), purposes->end(), "internal") != purposes->end();
}

std::string_view cut_digits(std::string_view& from) {
  const std::string_view digits = from.substr(0, std::min(from.find_first_not_of("0123456789"), from.size()));
  from.remove_prefix(digits.size());
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

/// By version, in which digits are numbers: 1.10 is newer than 1.9.
bool is_newer_catalogue(const CataloguePtr& one, const CataloguePtr& other) {
  std::string_view left = one->version, right = other->version;
  while (!left.empty() && !right.empty()) {
    const std::string_view a = cut_digits(left), b = cut_digits(right);
    if (a.size() != b.size()) return a.size() > b.size();
    if (a != b) return a > b;
    if (left.empty() || right.empty()) break;
    if (left.front() != right.front()) return left.front() > right.front();
    left.remove_prefix(1);
    right.remove_prefix(1);
  }
  return left.size() > right.size();
}

/// Where a type of finding names checklist items of an audit: its guards say it.
struct Naming {
  std::string type, link, field;
  bool negative;  // it says that something does not conform, or may come to that
  friend auto operator<=>(const Naming&, const Naming&) = default;
};

template <class Test>
bool any_guard(const Definition& type, std::string_view name, const Test& test) {
  return std::any_of(type.commands.begin(), type.commands.end(), [&](const auto& one) {
    const std::vector<GuardUse>& guards = one.second.guards;
    return std::any_of(guards.begin(), guards.end(),
                       [&](const GuardUse& guard) { return guard.name == name && test(guard.parameters); });
  });
}

bool asks_for_results(const Definition& type) {
  return any_guard(type, "items_of", [](const Json& parameters) { return parameters.contains("results"); });
}

std::set<Naming> namings(const WorkflowSet& set, const std::vector<std::string>& audits) {
  std::set<Naming> found;
  for (const auto& [name, definition] : set.types) {
    std::set<std::pair<std::string, std::string>> named;  // link and field
    for (const auto& [command_name, command] : definition.commands) {
      for (const GuardUse& guard : command.guards) {
        if (guard.name != "items_of") continue;
        const auto link = definition.links.find(guard.parameters.at("of").get<std::string>());
        if (link == definition.links.end()) continue;
        if (std::find(audits.begin(), audits.end(), link->second.to) == audits.end()) continue;
        named.emplace(link->first, guard.parameters.at("field").get<std::string>());
      }
    }
    for (const auto& [link, field] : named) found.insert({name, link, field, is_negative_finding(set, definition)});
  }
  return found;
}

class Matrix {
 public:
  Matrix(Context& context, Catalogues& catalogues, Snapshot& at)
      : context_(context), catalogues_(catalogues), at_(at) {}

  void add_audits(std::vector<RecordRow> rows, const std::set<RecordId>& of_suppliers) {
    for (RecordRow& row : rows) {
      WorkflowSetPtr set = context_.store.workflow_set(row.workflow_set);
      const Definition& definition = set->types.at(row.type);
      const bool ended = definition.states.at(row.state).end;
      const bool cancelled = ended && !has_examined(definition, row.state);
      const bool counted = !of_suppliers.contains(row.id) && is_own(row);
      column_.emplace(row.id, made_.audits.size());
      made_.audits.push_back({std::move(row), std::move(set), &definition, ended, cancelled, counted});
    }
  }

  /// A row for each clause of the catalogues; what only an older version has comes behind those of the newer. Of two
  /// contents of one version that of the later audit is first.
  void add_clauses(const std::vector<ClauseCount>& counts) {
    std::map<RecordId, std::set<std::string>> hashes;
    for (const ClauseCount& count : counts) hashes[count.audit].insert(count.catalogue);
    std::map<std::string, std::vector<CataloguePtr>> versions;  // by id
    for (auto audit = made_.audits.rbegin(); audit != made_.audits.rend(); ++audit) {
      auto& used = hashes[audit->row.id];
      for (const ChosenCatalogue& chosen : chosen_catalogues(Json::parse(audit->row.body))) used.insert(chosen.hash);
      for (const std::string& hash : used) {
        if (CataloguePtr catalogue = hash.empty() ? nullptr : catalogues_.find(at_, hash)) {
          CataloguePtr& pinned = pinned_[{audit->row.id, catalogue->id}];
          if (!pinned || is_newer_catalogue(catalogue, pinned)) pinned = catalogue;
          auto& of_id = versions[catalogue->id];
          if (std::find(of_id.begin(), of_id.end(), catalogue) == of_id.end()) of_id.push_back(std::move(catalogue));
        }
      }
    }
    for (auto& [id, of_id] : versions) {
      std::stable_sort(of_id.begin(), of_id.end(), is_newer_catalogue);
      made_.catalogues.push_back(of_id.front());
      for (const CataloguePtr& catalogue : of_id) add_rows(*catalogue);
    }
    for (const ClauseCount& count : counts) add(count);
  }

  /// What is negative makes the cell a finding; anything else is listed there.
  void add_finding(RecordId audit, const RecordRow& row, const Naming& naming) {
    const Json body = Json::parse(row.body);
    const auto items = body.find(naming.field);
    if (items == body.end() || !items->is_array()) return;
    for (const Json& item : *items) {
      const std::string id = item.value("catalogue", "");
      const auto catalogue = pinned_.find({audit, id});
      if (catalogue == pinned_.end()) continue;
      const auto& clauses = catalogue->second->item_of_question;
      const auto clause = clauses.find(item.value("question", ""));
      CoverageCell* cell = clause == clauses.end() ? nullptr : at(audit, id, clause->second);
      if (cell == nullptr) continue;
      auto& findings = cell->findings;
      if (std::find(findings.begin(), findings.end(), row.number) == findings.end()) findings.push_back(row.number);
      if (!naming.negative || made_.audits[column_.at(audit)].cancelled) continue;
      cell->state = Covered::finding;
      if (!cell->until) cell->until = row.created;
    }
  }

  Coverage take() {
    for (CoverageRow& row : made_.rows) {
      for (std::size_t i = 0; i < row.cells.size(); ++i) {
        const CoverageCell& cell = row.cells[i];
        if (!made_.audits[i].counted || cell.state == Covered::open) continue;
        if (cell.state == Covered::planned) {
          if (row.state == Covered::open) row.state = cell.state;
        } else if (cell.until >= row.last_examined) {
          row.state = cell.state;
          row.last_examined = cell.until;
        }
      }
    }
    return std::move(made_);
  }

 private:
  void add_rows(const PinnedCatalogue& catalogue) {
    for (const Json& item : catalogue.content.at("items")) {
      const std::string name = item.at("id").get<std::string>();
      if (!row_.emplace(std::pair{catalogue.id, name}, made_.rows.size()).second) continue;
      CoverageRow row{catalogue.id, name, item.value("group", ""), item.value("clause", name), item.value("title", "")};
      row.cells.resize(made_.audits.size());
      made_.rows.push_back(std::move(row));
    }
  }

  CoverageCell* at(RecordId audit, const std::string& catalogue, const std::string& item) {
    const auto row = row_.find({catalogue, item});
    const auto column = column_.find(audit);
    if (row == row_.end() || column == column_.end()) return nullptr;
    return &made_.rows[row->second].cells[column->second];
  }

  void add(const ClauseCount& count) {
    CoverageCell* cell = at(count.audit, count.catalogue_id, count.item);
    if (cell == nullptr) return;
    cell->planned += count.planned;
    cell->examined += count.examined;
    if (count.until && (!cell->until || *cell->until < *count.until)) cell->until = count.until;
    const CoveredAudit& audit = made_.audits[column_.at(count.audit)];
    if (audit.cancelled) return;
    const bool ended = audit.ended;
    if (count.nonconforming > 0 || cell->state == Covered::finding) {
      cell->state = Covered::finding;
    } else if (cell->examined > 0 && (ended || cell->examined == cell->planned)) {
      cell->state = Covered::examined;
    } else {
      cell->state = ended ? Covered::open : Covered::planned;
    }
  }

  Context& context_;
  Catalogues& catalogues_;
  Snapshot& at_;
  Coverage made_;
  std::map<RecordId, std::size_t> column_;
  std::map<std::pair<std::string, std::string>, std::size_t> row_;  // by catalogue and clause
  std::map<std::pair<RecordId, std::string>, CataloguePtr> pinned_;
};

}  // namespace

bool has_examined(const Definition& type, const std::string& state) {
  const bool answered_still = std::any_of(type.commands.begin(), type.commands.end(), [&](const auto& one) {
    return one.second.endpoint == "answers" && one.second.from.contains(state);
  });
  if (answered_still) return false;
  if (state == "ended_early") return true;  // after a part of the work
  const std::set<std::string>& groups = type.states.at(state).groups;
  return groups.contains("findings_open") || groups.contains("reporting") || groups.contains("reported");
}

bool is_negative_finding(const WorkflowSet& set, const Definition& type) {
  return asks_for_results(type) || any_guard(type, "linked_some", [&](const Json& parameters) {
           const Definition* came_of_it = nullptr;
           set.back_link(type.type, parameters.at("link").get_ref<const std::string&>(), &came_of_it);
           return came_of_it != nullptr && asks_for_results(*came_of_it);
         });
}

bool has_coverage(const WorkflowSet& set, const std::string& type) {
  return std::any_of(set.types.begin(), set.types.end(),
                     [&](const auto& one) { return is_audit_below(one.second, type); });
}

Result<Coverage> coverage_of(Context& context, Catalogues& catalogues, Snapshot& at, const Reader& reader,
                             const RecordRow& programme, std::string_view zone) {
  const WorkflowSet& set = *context.workflows;
  const auto types = audits_below(set, programme.type, reader);
  if (!types) return types.error();
  auto rows = records_below(at, programme.id, *types, reader, most_audits + 1);
  const bool complete = rows.size() <= static_cast<std::size_t>(most_audits);
  if (!complete) {
    reader.forget(rows.front().id);
    rows.erase(rows.begin());
  }
  std::vector<RecordId> audits;
  for (const RecordRow& row : rows) audits.push_back(row.id);

  Matrix matrix(context, catalogues, at);
  matrix.add_audits(std::move(rows), linked_by(at, audits, "supplier"));
  matrix.add_clauses(count_clauses(at, audits));
  for (const Naming& naming : namings(set, *types)) {
    each_pointing_at(at, naming.type, naming.link, audits, reader, [&](RecordId audit, RecordRow&& row) {
      if (is_standing_finding(row)) {
        matrix.add_finding(audit, row, naming);
      } else {
        reader.forget(row.id);
      }
    });
  }
  Coverage made = matrix.take();
  made.complete = complete;
  made.years = years_of_cycle(Json::parse(programme.body));
  add_years(made, zone);
  // Controls are those of the organisation itself, and no client's.
  if (const Definition* type = set.find(programme.type); type && !is_for_clients(*type))
    leave_out(made, stated_controls(at, reader));
  return made;
}

}  // namespace assay
