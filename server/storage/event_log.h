// Appending to the event log: a commit is prepared outside of its transaction and applied inside of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "storage/connection.h"
#include "storage/store.h"
#include "storage/workflow_sets.h"

namespace assay {

/// A commit with its payloads serialised, uuids and keys drawn. Made on the caller's thread; apply() may run again
/// after a rollback.
class CommitPlan {
 public:
  explicit CommitPlan(const Commit& commit);

  /// What PostgreSQL locks before it reads versions, in ascending order: rows of record_version, people, registers.
  struct Lock {
    std::int64_t id;
    bool exclusive;
  };
  std::vector<Lock> record_locks(Connection& on) const;
  std::vector<std::int64_t> person_locks() const;
  /// The organisation whose registers and engagements the commit has looked into or, exclusively, changes. Locked after
  /// the records.
  std::optional<Lock> register_lock(Connection& on) const;
  /// The organisation whose settings the commit rests on. Locked last, against those who change them.
  std::optional<std::int64_t> organisation_lock() const;
  /// Whether something is erased, of which no copy may stay in the files of the database.
  bool takes_away() const;
  /// Whether people, their tokens or organisations may be others afterwards.
  bool touches_people() const;
  /// Whether grants may open other records to people afterwards.
  bool opens_records(const WorkflowSets& sets) const;

  /// In a transaction: verifies versions, appends, projects, runs what stands beside. Refuses stale; throws
  /// DatabaseError and what `beside` throws. The caller rolls back in either case. On PostgreSQL what is stale may come
  /// out of the COMMIT as well, as told_stale().
  Result<void> apply(Connection& to);

  const std::vector<Event>& events() const { return events_; }

 private:
  /// Calls `use` with the root and those of all trees above it.
  void each_root_from(Connection& on, std::int64_t root, const std::function<void(std::int64_t)>& use) const;
  using Versions = std::map<std::pair<Dependency::On, std::int64_t>, std::int64_t>;
  using Subjects = std::set<std::pair<Subject, std::int64_t>>;
  Result<void> verify(Connection& on);
  /// Whether everything has the version that was read; takes the keys of the subjects. On SQLite a question costs less
  /// than a list that it sorts into a table first, on PostgreSQL a journey costs more than anything.
  bool ask_each(Connection& on, const Versions& read, const Subjects& keyed);
  bool ask_at_once(Connection& on, const Versions& read, const Subjects& keyed);
  void append(Connection& to, std::size_t index);

  const Commit& commit_;
  std::vector<Event> events_;
  std::vector<std::string> payloads_;
  std::vector<std::string> keys_;                                     // drawn, for subjects that have none
  std::map<std::pair<Subject, std::int64_t>, std::string> own_keys_;  // of the subjects, as far as they have one
};

/// Others were faster: they took a unique value or the key, or moved what a statement was to find. Deciding again will
/// see it.
bool told_stale(const DatabaseError& error);

/// hex HMAC-SHA256 of the payload under a subject's key (hex).
std::string commitment_of(const std::string& key, const std::string& payload);

/// Keeps the answer under its key; `unmatched` when the key is in use.
void insert_idempotent(Connection& to, const IdempotentUse& use, Instant now);

}  // namespace assay
