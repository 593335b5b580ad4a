// The event feed: pages to poll, and a stream that goes on from Last-Event-ID.
#include "storage/events.h"

#include <algorithm>
#include <charconv>

#include "commands/event_document.h"
#include "commands/sign_in.h"
#include "http/event_feed.h"
#include "http/handlers/handlers.h"
#include "http/negotiation.h"
#include "http/page.h"
#include "http/records_path.h"

namespace assay::handlers {
namespace {

constexpr int stream_batch = 100;
constexpr std::size_t types_limit = 100;
constexpr std::size_t page_bytes = 4 * 1024 * 1024;  // of facts, in a full page

std::optional<std::int64_t> position_of(std::string_view text) {
  std::int64_t position = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), position);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || position < 0) return {};
  return position;
}

Result<std::vector<std::string>> types_of(const Request& request) {
  std::vector<std::string> types;
  for (const std::string_view type : request.query_values("type")) types.emplace_back(type);
  if (types.size() > types_limit) return invalid_query("?type", "may be given 100 times");
  return types;
}

/// The feed for one person, from a position on. Who they are and what they see is looked up anew for each batch: the
/// stream ends with the session or token that it was opened with.
class Feed final : public EventSource {
 public:
  Feed(const Service& service, Principal who, EventQuery query)
      : service_(service), who_(std::move(who)), query_(std::move(query)) {
    query_.limit = stream_batch;
    query_.whole = false;
  }

  void attach(std::shared_ptr<EventBell> bell) override {
    bell_ = std::move(bell);
    service_.bells.add(bell_);
  }

  std::optional<std::string> next() override {
    Snapshot at = service_.context.store.read();
    const auto who = still_signed_in(service_.context, service_.sign_in, at, who_);
    if (!who) return {};
    EventTeller teller(service_.context.store, at, who->reader);
    std::string text;
    const auto events = list_events(at, query_, who->reader);
    for (const Event& event : events) {
      query_.after = event.position;
      if (!teller.is_told(event)) continue;
      const EventDocument document = teller.tell(event);
      text += sse_event(std::to_string(event.position), document.type, event_json(document, false).dump());
    }
    // What this person does not see is not looked at again at the next bell.
    if (events.size() < stream_batch) query_.after = std::max(query_.after, last_sealed(at));
    return text;
  }

 private:
  const Service& service_;
  Principal who_;
  EventQuery query_;
  std::shared_ptr<EventBell> bell_;
};

Result<std::int64_t> start_of_stream(const Api& api, const Request& request) {
  for (const char* of_pages : {"limit", "cursor", "full"}) {
    if (request.query_value(of_pages))
      return invalid_query("?" + std::string(of_pages), "is for pages, not for a stream");
  }
  const auto last = request.header("Last-Event-ID");
  const auto after = request.query_value("after");
  if (!last && !after) return api.context().store.last_position();
  const auto position = position_of(last ? *last : *after);
  if (!position) return invalid_query(last ? "Last-Event-ID" : "?after", "must be the position of an event");
  return *position;
}

Result<Response> page_of(Api& api, const Request& request, EventQuery query) {
  auto page = page_request(request);
  if (!page) return page.error();
  const auto after = request.query_value("after");
  if (page->cursor || after) {
    const auto position = position_of(page->cursor ? std::string_view(*page->cursor) : *after);
    if (!position) return invalid_query(page->cursor ? "?cursor" : "?after", "must be the position of an event");
    query.after = *position;
  }
  const auto full = request.query_value("full");
  if (full && full != "true" && full != "false") return invalid_query("?full", "must be true or false");
  query.whole = full == "true";
  query.limit = static_cast<int>(page->limit);
  Snapshot at = api.context().store.read();
  const auto [rows, more] = event_page(at, query, api.who().reader, page_bytes);
  EventTeller teller(api.context().store, at, api.who().reader);
  Json all = Json::array();
  for (const Event& event : rows) {
    if (!teller.is_told(event)) {
      if (event.draft.record) api.who().reader.forget(*event.draft.record);
      continue;
    }
    Json json = event_json(teller.tell(event), query.whole);
    json["position"] = event.position;
    all.push_back(std::move(json));
  }
  std::int64_t last = rows.empty() ? query.after : rows.back().position;
  if (!more) last = std::max(last, last_sealed(at));  // nothing for this reader lies between
  Json answer = {{"items", std::move(all)}, {"last", last}, {"epoch", api.context().store.epoch()}, {"next", nullptr}};
  if (more) answer["next"] = encode_cursor(std::to_string(last));
  Response response = json_response(answer);
  if (more) add_next_link(response, request, std::to_string(last));
  return response;
}

/// A stream is for who names it, and does not want the page more.
bool wants_stream(const Request& request) {
  const std::string accept = request.joined_header("Accept").value_or("");
  const Wanted stream = wanted_media(accept, media::events);
  return stream.by_name && stream.weight > 0 && stream.weight >= wanted_media(accept, media::json).weight;
}

}  // namespace

Result<Response> events(Api& api, const Request& request) {
  EventQuery query;
  auto types = types_of(request);
  if (!types) return types.error();
  query.types = std::move(*types);
  if (!wants_stream(request)) return page_of(api, request, std::move(query));
  auto start = start_of_stream(api, request);
  if (!start) return start.error();
  query.after = *start;
  return event_stream(std::make_unique<Feed>(api.service(), api.who(), std::move(query)));
}

Result<Response> record_events(Api& api, const Request& request) {
  EventQuery query;
  auto types = types_of(request);
  if (!types) return types.error();
  query.types = std::move(*types);
  {
    Snapshot at = api.context().store.read();
    auto record = record_of(api, request, at);
    if (!record) return record.error();
    query.record = record->id;
  }
  return page_of(api, request, std::move(query));
}

}  // namespace assay::handlers
