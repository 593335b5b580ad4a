// A JSON text that is read once and then left: its values lie in a few pieces of memory that go together.
#pragma once

#include <boost/json/fwd.hpp>
#include <memory>
#include <string_view>
#include <variant>

#include "domain/json.h"

namespace assay {

/// As strict as parse_strict(), and several times as cheap to make and to free; what is to be kept of it becomes Json.
/// Objects keep the order in which they were written. Movable; used by one thread at a time.
class Document {
 public:
  static std::variant<Document, JsonFault> read(std::string_view text);

  const boost::json::value& root() const;

 private:
  struct Content;
  struct Free {
    void operator()(Content* content) const;
  };
  explicit Document(std::unique_ptr<Content, Free> content) : content_(std::move(content)) {}

  std::unique_ptr<Content, Free> content_;
};

/// The value and all that is in it.
Json to_json(const boost::json::value& value);

}  // namespace assay
