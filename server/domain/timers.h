// Deadlines as arithmetic: which timers run on a record, until when, and on which days they remind.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/calendar.h"
#include "domain/decide.h"
#include "domain/policies.h"

namespace assay {

/// True when the state and body of a record keep the timer running: `while` holds, `when` holds, a day to count from is
/// there.
bool runs(const TimerDefinition& timer, std::string_view state, const Json& body);

/// True for a command that the timer gives when its day has passed, by itself or in place of another.
bool fires(const TimerDefinition& timer, std::string_view command);

/// The command that a timer gives on that day for a record with this body: `fires`, unless the day has come from which
/// it is overtaken. Empty for a timer that gives none.
const std::string& command_due(const TimerDefinition& timer, const Json& body, Date today);

/// The due day of a running timer; `entered` is the day on which it began to run. Nothing when it does not run.
std::optional<Date> due_day(const PolicyValues& policies, const TimerDefinition& timer, std::string_view state,
                            const Json& body, Date entered, const Calendar& calendar = {});

/// Timers that a step from `before` (null: the record is new) to `after` starts, moves or stops. `entered` is the day
/// on which an adopted record came into its state; else that is today.
std::map<std::string, std::optional<Due>> timer_changes(const WorkflowSet& set, const Facts& facts,
                                                        const RecordView* before, const RecordView& after,
                                                        const Now& now, std::optional<Date> entered = {});

/// When people are reminded of `due` for the first time after `after`: the beginning of a reminder day; nothing when no
/// reminder is left.
std::optional<Instant> next_reminder(const WorkflowSet& set, const TimerDefinition& timer, Date due, Instant after,
                                     std::string_view zone, const Calendar& calendar = {});

/// What is due of a running timer at `now`: a reminder, the passing over of missed ones, or its command.
struct Move {
  enum class What { nothing, remind, pass_over, fire } what = What::nothing;
  std::optional<Instant> next = {};  // the reminder after this one
};
/// A reminder is missed when its day has gone by. Of missed ones `misfire` gives `all`, one after the other, the
/// `latest` (unless the command is due as well, which says more), or none (`skip`); the command is given in any case.
Move due_move(const WorkflowSet& set, const TimerDefinition& timer, const Due& due, const Now& now);

/// The days on which a timer reminds of `due`, in order: the offsets of its `remind` policy, negative before the day.
std::vector<Date> reminder_days(const WorkflowSet& set, const TimerDefinition& timer, Date due,
                                const Calendar& calendar = {});

}  // namespace assay
