// Checks the guards of a command: what their parameters name.
#include <fmt/format.h>

#include <algorithm>

#include "domain/check_parts.h"
#include "domain/paths.h"

namespace assay {
namespace {

class GuardCheck {
 public:
  GuardCheck(const ExaminedCommand& examined, const GuardUse& use, std::string pointer)
      : examined_(examined),
        in_(examined.in),
        use_(use),
        pointer_(std::move(pointer)),
        other_(&examined.in.definition) {}

  void run() {
    for (const char* path : {"link", "of"}) {
      if (const auto found = use_.parameters.find(path); found != use_.parameters.end())
        follow(path, found->get<std::string>());
    }
    if (!other_) return;
    fields();
    values();
    dates();
    seats();
    linked();
    commands();
    who();
    waiver();
  }

 private:
  void flaw(std::string_view parameter, std::string reason) {
    in_.flaw_at(pointer_to(pointer_, parameter), std::move(reason));
  }

  void follow(const char* parameter, const std::string& path) {
    other_ = type_at(in_.set, in_.definition, path);
    if (!other_) flaw(parameter, fmt::format("`{}` leads nowhere from {}", path, in_.definition.type));
  }

  template <class Each>
  void each(const char* parameter, Each act) {
    const auto found = use_.parameters.find(parameter);
    if (found == use_.parameters.end()) return;
    for (std::size_t i = 0; i < found->size(); ++i) {
      act(fmt::format("{}/{}", parameter, i), (*found)[i].get<std::string>());
    }
  }

  void flaw_below(const std::string& place, std::string reason) {
    in_.flaw_at(pointer_ + "/" + place, std::move(reason));
  }

  void fields() {
    each("fields", [&](const std::string& place, const std::string& name) {
      if (!in_.field(name)) flaw_below(place, fmt::format("there is no field `{}`", name));
    });
    each("have", [&](const std::string& place, const std::string& name) {
      const auto field = other_->fields.find(name);
      if (field == other_->fields.end() || field->second.keep == Keep::event) {
        flaw_below(place, fmt::format("{} keeps no field `{}`", other_->type, name));
      }
    });
    const auto field = use_.parameters.find("field");
    if (field != use_.parameters.end() && !in_.field(field->get<std::string>())) {
      flaw("field", fmt::format("there is no field `{}`", field->get<std::string>()));
    }
  }

  const FieldDefinition* named_field() const { return in_.field(use_.parameters.value("field", std::string{})); }

  void values() {
    const auto one_of = use_.parameters.find("one_of");
    const FieldDefinition* field = named_field();
    if (one_of == use_.parameters.end() || !field) return;
    for (std::size_t i = 0; i < one_of->size(); ++i) {
      if (const auto why = misfit(*field, (*one_of)[i]); !why.empty()) flaw_below(fmt::format("one_of/{}", i), why);
    }
  }

  void dates() {
    const auto than = use_.parameters.find("than");
    const FieldDefinition* field = named_field();
    if (field && than != use_.parameters.end() && !in_.is_date(field->name)) flaw("field", "is not a date");
    if (than == use_.parameters.end() || *than == "today") return;
    if (!in_.is_date(than->get<std::string>())) flaw("than", "is neither today nor a date field");
  }

  void seats() {
    const bool elsewhere = use_.name == "actor_not";
    each("roles", [&](const std::string& place, const std::string& name) {
      if (!in_.set.roles.contains(name)) flaw_below(place, fmt::format("there is no role `{}`", name));
    });
    each("seats", [&](const std::string& place, const std::string& name) {
      const Definition& type = elsewhere ? *other_ : in_.definition;
      if (!type.people.contains(name)) flaw_below(place, fmt::format("{} has no seat `{}`", type.type, name));
    });
    each("from", [&](const std::string& place, const std::string& name) {
      if (!other_->people.contains(name)) flaw_below(place, fmt::format("{} has no seat `{}`", other_->type, name));
    });
    if (use_.name == "actor_is_not" && named_field() && !named_field()->person)
      flaw("field", "names no person (x-person)");
    if (use_.name != "not_own_area" || !named_field()) return;
    const auto& command = examined_.command;
    const auto taken = [&](const std::vector<std::string>& names) {
      return std::find(names.begin(), names.end(), named_field()->name) != names.end();
    };
    if (!taken(command.must) && !taken(command.may)) flaw("field", "is not part of the command's input");
    const Json items = named_field()->schema.value("items", Json::object());
    const Json properties = items.value("properties", Json::object());
    for (const char* name : {"question", "subject", "auditor"}) {
      if (!properties.contains(name)) flaw("field", fmt::format("its elements have no `{}`", name));
    }
  }

  void linked() {
    if (!use_.parameters.contains("link")) return;
    check_selection(in_, *other_, use_.parameters, pointer_);
    if (use_.name == "linked_all" && !use_.parameters.contains("in") && !use_.parameters.contains("have")) {
      in_.flaw_at(pointer_, "asks nothing of the linked records: `in` or `have` is missing");
    }
  }

  void commands() {
    each("commands", [&](const std::string& place, const std::string& name) {
      if (!other_->commands.contains(name))
        flaw_below(place, fmt::format("{} has no command `{}`", other_->type, name));
    });
  }

  void who() {
    const auto who = use_.parameters.find("who");
    if (who == use_.parameters.end()) return;
    if (*who != "actor" && *who != "second") flaw("who", "must be actor or second");
    if (*who == "second" && examined_.command.second.empty()) flaw("who", "the command takes no second person");
  }

  void waiver() {
    if (!use_.waiver) return;
    for (const auto& [name, command] : in_.definition.commands) {
      for (const EffectUse& effect : command.effects) {
        if (effect.kind == "waive" && effect.parameters.at("waiver") == *use_.waiver) return;
      }
    }
    flaw("waiver", fmt::format("no command can grant the waiver `{}`", *use_.waiver));
  }

  const ExaminedCommand& examined_;
  const Examined& in_;
  const GuardUse& use_;
  std::string pointer_;
  const Definition* other_;
};

}  // namespace

void check_guards(const ExaminedCommand& examined) {
  const auto& guards = examined.command.guards;
  for (std::size_t i = 0; i < guards.size(); ++i) {
    GuardCheck(examined, guards[i], fmt::format("{}/guards/{}", examined.pointer, i)).run();
  }
}

}  // namespace assay
