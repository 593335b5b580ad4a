// A tiny record type of which every number of states can be counted by hand.
#pragma once

#include <fmt/ranges.h>

#include "domain/explore.h"
#include "domain/small.h"

namespace assay::test {

inline const char* const lamp_roles = R"({"roles": {
  "owner": {"side": "organisation", "label": "Owner"}, "guest": {"side": "organisation", "label": "Guest"}}})";

inline const char* const lamp = R"({
  "workflow": "home/lamp", "version": 1, "label": "Lamp", "label_plural": "Lamps", "plural": "lamps", "title": "title",
  "number": "L-{seq:3}", "read": ["owner"],
  "people": {"keeper": {"max": 1, "label": "Keeper"}},
  "fields": {"title": {"title": "Title", "type": "string", "maxLength": 10},
             "colour": {"title": "Colour", "type": "string", "enum": ["red", "blue"], "x-labels": {"red": "Red", "blue": "Blue"}},
             "late": {"title": "Late", "type": "boolean"}},
  "states": {"off": {"label": "Off"}, "on": {"label": "On"}, "broken": {"end": true, "label": "Broken"}},
  "commands": {
    "hang": {"label": "Hang", "event": "hung", "from": [], "to": "off", "by": ["owner"], "must": ["title", "colour"], "why": "1"},
    "light": {"label": "Light", "event": "lit", "from": ["off"], "to": "on", "by": ["owner", "guest"], "why": "1"},
    "quench": {"label": "Quench", "event": "quenched", "from": ["on"], "to": "off", "by": ["owner", "guest"], "why": "1"},
    "drop": {"label": "Drop", "event": "dropped", "from": ["off", "on"], "to": "broken", "by": ["owner"], "second": ["guest"], "why": "1"},
    "note": {"label": "Note", "event": "noted", "from": ["on"], "by": ["timer"],
             "effects": [{"do": "set", "values": {"late": true}}], "why": "1"}},
  "timers": {"late": {"label": "Late", "while": ["on"], "from": "@entered", "after": "one_day", "fires": "note"}}})";

inline const char* const lamp_policies = R"({"policies": {
  "one_day": {"label": "One day", "value": 1, "unit": "calendar_days", "source": "test"}}})";

inline WorkflowFiles lamp_files() {
  return {{"roles.json", lamp_roles}, {"policies/days.json", lamp_policies}, {"home/lamp.json", lamp}};
}

/// The proof of `text` about the files, and what its worlds give.
struct Explored {
  Explored(const WorkflowFiles& files, const std::string& text) : Explored(load_or_throw(files), text) {}
  Explored(WorkflowSet workflows, const std::string& text) : set(std::move(workflows)) {
    auto loaded = load_proofs({{"home/proof.json", text}}, set);
    if (const auto* flaws = std::get_if<std::vector<Flaw>>(&loaded)) throw std::runtime_error(test::text_of(*flaws));
    proof = std::get<std::vector<Proof>>(std::move(loaded)).front();
    for (const ProofWorld& world : proof.worlds) worlds.push_back(explore(set, proof, world));
    open = left_open(set, proof, worlds);
  }

  /// "claim claim ..." of all that does not hold, each once, sorted.
  std::string broken() const {
    std::set<std::string> names;
    for (const Exploration& world : worlds)
      for (const Violation& violation : world.violations) names.insert(violation.claim);
    for (const Violation& violation : open) names.insert(violation.claim);
    return fmt::format("{}", fmt::join(names, " "));
  }

  WorkflowSet set;
  Proof proof;
  std::vector<Exploration> worlds;
  std::vector<Violation> open;
};

}  // namespace assay::test
