// A world in memory, as its header says.
#include "domain/world.h"

namespace assay::test {

std::string text_of(const std::vector<Flaw>& flaws) {
  std::string text;
  for (const Flaw& flaw : flaws) text += fmt::format("{}#{}: {}\n", flaw.file, flaw.pointer, flaw.reason);
  return text;
}

WorkflowSet load_or_throw(const WorkflowFiles& files, bool checked) {
  auto loaded = load_workflows(files);
  if (const auto* flaws = std::get_if<std::vector<Flaw>>(&loaded)) throw std::runtime_error(text_of(*flaws));
  WorkflowSet& set = std::get<WorkflowSet>(loaded);
  if (checked) {
    if (const auto flaws = check(set); !flaws.empty()) throw std::runtime_error(text_of(flaws));
  }
  return std::move(set);
}

World::World(WorkflowSet&& workflows)
    : own(std::make_unique<const WorkflowSet>(std::move(workflows))), set(*own), facts(set) {}

World::World(const WorkflowSet& lasting) : set(lasting), facts(set) {}
World::World(const WorkflowFiles& files) : World(load_or_throw(files)) {}
World::~World() = default;

Result<Decision> World::ask(const Actor& actor, RecordId record, std::string command, Json input) const {
  return decide(set, facts, Target{record, {}, {}}, Command{std::move(command), std::move(input)}, actor, now);
}

Result<Decision> World::ask(PersonId who, RecordId record, std::string command, Json input) const {
  return ask(Actor{who}, record, std::move(command), std::move(input));
}

Result<Decision> World::ask_new(const Actor& actor, std::string type, std::string command, Json input) const {
  return decide(set, facts, Target{{}, std::move(type), MemoryFacts::home},
                Command{std::move(command), std::move(input)}, actor, now);
}

Result<Decision> World::act(const Actor& actor, RecordId record, std::string command, Json input) {
  return commit(ask(actor, record, std::move(command), std::move(input)), actor);
}

Result<Decision> World::act(PersonId who, RecordId record, std::string command, Json input) {
  return act(Actor{who}, record, std::move(command), std::move(input));
}

Result<Decision> World::make(const Actor& actor, std::string type, std::string command, Json input) {
  return commit(ask_new(actor, std::move(type), std::move(command), std::move(input)), actor);
}

Result<Decision> World::make(PersonId who, std::string type, std::string command, Json input) {
  return make(Actor{who}, std::move(type), std::move(command), std::move(input));
}

const std::string& World::state(RecordId id) { return facts.at(id).state; }

Result<Decision> World::commit(Result<Decision> decided, const Actor& actor) {
  if (decided && !decided->needs_second) {
    touched = facts.commit(*decided, actor, now);
    last = touched.front();
  }
  return decided;
}

std::string text_of(const Refusal& refusal) {
  std::string text = refusal.detail;
  for (const InvalidField& field : refusal.invalid) text += fmt::format("\n{} {}", field.pointer, field.detail);
  for (const UnmetGuard& unmet : refusal.unmet)
    text += fmt::format("\n{}.{} {}", unmet.guard, unmet.code, unmet.detail);
  return text;
}

WorkflowFiles read_workflow_files(const std::filesystem::path& folder) {
  WorkflowFiles files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const auto name = std::filesystem::relative(entry.path(), folder).generic_string();
    if (!entry.is_regular_file() || entry.path().extension() != ".json" || name.starts_with("schema/")) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    files[name] = text.str();
  }
  return files;
}

}  // namespace assay::test
