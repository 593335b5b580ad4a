// Coverage: which audits stand, whom it is kept from, and the order of the versions of a catalogue.
#include "commands/coverage.h"

#include "commands/fieldwork.h"

namespace assay::test::coverage_test {
namespace {

OfferedCatalogue catalogue_of_version(const std::string& version) {
  OfferedCatalogue offered = small_catalogue();
  Json content = Json::parse(offered.text);
  content["version"] = version;
  offered.version = version;
  offered.text = canonical(content);
  offered.hash = sha256_hex(offered.text);
  return offered;
}

TEST_CASE("an audit has examined when it takes no more answers, unless it was postponed or cancelled") {
  struct Row {
    const char *type, *state;
    bool examined;
  };
  for (const Row& row : {Row{"audit", "planned", false},
                         {"audit", "plan_issued", false},
                         {"audit", "postponed", false},
                         {"audit", "fieldwork", false},
                         {"audit", "conclusions", true},
                         {"audit", "report_issued", true},
                         {"audit", "complete", true},
                         {"audit", "ended_early", true},
                         {"audit", "cancelled", false},
                         {"certification-audit", "postponed", false},
                         {"certification-audit", "fieldwork", false},
                         {"certification-audit", "terminated", false},  // what was seen may still be answered
                         {"certification-audit", "complete", true},
                         {"certification-audit", "cancelled", false}}) {
    INFO(row.type << " " << row.state);
    CHECK(has_examined(shipped_workflows()->types.at(row.type), row.state) == row.examined);
  }
}

TEST_CASE("a finding is negative when its definition says that something does not conform, or may come to that") {
  const WorkflowSet& set = *shipped_workflows();
  std::set<std::string> negative;
  for (const char* type : {"area-of-concern", "client-nonconformity", "nonconformity", "observation", "opportunity"})
    if (is_negative_finding(set, set.types.at(type))) negative.insert(type);
  CHECK(negative == std::set<std::string>{"area-of-concern", "client-nonconformity", "nonconformity"});
}

TEST_CASE("who holds roles of clients alone is told no coverage by audits of clients") {
  Fieldwork office;
  RecordRow programme = office.find(office.audit);
  programme.type = "certification-programme";
  Reader reader = office.principal(planner).reader;
  Snapshot at = office.store->read();
  CHECK(coverage_of(*office.context, office.catalogues, at, reader, programme, "UTC").has_value());
  reader.client = true;
  const auto kept = coverage_of(*office.context, office.catalogues, at, reader, programme, "UTC");
  REQUIRE_FALSE(kept);
  CHECK(kept.error().reason == Reason::not_found);
}

TEST_CASE("the newest version of a catalogue is that of the highest number, whichever audit came last") {
  Fieldwork office;
  const Principal boss = office.join("ines@elbwerk.example", {"top_management"});
  const Principal isms = office.principal(planner);
  const std::string programme = Fieldwork::granted(create_record(*office.context, Call{isms},
                                                                 {"audit-programme",
                                                                  {},
                                                                  "draft",
                                                                  {{"title", "2026-2028"},
                                                                   {"objectives", "Conformity"},
                                                                   {"scope", "All sites"},
                                                                   {"criteria", {"Small"}},
                                                                   {"cycle_from", "2026-01-01"},
                                                                   {"cycle_to", "2028-12-31"},
                                                                   {"edition", "ISO 19011:2026"},
                                                                   {"risks_and_opportunities", "Few auditors"},
                                                                   {"frequency", "Yearly"},
                                                                   {"methods", "On site"},
                                                                   {"responsibilities", "ISMS manager"},
                                                                   {"programme_manager", {isms.person.uuid}}}}));
  Fieldwork::granted(command_record(*office.context, Call{boss, office.version(programme)},
                                    {"audit-programme", programme, "approve", {{"next_review_on", "2027-01-15"}}}));
  for (const char* version : {"1.10.0", "1.9.0"}) {
    office.audit = Fieldwork::granted(create_record(*office.context, Call{isms},
                                                    {"audit",
                                                     {},
                                                     "plan",
                                                     {{"programme", programme},
                                                      {"title", version},
                                                      {"purposes", {"internal"}},
                                                      {"objectives", "Conformity"},
                                                      {"scope", "Operations"},
                                                      {"criteria", {"Small"}},
                                                      {"planned_from", "2026-05-28"},
                                                      {"planned_to", "2026-05-29"},
                                                      {"lead_auditor", {office.names.at(lead)}}}}));
    REQUIRE(office.select(catalogue_of_version(version)));
  }
  const RecordRow row = office.find(programme);
  const Reader reader = office.principal(planner).reader;
  Snapshot at = office.store->read();
  const auto coverage = coverage_of(*office.context, office.catalogues, at, reader, row, "UTC");
  REQUIRE(coverage);
  CHECK(coverage->audits.size() == 2);
  REQUIRE(coverage->catalogues.size() == 1);
  CHECK(coverage->catalogues.front()->version == "1.10.0");
}

}  // namespace
}  // namespace assay::test::coverage_test
