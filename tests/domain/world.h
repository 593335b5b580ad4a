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

std::string uuid_of(RecordId id);
std::string uuid_of(PersonId id);

/// The facts of one or more organisations. Set it up with add_*(), then decide; act() also commits what was decided.
class WorldFacts : public Facts {
 public:
  static constexpr OrganisationId home{1};

  explicit WorldFacts(const WorkflowSet& set);
  ~WorldFacts() override;

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
  void add_evidence_of(RecordId id, std::string item, std::string subject);

  // --- looking
  const RecordView* record(RecordId id) const override;
  std::vector<RecordId> linked(RecordId id, std::string_view name) const override;
  std::vector<PersonId> seat(RecordId id, std::string_view name) const override;
  std::vector<std::string> roles(PersonId person, OrganisationId organisation) const override;
  std::optional<PersonId> person(std::string_view uuid, OrganisationId organisation) const override;
  std::string person_uuid(PersonId person) const override;
  std::optional<RecordId> record_named(std::string_view uuid, OrganisationId organisation) const override;
  std::vector<RecordId> registered(std::string_view type, std::string_view field, const Json& value,
                                   OrganisationId organisation) const override;
  std::vector<ItemView> items(RecordId audit) const override;
  std::vector<std::string> responsibilities(PersonId person) const override;
  std::vector<PersonId> performed(RecordId id, const std::vector<std::string>& commands) const override;
  std::optional<Instant> performed_at(RecordId id, std::string_view command) const override;
  std::optional<Instant> reported_at(RecordId id) const override;
  std::optional<Instant> evidence_at(RecordId id) const override;
  std::vector<EvidencedItem> evidenced_items(RecordId id) const override;

  // --- changing
  /// Applies what was decided as a commit would; new records get ids from here. Returns the id of each change's record.
  std::vector<RecordId> commit(const Decision& decision, const Actor& actor, const Now& now);
  /// The running timers of a record, as the changes started, moved and stopped them.
  const std::map<std::string, Due>& timers(RecordId id);

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

std::string text_of(const std::vector<Flaw>& flaws);

/// The set in these files; throws with every flaw when it cannot be read, or, unless told otherwise, has a flaw of
/// check().
WorkflowSet load_or_throw(const WorkflowFiles& files, bool checked = true);

/// A workflow set with its facts and a clock that stands still: the usual way to try commands.
struct World {
  explicit World(WorkflowSet&& workflows);
  /// On a set that is there for longer than the world: tables make a world for each row, and a set is much to copy.
  explicit World(const WorkflowSet& lasting);
  explicit World(const WorkflowFiles& files);
  World(const World&) = delete;
  ~World();

  std::unique_ptr<const WorkflowSet> own;  // of a world that was not lent one
  const WorkflowSet& set;
  WorldFacts facts;
  Now now{*parse_instant("2026-03-02T09:00:00Z"), "Europe/Berlin"};

  /// Decides without changing anything.
  Result<Decision> ask(const Actor& actor, RecordId record, std::string command, Json input = Json::object()) const;
  Result<Decision> ask(PersonId who, RecordId record, std::string command, Json input = Json::object()) const;
  Result<Decision> ask_new(const Actor& actor, std::string type, std::string command,
                           Json input = Json::object()) const;
  /// Decides and, when it is granted, changes the world.
  Result<Decision> act(const Actor& actor, RecordId record, std::string command, Json input = Json::object());
  Result<Decision> act(PersonId who, RecordId record, std::string command, Json input = Json::object());
  /// Makes a record; its id is then `last`.
  Result<Decision> make(const Actor& actor, std::string type, std::string command, Json input = Json::object());
  Result<Decision> make(PersonId who, std::string type, std::string command, Json input = Json::object());
  const std::string& state(RecordId id);

  RecordId last{};                // the record of the last committed command
  std::vector<RecordId> touched;  // every record that it changed, in order

 private:
  Result<Decision> commit(Result<Decision> decided, const Actor& actor);
};

/// What a refusal says, for INFO and comparisons: "wrong_state: ..." or one line per field or guard.
std::string text_of(const Refusal& refusal);

/// Every .json file below `folder` except schema/, keyed as load_workflows() wants them.
WorkflowFiles read_workflow_files(const std::filesystem::path& folder);

}  // namespace assay::test
