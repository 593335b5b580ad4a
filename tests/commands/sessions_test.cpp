// When a session ends: after its whole life, however it is used, and after a time without a request.
#include "commands/sign_in.h"
#include "jobs/office.h"

namespace assay::test::sessions_test {
namespace {

using namespace std::chrono_literals;

constexpr const char* email = "jonas@elbwerk.example";

/// A session of the office's administrator under its settings.
struct Seat {
  Seat(Office& where, const SignInSettings& under) : office(where), settings(under) {
    SignInThrottle throttle{settings};
    auto signed_in = sign_in(*office.context, settings, throttle, email, Office::password, {"192.0.2.1"});
    REQUIRE(signed_in);
    session = signed_in->session;
    expires = signed_in->expires;
    who = signed_in->who;
  }
  /// A request: it counts as a use.
  bool use() {
    const bool lasts = principal_of_session(*office.context, settings, session).has_value();
    REQUIRE(office.store->write([](Connection&) {}));  // what was to be written later is written before
    return lasts;
  }
  /// What a stream asks before each batch: it does not.
  bool lasts() {
    Snapshot at = office.store->read();
    return still_signed_in(*office.context, settings, at, *who).has_value();
  }

  Office& office;
  SignInSettings settings;
  std::string session;
  Instant expires;
  std::optional<Principal> who;
};

SignInSettings settings_of(std::chrono::hours life, std::chrono::minutes idle) {
  SignInSettings settings;
  settings.session_life = life;
  settings.session_idle = idle;
  return settings;
}

TEST_CASE("a session ends with its life and when it was idle, not before") {
  ASSAY_EACH_ENGINE(engine);
  Office office(engine);
  struct Row {
    const char* what;
    SignInSettings settings;
    int uses;  // that all succeed, each after `every`
    std::chrono::seconds every;
    std::chrono::seconds then;
    bool lasts;
  };
  const SignInSettings usual = {}, short_idle = settings_of(12h, 1min), short_life = settings_of(1h, 600min);
  for (const Row& row : {Row{"just not idle", usual, 0, 0s, 60min - 1s, true}, Row{"idle", usual, 0, 0s, 60min, false},
                         Row{"used shortly before it would be idle", usual, 1, 60min - 1s, 60min - 1s, true},
                         Row{"idle after use", usual, 1, 60min - 1s, 60min, false},
                         Row{"used all day", usual, 14, 50min, 20min - 1s, true},
                         Row{"used all day to the end of its life", usual, 14, 50min, 20min, false},
                         Row{"long after its life", usual, 14, 50min, 24h * 7, false},
                         Row{"a short idle time, used within it again and again", short_idle, 30, 59s, 59s, true},
                         Row{"a short idle time", short_idle, 30, 59s, 60s, false},
                         Row{"a life shorter than the idle time", short_life, 0, 0s, 60min - 1s, true},
                         Row{"which ends it all the same", short_life, 1, 30min, 30min, false}}) {
    INFO(row.what);
    Seat seat(office, row.settings);
    CHECK(seat.expires == office.clock.now() + row.settings.session_life);
    for (int i = 0; i < row.uses; ++i) {
      office.clock.advance(row.every);
      REQUIRE(seat.use());
    }
    office.clock.advance(row.then);
    CHECK(seat.lasts() == row.lasts);
    CHECK(seat.use() == row.lasts);
  }
}

TEST_CASE("what only looks whether a session lasts is no use of it") {
  ASSAY_EACH_ENGINE(engine);
  Office office(engine);
  Seat seat(office, {});
  for (int i = 0; i < 59; ++i) {
    office.clock.advance(1min);
    REQUIRE(seat.lasts());
  }
  office.clock.advance(1min);
  CHECK_FALSE(seat.lasts());
}

TEST_CASE("shorter times hold for sessions that have begun before") {
  ASSAY_EACH_ENGINE(engine);
  Office office(engine);
  struct Row {
    const char* what;
    SignInSettings settings;
    std::chrono::minutes after;
    bool lasts;
  };
  for (const Row& row : {Row{"within the new life", settings_of(1h, 60min), 59min, true},
                         Row{"beyond it", settings_of(1h, 600min), 60min, false},
                         Row{"within the new idle time", settings_of(12h, 5min), 4min, true},
                         Row{"beyond it", settings_of(12h, 5min), 5min, false}}) {
    INFO(row.what << " " << row.after.count());
    Seat seat(office, {});
    seat.settings = row.settings;
    office.clock.advance(row.after);
    CHECK(seat.use() == row.lasts);
  }
}

TEST_CASE("a session that has ended does not come back when its person signs in anew") {
  ASSAY_EACH_ENGINE(engine);
  Office office(engine);
  Seat before(office, {});
  office.clock.advance(60min);
  CHECK_FALSE(before.use());
  Seat after(office, {});
  CHECK(after.use());
  CHECK_FALSE(before.use());
}

}  // namespace
}  // namespace assay::test::sessions_test
