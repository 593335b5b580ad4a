// The fixed words of the report, in each of its languages.
#pragma once

#include <array>
#include <string_view>

namespace report_html {

struct Words {
  std::string_view language;  // BCP 47
  std::array<std::string_view, 12> months;
  std::string_view day_mark;  // after the day of a date
  std::string_view decimal_mark, thousands_mark;
  std::string_view percent_sign;  // with the space before it, if any
  // document
  std::string_view report, contents, page_of, generated, none_recorded, confidential;
  // cover and audit
  std::string_view organisation, certification_body, number, programme, state, purposes, period, lead_auditor,
      report_issued, opening_meeting, closing_meeting, completed;
  // sections
  std::string_view summary, the_audit, findings, corrective_actions, exceptions, checklist, evidence, integrity;
  // summary
  std::string_view conclusion, effectiveness, recommendation, findings_at_a_glance, planned_answers, conforming,
      open_answers, by_chapter, by_result, no_findings, no_answers, for_the_organisation, place_date_signature,
      not_scored;
  // audit
  std::string_view objectives, scope, criteria, methods, sites, team, auditees, name, role, function, plan, time,
      topics, auditor, place, subject, on_site, remote, fallback, attendance, course, remote_work, deviations,
      unresolved, time_frame, distribution;
  // findings
  std::string_view major, minor, opportunity, observation, area_of_concern, strength, majors, minors, opportunities,
      observations, areas_of_concern, strengths, clause, questions, raised, requirement, finding, improvement,
      objective_evidence, response, correction, extent, root_cause, action, owner, due, done, implementation,
      verification, accepted, rejected, history, closed, overdue, respond_until, verify_until, awaiting_response, title;
  // actions and exceptions
  std::string_view no_actions, for_finding, review, effective, not_effective, not_reviewed, no_exceptions,
      exceptions_lead, reason, compensating_measure, granted_by, proposed_by, items_concerned;
  // annexes
  std::string_view item, result, notes, whole, assigned_to, open, maturity, not_planned, no_evidence, kind, file,
      reference, interview, document, seen, held, consent, collected, withdrawn, catalogue_hash, input_hash,
      integrity_lead, version;
};

/// The words for a language; English for one that is not there.
const Words& words_for(std::string_view language);

}  // namespace report_html
