// What administrators set for their whole organisation.
#pragma once

#include <vector>

#include "commands/perform.h"

namespace assay {

inline constexpr std::size_t most_holidays = 2000;

/// The event that changes the organisation, with its whole row as it is before: what changes is for the caller to set.
EventDraft organisation_event(const Moment& moment, const Call& call, const OrganisationRow& organisation,
                              std::string command, std::string type);

/// Replaces the days that the organisation does not work besides weekends. Deadlines in working days that begin or move
/// afterwards pass them over; those that run keep the day that people were told. Needs an administrator and the version
/// of the organisation. Refuses as invalid more than `most_holidays`, and days outside of the calendar (is_in_range()).
Result<Performed> set_holidays(Context& context, const Call& call, std::vector<Date> days);

}  // namespace assay
