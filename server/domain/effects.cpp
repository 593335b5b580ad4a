// What a command does besides its own input and state: the effects, in the order in which they are written.
#include <fmt/format.h>

#include <algorithm>

#include "domain/calculated.h"
#include "domain/disposal.h"
#include "domain/dossier.h"
#include "domain/paths.h"
#include "domain/policies.h"
#include "domain/step.h"

namespace assay {
namespace {

class Effects {
 public:
  Effects(Stage& stage, const Invocation& call, std::size_t index)
      : stage_(stage), call_(call), index_(index), self_(change().record) {}

  std::optional<Refusal> run(const EffectUse& effect) {
    const Json& parameters = effect.parameters;
    if (effect.kind == "set") return set(parameters);
    if (effect.kind == "append") return append(parameters.at("list").get<std::string>());
    if (effect.kind == "assign") return assign(parameters);
    if (effect.kind == "clear") return replace(parameters.at("seat").get<std::string>(), {});
    if (effect.kind == "create") return create(parameters);
    if (effect.kind == "send") return send(parameters);
    if (effect.kind == "tell") return tell(parameters);
    if (effect.kind == "freeze") return freeze(parameters.at("dossier").get<std::string>());
    if (effect.kind == "dispose") return dispose(parameters.at("links"));
    if (const auto what = done_to_people(effect.kind); !what.empty()) return people(what, parameters);
    return waive(parameters.at("waiver").get<std::string>());
  }

 private:
  Change& change() { return stage_.decision.changes[index_]; }
  RecordView& draft() { return *stage_.facts.draft(self_); }

  /// What a value of an effect means here: "@...", {"day", "plus", "months", "day_of_month"}, {"at", "field"},
  /// {"some", "in"}, {"choose", "of"} and {"first"} are looked up, anything else is meant literally. Null when there is
  /// nothing.
  Json meant(const Json& value) {
    if (is_day(value)) return day(value);
    if (is_elsewhere(value)) return elsewhere(value);
    if (is_some(value)) return some(value);
    if (is_choice(value)) return chosen(value);
    if (is_first(value)) return first(value.at("first"));
    if (!value.is_string()) return value;
    const auto& text = value.get_ref<const std::string&>();
    if (!text.starts_with('@')) return value;
    if (text == "@actor") return stage_.actor.person ? Json(stage_.facts.person_uuid(*stage_.actor.person)) : Json();
    if (text == "@today") return to_text(local_date(stage_.now.at, stage_.now.zone));
    if (text == "@now") return to_text(stage_.now.at);
    if (text == "@self") return draft().uuid;
    if (text == "@chance") return exact(stage_.now.chance ? stage_.now.chance(draft().uuid) : 0);
    if (text.starts_with("@record.")) return draft().body->value(text.substr(8), Json());
    return call_.input.value(text.substr(7), Json());  // "@input.", as check() made sure
  }

  /// Without the bits that a number in JSON may lose.
  static std::uint64_t exact(std::uint64_t number) {
    constexpr int beyond_a_double = 11;
    return number >> beyond_a_double;
  }

  Json chosen(const Json& value) {
    const PolicyValues policies(stage_.set, stage_.facts, self_);
    return meant(value.at("of").at(policies.choice(value.at("choose").get<std::string>())));
  }

  Json first(const Json& values) {
    for (const Json& value : values) {
      if (Json now = meant(value); !now.is_null()) return now;
    }
    return {};
  }

  Json day(const Json& value) {
    const auto day = date_of(value.at("day"));
    if (!day) return {};
    Date moved = PolicyValues(stage_.set, stage_.facts, self_)
                     .after(*day, value.value("plus", Json::array()), stage_.now.calendar);
    if (const auto months = value.find("months"); months != value.end()) {
      const Json count = meant(*months);
      if (!count.is_number_integer()) return {};
      moved = add_days(moved, count.get<int>(), "calendar_months");
    }
    if (const auto kept = value.find("day_of_month"); kept != value.end()) {
      const auto last = (moved.year() / moved.month() / std::chrono::last).day();
      if (const auto like = date_of(*kept)) moved = Date{moved.year(), moved.month(), std::min(like->day(), last)};
    }
    return to_text(moved);
  }

  std::optional<Date> date_of(const Json& value) {
    const Json date = meant(value);
    return date.is_string() ? parse_date(date.get_ref<const std::string&>()) : std::nullopt;
  }

  /// Of the only record there: where there are several, none of them is meant.
  Json elsewhere(const Json& value) {
    const auto there = walk(stage_.facts, self_, value.at("at").get_ref<const std::string&>());
    if (there.size() != 1) return {};
    return record_at(stage_.facts, there.front()).body->value(value.at("field").get<std::string>(), Json());
  }

  bool some(const Json& value) {
    const auto there = walk(stage_.facts, self_, value.at("some").get_ref<const std::string&>());
    return std::any_of(there.begin(), there.end(),
                       [&](RecordId id) { return selected(record_at(stage_.facts, id), value); });
  }

  /// The records at {"at": PATH}, as a link takes them: their ids, or the only one there where it leads to one.
  Json records(const LinkDefinition& link, const Json& value) {
    Json ids = Json::array();
    for (const RecordId id : walk(stage_.facts, self_, value.at("at").get_ref<const std::string&>()))
      ids.push_back(record_at(stage_.facts, id).uuid);
    if (link.many) return ids.empty() ? Json() : ids;
    return ids.size() == 1 ? ids.front() : Json();
  }

  /// Links this record to those at the path that it is not linked to yet.
  void set_link(const LinkDefinition& link, const Json& value) {
    const auto there = walk(stage_.facts, self_, value.at("at").get_ref<const std::string&>());
    if (!link.many && (there.size() != 1 || !stage_.facts.linked(self_, link.name).empty())) return;
    auto& links = change().links;
    for (const RecordId to : there) {
      const auto known = stage_.facts.linked(self_, link.name);
      if (std::find(known.begin(), known.end(), to) != known.end()) continue;
      stage_.facts.add_link(self_, link, to);
      links[link.name].push_back(to);
    }
  }

  /// The pointers of a calculation begin with its parameters; those of the refusal with the fields that gave them.
  static Refusal told_by_field(Refusal refusal, const Json& from) {
    for (InvalidField& wrong : refusal.invalid) {
      const auto end = wrong.pointer.find('/', 1);
      const std::string parameter = wrong.pointer.substr(1, end == std::string::npos ? end : end - 1);
      const std::string given = from.contains(parameter) ? from[parameter].dump() : std::string{};
      for (const std::string_view prefix : {"\"@input.", "\"@record."}) {
        if (!given.starts_with(prefix)) continue;
        const std::string field = given.substr(prefix.size(), given.size() - prefix.size() - 1);
        wrong.pointer = "/" + field + (end == std::string::npos ? "" : wrong.pointer.substr(end));
      }
    }
    return refusal;
  }

  /// A part of what a named calculation gives; its refusal is that of the command, whose input it was given.
  Result<Json> calculate(const Json& value) {
    Json given = Json::object();
    for (const auto& [name, from] : value.at("from").items()) {
      if (Json now = meant(from); !now.is_null()) given[name] = std::move(now);
    }
    const NamedCalculation& calculation = *find_calculation(value.at("calculate").get_ref<const std::string&>());
    const auto result = calculation.run(PolicyValues(stage_.set, stage_.facts, self_), given, stage_.now.language);
    if (!result) return told_by_field(result.error(), value.at("from"));
    return {boost::system::in_place_value, result->at(value.at("take").get_ref<const std::string&>())};
  }

  std::optional<Refusal> set(const Json& parameters) {
    for (const auto& [name, value] : parameters.at("values").items()) {
      if (const auto link = call_.definition->links.find(name); link != call_.definition->links.end()) {
        set_link(link->second, value);
        continue;
      }
      const auto found =
          is_calculated(value) ? calculate(value) : Result<Json>(boost::system::in_place_value, meant(value));
      if (!found) return found.error();
      const Json& now = *found;
      if (now.is_null()) {
        draft().body.edit().erase(name);
      } else {
        draft().body.edit()[name] = now;
      }
      change().set[name] = now;
    }
    return {};
  }

  /// A version of the list's fields as they are now, with who and when.
  std::optional<Refusal> append(const std::string& list) {
    Json element = Json::object();
    for (const std::string& field : call_.definition->fields.at(list).list_of) {
      const Json& said = change().said;
      const Json& body = *draft().body;
      const auto fresh = said.find(field);
      const auto kept = body.find(field);
      if (fresh != said.end()) {
        element[field] = *fresh;
      } else if (kept != body.end()) {
        element[field] = *kept;
      }
    }
    for (const OverridesDefinition& overrides : call_.definition->overrides) {
      if (overrides.list != list) continue;
      const auto fault = override_fault(stage_.set, element[overrides.policy], element[overrides.value]);
      if (fault) return invalid_field("/" + overrides.value, *fault);
    }
    if (stage_.actor.person) element["by"] = stage_.facts.person_uuid(*stage_.actor.person);
    if (stage_.actor.second) element["second"] = stage_.facts.person_uuid(*stage_.actor.second);
    element["at"] = to_text(stage_.now.at);
    draft().body.edit()[list].push_back(element);
    change().append[list] = std::move(element);
    return {};
  }

  std::optional<Refusal> assign(const Json& parameters) {
    const auto seat = parameters.at("seat").get<std::string>();
    const Json& to = parameters.at("to");
    if (to.is_object()) {
      std::vector<PersonId> people;
      for (const RecordId id : walk(stage_.facts, self_, to.value("of", std::string{}))) {
        const auto holders = stage_.facts.seat(id, to.at("seat").get_ref<const std::string&>());
        people.insert(people.end(), holders.begin(), holders.end());
      }
      return replace(seat, std::move(people));
    }
    if (to == "@actor")
      return replace(seat, stage_.actor.person ? std::vector{*stage_.actor.person} : std::vector<PersonId>{});
    return assign_named(seat, meant(to));
  }

  /// Nothing named leaves the seat as it is.
  std::optional<Refusal> assign_named(const std::string& seat, const Json& named) {
    if (named.is_null()) return {};
    std::vector<PersonId> people;
    for (const Json& uuid : named.is_array() ? named : Json::array({named})) {
      const auto& name = uuid.get_ref<const std::string&>();
      const auto person = call_.definition->people.at(seat).left ? stage_.facts.anybody(name, call_.organisation)
                                                                 : stage_.facts.person(name, call_.organisation);
      if (!person) return invalid_field(pointer_to("", seat), "names no person of this organisation");
      people.push_back(*person);
    }
    return replace(seat, std::move(people));
  }

  std::optional<Refusal> replace(const std::string& seat, std::vector<PersonId> people) {
    std::sort(people.begin(), people.end());
    people.erase(std::unique(people.begin(), people.end()), people.end());
    const int max = call_.definition->people.at(seat).max;
    if (max > 0 && people.size() > static_cast<std::size_t>(max)) {
      return invalid_field(pointer_to("", seat), fmt::format("seats at most {}", max));
    }
    replace_seat(stage_, index_, seat, std::move(people));
    return {};
  }

  /// Input for another record's command: seats take lists, and what means nothing here is left out.
  Json input_for(const Json& parameters, const Definition& type) {
    Json input = Json::object();
    const auto given = parameters.find("input");
    if (given == parameters.end()) return input;
    for (const auto& [name, value] : given->items()) {
      const auto link = type.links.find(name);
      Json now = link != type.links.end() && is_elsewhere(value) ? records(link->second, value) : meant(value);
      if (now.is_null()) continue;
      if (type.people.contains(name) && !now.is_array()) now = Json::array({std::move(now)});
      input[name] = std::move(now);
    }
    return input;
  }

  std::optional<Refusal> create(const Json& parameters) {
    const Definition& type = stage_.set.types.at(parameters.at("type").get<std::string>());
    Invocation next{&type.commands.at(parameters.at("command").get<std::string>()), &type, {}, call_.organisation};
    next.input = input_for(parameters, type);
    next.via = call_.definition->type;
    next.link = parameters.at("link").get<std::string>();
    next.links_to = self_;
    next.depth = call_.depth + 1;
    return sent(next, type.label);
  }

  std::optional<Refusal> send(const Json& parameters) {
    const auto name = parameters.at("command").get<std::string>();
    for (const RecordId id : walk(stage_.facts, self_, parameters.at("to").get_ref<const std::string&>())) {
      const RecordView& record = record_at(stage_.facts, id);
      if (!selected(record, parameters)) continue;
      const auto command = record.definition->commands.find(name);
      if (command == record.definition->commands.end()) {
        return refuse(Reason::wrong_state, fmt::format("{} belongs to a workflow without {}", name_of(record), name));
      }
      Invocation next{&command->second, record.definition, id, record.organisation};
      next.input = input_for(parameters, *record.definition);
      next.via = call_.definition->type;
      next.depth = call_.depth + 1;
      if (auto refusal = sent(next, name_of(record))) return refusal;
    }
    return {};
  }

  /// A refusal inside is the refusal of the whole; pointers into an input that no person wrote are told as text.
  std::optional<Refusal> sent(const Invocation& next, const std::string& name) {
    auto refusal = run_step(stage_, next);
    if (!refusal) return {};
    for (InvalidField& field : refusal->invalid) {
      field.detail = fmt::format("{} of {}: {} {}", next.command->label, name, field.pointer, field.detail);
      field.pointer.clear();
      field.wording.reset();
    }
    return refusal;
  }

  std::optional<Refusal> tell(const Json& parameters) {
    auto& told = change().told;
    for (const Json& role : parameters.at("roles")) {
      auto name = role.get<std::string>();
      if (std::find(told.begin(), told.end(), name) == told.end()) told.push_back(std::move(name));
    }
    return {};
  }

  std::optional<Refusal> freeze(const std::string& name) {
    Json dossier = frozen(stage_.facts, self_, call_.definition->fields.at(name).dossier, stage_.now.at);
    draft().body.edit()[name] = dossier;
    change().set[name] = std::move(dossier);
    return {};
  }

  /// Whatever guards a definition has: nothing is taken away that goes on.
  std::optional<Refusal> dispose(const Json& links) {
    auto& all = change().disposed;
    for (const Json& link : links) {
      for (const RecordId named : stage_.facts.linked(self_, link.get_ref<const std::string&>())) {
        for (const RecordId id : with_all_below(stage_.set, stage_.facts, named)) {
          const RecordView& record = record_at(stage_.facts, id);
          if (!has_ended(record) || is_disposed(record))
            return refuse(Reason::wrong_state, fmt::format("{} has not come to its end", name_of(record)));
          if (std::find(all.begin(), all.end(), id) == all.end()) all.push_back(id);
        }
      }
    }
    return {};
  }

  /// What an effect on people does, as the event of the person says it; empty for any other effect.
  static std::string_view done_to_people(std::string_view kind) {
    if (kind == "erase_person") return "erased";
    if (kind == "restrict_person") return "restricted";
    return kind == "lift_restriction" ? "restriction_lifted" : "";
  }

  /// Whatever guards a definition has: nobody is erased who is still here.
  std::optional<Refusal> people(std::string_view what, const Json& parameters) {
    for (const PersonId person : stage_.facts.seat(self_, parameters.at("seat").get_ref<const std::string&>())) {
      if (what == "erased" && !stage_.facts.has_left(person))
        return refuse(Reason::wrong_state, "somebody who has not left the organisation is not erased");
      change().people[person] = what;
    }
    return {};
  }

  std::optional<Refusal> waive(const std::string& waiver) {
    Json& body = draft().body.edit();
    body = body_after(std::move(body), Json::object(), Json::object(), {waiver});
    change().waived.push_back(waiver);
    return {};
  }

  Stage& stage_;
  const Invocation& call_;
  std::size_t index_;
  RecordId self_;
};

}  // namespace

std::optional<Refusal> run_effects(Stage& stage, const Invocation& call, std::size_t index) {
  Effects effects(stage, call, index);
  for (const EffectUse& effect : call.command->effects) {
    if (auto refusal = effects.run(effect)) return refusal;
  }
  return {};
}

void replace_seat(Stage& stage, std::size_t index, const std::string& seat, std::vector<PersonId> people) {
  Change& change = stage.decision.changes[index];
  const auto held = stage.facts.seat_before(change.record, seat);
  const auto without = [](const std::vector<PersonId>& from, const std::vector<PersonId>& others) {
    std::vector<PersonId> left;
    for (const PersonId person : from) {
      if (std::find(others.begin(), others.end(), person) == others.end()) left.push_back(person);
    }
    return left;
  };
  auto came = without(people, held), went = without(held, people);
  change.seated.erase(seat);
  change.unseated.erase(seat);
  if (!came.empty()) change.seated[seat] = std::move(came);
  if (!went.empty()) change.unseated[seat] = std::move(went);
  stage.facts.seat_people(change.record, seat, std::move(people));
}

}  // namespace assay
