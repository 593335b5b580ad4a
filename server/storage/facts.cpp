// Facts from a snapshot: each read once, each with its version.
#include "storage/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "storage/awaiting.h"
#include "storage/connection.h"
#include "storage/people.h"
#include "storage/record_filter.h"
#include "storage/record_questions.h"

namespace assay {
namespace {

struct Person {
  OrganisationId organisation;
  std::string uuid;
  bool left;
  std::int64_t version;
  std::vector<std::string> roles;
};

struct Performed {
  std::string command;
  std::optional<PersonId> actor, second;
  bool proposed;  // it waited for a second person, or was declined: nothing has happened
  Instant at;
};

/// When the newest of what is attached to a record came.
struct Attached {
  std::optional<Instant> report, evidence;
};

struct LoadedRecord {
  RecordView view;
  RecordId root;
  std::optional<RecordId> parent;
};

/// Versions of what hangs on a record; the tree's is its root's.
struct RecordVersions {
  std::int64_t tree, items, evidence;
};

}  // namespace

struct StoredFacts::Cache {
  Store& store;
  Snapshot& snapshot;
  Connection& from;
  std::unordered_map<RecordId, std::unique_ptr<LoadedRecord>> records = {};
  std::unordered_map<RecordId, RecordVersions> versions = {};
  std::unordered_map<RecordId, std::vector<std::pair<std::string, PersonId>>> seats = {};
  std::unordered_map<RecordId, std::map<std::string, std::set<PersonId>, std::less<>>> held = {};
  std::unordered_map<RecordId, std::vector<Performed>> performed = {};
  std::map<std::pair<RecordId, std::string>, std::vector<RecordId>> links = {};
  std::unordered_map<RecordId, std::vector<std::pair<std::string, RecordId>>> outgoing = {};
  std::unordered_map<PersonId, std::optional<Person>> people = {};
  std::unordered_map<PersonId, std::vector<std::string>> responsibilities = {};
  std::unordered_map<RecordId, std::vector<ItemView>> items = {};
  std::unordered_map<RecordId, Attached> attached = {};
  std::set<Dependency> read = {};
  const PluginAnswers* answers = nullptr;
  const Reader* reader = nullptr;
  PluginQuestions unanswered = {};

  const LoadedRecord* load(RecordId id);
  const LoadedRecord* know(RecordRow row);
  const RecordVersions& versions_of(const LoadedRecord& record);
  const LoadedRecord* depend(RecordId id);
  const Person* person(PersonId id);
  std::vector<RecordId> load_links(const LoadedRecord& record, std::string_view name, bool& back);
  std::vector<RecordId> sources(const LoadedRecord& record, const std::string& type, const std::string& link) const;
  void depend_on_registers(OrganisationId organisation);
  const Attached& attached_to(RecordId id);
  const std::vector<Performed>& performed_on(RecordId id);
};

const LoadedRecord* StoredFacts::Cache::load(RecordId id) {
  const auto [known, fresh] = records.try_emplace(id);
  if (!fresh) return known->second.get();
  auto row = find_record(snapshot, id);
  return row ? know(std::move(*row)) : nullptr;
}

const LoadedRecord* StoredFacts::Cache::know(RecordRow row) {
  const auto set = store.workflow_set(row.workflow_set);
  if (!set) throw std::runtime_error("workflow set " + row.workflow_set + " is not in the database");
  const Definition* definition = set->find(row.type);
  if (definition == nullptr)
    throw std::runtime_error("record " + row.uuid + " is of a type that its set does not know");
  auto& place = records[row.id];
  if (place) return place.get();
  place = std::make_unique<LoadedRecord>(
      LoadedRecord{{row.id, std::move(row.uuid), definition, row.organisation, std::move(row.state), row.version,
                    StoredJson::of_text(std::move(row.body)), std::move(row.number), row.created, row.state_since,
                    std::move(row.workflow_set)},
                   row.root,
                   row.parent});
  return place.get();
}

const RecordVersions& StoredFacts::Cache::versions_of(const LoadedRecord& record) {
  const auto [place, fresh] = versions.try_emplace(record.view.id);
  if (!fresh) return place->second;
  const auto row = from.one<std::int64_t, std::int64_t, std::int64_t>(versions_of_record, with("root", record.root),
                                                                      with("id", record.view.id));
  if (!row) throw std::runtime_error("record " + record.view.uuid + " has no versions");
  std::tie(place->second.tree, place->second.items, place->second.evidence) = *row;
  return place->second;
}

const LoadedRecord* StoredFacts::Cache::depend(RecordId id) {
  const LoadedRecord* record = load(id);
  if (record != nullptr) read.insert({Dependency::On::record, static_cast<std::int64_t>(id), record->view.version});
  return record;
}

const Person* StoredFacts::Cache::person(PersonId id) {
  const auto [place, fresh] = people.try_emplace(id);
  if (fresh) {
    for (auto& [uuid, organisation, state, version, role] :
         from.all<std::string, OrganisationId, std::string, std::int64_t, std::optional<std::string>>(person_with_roles,
                                                                                                      with("id", id))) {
      if (!place->second) place->second = Person{organisation, std::move(uuid), assay::has_left(state), version, {}};
      if (role) place->second->roles.push_back(std::move(*role));
    }
    if (place->second) read.insert({Dependency::On::person, static_cast<std::int64_t>(id), place->second->version});
  }
  return place->second ? &*place->second : nullptr;
}

std::vector<RecordId> StoredFacts::Cache::load_links(const LoadedRecord& record, std::string_view name, bool& back) {
  std::vector<RecordId> found;
  const Definition& definition = *record.view.definition;
  back = !definition.links.contains(std::string(name));
  if (back) {
    const Definition* other = nullptr;
    const LinkDefinition* link = store.workflow_set(record.view.workflow_set)->back_link(definition.type, name, &other);
    return link == nullptr ? found : sources(record, other->type, link->name);
  }
  const auto [place, fresh] = outgoing.try_emplace(record.view.id);
  if (fresh) {
    for (auto& [link, target] : from.all<std::string, RecordId>(links_of_record, with("id", record.view.id)))
      place->second.emplace_back(std::move(link), target);
  }
  for (const auto& [link, target] : place->second) {
    if (link == name) found.push_back(target);
  }
  return found;
}

/// Asks first whether there is any, as mostly there is none and PostgreSQL makes a new plan for the join each time.
std::vector<RecordId> StoredFacts::Cache::sources(const LoadedRecord& record, const std::string& type,
                                                  const std::string& link) const {
  std::vector<RecordId> found;
  if (!from.one<RecordId>("SELECT source FROM link WHERE target = :id AND name = :name LIMIT 1",
                          with("id", record.view.id), with("name", link)))
    return found;
  for (const auto& [source] :
       from.all<RecordId>("SELECT l.source FROM link l JOIN record r ON r.id = l.source"
                          " WHERE l.target = :id AND l.name = :name AND r.type = :type ORDER BY l.source",
                          with("id", record.view.id), with("name", link), with("type", type))) {
    found.push_back(source);
  }
  return found;
}

/// Before the rows are read: what is found may be newer than the version that stands for it, never older.
void StoredFacts::Cache::depend_on_registers(OrganisationId organisation) {
  const auto version = from.value<std::int64_t>(
      "SELECT version FROM register_version WHERE organisation = :organisation", with("organisation", organisation));
  read.insert({Dependency::On::registers, static_cast<std::int64_t>(organisation), version});
}

const Attached& StoredFacts::Cache::attached_to(RecordId id) {
  const auto [place, fresh] = attached.try_emplace(id);
  if (!fresh) return place->second;
  // Evidence was collected when people say so; when it was attached stands in the log.
  const auto newest = from.one<std::optional<Instant>, std::optional<Instant>>(
      "SELECT (SELECT MAX(created) FROM report WHERE record = :id),"
      " (SELECT MAX(e.at) FROM event e JOIN evidence v ON v.id = e.subject_id"
      "  WHERE e.record = :id AND e.subject = 'evidence' AND e.version = 1 AND v.withdrawn = 0)",
      with("id", id));
  place->second = {std::get<0>(*newest), std::get<1>(*newest)};
  if (const LoadedRecord* record = load(id)) {
    read.insert({Dependency::On::evidence, static_cast<std::int64_t>(id), versions_of(*record).evidence});
  }
  return place->second;
}

StoredFacts::StoredFacts(Store& store, Snapshot& at) : cache_(new Cache{store, at, at.connection()}) {}
StoredFacts::~StoredFacts() = default;
void StoredFacts::know(const RecordRow& row) { cache_->know(row); }
void StoredFacts::know(const PluginAnswers& answers) { cache_->answers = &answers; }
void StoredFacts::know(const Reader& reader) { cache_->reader = &reader; }

void StoredFacts::foresee_command(const RecordRow& row, PersonId by, bool looks_back) {
  Connection& from = cache_->from;
  from.foresee(versions_of_record, with("root", row.root), with("id", row.id));
  from.foresee(seats_of_record, with("id", row.id));
  from.foresee(links_of_record, with("id", row.id));
  if (looks_back) from.foresee(performed_on_record, with("id", row.id));
  from.foresee(person_with_roles, with("id", by));
  if (row.parent) foresee_record(cache_->snapshot, *row.parent);
}

const RecordView* StoredFacts::record(RecordId id) const {
  const LoadedRecord* record = cache_->depend(id);
  return record == nullptr ? nullptr : &record->view;
}

std::vector<RecordId> StoredFacts::linked(RecordId id, std::string_view name) const {
  const auto key = std::pair(id, std::string(name));
  if (const auto known = cache_->links.find(key); known != cache_->links.end()) return known->second;
  const LoadedRecord* record = cache_->depend(id);
  if (record == nullptr) return {};
  bool back = false;
  auto found = cache_->load_links(*record, name, back);
  // A record's own links move its version; links that point at it move the version of its tree.
  if (back) {
    const std::int64_t tree = cache_->versions_of(*record).tree;
    cache_->read.insert({Dependency::On::tree, static_cast<std::int64_t>(record->root), tree});
  }
  return cache_->links.emplace(key, std::move(found)).first->second;
}

std::vector<RecordId> StoredFacts::naming(RecordId id, const Definition& type, const LinkDefinition& link) const {
  const auto key = std::pair(id, type.type + "/" + link.name);
  if (const auto known = cache_->links.find(key); known != cache_->links.end()) return known->second;
  const LoadedRecord* record = cache_->depend(id);
  if (record == nullptr) return {};
  auto found = cache_->sources(*record, type.type, link.name);
  const std::int64_t tree = cache_->versions_of(*record).tree;
  cache_->read.insert({Dependency::On::tree, static_cast<std::int64_t>(record->root), tree});
  return cache_->links.emplace(key, std::move(found)).first->second;
}

std::vector<PersonId> StoredFacts::seat(RecordId id, std::string_view name) const {
  const auto [place, fresh] = cache_->seats.try_emplace(id);
  if (fresh && cache_->depend(id) != nullptr) {
    for (auto& [seat, person] : cache_->from.all<std::string, PersonId>(seats_of_record, with("id", id))) {
      place->second.emplace_back(std::move(seat), person);
    }
  }
  std::vector<PersonId> holders;
  for (const auto& [seat, person] : place->second) {
    if (seat == name) holders.push_back(person);
  }
  return holders;
}

/// The history has whoever came to a seat, also those who have left it.
std::vector<PersonId> StoredFacts::held(RecordId id, std::string_view name) const {
  const auto [place, fresh] = cache_->held.try_emplace(id);
  const LoadedRecord* record = fresh ? cache_->depend(id) : nullptr;
  if (record != nullptr) {
    for (auto& [text] : cache_->from.all<std::string>(
             "SELECT p.facts FROM event e JOIN event_payload p ON p.sequence = e.sequence"
             " WHERE e.record = :record AND e.subject = 'record' AND p.facts LIKE '%\"seated\"%'",
             with("record", id))) {
      const Json facts = Json::parse(text);
      const Json seated = facts.value("seated", Json::object());
      for (const auto& [seat, people] : seated.items()) {
        for (const Json& uuid : people) {
          const auto who = person(uuid.get_ref<const std::string&>(), record->view.organisation);
          if (who) place->second[seat].insert(*who);
        }
      }
    }
  }
  auto now = seat(id, name);
  const auto before = place->second.find(name);
  if (before == place->second.end()) return now;
  auto people = before->second;
  people.insert(now.begin(), now.end());
  return {people.begin(), people.end()};
}

std::vector<std::string> StoredFacts::roles(PersonId person, OrganisationId organisation) const {
  const Person* found = cache_->person(person);
  if (found == nullptr || found->left || found->organisation != organisation) return {};
  return found->roles;
}

std::optional<PersonId> StoredFacts::anybody(std::string_view uuid, OrganisationId organisation) const {
  const auto row =
      cache_->from.one<PersonId>("SELECT id FROM person WHERE uuid = :uuid AND organisation = :organisation",
                                 with("uuid", uuid), with("organisation", organisation));
  if (!row) return {};
  return cache_->person(std::get<0>(*row)) == nullptr ? std::nullopt : std::optional(std::get<0>(*row));
}

std::optional<PersonId> StoredFacts::person(std::string_view uuid, OrganisationId organisation) const {
  const auto id = anybody(uuid, organisation);
  return id && !has_left(*id) ? id : std::nullopt;
}

bool StoredFacts::has_left(PersonId person) const {
  const Person* found = cache_->person(person);
  return found == nullptr || found->left;
}

/// No version is noted but that of the person: nothing new is given to who has left, so that it only becomes less.
bool StoredFacts::is_awaited(PersonId person) const {
  (void)cache_->person(person);
  return !awaiting(cache_->store, cache_->snapshot, person, 0, 1).empty();
}

std::string StoredFacts::person_uuid(PersonId person) const {
  const Person* found = cache_->person(person);
  return found == nullptr ? std::string() : found->uuid;
}

std::optional<RecordId> StoredFacts::record_named(std::string_view uuid, OrganisationId organisation) const {
  const auto row =
      cache_->from.one<RecordId>("SELECT id FROM record WHERE uuid = :uuid AND organisation = :organisation",
                                 with("uuid", uuid), with("organisation", organisation));
  if (!row) return {};
  return std::get<0>(*row);
}

bool StoredFacts::may_name(PersonId person, RecordId id) const {
  const Reader* reader = cache_->reader;
  return reader == nullptr || reader->person != person || assay::may_name(cache_->snapshot, id, *reader);
}

/// No version is noted: the commit gives no number twice, whatever was read here.
bool StoredFacts::number_given(std::string_view type, std::string_view number, OrganisationId organisation) const {
  return cache_->from.value<std::int64_t>(
             "SELECT COUNT(*) FROM record WHERE organisation = :organisation AND type = :type AND number = :number"
             " AND number <> ''",
             with("organisation", organisation), with("type", type), with("number", number)) > 0;
}

std::vector<RecordId> StoredFacts::registered(std::string_view type, std::string_view field, const Json& value,
                                              OrganisationId organisation) const {
  cache_->depend_on_registers(organisation);
  return records_with(cache_->from, organisation, type, field, value);
}

std::vector<RecordId> StoredFacts::engaging(PersonId person, const Definition& type) const {
  const Person* known = cache_->person(person);
  if (known == nullptr) return {};
  cache_->depend_on_registers(known->organisation);
  return records_engaging(cache_->snapshot, person, type);
}

std::vector<ItemView> StoredFacts::items(RecordId audit) const {
  const auto [place, fresh] = cache_->items.try_emplace(audit);
  if (!fresh) return place->second;
  if (const LoadedRecord* record = cache_->load(audit)) {
    const std::int64_t items = cache_->versions_of(*record).items;
    cache_->read.insert({Dependency::On::items, static_cast<std::int64_t>(audit), items});
  }
  using Text = std::string;
  for (auto& [catalogue, question, item, subject, auditor, result, answered_by] :
       cache_->from.all<Text, Text, Text, Text, std::optional<PersonId>, Text, std::optional<PersonId>>(
           "SELECT catalogue_id, question, item, subject, auditor,"
           " CASE status WHEN 'review' THEN '' ELSE result END, answered_by FROM item WHERE audit = :audit"
           " ORDER BY catalogue_id, question, subject",
           with("audit", audit))) {
    place->second.push_back({std::move(catalogue), std::move(question), std::move(item), std::move(subject), auditor,
                             std::move(result), answered_by});
  }
  return place->second;
}

std::vector<std::string> StoredFacts::responsibilities(PersonId person) const {
  const auto [place, fresh] = cache_->responsibilities.try_emplace(person);
  if (!fresh || cache_->person(person) == nullptr) return place->second;
  for (auto& [name] : cache_->from.all<std::string>(
           "SELECT name FROM person_responsibility WHERE person = :person ORDER BY name", with("person", person))) {
    place->second.push_back(std::move(name));
  }
  return place->second;
}

const std::vector<Performed>& StoredFacts::Cache::performed_on(RecordId id) {
  const auto [place, fresh] = performed.try_emplace(id);
  if (!fresh || depend(id) == nullptr) return place->second;
  for (auto& [command, actor, second, type, at] :
       from.all<std::string, std::optional<PersonId>, std::optional<PersonId>, std::string, Instant>(
           performed_on_record, with("id", id))) {
    const bool proposed = type.ends_with(".proposed") || type.ends_with(".proposal_declined");
    place->second.push_back({std::move(command), actor, second, proposed, at});
  }
  return place->second;
}

std::vector<PersonId> StoredFacts::performed(RecordId id, const std::vector<std::string>& commands) const {
  std::set<PersonId> people;
  for (const auto& one : cache_->performed_on(id)) {
    if (one.proposed || std::find(commands.begin(), commands.end(), one.command) == commands.end()) continue;
    if (one.actor) people.insert(*one.actor);
    if (one.second) people.insert(*one.second);  // who confirms takes part
  }
  return {people.begin(), people.end()};
}

std::optional<Instant> StoredFacts::performed_at(RecordId id, std::string_view command) const {
  std::optional<Instant> last;
  for (const auto& one : cache_->performed_on(id)) {
    if (one.command == command && !one.proposed && (!last || one.at > *last)) last = one.at;
  }
  return last;
}

std::optional<Instant> StoredFacts::reported_at(RecordId id) const { return cache_->attached_to(id).report; }

std::optional<Instant> StoredFacts::evidence_at(RecordId id) const { return cache_->attached_to(id).evidence; }

bool StoredFacts::has_file(RecordId id, std::string_view sha256) const {
  (void)cache_->attached_to(id);  // what is attached, and withdrawn, moves the version that this notes
  return cache_->from.value<std::int64_t>(
             "SELECT COUNT(*) FROM evidence WHERE record = :id AND withdrawn = 0 AND sha256 = :sha256", with("id", id),
             with("sha256", sha256)) > 0;
}

std::vector<EvidencedItem> StoredFacts::evidenced_items(RecordId id) const {
  (void)cache_->attached_to(id);  // what is attached, and withdrawn, moves the version that this notes
  std::vector<EvidencedItem> found;
  for (auto& [item, subject, question] : cache_->from.all<std::string, std::string, std::string>(
           "SELECT DISTINCT i.item, i.subject, i.question FROM evidence v JOIN item i ON i.id = v.item"
           " WHERE v.record = :id AND v.withdrawn = 0 ORDER BY i.item, i.subject, i.question",
           with("id", id))) {
    found.push_back({std::move(item), std::move(subject), std::move(question)});
  }
  return found;
}

std::optional<PluginAnswer> StoredFacts::judged(const PluginQuestion& question) const {
  const auto version = cache_->from.value<std::int64_t>("SELECT version FROM organisation WHERE id = :id",
                                                        with("id", question.organisation));
  std::string text = fmt::format("{} {} {} {}", question.plugin, static_cast<std::int64_t>(question.organisation),
                                 version, canonical(question.input));
  cache_->read.insert({Dependency::On::organisation, static_cast<std::int64_t>(question.organisation), version});
  if (cache_->answers != nullptr) {
    if (const auto known = cache_->answers->find(text); known != cache_->answers->end()) return known->second;
  }
  cache_->unanswered.emplace(std::move(text), question);
  return {};
}

PluginQuestions StoredFacts::unanswered() const { return cache_->unanswered; }

std::unordered_map<std::int64_t, std::int64_t> StoredFacts::roots() const {
  std::unordered_map<std::int64_t, std::int64_t> all;
  for (const auto& [id, record] : cache_->records) {
    if (record) all.emplace(static_cast<std::int64_t>(id), static_cast<std::int64_t>(record->root));
  }
  return all;
}

std::vector<RecordId> StoredFacts::line(RecordId id) const {
  std::vector<RecordId> all;
  for (std::optional<RecordId> next = id; next;) {
    const auto known = cache_->records.find(*next);
    if (known == cache_->records.end() || !known->second) return {};
    all.push_back(*next);
    next = known->second->parent;
  }
  return all;
}

std::unordered_map<std::int64_t, std::optional<std::int64_t>> StoredFacts::trees() const {
  std::unordered_map<std::int64_t, std::optional<std::int64_t>> all;
  for (const auto& [id, record] : cache_->records) {
    if (!record || id != record->root) continue;
    const auto root = static_cast<std::int64_t>(id);
    const auto parent = cache_->records.find(record->parent.value_or(RecordId{}));
    if (!record->parent)
      all.emplace(root, std::nullopt);
    else if (parent != cache_->records.end() && parent->second)
      all.emplace(root, static_cast<std::int64_t>(parent->second->root));
  }
  return all;
}

std::vector<Dependency> StoredFacts::dependencies() const {
  std::set<std::int64_t> trees;
  for (const auto& one : cache_->read) {
    if (one.on == Dependency::On::tree) trees.insert(one.id);
  }
  std::vector<Dependency> all;
  for (const auto& one : cache_->read) {
    // A tree's version moves with every record of it.
    const bool covered = one.on == Dependency::On::record &&
                         trees.contains(static_cast<std::int64_t>(cache_->records.at(RecordId{one.id})->root));
    if (!covered) all.push_back(one);
  }
  return all;
}

}  // namespace assay
