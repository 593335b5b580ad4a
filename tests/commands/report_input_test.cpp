// The input of a report of a body's audit: of which client it is, what it was for, and what it came to.
#include "commands/report_input.h"

#include "commands/catalogues.h"
#include "jobs/office.h"

namespace assay::test::report_input_test {
namespace {

constexpr const char *manager = "nora@elbwerk.example", *auditor = "lars@elbwerk.example";

/// A certification body. What its records say is laid down as it is: what they may say is asked elsewhere.
struct Body : Office {
  Body() {
    join(manager, {"certification_manager"});
    join(auditor, {"certification_auditor"});
  }

  /// A record of the type below `parent`, if one is named; returns its id.
  std::string record(const char* type, const std::string& parent, const Json& fields) {
    const Principal who = administrator();
    EventDraft event{Subject::record, store->new_id(Subject::record), context->new_uuid(), who.organisation.id};
    event.record = RecordId{event.id};
    event.type = std::string(type) + ".made";
    event.command = "make";
    event.version = 1;
    event.actor = who.person.id;
    event.at = clock.now();
    event.workflow_set = context->workflows->hash;
    const std::string& state = context->workflows->types.at(type).state_order.front();
    event.facts = {{"type", type}, {"state", state}, {"created", true}, {"set", fields}};
    if (!parent.empty()) event.facts["parent"] = parent;
    const auto done = store->commit({{}, {event}});
    if (!done) FAIL(done.error().detail);
    return event.uuid;
  }

  /// As `email` is given it.
  Json report(const char* email, const std::string& uuid, const char* language = "en") {
    const Principal who = principal(email);
    Snapshot at = store->read();
    const RecordId id{at.connection().value<std::int64_t>("SELECT id FROM record WHERE uuid = :uuid",
                                                          with("uuid", std::string_view(uuid)))};
    return report_input(*context, catalogues, at, who, find_record(at, id).value(), language);
  }

  Catalogues catalogues;
};

TEST_CASE("a report names the client that the audit hangs below, to who sees it") {
  Body body;
  const Json port = {{"name", "Hafenwerk"}, {"address", "Kai 2\n24103 Kiel"}, {"country", "DE"}};
  const std::string client = body.record("client", "", port);
  const std::string unmoved = body.record("client", "", {{"name", "Werft"}});
  const Json titled = {{"title", "A title"}};
  const auto below = [&](const char* type, const std::string& owner) {
    return body.record(type, body.record("certification-programme", owner, titled), titled);
  };
  const std::string internal = body.record("audit", body.record("audit-programme", "", titled), titled);
  struct Row {
    const char *what, *who;
    std::string audit;
    Json client;
  };
  const Json full = {{"name", "Hafenwerk"}, {"address", "Kai 2\n24103 Kiel"}};
  for (const Row& row : {Row{"an audit", manager, below("certification-audit", client), full},
                         {"an evaluation", manager, below("evaluation", client), full},
                         {"without an address", manager, below("certification-audit", unmoved), {{"name", "Werft"}}},
                         {"who does not read clients", auditor, below("certification-audit", client), full},
                         {"an internal audit", manager, internal, nullptr}}) {
    INFO(row.what);
    const Json input = body.report(row.who, row.audit);
    CHECK(input.value("client", Json()) == row.client);
    CHECK(input.at("organisation").at("name") == "Elbwerk");
  }
}

TEST_CASE("purposes and what an audit came to are told from the fields that the type has") {
  Body body;
  struct Row {
    const char *what, *type, *language;
    Json fields, purposes, recommendation;
  };
  for (const Row& row :
       {Row{"a stage 1",
            "certification-audit",
            "en",
            {{"purpose", "stage1"}, {"stage1_outcome", "ready"}},
            {"Stage 1"},
            "Ready for stage 2"},
        {"in German",
         "certification-audit",
         "de",
         {{"purpose", "stage1"}, {"stage1_outcome", "ready"}},
         {"Stufe 1"},
         "Bereit für Stufe 2"},
        {"further purposes",
         "certification-audit",
         "en",
         {{"purpose", "surveillance"}, {"further_purposes", {"scope_change"}}, {"recommendation", "recommend"}},
         {"Surveillance", "Scope change"},
         "Recommended"},
        {"neither", "certification-audit", "en", {{"title", "Begun"}}, nullptr, nullptr},
        {"a list of purposes", "audit", "en", {{"purposes", {"internal"}}}, {"Internal audit"}, nullptr}}) {
    INFO(row.what);
    const Json input = body.report(manager, body.record(row.type, "", row.fields), row.language);
    CHECK(input.at("audit").value("purposes", Json()) == row.purposes);
    CHECK(input.at("conclusion").value("recommendation", Json()) == row.recommendation);
  }
}

}  // namespace
}  // namespace assay::test::report_input_test
