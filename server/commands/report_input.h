// What a report of an audit is made of: the audit with everything below it, as one JSON document
// (sdk/schema/report-input.json). What it shares with other inputs of reports.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "commands/catalogues.h"
#include "commands/context.h"
#include "storage/evidence.h"
#include "storage/items.h"
#include "storage/records.h"

namespace assay {

/// The report input for an audit in a language, from one snapshot and as `who` may see it; without input_hash.
Json report_input(Context& context, Catalogues& catalogues, Snapshot& at, const Principal& who, const RecordRow& audit,
                  const std::string& language);

/// What the parts of an input share while it is put together.
class ReportSource {
 public:
  ReportSource(Context& context, Snapshot& at, const Principal& who, const RecordRow& record, std::string language);

  const std::string& language() const { return language_; }
  const std::string& zone() const { return who_.organisation.zone; }
  Snapshot& at() { return at_; }
  /// That the report is about.
  const RecordRow& record() const { return record_; }
  const Reader& reader() const { return who_.reader; }

  const Definition& definition(const RecordRow& row);
  /// Name of the person behind a public id; the id itself when it is unknown.
  std::string name(const std::string& person_uuid);
  std::string name(PersonId person);
  /// The labels of the person's roles in the organisation, in one line.
  std::string roles(PersonId person);
  std::string state(const RecordRow& row);
  /// Label of an enum value.
  std::string label(const RecordRow& row, const std::string& field, const std::string& value);
  /// The records that are linked to `row` under `link`, by number.
  std::vector<RecordRow> linked(const RecordRow& row, const std::string& link);
  /// The record that `row` hangs below, if there is one; whether they see it or not.
  std::optional<RecordRow> above(const RecordRow& row);
  /// "E-1", "E-2", ...: how the report names a piece of evidence; in the order in which they are first asked for.
  std::string evidence_name(const std::string& uuid);
  const std::vector<std::pair<RecordRow, EvidenceRow>>& evidence() const { return evidence_; }
  void collect_evidence(const RecordRow& row);

 private:
  Context& context_;
  Snapshot& at_;
  const Principal& who_;
  const RecordRow& record_;
  std::string language_;
  std::map<std::string, WorkflowSetPtr> sets_;
  std::map<std::string, std::string> names_;
  std::map<std::string, std::string> evidence_names_;
  std::vector<std::pair<RecordRow, EvidenceRow>> evidence_;
};

/// What was never issued, and what was withdrawn, is no finding of an audit.
bool is_standing_finding(const RecordRow& row);

/// Findings (nonconformities, opportunities, then observations and strengths) and the corrective actions from them.
struct ReportFindings {
  Json findings = Json::array();
  Json corrective_actions = Json::array();
  std::map<std::string, std::vector<std::string>> by_question;  // "catalogue question subject" -> numbers of findings
};
ReportFindings report_findings(ReportSource& source);

/// All evidence that the source has collected.
Json report_evidence(ReportSource& source);
/// A corrective action from the finding of that number.
Json report_action(ReportSource& source, const RecordRow& action, const std::string& finding);

/// The text in `field`. What is no text says nothing: a type of a package may mean something else by the name.
std::string text_in(const Json& body, const char* field, const std::string& otherwise = {});
/// Copies `field` as `name` when it has a value: a non-empty text or list, a number or true.
void copy_filled(Json& to, const char* name, const Json& from, const char* field);

}  // namespace assay
