// The API description (OpenAPI 3.1), generated from the route table and the record types, so that it cannot drift.
#pragma once

#include <span>
#include <string_view>

#include "domain/definition.h"
#include "http/router.h"

namespace assay {

/// The whole document. Routes with {plural} are written out for each record type; {command} for each of its commands,
/// with the schema of its input. Labels are English.
Json openapi(const WorkflowSet& set, std::span<const Route> routes, std::string_view version);

/// JSON Schema of the request body of a route that does not depend on a record type, or null: every BodyKind::json
/// route without {plural}/{command} has one, which a test holds.
Json body_schema(const Route& route);

/// The schemas that answers share: Record, Problem, Event, Item, Evidence, Report, Person, Token, Webhook, Delivery,
/// ...
Json shared_schemas();

}  // namespace assay
