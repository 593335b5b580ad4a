// The organisation of the person who asks: what holds for all of it.
#include "commands/organisation.h"

#include "domain/date_range.h"
#include "http/handlers/handlers.h"
#include "http/json_body.h"
#include "http/records_path.h"
#include "http/representation.h"

namespace assay::handlers {
namespace {

Result<Response> organisation_answer(Api& api) {
  Snapshot at = api.context().store.read();
  const auto found = find_organisation(at, api.who().organisation.id);
  if (!found) return refuse(Reason::not_found, "there is no such organisation");
  Json holidays = Json::array();
  for (const Date day : found->holidays) holidays.push_back(to_text(day));
  Response response = json_response({{"id", found->uuid},
                                     {"name", found->name},
                                     {"zone", found->zone},
                                     {"language", found->language},
                                     {"holidays", std::move(holidays)},
                                     {"version", found->version}});
  response.headers.add("ETag", version_etag(found->version));
  return response;
}

}  // namespace

Result<Response> get_organisation(Api& api, const Request&) { return organisation_answer(api); }

Result<Response> set_holidays(Api& api, const Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  if (auto known = only_members(*body, {"days"}); !known) return known.error();
  auto texts = texts_member(*body, "days");
  if (!texts) return texts.error();
  if (!*texts) return invalid_field("/days", "is missing");
  std::vector<Date> days;
  for (std::size_t i = 0; i < (*texts)->size(); ++i) {
    const auto day = parse_date((**texts)[i]);
    if (!day) return invalid_field("/days/" + std::to_string(i), "must be a day such as 2026-12-25");
    days.push_back(*day);
  }
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed = assay::set_holidays(api.context(), *call, std::move(days));
  if (!performed) return performed.error();
  auto response = organisation_answer(api);
  if (response) mark_repeated(*response, *performed);
  return response;
}

}  // namespace assay::handlers
