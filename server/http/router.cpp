// A tree of path segments that finds routes.
#include "http/router.h"

#include <array>
#include <map>
#include <stdexcept>

namespace assay {
namespace {

constexpr std::size_t method_count = 7;
constexpr std::size_t place_of(Method method) { return static_cast<std::size_t>(method); }

/// The segments of a pattern or a path without its leading slash; "/" has none.
std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  if (path == "/") return segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto end = path.find('/');
    segments.push_back(path.substr(0, end));
    path = end == std::string_view::npos ? std::string_view() : path.substr(end);
  }
  return segments;
}

std::string allow_text(const std::array<const Route*, method_count>& routes) {
  std::string text;
  for (std::size_t i = 0; i < method_count; ++i) {
    const auto method = static_cast<Method>(i);
    const bool served =
        routes[i] || method == Method::options || (method == Method::head && routes[place_of(Method::get)] != nullptr);
    if (served) text.append(text.empty() ? "" : ", ").append(to_text(method));
  }
  return text;
}

}  // namespace

struct Router::Node {
  std::map<std::string_view, std::unique_ptr<Node>> literals;
  std::unique_ptr<Node> parameter;
  std::unique_ptr<Node> rest;
  std::array<const Route*, method_count> routes{};
  std::string allow;
  bool ends = false;  // a pattern ends here

  Node& child(std::string_view segment) {
    std::unique_ptr<Node>* next = nullptr;
    if (segment.front() != '{')
      next = &literals[segment];
    else
      next = segment.ends_with("...}") ? &rest : &parameter;
    if (!*next) *next = std::make_unique<Node>();
    return **next;
  }

  /// The most specific node for all of `segments`, null if no pattern fits. Sets `astray` when a segment that patterns
  /// spell out had to stand for a parameter.
  const Node* find(std::span<const std::string_view> segments, bool& astray) const {
    if (segments.empty()) return ends ? this : nullptr;
    const auto literal = literals.find(segments.front());
    if (literal != literals.end())
      if (const Node* found = literal->second->find(segments.subspan(1), astray)) return found;
    if (parameter && !segments.front().empty())
      if (const Node* found = parameter->find(segments.subspan(1), astray)) {
        astray = astray || literal != literals.end();
        return found;
      }
    return rest ? rest.get() : nullptr;
  }
};

Router::Router(std::span<const Route> routes) : routes_(routes), root_(std::make_unique<Node>()) {
  for (const Route& route : routes) {
    if (!is_pattern(route.pattern)) throw std::invalid_argument("not a route pattern: " + std::string(route.pattern));
    Node* node = root_.get();
    for (std::string_view segment : split(route.pattern)) node = &node->child(segment);
    const Route*& place = node->routes[place_of(route.method)];
    if (place)
      throw std::invalid_argument("two routes for " + std::string(to_text(route.method)) + " " +
                                  std::string(route.pattern));
    place = &route;
    node->ends = true;
    node->allow = allow_text(node->routes);
  }
}

Router::~Router() = default;
Router::Router(Router&&) noexcept = default;

Match Router::find(Method method, std::span<const std::string_view> segments, std::vector<Field>& parameters) const {
  parameters.clear();
  bool astray = false;
  const Node* node = root_->find(segments, astray);
  if (!node) return {};
  const Route* route = node->routes[place_of(method)];
  if (!route && method == Method::head) route = node->routes[place_of(Method::get)];
  if (!route && astray) return {};  // there is nothing of that name, so no other method helps
  if (!route) return {nullptr, node->allow};
  std::size_t i = 0;
  for (std::string_view segment : split(route->pattern)) {
    if (segment.ends_with("...}")) {
      const std::string_view last = segments.back();
      const char* const start = segments[i].data();
      parameters.push_back({segment.substr(1, segment.size() - 5),
                            {start, static_cast<std::size_t>(last.data() + last.size() - start)}});
      break;
    }
    if (segment.front() == '{') parameters.push_back({segment.substr(1, segment.size() - 2), segments[i]});
    ++i;
  }
  return {route, {}};
}

}  // namespace assay
