// Extensions that take JSON and give JSON, in the server and in a process: what they give, and what is caught of them.
#include <algorithm>
#include <optional>
#include <stdexcept>

#include "plugins/call_services.h"
#include "plugins/fixture.h"
#include "plugins/guard_answers.h"
#include "plugins/settings.h"
#include "plugins/ticket_requests.h"

namespace assay::test::extensions_test {
namespace {

using sandbox::Method;

/// The plugin that implements everything, as it runs.
struct Placed {
  std::string_view where;
  std::unique_ptr<Plugin> plugin;
};
std::vector<Placed> both_ways() {
  std::vector<Placed> all;
  all.push_back({"in the server", load(test_packages / "whole")});
  all.push_back({"in a process", load_sandboxed_now(test_packages / "whole", plain_host())});
  return all;
}

CallServices in_mode(const Plugin& plugin, const std::string& mode) {
  CallServices services;
  services.settings = with_defaults(plugin.manifest(), {{"mode", mode}});
  services.seed = 42;
  return services;
}

const std::string some_hash(64, 'a');

Json scoring_input() {
  return {{"scoring_input", 1},
          {"language", "en"},
          {"catalogue",
           {{"id", "small"},
            {"version", "1.0.0"},
            {"hash", some_hash},
            {"results", {"conforms", "fails"}},
            {"groups", {"g1", "g2"}},
            {"items",
             {{{"id", "1"}, {"group", "g1"}, {"questions", {"q1", "q2"}}},
              {{"id", "2"}, {"group", "g2"}, {"questions", {"q3"}}}}}}},
          {"sets",
           {{{"id", "audit"},
             {"answers",
              {{{"question", "q1"}, {"item", "1"}, {"subject", "whole"}, {"result", "conforms"}},
               {{"question", "q2"}, {"item", "1"}, {"subject", "whole"}, {"result", "fails"}},
               {{"question", "q3"}, {"item", "2"}, {"subject", "site:A"}, {"result", "conforms"}},
               {{"question", "q3"}, {"item", "2"}, {"subject", "whole"}}}}},
            {{"id", "site:B"}, {"answers", Json::array()}}}}};
}

Json applicability_input() {
  return {{"applicability_input", 1},
          {"language", "en"},
          {"catalogue",
           {{"id", "small"},
            {"version", "1.0.0"},
            {"hash", some_hash},
            {"items",
             {{{"id", "A.8.27"}, {"group", "8"}, {"clause", "A.8.27"}},
              {{"id", "A.8.28"}, {"group", "8"}, {"clause", "A.8.28"}}}}}},
          {"facts", {{"development", false}, {"audit.sites", {"Dresden"}}}}};
}

Json sampling_input() {
  Json population = Json::array();
  for (const char* site : {"Aachen", "Berlin", "Celle", "Dresden", "Erfurt"}) population.push_back({{"id", site}});
  return {{"sampling_input", 1},      {"language", "en"}, {"kind", "sites"},
          {"population", population}, {"at_least", 2},    {"at_most", 3}};
}

Json guard_input(int amount) {
  return {{"guard_input", 1},
          {"language", "en"},
          {"guard", "limit"},
          {"command", "pay"},
          {"today", "2026-03-02"},
          {"record",
           {{"id", "r1"},
            {"type", "order"},
            {"number", ""},
            {"state", "open"},
            {"fields", Json::object()},
            {"seats", Json::object()}}},
          {"person", {{"id", "p1"}, {"roles", {"auditor"}}}},
          {"given", {{"amount", amount}}}};
}

Json ticket_input(const std::string& type) {
  return {{"ticket_input", 1},
          {"event", {{"type", type}, {"data", Json::object()}}},
          {"endpoint", {{"url", "https://tracker.example/"}}}};
}

Json version_of(std::initializer_list<std::pair<const char*, const char*>> questions) {
  Json list = Json::array();
  for (const auto& [id, text] : questions) list.push_back({{"id", id}, {"question", text}});
  return {{"id", "small"},
          {"version", "1.0.0"},
          {"hash", some_hash},
          {"items", {{{"id", "1"}, {"clause", "1"}, {"title", "One"}, {"questions", list}}}}};
}

Json migrate_input(const char* odd = "odd") {
  return {{"migrate_input", 1},
          {"language", "en"},
          {"from", version_of({{"q1", "How?"}, {"q2", "Why?"}, {odd, "When?"}})},
          {"to", version_of({{"q1", "How?"}, {"q2", "Why so?"}, {"q4", "Where?"}})}};
}

TEST_CASE("each extension gives its answer, in the server and in a process alike") {
  std::vector<Json> before;
  for (const auto& [where, plugin] : both_ways()) {
    INFO(where);
    const auto ask = [&plugin = plugin](Method method, const Json& input) {
      auto answer = plugin->answer(method, input, "en", patient(), in_mode(*plugin, ""));
      INFO((answer ? "" : answer.error().detail));
      if (!answer && !answer.error().invalid.empty())
        FAIL(answer.error().invalid.front().pointer << ": " << answer.error().invalid.front().detail);
      REQUIRE(answer);
      return *answer;
    };
    const Json scores = ask(Method::score, scoring_input()).at("scores");
    CHECK(scores.at(0).at("value").get<double>() == Catch::Approx(200.0 / 3));
    CHECK(scores.at(0).at("groups").at(0) == Json({{"group", "g1"}, {"value", 50.0}}));
    CHECK(scores.at(1) == Json({{"set", "site:B"}}));
    const Json items = ask(Method::applicable, applicability_input()).at("items");
    CHECK(items.at(0).at("applies") == true);
    CHECK(items.at(1) == Json({{"item", "A.8.28"}, {"applies", false}, {"reason", "nothing is developed"}}));
    const Json sample = ask(Method::sample, sampling_input());
    CHECK(sample.at("chosen").size() == 2);
    CHECK(sample.at("method") == "drawn with seed 42");
    CHECK(ask(Method::judge, guard_input(3)) == Json({{"verdict", "allow"}}));
    CHECK(ask(Method::judge, guard_input(10)).at("verdict") == "warn");
    CHECK(ask(Method::judge, guard_input(11)) == Json({{"verdict", "deny"}, {"reason", "more than the limit"}}));
    CHECK(ask(Method::requests, ticket_input("audit.planned")).at("requests").empty());
    const Json request = ask(Method::requests, ticket_input("nonconformity.raised")).at("requests").at(0);
    CHECK(request.at("headers").at("Authorization") == "Bearer {secret:token}");
    const Json mapping = ask(Method::map, migrate_input());
    CHECK(mapping.at("new") == Json({"q4"}));
    CHECK(mapping.at("mapping").at(0) == Json({{"from", "odd"}, {"kind", "removed"}}));
    CHECK(mapping.at("mapping").at(2) == Json({{"from", "q2"}, {"to", "q2"}, {"kind", "changed"}}));
    CHECK(ask(Method::check_settings, {{"limit", 12}}).at("invalid").empty());
    CHECK(ask(Method::check_settings, {{"limit", 13}}).at("invalid").at(0).at("pointer") == "/limit");
    if (before.empty()) {
      before = {scores, sample};
    } else {
      CHECK(before == std::vector<Json>{scores, sample});
    }
  }
}

TEST_CASE("an answer that cannot be true fails its call, whatever the schema says") {
  struct Row {
    Method method;
    Json input;
    std::string_view mode, phase, reason;
  };
  const Row rows[] = {
      {Method::score, scoring_input(), "nan", "score", "not acceptable"},
      {Method::score, scoring_input(), "overflow", "score", "not acceptable"},
      {Method::score, scoring_input(), "too-high", "score", "the score of audit is not within 0 and 100"},
      {Method::score, scoring_input(), "twice", "score", "the set audit is scored twice"},
      {Method::score, scoring_input(), "missing", "score", "the set audit has no score"},
      {Method::score, scoring_input(), "unknown-group", "score", "the group none of audit"},
      {Method::score, scoring_input(), "wrong-form", "score", "its output is not valid at \"/scores/0"},
      {Method::applicable, applicability_input(), "partial", "applicable", "the item A.8.27 is missing"},
      {Method::applicable, applicability_input(), "no-reason", "applicable", "does not apply, without a reason"},
      {Method::sample, sampling_input(), "outside", "sample", "Atlantis is chosen twice, or is none"},
      {Method::sample, sampling_input(), "too-few", "sample", "it chose 1 where 2 to 3 were asked for"},
      {Method::judge, guard_input(1), "throw", "judge", "it cannot judge"},
      {Method::judge, guard_input(1), "silent", "judge", "its verdict has no reason"},
      {Method::requests, ticket_input("nonconformity.raised"), "other-secret", "requests", "the secret limit"},
      {Method::requests, ticket_input("nonconformity.raised"), "break", "requests", "has control characters"},
      {Method::requests, ticket_input("nonconformity.raised"), "absolute", "requests", "its output is not valid"},
      {Method::requests, ticket_input("nonconformity.raised"), "two-requests", "requests", "not valid at \"/requests"},
      {Method::map, migrate_input("lost"), "", "migrate", "the question lost of the old version is missing"},
  };
  const auto plugin = load(test_packages / "whole");
  for (const Row& row : rows) {
    const auto answer = plugin->answer(row.method, row.input, "en", patient(), in_mode(*plugin, std::string(row.mode)));
    INFO(row.mode << ": " << (answer ? answer->dump() : answer.error().detail));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().reason == Reason::plugin_failed);
    CHECK_THAT(answer.error().detail,
               Catch::Matchers::StartsWith("plugin org.example.whole failed in " + std::string(row.phase) + ": "));
    CHECK_THAT(answer.error().detail, Catch::Matchers::ContainsSubstring(std::string(row.reason)));
  }
}

TEST_CASE("what an organisation has judged crashes for that organisation alone, and is tried again after a rest") {
  PluginHost host = plain_host();
  host.limits.first_pause = std::chrono::milliseconds(0);
  host.limits.crash_window = std::chrono::hours(1);
  const auto plugin = load_sandboxed_now(test_packages / "whole", host);
  const auto judge = [&](std::int64_t organisation, const char* mode) {
    CallServices services = in_mode(*plugin, mode);
    services.organisation = organisation;
    return plugin->answer(Method::judge, guard_input(1), "en", patient(), services);
  };
  for (int crash = 0; crash < 3; ++crash) {
    const auto crashed = judge(1, "crash");
    REQUIRE_FALSE(crashed);
    CHECK_FALSE(crashed.error().retry_after);
  }
  const auto resting = judge(1, "");
  REQUIRE_FALSE(resting);
  CHECK_THAT(resting.error().detail, Catch::Matchers::ContainsSubstring("it crashed and is tried again in"));
  REQUIRE(resting.error().retry_after);
  CHECK(*resting.error().retry_after > std::chrono::minutes(50));
  CHECK(judge(2, ""));
  CHECK(plugin->health().quarantine.empty());
}

TEST_CASE("a report that crashes is counted for the organisation that it is of, and a guard at rest was not asked") {
  PluginHost host = plain_host();
  host.limits.first_pause = std::chrono::hours(1);
  const auto plugin = load_sandboxed_now(test_packages / "hostile", host);
  const auto report = [&](std::int64_t organisation, const char* format) {
    CallServices services;
    services.organisation = organisation;
    std::string text;
    return plugin->report(empty_input(), format, into(text), patient(), services);
  };
  CHECK_FALSE(report(1, "segfault"));
  const auto resting = report(1, "good");
  REQUIRE_FALSE(resting);
  CHECK(resting.error().retry_after);
  CHECK(report(2, "good"));

  const TempFolder folder;
  std::filesystem::copy(test_packages / "whole", folder.path() / "whole");
  const PluginRegistry registry({folder.path()}, host);
  const auto judged = [&](std::int64_t id, const char* mode) {
    OrganisationRow organisation{OrganisationId{id}, "o", "One", "UTC", "en", 1};
    organisation.plugin_settings =
        Json({{"org.example.whole", {{"version", "1.2.3"}, {"values", {{"mode", mode}}}, {"secrets", Json::object()}}}})
            .dump();
    Json input = guard_input(1);
    input.erase("language");
    return ask_guard(registry, Instant{}, {"org.example.whole", organisation.id, input}, organisation, "en",
                     patient().deadline);
  };
  using Verdict = PluginAnswer::Verdict;
  CHECK(judged(1, "crash").verdict == Verdict::failed);
  CHECK(judged(1, "").verdict == Verdict::unasked);
  CHECK(judged(2, "").verdict == Verdict::allow);
}

TEST_CASE("what whoever gives a command brings about is no failure of the plugin that judges it") {
  const TempFolder folder;
  std::filesystem::copy(test_packages / "whole", folder.path() / "whole");
  const PluginRegistry registry({folder.path()}, plain_host());
  const OrganisationRow organisation{OrganisationId{1}, "o1", "One", "UTC", "en", 1};
  const auto asked = [&](const Json& given, std::chrono::steady_clock::time_point deadline) {
    Json input = guard_input(1);
    input.erase("language");
    input["given"] = given;
    return ask_guard(registry, Instant{}, {"org.example.whole", organisation.id, input}, organisation, "en", deadline);
  };
  using Verdict = PluginAnswer::Verdict;
  CHECK(asked({{"amount", 1}}, patient().deadline).verdict == Verdict::allow);
  const PluginAnswer invalid = asked("no object", patient().deadline);
  CHECK(invalid.verdict == Verdict::unasked);
  CHECK_THAT(invalid.reason, Catch::Matchers::ContainsSubstring("/given"));
  CHECK(invalid.version == "1.2.3");
}

TEST_CASE("a plugin is not asked for what it does not name, nor with an input that is not valid") {
  const auto plugin = load(test_packages / "whole");
  const auto refused = [&](Method method, const Json& input) {
    const auto answer = plugin->answer(method, input, "en", patient(), in_mode(*plugin, ""));
    REQUIRE_FALSE(answer);
    return answer.error();
  };
  Json other = scoring_input();
  other["catalogue"]["id"] = "large";
  CHECK(refused(Method::score, other).detail == "org.example.whole does not know the catalogue large");
  Json items = sampling_input();
  items["kind"] = "items";
  CHECK(refused(Method::sample, items).reason == Reason::unsupported);
  Json guard = guard_input(1);
  guard["guard"] = "budget";
  CHECK(refused(Method::judge, guard).reason == Reason::unsupported);
  Json more = scoring_input();
  more["sets"][0]["answers"][0]["notes"] = "what somebody wrote";
  CHECK(refused(Method::score, more).reason == Reason::invalid);
  CHECK(refused(Method::check_settings, {{"limit", 1000}}).invalid.at(0).pointer == "/limit");
  const auto sound = load(test_packages / "sound");
  const auto answer = sound->answer(Method::score, scoring_input(), "en", patient());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().detail == "org.example.sound does not implement scoring/1");
}

TEST_CASE("the same seed gives the same sample, another one another") {
  const auto plugin = load(test_packages / "whole");
  std::set<std::string> seen;
  for (const std::uint64_t seed : {1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u}) {
    CallServices services = in_mode(*plugin, "");
    services.seed = seed;
    const auto once = plugin->answer(Method::sample, sampling_input(), "en", patient(), services);
    const auto again = plugin->answer(Method::sample, sampling_input(), "en", patient(), services);
    REQUIRE((once && again));
    CHECK(*once == *again);
    seen.insert(once->at("chosen").dump());
  }
  CHECK(seen.size() > 1);
  const auto without = plugin->answer(Method::sample, sampling_input(), "en", patient());
  REQUIRE_FALSE(without);
  CHECK_THAT(without.error().detail, Catch::Matchers::ContainsSubstring("there is no chance in this call"));
}

TEST_CASE("services of the host reach a plugin in the server and in a process alike") {
  for (const auto& [where, plugin] : both_ways()) {
    INFO(where);
    std::vector<std::int32_t> progress;
    CallServices services = in_mode(*plugin, "x");
    services.now_ms = 1'795'000'000'123;
    services.progress = [&](std::int32_t permille) { progress.push_back(permille); };
    services.evidence = [](std::string_view id, std::uint64_t offset, std::uint64_t length) {
      const std::string bytes = "0123456789";
      return id == "E-1" ? std::optional(bytes.substr(offset, length)) : std::nullopt;
    };
    struct Row {
      std::string_view format, text;
    };
    const Row rows[] = {{"resource", "Notes of the package.\n 3 3"},
                        {"evidence", "234 3"},
                        {"clock", "1795000000123"},
                        {"rng", "42 13679457532755275413 2949826092126892291 5139283748462763858"},
                        {"settings", R"({"limit":10,"mode":"x","tags":[]})"},
                        {"progress", "done"}};
    for (const Row& row : rows) {
      std::string text;
      const auto report = plugin->report(empty_input(), row.format, into(text), patient(), services);
      INFO(row.format << " " << (report ? "" : report.error().detail));
      CHECK(report.has_value());
      CHECK(text == row.text);
    }
    CHECK(progress == std::vector<std::int32_t>{250});
    for (const char* format : {"clock", "rng", "evidence"}) {
      std::string text;
      const auto none = plugin->report(empty_input(), format, into(text), patient());
      INFO(format);
      REQUIRE_FALSE(none);
      CHECK(none.error().reason == Reason::plugin_failed);
    }
  }
}

TEST_CASE("a plugin that reads without end is told no more") {
  for (const auto& [where, plugin] : both_ways()) {
    INFO(where);
    CallServices services;
    std::uint64_t given = 0;
    services.evidence = [&](std::string_view, std::uint64_t, std::uint64_t length) {
      given += length;
      return std::string(static_cast<std::size_t>(length), 'x');
    };
    std::string text;
    const auto report = plugin->report(empty_input(), "greedy", into(text), patient(), services);
    REQUIRE_FALSE(report);
    CHECK_THAT(report.error().detail, Catch::Matchers::ContainsSubstring("the evidence cannot be read"));
    CHECK(given == 64u << 20);
  }
}

TEST_CASE("evidence that is lost is the server's failure and not the plugin's") {
  for (const auto& [where, plugin] : both_ways()) {
    INFO(where);
    CallServices services = in_mode(*plugin, "");
    services.evidence = [](std::string_view, std::uint64_t, std::uint64_t) -> std::optional<std::string> {
      throw std::runtime_error("the file is missing from the blob store");
    };
    std::string text;
    CHECK_THROWS_WITH(plugin->report(empty_input(), "evidence", into(text), patient(), services),
                      Catch::Matchers::ContainsSubstring("missing from the blob store"));
    services.evidence = [](std::string_view, std::uint64_t, std::uint64_t) { return std::string("234"); };
    CHECK(plugin->report(empty_input(), "evidence", into(text), patient(), services));
  }
}

TEST_CASE("a file of the package that was changed since it was verified is not given") {
  const TempFolder folder;
  const auto copy = folder.path() / "whole";
  std::filesystem::copy(test_packages / "whole", copy);
  const auto plugin = load(copy);
  std::string text;
  CHECK(plugin->report(empty_input(), "resource", into(text), patient()));
  write_file(copy / "notes.txt", "Other notes of package.");
  CHECK_FALSE(plugin->report(empty_input(), "resource", into(text), patient()));
}

TEST_CASE("settings: defaults, what is wrong, and secrets that nobody sees again") {
  const auto manifest = read_manifest(test_packages / "whole");
  REQUIRE(manifest);
  CHECK(with_defaults(*manifest, {{"limit", 3}}) == Json({{"limit", 3}, {"mode", ""}, {"tags", Json::array()}}));
  struct Row {
    Json set;
    std::string_view pointer;
  };
  const Row rows[] = {{{{"limit", 101}}, "/limit"},
                      {{{"limit", "3"}}, "/limit"},
                      {{{"tags", {1}}}, "/tags/0"},
                      {{{"colour", "red"}}, ""},
                      {Json::array(), ""}};
  for (const Row& row : rows) {
    const auto invalid = invalid_settings(*manifest, row.set);
    INFO(row.set.dump());
    REQUIRE_FALSE(invalid.empty());
    CHECK(invalid.front().pointer == row.pointer);
  }
  CHECK(invalid_settings(*manifest, {{"limit", 5}, {"token", "abc"}}).empty());
  CHECK(still_valid(*manifest,
                    {{"limit", 5}, {"mode", 3}, {"token", "in the clear"}, {"colour", "red"}, {"tags", {"a"}}}) ==
        Json({{"limit", 5}, {"tags", {"a"}}}));
  OrganisationRow organisation{};
  organisation.plugin_settings =
      Json{{manifest->id,
            {{"values", {{"limit", 500}, {"mode", "calm"}, {"colour", "red"}}}, {"secrets", Json::object()}}}}
          .dump();
  const auto services = services_for(organisation, *load(test_packages / "whole"), Instant{});
  REQUIRE(services);
  CHECK(services->settings == Json({{"limit", 10}, {"mode", "calm"}, {"tags", Json::array()}}));
  Manifest strict = *manifest;
  strict.declared.at("settings/1")
      .at("schema")
      .at("properties")
      .at("token")
      .update({{"minLength", 8}, {"maxLength", 40}});
  CHECK_FALSE(invalid_settings(strict, {{"token", "set"}}).empty());
  for (const char* mask : {"set", ""}) CHECK(invalid_masked_settings(strict, {{"limit", 5}, {"token", mask}}).empty());
  CHECK(invalid_masked_settings(strict, {{"limit", 101}, {"token", "set"}}).front().pointer == "/limit");
  CHECK(invalid_masked_settings(strict, {{"token", 1}}).front().pointer == "/token");
  CHECK(without_secrets(*manifest, {{"limit", 5}, {"token", "abc"}}) == Json({{"limit", 5}, {"token", "set"}}));
  CHECK(without_secrets(*manifest, {{"limit", 5}}) == Json({{"limit", 5}, {"token", ""}}));
  CHECK(with_secrets("Bearer {secret:token}!", [](const std::string& name) { return name + "-value"; }) ==
        "Bearer token-value!");
  CHECK_FALSE(with_secrets("{secret:token}", [](const std::string&) { return std::string(); }));
  CHECK(with_secrets("{secret:open", [](const std::string&) { return std::string("x"); }) == "{secret:open");
}

}  // namespace
}  // namespace assay::test::extensions_test
