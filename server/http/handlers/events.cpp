// The event feed: pages to poll, and a stream that goes on from Last-Event-ID.
#include "storage/events.h"

#include <charconv>

#include "commands/event_document.h"
#include "http/event_feed.h"
#include "http/handlers/handlers.h"
#include "http/page.h"
#include "http/records_path.h"

namespace assay::handlers {
namespace {

constexpr int stream_batch = 100;

std::optional<std::int64_t> position_of(std::string_view text) {
  std::int64_t position = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), position);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || position < 0) return {};
  return position;
}

std::vector<std::string> types_of(const Request& request) {
  std::vector<std::string> types;
  for (const std::string_view type : request.query_values("type")) types.emplace_back(type);
  return types;
}

/// The feed for one person, from a position on. Rights are looked up anew for each batch: a stream ends with them.
class Feed final : public EventSource {
 public:
  Feed(const Service& service, PersonId person, std::set<Scope> scopes, EventQuery query)
      : service_(service), person_(person), scopes_(std::move(scopes)), query_(std::move(query)) {
    query_.limit = stream_batch;
  }

  void attach(std::shared_ptr<EventBell> bell) override {
    bell_ = std::move(bell);
    service_.bells.add(bell_);
  }

  std::optional<std::string> next() override {
    Snapshot at = service_.context.store.read();
    const auto person = find_person(at, person_);
    const auto who = person ? principal_of(service_.context, at, *person, scopes_) : std::nullopt;
    if (!who) return {};
    EventTeller teller(service_.context.store, at);
    std::string text;
    for (const Event& event : list_events(at, query_, who->reader)) {
      const EventDocument document = teller.tell(event);
      text += sse_event(std::to_string(event.position), document.type, event_json(document, false).dump());
      query_.after = event.position;
    }
    return text;
  }

 private:
  const Service& service_;
  PersonId person_;
  std::set<Scope> scopes_;
  EventQuery query_;
  std::shared_ptr<EventBell> bell_;
};

Result<std::int64_t> start_of_stream(const Api& api, const Request& request) {
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
  query.limit = static_cast<int>(page->limit) + 1;
  Snapshot at = api.context().store.read();
  auto rows = list_events(at, query, api.who().reader);
  const bool more = rows.size() > page->limit;
  if (more) rows.resize(page->limit);
  EventTeller teller(api.context().store, at);
  Json all = Json::array();
  for (const Event& event : rows) {
    Json json = event_json(teller.tell(event), full == "true");
    json["position"] = event.position;
    all.push_back(std::move(json));
  }
  const std::int64_t last = rows.empty() ? query.after : rows.back().position;
  Json answer = {{"items", std::move(all)}, {"last", last}, {"epoch", api.context().store.epoch()}, {"next", nullptr}};
  if (more) answer["next"] = encode_cursor(std::to_string(last));
  Response response = json_response(answer);
  if (more) add_next_link(response, request, std::to_string(last));
  return response;
}

bool wants_stream(const Request& request) {
  const auto accept = request.header("Accept");
  return accept && accept->find(media::events) != std::string_view::npos;
}

}  // namespace

Result<Response> events(Api& api, const Request& request) {
  EventQuery query;
  query.types = types_of(request);
  if (!wants_stream(request)) return page_of(api, request, std::move(query));
  auto start = start_of_stream(api, request);
  if (!start) return start.error();
  query.after = *start;
  return event_stream(std::make_unique<Feed>(api.service(), api.who().person.id, api.who().scopes, std::move(query)));
}

Result<Response> record_events(Api& api, const Request& request) {
  EventQuery query;
  query.types = types_of(request);
  {
    Snapshot at = api.context().store.read();
    auto record = record_of(api, request, at);
    if (!record) return record.error();
    query.record = record->id;
  }
  return page_of(api, request, std::move(query));
}

}  // namespace assay::handlers
