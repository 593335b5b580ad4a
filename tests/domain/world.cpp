// A world in memory, as its header says.
#include "domain/world.h"

namespace assay::test {

std::string uuid_of(RecordId id) {
  return fmt::format("00000000-0000-7000-8000-{:012x}", static_cast<std::int64_t>(id));
}

std::string uuid_of(PersonId id) {
  return fmt::format("00000000-0000-7000-9000-{:012x}", static_cast<std::int64_t>(id));
}

WorldFacts::WorldFacts(const WorkflowSet& set) : set_(set) {}
WorldFacts::~WorldFacts() = default;

PersonId WorldFacts::add_person(std::vector<std::string> roles, OrganisationId organisation) {
  const PersonId id{++last_person_};
  people_[id] = {organisation, std::move(roles), {}};
  return id;
}

void WorldFacts::give_role(PersonId id, std::string role) { people_.at(id).roles.push_back(std::move(role)); }

void WorldFacts::leave(PersonId id) { people_.erase(id); }

void WorldFacts::answers_for(PersonId id, std::string what) {
  people_.at(id).responsibilities.push_back(std::move(what));
}

RecordId WorldFacts::add(std::string_view type, std::string state, Json body, const Links& links, const Seats& seats,
                         OrganisationId organisation) {
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

RecordView& WorldFacts::at(RecordId id) { return records_.at(id); }

void WorldFacts::link(RecordId from, const std::string& name, RecordId to) {
  if (!at(from).definition->links.contains(name)) throw std::invalid_argument("no such link: " + name);
  links_.insert({from, name, to});
}

void WorldFacts::take_seats(RecordId id, const std::string& name, std::vector<PersonId> people) {
  if (!at(id).definition->people.contains(name)) throw std::invalid_argument("no such seat: " + name);
  std::sort(people.begin(), people.end());
  seats_[{id, name}] = std::move(people);
}

void WorldFacts::add_item(RecordId audit, ItemView item) { items_[audit].push_back(std::move(item)); }

std::vector<ItemView>& WorldFacts::items_of(RecordId audit) { return items_[audit]; }

void WorldFacts::did(PersonId person, RecordId id, std::string command, Instant at) {
  performed_at_[{id, command}] = at;
  performed_[id].emplace_back(std::move(command), person);
}

void WorldFacts::add_report(RecordId id, Instant at) { reports_[id] = at; }

void WorldFacts::add_evidence(RecordId id, Instant at) { evidence_[id] = at; }

void WorldFacts::add_evidence_of(RecordId id, std::string item, std::string subject) {
  evidenced_[id].push_back({std::move(item), std::move(subject)});
}

const RecordView* WorldFacts::record(RecordId id) const {
  const auto found = records_.find(id);
  return found == records_.end() ? nullptr : &found->second;
}

std::vector<RecordId> WorldFacts::linked(RecordId id, std::string_view name) const {
  std::set<RecordId> found;
  const std::string& type = records_.at(id).definition->type;
  for (const auto& [from, link_name, to] : links_) {
    const LinkDefinition& link = records_.at(from).definition->links.at(link_name);
    if (from == id && link_name == name) found.insert(to);
    if (to == id && link.back == name && link.to == type) found.insert(from);
  }
  return {found.begin(), found.end()};
}

std::vector<PersonId> WorldFacts::seat(RecordId id, std::string_view name) const {
  const auto found = seats_.find({id, std::string(name)});
  return found == seats_.end() ? std::vector<PersonId>{} : found->second;
}

std::vector<std::string> WorldFacts::roles(PersonId person, OrganisationId organisation) const {
  const auto found = people_.find(person);
  if (found == people_.end() || found->second.organisation != organisation) return {};
  return found->second.roles;
}

std::optional<PersonId> WorldFacts::person(std::string_view uuid, OrganisationId organisation) const {
  for (const auto& [id, known] : people_) {
    if (known.organisation == organisation && uuid_of(id) == uuid) return id;
  }
  return {};
}

std::string WorldFacts::person_uuid(PersonId person) const { return uuid_of(person); }

std::optional<RecordId> WorldFacts::record_named(std::string_view uuid, OrganisationId organisation) const {
  for (const auto& [id, known] : records_) {
    if (known.organisation == organisation && known.uuid == uuid) return id;
  }
  return {};
}

std::vector<RecordId> WorldFacts::registered(std::string_view type, std::string_view field, const Json& value,
                                             OrganisationId organisation) const {
  std::vector<RecordId> found;
  for (const auto& [id, view] : records_) {
    const Json theirs = view.body->value(std::string(field), Json());
    const bool among = theirs.is_array() && std::find(theirs.begin(), theirs.end(), value) != theirs.end();
    if (view.definition->type == type && view.organisation == organisation && (theirs == value || among))
      found.push_back(id);
  }
  return found;
}

std::vector<ItemView> WorldFacts::items(RecordId audit) const {
  const auto found = items_.find(audit);
  return found == items_.end() ? std::vector<ItemView>{} : found->second;
}

std::vector<std::string> WorldFacts::responsibilities(PersonId person) const {
  const auto found = people_.find(person);
  return found == people_.end() ? std::vector<std::string>{} : found->second.responsibilities;
}

std::vector<PersonId> WorldFacts::performed(RecordId id, const std::vector<std::string>& commands) const {
  std::set<PersonId> people;
  const auto found = performed_.find(id);
  if (found == performed_.end()) return {};
  for (const auto& [command, person] : found->second) {
    if (std::find(commands.begin(), commands.end(), command) != commands.end()) people.insert(person);
  }
  return {people.begin(), people.end()};
}

std::optional<Instant> WorldFacts::performed_at(RecordId id, std::string_view command) const {
  return found_in(performed_at_, std::pair(id, std::string(command)));
}

std::optional<Instant> WorldFacts::reported_at(RecordId id) const { return found_in(reports_, id); }

std::optional<Instant> WorldFacts::evidence_at(RecordId id) const { return found_in(evidence_, id); }

std::vector<EvidencedItem> WorldFacts::evidenced_items(RecordId id) const {
  const auto found = evidenced_.find(id);
  return found == evidenced_.end() ? std::vector<EvidencedItem>{} : found->second;
}

std::vector<RecordId> WorldFacts::commit(const Decision& decision, const Actor& actor, const Now& now) {
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

const std::map<std::string, Due>& WorldFacts::timers(RecordId id) { return timers_[id]; }

void WorldFacts::create(RecordId id, const Change& change, const Now& now) {
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

void WorldFacts::apply(RecordId id, const Change& change, const Actor& actor, const Now& now) {
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

std::string text_of(const std::vector<Flaw>& flaws) {
  std::string text;
  for (const Flaw& flaw : flaws) text += fmt::format("{}#{}: {}\n", flaw.file, flaw.pointer, flaw.reason);
  return text;
}

WorkflowSet load_or_throw(const WorkflowFiles& files, bool checked) {
  auto loaded = load_workflows(files);
  if (const auto* flaws = std::get_if<std::vector<Flaw>>(&loaded)) throw std::runtime_error(text_of(*flaws));
  WorkflowSet& set = std::get<WorkflowSet>(loaded);
  if (checked) {
    if (const auto flaws = check(set); !flaws.empty()) throw std::runtime_error(text_of(flaws));
  }
  return std::move(set);
}

World::World(WorkflowSet&& workflows)
    : own(std::make_unique<const WorkflowSet>(std::move(workflows))), set(*own), facts(set) {}

World::World(const WorkflowSet& lasting) : set(lasting), facts(set) {}
World::World(const WorkflowFiles& files) : World(load_or_throw(files)) {}
World::~World() = default;

Result<Decision> World::ask(const Actor& actor, RecordId record, std::string command, Json input) const {
  return decide(set, facts, Target{record, {}, {}}, Command{std::move(command), std::move(input)}, actor, now);
}

Result<Decision> World::ask(PersonId who, RecordId record, std::string command, Json input) const {
  return ask(Actor{who}, record, std::move(command), std::move(input));
}

Result<Decision> World::ask_new(const Actor& actor, std::string type, std::string command, Json input) const {
  return decide(set, facts, Target{{}, std::move(type), WorldFacts::home},
                Command{std::move(command), std::move(input)}, actor, now);
}

Result<Decision> World::act(const Actor& actor, RecordId record, std::string command, Json input) {
  return commit(ask(actor, record, std::move(command), std::move(input)), actor);
}

Result<Decision> World::act(PersonId who, RecordId record, std::string command, Json input) {
  return act(Actor{who}, record, std::move(command), std::move(input));
}

Result<Decision> World::make(const Actor& actor, std::string type, std::string command, Json input) {
  return commit(ask_new(actor, std::move(type), std::move(command), std::move(input)), actor);
}

Result<Decision> World::make(PersonId who, std::string type, std::string command, Json input) {
  return make(Actor{who}, std::move(type), std::move(command), std::move(input));
}

const std::string& World::state(RecordId id) { return facts.at(id).state; }

Result<Decision> World::commit(Result<Decision> decided, const Actor& actor) {
  if (decided && !decided->needs_second) {
    touched = facts.commit(*decided, actor, now);
    last = touched.front();
  }
  return decided;
}

std::string text_of(const Refusal& refusal) {
  std::string text = refusal.detail;
  for (const InvalidField& field : refusal.invalid) text += fmt::format("\n{} {}", field.pointer, field.detail);
  for (const UnmetGuard& unmet : refusal.unmet)
    text += fmt::format("\n{}.{} {}", unmet.guard, unmet.code, unmet.detail);
  return text;
}

WorkflowFiles read_workflow_files(const std::filesystem::path& folder) {
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
