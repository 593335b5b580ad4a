// The table of guards.
#include "domain/guards.h"

#include <algorithm>
#include <array>

#include "domain/guard_rows.h"

namespace assay {
namespace {

constexpr GuardReason filled_reasons[] = {{"empty", "{field} is not filled in."},
                                          {"filled_by", "It is filled in by: {commands}."}};
constexpr GuardReason filled_where_reasons[] = {
    {"empty", "{field} is not filled in, and \"{other_field}\" asks for it."},
    {"row_empty", "{field}, row {row}: \"{member}\" is not filled in."}};
constexpr GuardReason is_reasons[] = {{"empty", "{field} is not filled in; it must be {one_of}."},
                                      {"other_value", "{field} must be {one_of}; it is {value}."}};
constexpr GuardReason is_not_reasons[] = {{"excluded_value", "{field} must not be {value}."}};
constexpr GuardReason above_reasons[] = {{"empty", "{field} is not filled in."},
                                         {"not_above", "{field} must be above {limit}; it is {count}."}};
constexpr GuardReason carried_reasons[] = {
    {"no_quorum", "{count} of {planned} members have voted on this: {value}; at least {limit} have to."},
    {"rejected", "{count} members are for this and {limit} against it: {value}."}};
constexpr GuardReason after_reasons[] = {{"empty", "{field} is not filled in."},
                                         {"not_after", "{field} must be after {date}."},
                                         {"too_early", "Too early: {field} leads to {date}."}};
constexpr GuardReason at_least_reasons[] = {{"empty", "{field} is not filled in."},
                                            {"below", "{field} is {count}, which is below {limit}."}};
constexpr GuardReason rated_reasons[] = {
    {"empty", "{field} is not filled in."},
    {"below", "{field} is {value}; what it is rated by makes {count}, which asks for: {one_of}."}};
constexpr GuardReason not_before_reasons[] = {{"empty", "{field} is not filled in."},
                                              {"before", "{field} must not be before {date}."},
                                              {"too_early", "Too early: {field} leads to {date}."}};
constexpr GuardReason not_after_reasons[] = {{"empty", "{field} is not filled in."},
                                             {"after", "{field} must not be after {date}."},
                                             {"too_late", "Too late: {field} led to {date}."}};
constexpr GuardReason has_report_reasons[] = {
    {"no_report", "{record} has no report."},
    {"outdated", "The newest report was made before this: {command} on {record}."}};
constexpr GuardReason has_evidence_reasons[] = {
    {"no_evidence", "{record} has no evidence."},
    {"outdated", "The newest evidence was attached before this: {command} on {record}."},
    {"other_file", "{record} has no evidence that is the file of this: {field}."}};
constexpr GuardReason linked_all_reasons[] = {{"open", "{record} is still {state}."},
                                              {"not_filled", "{field} of {record} is not filled in."}};
constexpr GuardReason linked_among_reasons[] = {{"elsewhere", "{other_record} is none of the {linked} here."}};
constexpr GuardReason says_reasons[] = {
    {"none", "None of the {linked} has one of these as \"{field}\": {one_of}."},
    {"too_old", "None of the {linked} with one of these as \"{field}\" is recent enough: {one_of}."},
    {"not_covered", "{field}: none of the {linked} that count here covers {value}."}};
constexpr GuardReason took_part_reasons[] = {
    {"none",
     "Somebody on the seat {other_seat} holds {seat} of none of the {linked} that are {states} and have one of these "
     "as \"{field}\": {one_of}."}};
constexpr GuardReason linked_some_reasons[] = {{"none", "There are no {linked} as required here."},
                                               {"none_in_state", "There are no {linked} that are {states}."}};
constexpr GuardReason linked_none_reasons[] = {{"present", "{record} is {state}."}};
constexpr GuardReason linked_at_most_reasons[] = {
    {"too_many", "There are {count} {linked}; at most {limit} are allowed."}};
constexpr GuardReason actor_not_reasons[] = {
    {"holds_seat", "You hold the seat {seat} of {record}."},
    {"second_holds_seat", "The second person holds the seat {seat} of {record}."},
    {"held_seat", "You have held the seat {seat} of {record}."},
    {"second_held_seat", "The second person has held the seat {seat} of {record}."}};
constexpr GuardReason actor_is_not_reasons[] = {{"is_named", "You are named in {field}."},
                                                {"second_is_named", "The second person is named in {field}."}};
constexpr GuardReason actor_not_did_reasons[] = {{"did", "You have performed {command} on {record}."}};
constexpr GuardReason people_differ_reasons[] = {
    {"overlap", "The same person holds {seat} of {record} and {other_seat} of {other_record}."},
    {"held", "Somebody on the seat {seat} of {record} has held {other_seat} of {other_record}."}};
constexpr GuardReason role_present_reasons[] = {{"absent", "Nobody among those named has one of the roles: {roles}."}};
constexpr GuardReason have_left_reasons[] = {{"here", "Somebody on the seat {seat} has not left the organisation."}};
constexpr GuardReason nothing_awaits_reasons[] = {
    {"awaited", "Seats, checklist items or proposals still await somebody on the seat {seat}: hand them over first."}};
constexpr GuardReason seated_reasons[] = {{"vacant", "Nobody holds the seat {seat}."}};
constexpr GuardReason not_own_area_reasons[] = {
    {"own_area", "{item} ({subject}) is audited by somebody who answers for it."}};
constexpr GuardReason items_planned_reasons[] = {{"none", "No checklist item is planned."}};
constexpr GuardReason items_answered_reasons[] = {
    {"unanswered", "{count} of {planned} planned checklist items have no result, for example {example}."}};
constexpr GuardReason items_assigned_reasons[] = {
    {"not_in_team",
     "{count} of {planned} planned checklist items have an auditor without such a seat in the team, for example "
     "{example}."},
    {"unassigned", "{count} of {planned} planned checklist items have no auditor, for example {example}."}};
constexpr GuardReason items_of_reasons[] = {
    {"not_planned", "{question} ({subject}) is no checklist item of {record}."},
    {"other_result", "{question} ({subject}) of {record} has no result that bears this finding."}};
constexpr GuardReason no_item_planned_reasons[] = {
    {"planned", "{count} checklist items are planned, for example {example}; take them out of the plan first."}};
constexpr GuardReason no_clash_reasons[] = {
    {"ends_before_start", "Session {session} does not end after it starts."},
    {"not_in_team", "The auditor of session {session} has no such seat in the team."},
    {"overlap", "Sessions {session} and {other_session} of the same auditor overlap."},
    {"engaged", "The auditor of session {session} has a session elsewhere at that time ({other_session})."}};

constexpr GuardReason sessions_within_reasons[] = {
    {"other_day", "Session {session} lies outside of the planned days, {date} to {limit}."},
    {"other_site", "Session {session} is held elsewhere: {value} is not in \"{other_field}\"."}};
constexpr GuardReason time_of_team_reasons[] = {
    {"not_in_team", "{field}, row {row}: whose time counts has, or has had, such a seat in the team."}};
constexpr GuardReason enough_days_reasons[] = {
    {"not_calculated", "\"{other_field}\" is missing: no time was calculated for this visit."},
    {"below", "{field} is {count}; for this visit {limit} is the least that the calculated time allows."},
    {"unexplained", "\"{other_field}\" is missing: {field} is {count}, and {limit} were calculated for this visit."}};
constexpr GuardReason hours_planned_reasons[] = {
    {"too_few",
     "{field}: {planned} hours count, and {count} audit days (\"{other_field}\") of {most} need {limit}, as {share} "
     "percent are the audit itself. No more than {most} count for a person and day: plan more sessions, days or "
     "auditors."}};
constexpr GuardReason time_explained_reasons[] = {
    {"unexplained",
     "{field}: on {date} an auditor was to work {planned} hours and worked {count}; \"{other_field}\" does not say "
     "why."},
    {"other_plan", "{field}: on {date} an auditor was to work {planned} hours by the plan, not {count}."}};
constexpr GuardReason sample_planned_reasons[] = {
    {"not_drawn",
     "{field}: sites are sampled here, and none have been drawn for this audit; \"{other_field}\" does not say why."},
    {"left_out", "{field}: {value} was sampled for this audit and is left out; \"{other_field}\" does not say why."}};
constexpr GuardReason sites_visited_reasons[] = {
    {"no_session", "{field}: there is no session for {value}, which is in \"{other_field}\"."}};
constexpr GuardReason sites_audited_reasons[] = {
    {"sample_missed", "{value} was sampled and has not been audited."},
    {"not_audited", "{field}: {value} has not been audited, and no sample stands for it."}};
constexpr GuardReason each_at_least_reasons[] = {{"empty", "{field} is not filled in."},
                                                 {"below", "{field}, {member}: {count} is below {limit}."},
                                                 {"less", "{field} is {count}, which is below {limit}."}};
constexpr GuardReason requirements_evidenced_reasons[] = {
    {"no_evidence",
     "{count} of {planned} requirements, for example {example}, are shown by nothing: no evidence of their own, none "
     "of a control that {linked} pair with them."}};
constexpr GuardReason registered_reasons[] = {{"empty", "{field} is not filled in."},
                                              {"none", "There are no {linked} in force that fit this."}};
constexpr GuardReason each_registered_reasons[] = {
    {"empty", "{field} is not filled in."},
    {"none", "Somebody on the seat {other_seat} has no {linked} in force that fit this."},
    {"actor_none", "You have no {linked} in force that fit this."},
    {"second_none", "The second person has no {linked} in force that fit this."}};
constexpr GuardReason some_registered_reasons[] = {
    {"none", "{field}: there are no {linked} in force that fit this: {value}."},
    {"nobody", "{field}: nobody in the team has {linked} in force that fit this: {value}."},
    {"actor_none", "{field}: you have no {linked} in force that fit this: {value}."}};
constexpr GuardReason none_registered_reasons[] = {{"present", "{record} names somebody on the seat {other_seat}."},
                                                   {"actor_present", "{record} names you."},
                                                   {"second_present", "{record} names the second person."}};
constexpr GuardReason not_registered_reasons[] = {{"empty", "{field} is not filled in."},
                                                  {"present", "There are {linked} with this already: {field}."}};
constexpr GuardReason plugin_allows_reasons[] = {
    {"denied", "{plugin} does not allow it: {reason}."},
    {"failed", "{plugin} cannot be asked, and nothing is allowed without its answer: {reason}."},
    {"unknown", "{plugin} has no rule {rule}."},
    {"not_asked", "{plugin} was not asked, and nothing makes up for that: {reason}."},
    {"too_many", "Plugins would be asked {count} questions, and a command asks {limit} at most."},
    {"handed_over", "{seat}: the command {command} gives it, about which {plugin} is asked: it cannot be handed over."},
    {"unanswered", "{plugin} has not been asked."}};
constexpr GuardReason none_within_reasons[] = {
    {"excluded", "{record} rules this out, under \"{field}\": {one_of}."},
    {"needs", "\"{other_field}\" is missing: {record} asks for it, under \"{field}\": {one_of}."}};
constexpr GuardReason covers_all_reasons[] = {
    {"missing", "\"{other_field}\" does not have {value}, which {record} has."}};
constexpr GuardReason within_reasons[] = {{"beyond", "{field}: {value} lies outside of the {linked}."}};
constexpr GuardReason disposable_reasons[] = {{"none", "No record is named."},
                                              {"open", "{record} has not come to its end."},
                                              {"disposed", "{record} was disposed of before."},
                                              {"kept", "{record} is kept for ever."},
                                              {"goes_on", "{record} is kept as long as {other_record} goes on."},
                                              {"too_early", "{record} is to be kept until {date}."},
                                              {"held", "{other_record} holds {record}."}};
constexpr GuardReason dossier_unchanged_reasons[] = {
    {"empty", "{field} has not been frozen."},
    {"changed", "{other_record} has changed since this was frozen: {field}."},
    {"added", "{other_record} came after this was frozen: {field}."},
    {"gone", "{other_record} is no longer part of this: {field}."}};

constexpr std::string_view linked = "link where? in? have?";

/// Sorted by name: find_guard() halves.
constexpr std::array table{
    Guard{"above", "field of their same? in? where?", "the number is above that of every other record there",
          above_reasons, guard::above, InWorlds::free},
    Guard{"actor_is_not", "field who?", "the actor (or the second person) is not named in the field",
          actor_is_not_reasons, guard::actor_is_not, InWorlds::told},
    Guard{"actor_not", "seats of? in? who? ever?",
          "the actor (or the second person) holds none of these seats there, or has never held one", actor_not_reasons,
          guard::actor_not, InWorlds::told},
    Guard{"actor_not_did", "commands of?", "the actor has performed none of these commands there",
          actor_not_did_reasons, guard::actor_not_did, InWorlds::told},
    Guard{"after", "field than plus? of? or_empty?", "the date is after the other date or today", after_reasons,
          guard::after, InWorlds::partly},
    Guard{"at_least", "field policy", "the number is not below that of the policy as it holds here", at_least_reasons,
          guard::at_least, InWorlds::free},
    Guard{"carried", "list seats on value vote for against dossier policy",
          "of those on the seats enough have voted on the value since the dossier was frozen, and more for it than "
          "against it",
          carried_reasons, guard::carried, InWorlds::free},
    Guard{"covers_all", "field of their in? where?", "our list has every value of theirs there", covers_all_reasons,
          guard::covers_all, InWorlds::free},
    Guard{"disposable", "links type in",
          "each record named, and all that hangs below it, is at its end, need not be kept any longer and is not held",
          disposable_reasons, guard::disposable, InWorlds::free},
    Guard{"dossier_unchanged", "dossier",
          "no record of the frozen dossier has changed in state or fields, come or gone", dossier_unchanged_reasons,
          guard::dossier_unchanged, InWorlds::free},
    Guard{"each_at_least", "field than except? their? in?",
          "the number, or no member of the field, is below that of the other, unless a record there lets it be so low",
          each_at_least_reasons, guard::each_at_least, InWorlds::free},
    Guard{"each_registered", "type by seats? of? who? same? among? in? where? covers? until? ours?",
          "a record of the register, in force and fitting, names each person on these seats (or the actor)",
          each_registered_reasons, guard::each_registered, InWorlds::partly},
    Guard{"enough_days", "field of their member by? when? purposes? fields? unless? allowed?",
          "the number of days is not below what the rows for these purposes say there, unless our other field says why "
          "or allows so few",
          enough_days_reasons, guard::enough_days, InWorlds::free},
    Guard{"filled", "fields where?", "every field says something, where ours say so", filled_reasons, guard::filled,
          InWorlds::told},
    Guard{"filled_where", "list member one_of fields? members?",
          "where a row of the list says one of the values, every field says something, and so do these members of the "
          "row",
          filled_where_reasons, guard::filled_where, InWorlds::free},
    Guard{"has_evidence", "of? since? file?",
          "a piece of evidence is attached there, since the last of the commands, and the file of that SHA-256",
          has_evidence_reasons, guard::has_evidence, InWorlds::told},
    Guard{"has_report", "of? since? link? linked_since?", "a report is attached there, since the last of the commands",
          has_report_reasons, guard::has_report, InWorlds::told},
    Guard{"have_left", "seats", "nobody on these seats is still in the organisation", have_left_reasons,
          guard::have_left, InWorlds::free},
    Guard{"hours_planned", "field days hours share",
          "the sessions take no fewer hours than that share of the days, at so many hours a day", hours_planned_reasons,
          guard::hours_planned, InWorlds::free},
    Guard{"is", "field one_of", "the field has one of the values", is_reasons, guard::is, InWorlds::told},
    Guard{"is_not", "field one_of", "the field has none of the values", is_not_reasons, guard::is_not, InWorlds::told},
    Guard{"items_answered", "", "every planned checklist item has a result", items_answered_reasons,
          guard::items_answered, InWorlds::told},
    Guard{"items_assigned", "seats?", "every planned checklist item has an auditor, on one of these seats",
          items_assigned_reasons, guard::items_assigned, InWorlds::told},
    Guard{"items_of", "field of results?", "the named items are planned there and have such a result", items_of_reasons,
          guard::items_of, InWorlds::told},
    Guard{"items_planned", "", "at least one checklist item is planned", items_planned_reasons, guard::items_planned,
          InWorlds::told},
    Guard{"linked_all", linked, "every linked record is in one of the states and has the fields", linked_all_reasons,
          guard::linked_all, InWorlds::told},
    Guard{"linked_among", "link of", "every linked record is one of those there", linked_among_reasons,
          guard::linked_among, InWorlds::told},
    Guard{"linked_at_most", "link where? in? count", "at most so many linked records are as described",
          linked_at_most_reasons, guard::linked_at_most, InWorlds::told},
    Guard{"linked_none", "link where? in?", "no linked record is as described", linked_none_reasons, guard::linked_none,
          InWorlds::told},
    Guard{"linked_some", linked, "at least one linked record is as described", linked_some_reasons, guard::linked_some,
          InWorlds::told},
    Guard{"no_clash", "field seats",
          "the sessions end after they start, are held by the team, and nobody is in two at a time, here or elsewhere",
          no_clash_reasons, guard::no_clash, InWorlds::free},
    Guard{"no_item_planned", "", "no checklist item is planned", no_item_planned_reasons, guard::no_item_planned,
          InWorlds::told},
    Guard{"none_registered", "type by seats? of? who? linked? same? in? where? until? plus? ours?",
          "no such record of the register names a person on these seats (or the actor)", none_registered_reasons,
          guard::none_registered, InWorlds::partly},
    Guard{"none_within", "field their of? in? where? unless?",
          "no value of our list is among those of the records there, unless our other field says something",
          none_within_reasons, guard::none_within, InWorlds::free},
    Guard{"not_after", "field than plus? of? or_empty?", "the date is not after the other date or today",
          not_after_reasons, guard::not_after, InWorlds::partly},
    Guard{"not_before", "field than plus? of? or_empty?", "the date is not before the other date or today",
          not_before_reasons, guard::not_before, InWorlds::partly},
    Guard{"not_own_area", "field?", "nobody audits what they answer for, item by item, unless it was excepted",
          not_own_area_reasons, guard::not_own_area, InWorlds::told},
    Guard{"not_registered", "type same in? where? apart?",
          "the register has no fitting record but this one and those there", not_registered_reasons,
          guard::not_registered, InWorlds::free},
    Guard{"nothing_awaits", "seats", "nothing is left that awaits somebody on these seats", nothing_awaits_reasons,
          guard::nothing_awaits, InWorlds::free},
    Guard{"people_differ", "seats from of? in? ever?",
          "nobody holds a seat of both kinds, or has held one of the others", people_differ_reasons,
          guard::people_differ, InWorlds::told},
    Guard{"plugin_allows", "plugin rule with? sees? on_failure?", "the plugin allows it, by this rule of its own",
          plugin_allows_reasons, guard::plugin_allows, InWorlds::partly},
    Guard{"rated", "field factors policy",
          "the value stands no lower in its order than the policy says of the product of the numbers", rated_reasons,
          guard::rated, InWorlds::free},
    Guard{"registered", "type same in? where? covers? until? ours?", "the register has a record in force that fits",
          registered_reasons, guard::registered, InWorlds::partly},
    Guard{"requirements_evidenced", "field results of type by their in? subject?",
          "what the answers with these results claim is shown, or has evidence there", requirements_evidenced_reasons,
          guard::requirements_evidenced, InWorlds::free},
    Guard{"role_present", "roles seats", "somebody on these seats has one of the roles in the organisation",
          role_present_reasons, guard::role_present, InWorlds::told},
    Guard{"sample_planned", "field of list cycle after? audits purposes? fields? unless",
          "what was sampled there for an audit of these purposes is in our list, or our other field says why it is not",
          sample_planned_reasons, guard::sample_planned, InWorlds::free},
    Guard{
        "says", "of? any one_of held? plus? covers?",
        "a record there, held no longer ago than that, says one of the values in any of these fields, and such records "
        "have what our lists have",
        says_reasons, guard::says, InWorlds::free},
    Guard{"seated", "seats", "somebody holds each of the seats", seated_reasons, guard::seated, InWorlds::told},
    Guard{"sessions_within", "field first last sites member one_of",
          "the sessions begin on the days from the first to the last, and those that are held so are at sites of our "
          "list",
          sessions_within_reasons, guard::sessions_within, InWorlds::free},
    Guard{"sites_audited", "field of their held? plus? where? ended? sampled list cycle cycles? audit",
          "what was sampled for such an audit was audited, and so was each value of our list that no sample stands for",
          sites_audited_reasons, guard::sites_audited, InWorlds::free},
    Guard{"sites_visited", "field sites", "there is a session for each site of our list", sites_visited_reasons,
          guard::sites_visited, InWorlds::free},
    Guard{"some_registered", "type by? seats? who? each as same? among? in? where? until?",
          "for each value of our list the register has a record, in force and fitting, which names one of these people",
          some_registered_reasons, guard::some_registered, InWorlds::free},
    Guard{"time_explained", "field planned explained policy",
          "hours that differ from the sessions of that auditor and day by more than the policy are explained",
          time_explained_reasons, guard::time_explained, InWorlds::free},
    Guard{"time_of_team", "field seats",
          "everybody whose time the field records holds, or has held, one of these seats", time_of_team_reasons,
          guard::time_of_team, InWorlds::free},
    Guard{"took_part", "seats from of any one_of in",
          "each person on our seats holds one of these on a record there that says one of the values",
          took_part_reasons, guard::took_part, InWorlds::free},
    Guard{"within", "field of their also? in? where? or? or_empty?",
          "every value of our list is among those of the records there, or in our other list", within_reasons,
          guard::within, InWorlds::free},
};
static_assert(std::is_sorted(table.begin(), table.end(),
                             [](const Guard& a, const Guard& b) { return a.name < b.name; }));

}  // namespace

std::span<const Guard> guards() { return table; }

const Guard* find_guard(std::string_view name) {
  const auto found = std::lower_bound(table.begin(), table.end(), name,
                                      [](const Guard& guard, std::string_view wanted) { return guard.name < wanted; });
  return found != table.end() && found->name == name ? &*found : nullptr;
}

bool GuardContext::awaits(std::string_view name) const {
  if (input) return false;
  return std::find(command.must.begin(), command.must.end(), name) != command.must.end() ||
         std::find(command.may.begin(), command.may.end(), name) != command.may.end();
}

}  // namespace assay
