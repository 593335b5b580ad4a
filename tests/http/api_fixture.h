// The API of an office on a free port: real dispatch, real commands, a store that can be made to fail.
#pragma once

#include <prometheus/registry.h>

#include "commands/deliveries.h"
#include "commands/tokens.h"
#include "http/api.h"
#include "http/client.h"
#include "http/event_feed.h"
#include "http/fixture.h"
#include "http/offered_catalogues.h"
#include "http/routes.h"
#include "jobs/office.h"
#include "plugins/registry.h"

namespace assay::test {

/// Does what another store does, until it is told that its last sync has failed, or that it is busy.
class FailingStore final : public Store {
 public:
  explicit FailingStore(Store& store) : store_(store) {}
  std::atomic<bool> failed = false;
  std::atomic<bool> busy = false;  // nothing can be read for now

  Snapshot read() override {
    if (busy) throw StoreBusy("everything is lent");
    return store_.read();
  }
  bool reader_free() override { return !busy && store_.reader_free(); }
  Result<Committed> commit(const Commit& commit) override {
    check();
    return store_.commit(commit);
  }
  Result<void> write(const std::function<void(Connection&)>& work) override {
    check();
    return store_.write(work);
  }
  void write_later(std::function<void(Connection&)> work) override {
    if (!failed) store_.write_later(std::move(work));
  }
  std::int64_t new_id(Subject subject) override { return store_.new_id(subject); }
  void add_workflow_set(WorkflowSetPtr set) override { store_.add_workflow_set(std::move(set)); }
  WorkflowSetPtr workflow_set(std::string_view hash) const override { return store_.workflow_set(hash); }
  std::int64_t wait_for_events(std::int64_t position, std::chrono::milliseconds at_most) override {
    return store_.wait_for_events(position, at_most);
  }
  std::int64_t last_position() override { return store_.last_position(); }
  void on_events(std::function<void(std::int64_t)> listener) override { store_.on_events(std::move(listener)); }
  void on_stop(std::function<void(const std::string&)> listener) override { store_.on_stop(std::move(listener)); }
  std::optional<std::uint64_t> people_version() override { return store_.people_version(); }
  std::string epoch() const override { return store_.epoch(); }
  bool held() override { return store_.held(); }
  Result<void> release() override { return store_.release(); }
  Figures figures() const override { return store_.figures(); }
  std::string_view engine() const override { return store_.engine(); }
  std::unique_ptr<Connection> scratch() override { return store_.scratch(); }

 private:
  void check() const {
    if (failed) throw StoreStopped("the store has stopped: a sync failed");
  }
  Store& store_;
};

class SilentDeliveries final : public Deliveries {
 public:
  bool running() const override { return true; }
};

class ApiOffice : public Office {
 public:
  explicit ApiOffice(std::string_view engine = "sqlite", ServerSettings settings = quick_settings())
      : Office(engine),
        failing(*store),
        shown(new Context{failing, *files, keys, shipped_workflows(), [this] { return clock.now(); }}),
        service{.context = *shown,
                .catalogues = catalogues,
                .plugins = plugins,
                .offered = offered,
                .bells = bells,
                .sign_in = {},
                .throttle = throttle,
                .webhook_url = [](std::string_view) { return std::optional<std::string>(); },
                .version = "test",
                .upload_limit = 1'000'000,
                .metrics = std::make_shared<prometheus::Registry>(),
                .deliveries = deliveries,
                .stopped = stopped},
        router(routes()),
        server(with_uploads(std::move(settings)), router, dispatch_for(service)) {
    store->on_events([this](std::int64_t) { bells.ring(); });
    server.start();
  }
  ~ApiOffice() {
    store->on_events([](std::int64_t) {});
    server.stop();
  }

  static ServerSettings quick_settings() {
    ServerSettings settings = test_settings();
    settings.heartbeat = std::chrono::milliseconds(20);
    return settings;
  }

  std::uint16_t port() const { return server.port(); }
  static std::string text(const std::string& method, const std::string& path, const std::vector<std::string>& headers,
                          const std::string& body = {}) {
    std::string all = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n";
    for (const std::string& header : headers) all += header + "\r\n";
    if (!body.empty()) all += "Content-Type: application/json\r\n";
    if (method != "GET") all += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return all + "\r\n" + body;
  }
  Answer request(const std::string& method, const std::string& path, const std::vector<std::string>& headers,
                 const std::string& body = {}) const {
    return ask(port(), text(method, path, headers, body));
  }
  /// "Authorization: Bearer ..." of a new token.
  std::string bearer(const Principal& who, std::chrono::hours life = std::chrono::hours(24)) {
    std::vector<std::string> scopes = {"read", "write"};
    if (who.has_role("administrator")) scopes.emplace_back("admin");
    const auto made = make_personal_token(*context, Call{who}, {"test", scopes, clock.now() + life});
    REQUIRE(made);
    last_token = made->performed.uuid;
    return "Authorization: Bearer " + made->token;
  }

  FailingStore failing;
  std::atomic<bool> stopped = false;
  Catalogues catalogues;
  PluginRegistry plugins{std::vector<std::filesystem::path>(), PluginHost{}};
  OfferedCatalogues offered{plugins};
  EventBells bells;
  SignInThrottle throttle{SignInSettings{}};
  SilentDeliveries deliveries;
  std::unique_ptr<Context> shown;
  Service service;
  Router router;
  Server server;
  std::string last_token;  // uuid

 private:
  ServerSettings with_uploads(ServerSettings settings) const {
    settings.open_upload = open_upload_for(service);
    return settings;
  }
};

}  // namespace assay::test
