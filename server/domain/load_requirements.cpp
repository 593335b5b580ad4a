// Loads the lists of requirements in levels.
#include <fmt/format.h>

#include <algorithm>

#include "domain/load_parts.h"

namespace assay {
namespace {

constexpr int most_levels = 9;

std::vector<RequirementGroup> load_groups(const Place& list) {
  std::vector<RequirementGroup> groups;
  for (const Place& place : list.elements("groups")) {
    if (!place.is_object()) continue;
    place.only({"id", "code", "title"});
    RequirementGroup group{place.text("id"), place.text("code"), place.text("title")};
    if (!group.id.empty()) good_name(place.at("id"), group.id);
    const bool twice = std::any_of(groups.begin(), groups.end(), [&](const auto& one) { return one.id == group.id; });
    if (twice) place.at("id").flaw("is given twice");
    groups.push_back(std::move(group));
  }
  if (groups.empty()) list.flaw("`groups` is missing: a level is that of a group");
  return groups;
}

void add(const Place& place, LeveledRequirement requirement, RequirementList& list) {
  if (requirement.level > list.levels) place.flaw(fmt::format("there are levels up to {}", list.levels));
  if (!list.by_id.emplace(requirement.id, list.all.size()).second)
    place.flaw(fmt::format("`{}` is given twice", requirement.id));
  list.all.push_back(std::move(requirement));
}

void load_requirement(const Place& place, RequirementList& list) {
  if (!place.is_object()) return;
  place.only({"id", "group", "title", "level", "enhancements"});
  const std::string id = place.text("id"), group = place.text("group"), title = place.text("title");
  const auto known =
      std::find_if(list.groups.begin(), list.groups.end(), [&](const auto& one) { return one.id == group; });
  if (known == list.groups.end()) return place.flaw(fmt::format("there is no group `{}`", group));
  const auto index = static_cast<std::size_t>(known - list.groups.begin());
  if (!place.find("level")) place.flaw("`level` is missing");
  const int level = place.number("level", 1, 1);
  add(place, {id, id, title, index, level, 0}, list);
  std::size_t number = 0;
  for (const Place& enhancement : place.elements("enhancements")) {
    ++number;
    const Json at = enhancement.json();
    if (!at.is_number_unsigned() || at < level || at > most_levels) {
      enhancement.flaw("must be a level, not below that of the requirement");
      continue;
    }
    add(enhancement, {fmt::format("{} RE {}", id, number), id, title, index, at.get<int>(), number}, list);
  }
}

}  // namespace

std::string title_of(const RequirementList& list, const LeveledRequirement& requirement, std::string_view language) {
  std::string title = requirement.title;
  if (const auto titles = list.titles.find(language); titles != list.titles.end()) {
    if (const auto found = titles->second.find(requirement.base); found != titles->second.end()) title = found->second;
  }
  return requirement.enhancement == 0 ? title : fmt::format("{}, RE {}", title, requirement.enhancement);
}

void load_requirements(const Place& file, WorkflowSet& set) {
  if (!file.is_object()) return;
  file.only({"requirements"});
  if (!file.find("requirements")) file.flaw("`requirements` is missing");
  for (const auto& [name, place] : file.members("requirements")) {
    if (!good_name(place, name) || !place.is_object()) continue;
    place.only({"label", "source", "edition", "levels", "groups", "requirements"});
    RequirementList list;
    list.name = name;
    list.label = place.text("label");
    list.source = place.text("source");
    list.edition = place.text("edition");
    list.levels = place.number("levels", 1, 0);
    if (list.levels < 1 || list.levels > most_levels) place.flaw(fmt::format("`levels` must be 1 to {}", most_levels));
    list.groups = load_groups(place);
    for (const Place& one : place.elements("requirements")) load_requirement(one, list);
    if (list.all.empty()) place.flaw("`requirements` is missing");
    if (!set.requirements.emplace(name, std::move(list)).second) place.flaw("another file has a list of this name");
  }
}

void load_requirement_titles(const Place& file, const std::string& language, WorkflowSet& set) {
  if (!file.is_object()) return;
  file.only({"requirements"});
  for (const auto& [name, titles] : file.members("requirements")) {
    const auto list = set.requirements.find(name);
    if (list == set.requirements.end()) {
      titles.flaw(fmt::format("there is no list `{}`", name));
      continue;
    }
    if (!titles.is_object()) continue;
    for (const auto& [id, title] : titles.members()) {
      const auto& groups = list->second.groups;
      const bool group =
          std::any_of(groups.begin(), groups.end(), [&, id = id](const auto& one) { return one.id == id; });
      const auto found = list->second.by_id.find(id);
      const bool base = found != list->second.by_id.end() && list->second.all[found->second].enhancement == 0;
      if (!group && !base) title.flaw(fmt::format("the list has no `{}`", id));
      if (!title.is_text() || title.text().empty()) {
        title.flaw("must be a string that is not empty");
      } else {
        list->second.titles[language][id] = title.text();
      }
    }
  }
}

}  // namespace assay
