// Reads documents with Boost.JSON, into its values.
#include "domain/document.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_stack.hpp>
#include <charconv>
#include <optional>
#include <string>

namespace assay {
namespace {

using Value = boost::json::value;

constexpr std::size_t deepest = 64;

/// Builds the value that the parser tells of.
class TreeReader {
 public:
  static constexpr std::size_t max_object_size = SIZE_MAX, max_array_size = SIZE_MAX, max_key_size = SIZE_MAX,
                               max_string_size = SIZE_MAX;
  using Error = boost::json::error_code;
  using Text = boost::json::string_view;

  explicit TreeReader(const boost::json::storage_ptr& memory) { stack_.reset(memory); }

  bool on_document_begin(Error&) { return true; }
  bool on_document_end(Error&) { return true; }
  bool on_object_begin(Error&) { return true; }
  bool on_object_end(std::size_t count, Error&) {
    stack_.push_object(count);
    return true;
  }
  bool on_array_begin(Error&) { return true; }
  bool on_array_end(std::size_t count, Error&) {
    stack_.push_array(count);
    return true;
  }
  bool on_key_part(Text part, std::size_t, Error&) { return more(part); }
  bool on_key(Text last, std::size_t, Error&) {
    stack_.push_key(last);
    ++keys_;
    return true;
  }
  bool on_string_part(Text part, std::size_t, Error&) { return more(part); }
  bool on_string(Text last, std::size_t, Error&) {
    stack_.push_string(last);
    return true;
  }
  bool on_number_part(Text part, Error&) {
    digits_.append(part.data(), part.size());
    return true;
  }
  bool on_int64(std::int64_t number, Text, Error&) {
    digits_.clear();
    stack_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, Text, Error&) {
    digits_.clear();
    stack_.push_uint64(number);
    return true;
  }
  /// From the digits: this version of the parser does not round its own number to the nearest.
  bool on_double(double, Text last, Error& error) {
    digits_.append(last.data(), last.size());
    double number = 0;
    const auto read = std::from_chars(digits_.data(), digits_.data() + digits_.size(), number);
    if (read.ec != std::errc()) error = boost::json::error::exponent_overflow;
    digits_.clear();
    if (!error) stack_.push_double(number);
    return !error;
  }
  bool on_bool(bool value, Error&) {
    stack_.push_bool(value);
    return true;
  }
  bool on_null(Error&) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(Text, Error&) { return true; }
  bool on_comment(Text, Error&) { return true; }

  /// Names of members that were read.
  std::size_t keys() const { return keys_; }
  Value take() { return stack_.release(); }

 private:
  bool more(Text part) {
    stack_.push_chars(part);
    return true;
  }

  boost::json::value_stack stack_;
  std::size_t keys_ = 0;
  std::string digits_;
};

/// How many members all objects have: fewer than were read when one was given twice.
std::size_t members_in(const Value& value) {
  std::size_t count = 0;
  if (const auto* object = value.if_object()) {
    count = object->size();
    for (const auto& member : *object) count += members_in(member.value());
  } else if (const auto* array = value.if_array()) {
    for (const Value& element : *array) count += members_in(element);
  }
  return count;
}

}  // namespace

struct Document::Content {
  // The values refer to the memory, which frees all of them at once.
  explicit Content(std::size_t bytes) : memory(bytes) {}
  boost::json::monotonic_resource memory;
  std::optional<Value> root = {};
};

void Document::Free::operator()(Content* content) const { delete content; }

const Value& Document::root() const { return *content_->root; }

std::variant<Document, JsonFault> Document::read(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a byte order mark, as parse_strict() lets it pass
  std::unique_ptr<Content, Free> content(new Content(2 * text.size() + 1024));
  boost::json::parse_options options;
  options.max_depth = deepest;
  boost::json::basic_parser<TreeReader> parser(options, boost::json::storage_ptr(&content->memory));
  boost::json::error_code error;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (!error && read == text.size()) {
    content->root.emplace(parser.handler().take());
    if (members_in(*content->root) == parser.handler().keys()) return Document(std::move(content));
  }
  auto strict = parse_strict(text, deepest);  // which says in its words what is wrong
  if (auto* fault = std::get_if<JsonFault>(&strict)) return std::move(*fault);
  return JsonFault{"", "this JSON cannot be read"};
}

Json to_json(const Value& value) {
  switch (value.kind()) {
    case boost::json::kind::null:
      return nullptr;
    case boost::json::kind::bool_:
      return value.get_bool();
    case boost::json::kind::int64:
      if (value.get_int64() >= 0) return static_cast<std::uint64_t>(value.get_int64());
      return value.get_int64();
    case boost::json::kind::uint64:
      return value.get_uint64();
    case boost::json::kind::double_:
      return value.get_double();
    case boost::json::kind::string:
      return std::string(value.get_string().data(), value.get_string().size());
    case boost::json::kind::array: {
      Json list = Json::array();
      auto& elements = list.get_ref<Json::array_t&>();
      elements.reserve(value.get_array().size());
      for (const Value& element : value.get_array()) elements.push_back(to_json(element));
      return list;
    }
    case boost::json::kind::object: {
      Json object = Json::object();
      auto& members = object.get_ref<Json::object_t&>();
      for (const auto& member : value.get_object())
        members.emplace(std::string(member.key().data(), member.key().size()), to_json(member.value()));
      return object;
    }
  }
  throw std::logic_error("a JSON value of no kind");
}

}  // namespace assay
