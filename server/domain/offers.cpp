// What a person may do with a record now, and what is in the way of the rest.
#include <fmt/format.h>

#include <algorithm>

#include "domain/decide.h"
#include "domain/paths.h"
#include "domain/plugin_guard.h"
#include "domain/settable_policies.h"
#include "domain/standing.h"
#include "domain/step.h"

namespace assay {

bool for_people(const CommandDefinition& command) {
  return std::any_of(command.by.begin(), command.by.end(),
                     [](const std::string& who) { return who != "timer" && !who.starts_with("via:"); });
}

std::vector<Offer> offers(const WorkflowSet& set, const Facts& facts, RecordId id, const Actor& actor, const Now& now,
                          std::string_view language) {
  std::vector<Offer> found;
  const RecordView& record = record_at(facts, id);
  const Definition& definition = *record.definition;
  std::optional<Standing> standing;
  if (actor.person) standing.emplace(set, facts, *actor.person, record.organisation, id, local_date(now.at, now.zone));
  const std::string where = where_it_stands(record);
  for (const std::string& name : definition.command_order) {
    const CommandDefinition& command = definition.commands.at(name);
    if (command.creates() || !for_people(command)) continue;
    Offer offer{&command, false, {}, input_schema_text(definition, command, language)};
    if (!command.from.contains(record.state)) {
      offer.refusal = wrong_state(where, definition, command);
    } else if (!standing || !standing->has_one_of(command.by)) {
      offer.refusal = not_permitted(set, definition, command);
    } else {
      auto unmet = judged_guards(set, facts, record, command, actor, now, nullptr).unmet;
      offer.allowed = unmet.empty();
      if (offer.allowed) offer.record_text = schema_with_policies(offer.schema_text, command, set, facts, id);
      for (const GuardUse& use : command.guards)
        if (offer.allowed && asks_plugin(use)) offer.asks.push_back(&use);
      if (!offer.allowed) {
        offer.refusal =
            Refusal{Reason::unmet, fmt::format("{} is not possible now", command.label), std::move(unmet), {}, {}};
      }
    }
    found.push_back(std::move(offer));
  }
  return found;
}

}  // namespace assay
