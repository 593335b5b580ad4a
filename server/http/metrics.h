// Figures of the HTTP server for Prometheus: bounded labels, base units.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "http/router.h"
#include "storage/store.h"

namespace prometheus {
class Registry;
}

namespace assay {

/// assay_http_requests_total{route,method,status="2xx"}, assay_http_request_duration_seconds{route,method},
/// assay_http_connections, assay_http_connections_refused_total, assay_http_pool_queue and assay_http_event_streams.
/// Requests that match no route count as route="none". Any thread.
class HttpMetrics {
 public:
  HttpMetrics(std::shared_ptr<prometheus::Registry> registry, const Router& router);
  ~HttpMetrics();

  /// One answer. `route` is null if none matched.
  void answered(const Route* route, int status, std::chrono::steady_clock::duration took);
  void connections(double open);
  void connection_refused();
  void pool_queue(double waiting);
  void event_streams(double open);

 private:
  struct Series;
  std::unique_ptr<Series> series_;
};

/// All metrics of `registry` in the Prometheus text format, for /metrics; its media type is metrics_media_type.
std::string text_exposition(const prometheus::Registry& registry);
/// What the store tells of itself in the same format: assay_store_commit_seconds (a histogram of durable commits),
/// assay_store_changes_total, assay_store_queue, assay_store_wal_bytes.
std::string store_exposition(const Store::Figures& figures);
inline constexpr std::string_view metrics_media_type = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace assay
