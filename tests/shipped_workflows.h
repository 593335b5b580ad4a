// The workflow definitions of the release, for the tests that need real rules.
#pragma once

#include <catch2/catch_all.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <variant>

#include "domain/load.h"
#include "ledger/digest.h"

namespace assay::test {

/// Loaded once from the folder workflows/; fails the running test when they do not load.
inline WorkflowSetPtr shipped_workflows() {
  static const WorkflowSetPtr set = [] {
    WorkflowFiles files;
    const std::filesystem::path folder = std::filesystem::path(ASSAY_SOURCE_DIR) / "workflows";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      const auto name = entry.path().lexically_relative(folder).generic_string();
      if (entry.path().extension() != ".json" || name.starts_with("schema/")) continue;
      std::ifstream input(entry.path());
      files[name] = std::string{std::istreambuf_iterator<char>(input), {}};
    }
    auto loaded = load_workflows(files);
    REQUIRE(std::holds_alternative<WorkflowSet>(loaded));
    auto made = std::make_shared<WorkflowSet>(std::get<WorkflowSet>(std::move(loaded)));
    made->hash = sha256_hex(made->text);
    return made;
  }();
  return set;
}

}  // namespace assay::test
