// The texts of wordings in English and German: steps of calculations, what they come to, and why they refuse.
#include <array>

#include "domain/wording.h"

namespace assay {
namespace {

constexpr std::array wording_table{
    // Amounts: a unit in the plural, and without its last letter for one.
    WordingText{"calendar_days", "{amount} calendar days", "{amount} Kalendertage"},
    WordingText{"calendar_day", "{amount} calendar day", "{amount} Kalendertag"},
    WordingText{"working_days", "{amount} working days", "{amount} Arbeitstage"},
    WordingText{"working_day", "{amount} working day", "{amount} Arbeitstag"},
    WordingText{"calendar_months", "{amount} calendar months", "{amount} Kalendermonate"},
    WordingText{"calendar_month", "{amount} calendar month", "{amount} Kalendermonat"},
    WordingText{"calendar_years", "{amount} calendar years", "{amount} Kalenderjahre"},
    WordingText{"calendar_year", "{amount} calendar year", "{amount} Kalenderjahr"},
    WordingText{"auditor_days", "{amount} auditor days", "{amount} Audittage"},
    WordingText{"auditor_day", "{amount} auditor day", "{amount} Audittag"},
    WordingText{"days", "{amount} days", "{amount} Tage"},
    WordingText{"day", "{amount} day", "{amount} Tag"},
    WordingText{"percent", "{amount} percent", "{amount} Prozent"},
    WordingText{"count", "{amount}", "{amount}"},
    WordingText{"fraction", "{over}/{under}", "{over}/{under}"},
    WordingText{"about", "{over}/{under}, about {number}", "{over}/{under}, etwa {number}"},
    WordingText{"words", "{words}", "{words}"},
    WordingText{"none", "none", "keine"},
    WordingText{"all", "all", "alle"},
    WordingText{"low", "low", "niedrig"},
    WordingText{"medium", "medium", "mittel"},
    WordingText{"high", "high", "hoch"},

    // Audit time.
    WordingText{
        "same_work",
        "People with the same work count as the square root of their number at least, rounded up, for each "
        "activity: {activity}. {justification}",
        "Personen mit gleicher Arbeit zählen je Tätigkeit mindestens als Quadratwurzel ihrer Zahl, aufgerundet: "
        "{activity}. {justification}"},
    WordingText{"persons_count_as", "{persons} persons count as {counted}", "{persons} Personen zählen als {counted}"},
    WordingText{"days_by_persons", "The table gives the days of an initial audit, both stages, by persons",
                "Die Tabelle gibt die Tage eines Erstaudits, beider Stufen, nach der Zahl der Personen"},
    WordingText{"row_of_table", "{from} to {to} persons: {days} days", "{from} bis {to} Personen: {days} Tage"},
    WordingText{"rows_go_on",
                "Beyond the table its rows go on: each ends at so many times the persons of the one before",
                "Über die Tabelle hinaus gehen ihre Zeilen weiter: Jede endet beim so Vielfachen der Personen der "
                "vorigen"},
    WordingText{"more_rows", "{rows} more rows, the last to {persons} persons",
                "{rows} weitere Zeilen, die letzte bis {persons} Personen"},
    WordingText{"rows_add_days", "Each row beyond the table adds days",
                "Jede Zeile über die Tabelle hinaus fügt Tage hinzu"},
    WordingText{
        "scores_of_business", "The scores of the business factors are added; the sum is low or medium up to these",
        "Die Punkte der geschäftlichen Faktoren werden addiert; die Summe ist niedrig oder mittel bis zu diesen"},
    WordingText{"scores_of_it", "The scores of the IT factors are added; the sum is low or medium up to these",
                "Die Punkte der IT-Faktoren werden addiert; die Summe ist niedrig oder mittel bis zu diesen"},
    WordingText{"low_and_medium_up_to", "low up to {low}, medium up to {medium}",
                "niedrig bis {low}, mittel bis {medium}"},
    WordingText{"sum_of_scores", "{one} + {two} + {three} = {sum}: {class}",
                "{one} + {two} + {three} = {sum}: {class}"},
    WordingText{"range_by_complexity",
                "Complexity of business and of IT give the range in which the time may be adjusted",
                "Die Komplexität von Geschäft und IT gibt den Bereich, in dem die Zeit angepasst werden darf"},
    WordingText{"range_of_classes", "business {business}, IT {it}: {least} to {most} percent",
                "Geschäft {business}, IT {it}: {least} bis {most} Prozent"},
    WordingText{"range_of_percent", "{least} to {most} percent", "{least} bis {most} Prozent"},
    WordingText{"adjusted", "The chosen adjustment of {percent} percent is applied; no reduction goes beyond the cap",
                "Die gewählte Anpassung von {percent} Prozent wird angewandt; keine Verringerung geht über die Grenze "
                "hinaus"},
    WordingText{
        "part_of_surveillance",
        "A surveillance audit takes this part of an initial audit, calculated afresh on the present persons",
        "Ein Überwachungsaudit braucht diesen Teil eines Erstaudits, das für die jetzigen Personen neu berechnet "
        "wird"},
    WordingText{"part_of_recertification",
                "A recertification audit takes this part of an initial audit, calculated afresh on the present persons",
                "Ein Rezertifizierungsaudit braucht diesen Teil eines Erstaudits, das für die jetzigen Personen neu "
                "berechnet wird"},
    WordingText{"one_site_of_several", "The time of one site of several is reduced by {percent} percent: {reason}",
                "Die Zeit für einen von mehreren Standorten wird um {percent} Prozent verringert: {reason}"},
    WordingText{
        "rounded", "Rounded to the nearest step, up from the middle, and up where rounding down would pass a cap",
        "Auf den nächsten Schritt gerundet, ab der Mitte auf, und auf, wo Abrunden über eine Grenze hinausginge"},
    WordingText{
        "audit_itself",
        "The audit itself, on site or remote, takes this share at least; the rest is planning and reporting",
        "Das Audit selbst, vor Ort oder aus der Ferne, nimmt mindestens diesen Anteil ein; der Rest ist Planung "
        "und Bericht"},
    WordingText{"stage_1_suggested", "Suggested for stage 1, rounded; stage 2 takes what is left",
                "Vorschlag für Stufe 1, gerundet; Stufe 2 bekommt, was bleibt"},
    WordingText{"days_of_stages", "{stage_1} days and {stage_2} days", "{stage_1} Tage und {stage_2} Tage"},
    WordingText{"single_time",
                "{standard}: {days} days, adjusted by {percent} percent within the cap of a single audit",
                "{standard}: {days} Tage, angepasst um {percent} Prozent innerhalb der Grenze eines einzelnen Audits"},
    WordingText{
        "sum_reduced",
        "The sum of the single times, {days} days, is then reduced by {percent} percent because the systems are "
        "integrated",
        "Die Summe der einzelnen Zeiten, {days} Tage, wird dann um {percent} Prozent verringert, weil die Systeme "
        "integriert sind"},
    WordingText{
        "beyond_single_cap",
        "Both reductions together go beyond the cap of a single audit, which takes a reason: {reason}",
        "Beide Verringerungen zusammen gehen über die Grenze eines einzelnen Audits hinaus, was eine Begründung "
        "braucht: {reason}"},

    // Audit times of a programme.
    WordingText{"time_of_audit", "{audit}: {days} days, of which the audit itself takes {on_site} at least.",
                "{audit}: {days} Tage, davon mindestens {on_site} für das Audit selbst."},
    WordingText{"initial_audit", "Initial audit", "Erstaudit"},
    WordingText{"each_surveillance", "Each surveillance audit", "Jedes Überwachungsaudit"},
    WordingText{"recertification_audit", "Recertification audit", "Rezertifizierungsaudit"},
    WordingText{"time_of_visit", "{days} days of {audit}: {persons} persons count, {table} days in the table",
                "{days} Tage {audit}: {persons} Personen zählen, {table} Tage in der Tabelle"},
    WordingText{"of_initial", "the initial audit", "des Erstaudits"},
    WordingText{"of_surveillance", "a surveillance audit", "eines Überwachungsaudits"},
    WordingText{"of_recertification", "the recertification audit", "des Rezertifizierungsaudits"},
    WordingText{"stage_1", "Stage 1", "Stufe 1"},
    WordingText{"stage_2", "Stage 2", "Stufe 2"},
    WordingText{"first_surveillance", "First surveillance", "Erste Überwachung"},
    WordingText{"second_surveillance", "Second surveillance", "Zweite Überwachung"},
    WordingText{"recertification", "Recertification", "Rezertifizierung"},

    // Samples of sites.
    WordingText{"central_function_always",
                "The central function is audited each time and does not count among the sites",
                "Die Zentralfunktion wird jedes Mal auditiert und zählt nicht zu den Standorten"},
    WordingText{"all_sites",
                "{group}: where sampling is not allowed, initial and recertification audits visit all sites",
                "{group}: Wo keine Stichprobe erlaubt ist, besuchen Erst- und Rezertifizierungsaudits alle Standorte"},
    WordingText{"share_of_sites",
                "{group}: where sampling is not allowed, surveillance visits this share in a calendar year, rounded up",
                "{group}: Wo keine Stichprobe erlaubt ist, besucht die Überwachung diesen Anteil im Kalenderjahr, "
                "aufgerundet"},
    WordingText{"root_of_sites",
                "{group}: the sample is this many times the square root of the number of eligible sites, rounded up, "
                "without the central function",
                "{group}: Die Stichprobe ist so viele Male die Quadratwurzel der Zahl der wählbaren Standorte, "
                "aufgerundet, ohne die Zentralfunktion"},
    WordingText{"of_sites", "{size} of {count} sites", "{size} von {count} Standorten"},
    WordingText{
        "drawn",
        "{group}: this share of the sample, rounded up, is drawn from the eligible sites that nobody chose, with "
        "the seed {seed}",
        "{group}: Dieser Anteil der Stichprobe, aufgerundet, wird aus den wählbaren Standorten ausgelost, die "
        "niemand gewählt hat, mit dem Startwert {seed}"},
    WordingText{"draw", "Seed {seed}. Central function: {central_function}.",
                "Startwert {seed}. Zentralfunktion: {central_function}."},
    WordingText{
        "sample_of_group",
        "{group}: {size} of {eligible} eligible sites. Chosen: {chosen}. Drawn: {random}. By their last audit: "
        "{by_last_audit}. Not eligible: {not_eligible}.",
        "{group}: {size} von {eligible} wählbaren Standorten. Gewählt: {chosen}. Ausgelost: {random}. Nach ihrem "
        "letzten Audit: {by_last_audit}. Nicht wählbar: {not_eligible}."},

    // Dates of certificates and due days.
    WordingText{"first_cycle", "The first cycle begins with the decision: {day}",
                "Der erste Zyklus beginnt mit der Entscheidung: {day}"},
    WordingText{"last_day_of_cycle", "The last day of the cycle is the one before",
                "Der letzte Tag des Zyklus ist der davor"},
    WordingText{"renewable_from", "From this day on a renewal may be decided",
                "Von diesem Tag an darf über eine Verlängerung entschieden werden"},
    WordingText{"new_cycle", "Completed before the expiry: the new cycle follows the old one: {day}",
                "Vor dem Ablauf abgeschlossen: Der neue Zyklus folgt auf den alten: {day}"},
    WordingText{"restorable_by", "The last day on which the certification can be restored",
                "Der letzte Tag, an dem die Zertifizierung wiederhergestellt werden kann"},
    WordingText{"restored_cycle", "Restored: the cycle that followed the old expiry is kept: {day}",
                "Wiederhergestellt: Der Zyklus, der auf den alten Ablauf folgte, bleibt: {day}"},
    WordingText{"first_surveillance_from_decision", "The first surveillance counts from the decision",
                "Die erste Überwachung zählt ab der Entscheidung"},
    WordingText{"surveillance_each_year", "A surveillance in each calendar year but that of the recertification",
                "Eine Überwachung in jedem Kalenderjahr außer dem der Rezertifizierung"},
    WordingText{"effective_from", "The certificate is effective on the day of the decision or later",
                "Das Zertifikat gilt vom Tag der Entscheidung an oder später"},
    WordingText{
        "recertification_between",
        "The recertification, with the verification of majors, lies between this day and the expiry",
        "Die Rezertifizierung, mit der Verifizierung wesentlicher Nichtkonformitäten, liegt zwischen diesem Tag "
        "und dem Ablauf"},
    WordingText{"restorable_until", "Once expired, the certification can be restored until this day",
                "Nach dem Ablauf kann die Zertifizierung bis zu diesem Tag wiederhergestellt werden"},
    WordingText{"majors_until", "Major nonconformities are verified until this day, else stage 2 is repeated",
                "Wesentliche Nichtkonformitäten sind bis zu diesem Tag verifiziert, sonst wird Stufe 2 wiederholt"},
    WordingText{
        "suspension_until", "A suspension ends until this day, or a case to withdraw or reduce is opened",
        "Eine Aussetzung endet bis zu diesem Tag, oder es wird ein Vorgang zu Entzug oder Einschränkung eröffnet"},
    WordingText{"counted_from", "Counted from {day}", "Gezählt ab {day}"},
    WordingText{"counted_in_working_days", "Counted from {day}, Monday to Friday without holidays",
                "Gezählt ab {day}, Montag bis Freitag ohne Feiertage"},
    WordingText{"counted_past_holidays",
                "Counted from {day}, Monday to Friday without holidays, passing over {holidays}",
                "Gezählt ab {day}, Montag bis Freitag ohne Feiertage; übergangen: {holidays}"},

    // Security levels.
    WordingText{"requirements_apply",
                "{group}: the requirements and enhancements apply whose level is not above the target",
                "{group}: Es gelten die Anforderungen und Erweiterungen, deren Level nicht über dem Ziel liegt"},
    WordingText{"target_level", "target {level}", "Ziel {level}"},
    WordingText{"apply_and_open", "{applicable} apply, {open} open", "{applicable} gelten, {open} offen"},
    WordingText{
        "level_achieved",
        "{group}: the highest level is achieved up to which each is met, compensated or not applicable",
        "{group}: Erreicht ist der höchste Level, bis zu dem jede erfüllt, ausgeglichen oder nicht anwendbar ist"},
    WordingText{"nothing_open", "nothing is open", "nichts ist offen"},
    WordingText{"open_at_level", "open at level {level}: {open}", "offen bei Level {level}: {open}"},
    WordingText{"open_and_more", "open at level {level}: {open} and {more} more",
                "offen bei Level {level}: {open} und {more} weitere"},
    WordingText{"level", "level {level}", "Level {level}"},

    // Why a calculation or a setting is refused.
    WordingText{"says_nothing", "must say something", "muss etwas aussagen"},
    WordingText{"at_least", "must be at least {least}", "muss mindestens {least} sein"},
    WordingText{"more_than", "must be more than {least}", "muss mehr als {least} sein"},
    WordingText{"from_to", "must be from {least} to {most}", "muss zwischen {least} und {most} liegen"},
    WordingText{"percent_from_to", "must be from {least} to {most} percent",
                "muss zwischen {least} und {most} Prozent liegen"},
    WordingText{"adjustment_from_to",
                "must be from {least} to {most} percent, as business is {business} and IT is {it}",
                "muss zwischen {least} und {most} Prozent liegen, weil das Geschäft {business} und die IT {it} ist"},
    WordingText{"without_identical_work", "must include those of identical_work",
                "muss die Personen mit gleicher Arbeit enthalten"},
    WordingText{"names_none", "must name at least one", "muss mindestens eine nennen"},
    WordingText{"no_half_days", "must be whole or half days", "müssen ganze oder halbe Tage sein"},
    WordingText{"reason_needed", "is needed, as both reductions together are more than {percent} percent",
                "ist nötig, weil beide Verringerungen zusammen mehr als {percent} Prozent sind"},
    WordingText{"named_twice", "is named twice", "ist zweimal genannt"},
    WordingText{"chosen_not_eligible", "a site that is not eligible is never sampled",
                "ein Standort, der nicht wählbar ist, kommt nie in die Stichprobe"},
    WordingText{"no_site", "is no site of the programme", "ist kein Standort des Programms"},
    WordingText{"no_site_or_before", "is no site of the programme, or is named before",
                "ist kein Standort des Programms oder schon genannt"},
    WordingText{"site_missing", "must name {site}, too", "muss auch {site} nennen"},
    WordingText{"no_group", "is no group of these sites", "ist keine Gruppe dieser Standorte"},
    WordingText{"only_to_renew", "is only there to renew or to restore",
                "gehört nur zu Verlängerung und Wiederherstellung"},
    WordingText{"missing", "is missing", "fehlt"},
    WordingText{"has_expired", "the certification has expired: it can only be restored",
                "die Zertifizierung ist abgelaufen: Sie kann nur wiederhergestellt werden"},
    WordingText{"not_expired", "the certification has not expired: it can be renewed",
                "die Zertifizierung ist nicht abgelaufen: Sie kann verlängert werden"},
    WordingText{
        "before_renewal",
        "is before {day}, from when on a renewal may be decided, as the new cycle follows the old one",
        "liegt vor dem {day}, von dem an über eine Verlängerung entschieden werden darf, weil der neue Zyklus auf "
        "den alten folgt"},
    WordingText{
        "after_restoring", "is after {day}, until when it could be restored: at least a stage 2 is needed",
        "liegt nach dem {day}, bis zu dem sie wiederhergestellt werden konnte: Nötig ist mindestens eine Stufe 2"},
    WordingText{"before_decision", "must not be before {day}, as the decision is of {decision}",
                "darf nicht vor dem {day} liegen, weil die Entscheidung vom {decision} ist"},
    WordingText{"before_expiry", "must be before the expiry, {day}", "muss vor dem Ablauf liegen, dem {day}"},
    WordingText{"after_decision", "must not be after the decision", "darf nicht nach der Entscheidung liegen"},
    WordingText{"beyond_calendar", "leads out of the years 0 to 9999", "führt aus den Jahren 0 bis 9999 hinaus"},
    WordingText{"no_policy_of_days", "is not a policy with one number of days, months or years",
                "ist keine Vorgabe mit einer Zahl von Tagen, Monaten oder Jahren"},
    WordingText{"no_policy_to_set", "names no policy that a record may set",
                "nennt keine Vorgabe, die ein Datensatz festlegen darf"},
    WordingText{"policy_options", "{policy} may be: {options}", "„{policy}“ darf sein: {options}"},
    WordingText{"policy_between", "{policy} may be set from {least} to {most}",
                "„{policy}“ darf auf {least} bis {most} festgelegt werden"},
};

}  // namespace

std::span<const WordingText> wording_texts() { return wording_table; }

}  // namespace assay
