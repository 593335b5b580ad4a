// Look-ups in a request.
#include "http/request.h"

#include <array>
#include <stdexcept>

namespace assay {
namespace {

constexpr std::array<std::string_view, 7> method_names = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

std::string_view to_text(Method method) { return method_names.at(static_cast<std::size_t>(method)); }

std::optional<Method> parse_method(std::string_view name) {
  for (std::size_t i = 0; i < method_names.size(); ++i)
    if (method_names[i] == name) return static_cast<Method>(i);
  return std::nullopt;
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

std::optional<std::string_view> Request::header(std::string_view name) const {
  for (const Field& field : headers)
    if (same_ignoring_case(field.name, name)) return field.value;
  return std::nullopt;
}

std::optional<std::string> Request::joined_header(std::string_view name) const {
  std::optional<std::string> joined;
  for (const Field& field : headers) {
    if (!same_ignoring_case(field.name, name)) continue;
    if (joined)
      joined->append(", ").append(field.value);
    else
      joined.emplace(field.value);
  }
  return joined;
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  for (const Field& item : query)
    if (item.name == name) return item.value;
  return std::nullopt;
}

std::vector<std::string_view> Request::query_values(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const Field& item : query)
    if (item.name == name) values.push_back(item.value);
  return values;
}

std::string_view Request::parameter(std::string_view name) const {
  for (const Field& parameter : parameters)
    if (parameter.name == name) return parameter.value;
  throw std::logic_error("the route has no parameter " + std::string(name));
}

}  // namespace assay
