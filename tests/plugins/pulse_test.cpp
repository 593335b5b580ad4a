// The pulse of processors: it beats while a plugin takes its time, and then no more.
#include "plugins/pulse.h"

#include <sched.h>

#include <thread>

#include "plugins/fixture.h"
#include "plugins/spawner.h"

namespace assay::test::pulse_test {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

std::uint64_t processors() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  REQUIRE(::sched_getaffinity(0, sizeof allowed, &allowed) == 0);
  return static_cast<std::uint64_t>(CPU_COUNT(&allowed));
}

bool beats_on(const Pulse& pulse, std::uint64_t more) {
  const auto wanted = pulse.beats() + more;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (pulse.beats() < wanted && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  return pulse.beats() >= wanted;
}

/// No more than what was on its way when it ended: one timer a processor.
bool rests(const Pulse& pulse) {
  const auto last = pulse.beats() + processors();
  std::this_thread::sleep_for(milliseconds(30));
  return pulse.beats() <= last;
}

TEST_CASE("the pulse beats while somebody holds a beat, again and again") {
  Pulse pulse(microseconds(100));
  CHECK(pulse.beats() == 0);
  for (int round = 0; round < 2; ++round) {
    {
      const Pulse::Beat one(pulse);
      {
        const Pulse::Beat other(pulse);
        CHECK(beats_on(pulse, 20 * processors()));
      }
      CHECK(beats_on(pulse, 20 * processors()));
    }
    CHECK(rests(pulse));
  }
}

TEST_CASE("without a period there is no pulse") {
  Pulse pulse(microseconds(0));
  const Pulse::Beat beat(pulse);
  std::this_thread::sleep_for(milliseconds(20));
  CHECK(pulse.beats() == 0);
}

TEST_CASE("processors have a pulse while a plugin takes its time, and none afterwards") {
  PluginHost host = plain_host();
  host.limits.cancel_grace = milliseconds(50);
  const auto manifest = read_manifest(test_packages / "hostile");
  REQUIRE(manifest);
  const auto spawner = std::make_shared<Spawner>(host.program, microseconds(100));
  const auto plugin = load_sandboxed(test_packages / "hostile", *manifest, host, spawner);
  REQUIRE(plugin);
  const auto before = spawner->pulse().beats();
  std::string text;
  CallLimits limits;
  limits.deadline = std::chrono::steady_clock::now() + milliseconds(200);
  CHECK_FALSE((*plugin)->report(empty_input(), "busy", into(text), limits));
  CHECK(spawner->pulse().beats() > before + 20);
  CHECK(rests(spawner->pulse()));
}

}  // namespace
}  // namespace assay::test::pulse_test
