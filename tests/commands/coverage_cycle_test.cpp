// Coverage by the years of a cycle, and what statements of applicability take out of it.
#include "commands/coverage_cycle.h"

#include "commands/fieldwork.h"

namespace assay::test::coverage_cycle_test {
namespace {

TEST_CASE("the years of a cycle are twelve months each, the last one up to its end") {
  using Years = std::vector<std::pair<std::string, std::string>>;
  struct Row {
    const char* what;
    Json fields;
    Years years;
  };
  const std::vector<Row> rows{
      {"no cycle", {{"title", "x"}}, {}},
      {"no day", {{"cycle_from", "soon"}}, {}},
      {"three calendar years",
       {{"cycle_from", "2026-01-01"}, {"cycle_to", "2028-12-31"}},
       {{"2026-01-01", "2026-12-31"}, {"2027-01-01", "2027-12-31"}, {"2028-01-01", "2028-12-31"}}},
      {"a certification, up to its expiry",
       {{"cycle_from", "2026-05-10"}, {"expires_on", "2027-06-30"}},
       {{"2026-05-10", "2027-05-09"}, {"2027-05-10", "2027-06-30"}}},
      {"without an end, three years",
       {{"cycle_from", "2028-02-29"}},
       {{"2028-02-29", "2029-02-27"}, {"2029-02-28", "2030-02-27"}, {"2030-02-28", "2031-02-27"}}},
      {"a day", {{"cycle_from", "2026-01-01"}, {"cycle_to", "2026-01-01"}}, {{"2026-01-01", "2026-01-01"}}},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    Years years;
    for (const auto& [from, to] : years_of_cycle(row.fields)) years.emplace_back(to_text(from), to_text(to));
    CHECK(years == row.years);
  }
  CHECK(years_of_cycle({{"cycle_from", "2000-01-01"}, {"cycle_to", "2090-01-01"}}).size() == 10);
}

CoveredAudit audit_of(const char* planned_from, bool counted) {
  CoveredAudit audit{};
  audit.row.body = Json{{"planned_from", planned_from}}.dump();
  audit.counted = counted;
  return audit;
}

CoverageCell seen(Covered state, const char* until = nullptr) {
  CoverageCell cell;
  cell.state = state;
  if (until) cell.until = parse_instant(until);
  return cell;
}

TEST_CASE("a clause was seen in the year of the last answer, and is planned in that of the audit") {
  Coverage coverage;
  coverage.years = years_of_cycle({{"cycle_from", "2026-01-01"}, {"cycle_to", "2028-12-31"}});
  for (const char* planned : {"2026-03-01", "2026-09-01", "2027-12-30"})
    coverage.audits.push_back(audit_of(planned, true));
  coverage.audits.push_back(audit_of("2028-01-01", false));
  const auto row = [&](std::vector<CoverageCell> cells) {
    coverage.rows.push_back({"iso", "4.1", "", "4.1", "Context"});
    coverage.rows.back().cells = std::move(cells);
  };
  const CoverageCell nothing;
  // By the later of two audits of a year, by the answer's day and not the planned one, of counted audits alone.
  row({seen(Covered::finding, "2026-03-02T10:00:00Z"), seen(Covered::examined, "2026-09-02T10:00:00Z"),
       seen(Covered::planned), seen(Covered::examined, "2028-01-02T10:00:00Z")});
  row({nothing, nothing, seen(Covered::examined, "2028-01-02T10:00:00Z"), nothing});
  row({seen(Covered::examined, "2026-03-02T10:00:00Z"), seen(Covered::planned), nothing, nothing});
  row({nothing, nothing, seen(Covered::finding, "2027-12-31T23:30:00Z"), nothing});
  row({nothing, nothing, nothing, nothing});
  add_years(coverage, "Europe/Berlin");
  using States = std::vector<Covered>;
  CHECK(coverage.rows[0].years == States{Covered::examined, Covered::planned, Covered::open});
  CHECK(coverage.rows[1].years == States{Covered::open, Covered::open, Covered::examined});
  CHECK(coverage.rows[2].years == States{Covered::examined, Covered::open, Covered::open});
  CHECK(coverage.rows[3].years == States{Covered::open, Covered::open, Covered::finding});
  CHECK(coverage.rows[4].years == States{Covered::open, Covered::open, Covered::open});
}

/// A control as its statements have left it; of each pair the version and whether it was necessary.
void state(Office& office, const char* code, const std::vector<bool>& necessary, const char* in_state) {
  const Principal who = office.administrator();
  Store& store = *office.store;
  EventDraft event{Subject::record, store.new_id(Subject::record), office.context->new_uuid(), who.organisation.id};
  event.record = RecordId{event.id};
  event.type = "control.entered";
  event.command = "enter";
  event.version = 1;
  event.actor = who.person.id;
  event.at = office.clock.now();
  event.workflow_set = office.context->workflows->hash;
  event.facts = {{"type", "control"},
                 {"state", in_state},
                 {"created", true},
                 {"set", {{"code", code}, {"title", code}, {"origin", "annex_a"}}}};
  std::vector<EventDraft> events = {event};
  for (const bool needed : necessary) {
    event.type = "control.stated";
    event.command = "state";
    ++event.version;
    event.facts = {{"type", "control"},
                   {"state", in_state},
                   {"append", {{"rows", {{"code", code}, {"necessary", needed}, {"at", "2026-01-01T00:00:00Z"}}}}}};
    events.push_back(event);
  }
  const auto done = store.commit({{}, events});
  if (!done) FAIL(done.error().detail);
}

TEST_CASE("controls that every statement does without are not to be covered, for who may read them") {
  Office office;
  const auto stated = [&](const Reader& reader) {
    Snapshot at = office.store->read();
    return stated_controls(at, reader);
  };
  CHECK_FALSE(stated(office.administrator().reader).known);
  state(office, "A.7.1", {}, "excluded");  // decided in a draft that nobody has approved
  CHECK_FALSE(stated(office.administrator().reader).known);
  state(office, "A.7.2", {false}, "excluded");
  state(office, "A.7.3", {false, true}, "included");
  state(office, "A.7.4", {true, false}, "excluded");
  state(office, "A.7.5", {false}, "excluded");
  state(office, "A.7.5", {true}, "included");  // of another system
  state(office, "A.7.6", {false}, "withdrawn");
  const StatedControls controls = stated(office.administrator().reader);
  CHECK(controls.known);
  CHECK(controls.excluded == std::set<std::string>{"A.7.2", "A.7.4"});
  CHECK_FALSE(stated(office.join("guest@elbwerk.example").reader).known);

  Coverage coverage;
  for (const auto& [id, standard] : {std::pair{"iso27001-2022", "ISO/IEC 27001:2022"}, {"other", "Other"}}) {
    auto catalogue = std::make_shared<PinnedCatalogue>();
    catalogue->id = id;
    catalogue->standard = standard;
    coverage.catalogues.push_back(std::move(catalogue));
  }
  coverage.rows = {{"iso27001-2022", "A.7.2", "", "A.7.2", ""},
                   {"iso27001-2022", "A.7.3", "", "A.7.3", ""},
                   {"other", "A.7.2", "", "A.7.2", ""}};
  leave_out(coverage, controls);
  CHECK(coverage.controls_stated);
  CHECK(coverage.rows[0].state == Covered::excluded);
  CHECK(coverage.rows[1].state == Covered::open);
  CHECK(coverage.rows[2].state == Covered::open);
}

}  // namespace
}  // namespace assay::test::coverage_cycle_test
