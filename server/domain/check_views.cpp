// Checks the views: every name that they give leads to something.
#include <fmt/format.h>

#include <array>

#include "domain/check_parts.h"
#include "domain/paths.h"

namespace assay {
namespace {

constexpr std::array<std::string_view, 8> own = {"title", "type",       "number",  "state",
                                                 "due",   "kept_until", "created", "updated"};

class Views {
 public:
  Views(const WorkflowSet& set, const ViewDefinition& view, std::vector<Flaw>& flaws)
      : set_(set), view_(view), flaws_(flaws) {}

  void check() {
    for (const std::string& type : view_.types) {
      if (!set_.find(type)) return flaw("types", fmt::format("there is no type `{}`", type));
      types_.push_back(set_.find(type));
    }
    if (types_.empty()) {
      for (const auto& [name, type] : set_.types) types_.push_back(&type);
    }
    for (const std::string& state : view_.in) {
      if (!some([&](const Definition& type) { return !states_of(type, Json::array({state})).empty(); }))
        flaw("in", fmt::format("`{}` is a state or group of none of its types", state));
    }
    if (!view_.past.empty() && view_.past != "due") each_filter("past", view_.past);
    constexpr std::array<std::string_view, 4> sorts = {"created", "updated", "due", "number"};
    if (std::find(sorts.begin(), sorts.end(), view_.sort) == sorts.end()) each_filter("sort", view_.sort);
    std::set<std::string> names;
    for (const ViewColumn& column : view_.columns) {
      if (!names.insert(column.name).second) flaw("columns", fmt::format("`{}` stands there twice", column.name));
      check(column);
    }
    if (view_.from.empty() != view_.to.empty()) flaw("from", "a calendar has `from` and `to`");
    for (const std::string& day : {view_.from, view_.to}) {
      if (!day.empty() && !names.contains(day)) flaw("from", fmt::format("there is no column `{}`", day));
    }
  }

 private:
  void flaw(std::string_view member, std::string reason) {
    flaws_.push_back({view_.source, fmt::format("/views/{}/{}", view_.name, member), std::move(reason)});
  }

  template <class Holds>
  bool some(const Holds& holds) const {
    return std::any_of(types_.begin(), types_.end(), [&](const Definition* type) { return holds(*type); });
  }

  /// Text or a date: rows of several types are put in order by it.
  void each_filter(std::string_view member, const std::string& name) {
    for (const Definition* type : types_) {
      const auto field = type->fields.find(name);
      const bool fits = field != type->fields.end() && field->second.filter && field->second.audience != "body" &&
                        field->second.schema.value("type", Json()) == "string";
      if (!fits) flaw(member, fmt::format("`{}` is no x-filter text of {} that clients see too", name, type->type));
    }
  }

  const Definition* end_of(const Definition& type, const std::vector<std::string>& path) const {
    return type_at(set_, type, fmt::format("{}", fmt::join(path, ".")));
  }

  /// A date that the body keeps, and policies that are one number in days that need no calendar.
  void check(const ViewColumn& column, const ViewDay& day) {
    const bool date = some([&](const Definition& type) {
      const Definition* at = end_of(type, day.path);
      const auto field = at == nullptr ? decltype(at->fields.end()){} : at->fields.find(day.field);
      return at != nullptr && field != at->fields.end() && field->second.keep == Keep::body &&
             field->second.schema.value("format", "") == "date";
    });
    if (!date) flaw("columns", fmt::format("`{}`: `{}` leads to a date of none of its types", column.name, day.field));
    for (const Json& name : day.plus) {
      const auto policy = set_.policies.find(name.get<std::string>());
      const bool fits = policy != set_.policies.end() && policy->second.unit.starts_with("calendar_") &&
                        policy->second.value.is_number_integer() && policy->second.unit_by.empty();
      if (!fits)
        flaw("columns",
             fmt::format("`{}`: {} is no policy of calendar days, months or years", column.name, name.dump()));
    }
    for (const auto& [name, values] : day.when.items()) {
      const auto dot = name.rfind('.');
      const std::string path = dot == std::string::npos ? std::string{} : name.substr(0, dot);
      const std::string field = dot == std::string::npos ? name : name.substr(dot + 1);
      const bool known = some([&](const Definition& type) {
        const Definition* at = type_at(set_, type, path);
        return at != nullptr && at->fields.contains(field);
      });
      if (!known) flaw("columns", fmt::format("`{}`: `{}` is a field of none of its types", column.name, name));
    }
  }

  void check(const ViewColumn& column) {
    for (const ViewDay& day : column.days) check(column, day);
    const bool known = some([&](const Definition& type) {
      const Definition* at = end_of(type, column.path);
      if (at == nullptr) return false;
      const std::string& field = column.days_since.empty() ? column.field : column.days_since;
      if (field.empty() || field == "state_since" || at->fields.contains(field)) return true;
      return std::find(own.begin(), own.end(), field) != own.end();
    });
    if (!known) flaw("columns", fmt::format("`{}` leads to a field of none of its types", column.name));
    for (const std::string& seat : column.seats) {
      const bool seated = std::any_of(set_.types.begin(), set_.types.end(),
                                      [&](const auto& type) { return type.second.people.contains(seat); });
      if (!seated) flaw("columns", fmt::format("there is no seat `{}`", seat));
    }
  }

  const WorkflowSet& set_;
  const ViewDefinition& view_;
  std::vector<Flaw>& flaws_;
  std::vector<const Definition*> types_ = {};
};

}  // namespace

void check_views(const WorkflowSet& set, std::vector<Flaw>& flaws) {
  for (const auto& [name, view] : set.views) Views(set, view, flaws).check();
}

}  // namespace assay
