// Checks the guards about audits, their plan and time, samples of sites and votes: the lists that they read, and what
// stands in those.
#include <fmt/format.h>

#include <algorithm>

#include "domain/check_parts.h"
#include "domain/paths.h"

namespace assay {
namespace {

class AuditGuardCheck {
 public:
  AuditGuardCheck(const Examined& in, const GuardUse& use, std::string pointer)
      : in_(in), use_(use), pointer_(std::move(pointer)) {}

  void run() {
    if (use_.name == "enough_days") {
      rows("their", "of", {use_.parameters.value("by", std::string("purpose")), text("member")});
      purposes();
      if (use_.parameters.contains("allowed") && !is_number(in_.field(text("allowed"))))
        flaw("allowed", "is no number");
      if (!use_.parameters.contains("when")) return;
      for (const char* needed : {"by", "unless"})
        if (!use_.parameters.contains(needed)) flaw("when", fmt::format("goes with `{}`", needed));
      if (!in_.field(text("when"))) flaw("when", "there is no such field");
    } else if (use_.name == "sample_planned") {
      samplings("of");
      purposes();
    } else if (use_.name == "sites_audited") {
      samplings("sampled");
      const Definition* audits = type_at(in_.set, in_.definition, text("of"));
      if (audits) check_selection(in_, *audits, use_.parameters, pointer_);
      if (audits) held(*audits);
      if (audits) cycle_of(*audits);
    } else if (use_.name == "says" || use_.name == "took_part") {
      if (const Definition* audits = type_at(in_.set, in_.definition, text("of"))) {
        said(*audits);
        check_selection(in_, *audits, use_.parameters, pointer_);
      }
    } else if (use_.name == "hours_planned") {
      rows("field", "", {"auditor", "starts", "ends", "zone"});
      const FieldDefinition* days = in_.field(text("days"));
      if (!is_number(days)) flaw("days", "is no number");
      whole_policy("hours");
      whole_policy("share");
    } else if (use_.name == "sessions_within") {
      rows("field", "", {"starts", "ends", "zone", "site", text("member")});
      values_of_member("field");
      for (const char* day : {"first", "last"})
        if (!in_.is_date(text(day))) flaw(day, "is no date");
      sites();
    } else if (use_.name == "sites_visited") {
      rows("field", "", {"site"});
      sites();
    } else if (use_.name == "filled_where") {
      std::vector<std::string> members = use_.parameters.value("members", std::vector<std::string>{});
      members.push_back(text("member"));
      rows("list", "", members);
      if (!use_.parameters.contains("fields") && !use_.parameters.contains("members"))
        in_.flaw_at(pointer_, "asks for nothing: `fields` or `members` is missing");
      values_of_member("list");
    } else if (use_.name == "time_explained") {
      rows("field", "", {"auditor", "on", "hours"});
      rows("planned", "", {"auditor", "starts", "ends", "zone"});
      rows("explained", "", {"auditor", "on", "hours_planned"});
      whole_policy();
    } else if (use_.name == "carried") {
      rows("list", "", {text("on"), text("vote")});
      option("value", "on");
      option("for", "vote");
      option("against", "vote");
      whole_policy();
      const FieldDefinition* dossier = in_.field(text("dossier"));
      if (!dossier || dossier->keep != Keep::dossier) flaw("dossier", "there is no such dossier");
    }
  }

 private:
  std::string text(const char* parameter) const { return use_.parameters.value(parameter, std::string{}); }

  void flaw(std::string_view parameter, std::string reason) {
    in_.flaw_at(pointer_to(pointer_, parameter), std::move(reason));
  }

  /// The field that the parameter names, a list at the end of the path in `path`, has rows with these members.
  void rows(const char* parameter, const char* path, const std::vector<std::string>& members) {
    const Definition* type = *path ? type_at(in_.set, in_.definition, text(path)) : &in_.definition;
    if (!type) return flaw(path, fmt::format("`{}` leads nowhere from {}", text(path), in_.definition.type));
    const auto field = type->fields.find(text(parameter));
    if (field == type->fields.end()) return flaw(parameter, fmt::format("{} has no such field", type->type));
    const Json items = field->second.schema.value("items", Json::object());
    const Json properties = items.value("properties", Json::object());
    for (const std::string& member : members) {
      if (!properties.contains(member) && !has(field->second.list_of, member))
        flaw(parameter, fmt::format("its elements have no `{}`", member));
    }
  }

  void whole_policy(const char* parameter = "policy") {
    const auto policy = in_.set.policies.find(text(parameter));
    if (policy == in_.set.policies.end() || !policy->second.value.is_number_integer())
      flaw(parameter, "is no policy that is one whole number");
  }

  /// What the fields of the audits, or the lists there, may say; when they were held, and which of ours they cover.
  void said(const Definition& audits) {
    const Json& any = use_.parameters.at("any");
    for (std::size_t i = 0; i < any.size(); ++i) {
      const auto& name = any[i].get_ref<const std::string&>();
      const std::string place = fmt::format("any/{}", i);
      const auto field = audits.fields.find(name);
      if (field == audits.fields.end() || field->second.keep != Keep::body) {
        in_.flaw_at(pointer_ + "/" + place, fmt::format("{} keeps no field `{}`", audits.type, name));
        continue;
      }
      const FieldDefinition one = one_of(field->second);
      const Json& wanted = use_.parameters.at("one_of");
      if (std::none_of(wanted.begin(), wanted.end(), [&](const Json& value) { return misfit(one, value).empty(); }))
        in_.flaw_at(pointer_ + "/" + place, "may say none of them");
    }
    held(audits);
    const Json covers = use_.parameters.value("covers", Json::object());
    for (const auto& [theirs, ours] : covers.items()) {
      const auto field = audits.fields.find(theirs);
      if (field == audits.fields.end() || field->second.keep != Keep::body)
        flaw("covers", fmt::format("{} keeps no field `{}`", audits.type, theirs));
      const FieldDefinition* own = in_.field(ours.get<std::string>());
      if (!own || own->schema.value("type", Json()) != "array")
        flaw("covers", fmt::format("there is no list `{}`", ours.get<std::string>()));
    }
  }

  void held(const Definition& audits) {
    if (use_.parameters.contains("held") != use_.parameters.contains("plus"))
      in_.flaw_at(pointer_, "`held` and `plus` go together");
    if (!use_.parameters.contains("held")) return;
    const auto field = audits.fields.find(text("held"));
    const bool kept = field != audits.fields.end() && field->second.keep == Keep::body;
    if (!kept || !Examined{in_.set, audits, in_.flaws}.is_date(text("held")))
      flaw("held", "is no date that is kept there");
    check_plus(in_, use_.parameters.value("plus", Json::array()), pointer_ + "/plus");
  }

  static bool is_number(const FieldDefinition* field) {
    const Json type = field ? field->schema.value("type", Json()) : Json();
    return type == "number" || type == "integer";
  }

  /// The values that are asked for can stand in the member of the list.
  void values_of_member(const char* parameter) {
    const FieldDefinition* list = in_.field(text(parameter));
    if (!list) return;
    const Json items = list->schema.value("items", Json::object());
    const Json properties = items.value("properties", Json::object());
    const auto member = properties.find(text("member"));
    if (member == properties.end()) return;
    FieldDefinition one;
    one.name = text("member");
    one.schema = *member;
    for (const Json& value : use_.parameters.at("one_of"))
      if (const auto why = misfit(one, value); !why.empty()) flaw("one_of", why);
  }

  /// What the parameter says is one of the values of the field that `of` names.
  void option(const char* parameter, const char* of) {
    const FieldDefinition* field = in_.field(text(of));
    if (!field) return flaw(of, "there is no such field");
    if (const auto why = misfit(*field, text(parameter)); !why.empty()) flaw(parameter, why);
  }

  void samplings(const char* path) {
    rows("list", path, {"sampled_audit", "sampled_sites", "grouped_sites", "no_sampling"});
    const Definition* type = type_at(in_.set, in_.definition, text(path));
    for (const char* date : {"cycle", "after"}) {
      if (type && use_.parameters.contains(date) && !Examined{in_.set, *type, in_.flaws}.is_date(text(date)))
        flaw(date, "is not a date field there");
    }
  }

  void sites() {
    const FieldDefinition* sites = in_.field(text("sites"));
    if (!sites || sites->schema.value("type", "") != "array") flaw("sites", "is no list");
  }

  /// The cycle in which the audits ended.
  void cycle_of(const Definition& audits) {
    if (use_.parameters.contains("ended") != use_.parameters.contains("cycles"))
      return in_.flaw_at(pointer_, "`ended` and `cycles` go together");
    if (!use_.parameters.contains("ended")) return;
    rows("cycles", "sampled", {text("cycle")});
    if (!Examined{in_.set, audits, in_.flaws}.is_date(text("ended"))) flaw("ended", "is not a date field there");
  }

  /// Where purposes come from, and where it is said why something is less than was calculated or sampled.
  void purposes() {
    if (!use_.parameters.contains("purposes") && !use_.parameters.contains("fields"))
      in_.flaw_at(pointer_, "asks about `purposes`, or about those in `fields`");
    if (use_.parameters.contains("unless") && !in_.field(text("unless"))) flaw("unless", "there is no such field");
  }

  const Examined& in_;
  const GuardUse& use_;
  const std::string pointer_;
};

}  // namespace

void check_audit_guard(const Examined& in, const GuardUse& use, const std::string& pointer) {
  AuditGuardCheck(in, use, pointer).run();
}

}  // namespace assay
