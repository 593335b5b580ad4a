// The parts of check(), a noun each.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "domain/check.h"
#include "domain/definition.h"

namespace assay {

/// One definition under examination, with where its flaws go.
struct Examined {
  const WorkflowSet& set;
  const Definition& definition;
  std::vector<Flaw>& flaws;

  /// A flaw at the place that the segments lead to.
  void flaw(std::initializer_list<std::string_view> segments, std::string reason) const;
  /// A flaw of the list element or member `name` below `pointer`.
  void flaw_at(std::string pointer, std::string reason) const;

  /// True when `name` is a role of the set, or a seat here or on a type that this one may hang below.
  bool knows_role(std::string_view name) const;
  /// The field, or null.
  const FieldDefinition* field(std::string_view name) const;
  /// True when some command creates or keeps a date in the field `name`.
  bool is_date(std::string_view name) const;
};

inline bool has(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

/// A command under examination, with its place.
struct ExaminedCommand {
  const Examined& in;
  const CommandDefinition& command;
  std::string pointer;  // "/commands/issue"
};

/// The fields and values of a `when`, which stands at `pointer`.
void check_when(const Examined& examined, const Json& when, const std::string& pointer);

/// The prefills of the fields: what their lines name.
void check_prefills(const Examined& examined);
void check_shape(const Examined& examined);
void check_states(const Examined& examined);
void check_commands(const Examined& examined);
void check_guards(const ExaminedCommand& examined);
/// What the guards about audit time and samples of sites read; nothing of the others.
void check_audit_guard(const Examined& in, const GuardUse& use, const std::string& pointer);
void check_effects(const ExaminedCommand& examined);
void check_timers(const Examined& examined);

/// Between types: names given twice, links that run in circles.
void check_between(const WorkflowSet& set, std::vector<Flaw>& flaws);
/// Views: the types, states, fields, links and seats that they name.
void check_views(const WorkflowSet& set, std::vector<Flaw>& flaws);
/// Effects that send each other in circles.
void check_effect_cycles(const WorkflowSet& set, std::vector<Flaw>& flaws);

/// `where` and `in` of guards and effects against the type at the end of a path; `pointer` is that of the guard or
/// effect.
void check_selection(const Examined& examined, const Definition& type, const Json& parameters,
                     const std::string& pointer);

/// The states that a list of states and "#groups" means on `type`; unknown ones are left out.
std::set<std::string> states_of(const Definition& type, const Json& entries);

/// A policy, or a list of them, that is added to a date.
void check_plus(const Examined& examined, const Json& plus, const std::string& pointer);

/// Why `value` cannot stand in the field, or "" when it can.
std::string misfit(const FieldDefinition& field, const Json& value);

/// What one value of the field is: an element, where the field is a list.
FieldDefinition one_of(FieldDefinition field);

}  // namespace assay
