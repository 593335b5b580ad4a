// The coverage of clauses and controls by the audits of a programme, as JSON in pages and as one table.
#include "commands/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "commands/sentence.h"
#include "http/csv.h"
#include "http/handlers/handlers.h"
#include "http/listing.h"
#include "http/negotiation.h"
#include "http/records_path.h"
#include "http/view_table.h"

namespace assay::handlers {
namespace {

constexpr std::string_view table_media = "text/csv; charset=utf-8; header=present";
constexpr std::array<const char*, 5> covered_states{"open", "planned", "examined", "finding", "excluded"};
constexpr std::array<Sentence, 5> covered_labels{{{"Open", "Offen"},
                                                  {"Planned", "Geplant"},
                                                  {"Examined", "Geprüft"},
                                                  {"Finding", "Feststellung"},
                                                  {"Excluded", "Ausgeschlossen"}}};
constexpr std::array<Sentence, 5> coverage_headings{{{"Catalogue", "Katalog"},
                                                     {"Clause or control", "Abschnitt oder Maßnahme"},
                                                     {"Title", "Titel"},
                                                     {"Coverage", "Abdeckung"},
                                                     {"Last examined", "Zuletzt geprüft"}}};

const char* state_name(Covered state) { return covered_states.at(static_cast<std::size_t>(state)); }
std::string state_text(Covered state, std::string_view language) {
  return covered_labels.at(static_cast<std::size_t>(state)).in(language);
}

/// The states that `?state=` names, separated by commas or repeated; all of them when it is not there.
Result<std::vector<Covered>> wanted_states(const Request& request) {
  std::vector<Covered> wanted;
  for (const std::string_view text : request.query_values("state")) {
    std::string_view rest = text;
    while (true) {
      const auto comma = rest.find(',');
      const auto found = std::find(covered_states.begin(), covered_states.end(), rest.substr(0, comma));
      if (found == covered_states.end())
        return invalid_query("?state", "is open, planned, examined, finding or excluded");
      wanted.push_back(static_cast<Covered>(found - covered_states.begin()));
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return wanted;
}

Json covering_audits(const Api& api, const Coverage& coverage) {
  Json all = Json::array();
  for (const CoveredAudit& audit : coverage.audits) {
    all.push_back({{"id", audit.row.uuid},
                   {"type", audit.row.type},
                   {"number", audit.row.number},
                   {"title", title_for(audit.row, *audit.definition, api.who().reader)},
                   {"state", audit.row.state},
                   {"ended", audit.ended},
                   {"counted", audit.counted},
                   {"href", path_of(*audit.definition, audit.row.uuid)}});
  }
  return all;
}

Json used_catalogues(const Coverage& coverage) {
  Json all = Json::array();
  for (const CataloguePtr& catalogue : coverage.catalogues) {
    all.push_back({{"id", catalogue->id},
                   {"version", catalogue->version},
                   {"title", catalogue->title},
                   {"standard", catalogue->standard},
                   {"hash", catalogue->hash}});
  }
  return all;
}

std::optional<std::string> local_day(const Api& api, const std::optional<Instant>& at) {
  if (!at) return {};
  return to_text(local_date(*at, api.who().organisation.zone));
}

Json clause_json(const Api& api, const Coverage& coverage, const CoverageRow& row) {
  Json cells = Json::array();
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const CoverageCell& cell = row.cells[i];
    if (cell.planned == 0 && cell.state == Covered::open) continue;
    cells.push_back({{"audit", coverage.audits[i].row.uuid},
                     {"state", state_name(cell.state)},
                     {"planned", cell.planned},
                     {"examined", cell.examined},
                     {"findings", cell.findings}});
  }
  const auto day = local_day(api, row.last_examined);
  Json years = Json::array();
  for (const Covered state : row.years) years.push_back(state_name(state));
  return {{"catalogue", row.catalogue},
          {"item", row.item},
          {"group", row.group},
          {"clause", row.clause},
          {"title", row.title},
          {"state", state_name(row.state)},
          {"last_examined", day ? Json(*day) : Json(nullptr)},
          {"years", std::move(years)},
          {"cells", std::move(cells)}};
}

Json years_json(const std::vector<CoverageYear>& years) {
  Json all = Json::array();
  for (const auto& [from, to] : years) all.push_back({{"from", to_text(from)}, {"to", to_text(to)}});
  return all;
}

/// Of a table: true for a column for each year of the cycle in place of one for each audit.
Result<bool> by_year(const Request& request) {
  const auto by = request.query_value("by");
  if (!by || *by == "audit") return false;
  if (*by == "year") return true;
  return invalid_query("?by", "must be audit or year");
}

std::string clause_text(const CoverageCell& cell, std::string_view language) {
  if (cell.state == Covered::open) return {};
  std::string text = state_text(cell.state, language);
  if (!cell.findings.empty()) text += fmt::format(" ({})", fmt::join(cell.findings, "; "));
  return text;
}

Response coverage_table(const Api& api, const Coverage& coverage, const RecordRow& programme,
                        const std::vector<const CoverageRow*>& rows, bool by_year, std::string_view language) {
  std::string text;
  const auto append_line = [&](const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) text += ',';
      append_csv_cell(text, cells[i]);
    }
    text += "\r\n";
  };
  std::vector<std::string> line;
  for (const Sentence& heading : coverage_headings) line.push_back(heading.in(language));
  if (by_year) {
    for (const auto& [from, to] : coverage.years) line.push_back(to_text(from) + "/" + to_text(to));
  } else {
    for (const CoveredAudit& audit : coverage.audits) line.push_back(audit.row.number);
  }
  append_line(line);
  for (const CoverageRow* row : rows) {
    line = {row->catalogue, row->clause, row->title, state_text(row->state, language),
            local_day(api, row->last_examined).value_or("")};
    if (by_year) {
      for (const Covered state : row->years)
        line.push_back(state == Covered::open ? std::string() : state_text(state, language));
    } else {
      for (const CoverageCell& cell : row->cells) line.push_back(clause_text(cell, language));
    }
    append_line(line);
  }
  Response response;
  response.content_type = table_media;
  response.headers.add("Content-Disposition", "attachment; filename=\"coverage-" + programme.number + ".csv\"");
  response.body = std::move(text);
  return response;
}

}  // namespace

Result<Response> get_coverage(Api& api, const Request& request) {
  auto page = key_page(request);
  if (!page) return page.error();
  auto wanted = wanted_states(request);
  if (!wanted) return wanted.error();
  auto years = by_year(request);
  if (!years) return years.error();
  const std::string language = language_of(api, request);
  Snapshot at = api.context().store.read();
  auto programme = record_of(api, request, at);
  if (!programme) return programme.error();
  auto coverage = coverage_of(api.context(), api.service().catalogues, at, api.who().reader, *programme,
                              api.who().organisation.zone);
  if (!coverage) return coverage.error();

  Json counts = {{"open", 0}, {"planned", 0}, {"examined", 0}, {"finding", 0}, {"excluded", 0}};
  std::vector<const CoverageRow*> rows;
  for (const CoverageRow& row : coverage->rows) {
    Json& count = counts[state_name(row.state)];
    count = count.get<int>() + 1;
    if (wanted->empty() || std::find(wanted->begin(), wanted->end(), row.state) != wanted->end()) rows.push_back(&row);
  }
  const std::string accept(request.header("Accept").value_or(""));
  const int json = accept.empty() ? 1001 : wanted_media(accept, media::json).weight;
  if (wanted_media(accept, "text/csv").weight > json) {
    if (!coverage->complete) return refuse(Reason::malformed, "there are more audits than a table has columns for");
    return coverage_table(api, *coverage, *programme, rows, *years, language);
  }
  const CoverageRow* const first = coverage->rows.data();
  const auto next = cut(rows, *page, [first](const CoverageRow* row) { return fmt::format("{:06}", row - first); });
  Json items = Json::array();
  for (const CoverageRow* row : rows) items.push_back(clause_json(api, *coverage, *row));
  return list_answer(request,
                     {{"columns", covering_audits(api, *coverage)},
                      {"catalogues", used_catalogues(*coverage)},
                      {"years", years_json(coverage->years)},
                      {"controls_stated", coverage->controls_stated},
                      {"counts", std::move(counts)},
                      {"complete", coverage->complete},
                      {"items", std::move(items)}},
                     next);
}

}  // namespace assay::handlers
