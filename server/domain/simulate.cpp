// A play of commands against definitions.
#include "domain/simulate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace assay {
namespace {

constexpr int most_days = 36525;

std::string text_of_step(const Json& step, const char* member) {
  const auto found = step.find(member);
  if (found == step.end() || !found->is_string())
    throw std::invalid_argument(fmt::format("`{}` must be a text", member));
  return found->get<std::string>();
}

std::vector<std::string> texts_of_step(const Json& step, const char* member) {
  std::vector<std::string> texts;
  const Json list = step.value(member, Json::array());
  for (const Json& one : list) {
    if (!list.is_array() || !one.is_string())
      throw std::invalid_argument(fmt::format("`{}` must be a list of texts", member));
    texts.push_back(one.get<std::string>());
  }
  return texts;
}

void only(const Json& step, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : step.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw std::invalid_argument(fmt::format("`{}` is not known here; there are {}", name, fmt::join(known, ", ")));
  }
}

std::string refused(const Refusal& refusal) {
  std::string text = "refused: " + refusal.detail + "\n";
  for (const UnmetGuard& one : refusal.unmet) text += fmt::format("  {}: {}\n", one.guard, one.detail);
  for (const InvalidField& one : refusal.invalid) text += fmt::format("  {}: {}\n", one.pointer, one.detail);
  return text;
}

}  // namespace

Simulation::Simulation(const WorkflowSet& set, Date begin)
    : set_(set), now_{start_of(begin, "UTC"), "UTC"}, facts_(set) {
  facts_.plugins_answer([](const PluginQuestion&) { return PluginAnswer{PluginAnswer::Verdict::allow}; });
}

std::string Simulation::stamp() const { return to_text(local_date(now_.at, now_.zone)); }

std::string Simulation::play(const Json& step) {
  if (!step.is_object()) throw std::invalid_argument("a step must be an object");
  if (step.contains("person")) {
    only(step, {"person", "roles", "answers_for"});
    const auto name = text_of_step(step, "person");
    if (names_.contains(name) || people_.contains(name))
      throw std::invalid_argument(fmt::format("the name {} is taken", name));
    const auto roles = texts_of_step(step, "roles"), answers_for = texts_of_step(step, "answers_for");
    for (const std::string& role : roles)
      if (!set_.roles.contains(role)) throw std::invalid_argument("there is no role " + role);
    const PersonId person = people_[name] = facts_.add_person(roles);
    for (const std::string& what : answers_for) facts_.answers_for(person, what);
    return "";
  }
  if (!step.contains("days")) return act(step);
  only(step, {"days"});
  const Json& days = step.at("days");
  if (!days.is_number_integer() || days < 0 || days > most_days)
    throw std::invalid_argument(fmt::format("`days` must be a whole number from 0 to {}", most_days));
  return wait(days.get<int>());
}

PersonId Simulation::person_of(const Json& step, const char* member) const {
  const auto name = text_of_step(step, member);
  const auto known = people_.find(name);
  if (known == people_.end()) throw std::invalid_argument("there is nobody called " + name);
  return known->second;
}

/// Names of people and records become their public ids.
Json Simulation::meant(const Json& value) const {
  if (value.is_structured()) {
    Json made = value;
    for (Json& one : made) one = meant(one);
    return made;
  }
  if (!value.is_string()) return value;
  const auto& text = value.get_ref<const std::string&>();
  if (const auto person = people_.find(text); person != people_.end()) return MemoryFacts::uuid_of(person->second);
  const auto known = names_.find(text);
  return known == names_.end() ? value : Json(MemoryFacts::uuid_of(known->second));
}

std::string Simulation::act(const Json& step) {
  Actor actor{person_of(step, "who")};
  if (step.contains("second")) actor.second = person_of(step, "second");
  Target target{{}, "", MemoryFacts::home};
  Command command{"", meant(step.value("input", Json::object()))};
  std::string name, as;
  if (step.contains("make")) {
    only(step, {"who", "second", "make", "as", "command", "input"});
    target.type = text_of_step(step, "make");
    as = name = text_of_step(step, "as");
    const Definition* type = set_.find(target.type);
    if (!type) throw std::invalid_argument("there is no type " + target.type);
    if (names_.contains(as)) throw std::invalid_argument(fmt::format("the name {} is taken", as));
    for (const std::string& one : type->command_order)
      if (command.name.empty() && type->commands.at(one).creates()) command.name = one;
    if (step.contains("command")) command.name = text_of_step(step, "command");
  } else {
    only(step, {"who", "second", "on", "command", "input"});
    name = text_of_step(step, "on");
    command.name = text_of_step(step, "command");
    const auto known = names_.find(name);
    if (known == names_.end()) throw std::invalid_argument("there is no record called " + name);
    target.record = known->second;
  }
  const std::string said = fmt::format("{} {}: {} {}: ", stamp(), text_of_step(step, "who"), command.name, name);
  const auto decision = decide(set_, facts_, target, command, actor, now_);
  if (!decision) return said + refused(decision.error());
  if (decision->needs_second)
    return said + fmt::format("waits for somebody else: {}\n", fmt::join(decision->second, ", "));
  std::string text = said + commit(*decision, actor, as);
  if (target.record && command.name == "attach_evidence") facts_.add_evidence(*target.record, now_.at);
  if (target.record && command.name == "withdraw_evidence") facts_.withdraw_evidence(*target.record);
  if (target.record && command.name == "attach_report") facts_.add_report(*target.record, now_.at);
  return text;
}

std::string Simulation::commit(const Decision& decision, const Actor& actor, const std::string& as) {
  const auto touched = facts_.commit(decision, actor, now_);
  std::string text;
  bool named = as.empty();
  for (std::size_t i = 0; i < touched.size(); ++i) {
    const Change& change = decision.changes[i];
    const std::string& number = facts_.at(touched[i]).number;
    if (change.created) names_.emplace(std::exchange(named, true) ? number : as, touched[i]);
    const bool first = text.empty();
    text += first ? change.state : fmt::format("  {} {}: {}", change.command, number, change.state);
    if (!change.told.empty()) text += fmt::format("; tells {}", fmt::join(change.told, ", "));
    text += '\n';
    for (const auto& [timer, due] : change.timers)
      text += due ? fmt::format("  timer {} is due on {}\n", timer, to_text(due->day))
                  : fmt::format("  timer {} stops\n", timer);
  }
  return text;
}

std::string Simulation::wait(int days) {
  const Instant end = now_.at + std::chrono::days(days);
  std::string text;
  for (;;) {
    std::optional<std::tuple<Instant, RecordId, std::string>> next;
    for (const auto& [id, timers] : facts_.all_timers()) {
      for (const auto& [name, due] : timers) {
        const Instant moment = due.remind ? std::min(*due.remind, due.at) : due.at;
        if (moment <= end && (!next || moment < std::get<Instant>(*next))) next = {moment, id, name};
      }
    }
    if (!next) break;
    const auto& [moment, id, name] = *next;
    now_.at = std::max(now_.at, moment);
    text += due(id, name);
  }
  now_.at = end;
  return text + stamp() + "\n";
}

std::string Simulation::due(RecordId id, const std::string& name) {
  const RecordView& record = facts_.at(id);
  const TimerDefinition& timer = record.definition->timers.at(name);
  auto& timers = facts_.all_timers().at(id);
  Due& due = timers.at(name);
  const Move move = due_move(set_, timer, due, now_);
  const std::string said = fmt::format("{} timer {} of {}: ", stamp(), name, record.number);
  if (move.what != Move::What::fire) {
    due.remind = move.next;
    return move.what == Move::What::remind ? said + fmt::format("reminds {}\n", fmt::join(timer.tell, ", ")) : "";
  }
  timers.erase(name);
  const std::string& command = command_due(timer, *record.body, local_date(now_.at, now_.zone));
  if (command.empty()) return said + "the day has passed\n";
  Actor nobody;
  nobody.timer = true;
  const auto decision = decide(set_, facts_, {id, "", MemoryFacts::home}, {command}, nobody, now_);
  return said + command + ": " + (decision ? commit(*decision, nobody, "") : refused(decision.error()));
}

}  // namespace assay
