// Calls: whatever a plugin does wrong comes back as a refusal, and the next call works.
#include <fmt/format.h>

#include <atomic>
#include <future>
#include <latch>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "ledger/digest.h"
#include "plugins/fixture.h"

namespace assay::test::calls_test {
namespace {

PluginHost small_host() {
  PluginHost host{"0.1.0"};
  host.limits.json_bytes = 1 << 20;
  host.limits.report_bytes = 1 << 20;
  return host;
}

TEST_CASE("a catalogue call that goes wrong fails with the plugin, the phase and the reason") {
  struct Row {
    std::string_view language, reason;
  };
  const Row rows[] = {
      {"en-throw", "thrown in catalogues"},
      {"en-deep", "nested deeper than 64 levels"},
      {"en-flood", "its output is larger than 1048576 bytes"},
      {"en-utf8", "its output is not UTF-8"},
      {"en-broken", "not JSON"},
      {"en-schema", "its output is not valid"},
      {"en-twice", "the question q1 is there twice"},
      {"en-group", "names the group 7, which is not there"},
      {"en-other", "does not give the catalogue small"},
      {"en-tongue", "the language fr is not in the manifest"},
  };
  const auto plugin = load(test_packages / "unruly", small_host());
  for (const Row& row : rows) {
    const auto catalogues = plugin->catalogues(row.language, patient());
    INFO(row.language << ": " << (catalogues ? "accepted" : catalogues.error().detail));
    REQUIRE_FALSE(catalogues);
    CHECK(catalogues.error().reason == Reason::plugin_failed);
    CHECK_THAT(catalogues.error().detail,
               Catch::Matchers::StartsWith("plugin org.example.unruly failed in catalogues: "));
    CHECK_THAT(catalogues.error().detail, Catch::Matchers::ContainsSubstring(std::string(row.reason)));
    CHECK(plugin->catalogues("en", patient()));
  }
}

TEST_CASE("a report call that goes wrong fails with the plugin, the phase and the reason") {
  struct Row {
    std::string_view format, reason;
  };
  const Row rows[] = {
      {"throw", "thrown in render"},
      {"throw-int", "an exception of an unknown type"},
      {"refuse", "not today"},
      {"fail", "/audit/number: no such [1m audit"},
      {"silent", "it wrote nothing"},
      {"halfway", "lost the thread"},
      {"flood", "its output is larger than 1048576 bytes"},
      {"swallow", "its output is larger than 1048576 bytes"},
      {"malformed", "its output is not UTF-8"},
  };
  const auto plugin = load(test_packages / "unruly", small_host());
  for (const Row& row : rows) {
    std::string text;
    const auto report = plugin->report(empty_input(), row.format, into(text), patient());
    INFO(row.format << ": " << (report ? "accepted" : report.error().detail));
    REQUIRE_FALSE(report);
    CHECK(report.error().reason == Reason::plugin_failed);
    CHECK_THAT(report.error().detail, Catch::Matchers::StartsWith("plugin org.example.unruly failed in report: "));
    CHECK_THAT(report.error().detail, Catch::Matchers::ContainsSubstring(std::string(row.reason)));
    CHECK(text.size() <= 1 << 20);
    CHECK(plugin->report(empty_input(), "plain", into(text), patient()));
  }
}

TEST_CASE("an exception that crosses the boundary is caught") {
  const auto plugin = load(test_packages / "leaking-exception");
  const auto catalogues = plugin->catalogues("en", patient());
  REQUIRE_FALSE(catalogues);
  CHECK_THAT(catalogues.error().detail, Catch::Matchers::ContainsSubstring("an exception crossed the boundary"));
}

TEST_CASE("a report is streamed, counted and hashed, and so is its input") {
  const auto plugin = load(test_packages / "unruly");
  std::string text;
  const auto report = plugin->report(empty_input(), "plain", into(text), patient());
  REQUIRE(report);
  Json expected = empty_input();
  CHECK(report->input_hash == sha256_hex(canonical(expected)));
  expected["input_hash"] = report->input_hash;
  CHECK(text == canonical(expected));
  CHECK(report->sha256 == sha256_hex(text));
  CHECK(report->size == static_cast<std::int64_t>(text.size()));
  CHECK(report->media_type == "text/plain");
  CHECK(report->file_extension == "txt");
}

TEST_CASE("a character may come in two pieces") {
  const auto plugin = load(test_packages / "unruly");
  std::string text;
  REQUIRE(plugin->report(empty_input(), "split", into(text), patient()));
  CHECK(text == "€");
}

TEST_CASE("the caller's mistakes are not the plugin's") {
  const auto plugin = load(test_packages / "unruly");
  std::string text;
  const auto unknown = plugin->report(empty_input(), "pdf", into(text), patient());
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().reason == Reason::unsupported);
  struct Row {
    std::string_view patch, pointer;
  };
  const Row rows[] = {
      {R"([{"op":"add","path":"/input_hash","value":"x"}])", "/input_hash"},
      {R"([{"op":"add","path":"/more","value":1}])", ""},
      {R"([{"op":"replace","path":"/language","value":""}])", "/language"},
      {R"([{"op":"add","path":"/team/0","value":{"name":"A"}}])", "/team/0"},
      {R"([{"op":"add","path":"/findings/0","value":{"number":"1","grade":"grave","title":"t","state":"s"}}])",
       "/findings/0/grade"},
  };
  for (const Row& row : rows) {
    const auto report = plugin->report(empty_input().patch(Json::parse(row.patch)), "plain", into(text), patient());
    INFO(row.patch);
    REQUIRE_FALSE(report);
    CHECK(report.error().reason == Reason::invalid);
    CHECK(report.error().invalid.at(0).pointer == row.pointer);
  }
  CHECK(text.empty());
}

TEST_CASE("what the sink refuses or throws reaches the caller") {
  const auto plugin = load(test_packages / "unruly");
  const auto full = [](std::string_view) -> Result<void> { return refuse(Reason::storage_full, "no room"); };
  const auto report = plugin->report(empty_input(), "plain", full, patient());
  REQUIRE_FALSE(report);
  CHECK(report.error().reason == Reason::storage_full);
  const auto broken = [](std::string_view) -> Result<void> { throw std::runtime_error("the disk is gone"); };
  CHECK_THROWS_WITH(plugin->report(empty_input(), "plain", broken, patient()), "the disk is gone");
  std::string text;
  CHECK(plugin->report(empty_input(), "plain", into(text), patient()));
}

TEST_CASE("a call ends at its deadline or when it is cancelled") {
  const auto plugin = load(test_packages / "unruly");
  std::string text;
  const auto late = plugin->report(empty_input(), "slow", into(text), within(std::chrono::milliseconds(30)));
  REQUIRE_FALSE(late);
  CHECK_THAT(late.error().detail, Catch::Matchers::ContainsSubstring("its deadline has passed"));
  std::stop_source stop;
  CallLimits limits = patient();
  limits.cancel = stop.get_token();
  auto running =
      std::async(std::launch::async, [&] { return plugin->report(empty_input(), "slow", into(text), limits); });
  stop.request_stop();
  const auto cancelled = running.get();
  REQUIRE_FALSE(cancelled);
  // It may be stopped before its turn comes as well as in the midst of the call.
  CHECK(cancelled.error().reason == Reason::plugin_failed);
  CHECK(text.empty());
}

TEST_CASE("a call that spent most of its time on waiting for others was not made in time, and has not failed") {
  const auto plugin = load(test_packages / "unruly");
  std::latch inside(1), go_on(1);
  const auto hold = [&](std::string_view) -> Result<void> {
    inside.count_down();
    go_on.wait();
    return {};
  };
  auto held = std::async(std::launch::async, [&] { return plugin->report(empty_input(), "plain", hold, patient()); });
  inside.wait();
  const CallLimits limits = within(std::chrono::milliseconds(1500));
  std::string text;
  auto late = std::async(std::launch::async, [&] { return plugin->report(empty_input(), "slow", into(text), limits); });
  std::this_thread::sleep_until(limits.deadline - std::chrono::milliseconds(100));
  go_on.count_down();
  CHECK(held.get());
  const auto busy = late.get();
  REQUIRE_FALSE(busy);
  CHECK(busy.error().reason == Reason::overloaded);
}

TEST_CASE("one plugin runs one call at a time, two plugins run at once") {
  const auto first = load(test_packages / "unruly");
  const auto second = load(shipped_packages / "report-html");
  std::latch inside(1), go_on(1);
  const auto hold = [&](std::string_view) -> Result<void> {
    inside.count_down();
    go_on.wait();
    return {};
  };
  auto held = std::async(std::launch::async, [&] { return first->report(empty_input(), "plain", hold, patient()); });
  inside.wait();
  std::string text;
  CHECK(second->report(empty_input(), "html", into(text), patient()));
  const auto busy = first->catalogues("en", within(std::chrono::milliseconds(20)));
  REQUIRE_FALSE(busy);
  CHECK_THAT(busy.error().detail, Catch::Matchers::ContainsSubstring("it is busy with another call"));
  CHECK(busy.error().reason == Reason::overloaded);
  CHECK(busy.error().retry_after == std::chrono::seconds(1));
  auto waiting = std::async(std::launch::async, [&] { return first->catalogues("en", patient()); });
  go_on.count_down();
  CHECK(held.get());
  CHECK(waiting.get());
}

TEST_CASE("many threads share two plugins") {
  const auto first = load(test_packages / "unruly");
  const auto second = load(test_packages / "sound");
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        Plugin& plugin = i % 2 == 0 ? *first : *second;
        for (int n = 0; n < 20; ++n) good += plugin.catalogues("en", patient()).has_value() ? 1 : 0;
      });
    }
  }
  CHECK(good == 160);
}

TEST_CASE("a plugin's log is cut, cleaned and limited, and only given when the manifest asks for it") {
  struct Line {
    std::string plugin;
    std::int32_t level;
    std::string text;
  };
  std::mutex mutex;
  std::vector<Line> lines;
  PluginHost host{"0.1.0"};
  host.log = [&](const std::string& plugin, std::int32_t level, const std::string& line) {
    const std::lock_guard lock(mutex);
    lines.push_back({plugin, level, line});
  };
  const auto plugin = load(test_packages / "unruly", host);
  REQUIRE(plugin->catalogues("en-log", patient()));
  REQUIRE(lines.size() == 100);
  CHECK(lines[0].plugin == "org.example.unruly");
  CHECK(lines[0].level == 2);
  CHECK(lines[0].text == "one line \xEF\xBF\xBD");
  CHECK(lines[1].level == 3);
  CHECK(lines[1].text.size() == 1000);

  const TempFolder folder;
  std::filesystem::copy(test_packages / "unruly", folder.path(), std::filesystem::copy_options::recursive);
  Json manifest = Json::parse(read_file(folder.path() / "manifest.json"));
  manifest.erase("host");
  write_file(folder.path() / "manifest.json", manifest.dump());
  lines.clear();
  REQUIRE(load(folder.path(), host)->catalogues("en-log", patient()));
  CHECK(lines.empty());
}

}  // namespace
}  // namespace assay::test::calls_test
