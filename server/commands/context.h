// What every command needs: the store, the files, the keys, the clock and the record types; and who asks.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "domain/definition.h"
#include "domain/facts.h"
#include "domain/time.h"
#include "ledger/keyfile.h"
#include "storage/blob_store.h"
#include "storage/people.h"
#include "storage/reader.h"
#include "storage/store.h"

namespace assay {

/// Keys of requests that are running, so that the same key is not used twice at a time. Thread-safe.
class RunningKeys {
 public:
  bool enter(PersonId principal, std::string_view key);
  void leave(PersonId principal, std::string_view key);

 private:
  std::mutex mutex_;
  std::set<std::pair<PersonId, std::string>> keys_;
};

struct Principal;

/// Who stands behind recently used tokens, as long as nothing about people has changed. Thread-safe.
class KnownTokens {
 public:
  struct Known {
    std::shared_ptr<const Principal> who;
    std::int64_t token;  // internal id
    Instant expires;
    Instant used;  // as stored, or about to be
  };
  /// What was kept under this version; nothing otherwise.
  std::optional<Known> find(const std::string& hash, std::uint64_t people_version) const;
  void keep(const std::string& hash, std::uint64_t people_version, Known known);

 private:
  static constexpr std::size_t most = 10'000;
  mutable std::shared_mutex mutex_;
  std::uint64_t version_ = 0;
  std::unordered_map<std::string, Known> known_;
};

/// How guards of plugins are asked.
struct PluginGuards {
  /// What the plugin says, in a language, for an organisation and what it has set for the plugin. What goes wrong is an
  /// answer. Any thread. Empty: there are no plugins, and nobody answers.
  std::function<PluginAnswer(const PluginQuestion&, const OrganisationRow&, std::string_view language,
                             std::chrono::steady_clock::time_point deadline)>
      ask = {};
  std::chrono::milliseconds patience{5000};  // for all that one command asks
};

/// Lives as long as the server; everything in it is thread-safe.
struct Context {
  Store& store;
  BlobStore& files;
  const Keyfile& keys;
  WorkflowSetPtr workflows;  // of this release: new records are pinned to it
  std::function<Instant()> clock;
  RunningKeys running = {};
  KnownTokens tokens = {};
  PluginGuards guards = {};
  std::filesystem::path erased = {};  // list of who was erased (storage/erased_list.h); empty: none is kept

  std::string new_uuid() const;  // UUIDv7 of now
};

enum class Scope { read, write, admin };
std::optional<Scope> scope_named(std::string_view name);
std::string_view name_of(Scope scope);

/// What a person has proved who they are with. It can end before they do.
struct Credential {
  enum class Kind { none, session, token } kind = Kind::none;
  std::string hash = {};  // of the session or token, as it is stored
};

/// The person who asks, as signed in: by session (all scopes) or by a token (its own).
struct Principal {
  PersonRow person;
  OrganisationRow organisation;
  Reader reader;
  std::set<Scope> scopes;
  Credential credential = {};

  bool has_role(std::string_view role) const;
};

/// The principal of a person with these scopes. Null for somebody who has left.
std::optional<Principal> principal_of(const Context& context, Snapshot& at, const PersonRow& person,
                                      std::set<Scope> scopes);

/// Has grants open something to the person, or nothing, and settles what they are told by that: who has come to look
/// into a body, and has nothing else to do here, is told all while a grant is open, else what clients are told.
void open_by_grants(const Context& context, Principal& who, bool open);

/// One request to change something: who, what was seen before, and the key under which a repetition is recognised.
struct Call {
  const Principal& who;
  std::optional<std::int64_t> expected = {};  // version that If-Match names
  std::optional<std::string> key = {};        // Idempotency-Key
  std::string request_hash = {};              // SHA-256 hex of method, target and body; with `key`
};

/// Refuses with not_permitted unless the principal has the scope.
Result<void> require(const Principal& who, Scope scope);
/// Refuses with not_permitted unless the principal has the scope and is an administrator of the organisation.
Result<void> require_administrator(const Principal& who);
/// Refuses with precondition_required when the call names no version, and precondition_failed when it names another.
Result<void> require_version(const Call& call, std::int64_t actual);

}  // namespace assay
