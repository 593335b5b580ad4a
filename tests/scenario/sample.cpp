// An input that a JSON Schema of a command accepts.
#include "scenario/sample.h"

#include <stdexcept>

#include "scenario/stage.h"

namespace assay::test {
namespace {

Json text_for(const Json& schema, const std::string& person) {
  if (schema.contains("enum")) return schema.at("enum").at(0);
  const std::string format = schema.value("format", "");
  if (format == "date") return day(schema.value("title", "").find("on") == std::string::npos ? 60 : 0);
  if (format == "date-time") return day() + "T08:00:00Z";
  if (format == "uuid") return person;
  return std::string("Said so.").substr(0, schema.value("maxLength", std::size_t{100}));
}

}  // namespace

Json sample_of(const Json& schema, const std::string& person) {
  const std::string type =
      schema.at("type").is_array() ? schema.at("type").at(0).get<std::string>() : schema.at("type").get<std::string>();
  if (type == "object") {
    Json value = Json::object();
    for (const Json& name : schema.value("required", Json::array())) {
      value[name.get<std::string>()] = sample_of(schema.at("properties").at(name.get<std::string>()), person);
    }
    return value;
  }
  if (type == "array") return Json::array({sample_of(schema.at("items"), person)});
  if (type == "string") return text_for(schema, person);
  if (type == "boolean") return true;
  if (type == "integer" || type == "number") return schema.value("minimum", 1);
  throw std::runtime_error("no sample for " + schema.dump());
}

}  // namespace assay::test
