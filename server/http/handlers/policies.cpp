// The policies of this release as they are published: numbers and choices with their source, and who may set them.
#include "domain/settable_policies.h"
#include "http/handlers/handlers.h"
#include "http/listing.h"
#include "http/representation.h"

namespace assay::handlers {
namespace {

Json policy_json(const WorkflowSet& set, const PolicyDefinition& policy) {
  return {{"name", policy.name},
          {"label", policy.label},
          {"value", policy.value},
          {"unit", policy.unit},
          {"unit_by", or_null(policy.unit_by)},
          {"options", policy.options},
          {"between", bounds_json(policy)},
          {"presets", policy.presets},
          {"set_by", types_setting(set, policy.name)},
          {"source", policy.source},
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
  Json all = Json::array();
  for (const PolicyDefinition* policy : rows) all.push_back(policy_json(set, *policy));
  return list_answer(request, {{"items", std::move(all)}, {"workflow_set", set.hash}}, next);
}

Result<Response> get_policy(Api& api, const Request& request) {
  const WorkflowSet& set = *api.context().workflows;
  const auto found = set.policies.find(std::string(request.parameter("policy")));
  if (found == set.policies.end()) return refuse(Reason::not_found, "there is no such policy");
  return json_response(policy_json(set, found->second));
}

}  // namespace assay::handlers
