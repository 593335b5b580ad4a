// Guards about registers: what is on record about people and areas, such as competence, interests and accreditation.
#include <algorithm>

#include "domain/guard_rows.h"
#include "domain/paths.h"
#include "domain/policies.h"

namespace assay::guard {
namespace {

/// A person that the guard is about; `seat` is empty for the actor.
struct Looked {
  PersonId person;
  std::string seat;
};

bool equal_or_among(const Json& theirs, const Json& ours) {
  if (theirs == ours) return true;
  return theirs.is_array() && std::find(theirs.begin(), theirs.end(), ours) != theirs.end();
}

bool covers_all(const Json& theirs, const Json& ours) {
  if (!ours.is_array()) return equal_or_among(theirs, ours);
  return std::all_of(ours.begin(), ours.end(), [&](const Json& one) { return equal_or_among(theirs, one); });
}

/// A look-up in a register, by what the guard's parameters say.
class Register {
 public:
  explicit Register(const GuardContext& context) : context_(context), ours_(our_record()) {}

  std::string type() const { return std::string(text_parameter(context_, "type")); }

  /// True while the input may still bring what is looked up.
  bool awaits() const {
    for (const char* path : {"of", "ours", "apart"}) {
      if (const auto name = text_parameter(context_, path); !name.empty() && awaits_path(context_, name)) return true;
    }
    return any_our_field([&](const std::string& field) { return is_own() && context_.awaits(field); }) ||
           any_path([&](const std::string& path) { return awaits_path(context_, path); }) ||
           (text_parameter(context_, "of").empty() &&
            any_seat([&](const auto& seat) { return context_.awaits(seat); }));
  }

  /// The first of our fields that says nothing, so that nothing can be found for it.
  std::optional<std::string> empty_field() const {
    std::optional<std::string> empty;
    any_compared_field([&](const std::string& field) {
      const Json* value = our_value(field);
      if (value && is_filled(*value)) return false;
      empty = field;
      return true;
    });
    return empty;
  }

  std::vector<Looked> people() const {
    std::vector<Looked> all;
    const auto who = text_parameter(context_, "who");
    if (who == "actor" && context_.actor.person) all.push_back({*context_.actor.person, {}});
    if (who == "second" && context_.actor.second) all.push_back({*context_.actor.second, {}});
    for (const RecordId id : walk(context_.facts, context_.record.id, text_parameter(context_, "of"))) {
      any_seat([&](const std::string& seat) {
        for (const PersonId person : context_.facts.seat(id, seat)) all.push_back({person, seat});
        return false;
      });
    }
    return all;
  }

  /// The first record in force that fits and whose `field` has the value; null when there is none.
  const RecordView* find(std::string_view field, const Json& value) const {
    for (const RecordId id : context_.facts.registered(type(), field, value, context_.record.organisation)) {
      const RecordView& record = record_at(context_.facts, id);
      if (std::find(except_.begin(), except_.end(), id) == except_.end() && fits(record)) return &record;
    }
    return nullptr;
  }
  const RecordView* find_of(PersonId person) const {
    return find(text_parameter(context_, "by"), context_.facts.person_uuid(person));
  }
  /// What the records in force that fit say in `field`: those that name the people asked about or, where nobody is,
  /// those that say one of `values`.
  std::vector<Json> said_in(const std::string& field, const Json& values) const {
    std::vector<Json> said;
    const auto add = [&](std::string_view by, const Json& value) {
      for (const RecordId id : context_.facts.registered(type(), by, value, context_.record.organisation)) {
        const RecordView& record = record_at(context_.facts, id);
        if (fits(record)) said.push_back(record.body->value(field, Json()));
      }
    };
    const auto by = text_parameter(context_, "by");
    if (by.empty())
      for (const Json& value : values) add(field, value);
    else
      for (const Looked& looked : people()) add(by, context_.facts.person_uuid(looked.person));
    return said;
  }

  /// From now on neither the record that is decided on, when it is of this register itself, nor those at `apart` are a
  /// find.
  void leave_out_own() {
    const auto apart = text_parameter(context_, "apart");
    if (!apart.empty()) except_ = walk(context_.facts, context_.record.id, apart);
    except_.push_back(context_.record.id);
  }
  const RecordView* find_same() const {
    const auto first = context_.parameters.at("same").begin();
    return find(first.key(), *our_value(first->get<std::string>()));
  }

 private:
  bool is_own() const { return text_parameter(context_, "ours").empty(); }

  const RecordView* our_record() const {
    const auto found = walk(context_.facts, context_.record.id, text_parameter(context_, "ours"));
    return found.size() == 1 ? &record_at(context_.facts, found.front()) : nullptr;
  }

  const Json* our_value(const std::string& field) const {
    if (is_own()) return value_of(context_, field);
    if (!ours_) return nullptr;
    const auto found = ours_->body->find(field);
    return found == ours_->body->end() ? nullptr : &*found;
  }

  const Json& part(const char* parameter) const {
    static const Json none = Json::object();
    const auto found = context_.parameters.find(parameter);
    return found == context_.parameters.end() ? none : *found;
  }

  template <class Is>
  static bool any_of_names(const Json& all, Is is) {
    return std::any_of(all.begin(), all.end(), [&](const Json& name) { return is(name.get<std::string>()); });
  }
  /// Those of our fields that have to say something.
  template <class Is>
  bool any_compared_field(Is is) const {
    return any_of_names(part("same"), is) || any_of_names(part("covers"), is);
  }
  template <class Is>
  bool any_our_field(Is is) const {
    const Json& among = part("among");
    return any_compared_field(is) ||
           std::any_of(among.begin(), among.end(), [&](const Json& ours) { return any_of_names(ours, is); });
  }
  template <class Is>
  bool any_path(Is is) const {
    const Json& all = part("linked");
    return std::any_of(all.begin(), all.end(), [&](const Json& path) { return is(path.get<std::string>()); });
  }
  template <class Is>
  bool any_seat(Is is) const {
    const Json& all = part("seats");
    return std::any_of(all.begin(), all.end(), [&](const Json& seat) { return is(seat.get<std::string>()); });
  }

  bool fits(const RecordView& record) const {
    return selected(record, context_.parameters) && in_force(record) && is_same(record) && is_among(record) &&
           covers(record) && is_linked(record);
  }

  /// What ours leaves open is not compared.
  bool is_same(const RecordView& record) const {
    for (const auto& [theirs, ours] : part("same").items()) {
      const Json* value = our_value(ours.get<std::string>());
      if (value && !equal_or_among(record.body->value(theirs, Json()), *value)) return false;
    }
    return true;
  }

  /// One of our fields has the value of theirs, itself or as an element.
  bool is_among(const RecordView& record) const {
    for (const auto& [theirs, ours] : part("among").items()) {
      const Json value = record.body->value(theirs, Json());
      const bool named = std::any_of(ours.begin(), ours.end(), [&](const Json& field) {
        const Json* our = our_value(field.get<std::string>());
        return our && equal_or_among(*our, value);
      });
      if (!named) return false;
    }
    return true;
  }

  bool covers(const RecordView& record) const {
    for (const auto& [theirs, ours] : part("covers").items()) {
      const Json* value = our_value(ours.get<std::string>());
      if (value && !covers_all(record.body->value(theirs, Json()), *value)) return false;
    }
    return true;
  }

  bool is_linked(const RecordView& record) const {
    for (const auto& [link, path] : part("linked").items()) {
      const auto theirs = context_.facts.linked(record.id, link);
      const auto ours = walk(context_.facts, context_.record.id, path.get<std::string>());
      const bool meet = std::any_of(ours.begin(), ours.end(), [&](RecordId id) {
        return std::find(theirs.begin(), theirs.end(), id) != theirs.end();
      });
      if (!meet) return false;
    }
    return true;
  }

  /// Up to its last day, and as long afterwards as `plus` says; without a last day for ever.
  bool in_force(const RecordView& record) const {
    const auto until = text_parameter(context_, "until");
    if (until.empty()) return true;
    const Json last = record.body->value(std::string(until), Json());
    const auto day = last.is_string() ? parse_date(last.get_ref<const std::string&>()) : std::nullopt;
    if (!day) return true;
    const Date end = PolicyValues(context_.set, context_.facts, context_.record.id)
                         .after(*day, context_.parameters.value("plus", Json::array()), context_.now.calendar);
    return end >= local_date(context_.now.at, context_.now.zone);
  }

  const GuardContext& context_;
  const RecordView* ours_;
  std::vector<RecordId> except_;
};

UnmetGuard about(const GuardContext& context, std::string_view guard, const Looked& looked, Json values,
                 const std::string& code) {
  values["person"] = context.facts.person_uuid(looked.person);
  if (looked.seat.empty()) {
    const std::string whose = text_parameter(context, "who") == "second" ? "second_" : "actor_";
    return unmet(context, guard, whose + code, std::move(values));
  }
  const auto of = text_parameter(context, "of");
  const Definition* holder = type_at(context.set, *context.record.definition, of);
  values["other_type"] = holder ? holder->type : context.record.definition->type;
  values["other_seat"] = looked.seat;
  return unmet(context, guard, code, std::move(values));
}

}  // namespace

Unmet registered(const GuardContext& context) {
  const Register in(context);
  if (in.awaits()) return {};
  if (const auto field = in.empty_field()) return {unmet(context, "registered", "empty", {{"field", *field}})};
  if (in.find_same()) return {};
  return {unmet(context, "registered", "none", {{"linked_type", in.type()}})};
}

Unmet each_registered(const GuardContext& context) {
  const Register in(context);
  if (in.awaits()) return {};
  if (const auto field = in.empty_field()) return {unmet(context, "each_registered", "empty", {{"field", *field}})};
  Unmet found;
  for (const Looked& looked : in.people()) {
    if (in.find_of(looked.person)) continue;
    found.push_back(about(context, "each_registered", looked, {{"linked_type", in.type()}}, "none"));
  }
  return found;
}

Unmet some_registered(const GuardContext& context) {
  const Register in(context);
  const std::string each(text_parameter(context, "each")), as(text_parameter(context, "as"));
  if (in.awaits() || context.awaits(each)) return {};
  const Json* wanted = value_of(context, each);
  if (!wanted || !wanted->is_array()) return {};
  const auto said = in.said_in(as, *wanted);
  Unmet found;
  for (const Json& value : *wanted) {
    if (std::any_of(said.begin(), said.end(), [&](const Json& one) { return equal_or_among(one, value); })) continue;
    const char* const code = context.parameters.contains("who")     ? "actor_none"
                             : context.parameters.contains("seats") ? "nobody"
                                                                    : "none";
    found.push_back(
        unmet(context, "some_registered", code, {{"field", each}, {"value", value}, {"linked_type", in.type()}}));
  }
  return found;
}

Unmet none_registered(const GuardContext& context) {
  Register in(context);
  in.leave_out_own();
  if (in.awaits()) return {};
  Unmet found;
  for (const Looked& looked : in.people()) {
    const RecordView* record = in.find_of(looked.person);
    if (record) found.push_back(about(context, "none_registered", looked, named(*record), "present"));
  }
  return found;
}

Unmet not_registered(const GuardContext& context) {
  Register in(context);
  in.leave_out_own();
  if (in.awaits()) return {};
  if (const auto field = in.empty_field()) return {unmet(context, "not_registered", "empty", {{"field", *field}})};
  if (!in.find_same()) return {};
  const Json ours = context.parameters.at("same").begin().value();
  return {unmet(context, "not_registered", "present", {{"linked_type", in.type()}, {"field", ours}})};
}

Unmet within(const GuardContext& context) {
  const std::string field(text_parameter(context, "field")), their(text_parameter(context, "their"));
  const std::string besides(text_parameter(context, "or")), also(text_parameter(context, "also"));
  const auto of = text_parameter(context, "of");
  if (context.awaits(field) || awaits_path(context, of) || (!besides.empty() && context.awaits(besides))) return {};
  const Json* value = value_of(context, field);
  if (!value) return {};
  Json covered = Json::array();
  if (const Json* ours = besides.empty() ? nullptr : value_of(context, besides); ours && ours->is_array())
    covered.insert(covered.end(), ours->begin(), ours->end());
  bool nothing = true;
  for (const RecordId id : walk(context.facts, context.record.id, of)) {
    const RecordView& record = record_at(context.facts, id);
    if (!selected(record, context.parameters)) continue;
    nothing = false;
    for (const std::string& name : {their, also}) {
      const Json theirs = values_in(record, name);
      covered.insert(covered.end(), theirs.begin(), theirs.end());
    }
  }
  if (nothing && context.parameters.value("or_empty", false)) return {};
  const Definition* type = type_at(context.set, *context.record.definition, of);
  Unmet found;
  for (const Json& one : value->is_array() ? *value : Json::array({*value})) {
    if (equal_or_among(covered, one)) continue;
    found.push_back(unmet(context, "within", "beyond",
                          {{"field", field}, {"value", one}, {"linked_type", type ? type->type : std::string{}}}));
  }
  return found;
}

Unmet covers_all(const GuardContext& context) {
  const std::string field(text_parameter(context, "field")), their(text_parameter(context, "their"));
  const auto of = text_parameter(context, "of");
  if (context.awaits(field) || awaits_path(context, of)) return {};
  const Json* ours = value_of(context, field);
  Unmet found;
  for (const RecordId id : walk(context.facts, context.record.id, of)) {
    const RecordView& record = record_at(context.facts, id);
    if (!selected(record, context.parameters)) continue;
    for (const Json& one : values_in(record, their)) {
      if (ours && equal_or_among(*ours, one)) continue;
      Json values = named(record);
      values.update({{"field", their}, {"value", one}});
      values.update({{"other_type", context.record.definition->type}, {"other_field", field}});
      found.push_back(unmet(context, "covers_all", "missing", std::move(values)));
    }
  }
  return found;
}

Unmet none_within(const GuardContext& context) {
  const std::string field(text_parameter(context, "field")), their(text_parameter(context, "their")),
      unless(text_parameter(context, "unless"));
  const auto of = text_parameter(context, "of");
  if (context.awaits(field) || (!of.empty() && awaits_path(context, of))) return {};
  const Json* value = value_of(context, field);
  if (!value) return {};
  if (!unless.empty()) {
    const Json* said = value_of(context, unless);
    if (context.awaits(unless) || (said && is_filled(*said))) return {};
  }
  Unmet found;
  for (const RecordId id : walk(context.facts, context.record.id, of)) {
    const RecordView& record = of.empty() ? context.record : record_at(context.facts, id);
    if (!selected(record, context.parameters)) continue;
    const Json theirs = values_in(record, their);
    Json excluded = Json::array();
    for (const Json& one : value->is_array() ? *value : Json::array({*value})) {
      if (std::find(theirs.begin(), theirs.end(), one) != theirs.end()) excluded.push_back(one);
    }
    if (excluded.empty()) continue;
    Json values = named(record);
    values.update({{"field", their}, {"one_of", std::move(excluded)}});
    if (!unless.empty()) values.update({{"other_type", context.record.definition->type}, {"other_field", unless}});
    found.push_back(unmet(context, "none_within", unless.empty() ? "excluded" : "needs", std::move(values)));
  }
  return found;
}

}  // namespace assay::guard
