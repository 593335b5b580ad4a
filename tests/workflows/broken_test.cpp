// Definitions that are each broken in one way, as a patch of a shipped file, with the flaw that must be named.
#include "workflows/company.h"

namespace assay::test::broken_test {
namespace {

std::vector<Flaw> flaws_of(const WorkflowFiles& files) {
  const auto loaded = load_workflows(files);
  if (const auto* flaws = std::get_if<std::vector<Flaw>>(&loaded)) return *flaws;
  return check(std::get<WorkflowSet>(loaded));
}

/// The pack of the file, with roles and policies and without other languages: what else a pack names is a flaw more.
WorkflowFiles only_around(const WorkflowFiles& all, const std::string& file) {
  WorkflowFiles some;
  const std::string pack = file.substr(0, file.find('/') + 1);
  for (const auto& [name, text] : all) {
    const bool near = name.find('/') == std::string::npos || name.starts_with("policies/") || name.starts_with(pack);
    if (name == file || (near && name.find(".de.") == std::string::npos)) some.emplace(name, text);
  }
  return some;
}

TEST_CASE("every broken definition is refused with file, pointer and reason") {
  const auto folder = std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/workflows/broken";
  const WorkflowFiles shipped_files = read_workflow_files(shipped_folder());
  int tried = 0;
  for (const auto& [name, text] : read_workflow_files(folder)) {
    const Json broken = Json::parse(text);
    const auto file = broken.at("file").get<std::string>();
    WorkflowFiles files = only_around(shipped_files, file);
    files.at(file) = Json::parse(files.at(file)).patch(broken.at("patch")).dump();

    const auto flaws = flaws_of(files);
    const auto pointer = broken.at("flaw").at("pointer").get<std::string>();
    const auto reason = broken.at("flaw").at("reason").get<std::string>();
    INFO(name << ": " << broken.at("breaks").get<std::string>());
    INFO(text_of(flaws));
    CHECK(std::any_of(flaws.begin(), flaws.end(), [&](const Flaw& flaw) {
      return flaw.file == file && flaw.pointer == pointer && flaw.reason.find(reason) != std::string::npos;
    }));
    ++tried;
  }
  CHECK(tried >= 40);
}

}  // namespace
}  // namespace assay::test::broken_test
