// What the targets have found, as ordinary rows.
#include <catch2/catch_all.hpp>

#include "http/body_members.h"

namespace assay::fuzz {
namespace {

TEST_CASE("a member that is not known is named by a JSON pointer, whatever its name is") {
  struct Row {
    const char* name;
    const char* pointer;
  };
  const auto row =
      GENERATE(values<Row>({{"urls", "/urls"}, {"x/y", "/x~1y"}, {"~", "/~0"}, {"", "/"}, {"~1", "/~01"}}));
  Json body = Json::object();
  body[row.name] = 1;
  const auto known = only_members(body, {"url"});
  REQUIRE(known.has_error());
  REQUIRE(known.error().invalid.size() == 1);
  CHECK(known.error().invalid.front().pointer == row.pointer);
}

}  // namespace
}  // namespace assay::fuzz
