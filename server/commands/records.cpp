// Commands on records.
#include "commands/records.h"

#include <algorithm>

#include "commands/prefill.h"
#include "domain/disposal.h"
#include "domain/paths.h"
#include "domain/standing.h"
#include "domain/timers.h"

namespace assay {

Now now_for(const Moment& moment, const OrganisationRow& organisation) {
  const auto chance = [&keys = moment.context.keys](std::string_view record) {
    return std::stoull(keys.fingerprint(record, "chance of a record").substr(0, 16), nullptr, 16);
  };
  return {moment.now, organisation.zone, Calendar(organisation.holidays), chance, organisation.language};
}
namespace {

Actor actor_of(const Call& call) { return {call.who.person.id, {}, false}; }

/// The workflow set that the record is pinned to. A record whose set is missing is a broken world.
WorkflowSetPtr set_of(const Context& context, const RecordRow& record) {
  auto set = context.store.workflow_set(record.workflow_set);
  if (!set)
    throw std::runtime_error("workflow set " + record.workflow_set + " of record " + record.uuid + " is missing");
  return set;
}

/// An event of the engine's own about a record, beside what the definitions name.
EventDraft engine_event(const Moment& moment, std::optional<PersonId> actor, const RecordRow& record,
                        std::string_view what, std::string command) {
  EventDraft event{Subject::record, static_cast<std::int64_t>(record.id), record.uuid, record.organisation};
  event.record = record.id;
  event.type = record.type + "." + std::string(what);
  event.command = std::move(command);
  event.version = record.version + 1;
  event.actor = actor;
  event.at = moment.now;
  event.workflow_set = record.workflow_set;
  event.facts = {{"type", record.type}, {"state", record.state}};
  return event;
}

/// The event that reminds of a deadline, or that says that reminders were missed and are not made up for.
EventDraft reminder_event(const Moment& moment, const RecordRow& record, const TimerDefinition& timer, const Due& due,
                          const Move& move) {
  const bool reminds = move.what == Move::What::remind;
  EventDraft event = engine_event(moment, {}, record, reminds ? "reminded" : "reminders_missed", "remind");
  event.facts["reminded"] = {{"timer", timer.name},
                             {"day", to_text(due.day)},
                             {"next", move.next ? Json(to_text(*move.next)) : Json(nullptr)}};
  if (reminds && !timer.tell.empty()) event.facts["told"] = timer.tell;
  return event;
}

/// A command that writes more than the record is performed through its own sub-resource only.
Result<void> has_no_endpoint(const Context& context, const RecordRow& record, const std::string& command) {
  const auto set = set_of(context, record);
  const auto& commands = set->types.at(record.type).commands;
  const auto found = commands.find(command);
  if (found == commands.end() || found->second.endpoint.empty()) return {};
  return refuse(Reason::not_permitted, "this command is performed through the record's /" + found->second.endpoint);
}

/// The event that says that a command waits for a second person.
EventDraft proposal_event(Moment& moment, const Call& call, const RecordRow& record, const RecordCommand& command,
                          const Json& judged) {
  EventDraft event = engine_event(moment, call.who.person.id, record, "proposed", command.command);
  event.facts["proposed"] = {
      {"uuid", moment.context.new_uuid()}, {"command", command.command}, {"input", command.input}};
  if (!judged.empty()) event.facts["judged"] = judged;
  return event;
}

/// Settles a proposal within the event that carries it out, or alone when it is declined.
Json settled(const ProposalRow& proposal, std::string_view outcome) {
  return {{"uuid", proposal.uuid}, {"outcome", outcome}};
}

Result<ProposalRow> open_proposal(Moment& moment, const RecordRow& record, std::string_view uuid) {
  auto proposal = find_proposal(moment.at, record.id, uuid);
  if (!proposal) return refuse(Reason::not_found, "no such proposal is waiting");
  return *proposal;
}

/// The person may settle the proposal: holds a role of `second` and did not propose it.
Result<void> may_settle(Moment& moment, const Call& call, const RecordRow& record, const ProposalRow& proposal) {
  if (proposal.proposer == call.who.person.id) {
    return refuse(Reason::not_permitted, "another person than the one who proposed it must confirm");
  }
  const auto set = set_of(moment.context, record);
  const auto& second = set->types.at(record.type).commands.at(proposal.command).second;
  const Now now = now_for(moment, call.who.organisation);
  Standing standing(*set, moment.facts, call.who.person.id, record.organisation, record.id,
                    local_date(now.at, now.zone));
  if (standing.has_one_of(second)) return {};
  return refuse(Reason::not_permitted, "only a person with one of these roles may confirm: " + Json(second).dump());
}

/// Has what the decision on a command is likely to ask read in one journey.
void foresee(Moment& moment, const Call& call, const RecordRow& record, const WorkflowSet& set,
             std::string_view command) {
  const auto& commands = set.types.at(record.type).commands;
  const auto found = commands.find(std::string(command));
  if (found == commands.end()) return;
  const auto& guards = found->second.guards;
  const bool looks_back = std::any_of(guards.begin(), guards.end(), [](const GuardUse& use) {
    return use.parameters.contains("commands") || use.parameters.contains("since");
  });
  moment.facts.foresee_command(record, call.who.person.id, looks_back);
}

bool by_people(const CommandDefinition& command) {
  return std::any_of(command.by.begin(), command.by.end(),
                     [](const std::string& who) { return who != "timer" && !who.starts_with("via:"); });
}

}  // namespace

Result<std::string> first_creating_command(const Definition& type) {
  for (const auto& name : type.command_order) {
    const auto& command = type.commands.at(name);
    if (command.creates() && by_people(command)) return name;
  }
  return refuse(Reason::not_permitted, "records of this type are not made by people");
}

Result<RecordRow> visible_record(Snapshot& at, const Principal& who, std::string_view type, std::string_view uuid) {
  auto record = find_record(at, uuid, who.reader);
  if (record && record->type != type) who.reader.forget(record->id);
  if (!record || record->type != type) return refuse(Reason::not_found, "there is no such record");
  return std::move(*record);
}

Result<RecordRow> visible_record(Moment& moment, const Principal& who, std::string_view type, std::string_view uuid) {
  auto record = visible_record(moment.at, who, type, uuid);
  if (record) moment.facts.know(*record);
  return record;
}

Result<RecordRow> visible_record(Moment& moment, const Principal& who, std::string_view uuid) {
  auto record = find_record(moment.at, uuid, who.reader);
  if (!record) return refuse(Reason::not_found, "there is no such record");
  moment.facts.know(*record);
  return std::move(*record);
}

Result<Decision> permit(Moment& moment, const Call& call, const RecordRow& record, std::string_view command,
                        const Json& input) {
  const auto set = set_of(moment.context, record);
  foresee(moment, call, record, *set, command);
  const Target target{record.id, record.type, record.organisation};
  const Command asked{std::string(command), input};
  return decide(*set, moment.facts, target, asked, actor_of(call), now_for(moment, call.who.organisation));
}

Result<void> may_perform(Context& context, const Principal& who, std::string_view type, std::string_view uuid,
                         std::string_view command) {
  if (auto scope = require(who, Scope::write); !scope) return scope;
  Snapshot at = context.store.read();
  StoredFacts facts(context.store, at);
  Moment moment{context, at, facts, context.clock()};
  auto record = visible_record(moment, who, type, uuid);
  if (!record) return record.error();
  auto decision = permit(moment, Call{who}, *record, command, Json::object());
  if (!decision && !awaits_plugins(decision.error())) return decision.error();
  return {};
}

Result<Performed> create_record(Context& context, const Call& call, const RecordCommand& command) {
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    if (!command.uuid.empty()) {
      if (!is_uuid(command.uuid)) return invalid_field("/id", "must be a lower-case UUID");
      if (is_record_id(moment.at, command.uuid)) return invalid_field("/id", "is in use");
    }
    const Target target{{}, command.type, call.who.organisation.id};
    auto decision = decide(*context.workflows, moment.facts, target, {command.command, command.input}, actor_of(call),
                           now_for(moment, call.who.organisation));
    if (!decision) return decision.error();
    if (decision->needs_second)
      return refuse(Reason::not_permitted, "nothing is there yet that a second person could confirm");
    Planned planned;
    std::map<RecordId, std::string> uuids;
    if (!command.uuid.empty()) uuids.emplace(decision->changes.front().record, command.uuid);
    planned.events = events_of(moment, *decision, actor_of(call), context.workflows->hash, uuids);
    planned.uuid = planned.events.front().uuid;
    planned.status = 201;
    return planned;
  });
}

namespace {

/// Whoever takes part in a disposal sees all that it takes, and it is judged by the rules of this release: holds, times
/// and types may be newer than its set.
Result<void> may_dispose(Moment& moment, const Call& call, const RecordRow& record, const std::string& command) {
  const auto set = set_of(moment.context, record);
  const Definition& definition = set->types.at(record.type);
  const auto given = definition.commands.find(command);
  if (given == definition.commands.end()) return {};
  for (const EffectUse& effect : given->second.effects) {
    if (effect.kind != "dispose") continue;
    if (record.workflow_set != moment.context.workflows->hash)
      return refuse(Reason::wrong_state, "it was proposed by the rules of another release: propose it anew");
    for (const Json& link : effect.parameters.at("links")) {
      for (const RecordId named : moment.facts.linked(record.id, link.get_ref<const std::string&>())) {
        for (const RecordId one : with_all_below(*set, moment.facts, named)) {
          if (!find_record(moment.at, moment.facts.record(one)->uuid, call.who.reader))
            return refuse(Reason::not_permitted, "it takes records that you do not see");
        }
      }
    }
  }
  return {};
}

}  // namespace

Result<Performed> command_record(Context& context, const Call& call, const RecordCommand& command) {
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto record = visible_record(moment, call.who, command.type, command.uuid);
    if (!record) return record.error();
    if (auto version = require_version(call, record->version); !version) return version.error();
    if (auto generic = has_no_endpoint(context, *record, command.command); !generic) return generic.error();
    auto decision = permit(moment, call, *record, command.command, command.input);
    if (!decision) return decision.error();
    if (auto may = may_dispose(moment, call, *record, command.command); !may) return may.error();
    Planned planned;
    planned.uuid = record->uuid;
    planned.read.push_back({Dependency::On::record, static_cast<std::int64_t>(record->id), record->version});
    if (decision->needs_second) {
      planned.events = {proposal_event(moment, call, *record, command, decision->judged)};
      planned.status = 202;
    } else {
      planned.events = events_of(moment, *decision, actor_of(call), record->workflow_set);
    }
    return planned;
  });
}

Result<Performed> confirm_proposal(Context& context, const Call& call, std::string_view type,
                                   std::string_view record_uuid, std::string_view proposal_uuid) {
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto record = visible_record(moment, call.who, type, record_uuid);
    if (!record) return record.error();
    if (auto version = require_version(call, record->version); !version) return version.error();
    auto proposal = open_proposal(moment, *record, proposal_uuid);
    if (!proposal) return proposal.error();
    const auto set = set_of(context, *record);
    foresee(moment, call, *record, *set, proposal->command);
    if (auto may = may_settle(moment, call, *record, *proposal); !may) return may.error();

    const Actor actor{proposal->proposer, call.who.person.id, false};
    auto decision = decide(*set, moment.facts, {record->id, record->type, record->organisation},
                           {proposal->command, proposal->input}, actor, now_for(moment, call.who.organisation));
    if (!decision) return decision.error();
    if (auto may = may_dispose(moment, call, *record, proposal->command); !may) return may.error();
    Planned planned;
    planned.uuid = record->uuid;
    planned.events = events_of(moment, *decision, actor, record->workflow_set);
    planned.events.front().facts["settled"] = settled(*proposal, "confirmed");
    return planned;
  });
}

Result<Performed> decline_proposal(Context& context, const Call& call, std::string_view type,
                                   std::string_view record_uuid, std::string_view proposal_uuid,
                                   std::string_view comment) {
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    auto record = visible_record(moment, call.who, type, record_uuid);
    if (!record) return record.error();
    if (auto version = require_version(call, record->version); !version) return version.error();
    auto proposal = open_proposal(moment, *record, proposal_uuid);
    if (!proposal) return proposal.error();
    const bool withdraws = proposal->proposer == call.who.person.id;
    if (auto may = may_settle(moment, call, *record, *proposal); !may && !withdraws) return may.error();

    EventDraft event = engine_event(moment, call.who.person.id, *record, "proposal_declined", proposal->command);
    event.facts["settled"] = settled(*proposal, "declined");
    if (!comment.empty()) event.facts["said"] = {{"comment", comment}};
    Planned planned;
    planned.uuid = record->uuid;
    planned.events = {std::move(event)};
    planned.read = {{Dependency::On::record, static_cast<std::int64_t>(record->id), record->version}};
    return planned;
  });
}

Result<void> fire_timer(Context& context, const DueTimer& timer) {
  auto performed = perform_unattended(context, [&](Moment& moment) -> Result<Planned> {
    Planned planned;
    const auto record = find_record(moment.at, timer.record);
    if (!record) throw std::runtime_error("a timer runs on a record that does not exist");
    const auto running = timers_of(moment.at, timer.record);
    const auto due =
        std::find_if(running.begin(), running.end(), [&](const auto& one) { return one.first == timer.timer; });
    if (due == running.end()) return planned;
    const auto organisation = find_organisation(moment.at, record->organisation);
    const auto set = set_of(context, *record);
    const auto& definition = set->types.at(record->type).timers.at(timer.timer);
    const Now now = now_for(moment, *organisation);
    const Move move = due_move(*set, definition, due->second, now);
    if (move.what == Move::What::nothing) return planned;
    planned.uuid = record->uuid;
    if (move.what != Move::What::fire) {
      planned.events = {reminder_event(moment, *record, definition, due->second, move)};
      planned.read = {{Dependency::On::record, static_cast<std::int64_t>(record->id), record->version}};
      return planned;
    }
    if (definition.fires.empty()) {
      planned.events = {engine_event(moment, {}, *record, "deadline_passed", "remind")};
      planned.events.front().facts["fired"] = timer.timer;
      planned.read = {{Dependency::On::record, static_cast<std::int64_t>(record->id), record->version}};
      return planned;
    }
    const Actor actor{{}, {}, true};
    const std::string& command =
        command_due(definition, *record_at(moment.facts, record->id).body, local_date(now.at, now.zone));
    auto decision = decide(*set, moment.facts, {record->id, record->type, record->organisation},
                           {command, Json::object()}, actor, now);
    if (!decision) return decision.error();
    planned.events = events_of(moment, *decision, actor, record->workflow_set);
    planned.events.front().facts["fired"] = timer.timer;
    return planned;
  });
  if (!performed) return performed.error();
  return {};
}

Result<std::vector<Offer>> offers_for(Context& context, Snapshot& at, const Principal& who, const RecordRow& record,
                                      std::string_view language) {
  StoredFacts facts(context.store, at);
  facts.know(record);
  const auto set = set_of(context, record);
  auto all = offers(*set, facts, record.id, {who.person.id, {}, false},
                    {context.clock(), who.organisation.zone, Calendar(who.organisation.holidays)}, language);
  add_prefills(context, at, who, record, all);
  return all;
}

}  // namespace assay
