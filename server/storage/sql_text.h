// Small pieces of SQL text that the files of this layer share.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection.h"

namespace assay {

/// Opens a transaction that will write: SQLite takes its write lock at once, so that it never has to be upgraded.
inline std::string_view begin_writing(const Connection& connection) {
  return connection.engine() == Engine::sqlite ? "BEGIN IMMEDIATE" : "BEGIN";
}

/// A statement whose number of parameters depends on its arguments. Names are p0, p1, ...; text is borrowed unless
/// own()ed.
class SqlText {
 public:
  std::string sql;

  template <class T>
  SqlText& add(std::string_view before, const T& value) {
    sql += before;
    parameter(value);
    return *this;
  }
  SqlText& add(std::string_view text) {
    sql += text;
    return *this;
  }
  template <class T>
  void parameter(const T& value) {
    names_.push_back(parameter_names().at(bindings_.size()).c_str());
    sql += ':';
    sql += names_.back();
    bindings_.push_back(with(names_.back(), value));
  }
  /// "(:p3, :p4)" for each of the values; never empty lists.
  template <class Range>
  SqlText& list(std::string_view before, const Range& values) {
    sql += before;
    char separator = '(';
    for (const auto& value : values) {
      sql += separator;
      separator = ',';
      parameter(value);
    }
    sql += ')';
    return *this;
  }
  /// Text that lives as long as this does.
  const std::string& own(std::string text) { return owned_.emplace_back(std::move(text)); }
  const std::vector<Binding>& bindings() const { return bindings_; }

 private:
  static const std::vector<std::string>& parameter_names();
  std::vector<const char*> names_;
  std::deque<std::string> owned_;
  std::vector<Binding> bindings_;
};

}  // namespace assay
