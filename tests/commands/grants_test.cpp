// What is read by a grant alone is noted before it is shown: at its grant, once a request, and not at all is not shown.
#include "storage/grants.h"
#include "commands/readings.h"
#include "commands/visit.h"
#include "domain/standing.h"

namespace assay::test::grants_test {
namespace {

/// An office with a review that somebody from outside may read for three days.
struct Visit : Office {
  explicit Visit(std::string_view engine = "sqlite") : Office(engine) {
    seat_visitors(*this);
    review = review_in(*this);
    grant = grant_over(*this, review);
  }

  void fire() { fire_due_timers(*this); }
  /// Somebody as a request of theirs begins.
  Principal asking(const char* who) {
    Principal principal = this->principal(who);
    return principal.reader.granted ? reading_by_grants(*context, principal) : principal;
  }
  bool sees(const Principal& who) {
    Snapshot at = store->read();
    return find_record(at, review, who.reader).has_value();
  }
  Result<std::size_t> note(const Principal& who) {
    return note_reading(*context, who, {"GET", "/api/v1/{plural}/{id}", "/api/v1/management-reviews/" + review});
  }
  std::vector<Json> readings() {
    std::vector<Json> found;
    Snapshot at = store->read();
    EventQuery query;
    query.types = {"access-grant.used"};
    query.limit = 1000;
    for (const Event& event : list_events(at, query, principal(isms).reader)) found.push_back(event.draft.facts);
    return found;
  }

  std::string review, grant;
};

TEST_CASE("a reading by a grant is noted at the grant and moves no version") {
  ASSAY_EACH_ENGINE(engine);
  Visit visit(engine);
  CHECK_FALSE(visit.asking(guest).reader.granted);
  visit.fire();
  const Principal carl = visit.asking(guest);
  REQUIRE(carl.reader.granted);
  CHECK(visit.sees(carl));
  REQUIRE(visit.note(carl));
  visit.store->wait_for_events(0, std::chrono::seconds(1));
  const auto sealed = [&] {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (visit.readings().empty() && std::chrono::steady_clock::now() < deadline)
      visit.store->wait_for_events(visit.store->last_position(), std::chrono::milliseconds(100));
    return visit.readings();
  }();
  REQUIRE(sealed.size() == 1);
  CHECK(sealed.front().at("records") == Json::array({{{"id", visit.review}, {"type", "management-review"}}}));
  CHECK(sealed.front().at("route") == "/api/v1/{plural}/{id}");
  {
    Snapshot at = visit.store->read();
    CHECK(find_record(at, visit.grant, visit.principal(isms).reader)->version == 3);
  }
  const Principal jonas = visit.asking(isms);
  CHECK(visit.sees(jonas));
  CHECK(visit.note(jonas));
  CHECK(visit.readings().size() == 1);  // by a role: nothing to note
  CHECK(verify_log(*visit.store).differences.empty());
}

TEST_CASE("nothing is shown by a grant that has ended meanwhile or whose last day is over") {
  ASSAY_EACH_ENGINE(engine);
  Visit visit(engine);
  visit.fire();
  const Principal carl = visit.asking(guest);
  CHECK(visit.sees(carl));
  visit.clock.advance(std::chrono::hours(24) * 3);  // its timer has not fired yet
  CHECK(visit.sees(carl));
  const auto late = visit.note(carl);
  REQUIRE_FALSE(late);
  CHECK(late.error().reason == Reason::not_found);
  const Principal later = visit.asking(guest);  // who asks only now asks without it
  CHECK_FALSE(later.reader.granted);
  CHECK(later.reader.client);
  CHECK_FALSE(visit.sees(later));
  CHECK(visit.note(later).value() == 0);
  visit.fire();
  CHECK_FALSE(visit.sees(visit.asking(guest)));
  CHECK_FALSE(visit.asking(guest).reader.granted);
  CHECK_FALSE(visit.note(carl));  // what was read before it ended is not shown after
  CHECK(visit.readings().empty());
  CHECK(verify_log(*visit.store).differences.empty());
}

TEST_CASE("a grant whose last day is over opens nothing, and takes nothing from what another one opens") {
  ASSAY_EACH_ENGINE(engine);
  Visit visit(engine);
  const std::string open = review_in(visit, "Review that is open");
  const std::string both = review_in(visit, "Review that both open");
  for (const std::string& review : {open, both}) grant_over(visit, review, "2026-06-30");
  grant_over(visit, both);
  visit.fire();
  visit.clock.advance(std::chrono::hours(24) * 3);
  const Principal carl = visit.asking(guest);
  CHECK(carl.reader.lapsed.size() == 2);
  CHECK_FALSE(visit.sees(carl));
  ListQuery query;
  query.type = "management-review";
  query.limit = 10;
  std::set<std::string> listed, found;
  {
    Snapshot at = visit.store->read();
    for (const RecordRow& row : list_records(at, query, carl.reader)) listed.insert(row.uuid);
    for (const std::string& one : {open, both, visit.review})
      if (find_record(at, one, carl.reader)) found.insert(one);
  }
  CHECK(listed == std::set{open, both});
  CHECK(found == listed);
  CHECK(visit.note(carl).value() == 2);
}

TEST_CASE("nobody acts by a grant after its last day, whether or not its timer has fired") {
  Visit visit;
  visit.fire();
  const auto set = visit.context->workflows;
  const auto stands = [&](Date today) {
    Snapshot at = visit.store->read();
    StoredFacts facts(*visit.store, at);
    const auto row = find_record(at, visit.grant, visit.principal(isms).reader);
    const RecordView& grant = *facts.record(row->id);
    return lasts(*grant.definition->grants, *grant.body, today);
  };
  CHECK(stands(*parse_date("2026-05-30")));
  CHECK_FALSE(stands(*parse_date("2026-05-31")));
  REQUIRE(set->types.at("access-grant").grants);
}

TEST_CASE("who reads a great deal by a grant waits") {
  ReadingThrottle throttle(60);
  const PersonId one{1}, other{2};
  auto now = std::chrono::steady_clock::time_point{};
  REQUIRE(throttle.admit(one, now));
  for (int reading = 0; reading < 120; ++reading) {
    REQUIRE(throttle.admit(one, now));
    throttle.charge(one, 1);
    throttle.charge(one, 0);
  }
  const auto refused = throttle.admit(one, now);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == Reason::rate_limited);
  CHECK(refused.error().retry_after == std::chrono::seconds(2));
  CHECK(throttle.admit(other, now));
  CHECK(throttle.admit(one, now + std::chrono::seconds(2)));
  throttle.charge(one, 501);  // eleven readings at once
  CHECK_FALSE(throttle.admit(one, now + std::chrono::seconds(10)));
  CHECK(throttle.admit(one, now + std::chrono::seconds(12)));
}

TEST_CASE("a reading that cannot be written is refused") {
  Visit visit;
  visit.fire();
  // No page more than there are: sooner or later an entry needs one.
  REQUIRE(visit.store->write([](Connection& to) { (void)to.value<std::int64_t>("PRAGMA max_page_count = 1"); }));
  const Principal carl = visit.asking(guest);
  CHECK(visit.sees(carl));
  Result<std::size_t> noted = std::size_t{0};
  std::size_t written = 0;
  while (written < 5000 && (noted = visit.note(carl))) ++written;
  REQUIRE_FALSE(noted);
  CHECK(noted.error().reason == Reason::storage_full);
  CHECK(visit.readings().size() == std::min<std::size_t>(written, 1000));
}

}  // namespace
}  // namespace assay::test::grants_test
