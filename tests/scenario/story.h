// The story that the scenarios play in: people, a programme, audits on their way, told through the API.
#pragma once

#include <chrono>
#include <string>

#include "scenario/stage.h"

namespace assay::test {

/// The input of a seat that one person takes.
Json seat(const Stage& stage, const std::string& who);
/// Makes a record by the first command of its type, kept under `name`; the answer is "plural/id".
std::string made(Stage& stage, const std::string& name, const std::string& who, const std::string& plural,
                 const Json& input);

/// The cells of the row of a view about what is kept under `name`; null when somebody sees no such row.
Json cells(Stage& stage, const std::string& who, const std::string& view, const std::string& name);

/// A running programme of this year by manager, approved by top, kept under `name`.
std::string running_programme(Stage& stage, const std::string& name, const std::string& title);

/// Once for each stage. People of ours: admin (administrator and ISMS manager), manager (ISMS manager), top (top
/// management), lead (internal auditor), auditor and colleague (no role, seated as auditors), auditee (head of IT, owns
/// A.8.13), owner (of actions), nobody. Theirs: other (administrator and ISMS manager). Names: programme; audit (in
/// fieldwork, by lead and auditor), item and lead_item, evidence, file, nonconformity, action, opportunity, review;
/// second_audit (by lead and colleague).
void set_the_scene(Stage& stage);

/// When the next session may be, `starts` and `ends`: so long, from today on, and nobody has one yet.
Json free_time(std::chrono::minutes length = std::chrono::minutes(15));

/// A new audit by lead and auditor of auditee, kept under `name`, taken along to a state: planned, team_proposed,
/// team_confirmed, plan_issued, opened, fieldwork, conclusions, closed_meeting, report_draft, report_issued.
std::string audit_in(Stage& stage, const std::string& name, const std::string& state,
                     const std::string& auditor = "auditor", const Json& purposes = {"internal"});

/// Takes it from one of these states to a later one; items are planned unless there are some.
void take_along(Stage& stage, const std::string& audit, const std::string& from, const std::string& to,
                const std::string& auditor = "auditor");

/// A nonconformity of an audit in fieldwork, issued to owner, kept under `name`.
std::string issued_nonconformity(Stage& stage, const std::string& name, const std::string& audit,
                                 const std::string& grade = "major");

/// A management review of today, scheduled by admin, kept under `name`: the plainest record there is.
std::string scheduled_review(Stage& stage, const std::string& name);
Json review_input(const std::string& title);

/// A programme of its own, running, which `audit_in` uses until the end of the scope.
class OwnProgramme {
 public:
  explicit OwnProgramme(Stage& stage);
  ~OwnProgramme();
  OwnProgramme(const OwnProgramme&) = delete;
  OwnProgramme& operator=(const OwnProgramme&) = delete;

  /// Sets a number or makes a choice, proposed by manager and confirmed by top.
  void set(const char* policy, int value);
  void choose(const char* choice, const char* option);
  const std::string& path() const { return path_; }

 private:
  void agree(const char* command, const Json& input);

  Stage& stage_;
  std::string before_, path_;
};

}  // namespace assay::test
