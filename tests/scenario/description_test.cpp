// The API description: its shape, that it has every route, and that what it says about writes is so.
#include <algorithm>

#include "http/routes.h"
#include "plugins/json_schema.h"
#include "scenario/contract.h"
#include "scenario/stage.h"
#include "shipped_workflows.h"

namespace assay::test::description_test {
namespace {

Json description(Stage& stage) { return stage.must("", "GET", "/api/v1/openapi.json"); }

std::string verb(Method method) {
  std::string text(to_text(method));
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return static_cast<char>(c + 32); });
  return text;
}

/// Every "$ref" within `part`.
void collect_references(const Json& part, std::set<std::string>& found) {
  if (part.is_object() && part.contains("$ref")) found.insert(part.at("$ref").get<std::string>());
  if (part.is_structured()) {
    for (const Json& inner : part) collect_references(inner, found);
  }
}

TEST_CASE("the description has the shape of OpenAPI 3.1") {
  Stage& stage = Stage::on("sqlite");
  const Json all = description(stage);
  CHECK(all.at("openapi") == "3.1.0");
  for (const char* member : {"title", "version", "license"}) CHECK(all.at("info").contains(member));
  CHECK(all.at("jsonSchemaDialect") == "https://json-schema.org/draft/2020-12/schema");
  std::set<std::string> references, ids;
  collect_references(all, references);
  for (const std::string& reference : references) {
    INFO(reference);
    REQUIRE(reference.starts_with("#/components/"));
    CHECK(all.contains(Json::json_pointer(reference.substr(1))));
  }
  for (const auto& [path, item] : all.at("paths").items()) {
    INFO(path);
    CHECK(path.starts_with('/'));
    std::set<std::string> named, declared;
    for (auto open = path.find('{'); open != std::string::npos; open = path.find('{', open + 1))
      named.insert(path.substr(open + 1, path.find('}', open) - open - 1));
    for (const Json& parameter : item.value("parameters", Json::array())) {
      CHECK(parameter.at("in") == "path");
      CHECK(parameter.at("required") == true);
      declared.insert(parameter.at("name").get<std::string>());
    }
    CHECK(declared == named);
    for (const auto& [method, operation] : item.items()) {
      if (method == "parameters") continue;
      INFO(method);
      CHECK(std::set<std::string>{"get", "put", "post", "patch", "delete"}.contains(method));
      CHECK(ids.insert(operation.at("operationId").get<std::string>()).second);
      CHECK_FALSE(operation.at("responses").empty());
      for (const auto& [status, response] : operation.at("responses").items()) {
        CHECK((status.size() == 3 && status >= "200" && status < "600"));
        CHECK((response.contains("$ref") || response.contains("description")));
      }
    }
  }
  CHECK(all.at("webhooks").size() > 50);
  CHECK(all.at("webhooks").contains("nonconformity.issued"));
}

TEST_CASE("every schema in it is one") {
  Stage& stage = Stage::on("sqlite");
  const Json all = description(stage);
  for (const auto& [name, schema] : all.at("components").at("schemas").items()) {
    INFO(name);
    CHECK_NOTHROW(JsonSchema(without_references(schema, all).dump()));
  }
  int bodies = 0;
  for (const auto& [path, item] : all.at("paths").items()) {
    for (const auto& [method, operation] : item.items()) {
      if (method == "parameters" || !operation.contains("requestBody")) continue;
      INFO(method << " " << path);
      for (const auto& [media, content] : operation.at("requestBody").at("content").items()) {
        CHECK_NOTHROW(JsonSchema(without_references(content.at("schema"), all).dump()));
        ++bodies;
      }
    }
  }
  CHECK(bodies > 100);
}

TEST_CASE("every route is described with its method, for every type of record that has it") {
  Stage& stage = Stage::on("sqlite");
  const Json paths = description(stage).at("paths");
  const Json types = stage.must("lead", "GET", "/api/v1/types").at("items");
  REQUIRE(types.size() == shipped_workflows()->types.size());
  for (const Route& route : routes()) {
    std::string pattern(route.pattern);
    INFO(to_text(route.method) << " " << pattern);
    const auto plural = pattern.find("{plural}");
    if (plural == std::string::npos) {
      REQUIRE(paths.contains(pattern));
      CHECK(paths.at(pattern).contains(verb(route.method)));
      continue;
    }
    const bool coverage = pattern.ends_with("/coverage");
    pattern.replace(plural, 8, coverage ? "audit-programmes" : "audits");
    if (const auto command = pattern.find("{command}"); command != std::string::npos)
      pattern.replace(command, 9, "conclude");
    REQUIRE(paths.contains(pattern));
    CHECK(paths.at(pattern).contains(verb(route.method)));
  }
  for (const Json& type : types) {
    const std::string list = "/api/v1/" + type.at("plural").get<std::string>();
    for (const std::string& path : {list, list + "/{id}", list + "/{id}/commands", list + "/{id}/events",
                                    list + "/{id}/links", list + "/{id}/proposals"})
      CHECK(paths.contains(path));
  }
  for (const char* path :
       {"/api/v1/audits/{id}/coverage", "/api/v1/risks/{id}/coverage", "/api/v1/audit-programmes/{id}/catalogue"})
    CHECK_FALSE(paths.contains(path));
}

TEST_CASE("what the description says about versions and bodies is what the server asks for") {
  Stage& stage = Stage::on("sqlite");
  const Json all = description(stage);
  int versioned = 0;
  for (const auto& [path, item] : all.at("paths").items()) {
    for (const auto& [method, operation] : item.items()) {
      if (method == "parameters" || method == "get") continue;
      INFO(method << " " << path);
      const bool wants = operation.at("parameters").dump().find("IfMatch") != std::string::npos;
      CHECK(wants == operation.at("responses").contains("428"));
      CHECK(wants == operation.at("responses").contains("412"));
      versioned += wants;
    }
  }
  CHECK(versioned > 80);
  for (const char* path :
       {"/api/v1/people/{id}/invitation", "/api/v1/audits/{id}/evidence", "/api/v1/audits/{id}/evidence/files",
        "/api/v1/audits/{id}/reports", "/api/v1/webhooks/{id}/test", "/api/v1/webhooks/{id}/replay",
        "/api/v1/webhooks/{id}/deliveries/{delivery}/redeliver", "/api/v1/management-reviews"}) {
    INFO(path);
    CHECK_FALSE(all.at("paths").at(path).at("post").at("responses").contains("428"));
  }
}

}  // namespace
}  // namespace assay::test::description_test
