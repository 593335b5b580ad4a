// Bodies of commands: the strict parser, then the command of the shipped definitions that they are for.
#include <functional>

#include "domain/schema.h"
#include "domain/world.h"
#include "fuzz/targets.h"
#include "http/json_body.h"

namespace assay::fuzz {
namespace {

/// A record in the first state of each command of the release, and a person who holds every role and every seat.
class Office {
 public:
  Office() : world_(test::read_workflow_files(std::filesystem::path(ASSAY_SOURCE_DIR) / "workflows")) {
    std::vector<std::string> roles;
    for (const auto& [name, role] : world_.set.roles) roles.push_back(name);
    person_ = world_.facts.add_person(roles);
    for (const auto& [type, definition] : world_.set.types) {
      for (const auto& [name, command] : definition.commands) {
        cases_[type + "." + name] = command.creates()
                                        ? assay::Target{{}, type, MemoryFacts::home}
                                        : assay::Target{record(definition, *command.from.begin()), {}, {}};
      }
    }
  }

  /// The case of that name; any for a name that there is not, the same one each time.
  std::pair<const std::string, assay::Target>& named(std::string_view name) {
    if (const auto found = cases_.find(std::string(name)); found != cases_.end()) return *found;
    std::size_t number = 0;
    for (const char c : name) number = number * 31 + static_cast<unsigned char>(c);
    return *std::next(cases_.begin(), static_cast<std::ptrdiff_t>(number % cases_.size()));
  }

  Result<Decision> decide(const std::pair<const std::string, assay::Target>& chosen, const Json& input) const {
    const std::string command = chosen.first.substr(chosen.first.find('.') + 1);
    return assay::decide(world_.set, world_.facts, chosen.second, {command, input}, {person_}, world_.now);
  }

 private:
  RecordId record(const Definition& definition, const std::string& state) {
    test::Seats seats;
    for (const auto& [name, seat] : definition.people) seats[name] = {person_};
    test::Links links;
    if (const LinkDefinition* parent = definition.parent()) links = {{parent->name, above(parent->to)}};
    return world_.facts.add(definition.type, state, Json::object(), links, seats);
  }
  RecordId above(const std::string& type) {
    if (const auto found = above_.find(type); found != above_.end()) return found->second;
    const Definition& definition = world_.set.types.at(type);
    const RecordId made = record(definition, definition.state_order.front());
    above_.emplace(type, made);
    return made;
  }

  test::World world_;
  PersonId person_{};
  std::map<std::string, RecordId> above_;
  std::map<std::string, assay::Target> cases_;
};

void require_sound(const Json& body, std::string_view text) {
  const std::string written = canonical(body);
  const auto again = parse_json(written);
  require(again && *again == body, "a body that is written again reads the same");
  require(canonical(*again) == written, "the canonical text is stable");
  require(written == body.dump(), "the canonical text is the library's");
  const auto strict = parse_strict(text, json_depth_limit);
  const auto* same = std::get_if<Json>(&strict);
  require(same != nullptr && *same == body, "both strict parsers read the same");
  if (!body.is_string()) return;
  std::string quoted;
  append_quoted(quoted, body.get_ref<const std::string&>());
  require(quoted == written, "a string is quoted as the library does");
}

void require_decided(const Decision& decision) {
  if (decision.needs_second) return;
  require(!decision.changes.empty(), "what is granted changes something");
  for (const Change& change : decision.changes) {
    for (const auto& [name, value] : change.set.items()) {
      const auto field = change.definition->fields.find(name);
      if (field == change.definition->fields.end() || value.is_null() || field->second.keep == Keep::list) continue;
      require(violations(field->second.schema, value, "").empty(), "what is set is valid", name);
    }
    const Json after = body_after(Json::object(), change.set, change.append, change.waived);
    require(after.is_object(), "a record's body is an object");
  }
}

}  // namespace

void run_bodies(std::string_view input) {
  static Office office;
  const auto line = std::min(input.find('\n'), input.size());
  const std::string_view text = input.substr(std::min(line + 1, input.size()));
  const auto body = parse_json(text);
  if (!body) {
    const Refusal& refusal = body.error();
    require(refusal.reason == Reason::malformed || refusal.reason == Reason::invalid, "unreadable is malformed");
    require(!refusal.detail.empty(), "a refusal says why");
    for (const auto& field : refusal.invalid)
      require(is_pointer(field.pointer), "a repeated member is named by a JSON pointer", field.pointer);
    return;
  }
  require_sound(*body, text);
  const auto& chosen = office.named(input.substr(0, line));
  const auto decided = office.decide(chosen, *body);
  if (decided) return require_decided(*decided);
  require(!decided.error().detail.empty(), "a refusal says why", chosen.first);
  if (decided.error().reason != Reason::invalid) return;
  require(!decided.error().invalid.empty(), "an invalid input has a field that is wrong", chosen.first);
  require_places(decided.error().invalid, *body);
}

}  // namespace assay::fuzz
