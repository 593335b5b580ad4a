// A world in memory: people, records, links, seats and checklist items for tests that decide without a database.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "domain/check.h"
#include "domain/decide.h"
#include "domain/load.h"

namespace assay::test {

using Links = std::vector<std::pair<std::string, RecordId>>;
using Seats = std::map<std::string, std::vector<PersonId>>;

inline std::string uuid_of(RecordId id) {
  return fmt::format("00000000-0000-7000-8000-{:012x}", static_cast<std::int64_t>(id));
}
inline std::string uuid_of(PersonId id) {
  return fmt::format("00000000-0000-7000-9000-{:012x}", static_cast<std::int64_t>(id));
}

/// The facts of one or more organisations. Set it up with add_*(), then decide; act() also commits what was decided.
class WorldFacts : public Facts {
 public:
  static constexpr OrganisationId home{1};

  explicit WorldFacts(const WorkflowSet& set) : set_(set) {}

  // --- setting up
  PersonId add_person(std::vector<std::string> roles, OrganisationId organisation = home) {
    const PersonId id{++last_person_};
    people_[id] = {organisation, std::move(roles), {}};
    return id;
  }
  void give_role(PersonId id, std::string role) { people_.at(id).roles.push_back(std::move(role)); }
  void leave(PersonId id) { people_.erase(id); }
  void answers_for(PersonId id, std::string what) { people_.at(id).responsibilities.push_back(std::move(what)); }

  RecordId add(std::string_view type, std::string state, Json body = Json::object(), const Links& links = {},
               const Seats& seats = {}, OrganisationId organisation = home) {
    const Definition* definition = set_.find(type);
    if (!definition) throw std::invalid_argument("no such type: " + std::string(type));
    if (!definition->states.contains(state)) throw std::invalid_argument("no such state: " + state);
    const RecordId id{++last_record_};
    const std::string number = number_of(definition->number, 2026, ++sequences_[std::string(type)]);
    records_.insert_or_assign(id, RecordView{id,
                                             uuid_of(id),
                                             definition,
                                             organisation,
                                             std::move(state),
                                             1,
                                             StoredJson(std::move(body)),
                                             number,
                                             Instant{},
                                             Instant{},
                                             {}});
    for (const auto& [name, to] : links) link(id, name, to);
    for (const auto& [name, people] : seats) take_seats(id, name, people);
    return id;
  }
  RecordView& at(RecordId id) { return records_.at(id); }
  void link(RecordId from, const std::string& name, RecordId to) {
    if (!at(from).definition->links.contains(name)) throw std::invalid_argument("no such link: " + name);
    links_.insert({from, name, to});
  }
  void take_seats(RecordId id, const std::string& name, std::vector<PersonId> people) {
    if (!at(id).definition->people.contains(name)) throw std::invalid_argument("no such seat: " + name);
    std::sort(people.begin(), people.end());
    seats_[{id, name}] = std::move(people);
  }
  void add_item(RecordId audit, ItemView item) { items_[audit].push_back(std::move(item)); }
  std::vector<ItemView>& items_of(RecordId audit) { return items_[audit]; }
  void did(PersonId person, RecordId id, std::string command, Instant at = {}) {
    performed_at_[{id, command}] = at;
    performed_[id].emplace_back(std::move(command), person);
  }
  void add_report(RecordId id, Instant at = {}) { reports_[id] = at; }
  void add_evidence(RecordId id, Instant at = {}) { evidence_[id] = at; }
  void add_evidence_of(RecordId id, std::string item, std::string subject) {
    evidenced_[id].push_back({std::move(item), std::move(subject)});
  }

  // --- looking
  const RecordView* record(RecordId id) const override {
    const auto found = records_.find(id);
    return found == records_.end() ? nullptr : &found->second;
  }
  std::vector<RecordId> linked(RecordId id, std::string_view name) const override {
    std::set<RecordId> found;
    const std::string& type = records_.at(id).definition->type;
    for (const auto& [from, link_name, to] : links_) {
      const LinkDefinition& link = records_.at(from).definition->links.at(link_name);
      if (from == id && link_name == name) found.insert(to);
      if (to == id && link.back == name && link.to == type) found.insert(from);
    }
    return {found.begin(), found.end()};
  }
  std::vector<PersonId> seat(RecordId id, std::string_view name) const override {
    const auto found = seats_.find({id, std::string(name)});
    return found == seats_.end() ? std::vector<PersonId>{} : found->second;
  }
  std::vector<std::string> roles(PersonId person, OrganisationId organisation) const override {
    const auto found = people_.find(person);
    if (found == people_.end() || found->second.organisation != organisation) return {};
    return found->second.roles;
  }
  std::optional<PersonId> person(std::string_view uuid, OrganisationId organisation) const override {
    for (const auto& [id, known] : people_) {
      if (known.organisation == organisation && uuid_of(id) == uuid) return id;
    }
    return {};
  }
  std::string person_uuid(PersonId person) const override { return uuid_of(person); }
  std::optional<RecordId> record_named(std::string_view uuid, OrganisationId organisation) const override {
    for (const auto& [id, known] : records_) {
      if (known.organisation == organisation && known.uuid == uuid) return id;
    }
    return {};
  }
  std::vector<RecordId> registered(std::string_view type, std::string_view field, const Json& value,
                                   OrganisationId organisation) const override {
    std::vector<RecordId> found;
    for (const auto& [id, view] : records_) {
      const Json theirs = view.body->value(std::string(field), Json());
      const bool among = theirs.is_array() && std::find(theirs.begin(), theirs.end(), value) != theirs.end();
      if (view.definition->type == type && view.organisation == organisation && (theirs == value || among))
        found.push_back(id);
    }
    return found;
  }
  std::vector<ItemView> items(RecordId audit) const override {
    const auto found = items_.find(audit);
    return found == items_.end() ? std::vector<ItemView>{} : found->second;
  }
  std::vector<std::string> responsibilities(PersonId person) const override {
    const auto found = people_.find(person);
    return found == people_.end() ? std::vector<std::string>{} : found->second.responsibilities;
  }
  std::vector<PersonId> performed(RecordId id, const std::vector<std::string>& commands) const override {
    std::set<PersonId> people;
    const auto found = performed_.find(id);
    if (found == performed_.end()) return {};
    for (const auto& [command, person] : found->second) {
      if (std::find(commands.begin(), commands.end(), command) != commands.end()) people.insert(person);
    }
    return {people.begin(), people.end()};
  }
  std::optional<Instant> performed_at(RecordId id, std::string_view command) const override {
    return found_in(performed_at_, std::pair(id, std::string(command)));
  }
  std::optional<Instant> reported_at(RecordId id) const override { return found_in(reports_, id); }
  std::optional<Instant> evidence_at(RecordId id) const override { return found_in(evidence_, id); }
  std::vector<EvidencedItem> evidenced_items(RecordId id) const override {
    const auto found = evidenced_.find(id);
    return found == evidenced_.end() ? std::vector<EvidencedItem>{} : found->second;
  }

  // --- changing
  /// Applies what was decided as a commit would; new records get ids from here. Returns the id of each change's record.
  std::vector<RecordId> commit(const Decision& decision, const Actor& actor, const Now& now) {
    std::map<RecordId, RecordId> ids;
    for (const Change& change : decision.changes) {
      if (change.created) ids[change.record] = RecordId{++last_record_};
    }
    const auto real = [&](RecordId id) { return ids.contains(id) ? ids.at(id) : id; };
    for (const Change& change : decision.changes) {
      if (change.created) create(real(change.record), change, now);
    }
    std::vector<RecordId> touched;
    for (const Change& change : decision.changes) {
      const RecordId id = real(change.record);
      touched.push_back(id);
      apply(id, change, actor, now);
      for (const auto& [name, targets] : change.links) {
        for (const RecordId to : targets) link(id, name, real(to));
      }
    }
    return touched;
  }
  /// The running timers of a record, as the changes started, moved and stopped them.
  const std::map<std::string, Due>& timers(RecordId id) { return timers_[id]; }

 private:
  struct Person {
    OrganisationId organisation;
    std::vector<std::string> roles;
    std::vector<std::string> responsibilities;
  };

  template <class Key>
  static std::optional<Instant> found_in(const std::map<Key, Instant>& moments, const Key& key) {
    const auto found = moments.find(key);
    return found == moments.end() ? std::nullopt : std::optional(found->second);
  }

  void create(RecordId id, const Change& change, const Now& now) {
    const Definition& definition = *change.definition;
    const std::string number = number_of(definition.number, 2026, ++sequences_[definition.type]);
    records_.insert_or_assign(id, RecordView{id,
                                             uuid_of(id),
                                             &definition,
                                             change.organisation,
                                             change.state,
                                             0,
                                             StoredJson(Json::object()),
                                             number,
                                             now.at,
                                             now.at,
                                             {}});
  }

  void apply(RecordId id, const Change& change, const Actor& actor, const Now& now) {
    RecordView& view = at(id);
    if (view.state != change.state) view.state_since = now.at;
    view.state = change.state;
    view.body.edit() = body_after(*view.body, change.set, change.append, change.waived);
    ++view.version;
    for (const auto& [name, people] : change.unseated) {
      auto& holders = seats_[{id, name}];
      for (const PersonId person : people) std::erase(holders, person);
    }
    for (const auto& [name, people] : change.seated) {
      auto& holders = seats_[{id, name}];
      holders.insert(holders.end(), people.begin(), people.end());
      std::sort(holders.begin(), holders.end());
    }
    for (const auto& [name, due] : change.timers) {
      timers_[id].erase(name);
      if (due) timers_[id].emplace(name, *due);
    }
    performed_at_[{id, change.command}] = now.at;
    if (actor.person) performed_[id].emplace_back(change.command, *actor.person);
  }

  const WorkflowSet& set_;
  std::int64_t last_person_ = 0;
  std::int64_t last_record_ = 0;
  std::map<std::string, int> sequences_;
  std::map<PersonId, Person> people_;
  std::map<RecordId, RecordView> records_;
  std::set<std::tuple<RecordId, std::string, RecordId>> links_;
  std::map<std::pair<RecordId, std::string>, std::vector<PersonId>> seats_;
  std::map<RecordId, std::vector<ItemView>> items_;
  std::map<RecordId, std::vector<std::pair<std::string, PersonId>>> performed_;
  std::map<std::pair<RecordId, std::string>, Instant> performed_at_;
  std::map<RecordId, Instant> reports_;
  std::map<RecordId, Instant> evidence_;
  std::map<RecordId, std::vector<EvidencedItem>> evidenced_;
  std::map<RecordId, std::map<std::string, Due>> timers_;
};

inline std::string text_of(const std::vector<Flaw>& flaws) {
  std::string text;
  for (const Flaw& flaw : flaws) text += fmt::format("{}#{}: {}\n", flaw.file, flaw.pointer, flaw.reason);
  return text;
}

/// The set in these files; throws with every flaw when it cannot be read, or, unless told otherwise, has a flaw of
/// check().
inline WorkflowSet load_or_throw(const WorkflowFiles& files, bool checked = true) {
  auto loaded = load_workflows(files);
  if (const auto* flaws = std::get_if<std::vector<Flaw>>(&loaded)) throw std::runtime_error(text_of(*flaws));
  WorkflowSet& set = std::get<WorkflowSet>(loaded);
  if (checked) {
    if (const auto flaws = check(set); !flaws.empty()) throw std::runtime_error(text_of(flaws));
  }
  return std::move(set);
}

/// A workflow set with its facts and a clock that stands still: the usual way to try commands.
struct World {
  explicit World(WorkflowSet&& workflows)
      : own(std::make_unique<const WorkflowSet>(std::move(workflows))), set(*own), facts(set) {}
  /// On a set that is there for longer than the world: tables make a world for each row, and a set is much to copy.
  explicit World(const WorkflowSet& lasting) : set(lasting), facts(set) {}
  explicit World(const WorkflowFiles& files) : World(load_or_throw(files)) {}
  World(const World&) = delete;

  std::unique_ptr<const WorkflowSet> own;  // of a world that was not lent one
  const WorkflowSet& set;
  WorldFacts facts;
  Now now{*parse_instant("2026-03-02T09:00:00Z"), "Europe/Berlin"};

  /// Decides without changing anything.
  Result<Decision> ask(const Actor& actor, RecordId record, std::string command, Json input = Json::object()) const {
    return decide(set, facts, Target{record, {}, {}}, Command{std::move(command), std::move(input)}, actor, now);
  }
  Result<Decision> ask(PersonId who, RecordId record, std::string command, Json input = Json::object()) const {
    return ask(Actor{who}, record, std::move(command), std::move(input));
  }
  Result<Decision> ask_new(const Actor& actor, std::string type, std::string command,
                           Json input = Json::object()) const {
    return decide(set, facts, Target{{}, std::move(type), WorldFacts::home},
                  Command{std::move(command), std::move(input)}, actor, now);
  }
  /// Decides and, when it is granted, changes the world.
  Result<Decision> act(const Actor& actor, RecordId record, std::string command, Json input = Json::object()) {
    return commit(ask(actor, record, std::move(command), std::move(input)), actor);
  }
  Result<Decision> act(PersonId who, RecordId record, std::string command, Json input = Json::object()) {
    return act(Actor{who}, record, std::move(command), std::move(input));
  }
  /// Makes a record; its id is then `last`.
  Result<Decision> make(const Actor& actor, std::string type, std::string command, Json input = Json::object()) {
    return commit(ask_new(actor, std::move(type), std::move(command), std::move(input)), actor);
  }
  Result<Decision> make(PersonId who, std::string type, std::string command, Json input = Json::object()) {
    return make(Actor{who}, std::move(type), std::move(command), std::move(input));
  }
  const std::string& state(RecordId id) { return facts.at(id).state; }

  RecordId last{};                // the record of the last committed command
  std::vector<RecordId> touched;  // every record that it changed, in order

 private:
  Result<Decision> commit(Result<Decision> decided, const Actor& actor) {
    if (decided && !decided->needs_second) {
      touched = facts.commit(*decided, actor, now);
      last = touched.front();
    }
    return decided;
  }
};

/// What a refusal says, for INFO and comparisons: "wrong_state: ..." or one line per field or guard.
inline std::string text_of(const Refusal& refusal) {
  std::string text = refusal.detail;
  for (const InvalidField& field : refusal.invalid) text += fmt::format("\n{} {}", field.pointer, field.detail);
  for (const UnmetGuard& unmet : refusal.unmet)
    text += fmt::format("\n{}.{} {}", unmet.guard, unmet.code, unmet.detail);
  return text;
}

/// Every .json file below `folder` except schema/, keyed as load_workflows() wants them.
inline WorkflowFiles read_workflow_files(const std::filesystem::path& folder) {
  WorkflowFiles files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const auto name = std::filesystem::relative(entry.path(), folder).generic_string();
    if (!entry.is_regular_file() || entry.path().extension() != ".json" || name.starts_with("schema/")) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    files[name] = text.str();
  }
  return files;
}

}  // namespace assay::test
