// A world around one use of a guard: a record on which the guard is met, what it is met by, and a change of that.
#pragma once

#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "domain/dossier.h"
#include "domain/guards.h"
#include "domain/paths.h"
#include "shipped_workflows.h"
#include "storage/fixture.h"

namespace assay::test {

/// A guard where it is used.
struct Use {
  const Definition* definition;
  const CommandDefinition* command;
  const GuardUse* guard;

  bool has(const char* parameter) const { return guard->parameters.contains(parameter); }
  std::string text(const char* parameter) const { return guard->parameters.value(parameter, std::string()); }
  std::string first(const char* parameter) const { return guard->parameters.at(parameter).at(0).get<std::string>(); }
  std::string name() const { return definition->type + "." + command->name + ": " + guard->name; }
};

inline std::vector<Use> uses() {
  std::vector<Use> all;
  for (const auto& [type, definition] : shipped_workflows()->types) {
    for (const auto& [name, command] : definition.commands) {
      for (const auto& guard : command.guards) all.push_back({&definition, &command, &guard});
    }
  }
  return all;
}

/// True when further records can come to the end of the path: its last segment is seen from the other end.
inline bool grows(const Definition& definition, const std::string& path) {
  const auto last = path.rfind('.');
  const Definition* from =
      type_at(*shipped_workflows(), definition, last == std::string::npos ? "" : path.substr(0, last));
  return !from->links.contains(path.substr(last == std::string::npos ? 0 : last + 1));
}

/// A value that the schema accepts, as far as guards look at it.
inline Json some_value(const Json& schema) {
  if (schema.contains("enum")) return schema.at("enum").at(0);
  const auto type = schema.value("type", std::string());
  if (schema.value("format", Json()) == "date") return "2026-03-02";
  if (type == "array") return Json::array({some_value(schema.at("items"))});
  if (type == "boolean") return true;
  if (type == "integer" || type == "number") return 1;
  return "x";
}

/// A record on which the guard is met, what it is met by, and a change after which it would not be.
class World {
 public:
  World(House& house, const Use& of)
      : use(of), actor(house_person(house, {})), other(house_person(house, {})), house_(house) {}

  const Use use;
  Organisation organisation = {};
  Person actor, other;
  Made target = {}, linked = {}, before_last = {};      // the last but one of the path from the target to `linked`
  std::map<std::string, std::vector<Made>> links = {};  // of the target
  std::map<std::string, Made> at = {};                  // by the path from the target
  Json body = Json::object();                           // what the command brings
  EventDraft opponent{Subject::record, 0, {}, {}};

  /// Makes the target, the record at the end of the path from it, and those between.
  void stand(const std::string& path, const std::string& state, const Content& of_linked = {},
             const Content& of_target = {}) {
    stand_all(path, state, {{path, of_linked}, {"", of_target}});
  }
  /// The same, with what each record says by the path to it.
  void stand_all(const std::string& path, const std::string& state, std::map<std::string, Content> contents) {
    Chain chain{path_of(path), {}, {}, {}, std::move(contents)};
    chain.types.push_back(use.definition);
    for (const std::string& segment : chain.segments) chain.types.push_back(across(*chain.types.back(), segment).first);
    chain.made.resize(chain.types.size());
    chain.states.assign(chain.types.size(), {});
    for (std::size_t i = 0; i < chain.types.size(); ++i) chain.states[i] = chain.types[i]->state_order.front();
    chain.states.back() = state;
    chain.states.front() = own_state();
    for (std::size_t i = 0; i < chain.types.size(); ++i) {
      make(chain, i);
      at[chain.path_to(i)] = *chain.made[i];
    }
    target = *chain.made.front();
    linked = *chain.made.back();
    before_last = *chain.made[chain.made.size() - 2];
  }
  void stand_alone(const Content& content = {}) { target = add(*use.definition, own_state(), content); }

  /// The type at the end of the path.
  const Definition& type_there(const std::string& path) const {
    const Definition* type = type_at(*shipped_workflows(), *use.definition, path);
    REQUIRE(type != nullptr);
    return *type;
  }
  /// What a record at the end of the path says to stand there.
  Content to_there(const std::string& path, Content content = {}) const {
    const auto last = path.rfind('.');
    const Definition& near = last == std::string::npos ? *use.definition : type_there(path.substr(0, last));
    const std::string segment = path.substr(last == std::string::npos ? 0 : last + 1);
    const Definition* from = nullptr;
    content.links[shipped_workflows()->back_link(near.type, segment, &from)->name] = {before_last};
    return content;
  }
  /// A state of the type that is, or is not, among those of the guard.
  std::string state_of(const Definition& type, bool inside) const {
    for (const auto& name : type.state_order) {
      const RecordView view{RecordId{1}, {}, &type, {}, name, 1, StoredJson(Json::object()), {}, {}, {}, {}};
      if (!use.has("in") || in_states(view, use.guard->parameters.at("in")) == inside) return name;
    }
    FAIL(use.name() << ": no state of " << type.type << (inside ? " is" : " is not") << " one of those");
    return {};
  }
  std::string own_state() const {
    // Where the path of a new record comes back to its type, the record is one of those that are asked about.
    const bool asked = use.command->creates() && use.has("link") && &type_there(use.text("link")) == use.definition;
    if (asked) return state_of(*use.definition, use.guard->name != "linked_none");
    return use.command->creates() ? use.definition->state_order.front() : *use.command->from.begin();
  }

  EventDraft step(const Made& record, const std::string& state, const Content& content = {}) {
    EventDraft event = house_.step(record, state, content);
    event.workflow_set = shipped_workflows()->hash;
    return event;
  }
  EventDraft creation(const Definition& type, const std::string& state, Content content, Made& made) {
    made = {RecordId{house_.store->new_id(Subject::record)}, house_.uuid(), type.type, actor.organisation, 0, {}};
    content.set["title"] = "T";
    EventDraft event = step(made, state, content);
    event.facts["created"] = true;
    for (const auto& [name, targets] : content.links) {
      if (type.links.at(name).parent) event.facts["parent"] = targets.front().uuid;
    }
    return event;
  }
  Made add(const Definition& type, const std::string& state, const Content& content = {}) {
    Made made;
    house_.commit_or_fail({creation(type, state, content, made)});
    made.version = 1;
    return made;
  }

  EventDraft attached(Subject subject, const Made& to, Json facts) {
    EventDraft event{subject, house_.store->new_id(subject), house_.uuid(), to.organisation};
    event.record = to.id;
    event.version = 1;
    event.at = house_.tick();
    event.facts = std::move(facts);
    event.facts[subject == Subject::item ? "audit" : "record"] = to.uuid;
    return event;
  }
  Json item(const std::string& question, const std::string& auditor, const std::string& result) const {
    return {{"catalogue", "hash"},
            {"catalogue_id", "small"},
            {"question", question},
            {"item", "A.1"},
            {"subject", "whole"},
            {"auditor", auditor.empty() ? Json() : Json(auditor)},
            {"status", result.empty() ? "planned" : "answered"},
            {"result", result}};
  }
  EventDraft commit(EventDraft event) {
    house_.commit_or_fail({event});
    return event;
  }
  /// The next event of the same subject.
  EventDraft next(EventDraft event, const Json& facts) {
    ++event.version;
    event.at = house_.tick();
    event.facts.update(facts);
    return event;
  }
  EventDraft person_event(const Person& person, const std::vector<std::string>& roles,
                          const std::vector<std::string>& responsibilities, std::int64_t version) {
    EventDraft event{Subject::person, static_cast<std::int64_t>(person.id), person.uuid, person.organisation};
    event.type = "person.changed";
    event.command = "change";
    event.version = version;
    event.at = house_.tick();
    event.facts = {{"name", "N"},       {"email", person.uuid}, {"language", "en"},
                   {"state", "active"}, {"roles", roles},       {"responsibilities", responsibilities}};
    return event;
  }

  Json dossier(const std::vector<std::string>& paths) const {
    Snapshot seen = house_.store->read();
    const StoredFacts facts(*house_.store, seen);
    return frozen(facts, target.id, paths, house_.now);
  }

  bool met(const StoredFacts& facts, Instant now) const {
    RecordView record = *facts.record(target.id);
    record.body.edit().update(body);
    const Actor who{actor.id, actor.id, false};
    const Now moment{now, "UTC"};
    const GuardContext context{*shipped_workflows(), facts, record, *use.command, who, moment, &body,
                               use.guard->parameters};
    return find_guard(use.guard->name)->unmet(context).empty();
  }

 private:
  /// The records of a path: the target first, each made when those that it points at are there.
  struct Chain {
    std::vector<std::string> segments;
    std::vector<const Definition*> types;
    std::vector<std::optional<Made>> made;
    std::vector<std::string> states;
    std::map<std::string, Content> contents;

    std::string path_to(std::size_t index) const {
      std::string path;
      for (std::size_t i = 0; i < index; ++i) path += (path.empty() ? "" : ".") + segments[i];
      return path;
    }
  };

  static std::vector<std::string> path_of(const std::string& path) {
    std::vector<std::string> segments;
    std::stringstream text(path);
    for (std::string segment; std::getline(text, segment, '.');) segments.push_back(segment);
    return segments;
  }

  /// The type at the other end of a link, and the link when it is this type's own.
  std::pair<const Definition*, const LinkDefinition*> across(const Definition& type, const std::string& link) const {
    if (const auto own = type.links.find(link); own != type.links.end())
      return {shipped_workflows()->find(own->second.to), &own->second};
    const Definition* from = nullptr;
    REQUIRE(shipped_workflows()->back_link(type.type, link, &from) != nullptr);
    return {from, nullptr};
  }

  void make(Chain& chain, std::size_t index) {
    if (chain.made[index]) return;
    Content content = chain.contents[chain.path_to(index)];
    if (index + 1 < chain.types.size()) {
      if (const auto* link = across(*chain.types[index], chain.segments[index]).second) {
        make(chain, index + 1);
        content.links[link->name] = {*chain.made[index + 1]};
      }
    }
    if (index > 0 && across(*chain.types[index - 1], chain.segments[index - 1]).second == nullptr) {
      make(chain, index - 1);
      const Definition* from = nullptr;
      const LinkDefinition* link =
          shipped_workflows()->back_link(chain.types[index - 1]->type, chain.segments[index - 1], &from);
      content.links[link->name] = {*chain.made[index - 1]};
    }
    if (chain.made[index]) return;
    if (index == 0) links = content.links;
    chain.made[index] = add(*chain.types[index], chain.states[index], content);
  }

  Person house_person(House& house, std::vector<std::string> roles) {
    if (organisation.uuid.empty()) organisation = house.found("Hallmark");
    return house.invite(organisation, std::move(roles));
  }

  House& house_;
};

}  // namespace assay::test
