// A workflow set with facts in memory and a clock, for tests that decide without a database.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "domain/check.h"
#include "domain/decide.h"
#include "domain/load.h"
#include "domain/memory_facts.h"

namespace assay::test {

using Links = MemoryFacts::Links;
using Seats = MemoryFacts::Seats;

inline std::string uuid_of(auto id) { return MemoryFacts::uuid_of(id); }

std::string text_of(const std::vector<Flaw>& flaws);

/// The set in these files; throws with every flaw when it cannot be read, or, unless told otherwise, has a flaw of
/// check().
WorkflowSet load_or_throw(const WorkflowFiles& files, bool checked = true);

/// A workflow set with its facts and a clock that stands still: the usual way to try commands.
struct World {
  explicit World(WorkflowSet&& workflows);
  /// On a set that is there for longer than the world: tables make a world for each row, and a set is much to copy.
  explicit World(const WorkflowSet& lasting);
  explicit World(const WorkflowFiles& files);
  World(const World&) = delete;
  ~World();

  std::unique_ptr<const WorkflowSet> own;  // of a world that was not lent one
  const WorkflowSet& set;
  MemoryFacts facts;
  Now now{*parse_instant("2026-03-02T09:00:00Z"), "Europe/Berlin"};

  /// Decides without changing anything.
  Result<Decision> ask(const Actor& actor, RecordId record, std::string command, Json input = Json::object()) const;
  Result<Decision> ask(PersonId who, RecordId record, std::string command, Json input = Json::object()) const;
  Result<Decision> ask_new(const Actor& actor, std::string type, std::string command,
                           Json input = Json::object()) const;
  /// Decides and, when it is granted, changes the world.
  Result<Decision> act(const Actor& actor, RecordId record, std::string command, Json input = Json::object());
  Result<Decision> act(PersonId who, RecordId record, std::string command, Json input = Json::object());
  /// Makes a record; its id is then `last`.
  Result<Decision> make(const Actor& actor, std::string type, std::string command, Json input = Json::object());
  Result<Decision> make(PersonId who, std::string type, std::string command, Json input = Json::object());
  const std::string& state(RecordId id);

  RecordId last{};                // the record of the last committed command
  std::vector<RecordId> touched;  // every record that it changed, in order

 private:
  Result<Decision> commit(Result<Decision> decided, const Actor& actor);
};

/// What a refusal says, for INFO and comparisons: "wrong_state: ..." or one line per field or guard.
std::string text_of(const Refusal& refusal);

/// Every .json file below `folder` except schema/, keyed as load_workflows() wants them.
WorkflowFiles read_workflow_files(const std::filesystem::path& folder);

}  // namespace assay::test
