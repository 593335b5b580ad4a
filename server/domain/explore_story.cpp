// A way through the states of a world as people read it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

#include "domain/explore_parts.h"

namespace assay {
namespace {

class Story {
 public:
  Story(const WorkflowSet& set, BoundedFacts& facts, Tries& tries) : set_(set), facts_(facts), tries_(tries) {}

  std::vector<std::string> tell(const Way& way) {
    std::vector<std::string> lines;
    Bytes real = facts_.beginning();
    for (const auto& [state, number] : way) {
      // The state is known with changed names: what was tried there is tried here under the real ones.
      std::size_t renaming = 0;
      facts_.least(real, renaming);
      const Try what = renamed_back(try_of(state, number), renaming);
      facts_.look_at(real);
      const auto decision = decide_try(set_, facts_, what, what.command->name);
      if (!decision) throw std::logic_error("a step that was granted is refused: " + decision.error().detail);
      Bytes next = *facts_.after(what, *decision);
      lines.push_back(line(what, *decision, real, next));
      real = std::move(next);
    }
    return lines;
  }

 private:
  Try try_of(const Bytes& state, std::uint32_t number) {
    std::optional<Try> found;
    facts_.look_at(state);
    std::uint32_t at = 0;
    tries_.each([&](const Try& what) {
      if (at++ == number) found = what;
      return !found;
    });
    return found.value();
  }

  Try renamed_back(Try what, std::size_t renaming) {
    std::map<std::size_t, std::size_t> slots, people;
    for (std::size_t i = 0; i < facts_.slots().size(); ++i) slots[facts_.slot_in(renaming, i)] = i;
    for (std::size_t i = 0; i < facts_.people(); ++i) people[facts_.person_in(renaming, i)] = i;
    const auto person = [&](PersonId id) {
      return BoundedFacts::person_id(people.at(static_cast<std::size_t>(id) - 1));
    };
    if (what.slot) what.slot = slots.at(*what.slot);
    if (what.actor.person) what.actor.person = person(*what.actor.person);
    if (what.actor.second) what.actor.second = person(*what.actor.second);
    const auto rename = [&](auto&& self, Json& value) -> void {
      if (value.is_structured()) {
        for (Json& inner : value) self(self, inner);
      } else if (const auto who = person_in(value)) {
        value = BoundedFacts::uuid_of(person(*who));
      } else if (const auto slot = slot_in(value)) {
        value = BoundedFacts::uuid_of(BoundedFacts::record_id(slots.at(*slot)));
      }
    };
    rename(rename, what.input);
    return what;
  }

  std::optional<PersonId> person_in(const Json& value) const {
    return value.is_string() ? facts_.person(value.get_ref<const std::string&>(), the_organisation) : std::nullopt;
  }
  std::optional<std::size_t> slot_in(const Json& value) const {
    for (std::size_t i = 0; i < facts_.slots().size(); ++i)
      if (value == BoundedFacts::uuid_of(BoundedFacts::record_id(i))) return i;
    return {};
  }

  std::string line(const Try& what, const Decision& decision, const Bytes& before, const Bytes& after) const {
    std::string text = what.actor.timer ? "a timer" : facts_.name_of(*what.actor.person);
    if (what.actor.second) text += ", confirmed by " + facts_.name_of(*what.actor.second);
    text += ": " + what.command->name;
    for (std::size_t i = 0; i < facts_.slots().size(); ++i) {
      const auto& slot = facts_.slots()[i];
      const bool fresh =
          !what.slot && slot.shape->definition == what.type && before[slot.base] == 0 && after[slot.base] != 0;
      if (fresh || what.slot == i) text += " " + facts_.name_of(i);
    }
    std::vector<std::string> said;
    for (const auto& [name, value] : what.input.items())
      if (const auto meant = plain(value); !meant.empty()) said.push_back(name + ": " + meant);
    if (!said.empty()) text += fmt::format(" ({})", fmt::join(said, ", "));
    return text + " -> " + decision.changes.front().state;
  }

  /// People and records by name, and values that somebody chose; "" for what stands for any text or day.
  std::string plain(const Json& value) const {
    if (value.is_null()) return "nothing";
    if (value.is_boolean()) return value.dump();
    if (const auto who = person_in(value)) return facts_.name_of(*who);
    if (const auto slot = slot_in(value)) return facts_.name_of(*slot);
    if (value.is_structured()) {
      std::vector<std::string> parts;
      for (const Json& one : value)
        if (auto text = plain(one); !text.empty()) parts.push_back(std::move(text));
      return value.empty() ? "nobody" : fmt::format("{}", fmt::join(parts, " "));
    }
    if (!value.is_string()) return "";
    const auto& text = value.get_ref<const std::string&>();
    const bool word = std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
    return word && text.find_first_not_of('x') != std::string::npos ? text : "";
  }

  const WorkflowSet& set_;
  BoundedFacts& facts_;
  Tries& tries_;
};

}  // namespace

std::vector<std::string> told(const WorkflowSet& explored, BoundedFacts& facts, Tries& tries, const Way& way) {
  return Story(explored, facts, tries).tell(way);
}

}  // namespace assay
