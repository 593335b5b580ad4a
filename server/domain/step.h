// One step of a decision: a command on a record, with what it was given and what it changes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/decide.h"
#include "domain/overlay.h"

namespace assay {

/// What all steps of one decision share.
struct Stage {
  const WorkflowSet& set;
  Overlay facts;
  const Actor& actor;
  const Now& now;
  Decision decision = {};
  std::vector<UnmetGuard> unanswered = {};  // plugins that have not been asked: nothing of the decision holds
};

/// A command to be run, by the actor or sent by an effect of another record.
struct Invocation {
  const CommandDefinition* command;
  const Definition* definition;
  std::optional<RecordId> record;  // absent: one is made
  OrganisationId organisation;
  Json input = Json::object();
  std::string via = {};                   // type of the record whose effect sends it; empty: the actor's own command
  std::string link = {};                  // for `create`: the new record's link ...
  std::optional<RecordId> links_to = {};  // ... and the sender that it points at
  int depth = 0;
};

/// Input that is valid, with every name resolved.
struct Given {
  Json set = Json::object();
  Json said = Json::object();
  std::map<std::string, std::vector<RecordId>> links = {};
  std::map<std::string, std::vector<PersonId>> seats = {};
  std::string state = {}, number = {};  // of an adopted record
  std::optional<Date> entered = {};
};

/// Runs the call through all steps; the reason when it is refused.
std::optional<Refusal> run_step(Stage& stage, const Invocation& call);

/// The record of the link's type that the value names in the input of the call. Records that a person may not name in
/// a command of their own are not there.
std::optional<RecordId> named_record(const Stage& stage, const Invocation& call, const LinkDefinition& link,
                                     const Json& value);

/// Reads the input of a call: every missing, unknown or wrong member becomes an invalid field.
Result<Given> read_input(const Stage& stage, const Invocation& call);

/// How long the number of an adopted record may be.
inline constexpr std::size_t max_adopted_number = 100;
/// True for the members of the input that a command takes because it adopts.
bool is_of_adoption(std::string_view name);
/// Reads state, number and day of an adopted record into `given`, of which the rest is valid; what is wrong with them,
/// and which fields the state lacks.
std::vector<InvalidField> read_adoption(const Stage& stage, const Invocation& call, Given& given);
/// The mark that an adopted record carries from then on: where it stood, since when, under what it was taken over.
Json mark_of_adoption(const Stage& stage, const Invocation& call, const Given& given);

/// Runs the effects of the call's command; `index` is its change in the decision.
std::optional<Refusal> run_effects(Stage& stage, const Invocation& call, std::size_t index);

/// Replaces the holders of a seat and notes who came and who left.
void replace_seat(Stage& stage, std::size_t index, const std::string& seat, std::vector<PersonId> people);

/// What the guards of a command say.
struct GuardsJudged {
  std::vector<UnmetGuard> unmet = {};
  std::vector<std::string> by_waiver = {};  // waivers that were needed
  std::vector<UnmetGuard> unanswered = {};  // plugins that have not been asked
  Json notes = Json::array();               // what plugins said
};

/// Asks all guards of the command, and plugins when nothing else is unmet. `input` is null for offers, for which no
/// plugin is asked.
GuardsJudged judged_guards(const WorkflowSet& set, const Facts& facts, const RecordView& record,
                           const CommandDefinition& command, const Actor& actor, const Now& now, const Json* input);

/// "Nonconformity NC-2026-0003" for messages.
std::string name_of(const RecordView& record);

/// "Nonconformity NC-2026-0003 is in the state Issued", for one refusal or many.
std::string where_it_stands(const RecordView& record);
/// False for commands that no person gives: those of timers and of other records.
bool for_people(const CommandDefinition& command);

/// The refusal of somebody whose roles and seats are none of those that give the command: it names those that do.
Refusal not_permitted(const WorkflowSet& set, const Definition& definition, const CommandDefinition& command);
/// The refusal of a record that stands there, where the command is not accepted: it names the states that accept it.
Refusal wrong_state(std::string_view where, const Definition& definition, const CommandDefinition& command);

}  // namespace assay
