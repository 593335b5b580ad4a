// Reads what a record that is taken over brings with it: the state in which it stood, its number, since when.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "domain/date_range.h"
#include "domain/paths.h"
#include "domain/step.h"

namespace assay {
namespace {

std::string adopted_state_fault(const Definition& definition, const Adoption& adopts, const std::string& state) {
  std::vector<std::string> possible;
  for (const std::string& one : definition.state_order)
    if (adopts.states.contains(one)) possible.push_back(one);
  const auto known = definition.states.find(state);
  std::string why = "is no state of " + definition.label;
  if (known != definition.states.end())
    why = known->second.end ? "is an end, and nothing is adopted there" : "is no state in which it is adopted";
  return fmt::format("{}; one of {}", why, fmt::join(possible, ", "));
}

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// Why it is no number that a record may bring, or "". Numbers stand in names of files, in tables and in headers.
std::string adopted_number_fault(const Json& value, std::string_view pattern) {
  if (!value.is_string()) return "must be a string";
  const auto& number = value.get_ref<const std::string&>();
  if (number.empty() || number.size() > max_adopted_number)
    return fmt::format("must have 1 to {} characters", max_adopted_number);
  const bool plain = std::all_of(number.begin(), number.end(), [](char c) {
    return is_letter_or_digit(c) || std::string_view(" -_./:#()+&,").find(c) != std::string_view::npos;
  });
  if (!plain || !is_letter_or_digit(number.front()) || number.back() == ' ')
    return "must begin with a letter from A to Z or a digit, and hold besides blanks and - _ . / : # ( ) + & ,";
  const auto parts = parts_of_number(pattern, number);
  const auto most = most_adopted_sequence(pattern);
  if (parts && parts->sequence > most)
    return fmt::format("would move the numbers of this pattern on too far; they count up to {} here", most);
  return {};
}

/// Why nothing that stands since that day is adopted under this record, or "".
std::string later_than_permitted(const Stage& stage, const Invocation& call, const Given& given) {
  const Adoption& adopts = *call.command->adopts;
  const auto under = given.links.find(adopts.under);
  if (adopts.until.empty() || under == given.links.end() || under->second.empty()) return {};
  const RecordView& basis = *stage.facts.record(under->second.front());
  const auto value = basis.body->find(adopts.until);
  if (value == basis.body->end() || !value->is_string()) return {};  // the guards say that it is not permitted at all
  const auto last = parse_date(value->get_ref<const std::string&>());
  if (!last || *given.entered <= *last) return {};
  return fmt::format("is after {}, the day of {}: {}", to_text(*last), name_of(basis),
                     label_of(*basis.definition, "fields." + adopts.until, "en"));
}

}  // namespace

bool is_of_adoption(std::string_view name) { return name == "state" || name == "number" || name == "entered_on"; }

std::vector<InvalidField> read_adoption(const Stage& stage, const Invocation& call, Given& given) {
  const Adoption& adopts = *call.command->adopts;
  std::vector<InvalidField> faults;
  const auto read = [&](const char* name) -> const Json* {
    const auto value = call.input.find(name);
    if (value != call.input.end() && is_filled(*value)) return &*value;
    faults.push_back({pointer_to("", name), "is required"});
    return nullptr;
  };
  if (const Json* state = read("state")) {
    given.state = state->is_string() ? state->get<std::string>() : state->dump();
    if (!state->is_string() || !adopts.states.contains(given.state)) {
      faults.push_back({"/state", adopted_state_fault(*call.definition, adopts, given.state)});
    } else {
      for (const std::string& name : adopts.states.at(given.state)) {
        const auto value = call.input.find(name);
        if (value == call.input.end() || !is_filled(*value))
          faults.push_back({pointer_to("", name), fmt::format("is required in the state {}", given.state)});
      }
    }
  }
  if (const Json* number = read("number")) {
    if (auto why = adopted_number_fault(*number, call.definition->number); !why.empty()) {
      faults.push_back({"/number", std::move(why)});
    } else {
      given.number = number->get<std::string>();
      if (stage.facts.number_given(call.definition->type, given.number, call.organisation))
        faults.push_back({"/number", fmt::format("is the number of another {} already", call.definition->label)});
    }
  }
  if (const Json* day = read("entered_on")) {
    given.entered = day->is_string() ? parse_date(day->get_ref<const std::string&>()) : std::nullopt;
    if (!given.entered) {
      faults.push_back({"/entered_on", "must be a date such as 2026-11-23"});
    } else if (!is_in_range(*given.entered)) {
      faults.push_back({"/entered_on", std::string(date_range_fault)});
    } else if (*given.entered > local_date(stage.now.at, stage.now.zone)) {
      faults.push_back({"/entered_on", "lies ahead"});
    } else if (auto why = later_than_permitted(stage, call, given); !why.empty()) {
      faults.push_back({"/entered_on", std::move(why)});
    }
  }
  return faults;
}

Json mark_of_adoption(const Stage& stage, const Invocation& call, const Given& given) {
  const Adoption& adopts = *call.command->adopts;
  Json mark{{"state", given.state}, {"number", given.number}, {"entered_on", to_text(*given.entered)}};
  const auto under = given.links.find(adopts.under);
  if (under == given.links.end() || under->second.empty()) return mark;  // a world without such records
  const RecordView& basis = *stage.facts.record(under->second.front());
  mark["under"] = basis.uuid;
  for (const std::string& name : adopts.keep) {
    const auto value = basis.body->find(name);
    mark[name] = value == basis.body->end() ? Json(nullptr) : *value;
  }
  return mark;
}

}  // namespace assay
