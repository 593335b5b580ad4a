// The one function that says what a command does: state, person and facts in; changes or every unmet guard out.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "domain/calendar.h"
#include "domain/definition.h"
#include "domain/facts.h"
#include "domain/refusal.h"

namespace assay {

/// Who acts. A timer acts as nobody; `second` is the person who confirmed a command that takes two.
struct Actor {
  std::optional<PersonId> person = {};
  std::optional<PersonId> second = {};
  bool timer = false;
};

/// The moment of the decision, the local day of the organisation (its zone gives due instants), and its working days.
struct Now {
  Instant at;
  std::string zone;  // IANA name
  Calendar calendar = {};
  /// A number for a record, by its public id, that nobody can calculate beforehand: the same whenever it is asked. None
  /// gives 0.
  std::function<std::uint64_t(std::string_view)> chance = {};
  /// Of the organisation: calculations tell in it how they came to their result.
  std::string language = "en";
};

/// What is acted on: a record, or a type of which one is to be made in an organisation.
struct Target {
  std::optional<RecordId> record = {};
  std::string type = {};  // when there is no record yet
  OrganisationId organisation = {};
};

struct Command {
  std::string name;
  Json input = Json::object();
};

/// A due moment. `day` is what people see; `at` is when it has passed in the organisation's zone; `remind` is when
/// people are next reminded of it.
struct Due {
  Date day;
  Instant at;
  std::optional<Instant> remind = {};
  friend bool operator==(const Due&, const Due&) = default;
};

/// What happened to one record: resulting facts, never the inputs. Becomes one event.
struct Change {
  RecordId record;  // negative: a new record, numbered -1, -2, ... within the decision
  const Definition* definition;
  OrganisationId organisation;
  bool created = false;
  std::string command;
  std::string event;                                           // past tense, as the definition names it
  std::string state;                                           // after the command
  Json set = Json::object();                                   // field -> new value; null removes
  Json append = Json::object();                                // list field -> the element added
  Json said = Json::object();                                  // fields that only the event keeps
  std::map<std::string, std::vector<RecordId>> links = {};     // links added
  std::map<std::string, std::vector<PersonId>> seated = {};    // seats taken by this change
  std::map<std::string, std::vector<PersonId>> unseated = {};  // seats left by this change
  std::map<std::string, std::optional<Due>> timers = {};       // changed timers only: started, moved, or stopped
  std::vector<std::string> told = {};                          // roles to be informed
  std::vector<std::string> waived = {};                        // guard waivers granted
  Json judged = Json::array();                                 // what plugins said, as the event keeps it
  std::map<PersonId, std::string> people = {};  // whom it erases, restricts or lets go again: "erased", "restricted",
                                                // "restriction_lifted"
  std::vector<RecordId> disposed = {};          // whose contents it takes away, those above first
  std::string number = {};            // of an adopted record: the one that it came with, in place of the next one
  std::optional<Instant> since = {};  // of an adopted record: when it came into its state
};

/// The changes in the order in which they happened; the commanded record's own is the first. No record occurs twice.
struct Decision {
  std::vector<Change> changes;
  bool needs_second = false;  // nothing changes yet: another person of `second` must confirm
  std::vector<std::string> second = {};
  Json judged = Json::array();  // what plugins said of a command that waits for another person
};

/// Decides `command` on `target` at `now`. Pure: same arguments, same answer. Order of refusals: not_found,
/// wrong_state, not_permitted, invalid (every bad field, pointers into the input), unmet (every unmet guard). Any
/// refusal inside an effect refuses the whole. Plugins are asked last: without the answer of one it is unmet, and
/// awaits_plugins(). `set` is the target record's own set; what the command creates belongs
/// to it too.
Result<Decision> decide(const WorkflowSet& set, const Facts& facts, const Target& target, const Command& command,
                        const Actor& actor, const Now& now);

/// True when nothing but answers of plugins is missing, which `facts` did not have.
bool awaits_plugins(const Refusal& refusal);

/// Creating commands of one type as one decision: each sees what those before it have made, but for entries of
/// registers.
struct Together {
  Decision decision;
  std::vector<RecordId> made;           // by each command that was granted, in their order
  std::optional<Refusal> refused = {};  // of the first command that was not: nothing holds
};
Together decide_together(const WorkflowSet& set, const Facts& facts, const Target& target,
                         const std::vector<Command>& commands, const Actor& actor, const Now& now);

/// One command as it stands for one person: what it needs, and what is in the way.
struct Offer {
  const CommandDefinition* command;
  bool allowed = false;
  std::optional<Refusal> refusal = {};  // why not: wrong_state, not_permitted or unmet
  std::string_view schema_text = {};  // JSON Schema (draft-07) of the input, ready to be spliced into an answer; lives
                                      // as long as the record's workflow set
  std::vector<const GuardUse*> asks = {};  // guards of plugins that will be asked when it is given
  std::string record_text = {};            // the same with what the record adds: what fields begin with, policies as
                                           // they hold for it; empty when it adds nothing

  std::string_view input() const { return record_text.empty() ? schema_text : std::string_view(record_text); }
};

/// Every command of the record's type with the answer for this person; input is not looked at, so guards that need it
/// are taken as met. Commands of timers and of other records are left out.
std::vector<Offer> offers(const WorkflowSet& set, const Facts& facts, RecordId record, const Actor& actor,
                          const Now& now, std::string_view language);

/// JSON Schema of a command's input in a language; fields carry their labels and form hints. Built anew: on hot paths
/// take input_schema_text().
Json input_schema(const Definition& definition, const CommandDefinition& command, std::string_view language);

/// The text of input_schema(), made once for a loaded set; English when the language has no labels. Any thread.
std::string_view input_schema_text(const Definition& definition, const CommandDefinition& command,
                                   std::string_view language);

/// The body after `change`: the same arithmetic serves the decision, the commit and a replay.
Json body_after(Json body, const Json& set, const Json& append, const std::vector<std::string>& waived);

}  // namespace assay
