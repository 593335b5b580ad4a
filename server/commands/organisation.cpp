// What administrators set for their whole organisation.
#include "commands/organisation.h"

#include <algorithm>
#include <utility>

#include "domain/date_range.h"

namespace assay {

EventDraft organisation_event(const Moment& moment, const Call& call, const OrganisationRow& organisation,
                              std::string command, std::string type) {
  EventDraft event{Subject::organisation, static_cast<std::int64_t>(organisation.id), organisation.uuid,
                   organisation.id};
  event.type = std::move(type);
  event.command = std::move(command);
  event.version = organisation.version + 1;
  event.actor = call.who.person.id;
  event.at = moment.now;
  Json days = Json::array();
  for (const Date day : organisation.holidays) days.push_back(to_text(day));
  event.facts = {{"name", organisation.name},
                 {"zone", organisation.zone},
                 {"language", organisation.language},
                 {"holidays", std::move(days)}};
  if (organisation.plugin_settings != "{}") event.facts["plugin_settings"] = Json::parse(organisation.plugin_settings);
  return event;
}

Result<Performed> set_holidays(Context& context, const Call& call, std::vector<Date> days) {
  if (auto may = require_administrator(call.who); !may) return may.error();
  if (days.size() > most_holidays) return invalid_field("/days", "must be 2000 at most");
  for (std::size_t i = 0; i < days.size(); ++i) {
    if (!is_in_range(days[i])) return invalid_field("/days/" + std::to_string(i), "must be between 1900 and 9000");
  }
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());
  Json texts = Json::array();
  for (const Date day : days) texts.push_back(to_text(day));
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    const auto organisation = find_organisation(moment.at, call.who.organisation.id);
    if (!organisation) return refuse(Reason::not_found, "there is no such organisation");
    if (auto version = require_version(call, organisation->version); !version) return version.error();
    EventDraft event = organisation_event(moment, call, *organisation, "set_holidays", "organisation.holidays_set");
    event.facts["holidays"] = texts;
    Planned planned;
    planned.uuid = organisation->uuid;
    planned.events = {std::move(event)};
    return planned;
  });
}

}  // namespace assay
