// The policies of this release as they are published: numbers and choices with their source, and who may set them.
#include "domain/settable_policies.h"
#include "http/handlers/handlers.h"
#include "http/listing.h"
#include "http/representation.h"

namespace assay::handlers {
namespace {

Json policy_json(const WorkflowSet& set, const PolicyDefinition& policy, std::string_view language) {
  Json options = Json::object(), presets = Json::object();
  for (const auto& [option, english] : policy.options) options[option] = policy.option_in(option, language);
  for (const auto& [preset, value] : policy.presets) presets[preset] = policy.preset_in(preset, language);
  return {{"name", policy.name},
          {"label", policy.label_in(language)},
          {"value", policy.value},
          {"unit", policy.unit},
          {"unit_by", or_null(policy.unit_by)},
          {"options", std::move(options)},
          {"between", bounds_json(policy)},
          {"presets", policy.presets},
          {"preset_labels", std::move(presets)},
          {"set_by", types_setting(set, policy.name)},
          {"source", policy.source_in(language)},
          {"edition", or_null(policy.edition)},
          {"href", "/api/v1/policies/" + policy.name}};
}

}  // namespace

Result<Response> list_policies(Api& api, const Request& request) {
  auto page = key_page(request);
  if (!page) return page.error();
  const WorkflowSet& set = *api.context().workflows;
  std::vector<const PolicyDefinition*> rows;
  for (const auto& [name, policy] : set.policies) rows.push_back(&policy);
  const auto next = cut(rows, *page, [](const PolicyDefinition* policy) { return policy->name; });
  const std::string language = language_of(api, request);
  Json all = Json::array();
  for (const PolicyDefinition* policy : rows) all.push_back(policy_json(set, *policy, language));
  Response response = list_answer(request, {{"items", std::move(all)}, {"workflow_set", set.hash}}, next);
  response.headers.add("Content-Language", language);
  return response;
}

Result<Response> get_policy(Api& api, const Request& request) {
  const WorkflowSet& set = *api.context().workflows;
  const auto found = set.policies.find(std::string(request.parameter("policy")));
  if (found == set.policies.end()) return refuse(Reason::not_found, "there is no such policy");
  const std::string language = language_of(api, request);
  Response response = json_response(policy_json(set, found->second, language));
  response.headers.add("Content-Language", language);
  return response;
}

}  // namespace assay::handlers
