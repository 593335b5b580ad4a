// A play of commands against definitions.
#include "domain/simulate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

#include "domain/check_parts.h"

namespace assay {
namespace {

constexpr OrganisationId organisation_of_play{1};
constexpr int most_days = 36525;

std::size_t place(auto id) { return static_cast<std::size_t>(id) - 1; }

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

std::string refused(const Refusal& refusal) {
  std::string text = "refused: " + refusal.detail + "\n";
  for (const UnmetGuard& one : refusal.unmet) text += fmt::format("  {}: {}\n", one.guard, one.detail);
  for (const InvalidField& one : refusal.invalid) text += fmt::format("  {}: {}\n", one.pointer, one.detail);
  return text;
}

}  // namespace

Simulation::Simulation(const WorkflowSet& set, Date begin) : set_(set), now_{start_of(begin, "UTC"), "UTC"} {}

std::string Simulation::stamp() const { return to_text(local_date(now_.at, now_.zone)); }

std::string Simulation::play(const Json& step) {
  if (!step.is_object()) throw std::invalid_argument("a step must be an object");
  if (step.contains("person")) {
    const auto name = text_of_step(step, "person");
    const bool known = names_.contains(name) ||
                       std::any_of(people_.begin(), people_.end(), [&](const Person& one) { return one.name == name; });
    if (known) throw std::invalid_argument(fmt::format("the name {} is taken", name));
    people_.push_back({name, texts_of_step(step, "roles"), texts_of_step(step, "answers_for")});
    for (const std::string& role : people_.back().roles)
      if (!set_.roles.contains(role)) throw std::invalid_argument("there is no role " + role);
    return "";
  }
  if (!step.contains("days")) return act(step);
  const Json& days = step.at("days");
  if (!days.is_number_integer() || days < 0 || days > most_days)
    throw std::invalid_argument("`days` must be a whole number");
  return wait(days.get<int>());
}

PersonId Simulation::person_of(const Json& step, const char* member) const {
  const auto name = text_of_step(step, member);
  for (std::size_t i = 0; i < people_.size(); ++i)
    if (people_[i].name == name) return PersonId{static_cast<std::int64_t>(i) + 1};
  throw std::invalid_argument("there is nobody called " + name);
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
  for (std::size_t i = 0; i < people_.size(); ++i)
    if (people_[i].name == text) return person_uuid(PersonId{static_cast<std::int64_t>(i) + 1});
  const auto known = names_.find(text);
  return known == names_.end() ? value : Json(records_[place(known->second)].uuid);
}

std::string Simulation::act(const Json& step) {
  Actor actor{person_of(step, "who")};
  if (step.contains("second")) actor.second = person_of(step, "second");
  Target target{{}, "", organisation_of_play};
  Command command{"", meant(step.value("input", Json::object()))};
  std::string name, as;
  if (step.contains("make")) {
    target.type = text_of_step(step, "make");
    as = name = text_of_step(step, "as");
    const Definition* type = set_.find(target.type);
    if (!type) throw std::invalid_argument("there is no type " + target.type);
    if (names_.contains(as)) throw std::invalid_argument(fmt::format("the name {} is taken", as));
    for (const std::string& one : type->command_order)
      if (command.name.empty() && type->commands.at(one).creates()) command.name = one;
    if (step.contains("command")) command.name = text_of_step(step, "command");
  } else {
    name = text_of_step(step, "on");
    command.name = text_of_step(step, "command");
    const auto known = names_.find(name);
    if (known == names_.end()) throw std::invalid_argument("there is no record called " + name);
    target.record = known->second;
  }
  const std::string said =
      fmt::format("{} {}: {} {}: ", stamp(), people_[place(*actor.person)].name, command.name, name);
  const auto decision = decide(set_, *this, target, command, actor, now_);
  if (!decision) return said + refused(decision.error());
  if (decision->needs_second)
    return said + fmt::format("waits for somebody else: {}\n", fmt::join(decision->second, ", "));
  std::string text = said + commit(*decision, actor, as);
  if (target.record && command.name == "attach_evidence") evidence_[*target.record] = now_.at;
  if (target.record && command.name == "withdraw_evidence") evidence_.erase(*target.record);
  if (target.record && command.name == "attach_report") reports_[*target.record] = now_.at;
  return text;
}

std::string Simulation::commit(const Decision& decision, const Actor& actor, const std::string& as) {
  std::map<RecordId, RecordId> made;
  for (const Change& change : decision.changes) {
    if (!change.created) continue;
    const RecordId id{static_cast<std::int64_t>(records_.size()) + 1};
    made[change.record] = id;
    const auto same = std::count_if(records_.begin(), records_.end(),
                                    [&](const RecordView& one) { return one.definition == change.definition; });
    const int year = static_cast<int>(local_date(now_.at, now_.zone).year());
    records_.push_back({id, fmt::format("00000000-0000-7000-8000-{:012x}", static_cast<std::int64_t>(id)),
                        change.definition, organisation_of_play, change.state, 0, StoredJson(Json::object()),
                        number_of(change.definition->number, year, same + 1), now_.at, now_.at});
    const bool named = !as.empty() && made.size() == 1;
    names_.emplace(named ? as : records_.back().number, id);
  }
  std::string text;
  for (const Change& change : decision.changes) {
    const RecordId id = change.created ? made.at(change.record) : change.record;
    apply(id, change, actor, made);
    const bool first = text.empty();
    text += first ? change.state : fmt::format("  {} {}: {}", change.command, records_[place(id)].number, change.state);
    if (!change.told.empty()) text += fmt::format("; tells {}", fmt::join(change.told, ", "));
    text += '\n';
    for (const auto& [timer, due] : change.timers)
      text += due ? fmt::format("  timer {} is due on {}\n", timer, to_text(due->day))
                  : fmt::format("  timer {} stops\n", timer);
  }
  return text;
}

void Simulation::apply(RecordId id, const Change& change, const Actor& actor,
                       const std::map<RecordId, RecordId>& made) {
  RecordView& record = records_[place(id)];
  if (record.state != change.state) record.state_since = now_.at;
  record.state = change.state;
  ++record.version;
  record.body = StoredJson(body_after(*record.body, change.set, change.append, change.waived));
  for (const auto& [name, targets] : change.links)
    for (const RecordId to : targets) links_.insert({id, name, made.contains(to) ? made.at(to) : to});
  for (const auto& [seat, people] : change.unseated)
    for (const PersonId one : people) std::erase(seats_[{id, seat}], one);
  for (const auto& [seat, people] : change.seated) {
    auto& there = seats_[{id, seat}];
    there.insert(there.end(), people.begin(), people.end());
    std::sort(there.begin(), there.end());
  }
  done_.push_back({id, change.command, actor.person, now_.at});
  for (const auto& [name, due] : change.timers) {
    timers_.erase({id, name});
    if (due) timers_.emplace(std::pair(id, name), *due);
  }
}

std::string Simulation::wait(int days) {
  const Instant end = now_.at + std::chrono::days(days);
  std::string text;
  for (;;) {
    auto next = timers_.end();
    const auto moment = [](const Due& due) { return due.remind ? std::min(*due.remind, due.at) : due.at; };
    for (auto at = timers_.begin(); at != timers_.end(); ++at)
      if (moment(at->second) <= end && (next == timers_.end() || moment(at->second) < moment(next->second))) next = at;
    if (next == timers_.end()) break;
    now_.at = std::max(now_.at, moment(next->second));
    const auto [id, name] = next->first;
    text += due(id, name);
  }
  now_.at = end;
  return text + stamp() + "\n";
}

std::string Simulation::due(RecordId id, const std::string& name) {
  const RecordView& record = records_[place(id)];
  const TimerDefinition& timer = record.definition->timers.at(name);
  Due& due = timers_.at({id, name});
  const Move move = due_move(set_, timer, due, now_);
  const std::string said = fmt::format("{} timer {} of {}: ", stamp(), name, record.number);
  if (move.what != Move::What::fire) {
    due.remind = move.next;
    return move.what == Move::What::remind ? said + fmt::format("reminds {}\n", fmt::join(timer.tell, ", ")) : "";
  }
  timers_.erase({id, name});
  if (timer.fires.empty()) return said + "the day has passed\n";
  Actor nobody;
  nobody.timer = true;
  const auto decision = decide(set_, *this, {id, "", organisation_of_play}, {timer.fires}, nobody, now_);
  return said + timer.fires + ": " + (decision ? commit(*decision, nobody, "") : refused(decision.error()));
}

const RecordView* Simulation::record(RecordId id) const {
  return place(id) < records_.size() ? &records_[place(id)] : nullptr;
}

std::vector<RecordId> Simulation::linked(RecordId id, std::string_view name) const {
  std::set<RecordId> found;
  const std::string& type = records_[place(id)].definition->type;
  for (const auto& [from, link_name, to] : links_) {
    const LinkDefinition& link = records_[place(from)].definition->links.at(link_name);
    if (from == id && link_name == name) found.insert(to);
    if (to == id && link.back == name && link.to == type) found.insert(from);
  }
  return {found.begin(), found.end()};
}

std::vector<PersonId> Simulation::seat(RecordId id, std::string_view name) const {
  const auto found = seats_.find({id, std::string(name)});
  return found == seats_.end() ? std::vector<PersonId>{} : found->second;
}

std::vector<std::string> Simulation::roles(PersonId person, OrganisationId) const {
  return people_[place(person)].roles;
}

std::optional<PersonId> Simulation::person(std::string_view uuid, OrganisationId) const {
  for (std::size_t i = 0; i < people_.size(); ++i)
    if (const PersonId id{static_cast<std::int64_t>(i) + 1}; person_uuid(id) == uuid) return id;
  return {};
}

std::string Simulation::person_uuid(PersonId person) const {
  return fmt::format("00000000-0000-7000-9000-{:012x}", static_cast<std::int64_t>(person));
}

std::optional<RecordId> Simulation::record_named(std::string_view uuid, OrganisationId) const {
  for (const RecordView& one : records_)
    if (one.uuid == uuid) return one.id;
  return {};
}

std::vector<RecordId> Simulation::registered(std::string_view type, std::string_view field, const Json& value,
                                             OrganisationId) const {
  std::vector<RecordId> found;
  for (const RecordView& one : records_) {
    const Json theirs = one.body->value(std::string(field), Json());
    const bool among = theirs.is_array() && std::find(theirs.begin(), theirs.end(), value) != theirs.end();
    if (one.definition->type == type && (theirs == value || among)) found.push_back(one.id);
  }
  return found;
}

std::vector<std::string> Simulation::responsibilities(PersonId person) const {
  return people_[place(person)].answers_for;
}

std::vector<PersonId> Simulation::performed(RecordId id, const std::vector<std::string>& commands) const {
  std::set<PersonId> found;
  for (const Done& one : done_)
    if (one.record == id && one.who && has(commands, one.command)) found.insert(*one.who);
  return {found.begin(), found.end()};
}

std::optional<Instant> Simulation::performed_at(RecordId id, std::string_view command) const {
  std::optional<Instant> last;
  for (const Done& one : done_)
    if (one.record == id && one.command == command) last = one.at;
  return last;
}

std::optional<Instant> Simulation::reported_at(RecordId id) const {
  const auto found = reports_.find(id);
  return found == reports_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Instant> Simulation::evidence_at(RecordId id) const {
  const auto found = evidence_.find(id);
  return found == evidence_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace assay
