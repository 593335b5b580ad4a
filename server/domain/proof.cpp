// Reads what is to be proved of a pack.
#include "domain/proof.h"

#include <fmt/format.h>

#include <algorithm>

#include "domain/check_parts.h"
#include "domain/document.h"
#include "domain/guards.h"
#include "domain/load_parts.h"

namespace assay {
namespace {

constexpr std::size_t most = 8;  // people of a world, and records of a type: a byte holds a set of them
constexpr std::string_view file_name = "/proof.json";

/// What worlds do not tell, or not all of, so that it can hold only where a command asks for it.
bool is_free(const std::string& name) {
  const Guard* guard = find_guard(name);
  return guard && guard->in_worlds != InWorlds::told;
}

class ProofReader {
 public:
  ProofReader(const WorkflowSet& set, const Place& file) : set_(set), file_(file) {}

  Proof read() {
    Proof proof;
    proof.source = file_.file();
    proof.pack = proof.source.substr(0, proof.source.size() - file_name.size());
    if (!file_.is_object()) return proof;
    file_.only({"worlds", "invariants", "witnesses"});
    for (const auto& [name, place] : file_.members("worlds")) {
      if (good_name(place, name) && place.is_object()) proof.worlds.push_back(world(name, place));
    }
    if (proof.worlds.empty()) file_.flaw("`worlds` is missing: nothing would be explored");
    for (const Place& place : file_.elements("invariants"))
      claim(place, {"at", "asks", "after", "always", "only", "two"}, proof);
    for (const Place& place : file_.elements("witnesses")) claim(place, {"can"}, proof);
    return proof;
  }

 private:
  const Definition* type_of(const Place& place, const std::string& name) {
    const Definition* type = set_.find(name);
    if (!type) place.flaw(fmt::format("there is no type `{}`", name));
    return type;
  }

  static void known(const Place& place, const std::vector<std::string>& names, const auto& all, std::string_view what) {
    for (const std::string& name : names) {
      if (!all.contains(name)) place.flaw(fmt::format("there is no {} `{}`", what, name));
    }
  }

  static std::map<std::string, std::vector<std::string>> lists(const Place& owner, std::string_view name) {
    std::map<std::string, std::vector<std::string>> found;
    for (const auto& [member, place] : owner.members(name)) found[member] = owner.at(name).names(member);
    return found;
  }

  ProofWorld world(const std::string& name, const Place& place) {
    place.only(
        {"asks", "people", "records", "given", "seats", "commands", "values", "choices", "adopts", "ends", "bound"});
    ProofWorld world{name, place.text("asks"), {}, {}, {}, {}, {}};
    std::set<std::string> people;
    for (const auto& [person, about] : place.members("people")) {
      if (!about.is_object()) continue;
      about.only({"roles", "own_area"});
      world.people.push_back({person, about.names("roles"), about.flag("own_area")});
      known(about, world.people.back().roles, set_.roles, "role");
      people.insert(person);
    }
    if (people.empty() || people.size() > most) place.flaw(fmt::format("`people` must name 1 to {}", most));
    for (const auto& [type, about] : place.members("records")) {
      if (!type_of(about, type)) continue;
      const int count = place.at("records").number(type, 1, 1);
      if (count > static_cast<int>(most)) about.flaw(fmt::format("must be at most {}", most));
      world.records[type] = static_cast<std::size_t>(count);
    }
    if (world.records.empty()) place.flaw("`records` is missing: the types, and how many records of each at most");
    for (const auto& [type, about] : place.members("seats")) {
      const Definition* definition = type_of(about, type);
      if (!definition) continue;
      world.seats[type] = lists(place.at("seats"), type);
      for (const auto& [seat, who] : world.seats[type]) {
        known(about, {seat}, definition->people, "seat");
        known(about, who, people, "person");
      }
    }
    world.commands = lists(place, "commands");
    for (const auto& [type, commands] : world.commands) {
      if (const Definition* definition = type_of(place.at("commands"), type))
        known(place.at("commands").at(type), commands, definition->commands, "command");
    }
    for (const auto& [type, about] : place.members("values")) {
      if (const Definition* definition = type_of(about, type))
        world.values[type] = values(*definition, place.at("values"), type);
    }
    for (const auto& [policy, option] : place.members("choices")) {
      const auto found = set_.policies.find(policy);
      const bool fits =
          found != set_.policies.end() && option.is_text() && found->second.options.contains(option.text());
      if (!fits) {
        option.flaw(fmt::format("`{}` is no choice with this option", policy));
      } else {
        world.choices[policy] = option.text();
      }
    }
    world.adopts = place.names("adopts");
    for (std::size_t i = 0; i < world.adopts.size(); ++i) {
      if (!world.records.contains(world.adopts[i]))
        place.at("adopts").at(i).flaw("the world has no record of this type");
    }
    world.ends = place.names("ends");
    known(place, world.ends, world.records, "type in `records`");
    for (const auto& [record, about] : place.members("given")) {
      if (about.is_object()) given(record, about, people, world);
    }
    for (const GivenRecord& record : world.given) links(record, place.at("given").at(record.name), world);
    world.bound = static_cast<std::size_t>(place.number("bound", 1, static_cast<int>(world.bound)));
    return world;
  }

  static std::map<std::string, std::vector<Json>> values(const Definition& type, const Place& place,
                                                         const std::string& name) {
    std::map<std::string, std::vector<Json>> all;
    for (const auto& [field, about] : place.members(name)) {
      known(about, {field}, type.fields, "field");
      for (const Place& value : place.at(name).elements(field)) {
        const auto found = type.fields.find(field);
        Json written = value.json();
        const auto why = found == type.fields.end() ? "" : misfit(found->second, written);
        if (!why.empty()) value.flaw(why);
        all[field].push_back(std::move(written));
      }
      if (all[field].empty()) about.flaw("must list values");
    }
    return all;
  }

  void given(const std::string& name, const Place& place, const std::set<std::string>& people, ProofWorld& world) {
    place.only({"type", "state", "fields", "seats", "links", "did", "held", "evidence", "report", "planned"});
    GivenRecord record{name, place.text("type"), place.text("state")};
    const Definition* type = type_of(place, record.type);
    if (!type) return;
    if (!world.records.contains(record.type)) place.flaw(fmt::format("`records` names no {}", record.type));
    known(place, {record.state}, type->states, "state");
    for (const auto& [field, value] : place.members("fields")) {
      const auto found = type->fields.find(field);
      record.fields[field] = value.json();
      if (found == type->fields.end() || found->second.keep != Keep::body) {
        value.flaw(fmt::format("{} keeps no field `{}`", type->type, field));
      } else if (const auto why = misfit(found->second, record.fields[field]); !why.empty()) {
        value.flaw(why);
      }
    }
    record.seats = lists(place, "seats");
    record.links = lists(place, "links");
    record.did = lists(place, "did");
    record.held = lists(place, "held");
    for (const auto& [name, all] : {std::pair{"seats", &record.seats}, std::pair{"held", &record.held}}) {
      for (const auto& [seat, who] : *all) {
        known(place.at(name), {seat}, type->people, "seat");
        known(place.at(name), who, people, "person");
      }
    }
    for (const auto& [link, to] : record.links) known(place.at("links"), {link}, type->links, "link");
    for (const auto& [command, who] : record.did) {
      known(place.at("did"), {command}, type->commands, "command");
      known(place.at("did"), who, people, "person");
    }
    record.evidence = place.flag("evidence");
    record.report = place.flag("report");
    record.planned = place.flag("planned");
    world.given.push_back(std::move(record));
    const auto same = std::count_if(world.given.begin(), world.given.end(),
                                    [&](const GivenRecord& one) { return one.type == type->type; });
    if (world.records.contains(type->type) && static_cast<std::size_t>(same) > world.records.at(type->type))
      place.flaw(fmt::format("`records` has fewer of {}", type->type));
  }

  void links(const GivenRecord& record, const Place& place, const ProofWorld& world) {
    const Definition* type = set_.find(record.type);
    for (const auto& [link, names] : record.links) {
      for (const std::string& name : names) {
        const auto to = std::find_if(world.given.begin(), world.given.end(),
                                     [&](const GivenRecord& one) { return one.name == name; });
        if (to == world.given.end()) {
          place.at("links").flaw(fmt::format("no record is given as `{}`", name));
        } else if (type && type->links.contains(link) && type->links.at(link).to != to->type) {
          place.at("links").flaw(fmt::format("`{}` is no {}", name, type->links.at(link).to));
        }
      }
    }
  }

  void claim(const Place& place, std::vector<std::string_view> kinds, Proof& proof) {
    if (!place.is_object()) return;
    place.only({"id", "why", "at", "asks", "after", "always", "in", "only", "two", "can", "by", "each", "holds"});
    std::erase_if(kinds, [&](std::string_view kind) { return !place.find(kind); });
    if (kinds.size() != 1) return place.flaw("must have one of at, asks, after, always, only, two; a witness has can");
    Claim claim;
    claim.id = place.text("id");
    claim.why = place.text("why", false);
    claim.asks = kinds[0] == "asks";
    claim.kind = kinds[0] == "at" || claim.asks ? Claim::Kind::at
                 : kinds[0] == "after"          ? Claim::Kind::after
                 : kinds[0] == "always"         ? Claim::Kind::always
                 : kinds[0] == "only"           ? Claim::Kind::only
                 : kinds[0] == "two"            ? Claim::Kind::two
                                                : Claim::Kind::can;
    const auto same = [&](const Claim& one) { return one.id == claim.id; };
    if (std::any_of(proof.claims.begin(), proof.claims.end(), same)) place.flaw("another one has this id");
    claim.by = place.names("by");
    claim.each = place.flag("each");
    claim.holds = load_guards(place, "holds");
    const Definition* about = nullptr;
    if (claim.kind == Claim::Kind::always) {
      claim.type = place.text("always");
      about = type_of(place, claim.type);
      if (about) claim.states = expand_states(place, "in", *about);
      if (claim.states.empty()) place.flaw("`in` is missing: the states in which it holds");
    } else {
      about = commands(place, kinds[0], claim);
    }
    needs(place, claim);
    if (about && !claim.holds.empty()) guards(place, *about, claim);
    proof.claims.push_back(std::move(claim));
  }

  /// The type of the commands; null when they are of several.
  const Definition* commands(const Place& place, std::string_view kind, Claim& claim) {
    const Definition* about = nullptr;
    bool several = false;
    for (const std::string& name : place.names(kind)) {
      const auto dot = name.find('.');
      CommandName command{name.substr(0, dot), dot == std::string::npos ? "" : name.substr(dot + 1)};
      const Definition* type = type_of(place.at(kind), command.type);
      if (!type) continue;
      if (!type->commands.contains(command.command)) {
        place.at(kind).flaw(fmt::format("{} has no command `{}`", command.type, command.command));
        continue;
      }
      if (about && about != type && place.find("holds"))
        place.at(kind).flaw("guards can be about the commands of one type only");
      several = several || (about && about != type);
      about = type;
      claim.commands.push_back(std::move(command));
    }
    if (claim.commands.empty()) place.flaw(fmt::format("`{}` must name commands as TYPE.COMMAND", kind));
    return several ? nullptr : about;
  }

  static void needs(const Place& place, const Claim& claim) {
    const bool limited = claim.kind == Claim::Kind::only || claim.kind == Claim::Kind::two;
    const bool states_something = !limited && claim.kind != Claim::Kind::can;
    if (states_something && claim.holds.empty()) place.flaw("`holds` is missing: what is true then");
    if (states_something && !claim.by.empty()) place.flaw("`by` goes with only, two and can");
    if (claim.each && (!limited || claim.by.empty())) place.flaw("`each` goes with `by` of only and two");
    if (claim.kind == Claim::Kind::only && claim.by.empty()) place.flaw("`by` is missing: who at most");
    if (limited && !claim.holds.empty()) place.flaw("`holds` goes with at, asks, after, always and can");
  }

  /// The guards are held against the type as check() does with those of a command.
  void guards(const Place& place, const Definition& type, const Claim& claim) {
    Definition about = type;
    about.source = place.file();
    CommandDefinition command{claim.id};
    if (!claim.commands.empty()) command = type.commands.at(claim.commands.front().command);
    command.guards = claim.holds;
    std::vector<Flaw> found;
    check_guards({{set_, about, found}, command, place.pointer()});
    for (Flaw& flaw : found) {
      flaw.pointer.replace(place.pointer().size(), std::string_view("/guards").size(), "/holds");
      place.flaws().push_back(std::move(flaw));
    }
    for (std::size_t i = 0; claim.kind != Claim::Kind::at && i < claim.holds.size(); ++i) {
      if (is_free(claim.holds[i].name))
        place.at("holds").at(i).flaw("is free in worlds: it can be held `at` commands only");
    }
  }

  const WorkflowSet& set_;
  const Place& file_;
};

}  // namespace

std::variant<std::vector<Proof>, std::vector<Flaw>> load_proofs(const WorkflowFiles& files, const WorkflowSet& set) {
  std::vector<Proof> proofs;
  std::vector<Flaw> flaws;
  for (const auto& [path, text] : files) {
    if (!path.ends_with(file_name)) continue;
    const auto read = Document::read(text);
    if (const auto* fault = std::get_if<JsonFault>(&read)) {
      flaws.push_back({path, fault->pointer, fault->reason});
      continue;
    }
    const Place place(std::get<Document>(read).root(), path, flaws);
    proofs.push_back(ProofReader(set, place).read());
  }
  if (!flaws.empty()) return flaws;
  return proofs;
}

}  // namespace assay
