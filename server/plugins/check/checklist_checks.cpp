// Checks of what checklist/1 gives.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "plugins/catalogue.h"
#include "plugins/check/candidate.h"

namespace assay {
namespace {

/// What the plugin wrote for a language, and what that means.
struct Told {
  std::string text;
  std::vector<Catalogue> catalogues;
};

Told catalogues_in(Candidate& subject, CallTarget& probe, const std::string& language) {
  sandbox::ProbeRequest request = subject.request(sandbox::Step::call);
  request.method = sandbox::Method::catalogues;
  request.language = language;
  Tried tried = probe.take(request, step_patience);
  const std::string what = "the catalogues in " + language;
  demand_well(probe, tried, what);
  auto read = read_catalogues(tried.output, subject.manifest());
  if (const auto* fault = std::get_if<std::string>(&read)) throw Unmet(fmt::format("{}: {}", what, *fault));
  return {std::move(tried.output), std::get<std::vector<Catalogue>>(std::move(read))};
}

/// `value` with nothing but its structure and its ids.
Json skeleton_of(const Json& value) {
  if (value.is_array()) {
    Json list = Json::array();
    for (const Json& entry : value) list.push_back(skeleton_of(entry));
    return list;
  }
  if (!value.is_object()) return nullptr;
  Json object = Json::object();
  for (const auto& [name, member] : value.items()) {
    const bool kept = name == "id" || name == "group" || name == "clause" || name == "version" || name == "needs" ||
                      name == "attributes";
    object[name] = kept ? member : skeleton_of(member);
  }
  return object;
}

/// The first place where the two differ, as a JSON pointer.
std::string difference_of(const Json& left, const Json& right) {
  const Json patch = Json::diff(left, right);
  return patch.empty() ? std::string() : patch.front().at("path").get<std::string>();
}

std::string_view primary(std::string_view language) { return language.substr(0, language.find('-')); }

/// The ids of questions whose text is the same as in another language.
std::vector<std::string> untranslated(const Json& first, const Json& other) {
  std::map<std::string, std::string> texts;
  const auto each_question = [](const Json& catalogue, const auto& act) {
    for (const Json& item : catalogue.at("items")) {
      for (const Json& question : item.at("questions")) act(question);
    }
  };
  each_question(first, [&](const Json& question) { texts[question.at("id")] = question.at("question"); });
  std::vector<std::string> same;
  each_question(other, [&](const Json& question) {
    const auto found = texts.find(question.at("id").get<std::string>());
    if (found != texts.end() && found->second == question.at("question").get_ref<const std::string&>())
      same.push_back(found->first);
  });
  return same;
}

}  // namespace

std::string check_catalogue_schema(Candidate& subject) {
  const auto probe = subject.loaded();
  std::size_t items = 0;
  for (const std::string& language : subject.manifest().languages) {
    items = 0;
    for (const Catalogue& one : catalogues_in(subject, *probe, language).catalogues)
      items += one.content.at("items").size();
  }
  return fmt::format("{} items", items);
}

std::string check_catalogue_ids(Candidate& subject) {
  const auto probe = subject.loaded();
  const auto& languages = subject.manifest().languages;
  const Told first = catalogues_in(subject, *probe, languages.front());
  for (const std::string& language : languages) {
    const Told other = catalogues_in(subject, *probe, language);
    for (std::size_t i = 0; i < first.catalogues.size(); ++i) {
      Json left = skeleton_of(first.catalogues[i].content), right = skeleton_of(other.catalogues[i].content);
      const std::string place = difference_of(left, right);
      if (place == "/version")
        throw Unmet(fmt::format("catalogue {} has version {} in {} and {} in {}", first.catalogues[i].id,
                                left.at("version").get<std::string>(), languages.front(),
                                right.at("version").get<std::string>(), language));
      if (!place.empty())
        throw Unmet(fmt::format("catalogue {} in {} and in {} differ at {}", first.catalogues[i].id, languages.front(),
                                language, place));
    }
  }
  return {};
}

std::string check_catalogue_hash(Candidate& subject) {
  std::string hash;
  for (const std::string& language : subject.manifest().languages) {
    const auto probe = subject.loaded(), later = subject.loaded();
    const Told first = catalogues_in(subject, *probe, language);
    if (first.text != catalogues_in(subject, *probe, language).text)
      throw Unmet(fmt::format("in {} a second call gives other bytes", language));
    if (first.text != catalogues_in(subject, *later, language).text)
      throw Unmet(fmt::format("in {} another process gives other bytes", language));
    if (hash.empty()) hash = first.catalogues.front().hash.substr(0, 12);
  }
  return hash;
}

std::string check_languages(Candidate& subject) {
  const auto probe = subject.loaded();
  const auto& languages = subject.manifest().languages;
  const Told first = catalogues_in(subject, *probe, languages.front());
  for (const std::string& language : languages) {
    const Told told = catalogues_in(subject, *probe, language);
    for (std::size_t i = 0; i < told.catalogues.size(); ++i) {
      const Catalogue& one = told.catalogues[i];
      if (one.language != language)
        throw Unmet(fmt::format("catalogue {} was asked for in {} and came in {}", one.id, language, one.language));
      if (primary(language) == primary(languages.front())) continue;
      const auto same = untranslated(first.catalogues[i].content, one.content);
      if (!same.empty())
        throw Unmet(fmt::format("in {} {} questions of catalogue {} are as in {}; the first is {}", language,
                                same.size(), one.id, languages.front(), same.front()));
    }
  }
  return fmt::format("{} languages", languages.size());
}

}  // namespace assay
