// Checks the guards about audit time, samples of sites and votes: the lists that they read, and what stands in those.
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
      rows("their", "of", {"purpose", text("member")});
      purposes();
    } else if (use_.name == "sample_planned") {
      samplings("of");
      purposes();
    } else if (use_.name == "sites_audited") {
      samplings("sampled");
      const Definition* audits = type_at(in_.set, in_.definition, text("of"));
      if (audits) check_selection(in_, *audits, use_.parameters, pointer_);
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

  void whole_policy() {
    const auto policy = in_.set.policies.find(text("policy"));
    if (policy == in_.set.policies.end() || !policy->second.value.is_number_integer())
      flaw("policy", "is no policy that is one whole number");
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
    if (type && !Examined{in_.set, *type, in_.flaws}.is_date(text("cycle"))) flaw("cycle", "is not a date field there");
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
