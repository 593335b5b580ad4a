// Deadlines as arithmetic.
#include "domain/timers.h"

#include <algorithm>

#include "domain/date_range.h"

namespace assay {
namespace {

std::optional<Date> date_in(const Json& body, const std::string& field) {
  const auto found = body.find(field);
  if (found == body.end() || !found->is_string()) return {};
  const auto day = parse_date(found->get_ref<const std::string&>());
  return day && is_in_range(*day) ? day : std::nullopt;  // what an older release let in has no deadline
}

constexpr std::string_view entered_day = "@entered";

}  // namespace

bool runs(const TimerDefinition& timer, std::string_view state, const Json& body) {
  if (!timer.during.contains(std::string(state)) || !meets(timer.when, body)) return false;
  if (!timer.extended.empty() && date_in(body, timer.extended)) return true;
  return timer.from == entered_day || date_in(body, timer.from);
}

bool fires(const TimerDefinition& timer, std::string_view command) {
  return timer.fires == command || (!timer.instead.empty() && timer.instead == command);
}

const std::string& command_due(const TimerDefinition& timer, const Json& body, Date today) {
  if (timer.instead.empty()) return timer.fires;
  const auto day = date_in(body, timer.overtaken_by);
  return day && *day <= today ? timer.instead : timer.fires;
}

std::optional<Date> due_day(const PolicyValues& policies, const TimerDefinition& timer, std::string_view state,
                            const Json& body, Date entered, const Calendar& calendar) {
  if (!runs(timer, state, body)) return {};
  if (!timer.extended.empty()) {
    if (const auto extended = date_in(body, timer.extended)) return extended;
  }
  const Date from = timer.from == entered_day ? entered : *date_in(body, timer.from);
  return policies.after(from, timer.after, calendar);
}

std::map<std::string, std::optional<Due>> timer_changes(const WorkflowSet& set, const Facts& facts,
                                                        const RecordView* before, const RecordView& after,
                                                        const Now& now, std::optional<Date> entered) {
  const PolicyValues policies(set, facts, after.id);
  std::map<std::string, std::optional<Due>> changes;
  std::optional<Date> today = entered;  // reading the zone costs, and most steps change no timer
  for (const auto& [name, timer] : after.definition->timers) {
    const bool ran = before && runs(timer, before->state, *before->body);
    const bool running = runs(timer, after.state, *after.body);
    if (!ran && !running) continue;
    if (!running) {
      changes[name] = std::nullopt;
      continue;
    }
    if (!today) today = local_date(now.at, now.zone);
    const auto due = due_day(policies, timer, after.state, *after.body, *today, now.calendar);
    if (ran && due == due_day(policies, timer, before->state, *before->body, *today, now.calendar)) continue;
    changes[name] = Due{*due, end_of(*due, now.zone), next_reminder(set, timer, *due, now.at, now.zone, now.calendar)};
  }
  return changes;
}

std::optional<Instant> next_reminder(const WorkflowSet& set, const TimerDefinition& timer, Date due, Instant after,
                                     std::string_view zone, const Calendar& calendar) {
  for (const Date day : reminder_days(set, timer, due, calendar)) {
    if (const Instant at = start_of(day, zone); at > after) return at;
  }
  return {};
}

Move due_move(const WorkflowSet& set, const TimerDefinition& timer, const Due& due, const Now& now) {
  const bool over = due.at <= now.at;
  if (!due.remind || *due.remind > now.at) return {over ? Move::What::fire : Move::What::nothing};
  if (timer.misfire == "all")
    return {Move::What::remind, next_reminder(set, timer, due.day, *due.remind, now.zone, now.calendar)};
  if (over) return {Move::What::fire};
  const auto next = next_reminder(set, timer, due.day, now.at, now.zone, now.calendar);
  if (timer.misfire == "latest") return {Move::What::remind, next};
  const auto days = reminder_days(set, timer, due.day, now.calendar);
  const bool today = std::find(days.begin(), days.end(), local_date(now.at, now.zone)) != days.end();
  return {today ? Move::What::remind : Move::What::pass_over, next};
}

std::vector<Date> reminder_days(const WorkflowSet& set, const TimerDefinition& timer, Date due,
                                const Calendar& calendar) {
  std::vector<Date> found;
  if (timer.remind.empty()) return found;
  const PolicyDefinition& policy = set.policies.at(timer.remind);
  const Json offsets = policy.value.is_array() ? policy.value : Json::array({policy.value});
  for (const Json& offset : offsets) found.push_back(add_days(due, offset.get<int>(), policy.unit, calendar));
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace assay
