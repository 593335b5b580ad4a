// Reads the input of a command: fields against their schemas, links and seats against the facts.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "domain/paths.h"
#include "domain/schema.h"
#include "domain/step.h"

namespace assay {
namespace {

const Json comment_schema{{"type", "string"}, {"maxLength", 4000}};

class InputReader {
 public:
  InputReader(const Stage& stage, const Invocation& call) : stage_(stage), call_(call) {}

  Result<Given> read() {
    if (!call_.input.is_object()) return invalid_field("", "must be an object");
    for (const std::string& name : call_.command->must) require(name);
    for (const auto& [name, value] : call_.input.items()) member(name, value);
    for (const std::string& name : call_.command->anew) {
      if (!call_.input.contains(name) && says(name)) given_.set[name] = nullptr;
    }
    if (call_.command->adopts) add(read_adoption(stage_, call_, given_));
    if (!invalid_.empty()) return Refusal{Reason::invalid, "the input is not valid", {}, std::move(invalid_), {}};
    return std::move(given_);
  }

 private:
  void fault(std::string pointer, std::string detail) { invalid_.push_back({std::move(pointer), std::move(detail)}); }

  void require(const std::string& name) {
    if (name == call_.link) return;
    const auto value = call_.input.find(name);
    if (value == call_.input.end() || value->is_null())
      fault(pointer_to("", name), "is required");
    else if (!is_filled(*value))
      fault(pointer_to("", name), "must not be empty");
  }

  bool asked_for(const std::string& name) const {
    const auto in = [&](const std::vector<std::string>& names) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    return in(call_.command->must) || in(call_.command->may);
  }

  void member(const std::string& name, const Json& value) {
    const std::string pointer = pointer_to("", name);
    if (name == "comment") {
      if (value.is_null()) return;
      add(violations(comment_schema, value, pointer));
      given_.said[name] = value;
      return;
    }
    if (call_.command->adopts && is_of_adoption(name)) return;
    if (!asked_for(name)) return fault(pointer, "is not part of this command");
    if (!is_filled(value) && is_required(name)) return;  // said already
    const Definition& definition = *call_.definition;
    if (const auto field = definition.fields.find(name); field != definition.fields.end()) {
      this->field(field->second, value, pointer);
    } else if (const auto link = definition.links.find(name); link != definition.links.end()) {
      this->link(link->second, value, pointer);
    } else if (const auto seat = definition.people.find(name); seat != definition.people.end()) {
      this->seat(seat->second, value, pointer);
    }
  }

  /// Whether the record says something in the field as it is.
  bool says(const std::string& name) const {
    return call_.record && record_at(stage_.facts, *call_.record).body->contains(name);
  }

  bool is_required(const std::string& name) const {
    const auto& must = call_.command->must;
    return std::find(must.begin(), must.end(), name) != must.end();
  }

  void add(std::vector<InvalidField> found) {
    invalid_.insert(invalid_.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  }

  /// A null clears the field.
  void field(const FieldDefinition& field, const Json& value, const std::string& pointer) {
    if (!value.is_null()) {
      auto found = violations(field.schema, value, pointer);
      if (!found.empty()) return add(std::move(found));
      people_in(field.schema, value, pointer);
    }
    (field.keep == Keep::event ? given_.said : given_.set)[field.name] = value;
  }

  /// Every member that `x-person` marks must name a person of the organisation.
  void people_in(const Json& schema, const Json& value, const std::string& pointer) {
    if (const auto items = schema.find("items"); items != schema.end()) {
      for (std::size_t i = 0; i < value.size(); ++i)
        people_in(*items, value[i], pointer_to(pointer, std::to_string(i)));
    } else if (const auto properties = schema.find("properties"); properties != schema.end()) {
      for (const auto& [name, member] : value.items())
        people_in(properties->at(name), member, pointer_to(pointer, name));
    } else if (const auto person_of = schema.find("x-person"); person_of != schema.end()) {
      person(value, pointer, *person_of == "ever");
    }
  }

  /// Somebody of the organisation, with `left` also who has left it.
  std::optional<PersonId> person(const Json& value, const std::string& pointer, bool left = false) {
    std::optional<PersonId> found;
    if (value.is_string()) {
      const auto& uuid = value.get_ref<const std::string&>();
      found = left ? stage_.facts.anybody(uuid, call_.organisation) : stage_.facts.person(uuid, call_.organisation);
    }
    if (!found) fault(pointer, "names no person of this organisation");
    return found;
  }

  void link(const LinkDefinition& link, const Json& value, const std::string& pointer) {
    if (value.is_null()) return;
    std::vector<RecordId> targets;
    if (!link.many) {
      if (const auto id = target(link, value, pointer)) targets.push_back(*id);
    } else if (!value.is_array() || value.size() > 1000) {
      return fault(pointer, "must be a list of at most 1000 UUIDs");
    } else {
      for (std::size_t i = 0; i < value.size(); ++i) {
        const auto id = target(link, value[i], pointer_to(pointer, std::to_string(i)));
        if (id && std::find(targets.begin(), targets.end(), *id) == targets.end()) targets.push_back(*id);
      }
    }
    if (call_.record) drop_known(link, targets, pointer);
    if (call_.record && link.to == call_.definition->type)
      for (const RecordId to : targets) refuse_ring(link, to, pointer);
    if (!targets.empty()) given_.links[link.name] = std::move(targets);
  }

  /// Links among records of one type are successions: of what recurs, follows, replaces. None leads back to its
  /// beginning.
  void refuse_ring(const LinkDefinition& link, RecordId to, const std::string& pointer) {
    constexpr std::size_t longest = 1000;  // records that are looked at
    std::vector<RecordId> ahead{to};
    std::set<RecordId> seen;
    while (!ahead.empty()) {
      const RecordId at = ahead.back();
      ahead.pop_back();
      if (at == *call_.record)
        return fault(pointer, to == at ? "names the record itself" : "names a record that leads back to this one");
      if (!seen.insert(at).second) continue;
      if (seen.size() > longest) return fault(pointer, fmt::format("has more than {} records behind it", longest));
      for (const RecordId next : stage_.facts.linked(at, link.name)) ahead.push_back(next);
    }
  }

  /// What is linked already needs no second link; a link to one record is never moved.
  void drop_known(const LinkDefinition& link, std::vector<RecordId>& targets, const std::string& pointer) {
    const auto known = stage_.facts.linked(*call_.record, link.name);
    std::erase_if(targets, [&](RecordId id) { return std::find(known.begin(), known.end(), id) != known.end(); });
    if (!targets.empty() && !link.many && !known.empty()) fault(pointer, "is linked to another record already");
  }

  std::optional<RecordId> target(const LinkDefinition& link, const Json& value, const std::string& pointer) {
    if (const auto id = named_record(stage_, call_, link, value)) return id;
    const Definition* type = stage_.set.find(link.to);
    fault(pointer, fmt::format("names no {} of this organisation", type ? type->label : link.to));
    return {};
  }

  void seat(const SeatDefinition& seat, const Json& value, const std::string& pointer) {
    std::vector<PersonId> people;
    if (!value.is_null() && !value.is_array()) return fault(pointer, "must be a list of UUIDs of people");
    if (value.size() > 1000) return fault(pointer, "must be a list of at most 1000 people");
    for (std::size_t i = 0; i < value.size(); ++i) {
      const auto id = person(value[i], pointer_to(pointer, std::to_string(i)), seat.left);
      if (id && std::find(people.begin(), people.end(), *id) == people.end()) people.push_back(*id);
    }
    if (seat.max > 0 && people.size() > static_cast<std::size_t>(seat.max)) {
      fault(pointer, fmt::format("seats at most {}", seat.max));
    }
    given_.seats[seat.name] = std::move(people);
  }

  const Stage& stage_;
  const Invocation& call_;
  Given given_;
  std::vector<InvalidField> invalid_;
};

/// A command of people who are not of the body. Whoever gives another one has a task there, though it may be a seat
/// alone: who manages a programme names certifications beside it.
bool is_for_others(const WorkflowSet& set, const CommandDefinition& command) {
  return std::any_of(command.by.begin(), command.by.end(), [&](const std::string& who) {
    const auto role = set.roles.find(who);
    if (role == set.roles.end()) return who == "anyone";
    return role->second.side == "client" || role->second.side == "outside";
  });
}

}  // namespace

std::optional<RecordId> named_record(const Stage& stage, const Invocation& call, const LinkDefinition& link,
                                     const Json& value) {
  if (!value.is_string()) return {};
  const auto id = stage.facts.record_named(value.get_ref<const std::string&>(), call.organisation);
  const RecordView* record = id ? stage.facts.record(*id) : nullptr;
  if (!record || record->definition->type != link.to) return {};
  const bool own = call.via.empty() && stage.actor.person;
  const bool hidden = own && !stage.facts.may_name(*stage.actor.person, *id) && is_for_others(stage.set, *call.command);
  return hidden ? std::nullopt : id;
}

Result<Given> read_input(const Stage& stage, const Invocation& call) { return InputReader(stage, call).read(); }

}  // namespace assay
