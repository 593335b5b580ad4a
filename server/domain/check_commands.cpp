// Checks the verbs of a definition: who may, what they take, and the timers.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "domain/calendar.h"
#include "domain/check_parts.h"
#include "domain/paths.h"
#include "domain/plugin_guard.h"
#include "domain/timers.h"

namespace assay {
namespace {

/// Events that the engine writes about a record, beside those of the commands.
constexpr std::array<std::string_view, 8> engine_events{
    "proposed",        "proposal_declined", "reminded", "reminders_missed",
    "deadline_passed", "handed_over",       "used",     "disposed"};

bool by_timer(const CommandDefinition& command) { return has(command.by, "timer"); }

void check_actor(const ExaminedCommand& examined, std::size_t index, std::set<std::string>& sides,
                 std::set<int>& kinds) {
  const std::string& who = examined.command.by[index];
  const std::string at = fmt::format("{}/by/{}", examined.pointer, index);
  constexpr std::string_view via = "via:";
  if (who == "timer") {
    kinds.insert(0);
  } else if (who.starts_with(via)) {
    kinds.insert(1);
    const auto type = who.substr(via.size());
    if (!examined.in.set.find(type)) examined.in.flaw_at(at, fmt::format("there is no type `{}`", type));
  } else {
    kinds.insert(2);
    if (who != "anyone" && !examined.in.knows_role(who))
      examined.in.flaw_at(at, fmt::format("there is no role or seat `{}`", who));
    const auto role = examined.in.set.roles.find(who);
    if (role != examined.in.set.roles.end() && !examined.in.set.counts_by_grant(who)) sides.insert(role->second.side);
  }
}

void check_actors(const ExaminedCommand& examined) {
  std::set<std::string> sides;
  std::set<int> kinds;
  for (std::size_t i = 0; i < examined.command.by.size(); ++i) check_actor(examined, i, sides, kinds);
  const std::string by = examined.pointer + "/by";
  if (kinds.size() > 1)
    examined.in.flaw_at(by, "mixes kinds of actors: people, timers and other records act by commands of their own");
  if (sides.size() > 1) {
    examined.in.flaw_at(by, fmt::format("mixes roles of the sides {} and {}", *sides.begin(), *sides.rbegin()));
  }
  const auto& second = examined.command.second;
  if (!second.empty() && !kinds.contains(2))
    examined.in.flaw_at(examined.pointer + "/second", "only what a person does takes a second person");
  for (std::size_t i = 0; i < second.size(); ++i) {
    if (!examined.in.knows_role(second[i])) {
      examined.in.flaw_at(fmt::format("{}/second/{}", examined.pointer, i),
                          fmt::format("there is no role or seat `{}`", second[i]));
    }
  }
}

void check_input(const ExaminedCommand& examined, const std::vector<std::string>& names, const char* key) {
  const Definition& definition = examined.in.definition;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string& name = names[i];
    const std::string at = fmt::format("{}/{}/{}", examined.pointer, key, i);
    const FieldDefinition* field = examined.in.field(name);
    const auto link = definition.links.find(name);
    if (!field && link == definition.links.end() && !definition.people.contains(name)) {
      examined.in.flaw_at(at, fmt::format("there is no field, link or seat `{}`", name));
    }
    if (field && field->keep == Keep::list)
      examined.in.flaw_at(at, "a list of versions grows by the effect append only");
    if (field && field->keep == Keep::dossier) examined.in.flaw_at(at, "a dossier is frozen by the effect freeze only");
    if (link != definition.links.end() && link->second.parent && !examined.command.creates()) {
      examined.in.flaw_at(at, "the parent is given once, when the record is made");
    }
    if (std::string_view(key) == "may" && has(examined.command.must, name))
      examined.in.flaw_at(at, "is in `must` already");
  }
}

void check_anew(const ExaminedCommand& examined) {
  for (std::size_t i = 0; i < examined.command.anew.size(); ++i) {
    const std::string& name = examined.command.anew[i];
    const std::string at = fmt::format("{}/anew/{}", examined.pointer, i);
    const FieldDefinition* field = examined.in.field(name);
    if (!field || field->keep != Keep::body) {
      examined.in.flaw_at(at, fmt::format("there is no field `{}` that the body keeps", name));
    } else if (!has(examined.command.may, name)) {
      examined.in.flaw_at(at, "is not in `may`");
    }
  }
}

void check_timer_command(const ExaminedCommand& examined) {
  if (!by_timer(examined.command)) return;
  const auto& timers = examined.in.definition.timers;
  const bool fired = std::any_of(timers.begin(), timers.end(),
                                 [&](const auto& timer) { return fires(timer.second, examined.command.name); });
  if (!fired) examined.in.flaw_at(examined.pointer, "no timer fires it");
  if (!examined.command.guards.empty())
    examined.in.flaw_at(examined.pointer + "/guards", "a timer's command has no guards");
  const auto any = [](const GuardUse&) { return true; };
  if (reaches_plugin(examined.in.set, examined.in.definition, examined.command, any))
    examined.in.flaw_at(examined.pointer + "/effects",
                        "a timer fires when it is due, and a plugin could keep it from that");
  if (!examined.command.must.empty() || !examined.command.may.empty()) {
    examined.in.flaw_at(examined.pointer, "a timer's command takes no input");
  }
  if (examined.command.creates())
    examined.in.flaw_at(examined.pointer + "/from", "a timer makes no record without a record");
}

/// What is adopted is permitted by another record and takes a state that is no end; it does nothing to other records.
void check_adoption(const ExaminedCommand& examined) {
  if (!examined.command.adopts) return;
  const Adoption& adopts = *examined.command.adopts;
  const Examined& in = examined.in;
  const std::string at = examined.pointer + "/adopts";
  if (!examined.command.creates() || examined.command.to)
    in.flaw_at(at, "only what makes a record adopts it, in the state that the input names");
  if (!examined.command.second.empty())
    in.flaw_at(examined.pointer + "/second", "nothing is there yet that a second person could confirm");
  if (std::any_of(examined.command.by.begin(), examined.command.by.end(),
                  [](const std::string& who) { return who == "timer" || who.starts_with("via:"); })) {
    in.flaw_at(examined.pointer + "/by", "only people adopt");
  }
  const auto under = in.definition.links.find(adopts.under);
  if (under == in.definition.links.end() || under->second.many || !has(examined.command.must, adopts.under)) {
    in.flaw_at(at + "/under", "must be a link to one record that the command must name");
  } else if (const Definition* basis = in.set.find(under->second.to)) {
    if (!adopts.until.empty() && !Examined{in.set, *basis, in.flaws}.is_date(adopts.until))
      in.flaw_at(at + "/until", fmt::format("is no date field of {}", basis->type));
    for (std::size_t i = 0; i < adopts.keep.size(); ++i) {
      const auto field = basis->fields.find(adopts.keep[i]);
      if (field == basis->fields.end() || field->second.keep != Keep::body)
        in.flaw_at(fmt::format("{}/keep/{}", at, i), fmt::format("is no field that {} keeps", basis->type));
    }
  }
  for (const auto& [state, needs] : adopts.states) {
    const std::string place = pointer_to(at + "/states", state);
    const auto known = in.definition.states.find(state);
    if (known == in.definition.states.end()) in.flaw_at(place, "is not a state");
    if (known != in.definition.states.end() && known->second.end)
      in.flaw_at(place, "is an end: nothing is adopted there");
    for (const std::string& name : needs)
      if (!has(examined.command.must, name) && !has(examined.command.may, name))
        in.flaw_at(place, fmt::format("`{}` is not part of the command", name));
  }
  for (const EffectUse& use : examined.command.effects)
    if (use.kind == "send" || use.kind == "create")
      in.flaw_at(examined.pointer + "/effects", "what is adopted does nothing to other records");
}

/// Two buttons of the same name in the same state cannot be told apart.
void check_ambiguous(const Examined& examined) {
  const auto& commands = examined.definition.commands;
  for (auto one = commands.begin(); one != commands.end(); ++one) {
    for (auto other = std::next(one); other != commands.end(); ++other) {
      const auto& [name, second] = *other;
      if (one->second.event == second.event) {
        examined.flaw({"commands", name, "event"}, fmt::format("is the event of {} too", one->first));
      }
      if (one->second.label != second.label) continue;
      const bool both = std::any_of(second.from.begin(), second.from.end(),
                                    [&](const std::string& state) { return one->second.from.contains(state); });
      if (both || (second.creates() && one->second.creates())) {
        examined.flaw({"commands", name, "label"},
                      fmt::format("is the label of {} too, and a state accepts both", one->first));
      }
    }
  }
}

/// At most some 800 years: from the days that people may enter, neither a deadline nor its reminders lead out of the
/// years 0 to 9999 (see date_range.h).
int most_days(std::string_view unit) {
  if (unit == "calendar_years") return 500;
  return unit == "calendar_months" ? 6000 : 200'000;
}

void check_days(const Examined& examined, const std::string& timer, const char* key, const std::string& name,
                bool list) {
  const auto found = examined.set.policies.find(name);
  if (found == examined.set.policies.end()) {
    examined.flaw({"timers", timer, key}, fmt::format("there is no policy `{}`", name));
    return;
  }
  const PolicyDefinition& policy = found->second;
  const int most = most_days(policy.unit);
  if (!is_day_unit(policy.unit)) {
    examined.flaw({"timers", timer, key}, fmt::format("the policy {} counts {}, not days", name, policy.unit));
  }
  if (!list && !policy.value.is_number()) {
    examined.flaw({"timers", timer, key}, fmt::format("the policy {} is a list, not a number of days", name));
  }
  const Json days = policy.value.is_array() ? policy.value : Json::array({policy.value});
  if (std::any_of(days.begin(), days.end(), [&](const Json& day) { return day > most || day < -most; })) {
    examined.flaw({"timers", timer, key}, fmt::format("the policy {} is longer than {} {}", name, most, policy.unit));
  }
  if (list && std::any_of(days.begin(), days.end(), [](const Json& day) { return day > 0; })) {
    examined.flaw({"timers", timer, key}, fmt::format("the policy {} reminds after the due day", name));
  }
}

/// The command `name`, which the timer gives; `at` is where it says so.
void check_fired(const Examined& examined, const TimerDefinition& timer, const std::string& name,
                 std::initializer_list<std::string_view> at) {
  const auto command = examined.definition.commands.find(name);
  if (command == examined.definition.commands.end()) {
    examined.flaw(at, fmt::format("there is no command `{}`", name));
    return;
  }
  if (!by_timer(command->second)) examined.flaw(at, "the command is not by timer");
  for (const std::string& state : timer.during) {
    if (command->second.from.contains(state)) continue;
    examined.flaw({"timers", timer.name, "while"}, fmt::format("runs in {}, where {} is not accepted", state, name));
  }
}

void check_fires(const Examined& examined, const TimerDefinition& timer) {
  if (timer.fires.empty()) {
    if (timer.remind.empty()) examined.flaw({"timers", timer.name}, "fires nothing and reminds nobody");
    return;
  }
  check_fired(examined, timer, timer.fires, {"timers", timer.name, "fires"});
}

bool is_kept_date(const Examined& examined, const std::string& name) {
  return examined.is_date(name) && examined.field(name)->keep == Keep::body;
}

/// What is given in place of the command of a timer is like it.
void check_instead(const Examined& examined, const TimerDefinition& timer) {
  if (timer.instead.empty()) return;
  if (timer.fires.empty()) examined.flaw({"timers", timer.name, "overtaken"}, "goes with `fires`");
  if (!is_kept_date(examined, timer.overtaken_by)) {
    examined.flaw({"timers", timer.name, "overtaken", "by"},
                  fmt::format("`{}` is not a date that the body keeps", timer.overtaken_by));
  }
  check_fired(examined, timer, timer.instead, {"timers", timer.name, "overtaken", "fires"});
}

}  // namespace

void check_commands(const Examined& examined) {
  for (const auto& [name, command] : examined.definition.commands) {
    const ExaminedCommand one{examined, command, pointer_to("/commands", name)};
    if (std::find(engine_events.begin(), engine_events.end(), command.event) != engine_events.end())
      examined.flaw({"commands", name, "event"}, "is an event of the engine's own");
    check_actors(one);
    check_input(one, command.must, "must");
    check_input(one, command.may, "may");
    check_anew(one);
    check_timer_command(one);
    check_adoption(one);
    check_guards(one);
    check_effects(one);
  }
  check_ambiguous(examined);
}

void check_timers(const Examined& examined) {
  for (const auto& [name, timer] : examined.definition.timers) {
    if (timer.from != "@entered" && !is_kept_date(examined, timer.from)) {
      examined.flaw({"timers", name, "from"},
                    fmt::format("`{}` is neither @entered nor a date that the body keeps", timer.from));
    }
    if (!timer.extended.empty() && !is_kept_date(examined, timer.extended)) {
      examined.flaw({"timers", name, "extended"},
                    fmt::format("`{}` is not a date that the body keeps", timer.extended));
    }
    check_days(examined, name, "after", timer.after, false);
    if (!timer.remind.empty()) check_days(examined, name, "remind", timer.remind, true);
    for (std::size_t i = 0; i < timer.tell.size(); ++i) {
      if (examined.knows_role(timer.tell[i])) continue;
      examined.flaw({"timers", name, "tell", std::to_string(i)},
                    fmt::format("there is no role or seat `{}`", timer.tell[i]));
    }
    check_when(examined, timer.when, fmt::format("/timers/{}/when", timer.name));
    check_fires(examined, timer);
    check_instead(examined, timer);
  }
}

}  // namespace assay
