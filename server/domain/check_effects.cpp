// Checks the effects of a command: what they name, what they send, and that they never send each other in circles.
#include <fmt/format.h>

#include <algorithm>

#include "domain/calculated.h"
#include "domain/check_parts.h"
#include "domain/paths.h"
#include "domain/plugin_guard.h"

namespace assay {
namespace {

constexpr double longest_months = 1200;

class EffectCheck {
 public:
  EffectCheck(const ExaminedCommand& examined, const EffectUse& use, std::string pointer)
      : in_(examined.in), command_(examined.command), use_(use), pointer_(std::move(pointer)) {}

  void run() {
    if (use_.kind == "set") set();
    if (use_.kind == "append") append();
    if (use_.kind == "assign" || use_.kind == "clear") seat();
    if (use_.kind == "create") create();
    if (use_.kind == "send") send();
    if (use_.kind == "tell") tell();
    if (use_.kind == "freeze") freeze();
    if (use_.kind == "waive") waive();
    if (use_.kind == "dispose") dispose();
    if (use_.kind == "erase_person") erase();
    if (use_.kind == "restrict_person" || use_.kind == "lift_restriction") seat();
  }

 private:
  std::string text(const char* name) const { return use_.parameters.at(name).get<std::string>(); }
  void flaw(std::string_view parameter, std::string reason) {
    in_.flaw_at(pointer_to(pointer_, parameter), std::move(reason));
  }

  void set() {
    for (const auto& [name, value] : use_.parameters.at("values").items()) {
      const std::string at = pointer_to(pointer_ + "/values", name);
      const FieldDefinition* field = in_.field(name);
      if (const auto link = in_.definition.links.find(name); link != in_.definition.links.end()) {
        if (link->second.parent) in_.flaw_at(at, "a parent is named when the record is made");
        records(link->second, value, at);
      } else if (!field || field->keep != Keep::body) {
        in_.flaw_at(at, fmt::format("there is no field `{}` that the body keeps", name));
      } else if (is_calculated(value)) {
        calculated(*field, value, at);
      } else {
        value_for(*field, value, at);
      }
    }
  }

  /// {"calculate": NAME, "from": {PARAMETER: value}, "take": MEMBER}: known, complete, and of a shape that fits.
  void calculated(const FieldDefinition& field, const Json& value, const std::string& at) {
    const Json from = value.value("from", Json()), take = value.value("take", Json());
    if (value.size() != 3 || !value.at("calculate").is_string() || !from.is_object() || !take.is_string())
      return in_.flaw_at(at, "must be {calculate, from, take}");
    const NamedCalculation* calculation = find_calculation(value.at("calculate").get_ref<const std::string&>());
    if (!calculation) return in_.flaw_at(at + "/calculate", "is no calculation that definitions may name");
    if (!is_among(calculation->gives, take.get_ref<const std::string&>()))
      return in_.flaw_at(at + "/take", fmt::format("must be one of: {}", calculation->gives));
    if (const auto missing = missing_parameters(*calculation, from); !missing.empty())
      return in_.flaw_at(at + "/from", fmt::format("must say: {}", missing));
    Json literals = Json::parse(calculation->example);
    for (const auto& [name, given] : from.items()) {
      const std::string place = pointer_to(at + "/from", name);
      if (!is_among(calculation->parameters, name)) {
        in_.flaw_at(place, fmt::format("must be one of: {}", calculation->parameters));
      } else if (given.is_string() && given.get_ref<const std::string&>().starts_with('@')) {
        reference(given.get<std::string>(), place);
      } else if (is_day(given) || is_elsewhere(given) || is_some(given) || is_choice(given) || is_first(given)) {
        in_.flaw_at(
            place, "a calculation takes @actor, @today, @now, @self, @chance, @record.FIELD, @input.NAME or a literal");
      } else {
        literals[name] = given;
      }
    }
    const auto made = calculation->run(PolicyValues(in_.set), literals, "en");
    if (!made) {
      const auto& wrong = made.error().invalid;
      return in_.flaw_at(at + "/from", wrong.empty() ? made.error().detail : wrong[0].pointer + " " + wrong[0].detail);
    }
    if (const auto why = misfit(field, made->at(take.get<std::string>())); !why.empty()) in_.flaw_at(at, why);
  }

  /// A literal must fit the field; "@..." must name something that can stand there.
  void value_for(const FieldDefinition& field, const Json& value, const std::string& at) {
    if (value.is_null()) return;
    if (is_day(value)) return day(field, value, at);
    if (is_elsewhere(value)) return elsewhere(field, value, at);
    if (is_some(value)) return some(field, value, at);
    if (is_choice(value)) return choice(field, value, at);
    if (is_first(value)) return first(field, value, at);
    if (!value.is_string() || !value.get_ref<const std::string&>().starts_with('@')) {
      if (const auto why = misfit(field, value); !why.empty()) in_.flaw_at(at, why);
      return;
    }
    const auto name = value.get<std::string>();
    const Json format = field.schema.value("format", Json());
    if (name == "@actor" && format != "uuid") in_.flaw_at(at, "@actor needs a field of the format uuid");
    if (name == "@self" && format != "uuid") in_.flaw_at(at, "@self needs a field of the format uuid");
    if (name == "@chance") return in_.flaw_at(at, "@chance is for calculations alone");
    if (name == "@today" && format != "date") in_.flaw_at(at, "@today needs a field of the format date");
    if (name == "@now" && format != "date-time") in_.flaw_at(at, "@now needs a field of the format date-time");
    reference(name, at);
  }

  /// {"some": PATH, "in": [states and groups]}
  void some(const FieldDefinition& field, const Json& value, const std::string& at) {
    const Json in = value.value("in", Json());
    const bool states = in.is_array() && !in.empty() &&
                        std::all_of(in.begin(), in.end(), [](const Json& state) { return state.is_string(); });
    if (value.size() != 2 || !value.at("some").is_string() || !states) return in_.flaw_at(at, "must be {some, in}");
    const auto path = value.at("some").get<std::string>();
    const Definition* type = type_at(in_.set, in_.definition, path);
    if (!type) return in_.flaw_at(at + "/some", fmt::format("`{}` leads nowhere from {}", path, in_.definition.type));
    check_selection(in_, *type, value, at);
    if (field.schema.value("type", Json()) != "boolean") in_.flaw_at(at, "needs a field that is true or false");
  }

  /// {"first": [value, value, ...]}
  void first(const FieldDefinition& field, const Json& value, const std::string& at) {
    const Json& values = value.at("first");
    if (value.size() != 1 || !values.is_array() || values.size() < 2)
      return in_.flaw_at(at, "must be {first}: a list of two values at least");
    for (std::size_t i = 0; i < values.size(); ++i) value_for(field, values[i], fmt::format("{}/first/{}", at, i));
  }

  /// {"choose": POLICY, "of": {OPTION: value}}: each option of that choice, with a value that fits.
  void choice(const FieldDefinition& field, const Json& value, const std::string& at) {
    const Json of = value.value("of", Json());
    if (value.size() != 2 || !value.at("choose").is_string() || !of.is_object())
      return in_.flaw_at(at, "must be {choose, of}");
    const auto policy = in_.set.policies.find(value.at("choose").get<std::string>());
    if (policy == in_.set.policies.end() || policy->second.options.empty())
      return in_.flaw_at(at + "/choose",
                         fmt::format("there is no choice {} among the policies", value["choose"].dump()));
    for (const auto& [option, label] : policy->second.options) {
      if (!of.contains(option)) in_.flaw_at(at + "/of", fmt::format("the option `{}` is missing", option));
    }
    for (const auto& [option, one] : of.items()) {
      const std::string place = pointer_to(at + "/of", option);
      if (!policy->second.options.contains(option)) {
        in_.flaw_at(place, fmt::format("`{}` is no option of {}", option, policy->first));
      } else {
        value_for(field, one, place);
      }
    }
  }

  /// {"day": "@...", "plus"?: POLICIES, "months"?: "@...", "day_of_month"?: "@..."}
  void day(const FieldDefinition& field, const Json& value, const std::string& at) {
    const Json& from = value.at("day");
    const auto kept = value.find("day_of_month");
    const std::size_t known = 1U + value.count("plus") + value.count("months") + value.count("day_of_month");
    if (!from.is_string() || value.size() != known || (kept != value.end() && !kept->is_string()))
      return in_.flaw_at(at, "must be {day, plus?, months?, day_of_month?}");
    value_for(field, from, at + "/day");
    if (field.schema.value("format", Json()) != "date") in_.flaw_at(at, "a day needs a field of the format date");
    if (const auto plus = value.find("plus"); plus != value.end()) check_plus(in_, *plus, at + "/plus");
    if (const auto count = value.find("months"); count != value.end()) months(*count, at + "/months");
    if (kept != value.end()) value_for(field, *kept, at + "/day_of_month");
  }

  /// A whole number of this record or of the input that stays within a century.
  void months(const Json& value, const std::string& at) {
    const std::string name = value.is_string() ? value.get<std::string>() : std::string{};
    const std::string_view prefix = name.starts_with("@input.") ? "@input." : "@record.";
    const FieldDefinition* field = name.starts_with(prefix) ? in_.field(name.substr(prefix.size())) : nullptr;
    if (!field) return in_.flaw_at(at, "must be @record.FIELD or @input.NAME");
    reference(name, at);
    const Json& schema = field->schema;
    const Json least = schema.value("minimum", Json()), most = schema.value("maximum", Json());
    if (schema.value("type", Json()) != "integer" || !least.is_number() || !most.is_number() ||
        least.get<double>() < -longest_months || most.get<double>() > longest_months)
      in_.flaw_at(at, fmt::format("`{}` must be an integer with a minimum and a maximum within a century", name));
  }

  /// {"at": PATH}: records that the link may lead to.
  void records(const LinkDefinition& link, const Json& value, const std::string& at) {
    if (!is_elsewhere(value) || value.size() != 1 || !value.at("at").is_string())
      return in_.flaw_at(at, "a link is given as {at}");
    const auto path = value.at("at").get<std::string>();
    const Definition* type = type_at(in_.set, in_.definition, path);
    if (!type || type->type != link.to)
      in_.flaw_at(at + "/at", fmt::format("`{}` does not lead from {} to {}", path, in_.definition.type, link.to));
  }

  /// {"at": PATH, "field": FIELD}
  void elsewhere(const FieldDefinition& field, const Json& value, const std::string& at) {
    if (value.size() != 2 || !value.at("at").is_string() || !value.value("field", Json()).is_string()) {
      return in_.flaw_at(at, "must be {at, field}");
    }
    const auto path = value.at("at").get<std::string>();
    const Definition* type = type_at(in_.set, in_.definition, path);
    if (!type) return in_.flaw_at(at + "/at", fmt::format("`{}` leads nowhere from {}", path, in_.definition.type));
    const auto there = type->fields.find(value.at("field").get<std::string>());
    if (there == type->fields.end() || there->second.keep != Keep::body) {
      return in_.flaw_at(at + "/field", fmt::format("{} keeps no field {}", type->type, value.at("field").dump()));
    }
    for (const char* name : {"type", "format", "enum"}) {
      if (there->second.schema.value(name, Json()) == field.schema.value(name, Json())) continue;
      return in_.flaw_at(at, fmt::format("the two fields differ in `{}`", name));
    }
  }

  void freeze() {
    const FieldDefinition* field = in_.field(text("dossier"));
    if (!field || field->keep != Keep::dossier)
      flaw("dossier", fmt::format("there is no dossier `{}`", text("dossier")));
  }

  void reference(const std::string& name, const std::string& at) {
    if (name == "@actor") {
      if (has(command_.by, "timer")) in_.flaw_at(at, "a timer is no actor");
    } else if (name == "@self") {
      if (command_.creates()) in_.flaw_at(at, "a new record has no id yet");
    } else if (name.starts_with("@record.")) {
      const FieldDefinition* field = in_.field(name.substr(8));
      if (!field || field->keep != Keep::body)
        in_.flaw_at(at, fmt::format("`{}` names no field that the body keeps", name));
    } else if (name.starts_with("@input.")) {
      const auto input = name.substr(7);
      if (!has(command_.must, input) && !has(command_.may, input)) {
        in_.flaw_at(at, fmt::format("`{}` is not part of the command's input", name));
      }
    } else if (name != "@today" && name != "@now" && name != "@chance") {
      in_.flaw_at(
          at,
          fmt::format("`{}` is not known: @actor, @today, @now, @self, @chance, @record.FIELD or @input.NAME", name));
    }
  }

  void append() {
    const FieldDefinition* field = in_.field(text("list"));
    if (!field || field->keep != Keep::list) flaw("list", fmt::format("there is no list `{}`", text("list")));
    const auto times = std::count_if(command_.effects.begin(), command_.effects.end(), [&](const EffectUse& use) {
      return use.kind == "append" && use.parameters == use_.parameters;
    });
    if (times > 1) flaw("list", "one step appends one version");
  }

  bool gives_people(const std::string& input) const {
    const FieldDefinition* field = in_.field(input);
    return in_.definition.people.contains(input) || (field && field->person);
  }

  void seat() {
    if (!in_.definition.people.contains(text("seat"))) flaw("seat", fmt::format("there is no seat `{}`", text("seat")));
    if (!use_.parameters.contains("to")) return;
    const Json& to = use_.parameters.at("to");
    const std::string at = pointer_ + "/to";
    if (to.is_string()) {
      const auto name = to.get<std::string>();
      const bool person = name == "@actor" || name.starts_with("@input.") || name.starts_with("@record.");
      if (!person) return in_.flaw_at(at, "must be @actor, @record.FIELD, @input.NAME or {seat, of}");
      if (name.starts_with("@record.") && in_.field(name.substr(8)) && !in_.field(name.substr(8))->person) {
        in_.flaw_at(at, "names no person (x-person)");
      }
      if (name.starts_with("@input.") && !gives_people(name.substr(7))) in_.flaw_at(at, "names no person or seat");
      return reference(name, at);
    }
    if (!to.is_object() || !to.contains("seat") || !to["seat"].is_string() || !to.value("of", Json("")).is_string()) {
      return in_.flaw_at(at, "must be @actor, @record.FIELD, @input.NAME or {seat, of}");
    }
    const Definition* type = type_at(in_.set, in_.definition, to.value("of", std::string{}));
    if (!type) return in_.flaw_at(at + "/of", "leads nowhere");
    const auto name = to["seat"].get<std::string>();
    if (!type->people.contains(name)) in_.flaw_at(at + "/seat", fmt::format("{} has no seat `{}`", type->type, name));
  }

  /// What is common to creating and sending: the command is there, takes it from here, and gets all that it must have.
  const CommandDefinition* sent(const Definition& type, const std::string& link) {
    const auto found = type.commands.find(text("command"));
    if (found == type.commands.end()) {
      flaw("command", fmt::format("{} has no command `{}`", type.type, text("command")));
      return nullptr;
    }
    const CommandDefinition& command = found->second;
    if (!has(command.by, "via:" + in_.definition.type)) {
      flaw("command", fmt::format("{}.{} is not by via:{}", type.type, command.name, in_.definition.type));
    }
    const Json input = use_.parameters.value("input", Json::object());
    for (const std::string& name : command.must) {
      if (name != link && !input.contains(name))
        flaw("input", fmt::format("`{}` is missing, which {} must have", name, command.name));
    }
    for (const auto& [name, value] : input.items()) input_value(type, command, name, value);
    return &command;
  }

  void input_value(const Definition& type, const CommandDefinition& command, const std::string& name,
                   const Json& value) {
    const std::string at = pointer_to(pointer_ + "/input", name);
    const auto field = type.fields.find(name);
    if (name == "comment") return;
    if (!has(command.must, name) && !has(command.may, name)) {
      in_.flaw_at(at, fmt::format("is not part of the input of {}", command.name));
    } else if (field != type.fields.end()) {
      value_for(field->second, value, at);
    } else if (value.is_string() && value.get_ref<const std::string&>().starts_with('@')) {
      reference(value.get<std::string>(), at);
    } else if (const auto to = type.links.find(name); to != type.links.end() && is_elsewhere(value)) {
      records(to->second, value, at);
    } else {
      in_.flaw_at(at, "people and links are given as @actor, @record.FIELD or @input.NAME, links also as {at}");
    }
  }

  void create() {
    const Definition* type = in_.set.find(text("type"));
    if (!type) return flaw("type", fmt::format("there is no type `{}`", text("type")));
    const auto link = type->links.find(text("link"));
    if (link == type->links.end() || link->second.to != in_.definition.type) {
      flaw("link", fmt::format("{} has no link `{}` to {}", type->type, text("link"), in_.definition.type));
    }
    const CommandDefinition* command = sent(*type, text("link"));
    if (command && !command->creates()) flaw("command", "makes no record");
  }

  void send() {
    const auto path = text("to");
    const Definition* type = type_at(in_.set, in_.definition, path);
    if (!type) return flaw("to", fmt::format("`{}` leads nowhere from {}", path, in_.definition.type));
    check_selection(in_, *type, use_.parameters, pointer_);
    const CommandDefinition* command = sent(*type, "");
    if (!command) return;
    if (command->creates()) return flaw("command", "makes a record; the effect for that is create");
    Json all = Json::array();
    for (const auto& [name, state] : type->states) all.push_back(name);
    for (const std::string& state : states_of(*type, use_.parameters.value("in", all))) {
      if (command->from.contains(state)) continue;
      flaw("in", fmt::format("{}.{} is refused in the state {}", type->type, command->name, state));
    }
  }

  void tell() {
    const Json& roles = use_.parameters.at("roles");
    for (std::size_t i = 0; i < roles.size(); ++i) {
      const auto name = roles[i].get<std::string>();
      if (!in_.knows_role(name))
        in_.flaw_at(fmt::format("{}/roles/{}", pointer_, i), fmt::format("there is no role or seat `{}`", name));
    }
  }

  /// What cannot be taken back: by two people, of nobody who is still here or awaited.
  void erase() {
    seat();
    if (command_.second.empty()) in_.flaw_at(pointer_, "an erasure takes a second person: `second` is missing");
    for (const char* name : {"have_left", "nothing_awaits"}) {
      const bool asked = std::any_of(command_.guards.begin(), command_.guards.end(), [&](const GuardUse& guard) {
        if (guard.name != name || guard.waiver) return false;
        const Json& seats = guard.parameters.at("seats");
        return std::find(seats.begin(), seats.end(), use_.parameters.at("seat")) != seats.end();
      });
      if (!asked) in_.flaw_at(pointer_, fmt::format("an erasure takes the guard `{}` about that seat", name));
    }
    // Guards are asked before effects: they would have looked at somebody else.
    const bool reseats = std::any_of(command_.effects.begin(), command_.effects.end(), [&](const EffectUse& other) {
      return (other.kind == "assign" || other.kind == "clear") &&
             other.parameters.at("seat") == use_.parameters.at("seat");
    });
    if (reseats) in_.flaw_at(pointer_, "an erasure is of who was seated before: the command gives that seat to others");
  }

  void dispose() {
    if (command_.second.empty()) in_.flaw_at(pointer_, "a disposal takes a second person: `second` is missing");
    const Json& links = use_.parameters.at("links");
    for (std::size_t i = 0; i < links.size(); ++i) {
      const auto link = in_.definition.links.find(links[i].get<std::string>());
      const std::string place = fmt::format("{}/links/{}", pointer_, i);
      if (link == in_.definition.links.end()) {
        in_.flaw_at(place, fmt::format("there is no link `{}`", links[i].get<std::string>()));
      } else if (link->second.parent) {
        in_.flaw_at(place, "what a record hangs below would go with it");
      } else if (has(command_.must, link->first) || has(command_.may, link->first)) {
        in_.flaw_at(place, "is named by the same command: nobody would have looked at it before");
      }
      const bool asked = std::any_of(command_.guards.begin(), command_.guards.end(), [&](const GuardUse& guard) {
        if (guard.name != "disposable" || guard.waiver) return false;
        const Json& judged = guard.parameters.at("links");
        return std::find(judged.begin(), judged.end(), links[i]) != judged.end();
      });
      if (!asked) in_.flaw_at(place, "a disposal takes the guard `disposable` about that link");
    }
  }

  void waive() {
    if (command_.second.empty()) in_.flaw_at(pointer_, "a waiver takes a second person: `second` is missing");
    if (!has(command_.must, "reason")) in_.flaw_at(pointer_, "a waiver takes a reason: `must` lacks `reason`");
    for (const auto& [name, command] : in_.definition.commands) {
      for (const GuardUse& guard : command.guards) {
        if (guard.waiver == text("waiver")) return;
      }
    }
    flaw("waiver", fmt::format("no guard has the waiver `{}`", text("waiver")));
  }

  const Examined& in_;
  const CommandDefinition& command_;
  const EffectUse& use_;
  std::string pointer_;
};

using Step = std::pair<std::string, std::string>;  // type, command

/// The steps that a command's effects cause.
std::vector<Step> caused(const WorkflowSet& set, const Definition& definition, const CommandDefinition& command) {
  std::vector<Step> steps;
  for (const EffectUse& use : command.effects) {
    const Definition* type = nullptr;
    if (use.kind == "create") type = set.find(use.parameters.at("type").get<std::string>());
    if (use.kind == "send") type = type_at(set, definition, use.parameters.at("to").get<std::string>());
    if (!type) continue;
    const auto name = use.parameters.at("command").get<std::string>();
    if (type->commands.contains(name)) steps.emplace_back(type->type, name);
  }
  return steps;
}

bool leads_to_plugin(const WorkflowSet& set, const Definition& definition, const CommandDefinition& command,
                     const std::function<bool(const GuardUse&)>& counts, std::set<Step>& seen) {
  const bool asks = std::any_of(command.guards.begin(), command.guards.end(),
                                [&](const GuardUse& use) { return asks_plugin(use) && counts(use); });
  if (asks) return true;
  const auto steps = caused(set, definition, command);
  return std::any_of(steps.begin(), steps.end(), [&](const Step& next) {
    if (!seen.insert(next).second) return false;
    const Definition& type = set.types.at(next.first);
    return leads_to_plugin(set, type, type.commands.at(next.second), counts, seen);
  });
}

bool comes_back(const WorkflowSet& set, const Step& start, const Step& at, std::set<Step>& seen) {
  const Definition& definition = set.types.at(at.first);
  for (const Step& next : caused(set, definition, definition.commands.at(at.second))) {
    if (next == start) return true;
    if (seen.insert(next).second && comes_back(set, start, next, seen)) return true;
  }
  return false;
}

}  // namespace

void check_effects(const ExaminedCommand& examined) {
  const auto& effects = examined.command.effects;
  for (std::size_t i = 0; i < effects.size(); ++i) {
    EffectCheck(examined, effects[i], fmt::format("{}/effects/{}", examined.pointer, i)).run();
  }
}

bool reaches_plugin(const WorkflowSet& set, const Definition& definition, const CommandDefinition& command,
                    const std::function<bool(const GuardUse&)>& counts) {
  std::set<Step> seen;
  return leads_to_plugin(set, definition, command, counts, seen);
}

void check_effect_cycles(const WorkflowSet& set, std::vector<Flaw>& flaws) {
  for (const auto& [type, definition] : set.types) {
    for (const auto& [name, command] : definition.commands) {
      std::set<Step> seen;
      if (!comes_back(set, {type, name}, {type, name}, seen)) continue;
      flaws.push_back(
          {definition.source, pointer_to("/commands", name) + "/effects", "the effects come back to this command"});
    }
  }
}

}  // namespace assay
