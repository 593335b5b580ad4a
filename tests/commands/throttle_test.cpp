// How often a password may be tried, by account and by address, also at the same time and by many.
#include "commands/sign_in_throttle.h"

#include "jobs/office.h"

namespace assay::test::throttle_test {
namespace {

using namespace std::chrono_literals;

constexpr Instant start{std::chrono::milliseconds(1'780'000'000'000)};
constexpr const char *email = "jonas@elbwerk.example", *home = "192.0.2.1";

SignInSettings settings_of(int per_account, int per_address, std::size_t entries = 100'000) {
  SignInSettings settings;
  settings.failures_per_account = per_account;
  settings.failures_per_address = per_address;
  settings.throttle_entries = entries;
  return settings;
}

TEST_CASE("attempts that nobody has judged yet count") {
  struct Row {
    const char* what;
    int per_account, per_address;
    bool same_account;
  };
  for (const Row& row : {Row{"at one account", 10, 50, true}, Row{"from one address", 10, 50, false}}) {
    INFO(row.what);
    SignInThrottle throttle(settings_of(row.per_account, row.per_address));
    int admitted = 0;
    for (int i = 0; i < 64; ++i) {
      const std::string account = row.same_account ? std::string(email) : std::to_string(i) + "@x.example";
      if (throttle.admit(account, home, start)) ++admitted;
    }
    CHECK(admitted == (row.same_account ? row.per_account : row.per_address));
  }
}

TEST_CASE("a right attempt is no failure of the address, and clears the account") {
  SignInThrottle throttle(settings_of(3, 4));
  for (int i = 0; i < 100; ++i) {
    const auto admitted = throttle.admit(email, home, start);
    REQUIRE(admitted);
    throttle.succeeded(*admitted);
  }
  CHECK(throttle.entries() == 0);
  REQUIRE(throttle.admit(email, home, start));
  REQUIRE(throttle.admit(email, home, start));
  const auto right = throttle.admit(email, home, start);
  REQUIRE(right);
  throttle.succeeded(*right);
  REQUIRE(throttle.admit(email, home, start));  // the account's first again, the address's third
  REQUIRE(throttle.admit("a@x.example", home, start));
  CHECK_FALSE(throttle.admit("b@x.example", home, start));
}

TEST_CASE("what was counted in an earlier window is not taken back in a later one") {
  SignInThrottle throttle(settings_of(1, 2));
  const auto slow = throttle.admit(email, home, start);
  REQUIRE(slow);
  const Instant later = start + 15min;
  REQUIRE(throttle.admit("a@x.example", home, later));
  REQUIRE(throttle.admit("b@x.example", home, later));
  throttle.succeeded(*slow);
  CHECK_FALSE(throttle.admit("c@x.example", home, later));
}

TEST_CASE("an account and an address wait until their window is over, and are told how long") {
  SignInThrottle throttle(settings_of(1, 50));
  REQUIRE(throttle.admit(email, home, start));
  const auto refused = throttle.admit("JONAS@Elbwerk.example", "198.51.100.7", start + 1min);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == Reason::rate_limited);
  CHECK(refused.error().retry_after == 14min);
  CHECK(refused.error().detail == "too many failed sign-ins: try again later");
  CHECK(throttle.admit(email, home, start, "de").error().detail.starts_with("zu viele"));
  CHECK(throttle.admit(email, home, start + 15min));
}

TEST_CASE("of an IPv6 address its network of 64 bits counts") {
  struct Row {
    const char *one, *other;
    bool same;
  };
  for (const Row& row :
       {Row{"2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true},
        Row{"2001:db8:1:2::1", "2001:DB8:0001:2:3::", true}, Row{"2001:db8:1:2::1", "2001:db8:1:3::1", false},
        Row{"fe80::1%eth0", "fe80::2", true}, Row{"::ffff:192.0.2.1", "192.0.2.1", true},
        Row{"::ffff:192.0.2.1", "::ffff:192.0.2.2", false}, Row{"192.0.2.1", "192.0.2.2", false}}) {
    INFO(row.one << " and " << row.other);
    SignInThrottle throttle(settings_of(10, 1));
    REQUIRE(throttle.admit("a@x.example", row.one, start));
    CHECK(throttle.admit("b@x.example", row.other, start).has_value() == !row.same);
  }
}

TEST_CASE("the throttle has a fixed number of places, and the oldest gives way") {
  SignInThrottle throttle(settings_of(1, 1'000'000, 100));
  REQUIRE(throttle.admit(email, home, start));
  for (int i = 0; i < 98; ++i) REQUIRE(throttle.admit(std::to_string(i) + "@x.example", home, start + 1s));
  CHECK(throttle.entries() == 100);
  CHECK_FALSE(throttle.admit(email, home, start + 2s));
  REQUIRE(throttle.admit("one.more@x.example", home, start + 2s));
  CHECK(throttle.entries() == 100);
  CHECK_FALSE(throttle.admit("97@x.example", home, start + 2s));
  CHECK(throttle.admit(email, home, start + 2s));  // forgotten, as the oldest
  REQUIRE(throttle.admit("later@x.example", home, start + 16min));
  CHECK(throttle.entries() == 2);  // what is over takes no place
}

}  // namespace
}  // namespace assay::test::throttle_test
