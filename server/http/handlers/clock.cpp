// The clock of the server, which tests and demonstrations set ahead.
#include "domain/date_range.h"
#include "http/handlers/handlers.h"
#include "http/json_body.h"

namespace assay::handlers {
namespace {

Response clock_answer(Api& api) {
  return json_response({{"now", to_text(api.context().clock())}, {"manual", static_cast<bool>(api.service().travel)}});
}

}  // namespace

Result<Response> get_clock(Api& api, const Request&) { return clock_answer(api); }

Result<Response> set_clock(Api& api, const Request& request) {
  if (auto may = require_administrator(api.who()); !may) return may.error();
  auto body = json_body(request);
  if (!body) return body.error();
  if (auto known = only_members(*body, {"now"}); !known) return known.error();
  auto text = need_text(*body, "now");
  if (!text) return text.error();
  const auto to = parse_instant(*text);
  if (!to) return invalid_field("/now", "must be a time such as 2026-11-30T08:00:00Z");
  if (!is_in_range(Date(std::chrono::floor<std::chrono::days>(*to))))
    return invalid_field("/now", "is beyond the calendar");
  if (!api.service().travel) return refuse(Reason::wrong_state, "the clock of this server is not set by hand");
  const Instant now = api.context().clock();
  if (*to < now) return invalid_field("/now", "is over: time does not go back");
  if (*to > now + longest_travel) return invalid_field("/now", "must be within 366 days");
  api.service().travel(*to);
  return clock_answer(api);
}

}  // namespace assay::handlers
