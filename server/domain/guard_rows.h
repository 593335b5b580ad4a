// The guard functions, by family; what each requires stands in the table in guards.cpp.
#pragma once

#include "domain/guards.h"

namespace assay::guard {

Unmet filled(const GuardContext&);
Unmet filled_where(const GuardContext&);
Unmet is(const GuardContext&);
Unmet is_not(const GuardContext&);
Unmet after(const GuardContext&);
Unmet not_before(const GuardContext&);
Unmet not_after(const GuardContext&);
Unmet at_least(const GuardContext&);
Unmet rated(const GuardContext&);
Unmet has_report(const GuardContext&);
Unmet has_evidence(const GuardContext&);

Unmet linked_all(const GuardContext&);
Unmet linked_some(const GuardContext&);
Unmet linked_none(const GuardContext&);
Unmet linked_among(const GuardContext&);
Unmet linked_at_most(const GuardContext&);
Unmet above(const GuardContext&);
Unmet says(const GuardContext&);
Unmet took_part(const GuardContext&);

Unmet actor_not(const GuardContext&);
Unmet actor_is_not(const GuardContext&);
Unmet actor_not_did(const GuardContext&);
Unmet people_differ(const GuardContext&);
Unmet carried(const GuardContext&);
Unmet role_present(const GuardContext&);
Unmet seated(const GuardContext&);
Unmet have_left(const GuardContext&);
Unmet nothing_awaits(const GuardContext&);

Unmet registered(const GuardContext&);
Unmet each_registered(const GuardContext&);
Unmet none_registered(const GuardContext&);
Unmet some_registered(const GuardContext&);
Unmet not_registered(const GuardContext&);
Unmet within(const GuardContext&);
Unmet covers_all(const GuardContext&);
Unmet none_within(const GuardContext&);
Unmet dossier_unchanged(const GuardContext&);

Unmet sample_planned(const GuardContext&);
Unmet sites_audited(const GuardContext&);

Unmet disposable(const GuardContext&);

Unmet each_at_least(const GuardContext&);
Unmet requirements_evidenced(const GuardContext&);

Unmet not_own_area(const GuardContext&);
Unmet items_planned(const GuardContext&);
Unmet items_answered(const GuardContext&);
Unmet items_assigned(const GuardContext&);
Unmet items_of(const GuardContext&);
Unmet no_item_planned(const GuardContext&);
Unmet no_clash(const GuardContext&);
Unmet sessions_within(const GuardContext&);
Unmet sites_visited(const GuardContext&);
Unmet time_of_team(const GuardContext&);
Unmet enough_days(const GuardContext&);
Unmet hours_planned(const GuardContext&);
Unmet time_explained(const GuardContext&);

Unmet plugin_allows(const GuardContext&);

/// What a plugin says of a command.
struct PluginJudgement {
  Unmet unmet = {};
  Json note = nullptr;      // for the event: who was asked and what came of it
  bool unanswered = false;  // it has not been asked: `unmet` says so
};
PluginJudgement judge_by_plugin(const GuardContext&);

// What the families share.

/// An unmet guard with its English sentence. `values` fill the placeholders.
UnmetGuard unmet(const GuardContext& context, std::string_view guard, std::string_view code, Json values);
/// The values that name a record in a sentence: type, number, state and public id.
Json named(const RecordView& record);
/// What the field holds, the input first (a field that only the event keeps stands nowhere else); null when nothing.
const Json* value_of(const GuardContext& context, const std::string& field);
/// The date that the value is; none when it says nothing.
std::optional<Date> date_in(const Json* value);
/// The text parameter, or "" when it is absent.
std::string_view text_parameter(const GuardContext& context, const char* name);
/// The purposes that the parameter `purposes` names and those in our `fields`.
std::vector<std::string> named_purposes(const GuardContext& context);
/// True while the input may still bring one of them.
bool awaits_purposes(const GuardContext& context);
/// True when the list has the value.
bool is_in(const Json& list, const Json& value);
/// What stands in the field of the record, as a list.
Json values_in(const RecordView& record, const std::string& field);
/// The date that stands in the field of the record.
std::optional<Date> date_there(const RecordView& record, const std::string& field);
/// True when the date `held` of the record is no longer ago than `plus` says, or nothing is asked about it.
bool is_recent(const GuardContext& context, const RecordView& record);
/// True when the first link of the path may still come with the input.
bool awaits_path(const GuardContext& context, std::string_view path);

}  // namespace assay::guard
