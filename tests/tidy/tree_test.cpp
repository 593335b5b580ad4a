// Holds the rules against this checkout.
#include <catch2/catch_all.hpp>

#include "tidy/rules.h"

namespace tidy::tree_test {
namespace {

std::string report(const Findings& findings) {
  std::string text;
  for (const auto& finding : findings) {
    text += finding.path + ":" + std::to_string(finding.line) + ": " + finding.says + "\n";
  }
  return text;
}

const Tree& checkout() {
  static const Tree tree = read_tree(ASSAY_SOURCE_DIR);
  return tree;
}

template <class Rule>
std::string broken_by_cpp(Rule rule) {
  Findings all;
  for (const auto& file : checkout()) {
    if (!is_cpp(file.path)) continue;
    const auto found = rule(read_cpp(file));
    all.insert(all.end(), found.begin(), found.end());
  }
  return report(all);
}

template <class Rule>
std::string broken_by_text(Rule rule) {
  Findings all;
  for (const auto& file : checkout()) {
    const auto found = rule(file);
    all.insert(all.end(), found.begin(), found.end());
  }
  return report(all);
}

TEST_CASE("the checkout is read") {
  REQUIRE(checkout().size() > 50);
  REQUIRE_FALSE(read_cpp({"x.cpp", "int a;"}).code.empty());
}

TEST_CASE("includes point downwards") { CHECK(broken_by_cpp(include_direction) == ""); }
TEST_CASE("third-party headers stay in their layer") { CHECK(broken_by_cpp(third_party_includes) == ""); }
TEST_CASE("the domain is pure") { CHECK(broken_by_cpp(pure_domain) == ""); }
TEST_CASE("names say what a thing is") { CHECK(broken_by_cpp(banned_names) == ""); }
TEST_CASE("SQL is in storage") { CHECK(broken_by_cpp(sql_outside_storage) == ""); }
TEST_CASE("functions are short") { CHECK(broken_by_cpp(function_length) == ""); }
TEST_CASE("tests keep their names to themselves") { CHECK(broken_by_cpp(own_namespace) == ""); }
TEST_CASE("files are short") { CHECK(broken_by_text(file_length) == ""); }
TEST_CASE("files begin with a sentence") { CHECK(broken_by_text(first_sentence) == ""); }
TEST_CASE("no forbidden text") { CHECK(broken_by_text(forbidden_text) == ""); }
TEST_CASE("the top level is as designed") { CHECK(report(top_level(checkout())) == ""); }
TEST_CASE("record types are data") { CHECK(report(no_type_by_name(checkout())) == ""); }
TEST_CASE("what has a name is documented") { CHECK(report(documented(checkout())) == ""); }

}  // namespace
}  // namespace tidy::tree_test
