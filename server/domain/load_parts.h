// The parts of a definition's loader, a noun each. They note flaws at the places they read and go on.
#pragma once

#include "domain/definition.h"
#include "domain/place.h"

namespace assay {

std::map<std::string, FieldDefinition> load_fields(const Place& definition);
std::map<std::string, LinkDefinition> load_links(const Place& definition);
std::map<std::string, SeatDefinition> load_seats(const Place& definition);
std::map<std::string, StateDefinition> load_states(const Place& definition);
/// Commands and timers name states and "#groups" of `definition`, which is loaded up to its states.
std::map<std::string, CommandDefinition> load_commands(const Place& place, const Definition& definition);
std::map<std::string, TimerDefinition> load_timers(const Place& place, const Definition& definition);
/// What `when` says: fields, each with a list of values; empty when it is absent.
Json load_when(const Place& owner);
/// What `grants` says, when it is there.
std::optional<GrantsDefinition> load_grants(const Place& place, const Definition& definition);
/// What `engages` says, when it is there.
std::optional<EngagesDefinition> load_engages(const Place& place, const Definition& definition);

/// The guards in the list `name`, each with parameters that it takes.
std::vector<GuardUse> load_guards(const Place& owner, std::string_view name);

/// The states that a list of states and "#groups" means; unknown names are flaws.
std::set<std::string> expand_states(const Place& owner, std::string_view name, const Definition& definition);

/// Labels in another language: the same tree as the definition, labels only.
void check_labels(const Place& place, const Definition& definition);

void load_views(const Place& file, WorkflowSet& set);
void load_view_labels(const Place& file, const std::string& language, WorkflowSet& set);
void load_roles(const Place& file, WorkflowSet& set);
void load_role_labels(const Place& file, const std::string& language, WorkflowSet& set);
void load_policies(const Place& file, WorkflowSet& set);
/// How policies of the file NAME.json beside it are called in another language, all of them.
void load_policy_words(const Place& file, const std::string& name, const std::string& language, WorkflowSet& set);

/// Lists of requirements in levels, and their titles in another language.
void load_requirements(const Place& file, WorkflowSet& set);
void load_requirement_titles(const Place& file, const std::string& language, WorkflowSet& set);
void load_guard_texts(const Place& file, const std::string& language, WorkflowSet& set);

/// True for an acceptable name; else a flaw at `place`.
bool good_name(const Place& place, std::string_view name);

}  // namespace assay
