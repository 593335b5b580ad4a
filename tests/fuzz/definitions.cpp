// Definitions: the loader and the checks on changed files of the small set.
#include <optional>
#include <variant>

#include "domain/export_mermaid.h"
#include "domain/matrix.h"
#include "domain/schema.h"
#include "domain/small.h"
#include "fuzz/targets.h"

namespace assay::fuzz {
namespace {

/// Puts the value at the pointer, or the text in the place of the file when there is no pointer.
void put(WorkflowFiles& files, std::string_view place, std::string_view text) {
  const auto hash = place.find('#');
  const std::string path(place.substr(0, hash));
  if (hash == std::string_view::npos) {
    files[path] = std::string(text);
    return;
  }
  const std::string pointer(place.substr(hash + 1));
  if (!files.contains(path) || !is_pointer(pointer)) return;
  // Both as they are written: the order of members is part of a definition.
  auto file = test::Ordered::parse(files.at(path), nullptr, false);
  auto value = test::Ordered::parse(text, nullptr, false);
  if (file.is_discarded() || value.is_discarded()) return;
  try {
    file[test::Ordered::json_pointer(pointer)] = std::move(value);
    files[path] = file.dump();
  } catch (const nlohmann::json::exception&) {
    return;  // there is no such place: the file stays as it is
  }
}

WorkflowFiles files_in(std::string_view input) {
  constexpr std::string_view mark = "@@ ";
  WorkflowFiles files = test::small_files();
  while (!input.empty()) {
    const auto next = std::min(input.find("\n@@ "), input.size());
    const auto section = input.substr(0, next);
    input.remove_prefix(std::min(next + 1, input.size()));
    const auto line = std::min(section.find('\n'), section.size());
    if (!section.starts_with(mark)) continue;
    put(files, section.substr(mark.size(), line - mark.size()), section.substr(std::min(line + 1, section.size())));
  }
  return files;
}

void require_flaw(const Flaw& flaw, const WorkflowFiles& files) {
  require(!flaw.reason.empty(), "a flaw has a reason", flaw.file);
  require(is_pointer(flaw.pointer), "a flaw has a JSON pointer", flaw.pointer);
  const auto file = files.find(flaw.file);
  require(file != files.end(), "a flaw is in a file of the set", flaw.file);
  const auto parsed = parse_strict(file->second);
  const auto* value = std::get_if<Json>(&parsed);
  if (value != nullptr) {
    require(value->contains(Json::json_pointer(flaw.pointer)), "a flaw is at a place of its file",
            flaw.file + "#" + flaw.pointer);
  }
}

/// Values of all kinds: an accepted schema can judge each of them.
const std::vector<Json>& samples() {
  static const std::vector<Json> all = {nullptr,
                                        true,
                                        -1,
                                        1.5,
                                        "",
                                        "x",
                                        "a@b.c",
                                        "2026-01-02",
                                        Json::array(),
                                        {{}},
                                        {"x"},
                                        Json::object(),
                                        {{"x", 1}},
                                        "\t",
                                        {1, 1},
                                        "0191aaaa-0000-7000-8000-00000000000f"};
  return all;
}

void require_usable(const WorkflowSet& set) {
  MemoryFacts facts(set);
  const Now now{*parse_instant("2026-03-02T09:00:00Z"), "Europe/Berlin"};
  std::vector<std::string> roles;
  for (const auto& [name, role] : set.roles) roles.push_back(name);
  const PersonId person = facts.add_person(roles);
  for (const auto& [type, definition] : set.types) {
    require(!matrix(definition).empty(), "a sound definition has a matrix", type);
    require(!export_mermaid(definition, "en").empty(), "a sound definition can be drawn", type);
    for (const auto& [name, field] : definition.fields) {
      if (field.keep == Keep::list) continue;
      require(check_schema(field.schema, type, "").empty(), "the schema of an accepted field is of the subset", name);
      for (const Json& value : samples()) {
        for (const auto& wrong : violations(field.schema, value, "/x"))
          require(wrong.pointer.starts_with("/x") && !wrong.detail.empty(), "a violation has a place and a reason");
      }
    }
    for (const auto& [name, command] : definition.commands) {
      require(Json::accept(input_schema_text(definition, command, "de")), "a command has a schema", name);
      if (!command.creates()) continue;
      const auto made = decide(set, facts, {{}, type, MemoryFacts::home}, {name, Json::object()}, {person}, now);
      require(made || !made.error().detail.empty(), "a refusal says why", name);
    }
  }
}

}  // namespace

void run_definitions(std::string_view input) {
  const WorkflowFiles files = files_in(input);
  const auto loaded = load_workflows(files);
  if (const auto* flaws = std::get_if<std::vector<Flaw>>(&loaded)) {
    require(!flaws->empty(), "what cannot be loaded has a flaw");
    for (const Flaw& flaw : *flaws) require_flaw(flaw, files);
    return;
  }
  const auto& set = std::get<WorkflowSet>(loaded);
  const auto flaws = check(set);
  for (const Flaw& flaw : flaws) require_flaw(flaw, files);
  const auto again = load_workflows(files_of(set.text));
  const auto* same = std::get_if<WorkflowSet>(&again);
  require(same != nullptr && same->text == set.text, "the canonical text gives the same set again");
  require(check(*same).size() == flaws.size(), "the canonical text has the same flaws");
  if (flaws.empty()) require_usable(set);
}

}  // namespace assay::fuzz
