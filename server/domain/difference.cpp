// What a new workflow set changes: for whom, and what running records need.
#include "domain/difference.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "domain/json.h"
#include "domain/matrix.h"

namespace assay {
namespace {

using Names = std::set<std::string>;

Names minus(const Names& one, const Names& other) {
  Names left;
  std::set_difference(one.begin(), one.end(), other.begin(), other.end(), std::inserter(left, left.end()));
  return left;
}

Names of(const std::vector<std::string>& list) { return {list.begin(), list.end()}; }

Names uses(const std::vector<GuardUse>& guards) {
  Names texts;
  for (const GuardUse& use : guards)
    texts.insert(fmt::format("{} {}{}", use.name, canonical(use.parameters),
                             use.waiver ? fmt::format(" (waiver {})", *use.waiver) : ""));
  return texts;
}

Names uses(const std::vector<EffectUse>& effects) {
  Names texts;
  for (const EffectUse& use : effects) texts.insert(fmt::format("{} {}", use.kind, canonical(use.parameters)));
  return texts;
}

std::string joined(const Names& names) { return fmt::format("{}", fmt::join(names, ", ")); }

class Comparison {
 public:
  Comparison(const WorkflowSet& from, const WorkflowSet& to, const Definition& before, const Definition& after)
      : from_(from), to_(to), before_(before), after_(after), found_{after.type, {}, {}, {}, {}} {}

  TypeDifference compare() {
    for (const auto& [name, state] : before_.states)
      if (!after_.states.contains(name)) found_.unmapped.push_back(name);
    members("state", before_.states, after_.states, [&](const std::string& name, const auto& one, const auto& other) {
      moved(fmt::format("state {}: groups", name), joined(one.groups), joined(other.groups));
      moved(fmt::format("state {}: end", name), one.end, other.end);
      moved(fmt::format("state {}: seen by clients", name), one.client, other.client);
    });
    members("field", before_.fields, after_.fields, [&](const std::string& name, const auto& one, const auto& other) {
      moved(fmt::format("field {}", name), canonical(one.schema), canonical(other.schema));
      moved(fmt::format("field {}: audience", name), one.audience, other.audience);
      if (one.keep != other.keep) say(fmt::format("field {} is kept otherwise", name));
    });
    members("link", before_.links, after_.links, [&](const std::string& name, const auto& one, const auto& other) {
      moved(fmt::format("link {}", name), one.to, other.to);
      moved(fmt::format("link {}: parent", name), one.parent, other.parent);
    });
    members("seat", before_.people, after_.people, [&](const std::string& name, const auto& one, const auto& other) {
      moved(fmt::format("seat {}: at most", name), one.max, other.max);
    });
    lists("read by", of(before_.read), of(after_.read));
    moved("grants sight", grants_text(before_), grants_text(after_));
    moved("engages people", engages_text(before_), engages_text(after_));
    moved("kept after its end", before_.retention, after_.retention);
    lists("kept from the end of", of(before_.retention_from), of(after_.retention_from));
    commands();
    members("timer", before_.timers, after_.timers,
            [&](const std::string& name, const auto& one, const auto& other) { timer(name, one, other); });
    return std::move(found_);
  }

 private:
  void say(std::string sentence) { found_.other.push_back(std::move(sentence)); }

  template <class Value>
  void moved(const std::string& what, const Value& one, const Value& other) {
    if (one != other) say(fmt::format("{}: {} becomes {}", what, one, other));
  }

  void lists(const std::string& what, const Names& one, const Names& other) {
    for (const std::string& name : minus(one, other)) say(fmt::format("{}: {} is gone", what, name));
    for (const std::string& name : minus(other, one)) say(fmt::format("{}: {} is new", what, name));
  }

  template <class Members, class Both>
  void members(std::string_view kind, const Members& one, const Members& other, Both both) {
    for (const auto& [name, value] : one) {
      const auto found = other.find(name);
      if (found == other.end()) {
        say(fmt::format("{} {} is gone", kind, name));
      } else {
        both(name, value, found->second);
      }
    }
    for (const auto& [name, value] : other)
      if (!one.contains(name)) say(fmt::format("{} {} is new", kind, name));
  }

  static std::map<std::string, Names> permitted(const Definition& definition) {
    std::map<std::string, Names> all;
    for (const auto& [name, command] : definition.commands) {
      for (const std::string& role : command.by) all[role].insert(name);
      for (const std::string& role : command.second) all[role].insert(name + " (confirms)");
    }
    return all;
  }

  static Names adopted(const CommandDefinition& command) {
    Names all;
    if (!command.adopts) return all;
    for (const auto& [state, needs] : command.adopts->states)
      all.insert(fmt::format("{} [{}]", state, fmt::join(needs, ", ")));
    return all;
  }

  static std::string adopted_until(const CommandDefinition& command) {
    return command.adopts ? command.adopts->until : std::string();
  }

  void commands() {
    auto before = permitted(before_), after = permitted(after_);
    for (const auto& [role, names] : after)
      for (const std::string& name : minus(names, before[role])) found_.gained[role].push_back(name);
    for (const auto& [role, names] : before)
      for (const std::string& name : minus(names, after[role])) found_.lost[role].push_back(name);
    members("command", before_.commands, after_.commands,
            [&](const std::string& name, const auto& one, const auto& other) {
              const std::string what = "command " + name;
              lists(what + " from", one.from, other.from);
              moved(what + " leads to", one.to.value_or("the same state"), other.to.value_or("the same state"));
              lists(what + " adopts", adopted(one), adopted(other));
              moved(what + " adopts until", adopted_until(one), adopted_until(other));
              lists(what + " must", of(one.must), of(other.must));
              lists(what + " may", of(one.may), of(other.may));
              lists(what + " anew", of(one.anew), of(other.anew));
              lists(what + " guard", uses(one.guards), uses(other.guards));
              lists(what + " effect", uses(one.effects), uses(other.effects));
              if (one.second.empty() != other.second.empty())
                say(what + (one.second.empty() ? " takes a second person" : " takes no second person any more"));
            });
  }

  static std::string days(const WorkflowSet& set, const std::string& policy) {
    const auto found = set.policies.find(policy);
    if (found == set.policies.end()) return policy.empty() ? "none" : policy;
    return fmt::format("{} ({} {})", policy, found->second.value.dump(), found->second.unit);
  }

  void timer(const std::string& name, const TimerDefinition& one, const TimerDefinition& other) {
    const std::string what = "timer " + name;
    lists(what + " while", one.during, other.during);
    moved(what + " when", canonical(one.when), canonical(other.when));
    moved(what + " counts from", one.from, other.from);
    moved(what + " ends after", days(from_, one.after), days(to_, other.after));
    moved(what + " extended by", one.extended, other.extended);
    moved(what + " reminds", days(from_, one.remind), days(to_, other.remind));
    lists(what + " tells", of(one.tell), of(other.tell));
    moved(what + " fires", one.fires, other.fires);
    moved(what + " is overtaken by", one.overtaken_by, other.overtaken_by);
    moved(what + " fires when overtaken", one.instead, other.instead);
  }

  const WorkflowSet &from_, &to_;
  const Definition &before_, &after_;
  TypeDifference found_;
};

}  // namespace

std::vector<TypeDifference> difference(const WorkflowSet& from, const WorkflowSet& to) {
  std::vector<TypeDifference> all;
  for (const auto& [type, before] : from.types) {
    const Definition* after = to.find(type);
    if (!after) {
      all.push_back({type, {}, {}, {"the type is gone"}, before.state_order});
      continue;
    }
    TypeDifference one = Comparison(from, to, before, *after).compare();
    if (!one.gained.empty() || !one.lost.empty() || !one.other.empty()) all.push_back(std::move(one));
  }
  for (const auto& [type, after] : to.types)
    if (!from.find(type)) all.push_back({type, {}, {}, {"the type is new"}, {}});
  std::sort(all.begin(), all.end(), [](const auto& one, const auto& other) { return one.type < other.type; });
  return all;
}

bool needs_map(const std::vector<TypeDifference>& differences) {
  return std::any_of(differences.begin(), differences.end(), [](const auto& one) { return !one.unmapped.empty(); });
}

Json to_json(const std::vector<TypeDifference>& differences) {
  Json all = Json::object();
  for (const TypeDifference& one : differences) {
    Json map = Json::object();
    for (const std::string& state : one.unmapped) map[state] = nullptr;
    all[one.type] = {{"gained", one.gained}, {"lost", one.lost}, {"changes", one.other}, {"map", std::move(map)}};
  }
  return all;
}

std::string to_text(const std::vector<TypeDifference>& differences) {
  std::string text;
  for (const TypeDifference& one : differences) {
    text += one.type + "\n";
    for (const auto& [role, commands] : one.gained)
      text += fmt::format("  {} gains {}\n", role, fmt::join(commands, ", "));
    for (const auto& [role, commands] : one.lost)
      text += fmt::format("  {} loses {}\n", role, fmt::join(commands, ", "));
    for (const std::string& sentence : one.other) text += fmt::format("  {}\n", sentence);
    for (const std::string& state : one.unmapped)
      text += fmt::format("  records in the state {} need another one\n", state);
  }
  return text;
}

}  // namespace assay
