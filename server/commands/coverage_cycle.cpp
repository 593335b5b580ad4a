// Coverage by the years of a cycle, and without excluded controls.
#include "commands/coverage_cycle.h"

#include <algorithm>
#include <map>
#include <optional>

#include "domain/calendar.h"

namespace assay {
namespace {

constexpr int controls_at_once = 200;
constexpr std::size_t most_years = 10;
constexpr int months_of_year = 12, years_of_a_cycle = 3;
constexpr std::string_view standard_of_controls = "ISO/IEC 27001";

std::optional<Date> day_in_fields(const Json& fields, const char* name) {
  const auto found = fields.find(name);
  return found == fields.end() || !found->is_string() ? std::nullopt : parse_date(found->get_ref<const std::string&>());
}

Date day_before(Date day) { return Date{std::chrono::sys_days{day} - std::chrono::days{1}}; }

struct Seen {
  Covered state = Covered::open;
  std::optional<Instant> until = {};
};

/// What a counted audit says of a clause in a year: of several that examined it the last one counts.
void note(Seen& seen, const CoverageCell& cell) {
  if (cell.state == Covered::planned) {
    if (seen.state == Covered::open) seen.state = cell.state;
  } else if (cell.until >= seen.until) {
    seen = {cell.state, cell.until};
  }
}

}  // namespace

std::vector<CoverageYear> years_of_cycle(const Json& programme) {
  std::vector<CoverageYear> years;
  const auto begin = day_in_fields(programme, "cycle_from");
  if (!begin) return years;
  auto end = day_in_fields(programme, "cycle_to");
  if (!end) end = day_in_fields(programme, "expires_on");
  const Date last = end.value_or(day_before(add_days(*begin, years_of_a_cycle * months_of_year, "calendar_months")));
  for (Date from = *begin; from <= last && years.size() < most_years;) {
    // From the first day, so that a cycle that begins on February 29 does so again after four years.
    const auto months = static_cast<int>(years.size() + 1) * months_of_year;
    const Date next = add_days(*begin, months, "calendar_months");
    years.push_back({from, std::min(day_before(next), last)});
    from = next;
  }
  return years;
}

void add_years(Coverage& coverage, std::string_view zone) {
  std::vector<std::optional<Date>> planned;
  for (const CoveredAudit& audit : coverage.audits)
    planned.push_back(day_in_fields(Json::parse(audit.row.body), "planned_from"));
  for (CoverageRow& row : coverage.rows) {
    std::vector<Seen> seen(coverage.years.size());
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const CoverageCell& cell = row.cells[i];
      if (!coverage.audits[i].counted || cell.state == Covered::open) continue;
      const auto day = cell.state == Covered::planned ? planned[i]
                       : cell.until                   ? std::optional(local_date(*cell.until, zone))
                                                      : std::nullopt;
      for (std::size_t year = 0; day && year < seen.size(); ++year) {
        if (coverage.years[year].from <= *day && *day <= coverage.years[year].to) note(seen[year], cell);
      }
    }
    for (const Seen& one : seen) row.years.push_back(one.state);
  }
}

StatedControls stated_controls(Snapshot& at, const Reader& reader) {
  StatedControls stated;
  std::map<std::string, bool> necessary;  // in any system
  ListQuery query;
  query.type = "control";
  query.limit = controls_at_once;
  for (;;) {
    const auto rows = list_records(at, query, reader);
    for (const RecordRow& row : rows) {
      const Json body = Json::parse(row.body);
      const auto versions = body.find("rows");
      if (row.state == "withdrawn" || versions == body.end() || versions->empty()) continue;
      const Json& last = versions->back();
      stated.known = true;
      bool& needed = necessary[last.value("code", "")];
      needed = needed || last.value("necessary", true);
    }
    if (std::ssize(rows) < controls_at_once) break;
    query.after_id = static_cast<std::int64_t>(rows.back().id);
  }
  for (const auto& [code, needed] : necessary) {
    if (!needed) stated.excluded.insert(code);
  }
  return stated;
}

void leave_out(Coverage& coverage, const StatedControls& controls) {
  coverage.controls_stated = controls.known;
  std::set<std::string> catalogues;
  for (const CataloguePtr& catalogue : coverage.catalogues) {
    if (catalogue->standard.starts_with(standard_of_controls)) catalogues.insert(catalogue->id);
  }
  for (CoverageRow& row : coverage.rows) {
    if (catalogues.contains(row.catalogue) && controls.excluded.contains(row.clause)) row.state = Covered::excluded;
  }
}

}  // namespace assay
