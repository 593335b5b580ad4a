// Applies a commit: versions, envelope, payload, commitment, rows.
#include "storage/event_log.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <map>

#include "ledger/digest.h"
#include "ledger/random.h"
#include "storage/projection.h"
#include "storage/sql_text.h"

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

/// Asks for kind (as the enumerator is numbered), id and version.
std::string_view version_query(Dependency::On on) {
  switch (on) {
    case Dependency::On::record:
      return "SELECT 0, id, version FROM record WHERE id IN ";
    case Dependency::On::person:
      return "SELECT 3, id, version FROM person WHERE id IN ";
    case Dependency::On::tree:
      return "SELECT 1, record, tree FROM record_version WHERE record IN ";
    case Dependency::On::items:
      return "SELECT 2, record, items FROM record_version WHERE record IN ";
    case Dependency::On::evidence:
      return "SELECT 4, record, evidence FROM record_version WHERE record IN ";
  }
  throw std::logic_error("unknown kind of dependency");
}

using Versions = std::map<std::pair<Dependency::On, std::int64_t>, std::int64_t>;

/// True when all of these still have the versions that were read: one question for all kinds, as it is asked while
/// others wait.
bool unchanged(Connection& on, const Versions& read) {
  for (auto next = read.begin(); next != read.end();) {
    SqlText text;
    std::size_t asked = 0;
    while (next != read.end() && asked < at_once) {
      const auto kind = next->first.first;
      std::vector<std::int64_t> ids;
      for (; next != read.end() && next->first.first == kind && asked < at_once; ++next, ++asked)
        ids.push_back(next->first.second);
      // Padded to few lengths, as each is a statement of its own; an id twice gives no second row.
      while (!std::has_single_bit(ids.size())) ids.push_back(ids.back());
      if (!text.sql.empty()) text.add(" UNION ALL ");
      text.list(version_query(kind), ids);
    }
    const auto rows = on.all_of<Dependency::On, std::int64_t, std::int64_t>(text.sql, text.bindings());
    if (rows.size() != asked) return false;
    for (const auto& [kind, id, version] : rows) {
      if (read.at({kind, id}) != version) return false;
    }
  }
  return true;
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
  roots_of.insert(draft.id);
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

Result<void> CommitPlan::verify(Connection& on) const {
  Versions read;
  for (const auto& dependency : commit_.read) {
    const auto [known, fresh] = read.emplace(std::pair(dependency.on, dependency.id), dependency.version);
    if (!fresh && known->second != dependency.version) return stale();
  }
  return unchanged(on, read) ? Result<void>() : stale();
}

Result<void> CommitPlan::apply(Connection& to) {
  if (auto fine = verify(to); !fine) return fine;
  if (commit_.idempotent) {
    const Instant now = events_.empty()
                            ? std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now())
                            : events_.front().draft.at;
    if (!insert_idempotent(to, *commit_.idempotent, now)) {
      return refuse(Reason::idempotency_conflict, "this Idempotency-Key is in use");
    }
  }
  try {
    for (std::size_t i = 0; i < events_.size(); ++i) append(to, i);
    if (commit_.beside) commit_.beside(to);
  } catch (const VersionConflict&) {
    return stale();
  } catch (const DatabaseError& error) {
    // Somebody else took the uuid, e-mail address or number: deciding again will see it.
    if (error.kind == DatabaseError::Kind::unique) return stale();
    throw;
  }
  return {};
}

void CommitPlan::append(Connection& to, std::size_t index) {
  Event& event = events_[index];
  const auto subject = name_of(event.draft.subject);
  event.number = allocate_number(to, event.draft);
  std::string key = keys_[index];
  bool fresh = event.draft.version == 1;
  if (!fresh) {
    const auto kept = to.one<std::string>("SELECT key FROM subject_key WHERE subject = :subject AND id = :id",
                                          with("subject", subject), with("id", event.draft.id));
    if (kept) key = std::get<0>(*kept);
    fresh = !kept;  // erased meanwhile: what happens from now on has a key of its own
    event.commitment = commitment_of(key, payloads_[index]);
  }
  if (fresh) {
    to.send("INSERT INTO subject_key (subject, id, key) VALUES (:subject, :id, :key)", with("subject", subject),
            with("id", event.draft.id), with("key", key));
  }
  event.sequence = insert_event(to, event, payloads_[index]);
  project(to, event);
}

std::int64_t insert_event(Connection& to, const Event& event, const std::string& payload) {
  const auto& draft = event.draft;
  const auto sequence = to.value<std::int64_t>(
      "INSERT INTO event (uuid, cause, subject, subject_id, subject_uuid, organisation, record, type, command, "
      "version, actor,"
      " second, at, workflow_set, number, commitment) VALUES (:uuid, :cause, :subject, :subject_id, :subject_uuid,"
      " :organisation, :record, :type, :command, :version, :actor, :second, :at, :workflow_set, :number, :commitment)"
      " RETURNING sequence",
      with("uuid", event.uuid), with("cause", event.cause), with("subject", name_of(draft.subject)),
      with("subject_id", draft.id), with("subject_uuid", draft.uuid), with("organisation", draft.organisation),
      with("record", draft.record), with("type", draft.type), with("command", draft.command),
      with("version", draft.version), with("actor", draft.actor), with("second", draft.second), with("at", draft.at),
      with("workflow_set", draft.workflow_set), with("number", event.number), with("commitment", event.commitment));
  to.send("INSERT INTO event_payload (sequence, facts) VALUES (:sequence, :facts)", with("sequence", sequence),
          with("facts", payload));
  return sequence;
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
  const auto add_roots = [&](const std::set<std::int64_t>& of, bool exclusive) {
    in_pieces(of, [&](const std::vector<std::int64_t>& piece) {
      SqlText text;
      text.list("SELECT root FROM record WHERE id IN ", piece);
      for (const auto& [root] : on.all_of<std::int64_t>(text.sql, text.bindings())) add(root, exclusive);
    });
  };
  add_roots(roots_of, true);
  add_roots(read_roots_of, false);
  for (const auto parent : parents) {
    add_roots({parent}, true);
    // Seats above the new record decide who sees it: they must not change meanwhile.
    for (const auto& [root] :
         on.all<std::int64_t>("WITH RECURSIVE above (id, root) AS (SELECT parent, root FROM record WHERE id = :record"
                              " UNION ALL SELECT r.parent, r.root FROM record r JOIN above a ON r.id = a.id) SELECT "
                              "DISTINCT root FROM above",
                              with("record", parent))) {
      add(root, false);
    }
  }
  std::vector<Lock> sorted;
  for (const auto& [id, exclusive] : locks) sorted.push_back({id, exclusive});
  return sorted;
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
