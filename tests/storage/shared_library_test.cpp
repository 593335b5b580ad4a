// Shared libraries that are loaded when they are first needed.
#include "storage/shared_library.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cctype>
#include <stdexcept>

namespace assay::test::shared_library_test {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

TEST_CASE("a library is loaded and its functions are found") {
  const SharedLibrary library("libc.so.6", "this test");
  const decltype(&toupper) upper = library["toupper"];
  CHECK(upper('a') == 'A');
}

TEST_CASE("a library that is missing is named, and so is a function") {
  CHECK_THROWS_MATCHES(
      SharedLibrary("libassay-missing.so.1", "this test"), std::runtime_error,
      MessageMatches(ContainsSubstring("this test needs a library that cannot be loaded: libassay-missing.so.1")));
  const SharedLibrary library("libc.so.6", "this test");
  CHECK_THROWS_MATCHES(library["assay_missing"], std::runtime_error,
                       MessageMatches(ContainsSubstring("libc.so.6 has no function assay_missing")));
}

}  // namespace
}  // namespace assay::test::shared_library_test
