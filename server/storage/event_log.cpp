// Applies a commit: versions, envelope, payload, commitment, rows.
#include "storage/event_log.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <map>
#include <set>

#include "ledger/digest.h"
#include "ledger/random.h"
#include "storage/erasure.h"
#include "storage/projection.h"
#include "storage/sql_text.h"
#include "storage/workflow_sets.h"

namespace assay {
namespace {

std::string new_uuid(Instant at) { return uuid_v7(at.time_since_epoch().count(), random_bytes(10)); }

Refusal stale() { return refuse(Reason::stale, "what the decision rests on has changed meanwhile"); }

constexpr std::size_t at_once = 200;  // ids in one statement

/// Calls `use` with the ids in pieces.
void in_pieces(const std::set<std::int64_t>& ids, const std::function<void(const std::vector<std::int64_t>&)>& use) {
  for (auto next = ids.begin(); next != ids.end();) {
    std::vector<std::int64_t> piece;
    for (; next != ids.end() && piece.size() < at_once; ++next) piece.push_back(*next);
    use(piece);
  }
}

/// What is asked of some subjects: a statement, up to the list of their ids, that answers with kind, id and a text.
struct Question {
  std::int64_t kind;
  std::string sql;
  std::vector<std::int64_t> ids = {};
};

/// What asks for the version of one subject, and, up to the list of their ids, of many. A kind has the number of its
/// On.
struct VersionQuery {
  std::string_view one, many;
};

#define ASSAY_VERSION(kind, table, key, version)            \
  {"SELECT " version " FROM " table " WHERE " key " = :id", \
   "SELECT " kind ", " key ", CAST(" version " AS TEXT) FROM " table " WHERE " key " IN "}

VersionQuery version_query(Dependency::On on) {
  switch (on) {
    case Dependency::On::record:
      return ASSAY_VERSION("0", "record", "id", "version");
    case Dependency::On::tree:
      return ASSAY_VERSION("1", "record_version", "record", "tree");
    case Dependency::On::items:
      return ASSAY_VERSION("2", "record_version", "record", "items");
    case Dependency::On::person:
      return ASSAY_VERSION("3", "person", "id", "version");
    case Dependency::On::evidence:
      return ASSAY_VERSION("4", "record_version", "record", "evidence");
    case Dependency::On::registers:
      return ASSAY_VERSION("5", "register_version", "organisation", "version");
    case Dependency::On::organisation:
      return ASSAY_VERSION("6", "organisation", "id", "version");
  }
  throw std::logic_error("unknown kind of dependency");
}

constexpr std::int64_t first_key_kind = 10;  // then as subjects are numbered

std::string key_query(Subject subject) {
  return "SELECT " + std::to_string(first_key_kind + static_cast<std::int64_t>(subject)) +
         ", id, key FROM subject_key WHERE subject = '" + std::string(name_of(subject)) + "' AND id IN ";
}

using Told = std::function<void(std::int64_t kind, std::int64_t id, std::string&& text)>;

/// Asks everything with as few statements as may be, since others wait meanwhile.
void ask(Connection& on, const std::vector<Question>& questions, const Told& told) {
  SqlText text;
  std::size_t asked = 0;
  const auto run = [&] {
    if (asked == 0) return;
    for (auto& [kind, id, what] : on.all_of<std::int64_t, std::int64_t, std::string>(text.sql, text.bindings()))
      told(kind, id, std::move(what));
    text = SqlText();
    asked = 0;
  };
  for (const Question& question : questions) {
    for (auto next = question.ids.begin(); next != question.ids.end();) {
      if (asked == at_once) run();
      const auto count = std::min(at_once - asked, static_cast<std::size_t>(question.ids.end() - next));
      std::vector<std::int64_t> ids(next, next + static_cast<std::ptrdiff_t>(count));
      next += static_cast<std::ptrdiff_t>(count);
      asked += count;
      // Padded to few lengths, as each is a statement of its own; an id twice gives no second row.
      while (!std::has_single_bit(ids.size())) ids.push_back(ids.back());
      if (!text.sql.empty()) text.add(" UNION ALL ");
      text.list(question.sql, ids);
    }
  }
  run();
}

/// Existing records that a draft changes or links to; its tree, or the tree that it points into, moves.
void collect_touched(const EventDraft& draft, std::set<std::int64_t>& roots_of, std::set<std::int64_t>& own,
                     std::set<std::int64_t>& parents) {
  switch (draft.subject) {
    case Subject::item:
    case Subject::evidence:
    case Subject::report:
      if (draft.record) own.insert(static_cast<std::int64_t>(*draft.record));
      return;
    case Subject::record:
      break;
    default:
      return;
  }
  if (draft.version != 1) roots_of.insert(draft.id);
  if (const auto links = draft.facts.find("links"); links != draft.facts.end()) {
    for (const auto& targets : *links) {
      for (const auto& uuid : targets) {
        const auto known = draft.ids.find(uuid.get<std::string>());
        if (known != draft.ids.end()) roots_of.insert(known->second);
      }
    }
  }
  if (draft.version != 1) return;
  const auto parent = draft.facts.find("parent");
  if (parent == draft.facts.end() || parent->is_null()) return;
  const auto known = draft.ids.find(parent->get<std::string>());
  if (known != draft.ids.end()) parents.insert(known->second);
}

std::set<std::int64_t> link_targets(Connection& on, std::int64_t record) {
  std::set<std::int64_t> targets;
  for (const auto& [target] :
       on.all<std::int64_t>("SELECT target FROM link WHERE source = :source", with("source", record))) {
    targets.insert(target);
  }
  return targets;
}

#define ASSAY_INSERT_EVENT                                                                                           \
  "INSERT INTO event (uuid, cause, subject, subject_id, subject_uuid, organisation, record, type, command, version," \
  " actor, second, at, workflow_set, number, commitment) VALUES (:uuid, :cause, :subject, :subject_id,"              \
  " :subject_uuid, :organisation, :record, :type, :command, :version, :actor, :second, :at, :workflow_set, :number," \
  " :commitment) RETURNING sequence"

/// Writes the envelope and payload of an event whose commitment and number are set. On SQLite it gets its sequence; on
/// PostgreSQL, where that is no position, it is put among those that are to be sealed.
void insert_event(Connection& to, Event& event, const std::string& payload) {
  const auto& draft = event.draft;
  const auto put = [&](auto put_row) {
    put_row(with("uuid", event.uuid), with("cause", event.cause), with("subject", name_of(draft.subject)),
            with("subject_id", draft.id), with("subject_uuid", draft.uuid), with("organisation", draft.organisation),
            with("record", draft.record), with("type", draft.type), with("command", draft.command),
            with("version", draft.version), with("actor", draft.actor), with("second", draft.second),
            with("at", draft.at), with("workflow_set", draft.workflow_set), with("number", event.number),
            with("commitment", event.commitment));
  };
  if (to.engine() == Engine::postgresql) {
    return put([&](const auto&... columns) {
      to.send("WITH e AS (" ASSAY_INSERT_EVENT
              "), p AS (INSERT INTO event_payload (sequence, facts) SELECT sequence, :facts FROM e)"
              " INSERT INTO unsealed (sequence) SELECT sequence FROM e",
              columns..., with("facts", payload));
    });
  }
  put([&](const auto&... columns) { event.sequence = to.value<std::int64_t>(ASSAY_INSERT_EVENT, columns...); });
  to.send("INSERT INTO event_payload (sequence, facts) VALUES (:sequence, :facts)", with("sequence", event.sequence),
          with("facts", payload));
}

}  // namespace

std::string commitment_of(const std::string& key, const std::string& payload) {
  return to_hex(bytes_of(hmac_sha256(from_hex(key).value(), payload)));
}

CommitPlan::CommitPlan(const Commit& commit) : commit_(commit) {
  events_.reserve(commit.events.size());
  std::string cause;
  for (const auto& draft : commit.events) {
    if (cause.empty()) cause = new_uuid(draft.at);
    Event event{0, 0, new_uuid(draft.at), cause, draft, {}, {}};
    if (draft.subject == Subject::record) event.draft.record = RecordId{draft.id};
    payloads_.push_back(canonical(draft.facts));
    keys_.push_back(to_hex(random_bytes(32)));
    if (draft.version == 1) event.commitment = commitment_of(keys_.back(), payloads_.back());
    events_.push_back(std::move(event));
  }
}

Result<void> CommitPlan::verify(Connection& on) {
  Versions read;
  for (const auto& dependency : commit_.read) {
    const auto [known, fresh] = read.emplace(std::pair(dependency.on, dependency.id), dependency.version);
    if (!fresh && known->second != dependency.version) return stale();
  }
  Subjects keyed;
  for (const Event& event : events_) {
    if (event.draft.version != 1) keyed.emplace(event.draft.subject, event.draft.id);
  }
  own_keys_.clear();
  const bool as_read = on.engine() == Engine::sqlite ? ask_each(on, read, keyed) : ask_at_once(on, read, keyed);
  return as_read ? Result<void>() : stale();
}

bool CommitPlan::ask_each(Connection& on, const Versions& read, const Subjects& keyed) {
  for (const auto& [what, version] : read) {
    const auto found = on.one<std::int64_t>(version_query(what.first).one, with("id", what.second));
    if (!found || std::get<0>(*found) != version) return false;
  }
  for (const auto& [subject, id] : keyed) {
    auto found = on.one<std::string>("SELECT key FROM subject_key WHERE subject = :subject AND id = :id",
                                     with("subject", name_of(subject)), with("id", id));
    if (found) own_keys_.emplace(std::pair(subject, id), std::move(std::get<0>(*found)));
  }
  return true;
}

bool CommitPlan::ask_at_once(Connection& on, const Versions& read, const Subjects& keyed) {
  std::vector<Question> questions;
  const auto add = [&questions](std::int64_t kind, auto sql, std::int64_t id) {
    if (questions.empty() || questions.back().kind != kind) questions.push_back({kind, std::string(sql())});
    questions.back().ids.push_back(id);
  };
  for (const auto& [what, version] : read) {
    const Dependency::On kind = what.first;
    add(static_cast<std::int64_t>(kind), [kind] { return version_query(kind).many; }, what.second);
  }
  for (const auto& [subject, id] : keyed) {
    const Subject kind = subject;
    add(first_key_kind + static_cast<std::int64_t>(kind), [kind] { return key_query(kind); }, id);
  }
  std::size_t as_read = 0;
  ask(on, questions, [&](std::int64_t kind, std::int64_t id, std::string&& text) {
    if (kind >= first_key_kind) {
      own_keys_.emplace(std::pair(static_cast<Subject>(kind - first_key_kind), id), std::move(text));
    } else if (text == std::to_string(read.at({static_cast<Dependency::On>(kind), id}))) {
      ++as_read;
    }
  });
  return as_read == read.size();
}

bool told_stale(const DatabaseError& error) {
  return error.kind == DatabaseError::Kind::unique || error.kind == DatabaseError::Kind::unmatched;
}

Result<void> CommitPlan::apply(Connection& to) {
  if (auto fine = verify(to); !fine) return fine;
  try {
    if (commit_.idempotent) {
      const Instant now =
          events_.empty() ? std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now())
                          : events_.front().draft.at;
      insert_idempotent(to, *commit_.idempotent, now);
    }
    for (std::size_t i = 0; i < events_.size(); ++i) append(to, i);
    if (commit_.beside) commit_.beside(to);
  } catch (const VersionConflict&) {
    return stale();
  } catch (const DatabaseError& error) {
    if (told_stale(error)) return stale();
    throw;
  }
  return {};
}

void CommitPlan::append(Connection& to, std::size_t index) {
  Event& event = events_[index];
  event.number = allocate_number(to, event.draft);
  if (erases(event.draft) || disposes(event.draft)) {
    const auto take = erases(event.draft) ? erase_from_log : dispose_from_log;
    take(to, event.draft, keys_[index]);
    own_keys_.insert_or_assign({event.draft.subject, event.draft.id}, keys_[index]);
  }
  // Where the key was erased, what happens from now on has one of its own.
  const auto [key, fresh] = own_keys_.try_emplace({event.draft.subject, event.draft.id}, keys_[index]);
  if (event.draft.version != 1) event.commitment = commitment_of(key->second, payloads_[index]);
  if (fresh) {
    to.send("INSERT INTO subject_key (subject, id, key) VALUES (:subject, :id, :key)",
            with("subject", name_of(event.draft.subject)), with("id", event.draft.id), with("key", key->second));
  }
  insert_event(to, event, payloads_[index]);
  project(to, event);
}

void CommitPlan::each_root_from(Connection& on, std::int64_t root, const std::function<void(std::int64_t)>& use) const {
  auto above = commit_.trees.find(root);
  for (; above != commit_.trees.end(); above = commit_.trees.find(root)) {
    use(root);
    if (!above->second) return;
    root = *above->second;
  }
  for (const auto& [one] :
       on.all<std::int64_t>("WITH RECURSIVE above (id, root) AS (SELECT parent, root FROM record WHERE id = :root"
                            " UNION ALL SELECT r.parent, r.root FROM record r JOIN above a ON r.id = a.id) SELECT "
                            "DISTINCT root FROM above",
                            with("root", root))) {
    use(one);
  }
}

std::vector<CommitPlan::Lock> CommitPlan::record_locks(Connection& on) const {
  std::set<std::int64_t> roots_of, own, parents, read_roots_of, read;
  for (const auto& event : events_) collect_touched(event.draft, roots_of, own, parents);
  for (const auto& dependency : commit_.read) {
    if (dependency.on == Dependency::On::record) read_roots_of.insert(dependency.id);
    if (dependency.on == Dependency::On::tree || dependency.on == Dependency::On::items ||
        dependency.on == Dependency::On::evidence) {
      read.insert(dependency.id);
    }
  }
  std::map<std::int64_t, bool> locks;  // row of record_version -> exclusive
  const auto add = [&](std::int64_t id, bool exclusive) { locks[id] = locks[id] || exclusive; };
  for (const auto id : own) add(id, true);
  for (const auto id : read) add(id, false);
  const auto each_root = [&](const std::set<std::int64_t>& of, const std::function<void(std::int64_t)>& use) {
    std::set<std::int64_t> unknown;
    for (const auto id : of) {
      if (const auto known = commit_.roots.find(id); known != commit_.roots.end()) {
        use(known->second);
      } else {
        unknown.insert(id);
      }
    }
    in_pieces(unknown, [&](const std::vector<std::int64_t>& piece) {
      SqlText text;
      text.list("SELECT root FROM record WHERE id IN ", piece);
      for (const auto& [root] : on.all_of<std::int64_t>(text.sql, text.bindings())) use(root);
    });
  };
  const auto add_roots = [&](const std::set<std::int64_t>& of, bool exclusive) {
    each_root(of, [&](std::int64_t root) { add(root, exclusive); });
  };
  add_roots(roots_of, true);
  add_roots(read_roots_of, false);
  add_roots(parents, true);
  // Seats above a record that is new, or shown to clients by its state, decide who sees it, and seats above one that
  // waits for them whose task it is: they must not change meanwhile.
  std::set<std::int64_t> below_seats = parents;
  for (const auto& event : events_) {
    if (event.draft.subject != Subject::record || event.draft.version == 1) continue;
    const Definition* type = on.sets().at(event.draft.workflow_set)->find(text_of(event.draft.facts, "type"));
    if (type != nullptr && (is_for_clients(*type) || waits_for_seats_above(*type))) below_seats.insert(event.draft.id);
    if (type == nullptr || !type->grants) continue;
    // What it opens: neither records below nor seats above may come and go meanwhile.
    const auto opened = link_targets(on, event.draft.id);
    below_seats.insert(opened.begin(), opened.end());
    add_roots(opened, true);
  }
  each_root(below_seats,
            [&](std::int64_t root) { each_root_from(on, root, [&](std::int64_t one) { add(one, false); }); });
  std::vector<Lock> sorted;
  for (const auto& [id, exclusive] : locks) sorted.push_back({id, exclusive});
  return sorted;
}

std::optional<CommitPlan::Lock> CommitPlan::register_lock(Connection& on) const {
  for (const auto& event : events_) {
    if (event.draft.subject != Subject::record) continue;
    const Definition* type = on.sets().at(event.draft.workflow_set)->find(text_of(event.draft.facts, "type"));
    if (type != nullptr && moves_registers(*type, event.draft))
      return Lock{static_cast<std::int64_t>(event.draft.organisation), true};
  }
  for (const auto& dependency : commit_.read) {
    if (dependency.on == Dependency::On::registers) return Lock{dependency.id, false};
  }
  return {};
}

std::optional<std::int64_t> CommitPlan::organisation_lock() const {
  for (const auto& dependency : commit_.read) {
    if (dependency.on == Dependency::On::organisation) return dependency.id;
  }
  return {};
}

bool CommitPlan::opens_records(const WorkflowSets& sets) const {
  return std::any_of(events_.begin(), events_.end(), [&](const Event& event) {
    if (event.draft.subject != Subject::record) return false;
    const auto set = sets.find(event.draft.workflow_set);
    const Definition* type = set ? set->find(text_of(event.draft.facts, "type")) : nullptr;
    return type != nullptr && type->grants.has_value();
  });
}

bool CommitPlan::takes_away() const {
  return std::any_of(events_.begin(), events_.end(),
                     [](const Event& event) { return erases(event.draft) || disposes(event.draft); });
}

bool CommitPlan::touches_people() const {
  return std::any_of(events_.begin(), events_.end(), [](const Event& event) {
    const Subject subject = event.draft.subject;
    return subject == Subject::person || subject == Subject::organisation || subject == Subject::token;
  });
}

std::vector<std::int64_t> CommitPlan::person_locks() const {
  // A decision about people and their tokens that rests on people must not race another one; a decision about records
  // is put in order by its records.
  std::set<std::int64_t> people;
  if (touches_people()) {
    for (const auto& dependency : commit_.read) {
      if (dependency.on == Dependency::On::person) people.insert(dependency.id);
    }
  }
  return {people.begin(), people.end()};
}

}  // namespace assay
