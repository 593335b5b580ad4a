// A plugin whose input and output are held against the schemas.
#include "plugins/checked_plugin.h"

#include <assay/ext/checklist.h>
#include <assay/ext/report.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ledger/digest.h"
#include "plugins/catalogue.h"
#include "plugins/json_schema.h"
#include "plugins/methods.h"
#include "plugins/settings.h"

namespace assay {
namespace {

class CheckedPlugin : public Plugin {
 public:
  CheckedPlugin(Manifest manifest, const PluginLimits& limits, std::unique_ptr<PluginCode> code)
      : manifest_(std::move(manifest)), limits_(limits), code_(std::move(code)) {}

  const Manifest& manifest() const override { return manifest_; }
  PluginHealth health() const override { return code_->health(); }
  Result<std::vector<Catalogue>> catalogues(std::string_view language, const CallLimits& limits) override;
  Result<ReportResult> report(Json input, std::string_view format, const ByteSink& sink, const CallLimits& limits,
                              const CallServices& services) override;
  Result<Json> answer(sandbox::Method method, const Json& input, std::string_view language, const CallLimits& limits,
                      const CallServices& services) override;

 private:
  std::string spoken(std::string_view language) const;
  Result<std::uint64_t> run(PluginCall what, bool text, std::string_view language, const ByteSink& sink,
                            const CallLimits& limits, const CallServices& services);
  std::vector<InvalidField> invalid_input(const JsonMethod& known, const Json& input) const;

  Manifest manifest_;
  PluginLimits limits_;
  std::unique_ptr<PluginCode> code_;
};

/// The declared language that serves `language` best.
std::string CheckedPlugin::spoken(std::string_view language) const {
  for (std::string_view wanted = language; !wanted.empty();) {
    const auto found = std::find(manifest_.languages.begin(), manifest_.languages.end(), wanted);
    if (found != manifest_.languages.end()) return *found;
    const auto hyphen = wanted.rfind('-');
    wanted = wanted.substr(0, hyphen == std::string_view::npos ? 0 : hyphen);
  }
  return manifest_.languages.front();
}

/// Calls the plugin; the number of bytes that `sink` got.
Result<std::uint64_t> CheckedPlugin::run(PluginCall what, bool text, std::string_view language, const ByteSink& sink,
                                         const CallLimits& limits, const CallServices& services) {
  RunningCall call(limits, language, services);
  const CappedOutput output(call, what.limit, text, sink);
  auto called = code_->run(what, call, output);
  call.rethrow();
  if (output.refused()) return *output.refused();
  if (!called && called.error().reason == Reason::overloaded) return called.error();  // whatever it wrote so late
  if (const auto fault = output.fault(called.has_value())) return plugin_failed(manifest_.id, what.phase, *fault);
  if (!called) return called.error();
  return output.size();
}

Result<std::vector<Catalogue>> CheckedPlugin::catalogues(std::string_view language, const CallLimits& limits) {
  constexpr std::string_view phase = "catalogues";
  if (!manifest_.implements(ASSAY_CHECKLIST_1))
    return refuse(Reason::unsupported, manifest_.id + " gives no catalogues");
  std::string text;
  const auto sink = [&](std::string_view piece) -> Result<void> {
    text += piece;
    return {};
  };
  auto written =
      run({phase, sandbox::Method::catalogues, limits_.json_bytes}, true, spoken(language), sink, limits, {});
  if (!written) return written.error();
  auto read = read_catalogues(text, manifest_);
  if (const auto* fault = std::get_if<std::string>(&read)) return plugin_failed(manifest_.id, phase, *fault);
  return std::get<std::vector<Catalogue>>(std::move(read));
}

Result<ReportResult> CheckedPlugin::report(Json input, std::string_view format, const ByteSink& sink,
                                           const CallLimits& limits, const CallServices& services) {
  const ReportFormat* const known = manifest_.implements(ASSAY_REPORT_1) ? manifest_.find_format(format) : nullptr;
  if (known == nullptr) return refuse(Reason::unsupported, fmt::format("{} writes no {}", manifest_.id, format));
  if (input.contains("input_hash")) return invalid_field("/input_hash", "is set by the host");
  if (const auto invalid = input_schema_of(known->of).violations(input); !invalid.empty()) {
    Refusal refusal = refuse(Reason::invalid, "the input of the report is not valid");
    refusal.invalid = invalid;
    return refusal;
  }
  ReportResult result{known->media_type, known->file_extension, {}, 0, sha256_hex(canonical(input))};
  input["input_hash"] = result.input_hash;
  const std::string text = canonical(input);
  const std::string language = input.at("language");
  Sha256 hash;
  const auto hashed = [&](std::string_view piece) -> Result<void> {
    hash.update(piece);
    return sink(piece);
  };
  const PluginCall what{"report", sandbox::Method::render, limits_.report_bytes, format, text};
  auto written = run(what, known->media_type.starts_with("text/"), language, hashed, limits, services);
  if (!written) return written.error();
  const Digest digest = hash.finish();
  result.sha256 = to_hex(bytes_of(digest));
  result.size = static_cast<std::int64_t>(*written);
  return result;
}

std::vector<InvalidField> CheckedPlugin::invalid_input(const JsonMethod& known, const Json& input) const {
  return known.input == nullptr ? invalid_masked_settings(manifest_, input) : known.input().violations(input);
}

Result<Json> CheckedPlugin::answer(sandbox::Method method, const Json& input, std::string_view language,
                                   const CallLimits& limits, const CallServices& services) {
  const JsonMethod& known = json_method(method);
  if (!manifest_.implements(known.extension))
    return refuse(Reason::unsupported, fmt::format("{} does not implement {}", manifest_.id, known.extension));
  if (const auto invalid = invalid_input(known, input); !invalid.empty()) {
    Refusal refusal = refuse(Reason::invalid, "the input of the plugin is not valid");
    refusal.invalid = invalid;
    return refusal;
  }
  if (const auto what = known.unnamed(manifest_, input))
    return refuse(Reason::unsupported, fmt::format("{} does not know {}", manifest_.id, *what));
  std::string text;
  const auto sink = [&](std::string_view piece) -> Result<void> {
    text += piece;
    return {};
  };
  const std::string given = canonical(input);
  auto written =
      run({known.phase, method, limits_.json_bytes, {}, given}, true, spoken(language), sink, limits, services);
  if (!written) return written.error();
  auto parsed = parse_strict(text);
  if (const auto* fault = std::get_if<JsonFault>(&parsed)) {
    return plugin_failed(manifest_.id, known.phase,
                         fmt::format("its output is not acceptable at \"{}\": {}", fault->pointer, fault->reason));
  }
  Json& output = std::get<Json>(parsed);
  if (const auto invalid = known.output().violations(output); !invalid.empty()) {
    return plugin_failed(
        manifest_.id, known.phase,
        fmt::format("its output is not valid at \"{}\": {}", invalid.front().pointer, invalid.front().detail));
  }
  if (const auto fault = known.fault(manifest_, input, output)) return plugin_failed(manifest_.id, known.phase, *fault);
  return Result<Json>(boost::system::in_place_value, std::move(output));
}

}  // namespace

std::unique_ptr<Plugin> checked_plugin(Manifest manifest, const PluginLimits& limits,
                                       std::unique_ptr<PluginCode> code) {
  return std::make_unique<CheckedPlugin>(std::move(manifest), limits, std::move(code));
}

}  // namespace assay
