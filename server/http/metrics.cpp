// Figures of the HTTP server for Prometheus.
#include "http/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace assay {
namespace {

const prometheus::Histogram::BucketBoundaries durations = {0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                           0.05,   0.1,    0.25,  0.5,    1.0,   2.5,  10.0};
constexpr std::array<const char*, 5> status_classes = {"1xx", "2xx", "3xx", "4xx", "5xx"};

/// The series of one route, made at the start so that an answer costs no look-up.
struct RouteSeries {
  std::array<prometheus::Counter*, status_classes.size()> answers{};
  prometheus::Histogram* duration = nullptr;
};

}  // namespace

struct HttpMetrics::Series {
  std::shared_ptr<prometheus::Registry> registry;
  const Router* router;
  std::vector<RouteSeries> routes;  // in the order of the table, the last for "no route"
  prometheus::Gauge* connections;
  prometheus::Counter* refused;
  prometheus::Gauge* queue;
  prometheus::Gauge* streams;
};

HttpMetrics::HttpMetrics(std::shared_ptr<prometheus::Registry> registry, const Router& router)
    : series_(std::make_unique<Series>()) {
  auto& answers =
      prometheus::BuildCounter().Name("assay_http_requests_total").Help("Answered requests").Register(*registry);
  auto& duration = prometheus::BuildHistogram()
                       .Name("assay_http_request_duration_seconds")
                       .Help("From the end of the header to the end of the answer")
                       .Register(*registry);
  const auto add = [&](const std::string& route, const std::string& method) {
    RouteSeries series;
    for (std::size_t i = 0; i < status_classes.size(); ++i)
      series.answers[i] = &answers.Add({{"route", route}, {"method", method}, {"status", status_classes[i]}});
    series.duration = &duration.Add({{"route", route}, {"method", method}}, durations);
    series_->routes.push_back(series);
  };
  for (const Route& route : router.routes()) add(std::string(route.pattern), std::string(to_text(route.method)));
  add("none", "none");

  const auto gauge = [&](const char* name, const char* help) {
    return &prometheus::BuildGauge().Name(name).Help(help).Register(*registry).Add({});
  };
  series_->connections = gauge("assay_http_connections", "Open connections");
  series_->queue = gauge("assay_http_pool_queue", "Requests waiting for a thread of the pool");
  series_->streams = gauge("assay_http_event_streams", "Open event streams");
  series_->refused = &prometheus::BuildCounter()
                          .Name("assay_http_connections_refused_total")
                          .Help("Connections refused because there were too many")
                          .Register(*registry)
                          .Add({});
  series_->router = &router;
  series_->registry = std::move(registry);
}

HttpMetrics::~HttpMetrics() = default;

void HttpMetrics::answered(const Route* route, int status, std::chrono::steady_clock::duration took) {
  const RouteSeries& series = route ? series_->routes[series_->router->index_of(*route)] : series_->routes.back();
  const auto place = static_cast<std::size_t>(status / 100 - 1);
  if (place < series.answers.size()) series.answers[place]->Increment();
  series.duration->Observe(std::chrono::duration<double>(took).count());
}

void HttpMetrics::connections(double open) { series_->connections->Set(open); }
void HttpMetrics::connection_refused() { series_->refused->Increment(); }
void HttpMetrics::pool_queue(double waiting) { series_->queue->Set(waiting); }
void HttpMetrics::event_streams(double open) { series_->streams->Set(open); }

std::string store_exposition(const Store::Figures& figures) {
  using prometheus::MetricType;
  std::vector<prometheus::MetricFamily> families;
  const auto add = [&](const char* name, const char* help, MetricType type) -> prometheus::ClientMetric& {
    return families.emplace_back(prometheus::MetricFamily{name, help, type, {{}}}).metric.front();
  };
  auto& seconds = add("assay_store_commit_seconds", "Durable commits", MetricType::Histogram).histogram;
  std::uint64_t within = 0;
  for (std::size_t i = 0; i < batch_seconds.size(); ++i) {
    within += static_cast<std::uint64_t>(figures.batches_of[i]);
    seconds.bucket.push_back({within, batch_seconds[i]});
  }
  seconds.sample_count = static_cast<std::uint64_t>(figures.batches);
  seconds.sample_sum = figures.commit_seconds;
  seconds.bucket.push_back({seconds.sample_count, std::numeric_limits<double>::infinity()});
  add("assay_store_changes_total", "Changes in these commits", MetricType::Counter).counter.value =
      static_cast<double>(figures.commits);
  add("assay_store_queue", "Changes that wait to be written", MetricType::Gauge).gauge.value =
      static_cast<double>(figures.queued);
  add("assay_store_wal_bytes", "SQLite: size of the write-ahead log", MetricType::Gauge).gauge.value =
      static_cast<double>(figures.wal_bytes);
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families);
  return text.str();
}

std::string text_exposition(const prometheus::Registry& registry) {
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, registry.Collect());
  return text.str();
}

}  // namespace assay
