// A value in a file of a workflow set together with its place, so that every flaw names file, pointer and reason.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/check.h"
#include "domain/json.h"

namespace assay {

/// Reads strictly: what is missing, of the wrong type or unknown becomes a flaw, and reading goes on with an empty
/// value. Refers to the JSON and to the list of flaws; both outlive it.
class Place {
 public:
  Place(const Json& value, std::string file, std::string pointer, std::vector<Flaw>& flaws);

  const Json& value() const { return *value_; }
  const std::string& file() const { return file_; }
  const std::string& pointer() const { return pointer_; }
  std::vector<Flaw>& flaws() const { return *flaws_; }

  void flaw(std::string reason) const;

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
  /// Every member of the object `name` (none when it is absent), as (name, place).
  std::vector<std::pair<std::string, Place>> members(std::string_view name) const;
  /// Every member of this object.
  std::vector<std::pair<std::string, Place>> members() const;
  /// Every element of the list `name`.
  std::vector<Place> elements(std::string_view name) const;

 private:
  const Json* value_;
  std::string file_;
  std::string pointer_;
  std::vector<Flaw>* flaws_;
};

/// "[a-z][a-z0-9_]*": names of fields, states, commands, roles, seats and links.
bool is_name(std::string_view text);

}  // namespace assay
