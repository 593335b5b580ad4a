// Breadth first through all states of a world.
#include "domain/explore.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <unordered_set>

#include "domain/check_parts.h"
#include "domain/explore_parts.h"
#include "domain/paths.h"
#include "domain/standing.h"
#include "domain/step.h"
#include "domain/timers.h"

namespace assay {
namespace {

using Index = std::uint32_t;

std::string dotted(const CommandName& name) { return name.type + "." + name.command; }

class Explorer {
 public:
  Explorer(const WorkflowSet& set, const Proof& proof, const ProofWorld& world, Until until, const CommandName* about)
      : proof_(proof),
        until_(until),
        world_(world),
        set_(explored(set, proof, world)),
        facts_(set_, world),
        tries_(set_, world, facts_),
        seen_(16, Hash{&states_}, Same{&states_}) {
    for (const Claim& claim : proof.claims) {
      for (const CommandName& name : claim.commands) {
        claims_[name].push_back(&claim);
        if (claim.kind != Claim::Kind::at) continue;
        if (auto guard = unguarded(set, world, claim, name)) unguarded_[{claim.id, name}] = std::move(*guard);
        if (claim.asks && (!about || *about == name)) asked_.insert(name);
      }
    }
    if (!about) add_senders();
  }

  Exploration run() {
    std::size_t which = 0;
    look_around(enter(facts_.least(facts_.beginning(), which), 0, 0));
    for (Index here = 0; here < states_.size() && !ended(); ++here) {
      present_ = states_[here];
      facts_.look_at(present_);
      here_ = here;
      tried_ = 0;
      tries_.each([&](const Try& what) {
        step(what);
        return !ended();
      });
      for (const auto& [name, command] : std::exchange(happened_here_, {})) ask_around(name, *command);
    }
    if (!ended()) find_ways_out();
    found_.states = states_.size();
    if (until_ == Until::violated) return std::move(found_);
    for (Violation& violation : found_.violations) violation.steps = steps_to(ends_.at(violation.claim));
    return std::move(found_);
  }

 private:
  /// Commands whose effects give others that ask something.
  void add_senders() {
    for (const auto& [type, definition] : set_.types) {
      for (const auto& [name, command] : definition.commands)
        if (const auto end = name.find("//"); end != std::string::npos) asked_.insert({type, name.substr(0, end)});
    }
  }

  struct Hash {
    const std::vector<Bytes>* states;
    std::size_t operator()(Index index) const { return std::hash<Bytes>{}((*states)[index]); }
  };
  struct Same {
    const std::vector<Bytes>* states;
    bool operator()(Index one, Index other) const { return (*states)[one] == (*states)[other]; }
  };
  /// Where a state was first come to from: the state, and which of its tries it was.
  struct Origin {
    Index from;
    std::uint32_t number;
  };
  /// What shows a violation: the state, and perhaps a try in it.
  struct End {
    Index state;
    std::optional<std::uint32_t> number;
  };

  bool ended() const { return found_.cut_off || (until_ == Until::violated && !found_.violations.empty()); }

  /// The state's index; a new one is held against what always holds.
  Index enter(Bytes state, Index from, std::uint32_t number) {
    states_.push_back(std::move(state));
    const auto index = static_cast<Index>(states_.size() - 1);
    const auto [known, fresh] = seen_.insert(index);
    if (!fresh) {
      states_.pop_back();
      return *known;
    }
    origins_.push_back({from, number});
    if (states_.size() > world_.bound) found_.cut_off = true;
    return index;
  }

  Result<Decision> decided(const Try& what, const std::string& command) {
    return decide_try(set_, facts_, what, command);
  }

  void step(const Try& what) {
    const std::uint32_t number = tried_++;
    (void)facts_.took_plugins();
    const auto decision = decided(what, what.command->name);
    if (!decision) return;
    const bool rests_on_plugins = facts_.took_plugins() && is_refused_by_plugins(what);
    const End end{here_, number};
    if (decision->needs_second) throw std::logic_error("a try without a second person where one is needed");
    auto next = facts_.after(what, *decision);
    if (!next) return;
    ++found_.transitions;
    for (std::size_t i = 0; i < decision->changes.size(); ++i) {
      const Change& change = decision->changes[i];
      const CommandName name{change.definition->type, change.command};
      found_.happened.insert(name);
      if (i == 0 && asked_.erase(name) != 0) happened_here_.emplace_back(name, what.command);
      const auto claims = claims_.find(name);
      if (claims == claims_.end()) continue;
      for (const Claim* claim : claims->second) {
        if (claim->kind == Claim::Kind::at) {
          hold_at(*claim, name, what, i == 0, end);
        } else if (claim->kind == Claim::Kind::after) {
          hold_after(*claim, change, *next, what.actor, end);
        } else if (i == 0) {
          hold(*claim, what, end);
        }
      }
    }
    std::size_t which = 0;
    Bytes state = facts_.least(*next, which);
    if (state == present_) return;
    const std::size_t before = states_.size();
    const Index to = enter(std::move(state), here_, number);
    if (!rests_on_plugins) edges_.emplace_back(here_, to);
    if (states_.size() > before) look_around(to);
  }

  /// True when the try is refused if plugins say no.
  bool is_refused_by_plugins(const Try& what) {
    facts_.let_plugins_allow(false);
    const bool refused = !decided(what, what.command->name);
    facts_.let_plugins_allow(true);
    return refused;
  }

  /// Holds the claims about what the command asks against everything that can be tried of it where one thing is
  /// different from here, although nothing may lead there.
  void ask_around(const CommandName& name, const CommandDefinition& command) {
    for (const Nearby& near : facts_.around(present_, shapes_of(set_, world_, &name))) {
      facts_.look_at(near.state);
      change_ = near.change;
      tries_.each(
          [&](const Try& what) {
            ask(name, what);
            return !ended();
          },
          &command);
      if (ended()) break;
    }
    change_.clear();
    facts_.look_at(present_);
  }

  void ask(const CommandName& name, const Try& what) {
    const auto decision = decided(what, what.command->name);
    const End end{here_, {}};
    if (!decision) {
      if (!proof_.whole || decision.error().unmet.empty() || is_forbidden(what)) return;
      Claim claim;
      claim.id = "nothing-else-is-asked-of-" + dotted(name);
      return violate(claim, "no claim says so: " + reasons(decision.error().unmet), end);
    }
    for (std::size_t i = 0; i < decision->changes.size(); ++i) {
      const CommandName done{decision->changes[i].definition->type, decision->changes[i].command};
      const auto claims = claims_.find(done);
      if (claims == claims_.end()) continue;
      for (const Claim* claim : claims->second)
        if (claim->asks) hold_at(*claim, done, what, i == 0, end);
    }
  }

  /// True when a claim says that the command asks for what is not so, or one that its effects give.
  bool is_forbidden(const Try& what) {
    for (const Claim& claim : proof_.claims) {
      if (!claim.asks) continue;
      for (const auto& name : {probe_of(claim, what.command->name), sender_of(claim, what.command->name)})
        if (what.type->commands.contains(name) && !decided(what, name)) return true;
    }
    return false;
  }

  void violate(const Claim& claim, std::string reason, const End& end) {
    if (!change_.empty()) reason += fmt::format(" (one thing is different: {})", change_);
    if (!ends_.emplace(claim.id, end).second) return;
    found_.violations.push_back({claim.id, std::move(reason)});
  }

  /// What always holds, and which timers run, in the new state.
  void look_around(Index index) {
    const Bytes state = states_[index];
    facts_.look_at(state);
    for (std::size_t slot = 0; slot < facts_.slots().size(); ++slot) {
      if (!facts_.exists(slot)) continue;
      const RecordView& record = *facts_.record(BoundedFacts::record_id(slot));
      for (const auto& [name, timer] : record.definition->timers)
        if (runs(timer, record.state, *record.body)) found_.ran.insert({record.definition->type, name});
      for (const Claim& claim : proof_.claims) {
        if (claim.kind != Claim::Kind::always || claim.type != record.definition->type) continue;
        if (claim.states.contains(record.state)) hold_guards(claim, record, "", {}, {index, {}});
      }
    }
    facts_.look_at(present_);
  }

  void hold_guards(const Claim& claim, const RecordView& record, const std::string& command, const Actor& actor,
                   const End& end) {
    const Json nothing = Json::object();
    const auto& probe = record.definition->commands.at(probe_of(claim, command));
    const auto unmet = judged_guards(set_, facts_, record, probe, actor, the_moment, &nothing).unmet;
    if (!unmet.empty()) violate(claim, reasons(unmet), end);
  }

  /// The guards of a claim in the place of those of a command that was granted, which the person gave or an effect
  /// sent.
  void hold_at(const Claim& claim, const CommandName& name, const Try& what, bool given, const End& end) {
    if (ends_.contains(claim.id)) return;
    if (const auto missing = unguarded_.find({claim.id, name}); missing != unguarded_.end())
      return violate(claim, fmt::format("{} has no guard {}", dotted(name), missing->second), end);
    const auto& command = what.command->name;
    const auto held = decided(what, given ? probe_of(claim, command) : sender_of(claim, command));
    if (held) return;
    violate(claim, held.error().unmet.empty() ? held.error().detail : reasons(held.error().unmet), end);
  }

  /// The guards of a claim about the record as the step has left it.
  void hold_after(const Claim& claim, const Change& change, const Bytes& next, const Actor& actor, const End& end) {
    const std::uint8_t before = facts_.existing(change.definition->type);
    facts_.look_at(next);
    for (std::size_t slot = 0; slot < facts_.slots().size(); ++slot) {
      const BoundedFacts::Slot& at = facts_.slots()[slot];
      const bool fresh = at.shape->definition == change.definition && facts_.exists(slot) && !(before >> at.place & 1U);
      if (change.created ? !fresh : change.record != BoundedFacts::record_id(slot)) continue;
      hold_guards(claim, *facts_.record(BoundedFacts::record_id(slot)), change.command, actor, end);
    }
    facts_.look_at(present_);
  }

  static std::string reasons(const std::vector<UnmetGuard>& unmet) {
    std::vector<std::string> texts;
    for (const UnmetGuard& one : unmet) texts.push_back(one.detail);
    return fmt::format("{}", fmt::join(texts, " "));
  }

  void hold(const Claim& claim, const Try& what, const End& end) {
    const Actor& actor = what.actor;
    switch (claim.kind) {
      case Claim::Kind::only:
        if (actor.person && !standing(what, *actor.person).has_one_of(claim.by))
          violate(claim, fmt::format("{} holds none of {}", facts_.name_of(*actor.person), fmt::join(claim.by, ", ")),
                  end);
        break;
      case Claim::Kind::two:
        if (!actor.second) {
          violate(claim, "nobody else confirmed it", end);
        } else if (!claim.by.empty() && !standing(what, *actor.second).has_one_of(claim.by)) {
          violate(claim,
                  fmt::format("{}, who confirmed, holds none of {}", facts_.name_of(*actor.second),
                              fmt::join(claim.by, ", ")),
                  end);
        }
        break;
      case Claim::Kind::at:
      case Claim::Kind::after:
      case Claim::Kind::can:
      case Claim::Kind::always:
        break;
    }
    if (wants_witness(claim)) witness(claim, what);
  }

  /// Seen with each role that alone permits it.
  void witness(const Claim& claim, const Try& what) {
    const std::string about = claim.id + " " + what.type->type + "." + what.command->name;
    std::vector<std::string> roles = claim.by.empty() ? std::vector<std::string>{""} : claim.by;
    std::erase_if(roles, [&](const std::string& role) { return found_.witnessed.contains({about, role}); });
    if (roles.empty()) return;
    std::erase_if(roles, [&](const std::string& role) { return !role.empty() && !alone(claim, what, role); });
    if (roles.empty() || (!claim.holds.empty() && !decided(what, probe_of(claim, what.command->name)))) return;
    for (const std::string& role : roles) found_.witnessed.insert({about, role});
  }

  /// True when whoever acts, or who confirms, may do so by this role and no other one.
  bool alone(const Claim& claim, const Try& what, const std::string& role) {
    const bool confirms = claim.kind == Claim::Kind::two;
    const auto person = confirms ? what.actor.second : what.actor.person;
    if (!person) return false;
    Standing standing = this->standing(what, *person);
    auto others = confirms ? what.command->second : what.command->by;
    std::erase(others, role);
    return standing.has(role) && !standing.has_one_of(others);
  }

  /// What the person is to the record, or to the parent of one that is made.
  Standing standing(const Try& what, PersonId person) {
    std::optional<RecordId> nearest;
    const LinkDefinition* parent = what.type->parent();
    if (what.slot) {
      nearest = BoundedFacts::record_id(*what.slot);
    } else if (parent && what.input.contains(parent->name)) {
      nearest = facts_.record_named(what.input.at(parent->name).get_ref<const std::string&>(), the_organisation);
    }
    return {facts_.set(), facts_, person, the_organisation, nearest, std::nullopt};
  }

  /// From every state, one in which all records that may move have come to an end must be reachable, also when plugins
  /// allow nothing.
  void find_ways_out() {
    std::vector<std::vector<Index>> back(states_.size());
    for (const auto& [from, to] : edges_) back[to].push_back(from);
    std::vector<bool> good(states_.size());
    std::vector<Index> open;
    for (Index i = 0; i < states_.size(); ++i) {
      facts_.look_at(states_[i]);
      if (!is_wound_up()) continue;
      good[i] = true;
      open.push_back(i);
    }
    while (!open.empty()) {
      const Index at = open.back();
      open.pop_back();
      for (const Index from : back[at]) {
        if (good[from]) continue;
        good[from] = true;
        open.push_back(from);
      }
    }
    const auto stuck = std::find(good.begin(), good.end(), false);
    if (stuck == good.end()) return;
    const auto index = static_cast<Index>(stuck - good.begin());
    Claim claim;
    claim.id = "every-state-can-reach-an-end";
    facts_.look_at(states_[index]);
    std::vector<std::string> where;
    for (std::size_t slot = 0; slot < facts_.slots().size(); ++slot)
      if (facts_.exists(slot)) where.push_back(facts_.name_of(slot) + " is " + facts_.state_of(slot));
    violate(claim, fmt::format("nothing leads to an end any more: {}", fmt::join(where, ", ")), {index, {}});
  }

  bool is_wound_up() {
    for (std::size_t slot = 0; slot < facts_.slots().size(); ++slot) {
      if (!facts_.exists(slot)) continue;
      const Definition& type = *facts_.slots()[slot].shape->definition;
      const bool must = !world_.commands.contains(type.type) || has(world_.ends, type.type);
      if (must && !type.states.at(facts_.state_of(slot)).end) return false;
    }
    return true;
  }

  std::vector<std::string> steps_to(const End& end) {
    Way way;
    if (end.number) way.emplace_back(states_[end.state], *end.number);
    for (Index at = end.state; at != 0; at = origins_[at].from)
      way.emplace_back(states_[origins_[at].from], origins_[at].number);
    std::reverse(way.begin(), way.end());
    return told(set_, facts_, tries_, way);
  }

  const Proof& proof_;
  const Until until_;
  const ProofWorld& world_;
  WorkflowSet set_;
  BoundedFacts facts_;
  Tries tries_;
  std::vector<Bytes> states_;
  std::unordered_set<Index, Hash, Same> seen_;
  std::vector<Origin> origins_;
  std::vector<std::pair<Index, Index>> edges_;  // but for those that plugins may refuse
  std::map<CommandName, std::vector<const Claim*>> claims_;
  std::map<std::pair<std::string, CommandName>, std::string> unguarded_;  // claim, command: a guard that it has not
  std::map<std::string, End> ends_;
  Exploration found_;
  Bytes present_;
  std::set<CommandName> asked_;  // commands that have not happened yet, of which it is proved what they ask
  std::vector<std::pair<CommandName, const CommandDefinition*>> happened_here_;  // those that did in the present state
  std::string change_;  // how what is looked at differs from the present state
  Index here_ = 0;
  std::uint32_t tried_ = 0;
};

}  // namespace

Exploration explore(const WorkflowSet& set, const Proof& proof, const ProofWorld& world, Until until,
                    const CommandName* about) {
  return Explorer(set, proof, world, until, about).run();
}

std::vector<Violation> claimed_roles(const WorkflowSet& set, const Proof& proof) {
  std::vector<Violation> broken;
  for (const Claim& claim : proof.claims) {
    const bool only = claim.kind == Claim::Kind::only, two = claim.kind == Claim::Kind::two;
    if ((!only && !two) || claim.by.empty() || has(claim.by, "anyone")) continue;
    for (const CommandName& name : claim.commands) {
      const CommandDefinition& command = set.types.at(name.type).commands.at(name.command);
      const auto& permitted = only ? command.by : command.second;
      for (const std::string& role : permitted)
        if (!has(claim.by, role) && role != "timer" && !role.starts_with("via:"))
          broken.push_back({claim.id, fmt::format("{} permits {}", dotted(name), role)});
      for (const std::string& role : claim.by)
        if (!has(permitted, role))
          broken.push_back({claim.id, fmt::format("{} does not permit {}", dotted(name), role)});
    }
  }
  return broken;
}

std::vector<Violation> left_open(const WorkflowSet& set, const Proof& proof, const std::vector<Exploration>& found) {
  std::vector<Violation> open = claimed_roles(set, proof);
  const auto nowhere = [&](auto holds) { return std::none_of(found.begin(), found.end(), holds); };
  for (const Claim& claim : proof.claims) {
    if (!wants_witness(claim)) continue;
    for (const CommandName& name : claim.commands) {
      for (const std::string& role : claim.by.empty() ? std::vector<std::string>{""} : claim.by) {
        const std::pair about{claim.id + " " + dotted(name), role};
        if (nowhere([&](const Exploration& one) { return one.witnessed.contains(about); }))
          open.push_back({claim.id, fmt::format("{} is possible for {} in no world", dotted(name),
                                                role.empty() ? "anybody" : role)});
      }
    }
  }
  for (const auto& [type, definition] : set.types) {
    if (!definition.workflow.starts_with(proof.pack + "/")) continue;
    for (const auto& [name, command] : definition.commands) {
      const CommandName about{type, name};
      if (nowhere([&](const Exploration& one) { return one.happened.contains(about); }))
        open.push_back({"every-command-can-happen", fmt::format("{} happens in no world", dotted(about))});
    }
    for (const auto& [name, timer] : definition.timers) {
      const CommandName about{type, name};
      if (nowhere([&](const Exploration& one) { return one.ran.contains(about); }))
        open.push_back({"every-timer-can-run", fmt::format("the timer {} runs in no world", dotted(about))});
      const auto fires = definition.commands.find(timer.fires);
      const bool acts = fires != definition.commands.end() && !fires->second.effects.empty();
      if (!acts && timer.tell.empty())
        open.push_back(
            {"no-timer-does-nothing", fmt::format("the timer {} neither does nor tells anything", dotted(about))});
    }
  }
  return open;
}

}  // namespace assay
