// A play of commands against definitions, in memory and with a clock of its own.
#pragma once

#include <map>
#include <string>

#include "domain/memory_facts.h"
#include "domain/timers.h"

namespace assay {

/// People, records and time as the steps of a play have made them; each step is decided by decide(), as the server
/// does. Checklist items have no rows here: commands on them are decided, and nothing else. Plugins are
/// not asked: they allow everything. The set outlives it.
class Simulation {
 public:
  Simulation(const WorkflowSet& set, Date begin);

  /// Plays one step and says what came of it, in lines. A step is one of
  ///   {"person": NAME, "roles"?: [ROLES], "answers_for"?: [AREAS]},
  ///   {"who": NAME, "make": TYPE, "as": NAME, "command"?: COMMAND, "input"?: {}, "second"?: NAME},
  ///   {"who": NAME, "on": NAME, "command": COMMAND, "input"?: {}, "second"?: NAME},
  ///   {"days": NUMBER}: time passes, and timers fire.
  /// Texts of an input that are names of people or records stand for them. Throws std::invalid_argument for a step that
  /// cannot be read, with the reason.
  std::string play(const Json& step);

 private:
  PersonId person_of(const Json& step, const char* member) const;
  Json meant(const Json& value) const;
  std::string act(const Json& step);
  std::string wait(int days);
  std::string due(RecordId id, const std::string& timer);
  std::string commit(const Decision& decision, const Actor& actor, const std::string& as);
  std::string stamp() const;

  const WorkflowSet& set_;
  Now now_;
  MemoryFacts facts_;
  std::map<std::string, PersonId> people_;
  std::map<std::string, RecordId> names_;
};

}  // namespace assay
