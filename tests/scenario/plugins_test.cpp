// What plugins say about an audit's checklist, and what an organisation sets for them.
#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "cli/workspace.h"
#include "ledger/digest.h"
#include "plugins/package_signature.h"
#include "plugins/package_store.h"
#include "scenario/inbox.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::plugins_test {
namespace {

const std::string whole = "org.example.whole";

TEST_CASE("scores of an audit's answers, for themselves and in its report") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string audit = "/api/v1/" + audit_in(stage, "scored", "report_draft");
  const Json scores = stage.must("lead", "GET", audit + "/scores");
  const Json& scored = scores.at("catalogues").at(0);
  CHECK(scored.at("catalogue") == "iso27001-2022");
  const Json& by = scored.at("scored_by").at(0);
  CHECK(by.at("plugin") == whole);
  CHECK(by.at("title") == "Conformity");
  CHECK(by.at("maximum") == 100);
  CHECK(by.at("scores").at(0).at("set") == "audit");
  CHECK(by.at("scores").at(0).at("value").get<double>() <= 100);
  stage.run({{"in German", "lead", "GET", audit + "/scores?lang=de", {}, "", 200, {"Konformität"}},
             {"theirs", "other", "GET", audit + "/scores", {}, "", 404},
             {"a review has none", "admin", "GET", "/api/v1/management-reviews/{review}/scores", {}, "", 404}});
}

TEST_CASE("a report plugin reads the audit's evidence, files of its package, the clock and the audit's chance") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string audit = "/api/v1/" + audit_in(stage, "seen", "report_draft");
  // What the answers were given with is there already; a file comes behind it.
  const auto before = stage.list("lead", audit + "/evidence").size();
  stage.must("lead", "POST", audit + "/evidence/files?name=a.txt", "0123456789", {"Content-Type: text/plain"});
  const auto wish = [](const std::string& format) {
    return Json{{"plugin", whole}, {"format", format}, {"language", "en"}}.dump();
  };
  const auto made = [&](const std::string& format) {
    const Json report = stage.must("lead", "POST", audit + "/reports", wish(format));
    return stage.ask("lead", "GET", report.at("file").at("href").get<std::string>()).body;
  };
  CHECK(before == 0);
  CHECK(made("evidence") == "234 3");
  CHECK(made("resource") == "Notes of the package.\n 3 3");
  CHECK(made("rng") == made("rng"));
  CHECK(made("settings") == R"({"limit":10,"mode":"","tags":[]})");
  CHECK(std::stoll(made("clock")) > 1'700'000'000'000);
  stage.events_since();
}

TEST_CASE("which items apply, as a plugin says by stated facts and the audit") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string early = "/api/v1/" + audit_in(stage, "unselected", "team_confirmed") + "/applicability";
  const std::string path = "/api/v1/" + audit_in(stage, "applied", "plan_issued") + "/applicability";
  const auto asked = [](const std::string& facts) { return R"({"plugin":"org.example.whole","facts":)" + facts + "}"; };
  stage.run({{"no catalogue yet", "lead", "POST", early, {}, asked("{}"), 409, {"no catalogue has been selected"}},
             {"by nobody", "lead", "POST", path, {}, R"({"facts":{}})", 422, {"/plugin"}},
             {"by a report", "lead", "POST", path, {}, R"({"plugin":"org.assay.report-html"})", 422, {"/plugin"}},
             {"a fact of the audit's",
              "lead",
              "POST",
              path,
              {},
              asked(R"({"audit.scope":"x"})"),
              422,
              {"/facts/audit.scope"}},
             {"no fact", "lead", "POST", path, {}, asked(R"({"development":{}})"), 422, {"/facts/development"}},
             {"unknown", "lead", "POST", path, {}, R"({"plugin":"org.example.whole","now":1})", 422, {"/now"}}});
  const Json answer = stage.must("lead", "POST", path, asked(R"({"development":false})"));
  CHECK(answer.at("plugin_version") == "1.2.3");
  int left_out = 0;
  for (const Json& item : answer.at("items")) left_out += item.at("applies") == false ? 1 : 0;
  CHECK(left_out == 1);
  stage.events_since();
}

TEST_CASE("a sample comes from the audit's own seed, whatever the order of its population") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string audit = audit_in(stage, "sampled", "plan_issued");
  const std::string path = "/api/v1/" + audit + "/sample";
  const auto asked = [](const std::string& population, const std::string& more = R"("at_least":2,"at_most":2)") {
    return R"({"plugin":"org.example.whole","kind":"sites",)" + more + R"(,"population":)" + population + "}";
  };
  const std::string forth = R"([{"id":"A"},{"id":"B"},{"id":"C"},{"id":"D"},{"id":"E"}])";
  const std::string back = R"([{"id":"E"},{"id":"D"},{"id":"C"},{"id":"B"},{"id":"A"}])";
  const Json first = stage.must("lead", "POST", path, asked(forth));
  CHECK(first.at("chosen").size() == 2);
  CHECK(first == stage.must("lead", "POST", path, asked(back)));
  const std::string uuid = audit.substr(audit.find('/') + 1);
  // Nobody calculates it from what is public, and it is the audit's own.
  CHECK(first.at("seed") !=
        std::to_string(std::stoull(sha256_hex("assay seed " + stage.fill(uuid)).substr(0, 16), nullptr, 16)));
  const std::string another = "/api/v1/" + audit_in(stage, "sampled_too", "plan_issued") + "/sample";
  CHECK(first.at("seed") != stage.must("lead", "POST", another, asked(forth)).at("seed"));
  stage.run(
      {{"twice", "lead", "POST", path, {}, asked(R"([{"id":"A"},{"id":"A"}])"), 422, {"/population/1/id"}},
       {"no population", "lead", "POST", path, {}, asked("[]"), 422, {"/population"}},
       {"no list", "lead", "POST", path, {}, asked("7"), 422, {"/population"}},
       {"no id", "lead", "POST", path, {}, asked("[{}]"), 422, {"/population/0/id"}},
       {"more than there are",
        "lead",
        "POST",
        path,
        {},
        asked(forth, R"("at_least":6,"at_most":9)"),
        422,
        {"/at_least"}},
       {"more than is allowed",
        "lead",
        "POST",
        path,
        {},
        asked(forth, R"("at_least":3,"at_most":2)"),
        422,
        {"/at_least"}},
       {"no number", "lead", "POST", path, {}, asked(forth, R"("at_least":"two","at_most":9)"), 422, {"/at_least"}}});
}

/// The endpoint's newest delivery, as soon as it has been tried.
Json tried(Stage& stage, const std::string& hook) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(15);
  while (std::chrono::steady_clock::now() < deadline) {
    const Json all = stage.list("admin", hook + "/deliveries");
    if (!all.empty() && all.at(0).at("attempts") > 0)
      return stage.must("admin", "GET", hook + "/deliveries/" + all.at(0).at("id").get<std::string>());
    std::this_thread::yield();
  }
  throw std::runtime_error("nothing has been tried");
}

TEST_CASE("a ticket adapter says what is sent, and the server sends it with the secret") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const Inbox inbox;
  const std::string settings = "/api/v1/plugins/org.example.whole/settings", hooks = "/api/v1/webhooks";
  const auto version = [&] { return "If-Match: " + stage.ask("admin", "GET", settings).header("ETag"); };
  const auto wish = [&](const std::string& style) {
    return Json{{"url", inbox.url()}, {"types", {"webhook.none"}}, {"style", style}}.dump();
  };
  stage.run({{"no such plugin", "admin", "POST", hooks, {}, wish("ticket:org.example.dream"), 422, {"/style"}},
             {"no adapter", "admin", "POST", hooks, {}, wish("ticket:org.assay.iso27001"), 422, {"/style"}},
             {"nobody", "admin", "POST", hooks, {}, wish("ticket:"), 422, {"/style"}}});
  const std::string hook =
      hooks + "/" + stage.must("admin", "POST", hooks, wish("ticket:org.example.whole")).at("id").get<std::string>();
  stage.must("admin", "POST", hook + "/test");
  const Json unset = tried(stage, hook);
  CHECK_THAT(unset.dump(), Catch::Matchers::ContainsSubstring("names a secret that is not set"));
  CHECK(inbox.messages().empty());

  stage.must("admin", "PUT", settings, R"({"settings":{"token":"s3cret-of-ours"}})", {version()});
  stage.must("admin", "POST", hook + "/test");
  inbox.wait_for_count(1);
  const Message message = inbox.messages().at(0);
  CHECK(message.headers.at("authorization") == "Bearer s3cret-of-ours");
  CHECK(message.headers.at("content-type") == "application/json");
  CHECK_FALSE(message.headers.at("idempotency-key").empty());
  CHECK(message.body == R"({"title":"webhook.test"})");
  const Json delivered = tried(stage, hook);
  CHECK(delivered.at("state") == "delivered");
  CHECK_THAT(delivered.dump(), Catch::Matchers::ContainsSubstring("Bearer {secret:token}"));
  CHECK(delivered.dump().find("s3cret") == std::string::npos);
  stage.must("admin", "PUT", settings, R"({"settings":{"mode":"other-secret"}})", {version()});
  stage.must("admin", "POST", hook + "/test");
  CHECK_THAT(tried(stage, hook).dump(), Catch::Matchers::ContainsSubstring("failed in requests"));
  CHECK(inbox.messages().size() == 1);

  // Where the endpoint points now the secret was never given for, until it is entered again.
  const Inbox elsewhere;
  stage.must("admin", "PUT", settings, R"({"settings":{}})", {version()});
  stage.must("admin", "PATCH", hook, Json{{"url", elsewhere.url()}}.dump(), {"If-Match: {etag}"});
  stage.must("admin", "POST", hook + "/test");
  CHECK_THAT(tried(stage, hook).dump(), Catch::Matchers::ContainsSubstring("not set for http://127.0.0.1:"));
  CHECK(elsewhere.messages().empty());
  stage.must("admin", "PUT", settings, R"({"settings":{"token":"given-anew"}})", {version()});
  stage.must("admin", "POST", hook + "/test");
  elsewhere.wait_for_count(1);
  CHECK(elsewhere.messages().at(0).headers.at("authorization") == "Bearer given-anew");
  CHECK(inbox.messages().size() == 1);
  stage.must("admin", "PUT", settings, R"({"settings":{"token":null}})", {version()});
  stage.must("admin", "DELETE", hook, {}, {"If-Match: {etag}"});
  stage.events_since();
}

TEST_CASE("where the questions of a catalogue go in another version, as a plugin proposes") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string early = "/api/v1/" + audit_in(stage, "unmapped", "team_confirmed") + "/mapping";
  const std::string path = "/api/v1/" + audit_in(stage, "mapped", "plan_issued") + "/mapping";
  const std::string to = R"({"plugin":"org.assay.iso27001","catalogue":"iso27001-2022"})";
  stage.run({{"no catalogue yet", "lead", "POST", early, {}, to, 409, {"no catalogue has been selected"}},
             {"to nowhere", "lead", "POST", path, {}, R"({"plugin":"org.assay.iso27001","catalogue":"x"})", 404},
             {"nothing", "lead", "POST", path, {}, "{}", 422, {"/plugin"}}});
  const Json answer = stage.must("lead", "POST", path, to);
  CHECK(answer.at("plugin") == whole);
  CHECK(answer.at("from_hash") == answer.at("to_hash"));
  CHECK(answer.at("new").empty());
  for (const Json& one : answer.at("mapping")) CHECK(one.at("kind") == "kept");
  stage.events_since();
}

TEST_CASE("administrators set what a plugin may be set to, and secrets are not shown again") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string path = "/api/v1/plugins/org.example.whole/settings";
  const auto version = [&] { return "If-Match: " + stage.ask("admin", "GET", path).header("ETag"); };
  stage.run({{"not for all", "lead", "GET", path, {}, "", 403},
             {"not by all", "lead", "PUT", path, {version()}, R"({"settings":{}})", 403},
             {"the defaults",
              "admin",
              "GET",
              path,
              {},
              "",
              200,
              {R"("settings":{"limit":10,"mode":"","tags":[],"token":""})", "x-title"}},
             {"no plugin", "admin", "GET", "/api/v1/plugins/dream/settings", {}, "", 404},
             {"none", "admin", "GET", "/api/v1/plugins/org.assay.iso27001/settings", {}, "", 404},
             {"no version", "admin", "PUT", path, {}, R"({"settings":{}})", 428},
             {"too much", "admin", "PUT", path, {version()}, R"({"settings":{"limit":101}})", 422, {"/settings/limit"}},
             {"no such", "admin", "PUT", path, {version()}, R"({"settings":{"colour":1}})", 422},
             {"no settings", "admin", "PUT", path, {version()}, R"({"settings":[]})", 422, {"/settings"}},
             {"as the plugin finds",
              "admin",
              "PUT",
              path,
              {version()},
              R"({"settings":{"limit":13}})",
              422,
              {"/settings/limit", "bad luck"}}});
  const Json set = stage.must("admin", "PUT", path, R"({"settings":{"limit":7,"token":"s3cret"}})", {version()});
  stage.events_since();  // all have their positions
  const std::string feed =
      stage.ask("admin", "GET", "/api/v1/events?full=true&limit=200&type=organisation.plugin_settings_set").body;
  CHECK_THAT(feed, Catch::Matchers::ContainsSubstring(R"("plugin":"org.example.whole")"));
  CHECK(feed.find(R"("plugin_settings":)") == std::string::npos);
  CHECK(feed.find(R"("secrets")") == std::string::npos);
  CHECK(set.at("settings") == Json({{"limit", 7}, {"mode", ""}, {"tags", Json::array()}, {"token", "set"}}));
  CHECK(set.dump().find("s3cret") == std::string::npos);
  CHECK(stage.must("admin", "PUT", path, R"({"settings":{"limit":8}})", {version()}).at("settings").at("token") ==
        "set");
  CHECK(stage.must("other", "GET", path).at("settings").at("limit") == 10);
  const Json reset = stage.must("admin", "PUT", path, R"({"settings":{"token":null}})", {version()});
  CHECK(reset.at("settings").at("token") == "");
  stage.events_since();
}

/// A data pack that scores the catalogue of another plugin, beside the packages of the tests.
void write_points() {
  const fs::path folder = ASSAY_BINARY_DIR "/test-plugins/points";
  const std::string rules = R"({"values": {"conforms": 100, "does_not_conform": 0}})";
  const Json manifest = {
      {"manifest", 1},
      {"id", "org.example.points"},
      {"version", "1.0.0"},
      {"title", {{"en", "Points"}}},
      {"publisher", "The tests"},
      {"licence", "Apache-2.0"},
      {"abi", {{"major", 1}, {"minor", 0}}},
      {"extensions",
       {{"scoring/1",
         {{"catalogues", {"iso27001-2022"}}, {"title", {{"en", "Points"}}}, {"minimum", 0}, {"maximum", 100}}}}},
      {"data", {{"scoring", "scoring.json"}}},
      {"languages", {"en"}},
      {"files", {{{"path", "scoring.json"}, {"sha256", sha256_hex(rules)}, {"size", rules.size()}}}}};
  fs::create_directories(folder);
  std::ofstream(folder / "scoring.json") << rules;
  std::ofstream(folder / "manifest.json") << manifest.dump();
}

TEST_CASE("a scoring plugin that fails takes nothing from the scores of others, nor the report") {
  Stage& stage = Stage::on("sqlite");
  write_points();
  stage.serve_with({"hostile", "whole", "points"});
  const std::string path = "/api/v1/plugins/org.example.whole/settings";
  const auto behave = [&](const std::string& mode) {
    stage.must("admin", "PUT", path, Json{{"settings", {{"mode", mode}}}}.dump(),
               {"If-Match: " + stage.ask("admin", "GET", path).header("ETag")});
  };
  const std::string audit = "/api/v1/" + audit_in(stage, "half_scored", "report_draft");
  const auto scores = [&] { return stage.must("lead", "GET", audit + "/scores").at("catalogues").at(0); };
  CHECK(scores().at("scored_by").size() == 2);
  CHECK(scores().at("not_scored_by") == Json::array());

  behave("too-high");
  const Json half = scores();
  REQUIRE(half.at("scored_by").size() == 1);
  CHECK(half.at("scored_by").at(0).at("plugin") == "org.example.points");
  CHECK(half.at("scored_by").at(0).at("scores").at(0).contains("value"));
  REQUIRE(half.at("not_scored_by").size() == 1);
  const Json missing = half.at("not_scored_by").at(0);
  CHECK(missing.at("plugin") == whole);
  CHECK(missing.at("version") == "1.2.3");
  CHECK(missing.at("title") == "Conformity");
  CHECK_THAT(missing.at("reason").get<std::string>(), Catch::Matchers::ContainsSubstring("not within 0 and 100"));
  const Json report = stage.must("lead", "POST", audit + "/reports",
                                 R"({"plugin":"org.assay.report-html","format":"html","language":"en"})");
  const std::string html = stage.ask("lead", "GET", report.at("file").at("href").get<std::string>()).body;
  CHECK_THAT(html, Catch::Matchers::ContainsSubstring("<bdi>Points</bdi></b> (0–100)"));
  CHECK_THAT(html, Catch::Matchers::ContainsSubstring("<bdi>Conformity</bdi></b>: not scored"));
  CHECK(html.find("not within") == std::string::npos);

  // Until it rests, where it is asked nothing for this organisation.
  behave("crash-scores");
  bool rests = false;
  for (int call = 0; call < 3 && !rests; ++call) {
    const Json now = scores();
    CHECK(now.at("scored_by").size() == 1);
    const std::string reason = now.at("not_scored_by").at(0).at("reason");
    CHECK_THAT(reason, Catch::Matchers::ContainsSubstring("plugin org.example.whole failed in "));
    rests = reason.find("it crashed and is tried again in ") != std::string::npos;
  }
  CHECK(rests);
  CHECK(stage
            .must("lead", "POST", audit + "/reports",
                  R"({"plugin":"org.assay.report-html","format":"html","language":"en"})")
            .contains("file"));
  stage.serve_with({"hostile", "whole"});
  behave("");
  stage.events_since();
}

/// Signs the package of the tests, installs it in the stage's data folder and serves it; its hash.
std::string install_whole(Stage& stage, const AtMachine& who) {
  const fs::path folder = ASSAY_BINARY_DIR "/test-plugins/whole", file = stage.data() / "whole.assayplugin";
  const fs::path key_file = stage.data() / "signing-key";
  const SigningKey key = fs::exists(key_file) ? SigningKey::open(key_file) : SigningKey::create(key_file);
  auto head = read_package_folder(folder);
  REQUIRE(head.has_value());
  head->signature = signature_text(key, head->text);
  REQUIRE(write_package(folder, *head, file).has_value());
  PackageStore store(stage.data() / "plugins", PackageStore::Use::change);
  REQUIRE(store.trust_key({key.public_key(), "Acme", {"org.example"}, {}, {"process"}, {}}, who).has_value());
  const auto installed = store.install(file, {}, false, who);
  REQUIRE(installed.has_value());
  stage.serve_with({"hostile", "whole"});
  return installed->package.hash;
}

void uninstall(Stage& stage, const std::string& hash, const AtMachine& who) {
  {
    PackageStore store(stage.data() / "plugins", PackageStore::Use::change);
    REQUIRE(store.retire(hash, who).has_value());
    REQUIRE(store.remove(hash, who).has_value());
  }
  stage.serve_with({"hostile", "whole"});
}

TEST_CASE("an installed package whose files are gone is listed, and administrators see that they are") {
  Stage& stage = Stage::on("sqlite");
  const AtMachine who = {"root", system_now()};
  const std::string hash = install_whole(stage, who);
  const fs::path packages = PackageStore(stage.data() / "plugins", PackageStore::Use::look).packages();
  // Retired, as a server does not start for one that is missing and was not.
  REQUIRE(PackageStore(stage.data() / "plugins", PackageStore::Use::change).retire(hash, who).has_value());
  fs::remove_all(packages / hash);
  stage.serve_with({"hostile", "whole"});
  std::map<std::string, Json> seen;
  for (const std::string reader : {"admin", "lead"}) {
    for (const Json& plugin : stage.list(reader, "/api/v1/plugins?limit=200")) {
      if (plugin.at("hash") == hash && plugin.at("origin") == "installed") seen[reader] = plugin;
    }
  }
  REQUIRE(PackageStore(stage.data() / "plugins", PackageStore::Use::change).remove(hash, who).has_value());
  stage.serve_with({"hostile", "whole"});
  REQUIRE(seen.size() == 2);
  CHECK(seen.at("admin").at("id") == "org.example.whole");
  CHECK(seen.at("admin").at("version") == "1.2.3");
  CHECK(seen.at("admin").at("state") == "failed");
  CHECK(seen.at("admin").at("error") ==
        (packages / hash).string() + ": is installed, and its files are not there: install it again, or uninstall it");
  CHECK(seen.at("lead").at("error") == "it does not work; an administrator sees why");
}

TEST_CASE("an unsigned folder takes the place of no installed package, and where it lies is for administrators") {
  Stage& stage = Stage::on("sqlite");
  const AtMachine who = {"root", system_now()};
  const std::string hash = install_whole(stage, who);
  std::map<std::string, Json> seen;
  for (const std::string reader : {"admin", "lead"}) {
    for (const Json& plugin : stage.list(reader, "/api/v1/plugins?limit=200")) {
      if (plugin.at("id") == "org.example.whole") seen[reader + " " + plugin.at("state").get<std::string>()] = plugin;
    }
  }
  std::ifstream log(stage.log());
  const std::string told{std::istreambuf_iterator<char>(log), {}};
  uninstall(stage, hash, who);
  REQUIRE(seen.size() == 4);
  const Json &ready = seen.at("admin ready"), &failed = seen.at("admin failed");
  CHECK(ready.at("origin") == "installed");
  CHECK(ready.at("signed_by").at("owner") == "Acme");
  CHECK(seen.at("lead ready") == ready);
  const std::string reason = failed.at("error");
  CHECK(reason.starts_with((stage.data().parent_path() / "plugins/whole").string() + ": "));
  CHECK(reason.find("signed by Acme, is installed, which it must not displace") != std::string::npos);
  CHECK(seen.at("lead failed").at("error") == "it does not work; an administrator sees why");
  CHECK(seen.at("lead failed").dump().find(stage.data().parent_path().string()) == std::string::npos);
  CHECK(told.find("which it must not displace") != std::string::npos);
}

}  // namespace
}  // namespace assay::test::plugins_test
