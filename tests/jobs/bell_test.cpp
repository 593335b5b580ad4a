// The bell of background threads: rings are heard at once, soft ones after a rest, and none is lost.
#include "jobs/bell.h"

#include <catch2/catch_all.hpp>
#include <chrono>
#include <functional>
#include <thread>

namespace assay::test::bell_test {
namespace {

using namespace std::chrono_literals;

std::chrono::steady_clock::duration timed(const std::function<void()>& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::steady_clock::now() - began;
}

TEST_CASE("a ring while nobody waits is kept, and so is a soft one") {
  Bell bell;
  const std::stop_source stop;
  bell.ring();
  bell.wait(stop.get_token(), {}, 1h);
  bell.ring_softly();
  bell.wait(stop.get_token(), {});
  CHECK(timed([&] { bell.wait(stop.get_token(), 20ms); }) >= 20ms);  // each was heard once
}

TEST_CASE("soft rings are heard after the rest, all of them together") {
  Bell bell;
  const std::stop_source stop;
  std::jthread ringing([&bell](std::stop_token ended) {
    while (!ended.stop_requested()) bell.ring_softly();
  });
  CHECK(timed([&] { bell.wait(stop.get_token(), {}, 50ms); }) >= 50ms);
  CHECK(timed([&] { bell.wait(stop.get_token(), {}, 50ms); }) >= 50ms);
  ringing.request_stop();
  ringing.join();
  bell.wait(stop.get_token(), 0ms);
  CHECK(timed([&] { bell.wait(stop.get_token(), 20ms, 1h); }) >= 20ms);  // the rest is no longer than the time
}

TEST_CASE("somebody who rests hears a ring, somebody who has rested a soft one, and both the request to stop") {
  Bell bell;
  std::stop_source stop;
  std::jthread resting([&] { bell.wait(stop.get_token(), {}, 1h); });
  bell.ring();
  resting.join();
  std::jthread rested([&] { bell.wait(stop.get_token(), {}); });
  bell.ring_softly();
  rested.join();
  std::jthread stopped([&] { bell.wait(stop.get_token(), {}, 1h); });
  stop.request_stop();
  stopped.join();
}

}  // namespace
}  // namespace assay::test::bell_test
