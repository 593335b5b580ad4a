// What the routes take that call plugins.
#include "http/plugin_schemas.h"

#include <utility>

namespace assay {
namespace {

Json plain_text() { return {{"type", "string"}}; }

/// An object with these members and no others.
Json call_body(Json properties, Json required) {
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(required)},
          {"additionalProperties", false}};
}

}  // namespace

Json plugin_body_schema(std::string_view route) {
  if (route == "PUT /api/v1/plugins/{plugin}/settings")
    return call_body({{"settings", {{"type", "object"}}}}, Json::array({"settings"}));
  if (route == "POST /api/v1/{plural}/{id}/applicability")
    return call_body({{"plugin", plain_text()}, {"facts", {{"type", "object"}}}}, Json::array({"plugin"}));
  if (route == "POST /api/v1/{plural}/{id}/mapping")
    return call_body({{"plugin", plain_text()}, {"catalogue", plain_text()}}, Json::array({"plugin", "catalogue"}));
  if (route == "POST /api/v1/{plural}/{id}/sample") {
    return call_body({{"plugin", plain_text()},
                      {"kind", {{"type", "string"}, {"enum", Json::array({"sites", "items"})}}},
                      {"population", {{"type", "array"}, {"items", {{"type", "object"}}}, {"maxItems", 10000}}},
                      {"at_least", {{"type", "integer"}, {"minimum", 0}}},
                      {"at_most", {{"type", "integer"}, {"minimum", 1}}}},
                     Json::array({"plugin", "kind", "population", "at_least", "at_most"}));
  }
  return nullptr;
}

}  // namespace assay
