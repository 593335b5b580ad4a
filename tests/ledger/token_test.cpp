// Bearer tokens: form, checksum, uniform characters.
#include "ledger/token.h"

#include <catch2/catch_all.hpp>
#include <map>

#include "ledger/digest.h"
#include "ledger/random.h"

namespace assay::test::token_test {
namespace {

TEST_CASE("the checksum is the one of GitHub's published token") {
  CHECK(well_formed("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", "ghp_"));
}

TEST_CASE("a token that was changed is not well formed") {
  const auto token =
      GENERATE(as<std::string>{}, "ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18",  // checksum
               "ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkK0mLq17",                     // a character
               "ghp_QzWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17",                     // two swapped
               "ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq1", "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7",
               "ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxk_0mLq17", "ghs_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17",
               "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17", "ghp_", "", " 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");
  INFO(token);
  CHECK_FALSE(well_formed(token, "ghp_"));
}

TEST_CASE("made tokens are well formed, differ, and belong to one prefix") {
  const auto prefixes = {personal_token_prefix, session_token_prefix, setup_token_prefix};
  for (const auto made_for : prefixes) {
    const auto token = make_token(made_for);
    CHECK(token.size() == made_for.size() + 36);
    CHECK(token != make_token(made_for));
    for (const auto prefix : prefixes) CHECK(well_formed(token, prefix) == (prefix == made_for));
  }
}

TEST_CASE("bytes that would bias a token are dropped") {
  // 248 to 255 would give the first eight characters a fifth chance.
  std::string random(token_random_bytes, '\xf8');
  random[3] = '\x3d';  // 61
  CHECK_THROWS_AS(make_token("t_", random), std::runtime_error);
  for (std::size_t i = 0; i < random.size(); i += 2) random[i] = static_cast<char>(i);
  const auto token = make_token("t_", random);
  CHECK(token.substr(0, 8) == "t_02z468");  // 0, 2, then the 61 at position 3
  CHECK_THROWS_AS(make_token("t_", std::string(token_random_bytes - 1, 'a')), std::invalid_argument);
}

TEST_CASE("the characters of tokens are uniform") {
  std::map<char, int> seen;
  constexpr int tokens = 4000;
  for (int i = 0; i < tokens; ++i) {
    for (const char c : make_token("", random_bytes(token_random_bytes)).substr(0, 30)) ++seen[c];
  }
  REQUIRE(seen.size() == 62);
  // 1935 expected of each, standard deviation 44; a modulo of a byte would give eight of them 2340.
  for (const auto& [c, count] : seen) {
    INFO(c);
    CHECK(count > 1935 - 6 * 44);
    CHECK(count < 1935 + 6 * 44);
  }
}

TEST_CASE("only the digest of a token is stored") {
  CHECK(token_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace assay::test::token_test
