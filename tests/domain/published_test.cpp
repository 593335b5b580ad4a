// What is published about workflows is true: the JSON Schemas, the README's tables, and the exports for people.
#include <catch2/catch_all.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <fmt/ranges.h>

#include <iterator>

#include "domain/export_mermaid.h"
#include "domain/guards.h"
#include "domain/matrix.h"
#include "domain/small.h"

namespace assay::test::published_test {
namespace {

const std::filesystem::path workflows = std::filesystem::path(ASSAY_SOURCE_DIR) / "workflows";

std::string text_in(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The schema that a file of a set answers to; "" for files without one.
std::string schema_for(const std::string& path) {
  const bool language = path.find(".de.") != std::string::npos;
  if (path.starts_with("roles.")) return language ? "role-labels" : "roles";
  if (path.starts_with("guards.")) return "guards";
  if (path.starts_with("policies/")) return language ? "policy-labels" : "policies";
  if (path.starts_with("requirements/")) return language ? "requirement-labels" : "requirements";
  if (path.ends_with("/proof.json")) return "proof";
  if (path.ends_with("/migrate.json")) return "";
  if (path.ends_with("/views.json")) return "views";
  if (path.ends_with("/views.de.json")) return "view-labels";
  return language ? "labels" : "definition";
}

/// What the published schema says against `value`; "" when nothing.
std::string against(const std::string& schema_name, const Json& value) {
  const Json schema = Json::parse(text_in(workflows / "schema" / (schema_name + ".schema.json")));
  valijson::Schema compiled;
  valijson::SchemaParser(valijson::SchemaParser::kDraft7)
      .populateSchema(valijson::adapters::NlohmannJsonAdapter(schema), compiled);
  valijson::ValidationResults results;
  valijson::Validator validator(valijson::Validator::kStrongTypes);
  if (validator.validate(compiled, valijson::adapters::NlohmannJsonAdapter(value), &results)) return "";
  std::string text;
  for (valijson::ValidationResults::Error error; results.popError(error);) {
    for (const std::string& part : error.context) text += part;
    text += ": " + error.description + "\n";
  }
  return text.empty() ? "refused" : text;
}

TEST_CASE("every shipped file and every file of the small set answers to its published schema", "[published]") {
  int tried = 0;
  for (WorkflowFiles files : {read_workflow_files(workflows), small_files()}) {
    for (const auto& [path, text] : files) {
      const std::string schema = schema_for(path);
      if (schema.empty()) continue;
      INFO(path);
      CHECK(against(schema, Json::parse(text)) == "");
      ++tried;
    }
  }
  CHECK(tried > 15);
}

TEST_CASE("the published schema refuses what the loader refuses", "[published]") {
  const auto [pointer, value] = GENERATE(table<std::string, Ordered>({
      {"/flow", 1},
      {"/version", 0},
      {"/plural", "Tasks"},
      {"/number", "T-{year}"},
      {"/label", nullptr},
      {"/links/project/via", 1},
      {"/people/owner/max", 0},
      {"/fields/title/maxlength", 3},
      {"/fields/title/title", nullptr},
      {"/fields/title/format", "ipv4"},
      {"/fields/cause/prefill", Ordered::array()},
      {"/fields/cause/prefill", Ordered::parse(R"([{"name":"open","type":"task"}])")},
      {"/fields/cause/prefill", Ordered::parse(R"([{"name":"open","label":"Open","type":"task","since":1}])")},
      {"/fields/cause/prefill", Ordered::parse(R"([{"name":"open","label":"Open","type":"task","list":true,
                                                   "with":[{"name":"b","label":"B","type":"task"}]}])")},
      {"/people/owner/label_plural", ""},
      {"/fields/plans/type", "array"},
      {"/states/open/final", true},
      {"/states/open/next", Ordered::parse(R"([{"command":"finish"}])")},
      {"/states/open/next", Ordered::parse(R"([{"command":"finish","when":{"grade":[]}}])")},
      {"/commands/open/why", nullptr},
      {"/commands/open/by", Ordered::array()},
      {"/commands/open/guards/0/guard", "fulfilled"},
      {"/commands/open/guards/0/field", "grade"},
      {"/commands/finish/effects/0/do", "add"},
      {"/commands/finish/effects/0/to", "x"},
      {"/timers/finish_due/misfire", "never"},
      {"/timers/finish_due/while", nullptr},
  }));
  INFO(pointer);
  const WorkflowFiles files = bent({{"small/task.json", pointer, value}});
  CHECK(against("definition", Json::parse(files.at("small/task.json"))) != "");
}

TEST_CASE("the published schema knows each guard with the parameters of the table", "[published]") {
  const Json schema = Json::parse(text_in(workflows / "schema/definition.schema.json"));
  std::map<std::string, std::string> published;
  for (const Json& entry : schema.at("definitions").at("guard").at("oneOf")) {
    std::set<std::string> names;
    for (const auto& [name, property] : entry.at("properties").items()) {
      if (name == "guard" || name == "waiver") continue;
      const Json& required = entry.at("required");
      const bool needed = std::find(required.begin(), required.end(), Json(name)) != required.end();
      names.insert(needed ? name : name + "?");
    }
    published[entry.at("properties").at("guard").at("const")] = fmt::format("{}", fmt::join(names, " "));
  }
  std::map<std::string, std::string> known;
  for (const Guard& guard : guards()) {
    std::istringstream words{std::string(guard.parameters)};
    const std::set<std::string> names{std::istream_iterator<std::string>(words), {}};
    known[std::string(guard.name)] = fmt::format("{}", fmt::join(names, " "));
  }
  CHECK(published == known);
}

TEST_CASE("the README lists each guard with its parameters and reasons, and German has a text for each",
          "[published]") {
  const std::string readme = text_in(workflows / "README.md");
  const Json german = Json::parse(text_in(workflows / "guards.de.json")).at("guards");
  for (const Guard& guard : guards()) {
    std::string call = fmt::format("| `{}(", guard.name);
    std::string parameters(guard.parameters);
    for (std::size_t at = 0; (at = parameters.find(' ', at)) != std::string::npos; at += 2)
      parameters.replace(at, 1, ", ");
    call += parameters + ")`";
    const auto row = readme.find(call);
    INFO(call);
    REQUIRE(row != std::string::npos);
    const std::string line = readme.substr(row, readme.find('\n', row) - row);
    for (const GuardReason& reason : guard.reasons) {
      INFO(reason.code);
      CHECK(line.find(fmt::format("`{}`", reason.code)) != std::string::npos);
      CHECK(german.at(std::string(guard.name)).contains(std::string(reason.code)));
    }
  }
}

TEST_CASE("the matrix of a type says who may do what in which state", "[published]") {
  const WorkflowSet set = load_or_throw(small_files());
  CHECK(matrix(set.types.at("project")) == R"(small/project version 1
read by manager

seat lead (at most 1)
seat member

state running is active
state closed (end)

state    command  next     by             second
(new)    start    running  manager
running  staff    (stays)  manager
         note     (stays)  via:task
         close    closed   manager, lead
closed   (end)

start -> started  1
  must   title
  may    lead, member
staff -> staffed  1
  may    lead, member
note -> noted  1
  may    noted
close -> closed  2
  guard  linked_all in=["#done"] link=tasks
  effect set values={"closed_on":"@today"}
)");
  const std::string task = matrix(set.types.at("task"));
  CHECK(task.find(
            "\ntimer finish_due\n  while  open\n  when   grade=[\"major\"]\n  due    due + five_days, or extended_to\n"
            "  remind reminders\n  tell   owner\n  fires  note_overdue (missed: latest)\n") != std::string::npos);
  CHECK(task.find("  guard  actor_not seats=[\"owner\"] (waiver own_check)\n") != std::string::npos);
}

TEST_CASE("a definition is drawn as a state diagram in a language", "[published]") {
  WorkflowFiles files = small_files();
  files["small/project.de.json"] = R"({"states":{"running":"Läuft: ja"},"commands":{"close":"Schließen"}})";
  const WorkflowSet set = load_or_throw(files);
  CHECK(export_mermaid(set.types.at("project"), "de") == R"(stateDiagram-v2
  %% small/project version 1
  state "Läuft  ja" as running
  state "Closed" as closed
  [*] --> running : Start [manager]
  running --> closed : Schließen [manager, lead] if linked_all
  note right of running
    Staff [manager]
    Note [via task]
  end note
  closed --> [*]
)");
}

}  // namespace
}  // namespace assay::test::published_test
