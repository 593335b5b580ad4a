// Reads values of a file strictly and notes where they are wrong.
#include "domain/place.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace assay {

namespace {

/// The member, or null.
const Json::object_t::value_type* member_of(const Json& value, std::string_view name) {
  if (!value.is_object()) return nullptr;
  const auto& members = value.get_ref<const Json::object_t&>();
  const auto found = members.find(name);
  return found == members.end() ? nullptr : &*found;
}

}  // namespace

Place::Place(const Json& value, const std::string& file, std::vector<Flaw>& flaws)
    : value_(&value), file_(&file), flaws_(&flaws) {}

std::string Place::pointer() const {
  std::string pointer = above_;
  for (std::size_t i = 0; i < depth_; ++i) {
    const Step& step = steps_[i];
    pointer = pointer_to(pointer, step.name ? *step.name : std::to_string(step.index));
  }
  return pointer;
}

Place Place::below(const Json& value, Step step) const {
  Place place = *this;
  place.value_ = &value;
  if (depth_ == steps_.size()) {
    place.above_ = pointer();
    place.depth_ = 0;
  }
  place.steps_[place.depth_++] = step;
  return place;
}

void Place::flaw(std::string reason) const { flaws_->push_back({*file_, pointer(), std::move(reason)}); }

bool Place::is_object() const {
  if (value_->is_object()) return true;
  flaw("must be an object");
  return false;
}

void Place::only(std::initializer_list<std::string_view> names) const {
  if (!value_->is_object()) return;
  for (const auto& [name, member] : value_->get_ref<const Json::object_t&>()) {
    if (std::find(names.begin(), names.end(), name) == names.end())
      at(name).flaw(fmt::format("`{}` is not a known key", name));
  }
}

std::optional<Place> Place::find(std::string_view name) const {
  const auto* found = member_of(*value_, name);
  if (!found) return {};
  return below(found->second, {&found->first});
}

Place Place::at(std::string_view name) const {
  const auto* found = member_of(*value_, name);
  if (!found) throw std::out_of_range(fmt::format("there is no `{}`", name));
  return below(found->second, {&found->first});
}

Place Place::at(std::size_t index) const { return below(value_->at(index), {nullptr, index}); }

std::string Place::text(std::string_view name, bool required) const {
  const auto* member = member_of(*value_, name);
  if (!member) {
    if (required) flaw(fmt::format("`{}` is missing", name));
    return {};
  }
  const Json& value = member->second;
  if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
    at(name).flaw("must be a string that is not empty");
    return {};
  }
  return value.get_ref<const std::string&>();
}

bool Place::flag(std::string_view name) const {
  const auto member = find(name);
  if (!member) return false;
  if (!member->value_->is_boolean()) member->flaw("must be true or false");
  return *member->value_ == true;
}

int Place::number(std::string_view name, int least, int otherwise) const {
  const auto member = find(name);
  if (!member) return otherwise;
  if (!member->value_->is_number_unsigned() || *member->value_ < least || *member->value_ > 1'000'000) {
    member->flaw(fmt::format("must be a whole number of at least {}", least));
    return otherwise;
  }
  return member->value_->get<int>();
}

std::vector<std::string> Place::names(std::string_view name) const {
  std::vector<std::string> found;
  const auto* member = member_of(*value_, name);
  if (!member) return found;
  const Json& list = member->second;
  if (!list.is_array()) {
    at(name).flaw("must be a list");
    return found;
  }
  found.reserve(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto* text = list[i].get_ptr<const std::string*>();
    if (!text || text->empty()) {
      at(name).at(i).flaw("must be a string that is not empty");
    } else if (std::find(found.begin(), found.end(), *text) != found.end()) {
      at(name).at(i).flaw(fmt::format("`{}` is given twice", *text));
    } else {
      found.push_back(*text);
    }
  }
  return found;
}

std::vector<Place::Member> Place::members(std::string_view name) const {
  const auto member = find(name);
  if (!member || !member->is_object()) return {};
  return member->members();
}

std::vector<Place::Member> Place::members() const {
  std::vector<Member> found;
  if (!value_->is_object()) return found;
  found.reserve(value_->size());
  for (const auto& [name, value] : value_->get_ref<const Json::object_t&>())
    found.emplace_back(name, below(value, {&name}));
  return found;
}

std::vector<Place> Place::elements(std::string_view name) const {
  const auto member = find(name);
  if (!member) return {};
  if (!member->value_->is_array()) {
    member->flaw("must be a list");
    return {};
  }
  std::vector<Place> found;
  found.reserve(member->value_->size());
  for (std::size_t i = 0; i < member->value_->size(); ++i) found.push_back(member->at(i));
  return found;
}

bool is_name(std::string_view text) {
  if (text.empty() || text[0] < 'a' || text[0] > 'z') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace assay
