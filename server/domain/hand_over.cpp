// What the successors of somebody who leaves take over.
#include "domain/hand_over.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "domain/guards.h"
#include "domain/overlay.h"
#include "domain/plugin_guard.h"
#include "domain/step.h"

namespace assay {
namespace {

/// Guards about who holds a seat, whoever acts.
constexpr std::array<std::string_view, 6> about_holders{"each_registered", "no_clash",     "none_registered",
                                                        "people_differ",   "role_present", "seated"};

bool names_one_of(const GuardUse& use, const char* parameter, const std::map<std::string, PersonId>& seats) {
  const auto named = use.parameters.find(parameter);
  return named != use.parameters.end() && std::any_of(named->begin(), named->end(), [&](const Json& seat) {
           return seats.contains(seat.get<std::string>());
         });
}

/// With `of`, all but people_differ look at the seats of other records, and people_differ at `from` there.
bool asks_of(const GuardUse& use, const Succession& succession) {
  if (use.name == "not_own_area") return succession.items && !use.parameters.contains("field");
  if (std::find(about_holders.begin(), about_holders.end(), use.name) == about_holders.end()) return false;
  const bool elsewhere = use.parameters.contains("of");
  if (use.name == "people_differ" && !elsewhere && names_one_of(use, "from", succession.seats)) return true;
  return (use.name == "people_differ" || !elsewhere) && names_one_of(use, "seats", succession.seats);
}

/// The seats among these that the command gives: its input names them, or its effects assign them.
std::vector<std::string> given_by(const CommandDefinition& command, const std::map<std::string, PersonId>& seats) {
  std::vector<std::string> given;
  for (const auto& [seat, to] : seats) {
    const auto names = [&](const std::vector<std::string>& input) {
      return std::find(input.begin(), input.end(), seat) != input.end();
    };
    const bool assigned = std::any_of(command.effects.begin(), command.effects.end(), [&](const EffectUse& effect) {
      return effect.kind == "assign" && effect.parameters.at("seat") == seat;
    });
    if (assigned || names(command.must) || names(command.may)) given.push_back(seat);
  }
  return given;
}

/// All that the type asks of those who hold these seats, each question once.
CommandDefinition questions_of(const Definition& type, const Succession& succession) {
  CommandDefinition asked;
  asked.name = "hand_over";
  std::set<std::array<std::string, 3>> known;
  for (const auto& [name, command] : type.commands) {
    for (const GuardUse& use : command.guards) {
      if (!asks_of(use, succession)) continue;
      if (known.insert({use.name, use.parameters.dump(), use.waiver.value_or("")}).second) asked.guards.push_back(use);
    }
  }
  return asked;
}

/// A plugin judges a command that is given, and a hand-over gives none: it gives no seat that needs the plugin's yes.
void bar_unasked(const WorkflowSet& set, const RecordView& record, const CommandDefinition& command,
                 const Succession& succession, std::vector<UnmetGuard>& found) {
  const auto seats = given_by(command, succession.seats);
  if (seats.empty()) return;
  const Json waived = record.body->value("waived", Json::array());
  for (const GuardUse& use : command.guards) {
    if (!asks_plugin(use) || (use.waiver && std::find(waived.begin(), waived.end(), Json(*use.waiver)) != waived.end()))
      continue;
    for (const std::string& seat : seats) {
      UnmetGuard one{"plugin_allows",
                     "handed_over",
                     {},
                     {{"type", record.definition->type},
                      {"seat", seat},
                      {"command", command.name},
                      {"plugin", use.parameters.at("plugin")},
                      {"handed", record.uuid}}};
      one.detail = explain(set, one, "en");
      found.push_back(std::move(one));
    }
  }
}

class HandOver {
 public:
  HandOver(const Facts& facts, PersonId leaver, const Now& now, const SetOf& set_of)
      : before_(facts), after_(facts), leaver_(leaver), now_(now), set_of_(set_of) {}

  std::optional<Refusal> place(const Succession& succession) {
    const RecordView* record = before_.record(succession.record);
    if (!record) return refuse(Reason::not_found, "there is no such record");
    if (record->definition->states.at(record->state).end) {
      return refuse(Reason::wrong_state, where_it_stands(*record) + ", where nothing awaits anybody");
    }
    Change change{};
    change.record = record->id;
    change.definition = record->definition;
    change.organisation = record->organisation;
    change.command = "hand_over";
    change.event = "handed_over";
    change.state = record->state;
    for (const auto& [seat, to] : succession.seats) {
      if (auto refusal = place(*record, seat, to, change)) return refusal;
      change.told.push_back(seat);
    }
    follow(*record, succession, change);
    if (succession.items) after_.hand_items(record->id, leaver_, *succession.items);
    decision_.changes.push_back(std::move(change));
    return {};
  }

  /// What is unmet on the record now and was met before.
  void ask(const Succession& succession, std::vector<UnmetGuard>& found) const {
    const RecordView& was = *before_.record(succession.record);
    const WorkflowSet& set = set_of_(was);
    const CommandDefinition asked = questions_of(*was.definition, succession);
    const Json input = Json::object();
    const Actor nobody{};
    const auto old = judged_guards(set, before_, was, asked, nobody, now_, &input).unmet;
    for (UnmetGuard& one : judged_guards(set, after_, *after_.record(was.id), asked, nobody, now_, &input).unmet) {
      const bool stood = std::any_of(old.begin(), old.end(), [&](const UnmetGuard& other) {
        return other.guard == one.guard && other.code == one.code && other.values == one.values;
      });
      if (stood) continue;
      one.values["handed"] = was.uuid;
      found.push_back(std::move(one));
    }
    for (const auto& [name, command] : was.definition->commands) {
      if (!command.creates()) bar_unasked(set, was, command, succession, found);
    }
  }

  /// What plugins said of the proposals stands in the event, as it does in that of a proposal that is made.
  std::optional<Refusal> propose(const Succession& succession) {
    const RecordView& record = *before_.record(succession.record);
    const auto change = std::find_if(decision_.changes.begin(), decision_.changes.end(),
                                     [&](const Change& one) { return one.record == record.id; });
    for (const auto& [command, to] : succession.proposals) {
      const Target target{record.id, record.definition->type, record.organisation};
      auto decided = decide(set_of_(record), after_, target, command, Actor{to}, now_);
      if (decided) change->judged.insert(change->judged.end(), decided->judged.begin(), decided->judged.end());
      if (decided || awaits_plugins(decided.error())) continue;  // all plugins are asked before anything holds
      Refusal refusal = decided.error();
      refusal.detail =
          fmt::format("whoever is to stand for a proposal on {} may not make it: {}", name_of(record), refusal.detail);
      refusal.invalid.clear();  // pointers into an input that nobody gave now
      return refusal;
    }
    return {};
  }

  Decision take() { return std::move(decision_); }

 private:
  std::optional<Refusal> place(const RecordView& record, const std::string& seat, PersonId to, Change& change) {
    const auto known = record.definition->people.find(seat);
    auto holders = before_.seat(record.id, seat);
    const auto leaving = std::find(holders.begin(), holders.end(), leaver_);
    if (known == record.definition->people.end() || known->second.personal || leaving == holders.end()) {
      return invalid_field("", fmt::format("{} of {} is no seat to be handed over", seat, name_of(record)));
    }
    holders.erase(leaving);
    change.unseated[seat] = {leaver_};
    if (std::find(holders.begin(), holders.end(), to) == holders.end()) {
      holders.push_back(to);
      change.seated[seat] = {to};
    }
    after_.seat_people(record.id, seat, std::move(holders));
    return {};
  }

  /// Sessions are held by people of the team: the plan names the successor where it named the leaver. What was held
  /// stays in the history.
  void follow(const RecordView& record, const Succession& succession, Change& change) {
    for (const auto& [name, command] : record.definition->commands) {
      for (const GuardUse& use : command.guards) {
        if (use.name != "no_clash" || !names_one_of(use, "seats", succession.seats)) continue;
        const auto field = use.parameters.at("field").get<std::string>();
        const auto planned = record.body->find(field);
        if (change.set.contains(field) || planned == record.body->end() || !planned->is_array()) continue;
        Json sessions = *planned;
        for (const Json& seat : use.parameters.at("seats")) {
          const auto to = succession.seats.find(seat.get<std::string>());
          if (to == succession.seats.end()) continue;
          for (Json& session : sessions) {
            if (session.value("auditor", Json()) == Json(before_.person_uuid(leaver_)))
              session["auditor"] = before_.person_uuid(to->second);
          }
        }
        if (sessions == *planned) continue;
        after_.draft(record.id)->body.edit()[field] = sessions;
        change.set[field] = std::move(sessions);
      }
    }
  }

  const Facts& before_;
  Overlay after_;
  PersonId leaver_;
  const Now& now_;
  const SetOf& set_of_;
  Decision decision_ = {};
};

}  // namespace

Result<Decision> hand_over(const Facts& facts, PersonId leaver, const std::vector<Succession>& all, const Now& now,
                           const SetOf& set_of) {
  HandOver act(facts, leaver, now, set_of);
  for (const Succession& one : all) {
    if (auto refusal = act.place(one)) return std::move(*refusal);
  }
  std::vector<UnmetGuard> unmet;
  for (const Succession& one : all) act.ask(one, unmet);
  if (!unmet.empty()) {
    return Refusal{Reason::unmet, "a successor may not hold what is handed over", std::move(unmet), {}, {}};
  }
  for (const Succession& one : all) {
    if (auto refusal = act.propose(one)) return std::move(*refusal);
  }
  return act.take();
}

}  // namespace assay
