// Reads values of a file strictly and notes where they are wrong.
#include "domain/place.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

Place::Place(const Json& value, std::string file, std::string pointer, std::vector<Flaw>& flaws)
    : value_(&value), file_(std::move(file)), pointer_(std::move(pointer)), flaws_(&flaws) {}

void Place::flaw(std::string reason) const { flaws_->push_back({file_, pointer_, std::move(reason)}); }

bool Place::is_object() const {
  if (value_->is_object()) return true;
  flaw("must be an object");
  return false;
}

void Place::only(std::initializer_list<std::string_view> names) const {
  if (!value_->is_object()) return;
  for (const auto& [name, member] : value_->items()) {
    if (std::find(names.begin(), names.end(), name) == names.end())
      at(name).flaw(fmt::format("`{}` is not a known key", name));
  }
}

std::optional<Place> Place::find(std::string_view name) const {
  if (!value_->is_object()) return {};
  const auto found = value_->find(std::string(name));
  if (found == value_->end()) return {};
  return Place(*found, file_, pointer_to(pointer_, name), *flaws_);
}

Place Place::at(std::string_view name) const {
  return Place(value_->at(std::string(name)), file_, pointer_to(pointer_, name), *flaws_);
}

Place Place::at(std::size_t index) const {
  return Place(value_->at(index), file_, pointer_to(pointer_, std::to_string(index)), *flaws_);
}

std::string Place::text(std::string_view name, bool required) const {
  const auto member = find(name);
  if (!member) {
    if (required) flaw(fmt::format("`{}` is missing", name));
    return {};
  }
  if (!member->value_->is_string() || member->value_->get_ref<const std::string&>().empty()) {
    member->flaw("must be a string that is not empty");
    return {};
  }
  return member->value_->get<std::string>();
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
  for (const Place& element : elements(name)) {
    if (!element.value_->is_string() || element.value_->get_ref<const std::string&>().empty()) {
      element.flaw("must be a string that is not empty");
    } else if (auto text = element.value_->get<std::string>();
               std::find(found.begin(), found.end(), text) != found.end()) {
      element.flaw(fmt::format("`{}` is given twice", text));
    } else {
      found.push_back(std::move(text));
    }
  }
  return found;
}

std::vector<std::pair<std::string, Place>> Place::members(std::string_view name) const {
  const auto member = find(name);
  if (!member || !member->is_object()) return {};
  return member->members();
}

std::vector<std::pair<std::string, Place>> Place::members() const {
  std::vector<std::pair<std::string, Place>> found;
  if (!value_->is_object()) return found;
  for (const auto& [key, value] : value_->items()) found.emplace_back(key, at(key));
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
  for (std::size_t i = 0; i < member->value_->size(); ++i) found.push_back(member->at(i));
  return found;
}

bool is_name(std::string_view text) {
  if (text.empty() || text[0] < 'a' || text[0] > 'z') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace assay
