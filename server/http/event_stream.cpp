// The text form of server-sent events.
#include "http/event_stream.h"

#include <stdexcept>

namespace assay {

std::string sse_event(std::string_view id, std::string_view event, std::string_view data) {
  constexpr std::string_view forbidden("\r\n\0", 3);
  if (id.find_first_of(forbidden) != std::string_view::npos || event.find_first_of(forbidden) != std::string_view::npos)
    throw std::invalid_argument("an event's id and type are one line");
  std::string text;
  text.reserve(id.size() + event.size() + data.size() + 24);
  if (!id.empty()) text.append("id: ").append(id).append("\n");
  if (!event.empty()) text.append("event: ").append(event).append("\n");
  for (;;) {
    const auto end = data.find_first_of("\r\n");
    text.append("data: ").append(data.substr(0, end)).append("\n");
    if (end == std::string_view::npos) break;
    data.remove_prefix(end + (data.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  return text.append("\n");
}

}  // namespace assay
