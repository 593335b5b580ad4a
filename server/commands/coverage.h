// How the audits of a programme cover the clauses and controls of their catalogues: a matrix that nobody enters.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/catalogues.h"
#include "commands/context.h"
#include "storage/records.h"

namespace assay {

/// What an audit says of a clause, or what all audits together say of it.
enum class Covered {
  open,      // no audit looks at it
  planned,   // an audit that has not ended will
  examined,  // every item of it has a result, or the audit has ended with some
  finding,   // an item does not conform, or a nonconformity or area of concern names it
  excluded,  // of rows alone: the statement of applicability does without the control
};

/// A year of a programme's cycle, both days included.
struct CoverageYear {
  Date from, to;
};

struct CoverageCell {
  Covered state = Covered::open;
  std::int64_t planned = 0;                // checklist items, with or without a result
  std::int64_t examined = 0;               // of them those whose result says that somebody looked
  std::vector<std::string> findings = {};  // numbers, also of what asks for nothing, as strengths
  std::optional<Instant> until = {};       // the last answer to an item that was examined, else the finding
};

struct CoverageRow {
  std::string catalogue;  // id
  std::string item, group, clause, title;
  /// What the counted audit says that examined it last; else planned, if one will. Excluded whatever they say.
  Covered state = Covered::open;
  std::optional<Instant> last_examined = {};
  std::vector<CoverageCell> cells = {};  // one for each audit
  std::vector<Covered> years = {};       // one for each year of the cycle: what was seen of it then, or is planned
};

struct CoveredAudit {
  RecordRow row;
  WorkflowSetPtr set;            // to which it is pinned
  const Definition* definition;  // of it
  bool ended;
  bool cancelled;  // ended without having looked: what it had begun stays open
  bool counted;    // false: of a supplier, or not an internal audit by its purposes; its cells are shown and no more
};

struct Coverage {
  std::vector<CoveredAudit> audits;      // oldest first
  std::vector<CataloguePtr> catalogues;  // the newest version of each
  std::vector<CoverageRow> rows;         // catalogue by catalogue, in the order of the newest version that is used
  std::vector<CoverageYear> years = {};  // of the programme's cycle
  bool controls_stated = false;          // the reader sees an approved statement of applicability
  bool complete = true;                  // false: there are more audits than are looked at, the newest are
};

/// True for audits that take no more answers and stand: not for those that are postponed or cancelled.
bool has_examined(const Definition& type, const std::string& state);

/// True for types of findings that make a cell one: their guards ask that the items named have certain results, or a
/// command asks for a finding of such a type that came of them.
bool is_negative_finding(const WorkflowSet& set, const Definition& type);

/// True for types of records below which audits with checklists can hang.
bool has_coverage(const WorkflowSet& set, const std::string& type);

/// From one snapshot and as the reader may see audits and findings: with a question for the audits, one for all their
/// checklists, one for each type of finding, and of the controls where an organisation audits itself. Days are those of
/// `zone`. not_found when no audits with checklists hang below records of this
/// type, or when their answers are kept from the reader.
Result<Coverage> coverage_of(Context& context, Catalogues& catalogues, Snapshot& at, const Reader& reader,
                             const RecordRow& programme, std::string_view zone);

}  // namespace assay
