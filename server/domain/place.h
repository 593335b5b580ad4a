// A value in a file of a workflow set together with its place, so that every flaw names file, pointer and reason.
#pragma once

#include <array>
#include <boost/json/fwd.hpp>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/check.h"
#include "domain/json.h"

namespace assay {

/// Reads strictly: what is missing, of the wrong type or unknown becomes a flaw, and reading goes on with an empty
/// value. Refers to the document, to the file's name and to the list of flaws; all of them outlive it.
class Place {
 public:
  /// The whole value of a file.
  Place(const boost::json::value& value, const std::string& file, std::vector<Flaw>& flaws);

  /// The value and all that is in it, but for the members of these names.
  Json json(std::initializer_list<std::string_view> without = {}) const;
  const std::string& file() const { return *file_; }
  /// RFC 6901; made anew by each call.
  std::string pointer() const;
  std::vector<Flaw>& flaws() const { return *flaws_; }

  void flaw(std::string reason) const;

  bool is_text() const;
  bool is_flag() const;
  bool is_list() const;
  /// Whether it is a whole number, 0 or more.
  bool is_count() const;
  /// Elements of a list or members of an object; 0 for everything else.
  std::size_t size() const;
  /// The text that is_text() has found.
  std::string text() const;

  /// True for an object; else a flaw.
  bool is_object() const;
  /// A flaw for each member whose name is not among these.
  void only(std::initializer_list<std::string_view> names) const;

  /// The member, or nothing when it is absent; never a flaw.
  std::optional<Place> find(std::string_view name) const;
  /// The member or element that is known to be there.
  Place at(std::string_view name) const;
  Place at(std::size_t index) const;

  /// Strings that must not be empty. `required` makes absence a flaw.
  std::string text(std::string_view name, bool required = true) const;
  bool flag(std::string_view name) const;
  /// A number of at least `least`; `otherwise` when the member is absent.
  int number(std::string_view name, int least, int otherwise) const;
  /// A list of different strings; none when the member is absent.
  std::vector<std::string> names(std::string_view name) const;
  using Member = std::pair<std::string, Place>;
  /// Every member of the object `name` (none when it is absent), in the order of their names.
  std::vector<Member> members(std::string_view name) const;
  /// Every member of this object, in the order of their names.
  std::vector<Member> members() const;
  /// The names of the members of this object, as they were written one after another.
  std::vector<std::string> written() const;
  /// Every element of the list `name`.
  std::vector<Place> elements(std::string_view name) const;

 private:
  /// A step of the way to the value: a member's name as it stands in the document, or the index of an element.
  struct Step {
    std::optional<std::string_view> name = {};
    std::size_t index = 0;
  };

  Place below(const boost::json::value& value, Step step) const;

  const boost::json::value* value_;
  const std::string* file_;
  std::vector<Flaw>* flaws_;
  // There are tens of thousands of places in a set and hardly a flaw: the pointer is made for those who ask.
  std::array<Step, 8> steps_ = {};
  std::size_t depth_ = 0;
  std::string above_ = {};  // of steps that had no room any more
};

/// "[a-z][a-z0-9_]*": names of fields, states, commands, roles, seats and links.
bool is_name(std::string_view text);

}  // namespace assay
