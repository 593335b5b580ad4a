// The API description as a contract.
#include "scenario/contract.h"

#include <algorithm>

namespace assay::test {
namespace {

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> all;
  path = path.substr(0, path.find('?'));
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto slash = path.find('/');
    all.push_back(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
  }
  return all;
}

/// The number of literal segments if `pattern` fits `path`, which has as many, else -1: the most literal one wins.
int fit(const std::vector<std::string>& pattern, const std::vector<std::string_view>& path) {
  int literal = 0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (pattern[i].starts_with('{')) continue;
    if (pattern[i] != path[i]) return -1;
    ++literal;
  }
  return literal;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

}  // namespace

Json without_references(const Json& schema, const Json& description) {
  if (schema.is_object() && schema.contains("$ref")) {
    const std::string pointer = schema.at("$ref").get<std::string>().substr(1);
    return without_references(description.at(Json::json_pointer(pointer)), description);
  }
  Json result = schema;
  if (schema.is_structured()) {
    for (auto& part : result) part = without_references(part, description);
  }
  return result;
}

Contract::Contract(Json description) : description_(std::move(description)) {
  for (const auto& [path, item] : description_.at("paths").items()) {
    const auto parts = segments(path);
    patterns_[parts.size()].push_back({path, {parts.begin(), parts.end()}});
  }
}

std::string Contract::path_of(std::string_view target) const {
  const auto path = segments(target);
  const auto as_long = patterns_.find(path.size());
  if (as_long == patterns_.end()) return {};
  const Pattern* best = nullptr;
  int most = -1;
  for (const Pattern& pattern : as_long->second) {
    const int literal = fit(pattern.segments, path);
    if (literal > most) {
      most = literal;
      best = &pattern;
    }
  }
  return best == nullptr ? std::string() : best->path;
}

const JsonSchema& Contract::schema(const std::string& key, const Json& schema) {
  auto& known = schemas_[key];
  if (!known) known = std::make_unique<JsonSchema>(without_references(schema, description_).dump());
  return *known;
}

std::vector<std::string> Contract::breaches(const std::string& method, std::string_view target, const Answer& answer) {
  const std::string type = answer.header("Content-Type");
  std::vector<std::string> found;
  const auto against = [&](const std::string& key, const Json& wanted) {
    const Json value = Json::parse(answer.body, nullptr, false);
    if (value.is_discarded()) return found.push_back(key + ": the body is no JSON");
    for (const auto& flaw : schema(key, wanted).violations(value))
      found.push_back(key + " " + flaw.pointer + ": " + flaw.detail);
  };
  if (answer.status >= 400) {
    const bool page = type.starts_with("text/html") && !target.starts_with("/api/");  // for a browser that goes astray
    if (method == "HEAD" || page) return found;
    if (type != "application/problem+json") return {"an error of type " + type};
    against("Problem", {{"$ref", "#/components/schemas/Problem"}});
    return found;
  }
  const std::string path = path_of(target);
  const Json& paths = description_.at("paths");
  const std::string verb = lower(method == "HEAD" ? "GET" : method);
  if (path.empty() || !paths.at(path).contains(verb)) return found;
  const std::string operation = method + " " + path;
  const Json& responses = paths.at(path).at(verb).at("responses");
  const auto response = responses.find(std::to_string(answer.status));
  if (response == responses.end())
    return {operation + ": status " + std::to_string(answer.status) + " is not described"};
  if (answer.status < 300) fulfilled_.insert(operation);
  if (answer.body.empty() || !response->contains("content") || !type.starts_with("application/json")) return found;
  const auto content = response->at("content").find("application/json");
  if (content != response->at("content").end())
    against(operation + " " + std::to_string(answer.status), content->at("schema"));
  return found;
}

}  // namespace assay::test
