// A play of commands against definitions, in memory and with a clock of its own.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "domain/decide.h"
#include "domain/timers.h"

namespace assay {

/// People, records and time as the steps of a play have made them; each step is decided by decide(), as the server
/// does. Checklist items have no rows here: commands on them are decided, and nothing else. The set outlives it.
class Simulation final : public Facts {
 public:
  Simulation(const WorkflowSet& set, Date begin);
  ~Simulation() override = default;

  /// Plays one step and says what came of it, in lines. A step is one of
  ///   {"person": NAME, "roles"?: [ROLES], "answers_for"?: [AREAS]},
  ///   {"who": NAME, "make": TYPE, "as": NAME, "command"?: COMMAND, "input"?: {}, "second"?: NAME},
  ///   {"who": NAME, "on": NAME, "command": COMMAND, "input"?: {}, "second"?: NAME},
  ///   {"days": NUMBER}: time passes, and timers fire.
  /// Texts of an input that are names of people or records stand for them. Throws std::invalid_argument for a step that
  /// cannot be read, with the reason.
  std::string play(const Json& step);

  const RecordView* record(RecordId id) const override;
  std::vector<RecordId> linked(RecordId id, std::string_view name) const override;
  std::vector<PersonId> seat(RecordId id, std::string_view name) const override;
  std::vector<std::string> roles(PersonId person, OrganisationId organisation) const override;
  std::optional<PersonId> person(std::string_view uuid, OrganisationId organisation) const override;
  std::string person_uuid(PersonId person) const override;
  std::optional<RecordId> record_named(std::string_view uuid, OrganisationId organisation) const override;
  std::vector<RecordId> registered(std::string_view type, std::string_view field, const Json& value,
                                   OrganisationId organisation) const override;
  std::vector<ItemView> items(RecordId) const override { return {}; }
  std::vector<EvidencedItem> evidenced_items(RecordId) const override { return {}; }
  std::vector<std::string> responsibilities(PersonId person) const override;
  std::vector<PersonId> performed(RecordId id, const std::vector<std::string>& commands) const override;
  std::optional<Instant> performed_at(RecordId id, std::string_view command) const override;
  std::optional<Instant> reported_at(RecordId id) const override;
  std::optional<Instant> evidence_at(RecordId id) const override;

 private:
  struct Person {
    std::string name;
    std::vector<std::string> roles, answers_for;
  };
  struct Done {
    RecordId record;
    std::string command;
    std::optional<PersonId> who;
    Instant at;
  };

  PersonId person_of(const Json& step, const char* member) const;
  Json meant(const Json& value) const;
  std::string act(const Json& step);
  std::string wait(int days);
  std::string due(RecordId id, const std::string& timer);
  std::string commit(const Decision& decision, const Actor& actor, const std::string& as);
  void apply(RecordId id, const Change& change, const Actor& actor, const std::map<RecordId, RecordId>& made);
  std::string stamp() const;

  const WorkflowSet& set_;
  Now now_;
  std::vector<Person> people_;
  std::vector<RecordView> records_;
  std::map<std::string, RecordId> names_;
  std::set<std::tuple<RecordId, std::string, RecordId>> links_;
  std::map<std::pair<RecordId, std::string>, std::vector<PersonId>> seats_;
  std::vector<Done> done_;
  std::map<std::pair<RecordId, std::string>, Due> timers_;
  std::map<RecordId, Instant> reports_, evidence_;
};

}  // namespace assay
