// What every command needs, and who asks.
#include "commands/context.h"

#include <algorithm>

#include "ledger/random.h"
#include "storage/grants.h"

namespace assay {

bool RunningKeys::enter(PersonId principal, std::string_view key) {
  const std::lock_guard lock(mutex_);
  return keys_.emplace(principal, std::string(key)).second;
}

void RunningKeys::leave(PersonId principal, std::string_view key) {
  const std::lock_guard lock(mutex_);
  keys_.erase({principal, std::string(key)});
}

std::optional<KnownTokens::Known> KnownTokens::find(const std::string& hash, std::uint64_t people_version) const {
  const std::shared_lock lock(mutex_);
  if (version_ != people_version) return {};
  const auto found = known_.find(hash);
  if (found == known_.end()) return {};
  return found->second;
}

void KnownTokens::keep(const std::string& hash, std::uint64_t people_version, Known known) {
  const std::lock_guard lock(mutex_);
  if (people_version < version_) return;  // older than what others have read meanwhile
  if (people_version > version_ || known_.size() >= most) known_.clear();
  version_ = people_version;
  known_.insert_or_assign(hash, std::move(known));
}

std::string Context::new_uuid() const { return uuid_v7(clock().time_since_epoch().count(), random_bytes(10)); }

std::optional<Scope> scope_named(std::string_view name) {
  if (name == "read") return Scope::read;
  if (name == "write") return Scope::write;
  if (name == "admin") return Scope::admin;
  return {};
}

std::string_view name_of(Scope scope) {
  switch (scope) {
    case Scope::read:
      return "read";
    case Scope::write:
      return "write";
    case Scope::admin:
      return "admin";
  }
  return "read";
}

bool Principal::has_role(std::string_view role) const {
  return std::find(person.roles.begin(), person.roles.end(), role) != person.roles.end();
}

std::optional<Principal> principal_of(const Context& context, Snapshot& at, const PersonRow& person,
                                      std::set<Scope> scopes) {
  if (person.state != "active") return {};
  auto organisation = find_organisation(at, person.organisation);
  if (!organisation) return {};
  Principal who{person, *organisation, Reader{person.id, person.organisation, {}, false}, std::move(scopes)};
  for (const auto& [type, definition] : context.workflows->types) {
    const bool reads = std::any_of(definition.read.begin(), definition.read.end(),
                                   [&](const std::string& role) { return who.has_role(role); });
    if (reads) who.reader.whole.insert(type);
  }
  open_by_grants(context, who, is_granted(at, person.id));
  who.reader.privacy = who.has_role("administrator") || who.has_role("data_protection_officer");
  who.reader.administrator = who.has_role("administrator") && who.scopes.contains(Scope::admin);
  return who;
}

void open_by_grants(const Context& context, Principal& who, bool open) {
  const auto& roles = who.person.roles;
  const auto role_of = [&](const std::string& name) -> const RoleDefinition* {
    const auto role = context.workflows->roles.find(name);
    return role == context.workflows->roles.end() ? nullptr : &role->second;
  };
  who.reader.granted = open;
  who.reader.client = std::none_of(roles.begin(), roles.end(), [&](const std::string& name) {
    const auto* role = role_of(name);
    return role != nullptr && role->side != "client" && role->side != "outside";
  });
  who.reader.outsider = who.reader.client && !roles.empty();
  const bool told_all = std::all_of(roles.begin(), roles.end(), [&](const std::string& name) {
    const auto* role = role_of(name);
    return role != nullptr && role->told_all;
  });
  if (open && told_all) who.reader.client = false;
}

Result<void> require(const Principal& who, Scope scope) {
  if (who.scopes.contains(scope)) return {};
  return refuse(Reason::not_permitted, "the token lacks the scope \"" + std::string(name_of(scope)) + "\"");
}

Result<void> require_administrator(const Principal& who) {
  if (auto scope = require(who, Scope::admin); !scope) return scope;
  if (who.has_role("administrator")) return {};
  return refuse(Reason::not_permitted, "only an administrator of the organisation may do this");
}

Result<void> require_version(const Call& call, std::int64_t actual) {
  if (!call.expected)
    return refuse(Reason::precondition_required,
                  "If-Match must name the version that you have seen by its ETag, as in If-Match: \"v3\"");
  if (*call.expected == actual) return {};
  return refuse(Reason::precondition_failed, "the version that If-Match names is not the present one");
}

}  // namespace assay
