// Password hashes: form, verification, change of parameters.
#include "commands/password.h"

#include <catch2/catch_all.hpp>
#include <thread>
#include <vector>

namespace assay::test::password_test {
namespace {

const std::string salt = "0123456789abcdef";
constexpr PasswordCost cheap{64, 1, 1};

TEST_CASE("the default parameters are those of OWASP's first choice") {
  const auto encoded = hash_password("correct horse", salt);
  CHECK(encoded.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
  CHECK(password_matches("correct horse", encoded));
  CHECK_FALSE(needs_rehash(encoded));
}

TEST_CASE("a hash is matched by its password only") {
  const auto encoded = hash_password("correct horse", salt, cheap);
  const auto [password, matches] = GENERATE(table<std::string, bool>({
      {"correct horse", true},
      {"correct hors", false},
      {"correct horse ", false},
      {"Correct horse", false},
      {"", false},
      {std::string("correct horse\0", 14), false},
      {std::string(max_password_bytes + 1, 'a'), false},
  }));
  INFO(password);
  CHECK(password_matches(password, encoded) == matches);
}

TEST_CASE("bytes after a null and the empty password count") {
  CHECK(password_matches("", hash_password("", salt, cheap)));
  const std::string with_null("a\0b", 3);
  const auto encoded = hash_password(with_null, salt, cheap);
  CHECK(password_matches(with_null, encoded));
  CHECK_FALSE(password_matches("a", encoded));
}

TEST_CASE("another salt gives another hash") {
  CHECK(hash_password("same", salt, cheap) != hash_password("same", "fedcba9876543210", cheap));
}

TEST_CASE("a text that is no hash matches nothing") {
  for (const char* text :
       {"", "plain", "$argon2id$", "$argon2i$v=19$m=64,t=1,p=1$MDEyMw$AAAA", "$argon2id$v=19$m=64,t=1,p=1$"}) {
    INFO(text);
    CHECK_FALSE(password_matches("plain", text));
  }
}

TEST_CASE("other parameters ask for a new hash") {
  const auto encoded = hash_password("a password", salt, cheap);
  CHECK_FALSE(needs_rehash(encoded, cheap));
  for (const PasswordCost cost :
       {PasswordCost{}, PasswordCost{65, 1, 1}, PasswordCost{64, 2, 1}, PasswordCost{640, 1, 1}}) {
    CHECK(needs_rehash(encoded, cost));
  }
  CHECK(needs_rehash("plain"));
}

TEST_CASE("a wrong salt or a password without limit is the caller's mistake") {
  CHECK_THROWS_AS(hash_password("p", "short", cheap), std::invalid_argument);
  CHECK_THROWS_AS(hash_password(std::string(max_password_bytes + 1, 'a'), salt, cheap), std::invalid_argument);
  CHECK_NOTHROW(spend_password_check(std::string(max_password_bytes + 1, 'a'), cheap));
}

TEST_CASE("no more computations run at once than there are turns, and every one gets its turn") {
  const PasswordLoad before = password_load();
  std::vector<std::thread> threads;
  std::atomic<unsigned> right = 0;
  const unsigned count = 4 * before.limit;
  for (unsigned i = 0; i < count; ++i) {
    threads.emplace_back([&right, i] {
      const std::string password = "password " + std::to_string(i);
      if (password_matches(password, hash_password(password, salt))) ++right;
    });
  }
  for (std::thread& thread : threads) thread.join();
  const PasswordLoad after = password_load();
  CHECK(right == count);
  CHECK(after.most <= after.limit);
  CHECK(after.all - before.all == 2 * count);
  CHECK((after.running == 0 && after.waiting == 0));
}

}  // namespace
}  // namespace assay::test::password_test
