// One call of a method of a plugin package.
#include "cli/plugin_run.h"

#include <embedded.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>

#include "cli/commands.h"
#include "cli/version.h"
#include "plugins/methods.h"
#include "plugins/pack/pack.h"
#include "plugins/sandboxed.h"
#include "plugins/settings.h"

namespace assay {
namespace {

std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw SettingError("the file " + path.string() + " cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

Json input_of(const PluginRun& run, std::string_view sample) {
  const std::string text = run.input.empty() ? std::string(sample) : text_of_file(run.input);
  auto parsed = parse_strict(text);
  if (const auto* fault = std::get_if<JsonFault>(&parsed))
    throw SettingError(fmt::format("{} at \"{}\": {}", run.input.string(), fault->pointer, fault->reason));
  Json input = std::get<Json>(std::move(parsed));
  if (!input.is_object()) throw SettingError(run.input.string() + ": the input must be an object");
  input.erase("input_hash");
  if (!run.language.empty()) input["language"] = run.language;
  return input;
}

/// The whole output of a call that went well; one that fails leaves a file as it was. A file that can be written in
/// part only is an error.
void put(const PluginRun& run, const std::string& output) {
  if (run.output.empty()) {
    if (std::fwrite(output.data(), 1, output.size(), stdout) != output.size() || std::fflush(stdout) != 0)
      throw SettingError("the output cannot be written");
    return;
  }
  std::ofstream file(run.output, std::ios::binary);
  file << output;
  if (!file.flush()) throw SettingError("the file " + run.output.string() + " cannot be written");
}

CallLimits limits_of(const PluginRun& run) {
  return {std::chrono::steady_clock::now() + std::chrono::seconds(run.seconds)};
}

std::string call_catalogues(const PluginRun& run, Plugin& plugin) {
  const std::string& language = run.language.empty() ? plugin.manifest().languages.front() : run.language;
  const auto catalogues = plugin.catalogues(language, limits_of(run));
  if (!catalogues) throw Refused(catalogues.error());
  Json all = Json::array();
  for (const Catalogue& one : *catalogues) all.push_back({{"hash", one.hash}, {"content", one.content}});
  return Json({{"catalogues", std::move(all)}}).dump(1) + "\n";
}

std::string call_report(const PluginRun& run, Plugin& plugin) {
  const auto& formats = plugin.manifest().report_formats;
  const std::string format = !run.format.empty() ? run.format
                             : formats.empty()   ? std::string("report")
                                                 : formats.front().id;
  std::string output;
  const auto sink = [&](std::string_view piece) -> Result<void> {
    output += piece;
    return {};
  };
  const ReportFormat* const known = plugin.manifest().find_format(format);
  const bool response = known != nullptr && known->of == "response";
  const auto report = plugin.report(input_of(run, response ? sample_response_input_text : sample_report_input_text),
                                    format, sink, limits_of(run));
  if (!report) throw Refused(report.error());
  return output;
}

Json object_of(const std::filesystem::path& path) {
  auto parsed = parse_strict(text_of_file(path));
  if (const auto* fault = std::get_if<JsonFault>(&parsed))
    throw SettingError(fmt::format("{} at \"{}\": {}", path.string(), fault->pointer, fault->reason));
  Json object = std::get<Json>(std::move(parsed));
  if (!object.is_object()) throw SettingError(path.string() + ": must be an object");
  return object;
}

/// As an organisation would have them that has set what the file says.
Json settings_of(const PluginRun& run, const Manifest& manifest) {
  if (run.settings.empty()) return with_defaults(manifest, Json::object());
  Json set = object_of(run.settings);
  if (const auto wrong = invalid_settings(manifest, set); !wrong.empty())
    throw SettingError(
        fmt::format("{} at \"{}\": {}", run.settings.string(), wrong.front().pointer, wrong.front().detail));
  for (const std::string& secret : secret_settings(manifest)) set.erase(secret);
  return with_defaults(manifest, set);
}

/// A method that takes JSON and gives JSON: there is no input that would do for every plugin.
template <sandbox::Method Method>
std::string call_json(const PluginRun& run, Plugin& plugin) {
  if (run.input.empty()) throw SettingError(fmt::format("{} needs an --input", run.method));
  const Json input = object_of(run.input);
  CallServices services;
  services.seed = 1;
  services.settings = settings_of(run, plugin.manifest());
  const std::string& language = run.language.empty() ? plugin.manifest().languages.front() : run.language;
  const auto answer = plugin.answer(Method, input, language, limits_of(run), services);
  if (!answer) throw Refused(answer.error());
  return answer->dump(1) + "\n";
}

/// The server would fall back to another language; whoever names one here wants that one.
void demand_language(const PluginRun& run, const Manifest& manifest) {
  const auto primary = [](std::string_view tag) { return tag.substr(0, tag.find('-')); };
  const auto speaks = [&](const std::string& one) { return one == run.language || one == primary(run.language); };
  if (run.language.empty() || std::ranges::any_of(manifest.languages, speaks)) return;
  throw SettingError(fmt::format("{} has no language {}; there are {}", manifest.id, run.language,
                                 fmt::join(manifest.languages, ", ")));
}

struct RunRow {
  std::string_view method;
  std::string (*call)(const PluginRun&, Plugin&);
};
constexpr RunRow run_rows[] = {{"catalogues", &call_catalogues},
                               {"report", &call_report},
                               {"score", &call_json<sandbox::Method::score>},
                               {"applicable", &call_json<sandbox::Method::applicable>},
                               {"sample", &call_json<sandbox::Method::sample>},
                               {"judge", &call_json<sandbox::Method::judge>},
                               {"requests", &call_json<sandbox::Method::requests>},
                               {"check-settings", &call_json<sandbox::Method::check_settings>},
                               {"map", &call_json<sandbox::Method::map>}};

}  // namespace

int run_plugin(const PluginRun& run) {
  const RunRow* row = nullptr;
  std::string known;
  for (const RunRow& one : run_rows) {
    if (one.method == run.method) row = &one;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", one.method);
  }
  if (row == nullptr) throw SettingError(fmt::format("there is no method {}; there are {}", run.method, known));
  const auto manifest = read_manifest(run.folder);
  if (!manifest) throw Refused(manifest.error());
  demand_language(run, *manifest);
  PluginHost host;
  host.version = std::string(program_version);
  host.program = run.program;
  host.limits.niceness = 0;  // there is no server to stand back for
  host.log = [](const std::string& plugin, std::int32_t level, const std::string& line) {
    fmt::print(stderr, "{}: level {}: {}\n", plugin, level, line);
  };
  const auto plugin = manifest->data ? load_data_pack(run.folder, *manifest, host)
                                     : load_sandboxed(run.folder, *manifest, host,
                                                      std::make_shared<Spawner>(host.program, host.limits.pulse));
  if (!plugin) throw Refused(plugin.error());
  put(run, row->call(run, **plugin));
  return 0;
}

}  // namespace assay
