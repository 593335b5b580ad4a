// The feed in pages: payloads that are not printed are not loaded, and a page has an end in bytes too.
#include "jobs/office.h"
#include "storage/evidence.h"

namespace assay::test::feed_test {
namespace {

/// Reviews with inputs of some size, all of whose events have their positions.
struct Archive : Office {
  explicit Archive(std::string_view engine) : Office(engine) {
    for (int i = 0; i < 6; ++i) {
      const std::string record = review("Review " + std::to_string(i));
      gather(record, std::string(2000, 'x'));
    }
    const auto expected = [&] {
      Snapshot at = store->read();
      return at.connection().value<std::int64_t>("SELECT COUNT(*) FROM event");
    }();
    while (store->last_position() < expected) store->wait_for_events(store->last_position(), std::chrono::seconds(10));
  }
  EventQuery query(bool whole, int limit) const {
    EventQuery made;
    made.types = {"management-review.*"};
    made.whole = whole;
    made.limit = limit;
    return made;
  }
};

TEST_CASE("a thin page holds of the facts no more than the state") {
  ASSAY_EACH_ENGINE(engine);
  Archive archive(engine);
  Snapshot at = archive.store->read();
  const auto page = event_page(at, archive.query(false, 50), archive.administrator().reader, 1);
  REQUIRE(page.events.size() == 12);
  CHECK_FALSE(page.more);
  for (const Event& event : page.events) {
    CHECK(event.draft.facts == Json{{"state", "scheduled"}, {"status", nullptr}});
  }
}

TEST_CASE("pages end by number or by bytes, and together they are the feed") {
  ASSAY_EACH_ENGINE(engine);
  Archive archive(engine);
  const Reader reader = archive.administrator().reader;
  Snapshot at = archive.store->read();
  const auto whole = list_events(at, archive.query(true, 50), reader);
  REQUIRE(whole.size() == 12);
  struct Row {
    int limit;
    std::size_t bytes, first;  // and how many events the first page has
  };
  for (const Row& row : {Row{50, 1 << 20, 12}, Row{5, 1 << 20, 5}, Row{50, 1, 1}, Row{50, 4200, 3}}) {
    INFO(row.limit << " events, " << row.bytes << " bytes");
    std::vector<Event> all;
    EventPage page{{}, true};
    EventQuery query = archive.query(true, row.limit);
    while (page.more) {
      page = event_page(at, query, reader, row.bytes);
      REQUIRE_FALSE(page.events.empty());
      if (all.empty()) CHECK(page.events.size() == row.first);
      query.after = page.events.back().position;
      all.insert(all.end(), page.events.begin(), page.events.end());
    }
    REQUIRE(all.size() == whole.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      CHECK(all[i].uuid == whole[i].uuid);
      CHECK(all[i].draft.facts == whole[i].draft.facts);
    }
  }
}

}  // namespace
}  // namespace assay::test::feed_test
