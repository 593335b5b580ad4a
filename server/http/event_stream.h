// Server-sent events: a source that is asked for its next text, and the bell that tells that there is one.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// Tells the connection of a stream that its source may have something new. Any thread, never blocks on the network,
/// stays valid (and does nothing) after the stream has ended.
class EventBell {
 public:
  EventBell() = default;
  EventBell(const EventBell&) = delete;
  EventBell& operator=(const EventBell&) = delete;
  virtual ~EventBell() = default;
  virtual void ring() = 0;
};

/// What an event stream sends. attach() and next() come one after the other, on the threads of the route (Run); the
/// source is destroyed when the client has gone, is too slow, the source ended or the server stops.
class EventSource {
 public:
  EventSource() = default;
  EventSource(const EventSource&) = delete;
  EventSource& operator=(const EventSource&) = delete;
  virtual ~EventSource() = default;

  /// Comes once, before next(). Keep the bell where new events become known.
  virtual void attach(std::shared_ptr<EventBell> bell) = 0;
  /// The next text, whole events as by sse_event(); at most some 64 KiB. Empty: nothing now, ask again after the bell
  /// or the heartbeat. Absent: the stream ends. Events go on from the request's Last-Event-ID: that is the source's
  /// matter.
  virtual std::optional<std::string> next() = 0;
};

/// A response body that stays open. A comment line is sent whenever nothing else was for `heartbeat`.
struct EventStream {
  std::unique_ptr<EventSource> source;
  std::optional<std::chrono::milliseconds> heartbeat = {};  // absent: ServerSettings::heartbeat
};

/// One event in the text/event-stream format. `data` may have several lines; `id` and `event` may be empty (left out)
/// and must not contain line ends or NUL: throws std::invalid_argument.
std::string sse_event(std::string_view id, std::string_view event, std::string_view data);

}  // namespace assay
