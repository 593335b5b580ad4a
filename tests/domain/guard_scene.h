// A task that guards are asked about, and what they answer.
#pragma once

#include <catch2/catch_all.hpp>

#include "domain/guards.h"
#include "domain/small.h"

namespace assay::test {

/// A task of the small set, an open one that follows it, and people; bent by each row.
struct GuardScene : SmallWorld {
  RecordId self = task("open", {{"grade", "major"}, {"due", "2026-03-10"}});
  RecordId other = task("finished", {{"grade", "minor"}, {"cause", "rust"}});
  Actor actor{chief};
  Json input = Json::object();
};

using GuardBend = void (*)(GuardScene&);

struct GuardRow {
  const char* guard;
  const char* parameters;
  GuardBend bend;
  const char* expected;  // "code: sentence", a line each; "" when met
};

inline std::string guard_unmet(GuardScene& scene, const GuardRow& row, const Json* input) {
  const RecordView& record = scene.facts.at(scene.self);
  const Json parameters = Json::parse(row.parameters);
  const CommandDefinition& command = record.definition->commands.at("edit");
  const GuardContext context{scene.set, scene.facts, record, command, scene.actor, scene.now, input, parameters};
  std::string text;
  for (const UnmetGuard& unmet : find_guard(row.guard)->unmet(context)) {
    CHECK(unmet.guard == row.guard);
    text += unmet.code + ": " + unmet.detail + "\n";
  }
  return text;
}

inline void unbent(GuardScene&) {}

}  // namespace assay::test
