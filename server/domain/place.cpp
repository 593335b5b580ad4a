// Reads values of a file strictly and notes where they are wrong.
#include "domain/place.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/value.hpp>
#include <stdexcept>

#include "domain/document.h"

namespace assay {

namespace {

using Value = boost::json::value;

std::string_view view(boost::json::string_view text) { return {text.data(), text.size()}; }

/// The member, or null.
const boost::json::key_value_pair* member_of(const Value& value, std::string_view name) {
  const auto* object = value.if_object();
  if (object == nullptr) return nullptr;
  const auto* found = object->find({name.data(), name.size()});
  return found == object->end() ? nullptr : found;
}

}  // namespace

Place::Place(const Value& value, const std::string& file, std::vector<Flaw>& flaws)
    : value_(&value), file_(&file), flaws_(&flaws) {}

Json Place::json(std::initializer_list<std::string_view> without) const {
  const auto* object = without.size() == 0 ? nullptr : value_->if_object();
  if (object == nullptr) return to_json(*value_);
  Json kept = Json::object();
  for (const auto& member : *object) {
    const std::string_view name = view(member.key());
    if (std::find(without.begin(), without.end(), name) == without.end())
      kept.get_ref<Json::object_t&>().emplace(name, to_json(member.value()));
  }
  return kept;
}

bool Place::is_text() const { return value_->is_string(); }
bool Place::is_flag() const { return value_->is_bool(); }
bool Place::is_list() const { return value_->is_array(); }
bool Place::is_count() const { return value_->is_uint64() || (value_->is_int64() && value_->get_int64() >= 0); }

std::size_t Place::size() const {
  if (const auto* list = value_->if_array()) return list->size();
  if (const auto* object = value_->if_object()) return object->size();
  return 0;
}

std::string Place::text() const { return std::string(view(value_->as_string())); }

std::string Place::pointer() const {
  std::string pointer = above_;
  for (std::size_t i = 0; i < depth_; ++i) {
    const Step& step = steps_[i];
    pointer = pointer_to(pointer, step.name ? std::string(*step.name) : std::to_string(step.index));
  }
  return pointer;
}

Place Place::below(const Value& value, Step step) const {
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
  const auto* object = value_->if_object();
  if (object == nullptr) return;
  std::vector<std::string_view> unknown;
  for (const auto& member : *object) {
    const std::string_view name = view(member.key());
    if (std::find(names.begin(), names.end(), name) == names.end()) unknown.push_back(name);
  }
  std::sort(unknown.begin(), unknown.end());
  for (const std::string_view name : unknown) at(name).flaw(fmt::format("`{}` is not a known key", name));
}

std::optional<Place> Place::find(std::string_view name) const {
  const auto* found = member_of(*value_, name);
  if (!found) return {};
  return below(found->value(), {view(found->key())});
}

Place Place::at(std::string_view name) const {
  const auto* found = member_of(*value_, name);
  if (!found) throw std::out_of_range(fmt::format("there is no `{}`", name));
  return below(found->value(), {view(found->key())});
}

Place Place::at(std::size_t index) const { return below(value_->as_array().at(index), {{}, index}); }

std::string Place::text(std::string_view name, bool required) const {
  const auto* member = member_of(*value_, name);
  if (!member) {
    if (required) flaw(fmt::format("`{}` is missing", name));
    return {};
  }
  const auto* text = member->value().if_string();
  if (text == nullptr || text->empty()) {
    at(name).flaw("must be a string that is not empty");
    return {};
  }
  return std::string(view(*text));
}

bool Place::flag(std::string_view name) const {
  const auto member = find(name);
  if (!member) return false;
  if (!member->is_flag()) member->flaw("must be true or false");
  return member->is_flag() && member->value_->get_bool();
}

int Place::number(std::string_view name, int least, int otherwise) const {
  const auto member = find(name);
  if (!member) return otherwise;
  const auto* number = member->value_->if_int64();
  if (number == nullptr || *number < std::max(least, 0) || *number > 1'000'000) {
    member->flaw(fmt::format("must be a whole number of at least {}", least));
    return otherwise;
  }
  return static_cast<int>(*number);
}

std::vector<std::string> Place::names(std::string_view name) const {
  std::vector<std::string> found;
  const auto* member = member_of(*value_, name);
  if (!member) return found;
  const auto* list = member->value().if_array();
  if (list == nullptr) {
    at(name).flaw("must be a list");
    return found;
  }
  found.reserve(list->size());
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto* string = (*list)[i].if_string();
    const std::string_view text = string == nullptr ? std::string_view() : view(*string);
    if (text.empty()) {
      at(name).at(i).flaw("must be a string that is not empty");
    } else if (std::find(found.begin(), found.end(), text) != found.end()) {
      at(name).at(i).flaw(fmt::format("`{}` is given twice", text));
    } else {
      found.emplace_back(text);
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
  const auto* object = value_->if_object();
  if (object == nullptr) return found;
  std::vector<const boost::json::key_value_pair*> sorted;
  sorted.reserve(object->size());
  for (const auto& member : *object) sorted.push_back(&member);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return view(a->key()) < view(b->key()); });
  found.reserve(sorted.size());
  for (const auto* member : sorted)
    found.emplace_back(view(member->key()), below(member->value(), {view(member->key())}));
  return found;
}

std::vector<std::string> Place::written() const {
  std::vector<std::string> names;
  const auto* object = value_->if_object();
  if (object == nullptr) return names;
  names.reserve(object->size());
  for (const auto& member : *object) names.emplace_back(view(member.key()));
  return names;
}

std::vector<Place> Place::elements(std::string_view name) const {
  const auto member = find(name);
  if (!member) return {};
  if (!member->is_list()) {
    member->flaw("must be a list");
    return {};
  }
  std::vector<Place> found;
  found.reserve(member->size());
  for (std::size_t i = 0; i < member->size(); ++i) found.push_back(member->at(i));
  return found;
}

bool is_name(std::string_view text) {
  if (text.empty() || text[0] < 'a' || text[0] > 'z') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace assay
