// Checks the guards of a command: what their parameters name.
#include <fmt/format.h>

#include <algorithm>
#include <map>

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
    if (use_.name == "requirements_evidenced") return evidenced();
    if (use_.name == "plugin_allows") return of_plugin();
    if (use_.name == "disposable") return disposable();
    if (use_.parameters.contains("type")) return look_up();
    for (const char* path : {"link", "of"}) {
      if (const auto found = use_.parameters.find(path); found != use_.parameters.end())
        follow(path, found->get<std::string>());
    }
    if (!other_) return;
    fields();
    values();
    use_.name == "each_at_least" ? levels() : dates();
    least();
    above();
    rated();
    seats();
    elements();
    check_audit_guard(in_, use_, pointer_);
    linked();
    commands();
    since();
    within();
    among();
    dossier();
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
    if (const auto file = use_.parameters.find("file"); file != use_.parameters.end()) {
      const auto known = other_->fields.find(file->get<std::string>());
      if (known == other_->fields.end() || known->second.keep != Keep::body)
        flaw("file", fmt::format("{} keeps no field `{}`", other_->type, file->get<std::string>()));
    }
    const auto field = use_.parameters.find("field");
    const bool today = field != use_.parameters.end() && *field == "today" && use_.parameters.contains("than");
    if (field != use_.parameters.end() && !today && !in_.field(field->get<std::string>())) {
      flaw("field", fmt::format("there is no field `{}`", field->get<std::string>()));
    }
  }

  const FieldDefinition* named_field() const { return in_.field(use_.parameters.value("field", std::string{})); }

  void values() {
    const auto one_of = use_.parameters.find("one_of");
    const FieldDefinition* field = named_field();
    if (one_of == use_.parameters.end() || !field || use_.parameters.contains("member")) return;  // of a row's member
    for (std::size_t i = 0; i < one_of->size(); ++i) {
      if (const auto why = misfit(*field, (*one_of)[i]); !why.empty()) flaw_below(fmt::format("one_of/{}", i), why);
    }
  }

  void dates() {
    const auto than = use_.parameters.find("than");
    const FieldDefinition* field = named_field();
    if (field && than != use_.parameters.end() && !in_.is_date(field->name)) flaw("field", "is not a date");
    if (const auto plus = use_.parameters.find("plus"); plus != use_.parameters.end())
      check_plus(in_, *plus, pointer_ + "/plus");
    if (than == use_.parameters.end() || *than == "today") return;
    const Examined there{in_.set, *other_, in_.flaws};
    if (!there.is_date(than->get<std::string>())) flaw("than", "is neither today nor a date field");
  }

  /// A number of ours, and a policy that is one.
  void least() {
    if (use_.name != "at_least") return;
    const FieldDefinition* field = named_field();
    const auto type = field ? field->schema.value("type", std::string{}) : "number";
    if (type != "integer" && type != "number") flaw("field", "is no number");
    const auto policy = in_.set.policies.find(use_.parameters.at("policy").get<std::string>());
    if (policy == in_.set.policies.end() || !policy->second.value.is_number_integer())
      flaw("policy", "is no policy that is one whole number");
  }

  static bool is_number(const FieldDefinition& field) {
    const auto type = field.schema.value("type", Json());
    return type == "integer" || type == "number";
  }

  /// A number of ours and one of theirs, and what is compared besides.
  void above() {
    if (use_.name != "above") return;
    if (named_field() && !is_number(*named_field())) flaw("field", "is no number");
    const auto their = other_->fields.find(use_.parameters.at("their").get<std::string>());
    if (their != other_->fields.end() && !is_number(their->second)) flaw("their", "is no number");
    check_selection(in_, *other_, use_.parameters, pointer_);
    for (const auto& [theirs, ours] : members("same")) {
      if (!other_->fields.contains(theirs)) flaw("same", fmt::format("{} has no field `{}`", other_->type, theirs));
      our_field("same", ours);
    }
  }

  /// Values in an order, whole numbers, and the least product for each value but the first.
  void rated() {
    if (use_.name != "rated") return;
    each("factors", [&](const std::string& place, const std::string& name) {
      const FieldDefinition* factor = in_.field(name);
      if (!factor || factor->schema.value("type", Json()) != "integer") flaw_below(place, "is no whole number");
    });
    const Json order = named_field() ? named_field()->schema.value("enum", Json::array()) : Json::array();
    if (order.empty()) return flaw("field", "has no values in an order (`enum`)");
    const auto policy = in_.set.policies.find(use_.parameters.at("policy").get<std::string>());
    if (policy == in_.set.policies.end() || !policy->second.value.is_array() ||
        policy->second.value.size() + 1 != order.size() || !policy->second.value.front().is_number_integer())
      flaw("policy", fmt::format("is no policy that lists {} whole numbers", order.size() - 1));
  }

  /// The members of an object of whole numbers; nothing when the field is none.
  static std::vector<std::string> whole_members(const FieldDefinition* field) {
    std::vector<std::string> names;
    const Json members = field ? field->schema.value("properties", Json::object()) : Json::object();
    for (const auto& [name, schema] : members.items()) {
      if (schema.value("type", Json()) != "integer") return {};
      names.push_back(name);
    }
    return names;
  }

  /// Vectors of levels: the same members on both sides, and in what is excepted no others.
  void levels() {
    const auto is_whole = [](const FieldDefinition* field) {
      return field && field->schema.value("type", Json()) == "integer";
    };
    const bool numbers = is_whole(named_field()) && is_whole(in_.field(use_.parameters.at("than").get<std::string>()));
    if (numbers && !use_.parameters.contains("except")) return;
    const auto ours = whole_members(named_field());
    const auto limits = whole_members(in_.field(use_.parameters.at("than").get<std::string>()));
    if (ours.empty()) flaw("field", "is neither a whole number, without `except`, nor an object of them");
    if (ours != limits) flaw("than", "has other members");
    if (use_.parameters.contains("except") != use_.parameters.contains("their")) flaw("except", "goes with `their`");
    if (!use_.parameters.contains("except") || !use_.parameters.contains("their")) return;
    const Definition* there = leads("except", use_.parameters.at("except").get<std::string>());
    if (!there) return;
    check_selection(in_, *there, use_.parameters, pointer_);
    const auto their = there->fields.find(use_.parameters.at("their").get<std::string>());
    if (whole_members(their == there->fields.end() ? nullptr : &their->second) != ours)
      flaw("their", "is no field with the same members");
  }

  /// Answers, where their evidence is, and the register that pairs requirements with what evidence is about.
  void evidenced() {
    fields();
    elements();
    leads("of", use_.parameters.at("of").get<std::string>());
    const Definition* type = in_.set.find(use_.parameters.at("type").get<std::string>());
    if (!type || !type->is_register) return flaw("type", "is no register");
    check_selection(in_, *type, use_.parameters, pointer_);
    for (const char* parameter : {"by", "their"}) {
      const auto name = use_.parameters.at(parameter).get<std::string>();
      const auto field = type->fields.find(name);
      const bool filtered =
          field != type->fields.end() && (parameter != std::string_view("by") || field->second.filter);
      if (!filtered) flaw(parameter, fmt::format("{} has no such field `{}`", type->type, name));
    }
    const auto subject = use_.parameters.value("subject", std::string{});
    if (!subject.empty() && !in_.field(subject)) flaw("subject", fmt::format("there is no field `{}`", subject));
    waiver();
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
  }

  /// A guard about a list of objects needs certain members in them.
  void elements() {
    static const std::map<std::string, std::vector<const char*>, std::less<>> needed{
        {"not_own_area", {"question", "subject", "auditor"}},
        {"items_of", {"catalogue", "question", "subject"}},
        {"requirements_evidenced", {"requirement", "result"}},
        {"no_clash", {"auditor", "starts", "ends"}},
        {"time_of_team", {"auditor"}}};
    const auto names = needed.find(use_.name);
    if (names == needed.end() || !named_field()) return;
    const auto& command = examined_.command;
    const auto& field = named_field()->name;
    if (use_.name == "not_own_area" && !has(command.must, field) && !has(command.may, field))
      flaw("field", "is not part of the command's input");
    const Json items = named_field()->schema.value("items", Json::object());
    const Json properties = items.value("properties", Json::object());
    for (const char* name : names->second) {
      if (!properties.contains(name)) flaw("field", fmt::format("its elements have no `{}`", name));
    }
  }

  /// `since` names commands of the record at `of`, `linked_since` those of the records at `link`.
  void since() {
    const bool link = use_.parameters.contains("link"), elsewhere = use_.parameters.contains("of");
    const auto known = [&](const char* parameter, const Definition& type) {
      each(parameter, [&](const std::string& place, const std::string& name) {
        if (!type.commands.contains(name)) flaw_below(place, fmt::format("{} has no command `{}`", type.type, name));
      });
    };
    known("since", elsewhere ? *other_ : in_.definition);
    if (use_.name != "has_report") return;
    if (link && elsewhere) flaw("link", "goes with `of` absent only");
    if (link != use_.parameters.contains("linked_since")) flaw("link", "goes with `linked_since`");
    if (link) known("linked_since", *other_);
  }

  void linked() {
    if ((use_.name == "people_differ" || use_.name == "actor_not") && use_.parameters.contains("in")) {
      if (!use_.parameters.contains("of")) flaw("in", "goes with `of`");
      check_selection(in_, *other_, use_.parameters, pointer_);
    }
    if (use_.name == "filled") check_selection(in_, in_.definition, use_.parameters, pointer_);
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

  void within() {
    // Rows of a list are checked by their members.
    if (!use_.parameters.contains("their") || use_.name == "each_at_least" || use_.name == "enough_days") return;
    const auto their = use_.parameters.at("their").get<std::string>();
    const auto field = other_->fields.find(their);
    if (field == other_->fields.end() || field->second.keep != Keep::body) {
      flaw("their", fmt::format("{} keeps no field `{}`", other_->type, their));
      return;
    }
    if (use_.name != "within" && use_.name != "none_within" && use_.name != "covers_all") return;
    if (const auto unless = use_.parameters.value("unless", std::string{}); !unless.empty() && !in_.field(unless))
      flaw("unless", fmt::format("there is no field `{}`", unless));
    const auto besides = use_.parameters.value("or", std::string{});
    const FieldDefinition* ours = besides.empty() ? nullptr : in_.field(besides);
    if (!besides.empty() && (!ours || ours->schema.value("type", "") != "array"))
      flaw("or", fmt::format("there is no list `{}`", besides));
    if (const auto also = use_.parameters.find("also"); also != use_.parameters.end()) {
      const auto other = other_->fields.find(also->get<std::string>());
      if (other == other_->fields.end() || other->second.keep != Keep::body ||
          type_of_one(other->second) != type_of_one(field->second))
        flaw("also", fmt::format("{} keeps no such values in `{}`", other_->type, also->get<std::string>()));
    }
    check_selection(in_, *other_, use_.parameters, pointer_);
    if (named_field() && type_of_one(*named_field()) != type_of_one(field->second))
      flaw("their", "holds values of another type than `field`");
  }

  /// Of a field's value or, when that is a list, of what stands in it.
  static Json type_of_one(const FieldDefinition& field) {
    const Json& schema = field.schema;
    const Json type = schema.value("type", Json());
    return type == "array" ? schema.value("items", Json::object()).value("type", Json()) : type;
  }

  /// Both paths lead to records of one type.
  void among() {
    if (use_.name != "linked_among") return;
    const Definition* type = leads("link", use_.parameters.at("link").get<std::string>());
    if (type && type != other_) flaw("of", fmt::format("leads to {}, not to {}", other_->type, type->type));
  }

  void dossier() {
    if (use_.name != "dossier_unchanged") return;
    const FieldDefinition* field = in_.field(use_.parameters.at("dossier").get<std::string>());
    if (!field || field->keep != Keep::dossier) flaw("dossier", "there is no such dossier");
  }

  /// The guards about registers: `type` names one, `by`, `same`, `covers`, `linked` and `until` what it keeps.
  void look_up() {
    const auto type = use_.parameters.at("type").get<std::string>();
    other_ = in_.set.find(type);
    if (!other_ || !other_->is_register) return flaw("type", fmt::format("there is no register `{}`", type));
    check_selection(in_, *other_, use_.parameters, pointer_);
    const auto known = [&](const char* parameter, const std::string& name, auto fits, const char* what) {
      const auto field = other_->fields.find(name);
      if (field == other_->fields.end() || !fits(field->second))
        flaw(parameter, fmt::format("{} has no {} `{}`", other_->type, what, name));
    };
    const auto text = [&](const char* name) { return use_.parameters.value(name, std::string{}); };
    const bool of_nobody = use_.name == "some_registered" && !use_.parameters.contains("by");
    if (of_nobody && (use_.parameters.contains("seats") || use_.parameters.contains("who")))
      flaw("by", "is missing: the guard asks about people");
    if (use_.name != "registered" && use_.name != "not_registered" && !of_nobody) {
      const auto names_people = [](const FieldDefinition& field) { return field.filter && field.person; };
      known("by", text("by"), names_people, "x-filter field of people");
      if (use_.parameters.contains("seats") == use_.parameters.contains("who"))
        in_.flaw_at(pointer_, "asks about people on `seats`, or about `who`");
    }
    if (use_.parameters.contains("until")) {
      const Examined there{in_.set, *other_, in_.flaws};
      if (!there.is_date(text("until"))) flaw("until", "is not a date field there");
    }
    if (const auto plus = use_.parameters.find("plus"); plus != use_.parameters.end())
      check_plus(in_, *plus, pointer_ + "/plus");
    const auto kept = [](const FieldDefinition& field) { return field.keep == Keep::body; };
    const auto filtered = [](const FieldDefinition& field) { return field.filter; };
    for (const auto& [theirs, ours] : members("same")) {
      known("same", theirs, filtered, "x-filter field");
      our_field("same", ours);
    }
    for (const auto& [theirs, ours] : members("covers")) {
      known("covers", theirs, kept, "field");
      our_field("covers", ours);
    }
    const Json among = use_.parameters.value("among", Json::object());
    for (const auto& [theirs, ours] : among.items()) {
      known("among", theirs, kept, "field");
      for (const Json& field : ours) our_field("among", field.get<std::string>());
    }
    if (use_.parameters.contains("each")) {
      of_nobody ? known("as", text("as"), filtered, "x-filter field") : known("as", text("as"), kept, "field");
      if (const FieldDefinition* each = in_.field(text("each")); !each || each->schema.value("type", "") != "array")
        flaw("each", "is no list");
    }
    for (const auto& [link, path] : members("linked")) {
      if (!other_->links.contains(link)) flaw("linked", fmt::format("{} has no link `{}`", other_->type, link));
      leads("linked", path);
    }
    if (use_.parameters.contains("ours")) leads("ours", text("ours"));
    if (use_.parameters.contains("apart")) {
      const Definition* apart = leads("apart", text("apart"));
      if (apart && apart != other_) flaw("apart", fmt::format("leads to {}, not to {}", apart->type, other_->type));
    }
    const Definition* holder = use_.parameters.contains("of") ? leads("of", text("of")) : &in_.definition;
    each("seats", [&](const std::string& place, const std::string& name) {
      if (holder && !holder->people.contains(name))
        flaw_below(place, fmt::format("{} has no seat `{}`", holder->type, name));
    });
    who();
    waiver();
  }

  /// `type` is the register of what must be kept all the same.
  void disposable() {
    each("links", [&](const std::string& place, const std::string& name) {
      if (!in_.definition.links.contains(name)) flaw_below(place, fmt::format("there is no link `{}`", name));
    });
    const auto type = use_.parameters.at("type").get<std::string>();
    const Definition* hold = in_.set.find(type);
    if (!hold || !hold->is_register) return flaw("type", fmt::format("there is no register `{}`", type));
    check_selection(in_, *hold, use_.parameters, pointer_);
    waiver();
  }

  /// Whether there is such a plugin is known where it runs only.
  void of_plugin() {
    if (!is_plugin_id(use_.parameters.at("plugin").get_ref<const std::string&>()))
      flaw("plugin", "is no id of a plugin, such as com.example.calendar");
    if (const auto on_failure = use_.parameters.value("on_failure", std::string("deny"));
        on_failure != "deny" && on_failure != "allow")
      flaw("on_failure", "must be deny or allow");
    each("sees", [&](const std::string& place, const std::string& path) {
      if (!type_at(in_.set, in_.definition, path))
        flaw_below(place, fmt::format("`{}` leads nowhere from {}", path, in_.definition.type));
    });
    if (examined_.command.creates())
      in_.flaw_at(pointer_, "a plugin is asked about a record that is there, and this command makes one");
    if (!examined_.command.endpoint.empty())
      in_.flaw_at(pointer_,
                  fmt::format("a plugin is not asked about what goes through /{}", examined_.command.endpoint));
    waiver();
  }

  /// As sdk/schema/manifest.json has it: parts of lower-case letters, digits and, but in the first, `-`, each beginning
  /// with a letter.
  static bool is_plugin_id(std::string_view id) {
    std::size_t parts = 0;
    for (bool more = true; more; ++parts) {
      const auto dot = id.find('.');
      const auto part = id.substr(0, dot);
      const auto fits = [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && parts > 0);
      };
      if (part.empty() || part.size() > 31 || part[0] < 'a' || part[0] > 'z') return false;
      if (!std::all_of(part.begin(), part.end(), fits)) return false;
      more = dot != std::string_view::npos;
      if (more) id.remove_prefix(dot + 1);
    }
    return parts >= 2 && parts <= 7;
  }

  std::map<std::string, std::string> members(const char* parameter) const {
    const auto found = use_.parameters.find(parameter);
    return found == use_.parameters.end() ? std::map<std::string, std::string>{}
                                          : found->get<std::map<std::string, std::string>>();
  }

  const Definition* leads(const char* parameter, const std::string& path) {
    const Definition* type = type_at(in_.set, in_.definition, path);
    if (!type) flaw(parameter, fmt::format("`{}` leads nowhere from {}", path, in_.definition.type));
    return type;
  }

  void our_field(const char* parameter, const std::string& name) {
    const auto path = use_.parameters.value("ours", std::string{});
    const Definition* type = type_at(in_.set, in_.definition, path);
    if (type && !type->fields.contains(name)) flaw(parameter, fmt::format("{} has no field `{}`", type->type, name));
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
