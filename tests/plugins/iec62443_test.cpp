// The shipped checklist for IEC 62443-3-3: every requirement and enhancement of the server's own list at its level, in
// both languages, and what applies to a target.
#include <fmt/format.h>

#include <map>
#include <set>

#include "plugins/catalogue_tree.h"
#include "plugins/check/check.h"
#include "plugins/fixture.h"
#include "plugins/pack/pack.h"

namespace assay::test::iec62443_test {
namespace {

std::unique_ptr<Plugin> pack_of_requirements() {
  auto manifest = read_manifest(shipped_packages / "iec62443");
  REQUIRE(manifest);
  auto plugin = load_data_pack(shipped_packages / "iec62443", *manifest, {"0.1.0"});
  INFO((plugin ? "" : plugin.error().detail));
  REQUIRE(plugin);
  return std::move(*plugin);
}

Json content_of(Plugin& plugin, std::string_view language) {
  const auto catalogues = plugin.catalogues(language, patient());
  INFO((catalogues ? "" : catalogues.error().detail));
  REQUIRE(catalogues);
  REQUIRE(catalogues->size() == 1);
  CHECK(catalogues->front().language == language);
  return catalogues->front().content;
}

Json checklist_in(std::string_view language) { return content_of(*pack_of_requirements(), language); }

/// The list that the levels of zones are calculated from.
Json requirements_in(const std::string& file) {
  const auto path = std::filesystem::path(ASSAY_SOURCE_DIR) / "workflows/requirements" / file;
  return Json::parse(read_file(path)).at("requirements").at("iec62443_3_3");
}

std::string id_of(const Json& requirement) {
  std::string id = requirement.at("id");
  std::erase(id, ' ');
  return id;
}

/// What precedes the question about an enhancement, or about a requirement that begins above the lowest level.
std::string lead_of(const std::string& language, std::size_t enhancement, int level) {
  const bool english = language == "en";
  if (enhancement > 0) return fmt::format("RE {} ({} SL {}): ", enhancement, english ? "from" : "ab", level);
  return level > 1 ? fmt::format("{} SL {}: ", english ? "From" : "Ab", level) : "";
}

Json attributes_of(const Json& requirement) {
  Json expected = {{"security_level", {std::to_string(requirement.at("level").get<int>())}}};
  std::size_t number = 0;
  for (const Json& level : requirement.value("enhancements", Json::array()))
    expected["enhancements"].push_back(fmt::format("RE{}-SL{}", ++number, level.get<int>()));
  return expected;
}

/// One question or more about the requirement, then one about each of its enhancements, with the level of each.
void check_questions(const Json& questions, const Json& requirement, const std::string& language) {
  const std::string id = id_of(requirement);
  const Json enhancements = requirement.value("enhancements", Json::array());
  REQUIRE(questions.size() > enhancements.size());
  const std::size_t own = questions.size() - enhancements.size();
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const std::size_t enhancement = i < own ? 0 : i - own + 1;
    const int level =
        enhancement > 0 ? enhancements.at(enhancement - 1).get<int>() : requirement.at("level").get<int>();
    const std::string name = enhancement > 0 ? fmt::format("RE{}", enhancement) : fmt::format("q{}", i + 1);
    CHECK(questions.at(i).at("id") == id + "-" + name);
    const std::string question = questions.at(i).at("question");
    const std::string lead = lead_of(language, enhancement, level);
    INFO(id << ": " << question);
    CHECK(question.starts_with(lead));
    CHECK(lead.empty() == (question.substr(0, 20).find(" SL ") == std::string::npos));
  }
}

TEST_CASE("every requirement and every enhancement has its question, at its level, in both languages") {
  const Json listed = requirements_in("iec62443-3-3.json"), labels = requirements_in("iec62443-3-3.de.json");
  REQUIRE(listed.at("requirements").size() == 51);
  for (const std::string language : {"en", "de"}) {
    const auto title = [&](const Json& one) {
      return language == "en" ? one.at("title") : labels.at(one.at("id").get<std::string>());
    };
    const Json catalogue = checklist_in(language);
    std::map<std::string, std::string> codes;
    Json groups = Json::array();
    for (const Json& group : listed.at("groups")) {
      codes[group.at("id")] = group.at("code");
      groups.push_back({{"id", group.at("code")}, {"title", title(group)}});
    }
    CHECK(catalogue.at("groups") == groups);
    const Json& items = catalogue.at("items");
    REQUIRE(items.size() == listed.at("requirements").size());
    for (std::size_t i = 0; i < items.size(); ++i) {
      const Json& item = items.at(i);
      const Json& requirement = listed.at("requirements").at(i);
      INFO(language << " " << requirement.at("id"));
      CHECK(item.at("id") == id_of(requirement));
      CHECK(item.at("clause") == requirement.at("id"));
      CHECK(item.at("group") == codes.at(requirement.at("group")));
      CHECK(item.at("title") == title(requirement));
      Json attributes = item.at("attributes");
      CHECK_FALSE(attributes.at("evidence_kind").empty());
      attributes.erase("evidence_kind");
      CHECK(attributes == attributes_of(requirement));
      check_questions(item.at("questions"), requirement, language);
    }
  }
}

TEST_CASE("every question about a requirement says what to look at and what evidence is typical") {
  for (const std::string_view language : {"en", "de"}) {
    std::set<std::string> ids, texts;
    const Json catalogue = checklist_in(language);
    for (const Json& item : catalogue.at("items")) {
      for (const Json& question : item.at("questions")) {
        INFO(language << " " << question.at("id"));
        CHECK(ids.insert(question.at("id")).second);
        CHECK(texts.insert(question.at("question")).second);
        CHECK_FALSE(question.at("look_at").empty());
        CHECK_FALSE(question.at("evidence").empty());
      }
    }
    CHECK(ids.size() == 117);
  }
}

TEST_CASE("requirements in German are the same tree, and every text is translated") {
  const Json english = checklist_in("en"), german = checklist_in("de");
  CHECK(skeleton(english) == skeleton(german));
  for (std::size_t i = 0; i < english.at("items").size(); ++i) {
    const Json& left = english.at("items").at(i).at("questions");
    const Json& right = german.at("items").at(i).at("questions");
    for (std::size_t q = 0; q < left.size(); ++q) {
      INFO(left.at(q).at("id"));
      for (const char* text : {"question", "sampling", "look_at", "evidence"})
        if (left.at(q).contains(text)) CHECK(left.at(q).at(text) != right.at(q).at(text));
    }
  }
}

TEST_CASE("requirements are answered on the scale of the other shipped checklist") {
  const auto other = load(shipped_packages / "iso27001");
  for (const std::string_view language : {"en", "de"})
    CHECK(checklist_in(language).at("results") == content_of(*other, language).at("results"));
}

TEST_CASE("which requirements apply follows from the target, as one level or as a vector") {
  const auto plugin = pack_of_requirements();
  const Json catalogue = content_of(*plugin, "en"), listed = requirements_in("iec62443-3-3.json");
  Json items = Json::array();
  for (const Json& item : catalogue.at("items"))
    items.push_back({{"id", item.at("id")}, {"group", item.at("group")}, {"clause", item.at("clause")}});
  struct Row {
    Json facts;
    std::map<std::string, int> target;  // by foundational requirement, else `otherwise`
    int otherwise;
    std::size_t applicable;
  };
  for (const Row& row :
       {Row{Json::object(), {}, 4, 51}, Row{{{"employees", 12}}, {}, 4, 51},
        Row{{{"target_security_level", 1}}, {}, 1, 37}, Row{{{"target_security_level", 2}}, {}, 2, 49},
        Row{{{"target_security_level", 3}}, {}, 3, 51}, Row{{{"target_security_level", 4}}, {}, 4, 51},
        Row{{{"target_uc", 2}}, {{"uc", 2}}, 4, 49}, Row{{{"target_iac", 1}, {"target_uc", 3}}, {{"iac", 1}}, 4, 48}}) {
    for (const std::string language : {"en", "de"}) {
      const Json asked = {{"applicability_input", 1},
                          {"language", language},
                          {"catalogue",
                           {{"id", "iec62443-3-3-2013"},
                            {"version", catalogue.at("version")},
                            {"hash", std::string(64, 'a')},
                            {"items", items}}},
                          {"facts", row.facts}};
      const auto told = plugin->answer(sandbox::Method::applicable, asked, language, patient());
      INFO(row.facts.dump() << (told ? "" : told.error().detail));
      REQUIRE(told);
      std::size_t applicable = 0;
      for (std::size_t i = 0; i < items.size(); ++i) {
        const Json& requirement = listed.at("requirements").at(i);
        const auto target = row.target.find(requirement.at("group"));
        const int level = requirement.at("level");
        const Json& verdict = told->at("items").at(i);
        INFO(verdict.dump());
        CHECK(verdict.at("applies") == (level <= (target == row.target.end() ? row.otherwise : target->second)));
        if (!verdict.at("applies"))
          CHECK_THAT(verdict.at("reason").get<std::string>(),
                     Catch::Matchers::ContainsSubstring(fmt::format("evel {}", level)));
        applicable += verdict.at("applies") ? 1 : 0;
      }
      CHECK(applicable == row.applicable);
    }
  }
}

TEST_CASE("the checklist of requirements passes every check of the validator") {
  CheckOptions options{ASSAY_PLUGIN_PROBE};
  options.tries = std::chrono::milliseconds(1500);
  std::set<std::string> names;
  for (const CheckResult& result : check_package(shipped_packages / "iec62443", options)) {
    INFO(result.name << ": " << result.reason);
    CHECK(result.outcome == CheckOutcome::passed);
    names.insert(result.name);
  }
  for (const char* name : {"data", "catalogue-schema", "catalogue-ids", "languages", "applicability"})
    CHECK(names.contains(name));
}

}  // namespace
}  // namespace assay::test::iec62443_test
