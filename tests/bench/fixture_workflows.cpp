// The definitions of the fixture.
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "bench/fixture.h"
#include "domain/json.h"

namespace bench {
namespace {

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;  // the order of commands is part of a definition

constexpr std::size_t guards_of_a_step = 8;

const OrderedJson& more_guards() {
  static const OrderedJson guards = OrderedJson::parse(R"([
    {"guard": "filled", "fields": ["title", "requirement", "finding", "objective_evidence"]},
    {"guard": "is", "field": "grade", "one_of": ["major", "minor"]},
    {"guard": "is_not", "field": "source", "one_of": ["external_body"]},
    {"guard": "not_after", "field": "issued_on", "than": "today"},
    {"guard": "actor_not", "seats": ["verifier"]},
    {"guard": "linked_all", "link": "audit", "in": ["#active"]},
    {"guard": "people_differ", "seats": ["verifier"], "from": ["action_owner"]}
  ])");
  return guards;
}

void add_guards(OrderedJson& command) {
  auto& guards = command.at("guards");
  for (const auto& guard : more_guards()) {
    const bool there = std::find(guards.begin(), guards.end(), guard) != guards.end();
    if (!there && guards.size() < guards_of_a_step) guards.push_back(guard);
  }
  if (guards.size() < guards_of_a_step) throw std::logic_error("a step of the fixture has too few guards");
}

}  // namespace

void write_workflows(const fs::path& folder) {
  fs::remove_all(folder);
  fs::copy(fs::path(ASSAY_SOURCE_DIR) / "workflows", folder, fs::copy_options::recursive);
  const fs::path file = folder / "internal" / "nonconformity.json";
  std::ifstream input(file);
  auto definition = OrderedJson::parse(input);
  for (const char* step : {"respond", "reject_plan"}) add_guards(definition.at("commands").at(step));
  std::ofstream output(file);
  output << definition.dump(2) << '\n';
  if (!output.flush()) throw std::runtime_error(file.string() + " cannot be written");
}

}  // namespace bench
