// The table of settings, and where their values come from.
#include "cli/settings.h"

#include <catch2/catch_all.hpp>
#include <filesystem>
#include <fstream>
#include <set>

#include "cli/wiring.h"
#include "commands/webhooks.h"

namespace assay::test::settings_test {
namespace {

using Values = std::map<std::string, std::string>;

SettingValues::Environment environment(Values values) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

/// A config file that is gone at the end of the test.
struct ConfigFile {
  explicit ConfigFile(const std::string& text) {
    std::string name = (std::filesystem::temp_directory_path() / "assay-config-XXXXXX").string();
    const int descriptor = ::mkstemp(name.data());
    REQUIRE(descriptor >= 0);
    ::close(descriptor);
    path = name;
    std::ofstream(path) << text;
  }
  ~ConfigFile() { std::filesystem::remove(path); }
  ConfigFile(const ConfigFile&) = delete;
  ConfigFile& operator=(const ConfigFile&) = delete;
  std::filesystem::path path;
};

TEST_CASE("every setting has a name of its own, a valid default and a description") {
  const SettingValues defaults({}, environment({}), {});
  std::set<std::string_view> names;
  for (const Setting& setting : all_settings) {
    INFO(setting.name);
    CHECK(names.insert(setting.name).second);
    CHECK(setting.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos);
    CHECK_FALSE(setting.description.empty());
    CHECK((setting.kind == SettingKind::flag || !setting.unit.empty()));
    CHECK(defaults.text(setting.name) == setting.fallback);
    CHECK(find_setting(setting.name) == &setting);
    if (setting.kind == SettingKind::number) CHECK(defaults.number(setting.name) >= setting.least);
    if (setting.kind == SettingKind::flag) CHECK_FALSE(defaults.flag(setting.name));
  }
  CHECK(find_setting("no-such-setting") == nullptr);
}

TEST_CASE("the command line beats the environment, that the file, that the default") {
  const ConfigFile file(
      "# limits\njson-limit = 5000\nlisten = 0.0.0.0:80\nwebhook-allow = 10.0.0.0/8,192.168.0.0/16\ndemo = yes\n");
  const SettingValues values({{"json-limit", "7000"}},
                             environment({{"ASSAY_JSON_LIMIT", "6000"}, {"ASSAY_LISTEN", "127.0.0.1:81"}}), file.path);
  CHECK(values.number("json-limit") == 7000);
  CHECK(values.text("listen") == "127.0.0.1:81");
  CHECK(values.list("webhook-allow") == std::vector<std::string>{"10.0.0.0/8", "192.168.0.0/16"});
  CHECK(values.flag("demo"));
  CHECK(values.number("header-timeout") == 10);
}

TEST_CASE("a wrong setting is refused with its source") {
  struct Row {
    Values given, environment;
    std::string file;
    std::string says;
  };
  for (const Row& row :
       {Row{{{"grace", "soon"}}, {}, "", "--grace: grace must be a number of at least 0, not \"soon\""},
        Row{{{"json-limit", "12"}}, {}, "", "--json-limit: json-limit must be a number of at least 1024, not \"12\""},
        Row{{{"grace", "-1"}}, {}, "", "--grace: grace must be a number of at least 0, not \"-1\""},
        Row{{{"plugin-niceness", "21"}},
            {},
            "",
            "--plugin-niceness: plugin-niceness must be a number of at most 20, not"},
        Row{{}, {{"ASSAY_DEMO", "perhaps"}}, "", "ASSAY_DEMO: demo must be yes or no, not \"perhaps\""},
        Row{{}, {}, "no-such-setting = 1\n", "there is no setting no-such-setting"}}) {
    const ConfigFile file(row.file);
    INFO(row.says);
    CHECK_THROWS_WITH(SettingValues(row.given, environment(row.environment), file.path),
                      Catch::Matchers::ContainsSubstring(row.says));
  }
  CHECK_THROWS_AS(SettingValues({}, environment({}), "/no/such/file"), SettingError);
}

TEST_CASE("an upload may have 256 MiB unless the operator says otherwise") {
  CHECK(SettingValues({}, environment({}), {}).number("upload-limit") == 256 << 20);
}

TEST_CASE("the ends of sessions and the patience with receivers are the operator's to set") {
  using namespace std::chrono_literals;
  const SettingValues usual({}, environment({}), {});
  CHECK(sign_in_settings(usual).session_life == 12h);
  CHECK(sign_in_settings(usual).session_idle == 60min);
  CHECK(delivery_settings(usual).attempt.retry.retry_after_cap == 24h);
  CHECK(usual.number("webhook-endpoints") == usual_webhook_limit);
  const SettingValues own({{"session-life", "8"}, {"session-idle", "5"}, {"webhook-retry-after", "2"}}, environment({}),
                          {});
  CHECK(sign_in_settings(own).session_life == 8h);
  CHECK(sign_in_settings(own).session_idle == 5min);
  CHECK(delivery_settings(own).attempt.retry.retry_after_cap == 2h);
  for (const char* name : {"session-life", "session-idle", "webhook-retry-after", "webhook-endpoints"})
    CHECK_THROWS_AS(SettingValues({{name, "0"}}, environment({}), {}), SettingError);
}

TEST_CASE("the documentation's table names every setting") {
  const std::string table = settings_markdown();
  for (const Setting& setting : all_settings) {
    CHECK(table.find("| `" + std::string(setting.name) + "` |") != std::string::npos);
    CHECK(settings_text().find(environment_name(setting)) != std::string::npos);
  }
  CHECK(environment_name(*find_setting("tls-key")) == "ASSAY_TLS_KEY");
  std::ifstream file(std::filesystem::path(ASSAY_SOURCE_DIR) / "CONTRIBUTING.md");
  const std::string contributing{std::istreambuf_iterator<char>(file), {}};
  INFO("paste the output of `assay settings --markdown`");
  CHECK(contributing.find(table) != std::string::npos);
}

}  // namespace
}  // namespace assay::test::settings_test
