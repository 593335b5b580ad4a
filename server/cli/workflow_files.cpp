// Where workflow definitions come from.
#include "cli/workflow_files.h"

#include <fmt/format.h>

#include <fstream>
#include <utility>
#include <vector>

#include "domain/parallel.h"
#include "ledger/digest.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

struct EmbeddedFile {
  const char* path;
  const char* text;
};
constexpr EmbeddedFile embedded[] = {
#include "cli/embedded_workflows.inc"
};

}  // namespace

WorkflowFiles embedded_workflows() {
  WorkflowFiles files;
  for (const EmbeddedFile& file : embedded) files.emplace(file.path, file.text);
  return files;
}

WorkflowFiles read_workflows(const fs::path& folder) {
  std::vector<std::pair<fs::path, std::string*>> found;
  WorkflowFiles files;
  if (!fs::is_directory(folder)) throw std::runtime_error("there is no folder " + folder.string());
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const fs::path relative = entry.path().lexically_relative(folder);
    if (!entry.is_regular_file() || relative.extension() != ".json" || relative.begin()->string() == "schema") continue;
    found.emplace_back(entry.path(), &files[relative.generic_string()]);
  }
  if (files.empty()) throw std::runtime_error("no workflow definitions were found in " + folder.string());
  in_parallel(found.size(), [&found](std::size_t i) {
    const auto& [path, text] = found[i];
    std::ifstream input(path, std::ios::binary);
    text->resize(fs::file_size(path));
    input.read(text->data(), static_cast<std::streamsize>(text->size()));
    if (!input || input.peek() != std::ifstream::traits_type::eof())
      throw std::runtime_error(path.string() + " cannot be read");
  });
  return files;
}

WorkflowsFlawed::WorkflowsFlawed(std::vector<Flaw> all) : std::runtime_error(text_of(all)), flaws(std::move(all)) {}

WorkflowSetPtr loaded_workflows(const WorkflowFiles& files) {
  auto loaded = load_workflows(files);
  if (auto* flaws = std::get_if<std::vector<Flaw>>(&loaded)) throw WorkflowsFlawed(std::move(*flaws));
  auto set = std::make_shared<WorkflowSet>(std::get<WorkflowSet>(std::move(loaded)));
  set->hash = sha256_hex(set->text);
  return set;
}

void demand_flawless(const WorkflowSet& set) {
  if (auto flaws = check(set); !flaws.empty()) throw WorkflowsFlawed(std::move(flaws));
}

WorkflowSetPtr checked_workflows(const WorkflowFiles& files) {
  auto set = loaded_workflows(files);
  demand_flawless(*set);
  return set;
}

std::vector<Proof> checked_proofs(const WorkflowFiles& files, const WorkflowSet& set) {
  auto loaded = load_proofs(files, set);
  if (auto* flaws = std::get_if<std::vector<Flaw>>(&loaded)) throw WorkflowsFlawed(std::move(*flaws));
  return std::get<std::vector<Proof>>(std::move(loaded));
}

std::string text_of(const std::vector<Flaw>& flaws) {
  std::string text;
  for (const Flaw& flaw : flaws) text += fmt::format("{}{}: {}\n", flaw.file, flaw.pointer, flaw.reason);
  return text;
}

}  // namespace assay
