// Reports of a record: made by a plugin, kept as files.
#include "commands/reports.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

#include "commands/checklist_inputs.h"
#include "commands/report_input.h"
#include "commands/response_input.h"
#include "http/content_disposition.h"
#include "http/handlers/handlers.h"
#include "http/json_body.h"
#include "http/listing.h"
#include "http/plugin_calls.h"
#include "http/records_path.h"
#include "http/representation.h"
#include "plugins/registry.h"

namespace assay::handlers {
namespace {

constexpr std::chrono::seconds patience{120};

struct ReportWish {
  std::string plugin, format, language;
};

Result<ReportWish> wish_of(const Api& api, const Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  if (auto known = only_members(*body, {"plugin", "format", "language"}); !known) return known.error();
  auto plugin = need_text(*body, "plugin");
  if (!plugin) return plugin.error();
  auto format = need_text(*body, "format");
  if (!format) return format.error();
  auto language = text_member(*body, "language");
  if (!language) return language.error();
  return ReportWish{*plugin, *format, language->value_or(language_of(api, request))};
}

/// The record and its report input, from one moment.
struct Source {
  RecordRow record;
  Json input;
  std::vector<Json> scoring;  // inputs of scoring/1, of the same catalogues
};

bool takes_reports(const Definition& type) {
  return std::any_of(type.commands.begin(), type.commands.end(),
                     [](const auto& one) { return one.second.endpoint == "reports"; });
}

/// Refuses a format that is made of something else than reports of this record are, and says which ones fit.
Result<void> must_fit(const Api& api, const Plugin& plugin, const ReportWish& wish, std::string_view of) {
  const ReportFormat* const format = plugin.manifest().find_format(wish.format);
  if (format == nullptr || format->of == of) return {};
  std::vector<std::string> fitting;
  for (const Plugin* one : api.service().plugins.implementing("report/1")) {
    for (const ReportFormat& other : one->manifest().report_formats) {
      if (other.of == of) fitting.push_back(one->manifest().id + " " + other.id);
    }
  }
  return invalid_field("/format",
                       fmt::format("is made of {} {}, and reports of this record of {} {}; what fits: {}",
                                   format->of == "audit" ? "an" : "a", format->of, of == "audit" ? "an" : "a", of,
                                   fitting.empty() ? "none" : fmt::format("{}", fmt::join(fitting, ", "))));
}

Result<Source> source_of(Api& api, const Request& request, const Plugin& plugin, const ReportWish& wish) {
  Snapshot at = api.context().store.read();
  auto record = record_of(api, request, at);
  if (!record) return record.error();
  const auto set = api.context().store.workflow_set(record->workflow_set);
  const Definition& type = set->types.at(record->type);
  if (!takes_reports(type)) return refuse(Reason::not_found, "no reports are made of records of this type");
  const std::string_view of = reported_of(type);
  if (auto fits = must_fit(api, plugin, wish, of); !fits) return fits.error();
  if (of == "response") {
    Json input = response_input(api.context(), at, api.who(), *record, wish.language);
    return Source{std::move(*record), std::move(input), {}};
  }
  Json input = report_input(api.context(), api.service().catalogues, at, api.who(), *record, wish.language);
  auto scoring = scoring_inputs(api.service().catalogues, at, *record, wish.language);
  return Source{std::move(*record), std::move(input), std::move(scoring)};
}

/// Puts the scores beside the catalogues that they are of, and what is missing of them: a report that lacks one says
/// so.
Result<void> put_scores(const Api& api, Source& source, const std::string& language) {
  if (source.scoring.empty()) return {};
  auto scores = scores_of(api, source.scoring, language);
  if (!scores) return scores.error();
  Json& catalogues = source.input["catalogues"];
  for (std::size_t i = 0; i < scores->size(); ++i) {
    auto& [scored, not_scored] = (*scores)[i];
    if (scored.empty() && not_scored.empty()) continue;
    const Json& hash = source.scoring[i].at("catalogue").at("hash");
    const auto of =
        std::find_if(catalogues.begin(), catalogues.end(), [&](const Json& one) { return one.at("hash") == hash; });
    if (of == catalogues.end())
      throw std::runtime_error("catalogue " + hash.get<std::string>() + " was scored, but is not in the report");
    if (!scored.empty()) (*of)["scores"] = std::move(scored);
    if (!not_scored.empty()) (*of)["not_scored"] = std::move(not_scored);
  }
  return {};
}

Result<FinishedReport> run(Api& api, Plugin& plugin, const ReportWish& wish, Source source) {
  if (auto scored = put_scores(api, source, wish.language); !scored) return scored.error();
  auto services = services_of(api, plugin);
  if (!services) return services.error();
  services->seed = seed_of(api, source.record);
  services->evidence = evidence_in(api, source.input);
  const Manifest& manifest = plugin.manifest();
  source.input["hashes"].push_back(
      {{"name", "Package of " + manifest.id + " " + manifest.version}, {"sha256", manifest.hash}});
  auto writer = api.context().files.create(api.who().organisation.uuid, api.service().upload_limit);
  const ByteSink sink = [&](std::string_view bytes) { return writer->write({bytes.data(), bytes.size()}); };
  auto made = plugin.report(std::move(source.input), wish.format, sink, {std::chrono::steady_clock::now() + patience},
                            *services);
  if (!made) return made.error();
  auto stored = writer->finish();
  if (!stored) return stored.error();
  return FinishedReport{wish.plugin,
                        manifest.version,
                        wish.format,
                        wish.language,
                        manifest.hash,
                        made->input_hash,
                        source.record.number + "-" + wish.language + "." + made->file_extension,
                        made->media_type,
                        *stored};
}

Result<Response> report_answer(Api& api, const Request& request, const Performed& performed) {
  Snapshot at = api.context().store.read();
  auto record = record_of(api, request, at);
  if (!record) return record.error();
  const auto row = find_report(at, record->id, performed.uuid);
  if (!row) return refuse(Reason::not_found, "there is no such report");
  const std::string path = path_of(**type_of(api, request), record->uuid);
  Response response = json_response(report_json(*row, path), performed.status);
  if (performed.status == 201) response.headers.add("Location", path + "/reports/" + row->uuid);
  mark_repeated(response, performed);
  return response;
}

}  // namespace

Result<Response> list_reports(Api& api, const Request& request) {
  auto page = id_page(request);
  if (!page) return page.error();
  Snapshot at = api.context().store.read();
  auto record = record_of(api, request, at);
  if (!record) return record.error();
  const std::string path = path_of(**type_of(api, request), record->uuid);
  auto rows = assay::list_reports(at, record->id, page->after, page->one_more());
  const auto next = cut(rows, *page);
  Json all = Json::array();
  for (const ReportRow& row : rows) all.push_back(report_json(row, path));
  return list_answer(request, {{"items", std::move(all)}}, next);
}

Result<Response> make_report(Api& api, const Request& request) {
  auto type = type_of(api, request);
  if (!type) return type.error();
  auto wish = wish_of(api, request);
  if (!wish) return wish.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto before = performed_before(api.context(), *call);  // a report that was made already is not made again
  if (!before) return before.error();
  if (*before) return report_answer(api, request, **before);
  if (auto may = may_attach_report(api.context(), api.who(), (*type)->type, request.parameter("id")); !may)
    return may.error();
  Plugin* const plugin = api.service().plugins.find(wish->plugin);
  if (plugin == nullptr) return invalid_field("/plugin", "there is no plugin of this id that works");
  auto source = source_of(api, request, *plugin, *wish);
  if (!source) return source.error();
  auto report = run(api, *plugin, *wish, std::move(*source));
  if (!report) return report.error();
  auto performed = attach_report(api.context(), *call, (*type)->type, request.parameter("id"), *report);
  if (!performed) return performed.error();
  return report_answer(api, request, *performed);
}

Result<Response> get_report(Api& api, const Request& request) {
  Snapshot at = api.context().store.read();
  auto record = record_of(api, request, at);
  if (!record) return record.error();
  const auto row = find_report(at, record->id, request.parameter("report"));
  if (!row) return refuse(Reason::not_found, "there is no such report");
  return json_response(report_json(*row, path_of(**type_of(api, request), record->uuid)));
}

Result<Response> get_report_file(Api& api, const Request& request) {
  Snapshot at = api.context().store.read();
  auto record = record_of(api, request, at);
  if (!record) return record.error();
  const auto row = find_report(at, record->id, request.parameter("report"));
  if (!row) return refuse(Reason::not_found, "there is no such file");
  return stored_file(api.context().files, request, api.who().organisation.uuid, row->sha256, row->media_type,
                     row->file_name);
}

}  // namespace assay::handlers
