// Holds a request against its route before its body is read.
#include "http/route_check.h"

#include <algorithm>
#include <string>

#include "http/negotiation.h"
#include "http/problem.h"

namespace assay {
namespace {

Result<void> check_query(const Route& route, const Request& request) {
  for (const Field& item : request.query) {
    const auto known = std::find_if(route.query.begin(), route.query.end(),
                                    [&](const QueryItem& one) { return one.name == item.name; });
    if (known == route.query.end()) {
      if (route.filters) continue;
      return invalid_query("?" + std::string(item.name), "is not known here");
    }
    if (!known->many && request.query_values(item.name).size() > 1)
      return invalid_query("?" + std::string(item.name), "give it once");
  }
  return {};
}

}  // namespace

Response not_acceptable(const Request& request, std::string_view media_types) {
  return protocol_problem(406, "not-acceptable", "Accept excludes what is here to be had: " + std::string(media_types),
                          request.id);
}

std::optional<Response> refused_by(const Route& route, const Request& request) {
  if (auto fine = check_query(route, request); !fine) return problem(fine.error(), request.id);
  if (route.answers == no_media) return {};
  const auto accept = request.joined_header("Accept");
  if (!accept || takes_any_of(*accept, route.answers)) return {};
  return not_acceptable(request, route.answers);
}

}  // namespace assay
