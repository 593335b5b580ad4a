// Runs the server.
#include "cli/serve.h"

#include <fmt/format.h>
#include <prometheus/registry.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <future>
#include <mutex>

#include "cli/commands.h"
#include "cli/json_log.h"
#include "cli/plugin_packages.h"
#include "cli/version.h"
#include "cli/wiring.h"
#include "cli/workspace.h"
#include "commands/demo.h"
#include "commands/erasures.h"
#include "commands/travel.h"
#include "http/api.h"
#include "http/event_feed.h"
#include "http/offered_catalogues.h"
#include "http/routes.h"
#include "jobs/timers.h"
#include "ledger/digest.h"
#include "plugins/guard_answers.h"
#include "plugins/registry.h"
#include "storage/events.h"

namespace assay {
namespace {

/// SIGTERM and SIGINT, blocked in every thread and taken by wait(). A second one while the server stops ends it at
/// once.
class StopSignals {
 public:
  StopSignals() {
    std::signal(SIGPIPE, SIG_IGN);
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, &before_);
  }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  /// Any thread: wait() returns, if it has not yet, and the program fails.
  void give_up() {
    failed_ = true;
    if (!taken_) ::kill(::getpid(), SIGTERM);
  }
  void wait() {
    int signal = 0;
    sigwait(&set_, &signal);
    taken_ = true;
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  bool failed() const { return failed_; }

 private:
  sigset_t set_ = {}, before_ = {};
  std::atomic<bool> failed_ = false, taken_ = false;
};

bool has_organisation(Context& context) {
  Snapshot at = context.store.read();
  return !list_organisations(at).empty();
}

PluginHost logging_host(const SettingValues& values) {
  PluginHost host = plugin_host(values);
  auto log = json_log("plugin", values.text("log-level"));
  host.log = [log = std::move(log)](const std::string& plugin, std::int32_t level, const std::string& line) {
    log->info(Json{{"plugin", plugin}, {"plugin_level", level}, {"text", line}}.dump());
  };
  return host;
}

OfferedCatalogue demo_checklist(const PluginRegistry& plugins, OfferedCatalogues& offered) {
  constexpr std::string_view checklist = "iso27001-2022";
  Plugin* plugin = plugins.find_by_catalogue(checklist);
  if (plugin == nullptr) throw std::runtime_error("the demo needs the plugin with the checklist iso27001-2022");
  auto catalogue = offered.find(plugin->manifest().id, std::string(checklist), "en");
  if (!catalogue) throw Refused(catalogue.error());
  return *catalogue;
}

/// Founds the demo in an empty folder, which is a demo folder from then on and never anything else.
void prepare_demo(Workspace& workspace, Catalogues& catalogues, const PluginRegistry& plugins,
                  OfferedCatalogues& offered) {
  const std::string mark = workspace.folder().demo_mark().string();
  const bool marked = workspace.folder().demo();
  if (!marked && has_organisation(workspace.context())) {
    throw SettingError("--demo is refused: " + workspace.folder().root.string() +
                       " holds an organisation that is no demo");
  }
  if (marked) {
    std::string state;
    std::ifstream(mark) >> state;
    if (state == "ready") return;
    if (has_organisation(workspace.context())) {
      throw std::runtime_error("the demo in " + workspace.folder().root.string() +
                               " was not completed: remove the folder");
    }
  }
  const OfferedCatalogue checklist = demo_checklist(plugins, offered);
  std::ofstream(mark) << "begun\n";
  found_demo(workspace.context(), catalogues, checklist);
  std::ofstream ready(mark);
  ready << "ready\n";
  if (!ready.flush()) throw std::runtime_error(mark + " cannot be written");
}

/// The clock is set by hand in a demo, and in a folder that has been for tests from its beginning.
void admit_manual_clock(Workspace& workspace, bool demo) {
  const auto mark = workspace.folder().test_mark();
  if (demo || std::filesystem::exists(mark)) return;
  if (has_organisation(workspace.context())) {
    throw SettingError("--clock manual is refused: " + workspace.folder().root.string() +
                       " is no demo and was not begun with it");
  }
  std::ofstream written(mark);
  written << "the clock of this folder is set by hand\n";
  if (!written.flush()) throw std::runtime_error(mark.string() + " cannot be written");
}

bool wants_manual_clock(const SettingValues& values) {
  const std::string& clock = values.text("clock");
  if (clock != "system" && clock != "manual") throw SettingError("--clock must be system or manual, not " + clock);
  return clock == "manual";
}

void print_demo() {
  fmt::print("Demo organisation. Everybody signs in with the password {}\n", demo_password());
  for (const DemoAccount& account : demo_accounts())
    fmt::print("  {:<32} {}, {}\n", account.email, account.name, account.part);
}

/// Nobody can sign in yet: the first administrator gets a link.
void found_first(Context& context, const SettingValues& values) {
  const Founding founding{values.text("first-organisation"), values.text("first-zone"), values.text("first-language"),
                          values.text("first-name"), values.text("first-email")};
  auto founded = found_organisation(context, founding);
  if (!founded) throw Refused(founded.error());
  fmt::print("First start: {} ({}) sets a password within {} hours, once, under\n  {}\n", founding.name, founding.email,
             invitation_lifetime.count(), invitation_link(values, founded->invitation));
}

UrlRule webhook_url_rule(UrlRules rules) {
  return [rules = std::move(rules)](std::string_view url) -> std::optional<std::string> {
    const auto parsed = parse_web_url(url, rules);
    if (parsed) return {};
    const auto& fields = parsed.error().invalid;
    return fields.empty() ? parsed.error().detail : fields.front().detail;
  };
}

/// The parts of a running server, in the order in which they rest on each other.
class RunningServer {
 public:
  RunningServer(const SettingValues& values, StopSignals& signals)
      : values_(values),
        signals_(signals),
        log_(json_log("server", values.text("log-level"))),
        journal_{json_log("jobs", values.text("log-level")), [&signals](const std::string&) { signals.give_up(); }},
        workspace_(values),
        plugins_(plugin_packages(values), logging_host(values)),
        offered_(plugins_),
        client_(outbound_settings(values)),
        deliveries_(context(), client_, deliveries_with(plugins_), journal_),
        timers_(context(), journal_),
        housekeeping_(context(), housekeeping_settings(), journal_),
        throttle_(sign_in_settings(values)),
        service_(service()),
        router_(routes()),
        server_(transport(), router_, dispatch_for(service_)) {
    ask_plugins();
    context().store.on_stop([this, &signals](const std::string&) {
      stopped_ = true;
      signals.give_up();
    });
    context().store.on_events([this](std::int64_t) {
      bells_.ring();
      deliveries_.wake();
      timers_.wake();
    });
  }

  void start() {
    const bool demo = values_.flag("demo") || workspace_.folder().demo();
    if (demo) refuse_open_demo(values_);
    if (manual_) begin_manual_clock(demo);
    need_erased_list(values_, workspace_.folder(), context().store);
    if (const auto again = settle_erasures(context()); again > 0)
      log_->warn(Json{{"what", "erased_again"}, {"people", again}}.dump());
    if (values_.flag("demo")) prepare_demo(workspace_, catalogues_, plugins_, offered_);
    server_.start();
    if (!workspace_.folder().demo() && !has_organisation(context())) found_first(context(), values_);
    deliveries_.start();
    timers_.start();
    housekeeping_.start();
    telling_of_plugins_ = std::async(std::launch::async, [this] { tell_of_plugins(); });
    if (workspace_.folder().demo()) print_demo();
    fmt::print("Assay {} serves {} with {} on {}\n", program_version, workspace_.folder().root.string(),
               context().store.engine(), address());
    std::fflush(stdout);
    log_->info(Json{{"what", "started"}, {"version", program_version}, {"address", address()}}.dump());
    if (context().store.held()) log_->warn(Json{{"what", "held_after_restore"}}.dump());
  }

  /// Running requests first, for they may wake the others.
  void stop() {
    context().store.on_events([](std::int64_t) {});
    server_.stop();
    deliveries_.stop();
    timers_.stop();
    housekeeping_.stop();
    log_->info(Json{{"what", "stopped"}}.dump());
  }

 private:
  Context& context() { return workspace_.context(); }

  /// Guards of record types ask plugins.
  void ask_plugins() {
    context().guards.patience = std::chrono::seconds(values_.number("plugin-guard-timeout"));
    context().guards.ask = [this](const PluginQuestion& question, const OrganisationRow& organisation,
                                  std::string_view language, std::chrono::steady_clock::time_point deadline) {
      // A start is not the plugin's fault: what it takes to load is not taken from the time to answer.
      const auto asked = std::chrono::steady_clock::now();
      plugins_.await();
      const auto until = deadline + (std::chrono::steady_clock::now() - asked);
      PluginAnswer answer = ask_guard(plugins_, context().clock(), question, organisation, language, until);
      using Verdict = PluginAnswer::Verdict;
      if (answer.verdict == Verdict::failed || answer.verdict == Verdict::unknown ||
          answer.verdict == Verdict::unasked) {
        log_->error(Json{{"what", "guard_not_answered"},
                         {"plugin", question.plugin},
                         {"rule", question.input.at("guard")},
                         {"command", question.input.at("command")},
                         {"record", question.input.at("record").at("id")},
                         {"reason", answer.reason}}
                        .dump());
      }
      return answer;
    };
  }

  /// When they are loaded: which plugins do not work, and which guards will refuse as theirs is not there.
  void tell_of_plugins() {
    try {
      tell_failed(plugins_.list());
      tell_failed(service_.absent_plugins);
      for (const MissingGuard& one : missing_guards(*context().workflows, plugins_)) {
        log_->error(Json{{"what", "guard_missing"}, {"place", one.place}, {"reason", one.reason}}.dump());
      }
    } catch (const std::exception& error) {
      log_->critical(Json{{"what", "plugins_failed"}, {"reason", error.what()}}.dump());
      signals_.give_up();
    }
  }

  std::string address() const {
    const std::string& listen = values_.text("listen");
    return (values_.text("tls-certificate").empty() ? "http://" : "https://") + listen.substr(0, listen.rfind(':')) +
           ":" + std::to_string(server_.port());
  }

  DeliverySettings deliveries_with(const PluginRegistry& plugins) const {
    DeliverySettings settings = delivery_settings(values_);
    settings.attempt.plugins = &plugins;
    return settings;
  }

  /// Goes on where an earlier run has got to.
  void begin_manual_clock(bool demo) {
    admit_manual_clock(workspace_, demo);
    Snapshot at = context().store.read();
    if (const auto last = event_at(at, context().store.last_position())) clock_.set(last->draft.at);
    context().clock = [this] { return clock_.now(); };
  }

  /// Stops at each deadline, so that it is met in its time.
  void travel(Instant to) {
    constexpr int ahead = 1000;  // so many may have failed and wait
    const std::lock_guard lock(travelling_);
    timers_.settle();  // what a start has found due is done in its time, too
    for (;;) {
      const Instant now = clock_.now();
      std::vector<DueTimer> due;
      {
        Snapshot at = context().store.read();
        due = due_timers(at, to, ahead);
      }
      const auto next = std::find_if(due.begin(), due.end(), [&](const DueTimer& timer) { return timer.at > now; });
      if (next == due.end()) break;
      clock_.set(next->at);
      timers_.settle();
    }
    clock_.set(to);
    timers_.settle();
  }

  void tell_failed(const std::vector<PluginStatus>& plugins) const {
    for (const PluginStatus& plugin : plugins) {
      if (!plugin.ready())
        log_->error(Json{{"what", "plugin_failed"}, {"plugin", plugin.id}, {"reason", plugin.error}}.dump());
    }
  }

  Service service() {
    return Service{.context = context(),
                   .catalogues = catalogues_,
                   .plugins = plugins_,
                   .offered = offered_,
                   .bells = bells_,
                   .sign_in = sign_in_settings(values_),
                   .throttle = throttle_,
                   .webhook_url = webhook_url_rule(url_rules(values_)),
                   .webhook_limit = static_cast<int>(values_.number("webhook-endpoints")),
                   .readings = std::make_shared<ReadingThrottle>(static_cast<int>(values_.number("grant-readings"))),
                   .import_rows = static_cast<std::size_t>(values_.number("import-rows")),
                   .case_file_rows = static_cast<std::size_t>(values_.number("case-file-rows")),
                   .note_limits = {values_.number("note-bytes"), values_.number("notes-of-person")},
                   .search_catch_up = values_.number("search-catch-up"),
                   .version = std::string(program_version),
                   .demo = workspace_.folder().demo() || values_.flag("demo"),
                   .security_contact = values_.text("security-contact"),
                   .upload_limit = values_.number("upload-limit"),
                   .metrics = metrics_,
                   .deliveries = deliveries_,
                   .absent_plugins = absent_plugins(values_),
                   .travel = manual_ ? Travel([this](Instant to) { travel(to); }) : Travel(),
                   .stopped = stopped_};
  }

  ServerSettings transport() {
    ServerSettings settings = server_settings(values_);
    settings.quick_inline = workspace_.context().store.engine() == "sqlite";
    settings.takes_long = takes_long_without_reader(workspace_.context().store, takes_long_for(service_));
    settings.open_upload = open_upload_for(service_);
    if (logs_info(values_.text("log-level"))) settings.access_log = &write_log_lines;
    settings.error_log = log_;
    settings.metrics = metrics_;
    return settings;
  }

  HousekeepingSettings housekeeping_settings() {
    HousekeepingSettings settings;
    settings.deliveries = std::chrono::days{values_.number("delivery-days")};
    settings.files = std::chrono::hours{values_.number("file-grace")};
    settings.blobs = workspace_.folder().blobs();
    return settings;
  }

  const SettingValues& values_;
  StopSignals& signals_;
  std::shared_ptr<spdlog::logger> log_;
  Journal journal_;
  std::shared_ptr<prometheus::Registry> metrics_ = std::make_shared<prometheus::Registry>();
  std::atomic<bool> stopped_ = false;
  const bool manual_ = wants_manual_clock(values_);
  ManualClock clock_{system_now};
  std::mutex travelling_;
  EventBells bells_;
  Catalogues catalogues_;
  Workspace workspace_;
  PluginRegistry plugins_;  // after the definitions, which take all processors
  OfferedCatalogues offered_;
  OutboundClient client_;
  DeliveryWorker deliveries_;
  TimerWorker timers_;
  Housekeeping housekeeping_;
  SignInThrottle throttle_;
  Service service_;
  Router router_;
  Server server_;
  std::future<void> telling_of_plugins_;
};

}  // namespace

int serve(const SettingValues& values) {
  (void)plugin_folders(values);  // a mistyped path, before anything is made
  // OpenSSL reads its configuration when it is first used: beside the definitions, which wait for it else.
  const auto prepared = std::async(std::launch::async, [] { return sha256(""); });
  StopSignals signals;
  RunningServer server(values, signals);
  server.start();
  signals.wait();
  server.stop();
  return signals.failed() ? 1 : 0;
}

}  // namespace assay
