// Facts in memory: people, records, links, seats and checklist items for plays and tests that decide without a
// database.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "domain/decide.h"

namespace assay {

/// The facts of one or more organisations. Set it up with add_*(), then decide; commit() takes over what was decided.
/// One thread at a time; the set outlives it. What names a type, state, link or seat that there is not is
/// std::invalid_argument.
class MemoryFacts : public Facts {
 public:
  using Links = std::vector<std::pair<std::string, RecordId>>;
  using Seats = std::map<std::string, std::vector<PersonId>>;
  static constexpr OrganisationId home{1};

  /// The public ids that it gives: the number, in the shape of a UUID.
  static std::string uuid_of(RecordId id);
  static std::string uuid_of(PersonId id);

  explicit MemoryFacts(const WorkflowSet& set);
  ~MemoryFacts() override;

  // --- setting up
  PersonId add_person(std::vector<std::string> roles, OrganisationId organisation = home);
  void give_role(PersonId id, std::string role);
  void leave(PersonId id);
  void answers_for(PersonId id, std::string what);

  RecordId add(std::string_view type, std::string state, Json body = Json::object(), const Links& links = {},
               const Seats& seats = {}, OrganisationId organisation = home);
  RecordView& at(RecordId id);
  void link(RecordId from, const std::string& name, RecordId to);
  void take_seats(RecordId id, const std::string& name, std::vector<PersonId> people);
  void add_item(RecordId audit, ItemView item);
  std::vector<ItemView>& items_of(RecordId audit);
  void did(PersonId person, RecordId id, std::string command, Instant at = {});
  void add_report(RecordId id, Instant at = {});
  void add_evidence(RecordId id, Instant at = {});
  /// Evidence that is a file of this SHA-256.
  void add_file(RecordId id, std::string sha256, Instant at = {});
  void withdraw_evidence(RecordId id);
  void add_evidence_of(RecordId id, std::string item, std::string subject);
  /// What plugins answer from now on; until then nobody has asked them.
  void plugins_answer(std::function<PluginAnswer(const PluginQuestion&)> answer) { plugins_ = std::move(answer); }

  // --- looking
  const RecordView* record(RecordId id) const override;
  std::vector<RecordId> linked(RecordId id, std::string_view name) const override;
  std::vector<PersonId> seat(RecordId id, std::string_view name) const override;
  std::vector<PersonId> held(RecordId id, std::string_view name) const override;
  std::vector<std::string> roles(PersonId person, OrganisationId organisation) const override;
  std::optional<PersonId> person(std::string_view uuid, OrganisationId organisation) const override;
  std::string person_uuid(PersonId person) const override;
  std::optional<PersonId> anybody(std::string_view uuid, OrganisationId organisation) const override;
  bool has_left(PersonId person) const override { return !people_.contains(person); }
  bool is_awaited(PersonId person) const override;
  std::optional<RecordId> record_named(std::string_view uuid, OrganisationId organisation) const override;
  bool number_given(std::string_view type, std::string_view number, OrganisationId organisation) const override;
  std::vector<RecordId> registered(std::string_view type, std::string_view field, const Json& value,
                                   OrganisationId organisation) const override;
  std::vector<RecordId> engaging(PersonId person, const Definition& type) const override;
  std::vector<ItemView> items(RecordId audit) const override;
  std::vector<std::string> responsibilities(PersonId person) const override;
  std::vector<PersonId> performed(RecordId id, const std::vector<std::string>& commands) const override;
  std::optional<Instant> performed_at(RecordId id, std::string_view command) const override;
  std::optional<Instant> reported_at(RecordId id) const override;
  std::optional<Instant> evidence_at(RecordId id) const override;
  bool has_file(RecordId id, std::string_view sha256) const override;
  std::vector<EvidencedItem> evidenced_items(RecordId id) const override;
  std::optional<PluginAnswer> judged(const PluginQuestion& question) const override;

  // --- changing
  /// Applies what was decided as a commit would; new records get ids from here. Returns the id of each change's record.
  std::vector<RecordId> commit(const Decision& decision, const Actor& actor, const Now& now);
  /// The running timers of a record, as the changes started, moved and stopped them.
  const std::map<std::string, Due>& timers(RecordId id);
  /// Those of all records, to be moved on by whoever lets time pass.
  std::map<RecordId, std::map<std::string, Due>>& all_timers() { return timers_; }

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

  void create(RecordId id, const Change& change, const Now& now);
  void apply(RecordId id, const Change& change, const Actor& actor, const Now& now);

  const WorkflowSet& set_;
  std::int64_t last_person_ = 0;
  std::int64_t last_record_ = 0;
  std::map<std::string, int> sequences_;
  std::map<PersonId, Person> people_;
  std::map<PersonId, OrganisationId> left_;
  std::map<RecordId, RecordView> records_;
  std::set<std::tuple<RecordId, std::string, RecordId>> links_;
  std::map<std::pair<RecordId, std::string>, std::vector<PersonId>> seats_;
  std::map<std::pair<RecordId, std::string>, std::set<PersonId>> held_;
  std::map<RecordId, std::vector<ItemView>> items_;
  std::map<RecordId, std::vector<std::pair<std::string, PersonId>>> performed_;
  std::map<std::pair<RecordId, std::string>, Instant> performed_at_;
  std::map<RecordId, Instant> reports_;
  std::map<RecordId, Instant> evidence_;
  std::map<RecordId, std::set<std::string>> files_;  // SHA-256
  std::map<RecordId, std::vector<EvidencedItem>> evidenced_;
  std::map<RecordId, std::map<std::string, Due>> timers_;
  std::function<PluginAnswer(const PluginQuestion&)> plugins_;
};

}  // namespace assay
