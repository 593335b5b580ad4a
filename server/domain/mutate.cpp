// Definitions changed in one place each.
#include "domain/mutate.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "domain/check_parts.h"
#include "domain/guards.h"

namespace assay {
namespace {

using Names = std::set<std::string>;

bool is_person(const std::string& by) { return by != "timer" && !by.starts_with("via:"); }

/// What guards, timers and rights of the pack look at, by name: effects that change nothing of it are of no interest.
Names looked_at(const WorkflowSet& set, const std::string& pack) {
  Names names;
  const auto add = [&](const Json& value) {
    if (value.is_string()) names.insert(value.get<std::string>());
    if (value.is_array())
      for (const Json& one : value)
        if (one.is_string()) names.insert(one.get<std::string>());
    if (value.is_object())
      for (const auto& member : value.items()) names.insert(member.key());
  };
  for (const auto& [type, definition] : set.types) {
    if (!definition.workflow.starts_with(pack + "/")) continue;
    for (const auto& [name, command] : definition.commands) {
      names.insert(command.by.begin(), command.by.end());
      names.insert(command.second.begin(), command.second.end());
      for (const GuardUse& use : command.guards)
        for (const char* part : {"field", "fields", "than", "have", "where", "seats", "from"})
          add(use.parameters.value(part, Json()));
    }
    for (const auto& [name, timer] : definition.timers) {
      add(timer.when);
      names.insert({timer.from, timer.extended});
    }
  }
  return names;
}

class MutantMaker {
 public:
  MutantMaker(const WorkflowSet& set, const std::string& pack) : looked_at_(looked_at(set, pack)) {}

  void of(const Definition& definition) {
    definition_ = &definition;
    Names by, second;
    for (const auto& [name, command] : definition.commands) {
      by.insert(command.by.begin(), command.by.end());
      second.insert(command.second.begin(), command.second.end());
    }
    std::erase_if(by, [](const std::string& role) { return !is_person(role) || role == "anyone"; });
    for (const std::string& name : definition.command_order) {
      command_ = &definition.commands.at(name);
      if (is_person(command_->by.front())) {
        roles("by", &CommandDefinition::by, by);
        roles("second", &CommandDefinition::second, second);
      }
      for (std::size_t i = 0; i < command_->guards.size(); ++i) guard(i);
      for (std::size_t i = 0; i < command_->effects.size(); ++i) effect(i);
    }
    for (const auto& [name, timer] : definition.timers) {
      all_.push_back({definition.source,
                      pointer_to("/timers", name),
                      "the timer is dropped",
                      {definition.type, timer.fires},
                      [name = name](Definition& changed) { changed.timers.erase(name); }});
    }
  }

  std::vector<Mutant> take() { return std::move(all_); }

 private:
  void add(const std::string& place, std::string change, std::function<void(CommandDefinition&)> apply) {
    all_.push_back(
        {definition_->source,
         pointer_to("/commands", command_->name) + "/" + place,
         std::move(change),
         {definition_->type, command_->name},
         [name = command_->name, apply = std::move(apply)](Definition& changed) { apply(changed.commands.at(name)); }});
  }

  void roles(const std::string& place, std::vector<std::string> CommandDefinition::* list, const Names& others) {
    const auto& own = command_->*list;
    if (own.empty()) return;
    const bool needed = list == &CommandDefinition::by && own.size() == 1;  // without it nothing would load
    for (const std::string& role : needed ? std::vector<std::string>{} : own)
      add(place, role + " is taken out", [=](CommandDefinition& changed) { std::erase(changed.*list, role); });
    if (has(own, "anyone")) return;
    for (const std::string& role : others)
      if (!has(own, role))
        add(place, role + " is added", [=](CommandDefinition& changed) { (changed.*list).push_back(role); });
  }

  void guard(std::size_t index) {
    const GuardUse& use = command_->guards[index];
    const std::string place = fmt::format("guards/{}", index);
    add(place, use.name + " is dropped", [=](CommandDefinition& changed) {
      changed.guards.erase(changed.guards.begin() + static_cast<std::ptrdiff_t>(index));
    });
    static const std::map<std::string, std::string> opposites{{"after", "not_after"},
                                                              {"not_after", "after"},
                                                              {"is", "is_not"},
                                                              {"is_not", "is"},
                                                              {"linked_all", "linked_none"},
                                                              {"linked_none", "linked_all"},
                                                              {"linked_some", "linked_none"}};
    if (const auto opposite = opposites.find(use.name); opposite != opposites.end() && use.parameters.size() > 1)
      add(place, fmt::format("{} becomes {}", use.name, opposite->second),
          [=, name = opposite->second](CommandDefinition& changed) { changed.guards[index].name = name; });
    if (use.waiver)
      add(place, "the waiver is dropped", [=](CommandDefinition& changed) { changed.guards[index].waiver.reset(); });
    const std::string takes = fmt::format(" {} ", find_guard(use.name)->parameters);
    for (const auto& [name, value] : use.parameters.items()) {
      if (takes.find(" " + name + "? ") != std::string::npos)
        add(place, fmt::format("{} without {}", use.name, name),
            [=, name = name](CommandDefinition& changed) { changed.guards[index].parameters.erase(name); });
      for (std::size_t i = 0; value.is_array() && value.size() > 1 && i < value.size(); ++i)
        add(place, fmt::format("{} without {} of {}", use.name, value[i].dump(), name),
            [=, name = name](CommandDefinition& changed) { changed.guards[index].parameters[name].erase(i); });
    }
  }

  void effect(std::size_t index) {
    const EffectUse& use = command_->effects[index];
    const auto names = [&](const char* parameter) {
      return looked_at_.contains(use.parameters.at(parameter).get<std::string>());
    };
    bool matters = use.kind == "create" || use.kind == "send" || use.kind == "waive" || use.kind == "freeze";
    if (use.kind == "append") matters = names("list");
    if (use.kind == "assign" || use.kind == "clear") matters = names("seat");
    if (use.kind == "set")
      for (const auto& value : use.parameters.at("values").items())
        matters = matters || looked_at_.contains(value.key());
    if (!matters) return;
    add(fmt::format("effects/{}", index), use.kind + " is dropped", [=](CommandDefinition& changed) {
      changed.effects.erase(changed.effects.begin() + static_cast<std::ptrdiff_t>(index));
    });
  }

  const Names looked_at_;
  const Definition* definition_ = nullptr;
  const CommandDefinition* command_ = nullptr;
  std::vector<Mutant> all_;
};

}  // namespace

std::vector<Mutant> mutants_of(const WorkflowSet& set, const std::string& pack) {
  MutantMaker maker(set, pack);
  for (const auto& [type, definition] : set.types)
    if (definition.workflow.starts_with(pack + "/")) maker.of(definition);
  return maker.take();
}

}  // namespace assay
