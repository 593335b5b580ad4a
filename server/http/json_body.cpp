// Strict reading of a JSON request body.
#include "http/json_body.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "http/text.h"

namespace assay {
namespace {

std::string escaped(std::string_view name) {
  std::string text;
  for (char c : name) {
    if (c == '~')
      text += "~0";
    else if (c == '/')
      text += "~1";
    else
      text += c;
  }
  return text;
}

/// Builds the value and watches what the library's own parser lets pass: depth and repeated names.
class StrictReader : public nlohmann::json_sax<Json> {
 public:
  explicit StrictReader(std::string_view text) : text_(text) {}

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(value); }
  bool number_unsigned(number_unsigned_t value) override { return put(value); }
  bool number_float(number_float_t value, const string_t&) override {
    if (!std::isfinite(value)) return fail(Reason::malformed, "a number is out of range");
    return put(value);
  }
  bool string(string_t& value) override { return put(std::move(value)); }
  bool binary(binary_t&) override { return fail(Reason::malformed, "not JSON text"); }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    Json& object = *open_.back();
    auto [member, added] = object.emplace(name, nullptr);
    if (!added) {
      refusal_ = Refusal{
          Reason::invalid, "a member name is repeated", {}, {{pointer() + "/" + escaped(name), "repeated"}}, {}};
      return false;
    }
    keys_.back() = std::move(name);
    slot_ = &*member;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    // 406 is the library's number for a number that overflows a double.
    if (error.id == 406) return fail(Reason::malformed, "a number at " + place_of(position) + " is out of range");
    return fail(Reason::malformed, "not valid JSON at " + place_of(position));
  }

  Result<Json> take(bool complete) {
    if (refusal_) return std::move(*refusal_);
    if (!complete) return refuse(Reason::malformed, "not valid JSON");
    return {boost::system::in_place_value, std::move(root_)};
  }

 private:
  /// For programs by byte and for people by line, both counted from 1.
  std::string place_of(std::size_t position) const {
    const std::string_view before = text_.substr(0, position == 0 ? 0 : position - 1);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    return "byte " + std::to_string(position) + ", line " + std::to_string(line);
  }
  Json* place(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (open_.back()->is_array()) {
      open_.back()->push_back(std::move(value));
      return &open_.back()->back();
    }
    *slot_ = std::move(value);
    return slot_;
  }
  bool put(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json value) {
    if (open_.size() == json_depth_limit)
      return fail(Reason::malformed, "nested deeper than " + std::to_string(json_depth_limit));
    open_.push_back(place(std::move(value)));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    open_.pop_back();
    keys_.pop_back();
    return true;
  }
  bool fail(Reason reason, std::string detail) {
    if (!refusal_) refusal_ = refuse(reason, std::move(detail));
    return false;
  }
  /// Where the innermost open object is. An open container is always the last element of its array.
  std::string pointer() const {
    std::string text;
    for (std::size_t i = 0; i + 1 < open_.size(); ++i)
      text += "/" + (open_[i]->is_array() ? std::to_string(open_[i]->size() - 1) : escaped(keys_[i]));
    return text;
  }

  std::string_view text_;
  Json root_;
  std::vector<Json*> open_;        // containers from the root inwards; none of them moves while it is open
  std::vector<std::string> keys_;  // the current member name of each open container
  Json* slot_ = nullptr;           // where the value of the current member goes
  std::optional<Refusal> refusal_;
};

}  // namespace

Result<Json> parse_json(std::string_view text) {
  if (text.empty()) return refuse(Reason::malformed, "the body is empty, JSON is needed");
  if (text.starts_with("\xEF\xBB\xBF")) return refuse(Reason::malformed, "a byte order mark is not allowed (byte 0)");
  StrictReader reader(text);
  const bool complete = Json::sax_parse(text.begin(), text.end(), &reader);
  return reader.take(complete);
}

Result<Json> json_body(const Request& request) { return parse_json(request.body); }

bool is_json_media_type(std::string_view content_type) {
  std::string_view rest = content_type;
  if (!same_ignoring_case(next_element(rest, ';'), "application/json")) return false;
  if (content_type.find(';') == std::string_view::npos) return true;
  return same_ignoring_case(trimmed(rest), "charset=utf-8") || same_ignoring_case(trimmed(rest), "charset=\"utf-8\"");
}

}  // namespace assay
