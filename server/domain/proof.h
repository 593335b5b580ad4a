// What is to be proved of a pack of record types: small worlds, invariants and witnesses, as data (workflows/README.md,
// "Proofs").
#pragma once

#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "domain/load.h"

namespace assay {

/// Somebody of a world.
struct ProofPerson {
  std::string name;
  std::vector<std::string> roles;
  bool own_area = false;  // answers in daily work for the one checklist item that a world has
};

/// A record that a world begins with.
struct GivenRecord {
  std::string name, type, state;
  Json fields = Json::object();
  std::map<std::string, std::vector<std::string>> seats = {};  // seat -> people
  std::map<std::string, std::vector<std::string>> links = {};  // link -> names of given records
  std::map<std::string, std::vector<std::string>> did = {};    // command -> people
  std::map<std::string, std::vector<std::string>> held = {};   // seat -> people who have left it
  bool evidence = false, report = false;
  bool planned = false;  // its one checklist item is, without an auditor or a result
};

/// A small world: who is there, how many records of each type at most, and what is tried.
struct ProofWorld {
  std::string name;
  std::string asks;  // its one question
  std::vector<ProofPerson> people;
  std::map<std::string, std::size_t> records;  // type -> at most, the given ones included
  std::vector<GivenRecord> given;
  std::map<std::string, std::map<std::string, std::vector<std::string>>> seats;  // type -> seat -> who may be seated
  std::map<std::string, std::vector<std::string>> commands;  // types of which only these commands are tried
  std::vector<std::string> adopts = {};  // types of which records may come in as adopted, at any time
  std::vector<std::string> ends = {};    // types whose records must always be able to end, besides those in full
  std::map<std::string, std::map<std::string, std::vector<Json>>> values = {};  // type -> field -> what is tried of it
  std::map<std::string, std::string> choices = {};  // policy -> the option that holds, in place of the published one
  std::size_t bound = 1'000'000;                    // of states; beyond it the exploration is cut off
};

/// A command by its type: `nonconformity.close`.
struct CommandName {
  std::string type, command;
  friend auto operator<=>(const CommandName&, const CommandName&) = default;
};

/// An invariant, or a witness (`can`): something that must be possible.
struct Claim {
  enum class Kind { at, after, always, only, two, can } kind = Kind::at;
  std::string id;
  std::string why;                    // clause
  std::vector<CommandName> commands;  // of all but always
  std::string type;                   // of always
  std::set<std::string> states;       // of always
  std::vector<std::string> by;        // only: these at most; two: who confirms, at most; can: each of them alone
  bool each = false;                  // only, two: each of them alone can do so, too
  std::vector<GuardUse> holds;        // at, after, always: what holds; can: when
  bool asks = false;                  // at: in whatever state; and with the others of a command all that it asks
};

/// True when something has to be seen in some world for the claim to hold.
inline bool wants_witness(const Claim& claim) { return claim.kind == Claim::Kind::can || claim.each; }

/// `<pack>/proof.json`.
struct Proof {
  std::string pack;
  std::string source;  // file that it came from
  std::vector<ProofWorld> worlds;
  std::vector<Claim> claims;
  bool whole = true;  // else some claims were left out, and what they forbid may be refused
};

/// The proofs among the files of the set, or every flaw of reading them; the set is loaded and checked already.
std::variant<std::vector<Proof>, std::vector<Flaw>> load_proofs(const WorkflowFiles& files, const WorkflowSet& set);

}  // namespace assay
