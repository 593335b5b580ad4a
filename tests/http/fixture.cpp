// A server with a handful of routes whose handlers a test gives, on a free port.
#include "http/fixture.h"

#include <array>

#include "http/json_body.h"

namespace assay::test {
namespace {

constexpr QueryItem items[] = {
    {"n", "any"}, {"a", "any", true}, {"flag", "any"}, {"filter[state]", "any"}, {"", "any"}};

constexpr Route row(Method method, std::string_view pattern, Run run, BodyKind body, std::string_view media = {},
                    std::size_t limit = 0) {
  return {method, pattern, nullptr, run, body, Access::open, "for tests", items, any_media, false, media, limit};
}

constexpr std::array fixture_routes = {
    row(Method::get, "/hello", Run::inline_, BodyKind::none),
    row(Method::get, "/pool", Run::pool, BodyKind::none),
    row(Method::get, "/people/{id}", Run::inline_, BodyKind::none),
    row(Method::delete_, "/people/{id}", Run::inline_, BodyKind::json),
    row(Method::get, "/people/me", Run::inline_, BodyKind::none),
    row(Method::get, "/assets/{path...}", Run::inline_, BodyKind::none),
    row(Method::post, "/echo", Run::inline_, BodyKind::json),
    row(Method::post, "/small", Run::inline_, BodyKind::json, {}, 16),
    row(Method::patch, "/merge", Run::inline_, BodyKind::json, "application/merge-patch+json"),
    row(Method::put, "/files/{name}", Run::pool, BodyKind::upload),
    row(Method::get, "/files/{name}", Run::pool, BodyKind::none),
    row(Method::get, "/events", Run::inline_, BodyKind::none),
    row(Method::get, "/pool-events", Run::pool, BodyKind::none),
};
static_assert([] {
  for (const Route& route : fixture_routes)
    if (!is_pattern(route.pattern)) return false;
  return true;
}());

class RecordingSink final : public UploadSink {
 public:
  explicit RecordingSink(std::shared_ptr<UploadRecord> record) : record_(std::move(record)) {}
  Result<void> write(std::span<const std::byte> bytes) override {
    const std::lock_guard lock(record_->mutex);
    if (record_->content.size() + bytes.size() > record_->limit) return refuse(Reason::storage_full, "no space");
    record_->content.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    record_->largest_write = std::max(record_->largest_write, bytes.size());
    return {};
  }
  Result<UploadReceipt> finish() override {
    const std::lock_guard lock(record_->mutex);
    ++record_->finished;
    return UploadReceipt{"digest", record_->content.size()};
  }
  void abort() noexcept override {
    const std::lock_guard lock(record_->mutex);
    ++record_->aborted;
    record_->changed.notify_all();
  }

 private:
  std::shared_ptr<UploadRecord> record_;
};

ServerSettings with_upload(ServerSettings settings, const std::shared_ptr<UploadRecord>& record) {
  settings.open_upload = [record](const Route&, Request& request) -> Result<std::unique_ptr<UploadSink>> {
    if (request.header("Authorization").value_or("") == "Bearer wrong")
      return refuse(Reason::unauthenticated, "this token is not known");
    return std::unique_ptr<UploadSink>(new RecordingSink(record));
  };
  return settings;
}

Result<Response> echo(Request& request) {
  Response response = json_text(request.body);
  response.headers.add("X-Path", request.path);
  return response;
}

}  // namespace

void Gate::open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  changed_.notify_all();
}

void Gate::pass() {
  std::unique_lock lock(mutex_);
  arrived_ = true;
  changed_.notify_all();
  changed_.wait(lock, [&] { return open_; });
}

void Gate::wait_for_arrival() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return arrived_; });
}

void UploadRecord::wait_for_abort() {
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return aborted > 0; });
}

std::span<const Route> test_routes() { return fixture_routes; }

ServerSettings test_settings() {
  ServerSettings settings;
  settings.port = 0;
  settings.io_threads = 2;
  settings.pool_threads = 2;
  settings.linger = std::chrono::milliseconds(200);
  settings.grace = std::chrono::milliseconds(5000);
  return settings;
}

TestServer::TestServer(ServerSettings settings)
    : router_(fixture_routes),
      server_(with_upload(std::move(settings), upload_), router_,
              [this](const Route& route, Request& request) { return handlers_.at(route.pattern)(request); }) {
  on("/hello", [](Request&) { return Result<Response>(json_text("{\"hello\":true}")); });
  on("/people/{id}",
     [](Request& request) { return Result<Response>(json_text(std::string(request.parameter("id")))); });
  for (const Route& route : fixture_routes)
    if (!handlers_.contains(route.pattern)) on(route.pattern, echo);
}

TestServer& TestServer::on(std::string_view pattern, TestHandler handler) {
  handlers_[pattern] = std::move(handler);
  return *this;
}

TestServer& TestServer::start() {
  server_.start();
  return *this;
}

}  // namespace assay::test
