// Checks a value against a field schema, in one pass over both, without a compiled form in between.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/regex.hpp>
#include <map>
#include <set>

#include "domain/date_range.h"
#include "domain/ids.h"
#include "domain/schema.h"
#include "domain/time.h"

namespace assay {
namespace {

constexpr std::size_t max_uri = 2048;
constexpr std::size_t max_email = 254;  // RFC 5321, 4.5.3.1.3, without the angle brackets

/// Code points of well-formed UTF-8.
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool is_email(std::string_view text) {
  const auto at = text.find('@');
  if (text.size() > max_email || at == 0 || at == std::string_view::npos || at > 64) return false;
  const auto domain = text.substr(at + 1);
  if (domain.empty() || domain.front() == '.' || domain.back() == '.' || domain.find("..") != std::string_view::npos)
    return false;
  const auto plain = [](char c) {
    return c > ' ' && c != 0x7F && std::string_view("\"(),:;<>@[\\]").find(c) == std::string_view::npos;
  };
  return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), plain) &&
         std::all_of(domain.begin(), domain.end(), plain);
}

/// RFC 3986 with a scheme that is safe to show as a link.
bool is_uri(std::string_view text) {
  if (text.size() > max_uri) return false;
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const auto scheme = text.substr(0, colon), rest = text.substr(colon + 1);
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && std::string_view("-._~:/?#[]@!$&'()*+,;=%").find(c) != std::string_view::npos);
  };
  if (!std::all_of(rest.begin(), rest.end(), allowed)) return false;
  if (scheme == "http" || scheme == "https") return rest.size() > 2 && rest.starts_with("//") && rest[2] != '/';
  return (scheme == "mailto" || scheme == "urn") && !rest.empty();
}

/// What a format asks for; empty when `text` has it.
std::string_view format_fault(std::string_view format, const std::string& text) {
  if (format == "date") {
    const auto day = parse_date(text);
    if (!day) return "must be a date such as 2026-11-23";
    return is_in_range(*day) ? "" : date_range_fault;
  }
  if (format == "date-time") {
    const auto at = parse_instant(text);
    if (!at) return "must be an instant such as 2026-11-23T08:30:00Z";
    return is_in_range(Date{std::chrono::floor<std::chrono::days>(*at)}) ? "" : date_range_fault;
  }
  if (format == "uuid") return is_uuid(text) ? "" : "must be a UUID in lower case";
  if (format == "uri") return is_uri(text) ? "" : "must be an address that begins with https:, http:, mailto: or urn:";
  if (format == "time-zone") return is_time_zone(text) ? "" : "must be an IANA time zone such as Europe/Berlin";
  return is_email(text) ? "" : "must be an e-mail address";
}

/// Compiled patterns of this thread. Patterns come from definitions, so they are few; the limit only guards memory.
const boost::regex& compiled(const std::string& pattern) {
  thread_local std::map<std::string, boost::regex> known;
  if (const auto found = known.find(pattern); found != known.end()) return found->second;
  if (known.size() > 1000) known.clear();
  return known.emplace(pattern, boost::regex(pattern)).first->second;
}

bool matches(const std::string& pattern, const std::string& text) {
  try {
    return boost::regex_search(text, compiled(pattern));
  } catch (const std::runtime_error&) {
    return false;  // the search grew beyond the library's bounds: a value that costs that much is not accepted
  }
}

class Validation {
 public:
  explicit Validation(std::vector<InvalidField>& found) : found_(found) {}

  void value(const Json& schema, const Json& value_, const std::string& pointer) {
    const auto& type = schema.at("type").get_ref<const std::string&>();
    if (type == "string") return string(schema, value_, pointer);
    if (type == "integer") return integer(schema, value_, pointer);
    if (type == "number") return number(schema, value_, pointer, "must be a number");
    if (type == "array") return array(schema, value_, pointer);
    if (type == "object") return object(schema, value_, pointer);
    if (!value_.is_boolean()) return fault(pointer, "must be true or false");
    choice(schema, value_, pointer);
  }

 private:
  void fault(const std::string& pointer, std::string detail) { found_.push_back({pointer, std::move(detail)}); }

  bool choice(const Json& schema, const Json& value_, const std::string& pointer) {
    if (const auto constant = schema.find("const"); constant != schema.end() && *constant != value_) {
      fault(pointer, fmt::format("must be {}", constant->dump()));
      return false;
    }
    const auto values = schema.find("enum");
    if (values == schema.end() || std::find(values->begin(), values->end(), value_) != values->end()) return true;
    std::vector<std::string> names;
    for (const Json& one : *values) names.push_back(one.is_string() ? one.get<std::string>() : one.dump());
    fault(pointer, fmt::format("must be one of {}", fmt::join(names, ", ")));
    return false;
  }

  void string(const Json& schema, const Json& value_, const std::string& pointer) {
    if (!value_.is_string()) return fault(pointer, "must be a string");
    const auto& text = value_.get_ref<const std::string&>();
    if (text.find('\0') != std::string::npos) return fault(pointer, "must not hold the character U+0000");
    if (!choice(schema, value_, pointer)) return;
    const auto longest = schema.find("maxLength"), shortest = schema.find("minLength");
    const std::size_t length = length_of(text);
    if (longest != schema.end() && length > longest->get<std::size_t>()) {
      return fault(pointer, fmt::format("must have at most {} characters", longest->get<std::size_t>()));
    }
    if (shortest != schema.end() && length < shortest->get<std::size_t>()) {
      fault(pointer, fmt::format("must have at least {} characters", shortest->get<std::size_t>()));
    }
    if (const auto format = schema.find("format"); format != schema.end()) {
      const auto wrong = format_fault(format->get_ref<const std::string&>(), text);
      if (!wrong.empty()) fault(pointer, std::string(wrong));
    }
    if (const auto pattern = schema.find("pattern"); pattern != schema.end()) {
      const auto& expression = pattern->get_ref<const std::string&>();
      if (!matches(expression, text)) fault(pointer, fmt::format("must match the pattern {}", expression));
    }
  }

  void integer(const Json& schema, const Json& value_, const std::string& pointer) {
    if (!value_.is_number_integer()) return fault(pointer, "must be a whole number");
    if (choice(schema, value_, pointer)) number(schema, value_, pointer, "");
  }

  void number(const Json& schema, const Json& value_, const std::string& pointer, const char* wrong_type) {
    if (!value_.is_number()) return fault(pointer, wrong_type);
    if (const auto low = schema.find("minimum"); low != schema.end() && value_ < *low) {
      fault(pointer, fmt::format("must be at least {}", low->dump()));
    }
    if (const auto high = schema.find("maximum"); high != schema.end() && value_ > *high) {
      fault(pointer, fmt::format("must be at most {}", high->dump()));
    }
  }

  void array(const Json& schema, const Json& value_, const std::string& pointer) {
    if (!value_.is_array()) return fault(pointer, "must be a list");
    const auto least = schema.find("minItems");
    const auto most = schema.at("maxItems").get<std::size_t>();
    if (value_.size() > most) return fault(pointer, fmt::format("must have at most {} elements", most));
    if (least != schema.end() && value_.size() < least->get<std::size_t>()) {
      fault(pointer, fmt::format("must have at least {} elements", least->get<std::size_t>()));
    }
    for (std::size_t i = 0; i < value_.size(); ++i) {
      value(schema.at("items"), value_[i], pointer_to(pointer, std::to_string(i)));
    }
    const auto unique = schema.find("uniqueItems");
    if (unique == schema.end() || *unique != true) return;
    std::set<Json> seen;
    for (std::size_t i = 0; i < value_.size(); ++i) {
      if (!seen.insert(value_[i]).second) fault(pointer_to(pointer, std::to_string(i)), "is given twice");
    }
  }

  void object(const Json& schema, const Json& value_, const std::string& pointer) {
    if (!value_.is_object()) return fault(pointer, "must be an object");
    const Json& properties = schema.at("properties");
    if (const auto required = schema.find("required"); required != schema.end()) {
      for (const Json& name : *required) {
        const auto& text = name.get_ref<const std::string&>();
        if (!value_.contains(text)) fault(pointer_to(pointer, text), "is required");
      }
    }
    for (const auto& [name, member] : value_.items()) {
      const auto property = properties.find(name);
      if (property == properties.end()) {
        fault(pointer_to(pointer, name), "is not known here");
      } else {
        value(*property, member, pointer_to(pointer, name));
      }
    }
  }

  std::vector<InvalidField>& found_;
};

}  // namespace

std::vector<InvalidField> violations(const Json& schema, const Json& value, const std::string& pointer) {
  std::vector<InvalidField> found;
  Validation(found).value(schema, value, pointer);
  return found;
}

}  // namespace assay
